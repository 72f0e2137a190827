//! Rows → columns: the hot loop of the order reader. Cells go from the slice to numbers without a string between.

mod finish;
mod join;
mod marks;
mod unread;

pub(super) use join::plus;
pub(crate) use marks::{is_of_pdd, sums_up};
pub(crate) use unread::NO_TIME;

use super::{
    NONE, Orders, State, cell,
    columns::{LeftOut, Order, Part},
    dialect::{Field, Rows},
    header::{Layout, NOWHERE},
    names::Batch,
    places,
    read::BuyerKey,
    state::Words,
};
use crate::{
    error::Problems,
    input::{bytes::same, csv::Row},
    link::{PREFIX, WIDE, buyer_key},
    shops::Tally,
    time::Plain,
};
use alloc::{boxed::Box, collections::BTreeSet, format, string::String, vec::Vec};
use core::fmt::Write;
use hashbrown::HashMap;
use marks::{day_of_number, is_mangled};
use unread::{PAID_SOME_TIME, Unread};

/// The columns that are looked at in each row.
#[derive(Clone, Copy)]
struct At {
    id: usize,
    other_id: usize,
    /// What may be the order number, where no column is known to be it.
    guessed_id: usize,
    part: usize,
    part_of: usize,
    buyer: usize,
    other_buyer: usize,
    created: usize,
    paid_at: usize,
    received: usize,
    cancelled: usize,
    state: usize,
    after_sale: usize,
    shipping: usize,
    ordered: usize,
    paid: usize,
    refund: usize,
    more_refund: usize,
    sku: usize,
    other_sku: usize,
    title: usize,
    quantity: usize,
    price: usize,
    kinds: usize,
    address: usize,
    phone: usize,
    reason: usize,
    other_reason: usize,
    shop: usize,
}

/// An amount of which a table without a known shape does not say whether it belongs to the order or to the row.
#[derive(Default)]
struct Spread {
    /// Sum over the rows of each order, filled from the first order with a second row on.
    sums: Vec<i64>,
    differs: bool,
}

/// Room is made for at most so many orders, and bytes of their names, at once: a file may be other than it begins.
const MOST: usize = 4 << 20;
const MOST_OF_NAMES: usize = 64 << 20;

/// One file's orders while they are read.
pub(super) struct Table {
    pub layout: Box<Layout>,
    pub orders: Orders,
    pub rows: u64,
    at: At,
    width: usize,
    buyer_key: BuyerKey,
    has_lines: bool,
    states: Words,
    after_sale: Words,
    /// Orders whose time of payment is filled with something that is no time.
    untimed: Vec<u32>,
    /// States of all rows of an order, as bits.
    seen: Vec<u8>,
    spread: [Spread; 3],
    /// The dates of the row before, of creation, receipt and payment.
    times: [Plain; 3],
    /// SKUs and parts met, where a second copy of the same must not count again.
    known_lines: BTreeSet<(u32, u32)>,
    known_parts: HashMap<(u32, u64), u32>,
    last: u32,
    /// Buyers that are not numbered yet, and the order and line of each.
    buyers: Batch,
    waiting: Vec<(u32, u32)>,
    /// Rows that name another buyer than an earlier one of their order: how many, and the line of the first.
    other_buyers: (u64, u32),
    /// Rows without an order number whose guessed one is that of the row before: how many, and the line of the first; and that number.
    same_guess: (u64, u32),
    guess: Vec<u8>,
    pub shops: Tally,
    name: String,
    masked: u64,
    /// Orders whose number Excel has spoilt.
    mangled: Vec<u32>,
    /// Cells whose name holds broken characters.
    pub broken: u64,
    header: Vec<u8>,
    /// The first cell of the last row that was looked at closely and found to be no summary.
    usual: Vec<u8>,
}

