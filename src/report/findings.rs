//! What figures need to know of a judged conversation.

use super::conversation::ids;
use crate::{
    book::{self, Book},
    link::{Findings, Judged},
    metric::{COMPLAINT, TELLING},
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
        let mut found = Findings::default();
        let (mut complained, mut pleased) = (None, None);
        for hits in judged.hits.0.chunk_by(|a, b| a.message == b.message) {
            let Some(at) = hits.first().map(|hit| hit.message) else { continue };
            let (mut hands_over, mut closes) = (false, false);
            for id in ids(book, hits) {
                hands_over |= id == "transfer";
                closes |= matches!(id, "closing" | "satisfied");
                pleased = if id == "satisfied" { Some(at) } else { pleased };
                complained = if COMPLAINT.contains(&id) { Some(at) } else { complained };
                found.telling.extend(TELLING.iter().find(|(signal, _)| *signal == id).map(|(_, purpose)| (at, *purpose)));
                found
                    .signals
                    .extend(self.signals.binary_search_by(|known| (**known).cmp(id)).ok().and_then(|at| self.signals.get(at)).cloned());
            }
            found.handing.extend(hands_over.then_some(at));
            found.closing.extend(closes.then_some(at));
        }
        found.reopened = complained > pleased;
        sort::plain(&mut found.signals);
        found.signals.dedup();
        found.signals.shrink_to_fit();
        let scenes = || judged.scenes.iter().filter_map(|at| Some((book.scenes.get(*at)?, self.scenes.get(*at)?)));
        let under = |kind: AsProblem| scenes().filter(|(scene, _)| scene.as_problem == kind).map(|(_, id)| Arc::clone(id)).collect();
        let narrow: Vec<Arc<str>> = under(AsProblem::Always);
        found.problems = if narrow.is_empty() { under(AsProblem::Alone) } else { narrow };
        found.scenes = scenes().map(|(_, id)| Arc::clone(id)).collect();
        found.after_sale = !found.scenes.is_empty() && scenes().all(|(scene, _)| scene.after_sale);
        let verdicts = judged.verdicts.iter().filter(|v| v.result != Outcome::Skip).filter_map(|verdict| {
            let rule = Arc::clone(self.rules.get(verdict.rule)?);
            Some(Judged { rule, passed: verdict.result == Outcome::Pass })
        });
        found.verdicts = verdicts.collect();
        found.verdicts.shrink_to_fit();
        found.alerts = judged.alarms.iter().filter_map(|alarm| self.alerts.get(alarm.alert).cloned()).collect();
        found.alerts.dedup();
        found
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
    fn what_is_told_is_told_by_a_message() {
        let book = Book::standard();
        let chats = crate::chat::read("a.txt", "客户：在吗\n客服：您的订单还没付款哦\n客户：好\n".as_bytes(), &Default::default());
        let found = findings(&book, &book.judge(&chats.conversations[0], None, &mut Default::default()));
        assert_eq!(found.telling, [(1, crate::side::Purpose::Payment)]);
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
