//! `require`: something must be said, somewhere or at a certain place.

use super::{
    Anchor, Buyer, Case, Evidence, Fault, Finding, Mark, Window,
    case::evidence,
    table::{Names, who},
};
use crate::{
    chat::Role,
    signal::{Hit, SignalId, Who},
    toml::Fields,
};
use alloc::vec::Vec;
use core::ops::Range;

/// The place where it must be said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Where {
    /// Anywhere in the window.
    #[default]
    Any,
    /// In the first message with words.
    FirstMessage,
    /// In the last message with words.
    LastMessage,
    /// By the end of the first answered round: in its reply, or in what the agent wrote before the buyer did.
    FirstReply,
}

/// Something that must be said. It fails `missing`, once in each part of the window.
///
/// The occasion is that `who` says anything at all at that place, and that `when` was found where the rule has one. The
/// evidence is the first hits, or the message in which it should have been.
///
/// With `begun` it skips `begun` rather than fail where the talk goes on from an earlier one: the agent wrote first, the buyer's first words
/// carry one of these (好的 after an answer given elsewhere), or the buyer talked to the shop earlier that day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Require {
    /// Whose words.
    pub who: Who,
    /// What must be said: any of these.
    pub signals: Vec<SignalId>,
    /// All of them, rather than any.
    pub all: bool,
    /// How often: any of them in all, or each of `all`. 0 and 1 mean once.
    pub at_least: u32,
    /// Where it must be said.
    pub place: Where,
    /// Only in conversations where this was found, wherever that was.
    pub when: Option<Anchor>,
    /// Buyers' first words that go on from an earlier talk; for the beginning of the talk only.
    pub begun: Vec<SignalId>,
    /// The part of the talk.
    pub window: Window,
}

impl Require {
    pub(super) fn parse(fields: &mut Fields, names: &Names) -> Self {
        let who = who(fields, Who::Agent);
        let places = [
            ("any", Where::Any),
            ("first-message", Where::FirstMessage),
            ("last-message", Where::LastMessage),
            ("first-reply", Where::FirstReply),
        ];
        let (begun_place, begun) = (fields.place_of("begun"), fields.texts("begun"));
        let place = fields.choice("where", &places).unwrap_or_default();
        if !begun.is_empty() && !matches!(place, Where::FirstReply | Where::FirstMessage) {
            let message = "begun 只用于 where = \"first-reply\" 或 \"first-message\" / begun goes with where = \"first-reply\" or \"first-message\" only";
            fields.errors().add(begun_place, "book-value", message);
        }
        let least_place = fields.place_of("at_least");
        let at_least = fields.whole("at_least", 1000).unwrap_or(1);
        if at_least == 0 {
            fields.errors().add(least_place, "book-value", "at_least 从 1 起 / at_least begins with 1");
        }
        Self {
            who,
            signals: names.need_signals(fields, who),
            all: fields.boolean("all").unwrap_or(false),
            at_least,
            place,
            begun: names.resolve(&begun, Who::Buyer, fields.errors()),
            when: names.anchor(fields, "when", Who::Any),
            window: Window::parse(fields, names),
        }
    }

    pub(super) fn judge(&self, case: &Case) -> Finding {
        self.window.judge(case, &|range| self.judge_part(case, range))
    }

    fn judge_part(&self, case: &Case, window: Range<usize>) -> Finding {
        let mut shown = Vec::new();
        if let Some(when) = &self.when {
            let Some(first) = case.hits(when.who, &when.signals).first().copied() else { return Finding::no_occasion() };
            shown.push(evidence(&first, Mark::When));
        }
        let Some(range) = self.range(case, window) else { return Finding::no_occasion() };
        let Some((last_said, _)) = case.said(self.who, range.clone()).next_back() else { return Finding::no_occasion() };
        let needed = self.at_least.max(1) as usize;
        let first = |signals: &[SignalId]| -> Option<Vec<Hit>> {
            let mut hits = case.hits_in(self.who, signals, range.clone());
            hits.truncate(needed);
            (hits.len() == needed).then_some(hits)
        };
        let found = if self.all {
            let each: Option<Vec<Vec<Hit>>> = self.signals.iter().map(|signal| first(core::slice::from_ref(signal))).collect();
            each.map(|each| each.concat())
        } else {
            first(&self.signals)
        };
        match found {
            Some(hits) => {
                let at = hits.first().map_or(last_said, |h| h.message as usize);
                shown.extend(hits.iter().map(|h| evidence(h, Mark::Hit)));
                Finding::pass(at, shown)
            }
            None if self.goes_on(case) => Finding::skip("begun"),
            None => {
                if self.place != Where::Any {
                    shown.push(Evidence::message(last_said, Mark::Then));
                }
                Finding::fail([Fault::Other(last_said)].into(), "missing", shown)
            }
        }
    }

    /// Whether the talk goes on from an earlier one.
    fn goes_on(&self, case: &Case) -> bool {
        if self.begun.is_empty() {
            return false;
        }
        let first = (0..case.conversation.messages.len()).find(|at| case.is_human(*at)).unwrap_or_default();
        let asked = case.said(Who::Buyer, 0..case.conversation.messages.len()).next();
        let answers = asked.is_some_and(|(at, _)| !case.hits_in(Who::Buyer, &self.begun, at..at + 1).is_empty());
        case.role(first) == Some(Role::Agent) || answers || case.known.is(Buyer::Talking) == Some(true)
    }

