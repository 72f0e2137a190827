//! The table `lift`: which wording sells.

use crate::{
    chances::{Four, differs},
    shop::{Columns, SMALL, START, Shop, Size, Talk, options, shop},
    words::{Inquirer, Words, day_of},
};
use huashu::{
    chat::Role,
    metric::{Lift, Options, Period, measure},
    time::Day,
};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const OUTCOMES: [&str; 5] = ["ordered", "satisfied", "rated", "refunded", "again"];

type Counts<'t> = BTreeMap<(&'static str, &'t str), Four>;

impl Words<'_> {
    /// Whether every rating of the buyer's talks is a good one: those that name one of them, and those that name none of the talks
    /// there are and are the buyer's, of the period. None without any.
    fn rated(&self, buyer: u8, inquirer: &Inquirer) -> Option<bool> {
        let is_about = |rating: &&crate::shop::Rating| match rating.talk.filter(|talk| *talk < self.shop.talks.len()) {
            Some(talk) => inquirer.talks.iter().any(|(number, _)| *number == talk),
            None => rating.buyer == Some(buyer) && self.maybe_within(rating.at),
        };
        let about: Vec<bool> = self.shop.ratings.iter().filter(is_about).map(|rating| rating.stars >= 4).collect();
        (!about.is_empty()).then(|| about.iter().all(|good| *good))
    }

    /// Of the buyers who can tell, whether it happened to this one.
    fn happened(&self, outcome: &str, buyer: u8, inquirer: &Inquirer) -> Option<bool> {
        let paid: Vec<_> = inquirer.orders.iter().filter(|order| self.is_paid(order)).collect();
        match outcome {
            "ordered" => (!self.is_open(inquirer)).then_some(!inquirer.orders.is_empty()),
            "satisfied" => Some(inquirer.talks.iter().any(|(_, talk)| talk.has("satisfied"))),
            "rated" => self.rated(buyer, inquirer),
            "refunded" => (!paid.is_empty()).then(|| paid.iter().all(|order| self.is_refunded(order))),
            // Who paid and bought since the inquiry: whether on more than one day.
            _ => {
                let all = self.orders();
                let own = all.iter().map(|(_, order)| order).filter(|order| order.buyer == Some(buyer) && self.counts(order));
                let times = own.filter_map(|order| order.paid.or(order.created));
                let days: BTreeSet<i64> = times.filter(|time| inquirer.first.is_some_and(|first| *time >= first)).map(day_of).collect();
                (!paid.is_empty() && !days.is_empty()).then_some(days.len() > 1)
            }
        }
    }

    fn lift(&self, outcome: &str) -> Counts<'_> {
        let mut counts = Counts::new();
        let inquirers = self.inquirers();
        let told = |inquirer: &Inquirer| -> BTreeSet<&'static str> {
            inquirer.talks.iter().filter(|(_, talk)| talk.replied()).flat_map(|(_, talk)| talk.signals.clone()).collect()
        };
        let signals: BTreeSet<&str> = inquirers.values().flat_map(told).collect();
        for (buyer, inquirer) in &inquirers {
            let Some(happened) = self.happened(outcome, *buyer, inquirer) else { continue };
            // Nobody could tell anything to a buyer who was not answered.
            if inquirer.talks.iter().any(|(_, talk)| talk.replied()) {
                for signal in signals.iter().filter(|signal| (outcome, **signal) != ("satisfied", "satisfied")) {
                    counts.entry(("signal", signal)).or_default().add(told(inquirer).contains(signal), happened);
                }
            }
            // A rule was kept where it was never broken.
            let mut kept: BTreeMap<&str, bool> = BTreeMap::new();
            for (rule, passed) in inquirer.talks.iter().flat_map(|(_, talk)| &talk.verdicts) {
                *kept.entry(rule).or_insert(true) &= passed;
            }
            for (rule, kept) in kept {
                counts.entry(("rule", rule)).or_default().add(kept, happened);
            }
        }
        counts
    }
}

