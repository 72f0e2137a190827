//! Rules: what ought to happen in a conversation, in terms of signals. One file per kind.
//!
//! A rule gives one [`Verdict`] per conversation: pass, fail, or skip when it never had its occasion. What a verdict costs
//! is not decided here but in [`crate::score`].
//!
//! Apology first (P2), judged by hand; a book does the same with all its rules at once:
//!
//! ```
//! use huashu::{chat::{self, round::rounds}, rule::{Case, Names, Outcome, Rule}, signal::{Finder, Hits, Signal, Who}};
//! use huashu::toml::{Errors, Fields, Known, parse};
//!
//! let errors = Errors::new(["book.toml"]);
//! let read = |text| Fields::new(parse(text, 0, &errors), &errors);
//! let signals = [
//!     Signal::parse(read("id = 'complaint'\ntitle = '抱怨'\nwho = 'buyer'\nwords = ['等了']")),
//!     Signal::parse(read("id = 'apology'\ntitle = '致歉'\nwho = 'agent'\nwords = ['抱歉']")),
//!     Signal::parse(read("id = 'opening'\ntitle = '称呼'\nwho = 'agent'\nwords = ['亲', '您好']")),
//! ];
//! let known = Known::new("信号", "signal", ["complaint", "apology", "opening"]);
//! let sides = [Who::Buyer, Who::Agent, Who::Agent];
//! let rule = Rule::parse(
//!     read("
//!         id = 'apology-first'
//!         title = '买家抱怨后，首次回复第一句先致歉'
//!         source = 'P2'
//!         principle = 'agreement'
//!         kind = 'reply'
//!         when = { who = 'buyer', signals = 'complaint' }
//!         then = { reply = 'first', where = 'first-sentence', signals = 'apology', opening = 'opening' }
//!     "),
//!     &Names { signals: &known, sides: &sides, own: &[], scenes: &Known::default() },
//! );
//! let finder = Finder::new(&signals, &errors);
//! assert!(errors.is_empty());
//!
//! let judge = |text: &str| {
//!     let chats = chat::read("a.txt", text.as_bytes(), &Default::default());
//!     let conversation = &chats.conversations[0];
//!     let rounds = rounds(conversation);
//!     let verdict = rule.judge(0, &Case::new(conversation, &rounds, &finder.find(conversation), &[], None));
//!     (verdict.result, verdict.because)
//! };
//! // 您好！ is an opening: the first sentence that says something apologises.
//! assert_eq!(judge("买家：等了三天还没到\n客服：您好！\n客服：非常抱歉，马上帮您查"), (Outcome::Pass, None));
//! assert_eq!(judge("买家：等了三天还没到\n客服：在路上了。抱歉"), (Outcome::Fail, Some("missing".into())));
//! assert_eq!(judge("买家：等了三天还没到"), (Outcome::Fail, Some("unanswered".into())));
//! // Nobody complained: that is no pass.
//! assert_eq!(judge("买家：有 L 码吗\n客服：有的亲"), (Outcome::Skip, Some("no-occasion".into())));
//! ```

mod alert;
mod case;
mod fault;
mod flow;
mod forbid;
mod measure;
mod mood;
mod reply;
mod require;
#[cfg(test)]
pub(crate) mod sample;
mod scene;
mod table;
mod tier;
mod window;

pub use alert::{Alarm, Alert, Level, alarms};
pub use case::Case;
pub use fault::Fault;
pub use flow::{Flow, Order, Step};
pub use forbid::Forbid;
pub use measure::{Measure, Of};
pub use mood::Mood;
pub use reply::{Place, Reply, Then, When, Which};
pub use require::{Require, Where};
pub use scene::{AsProblem, Scene, scenes};
pub use table::Names;
pub use tier::{Gap, Tier, gap};
pub use window::{Anchor, Bound, Per, Reach, Side, Window};

pub use crate::link::{Buyer, Known};

use crate::{chat::Conversation, link::REVIEW, sort, toml::Text};
use alloc::{borrow::Cow, string::String, vec::Vec};
use serde::Serialize;

/// How grave a failure is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// A matter of polish.
    #[default]
    Minor,
    /// Costs the shop something.
    Major,
    /// 一票否决: a failure makes the score 0.
    Critical,
}