impl Table {
    pub fn new(layout: Box<Layout>, buyer_key: BuyerKey, header: &Row) -> Self {
        let c = |field| layout.column(field);
        let buyer = match buyer_key {
            BuyerKey::Account => c(Field::Buyer),
            BuyerKey::Phone => c(Field::Phone),
            BuyerKey::Receiver => c(Field::Receiver),
        };
        let at = At {
            id: c(Field::OrderId),
            other_id: layout.shop_id(),
            guessed_id: layout.guess_of(Field::OrderId),
            part: c(Field::Part),
            part_of: c(Field::PartOf),
            buyer,
            other_buyer: if buyer_key == BuyerKey::Account { layout.second(Field::Buyer) } else { NOWHERE },
            created: c(Field::CreatedAt),
            paid_at: c(Field::PaidAt),
            received: c(Field::ReceivedAt),
            cancelled: c(Field::CancelledAt),
            state: c(Field::State),
            after_sale: c(Field::AfterSale),
            shipping: c(Field::Shipping),
            ordered: c(Field::OrderedAmount),
            paid: c(Field::PaidAmount),
            refund: c(Field::RefundAmount),
            more_refund: c(Field::MoreRefund),
            sku: c(Field::Sku),
            other_sku: layout.second(Field::Sku),
            title: c(Field::Title),
            quantity: c(Field::Quantity),
            price: c(Field::UnitPrice),
            kinds: c(Field::Kinds),
            address: c(Field::Address),
            phone: c(Field::Phone),
            reason: c(Field::Reason),
            other_reason: layout.second(Field::Reason),
            shop: c(Field::Shop),
        };
        Self {
            has_lines: layout.dialect.rows != Rows::Ticket && [at.sku, at.title, at.quantity, at.price].iter().any(|&c| c != NOWHERE),
            states: Words::states(layout.dialect.states),
            after_sale: Words::after_sale(),
            width: layout.width(),
            header: cell::clean(header.get(0)).to_vec(),
            layout,
            orders: Orders::default(),
            rows: 0,
            at,
            buyer_key,
            untimed: Vec::new(),
            seen: Vec::new(),
            spread: Default::default(),
            times: Default::default(),
            known_lines: BTreeSet::new(),
            known_parts: HashMap::new(),
            last: u32::MAX,
            buyers: Batch::default(),
            waiting: Vec::new(),
            other_buyers: (0, 0),
            same_guess: (0, 0),
            guess: Vec::new(),
            shops: Tally::default(),
            name: String::new(),
            masked: 0,
            mangled: Vec::new(),
            broken: 0,
            usual: Vec::new(),
        }
    }

    /// Makes room for the orders of so many bytes, going by those of the first bytes, which were taken in.
    pub fn reserve(&mut self, bytes: u64, taken: u64) {
        // A little more than it looks like: one move of everything costs more than what is left over.
        let more =
            |now: usize| (now as u64).saturating_mul(bytes.saturating_sub(taken)).saturating_mul(33) / taken.saturating_mul(32).max(1);
        let most = |now: usize, most: usize| usize::try_from(more(now)).unwrap_or(0).min(most);
        let room = |now: usize| most(now, MOST);
        let orders = &mut self.orders;
        orders.reserve(room(orders.len()), room(orders.lines.order.len()), &|now| most(now, MOST_OF_NAMES));
        self.seen.reserve_exact(room(self.seen.len()));
    }

    /// Takes one row in.
    pub fn row(&mut self, row: &Row, file: &str, problems: &mut Problems) {
        if self.is_no_order(row) {
            return;
        }
        if let Some(flaw) = row.flaw(self.width) {
            problems.push(flaw.error(file));
            return;
        }
        let mut bad = Unread { row, file, problems };
        let numbers = Numbers::of(&self.at, &mut bad);
        let kind = self.layout.dialect.rows;
        if numbers.is_return() || (numbers.returns_line() && !matches!(kind, Rows::Sku | Rows::Line)) {
            self.leave_out(LeftOut::Return, row);
            return;
        }
        let Some((order, new)) = self.order(row, &mut bad) else { return };
        self.broken += bad.listen(&self.orders.ids, order, &[self.at.id]);
        self.rows += 1;
        if new && self.at.shop != NOWHERE {
            self.shops.add(row.get(self.at.shop), cell::clean);
        }
        if kind == Rows::Ticket {
            return self.ticket(order, new, &numbers, &mut bad);
        }
        if !self.listed(order, new, &numbers, &mut bad) {
            return;
        }
        if numbers.returns_line() {
            self.leave_out(LeftOut::Return, row);
        } else if self.has_lines && (kind != Rows::Order || new) {
            self.line(order, &numbers, &mut bad);
        }
    }

