//! `reply`: when the buyer …, then the agent's reply must or must not …, in time.

mod parts;

pub use parts::{Place, Then, When, Which};

use super::{
    Case, Evidence, Fault, Finding, Gap, Mark,
    case::{characters, evidence},
    table::Names,
    tier,
};
use crate::{
    chat::{self, Role},
    signal::{Hit, SignalId, Who},
    sort, text,
    toml::Fields,
};
use alloc::vec::Vec;
use core::ops::Range;

/// A reply to an occasion.
///
/// **Occasions.** Without signals in `when` every round is one. With them, a round is one when a buyer message of it carries
/// one of them; several such messages in one round are one occasion. Where `when` looks at the agent (请稍等), an occasion is a
/// run of such messages without another of the agent's in between, and the answer is what the agent writes after the run.
///
/// **Answers.** The answer belongs to the round. The `first` reply is the round's: all human agent messages up to the next buyer
/// message; `some` reply is that one or any later one. The first sentence of a reply is the first one that says something: a
/// sentence of which nothing but punctuation and emoji codes is left outside the `opening` signals (亲，您好~) does not count.
///
/// **Verdict.** One per conversation, with the evidence of every failed occasion; it fails as many times as occasions fail, for the
/// reason of the first of them: `unanswered`, `missing`, `late` or, with `not`, `forbidden`. With `at_most` so many on end may
/// fail: those beyond count, and one that does not fail starts the count anew. An occasion whose time is unknown is left out of a
/// rule with `within` in seconds, answered or not: its clock never starts; so is one whose answer times without seconds put neither
/// within nor beyond it. When no occasion is left, it skips with `no-times`. Nothing can be wrong in a reply that never came: with
/// `not` such an occasion is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    /// The occasion.
    pub when: When,
    /// What ought to follow.
    pub then: Then,
}

/// One occasion with the reply to it.
struct Occasion<'a> {
    /// The first message that waits for the answer, whatever the rule sees in it.
    opened: usize,
    trigger: usize,
    hits: Vec<Hit>,
    reply: &'a [usize],
}

/// The first sentence of a reply.
struct Head {
    message: usize,
    span: Range<usize>,
}

impl Head {
    fn holds(&self, hit: &Hit) -> bool {
        self.message == hit.message as usize && self.span.contains(&(hit.start as usize))
    }
}

impl Reply {
    pub(super) fn parse(fields: &mut Fields, names: &Names) -> Self {
        let when = fields.table("when").map(|fields| When::parse(fields, names)).unwrap_or_default();
        if !fields.has("then") {
            fields.missing("then");
        }
        let then = fields.table("then").map(|fields| Then::parse(fields, names)).unwrap_or_default();
        if !when.without_gap_of.is_empty() && !then.gap_of.is_empty() {
            let message = "when 的 without_gap_of 与 then 的 gap_of 只写一个 / write either without_gap_of in when or gap_of in then";
            fields.errors().add(fields.place(), "book-value", message);
        }
        Self { when, then }
    }

    pub(super) fn judge(&self, case: &Case) -> Finding {
        if !self.when.signals.is_empty() && case.hits(self.when.who, &self.when.signals).is_empty() {
            return Finding::no_occasion();
        }
        let opening = case.hits(Who::Agent, &self.then.opening);
        let mut answers = case.hits(Who::Agent, &self.then.signals);
        if self.then.reply == Which::Some && self.then.place == Place::FirstSentence {
            let heads: Vec<Head> = case.rounds.iter().filter_map(|round| head(case, &round.reply, &opening)).collect();
            answers.retain(|hit| {
                let at = heads.partition_point(|h| h.message < hit.message as usize);
                heads.get(at).is_some_and(|h| h.holds(hit))
            });
        }
        let mut sum = Sum { at_most: self.then.at_most, excused: case.hits(Who::Agent, &self.then.except), ..Sum::default() };
        let gap_of = if self.then.gap_of.is_empty() { &self.when.without_gap_of } else { &self.then.gap_of };
        if !gap_of.is_empty() {
            sum.amounts = Amounts::of(case, gap_of);
        }
        match self.when.who {
            Who::Buyer | Who::Any => self.rounds(case, &answers, &opening, &mut sum),
            Who::Agent => self.runs(case, &answers, &opening, &mut sum),
        }
        sum.into_finding()
    }

