//! The columns. What is unknown is [`NONE`]: a figure that needs it says so and never counts it as 0.

use super::{Names, Titles, chains::Chains, places::Places};
use crate::time::DAY;
use alloc::{boxed::Box, vec::Vec};
use serde::Serialize;

/// The unknown time or amount.
pub const NONE: i64 = i64::MIN;

/// Where an order stands. The platforms' own words become these; a word that no table knows is listed and `Unknown`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum State {
    /// No state column, or a word that is not known.
    #[default]
    Unknown,
    /// Waits for payment.
    Unpaid,
    /// Paid, not yet shipped.
    Paid,
    /// On its way.
    Shipped,
    /// Received or completed.
    Received,
    /// Paid, and refunded in part.
    PartRefunded,
    /// Closed or cancelled.
    Closed,
    /// Refunded as a whole.
    Refunded,
}

impl State {
    /// Where an order stands once an after-sale of it ended with a refund: of all that was paid, unless it goes on and
    /// the amount says of a part.
    pub(super) fn given_back(self, paid: i64, refund: i64) -> Self {
        if self != Self::Closed && 0 < refund && refund < paid { self.max(Self::PartRefunded) } else { Self::Refunded }
    }
}

/// Which of our fields the exports carried; a figure whose field is missing is `unavailable`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the fields of `--columns`")]
pub struct Fields {
    pub order_id: bool,
    pub buyer: bool,
    pub created_at: bool,
    pub paid_at: bool,
    pub received_at: bool,
    pub state: bool,
    pub ordered_amount: bool,
    pub paid_amount: bool,
    pub refund_amount: bool,
    pub sku: bool,
    pub quantity: bool,
    pub unit_price: bool,
}

/// Order lines (one SKU of one order).
#[derive(Clone, Debug, Default)]
pub struct Lines {
    /// Position of the order in [`Orders`].
    pub order: Vec<u32>,
    /// Number in [`Orders::skus`]; `u32::MAX` where there is none.
    pub sku: Vec<u32>,
    /// Pieces, in thousandths (1.5 m of cloth are 1500); [`NONE`] where unknown.
    pub quantity: Vec<i64>,
    /// Unit price × quantity, in cents; [`NONE`] where unknown.
    pub amount: Vec<i64>,
}

/// Orders as columns. All vectors of orders have one entry per order; times are seconds of the shop's civil time
/// ([`crate::time::Time::seconds`]), amounts are cents; [`NONE`] is unknown.
#[derive(Clone, Debug, Default)]
pub struct Orders {
    /// Order numbers: order `i` has name `i`. An export without order numbers gets one per row, `<file>:<line>`.
    pub ids: Names,
    /// Buyer keys.
    pub buyers: Names,
    /// SKUs (or titles where the export has no SKU).
    pub skus: Names,
    /// What the SKUs are called, where that stands beside them.
    pub titles: Titles,
    /// Number in [`Orders::buyers`]; `u32::MAX` where the order has no buyer.
    pub buyer: Vec<u32>,
    /// Created.
    pub created_at: Vec<i64>,
    /// Paid.
    pub paid_at: Vec<i64>,
    /// Received.
    pub received_at: Vec<i64>,
    /// State.
    pub state: Vec<State>,
    /// What was ordered for.
    pub ordered_amount: Vec<i64>,
    /// What the buyer paid.
    pub paid_amount: Vec<i64>,
    /// What was given back.
    pub refund_amount: Vec<i64>,
    /// Lines of all orders.
    pub lines: Lines,
    /// Why orders were refunded or closed, in the platforms' words.
    pub reasons: Names,
    /// Order and number in [`Orders::reasons`], each pair once; an order may have several.
    pub reason: Vec<(u32, u32)>,
    /// Where orders went.
    pub places: Places,
    /// The fields that every file of these orders carried.
    pub fields: Fields,
    /// Rows left out while reading: why, and a hash of the row, sorted. A row that two files hold is left out once.
    pub(super) left_out: Vec<(LeftOut, u64)>,
    /// Sub-orders and after-sale tickets, where exports list them.
    pub(super) parts: Vec<Part>,
    /// Which of the lines and parts are an order's; made when a second file comes.
    pub(super) line_chains: Chains,
    pub(super) part_chains: Chains,
    /// What the columns do not say of each order: bits, see [`ORDERED`] and its neighbours.
    pub(super) marks: Vec<u16>,
    /// The fields of the lists of orders alone, once `fields` holds more.
    pub(super) own: Option<Fields>,
    /// The fields that supplements (lines, after-sale tickets) add.
    pub(super) added: Fields,
    /// Some buyers' names are behind a mask, where they cannot tell buyers apart.
    pub(crate) masked: bool,
    /// What supplements tell of orders whose list has not come yet.
    pub(super) waiting: Option<Box<Orders>>,
}

