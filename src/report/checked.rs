//! What is kept of a conversation that was judged: its score.

use crate::{
    book::{Book, Judged},
    chat::Conversation,
    link::Known,
    rule::{Rule, Verdict},
    score::{Score, counts, score, score_of},
};
use alloc::vec::Vec;

/// What is kept of a conversation that was judged.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// What was known of the buyer.
    pub known: Known,
    /// What its verdicts add up to.
    pub score: Score,
    /// Where several agents took part (transfers): each one's score by the failures and passes that he or she answers for, in the order of
    /// [`Conversation::agents`]. Empty otherwise: one agent alone has the conversation's score.
    pub shares: Vec<Score>,
}

impl Checked {
    /// Scores what the book said of a conversation.
    pub fn of(book: &Book, conversation: &Conversation, judged: &Judged) -> Self {
        let agents = conversation.agents();
        let score = score(&book.score, &book.rules, &judged.verdicts, conversation);
        let share = |agent: &&str| {
            let own = |(at, verdict): (usize, &Verdict)| {
                let mut faults = verdict.faults_of(conversation, agent).peekable();
                faults.peek()?;
                Some((at, faults.filter(|fault| counts(&score.covered, at, *fault)).count() as u32))
            };
            let own: Vec<(usize, u32)> = judged.verdicts.iter().enumerate().filter_map(own).collect();
            score_of(&book.score, &book.rules, &judged.verdicts, &own, conversation)
        };
        Self { known: judged.known.clone(), shares: if agents.len() > 1 { agents.iter().map(share).collect() } else { Vec::new() }, score }
    }

    /// The rule that was charged instead of a verdict's, for some of its failures at least, or that keeps it from its bonus.
    pub fn covered_by<'b>(&self, book: &'b Book, verdict: usize) -> Option<&'b Rule> {
        let at = self.score.covered.partition_point(|cover| cover.verdict < verdict);
        self.score.covered.get(at).filter(|cover| cover.verdict == verdict).and_then(|cover| book.rules.get(cover.by))
    }

    /// What a verdict cost (below 0) or won.
    pub fn points(&self, verdict: usize) -> f64 {
        let at = self.score.lines.binary_search_by_key(&verdict, |line| line.verdict);
        at.ok().and_then(|at| self.score.lines.get(at)).map_or(0.0, |line| line.points)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        report::{
            check,
            sample::{LATE, book, json, named},
        },
        rule::Deduct,
        signal::Scratch,
    };

    #[test]
    fn a_transfer_hands_the_points_over() {
        let book = book();
        let text = "买家 等了三天\n客服小美 在路上\n系统 转接\n买家 人呢\n客服小李 嗯\n客服小李 嗯";
        let found = json(&check(&book, &[named("a", text)], |_| None));
        assert_eq!(found["conversations"][0]["score"]["value"], 75);
        let agents: Vec<_> =
            found["agents"].as_array().unwrap().iter().map(|a| (a["agent"].as_str().unwrap(), a["score"].as_f64().unwrap())).collect();
        assert_eq!(agents, [("客服小美", 90.0), ("客服小李", 85.0)]);
    }

    #[test]
    fn agents_who_fail_the_same_rule_lose_by_it_each() {
        let book = book();
        let text = "买家 在吗\n客服小美 嗯\n系统 转接\n客服小李 嗯\n客服小李 嗯";
        let found = json(&check(&book, &[named("a", text)], |_| None));
        let verdict = &found["conversations"][0]["verdicts"][1];
        assert_eq!(
            (verdict["rule"].as_str(), verdict["points"].as_f64(), verdict["agent"].as_str()),
            (Some("no-terse"), Some(-25.0), Some("客服小美"))
        );
        assert_eq!(verdict["agents"], serde_json::json!(["客服小美", "客服小李"]));
        let agents: Vec<_> =
            found["agents"].as_array().unwrap().iter().map(|a| (a["agent"].as_str().unwrap(), a["lost"].as_f64().unwrap())).collect();
        // Escalating for each from the first on.
        assert_eq!(agents, [("客服小美", 5.0), ("客服小李", 15.0)]);
    }

    #[test]
    fn another_weight_scores_again() {
        let mut book = book();
        let conversation = named("a", LATE);
        let judged = book.judge(&conversation, None, &mut Scratch::default());
        let value = |book: &Book| Checked::of(book, &conversation, &judged).score.value;
        assert_eq!(value(&book), Some(85.0));
        book.rules[0].deduct = Deduct::Once(40.0);
        assert_eq!(value(&book), Some(55.0));
    }
}
