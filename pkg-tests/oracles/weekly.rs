//! The table `weekly`: the most complained and the most praised talks of each week, and what set them apart.

use crate::{
    chances::{Four, differs},
    shop::{SMALL, Size, options, shop, talk_name},
    words::{Numbered, Words, day_of},
};
use huashu::{
    metric::{Board, Lift, Options, measure},
    time::Day,
};
use proptest::prelude::*;
use std::{cmp::Reverse, collections::BTreeMap};

const SIZE: Size = Size { days: 75, talks: 50, orders: 2, ratings: 24, reviews: 1, ..SMALL };

/// Days since the Monday of 2026-01-05, a whole number of weeks.
fn monday(time: i64) -> i64 {
    let monday = crate::shop::START + 4;
    monday + (day_of(time) - monday).div_euclid(7) * 7
}

impl Words<'_> {
    /// The worst rating of a talk: of those that name it, else of those of its buyer and week that name none of the talks there are.
    fn stars(&self, (number, talk): Numbered, week: i64) -> Option<u8> {
        let names = |rating: &crate::shop::Rating| rating.talk.filter(|talk| *talk < self.shop.talks.len());
        let own = self.shop.ratings.iter().filter(|rating| names(rating) == Some(number)).map(|rating| rating.stars).min();
        let of_buyer = |rating: &&crate::shop::Rating| {
            names(rating).is_none() && rating.buyer.is_some() && rating.buyer == talk.buyer && rating.at.map(monday) == Some(week)
        };
        own.or(self.shop.ratings.iter().filter(of_buyer).map(|rating| rating.stars).min())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn weekly_agrees(shop in shop(SIZE), mut options in options(SIZE.days)) {
        let lines = ["greeting", "satisfied"].map(|rule| (rule.to_string(), format!("say {rule}")));
        options.board = Board::default().with_lines(lines);
        let found = measure(&shop.facts(), &options).tables.weekly;
        let words = Words { shop: &shop, options: &options };

        // Beside each row stands that of the week before, as it is where no period cuts it; nothing where the chats begin after that.
        let whole = measure(&shop.facts(), &Options { period: None, ..options.clone() }).tables.weekly;
        let begins = words.all_talks().into_iter().filter_map(|(_, talk)| talk.asked()).map(day_of).min();
        let listed_from = whole.last().map(|row| row.week);
        for row in &found {
            let before = Day(row.week.0 - 7);
            let reached = options.period.is_some() && begins.is_some_and(|first| first <= i64::from(before.0));
            prop_assert_eq!(row.previous.is_some(), reached, "{:?}", row);
            if reached && listed_from.is_some_and(|from| from <= before) {
                let known = whole.iter().find(|old| (old.week, old.kind) == (before, row.kind));
                prop_assert_eq!(row.previous.as_ref().and_then(Option::as_deref), known);
            }
        }

        let mut weeks: BTreeMap<i64, Vec<Numbered>> = BTreeMap::new();
        for (number, talk) in words.talks() {
            if let Some(asked) = talk.asked() {
                weeks.entry(monday(asked)).or_default().push((number, talk));
            }
        }
        let mut rows = found.iter();
        let mut listed: Vec<(&str, &str)> = Vec::new();
        for (week, talks) in weeks.into_iter().rev().take(8) {
            let stars = |talk: Numbered| words.stars(talk, week);
            let complained = |talk: Numbered| talk.1.complains() || stars(talk).is_some_and(|stars| stars <= 3);
            let praised = |talk: Numbered| !complained(talk) && (talk.1.has("satisfied") || stars(talk).is_some_and(|stars| stars >= 4));
            for kind in ["complained", "praised"] {
                let bad = kind == "complained";
                let is = |talk: Numbered| if bad { complained(talk) } else { praised(talk) };
                let mut own: Vec<Numbered> = talks.iter().copied().filter(|talk| is(*talk)).collect();
                if own.is_empty() {
                    listed.clear();
                    continue;
                }
                let row = rows.next();
                prop_assert!(row.is_some(), "{week} {kind}");
                let row = row.unwrap();
                prop_assert_eq!((i64::from(row.week.0), row.kind), (week, kind));
                prop_assert_eq!((row.conversations, row.of), (own.len() as u64, talks.len() as u64));
                // Most displeasure, fewest stars, most rules broken; most stars, fewest rules broken.
                own.sort_by_key(|talk| {
                    let displeasure = ["complaint", "escalate", "abuse", "urge"].iter().filter(|signal| talk.1.has(signal)).count();
                    let broken = talk.1.verdicts.iter().filter(|(_, passed)| !passed).count();
                    let worst = (Reverse(displeasure), stars(*talk).unwrap_or(9), Reverse(broken));
                    let best = (Reverse(stars(*talk).unwrap_or(0)), broken);
                    (bad.then_some(worst), (!bad).then_some(best), talk.0)
                });
                let examples: Vec<String> = own.iter().take(5).map(|(number, _)| talk_name(*number)).collect();
                prop_assert_eq!(&row.examples, &examples);

                let mut known: BTreeMap<(&str, &str), Four> = BTreeMap::new();
                for talk in &talks {
                    let telling = ["complaint", "escalate", "satisfied"];
                    let signals = talks.iter().flat_map(|(_, other)| &other.signals).filter(|signal| !telling.contains(signal));
                    for signal in signals.collect::<std::collections::BTreeSet<_>>() {
                        known.entry(("signal", signal)).or_default().add(talk.1.has(signal), is(*talk));
                    }
                    for (rule, passed) in &talk.1.verdicts {
                        known.entry(("rule", rule)).or_default().add(*passed, is(*talk));
                    }
                }
                let apart: Vec<&Lift> = row.apart.iter().collect();
                // What there is more of, a broken rule in complaints; what complaints list is not said again.
                let shown = |key: &(&str, &str), four: &Four| {
                    let more = if bad && key.0 == "rule" { -four.difference() } else { four.difference() };
                    more > 1e-9 && (bad || !listed.contains(key))
                };
                let differs = differs(&apart, &known, 5, &shown);
                prop_assert!(differs.is_none(), "{week} {kind}: {}", differs.unwrap());
                prop_assert!(apart.iter().all(|row| row.outcome == kind));
                if bad {
                    listed = row.apart.iter().map(|row| (row.kind, row.id.as_str())).collect();
                }
                let suggest: Vec<String> =
                    apart.iter().filter(|row| row.kind == "rule").filter(|row| row.id != "no-unanswered").map(|row| format!("say {}", row.id)).collect();
                prop_assert_eq!(&row.suggest, &suggest);
            }
        }
        prop_assert!(rows.next().is_none());
    }
}
