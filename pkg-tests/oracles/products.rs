//! The table `products`: sales and inquiries by product; and the figures by product.

use crate::{
    shop::{Line, Order, PRODUCTS, SMALL, START, Talk, options, product_name, shop},
    words::{Words, day_of},
};
use huashu::{
    chat::Role,
    metric::{By, Facts, FigureRow, Metric, Options, Period, Product, Refunded, measure, rows_of},
    order,
};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// What stands above the line, and below it where there is one.
type Fraction = (f64, Option<f64>);

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
        // Unknown where it was sold and no line of it tells them.
        let mut pieces: Option<i64> = sold.is_empty().then_some(0);
        // Unknown where it was sold and all lines of it tell their amounts in no order.
        let mut cents: Option<i64> = sold.is_empty().then_some(0);
        let mut no_amount = 0;
        for order in &sold {
            let lines = self.lines(order);
            let alone = order.amount.filter(|_| lines.len() == 1);
            let own = || lines.iter().filter(|line| line.sku == Some(product));
            own().filter_map(|line| line.quantity).for_each(|more| pieces = Some(pieces.unwrap_or(0) + more));
            match own().map(|line| line.amount().or(alone)).sum::<Option<i64>>() {
                Some(known) => cents = Some(cents.unwrap_or(0) + known),
                None => no_amount += 1,
            }
        }
        let any_refund = |order: &&&Order| self.has_refund(order);
        let inquirers = self.inquirers();
        let asked: Vec<_> =
            inquirers.values().filter(|inquirer| inquirer.talks.iter().any(|(_, talk)| talk.links.contains(&product))).collect();
        let ordered = asked.iter().filter(|inquirer| !inquirer.orders.is_empty()).count() as u64;
        Product {
            product: product_name(product),
            title: None,
            orders: sold.len() as u64,
            buyers: self.orders_name_buyers().then(|| sold.iter().filter_map(|order| order.buyer).collect::<BTreeSet<_>>().len() as u64),
            pieces: pieces.map(|pieces| pieces as f64),
            amount: cents.map(|cents| cents as f64 / 100.0),
            no_amount,
            paid: paid.len() as u64,
            refunded: paid.iter().filter(any_refund).count() as u64,
            asked: (self.name_products() && self.chats_name_buyers() && !self.beyond_chats()).then_some(asked.len() as u64),
            asked_ordered: (self.name_products() && self.joined()).then_some(ordered),
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
            let then_buyers = row.buyers.map(|_| 0);
            let Some(before) = row.previous.take() else { continue };
            let product = (0..PRODUCTS).find(|product| product_name(*product) == row.product).unwrap();
            let then = Words { shop: &shop, options: &earlier }.product(product);
            prop_assert_eq!(before.as_deref().map_or((0, then_buyers, Some(0.0), Some(0.0), 0, 0), sold), sold(&then));
        }
        let words = Words { shop: &shop, options: &options };
        let mut known: Vec<Product> = (0..PRODUCTS).map(|product| words.product(product)).collect();
        known.retain(|row| row.paid > 0 || row.asked.is_some_and(|asked| asked > 0));
        // Most sold first.
        known.sort_by(|a, b| {
            b.amount.unwrap_or(0.0).total_cmp(&a.amount.unwrap_or(0.0)).then(b.orders.cmp(&a.orders)).then(b.asked.cmp(&a.asked)).then(a.product.cmp(&b.product))
        });
        prop_assert_eq!(found, known);
    }
}