/// Why a row is no order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum LeftOut {
    Return,
    SummaryRow,
    RepeatedHeader,
}

/// Bytes that an order takes in the columns, a line, and about as many as a name takes.
const ORDER: usize = 55;
const LINE: usize = 24;
const NAME: usize = 24;

/// What the columns hold of one order. By default nothing is known.
pub(super) struct Order {
    pub buyer: u32,
    pub created_at: i64,
    pub paid_at: i64,
    pub received_at: i64,
    pub state: State,
    pub amounts: [i64; 3],
}

impl Default for Order {
    fn default() -> Self {
        Self { buyer: u32::MAX, created_at: NONE, paid_at: NONE, received_at: NONE, state: State::Unknown, amounts: [NONE; 3] }
    }
}

/// `ordered_amount` was worked out from the parts.
pub(super) const ORDERED: u16 = 1;
/// `paid_amount` was worked out from the parts or the lines.
pub(super) const PAID: u16 = 1 << 1;
/// `refund_amount` was worked out from the parts.
pub(super) const REFUND: u16 = 1 << 2;
/// The state was worked out from the parts.
pub(super) const STATE: u16 = 1 << 3;
/// Where no amount was given, the lines add up to what was paid.
pub(super) const PAID_BY_LINES: u16 = 1 << 4;
/// The order's lines stand for the order as a whole …
pub(super) const LINES_ROUGH: u16 = 1 << 5;
/// … or for its SKUs: these win.
pub(super) const LINES_FINE: u16 = 1 << 6;
/// The time of payment is filled with something that is no time.
pub(super) const PAID_UNTIMED: u16 = 1 << 7;
/// The order has no number of its own and is called after its place, `<file>:<line>`.
pub(super) const NAMELESS: u16 = 1 << 8;

/// What a copy of the order said that still waits for payment: shops change the price until then, so what another copy says wins. What
/// was ordered …
pub(super) const ORDERED_UNPAID: u16 = 1 << 9;
/// … what is to be paid …
pub(super) const PAID_UNPAID: u16 = 1 << 10;
/// … and the lines.
pub(super) const LINES_UNPAID: u16 = 1 << 11;
/// All of it.
pub(super) const UNPAID: u16 = ORDERED_UNPAID | PAID_UNPAID | LINES_UNPAID;

/// Of two copies' amounts, each with whether its copy waits for payment, the one that counts: shops change prices until they are paid, and
/// of two that say as much the larger.
pub(super) fn of_copies(ours: (i64, bool), theirs: (i64, bool)) -> (i64, bool) {
    let rank = |(amount, unpaid): (i64, bool)| (amount != NONE, !unpaid, amount);
    if rank(theirs) > rank(ours) { theirs } else { ours }
}

/// A sub-order, or an after-sale ticket, of an order. Amounts are cents, [`NONE`] where unknown.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub order: u32,
    /// Hash of its number: what it is known by in every file.
    pub key: u64,
    pub ordered: i64,
    pub paid: i64,
    pub refund: i64,
    pub state: State,
    /// Whether what was ordered, and what paid, is of a copy that waits for payment.
    pub unpaid: [bool; 2],
    /// Of a sub-order: an after-sale of it ended with a refund.
    pub given_back: bool,
    pub ticket: bool,
    /// Of a ticket: the key of the sub-order that it is about; 0 where it does not say.
    pub of: u64,
    /// Of a sub-order: number in [`Orders::skus`]; `u32::MAX` where there is none.
    pub sku: u32,
}

