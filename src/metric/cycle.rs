//! Repurchase cycles (U8): of customers, and of products.
//!
//! The seed's own figure: two bottles bought again after 60 days last 30 days each.
//!
//! ```
//! use huashu::{metric::{Facts, Options, measure}, order};
//! let csv = "order_id,buyer,paid_at,sku,quantity,unit_price
//! 1,小林,2026-01-01 10:00:00,toner-50ml,2,10
//! 2,小林,2026-03-02 10:00:00,toner-50ml,1,10
//! ";
//! let facts = Facts { orders: order::read("a.csv", csv.as_bytes(), &Default::default()).orders, ..Facts::default() };
//! let figures = measure(&facts, &Options::default());
//! assert_eq!(figures.get("cycle.product").unwrap().value, Some(30.0));
//! assert_eq!((figures.tables.cycle_product[0].sku.as_str(), figures.tables.cycle_product[0].pairs), ("toner-50ml", 1));
//! ```
//!
//! N purchase days have N − 1 gaps. 甲 bought on days 0 (twice), 10 and 30: gaps of 10 and 20 days, mean 15. 乙 bought on
//! days 0 and 40: mean 40. Over customers that is (15 + 40) / 2, over all gaps (10 + 20 + 40) / 3.
//!
//! ```
//! use huashu::{metric::{Facts, Options, measure}, order};
//! let csv = "order_id,buyer,paid_at,paid_amount
//! 1,甲,2026-01-01 10:00:00,5
//! 2,甲,2026-01-01 23:59:59,5
//! 3,甲,2026-01-11 00:00:00,5
//! 4,甲,2026-01-31 10:00:00,5
//! 5,乙,2026-01-01 10:00:00,5
//! 6,乙,2026-02-10 10:00:00,5
//! 7,丙,2026-02-10 10:00:00,5
//! ";
//! let facts = Facts { orders: order::read("a.csv", csv.as_bytes(), &Default::default()).orders, ..Facts::default() };
//! let figures = measure(&facts, &Options::default());
//! assert_eq!(figures.get("cycle.customer").unwrap().value, Some(27.5));
//! assert_eq!(figures.get("cycle.customer_pooled").unwrap().value, Some(70.0 / 3.0));
//! ```

use super::{
    Before,
    buyers::Buyers,
    figure::{Definition, Metric, Sheet},
    select::{NO_DAY, Row, View, Window},
    stats,
};
use crate::order::NONE;
use crate::sort;
use alloc::{collections::BTreeMap, string::String, vec, vec::Vec};
use serde::Serialize;

const CUSTOMER: Definition = Definition {
    id: "cycle.customer",
    title: "客户回购周期",
    title_en: "Repurchase cycle of customers",
    unit: "days",
    formula: "每个回头客相邻购买日间隔的平均值，再对回头客取平均 / mean over returning buyers of each one's mean gap in days between purchase days",
};
const POOLED: Definition = Definition {
    id: "cycle.customer_pooled",
    title: "客户回购周期（按间隔）",
    title_en: "Repurchase cycle over all gaps",
    unit: "days",
    formula: "全部相邻购买日间隔之和 ÷ 间隔数 / all gaps in days between purchase days, summed ÷ number of gaps",
};
const PRODUCT: Definition = Definition {
    id: "cycle.product",
    title: "产品回购周期",
    title_en: "Repurchase cycle of products",
    unit: "days",
    formula: "同一买家同一商品：（下次购买日 − 本次购买日）÷ 本次件数，对全部相邻购买取平均；同日件数相加 / one buyer and SKU: (next purchase day − this one) ÷ this one's quantity, mean over all pairs; quantities of one day summed",
};

pub(super) const DEFINITIONS: &[Definition] = &[CUSTOMER, POOLED, PRODUCT];

