//! Which orders count: paid, refunded, left out, and on which day.

use super::{Facts, Options, Period, Refunded, figure::Metric};
use crate::{
    link::buyer_key,
    order::{BuyerKey, Fields, NONE, Names, Orders, Refund, Standing, State},
    sort,
    time::{DAY, Day, Time},
};
use alloc::{string::String, vec, vec::Vec};
use core::cell::OnceCell;
use hashbrown::HashMap;

/// The day of an order whose time is unknown.
pub(super) const NO_DAY: i32 = i32::MIN;

const NO_TIMES: &str = "导出里没有时间：请导出带订单付款时间或创建时间的订单报表 / the export has no times: export the orders with the time of payment or creation";

const NO_CLOCK: &str = "订单只有日期、没有几点几分，不知道先后和隔了多久：请导出带完整时间的订单 / the orders have dates without a time of day: what came first, and how much later, is unknown; export them with their times";
const STRANGERS: &str = "订单以手机号或收货人区分买家，与聊天里的账号对不上：请用带买家账号的订单报表 / the orders know buyers by phone number or receiver, the chats by account, and none is the same: export the orders with buyer accounts";

const MASKED: &str = "买家名都带星号或加密，无法区分买家：请用能看到完整会员名的权限重新导出，或改以手机号、收货人加地址区分买家 / all buyer names are masked or encrypted and cannot tell buyers apart: export again with a level of rights that shows them, or tell buyers apart by phone number or by receiver and address instead";

/// The first and last day that count; without bounds orders without a time count too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window(Option<(i32, i32)>);

impl Window {
    pub fn of(period: Option<Period>) -> Self {
        Self(period.map(|p| (p.from.0, p.to.0)))
    }

    /// Everything up to the end of this window; where it has an end, orders without a time are not in it.
    pub fn history(self) -> Self {
        Self(self.0.map(|(_, to)| (NO_DAY.saturating_add(1), to)))
    }

    /// Everything up to that day.
    pub const fn until(day: Day) -> Self {
        Self(Some((NO_DAY.saturating_add(1), day.0)))
    }

    pub const fn contains(self, day: i32) -> bool {
        match self.0 {
            None => true,
            Some((from, to)) => from <= day && day <= to,
        }
    }

    /// Whether an order whose time is unknown may belong to it and cannot be told.
    pub const fn loses(self, day: i32) -> bool {
        self.0.is_some() && day == NO_DAY
    }
}

/// The second in which a day is over; none is without a day.
pub(super) fn end_of(day: Option<Day>) -> i64 {
    day.map_or(i64::MAX, |day| day.start().seconds().saturating_add(DAY))
}

/// The orders with what the definitions say of each.
pub(super) struct View<'a> {
    pub orders: &'a Orders,
    pub exclude_refunded: bool,
    drop_zero: bool,
    known_buyers: bool,
    buyer: BuyerKey,
    /// See [`Orders::grain`].
    grain: i64,
    /// The buyers' keys, and the number of each buyer's among them; made when chats or side tables name buyers.
    keys: OnceCell<(Names, Vec<u32>)>,
    /// Titles that stand for products with a code.
    codes: HashMap<u32, u32>,
    standing: Vec<Standing>,
    dropped: Vec<bool>,
    created: Vec<i32>,
    paid: Vec<i32>,
    days: Option<(i32, i32)>,
    /// Whether a period is asked for while no order has a time that could place it there.
    adrift: bool,
    buyers: bool,
    /// Whether a substitute stands in for the buyers' accounts and meets nobody who wrote.
    pub strange: bool,
    masked: bool,
    refunds: bool,
    /// Orders of the period that `--drop-zero` leaves out.
    zero: u64,
    /// Orders of the period that `--known-buyers` leaves out.
    nobody: u64,
    /// Orders of the period that are on the list of what to leave out.
    listed: u64,
}