    /// The occasions that buyers give.
    fn rounds(&self, case: &Case, answers: &[Hit], opening: &[Hit], sum: &mut Sum) {
        let except = case.hits(Who::Buyer, &self.when.except);
        let whens = case.hits(Who::Buyer, &self.when.signals);
        for round in case.rounds {
            let asks = |message: &usize| of_message(&except, *message).is_empty();
            let occasion = if self.when.signals.is_empty() {
                round.asked.iter().copied().find(asks).map(|trigger| Occasion {
                    opened: round.opened,
                    trigger,
                    hits: Vec::new(),
                    reply: &round.reply,
                })
            } else {
                let asked = round.asked.iter().filter(|m| asks(m));
                let hits: Vec<Hit> = asked.flat_map(|m| of_message(&whens, *m)).copied().collect();
                hits.first().map(|h| h.message as usize).map(|trigger| Occasion {
                    opened: round.opened,
                    trigger,
                    hits,
                    reply: &round.reply,
                })
            };
            if let Some(occasion) = occasion {
                self.judge_one(case, &occasion, answers, opening, sum);
            }
        }
    }

    /// The occasions that agents give themselves: runs of their own messages.
    fn runs(&self, case: &Case, answers: &[Hit], opening: &[Hit], sum: &mut Sum) {
        let except = case.hits(Who::Agent, &self.when.except);
        let whens = case.hits(Who::Agent, &self.when.signals);
        // The agents' messages, and for each how many of them there are up to the next buyer message.
        let mut said: Vec<usize> = Vec::new();
        let mut turns: Vec<usize> = Vec::new();
        for (index, message) in case.conversation.messages.iter().enumerate() {
            match message.role {
                Role::Agent => said.push(index),
                Role::Buyer => turns.resize(said.len(), said.len()),
                _ => {}
            }
        }
        turns.resize(said.len(), said.len());
        let triggers = |message: &usize| of_message(&except, *message).is_empty() && !of_message(&whens, *message).is_empty();
        let mut at = 0;
        while let Some(&first) = said.get(at) {
            let run = said.iter().skip(at).take_while(|m| triggers(m)).count();
            if run > 0 {
                let hits = said.iter().skip(at).take(run).flat_map(|m| of_message(&whens, *m)).copied().collect();
                let from = at + run;
                let reply = turns.get(from).and_then(|&end| said.get(from..end)).unwrap_or_default();
                self.judge_one(case, &Occasion { opened: first, trigger: first, hits, reply }, answers, opening, sum);
            }
            at += run + 1;
        }
    }

