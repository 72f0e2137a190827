//! What several buyers complain about (Q9, U18), and conversations that want a human at once (T9): the tables `issues` and `alerts`.

use super::{
    Before,
    select::View,
    service::{complains, settled},
    talk::{Talks, time_of},
};
use crate::{
    link::{Contact, Reviewed, buyer_key},
    order::{NONE, Names},
    sort,
    time::Time,
};
use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::String,
    vec,
    vec::Vec,
};
use core::cmp::Reverse;
use serde::Serialize;

/// An order of more products than this does not tell which of them is meant.
const TELLING: usize = 10;

/// A problem with a product. It is for the product team once several buyers have it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Issue {
    /// The scene of the complaint; `null` where the talk belongs to none.
    pub problem: Option<String>,
    /// The SKU of the buyer's latest paid order before the talk, of two in the same second the one with the later number; for a review
    /// the product that its table names, else that of the order it names. Of an order of several SKUs each; `null` where there is
    /// none, or more than ten.
    pub product: Option<String>,
    /// The title that the export has beside its code; `null` where it has none.
    pub title: Option<String>,
    /// Conversations with a complaint or an escalation.
    pub conversations: u64,
    /// Bad reviews, and reviews without stars that complain.
    pub reviews: u64,
    /// Distinct buyers; a conversation without a buyer's name counts as none.
    pub buyers: u64,
    /// What is to be watched until it is solved: reviews without a reply, conversations whose buyer was not heard to be satisfied.
    pub open: u64,
    /// The latest of these conversations; of reviews where there is none (`review#1`).
    pub latest: String,
    /// The row of the period before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Before<Self>,
}

/// A conversation with an alert: a row of the table `alerts`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AlertRow {
    /// The alert's id in the book.
    pub alert: String,
    /// The conversation's id.
    pub conversation: String,
    /// The buyer, where the chat names one.
    pub buyer: Option<String>,
    /// The agent who spoke last.
    pub agent: Option<String>,
    /// When the conversation began.
    pub at: Option<Time>,
}

/// A conversation with a complaint, or a review as one.
pub(super) type Complaint<'a> = (&'a Contact, Option<&'a Reviewed>);

/// Problems by scene and product, those of most buyers first.
pub(super) fn issues(view: &View, talks: &Talks, reviews: &[&Reviewed]) -> Vec<Issue> {
    let mut complaints: Vec<Complaint> = talks.contacts.iter().filter(|c| complains(c)).map(|contact| (*contact, None)).collect();
    complaints.extend(reviews.iter().map(|review| (&review.talk, Some(*review))));
    let products = products(view, &complaints);
    // Scene and product; conversations, reviews, open ones, buyers, the latest conversation.
    type Rows<'a> = BTreeMap<(Option<&'a str>, Option<&'a str>), ([u64; 3], BTreeSet<&'a str>, &'a Contact)>;
    let mut rows: Rows = BTreeMap::new();
    for ((contact, review), products) in complaints.iter().copied().zip(&products) {
        let open = match review {
            Some(review) => !review.talk.replied,
            None => !settled(contact),
        };
        let scenes: Vec<Option<&str>> = contact.found.problems.iter().map(|scene| Some(&**scene)).collect();
        let scenes = if scenes.is_empty() { Vec::from([None]) } else { scenes };
        let named = review.and_then(|review| review.product.as_deref());
        let skus: Vec<Option<&str>> = match named {
            Some(product) => Vec::from([Some(product)]),
            None => products.iter().map(|sku| view.orders.skus.get(*sku)).collect(),
        };
        let skus = if skus.is_empty() { Vec::from([None]) } else { skus };
        for key in scenes.iter().flat_map(|scene| skus.iter().map(|sku| (*scene, *sku))) {
            let row = rows.entry(key).or_insert(([0; 3], BTreeSet::new(), contact));
            let [conversations, of_reviews, still_open] = &mut row.0;
            *conversations += u64::from(review.is_none());
            *of_reviews += u64::from(review.is_some());
            *still_open += u64::from(open);
            row.1.extend(contact.buyer.as_deref());
            // Conversations come first: a review never takes the place of one.
            let alike = review.is_none() || *conversations == 0;
            if alike && (time_of(contact), &contact.id) > (time_of(row.2), &row.2.id) {
                row.2 = contact;
            }
        }
    }
    let mut rows: Vec<Issue> = rows
        .into_iter()
        .map(|((problem, product), ([conversations, reviews, open], buyers, latest))| Issue {
            problem: problem.map(String::from),
            product: product.map(String::from),
            title: product.and_then(|name| view.orders.titles.get(view.orders.skus.find(name)?)).map(String::from),
            conversations,
            reviews,
            open,
            buyers: buyers.len() as u64,
            latest: latest.id.clone(),
            previous: None,
        })
        .collect();
    sort::by_key(&mut rows, |row| Reverse((row.buyers, row.conversations + row.reviews)));
    rows
}

