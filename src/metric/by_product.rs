//! Figures by product (R9): those of the shop once more over the orders, inquiries and talks of each product.
//!
//! 甲 buys two cups and a tray, and a cup again ten days later; 乙 buys a cup, sends it back and complains. 甲 had sent the cup's link
//! before.
//!
//! ```
//! use huashu::{chat, link::{Contact, Findings}, metric::{Facts, Options, measure}, order};
//! let csv = "order_id,buyer,created_at,paid_at,state,paid_amount,sku,quantity,unit_price
//! 1,甲,2026-01-05 11:00:00,2026-01-05 11:00:00,交易成功,45,700123,2,20
//! 1,甲,2026-01-05 11:00:00,2026-01-05 11:00:00,交易成功,45,700456,1,10
//! 2,乙,2026-01-05 12:00:00,2026-01-05 12:00:00,退款成功,20,700123,1,20
//! 3,甲,2026-01-15 12:00:00,2026-01-15 12:00:00,交易成功,20,700123,1,20
//! ";
//! let talk = |buyer: &str, day: &str, signal: &str| {
//!     let text = format!(r#"{{"id":"{buyer}","messages":[{{"role":"buyer","sender":"{buyer}","at":"2026-01-{day}T10:00:00","text":"https://item.example.com/item.htm?id=700123","kind":"link"}}]}}"#);
//!     let chats = chat::read("a.jsonl", text.as_bytes(), &Default::default());
//!     Contact::of(&chats.conversations[0], Findings { signals: vec![signal.into()], after_sale: signal == "complaint", ..Findings::default() })
//! };
//! let facts = Facts {
//!     orders: order::read("a.csv", csv.as_bytes(), &Default::default()).orders,
//!     contacts: vec![talk("甲", "05", "urge"), talk("甲", "06", "urge"), talk("乙", "06", "complaint")],
//!     ..Facts::default()
//! };
//! let figures = measure(&facts, &Options::default());
//! let of = |id: &str, product: &str| {
//!     let metric = figures.metrics.iter().find(|m| m.id == id && m.by.as_ref().is_some_and(|by| by.kind == "product" && by.name == product))?;
//!     Some((metric.numerator.unwrap(), metric.denominator))
//! };
//! // The lines of the orders that count: 2 × 20 and 1 × 20 for the cup, 1 × 10 for the tray.
//! assert_eq!((of("sales.paid_amount", "700123"), of("sales.paid_amount", "700456")), (Some((60.0, None)), Some((10.0, None))));
//! assert_eq!((of("orders.paid", "700123"), of("orders.buyers", "700123")), (Some((2.0, None)), Some((1.0, None))));
//! assert_eq!(of("refund.order_rate", "700123"), Some((1.0, Some(3.0)))); // of three orders with a cup that of 乙
//! assert_eq!(of("repurchase.customer_rate", "700123"), Some((1.0, Some(1.0)))); // 甲 bought cups on two days,
//! assert_eq!(of("repurchase.customer_rate", "700456"), Some((0.0, Some(1.0)))); // and a tray on one
//! assert_eq!(of("cycle.product", "700123"), Some((10.0 / 2.0, Some(1.0)))); // two cups lasted ten days
//! assert_eq!(of("inquiry.order_conversion", "700123"), Some((1.0, Some(1.0)))); // 甲 asked with its link; 乙 came after the sale
//! // Whoever writes after buying it is served for it: 甲 on the 6th, and 乙.
//! assert_eq!(of("service.complaint_rate", "700123"), Some((1.0, Some(2.0))));
//! assert_eq!(of("service.complaint_rate", "700456"), Some((0.0, Some(1.0))));
//! // Of the four cups paid for that of 乙 was given back as a whole; 甲's two orders were not.
//! assert_eq!(of("refund.amount_rate", "700123"), Some((20.0, Some(80.0))));
//! assert_eq!(of("sales.net_amount", "700123"), Some((60.0, None)));
//! // All three talks hold its link, and nobody answered.
//! assert_eq!(of("response.reply_rate", "700123"), Some((0.0, Some(3.0))));
//! ```
//!
//! A refund in part is a product's where its sub-order or the ticket about that says so, or where an order holds nothing else. Of order 1 the
//! sub-order of the bowl gave 12 back; order 2 is of two kinds, and nobody knows on which of them its 5 were given back. The bowl of order 3,
//! bought for less, was paid back: all that it is worth.
//!
//! ```
//! use huashu::{metric::{Facts, Options, measure}, order};
//! let read = |name: &str, text: &str| order::read(name, text.as_bytes(), &Default::default()).orders;
//! let mut orders = read("a.csv", "主订单编号,子订单编号,选购商品,商品数量,商品单价,订单应付金额,订单提交时间,订单状态,售后状态
//! 1,11,碗,1,30,30,2026-01-05 10:00:00,已完成,-
//! 1,12,盘,1,50,50,2026-01-05 10:00:00,已完成,-
//! 2,21,碗,1,30,30,2026-01-06 10:00:00,已完成,-
//! 2,22,盘,1,50,50,2026-01-06 10:00:00,已完成,-
//! 3,31,碗,1,30,24,2026-01-07 10:00:00,已完成,退款成功
//! 3,32,盘,1,50,40,2026-01-07 10:00:00,已完成,-
//! ");
//! orders.merge(read("b.csv", "售后单号,订单号,商品单号,退商品金额,售后状态,售后类型\nt1,1,11,12,退款成功,仅退款\nt2,2,,5,退款成功,仅退款\n"));
//! let figures = measure(&Facts { orders, ..Facts::default() }, &Options::default());
//! let of = |id: &str, product: &str| {
//!     let metric = figures.metrics.iter().find(|m| m.id == id && m.by.as_ref().is_some_and(|by| by.name == product)).unwrap();
//!     let left_out = metric.excluded.iter().find(|e| e.reason == "refund-of-several").map_or(0, |e| e.count);
//!     (metric.numerator.unwrap(), metric.denominator, left_out)
//! };
//! assert_eq!(of("refund.amount_rate", "碗"), (12.0 + 30.0, Some(60.0), 1));
//! assert_eq!(of("sales.net_amount", "碗"), (18.0, None, 1));
//! assert_eq!(of("refund.amount_rate", "盘"), (0.0, Some(100.0), 1));
//! assert_eq!(of("sales.paid_amount", "盘"), (150.0, None, 0));
//! // The refund of order 2 may be of either; those of 1 and 3 were of the bowl.
//! assert_eq!((of("refund.order_rate", "碗"), of("refund.order_rate", "盘")), ((3.0, Some(3.0), 0), (1.0, Some(3.0), 0)));
//! ```

