//! What one pass over the orders adds up for sales, payment and refunds, and what these say of themselves.

use super::{
    figure::{Metric, yuan},
    select::{Row, View, Window},
};
use crate::order::NONE;

pub(super) const NO_ORDERS: &str = "期内没有可计的订单 / no order to count in this period";
pub(super) const NO_PAID: &str = "导出里没有实付金额：请导出带买家实际支付金额的订单报表（拼多多是“用户实付金额”，“商家实收金额”不能代替） / the export has no paid amounts: export the orders with what the buyer paid (PDD: 用户实付金额; 商家实收金额 is what the shop received and cannot stand in)";
pub(super) const NO_ORDERED: &str =
    "导出里没有下单金额：请导出带总金额的订单报表 / the export has no ordered amounts: export the orders with their total";
const EMPTY_PAID: &str = "这些订单的实付金额是空的：请核对导出 / the paid amounts of these orders are empty: check the export";
const EMPTY_ORDERED: &str = "这些订单的下单金额是空的：请核对导出 / the ordered amounts of these orders are empty: check the export";
pub(super) const NO_REFUND: &str = "导出未标明退款：请导出带订单状态或退款金额的报表 / the export does not say what was refunded: export the orders with their state or the refunded amount";

/// A sum of amounts, with how many there were and how many are unknown.
#[derive(Clone, Copy, Default)]
pub(super) struct Sum {
    pub cents: i128,
    pub known: u64,
    pub unknown: u64,
}

impl Sum {
    pub fn add(&mut self, cents: i64) {
        if cents == NONE {
            self.unknown += 1;
        } else {
            self.cents += i128::from(cents);
            self.known += 1;
        }
    }

    /// In yuan, as far as it is known; `None` where it is of none of them.
    pub fn yuan(&self) -> Option<f64> {
        (self.known > 0 || self.unknown == 0).then(|| yuan(self.cents))
    }
}

/// What one pass over the orders adds up.
#[derive(Default)]
pub(super) struct Totals {
    pub created: u64,
    /// Orders outside of any period because they have no time.
    pub created_timeless: u64,
    pub paid_timeless: u64,
    /// Of unknown state, so that nobody can say whether they were paid.
    pub unclear: u64,
    pub refunded: u64,
    pub refunded_created: u64,
    pub paid: u64,
    pub nobody: u64,
    pub ordered: Sum,
    pub amount: Sum,
    pub amount_of_buyers: Sum,
    pub refunds: i128,
    /// Of those of which it is unknown what was given back: what was paid.
    pub unclear_refunds: Sum,
    // Every order, refunded or not.
    pub created_paid: u64,
    pub all_ordered: Sum,
    /// What was paid of these; both leave out the orders of which one of the two is unknown.
    pub all_created_amount: Sum,
    pub incomparable: u64,
    pub all_paid: u64,
    pub with_refund: u64,
    /// Those of them of which it is known how much.
    pub refunds_known: u64,
    pub all_amount: Sum,
    pub all_refunds: i128,
}

impl Totals {
    /// What is left of what was paid, where it is known what was given back.
    pub fn net(&self) -> Sum {
        let Sum { cents, known, .. } = self.unclear_refunds;
        Sum { cents: self.amount.cents - self.refunds - cents, known: self.amount.known - known, unknown: self.amount.unknown + known }
    }

    pub fn of(view: &View, window: Window) -> Self {
        let mut totals = Self::default();
        for row in view.rows() {
            totals.add(view, window, &row);
        }
        totals
    }

    /// Those of some orders.
    pub fn of_some(view: &View, window: Window, rows: &[Row]) -> Self {
        let mut totals = Self::default();
        for row in rows {
            totals.add(view, window, row);
        }
        totals
    }

    #[inline]
    fn add(&mut self, view: &View, window: Window, row: &Row) {
        self.created(view, window, row);
        self.paid(view, window, row);
    }

    fn created(&mut self, view: &View, window: Window, row: &Row) {
        self.created_timeless += u64::from(window.loses(row.created));
        if !window.contains(row.created) {
            return;
        }
        self.created += 1;
        self.unclear += u64::from(row.is_unclear());
        self.created_paid += u64::from(row.is_paid());
        self.share(row);
        if view.exclude_refunded && row.is_refunded() {
            self.refunded_created += 1;
        } else {
            self.ordered.add(row.ordered_amount);
        }
    }