    /// The messages of the place; `None` where it does not exist.
    fn range(&self, case: &Case, window: Range<usize>) -> Option<Range<usize>> {
        let one = |message: usize| message..message + 1;
        match self.place {
            Where::Any => Some(window),
            Where::FirstMessage => case.said(self.who, window).next().map(|(i, _)| one(i)),
            Where::LastMessage => case.said(self.who, window).next_back().map(|(i, _)| one(i)),
            Where::FirstReply => {
                let last = *case.rounds.first()?.reply.last()?;
                Some(window.start..window.end.min(last + 1))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::{
        Bound, Kind, Side,
        sample::{judge, talk, verdict},
    };
    use alloc::{string::String, vec};

    const SIGNALS: &[&[&str]] = &[&["您好"], &["再见", "感谢光临"], &["拍下"]];

    #[test]
    fn a_talk_that_goes_on_is_no_new_one() {
        let rule = Require { begun: vec![2], ..require(&[0], Where::FirstReply) };
        let check = |text| verdict(Kind::Require(rule.clone()), text, SIGNALS);
        assert_eq!(check("买家 有货吗\n客服 有的"), "fail 1 missing 1:then:");
        assert_eq!(check("买家 拍下了\n客服 好"), "skip begun");
        assert_eq!(check("买家 拍下了\n客服 您好"), "pass 1:hit:您好");
        assert_eq!(check("买家 有货吗\n买家 拍下了\n客服 好"), "fail 1 missing 2:then:");
        assert_eq!(check("客服 到货了\n买家 好的\n客服 给您留着"), "skip begun");
        assert_eq!(check("系统 开始\n客服 到货了\n买家 好的\n客服 给您留着"), "skip begun");
        let conversation = talk("买家 有货吗\n客服 有的");
        let rounds = crate::chat::round::rounds(&conversation);
        let known = crate::link::Known::default().with(Buyer::Talking, true);
        let case = Case::new(&conversation, &rounds, &crate::signal::Hits::default(), &[], known);
        assert_eq!(rule.judge(&case).because.as_deref(), Some("begun"));
    }

    fn require(signals: &[u16], place: Where) -> Require {
        Require { who: Who::Agent, signals: signals.to_vec(), place, ..Require::default() }
    }

    fn check(require: Require, text: &str) -> String {
        verdict(Kind::Require(require), text, SIGNALS)
    }

    #[test]
    fn anywhere() {
        assert_eq!(check(require(&[0], Where::Any), "买家 在吗\n客服 在的\n客服 您好，您好"), "pass 2:hit:您好");
        assert_eq!(check(require(&[0], Where::Any), "买家 您好\n机器人 您好\n客服 在"), "fail 1 missing");
        assert_eq!(check(require(&[0], Where::Any), "买家 您好\n机器人 您好"), "skip no-occasion");
    }

    #[test]
    fn all_of_them() {
        let all = Require { all: true, ..require(&[0, 1], Where::Any) };
        assert_eq!(check(all.clone(), "客服 您好\n买家 好\n客服 感谢光临"), "pass 0:hit:您好 2:hit:感谢光临");
        assert_eq!(check(all, "客服 您好"), "fail 1 missing");
        let twice = Require { at_least: 2, ..require(&[0, 1], Where::Any) };
        assert_eq!(check(twice.clone(), "客服 您好\n买家 好\n客服 再见，再见"), "pass 0:hit:您好 2:hit:再见");
        assert_eq!(check(twice, "买家 您好\n客服 您好"), "fail 1 missing");
    }

    #[test]
    fn first_and_last_message_are_those_with_words() {
        let talk = "机器人 您好\n买家 在吗\n客服 【图片】\n客服 在的\n客服 您好\n客服 【图片】";
        assert_eq!(check(require(&[0], Where::FirstMessage), talk), "fail 1 missing 3:then:");
        assert_eq!(check(require(&[0], Where::LastMessage), talk), "pass 4:hit:您好");
    }

    #[test]
    fn first_reply_includes_what_came_before_the_buyer() {
        let place = || require(&[0], Where::FirstReply);
        assert_eq!(check(place(), "客服 您好\n买家 在吗\n客服 在的"), "pass 0:hit:您好");
        assert_eq!(check(place(), "买家 在吗\n客服 在的\n机器人 菜单\n客服 您好"), "pass 3:hit:您好");
        assert_eq!(check(place(), "买家 在吗\n客服 在的\n买家 有货吗\n客服 您好"), "fail 1 missing 1:then:");
        assert_eq!(check(place(), "买家 在吗\n机器人 您好"), "skip no-occasion");
    }

    #[test]
    fn condition_and_window() {
        let anchor = Anchor { who: Who::Buyer, signals: vec![2] };
        let when = Require { when: Some(anchor.clone()), ..require(&[1], Where::Any) };
        assert_eq!(check(when.clone(), "客服 感谢光临\n买家 拍下了"), "pass 0:hit:感谢光临 1:when:拍下");
        assert_eq!(check(when.clone(), "客服 感谢光临\n买家 再看看"), "skip no-occasion");
        assert_eq!(check(when, "买家 拍下了\n客服 好的"), "fail 1 missing 0:when:拍下");
        let bounds = vec![Bound { side: Side::After, anchor, reach: None }];
        let after = Require { window: Window { bounds, ..Window::default() }, ..require(&[1], Where::Any) };
        assert_eq!(check(after, "客服 感谢光临\n买家 拍下了\n客服 好的"), "fail 1 missing 1:when:拍下");
    }

    #[test]
    fn a_transfer_hands_the_duty_over() {
        let text = "买家 在吗\n客服小美 您好\n系统 转接\n客服小李 在的";
        let agent = |place, signal| judge(Kind::Require(require(&[signal], place)), text, SIGNALS).agent(&talk(text)).map(String::from);
        assert_eq!(agent(Where::Any, 0).as_deref(), Some("客服小美"));
        assert_eq!(agent(Where::Any, 1).as_deref(), Some("客服小李"));
        assert_eq!(agent(Where::FirstMessage, 1).as_deref(), Some("客服小美"));
    }
}