/// What a spreadsheet writes as `="3"`, `"3"` or `'3`.
fn bare(name: &str) -> &str {
    let name = name.trim();
    let quoted = |before| name.strip_prefix(before)?.strip_suffix('"');
    quoted("=\"").or_else(|| quoted("\"")).or_else(|| name.strip_prefix('\'')).unwrap_or(name)
}

/// The buyers and orders to leave out, sorted.
pub(super) struct Listed(Vec<String>);

impl Listed {
    pub fn new(names: &[String]) -> Self {
        let mut names: Vec<String> = names.iter().map(|name| buyer_key(bare(name)).into_owned()).collect();
        sort::plain(&mut names);
        names.dedup();
        Self(names)
    }

    /// Those that are nobody's in any file: neither a buyer's nor an order's.
    pub fn unmet(&self, facts: &Facts) -> Vec<String> {
        if self.0.is_empty() {
            return Vec::new();
        }
        let Orders { buyers, ids, .. } = &facts.orders;
        let ordered = [buyers, ids].into_iter().flat_map(|names| (0..names.len()).filter_map(|number| names.get(number)));
        let wrote = facts.contacts.iter().filter_map(|contact| contact.buyer.as_deref());
        let mut met = vec![false; self.0.len()];
        for name in ordered.chain(wrote).chain(facts.side.names()) {
            if let Some(met) = self.place(&buyer_key(name)).and_then(|at| met.get_mut(at)) {
                *met = true;
            }
        }
        self.0.iter().zip(met).filter(|(_, met)| !met).map(|(name, _)| name.clone()).collect()
    }

    fn place(&self, name: &str) -> Option<usize> {
        self.0.binary_search_by(|known| known.as_str().cmp(name)).ok()
    }

    /// Whether a buyer key is listed.
    pub fn has(&self, name: &str) -> bool {
        self.place(name).is_some()
    }

    /// Which of these names are listed, whether they are buyers or orders.
    fn of(&self, names: &Names) -> Vec<bool> {
        let count = if self.0.is_empty() { 0 } else { names.len() };
        (0..count).map(|number| self.has(&buyer_key(names.get(number).unwrap_or_default()))).collect()
    }
}

/// One order as the figures see it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    /// Its position in the columns.
    pub at: u32,
    standing: Standing,
    /// Day of creation, else of payment.
    pub created: i32,
    /// Day of payment, else of creation; of a paid order, the day that counts.
    pub paid: i32,
    /// Number of the buyer; `u32::MAX` where there is none.
    pub buyer: u32,
    /// Cents, or [`NONE`].
    pub ordered_amount: i64,
    /// Cents, or [`NONE`].
    pub paid_amount: i64,
    /// Cents, or [`NONE`].
    pub refund_amount: i64,
}

impl Row {
    pub const fn is_paid(&self) -> bool {
        self.standing.paid
    }

    /// Refunded as a whole.
    pub const fn is_refunded(&self) -> bool {
        self.standing.refunded
    }

    /// Refunded as a whole or in part.
    pub const fn has_refund(&self) -> bool {
        self.standing.any_refund
    }

    /// Takes back that it has a refund.
    pub const fn spare(&mut self) {
        (self.standing.any_refund, self.refund_amount) = (false, 0);
    }

    /// Refunded in part, nobody knows by how much.
    pub const fn lacks_refund(&self) -> bool {
        self.has_refund() && !self.is_refunded() && self.refund_amount == NONE
    }

    /// Its state is a word that no table knows, so that nobody can say whether it was paid.
    pub const fn is_unclear(&self) -> bool {
        self.standing.unclear
    }

    pub const fn has_buyer(&self) -> bool {
        self.buyer != u32::MAX
    }

    /// What was given back, in cents: the amount written, else the whole where the state says so.
    pub const fn refund(&self) -> i64 {
        if self.refund_amount > 0 {
            self.refund_amount
        } else if self.is_refunded() && self.paid_amount > 0 {
            self.paid_amount
        } else {
            0
        }
    }
}

