//! The table `issues`: what several buyers complain about, by problem and product.

use crate::{
    shop::{Order, Reviewing, SMALL, options, product_name, shop, talk_name},
    words::Words,
};
use huashu::metric::{Issue, measure};
use proptest::prelude::*;
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

/// Something that counts as a complaint.
#[derive(Clone, Copy, Debug)]
struct Complaint<'t> {
    at: Option<i64>,
    buyer: Option<u8>,
    scenes: &'t [&'static str],
    review: Option<&'t Reviewing>,
    number: usize,
    open: bool,
}

impl Words<'_> {
    fn complaints(&self) -> Vec<Complaint<'_>> {
        let talks = self.talks().into_iter().filter(|(_, talk)| talk.complains()).map(|(number, talk)| Complaint {
            at: talk.asked(),
            buyer: talk.buyer,
            scenes: &talk.scenes,
            review: None,
            number,
            open: !talk.has("satisfied"),
        });
        let bad = |review: &Reviewing| review.stars.map_or(review.complains, |stars| stars <= 3);
        let kept = |review: &Reviewing| !self.listed_buyer(review.buyer) && !review.order.is_some_and(|order| self.listed_order(order));
        let reviews = self.shop.reviews.iter().enumerate().filter(|(_, review)| bad(review) && kept(review));
        let reviews = reviews.map(|(number, review)| Complaint {
            // A review without a date is as old as its reply.
            at: review.at.or(review.reply.flatten()),
            buyer: review.buyer,
            scenes: &review.scenes,
            review: Some(review),
            number,
            open: review.reply.is_none(),
        });
        talks.chain(reviews).filter(|complaint| self.maybe_within(complaint.at)).collect()
    }

    /// The SKUs of an order, where they are few enough to tell which is meant.
    fn skus(order: &Order) -> Vec<String> {
        let lines = order.lines.iter().filter(|line| !line.returned);
        let skus: BTreeSet<String> = lines.filter_map(|line| line.sku).map(product_name).collect();
        if skus.len() > 10 { Vec::new() } else { skus.into_iter().collect() }
    }

    /// The product that a review names, else those of the order it names, else those of the buyer's latest paid order before.
    fn products(&self, complaint: &Complaint) -> Vec<String> {
        if let Some(product) = complaint.review.and_then(|review| review.product) {
            return vec![product_name(product)];
        }
        let named = complaint.review.and_then(|review| review.order);
        if let Some(order) = named.and_then(|number| self.shop.orders.get(number)) {
            return Self::skus(order);
        }
        self.bought_before(complaint.buyer, complaint.at)
    }

    /// The products of the buyer's latest paid order before that time.
    pub fn bought_before(&self, buyer: Option<u8>, at: Option<i64>) -> Vec<String> {
        let orders = self.orders();
        let (Some(buyer), Some(at)) = (buyer, at) else { return Vec::new() };
        let own = orders.iter().filter(|(_, order)| order.buyer == Some(buyer) && self.is_paid(order));
        let before = own.filter_map(|(number, order)| Some((order.paid.or(order.created)?, *number, *order)));
        let latest = before.filter(|(time, ..)| *time < at).max_by_key(|(time, number, _)| (*time, *number));
        latest.map_or_else(Vec::new, |(.., order)| Self::skus(order))
    }

    fn issues(&self) -> Vec<Issue> {
        let mut groups: BTreeMap<(Option<String>, Option<String>), Vec<Complaint>> = BTreeMap::new();
        for complaint in self.complaints() {
            let or_none = |list: Vec<String>| if list.is_empty() { vec![None] } else { list.into_iter().map(Some).collect::<Vec<_>>() };
            for scene in or_none(complaint.scenes.iter().map(|scene| (*scene).into()).collect()) {
                for product in or_none(self.products(&complaint)) {
                    groups.entry((scene.clone(), product)).or_default().push(complaint);
                }
            }
        }
        let mut rows: Vec<Issue> = groups
            .into_iter()
            .map(|((problem, product), of)| {
                let (reviews, talks): (Vec<&Complaint>, Vec<&Complaint>) = of.iter().partition(|complaint| complaint.review.is_some());
                let name = |c: &Complaint| if c.review.is_some() { format!("review#{}", c.number + 1) } else { talk_name(c.number) };
                let latest = |of: &[&Complaint]| of.iter().map(|c| (c.at, name(c))).max();
                Issue {
                    problem,
                    product,
                    title: None,
                    conversations: talks.len() as u64,
                    reviews: reviews.len() as u64,
                    buyers: of.iter().filter_map(|c| c.buyer).collect::<BTreeSet<_>>().len() as u64,
                    open: of.iter().filter(|c| c.open).count() as u64,
                    latest: latest(&talks).or(latest(&reviews)).unwrap().1,
                    previous: None,
                }
            })
            .collect();
        rows.sort_by_key(|row| Reverse((row.buyers, row.conversations + row.reviews)));
        rows
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn issues_agree(shop in shop(SMALL), options in options(SMALL.days)) {
        let mut found = measure(&shop.facts(), &options).tables.issues;
        found.iter_mut().for_each(|row| row.previous = None);
        prop_assert_eq!(found, Words { shop: &shop, options: &options }.issues());
    }
}