    fn judge_one(&self, case: &Case, occasion: &Occasion, answers: &[Hit], opening: &[Hit], sum: &mut Sum) {
        let then = &self.then;
        let timed = case.conversation.messages.get(occasion.trigger).is_some_and(|message| message.at.is_some());
        if then.within.is_some() && !timed {
            return sum.skip("no-times");
        }
        let mut shown: Vec<Evidence> = occasion.hits.iter().map(|h| evidence(h, Mark::When)).collect();
        if shown.is_empty() {
            shown.push(Evidence::message(occasion.trigger, Mark::When));
        }
        let mut gap = None;
        let before = occasion.reply.first().copied().unwrap_or(case.conversation.messages.len());
        if !self.when.without_gap_of.is_empty() && sum.amounts.gap(case, before).is_ok() {
            return sum.skip("no-occasion");
        }
        if !then.gap_of.is_empty() {
            match sum.amounts.gap(case, before) {
                Ok((found, at)) => {
                    gap = Some(found);
                    shown.retain(|e| (e.message, e.start) != (at.message, at.start));
                    shown.push(at);
                }
                Err(because) => return sum.skip(because),
            }
            sum.gap = sum.gap.or(gap);
        }
        let (Some(&answered), Some(&last)) = (occasion.reply.first(), occasion.reply.last()) else {
            return if then.not { sum.skip("no-occasion") } else { sum.fail(Fault::Silence(occasion.opened), "unanswered", shown) };
        };
        // Whether a message is late, and its seconds, where the times tell them.
        let late = |message: usize| {
            then.within.map(|within| {
                let lapse = case.lapse(occasion.trigger, message)?;
                let seconds = (!lapse.to_minute).then_some(lapse.seconds as f64);
                lapse.within(i64::from(within)).map(|kept| (!kept, seconds))
            })
        };
        if let Some(gap) = gap {
            let end = if then.reply == Which::Some { case.conversation.messages.len() } else { last + 1 };
            if let Some(named) = sum.amounts.naming(gap.missing, answered..end) {
                return sum.pass(named.message, shown, named);
            }
            return sum.fail(Fault::Other(answered), "missing", shown);
        }
        if then.signals.is_empty() {
            let place = Evidence::message(answered, Mark::Then);
            return match late(answered) {
                None => sum.pass(answered, shown, place),
                Some(None) => sum.skip("no-times"),
                Some(Some((false, seconds))) => sum.pass(answered, shown, Evidence { measured: seconds, ..place }),
                Some(Some((true, seconds))) => {
                    shown.push(Evidence { measured: seconds, ..place });
                    sum.fail(Fault::Delay(answered), "late", shown);
                }
            };
        }
        let from = answers.partition_point(|h| (h.message as usize) < answered);
        let before = answers.first().filter(|_| then.earlier && from > 0);
        let mut later = answers.iter().skip(from);
        let found = match (then.reply, then.place) {
            (Which::Some, _) => later.next().filter(|hit| then.reach.is_none_or(|reach| reach.holds(case, occasion.trigger, hit.message))),
            (Which::First, Place::All) => later.next().filter(|h| h.message as usize <= last),
            (Which::First, Place::FirstSentence) => head(case, occasion.reply, opening)
                .and_then(|head| later.take_while(|h| h.message as usize <= head.message).find(|h| head.holds(h))),
        };
        let found = found.filter(|_| then.except.is_empty() || !sum.excuses(case, occasion.reply));
        let Some(hit) = found.or(before) else {
            if then.not {
                return sum.pass(answered, shown, Evidence::message(answered, Mark::Then));
            }
            if then.reply == Which::First {
                shown.push(Evidence::message(answered, Mark::Then));
            }
            return sum.fail(Fault::Other(answered), "missing", shown);
        };
        let at = hit.message as usize;
        let said = Fault::said(hit);
        let hit = evidence(hit, Mark::Then);
        match (late(at), then.not) {
            (None, false) => sum.pass(at, shown, hit),
            (None, true) => {
                shown.push(hit);
                sum.fail(said, "forbidden", shown);
            }
            (Some(None), _) => sum.skip("no-times"),
            (Some(Some((late, seconds))), not) if late == not => sum.pass(at, shown, Evidence { measured: seconds, ..hit }),
            (Some(Some((_, seconds))), not) => {
                shown.push(Evidence { measured: seconds, ..hit });
                if not { sum.fail(said, "forbidden", shown) } else { sum.fail(Fault::Delay(at), "late", shown) }
            }
        }
    }
}

/// The amounts of money in a talk, for rules about tiers. Found once: every occasion looks them up.
#[derive(Default)]
struct Amounts {
    /// Told by the signals of [`Then::gap_of`], in the order of the talk, in cents.
    told: Vec<(Hit, i64)>,
    /// In the agents' messages: cents, message and bytes, sorted.
    named: Vec<(i64, usize, usize, usize)>,
}

