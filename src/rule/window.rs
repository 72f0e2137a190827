//! The part of the talk that a rule looks at: before, after or around what was found, as far as messages, rounds or seconds reach.

use super::{Case, Finding, Mark, Outcome, case::evidence, table::Names};
use crate::{
    signal::{Hit, SignalId, Who},
    time::Lapse,
    toml::Fields,
};
use alloc::{vec, vec::Vec};
use core::ops::Range;

/// A place in the talk: where one of the signals was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Anchor {
    /// Whose message.
    pub who: Who,
    /// Any of these.
    pub signals: Vec<SignalId>,
}

/// On which side of an anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The messages after it.
    After,
    /// The messages before it.
    Before,
    /// Both, and its own message.
    Around,
}

/// How far from an anchor; where several are given, all of them must hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// So many messages of buyers and human agents.
    pub messages: Option<u32>,
    /// So many rounds, the anchor's own being the first.
    pub rounds: Option<u32>,
    /// So many seconds, and no more than a thousand messages.
    pub seconds: Option<u32>,
}

/// One side of an anchor.
///
/// Without a reach it is everything after the anchor's first hit, or before its last one. With a reach every hit opens a part of the talk
/// of its own; parts that overlap are one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    /// Which side.
    pub side: Side,
    /// Of what.
    pub anchor: Anchor,
    /// How far.
    pub reach: Option<Reach>,
}

/// Whether a rule looks at the parts of its window as a whole, or at every piece of them for itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Per {
    /// As a whole.
    #[default]
    Conversation,
    /// Each round for itself; what the agent wrote before the first belongs to that.
    Round,
    /// Each message for itself.
    Message,
}

impl Per {
    /// The names in a book.
    pub(super) const CHOICES: [(&'static str, Per); 3] =
        [("conversation", Per::Conversation), ("round", Per::Round), ("message", Per::Message)];
}

/// The part of the talk that a rule looks at: what lies within all its bounds. Without bounds it is the whole talk.
///
/// A rule is judged in each part; it fails when it fails in one, and counts all failures (with [`Per`] one for each piece that fails).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// The anchors.
    pub bounds: Vec<Bound>,
    /// Whether the pieces are looked at one by one.
    pub per: Per,
}

/// The farthest reach in messages and rounds, and in seconds.
const FAR: u32 = 1000;
const DAY: u32 = 86_400;

impl Reach {
    /// Takes `within` of a reply: a number of seconds, or a table.
    pub(super) fn of(fields: &mut Fields) -> Option<Self> {
        if fields.is_table("within") {
            return fields.table("within").map(|within| Self::parse(within, Side::After));
        }
        fields.whole("within", DAY).map(|seconds| Self { seconds: Some(seconds), ..Self::default() })
    }

    /// Whether a message lies so near after another, by messages and rounds.
    pub(super) fn holds(&self, case: &Case, from: usize, message: u32) -> bool {
        let between = case.conversation.messages.get(from + 1..=message as usize).unwrap_or_default();
        let humans = |most: usize| between.iter().filter(|m| Who::Any.includes(m.role)).take(most + 1).count();
        let begun = |at: usize| case.rounds.partition_point(|round| round.opened <= at);
        self.messages.is_none_or(|most| humans(most as usize) <= most as usize)
            && self.rounds.is_none_or(|most| begun(message as usize) < begun(from) + most as usize)
    }

    fn parse(mut fields: Fields, side: Side) -> Self {
        let place = fields.place();
        let (messages, rounds, seconds) = (fields.whole("messages", FAR), fields.whole("rounds", FAR), fields.whole("seconds", DAY));
        let empty = [messages, rounds, seconds].iter().all(Option::is_none);
        if empty || rounds == Some(0) || (side != Side::Around && messages == Some(0)) {
            let message = "within 写 messages、rounds、seconds，至少一个，从 1 起（around 的 messages 可以是 0：只看锚点那条） / within has messages, rounds or seconds, from 1 on (messages of around may be 0: the anchor's own)";
            fields.errors().add(place, "book-value", message);
        }
        fields.finish();
        Self { messages, rounds, seconds }
    }