impl Words<'_> {
    fn figures(&self, product: u8) -> BTreeMap<&'static str, Fraction> {
        let mut out: BTreeMap<&'static str, Fraction> = BTreeMap::new();
        let orders = self.orders();
        let holds = |order: &Order| self.lines(order).iter().any(|line| line.sku == Some(product));
        let with: Vec<&Order> = orders.iter().map(|(_, order)| *order).filter(|order| holds(order)).collect();
        // Without any time nobody knows what lies in a period.
        let adrift = self.options.period.is_some() && self.shop.orders.iter().all(|order| order.created.or(order.paid).is_none());
        if !with.is_empty() && !adrift && !self.beyond_orders() {
            self.of_orders(product, &with, &mut out);
        }
        let inquirers = self.inquirers();
        let asked: Vec<_> =
            inquirers.values().filter(|inquirer| inquirer.talks.iter().any(|(_, talk)| talk.links.contains(&product))).collect();
        if !asked.is_empty() {
            let share = |part: usize| (part as f64, Some(asked.len() as f64));
            out.insert("inquiry.buyers", (asked.len() as f64, None));
            if self.orders_name_buyers() && !self.beyond_orders() && !self.apart() {
                out.insert("inquiry.order_conversion", share(asked.iter().filter(|i| !i.orders.is_empty()).count()));
                let paid = asked.iter().filter(|i| i.orders.iter().any(|order| self.is_paid(order)));
                out.insert("inquiry.payment_conversion", share(paid.count()));
            }
        }
        let talks = self.talks();
        let named: Vec<_> = talks.iter().filter(|(_, talk)| talk.links.contains(&product)).map(|(_, talk)| *talk).collect();
        responses(&named, &mut out);
        let about = talks.iter().filter(|(_, talk)| self.bought_before(talk.buyer, talk.asked()).contains(&product_name(product)));
        let about: Vec<_> = about.map(|(_, talk)| *talk).collect();
        if !about.is_empty() {
            let served: BTreeSet<_> = about.iter().map(|talk| talk.buyer).collect();
            let complained: BTreeSet<_> = about.iter().filter(|talk| talk.complains()).map(|talk| talk.buyer).collect();
            out.insert("service.complaint_rate", (complained.len() as f64, Some(served.len() as f64)));
        }
        out
    }

    fn of_orders(&self, product: u8, with: &[&Order], out: &mut BTreeMap<&'static str, Fraction>) {
        let mut share = |id, part: usize, whole: usize| {
            if whole > 0 {
                out.insert(id, (part as f64, Some(whole as f64)));
            }
        };
        let placed = |time: Option<i64>| time.map_or(self.options.period.is_none(), |time| self.within(time));
        let created: Vec<_> = with.iter().filter(|order| placed(order.created.or(order.paid))).collect();
        if self.shop.columns.paid || self.shop.columns.state {
            share("payment.order_rate", created.iter().filter(|order| self.is_paid(order)).count(), created.len());
        }
        let paid_at = |order: &Order| order.paid.or(order.created);
        let paid: Vec<&Order> = with.iter().copied().filter(|order| self.is_paid(order) && placed(paid_at(order))).collect();
        let any_refund = |order: &&&Order| self.has_refund(order);
        share("refund.order_rate", paid.iter().filter(any_refund).count(), paid.len());

        let sold: Vec<&Order> = paid.iter().copied().filter(|order| self.counts(order)).collect();
        let amount = |order: &Order| -> Option<i64> {
            let lines = self.lines(order);
            let alone = order.amount.filter(|_| lines.len() == 1);
            lines.iter().filter(|line| line.sku == Some(product)).map(|line| line.amount().or(alone)).sum()
        };
        // What was given back on the product: nothing, all of it, or of an order of it alone as large a part as of what was paid.
        let part = |refund: i64, paid: i64, worth: i64| {
            if paid > 0 { ((refund.min(paid) * worth) as f64 / paid as f64).round() as i64 } else { refund.min(worth) }
        };
        let refund = |order: &Order| -> Option<i64> {
            let worth = amount(order).unwrap_or(0);
            let alone = self.lines(order).iter().all(|line| line.sku == Some(product));
            match order.refund.filter(|refund| *refund > 0) {
                _ if self.is_refunded(order) => Some(worth),
                // In part, nobody knows by how much.
                _ if order.refund.is_none() && self.has_refund(order) => None,
                None => Some(0),
                Some(refund) => alone.then(|| part(refund, order.amount.unwrap_or(0), worth)),
            }
        };
        // Of the orders of which it is known, what they are worth and what was given back.
        let told = |orders: &[&Order]| -> Option<(i64, i64)> {
            let told: Vec<&&Order> = orders.iter().filter(|order| refund(order).is_some()).collect();
            let worth: Vec<i64> = told.iter().filter_map(|order| amount(order)).collect();
            let back = told.iter().filter_map(|order| refund(order)).sum();
            (orders.is_empty() || !worth.is_empty()).then(|| (worth.iter().sum(), back))
        };
        // Of orders alone whose amounts nobody knows the sum is unknown.
        let sum = |orders: &[&Order]| {
            let known: Vec<i64> = orders.iter().filter_map(|order| amount(order)).collect();
            (orders.is_empty() || !known.is_empty()).then(|| known.iter().sum::<i64>() as f64 / 100.0)
        };
        let of_buyers: Vec<&Order> = sold.iter().copied().filter(|order| order.buyer.is_some()).collect();
        let mut orders: BTreeMap<u8, usize> = BTreeMap::new();
        for order in &of_buyers {
            *orders.entry(order.buyer.unwrap()).or_default() += 1;
        }
        let buyers = orders.len();
        if self.orders_name_buyers() {
            share("repurchase.customer_rate_unmerged", orders.values().filter(|count| **count > 1).count(), buyers);
            share("repurchase.order_rate", of_buyers.len() - buyers, of_buyers.len());
            let days = days(&of_buyers);
            let all: usize = days.values().map(BTreeSet::len).sum();
            let again = |days: &BTreeMap<u8, BTreeSet<i64>>| days.values().filter(|days| days.len() > 1).count();
            share("repurchase.customer_rate", again(&days), days.len());
            share("repurchase.order_rate_merged", all - days.len(), all);
            let until = |order: &&&Order| {
                let end = self.options.period.map(|period| i64::from(period.to.0));
                end.is_none_or(|end| paid_at(order).is_some_and(|time| day_of(time) <= end))
            };
            let ever = with.iter().filter(until).copied().filter(|order| self.counts(order) && order.buyer.is_some());
            let ever = self::days(&ever.collect::<Vec<_>>());
            share("repurchase.returning_rate", again(&ever), ever.len());
            let gaps = |days: &BTreeSet<i64>| days.iter().zip(days.iter().skip(1)).map(|(a, b)| (b - a) as f64).collect::<Vec<_>>();
            let gaps: Vec<Vec<f64>> = days.values().map(gaps).filter(|gaps| !gaps.is_empty()).collect();
            if !gaps.is_empty() {
                let means = gaps.iter().map(|gaps| gaps.iter().sum::<f64>() / gaps.len() as f64).sum();
                out.insert("cycle.customer", (means, Some(gaps.len() as f64)));
                let all = gaps.concat();
                out.insert("cycle.customer_pooled", (all.iter().sum(), Some(all.len() as f64)));
            }
            let lasted = self.lasted(product, &of_buyers);
            if !lasted.is_empty() {
                out.insert("cycle.product", (lasted.iter().sum(), Some(lasted.len() as f64)));
            }
            out.insert("orders.buyers", (buyers as f64, None));
            let priced: BTreeSet<_> = of_buyers.iter().filter(|order| amount(order).is_some()).map(|order| order.buyer).collect();
            if let Some(sum) = sum(&of_buyers).filter(|_| !priced.is_empty()) {
                out.insert("sales.per_buyer", (sum, Some(priced.len() as f64)));
            }
        }
        out.insert("orders.paid", (sold.len() as f64, None));
        if let Some(sum) = sum(&sold) {
            out.insert("sales.paid_amount", (sum, None));
        }
        if let Some((worth, back)) = told(&paid).filter(|(worth, _)| *worth != 0) {
            out.insert("refund.amount_rate", (back as f64 / 100.0, Some(worth as f64 / 100.0)));
        }
        if let Some((worth, back)) = told(&sold) {
            out.insert("sales.net_amount", ((worth - back) as f64 / 100.0, None));
        }
    }

    /// Days to the same buyer's next purchase of the product, for each piece.
    fn lasted(&self, product: u8, sold: &[&Order]) -> Vec<f64> {
        let mut bought: BTreeMap<u8, BTreeMap<i64, i64>> = BTreeMap::new();
        for order in sold {
            let Some(time) = order.paid.or(order.created) else { continue };
            for line in self.lines(order).iter().filter(|line| line.sku == Some(product)) {
                let Some(pieces) = line.quantity else { continue };
                *bought.entry(order.buyer.unwrap()).or_default().entry(day_of(time)).or_default() += pieces;
            }
        }
        let next = |days: &BTreeMap<i64, i64>| {
            days.iter().zip(days.keys().skip(1)).map(|((day, pieces), next)| (next - day) as f64 / *pieces as f64).collect::<Vec<_>>()
        };
        bought.values().flat_map(next).collect()
    }
}