    /// An after-sale ticket of an order.
    fn ticket(&mut self, order: u32, new: bool, numbers: &Numbers, bad: &mut Unread) {
        let row = bad.row;
        if new {
            let created_at = self.created_by_number(order, row);
            self.orders.push(&Order { created_at, ..Order::default() });
            self.seen.push(0);
        }
        let more = bad.cents(self.at.more_refund);
        // A list that does not say how they ended is one of what was given back.
        let state = |header: &String| ["状态", "结果", "进度"].iter().any(|end| header.ends_with(end));
        let told = self.at.after_sale != NOWHERE || self.layout.headers.iter().any(state);
        let state = if told { self.after_sale.read(row.get(self.at.after_sale), row.line()) } else { State::Refunded };
        let refund = if state == State::Refunded { plus(numbers.refund, more) } else { NONE };
        if state == State::Refunded {
            self.reason(order, row);
        }
        let about = cell::clean(row.get(self.at.part_of));
        let of = if about.is_empty() { 0 } else { hash(&[about]) };
        self.part(Part { refund, state, ticket: true, of, ..Part::new(order, self.part_key(row)) });
    }

    /// What a row of a list, or of lines, says of its order; `false` where it is of a sub-order that an earlier row has.
    #[inline]
    fn listed(&mut self, order: u32, new: bool, numbers: &Numbers, bad: &mut Unread) -> bool {
        let (row, kind) = (bad.row, self.layout.dialect.rows);
        let buyer = self.buyer(order, row);
        self.place(order, row);
        self.reason(order, row);
        self.broken += bad.tell_broken(&[self.at.buyer, self.at.other_buyer]);
        let (state, given_back) = self.state_of(row, numbers);
        let mut known = Order { buyer, ..self.times(order, bad) };
        if kind != Rows::Part {
            (known.state, known.amounts) = (state, [numbers.ordered, numbers.paid, numbers.refund]);
        }
        if new {
            if known.created_at == NONE {
                known.created_at = self.created_by_number(order, row);
            }
            self.orders.push(&known);
            self.seen.push(if kind == Rows::Part { 0 } else { 1 << state as u8 });
        } else {
            if buyer != u32::MAX && self.orders.buyer.get(order as usize).is_some_and(|&first| first != buyer && first != u32::MAX) {
                count(&mut self.other_buyers, row.line());
            }
            self.join(order as usize, &known, kind);
        }
        let Numbers { ordered, paid, refund, .. } = *numbers;
        kind != Rows::Part
            || self.part(Part {
                ordered,
                paid,
                refund,
                state,
                unpaid: [state == State::Unpaid; 2],
                given_back,
                ..Part::new(order, self.part_key(row))
            })
    }

    /// Where a row says that its order stands, and whether an after-sale of it ended with a refund.
    #[inline]
    fn state_of(&mut self, row: &Row, numbers: &Numbers) -> (State, bool) {
        let at = &self.at;
        let mut state = self.states.read(row.get(at.state), row.line());
        if at.shipping != NOWHERE && state == State::Paid && self.states.read(row.get(at.shipping), row.line()) == State::Shipped {
            state = State::Shipped;
        }
        if at.cancelled != NOWHERE && state != State::Refunded && !cell::clean(row.get(at.cancelled)).is_empty() {
            state = State::Closed;
        }
        let after_sale = if at.after_sale == NOWHERE { State::Unknown } else { self.after_sale.read(row.get(at.after_sale), row.line()) };
        let given_back = after_sale == State::Refunded;
        if !given_back {
            state = state.max(after_sale);
        } else if self.layout.dialect.rows != Rows::Part {
            state = state.given_back(numbers.paid, numbers.refund);
        }
        (state, given_back)
    }

    /// The times that a row gives.
    #[inline]
    fn times(&mut self, order: u32, bad: &mut Unread) -> Order {
        let [near_created, near_received, near_paid] = &mut self.times;
        let created_at = bad.time(self.at.created, near_created, NO_TIME).unwrap_or(NONE);
        let received_at = bad.time(self.at.received, near_received, NO_TIME).unwrap_or(NONE);
        let paid_at = bad.time(self.at.paid_at, near_paid, PAID_SOME_TIME).unwrap_or_else(|| {
            self.untimed.push(order);
            NONE
        });
        Order { created_at, paid_at, received_at, ..Order::default() }
    }