    /// The messages on the side of one at most this far away: `None` where times decide and do not tell.
    fn span(&self, case: &Case, humans: &[usize], message: usize, side: Side) -> Option<Range<usize>> {
        let messages = &case.conversation.messages;
        let mut span = 0..messages.len();
        if let Some(reach) = self.messages.map(|n| n as usize) {
            let own = humans.partition_point(|m| *m < message);
            span.start = humans.get(own.saturating_sub(reach)).copied().unwrap_or(message);
            span.end = humans.get(own + reach).map_or(span.end, |last| last + 1);
        }
        if let Some(reach) = self.rounds.map(|n| n as usize) {
            // Rounds that began by then: the last of them is the anchor's own.
            let begun = case.rounds.partition_point(|round| round.opened <= message);
            let opened = |round: usize| case.rounds.get(round).map(|round| round.opened);
            span.start = span.start.max(begun.checked_sub(reach).and_then(opened).unwrap_or(0));
            span.end = span.end.min(opened(begun + reach - 1).unwrap_or(messages.len()));
        }
        if let Some(reach) = self.seconds.map(i64::from) {
            messages.get(message)?.at?;
            let near = |m: usize| {
                let lapse = case.lapse(message, m);
                lapse.map_or(Some(true), |lapse| Lapse { seconds: lapse.seconds.abs(), ..lapse }.within(reach))
            };
            let (first, last) = (message.saturating_sub(FAR as usize), messages.len().min(message + FAR as usize));
            let before = (first..message).rev().find(|m| near(*m) != Some(true)).filter(|_| side != Side::After);
            let after = (message + 1..last).find(|m| near(*m) != Some(true)).filter(|_| side != Side::Before);
            if [before, after].into_iter().flatten().any(|m| span.contains(&m) && near(m).is_none()) {
                return None;
            }
            span.start = span.start.max(before.map_or(first, |m| m + 1));
            span.end = span.end.min(after.unwrap_or(last));
        }
        Some(span)
    }
}

/// Messages, with the hits that bound them.
type Part = (Range<usize>, Vec<Hit>);

impl Bound {
    /// Its parts in the order of the talk, or why there are none.
    fn parts(&self, case: &Case) -> Result<Vec<Part>, &'static str> {
        let hits = case.hits(self.anchor.who, &self.anchor.signals);
        let all = 0..case.conversation.messages.len();
        let (Some(first), Some(last)) = (hits.first(), hits.last()) else { return Err("no-occasion") };
        let Some(reach) = &self.reach else {
            return Ok(vec![match self.side {
                Side::Before => (0..last.message as usize, vec![*last]),
                _ => (first.message as usize + 1..all.end, vec![*first]),
            }]);
        };
        let humans: Vec<usize> = all.filter(|m| case.is_human(*m)).collect();
        let mut parts: Vec<Part> = Vec::new();
        for of_message in hits.chunk_by(|a, b| a.message == b.message) {
            let at = of_message.first().map_or(0, |hit| hit.message as usize);
            let Some(mut span) = reach.span(case, &humans, at, self.side) else { continue };
            match self.side {
                Side::After => span.start = at + 1,
                Side::Before => span.end = at,
                Side::Around => {}
            }
            // Bots in between join no parts.
            let from = humans.partition_point(|m| *m < span.start);
            let inside = humans.get(from..humans.partition_point(|m| *m < span.end)).unwrap_or_default();
            span = inside.first().zip(inside.last()).map_or(at..at, |(first, last)| *first..last + 1);
            match parts.last_mut() {
                Some((before, hits)) if span.start < before.end => {
                    before.end = before.end.max(span.end);
                    hits.extend_from_slice(of_message);
                }
                _ => parts.push((span, of_message.to_vec())),
            }
        }
        if parts.is_empty() { Err("no-times") } else { Ok(parts) }
    }
}