/// What a failure costs, in points.
#[derive(Clone, Debug, PartialEq)]
pub enum Deduct {
    /// The same, once per conversation, however often the rule fails in it.
    Once(f64),
    /// For the 1st, 2nd, 3rd … time in a conversation (the last repeats), up to `max` in all.
    Escalating {
        /// Points per time.
        steps: Vec<f64>,
        /// The most that one conversation can lose by this rule.
        max: Option<f64>,
    },
}

impl Default for Deduct {
    fn default() -> Self {
        Self::Once(0.0)
    }
}

impl Deduct {
    /// Points lost when the rule failed `times` times in a conversation.
    ///
    /// ```
    /// use huashu::rule::Deduct;
    /// let escalating = Deduct::Escalating { steps: vec![5.0, 10.0, 15.0], max: Some(40.0) };
    /// assert_eq!([1, 2, 3, 4].map(|times| escalating.points(times)), [5.0, 15.0, 30.0, 40.0]);
    /// assert_eq!(Deduct::Once(10.0).points(3), 10.0);
    /// ```
    pub fn points(&self, times: u32) -> f64 {
        match self {
            _ if times == 0 => 0.0,
            Self::Once(points) => *points,
            Self::Escalating { steps, max } => {
                let listed: f64 = steps.iter().take(times as usize).sum();
                let more = (times as usize).saturating_sub(steps.len());
                let sum = listed + steps.last().copied().unwrap_or(0.0) * more as f64;
                max.map_or(sum, |max| sum.min(max))
            }
        }
    }

    /// Points lost by the first failure.
    pub fn first(&self) -> f64 {
        self.points(1)
    }
}

/// One rule of a book.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Stable id in kebab-case.
    pub id: String,
    /// What ought to happen, in Chinese.
    pub title: String,
    /// The same in English.
    pub title_en: String,
    /// The requirements it answers (P2, U3 …).
    pub source: Vec<String>,
    /// The principle it serves; subtotals are made per principle.
    pub principle: String,
    /// The category that is shown; subtotals and caps are made per category. The principle where the book names none.
    pub category: String,
    /// Scenes of the book, any of which must hold; none: the rule always applies.
    pub scenes: Vec<usize>,
    /// How grave a failure is.
    pub severity: Severity,
    /// What a failure costs.
    pub deduct: Deduct,
    /// Points won by a pass.
    pub bonus: f64,
    /// Weight in the method `weight`; what it costs or wins where the book names none.
    pub weight: Option<f64>,
    /// Lines that a good agent would write instead.
    pub suggest: Vec<String>,
    /// Why the rule is as it is.
    pub note: Option<String>,
    /// A rule that is switched off gives no verdict.
    pub enabled: bool,
    /// Profiles in which the rule does not apply.
    pub profiles_off: Vec<Text>,
    /// The buyers it is about; all where `None`.
    pub buyer: Option<Buyer>,
    /// Levels and tags of members, any of which the buyer must have; none: the rule is about everybody.
    pub tags: Vec<String>,
    /// It looks at reviews and the replies to them, and not at chats.
    pub on_review: bool,
    /// A message in which it finds forbidden words wins no bonus.
    pub spoils: bool,
    /// Ids of rules that mean the same omission: where one of them fails too, this one costs nothing.
    pub yields_to: Vec<Text>,
    /// What it looks at.
    pub kind: Kind,
}

/// The five kinds of rules.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// Something must not be said (more than so often).
    Forbid(Forbid),
    /// Something must be said.
    Require(Require),
    /// When the buyer …, then the agent's reply …
    Reply(Reply),
    /// Steps, in order or not.
    Flow(Flow),
    /// A number within bounds.
    Measure(Measure),
}

/// What became of a rule in a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It had its occasion and was kept.
    Pass,
    /// It had its occasion and was broken.
    Fail,
    /// It never had its occasion, or cannot be judged from what is there. Never a pass.
    Skip,
}

/// What a piece of evidence is to the rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mark {
    /// What was found or measured.
    Hit,
    /// The occasion.
    When,
    /// The answer to the occasion.
    Then,
    /// A step of a flow.
    Step,
}

/// A place in the conversation that explains a verdict.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evidence {
    /// Position of the message.
    pub message: usize,
    /// First byte of its text. `start == end` names the message as a whole (the reply in which something is missing) and no words in it.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
    /// What it is to the rule.
    pub role: Mark,
    /// What was measured there: seconds, characters, times, as the rule says.
    pub measured: Option<f64>,
    /// The softer word: a number for [`crate::signal`]'s replacements.
    pub replace: Option<u32>,
    /// Found by a model: [`crate::signal::Finder::decisive`] names what decided.
    pub learned: bool,
}

