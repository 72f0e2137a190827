//! What figures need to know of a judged conversation.

use super::signals_of;
use crate::{
    book::{self, Book},
    link::{Findings, Judged},
    metric::COMPLAINT,
    rule::{AsProblem, Outcome},
    sort,
};
use alloc::{sync::Arc, vec::Vec};

/// The ids of a book, made once and shared by what is found in all conversations.
#[derive(Clone, Debug, Default)]
pub struct Ids {
    signals: Vec<Arc<str>>,
    scenes: Vec<Arc<str>>,
    rules: Vec<Arc<str>>,
    alerts: Vec<Arc<str>>,
}

impl Ids {
    /// Those of a book.
    pub fn new(book: &Book) -> Self {
        // Sorted, because they are looked up by name.
        let mut signals: Vec<Arc<str>> = book.signals.iter().map(|s| Arc::from(&*s.id)).collect();
        sort::plain(&mut signals);
        Self {
            signals,
            scenes: book.scenes.iter().map(|s| Arc::from(&*s.id)).collect(),
            rules: book.rules.iter().map(|r| Arc::from(&*r.id)).collect(),
            alerts: book.alerts.iter().map(|a| Arc::from(&*a.id)).collect(),
        }
    }

    /// What the book found in a conversation, by ids, for [`crate::link::Contact::of`].
    pub fn findings(&self, book: &Book, judged: &book::Judged) -> Findings {
        let last = judged.hits.0.last().map_or(0, |hit| hit.message as usize + 1);
        let mut signals: Vec<Arc<str>> = (0..last)
            .flat_map(|at| signals_of(book, &judged.hits, at))
            .filter_map(|id| self.signals.get(self.signals.binary_search_by(|known| (**known).cmp(id)).ok()?).cloned())
            .collect();
        sort::plain(&mut signals);
        signals.dedup();
        signals.shrink_to_fit();
        let scenes = || judged.scenes.iter().filter_map(|at| Some((book.scenes.get(*at)?, self.scenes.get(*at)?)));
        let under = |kind: AsProblem| scenes().filter(|(scene, _)| scene.as_problem == kind).map(|(_, id)| Arc::clone(id)).collect();
        let narrow: Vec<Arc<str>> = under(AsProblem::Always);
        let verdicts = judged.verdicts.iter().filter(|v| v.result != Outcome::Skip).filter_map(|verdict| {
            let rule = Arc::clone(self.rules.get(verdict.rule)?);
            Some(Judged { rule, passed: verdict.result == Outcome::Pass })
        });
        let mut verdicts: Vec<Judged> = verdicts.collect();
        verdicts.shrink_to_fit();
        let mut alerts: Vec<Arc<str>> = judged.alarms.iter().filter_map(|alarm| self.alerts.get(alarm.alert).cloned()).collect();
        alerts.dedup();
        let any = |wanted: &[&str]| signals.iter().any(|signal| wanted.contains(&&**signal));
        let has = |at: usize, wanted: &[&str]| signals_of(book, &judged.hits, at).iter().any(|signal| wanted.contains(signal));
        let with = |wanted| -> Vec<u32> {
            if any(wanted) { (0..last).filter(|at| has(*at, wanted)).map(|at| at as u32).collect() } else { Vec::new() }
        };
        let latest = |wanted| if any(wanted) { (0..last).rfind(|at| has(*at, wanted)) } else { None };
        Findings {
            scenes: scenes().map(|(_, id)| Arc::clone(id)).collect(),
            problems: if narrow.is_empty() { under(AsProblem::Alone) } else { narrow },
            after_sale: scenes().next().is_some() && scenes().all(|(scene, _)| scene.after_sale),
            reopened: latest(&COMPLAINT) > latest(&["satisfied"]),
            verdicts,
            alerts,
            handing: with(&["transfer"]),
            closing: with(&["closing", "satisfied"]),
            signals,
        }
    }
}

/// What a book found in one conversation; for many, [`Ids`] are made once.
pub fn findings(book: &Book, judged: &book::Judged) -> Findings {
    Ids::new(book).findings(book, judged)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_complaint_is_counted_under_the_narrowest_scenes() {
        let book = Book::standard();
        let problems = |text: &str| {
            let chats = crate::chat::read("a.txt", text.as_bytes(), &Default::default());
            findings(&book, &book.judge(&chats.conversations[0], None, &mut Default::default())).problems.join(" ")
        };
        assert_eq!(problems("客户：能便宜点吗\n客服：已经是活动价了亲\n客户：上次买的开线了，质量太差了\n客服：给您换新\n"), "defect");
        assert_eq!(problems("客户：你们太让人失望了\n客服：给您添麻烦了\n"), "complaint");
    }

    #[test]
    fn who_complains_after_thanks_is_not_settled() {
        let book = Book::standard();
        let reopened = |text: &str| {
            let chats = crate::chat::read("a.txt", text.as_bytes(), &Default::default());
            findings(&book, &book.judge(&chats.conversations[0], None, &mut Default::default())).reopened
        };
        assert!(reopened("客户：上次买的很满意\n客服：谢谢亲\n客户：不过这次的杯子碎了，质量太差了\n客服：稍等\n"));
        assert!(!reopened("客户：杯子碎了，质量太差了\n客服：给您补发\n客户：很满意\n客服：应该的\n"));
        assert!(!reopened("客户：很满意\n客服：谢谢亲\n"));
    }
}
