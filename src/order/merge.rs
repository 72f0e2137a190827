//! Several files of one shop become one set of orders. Nothing counts twice, and the order in which files come does not matter.
//!
//! The same order in two files is joined field by field: what is known wins over what is not; the earlier time of creation and
//! payment, the later one of receipt, the larger amount, the further state (an order moves on from one export to the next). Until it is
//! paid its price may change: amounts and lines of a copy that waits for payment give way to those of one that does not. What was
//! worked out from lines or sub-orders is worked out anew.

use super::{
    Fields, Lines, NONE, Orders, State,
    chains::Chains,
    columns::{
        LINES_FINE, LINES_ROUGH, LINES_UNPAID, ORDERED, ORDERED_UNPAID, PAID, PAID_BY_LINES, PAID_UNPAID, Part, REFUND, STATE, UNPAID,
        of_copies,
    },
    state,
    table::plus,
};
use crate::sort;
use alloc::{borrow::Cow, format, vec, vec::Vec};
use hashbrown::HashMap;

/// The place that an order without a number is called after, `<file>:<line>`; with `#2` behind it is the second of that name.
fn place(name: &str) -> &str {
    let is_number = |digits: &str| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    name.rsplit_once('#').filter(|(_, count)| is_number(count)).map_or(name, |(place, _)| place)
}

/// Orders of a file that files before it have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Repeated {
    /// How many there are.
    pub orders: usize,
    /// Those of them that are another buyer's here: two shops may count their orders from 1.
    pub other_buyer: usize,
}

impl Orders {
    /// Takes in the orders of another file, each order once; returns which of them were known before.
    ///
    /// ```
    /// use huashu::order;
    /// let read = |csv: &str| order::read("a.csv", csv.as_bytes(), &Default::default()).orders;
    /// let mut january = read("订单编号,买家昵称,实付金额\n1,小林,10\n2,小周,20\n");
    /// let known = january.merge(read("订单编号,买家昵称,实付金额\n2,小周,20\n3,小林,5\n"));
    /// assert_eq!((known.orders, known.other_buyer), (1, 0));
    /// assert_eq!(january.len(), 3);
    /// assert_eq!(january.paid_amount.iter().sum::<i64>(), 3500);
    /// ```
    pub fn merge(&mut self, mut other: Self) -> Repeated {
        let mut repeated = Repeated::default();
        let waiting = match (self.waiting.take(), other.waiting.take()) {
            (Some(mut ours), Some(theirs)) => {
                ours.join(*theirs);
                Some(ours)
            }
            (ours, theirs) => ours.or(theirs),
        };
        let left_out = each_as_often(&self.left_out, &other.left_out);
        self.join_fields(&other);
        if self.is_empty() {
            let (fields, own, added) = (self.fields, self.own, self.added);
            *self = Self { fields, own, added, ..other };
        } else {
            repeated = self.join(other);
        }
        self.left_out = left_out;
        if let Some(waiting) = waiting {
            let (known, unknown) = waiting.split(|id| self.ids.find(id).is_some());
            if !known.is_empty() {
                self.join(known);
            }
            self.waiting = (!unknown.is_empty()).then(|| unknown.into());
        }
        repeated
    }

    /// What lists of orders carry must be carried by all of them; what supplements carry is added.
    fn join_fields(&mut self, other: &Self) {
        let own = |orders: &Self| (!orders.is_empty()).then(|| orders.own.unwrap_or(orders.fields));
        self.added = either(self.added, other.added);
        self.own = match (own(self), own(other)) {
            (Some(ours), Some(theirs)) => Some(both(ours, theirs)),
            (ours, theirs) => ours.or(theirs),
        };
        self.fields = self.own.map_or_else(Fields::default, |own| either(own, self.added));
    }