impl Amounts {
    fn of(case: &Case, signals: &[SignalId]) -> Self {
        let told = case.hits(Who::Any, signals).into_iter().filter_map(|hit| {
            let text = case.conversation.messages.get(hit.message as usize)?.text.get(hit.start as usize..hit.end as usize)?;
            Some((hit, tier::amounts(text).last()?.1))
        });
        let said = case.said(Who::Agent, 0..case.conversation.messages.len());
        let of_message = |(at, text): (usize, &str)| -> Vec<_> {
            tier::amounts(text).into_iter().map(|(span, cents)| (cents, at, span.start, span.end)).collect()
        };
        let mut named: Vec<_> = said.flat_map(|(at, message)| of_message((at, &message.text))).collect();
        sort::plain(&mut named);
        Self { told: told.collect(), named }
    }

    /// What the amount last told before a message lacks, and where it was told; or why that is unknown.
    fn gap(&self, case: &Case, before: usize) -> Result<(Gap, Evidence), &'static str> {
        if case.tiers.is_empty() {
            return Err("no-tiers");
        }
        let earlier = self.told.partition_point(|(hit, _)| (hit.message as usize) < before);
        let (hit, amount) = earlier.checked_sub(1).and_then(|last| self.told.get(last)).ok_or("no-amount")?;
        let gap = tier::gap(case.tiers, *amount).ok_or("no-occasion")?;
        Ok((gap, evidence(hit, Mark::When).measured(*amount as f64 / 100.0)))
    }

    /// Where an agent first names an amount in some messages.
    fn naming(&self, cents: i64, messages: Range<usize>) -> Option<Evidence> {
        let first = self.named.partition_point(|named| (named.0, named.1) < (cents, messages.start));
        let &(found, message, start, end) = self.named.get(first)?;
        let place = Evidence { start, end, ..Evidence::message(message, Mark::Then) };
        (found == cents && messages.contains(&message)).then(|| place.measured(cents as f64 / 100.0))
    }
}

/// The hits of one message among hits in the order of the talk.
fn of_message(hits: &[Hit], message: usize) -> &[Hit] {
    let from = hits.partition_point(|h| (h.message as usize) < message);
    let to = hits.partition_point(|h| (h.message as usize) <= message);
    hits.get(from..to).unwrap_or_default()
}

/// How many opening sentences are passed over in search of the first one that says something.
const OPENINGS: usize = 8;

/// The first sentence of a reply that says something.
fn head(case: &Case, reply: &[usize], opening: &[Hit]) -> Option<Head> {
    let messages = reply.iter().filter_map(|&i| case.said(Who::Agent, i..i + 1).next());
    let mut sentences = messages.flat_map(|(i, m)| text::sentences(&m.text).map(move |span| (i, m.text.as_str(), span)));
    let (message, _, span) = sentences.by_ref().take(OPENINGS).find(|(message, text, span)| {
        let openings = of_message(opening, *message);
        characters(text.get(span.clone()).unwrap_or_default()).any(|(at, c)| {
            let at = span.start + at;
            // Hits of one message do not overlap: only the last that begins here or before can hold this place.
            let before = openings.partition_point(|h| h.start as usize <= at);
            let opening = before.checked_sub(1).and_then(|i| openings.get(i)).is_some_and(|h| at < h.end as usize);
            !opening && !text::is_noise(c)
        })
    })?;
    Some(Head { message, span })
}

/// Adds up the occasions of a conversation.
#[derive(Default)]
struct Sum {
    because: Option<&'static str>,
    failed: Vec<Fault>,
    passed_at: Option<usize>,
    shown: Vec<Evidence>,
    skipped: Option<&'static str>,
    gap: Option<Gap>,
    amounts: Amounts,
    /// What [`Then::except`] found.
    excused: Vec<Hit>,
    at_most: u32,
    /// How many failed on end, and the evidence of those that may.
    on_end: u32,
    allowed: Vec<Evidence>,
}

impl Sum {
    fn excuses(&self, case: &Case, reply: &[usize]) -> bool {
        let kind = |message: &usize| case.conversation.messages.get(*message).map(|m| m.kind);
        reply.iter().any(|message| kind(message) != Some(chat::Kind::Text) || !of_message(&self.excused, *message).is_empty())
    }