impl<'a> View<'a> {
    pub fn new(orders: &'a Orders, options: &Options, listed: &Listed) -> Self {
        let (listed_buyers, listed_orders) = (listed.of(&orders.buyers), listed.of(&orders.ids));
        let zero = if options.drop_zero { zero_orders(orders) } else { Vec::new() };
        let mut view = Self {
            orders,
            exclude_refunded: options.refunded == Refunded::Exclude,
            drop_zero: options.drop_zero,
            known_buyers: options.known_buyers,
            buyer: options.buyer,
            grain: orders.grain(),
            keys: OnceCell::new(),
            codes: orders.codes(),
            standing: Vec::with_capacity(orders.len()),
            dropped: Vec::with_capacity(orders.len()),
            created: Vec::with_capacity(orders.len()),
            paid: Vec::with_capacity(orders.len()),
            days: None,
            adrift: options.period.is_some(),
            buyers: false,
            strange: false,
            masked: orders.buyers.hold(b'*')
                && (0..orders.buyers.len()).any(|at| orders.buyers.get(at).is_some_and(|name| name.contains("**"))),
            refunds: tells_refunds(orders),
            zero: 0,
            nobody: 0,
            listed: 0,
        };
        let window = Window::of(options.period);
        for (at, ((&buyer, &created), &paid)) in orders.buyer.iter().zip(&orders.created_at).zip(&orders.paid_at).enumerate() {
            let is = |list: &[bool], at: usize| list.get(at).copied().unwrap_or(false);
            let listed = is(&listed_orders, at) || is(&listed_buyers, buyer as usize);
            let worthless = !listed && is(&zero, at);
            let nobody = !worthless && !listed && options.known_buyers && buyer == u32::MAX;
            let created_day = day_of(if created == NONE { paid } else { created });
            let paid_day = day_of(if paid == NONE { created } else { paid });
            let here = window.contains(created_day) || window.contains(paid_day);
            view.zero += u64::from(worthless && here);
            view.nobody += u64::from(nobody && here);
            view.listed += u64::from(listed && here);
            view.adrift &= created_day == NO_DAY && paid_day == NO_DAY;
            if !worthless && !nobody && !listed {
                view.buyers |= buyer != u32::MAX;
                for day in [created_day, paid_day] {
                    view.see(day);
                }
            }
            view.standing.push(orders.standing(at).unwrap_or_default());
            view.dropped.push(worthless || nobody || listed);
            view.created.push(created_day);
            view.paid.push(paid_day);
        }
        view
    }

    fn see(&mut self, day: i32) {
        if day != NO_DAY {
            let (first, last) = self.days.unwrap_or((day, day));
            self.days = Some((first.min(day), last.max(day)));
        }
    }

    /// The product that a SKU is one of.
    #[inline]
    pub fn product(&self, sku: u32) -> u32 {
        self.codes.get(&sku).copied().unwrap_or(sku)
    }

    /// The product of each line.
    pub fn products(&self) -> impl Iterator<Item = u32> {
        self.orders.lines.sku.iter().map(|sku| self.product(*sku))
    }

    /// What was paid for sub-orders and given back on them, by order, with their products in place of the SKUs.
    pub fn refunds(&self) -> Vec<Refund> {
        let mut refunds = self.orders.refunds();
        refunds.iter_mut().for_each(|refund| refund.sku = self.product(refund.sku));
        refunds
    }

    /// The first and the last day of the orders.
    pub fn days(&self) -> Option<(Day, Day)> {
        self.days.map(|(first, last)| (Day(first), Day(last)))
    }