use super::{
    By, Counted, Metric, Product, Run,
    buyers::{Buyers, Purchases},
    cycle::{self, Pairs},
    figure::per_product,
    inquiry, issues, payment,
    products::{Worth, asked, part_of},
    repurchase, response, sales,
    select::Row,
    service,
    talk::Talks,
    totals::Totals,
};
use crate::{
    link::Contact,
    order::{NONE, Names, Refund},
    sort,
};
use alloc::{string::String, vec, vec::Vec};

/// What [`By`] calls this part of the shop.
pub(super) const KIND: &str = "product";

/// Products that figures are told of, most sold first: each takes some twenty-six figures.
const MOST: usize = 20;

const AMOUNT: &str = "期内付款订单中该商品各行的单价 × 件数之和，未扣优惠，不含邮费；没有单价的，订单只有这一行时按实付 / unit price × quantity of its lines in the paid orders, summed, before discounts and without postage, or what was paid where an order has only this line and no price";
const SHARED: &str = "一单有几种商品的，各商品都计 / an order of several products counts for each of them";
const REFUND: &str =
    "分不清退在哪件商品上的退款，同单的商品都计 / a refund that may be of any product in its order counts for each of them";
const SHARE: &str = "只计能分清该商品退款额的订单：没有退款、整单退款、只有这一商品，或子订单、售后单写明；按实退占实付的比例折算 / orders of which it is known what was given back on the product: nothing, everything, of this product alone, or told by sub-orders or tickets; as large a part of the amount as was given back of what was paid";
const TALKED: &str = "会话里的链接或卡片指明商品 / a link or a card in the talk names the product";
const NAMED: &str = "之后买的不限这一商品 / what is bought then may be another";
const ABOUT: &str = "会话算在买家此前最近一笔付款订单的商品上，超过 10 种的不算 / a conversation is about the products of the buyer's latest paid order before it, unless they are more than ten";

/// The products that figures are told of, and how many others there are.
pub(super) struct Listed {
    pub products: Vec<String>,
    pub others: u64,
}

/// The first ones of the table `products`.
pub(super) fn listed(table: &[Product]) -> Listed {
    let products: Vec<String> = table.iter().take(MOST).map(|row| row.product.clone()).collect();
    Listed { others: (table.len() - products.len()) as u64, products }
}