    fn pass(&mut self, at: usize, when: Vec<Evidence>, then: Evidence) {
        self.on_end = 0;
        self.allowed.clear();
        self.passed_at.get_or_insert(at);
        if self.failed.is_empty() {
            self.shown.extend(when.into_iter().chain([then]));
        }
    }

    fn fail(&mut self, fault: Fault, because: &'static str, shown: Vec<Evidence>) {
        self.on_end += 1;
        self.allowed.extend(shown);
        if self.on_end <= self.at_most {
            self.passed_at.get_or_insert(fault.message());
            return;
        }
        if self.failed.is_empty() {
            // What went well elsewhere does not explain a failure.
            self.shown.clear();
            self.because = Some(because);
        }
        self.failed.push(fault);
        self.shown.append(&mut self.allowed);
    }

    fn skip(&mut self, because: &'static str) {
        self.skipped = Some(because);
    }

    fn into_finding(self) -> Finding {
        match (self.because, self.passed_at) {
            (Some(because), _) => Finding { gap: self.gap, ..Finding::fail(self.failed, because, self.shown) },
            (None, Some(at)) => Finding::pass(at, self.shown),
            (None, None) => Finding::skip(self.skipped.unwrap_or("no-occasion")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::{
        Kind, Reach,
        sample::{judge, talk, verdict},
    };
    use alloc::{format, string::String, vec};

    // complaint, apology, opening, thanks, wait
    const SIGNALS: &[&[&str]] = &[&["等了", "坏了"], &["抱歉", "对不起"], &["亲", "您好", "在的"], &["谢谢"], &["稍等"]];

    fn apology_first() -> Reply {
        let when = When { signals: vec![0], ..When::default() };
        let then = Then { place: Place::FirstSentence, signals: vec![1], opening: vec![2], ..Then::default() };
        Reply { when, then }
    }

    fn speed(within: u32) -> Reply {
        Reply { when: When { except: vec![3], ..When::default() }, then: Then { within: Some(within), ..Then::default() } }
    }

    fn check(reply: Reply, text: &str) -> String {
        verdict(Kind::Reply(reply), text, SIGNALS)
    }

    #[test]
    fn some_reply_within_messages_or_rounds() {
        let check = |messages, rounds| {
            let then =
                Then { reply: Which::Some, signals: vec![1], reach: Some(Reach { messages, rounds, seconds: None }), ..Then::default() };
            let reply = Reply { when: When { signals: vec![0], ..When::default() }, then };
            check(reply, "买家 等了三天\n机器人 您好\n客服 好\n买家 嗯\n客服 抱歉")
        };
        assert_eq!(check(None, Some(2)), "pass 0:when:等了 4:then:抱歉");
        assert_eq!(check(None, Some(1)), "fail 1 missing 0:when:等了");
        assert_eq!(check(Some(3), None), "pass 0:when:等了 4:then:抱歉");
        assert_eq!(check(Some(2), None), "fail 1 missing 0:when:等了");
        assert_eq!(check(Some(2), Some(2)), "fail 1 missing 0:when:等了");
    }

    #[test]
    fn so_many_on_end_may_fail() {
        let then = Then { signals: vec![4], not: true, except: vec![3], at_most: 2, ..Then::default() };
        let stalls = |text: &str| check(Reply { when: When { except: vec![2], ..When::default() }, then: then.clone() }, text);
        let twice = "买家 有货吗\n客服 稍等\n买家 多重\n客服 请稍等\n";
        let asked = |more: &str| format!("{twice}买家 多长\n{more}");
        assert_eq!(stalls(twice), "pass");
        assert_eq!(stalls(&asked("客服 稍等")), "fail 1 forbidden 0:when: 1:then:稍等 2:when: 3:then:稍等 4:when: 5:then:稍等");
        // An answer starts the count anew; what waits for none is not counted, nor is silence.
        assert_eq!(stalls(&asked("客服 一米\n买家 多宽\n客服 稍等")), "pass 4:when: 5:then:");
        assert_eq!(stalls(&asked("客服 一米，稍等\n客服 谢谢\n买家 多宽\n客服 稍等")), "pass 4:when: 5:then:");
        assert_eq!(stalls(&asked("客服 【图片】\n客服 稍等\n买家 多宽\n客服 稍等")), "pass 4:when: 5:then:");
        assert_eq!(stalls("买家 有货吗\n客服 稍等\n买家 多重\n客服 请稍等\n买家 亲\n客服 稍等"), "pass");
        assert!(stalls(&asked("机器人 您好\n买家 人呢\n客服 稍等\n买家 多高\n客服 稍等")).starts_with("fail 2 forbidden 0:when:"));
    }

    #[test]
    fn apology_in_the_first_sentence() {
        let check = |text| check(apology_first(), text);
        assert_eq!(check("买家 等了三天\n客服 非常抱歉，马上查"), "pass 0:when:等了 1:then:抱歉");
        assert_eq!(check("买家 等了三天\n客服 在路上了。抱歉"), "fail 1 missing 0:when:等了 1:then:");
        assert_eq!(check("买家 等了三天\n客服 在路上了\n客服 抱歉"), "fail 1 missing 0:when:等了 1:then:");
        assert_eq!(check("买家 有货吗\n客服 有的"), "skip no-occasion");
    }

    #[test]
    fn what_was_said_earlier_counts_where_the_rule_says_so() {
        let reply = Reply { then: Then { earlier: true, ..apology_first().then }, ..apology_first() };
        let again = "买家 等了三天\n客服 非常抱歉，马上查\n买家 又坏了\n客服 在路上了";
        assert_eq!(check(apology_first(), again), "fail 1 missing 2:when:坏了 3:then:");
        assert_eq!(check(reply.clone(), again), "pass 0:when:等了 1:then:抱歉 2:when:坏了");
        // Said too late for the first complaint, in time for the second.
        let late = "买家 等了三天\n客服 在路上了。抱歉\n买家 又坏了\n客服 在查";
        assert_eq!(check(reply.clone(), late), "fail 1 missing 0:when:等了 1:then:");
        assert_eq!(check(reply, "买家 等了三天\n客服 抱歉\n买家 又坏了"), "fail 1 unanswered 2:when:坏了");
    }

    #[test]
    fn an_opening_courtesy_is_not_yet_the_first_sentence() {
        let check = |text| check(apology_first(), text);
        assert_eq!(check("买家 等了三天\n客服 您好！/:087\n客服 亲，在的~ 抱歉"), "pass 0:when:等了 2:then:抱歉");
        assert_eq!(check("买家 等了三天\n客服 【图片】\n客服 抱歉"), "pass 0:when:等了 2:then:抱歉");
        assert_eq!(check("买家 等了三天\n客服 亲自查了。抱歉"), "fail 1 missing 0:when:等了 1:then:");
        assert_eq!(check("买家 等了三天\n客服 您好"), "fail 1 missing 0:when:等了 1:then:");
    }

    #[test]
    fn bots_neither_answer_nor_open() {
        let check = |text| check(apology_first(), text);
        assert_eq!(check("买家 等了三天\n机器人 抱歉\n客服 查一下"), "fail 1 missing 0:when:等了 2:then:");
        assert_eq!(check("买家 等了三天\n机器人 您的反馈已收到\n客服 抱歉"), "pass 0:when:等了 2:then:抱歉");
        assert_eq!(check("机器人 您等了多久\n客服 在的"), "skip no-occasion");
    }

    #[test]
    fn a_buyer_who_repeats_is_one_occasion() {
        let check = |text| check(apology_first(), text);
        let text = "买家 等了三天\n买家 还坏了\n机器人 稍等\n买家 坏了！\n客服 哦";
        assert_eq!(check(text), "fail 1 missing 0:when:等了 1:when:坏了 3:when:坏了 4:then:");
    }

    #[test]
    fn each_round_is_its_own_occasion() {
        let check = |text| check(apology_first(), text);
        let text = "买家 等了三天\n客服 抱歉\n买家 还坏了\n客服 哦\n买家 又坏了\n客服 嗯";
        assert_eq!(check(text), "fail 2 missing 2:when:坏了 3:then: 4:when:坏了 5:then:");
        let text = "买家 等了三天\n客服 抱歉\n买家 又坏了\n客服 对不起";
        assert_eq!(check(text), "pass 0:when:等了 1:then:抱歉 2:when:坏了 3:then:对不起");
    }

    #[test]
    fn unanswered_fails() {
        assert_eq!(check(apology_first(), "买家 等了三天"), "fail 1 unanswered 0:when:等了");
        assert_eq!(check(apology_first(), "客服 抱歉\n买家 等了三天\n机器人 抱歉"), "fail 1 unanswered 1:when:等了");
        let not = Reply { then: Then { not: true, ..apology_first().then }, ..apology_first() };
        assert_eq!(check(not, "买家 等了三天"), "skip no-occasion");
    }

    #[test]
    fn speed_is_taken_per_round() {
        let fast = "10:00:00 买家 在吗\n10:00:20 买家 有人吗\n10:00:25 机器人 您好\n10:00:30 客服 在的";
        assert_eq!(check(speed(30), fast), "pass 0:when: 3:then:=30");
        assert_eq!(check(speed(29), fast), "fail 1 late 0:when: 3:then:=30");
        assert_eq!(check(speed(30), "10:00:00 买家 在吗"), "fail 1 unanswered 0:when:");
        assert_eq!(check(speed(30), "10:00:00 买家 在吗\n10:00:05 客服 【图片】"), "pass 0:when: 1:then:=5");
    }

    #[test]
    fn the_clock_starts_at_the_message_that_is_the_occasion() {
        let late = Reply { then: Then { within: Some(60), place: Place::All, ..apology_first().then }, ..apology_first() };
        let text = "10:00:00 买家 在吗\n10:01:00 买家 坏了\n10:01:30 客服 亲\n10:02:01 客服 抱歉";
        assert_eq!(check(late.clone(), text), "fail 1 late 1:when:坏了 3:then:抱歉=61");
        assert_eq!(check(late, &text.replace("10:02:01", "10:02:00")), "pass 1:when:坏了 3:then:抱歉=60");
    }

    #[test]
    fn no_clock_starts_without_times() {
        assert_eq!(check(speed(30), "买家 在吗\n客服 在的"), "skip no-times");
        assert_eq!(check(speed(30), "买家 在吗"), "skip no-times");
        assert_eq!(check(speed(30), "10:00:00 买家 在吗"), "fail 1 unanswered 0:when:");
        assert_eq!(check(speed(30), "10:00:00 买家 在吗\n10:00:05 客服 在的\n买家 有货吗"), "pass 0:when: 1:then:=5");
        let both = Reply { then: Then { within: Some(60), ..apology_first().then }, ..apology_first() };
        assert_eq!(check(both.clone(), "买家 坏了\n客服 抱歉"), "skip no-times");
        assert_eq!(check(both.clone(), "买家 坏了\n客服 哦"), "skip no-times");
        assert_eq!(check(both.clone(), "10:00:00 买家 坏了\n客服 抱歉"), "skip no-times");
        assert_eq!(check(both.clone(), "10:00:00 买家 坏了\n客服 哦"), "fail 1 missing 0:when:坏了 1:then:");
        // What can be judged is judged.
        let mixed = "买家 坏了\n客服 抱歉\n10:00:00 买家 又坏了\n10:00:10 客服 抱歉";
        assert_eq!(check(both, mixed), "pass 2:when:坏了 3:then:抱歉=10");
        // Clocks without seconds: two answers within the same minute or the next may be as fast as one likes, or not.
        for (answered, known) in [("00", "skip no-times"), ("01", "skip no-times"), ("02", "fail 1 late 0:when: 1:then:")] {
            assert_eq!(check(speed(30), &format!("10:00 买家 在吗\n10:{answered} 客服 在的")), known, "{answered}");
        }
        for (answered, known) in [("02", "pass 0:when: 1:then:"), ("03", "skip no-times"), ("04", "fail 1 late 0:when: 1:then:")] {
            assert_eq!(check(speed(180), &format!("10:00 买家 在吗\n10:{answered} 客服 在的")), known, "{answered}");
        }
        assert_eq!(check(speed(30), "10:00 买家 在吗"), "fail 1 unanswered 0:when:");
        let timeless = Reply { then: Then { within: None, ..speed(30).then }, ..speed(30) };
        assert_eq!(check(timeless, "买家 在吗"), "fail 1 unanswered 0:when:");
    }

    #[test]
    fn a_courtesy_waits_for_no_answer() {
        assert_eq!(check(speed(30), "10:00:00 买家 在吗\n10:00:05 客服 在的\n10:00:09 买家 谢谢"), "pass 0:when: 1:then:=5");
        assert_eq!(check(speed(30), "10:00:09 买家 谢谢"), "skip no-occasion");
        let text = "10:00:00 买家 谢谢\n10:00:09 买家 还有货吗\n10:00:20 客服 有的";
        assert_eq!(check(speed(10), text), "fail 1 late 1:when: 2:then:=11");
    }

    #[test]
    fn some_reply_may_come_later() {
        let some = |place| Reply { then: Then { reply: Which::Some, place, ..apology_first().then }, ..apology_first() };
        let text = "买家 坏了\n客服 我看看\n买家 嗯\n客服 看过了。抱歉\n买家 哦";
        assert_eq!(check(some(Place::All), text), "pass 0:when:坏了 3:then:抱歉");
        assert_eq!(check(some(Place::FirstSentence), text), "fail 1 missing 0:when:坏了");
        let head = text.replace("看过了。", "亲。");
        assert_eq!(check(some(Place::FirstSentence), &head), "pass 0:when:坏了 3:then:抱歉");
        assert_eq!(check(some(Place::All), "客服 抱歉\n买家 坏了\n客服 我看看"), "fail 1 missing 1:when:坏了");
    }

    #[test]
    fn what_must_not_follow() {
        let not = Reply { then: Then { not: true, place: Place::All, ..apology_first().then }, ..apology_first() };
        assert_eq!(check(not.clone(), "买家 坏了\n客服 对不起"), "fail 1 forbidden 0:when:坏了 1:then:对不起");
        assert_eq!(check(not.clone(), "买家 坏了\n客服 马上换"), "pass 0:when:坏了 1:then:");
        assert_eq!(check(not, "买家 坏了\n客服 马上换\n买家 好\n客服 抱歉"), "pass 0:when:坏了 1:then:");
    }

    #[test]
    fn an_agent_who_asks_to_wait_comes_back() {
        let back = Reply {
            when: When { who: Who::Agent, signals: vec![4], ..When::default() },
            then: Then { within: Some(180), ..Then::default() },
        };
        let text = "10:00:00 客服 稍等\n10:00:30 买家 好\n10:01:00 客服 再稍等\n10:04:00 买家 人呢\n10:04:10 客服 查到了";
        assert_eq!(check(back.clone(), text), "fail 1 late 0:when:稍等 2:when:稍等 4:then:=250");
        assert_eq!(check(back.clone(), &text.replace("10:04", "10:02")), "pass 0:when:稍等 2:when:稍等 4:then:=130");
        assert_eq!(check(back.clone(), "10:00:00 客服 请稍等\n10:00:05 买家 人呢"), "fail 1 unanswered 0:when:稍等");
        assert_eq!(check(back, "10:00:00 客服 在的"), "skip no-occasion");
    }

    #[test]
    fn who_answers_for_it() {
        let agent = |text| judge(Kind::Reply(apology_first()), text, SIGNALS).agent(&talk(text)).map(String::from);
        assert_eq!(agent("买家 在吗\n客服小美 在\n买家 坏了\n客服小李 哦").as_deref(), Some("客服小李"));
        assert_eq!(agent("买家 在吗\n客服小美 在\n买家 坏了").as_deref(), Some("客服小美"));
        assert_eq!(agent("买家 坏了\n客服 哦"), None);
        assert_eq!(agent("买家 在吗\n客服小美 在\n系统 客服小美 转接给 客服小李\n买家 坏了"), None);
    }
}