const NOBODY_RETURNED: &str = "期内没有买家在两个不同的日子购买 / no buyer bought on two different days of this period";
const NO_PAIR: &str = "期内没有买家再次购买同一商品 / no buyer bought the same product again in this period";
const NO_PRODUCTS: &str = "导出里没有商品或件数：请导出带商品编码（或标题）和购买数量的报表 / the export has no products or quantities: export the orders with a product code (or title) and the number of pieces";

/// The repurchase cycle of one product: a row of the table `cycle.product`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProductCycle {
    /// The product's code, or its title where the export has no code.
    pub sku: String,
    /// The title that the export has beside the code; `null` where it has none.
    pub title: Option<String>,
    /// Purchases that were followed by another one of the same buyer and product.
    pub pairs: u64,
    /// Mean days per piece over these pairs.
    pub mean: f64,
    /// The row of the period before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Before<Self>,
}

/// The gaps between the purchase days of all returning buyers.
pub(super) struct Gaps {
    returning: u64,
    /// Each buyer's mean gap, summed.
    means: f64,
    gaps: u64,
    /// All gaps, summed.
    span: i64,
}

impl Gaps {
    pub fn of(buyers: &Buyers) -> Self {
        // Means are added up per number of gaps, so that whole numbers meet before any rounding does and the order of the
        // buyers cannot change the last bit.
        let mut spans: BTreeMap<u32, (i64, u64)> = BTreeMap::new();
        for (gaps, span) in buyers.with_days().filter_map(|b| b.gaps()) {
            let sum = spans.entry(gaps).or_default();
            *sum = (sum.0 + span, sum.1 + 1);
        }
        Self {
            returning: spans.values().map(|&(_, count)| count).sum(),
            means: stats::sum(spans.iter().map(|(&gaps, &(span, _))| span as f64 / f64::from(gaps))),
            gaps: spans.iter().map(|(&gaps, &(_, count))| u64::from(gaps) * count).sum(),
            span: spans.values().map(|&(span, _)| span).sum(),
        }
    }

    /// The shop's repurchase cycle, in days.
    pub fn mean(&self) -> Option<f64> {
        (self.returning > 0).then(|| self.means / self.returning as f64)
    }
}

pub(super) fn figures(view: &View, buyers: &Buyers, pairs: &Pairs, sheet: &mut Sheet) {
    let explain = |metric: &mut Metric| {
        metric.standard("同一买家同日订单合并 / orders of one buyer and day merged");
        view.explain_refunded(metric);
        view.explain(metric);
        view.explain_buyers(metric);
        metric.left_out("refunded", buyers.refunded).left_out("no-buyer", buyers.nobody).left_out("no-time", buyers.timeless);
        if let Some(why) = view.lacks_buyers().or(view.lacks_times()) {
            metric.unavailable(why);
        }
    };
    let Gaps { returning, means, gaps, span } = Gaps::of(buyers);
    sheet.add(&CUSTOMER, |m| explain(m.over(means, returning as f64, NOBODY_RETURNED)));
    sheet.add(&POOLED, |m| explain(m.over(span as f64, gaps as f64, NOBODY_RETURNED)));

    sheet.add(&PRODUCT, |m| {
        m.standard("按 SKU 分开计算 / each SKU on its own");
        explain(m.over(sum_per_piece(pairs.each.iter().map(|p| (p.quantity, p.gap))), pairs.each.len() as f64, NO_PAIR));
        m.left_out("no-quantity", pairs.unknown.len() as u64).left_out("no-lines", pairs.nameless);
        if m.why.as_deref() == Some(NO_PAIR) && !pairs.products {
            m.unavailable(NO_PRODUCTS);
        }
    });
}

/// A purchase of a product and the days to the same buyer's next one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Pair {
    sku: u32,
    quantity: i64,
    gap: i64,
    buyer: u32,
}

pub(super) struct Pairs {
    /// Sorted.
    each: Vec<Pair>,
    /// Lines without a quantity: their SKUs.
    unknown: Vec<u32>,
    /// Orders of buyers that name no product.
    nameless: u64,
    /// Whether any line names a product and its quantity.
    products: bool,
}