/// What belongs to one product.
pub(super) struct Own<'a> {
    /// The orders with it, as if they held nothing else; their buyers are numbered anew.
    pub rows: Vec<Row>,
    pub purchases: Purchases,
    pub pairs: Pairs,
    /// Inquiry buyers in whose talks a link or a card names it.
    pub asked: Vec<u32>,
    /// Conversations that followed its purchase.
    pub talks: Talks<'a>,
    /// Conversations in which a link or a card names it.
    pub named: Talks<'a>,
    /// The buyers by their new numbers.
    buyers: Vec<u32>,
    /// Orders of which nobody knows what was given back on it, in order.
    unclear: Vec<u32>,
}

impl Own<'_> {
    /// Whether it is known of an order what was given back on the product.
    pub fn knows_refund(&self, row: &Row) -> bool {
        self.unclear.binary_search(&row.at).is_err()
    }

    /// The number of a buyer among those of the shop.
    pub fn buyer(&self, number: u32) -> u32 {
        self.buyers.get(number as usize).copied().unwrap_or(u32::MAX)
    }
}

impl<'a> Run<'a> {
    /// Adds the figures of these products.
    pub(super) fn by_product(&self, counted: &mut Counted<'a>, listed: &Listed) {
        if listed.products.is_empty() {
            return;
        }
        let mut found = Vec::new();
        let nameless = cycle::nameless(&self.view, |row| row.is_paid() && counted.window.contains(row.paid));
        for (name, own) in listed.products.iter().zip(self.products(counted, listed)) {
            found.append(&mut self.figures_of(counted, name, &own, (listed.others, nameless)));
        }
        counted.sheet.metrics.append(&mut found);
    }