/// How those were answered in whose talks a link names the product. No copy of these shops lacks seconds, and none is of set hours.
fn responses(talks: &[&Talk], out: &mut BTreeMap<&'static str, Fraction>) {
    let mut over = |id: &'static str, above: i64, below: i64| {
        if below > 0 {
            out.insert(id, (above as f64, Some(below as f64)));
        }
    };
    // Of the rounds whose opening has a time: whether it is the talk's first, and the seconds to the answer.
    let mut rounds: Vec<(bool, Option<i64>)> = Vec::new();
    for talk in talks {
        let mut number = 0;
        let mut opened = None;
        for (at, (role, ..)) in talk.messages.iter().enumerate() {
            match (role, opened) {
                (Role::Buyer, None) => opened = Some(at),
                (Role::Agent, Some(first)) => {
                    rounds.extend(talk.time(first).zip(talk.time(at)).map(|(from, to)| (number == 0, Some(to - from))));
                    (number, opened) = (number + 1, None);
                }
                _ => {}
            }
        }
        rounds.extend(opened.and_then(|first| talk.time(first)).map(|_| (number == 0, None)));
    }
    let answered: Vec<(bool, i64)> = rounds.iter().filter_map(|(first, seconds)| Some((*first, (*seconds)?))).collect();
    let firsts: Vec<i64> = answered.iter().filter(|(first, _)| *first).map(|(_, seconds)| *seconds).collect();
    over("response.first", firsts.iter().sum(), firsts.len() as i64);
    over("response.mean", answered.iter().map(|(_, seconds)| seconds).sum(), answered.len() as i64);
    for (id, limit) in [("response.within_20s", 20), ("response.within_30s", 30), ("response.within_3min", 180)] {
        over(id, answered.iter().filter(|(_, seconds)| *seconds <= limit).count() as i64, rounds.len() as i64);
    }
    let count = |role: Role| talks.iter().flat_map(|talk| &talk.messages).filter(|message| message.0 == role).count() as i64;
    over("response.reply_rate", talks.iter().filter(|talk| talk.replied()).count() as i64, talks.len() as i64);
    over("response.message_ratio", count(Role::Agent), count(Role::Buyer));
}