    /// Joins the columns themselves; returns the orders that both have.
    fn join(&mut self, mut other: Self) -> Repeated {
        let mut known = Repeated::default();
        other.forget_all_derived();
        self.masked |= other.masked;
        let buyers: Vec<u32> = (0..other.buyers.len()).map(|n| self.buyers.intern(other.buyers.get(n).unwrap_or(""))).collect();
        let skus: Vec<u32> = (0..other.skus.len()).map(|n| self.sku_of(&other, n)).collect();
        let renumber = |map: &[u32], number: u32| map.get(number as usize).copied().unwrap_or(u32::MAX);
        let old = self.len() as u32;
        self.marks.resize(self.len(), 0);
        let mut places = Vec::with_capacity(other.len());
        for from in 0..other.len() {
            let to = self.number_for(&other, from);
            if to as usize == self.len() {
                self.push_unknown();
                self.marks.push(other.marks.get(from).copied().unwrap_or(0));
            }
            places.push(to);
            self.places.join(to, &other.places, from);
            let buyer = renumber(&buyers, other.buyer.get(from).copied().unwrap_or(u32::MAX));
            known.orders += usize::from(to < old);
            known.other_buyer += usize::from(self.join_buyer(to as usize, buyer) && to < old);
            let at = to as usize;
            self.forget_derived(at);
            let pairs = [(&mut self.received_at, &other.received_at), (&mut self.refund_amount, &other.refund_amount)];
            for (ours, theirs) in pairs {
                if let (Some(ours), Some(&theirs)) = (ours.get_mut(at), theirs.get(from)) {
                    *ours = (*ours).max(theirs);
                }
            }
            let amounts = [
                (ORDERED_UNPAID, &mut self.ordered_amount, &other.ordered_amount),
                (PAID_UNPAID, &mut self.paid_amount, &other.paid_amount),
            ];
            for (bit, ours, theirs) in amounts {
                if let (Some(ours), Some(&theirs)) = (ours.get_mut(at), theirs.get(from))
                    && let (Some(marks), Some(their_marks)) = (self.marks.get_mut(at), other.marks.get(from))
                {
                    let (amount, unpaid) = of_copies((*ours, *marks & bit != 0), (theirs, their_marks & bit != 0));
                    (*ours, *marks) = (amount, *marks & !bit | if unpaid { bit } else { 0 });
                }
            }
            for (ours, theirs) in [(&mut self.created_at, &other.created_at), (&mut self.paid_at, &other.paid_at)] {
                if let (Some(ours), Some(&theirs)) = (ours.get_mut(at), theirs.get(from))
                    && theirs != NONE
                    && (*ours == NONE || theirs < *ours)
                {
                    *ours = theirs;
                }
            }
            if let (Some(ours), Some(&theirs)) = (self.state.get_mut(at), other.state.get(from)) {
                *ours = (*ours).max(theirs);
            }
        }
        self.join_lines(&other, old, &places, &skus);
        for (&to, &theirs) in places.iter().zip(&other.marks) {
            if let Some(ours) = self.marks.get_mut(to as usize) {
                *ours |= theirs & !UNPAID;
            }
        }
        let mut numbers: HashMap<(u32, u64), usize> = HashMap::new();
        if !other.parts.is_empty() {
            self.part_chains.follow(&self.parts, |part| part.order);
            let known = places.iter().filter(|&&to| to < old).flat_map(|&to| self.part_chains.of(to));
            numbers.extend(known.filter_map(|at| self.parts.get(at).map(|part| ((part.order, part.key), at))));
        }
        for mut part in other.parts {
            (part.order, part.sku) = (renumber(&places, part.order), renumber(&skus, part.sku));
            match numbers.get(&(part.order, part.key)).and_then(|&at| self.parts.get_mut(at)) {
                Some(ours) => {
                    ours.join(&part);
                    // Of two names the one that comes first, so that the order of files does not matter.
                    if ours.sku == u32::MAX || (part.sku != u32::MAX && self.skus.get(part.sku) < self.skus.get(ours.sku)) {
                        ours.sku = part.sku;
                    }
                }
                None => self.parts.push(part),
            }
        }
        let mut reason = |reason: u32| self.reasons.intern(other.reasons.get(reason).unwrap_or(""));
        let mut reasons: Vec<(u32, u32)> = other.reason.iter().map(|&(order, why)| (renumber(&places, order), reason(why))).collect();
        sort::plain(&mut reasons);
        if !reasons.is_empty() {
            self.reason = each_as_often(&self.reason, &reasons);
        }
        sort::plain(&mut places);
        places.dedup();
        self.derive(places.iter().copied());
        known
    }

    /// The number for a SKU of other orders, whose title comes with it.
    fn sku_of(&mut self, other: &Self, sku: u32) -> u32 {
        let ours = self.skus.intern(other.skus.get(sku).unwrap_or(""));
        self.titles.join(ours, &other.titles, sku);
        ours
    }

    /// The number for an order of another file: that of the same order, else a new one. Orders without numbers are called after their
    /// place, and two files may have one name: what stands at the same place and is somebody else's, or of another time, is another order.
    fn number_for(&mut self, other: &Self, from: usize) -> u32 {
        let id = other.ids.get(from as u32).unwrap_or("");
        let id = if other.has_no_number(from) { place(id) } else { id };
        let (mut name, mut count) = (Cow::Borrowed(id), 1_u32);
        loop {
            let new = self.ids.len();
            let number = self.ids.intern(&name);
            if number == new || !self.is_another(number as usize, other, from) {
                return number;
            }
            count += 1;
            name = format!("{id}#{count}").into();
        }
    }

    /// Whether two orders of one name are two: one has that number and the other is called after its place, or both are, and differ in
    /// what an order keeps from one export to the next: the buyer and its times, and where these are not told, its amounts.
    fn is_another(&self, at: usize, other: &Self, from: usize) -> bool {
        match (self.has_no_number(at), other.has_no_number(from)) {
            (false, false) => return false,
            (true, true) => {}
            _ => return true,
        }
        let buyer = |o: &Self, at: usize| o.buyer.get(at).copied();
        if buyer(self, at).and_then(|b| self.buyers.get(b)) != buyer(other, from).and_then(|b| other.buyers.get(b)) {
            return true;
        }
        let pair = |column: fn(&Self) -> &Vec<i64>| {
            let pair = (column(self).get(at)?, column(other).get(from)?);
            (*pair.0 != NONE && *pair.1 != NONE).then_some(pair.0 == pair.1)
        };
        let times = [pair(|o| &o.created_at), pair(|o| &o.paid_at)];
        let amounts = [pair(|o| &o.ordered_amount), pair(|o| &o.paid_amount)];
        let told = if times == [None, None] { amounts } else { times };
        told.contains(&Some(false))
    }