impl Window {
    /// Takes the window of a table: `after`, `before`, `around` and `per`.
    pub(super) fn parse(fields: &mut Fields, names: &Names) -> Self {
        let mut bounds = Vec::new();
        for (key, side) in [("after", Side::After), ("before", Side::Before), ("around", Side::Around)] {
            let Some(mut table) = fields.table(key) else { continue };
            let reach = table.table("within").map(|within| Reach::parse(within, side));
            if reach.is_none() && side == Side::Around {
                table.missing("within");
            }
            bounds.push(Bound { side, anchor: names.anchor_of(table, Who::Any), reach });
        }
        Self { bounds, per: fields.choice("per", &Per::CHOICES).unwrap_or_default() }
    }

    /// The signals of its anchors.
    pub(super) fn signals(&self) -> impl Iterator<Item = &SignalId> {
        self.bounds.iter().flat_map(|bound| &bound.anchor.signals)
    }

    /// Judges each part of it; what bounds a part is evidence too.
    pub(super) fn judge(&self, case: &Case, judge: &dyn Fn(Range<usize>) -> Finding) -> Finding {
        let all = 0..case.conversation.messages.len();
        if self.bounds.is_empty() && self.per == Per::Conversation {
            return judge(all);
        }
        let mut parts: Vec<Part> = vec![(all, Vec::new())];
        for bound in &self.bounds {
            let others = match bound.parts(case) {
                Ok(parts) => parts,
                Err(because) => return Finding::skip(because),
            };
            parts = overlaps(&parts, &others);
        }
        let starts: Vec<usize> = match self.per {
            Per::Conversation => Vec::new(),
            Per::Round => case.rounds.iter().skip(1).map(|round| round.opened).collect(),
            Per::Message => (1..case.conversation.messages.len()).collect(),
        };
        let mut sum = Finding::no_occasion();
        for (mut range, hits) in parts {
            let mut part = Finding::no_occasion();
            while !range.is_empty() {
                let next = starts.get(starts.partition_point(|s| *s <= range.start)).map_or(range.end, |s| range.end.min(*s));
                let mut found = judge(range.start..next);
                if self.per != Per::Conversation {
                    found.faults.truncate(1);
                }
                part = part.and(found);
                range.start = next;
            }
            if part.result != Outcome::Skip {
                part.evidence.extend(hits.iter().map(|hit| evidence(hit, Mark::When)));
            }
            sum = sum.and(part);
        }
        sum
    }
}

/// What two lists of parts have in common, both in the order of the talk.
fn overlaps(a: &[Part], b: &[Part]) -> Vec<Part> {
    let mut both = Vec::new();
    let (mut i, mut j) = (0, 0);
    while let (Some((left, hits)), Some((right, others))) = (a.get(i), b.get(j)) {
        let range = left.start.max(right.start)..left.end.min(right.end);
        if !range.is_empty() {
            both.push((range, [hits.as_slice(), others].concat()));
        }
        if left.end <= right.end { i += 1 } else { j += 1 }
    }
    both
}