impl Part {
    /// A part of which nothing is known yet.
    pub fn new(order: u32, key: u64) -> Self {
        Self {
            order,
            key,
            ordered: NONE,
            paid: NONE,
            refund: NONE,
            state: State::Unknown,
            unpaid: [false; 2],
            given_back: false,
            ticket: false,
            of: 0,
            sku: u32::MAX,
        }
    }

    /// Takes over what another copy of the same part says.
    pub fn join(&mut self, other: &Self) {
        let [(ours, our_paid), (theirs, their_paid)] = [&*self, other].map(|part| {
            let [ordered, paid] = part.unpaid;
            ((part.ordered, ordered), (part.paid, paid))
        });
        let ((ordered, of_ordered), (paid, of_paid)) = (of_copies(ours, theirs), of_copies(our_paid, their_paid));
        (self.ordered, self.paid, self.unpaid) = (ordered, paid, [of_ordered, of_paid]);
        self.refund = self.refund.max(other.refund);
        self.state = self.state.max(other.state);
        self.given_back |= other.given_back;
    }
}

impl Orders {
    /// How many orders there are.
    pub fn len(&self) -> usize {
        self.buyer.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.buyer.is_empty()
    }

    /// How exactly the times of creation and payment are written, in seconds: [`DAY`] where none has a time of day, 60 where none has
    /// seconds, else 1. Such an order was placed somewhen within that day or minute.
    ///
    /// ```
    /// use huashu::order;
    /// let grain = |at: &str| order::read("a.csv", format!("order_id,paid_at\n1,{at}\n").as_bytes(), &Default::default()).orders.grain();
    /// assert_eq!([grain("2026-01-05"), grain("2026-01-05 10:03"), grain("2026-01-05 10:03:20")], [86_400, 60, 1]);
    /// ```
    pub fn grain(&self) -> i64 {
        let times = || self.created_at.iter().chain(&self.paid_at).filter(|time| **time != NONE);
        let exact = |unit: &i64| times().all(|time| time % unit == 0);
        if times().next().is_none() { 1 } else { [DAY, 60].into_iter().find(exact).unwrap_or(1) }
    }

    /// Whether an order is called after its place, for want of a number.
    pub(super) fn has_no_number(&self, at: usize) -> bool {
        self.marks.get(at).is_some_and(|marks| marks & NAMELESS != 0)
    }

    /// The numbers of the orders that supplements (lines, after-sale tickets) speak of and that have no list yet.
    pub(super) fn unlisted(&self) -> impl Iterator<Item = &str> {
        self.waiting.iter().flat_map(|waiting| (0..waiting.len() as u32).filter_map(|at| waiting.ids.get(at)))
    }

    /// Bytes that these orders take up, room for growth included. Besides the names (each text once, and 15 to 25 bytes for it) an
    /// order takes 55 bytes, 8 more where its export has addresses and 8 where it has phone numbers, and a line 24; where files overlap
    /// each takes 4 more.
    pub fn memory(&self) -> usize {
        let names = [&self.ids, &self.buyers, &self.skus, &self.reasons];
        let wide = [&self.created_at, &self.paid_at, &self.received_at, &self.ordered_amount, &self.paid_amount, &self.refund_amount];
        let lines = 4 * (self.lines.order.capacity() + self.lines.sku.capacity())
            + 8 * (self.lines.quantity.capacity() + self.lines.amount.capacity());
        names.into_iter().map(Names::memory).sum::<usize>()
            + 8 * self.reason.capacity()
            + 4 * self.buyer.capacity()
            + self.state.capacity()
            + 2 * self.marks.capacity()
            + wide.iter().map(|column| 8 * column.capacity()).sum::<usize>()
            + lines
            + self.parts.capacity() * size_of::<Part>()
            + self.line_chains.memory()
            + self.part_chains.memory()
            + self.places.memory()
            + self.titles.memory()
            + self.left_out.capacity() * size_of::<(LeftOut, u64)>()
            + self.waiting.as_ref().map_or(0, |waiting| waiting.memory())
    }