/// Each buyer's purchase days.
fn days(orders: &[&Order]) -> BTreeMap<u8, BTreeSet<i64>> {
    let mut days: BTreeMap<u8, BTreeSet<i64>> = BTreeMap::new();
    for order in orders {
        if let Some(time) = order.paid.or(order.created) {
            days.entry(order.buyer.unwrap()).or_default().insert(day_of(time));
        }
    }
    days
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * b.abs().max(1.0)
}

fn alike((above, below): Fraction, (known, of): Fraction) -> bool {
    close(above, known) && below.is_some() == of.is_some() && close(below.unwrap_or(0.0), of.unwrap_or(0.0))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn figures_by_product_agree(shop in shop(SMALL), options in options(SMALL.days), one in any::<prop::sample::Index>()) {
        let facts = shop.facts();
        let figures = measure(&facts, &options);
        let words = Words { shop: &shop, options: &options };
        let mut known: BTreeMap<(&str, String), Fraction> = BTreeMap::new();
        for row in figures.tables.products.iter().take(20) {
            let product = (0..PRODUCTS).find(|product| product_name(*product) == row.product).unwrap();
            known.extend(words.figures(product).into_iter().map(|(id, fraction)| ((id, row.product.clone()), fraction)));
        }
        let found: Vec<_> = figures.metrics.iter().filter(|m| m.by.as_ref().is_some_and(|by| by.kind == "product")).collect();
        for metric in &found {
            let ours = (metric.numerator.unwrap(), metric.denominator);
            let expected = known.remove(&(metric.id, metric.by.as_ref().unwrap().name.clone()));
            prop_assert!(expected.is_some_and(|expected| alike(ours, expected)), "{metric:?} {expected:?}");
        }
        prop_assert!(known.is_empty(), "{known:?}");
        if !found.is_empty() {
            let metric = found[one.index(found.len())];
            let rows = rows_of(&facts, &options, metric.id, metric.by.as_ref().unwrap(), usize::MAX).unwrap().rows;
            let sum = |of: fn(&FigureRow) -> f64| rows.iter().map(of).sum::<f64>();
            prop_assert!(close(sum(|row| row.numerator), metric.numerator.unwrap()), "{metric:?} {rows:?}");
            prop_assert!(close(sum(|row| row.denominator), metric.denominator.unwrap_or(0.0)), "{metric:?} {rows:?}");
        }
    }

    /// Beside the period before stands what was then.
    #[test]
    fn figures_by_product_of_the_period_before_agree(shop in shop(SMALL), mut options in options(SMALL.days), from in 2..SMALL.days as i32) {
        let from = START as i32 + from;
        options.period = Some(Period { from: huashu::time::Day(from), to: huashu::time::Day(from + 3) });
        let earlier = Options { period: options.period.map(Period::before), ..options.clone() };
        let then = Words { shop: &shop, options: &earlier };
        let times = then.orders().into_iter().flat_map(|(_, order)| [order.created, order.paid]).flatten();
        let first = times.map(day_of).min().map(|day| day as i32);
        for metric in &measure(&shop.facts(), &options).metrics {
            let of_chats = ["inquiry.", "response.", "service."].iter().any(|family| metric.id.starts_with(family));
            let Some(by) = metric.by.as_ref().filter(|by| by.kind == "product" && !of_chats) else { continue };
            let product = (0..PRODUCTS).find(|product| product_name(*product) == by.name).unwrap();
            let value = then.figures(product).get(metric.id).map(|(above, below)| above / below.unwrap_or(1.0));
            // Where the data begins within the period before there is nothing to compare with.
            let known = value.filter(|_| first.is_some_and(|first| first <= from - 4));
            prop_assert!(metric.previous.flatten().is_some() == known.is_some(), "{metric:?} {known:?}");
            prop_assert!(metric.previous.flatten().zip(known).is_none_or(|(ours, known)| close(ours, known)), "{metric:?} {known:?}");
        }
    }
}