    /// What belongs to each of these products.
    pub(super) fn products<'r>(&'r self, counted: &'r Counted<'a>, listed: &Listed) -> impl Iterator<Item = Own<'a>> + use<'r, 'a> {
        let Self { view, options, .. } = self;
        let mut names = Names::default();
        for product in &listed.products {
            names.intern(product);
        }
        let asked = asked(&counted.talks, &counted.inquiries, options, &mut |product| names.find(product));
        let skus: Vec<Option<u32>> = listed.products.iter().map(|product| view.orders.skus.find(product)).collect();
        // To which of the products each SKU, each line and each talk belongs.
        let mut places: Vec<Option<usize>> = vec![None; view.orders.skus.len() as usize];
        for (place, sku) in skus.iter().enumerate() {
            if let Some(slot) = sku.and_then(|sku| places.get_mut(sku as usize)) {
                *slot = Some(place);
            }
        }
        let place = |sku: u32| places.get(sku as usize).copied().flatten();
        let mut lines: Vec<Vec<u32>> = vec![Vec::new(); skus.len()];
        let worth = Worth::new(view);
        for (at, (sku, amount)) in (0..).zip(view.products().zip(&view.orders.lines.amount)) {
            if let Some(lines) = place(sku).filter(|_| !worth.drops(*amount)).and_then(|place| lines.get_mut(place)) {
                lines.push(at);
            }
        }
        let mut named: Vec<Vec<&'a Contact>> = vec![Vec::new(); skus.len()];
        for contact in &counted.talks.contacts {
            for place in contact.products.iter().filter_map(|product| names.find(product)) {
                if let Some(named) = named.get_mut(place as usize) {
                    named.push(contact);
                }
            }
        }
        let mut talks: Vec<Vec<&'a Contact>> = vec![Vec::new(); skus.len()];
        let all: Vec<issues::Complaint> = counted.talks.contacts.iter().map(|contact| (*contact, None)).collect();
        for (contact, about) in counted.talks.contacts.iter().zip(issues::products(view, &all)) {
            for place in about.into_iter().filter_map(place) {
                if let Some(talks) = talks.get_mut(place) {
                    talks.push(contact);
                }
            }
        }
        let mut numbers = vec![u32::MAX; view.orders.buyers.len() as usize];
        let refunds = view.refunds();
        (0..).zip(skus).zip(lines.into_iter().zip(talks).zip(named)).map(move |((place, sku), ((lines, talks), named))| {
            let (mut rows, unclear) = self.rows_of(sku, &lines, &worth, &refunds);
            let buyers = renumber(&mut rows, &mut numbers);
            Own {
                purchases: Purchases::of(buyers.len(), view.refunded(rows.iter().copied()), &|take| {
                    rows.iter().copied().filter(|row| view.counts(row)).for_each(take);
                }),
                pairs: counted.pairs.of_product(sku.unwrap_or(u32::MAX)),
                asked: asked.iter().filter(|(of, _)| *of == place).map(|(_, number)| *number).collect(),
                talks: counted.talks.some(talks),
                named: counted.talks.some(named),
                rows,
                buyers,
                unclear,
            }
        })
    }

    /// The orders of these lines, each once, with what the lines add up to and what was given back on them; and those of which the latter
    /// is unknown.
    fn rows_of(&self, sku: Option<u32>, lines: &[u32], worth: &Worth, refunds: &[Refund]) -> (Vec<Row>, Vec<u32>) {
        let columns = &self.view.orders.lines;
        let row = |line: &u32| {
            let at = *line as usize;
            let order = *columns.order.get(at)?;
            let mut row = self.view.row(order)?;
            row.paid_amount = worth.of(order, *columns.amount.get(at)?, row.paid_amount);
            Some(row)
        };
        let mut all: Vec<Row> = lines.iter().filter_map(row).collect();
        sort::by_key(&mut all, |row| row.at);
        let (mut rows, mut unclear) = (Vec::new(), Vec::new());
        for own in all.chunk_by(|a, b| a.at == b.at) {
            let Some(mut row) = own.first().copied() else { continue };
            row.paid_amount = own.iter().fold(0, |sum, line| plus(sum, line.paid_amount));
            if row.is_refunded() {
                // Whatever it is worth was given back.
                row.refund_amount = NONE;
            } else if row.has_refund() && !row.lacks_refund() {
                let alone = own.len() as u32 == worth.lines(row.at);
                let of_order = || Some((row.refund(), self.view.row(row.at)?.paid_amount));
                match part_of(refunds, &row, sku).or_else(|| if alone { of_order() } else { None }) {
                    Some((0, _)) if row.refund() > 0 => row.spare(),
                    Some((back, paid)) => row.refund_amount = share(back, paid, row.paid_amount),
                    None => unclear.push(row.at),
                }
            }
            rows.push(row);
        }
        (rows, unclear)
    }

    fn figures_of(&self, counted: &Counted<'a>, name: &str, own: &Own, (others, nameless): (u64, u64)) -> Vec<Metric> {
        let Self { view, options, .. } = self;
        let Counted { window, talks, inquiries, .. } = counted;
        let mut sheet = counted.sheet.of_part(Some(By { kind: KIND, name: name.into() }));
        if !own.rows.is_empty() {
            let buyers = Buyers::of(&own.purchases, *window);
            let totals = Totals::of_some(view, *window, &own.rows);
            sales::of_orders(view, &totals, &buyers, &mut sheet);
            payment::rates(view, &totals, &mut sheet);
            let known: Vec<Row> = own.rows.iter().filter(|row| own.knows_refund(row)).copied().collect();
            let told = Totals::of_some(view, *window, &known);
            // Where no order tells, nothing is left of the product's sales that could be summed.
            if told.paid > 0 || totals.paid == 0 {
                sales::net(view, &told, &mut sheet);
            }
            payment::refunded_amount(view, &told, &mut sheet);
            for metric in &mut sheet.metrics {
                let unclear = match metric.id {
                    "sales.net_amount" => totals.paid - told.paid,
                    "refund.amount_rate" => totals.all_paid - told.all_paid,
                    _ => 0,
                };
                metric.left_out("refund-of-several", unclear);
            }
            repurchase::figures(view, *window, &own.purchases, &buyers, &mut sheet);
            cycle::figures(view, &buyers, &own.pairs, &mut sheet);
            for metric in &mut sheet.metrics {
                metric.left_out("no-lines", nameless);
            }
        }
        // A product that no talk names may be called otherwise there.
        if !own.asked.is_empty() {
            inquiry::of_some(view, talks, inquiries, options, &own.asked, &mut sheet);
        }
        if !own.named.contacts.is_empty() {
            response::of_some(&own.named, &options.response, &mut sheet);
        }
        if !own.talks.contacts.is_empty() {
            service::complaints(&own.talks, &mut sheet);
        }
        self.blank_beyond(talks, &mut sheet);
        sheet.metrics.retain(|metric| per_product(metric.id) && metric.value.is_some());
        for metric in &mut sheet.metrics {
            explain(metric);
            metric.left_out("other-products", others);
        }
        sheet.metrics
    }
}

/// What is meant by a product.
fn explain(metric: &mut Metric) {
    match metric.id {
        "sales.paid_amount" => metric.formula = AMOUNT,
        "sales.per_buyer" => drop(metric.standard(AMOUNT)),
        "refund.order_rate" => drop(metric.standard(REFUND)),
        "sales.net_amount" | "refund.amount_rate" => drop(metric.standard(AMOUNT).standard(SHARE)),
        "service.complaint_rate" => drop(metric.standard(ABOUT)),
        id if id.starts_with("response.") => drop(metric.standard(TALKED)),
        id if id.starts_with("inquiry.") => drop(metric.standard(TALKED).standard(NAMED)),
        "cycle.product" => {}
        _ => drop(metric.standard(SHARED)),
    }
}