impl Pairs {
    pub fn of(view: &View, window: Window) -> Self {
        let lines = &view.orders.lines;
        let mut pairs = Self { each: Vec::new(), unknown: Vec::new(), nameless: 0, products: false };
        let mut bought: Vec<(u32, u32, i32, i64)> = Vec::new();
        let columns = lines.order.iter().zip(view.products()).zip(&lines.quantity).zip(&lines.amount);
        for (((&order, sku), &quantity), &amount) in columns {
            let day = view.counted_on(order, window).unwrap_or(NO_DAY);
            let buyer = view.orders.buyer.get(order as usize).copied().unwrap_or(u32::MAX);
            pairs.products |= sku != u32::MAX && quantity != NONE;
            if day == NO_DAY || buyer == u32::MAX || sku == u32::MAX || (view.drops_zero() && amount == 0) {
                continue;
            }
            if quantity <= 0 {
                pairs.unknown.push(sku);
                continue;
            }
            bought.push((buyer, sku, day, quantity));
        }
        pairs.find(bought, view.orders.buyers.len());
        let of_buyer = |row: &Row| row.has_buyer() && row.paid != NO_DAY && view.counts(row) && window.contains(row.paid);
        pairs.nameless = nameless(view, of_buyer);
        pairs
    }

    /// Those of one product.
    pub fn of_product(&self, sku: u32) -> Self {
        let begin = self.each.partition_point(|pair| pair.sku < sku);
        let each = self.each.iter().skip(begin).take_while(|pair| pair.sku == sku).copied().collect();
        Self { each, unknown: self.unknown.iter().copied().filter(|of| *of == sku).collect(), nameless: 0, products: self.products }
    }

    /// Buckets by buyer, so that only each one's few purchases have to be sorted.
    fn find(&mut self, bought: Vec<(u32, u32, i32, i64)>, buyers: u32) {
        let mut ends = vec![0_u32; buyers as usize];
        for &(buyer, ..) in &bought {
            if let Some(count) = ends.get_mut(buyer as usize) {
                *count += 1;
            }
        }
        let counts = ends.clone();
        let mut total = 0;
        for end in &mut ends {
            (*end, total) = (total, total + *end);
        }
        let mut own: Vec<(u32, i32, i64)> = vec![(0, 0, 0); total as usize];
        for (buyer, sku, day, quantity) in bought {
            if let Some(end) = ends.get_mut(buyer as usize) {
                if let Some(place) = own.get_mut(*end as usize) {
                    *place = (sku, day, quantity);
                }
                *end += 1;
            }
        }
        let mut rest = own.as_mut_slice();
        for (buyer, count) in (0..).zip(counts) {
            let Some((own, others)) = rest.split_at_mut_checked(count as usize) else { break };
            rest = others;
            sort::plain(own);
            let mut last: Option<(u32, i32, i64)> = None;
            for &(sku, day, quantity) in own.iter() {
                last = Some(match last {
                    Some((same, on, sum)) if same == sku && on == day => (sku, day, sum.saturating_add(quantity)),
                    Some((same, on, sum)) => {
                        if same == sku {
                            self.each.push(Pair { sku, quantity: sum, gap: i64::from(day) - i64::from(on), buyer });
                        }
                        (sku, day, quantity)
                    }
                    None => (sku, day, quantity),
                });
            }
        }
        sort::plain(&mut self.each);
    }

    /// The table `cycle.product`: most pairs first, then by SKU.
    pub fn table(&self, view: &View) -> Vec<ProductCycle> {
        let mut rows: Vec<ProductCycle> = self
            .each
            .chunk_by(|a, b| a.sku == b.sku)
            .filter_map(|pairs| {
                let number = pairs.first()?.sku;
                let sum = sum_per_piece(pairs.iter().map(|p| (p.quantity, p.gap)));
                Some(ProductCycle {
                    sku: view.orders.skus.get(number)?.into(),
                    title: view.orders.titles.get(number).map(String::from),
                    pairs: pairs.len() as u64,
                    mean: sum / pairs.len() as f64,
                    previous: None,
                })
            })
            .collect();
        sort::by(&mut rows, |a, b| b.pairs.cmp(&a.pairs).then_with(|| a.sku.cmp(&b.sku)));
        rows
    }
}