fn shops() -> impl Strategy<Value = Shop> {
    // Now and then enough buyers that no group is small.
    prop_oneof![
        6 => shop(SMALL),
        3 => shop(Size { buyers: 20, talks: 40, orders: 40, ratings: 30, reviews: 1, ..SMALL }),
        1 => shop(Size { buyers: 90, talks: 130, orders: 100, ratings: 60, reviews: 1, ..SMALL }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn lift_agrees(shop in shops(), options in options(SMALL.days)) {
        let figures = measure(&shop.facts(), &options);
        let words = Words { shop: &shop, options: &options };
        let mut outcomes: Vec<&str> = figures.tables.lift.iter().map(|row| row.outcome).collect();
        outcomes.dedup();
        let place = |outcome: &str| OUTCOMES.iter().position(|known| *known == outcome);
        prop_assert!(outcomes.is_sorted_by_key(|outcome| place(outcome)), "{outcomes:?}");
        for outcome in OUTCOMES {
            let rows: Vec<&Lift> = figures.tables.lift.iter().filter(|row| row.outcome == outcome).collect();
            let of_chats = ["satisfied", "rated"].contains(&outcome);
            let known = if of_chats || words.joined() { words.lift(outcome) } else { Counts::new() };
            // Of those who were answered, or of whom the rule was judged, the open ones are counted.
            let inquirers = words.inquirers();
            let open = |row: &Lift| {
                let asked = |inquirer: &&Inquirer| {
                    inquirer.talks.iter().any(|(_, talk)| match row.kind {
                        "signal" => talk.replied(),
                        _ => talk.verdicts.iter().any(|(rule, _)| *rule == row.id),
                    })
                };
                inquirers.values().filter(|inquirer| words.is_open(inquirer)).filter(asked).count() as u64
            };
            for row in &rows {
                prop_assert_eq!(row.open, (outcome == "ordered").then(|| open(row)), "{:?}", row);
            }
            let differs = differs(&rows, &known, usize::MAX, &|_, _| true);
            prop_assert!(differs.is_none(), "{outcome}: {}", differs.unwrap());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Beside each row stands what it was in the period before, as far as the data hold all of that.
    #[test]
    fn lift_of_the_period_before_agrees(mut shop in shops(), mut options in options(SMALL.days), from in 2..SMALL.days as i32, days in 0..4) {
        // What has no date is of no period before.
        let any = START * crate::shop::DAY;
        shop.talks.iter_mut().filter(|talk| talk.asked().is_none()).for_each(|talk| talk.start = Some(any));
        shop.ratings.iter_mut().for_each(|rating| rating.at = rating.at.or(Some(any)));
        let from = Day(START as i32 + from);
        let before = Period { from, to: Day(from.0 + days) }.before();
        options.period = Some(Period { from, to: Day(from.0 + days) });
        let figures = measure(&shop.facts(), &options);
        let now = Words { shop: &shop, options: &options };
        let begins = |times: Vec<i64>| times.into_iter().map(day_of).min().is_some_and(|first| first <= i64::from(before.from.0));
        let chats = begins(now.all_talks().into_iter().filter_map(|(_, talk)| talk.asked()).collect());
        let orders = begins(now.orders().into_iter().flat_map(|(_, order)| [order.created, order.paid]).flatten().collect());
        let earlier = Options { period: Some(before), ..options.clone() };
        let then = Words { shop: &shop, options: &earlier };
        for row in &figures.tables.lift {
            let compared = chats && (["satisfied", "rated"].contains(&row.outcome) || (orders && then.joined()));
            prop_assert_eq!(row.previous.is_some(), compared, "{:?}", row);
            let counts = then.lift(row.outcome);
            let known = counts.get(&(row.kind, row.id.as_str())).copied().filter(|four| compared && four.compares());
            let old = row.previous.as_ref().and_then(Option::as_deref).map(|old| Four {
                with: old.with_count,
                with_outcome: old.with_outcome,
                without: old.without_count,
                without_outcome: old.without_outcome,
            });
            prop_assert_eq!(old, known, "{:?}", row);
        }
    }
}

/// 30 buyers make a group that is not small.
#[test]
fn thirty_are_not_small() {
    let talk = |number: u8| Talk {
        buyer: Some(number),
        start: Some(crate::shop::START * crate::shop::DAY),
        messages: vec![(Role::Buyer, 0, 0), (Role::Agent, 0, 1)],
        signals: if number.is_multiple_of(2) { vec!["benefit"] } else { Vec::new() },
        scenes: Vec::new(),
        after_sale: false,
        verdicts: Vec::new(),
        links: Vec::new(),
    };
    for (buyers, small) in [(60, false), (59, true)] {
        let columns = Columns { buyer: false, created: false, paid: false, state: false };
        let talks = (0..buyers).map(talk).collect();
        let shop = Shop { columns, orders: Vec::new(), talks, ratings: Vec::new(), reviews: Vec::new(), roster: [None; 3] };
        let found = measure(&shop.facts(), &Options::default()).tables.lift;
        assert_eq!(found.iter().map(|row| (row.outcome, row.small)).collect::<Vec<_>>(), [("satisfied", small)]);
    }
}