    /// The days of which the orders tell: a shop that sells seldom has none on its last days, and its export reaches over them all the same.
    pub fn reach(&self) -> Option<(Day, Day)> {
        const MOST: usize = 7;
        let (first, last) = self.days?;
        let count = self.dropped.iter().filter(|dropped| !**dropped).count().max(1);
        // A day, and twice as long as orders usually lie apart.
        let after = (1 + 2 * last.abs_diff(first) as usize / count).min(MOST);
        Some((Day(first), Day(last.saturating_add_unsigned(after as u32))))
    }

    /// The orders that `--drop-zero`, `--known-buyers` and the list leave.
    pub fn rows(&self) -> impl Iterator<Item = Row> {
        let orders = self.orders;
        let ours = self.dropped.iter().zip(&self.standing).zip(&self.created).zip(&self.paid);
        let amounts = orders.ordered_amount.iter().zip(&orders.paid_amount).zip(&orders.refund_amount);
        (0_u32..).zip(ours.zip(&orders.buyer).zip(amounts)).filter_map(
            |(at, (((((&dropped, &standing), &created), &paid), &buyer), ((&ordered_amount, &paid_amount), &refund_amount)))| {
                (!dropped).then_some(Row { at, standing, created, paid, buyer, ordered_amount, paid_amount, refund_amount })
            },
        )
    }

    /// One of them.
    pub fn row(&self, at: u32) -> Option<Row> {
        let (orders, place) = (self.orders, at as usize);
        let amount = |column: &[i64]| column.get(place).copied().unwrap_or(NONE);
        (!*self.dropped.get(place)?).then_some(Row {
            at,
            standing: *self.standing.get(place)?,
            created: *self.created.get(place)?,
            paid: *self.paid.get(place)?,
            buyer: *orders.buyer.get(place)?,
            ordered_amount: amount(&orders.ordered_amount),
            paid_amount: amount(&orders.paid_amount),
            refund_amount: amount(&orders.refund_amount),
        })
    }

    /// The number of each buyer of the orders among buyer keys that chats and side tables name.
    pub fn among(&self, names: &Names) -> Vec<Option<u32>> {
        let buyers = &self.orders.buyers;
        if names.is_empty() {
            return vec![None; buyers.len() as usize];
        }
        let (keys, of) = self.keys.get_or_init(|| {
            let mut keys = Names::default();
            let of = (0..buyers.len()).map(|number| keys.intern(&buyer_key(buyers.get(number).unwrap_or_default()))).collect();
            (keys, of)
        });
        let mut numbers: Vec<Option<u32>> = vec![None; keys.len() as usize];
        for number in 0..names.len() {
            if let Some(slot) = names.get(number).and_then(|name| keys.find(name)).and_then(|key| numbers.get_mut(key as usize)) {
                *slot = Some(number);
            }
        }
        of.iter().map(|key| numbers.get(*key as usize).copied().flatten()).collect()
    }

    /// When an order was created, else paid; and when it was paid, else created. In seconds, or [`NONE`].
    pub fn times(&self, row: &Row) -> (i64, i64) {
        let at = row.at as usize;
        let get = |column: &[i64]| column.get(at).copied().unwrap_or(NONE);
        let (created, paid) = (get(&self.orders.created_at), get(&self.orders.paid_at));
        (if created == NONE { paid } else { created }, if paid == NONE { created } else { paid })
    }

    /// The same for what may have come before: of a day or minute that is all that is written it is the last second.
    pub fn latest(&self, row: &Row) -> (i64, i64) {
        let (created, paid) = self.times(row);
        (self.end_of_grain(created), self.end_of_grain(paid))
    }

    /// The last second of what may be meant by a time of an order.
    pub const fn end_of_grain(&self, time: i64) -> i64 {
        if time == NONE { NONE } else { time.saturating_add(self.grain - 1) }
    }

    /// Whether a row counts in `orders.*` (but `orders.created`), `sales.*` and the figures about buyers.
    pub const fn counts(&self, row: &Row) -> bool {
        row.is_paid() && !(self.exclude_refunded && row.is_refunded())
    }