    /// Each pair of order and reason once.
    pub(super) fn sort_reasons(&mut self) {
        sort::plain(&mut self.reason);
        self.reason.dedup();
    }

    /// Of two buyers of one order the one whose name comes first is kept, so that the order of files does not matter; whether there are two.
    fn join_buyer(&mut self, order: usize, buyer: u32) -> bool {
        let Some(slot) = self.buyer.get_mut(order) else { return false };
        let other = *slot != u32::MAX && buyer != u32::MAX && *slot != buyer;
        if *slot == u32::MAX || (other && self.buyers.get(buyer) < self.buyers.get(*slot)) {
            *slot = buyer;
        }
        other
    }

    /// Of an order in both files each line counts as often as in the file that has it more often; lines of SKUs win over lines that stand for
    /// the whole order, and those of a copy that is past payment over those of one that waits for it.
    fn join_lines(&mut self, other: &Self, old: u32, places: &[u32], skus: &[u32]) {
        let level = |marks: &[u16], at: usize| {
            let marks = marks.get(at).copied().unwrap_or(0);
            let level = top(marks & (LINES_ROUGH | LINES_FINE));
            (level, level == 0 || marks & LINES_UNPAID == 0)
        };
        // Which orders of both files compare their lines, take those of the other file, or keep theirs.
        const COMPARE: u8 = 1;
        const REPLACE: u8 = 2;
        const KEEP: u8 = 3;
        let mut plan = vec![0_u8; self.len()];
        let (mut replaced, mut compared) = (Vec::new(), Vec::new());
        for (from, &to) in places.iter().enumerate().filter(|&(_, &to)| to < old) {
            let at = to as usize;
            let (ours, theirs) = (level(&self.marks, at), level(&other.marks, from));
            if let Some(slot) = plan.get_mut(at) {
                if *slot == 0 && theirs == ours {
                    compared.push(to);
                }
                *slot = match theirs.cmp(&ours) {
                    core::cmp::Ordering::Equal => COMPARE,
                    core::cmp::Ordering::Greater => REPLACE,
                    core::cmp::Ordering::Less => KEEP,
                };
                if *slot == REPLACE {
                    replaced.push(to);
                }
            }
            // The lower level is gone with its lines.
            if let Some(marks) = self.marks.get_mut(at) {
                let (level, past_payment) = ours.max(theirs);
                *marks = *marks & !(LINES_ROUGH | LINES_FINE | LINES_UNPAID) | level | if past_payment { 0 } else { LINES_UNPAID };
            }
        }
        let of = |plan: &[u8], order: u32| plan.get(order as usize).copied().unwrap_or(0);
        if !compared.is_empty() || !replaced.is_empty() {
            self.line_chains.follow(&self.lines.order, |order| *order);
        }
        // The places of the lines that are replaced, for those that take them.
        let mut free: HashMap<u32, Vec<usize>> = HashMap::new();
        for order in replaced.into_iter().filter(|order| of(&plan, *order) == REPLACE) {
            free.entry(order).or_insert_with(|| self.line_chains.of(order).collect());
        }
        let mut counts: HashMap<(u32, u32, i64, i64), u32> = HashMap::new();
        for line in compared.into_iter().flat_map(|to| self.line_chains.of(to)).filter_map(|at| self.lines.get(at)) {
            *counts.entry(line).or_insert(0) += 1;
        }
        for (order, sku, quantity, amount) in other.lines.iter() {
            let order = places.get(order as usize).copied().unwrap_or(u32::MAX);
            let sku = skus.get(sku as usize).copied().unwrap_or(u32::MAX);
            match of(&plan, order) {
                KEEP => continue,
                COMPARE => {
                    if let Some(count) = counts.get_mut(&(order, sku, quantity, amount)).filter(|count| **count > 0) {
                        *count -= 1;
                        continue;
                    }
                }
                REPLACE => {
                    if let Some(at) = free.get_mut(&order).and_then(Vec::pop) {
                        self.lines.set(at, sku, quantity, amount);
                        continue;
                    }
                }
                _ => {}
            }
            self.lines.push(order, sku, quantity, amount);
        }
        let mut left: Vec<usize> = free.into_values().flatten().collect();
        if !left.is_empty() {
            sort::plain(&mut left);
            let mut at = 0..;
            self.lines = self.lines.iter().filter(|_| at.next().is_some_and(|at| left.binary_search(&at).is_err())).collect();
            self.line_chains = Chains::default();
        }
    }