/// For each complaint, or any other talk, the SKUs of the order that it is about; none where there are more than [`TELLING`].
pub(super) fn products(view: &View, complaints: &[Complaint]) -> Vec<Vec<u32>> {
    if complaints.is_empty() || view.orders.lines.order.is_empty() {
        return complaints.iter().map(|_| Vec::new()).collect();
    }
    let mut names = Names::default();
    for (contact, _) in complaints {
        if let Some(name) = contact.buyer.as_deref() {
            names.intern(&buyer_key(name));
        }
    }
    let ours = view.among(&names);
    let mut bought: Vec<(u32, i64, &str, u32)> = view
        .rows()
        .filter(super::select::Row::is_paid)
        .filter_map(|row| {
            let buyer = ours.get(row.buyer as usize).copied().flatten()?;
            let time = view.times(&row).1;
            (time != NONE).then_some((buyer, time, view.orders.ids.get(row.at).unwrap_or_default(), row.at))
        })
        .collect();
    sort::plain(&mut bought);
    let named = |review: Option<&Reviewed>| view.orders.ids.find(review?.order.as_deref()?);
    let latest = |contact: &Contact| {
        let buyer = names.find(&buyer_key(contact.buyer.as_deref()?))?;
        let until = time_of(contact)?.seconds();
        let end = bought.partition_point(|&(of, time, ..)| (of, time) < (buyer, until));
        let &(of, _, _, order) = bought.get(end.checked_sub(1)?)?;
        (of == buyer).then_some(order)
    };
    let about: Vec<Option<u32>> = complaints.iter().map(|(contact, review)| named(*review).or_else(|| latest(contact))).collect();
    let mut wanted = vec![false; view.orders.len()];
    for order in about.iter().flatten() {
        if let Some(wanted) = wanted.get_mut(*order as usize) {
            *wanted = true;
        }
    }
    // Order and SKU, each pair once.
    let lines = view.orders.lines.order.iter().copied().zip(view.products());
    let mut within: Vec<(u32, u32)> =
        lines.filter(|(order, sku)| *sku != u32::MAX && wanted.get(*order as usize).copied().unwrap_or(false)).collect();
    sort::plain(&mut within);
    within.dedup();
    let skus = |order: u32| {
        let from = within.partition_point(|(of, _)| *of < order);
        within.iter().skip(from).take_while(move |(of, _)| *of == order).map(|(_, sku)| *sku)
    };
    let few = |order: u32| (skus(order).nth(TELLING).is_none()).then(|| skus(order).collect());
    about.into_iter().map(|order| order.and_then(few).unwrap_or_default()).collect()
}

/// Conversations with an alert, latest first.
pub(super) fn alerts(talks: &Talks) -> Vec<AlertRow> {
    let mut rows: Vec<AlertRow> = talks
        .contacts
        .iter()
        .flat_map(|contact| {
            contact.found.alerts.iter().map(|alert| AlertRow {
                alert: String::from(&**alert),
                conversation: contact.id.clone(),
                buyer: contact.buyer.clone(),
                agent: contact.agents.last().cloned(),
                at: contact.asked_at.or(contact.start),
            })
        })
        .collect();
    sort::by(&mut rows, |a, b| b.at.cmp(&a.at).then_with(|| (&a.conversation, &a.alert).cmp(&(&b.conversation, &b.alert))));
    rows
}

#[cfg(test)]
mod tests {
    use crate::{
        link::Findings,
        metric::{
            Facts, Options, measure,
            sample::{orders, talk_with},
        },
    };
    use alloc::{string::ToString, vec, vec::Vec};

    #[test]
    fn problems_are_counted_by_scene_and_product() {
        let found = |scene: &str| Findings {
            signals: vec!["complaint".into()],
            problems: vec![scene.into()],
            alerts: vec!["angry".into()],
            ..Findings::default()
        };
        let orders = orders(
            "order_id,buyer,paid_at,paid_amount,sku,quantity
1,甲,2026-01-02 10:00:00,10,裙子,1
2,甲,2026-01-09 10:00:00,10,帽子,1
3,乙,2026-01-03 10:00:00,10,裙子,1
",
        );
        let ask = "10:00:00 买家\n10:00:09 客服小美";
        let contacts = vec![
            talk_with("甲", "2026-01-05", ask, found("size")),
            talk_with("乙", "2026-01-06", ask, found("size")),
            talk_with("丙", "2026-01-06", ask, found("size")),
            talk_with("乙", "2026-01-02", ask, found("logistics")),
        ];
        let tables = measure(&Facts { orders, contacts, ..Facts::default() }, &Options::default()).tables;
        let rows: Vec<(Option<&str>, Option<&str>, u64)> =
            tables.issues.iter().map(|r| (r.problem.as_deref(), r.product.as_deref(), r.buyers)).collect();
        assert_eq!(rows, [(Some("size"), Some("裙子"), 2), (Some("logistics"), None, 1), (Some("size"), None, 1)]);
        assert_eq!(tables.alerts.len(), 4);
        assert_eq!(tables.alerts[0].at.unwrap().to_string(), "2026-01-06T10:00:00");
    }
}
