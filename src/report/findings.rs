//! What figures need to know of a judged conversation.

use super::signals_of;
use crate::{
    book::{self, Book},
    link::{Findings, Judged},
    rule::Outcome,
    sort,
};
use alloc::{string::String, vec::Vec};

/// What the book found in a conversation, by ids, for [`crate::link::Contact::of`].
pub fn findings(book: &Book, judged: &book::Judged) -> Findings {
    let last = judged.hits.0.last().map_or(0, |hit| hit.message as usize + 1);
    let mut signals: Vec<String> = (0..last).flat_map(|at| signals_of(book, &judged.hits, at)).map(String::from).collect();
    sort::plain(&mut signals);
    signals.dedup();
    let scenes = || judged.scenes.iter().filter_map(|at| book.scenes.get(*at));
    let verdicts = judged.verdicts.iter().filter(|v| v.result != Outcome::Skip).filter_map(|verdict| {
        let rule = book.rules.get(verdict.rule)?.id.clone();
        Some(Judged { rule, passed: verdict.result == Outcome::Pass })
    });
    let mut alerts: Vec<String> = judged.alarms.iter().filter_map(|alarm| Some(book.alerts.get(alarm.alert)?.id.clone())).collect();
    alerts.dedup();
    Findings {
        signals,
        scenes: scenes().map(|scene| scene.id.clone()).collect(),
        after_sale: scenes().next().is_some() && scenes().all(|scene| scene.after_sale),
        verdicts: verdicts.collect(),
        alerts,
    }
}