/// As large a part of what lines are worth as was given back of what was paid for them: discounts and postage are not the lines'.
fn share(back: i64, paid: i64, worth: i64) -> i64 {
    if worth == NONE {
        return back;
    }
    if paid <= 0 {
        return back.min(worth);
    }
    let scaled = i128::from(back.min(paid)) * i128::from(worth);
    i64::try_from((scaled * 2 + i128::from(paid)) / (2 * i128::from(paid))).unwrap_or(worth)
}

/// Numbers the buyers of a product from 0 on; `numbers` are those of all buyers, none given before and after.
fn renumber(rows: &mut [Row], numbers: &mut [u32]) -> Vec<u32> {
    let mut buyers = Vec::new();
    for row in rows {
        let Some(number) = numbers.get_mut(row.buyer as usize) else { continue };
        if *number == u32::MAX {
            *number = buyers.len() as u32;
            buyers.push(row.buyer);
        }
        row.buyer = *number;
    }
    for buyer in &buyers {
        if let Some(number) = numbers.get_mut(*buyer as usize) {
            *number = u32::MAX;
        }
    }
    buyers
}

/// Amounts of which one or both may be unknown: then so is their sum.
fn plus(a: i64, b: i64) -> i64 {
    if a == NONE || b == NONE { NONE } else { a.saturating_add(b) }
}

#[cfg(test)]
mod tests {
    use super::KIND;
    use crate::metric::{Facts, Options, measure, sample};
    use alloc::{string::String, vec, vec::Vec};

    /// A product, the value, what was left out.
    type Told = (String, f64, Vec<(&'static str, u64)>);

    fn of(csv: &str, id: &str) -> Vec<Told> {
        let figures = measure(&Facts { orders: sample::orders(csv), ..Facts::default() }, &Options::default());
        let found = figures.metrics.into_iter().filter(|metric| metric.id == id);
        let found = found.filter_map(|metric| Some((metric.by.filter(|by| by.kind == KIND)?.name, metric.value?, metric.excluded)));
        found.map(|(name, value, excluded)| (name, value, excluded.iter().map(|e| (e.reason, e.count)).collect())).collect()
    }

    #[test]
    fn without_products_there_is_no_such_figure() {
        for csv in [
            "order_id,buyer,paid_at,paid_amount\n1,甲,2026-01-05 10:00:00,5\n",
            "order_id,buyer,paid_at,paid_amount,sku,quantity\n1,甲,2026-01-05 10:00:00,5,,1\n",
        ] {
            assert_eq!(of(csv, "orders.paid"), [], "{csv}");
        }
    }

    #[test]
    fn amounts_that_no_line_tells_are_left_out() {
        let csv = "order_id,buyer,paid_at,paid_amount,sku,quantity
1,甲,2026-01-05 10:00:00,30,杯子,1
2,乙,2026-01-05 10:00:00,50,杯子,1
2,乙,2026-01-05 10:00:00,50,托盘,1
";
        assert_eq!(of(csv, "orders.paid"), [("杯子".into(), 2.0, vec![]), ("托盘".into(), 1.0, vec![])]);
        assert_eq!(of(csv, "sales.paid_amount"), [("杯子".into(), 30.0, vec![("no-amount", 1)])]);
    }

    #[test]
    fn a_line_without_a_price_leaves_the_order_unknown() {
        let csv = "order_id,buyer,paid_at,paid_amount,sku,quantity,unit_price
1,甲,2026-01-05 10:00:00,60,杯子,1,20
1,甲,2026-01-05 10:00:00,60,杯子,2,
2,乙,2026-01-05 10:00:00,30,杯子,1,30
";
        assert_eq!(of(csv, "orders.paid"), [("杯子".into(), 2.0, vec![])]);
        assert_eq!(of(csv, "sales.paid_amount"), [("杯子".into(), 30.0, vec![("no-amount", 1)])]);
    }

    #[test]
    fn a_product_on_two_lines_of_an_order_is_one_order() {
        let csv = "order_id,buyer,paid_at,paid_amount,sku,quantity,unit_price
1,甲,2026-01-05 10:00:00,50,杯子,1,20
1,甲,2026-01-05 10:00:00,50,托盘,1,10
1,甲,2026-01-05 10:00:00,50,杯子,1,15
";
        assert_eq!(of(csv, "orders.paid")[0], ("杯子".into(), 1.0, vec![]));
        assert_eq!(of(csv, "sales.paid_amount")[0], ("杯子".into(), 35.0, vec![]));
    }
}
