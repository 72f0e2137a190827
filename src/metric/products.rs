//! Sales and inquiries by product (R9): the table `products`.
//!
//! 甲 buys two cups and a tray, 乙 a cup and sends it back. 甲 and 丙 sent the cup's link before.
//!
//! ```
//! use huashu::{chat, link::Contact, metric::{Facts, Options, measure}, order};
//! let csv = "order_id,buyer,created_at,paid_at,state,paid_amount,sku,title,quantity,unit_price
//! 1,甲,2026-01-05 11:00:00,2026-01-05 11:00:00,交易成功,50,700123,杯子,2,20
//! 1,甲,2026-01-05 11:00:00,2026-01-05 11:00:00,交易成功,50,700456,托盘,1,10
//! 2,乙,2026-01-05 12:00:00,2026-01-05 12:00:00,退款成功,20,700123,杯子,1,20
//! ";
//! let ask = |buyer: &str| format!(r#"{{"id":"{buyer}","messages":[{{"role":"buyer","sender":"{buyer}","at":"2026-01-05T10:00:00","text":"https://item.example.com/item.htm?id=700123","kind":"link"}}]}}"#);
//! let chats = chat::read("a.jsonl", format!("{}\n{}\n", ask("甲"), ask("丙")).as_bytes(), &Default::default());
//! let facts = Facts {
//!     orders: order::read("a.csv", csv.as_bytes(), &Default::default()).orders,
//!     contacts: chats.conversations.iter().map(|c| Contact::of(c, Default::default())).collect(),
//!     ..Facts::default()
//! };
//! let rows = measure(&facts, &Options::default()).tables.products;
//! let sales: Vec<_> = rows.iter().map(|row| (&*row.product, row.orders, row.buyers, row.pieces, row.amount)).collect();
//! assert_eq!(sales, [("700123", 1, Some(1), Some(2.0), Some(40.0)), ("700456", 1, Some(1), Some(1.0), Some(10.0))]);
//! let service: Vec<_> = rows.iter().map(|row| (row.refunded, row.paid, row.asked, row.asked_ordered)).collect();
//! assert_eq!(service, [(1, 2, Some(2), Some(1)), (0, 1, Some(0), Some(0))]);
//! ```

use super::{
    Before, Options,
    inquiry::Inquiries,
    select::{Row, View, Window},
    talk::Talks,
};
use crate::{
    link::buyer_key,
    order::{NONE, Names, Refund},
    sort,
};
use alloc::{string::String, vec, vec::Vec};
use serde::Serialize;

/// What lines have to know of their paid order: little, because there are millions.
#[derive(Clone, Copy)]
struct Bought {
    /// As in [`super::select::Row`].
    buyer: u32,
    paid: i64,
    /// Whether it counts, see [`View::counts`].
    counts: bool,
    refunded: bool,
}

/// Products that are listed, most sold first.
pub(super) const MOST: usize = 500;

/// A product: a row of the table `products`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Product {
    /// Its code, or its title where the export has no code; the number in links and cards for one that only chats name.
    pub product: String,
    /// The title that the export has beside the code; `null` where it has none.
    pub title: Option<String>,
    /// Paid orders with it, as `orders.paid` counts them.
    pub orders: u64,
    /// Their buyers; `null` where the orders name none.
    pub buyers: Option<u64>,
    /// Pieces in them; `null` where it was sold and no order says how many.
    pub pieces: Option<f64>,
    /// Unit price × quantity of its lines, in yuan; what was paid, where the order has only this line and no price. `null`
    /// where it was sold and no order's amount for it is known.
    pub amount: Option<f64>,
    /// Orders of which one of its lines has no known amount: they are not in the sum.
    pub no_amount: u64,
    /// Paid orders with it, refunded or not,
    pub paid: u64,
    /// and how many of them have a refund, part or whole, unless sub-orders or tickets tell that it was of other products.
    pub refunded: u64,
    /// Inquiry buyers in whose talks a link or a card names it; `null` without chats, and where none of them names any product.
    pub asked: Option<u64>,
    /// Those of them who ordered (anything) as `inquiry.order_conversion` counts it; `null` where chats and orders do not meet.
    pub asked_ordered: Option<u64>,
    /// The row of the period before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Before<Self>,
}