    /// The line of a row; of the rows about one SKU of an order, where that is what they are about, the first.
    #[inline]
    fn line(&mut self, order: u32, numbers: &Numbers, bad: &mut Unread) {
        let (at, kind) = (self.at, self.layout.dialect.rows);
        let kinds = if at.kinds == NOWHERE { NONE } else { bad.amount(at.kinds) };
        let sku = if kinds > cell::UNIT { u32::MAX } else { self.sku(bad.row) };
        self.broken += bad.listen(&self.orders.skus, sku, &[at.sku, at.other_sku, at.title]);
        if kind == Rows::Part
            && let Some(part) = self.orders.parts.last_mut()
        {
            part.sku = sku;
        }
        if kind == Rows::Sku && sku != u32::MAX && !self.known_lines.insert((order, sku)) {
            return;
        }
        let quantity = if numbers.quantity == NONE { NONE } else { cell::thousandths(numbers.quantity) };
        self.orders.lines.push(order, sku, quantity, numbers.amount);
    }

    /// Blank rows, rows of totals and means, and the header of a second export in the same file.
    #[inline]
    fn is_no_order(&mut self, row: &Row) -> bool {
        match row.get(0) {
            [b'0'..=b'9', ..] => return false,
            cell if !cell.is_empty() && same(cell, &self.usual) => return false,
            _ => {}
        }
        let Some(first) = row.iter().map(cell::clean).find(|cell| !cell.is_empty()) else { return true };
        if first.len() > 24 || first.first().is_some_and(u8::is_ascii_digit) {
            return false;
        }
        // Files that were put together end to end keep the marks of the byte order at their beginnings.
        if cell::clean(row.get(0)) == self.header && !self.header.is_empty() && self.repeats_header(row) {
            self.leave_out(LeftOut::RepeatedHeader, row);
            return true;
        }
        if !sums_up(first) {
            self.usual.clear();
            self.usual.extend_from_slice(row.get(0));
            return false;
        }
        // A shop or a buyer may be called 合计: what has an order number of its own, or a time, is an order.
        let empty = |column| {
            let cell = cell::clean(row.get(column));
            cell.is_empty() || sums_up(cell)
        };
        let summary = empty(self.at.id) && empty(self.at.created) && empty(self.at.paid_at);
        if summary {
            self.leave_out(LeftOut::SummaryRow, row);
        }
        summary
    }

    #[cold]
    fn leave_out(&mut self, why: LeftOut, row: &Row) {
        let cells: Vec<&[u8]> = row.iter().collect();
        self.orders.left_out.push((why, hash(&cells)));
    }

    fn repeats_header(&self, row: &Row) -> bool {
        self.layout.headers.iter().zip(row.iter()).all(|(header, cell)| cell::clean(header.as_bytes()) == cell::clean(cell))
    }

    /// The order that the row belongs to, and whether it is new.
    #[inline]
    fn order(&mut self, row: &Row, bad: &mut Unread) -> Option<(u32, bool)> {
        if self.at.id == NOWHERE {
            return Some((self.nameless(row, bad.file), true));
        }
        let mut id = cell::clean(row.get(self.at.id));
        if id.is_empty() {
            id = cell::clean(row.get(self.at.other_id));
        }
        if id.is_empty() {
            bad.push(self.at.id, "no-order-id", "这一行没有订单编号，已略过 / this row has no order number; left out");
            return None;
        }
        if same(id, self.orders.ids.bytes(self.last)) {
            return Some((self.last, false));
        }
        let mangled = is_mangled(id);
        if mangled {
            self.name.clear();
            let _ = write!(self.name, "{}:{}", bad.file, row.line());
            id = self.name.as_bytes();
        }
        let known = self.orders.ids.len();
        self.last = self.orders.ids.intern_next(id);
        if mangled {
            self.mangled.push(self.last);
        }
        Some((self.last, self.last == known))
    }

    /// When the order was created, by its number, where the row does not say.
    fn created_by_number(&self, order: u32, row: &Row) -> i64 {
        let of_pdd = self.layout.dialect.platform == "pdd" && cell::clean(row.get(self.at.created)).is_empty();
        let day = if of_pdd { day_of_number(self.orders.ids.bytes(order)) } else { None };
        day.map_or(NONE, |day| day.start().seconds())
    }