impl Evidence {
    /// The message as a whole.
    pub fn message(message: usize, role: Mark) -> Self {
        Self { message, start: 0, end: 0, role, measured: None, replace: None, learned: false }
    }

    /// The same with what was measured.
    #[must_use]
    pub fn measured(self, value: f64) -> Self {
        Self { measured: Some(value), ..self }
    }
}

/// What a rule says of one conversation.
///
/// `because` is `missing`, `late`, `forbidden`, `unanswered`, `order:<step>`, `missing:<step>`, `above` or `below` for a
/// fail; `scene`, `begun`, `buyer`, `buyer-unknown`, `review`, `no-review`, `no-occasion`, `no-times` (also where times
/// without seconds leave it open), `no-tiers` or `no-amount` for a skip; `None` for a pass.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// Position of the rule among those that were judged.
    pub rule: usize,
    /// What became of it.
    pub result: Outcome,
    /// How often it failed here: occasions, hits or messages, as its kind says. 0 unless it failed.
    pub times: u32,
    /// Position of a message of the agent who answers for it: [`Verdict::agent`].
    pub agent: Option<usize>,
    /// The same for its second failure and those that follow.
    pub more: Vec<Option<usize>>,
    /// Why it failed or was skipped.
    pub because: Option<Cow<'static, str>>,
    /// The places that show it, in the order of the conversation.
    pub evidence: Vec<Evidence>,
    /// What was missing for the next tier of the shop's discounts, where a failure is about that: for [`Gap::fill`].
    pub gap: Option<Gap>,
    /// Its failures, one for each of `agent` and `more`; none unless it failed.
    pub faults: Vec<Fault>,
}

impl Verdict {
    /// Who answers for it; `None` where the chat names no agent, and for a skip.
    pub fn agent<'c>(&self, conversation: &'c Conversation) -> Option<&'c str> {
        named(conversation, self.agent)
    }

    /// How often it failed by what this agent said or left out; 1 for a pass of theirs.
    pub fn times_of(&self, conversation: &Conversation, agent: &str) -> u32 {
        self.faults_of(conversation, agent).count() as u32
    }

    /// Which of its failures these are.
    pub fn faults_of(&self, conversation: &Conversation, agent: &str) -> impl Iterator<Item = usize> {
        let all = [self.agent].into_iter().chain(self.more.iter().copied()).enumerate();
        all.filter(move |(_, at)| named(conversation, *at) == Some(agent)).map(|(fault, _)| fault)
    }

    /// Whether what it found, and not only its occasion, stands in one of these messages, sorted.
    pub fn rests_on(&self, messages: &[usize]) -> bool {
        self.evidence.iter().any(|e| e.role != Mark::When && messages.binary_search(&e.message).is_ok())
    }
}

fn named(conversation: &Conversation, at: Option<usize>) -> Option<&str> {
    conversation.messages.get(at?)?.sender.as_deref()
}

/// What a kind found out, before it is known whose matter it is.
struct Finding {
    result: Outcome,
    because: Option<Cow<'static, str>>,
    evidence: Vec<Evidence>,
    /// The message whose agent answers for a pass.
    at: usize,
    /// [`Verdict::faults`].
    faults: Vec<Fault>,
    /// [`Verdict::gap`].
    gap: Option<Gap>,
}

impl Finding {
    fn pass(at: usize, evidence: Vec<Evidence>) -> Self {
        Self { result: Outcome::Pass, because: None, evidence, at, faults: Vec::new(), gap: None }
    }

    /// At least one failure, in their order.
    fn fail(faults: Vec<Fault>, because: impl Into<Cow<'static, str>>, evidence: Vec<Evidence>) -> Self {
        Self { result: Outcome::Fail, because: Some(because.into()), evidence, at: 0, faults, gap: None }
    }

    fn skip(because: &'static str) -> Self {
        Self { result: Outcome::Skip, because: Some(because.into()), evidence: Vec::new(), at: 0, faults: Vec::new(), gap: None }
    }

    fn no_occasion() -> Self {
        Self::skip("no-occasion")
    }
}

impl Rule {
    /// Its weight in the method `weight`: as written, else what a failure costs, else what a pass wins.
    pub fn weighs(&self) -> f64 {
        self.weight.unwrap_or_else(|| if self.deduct.first() > 0.0 { self.deduct.first() } else { self.bonus })
    }