impl Finding {
    /// Both: a failure speaks louder than a pass, a pass louder than a skip; of two skips the last one tells why.
    fn and(mut self, other: Self) -> Self {
        let rank = |finding: &Self| match finding.result {
            Outcome::Fail => 2,
            Outcome::Pass => 1,
            Outcome::Skip => 0,
        };
        if rank(&self) != rank(&other) {
            return if rank(&self) > rank(&other) { self } else { other };
        }
        if self.result == Outcome::Skip {
            return other;
        }
        if self.result == Outcome::Fail {
            self.faults.extend(other.faults);
        }
        self.evidence.extend(other.evidence);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::{Forbid, Kind, Measure, Of, Require, sample::verdict};
    use alloc::string::String;

    const SIGNALS: &[&[&str]] = &[&["保证"], &["抱怨"]];

    fn window(side: Side, reach: Reach) -> Window {
        let anchor = Anchor { who: Who::Buyer, signals: vec![1] };
        Window { bounds: vec![Bound { side, anchor, reach: Some(reach) }], per: Per::default() }
    }

    fn messages(n: u32) -> Reach {
        Reach { messages: Some(n), ..Reach::default() }
    }

    fn rounds(n: u32) -> Reach {
        Reach { rounds: Some(n), ..Reach::default() }
    }

    fn seconds(n: u32) -> Reach {
        Reach { seconds: Some(n), ..Reach::default() }
    }

    fn forbid(window: Window, text: &str) -> String {
        let kind = Forbid { who: Who::Agent, signals: vec![0], at_most: 0, window };
        verdict(Kind::Forbid(kind), text, SIGNALS)
    }

    fn require(window: Window, text: &str) -> String {
        let kind = Require { who: Who::Agent, signals: vec![0], window, ..Require::default() };
        verdict(Kind::Require(kind), text, SIGNALS)
    }

    const TALK: &str = "客服 保证\n买家 在吗\n客服 保证\n机器人 保证\n买家 抱怨\n客服 好\n客服 保证\n买家 好\n客服 保证";

    #[test]
    fn messages_of_humans_before_after_around() {
        let found = |side, n| forbid(window(side, messages(n)), TALK);
        assert_eq!(found(Side::After, 1), "pass 4:when:抱怨");
        assert_eq!(found(Side::After, 2), "fail 1 forbidden 4:when:抱怨 6:hit:保证");
        assert_eq!(found(Side::Before, 1), "fail 1 forbidden 2:hit:保证 4:when:抱怨");
        assert_eq!(found(Side::Before, 3), "fail 2 forbidden 0:hit:保证 2:hit:保证 4:when:抱怨");
        assert_eq!(found(Side::Around, 1), "fail 1 forbidden 2:hit:保证 4:when:抱怨");
        assert_eq!(forbid(window(Side::Around, messages(0)), "买家 抱怨\n客服 保证"), "skip no-occasion");
        assert_eq!(forbid(window(Side::After, messages(9)), "买家 好\n客服 保证"), "skip no-occasion");
        assert_eq!(forbid(window(Side::After, messages(9)), "买家 抱怨"), "skip no-occasion");
    }

    #[test]
    fn rounds_count_from_the_anchors_own() {
        let found = |side, n| forbid(window(side, rounds(n)), TALK);
        assert_eq!(found(Side::After, 1), "fail 1 forbidden 4:when:抱怨 6:hit:保证");
        assert_eq!(found(Side::After, 2), "fail 2 forbidden 4:when:抱怨 6:hit:保证 8:hit:保证");
        assert_eq!(found(Side::Before, 1), "skip no-occasion");
        assert_eq!(found(Side::Before, 2), "fail 1 forbidden 2:hit:保证 4:when:抱怨");
        assert_eq!(found(Side::Before, 3), "fail 2 forbidden 0:hit:保证 2:hit:保证 4:when:抱怨");
        assert_eq!(found(Side::Around, 1), "fail 1 forbidden 4:when:抱怨 6:hit:保证");
    }

    #[test]
    fn seconds_need_times() {
        let text = "10:00:00 客服 保证\n10:01:00 买家 抱怨\n10:01:30 客服 保证\n10:03:00 客服 保证";
        assert_eq!(forbid(window(Side::After, seconds(30)), text), "fail 1 forbidden 1:when:抱怨 2:hit:保证");
        assert_eq!(forbid(window(Side::Around, seconds(120)), text), "fail 3 forbidden 0:hit:保证 1:when:抱怨 2:hit:保证 3:hit:保证");
        assert_eq!(forbid(window(Side::After, seconds(30)), "买家 抱怨\n客服 保证"), "skip no-times");
        let to_minute = "09:59 客服 保证\n10:01 买家 抱怨\n10:01 客服 好\n10:03 客服 保证";
        assert_eq!(forbid(window(Side::Before, seconds(60)), to_minute), "skip no-occasion");
        assert_eq!(forbid(window(Side::After, seconds(60)), to_minute), "pass 1:when:抱怨");
        assert_eq!(forbid(window(Side::After, seconds(30)), to_minute), "skip no-times");
        assert_eq!(forbid(window(Side::After, seconds(120)), to_minute), "skip no-times");
        assert_eq!(forbid(window(Side::After, seconds(180)), to_minute), "fail 1 forbidden 1:when:抱怨 3:hit:保证");
        // All of several reaches must hold.
        let both = Reach { messages: Some(1), ..seconds(300) };
        assert_eq!(forbid(window(Side::After, both), text), "fail 1 forbidden 1:when:抱怨 2:hit:保证");
    }

    #[test]
    fn every_hit_opens_a_part_and_overlapping_ones_are_one() {
        let apart = "买家 抱怨\n客服 保证\n买家 好\n客服 好\n买家 抱怨\n客服 好";
        assert_eq!(require(window(Side::After, rounds(1)), apart), "fail 1 missing 4:when:抱怨");
        assert_eq!(require(window(Side::After, rounds(3)), apart), "pass 0:when:抱怨 1:hit:保证 4:when:抱怨");
        let twice = "买家 抱怨\n买家 抱怨\n客服 保证";
        assert_eq!(forbid(window(Side::After, rounds(1)), twice), "fail 1 forbidden 0:when:抱怨 1:when:抱怨 2:hit:保证");
        assert_eq!(
            require(window(Side::After, messages(1)), "买家 抱怨\n客服 好\n买家 抱怨\n客服 好"),
            "fail 2 missing 0:when:抱怨 2:when:抱怨"
        );
    }

    #[test]
    fn per_round_and_per_message() {
        let per = |per| Window { per, ..Window::default() };
        let text = "客服 保证\n买家 在吗\n客服 保证\n买家 好\n客服 好";
        assert_eq!(require(per(Per::Round), text), "fail 1 missing");
        assert_eq!(require(per(Per::Message), text), "fail 1 missing");
        let once = |window| verdict(Kind::Forbid(Forbid { who: Who::Agent, signals: vec![0], at_most: 1, window }), text, SIGNALS);
        assert_eq!(once(per(Per::Round)), "fail 1 forbidden 0:hit:保证 2:hit:保证");
        assert_eq!(once(per(Per::Message)), "pass 0:hit:保证 2:hit:保证");
        let measure = |per| {
            let window = Window { per, ..Window::default() };
            let kind = Measure { of: Of::Messages, who: Who::Agent, max: Some(1.0), min: None, min_chars: 6, window };
            verdict(Kind::Measure(kind), text, SIGNALS)
        };
        assert_eq!(measure(Per::Round), "fail 1 above 2:hit:=2");
        assert_eq!(measure(Per::Conversation), "fail 1 above 4:hit:=3");
    }

    #[test]
    fn bounds_cut_each_other() {
        let mut both = window(Side::After, rounds(2));
        both.bounds.push(Bound { side: Side::Before, anchor: Anchor { who: Who::Agent, signals: vec![0] }, reach: None });
        assert_eq!(
            require(both, "买家 抱怨\n客服 保证\n买家 好\n客服 保证\n买家 好\n客服 保证"),
            "pass 0:when:抱怨 1:hit:保证 5:when:保证"
        );
    }

    /// Anchors in every message of a talk as long as a hostile one: it ends, by ending.
    #[test]
    fn a_long_talk_costs_what_its_length_costs() {
        let text = "买家 抱怨\n客服 保证\n".repeat(20_000);
        for (side, reach) in [(Side::After, messages(1000)), (Side::Around, rounds(1000)), (Side::Before, seconds(86_400))] {
            for per in [Per::Conversation, Per::Round, Per::Message] {
                let mut window = Window { per, ..window(side, reach) };
                window.bounds.push(Bound { side: Side::Before, ..window.bounds[0].clone() });
                let found = forbid(window, &text);
                assert_eq!(found.starts_with("fail"), reach.seconds.is_none(), "{}", &found[..20]);
            }
        }
    }
}