/// How many of some orders have no line that names its product, though others have: lists of orders keep it from those of several kinds.
pub(super) fn nameless(view: &View, of: impl Fn(&Row) -> bool) -> u64 {
    let lines = &view.orders.lines;
    let mut named = vec![false; view.orders.len()];
    for (order, _) in lines.order.iter().zip(&lines.sku).filter(|(_, sku)| **sku != u32::MAX) {
        if let Some(named) = named.get_mut(*order as usize) {
            *named = true;
        }
    }
    let lacks = |row: &Row| named.get(row.at as usize) == Some(&false);
    if named.contains(&true) { view.rows().filter(|row| lacks(row) && of(row)).count() as u64 } else { 0 }
}

/// Each purchase that was followed by another: buyer, SKU, days per piece.
pub(super) fn each(pairs: &Pairs, mut take: impl FnMut(u32, u32, f64)) {
    for pair in &pairs.each {
        take(pair.buyer, pair.sku, sum_per_piece([(pair.quantity, pair.gap)].into_iter()));
    }
}

/// Gap ÷ pieces, summed; whole gaps meet per quantity first, in order of quantity, so that the sum does not depend on
/// the order of the purchases.
fn sum_per_piece(pairs: impl Iterator<Item = (i64, i64)>) -> f64 {
    let mut gaps: BTreeMap<i64, i64> = BTreeMap::new();
    for (thousandths, gap) in pairs {
        let sum = gaps.entry(thousandths).or_default();
        *sum = sum.saturating_add(gap);
    }
    stats::sum(gaps.iter().map(|(&thousandths, &gap)| gap as f64 * 1000.0 / thousandths as f64))
}

#[cfg(test)]
mod tests {
    use crate::{
        metric::{Facts, Options, measure, sample},
        order,
    };
    use alloc::vec::Vec;

    /// Taobao's list of orders has the titles of orders of one kind alone.
    #[test]
    fn orders_of_several_kinds_are_left_out_and_counted() {
        let rows = "订单编号,买家会员名,买家实际支付金额,订单状态,订单付款时间,宝贝标题,宝贝种类,宝贝总数量
1,甲,20,交易成功,2026-01-01 10:00:00,杯子,1,1
2,甲,50,交易成功,2026-01-05 10:00:00,杯子等,2,3
3,甲,20,交易成功,2026-01-11 10:00:00,杯子,1,1
4,,50,交易成功,2026-01-11 10:00:00,杯子等,2,3
";
        let orders = order::read("a.csv", rows.as_bytes(), &Default::default()).orders;
        let figures = measure(&Facts { orders, ..Facts::default() }, &Options::default());
        let cycle = figures.get("cycle.product").unwrap();
        assert_eq!(cycle.value, Some(10.0));
        assert_eq!(cycle.excluded.iter().find(|e| e.reason == "no-lines").map(|e| e.count), Some(1), "{cycle:?}");
        let paid = figures.metrics.iter().find(|m| m.id == "orders.paid" && m.by.as_ref().is_some_and(|by| by.kind == "product")).unwrap();
        assert_eq!((paid.value, paid.excluded.iter().map(|e| (e.reason, e.count)).collect()), (Some(2.0), Vec::from([("no-lines", 2)])));
    }

    #[test]
    fn nothing_is_no_negative_number() {
        let orders = sample::orders("order_id,buyer,paid_at,sku,quantity\n1,甲,2026-01-01 10:00:00,a,1\n");
        let figures = measure(&Facts { orders, ..Facts::default() }, &Options::default());
        for id in ["cycle.product", "cycle.customer"] {
            assert!(figures.get(id).unwrap().numerator.is_some_and(f64::is_sign_positive), "{id}");
        }
    }
}