    /// Judges one conversation. `number` is the rule's position, for [`Verdict::rule`].
    pub fn judge(&self, number: usize, case: &Case) -> Verdict {
        let Finding { result, because, mut evidence, at, faults, gap } = match self.barred(case) {
            Some(because) => Finding::skip(because),
            None => match &self.kind {
                Kind::Forbid(kind) => kind.judge(case),
                Kind::Require(kind) => kind.judge(case),
                Kind::Reply(kind) => kind.judge(case),
                Kind::Flow(kind) => kind.judge(case),
                Kind::Measure(kind) => kind.judge(case),
            },
        };
        sort::by_key(&mut evidence, |e| (e.message, e.start, e.end));
        evidence.dedup();
        let mut agents = faults.iter().map(|fault| case.agent_at(fault.message()));
        let agent = match result {
            Outcome::Skip => None,
            Outcome::Pass => case.agent_at(at),
            Outcome::Fail => agents.next().flatten(),
        };
        let more = agents.collect();
        let times = u32::try_from(faults.len()).unwrap_or(u32::MAX);
        Verdict { rule: number, result, times, agent, more, because, evidence, gap, faults }
    }

    /// Why the rule does not apply to the conversation at all.
    fn barred(&self, case: &Case) -> Option<&'static str> {
        if !self.scenes.is_empty() && !self.scenes.iter().any(|scene| case.scenes.contains(scene)) {
            return Some("scene");
        }
        if self.on_review != (case.conversation.source.format == REVIEW) {
            return Some(if self.on_review { "no-review" } else { "review" });
        }
        let tagged = (!self.tags.is_empty()).then(|| case.known.has_tag(&self.tags));
        let asked = [self.buyer.map(|buyer| case.known.is(buyer)), tagged];
        match asked.into_iter().flatten().find(|answer| *answer != Some(true))? {
            None => Some("buyer-unknown"),
            Some(_) => Some("buyer"),
        }
    }
}

/// Judges one conversation by all rules that are switched on, in the order of the book.
///
/// What wins a bonus is sought outside the messages that a rule [spoils](Rule::spoils) first.
pub fn judge(rules: &[Rule], case: &Case) -> Vec<Verdict> {
    let mut verdicts = Vec::with_capacity(rules.len());
    verdicts.extend(rules.iter().enumerate().filter(|(_, rule)| rule.enabled).map(|(number, rule)| rule.judge(number, case)));
    let spoiled = spoiled(rules, &verdicts);
    if !spoiled.is_empty() {
        let clean = case.without(&spoiled);
        for verdict in verdicts.iter_mut().filter(|v| v.result == Outcome::Pass && v.rests_on(&spoiled)) {
            let Some(rule) = rules.get(verdict.rule).filter(|rule| rule.bonus > 0.0) else { continue };
            let again = rule.judge(verdict.rule, &clean);
            if again.result == Outcome::Pass {
                *verdict = again;
            }
        }
    }
    verdicts
}