    /// The days of those of some orders that are left out because they were refunded.
    pub fn refunded(&self, rows: impl Iterator<Item = Row>) -> Vec<i32> {
        rows.filter(|row| row.is_paid() && !self.counts(row)).map(|row| row.paid).collect()
    }

    /// The day on which order `at` counts, [`NO_DAY`] where it has no time; `None` where it does not count, or not in the window.
    pub fn counted_on(&self, at: u32, window: Window) -> Option<i32> {
        let at = at as usize;
        let (standing, day) = (self.standing.get(at)?, *self.paid.get(at)?);
        let counts = standing.paid && !(self.exclude_refunded && standing.refunded) && !*self.dropped.get(at)?;
        (counts && window.contains(day)).then_some(day)
    }

    /// Whether `--drop-zero` leaves out lines of amount 0.
    pub const fn drops_zero(&self) -> bool {
        self.drop_zero
    }

    /// Why nothing about orders can be said.
    pub fn lacks_orders(&self) -> Option<&'static str> {
        self.orders.is_empty().then_some("没有订单：请加上订单导出文件 / no orders: add an order export")
    }

    /// Why nothing about the orders of the period can be said.
    pub fn lacks_placed(&self) -> Option<&'static str> {
        self.lacks_orders().or(self.adrift.then_some(NO_TIMES))
    }

    /// Whether the orders are written with days alone.
    pub const fn has_days_only(&self) -> bool {
        self.grain == DAY
    }

    /// Why nothing can be said about what came first, or how much later.
    pub fn lacks_clock(&self) -> Option<&'static str> {
        self.has_days_only().then_some(NO_CLOCK)
    }

    /// Why nothing about buyers can be said.
    pub fn lacks_buyers(&self) -> Option<&'static str> {
        let hidden = self.orders.masked && self.buyer == BuyerKey::Account;
        self.lacks_orders().or((!self.buyers).then_some(if hidden { MASKED } else { self.buyer.lacking() }))
    }

    /// Why it cannot be said which of those who wrote bought.
    pub fn lacks_join(&self) -> Option<&'static str> {
        self.lacks_buyers().or(self.strange.then_some(STRANGERS))
    }

    /// Why nothing about days can be said.
    pub fn lacks_times(&self) -> Option<&'static str> {
        self.lacks_orders().or(self.days.is_none().then_some(NO_TIMES))
    }

    /// Whether the orders tell paid from unpaid at all.
    pub fn knows_payment(&self) -> bool {
        self.orders.fields.paid_at || self.orders.fields.state
    }

    /// Whether the orders tell what was refunded.
    pub fn knows_refunds(&self) -> bool {
        self.refunds
    }

    /// Writes the filters in force and what reading and they left out.
    pub fn explain(&self, metric: &mut Metric) {
        if self.drop_zero {
            metric.standard("金额为 0 的不计 / amounts of 0 left out");
        }
        if self.known_buyers {
            metric.standard("无买家的订单不计 / orders without a buyer left out");
        }
        if !self.knows_payment() {
            metric.standard("导出未标明是否付款，全部计为已付款 / the export does not say what was paid: every order counts as paid");
        }
        // Of what part these were, nobody knows.
        if metric.by.is_some() {
            return;
        }
        for (reason, count) in self.orders.excluded() {
            metric.left_out(reason, count);
        }
        metric.left_out("zero-amount", self.zero).left_out("no-buyer", self.nobody).left_out("listed", self.listed);
        metric.by_choice = self.nobody;
    }

    /// Writes what buyers are known by, and whether the export hides part of their names.
    pub fn explain_buyers(&self, metric: &mut Metric) {
        metric.standard(self.buyer.standard().unwrap_or_default());
        if self.masked {
            metric.standard("部分买家名被打码，不同买家可能合为一人 / some buyers' names are masked: different buyers may count as one");
        }
    }

    /// Writes whether refunded orders count.
    pub fn explain_refunded(&self, metric: &mut Metric) {
        metric.standard(if !self.knows_refunds() {
            "导出未标明退款 / the export does not say what was refunded"
        } else if self.exclude_refunded {
            "整单退款不计 / orders refunded as a whole left out"
        } else {
            "含整单退款 / orders refunded as a whole included"
        });
    }
}