    /// A new order for a row of a table without order numbers: it is called after its place, which no other row has.
    fn nameless(&mut self, row: &Row, file: &str) -> u32 {
        let guess = cell::clean(row.get(self.at.guessed_id));
        if !guess.is_empty() && same(guess, &self.guess) {
            count(&mut self.same_guess, row.line());
        } else {
            self.guess.clear();
            self.guess.extend_from_slice(guess);
        }
        let prefix = file.len() + 1;
        if self.name.is_empty() {
            self.name.push_str(file);
            self.name.push(':');
        }
        self.name.truncate(prefix);
        let (mut digits, mut line) = ([b'0'; 10], row.line());
        let mut first = digits.len();
        for (at, digit) in digits.iter_mut().enumerate().rev() {
            *digit = b'0' + (line % 10) as u8;
            line /= 10;
            if *digit != b'0' {
                first = at;
            }
            if line == 0 {
                break;
            }
        }
        self.name.push_str(digits.get(first..).and_then(|d| core::str::from_utf8(d).ok()).unwrap_or(""));
        self.orders.ids.intern_next(self.name.as_bytes())
    }

    /// The number of what stands for the row's buyer, `u32::MAX` where nothing does; a name gets its number with many others.
    #[inline]
    fn buyer(&mut self, order: u32, row: &Row) -> u32 {
        let mut raw = row.get(self.at.buyer);
        if raw.is_empty() {
            raw = row.get(self.at.other_buyer);
        }
        if raw.is_empty() {
            return u32::MAX;
        }
        let name = cell::clean(raw);
        if self.buyer_key != BuyerKey::Account {
            return self.substitute(raw, name, row);
        }
        if name.is_empty() {
            self.masked += u64::from(cell::is_masked(raw));
            return u32::MAX;
        }
        if self.buyers.len() == Batch::SIZE {
            self.number_buyers();
        }
        let at = self.waiting.len() as u32;
        match wide(name).map(buyer_key) {
            Some(key) if !key.is_empty() => self.buyers.push(at, key.as_bytes()),
            _ => self.buyers.push(at, name),
        }
        self.waiting.push((order, row.line()));
        u32::MAX
    }

    /// Numbers the buyers that wait for it. A masked name, which may be several buyers', is none; of two that one order has, the
    /// first is its buyer.
    fn number_buyers(&mut self) {
        let Orders { buyers, buyer, .. } = &mut self.orders;
        let masked = |name: &[u8]| {
            let masked = cell::is_masked(name);
            self.masked += u64::from(masked);
            masked
        };
        let (waiting, others) = (&self.waiting, &mut self.other_buyers);
        buyers.intern_batch(&mut self.buyers, masked, |at, number| {
            let Some(&(order, line)) = waiting.get(at as usize) else { return };
            match buyer.get_mut(order as usize) {
                Some(slot) if *slot == u32::MAX => *slot = number,
                Some(slot) if *slot != number => count(others, line),
                _ => {}
            }
        });
        self.waiting.clear();
    }

    #[inline]
    fn place(&mut self, order: u32, row: &Row) {
        let (address, phone) = (row.get(self.at.address), row.get(self.at.phone));
        if !address.is_empty() {
            places::learn(&mut self.orders.places.address, order, places::address(address));
        }
        if !phone.is_empty() {
            places::learn(&mut self.orders.places.phone, order, places::phone(phone));
        }
    }

    /// The number of what is to stand for the row's buyer.
    fn substitute(&mut self, raw: &[u8], name: &[u8], row: &Row) -> u32 {
        let (address, phone) = match self.buyer_key {
            BuyerKey::Phone => (None, Some(cell::phone(name))),
            _ => (Some(row.get(self.at.address)), None),
        };
        // Two buyers can look alike behind a mask: it is no key.
        if cell::is_masked(raw) || address.is_some_and(cell::is_masked) || phone == Some(None) {
            self.masked += 1;
            return u32::MAX;
        }
        let buyers = &mut self.orders.buyers;
        match (address.map(cell::clean), phone.flatten()) {
            _ if name.is_empty() => u32::MAX,
            (_, Some(phone)) if phone.is_empty() => u32::MAX,
            (_, Some(phone)) => buyers.intern_bytes(&phone),
            (Some([]) | None, _) => u32::MAX,
            (Some(address), _) => {
                // However it is spaced; without a house number as it is written.
                let place = match places::address(address) {
                    0 => hash(&[address]),
                    place => place,
                };
                buyers.intern(&format!("{:016x}", hash(&[name, &place.to_le_bytes()])))
            }
        }
    }