/// All of them; only the first [`MOST`] are shown.
pub(super) fn table(view: &View, window: Window, talks: &Talks, inquiries: &Inquiries, options: &Options, joined: bool) -> Vec<Product> {
    let lines = &view.orders.lines;
    let mut names = Names::default();
    // The numbers of the SKUs stay what they are.
    for sku in 0..view.orders.skus.len() {
        names.intern(view.orders.skus.get(sku).unwrap_or_default());
    }
    let asked = asked(talks, inquiries, options, &mut |product| Some(names.intern(product)));
    // Chats whose links are not copied say nothing of products.
    let named = talks.all.iter().any(|contact| !contact.products.is_empty());
    let mut rows: Vec<Product> = vec![Product::default(); names.len() as usize];
    for (number, row) in (0..).zip(&mut rows) {
        row.product = names.get(number).unwrap_or_default().into();
        row.title = view.orders.titles.get(number).map(String::from);
        row.buyers = view.lacks_buyers().is_none().then_some(0);
        if talks.lacks_buyers().is_none() && named {
            row.asked = Some(0);
            row.asked_ordered = joined.then_some(0);
        }
    }
    let orders: Vec<Option<Bought>> = {
        let mut orders = vec![None; view.orders.len()];
        for row in view.rows().filter(|row| row.is_paid() && window.contains(row.paid)) {
            if let Some(slot) = orders.get_mut(row.at as usize) {
                *slot = Some(Bought { buyer: row.buyer, paid: row.paid_amount, counts: view.counts(&row), refunded: row.has_refund() });
            }
        }
        orders
    };
    let worth = Worth::new(view);
    let pair = |sku: u32, other: u32| (u64::from(sku) << 32) | u64::from(other);
    let mut unknown: Vec<u64> = Vec::new();
    for ((&at, sku), &amount) in lines.order.iter().zip(view.products()).zip(&lines.amount) {
        let Some(Some(order)) = orders.get(at as usize) else { continue };
        if order.counts && worth.of(at, amount, order.paid) == NONE {
            unknown.push(pair(sku, at));
        }
    }
    unknown.sort_unstable();
    unknown.dedup();
    let (mut pairs, mut buyers) = (Vec::new(), Vec::new());
    for (((&at, sku), &quantity), &amount) in lines.order.iter().zip(view.products()).zip(&lines.quantity).zip(&lines.amount) {
        let (Some(row), Some(Some(order))) = (rows.get_mut(sku as usize), orders.get(at as usize)) else { continue };
        if worth.drops(amount) {
            continue;
        }
        pairs.push(pair(sku, at));
        if !order.counts {
            continue;
        }
        if order.buyer != u32::MAX {
            buyers.push(pair(sku, order.buyer));
        }
        let amount = worth.of(at, amount, order.paid);
        if quantity != NONE {
            row.pieces = Some(row.pieces.unwrap_or(0.0) + quantity as f64 / 1000.0);
        }
        if unknown.binary_search(&pair(sku, at)).is_err() {
            row.amount = Some(row.amount.unwrap_or(0.0) + amount as f64);
        }
    }
    for list in [&mut pairs, &mut buyers] {
        list.sort_unstable();
        list.dedup();
    }
    let refunds = view.refunds();
    for pair in pairs {
        let (Some(row), Some(Some(order))) = (rows.get_mut((pair >> 32) as usize), orders.get(pair as u32 as usize)) else { continue };
        row.orders += u64::from(order.counts);
        row.paid += 1;
        row.refunded += u64::from(order.refunded && !spares(&refunds, view.row(pair as u32), (pair >> 32) as u32));
    }
    for pair in unknown {
        if let Some(row) = rows.get_mut((pair >> 32) as usize) {
            row.no_amount += 1;
        }
    }
    for pair in buyers {
        if let Some(row) = rows.get_mut((pair >> 32) as usize) {
            row.buyers = row.buyers.map(|count| count + 1);
        }
    }
    for (product, number) in asked {
        let Some(row) = rows.get_mut(product as usize) else { continue };
        let ordered = inquiries.each.get(number as usize).is_some_and(|inquirer| inquirer.ordered);
        row.asked = row.asked.map(|count| count + 1);
        row.asked_ordered = row.asked_ordered.map(|count| count + u64::from(ordered));
    }
    rows.retain(|row| row.paid > 0 || row.asked.is_some_and(|count| count > 0));
    for row in &mut rows {
        // What was not sold brought nothing in.
        row.pieces = row.pieces.or((row.orders == 0).then_some(0.0));
        row.amount = row.amount.or((row.orders == 0).then_some(0.0)).map(|cents| cents / 100.0);
    }
    sort::by(&mut rows, |a, b| {
        b.amount
            .unwrap_or(0.0)
            .total_cmp(&a.amount.unwrap_or(0.0))
            .then(b.orders.cmp(&a.orders))
            .then(b.asked.cmp(&a.asked))
            .then_with(|| a.product.cmp(&b.product))
    });
    rows
}

/// Takes back who asked, where no chats can tell.
pub(super) fn forget_asked(rows: &mut [Product]) {
    rows.iter_mut().for_each(|row| (row.asked, row.asked_ordered) = (None, None));
}