/// Whether the orders tell what was refunded. Where they say neither what was paid nor when, one that was closed may have been given up
/// or paid back, unless their states have a word for the latter.
fn tells_refunds(orders: &Orders) -> bool {
    let Fields { state, refund_amount, paid_at, paid_amount, .. } = orders.fields;
    let told = paid_at || paid_amount || !orders.state.contains(&State::Closed) || orders.state.contains(&State::Refunded);
    refund_amount || (state && told)
}

fn day_of(seconds: i64) -> i32 {
    if seconds == NONE { NO_DAY } else { Time::from_seconds(seconds).day().0 }
}

/// Orders of nothing but lines of amount 0; where a line's amount is unknown, orders of 0, whatever was paid of more: exports write
/// 0 for what was paid of orders that are not.
fn zero_orders(orders: &Orders) -> Vec<bool> {
    const ZERO: u8 = 1;
    const WORTH: u8 = 2;
    const UNKNOWN: u8 = 4;
    let mut seen = vec![0_u8; orders.len()];
    for (&order, &amount) in orders.lines.order.iter().zip(&orders.lines.amount) {
        if let Some(seen) = seen.get_mut(order as usize) {
            *seen |= match amount {
                0 => ZERO,
                NONE => UNKNOWN,
                _ => WORTH,
            };
        }
    }
    let nothing = |at: usize| match orders.ordered_amount.get(at) {
        Some(&NONE) | None => orders.paid_amount.get(at) == Some(&0) && orders.standing(at).is_some_and(|standing| standing.paid),
        Some(&ordered) => ordered == 0,
    };
    (0..).zip(&seen).map(|(at, &seen)| seen == ZERO || (seen & WORTH == 0 && nothing(at))).collect()
}

#[cfg(test)]
mod tests {
    use crate::{
        metric::{Facts, Options, measure, sample},
        side,
    };
    use alloc::{string::String, vec};

    #[test]
    fn whom_the_list_names_and_nobody_is_is_told() {
        let orders = sample::orders("order_id,buyer,paid_at,paid_amount\n1001,甲,2026-01-05 10:00:00,1\n1002,乙,2026-01-05 10:00:00,1\n");
        let ratings = "买家,客服,评分,时间\n丁,阿杰,5,2026-01-02\n";
        let side = side::read("a.csv", ratings.as_bytes(), &Default::default()).side;
        let contacts = vec![sample::talk("丙", "2026-01-05", "10:00:00 买家")];
        let facts = Facts { orders, contacts, side, ..Facts::default() };
        let unmet = |names: &[&str]| {
            let exclude = names.iter().copied().map(String::from).collect();
            measure(&facts, &Options { exclude, ..Options::default() }).unmet
        };
        assert_eq!(unmet(&["甲", "1002", "丙", "丁", "cntaobao乙"]), [""; 0]);
        assert_eq!(unmet(&["甲", "戊", "1003", "戊"]), ["1003", "戊"]);
        assert_eq!(unmet(&["=\"1001\"", "\"1002\"", "'1002"]), [""; 0], "as spreadsheets write them");
    }

    #[test]
    fn a_name_that_begins_as_a_formula_can_be_listed() {
        let orders = sample::orders("order_id,buyer,paid_at,paid_amount\n1,=甲,2026-01-05 10:00:00,1\n");
        for name in ["=甲", "'=甲"] {
            let options = Options { exclude: vec![name.into()], ..Options::default() };
            assert_eq!(measure(&Facts { orders: orders.clone(), ..Facts::default() }, &options).unmet, [""; 0], "{name}");
        }
    }
}