/// A sub-order: product, price and what was paid in yuan, whether it was paid back, and what a ticket that names it says was.
type Sub = (u8, i64, i64, bool, Option<i64>);

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// What was given back on a product, where sub-orders and tickets tell it; some tickets name none.
    #[test]
    fn refunds_by_sub_order_agree(
        orders in proptest::collection::vec(
            (
                proptest::collection::vec((0_u8..3, 1_i64..40, 0_i64..5, proptest::bool::weighted(0.2), proptest::option::weighted(0.3, 1_i64..30)), 1..4),
                proptest::option::weighted(0.2, 1_i64..30),
            ),
            1..8,
        ),
        include in any::<bool>(),
    ) {
        let orders: Vec<(Vec<Sub>, Option<i64>)> = orders
            .into_iter()
            .map(|(subs, ticket)| (subs.into_iter().map(|(p, price, off, back, t)| (p, price, (price - off).max(1), back, t)).collect(), ticket))
            .collect();
        let mut list = String::from("主订单编号,子订单编号,选购商品,商品数量,商品单价,订单应付金额,订单提交时间,订单状态,售后状态\n");
        let mut tickets = String::from("售后单号,订单号,商品单号,退商品金额,售后状态,售后类型\n");
        for (number, (subs, ticket)) in orders.iter().enumerate() {
            for (at, (product, price, paid, back, ticket)) in subs.iter().enumerate() {
                let after = if *back { "退款成功" } else { "-" };
                list += &format!("{number},{number}-{at},p{product},1,{price},{paid},2026-01-05 10:00:00,已完成,{after}\n");
                ticket.iter().for_each(|amount| tickets += &format!("t{number}-{at},{number},{number}-{at},{amount},退款成功,仅退款\n"));
            }
            ticket.iter().for_each(|amount| tickets += &format!("t{number},{number},,{amount},退款成功,仅退款\n"));
        }
        let read = |text: &str| order::read("a.csv", text.as_bytes(), &Default::default()).orders;
        let mut all = read(&list);
        all.merge(read(&tickets));
        let refunded = if include { Refunded::Include } else { Refunded::Exclude };
        let figures = measure(&Facts { orders: all, ..Facts::default() }, &Options { refunded, ..Options::default() });
        for product in 0..3 {
            // Worth, given back, and whether the order was as a whole, of the orders of which it is known.
            let mut told: Vec<(i64, i64, bool)> = Vec::new();
            // Orders with it, and those of them with a refund that was of it for all that is known.
            let (mut with, mut back_on) = (0, 0);
            for (subs, ticket) in orders.iter().filter(|(subs, _)| subs.iter().any(|sub| sub.0 == product)) {
                // 退款成功 says of the whole sub-order what no ticket says of a part.
                let is_whole = |sub: &Sub| sub.3 && sub.4.is_none_or(|ticket| ticket >= sub.2);
                let back_of = |sub: &Sub| sub.4.unwrap_or(if sub.3 { sub.2 } else { 0 });
                let sum = |of: &dyn Fn(&Sub) -> i64, own: bool| subs.iter().filter(|sub| !own || sub.0 == product).map(of).sum::<i64>();
                let tickets = sum(&|sub| sub.4.unwrap_or(0), false) + ticket.unwrap_or(0);
                let back = sum(&back_of, false).max(tickets);
                let whole = subs.iter().all(is_whole) || back >= sum(&|sub| sub.2, false);
                let worth = sum(&|sub| sub.1, true);
                let alone = subs.iter().all(|sub| sub.0 == product);
                let own = sum(&back_of, true);
                // As large a part of the worth as of what was paid, in cents.
                let part = |back: i64, paid: i64| ((back.min(paid) * worth * 100) as f64 / paid as f64).round() as i64;
                let known = match () {
                    () if whole => Some(worth * 100),
                    () if back == 0 => Some(0),
                    () if alone => Some(part(back, sum(&|sub| sub.2, false))),
                    // What a ticket gives back that names no sub-order may be on any of them.
                    () if sum(&back_of, false) < back => None,
                    () => Some(part(own, sum(&|sub| sub.2, true))),
                };
                with += 1;
                back_on += u64::from(back > 0 && known != Some(0));
                told.extend(known.map(|back| (worth * 100, back, whole)));
            }
            let of = |id: &str| {
                let is = |m: &&Metric| m.id == id && m.by.as_ref().is_some_and(|by| by.name == format!("p{product}"));
                figures.metrics.iter().find(is).map(|m| (m.numerator.unwrap(), m.denominator))
            };
            let sum = |told: &[(i64, i64, bool)], of: fn(&(i64, i64, bool)) -> i64| told.iter().map(of).sum::<i64>() as f64 / 100.0;
            let (worth, back) = (sum(&told, |t| t.0), sum(&told, |t| t.1));
            prop_assert_eq!(of("refund.amount_rate"), (worth > 0.0).then_some((back, Some(worth))), "{}", product);
            prop_assert_eq!(of("refund.order_rate"), (with > 0).then_some((back_on as f64, Some(with as f64))), "{}", product);
            let row = figures.tables.products.iter().find(|row| row.product == format!("p{product}"));
            prop_assert_eq!(row.map_or((0, 0), |row| (row.refunded, row.paid)), (back_on, with));
            told.retain(|(.., whole)| include || !whole);
            let net = sum(&told, |t| t.0 - t.1);
            prop_assert_eq!(of("sales.net_amount").map_or(0.0, |(net, _)| net), net, "{}", product);
        }
    }
}