    /// Takes back what [`Orders::derive`] worked out of an order.
    fn forget_derived(&mut self, at: usize) {
        let Self { ordered_amount, paid_amount, refund_amount, state, marks, .. } = self;
        let Some(marks) = marks.get_mut(at) else { return };
        for (bit, column) in [(ORDERED, ordered_amount), (PAID, paid_amount), (REFUND, refund_amount)] {
            if *marks & bit != 0
                && let Some(slot) = column.get_mut(at)
            {
                *slot = NONE;
            }
        }
        if *marks & STATE != 0
            && let Some(slot) = state.get_mut(at)
        {
            *slot = State::Unknown;
        }
        *marks &= !(ORDERED | PAID | REFUND | STATE);
    }

    fn forget_all_derived(&mut self) {
        (0..self.len()).for_each(|at| self.forget_derived(at));
    }

    /// Works out from parts and lines what the own rows of these orders do not say.
    pub(super) fn derive(&mut self, orders: impl Iterator<Item = u32> + Clone) {
        let by_lines = |order: u32| self.marks.get(order as usize).is_some_and(|marks| marks & PAID_BY_LINES != 0);
        if orders.clone().any(by_lines) {
            self.line_chains.follow(&self.lines.order, |order| *order);
            orders.clone().for_each(|order| self.add_up_lines(order));
        }
        if self.parts.is_empty() {
            return;
        }
        self.part_chains.follow(&self.parts, |part| part.order);
        let tickets = tickets(orders.clone().flat_map(|order| self.parts_of(order)));
        for order in orders {
            let sum = self.sum(order, &tickets);
            self.fill(order as usize, &sum);
        }
    }

    fn add_up_lines(&mut self, order: u32) {
        let amounts = self.line_chains.of(order).filter_map(|at| self.lines.amount.get(at).copied());
        let sum = amounts.fold(NONE, plus);
        if let (Some(slot), Some(marks)) = (self.paid_amount.get_mut(order as usize), self.marks.get_mut(order as usize))
            && *marks & PAID_BY_LINES != 0
            && *slot == NONE
            && sum != NONE
        {
            *slot = sum;
            *marks |= PAID;
        }
    }

    fn parts_of(&self, order: u32) -> impl Iterator<Item = &Part> {
        self.part_chains.of(order).filter_map(|at| self.parts.get(at))
    }

    /// What the parts of an order come to.
    fn sum(&self, order: u32, tickets: &Tickets) -> Sum {
        let mut sum = Sum::default();
        for part in self.parts_of(order) {
            if part.ticket {
                sum.tickets = plus(sum.tickets, part.refund);
                continue;
            }
            sum.ordered = plus(sum.ordered, part.ordered);
            sum.paid = plus(sum.paid, part.paid);
            let (state, refund) = part.refunded(tickets);
            sum.refund = plus(sum.refund, refund);
            // Gifts of 0 do not say where the order stands, unless there is nothing else.
            if part.paid == 0 {
                sum.gifts |= 1 << state as u8;
            } else {
                sum.seen |= 1 << state as u8;
            }
        }
        sum
    }

    /// Fills what an order's own rows do not say.
    fn fill(&mut self, at: usize, sum: &Sum) {
        let Some(marks) = self.marks.get_mut(at) else { return };
        let amounts = [
            (ORDERED, &mut self.ordered_amount, sum.ordered),
            (PAID, &mut self.paid_amount, sum.paid),
            (REFUND, &mut self.refund_amount, sum.refund.max(sum.tickets)),
        ];
        for (bit, column, amount) in amounts {
            // A ticket may be younger than the list, which then says of less, or of nothing.
            let more = |known: i64| bit == REFUND && known < sum.tickets;
            if let Some(slot) = column.get_mut(at)
                && (*slot == NONE || more(*slot))
                && amount != NONE
            {
                *slot = amount;
                *marks |= bit;
            }
        }
        let joined = state::of_all(if sum.seen == 0 { sum.gifts } else { sum.seen });
        if let Some(slot) = self.state.get_mut(at)
            && *slot == State::Unknown
            && joined != State::Unknown
        {
            *slot = joined;
            *marks |= STATE;
        }
    }

    /// What was paid for each sub-order and given back on it, by order.
    pub(crate) fn refunds(&self) -> Vec<Refund> {
        let tickets = tickets(&self.parts);
        let parts = self.parts.iter().filter(|part| !part.ticket);
        let refund =
            |part: &Part| Refund { order: part.order, sku: part.sku, paid: part.paid.max(0), back: part.refunded(&tickets).1.max(0) };
        let mut refunds: Vec<Refund> = parts.map(refund).collect();
        sort::by_key(&mut refunds, |refund| refund.order);
        refunds
    }