/// What lines add to their products.
pub(super) struct Worth {
    drops_zero: bool,
    /// Lines of each order. One that is dropped is not there: what is left may be its order's only one.
    lines: Vec<u32>,
}

impl Worth {
    pub fn new(view: &View) -> Self {
        let mut worth = Self { drops_zero: view.drops_zero(), lines: vec![0; view.orders.len()] };
        let lines = &view.orders.lines;
        for (order, amount) in lines.order.iter().zip(&lines.amount) {
            if !worth.drops(*amount)
                && let Some(count) = worth.lines.get_mut(*order as usize)
            {
                *count += 1;
            }
        }
        worth
    }

    pub const fn drops(&self, amount: i64) -> bool {
        self.drops_zero && amount == 0
    }

    /// How many lines an order has.
    pub fn lines(&self, order: u32) -> u32 {
        self.lines.get(order as usize).copied().unwrap_or(0)
    }

    /// What a line of that amount adds; without one what was paid for the order, where it has no other line; in cents, or [`NONE`].
    pub fn of(&self, order: u32, amount: i64, paid: i64) -> i64 {
        if amount == NONE && self.lines(order) == 1 { paid } else { amount }
    }
}

/// What the sub-orders of an order say was given back on a product, of what was paid for it; `None` where they do not tell of everything that
/// was given back.
pub(super) fn part_of(refunds: &[Refund], row: &Row, sku: Option<u32>) -> Option<(i64, i64)> {
    let from = refunds.partition_point(|refund| refund.order < row.at);
    let all = || refunds.iter().skip(from).take_while(|refund| refund.order == row.at);
    let own = || all().filter(|refund| Some(refund.sku) == sku);
    let sum = |sum: i64, cents: i64| sum.saturating_add(cents);
    let told = all().map(|refund| refund.back).fold(0, sum) >= row.refund();
    told.then(|| (own().map(|refund| refund.back).fold(0, sum), own().map(|refund| refund.paid).fold(0, sum)))
}

/// Whether they tell that nothing was given back on a product of an order with a refund.
fn spares(refunds: &[Refund], row: Option<Row>, sku: u32) -> bool {
    let part = |row: &Row| !row.is_refunded() && row.refund() > 0;
    row.filter(part).and_then(|row| part_of(refunds, &row, Some(sku))).is_some_and(|(back, _)| back == 0)
}

/// Product, as it is numbered, and inquiry buyer, each pair once.
pub(super) fn asked(
    talks: &Talks,
    inquiries: &Inquiries,
    options: &Options,
    number_of: &mut dyn FnMut(&str) -> Option<u32>,
) -> Vec<(u32, u32)> {
    let mut asked = Vec::new();
    for contact in talks.contacts.iter().filter(|c| !c.found.after_sale && c.buyer_messages > options.monologue) {
        let Some(number) = contact.buyer.as_deref().and_then(|name| inquiries.names.find(&buyer_key(name))) else { continue };
        asked.extend(contact.products.iter().filter_map(|product| Some((number_of(product)?, number))));
    }
    sort::plain(&mut asked);
    asked.dedup();
    asked
}

#[cfg(test)]
mod tests {
    use crate::{
        metric::{Facts, Options, measure, sample},
        order,
    };
    use alloc::{borrow::ToOwned, vec::Vec};

    #[test]
    fn a_title_stands_beside_its_code() {
        let csv = "order_id,buyer,paid_at,state,sku,title,quantity,unit_price
1,甲,2026-01-05 10:00:00,交易成功,s1,,1,20
2,甲,2026-01-09 10:00:00,交易成功,s1,杯子,1,20
3,乙,2026-01-09 10:00:00,交易成功,,托盘,1,5
";
        let tables = measure(&Facts { orders: sample::orders(csv), ..Facts::default() }, &Options::default()).tables;
        let named: Vec<_> = tables.products.iter().map(|row| (&*row.product, row.title.as_deref())).collect();
        assert_eq!(named, [("s1", Some("杯子")), ("托盘", None)]);
        assert_eq!((&*tables.cycle_product[0].sku, tables.cycle_product[0].title.as_deref()), ("s1", Some("杯子")));
    }