/// The messages in which a rule that [spoils](Rule::spoils) found its words, sorted.
pub(crate) fn spoiled(rules: &[Rule], verdicts: &[Verdict]) -> Vec<usize> {
    let spoils = |v: &&Verdict| v.result == Outcome::Fail && rules.get(v.rule).is_some_and(|rule| rule.spoils);
    let said = verdicts.iter().filter(spoils).flat_map(|v| &v.faults).filter(|fault| matches!(fault, Fault::Said { .. }));
    let mut messages: Vec<usize> = said.map(|fault| fault.message()).collect();
    sort::plain(&mut messages);
    messages.dedup();
    messages
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{chat::round::rounds, signal::Who};
    use alloc::{vec, vec::Vec};
    use proptest::prelude::*;

    const WORDS: &[&[&str]] = &[&["甲"], &["乙", "乙乙"], &["丙", "甲丙"], &["丁>戊"]];

    fn rules() -> Vec<Rule> {
        let anchor = |who, signal| Some(Anchor { who, signals: vec![signal] });
        let bound = |side, signal, reach| Bound { side, anchor: Anchor { who: Who::Any, signals: vec![signal] }, reach };
        let bounds = |bounds: &[Bound]| Window { bounds: bounds.to_vec(), per: Per::default() };
        let after = bounds(&[bound(Side::After, 0, None)]);
        let between = bounds(&[bound(Side::After, 0, None), bound(Side::Before, 1, None)]);
        let reach = Reach { messages: Some(2), rounds: Some(1), seconds: Some(60) };
        let around =
            bounds(&[bound(Side::Around, 0, Some(reach)), bound(Side::After, 1, Some(Reach { rounds: Some(2), ..Reach::default() }))]);
        let step = |signal: u16, optional| Step { name: alloc::format!("{signal}"), signals: vec![signal], optional, ..Step::default() };
        let steps = vec![step(0, false), step(1, true), step(2, false), step(3, false)];
        let forbid = Forbid { who: Who::Agent, signals: vec![1, 2], ..Forbid::default() };
        let require = Require { who: Who::Agent, signals: vec![1, 3], ..Require::default() };
        let then = Then { signals: vec![1], within: Some(30), ..Then::default() };
        let when = When { signals: vec![0], ..When::default() };
        let mut kinds = vec![
            Kind::Forbid(Forbid { window: between.clone(), ..forbid.clone() }),
            Kind::Forbid(Forbid { at_most: 1, window: Window { per: Per::Message, ..Window::default() }, ..forbid.clone() }),
            Kind::Forbid(Forbid { window: around.clone(), ..forbid.clone() }),
            Kind::Require(Require { window: Window { per: Per::Round, ..around }, at_least: 2, ..require.clone() }),
            Kind::Forbid(forbid),
            Kind::Require(Require { all: true, window: after.clone(), ..require.clone() }),
            Kind::Require(Require { when: anchor(Who::Buyer, 2), ..require.clone() }),
            Kind::Reply(Reply { when: when.clone(), then: then.clone() }),
            Kind::Reply(Reply { when: When { except: vec![3], ..When::default() }, then: Then { signals: vec![], ..then.clone() } }),
            Kind::Reply(Reply { when: when.clone(), then: Then { not: true, within: None, ..then.clone() } }),
            Kind::Reply(Reply { when: when.clone(), then: Then { not: true, within: None, except: vec![2], at_most: 1, ..then.clone() } }),
            Kind::Reply(Reply { when: When { who: Who::Agent, ..when }, then: then.clone() }),
            Kind::Flow(Flow { order: Order::Sequence, who: Who::Agent, steps: steps.clone(), window: Window::default() }),
            Kind::Flow(Flow { order: Order::Any, who: Who::Any, steps, window: after }),
        ];
        for reply in [Which::First, Which::Some] {
            let then = Then { reply, place: Place::FirstSentence, opening: vec![3], ..then.clone() };
            kinds.push(Kind::Reply(Reply { when: When::default(), then }));
        }
        for place in [Where::FirstMessage, Where::LastMessage, Where::FirstReply] {
            kinds.push(Kind::Require(Require { place, ..require.clone() }));
        }
        for of in [Of::Chars, Of::SentenceChars, Of::Lines, Of::Questions, Of::Messages, Of::Ratio, Of::Repeats, Of::Seconds] {
            let (max, min) = (Some(2.0), (of == Of::Chars).then_some(2.0));
            kinds.push(Kind::Measure(Measure { of, who: Who::Agent, max, min, min_chars: 1, window: Window::default() }));
        }
        kinds.into_iter().map(|kind| sample::rule("r", kind)).collect()
    }

    fn judged(conversation: &Conversation) -> Vec<Verdict> {
        let rounds = rounds(conversation);
        let hits = sample::hits(conversation, WORDS);
        judge(&rules(), &Case::new(conversation, &rounds, &hits, &[], None))
    }

    /// A line without its time, and whether it has one.
    fn line(roles: &'static str) -> impl Strategy<Value = (String, bool)> {
        (roles, "[甲乙丙丁好。？~，]{1,5}|【图片】", any::<bool>()).prop_map(|(role, text, timed)| (alloc::format!("{role} {text}"), timed))
    }

    fn text(lines: &[(String, bool)]) -> String {
        let timed = |(at, (line, timed)): (usize, &(String, bool))| match timed {
            true => alloc::format!("10:{:02}:{:02} {line}", at * 13 / 60, at * 13 % 60),
            false => line.clone(),
        };
        lines.iter().enumerate().map(timed).collect::<Vec<_>>().join("\n")
    }

    proptest! {
        #[test]
        fn verdicts_are_sound(lines in prop::collection::vec(line("买家|客服小美|客服小李|机器人|系统"), 1..14)) {
            let conversation = sample::talk(&text(&lines));
            let rounds = rounds(&conversation);
            let case = Case::new(&conversation, &rounds, &crate::signal::Hits::default(), &[], None);
            for at in 0..=conversation.messages.len() {
                let agent = case.agent_at(at).and_then(|at| conversation.messages[at].sender.as_deref());
                prop_assert_eq!(agent, conversation.agent_at(at));
            }
            for verdict in judged(&conversation) {
                prop_assert_eq!(verdict.times > 0, verdict.result == Outcome::Fail);
                prop_assert_eq!(verdict.because.is_none(), verdict.result == Outcome::Pass);
                prop_assert!(verdict.result != Outcome::Skip || (verdict.evidence.is_empty() && verdict.agent.is_none()));
                prop_assert!(verdict.evidence.is_sorted_by_key(|e| (e.message, e.start, e.end)));
                for e in &verdict.evidence {
                    let message = &conversation.messages[e.message];
                    prop_assert!(message.text.get(e.start..e.end).is_some());
                    prop_assert!(matches!(message.role, crate::chat::Role::Buyer | crate::chat::Role::Agent));
                }
            }
        }

        #[test]
        fn bots_change_nothing(
            lines in prop::collection::vec((line("买家|客服小美|客服小李"), prop::option::of(line("机器人|系统"))), 1..12)
        ) {
            // The times must not move: each line carries its own.
            let timed: Vec<(String, Option<String>)> = lines.iter().enumerate().map(|(at, ((line, timed), bot))| {
                let time = if *timed { alloc::format!("10:{:02}:{:02} ", at * 13 / 60, at * 13 % 60) } else { String::new() };
                (alloc::format!("{time}{line}"), bot.as_ref().map(|(bot, _)| bot.clone()))
            }).collect();
            let plain: Vec<String> = timed.iter().map(|(line, _)| line.clone()).collect();
            let mut mixed: Vec<String> = Vec::new();
            let mut places = Vec::new();
            for (line, bot) in timed {
                mixed.extend(bot);
                places.push(mixed.len());
                mixed.push(line);
            }
            let mut expected = judged(&sample::talk(&plain.join("\n")));
            for verdict in &mut expected {
                let moved = |at: Option<usize>| at.map(|at| places[at]);
                verdict.agent = moved(verdict.agent);
                verdict.more.iter_mut().for_each(|at| *at = moved(*at));
                verdict.faults.iter_mut().for_each(|fault| match fault {
                    Fault::Said { message: at, .. } | Fault::Silence(at) | Fault::Delay(at) | Fault::Other(at) => *at = places[*at],
                });
                for e in &mut verdict.evidence {
                    e.message = places[e.message];
                }
            }
            prop_assert_eq!(judged(&sample::talk(&mixed.join("\n"))), expected);
        }
    }

    #[test]
    fn scenes_and_buyers_bar_a_rule() {
        let conversation = sample::talk("买家 在吗\n客服 在");
        let rounds = rounds(&conversation);
        let require = || Kind::Require(Require { who: Who::Agent, signals: vec![0], ..Require::default() });
        let verdict = |rule: Rule, scenes: &[usize], returning| {
            let case = Case::new(&conversation, &rounds, &crate::signal::Hits::default(), scenes, returning);
            sample::line(&rule.judge(3, &case), "买家 在吗\n客服 在")
        };
        let scened = || Rule { scenes: vec![1, 2], ..sample::rule("r", require()) };
        assert_eq!(verdict(scened(), &[0], None), "skip scene");
        assert_eq!(verdict(scened(), &[0, 2], None), "fail 1 missing");
        for (buyer, returning, expected) in [
            (Buyer::New, None, "skip buyer-unknown"),
            (Buyer::New, Some(true), "skip buyer"),
            (Buyer::New, Some(false), "fail 1 missing"),
            (Buyer::Returning, Some(false), "skip buyer"),
            (Buyer::Returning, Some(true), "fail 1 missing"),
        ] {
            assert_eq!(verdict(Rule { buyer: Some(buyer), ..sample::rule("r", require()) }, &[], returning), expected);
        }
    }

    #[test]
    fn a_rule_that_is_switched_off_says_nothing() {
        let conversation = sample::talk("买家 在吗\n客服 在");
        let mut rules = rules();
        rules[0].enabled = false;
        let case = Case::new(&conversation, &[], &crate::signal::Hits::default(), &[], None);
        let verdicts = judge(&rules, &case);
        assert_eq!((verdicts.len(), verdicts[0].rule), (rules.len() - 1, 1));
    }
}