    /// The orders whose number is `known`, and the others.
    fn split(self, known: impl Fn(&str) -> bool) -> (Self, Self) {
        let mut sides = [Self::default(), Self::default()];
        let mut places = Vec::with_capacity(self.len());
        for from in 0..self.len() {
            let id = self.ids.get(from as u32).unwrap_or("");
            let side = usize::from(!known(id));
            let Some(orders) = sides.get_mut(side) else { continue };
            let to = orders.ids.intern(id);
            orders.push_unknown();
            orders.marks.push(self.marks.get(from).copied().unwrap_or(0));
            orders.places.join(to, &self.places, from);
            places.push((side, to));
        }
        for (order, sku, quantity, amount) in self.lines.iter() {
            let Some(&(side, to)) = places.get(order as usize) else { continue };
            let Some(orders) = sides.get_mut(side) else { continue };
            let sku = if sku == u32::MAX { sku } else { orders.sku_of(&self, sku) };
            orders.lines.push(to, sku, quantity, amount);
        }
        for (order, reason) in self.reason {
            let Some(&(side, to)) = places.get(order as usize) else { continue };
            if let Some(orders) = sides.get_mut(side) {
                let number = orders.reasons.intern(self.reasons.get(reason).unwrap_or(""));
                orders.reason.push((to, number));
            }
        }
        for mut part in self.parts {
            let Some(&(side, to)) = places.get(part.order as usize) else { continue };
            part.order = to;
            if let Some(orders) = sides.get_mut(side) {
                part.sku = self.skus.get(part.sku).map_or(u32::MAX, |name| orders.skus.intern(name));
                orders.parts.push(part);
            }
        }
        for side in &mut sides {
            side.sort_reasons();
            side.forget_all_derived();
        }
        let [known, unknown] = sides;
        (known, unknown)
    }
}

/// What was paid for a sub-order, and what was given back on it, in cents.
pub(crate) struct Refund {
    pub order: u32,
    /// Number in [`Orders::skus`]; `u32::MAX` where there is none.
    pub sku: u32,
    pub paid: i64,
    pub back: i64,
}

/// By order and sub-order.
type Tickets = HashMap<(u32, u64), i64>;

/// What the tickets about each sub-order add up to.
fn tickets<'a>(parts: impl IntoIterator<Item = &'a Part>) -> Tickets {
    let mut tickets = Tickets::new();
    for ticket in parts.into_iter().filter(|part| part.ticket) {
        let sum = tickets.entry((ticket.order, ticket.of)).or_insert(NONE);
        *sum = plus(*sum, ticket.refund);
    }
    tickets
}

impl Part {
    /// Where a sub-order stands, and what was given back on it. A ticket and what the sub-order says of itself are the same refund: the
    /// larger counts.
    fn refunded(&self, tickets: &Tickets) -> (State, i64) {
        let told = self.refund.max(tickets.get(&(self.order, self.key)).copied().unwrap_or(NONE));
        let state = if self.given_back { self.state.given_back(self.paid, told) } else { self.state };
        (state, if state == State::Refunded { told.max(self.paid) } else { told })
    }
}

/// Of two sorted lists each entry as often as the list has it that has it more often.
fn each_as_often<T: Copy + Ord>(ours: &[T], theirs: &[T]) -> Vec<T> {
    let (mut ours, mut theirs) = (ours, theirs);
    let mut all = Vec::with_capacity(ours.len().max(theirs.len()));
    while let ([a, rest_ours @ ..], [b, rest_theirs @ ..]) = (ours, theirs) {
        all.push(*a.min(b));
        (ours, theirs) = (if a <= b { rest_ours } else { ours }, if b <= a { rest_theirs } else { theirs });
    }
    all.extend_from_slice(ours);
    all.extend_from_slice(theirs);
    all
}

/// The higher of the two levels that the marks of an order may name.
const fn top(level: u16) -> u16 {
    if level & LINES_FINE != 0 { LINES_FINE } else { level }
}

#[derive(Clone, Copy)]
struct Sum {
    ordered: i64,
    paid: i64,
    refund: i64,
    tickets: i64,
    seen: u8,
    gifts: u8,
}

impl Default for Sum {
    fn default() -> Self {
        Self { ordered: NONE, paid: NONE, refund: NONE, tickets: NONE, seen: 0, gifts: 0 }
    }
}

impl Lines {
    /// Order, SKU, quantity and amount of every line.
    fn iter(&self) -> impl Iterator<Item = (u32, u32, i64, i64)> + '_ {
        let numbers = self.order.iter().zip(&self.sku).zip(&self.quantity).zip(&self.amount);
        numbers.map(|(((&order, &sku), &quantity), &amount)| (order, sku, quantity, amount))
    }

    fn get(&self, at: usize) -> Option<(u32, u32, i64, i64)> {
        Some((*self.order.get(at)?, *self.sku.get(at)?, *self.quantity.get(at)?, *self.amount.get(at)?))
    }

    /// Another line of the same order in the place of one.
    fn set(&mut self, at: usize, sku: u32, quantity: i64, amount: i64) {
        if let (Some(skus), Some(quantities), Some(amounts)) = (self.sku.get_mut(at), self.quantity.get_mut(at), self.amount.get_mut(at)) {
            (*skus, *quantities, *amounts) = (sku, quantity, amount);
        }
    }

    pub(super) fn push(&mut self, order: u32, sku: u32, quantity: i64, amount: i64) {
        self.order.push(order);
        self.sku.push(sku);
        self.quantity.push(quantity);
        self.amount.push(amount);
    }
}

