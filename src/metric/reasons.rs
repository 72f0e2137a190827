//! Why orders were refunded (Q14): the table `refund_reasons`.
//!
//! Two of three refunded orders say why; a reason of an order that was not refunded does not count, and neither does 订单未关闭.
//!
//! ```
//! use huashu::{metric::{Facts, Options, measure}, order};
//! let csv = "订单编号,买家会员名,买家实际支付金额,订单状态,订单付款时间,订单关闭原因,退款金额
//! 1,甲,100,交易关闭,2026-01-05 10:00:00,质量问题,100
//! 2,乙,80,交易成功,2026-01-05 11:00:00,质量问题,30
//! 3,丙,50,交易关闭,2026-01-06 10:00:00,订单未关闭,50
//! 4,丁,0,交易关闭,,买家未付款,0
//! ";
//! let facts = Facts { orders: order::read("a.csv", csv.as_bytes(), &Default::default()).orders, ..Facts::default() };
//! let rows = measure(&facts, &Options::default()).tables.refund_reasons;
//! let rows: Vec<_> = rows.iter().map(|row| (row.reason.as_deref(), row.orders, row.amount, row.share)).collect();
//! assert_eq!(rows, [(Some("质量问题"), 2, Some(130.0), 2.0 / 3.0), (None, 1, Some(50.0), 1.0 / 3.0)]);
//! ```

use super::{
    Before,
    select::{View, Window},
    totals::Sum,
};
use crate::{order::NONE, sort};
use alloc::{string::String, vec, vec::Vec};
use serde::Serialize;

/// Rows that are listed, the commonest first: a column that is free text has many.
pub(super) const MOST: usize = 500;

/// One reason of refunds: a row of the table `refund_reasons`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct RefundReason {
    /// In the platform's words; `null` for the refunded orders that give none.
    pub reason: Option<String>,
    /// Paid orders of the period with a refund, whole or in part, that give it. An order that gives several counts for each.
    pub orders: u64,
    /// What was given back on them, in yuan, as far as it is known; `null` where it is of none of them.
    pub amount: Option<f64>,
    /// Those of them of which it is not known.
    pub no_amount: u64,
    /// Of all orders with a refund.
    pub share: f64,
    /// The row of the period before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Before<Self>,
}

/// All of them, of which the first [`MOST`] are shown; empty where no export gives a reason.
pub(super) fn table(view: &View, window: Window) -> Vec<RefundReason> {
    let (reasons, pairs) = (&view.orders.reasons, &view.orders.reason);
    // The last one stands for none.
    let mut sums = vec![(0_u64, Sum::default()); reasons.len() as usize + 1];
    let mut all = 0_u64;
    for row in view.rows().filter(|row| row.is_paid() && row.has_refund() && window.contains(row.paid)) {
        all += 1;
        let known = row.refund() > 0 || (row.is_refunded() && row.paid_amount != NONE);
        let back = if known { row.refund() } else { NONE };
        let first = pairs.partition_point(|pair| pair.0 < row.at);
        let own = pairs.iter().skip(first).take_while(|pair| pair.0 == row.at).map(|pair| pair.1);
        let none = own.clone().next().is_none().then_some(reasons.len());
        for number in own.chain(none) {
            if let Some((orders, sum)) = sums.get_mut(number as usize) {
                *orders += 1;
                sum.add(back);
            }
        }
    }
    let given = (0..).zip(sums).filter(|(_, (orders, _))| *orders > 0);
    let mut rows: Vec<RefundReason> = given
        .map(|(number, (orders, sum))| RefundReason {
            reason: reasons.get(number).map(Into::into),
            orders,
            amount: sum.yuan(),
            no_amount: sum.unknown,
            share: orders as f64 / all as f64,
            previous: None,
        })
        .collect();
    if rows.iter().all(|row| row.reason.is_none()) {
        return Vec::new();
    }
    sort::by(&mut rows, |a, b| b.orders.cmp(&a.orders).then_with(|| (a.reason.is_none(), &a.reason).cmp(&(b.reason.is_none(), &b.reason))));
    rows
}

#[cfg(test)]
mod tests {
    use crate::metric::{Facts, Options, measure, sample};
    use alloc::vec::Vec;

    #[test]
    fn refunds_of_unknown_amounts_are_counted() {
        let csv = "订单编号,买家会员名,买家实际支付金额,订单状态,订单付款时间,订单关闭原因
1,甲,,退款成功,2026-01-05 10:00:00,质量问题
2,乙,80,退款成功,2026-01-05 11:00:00,质量问题
3,丙,,退款成功,2026-01-06 10:00:00,不想要了
4,丁,0,退款成功,2026-01-06 11:00:00,拍错了
";
        let rows = measure(&Facts { orders: sample::orders(csv), ..Facts::default() }, &Options::default()).tables.refund_reasons;
        let of = |reason: &str| {
            let rows: Vec<_> = rows.iter().filter(|row| row.reason.as_deref() == Some(reason)).collect();
            rows.iter().map(|row| (row.orders, row.amount, row.no_amount)).collect::<Vec<_>>()
        };
        assert_eq!(of("质量问题"), [(2, Some(80.0), 1)]);
        assert_eq!(of("不想要了"), [(1, None, 1)]);
        assert_eq!(of("拍错了"), [(1, Some(0.0), 0)]);
    }
}