/// Figures are told of the twenty products that sold most, and of any other that is asked for.
#[test]
fn figures_are_told_of_the_most_sold_products() {
    let rows = (0..60).map(|number| format!("{number},b,2026-01-05,{number}.00,p{number:02},1\n"));
    let csv = String::from("order_id,buyer,paid_at,paid_amount,sku,quantity\n") + &rows.collect::<String>();
    let facts = huashu::metric::Facts { orders: order::read("a.csv", csv.as_bytes(), &Default::default()).orders, ..Default::default() };
    let figures = measure(&facts, &Options::default());
    let of = |id: &str| {
        figures.metrics.iter().filter(|m| m.id == id && m.by.as_ref().is_some_and(|by| by.kind == "product")).collect::<Vec<_>>()
    };
    let paid = of("sales.paid_amount");
    let names: Vec<&str> = paid.iter().map(|metric| metric.by.as_ref().unwrap().name.as_str()).collect();
    assert_eq!(names, (40..60).rev().map(|number| format!("p{number}")).collect::<Vec<_>>());
    assert_eq!(paid[0].excluded.iter().map(|left_out| (left_out.reason, left_out.count)).collect::<Vec<_>>(), [("other-products", 40)]);
    let asked = rows_of(&facts, &Options::default(), "sales.paid_amount", &By::new("product", "p03").unwrap(), 9).unwrap();
    assert_eq!(asked.rows.iter().map(|row| (row.id.as_str(), row.numerator)).collect::<Vec<_>>(), [("3", 3.0)]);
    assert!(rows_of(&facts, &Options::default(), "sales.paid_amount", &By::new("product", "p99").unwrap(), 9).is_none());
}

/// Of more products than are listed the most sold ones.
#[test]
fn the_most_sold_products_are_listed() {
    let rows = (0..520).map(|number| format!("{number},b,2026-01-05,{number}.00,p{number:03},1\n"));
    let csv = String::from("order_id,buyer,paid_at,paid_amount,sku,quantity\n") + &rows.collect::<String>();
    let facts = huashu::metric::Facts { orders: order::read("a.csv", csv.as_bytes(), &Default::default()).orders, ..Default::default() };
    let found = measure(&facts, &Options::default()).tables.products;
    assert_eq!((found.len(), found[0].amount, found[499].amount), (500, Some(519.0), Some(20.0)));
}
