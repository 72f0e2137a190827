//! The table `products`: sales and inquiries by product.

use crate::{
    shop::{Line, Order, PRODUCTS, SMALL, options, product_name, shop},
    words::Words,
};
use huashu::{
    metric::{Options, Period, Product, measure},
    order,
};
use proptest::prelude::*;
use std::collections::BTreeSet;

impl Words<'_> {
    /// What of an order counts: no returns, and no lines of amount 0 where these are dropped.
    fn lines<'o>(&self, order: &'o Order) -> Vec<&'o Line> {
        let dropped = |line: &Line| self.options.drop_zero && line.amount() == Some(0);
        order.lines.iter().filter(|line| !line.returned && !dropped(line)).collect()
    }

    fn product(&self, product: u8) -> Product {
        let placed = |order: &Order| match order.paid.or(order.created) {
            Some(time) => self.within(time),
            None => self.options.period.is_none(),
        };
        let holds = |order: &Order| self.lines(order).iter().any(|line| line.sku == Some(product));
        let orders = self.orders();
        let paid: Vec<&Order> =
            orders.iter().map(|(_, order)| *order).filter(|order| self.is_paid(order) && placed(order) && holds(order)).collect();
        let sold: Vec<&Order> = paid.iter().copied().filter(|order| self.counts(order)).collect();
        let (mut pieces, mut cents) = (0, 0);
        for order in &sold {
            let lines = self.lines(order);
            for line in lines.iter().filter(|line| line.sku == Some(product)) {
                pieces += line.quantity.unwrap_or(0);
                let alone = order.amount.filter(|_| lines.len() == 1);
                cents += line.amount().or(alone).unwrap_or(0);
            }
        }
        let any_refund = |order: &&&Order| self.is_refunded(order) || order.refund.is_some_and(|refund| refund > 0);
        let inquirers = self.inquirers();
        let asked: Vec<_> =
            inquirers.values().filter(|inquirer| inquirer.talks.iter().any(|(_, talk)| talk.links.contains(&product))).collect();
        let ordered = asked.iter().filter(|inquirer| !inquirer.orders.is_empty()).count() as u64;
        Product {
            product: product_name(product),
            orders: sold.len() as u64,
            buyers: sold.iter().filter_map(|order| order.buyer).collect::<BTreeSet<_>>().len() as u64,
            pieces: pieces as f64,
            amount: cents as f64 / 100.0,
            paid: paid.len() as u64,
            refunded: paid.iter().filter(any_refund).count() as u64,
            asked: self.chats_name_buyers().then_some(asked.len() as u64),
            asked_ordered: self.joined().then_some(ordered),
            previous: None,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn products_agree(shop in shop(SMALL), options in options(SMALL.days)) {
        let mut found = measure(&shop.facts(), &options).tables.products;
        let earlier = Options { period: options.period.map(Period::before), ..options.clone() };
        let sold = |row: &Product| (row.orders, row.buyers, row.pieces, row.amount, row.paid, row.refunded);
        for row in &mut found {
            let Some(before) = row.previous.take() else { continue };
            let product = (0..PRODUCTS).find(|product| product_name(*product) == row.product).unwrap();
            let then = Words { shop: &shop, options: &earlier }.product(product);
            prop_assert_eq!(before.as_deref().map_or((0, 0, 0.0, 0.0, 0, 0), sold), sold(&then));
        }
        let words = Words { shop: &shop, options: &options };
        let mut known: Vec<Product> = (0..PRODUCTS).map(|product| words.product(product)).collect();
        known.retain(|row| row.paid > 0 || row.asked.is_some_and(|asked| asked > 0));
        // Most sold first.
        known.sort_by(|a, b| {
            b.amount.total_cmp(&a.amount).then(b.orders.cmp(&a.orders)).then(b.asked.cmp(&a.asked)).then(a.product.cmp(&b.product))
        });
        prop_assert_eq!(found, known);
    }
}

/// Of more products than are listed the most sold ones.
#[test]
fn the_most_sold_products_are_listed() {
    let rows = (0..520).map(|number| format!("{number},b,2026-01-05,{number}.00,p{number:03},1\n"));
    let csv = String::from("order_id,buyer,paid_at,paid_amount,sku,quantity\n") + &rows.collect::<String>();
    let facts = huashu::metric::Facts { orders: order::read("a.csv", csv.as_bytes(), &Default::default()).orders, ..Default::default() };
    let found = measure(&facts, &Options::default()).tables.products;
    assert_eq!((found.len(), found[0].amount, found[499].amount), (500, 519.0, 20.0));
}