    fn reason(&mut self, order: u32, row: &Row) {
        // What exports write where there is none.
        const NO_REASON: [&str; 5] = ["", "-", "无", "null", "订单未关闭"];
        for column in [self.at.reason, self.at.other_reason].into_iter().filter(|&column| column != NOWHERE) {
            let reason = cell::clean(row.get(column));
            if !NO_REASON.iter().any(|none| none.as_bytes() == reason) {
                let number = self.orders.reasons.intern_bytes(reason);
                return self.orders.reason.push((order, number));
            }
        }
    }

    #[inline]
    fn sku(&mut self, row: &Row) -> u32 {
        let mut code = cell::clean(row.get(self.at.sku));
        if code.is_empty() {
            code = cell::clean(row.get(self.at.other_sku));
        }
        let title = row.get(self.at.title);
        let Orders { skus, titles, .. } = &mut self.orders;
        if code.is_empty() {
            let title = cell::clean(title);
            return if title.is_empty() { u32::MAX } else { skus.intern_bytes(title) };
        }
        let sku = skus.intern_bytes(code);
        if !title.is_empty() && titles.lacks(sku) {
            titles.learn(sku, cell::clean(title));
        }
        sku
    }

    /// What the sub-order or ticket of a row is known by.
    fn part_key(&self, row: &Row) -> u64 {
        let name = cell::clean(row.get(self.at.part));
        if name.is_empty() { hash(&[b"line", &row.line().to_le_bytes()]) } else { hash(&[name]) }
    }

    /// Keeps a sub-order or a ticket; `false` where it was there already.
    fn part(&mut self, part: Part) -> bool {
        let number = self.orders.parts.len() as u32;
        let known = *self.known_parts.entry((part.order, part.key)).or_insert(number);
        if known == number {
            self.orders.parts.push(part);
            return true;
        }
        if let Some(old) = self.orders.parts.get_mut(known as usize) {
            old.join(&part);
        }
        false
    }
}

/// The numbers of a row: amounts in cents, the others in [`cell::UNIT`]s.
struct Numbers {
    quantity: i64,
    price: i64,
    paid: i64,
    ordered: i64,
    refund: i64,
    /// Price × quantity.
    amount: i64,
}

impl Numbers {
    #[inline]
    fn of(at: &At, bad: &mut Unread) -> Self {
        let quantity = bad.amount(at.quantity);
        let price = bad.amount(at.price);
        let paid = bad.cents(at.paid);
        let ordered = if at.ordered == at.paid { paid } else { bad.cents(at.ordered) };
        let refund = bad.cents(at.refund);
        Self { quantity, price, paid, ordered, refund, amount: cell::product(price, quantity) }
    }

    /// Whether the row as a whole is a return.
    fn is_return(&self) -> bool {
        [self.paid, self.ordered].into_iter().any(is_negative)
    }

    /// Whether its line is.
    fn returns_line(&self) -> bool {
        [self.quantity, self.price, self.amount].into_iter().any(is_negative)
    }
}

fn is_negative(value: i64) -> bool {
    value < 0 && value != NONE
}

/// A buyer's name that another export, or a chat, may write in another way.
fn wide(name: &[u8]) -> Option<&str> {
    let other = name.contains(&WIDE) || name.starts_with(PREFIX.as_bytes());
    if other { core::str::from_utf8(name).ok() } else { None }
}

/// Counts a row of a kind that is told of, by the first line of them.
#[cold]
const fn count((count, first): &mut (u64, u32), line: u32) {
    *first = if *count == 0 || line < *first { line } else { *first };
    *count += 1;
}

/// FNV-1a over the parts: the same on every machine, so that files can be merged by it.
pub(crate) fn hash(parts: &[&[u8]]) -> u64 {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    parts.iter().fold(0xcbf2_9ce4_8422_2325, |hash, part| part.iter().fold(step(hash, 0xff), |hash, &byte| step(hash, byte)))
}