    /// What was ordered and what was paid of it, where both are known: of an order that is not paid nothing was.
    fn share(&mut self, row: &Row) {
        let ordered = row.ordered_amount != NONE;
        let paid = !row.is_paid() || row.paid_amount != NONE;
        if ordered && paid {
            self.all_ordered.add(row.ordered_amount);
            if row.is_paid() {
                self.all_created_amount.add(row.paid_amount);
            }
        } else {
            self.incomparable += 1;
            self.all_ordered.unknown += u64::from(!ordered);
            self.all_created_amount.unknown += u64::from(!paid);
        }
    }

    fn paid(&mut self, view: &View, window: Window, row: &Row) {
        if !row.is_paid() {
            return;
        }
        self.paid_timeless += u64::from(window.loses(row.paid));
        if !window.contains(row.paid) {
            return;
        }
        // Nothing is taken off an amount that is not there.
        let refund = if row.paid_amount == NONE { 0 } else { i128::from(row.refund()) };
        self.all_paid += 1;
        self.with_refund += u64::from(row.has_refund());
        self.refunds_known += u64::from(row.has_refund() && row.paid_amount != NONE && !row.lacks_refund());
        self.all_amount.add(if row.lacks_refund() { NONE } else { row.paid_amount });
        self.all_refunds += refund;
        if !view.counts(row) {
            self.refunded += 1;
            return;
        }
        self.paid += 1;
        self.amount.add(row.paid_amount);
        self.refunds += refund;
        if row.lacks_refund() && row.paid_amount != NONE {
            self.unclear_refunds.add(row.paid_amount);
        }
        if row.has_buyer() {
            self.amount_of_buyers.add(row.paid_amount);
        } else {
            self.nobody += 1;
        }
    }
}

/// What every figure over the counted orders of this room says of itself.
pub(super) fn explain(view: &View, totals: &Totals, metric: &mut Metric) {
    view.explain_refunded(metric);
    view.explain(metric);
    metric.left_out("refunded", totals.refunded).left_out("no-time", totals.paid_timeless).left_out("unknown-state", totals.unclear);
}

/// The same for figures over every order, whatever its state.
pub(super) fn explain_each(view: &View, timeless: u64, metric: &mut Metric) {
    metric.standard("含退款订单 / refunded orders included");
    view.explain(metric);
    metric.left_out("no-time", timeless);
}

/// The same for figures that ask of every order whether it was paid.
pub(super) fn explain_all(view: &View, totals: &Totals, timeless: u64, metric: &mut Metric) {
    explain_each(view, timeless, metric);
    metric.left_out("unknown-state", totals.unclear);
}

/// An export without times of creation often lists paid orders only.
pub(super) fn paid_stands_in(view: &View, metric: &mut Metric) {
    if view.orders.fields.paid_at && !view.orders.fields.created_at {
        metric.standard("导出无创建时间，以付款时间代替，可能只含已付款订单 / no times of creation in the export: those of payment stand in, and it may list paid orders only");
    }
}

pub(super) fn check(metric: &mut Metric, why: Option<&str>) {
    if let Some(why) = why {
        metric.unavailable(why);
    }
}

/// Why paid amounts cannot be added up: no export has them, or none of these orders.
pub(super) fn lacks_paid(view: &View, sum: Sum) -> Option<&'static str> {
    lacks(view, sum, view.orders.fields.paid_amount, NO_PAID, EMPTY_PAID)
}

/// Why what was given back cannot be set against it: of all these orders it was a part, nobody knows how much.
pub(super) fn lacks_returned(totals: &Totals, left: Sum) -> Option<&'static str> {
    (left.known == 0 && totals.unclear_refunds.known > 0).then_some(
        "这些订单都是部分退款，没有写退了多少：请导出带退款金额的报表 / all these orders were refunded in part, and how much is not told: export them with the refunded amount",
    )
}

/// The same for ordered amounts.
pub(super) fn lacks_ordered(view: &View, sum: Sum) -> Option<&'static str> {
    lacks(view, sum, view.orders.fields.ordered_amount, NO_ORDERED, EMPTY_ORDERED)
}

fn lacks(view: &View, sum: Sum, carried: bool, none: &'static str, empty: &'static str) -> Option<&'static str> {
    let why = match sum {
        Sum { known: 1.., .. } => None,
        _ if !carried => Some(none),
        _ => (sum.unknown > 0).then_some(empty),
    };
    view.lacks_placed().or(why)
}