    #[test]
    fn a_product_is_one_by_its_code_and_by_its_title() {
        // The list of orders has titles, that of details both, for some of the orders.
        let list = "订单编号,买家会员名,买家实际支付金额,订单状态,订单付款时间,宝贝标题,宝贝总数量
1,甲,20,交易成功,2026-01-05 10:00:00,杯子,1
2,甲,20,交易成功,2026-01-09 10:00:00,杯子,1
3,乙,5,交易成功,2026-01-09 10:00:00,托盘,1
4,乙,5,交易成功,2026-01-09 11:00:00,碗,1
5,乙,5,交易成功,2026-01-09 12:00:00,托盘,1
";
        let details = "订单编号,标题,价格,购买数量,外部系统编号
1,杯子,20,1,s1
3,托盘,5,1,s2
5,托盘,5,1,s3
";
        let of = |tables: [&str; 2]| {
            let [mut orders, other] = tables.map(|csv| order::read("orders.csv", csv.as_bytes(), &order::OrderOptions::default()).orders);
            orders.merge(other);
            let tables = measure(&Facts { orders, ..Facts::default() }, &Options::default()).tables;
            let sold = tables.products.into_iter().map(|row| (row.product, row.title, row.orders)).collect::<Vec<_>>();
            (sold, tables.cycle_product.into_iter().map(|row| (row.sku, row.pairs)).collect::<Vec<_>>())
        };
        let (sold, cycles) = of([list, details]);
        let row = |product: &str, title: Option<&str>, orders| (product.into(), title.map(Into::into), orders);
        assert_eq!(sold, [row("s1", Some("杯子"), 2), row("s2", Some("托盘"), 1), row("s3", Some("托盘"), 1), row("碗", None, 1)]);
        assert_eq!(cycles, [("s1".into(), 1)]);
        assert_eq!(of([details, list]), (sold, cycles));
        // 托盘 has two codes: which of them an order without is, nobody knows.
        let more = list.to_owned() + "6,丙,5,交易成功,2026-01-10 11:00:00,托盘,1\n";
        assert!(of([&more, details]).0.contains(&row("托盘", None, 1)));
    }

    #[test]
    fn who_asked_is_unknown_where_no_talk_names_a_product() {
        let csv = "order_id,buyer,paid_at,state,sku,quantity\n1,甲,2026-01-05 10:00:00,交易成功,700123,1\n";
        let of = |products: &[&str]| {
            let mut contact = sample::talk("甲", "2026-01-05", "09:00:00 买家\n09:00:05 客服小美");
            contact.products = products.iter().copied().map(Into::into).collect();
            let facts = Facts { orders: sample::orders(csv), contacts: [contact].into(), ..Facts::default() };
            let row = measure(&facts, &Options::default()).tables.products.remove(0);
            (row.product, row.asked, row.asked_ordered)
        };
        assert_eq!(of(&[]), ("700123".into(), None, None));
        assert_eq!(of(&["700123"]), ("700123".into(), Some(1), Some(1)));
        assert_eq!(of(&["700999"]), ("700123".into(), Some(0), Some(0)));
    }

    #[test]
    fn pieces_are_unknown_where_no_order_says_how_many() {
        let of = |csv: &str| {
            let rows = measure(&Facts { orders: sample::orders(csv), ..Facts::default() }, &Options::default()).tables.products;
            rows.iter().map(|row| row.pieces).collect::<Vec<_>>()
        };
        assert_eq!(of("order_id,paid_at,sku\n1,2026-01-05 10:00:00,a\n"), [None]);
        assert_eq!(of("order_id,paid_at,sku,quantity\n1,2026-01-05 10:00:00,a,\n2,2026-01-06 10:00:00,a,3\n"), [Some(3.0)]);
        // Sent back, so none of it is sold.
        assert_eq!(of("order_id,paid_at,state,sku\n1,2026-01-05 10:00:00,退款成功,a\n"), [Some(0.0)]);
    }

    #[test]
    fn unknown_amounts_and_buyers_are_not_0() {
        let of = |csv: &str| {
            let rows = measure(&Facts { orders: sample::orders(csv), ..Facts::default() }, &Options::default()).tables.products;
            rows.iter().map(|row| (row.orders, row.buyers, row.amount, row.no_amount)).collect::<Vec<_>>()
        };
        assert_eq!(of("order_id,paid_at,sku,quantity\n1,2026-01-05 10:00:00,a,1\n"), [(1, None, None, 1)]);
        let known = "order_id,buyer,paid_at,paid_amount,sku,quantity\n1,甲,2026-01-05 10:00:00,0,a,1\n2,,2026-01-05 10:00:00,,b,1\n";
        assert_eq!(of(known), [(1, Some(1), Some(0.0), 0), (1, Some(0), None, 1)]);
        let half = "order_id,buyer,paid_at,paid_amount,sku,quantity,unit_price
1,甲,2026-01-05 10:00:00,60,a,1,20
1,甲,2026-01-05 10:00:00,60,a,2,
2,甲,2026-01-05 10:00:00,30,a,1,30
";
        assert_eq!(of(half), [(2, Some(1), Some(30.0), 1)]);
    }
}