impl FromIterator<(u32, u32, i64, i64)> for Lines {
    fn from_iter<T: IntoIterator<Item = (u32, u32, i64, i64)>>(lines: T) -> Self {
        let mut all = Self::default();
        for (order, sku, quantity, amount) in lines {
            all.push(order, sku, quantity, amount);
        }
        all
    }
}

fn zip(a: Fields, b: Fields, f: impl Fn(bool, bool) -> bool) -> Fields {
    Fields {
        order_id: f(a.order_id, b.order_id),
        buyer: f(a.buyer, b.buyer),
        created_at: f(a.created_at, b.created_at),
        paid_at: f(a.paid_at, b.paid_at),
        received_at: f(a.received_at, b.received_at),
        state: f(a.state, b.state),
        ordered_amount: f(a.ordered_amount, b.ordered_amount),
        paid_amount: f(a.paid_amount, b.paid_amount),
        refund_amount: f(a.refund_amount, b.refund_amount),
        sku: f(a.sku, b.sku),
        quantity: f(a.quantity, b.quantity),
        unit_price: f(a.unit_price, b.unit_price),
    }
}

fn both(a: Fields, b: Fields) -> Fields {
    zip(a, b, |a, b| a && b)
}

fn either(a: Fields, b: Fields) -> Fields {
    zip(a, b, |a, b| a || b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order::read;
    use alloc::{
        format,
        string::{String, ToString},
    };
    use proptest::prelude::*;

    type Line = (String, Option<String>, i64, i64);
    type Order = (String, Option<String>, [i64; 6], State);
    type Named = Vec<(Option<String>, Option<String>)>;
    type Seen = (Vec<Order>, Vec<Line>, Named, Fields, Vec<(&'static str, u64)>, Vec<(Option<String>, u64)>, Named);

    /// What figures see: orders and lines without their numbers.
    fn facts(orders: &Orders) -> Seen {
        let name = |names: &super::super::Names, n: u32| names.get(n).map(ToString::to_string);
        let mut all: Vec<Order> = (0..orders.len())
            .map(|i| {
                let Orders { created_at, paid_at, received_at, ordered_amount, paid_amount, refund_amount, .. } = orders;
                let numbers = [created_at, paid_at, received_at, ordered_amount, paid_amount, refund_amount].map(|column| column[i]);
                (name(&orders.ids, i as u32).unwrap(), name(&orders.buyers, orders.buyer[i]), numbers, orders.state[i])
            })
            .collect();
        all.sort();
        let line = |(order, sku, quantity, amount)| (name(&orders.ids, order).unwrap(), name(&orders.skus, sku), quantity, amount);
        let mut lines: Vec<_> = orders.lines.iter().map(line).collect();
        lines.sort();
        let mut reasons: Vec<_> =
            orders.reason.iter().map(|&(order, reason)| (name(&orders.ids, order), name(&orders.reasons, reason))).collect();
        reasons.sort();
        let known = (0..).zip(&orders.places.address).filter(|(_, hash)| **hash > 0);
        let mut places: Vec<_> = known.map(|(order, &hash)| (name(&orders.ids, order), hash)).collect();
        places.sort();
        let title = |sku: u32| Some((name(&orders.skus, sku), Some(orders.titles.get(sku)?.to_string())));
        let mut titles: Vec<_> = (0..orders.skus.len()).filter_map(title).collect();
        titles.sort();
        (all, lines, reasons, orders.fields, orders.excluded(), places, titles)
    }

    fn merged(files: &[&Orders]) -> Orders {
        files.iter().fold(Orders::default(), |mut all, file| {
            all.merge((*file).clone());
            all
        })
    }

    #[test]
    fn reasons_count_once_however_often_their_tickets_come_before_the_list() {
        let tickets = "售后单号,订单号,商品单号,退商品金额（元）,售后类型,售后状态,售后原因\nt1,1,11,20,仅退款,退款成功,ra\nt2,2,21,20,仅退款,退款成功,rb\nt3,1,12,20,仅退款,退款成功,rc\nt4,2,22,20,仅退款,退款成功,rc\n";
        let list = "主订单编号,子订单编号,选购商品,商品数量,订单应付金额,订单提交时间,支付完成时间,订单状态,售后状态\n1,11,杯,1,80,2026-01-05 10:00:00,2026-01-05 10:30:00,已完成,-\n2,21,杯,1,80,2026-01-05 10:00:00,2026-01-05 10:30:00,已完成,-\n";
        let [tickets, list] = [tickets, list].map(|text| read("a.csv", text.as_bytes(), &Default::default()).orders);
        for files in [[&tickets, &tickets, &list], [&list, &tickets, &tickets]] {
            assert_eq!(merged(&files).reason.len(), 4);
        }
    }

    /// A price may change until it is paid: the copy that waits for payment gives way, whichever file comes first.
    #[test]
    fn what_is_paid_counts_and_not_what_was_asked_before() {
        let generic = "订单号,买家昵称,下单时间,付款时间,商品编码,数量,单价,订单状态\n";
        let douyin = "主订单编号,子订单编号,选购商品,商品数量,订单应付金额,订单提交时间,支付完成时间,订单状态,售后状态\n";
        let list = "订单编号,买家会员名,总金额,买家实际支付金额,订单状态,订单创建时间,订单付款时间,宝贝标题,宝贝种类,宝贝总数量\n";
        let detail = "订单编号,标题,价格,购买数量,外部系统编号,订单状态\n";
        for (files, ordered, paid, lines) in [
            (
                [
                    format!("{generic}1,甲,2026-01-05 10:00:00,,A,2,50,待付款\n"),
                    format!("{generic}1,甲,2026-01-05 10:00:00,2026-01-05 11:00:00,A,2,45,已完成\n"),
                ]
                .to_vec(),
                NONE,
                9_000,
                [(2000, 9_000)],
            ),
            (
                [
                    format!("{douyin}1,1,杯,1,100,2026-01-05 10:00:00,-,待支付,-\n"),
                    format!("{douyin}1,1,杯,1,80,2026-01-05 10:00:00,2026-01-05 10:30:00,已完成,-\n"),
                ]
                .to_vec(),
                8_000,
                8_000,
                [(1000, NONE)],
            ),
            (
                [
                    format!("{list}1,甲,100,0,等待买家付款,2026-01-05 10:00:00,,杯,1,2\n"),
                    format!("{detail}1,杯,50,2,A1,等待买家付款\n"),
                    format!("{list}1,甲,90,90,交易成功,2026-01-05 10:00:00,2026-01-05 10:30:00,杯,1,2\n"),
                    format!("{detail}1,杯,45,2,A1,交易成功\n"),
                ]
                .to_vec(),
                9_000,
                9_000,
                [(2000, 9_000)],
            ),
        ] {
            let files: Vec<Orders> = files.iter().map(|text| read("a.csv", text.as_bytes(), &Default::default()).orders).collect();
            let forwards: Vec<&Orders> = files.iter().collect();
            let backwards: Vec<&Orders> = files.iter().rev().collect();
            for all in [forwards, backwards] {
                let all = merged(&all);
                let told: Vec<_> = all.lines.iter().map(|(_, _, quantity, amount)| (quantity, amount)).collect();
                assert_eq!((all.ordered_amount[0], all.paid_amount[0], &*told), (ordered, paid, &lines[..]), "{:?}", all.ids.get(0));
            }
        }
    }

    /// One export: its shape and rows of order, buyer, state, day, amount, goods.
    fn file() -> impl Strategy<Value = Orders> {
        let row = (0..4_u8, 0..3_u8, 0..5_usize, 1..9_u8, 0..4_u8, 0..3_u8);
        (0..6_u8, proptest::collection::vec(row, 0..7)).prop_map(|(shape, rows)| {
            let mut text = String::from(match shape {
                0 => "订单编号,买家会员名,买家实际支付金额,订单状态,订单付款时间,宝贝标题,宝贝总数量,退款金额,订单关闭原因,收货地址\n",
                1 => "订单编号,标题,价格,购买数量,商家编码\n",
                2 => "主订单编号,子订单编号,选购商品,商品数量,商品单价,订单应付金额,订单提交时间,订单状态,售后状态\n",
                3 => "售后单号,订单号,商品单号,退商品金额,售后状态,售后类型,售后原因\n",
                4 => "order id,sku,quantity,unit price,customer id,order date\n",
                _ => "订单编号,买家昵称,商品编码,数量,支付金额,订单状态,商品名称\n",
            });
            for (order, buyer, state, day, amount, goods) in rows {
                let states = ["等待买家付款", "已付款", "交易成功", "交易关闭", "退款成功"];
                let (state, part) = (states[state], format!("{order}{goods}"));
                text.push_str(&match shape {
                    0 => format!("{order},b{buyer},{amount},{state},2026-01-0{day},g{goods},1,{},r{goods},甲路{goods}号\n", amount / 2),
                    1 => format!("{order},g{goods},{amount},{buyer},s{goods}\n"),
                    2 => format!("{order},{part},g{goods},1,{amount},{amount},2026-01-0{day},{state},-\n"),
                    3 => format!("t{part},{order},{part},{amount},{state},仅退款,r{buyer}\n"),
                    // Some are returns.
                    4 => format!("{order},s{goods},{},1.5,b{buyer},2026-01-0{day}\n", i16::from(amount) - 1),
                    _ => format!("{order},b{buyer},s{goods},1,{amount},{state},t{buyer}\n"),
                });
            }
            read("a.csv", text.as_bytes(), &crate::order::OrderOptions::default()).orders
        })
    }

    #[test]
    fn files_of_one_name_are_told_apart() {
        let file = |rows: &str| read("orders", format!("买家,付款时间,实付金额\n{rows}").as_bytes(), &Default::default()).orders;
        let (january, february) =
            ("甲,2026-01-01 10:00:00,10\n乙,2026-01-02 10:00:00,20\n", "甲,2026-02-01 10:00:00,10\n乙,2026-01-02 10:00:00,20\n");
        let mut all = file(january);
        assert_eq!(all.merge(file(february)).orders, 1);
        assert_eq!((all.len(), all.ids.get(2)), (3, Some("orders:2#2")));
        // The same rows a week later: 甲 has a refund.
        let later = "甲,2026-01-01 10:00:00,10,4\n乙,2026-01-02 10:00:00,20,\n";
        let later = read("orders", format!("买家,付款时间,实付金额,退款金额\n{later}").as_bytes(), &Default::default()).orders;
        assert_eq!((all.merge(later).orders, all.len(), all.refund_amount[0]), (2, 3, 400));
        let mut other_way = file(february);
        other_way.merge(file(january));
        assert_eq!((all.merge(other_way).orders, all.len()), (3, 3));
        assert_eq!(["a:1", "a:1#2", "a#1:5"].map(place), ["a:1", "a:1", "a#1:5"]);
    }

    #[test]
    fn a_number_that_looks_like_a_place_is_a_number() {
        let file = |name: &str, csv: &str| read(name, csv.as_bytes(), &Default::default()).orders;
        let buyers = || file("a.csv", "订单编号,买家昵称,实付金额\nSO:1001,小林,10\n");
        let amounts = || file("b.csv", "订单编号,实付金额\nSO:1001,10\n");
        for [mut first, then] in [[buyers(), amounts()], [amounts(), buyers()]] {
            assert_eq!((first.merge(then).orders, first.len(), first.paid_amount[0]), (1, 1, 1000));
        }
        // A file of that name whose rows have no numbers, and Excel's numbers, which are none.
        let places = || file("SO", "买家昵称,实付金额\n小周,20\n");
        let numbers = || file("a.csv", "订单编号,买家昵称,实付金额\nSO:2,小周,20\n1.5E+17,小周,20\n");
        let mangled = || file("c.csv", "订单编号,买家昵称,实付金额\n1.5E+17,小周,20\n1.5E+17,小周,30\n");
        for files in [[places(), numbers(), mangled()], [mangled(), numbers(), places()], [numbers(), places(), mangled()]] {
            let mut all = merged(&files.each_ref());
            assert_eq!((all.len(), all.merge(numbers()).orders, all.len()), (5, 2, 5));
        }
    }

    proptest! {
        #[test]
        fn the_order_of_files_does_not_matter(a in file(), b in file(), c in file()) {
            let want = facts(&merged(&[&a, &b, &c]));
            for files in [[&a, &c, &b], [&b, &a, &c], [&b, &c, &a], [&c, &a, &b], [&c, &b, &a]] {
                prop_assert_eq!(&facts(&merged(&files)), &want);
            }
            let mut nested = a.clone();
            nested.merge(merged(&[&b, &c]));
            prop_assert_eq!(&facts(&nested), &want);
        }

        #[test]
        fn the_same_file_twice_counts_once(a in file(), b in file()) {
            prop_assert_eq!(facts(&merged(&[&a, &a])), facts(&merged(&[&a])));
            prop_assert_eq!(facts(&merged(&[&a, &b, &a, &b])), facts(&merged(&[&a, &b])));
        }
    }

    #[test]
    fn an_account_is_one_buyer_in_whatever_width() {
        let read = |rows: &str| read("a.csv", format!("订单编号,买家会员名,买家实际支付金额\n{rows}").as_bytes(), &Default::default());
        let wide = read("1,小鹿Ａ８,5\n2,小鹿A8,5\n2,cntaobao小鹿A8,5\n3,小鹿（Ａ）,5\n");
        assert_eq!(wide.problems.count(), 0, "{:?}", wide.problems.kept());
        assert_eq!((wide.orders.buyers.len(), &wide.orders.buyer[..]), (2, &[0, 0, 1][..]));
        let both = merged(&[&read("4,小鹿A8,5\n").orders, &wide.orders]);
        assert_eq!((both.buyers.len(), both.buyers.get(0)), (2, Some("小鹿A8")));
    }

    #[test]
    fn an_order_moves_on_from_one_export_to_the_next() {
        let read = |csv: &str| read("a.csv", csv.as_bytes(), &crate::order::OrderOptions::default()).orders;
        let early = read("订单编号,买家会员名,订单状态,订单付款时间\n1,小满,\"买家已付款，等待卖家发货\",2026-01-01\n");
        let late = read("订单编号,买家会员名,订单状态,订单付款时间\n1,小满,交易关闭,2026-01-01\n2,谷雨,交易成功,2026-01-02\n");
        let both = merged(&[&late, &early]);
        assert_eq!(both.state, [State::Closed, State::Received]);
        assert_eq!(both.len(), 2);
    }
}