    /// A hash of what the rows say, whatever orders without numbers are called: that of the same rows in another file is the same.
    pub(super) fn rows_hash(&self) -> u64 {
        let rows = self.waiting.as_deref().unwrap_or(self);
        let Self { ids, created_at, paid_at, ordered_amount, paid_amount, refund_amount, lines, parts, buyers, skus, .. } = rows;
        let step = |hash: u64, value: u64| (hash.rotate_left(5) ^ value).wrapping_mul(0x0100_0000_01b3);
        let columns = [created_at, paid_at, ordered_amount, paid_amount, refund_amount, &lines.quantity, &lines.amount];
        let numbers = columns.into_iter().flatten().copied().chain(parts.iter().map(|part| part.refund));
        let hash = numbers.fold(u64::from(lines.order.len() as u32), |hash, number| step(hash, number.cast_unsigned()));
        let names = [buyers, skus].into_iter().flat_map(|names| (0..names.len()).map(|at| names.bytes(at)));
        // Of orders with numbers the first and the last tell one list from another.
        let ends = [0, rows.len().wrapping_sub(1)].into_iter().filter(|&at| !rows.has_no_number(at)).filter_map(|at| ids.get(at as u32));
        names.flatten().chain(ends.flat_map(str::as_bytes)).fold(hash, |hash, &byte| step(hash, u64::from(byte)))
    }

    /// Makes room for so many more orders and lines; `room` says how much more of something will come.
    pub(super) fn reserve(&mut self, orders: usize, lines: usize, room: &dyn Fn(usize) -> usize) {
        // Asked for as one piece first, so that the memory of the wasm grows in one step and not in twenty: engines collect their garbage at
        // each. Buyers, of whom nobody knows how many will come, find some of it left. Where there is not so much, columns grow as rows come.
        let all = orders.saturating_mul(ORDER + NAME + NAME / 2).saturating_add(lines.saturating_mul(LINE));
        let mut piece: Vec<u8> = Vec::new();
        if core::hint::black_box(&mut piece).try_reserve_exact(all).is_err() {
            return;
        }
        drop(piece);
        let Self { created_at, paid_at, received_at, ordered_amount, paid_amount, refund_amount, .. } = self;
        for column in [created_at, paid_at, received_at, ordered_amount, paid_amount, refund_amount] {
            column.reserve_exact(orders);
        }
        self.buyer.reserve_exact(orders);
        self.state.reserve_exact(orders);
        self.ids.reserve(orders, room(self.ids.length()));
        self.lines.order.reserve_exact(lines);
        self.lines.sku.reserve_exact(lines);
        self.lines.quantity.reserve_exact(lines);
        self.lines.amount.reserve_exact(lines);
    }

    /// One more order, of which so much is known.
    #[inline]
    pub(super) fn push(&mut self, known: &Order) {
        let [ordered, paid, refund] = known.amounts;
        self.buyer.push(known.buyer);
        self.created_at.push(known.created_at);
        self.paid_at.push(known.paid_at);
        self.received_at.push(known.received_at);
        self.state.push(known.state);
        self.ordered_amount.push(ordered);
        self.paid_amount.push(paid);
        self.refund_amount.push(refund);
    }

    /// One more order of which nothing is known yet.
    pub(super) fn push_unknown(&mut self) {
        self.push(&Order::default());
    }

    /// Rows left out while reading: reason and count (`return`, `summary-row`, `repeated-header`).
    pub fn excluded(&self) -> Vec<(&'static str, u64)> {
        const REASONS: [(LeftOut, &str); 3] =
            [(LeftOut::Return, "return"), (LeftOut::SummaryRow, "summary-row"), (LeftOut::RepeatedHeader, "repeated-header")];
        let count = |why: LeftOut| self.left_out.iter().filter(|(known, _)| *known == why).count() as u64;
        REASONS.into_iter().map(|(why, reason)| (reason, count(why))).filter(|(_, count)| *count > 0).collect()
    }
}
