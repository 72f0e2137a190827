//! The hot path: one pass of the automaton over each message, then the conditions of what it met.

use super::pattern::Compiled;
use super::table::{Stand, Who};
use super::{Hit, Hits};
use crate::chat::{Conversation, Kind, Role};
use crate::text::{Folder, bare, bare_within, sentences};
use crate::toml::Place;
use aho_corasick::{Anchored, automaton::Automaton, nfa::contiguous::NFA};
use alloc::{collections::BTreeMap, string::String, vec::Vec};
use core::{cmp::Reverse, ops::Range};

/// The roles that carry signals, in the order of the tables that are kept per role.
pub(super) const ROLES: [Role; 2] = [Role::Buyer, Role::Agent];

/// No replacement.
const NONE: u32 = u32::MAX;

/// All signals of a book, ready to be found.
///
/// ```
/// use huashu::{chat, signal::{Finder, Signal}, toml::{Errors, Fields, parse}};
/// let errors = Errors::new(["book.toml"]);
/// let mut fields = Fields::new(parse("id = 'apology'\ntitle = '致歉'\nwho = 'agent'\nwords = ['抱歉']\nexcept = ['不用抱歉']", 0, &errors), &errors);
/// let signals = [Signal::parse(fields)];
/// let finder = Finder::new(&signals, &errors);
/// assert!(errors.is_empty());
/// let chats = chat::read("a.txt", "客服：不用抱歉\n客服：非常抱歉".as_bytes(), &Default::default());
/// let hits = finder.find(&chats.conversations[0]).0;
/// assert_eq!((hits.len(), hits[0].message, hits[0].start, hits[0].end), (1, 1, 6, 12));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Finder {
    pub(super) automaton: Option<NFA>,
    pub(super) literals: Vec<Literal>,
    /// Per role: what a literal means as a word; [`Literal::words`] are ranges of it.
    pub(super) word_uses: [Vec<WordUse>; 2],
    /// In which word lists a literal stands; [`Literal::slots`] are ranges of it.
    pub(super) slots: Vec<u32>,
    /// Per slot: bytes of its longest word.
    pub(super) reach: Vec<u32>,
    /// What begins with a word of a slot: (slot, signal, part, what), sorted.
    pub(super) generators: Vec<(u32, u16, u32, Generator)>,
    /// Per signal.
    pub(super) conditions: Vec<Condition>,
    /// Whole messages.
    pub(super) whole: BTreeMap<String, Vec<WordUse>>,
    /// Bytes of the longest of them.
    pub(super) whole_max: usize,
    pub(super) replacements: Vec<String>,
    pub(super) parts: Vec<Part>,
}

#[derive(Clone, Debug)]
pub(super) struct Literal {
    pub(super) bytes: u32,
    pub(super) words: [Range<u32>; 2],
    pub(super) slots: Range<u32>,
    /// Per role: whether a near or a pattern begins here.
    pub(super) wakes: [bool; 2],
}

#[derive(Clone, Copy, Debug)]
pub(super) struct WordUse {
    pub(super) signal: u16,
    pub(super) part: u32,
    pub(super) replace: u32,
}

#[derive(Clone, Debug)]
pub(super) enum Generator {
    Near { then: u32, within: Option<u32>, any_order: bool },
    Pattern(Compiled),
}

/// When a hit of a signal is none.
#[derive(Clone, Debug)]
pub(super) struct Condition {
    pub(super) who: Who,
    pub(super) max_chars: Option<u32>,
    pub(super) except: Option<u32>,
    pub(super) unless: Vec<(u32, Stand, Option<u32>)>,
}

/// One word, whole message, near or pattern of a signal: what an example has to exercise.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) signal: u16,
    pub(crate) kind: PartKind,
    pub(crate) text: String,
    pub(crate) place: Place,
}

/// What a part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PartKind {
    Word,
    Whole,
    Near,
    Pattern,
}

/// A place where a signal may have been found. Offsets are bytes of the folded message.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    signal: u16,
    start: u32,
    end: Reverse<u32>,
    replace: u32,
    part: u32,
}

/// A literal where the automaton met it.
#[derive(Clone, Copy, Debug)]
struct Met {
    literal: u32,
    start: u32,
    end: u32,
}

/// A word of a list where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Mark {
    slot: u32,
    start: u32,
    end: u32,
}

/// Memory that is used again from message to message.
#[derive(Clone, Debug, Default)]
pub struct Scratch {
    folder: Folder,
    candidates: Vec<Candidate>,
    met: Vec<Met>,
    marks: Vec<Mark>,
    ends: Vec<u32>,
}

impl Finder {
    /// All signals of a conversation.
    pub fn find(&self, conversation: &Conversation) -> Hits {
        let mut hits = Hits::default();
        self.find_into(conversation, &mut Scratch::default(), &mut hits);
        hits
    }

    /// As [`Finder::find`], into memory that is there already: the way to take for many conversations.
    pub fn find_into(&self, conversation: &Conversation, scratch: &mut Scratch, hits: &mut Hits) {
        self.find_parts(conversation, scratch, hits, |_| {});
    }

    /// As [`Finder::find_into`], and tells which parts of the signals found something.
    pub(crate) fn find_parts(&self, conversation: &Conversation, scratch: &mut Scratch, hits: &mut Hits, mut used: impl FnMut(u32)) {
        hits.0.clear();
        for (message, said) in (0..).zip(&conversation.messages) {
            if said.kind == Kind::Text {
                self.message(said.role, &said.text, scratch, |signal, span, replace, part| {
                    used(part);
                    let hit = Hit { message, signal, start: span.start, end: span.end, replace };
                    // The same place found in several ways is one hit; it keeps the first way, which has the replacement.
                    let known = hits.0.last().is_some_and(|h| (h.message, h.signal, h.start) == (message, signal, hit.start));
                    if !known {
                        hits.0.push(hit);
                    }
                });
            }
        }
    }

    /// The softer word behind [`Hit::replace`].
    pub fn replacement(&self, number: u32) -> Option<&str> {
        self.replacements.get(number as usize).map(String::as_str)
    }

    /// What the signals consist of.
    pub(crate) fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The signals of one message, sorted by signal and start: signal, bytes, replacement, part. A place that several
    /// parts of one signal find is given once for each.
    pub(crate) fn message(&self, role: Role, text: &str, scratch: &mut Scratch, mut found: impl FnMut(u16, Range<u32>, u32, u32)) {
        let Some(side) = ROLES.iter().position(|r| *r == role) else { return };
        // Offsets are kept in 32 bits.
        if text.len() >= u32::MAX as usize {
            return;
        }
        let Scratch { folder, candidates, met, marks, ends } = scratch;
        candidates.clear();
        met.clear();
        marks.clear();
        ends.clear();
        let folded = folder.fold(text);
        let awake = self.scan(folded.text, side, candidates, met);
        self.wholes(folded.text, role, candidates);
        let conditional = awake
            || candidates.iter().any(|c| {
                let condition = self.conditions.get(usize::from(c.signal));
                condition.is_some_and(|c| c.except.is_some() || !c.unless.is_empty())
            });
        if conditional {
            for m in met.iter() {
                let slots = self.literals.get(m.literal as usize).map_or(&[][..], |l| slice(&self.slots, &l.slots));
                marks.extend(slots.iter().map(|slot| Mark { slot: *slot, start: m.start, end: m.end }));
            }
            marks.sort_unstable();
        }
        if candidates.is_empty() && !awake {
            return;
        }
        let mut message = Message { finder: self, text: folded.text, marks, ends, chars: None };
        if awake {
            message.generate(role, candidates);
        }
        candidates.sort_unstable_by_key(|c| (c.signal, c.start, c.end, c.replace, c.part));
        let mut last: Option<Candidate> = None;
        for candidate in candidates.iter() {
            if let Some(last) = last
                && last.signal == candidate.signal
                && candidate.start < last.end.0
                && (candidate.start, candidate.end) != (last.start, last.end)
            {
                continue;
            }
            if message.holds(candidate) {
                last = Some(*candidate);
                let start = folded.original(candidate.start as usize) as u32;
                let end = folded.original(candidate.end.0 as usize) as u32;
                found(candidate.signal, start..end, candidate.replace, candidate.part);
            }
        }
    }

    /// Runs the automaton: words become candidates, what stands in lists is kept for later. Whether a near or a
    /// pattern may begin here.
    fn scan(&self, text: &str, side: usize, candidates: &mut Vec<Candidate>, met: &mut Vec<Met>) -> bool {
        let Some(automaton) = &self.automaton else { return false };
        let Ok(mut state) = automaton.start_state(Anchored::No) else { return false };
        let uses = self.word_uses.get(side).map_or(&[][..], |uses| uses);
        let mut awake = false;
        for (end, byte) in (1u32..).zip(text.bytes()) {
            state = automaton.next_state(Anchored::No, state, byte);
            if !automaton.is_special(state) || !automaton.is_match(state) {
                continue;
            }
            for index in 0..automaton.match_len(state) {
                let number = automaton.match_pattern(state, index).as_u32();
                let Some(literal) = self.literals.get(number as usize) else { continue };
                let start = end - literal.bytes;
                let words = literal.words.get(side).map_or(&[][..], |range| slice(uses, range));
                candidates.extend(words.iter().map(|w| Candidate {
                    signal: w.signal,
                    start,
                    end: Reverse(end),
                    replace: w.replace,
                    part: w.part,
                }));
                if !literal.slots.is_empty() {
                    met.push(Met { literal: number, start, end });
                    awake |= literal.wakes.get(side).is_some_and(|wakes| *wakes);
                }
            }
        }
        awake
    }

    /// Messages that consist of one word.
    fn wholes(&self, text: &str, role: Role, candidates: &mut Vec<Candidate>) {
        if self.whole_max == 0 {
            return;
        }
        let Some(range) = bare_within(text, self.whole_max) else { return };
        let Some(uses) = text.get(range.clone()).and_then(|word| self.whole.get(word)) else { return };
        for word in uses {
            if self.conditions.get(usize::from(word.signal)).is_some_and(|c| c.who.includes(role)) {
                candidates.push(Candidate {
                    signal: word.signal,
                    start: range.start as u32,
                    end: Reverse(range.end as u32),
                    replace: word.replace,
                    part: word.part,
                });
            }
        }
    }
}

/// One message while its conditions are looked at.
struct Message<'m> {
    finder: &'m Finder,
    text: &'m str,
    /// Sorted.
    marks: &'m [Mark],
    /// Ends of the sentences, filled when first needed.
    ends: &'m mut Vec<u32>,
    chars: Option<u32>,
}

impl Message<'_> {
    /// The places of one list's words.
    fn of(&self, slot: u32) -> &[Mark] {
        let from = self.marks.partition_point(|m| m.slot < slot);
        let rest = self.marks.get(from..).unwrap_or_default();
        rest.get(..rest.partition_point(|m| m.slot == slot)).unwrap_or_default()
    }

    /// The sentence in which a byte lies.
    fn sentence(&mut self, at: u32) -> Range<u32> {
        if self.ends.is_empty() {
            self.ends.extend(sentences(self.text).map(|r| r.end as u32));
        }
        let index = self.ends.partition_point(|end| *end <= at);
        let start = index.checked_sub(1).and_then(|i| self.ends.get(i)).copied().unwrap_or(0);
        start..self.ends.get(index).copied().unwrap_or(self.text.len() as u32)
    }

    /// Whether at most `within` characters lie between two offsets.
    fn near(&self, from: u32, to: u32, within: Option<u32>) -> bool {
        let Some(within) = within else { return true };
        // No character takes more than four bytes.
        to - from <= within.saturating_mul(4)
            && self.text.get(from as usize..to as usize).is_some_and(|gap| gap.chars().count() <= within as usize)
    }

    /// Words near each other, and patterns.
    fn generate(&mut self, role: Role, candidates: &mut Vec<Candidate>) {
        let finder = self.finder;
        let mut at = 0;
        while let Some(mark) = self.marks.get(at) {
            let slot = mark.slot;
            let from = finder.generators.partition_point(|g| g.0 < slot);
            for (_, signal, part, generator) in finder.generators.iter().skip(from).take_while(|g| g.0 == slot) {
                if !finder.conditions.get(usize::from(*signal)).is_some_and(|c| c.who.includes(role)) {
                    continue;
                }
                let add = |start: u32, end: u32| {
                    candidates.push(Candidate { signal: *signal, start, end: Reverse(end), replace: NONE, part: *part });
                };
                match generator {
                    Generator::Pattern(pattern) => {
                        let mut add = add;
                        pattern.find(self.text, |start, end| add(start as u32, end as u32));
                    }
                    Generator::Near { then, within, any_order } => {
                        let mut add = add;
                        self.pair(slot, *then, *within, &mut add);
                        if *any_order {
                            self.pair(*then, slot, *within, &mut add);
                        }
                    }
                }
            }
            at += self.of(slot).len().max(1);
        }
    }

    /// Each word of one list with the nearest word of the other that follows it.
    fn pair(&mut self, first: u32, then: u32, within: Option<u32>, add: &mut impl FnMut(u32, u32)) {
        let mut pairs = Vec::new();
        {
            let (firsts, mut thens) = (self.of(first), self.of(then));
            let mut following = firsts.iter().skip(1).peekable();
            for mark in firsts {
                while following.next_if(|next| next.start <= mark.start).is_some() {}
                let passed = thens.partition_point(|t| t.start < mark.end);
                thens = thens.get(passed..).unwrap_or_default();
                let Some(next) = thens.first() else { break };
                // A later word that still stands before it is the nearer one.
                if following.peek().is_some_and(|later| later.end <= next.start) {
                    continue;
                }
                let same = thens.partition_point(|t| t.start == next.start);
                let end = thens.get(..same).and_then(|t| t.last()).map_or(next.end, |t| t.end);
                if self.near(mark.end, next.start, within) {
                    pairs.push((mark.start, end));
                }
            }
        }
        for (start, end) in pairs {
            if self.sentence(start) == self.sentence(end.saturating_sub(1)) {
                add(start, end);
            }
        }
    }

    /// Whether nothing speaks against a candidate.
    fn holds(&mut self, candidate: &Candidate) -> bool {
        let finder = self.finder;
        let Some(condition) = finder.conditions.get(usize::from(candidate.signal)) else { return false };
        let (start, end) = (candidate.start, candidate.end.0);
        if let Some(most) = condition.max_chars {
            let text = self.text;
            let chars = *self.chars.get_or_insert_with(|| text.get(bare(text)).unwrap_or("").chars().count() as u32);
            if chars > most {
                return false;
            }
        }
        if condition.except.is_some_and(|slot| self.overlaps(slot, start, end)) {
            return false;
        }
        !condition.unless.iter().any(|(slot, stand, within)| match stand {
            Stand::Before => self.stands_before(*slot, start, *within),
            Stand::After => self.stands_after(*slot, end, *within),
            Stand::Sentence => self.stands_between(*slot, start, end),
        })
    }

    fn reach(&self, slot: u32) -> u32 {
        self.finder.reach.get(slot as usize).copied().unwrap_or(0)
    }

    /// Whether a word of the list overlaps the span.
    fn overlaps(&self, slot: u32, start: u32, end: u32) -> bool {
        let marks = self.of(slot);
        let reach = self.reach(slot);
        let before = marks.get(..marks.partition_point(|m| m.start < end)).unwrap_or_default();
        before.iter().rev().take_while(|m| m.start + reach > start).any(|m| m.end > start)
    }

    /// Whether a word of the list ends before `start`, near and in the same sentence.
    fn stands_before(&mut self, slot: u32, start: u32, within: Option<u32>) -> bool {
        let marks = self.of(slot);
        let reach = self.reach(slot);
        let before = marks.get(..marks.partition_point(|m| m.start < start)).unwrap_or_default();
        let mut nearest = None;
        for mark in before.iter().rev() {
            if nearest.is_some_and(|(_, end)| mark.start + reach <= end) {
                break;
            }
            if mark.end <= start && nearest.is_none_or(|(_, end)| mark.end > end) {
                nearest = Some((mark.start, mark.end));
            }
        }
        let Some((at, end)) = nearest else { return false };
        self.near(end, start, within) && self.sentence(start).contains(&at)
    }

    /// Whether a word of the list begins after `end`, near and in the same sentence.
    fn stands_after(&mut self, slot: u32, end: u32, within: Option<u32>) -> bool {
        let marks = self.of(slot);
        let Some(next) = marks.get(marks.partition_point(|m| m.start < end)) else { return false };
        let at = next.start;
        self.near(end, at, within) && self.sentence(end.saturating_sub(1)).contains(&at)
    }

    /// Whether a word of the list stands in the sentence of the span.
    fn stands_between(&mut self, slot: u32, start: u32, end: u32) -> bool {
        let (from, to) = (self.sentence(start).start, self.sentence(end.saturating_sub(1)).end);
        let marks = self.of(slot);
        marks.get(marks.partition_point(|m| m.start < from)).is_some_and(|m| m.start < to)
    }
}

/// The part of a list that a range names.
pub(super) fn slice<'t, T>(list: &'t [T], range: &Range<u32>) -> &'t [T] {
    list.get(range.start as usize..range.end as usize).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::Signal;
    use super::*;
    use crate::text::{folded, sentences};
    use crate::toml::{Errors, Fields, parse};
    use alloc::{format, string::ToString, vec};
    use proptest::prelude::*;

    fn compile(book: &str) -> (Finder, Vec<String>) {
        let errors = Errors::new(["b"]);
        let mut fields = Fields::new(parse(book, 0, &errors), &errors);
        let signals: Vec<Signal> = fields.tables("signal").into_iter().map(Signal::parse).collect();
        fields.finish();
        let finder = Finder::new(&signals, &errors);
        (finder, errors.into_vec().iter().map(|e| e.to_string()).collect())
    }

    fn find(finder: &Finder, role: Role, text: &str) -> Vec<(u16, Range<usize>)> {
        let mut found = Vec::new();
        finder.message(role, text, &mut Scratch::default(), |signal, span, _, _| {
            found.push((signal, span.start as usize..span.end as usize));
        });
        found.dedup();
        found
    }

    /// What the first signal finds in an agent's message, joined by `|`.
    fn found(table: &str, text: &str) -> String {
        let (finder, errors) = compile(&format!("[[signal]]\nid = 'a'\ntitle = 'a'\n{table}"));
        assert_eq!(errors, Vec::<String>::new());
        let hits = find(&finder, Role::Agent, text);
        hits.into_iter().filter(|h| h.0 == 0).map(|h| text[h.1].to_string()).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn words_overlap_and_the_longest_wins() {
        assert_eq!(found("words = ['您', '麻烦您', '好']", "麻烦您，您好"), "麻烦您|您|好");
        assert_eq!(found("words = ['抱歉', '非常抱歉']", "非常抱歉抱歉"), "非常抱歉|抱歉");
        assert_eq!(found("words = ['ok', 'ＱＱ']", "ＯＫ的 Ok qq"), "ＯＫ|Ok|qq");
        assert_eq!(found("words = ['不在']\nwho = 'buyer'", "不在"), "");
    }

    #[test]
    fn whole_messages() {
        for (text, expected) in [("嗯", "嗯"), ("嗯～[微笑]", "嗯"), ("嗯嗯", ""), ("嗯，好", ""), ("  嗯。。。", "嗯"), ("", "")]
        {
            assert_eq!(found("whole = ['嗯']", text), expected, "{text}");
        }
    }

    #[test]
    fn words_near_each_other() {
        let near = "near = [{ first = ['发'], then = ['今天', '今天晚上'], within = 3 }]";
        assert_eq!(found(near, "发货的话今天"), "发货的话今天");
        assert_eq!(found(near, "发货的话是今天"), "");
        assert_eq!(found(near, "发吧。今天"), "");
        assert_eq!(found(near, "今天发"), "");
        assert_eq!(found(near, "发发，今天晚上"), "发，今天晚上");
        let any = "near = [{ first = ['发'], then = ['今天'], within = 3, any_order = true }]";
        assert_eq!(found(any, "今天能发，发到今天"), "今天能发|发到今天");
        assert_eq!(found("near = [{ first = ['发'], then = ['今天'] }]", "发出去的那一件要等到今天；今天"), "发出去的那一件要等到今天");
    }

    #[test]
    fn exceptions() {
        assert_eq!(found("words = ['抱歉']\nexcept = ['不用抱歉']", "不用抱歉，抱歉"), "抱歉");
        let unless = "words = ['保证']\nunless = [{ before = ['不', '不能'], within = 2 }, { after = ['吗', '？'], within = 4 }, { sentence = ['如果'] }]";
        for (text, expected) in [
            ("保证", "保证"),
            ("不能保证", ""),
            ("不是很能够保证", "保证"),
            ("不。保证", "保证"),
            ("保证到吗", ""),
            ("保证明天就能到吗", "保证"),
            ("保证？", ""),
            ("保证！吗", "保证"),
            ("保证到了，如果没有到", ""),
            ("如果没到。保证", "保证"),
        ] {
            assert_eq!(found(unless, text), expected, "{text}");
        }
        assert_eq!(found("words = ['可以']\nmax_chars = 4", "可以的亲～～～～"), "可以");
        assert_eq!(found("words = ['可以']\nmax_chars = 4", "可以的亲们"), "");
    }

    #[cfg(feature = "regex")]
    #[test]
    fn patterns_wake_with_their_words() {
        let table = "patterns = [{ find = '[0-9]+(小时|天)内', with = ['小时', '天'] }]";
        assert_eq!(found(table, "２４小时内发，3天内到"), "２４小时内|3天内");
        assert_eq!(found(table, "24"), "");
    }

    #[test]
    fn signals_lend_their_words() {
        let book = "[[signal]]\nid = 'a'\ntitle = 'a'\nwords = ['@b', '丙']\nexcept = ['@c']\n\
                    [[signal]]\nid = 'b'\ntitle = 'b'\nwords = ['甲', { word = '乙', replace = '已' }]\n\
                    [[signal]]\nid = 'c'\ntitle = 'c'\nwords = ['不甲', '@b']\nwho = 'buyer'";
        let (finder, errors) = compile(&book.replace(", '@b']\nwho", "]\nwho"));
        assert_eq!(errors, Vec::<String>::new());
        let mut all = Vec::new();
        finder.message(Role::Agent, "甲不甲乙", &mut Scratch::default(), |signal, span, replace, _| {
            all.push((signal, span.start, finder.replacement(replace).unwrap_or("").to_string()));
        });
        assert_eq!(all, vec![(0, 0, "".into()), (0, 9, "已".into()), (1, 0, "".into()), (1, 6, "".into()), (1, 9, "已".into())]);
    }

    #[test]
    fn mistakes_have_their_place() {
        let book = "[[signal]]\nid = 'a'\ntitle = 'a'\nwords = ['@b', '']\n[[signal]]\nid = 'b'\ntitle = 'b'\nwords = ['@a', '@complain']\nwhole = ['。']\n[[signal]]\nid = 'complaint'\ntitle = 'c'\n";
        let (_, errors) = compile(book);
        let errors: Vec<_> = errors.iter().map(|e| e.split(" / ").next().unwrap()).collect();
        assert_eq!(
            errors,
            vec![
                "b:4:16: 词不能是空的",
                "b:8:10: @a 绕了一圈又包含自己，或层数太多",
                "b:8:16: 没有信号 “complain”，是否为 “complaint”？",
                "b:9:10: 这里只有标点或表情，永远匹配不到",
                "b:10:3: 信号没有 words、whole、near 或 patterns",
            ]
        );
    }

    /// The same by looking at everything, without an automaton or an order.
    fn by_hand(words: &[&str], except: &[&str], unless: (Stand, &[&str], u32), text: &str) -> Vec<Range<usize>> {
        let text = folded(text);
        let all = |words: &[&str]| -> Vec<Range<usize>> {
            words
                .iter()
                .flat_map(|w| (0..text.len()).filter(|at| text.get(*at..).is_some_and(|t| t.starts_with(*w))).map(|at| at..at + w.len()))
                .collect()
        };
        let gap = |a: usize, b: usize| a <= b && text[a..b].chars().count() <= unless.2 as usize;
        let sentence = |at: usize| sentences(&text).find(|s| s.contains(&at)).unwrap();
        let mut hits: Vec<Range<usize>> = all(words)
            .into_iter()
            .filter(|hit| {
                let own = sentence(hit.start).start..sentence(hit.end - 1).end;
                let excepted = all(except).iter().any(|e| e.start < hit.end && hit.start < e.end);
                let dropped = all(unless.1).iter().any(|u| {
                    own.contains(&u.start)
                        && match unless.0 {
                            Stand::Before => sentence(hit.start).contains(&u.start) && gap(u.end, hit.start),
                            Stand::After => sentence(hit.end - 1).contains(&u.start) && gap(hit.end, u.start),
                            Stand::Sentence => true,
                        }
                });
                !excepted && !dropped
            })
            .collect();
        hits.sort_by_key(|h| (h.start, Reverse(h.end)));
        hits.dedup();
        let mut last = 0;
        hits.retain(|h| {
            let free = h.start >= last;
            if free {
                last = h.end;
            }
            free
        });
        hits
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

        #[test]
        fn as_by_hand(
            words in prop::collection::vec("[甲乙a]{1,3}", 1..4),
            except in prop::collection::vec("[甲乙丙]{1,3}", 0..3),
            unless in prop::collection::vec("[乙丙]{1,2}", 1..3),
            stand in 0usize..3,
            within in 0u32..3,
            text in "[甲乙丙aA。 ]{0,14}",
        ) {
            let list = |words: &[String]| format!("{words:?}");
            let key = ["before", "after", "sentence"][stand];
            let table = format!(
                "words = {}\nexcept = {}\nunless = [{{ {key} = {}, within = {within} }}]",
                list(&words), list(&except), list(&unless),
            );
            let (finder, errors) = compile(&format!("[[signal]]\nid = 'a'\ntitle = 'a'\n{table}"));
            prop_assert_eq!(errors, Vec::<String>::new());
            fn refs(words: &[String]) -> Vec<&str> {
                words.iter().map(String::as_str).collect()
            }
            let stand = [Stand::Before, Stand::After, Stand::Sentence][stand];
            let expected = by_hand(&refs(&words), &refs(&except), (stand, &refs(&unless), within), &text);
            let ours: Vec<Range<usize>> = find(&finder, Role::Agent, &text).into_iter().map(|h| h.1).collect();
            prop_assert_eq!(ours, expected, "{:?}", table);
        }

        #[test]
        fn hits_lie_on_characters(text in "[发今天ＡａＢb0０，。！ 嗯?？]{0,30}") {
            let (finder, _) = compile("[[signal]]\nid = 'a'\ntitle = 'a'\nwords = ['ab', '嗯', 'a０']\nnear = [{ first = ['发', 'b'], then = ['今', '0'], any_order = true }]");
            for (_, span) in find(&finder, Role::Buyer, &text) {
                prop_assert!(text.get(span.clone()).is_some_and(|t| !t.is_empty()), "{:?}", span);
            }
        }
    }

    #[test]
    fn long_messages_take_linear_time() {
        extern crate std;
        let (finder, errors) = compile(
            "[[signal]]\nid = 'a'\ntitle = 'a'\nwords = ['甲', '甲甲', '甲甲甲甲']\nexcept = ['丙甲']\nunless = [{ before = ['乙'] }, { after = ['乙'] }, { sentence = ['丁'] }]\n\
             near = [{ first = ['甲'], then = ['乙', '甲'], any_order = true }]",
        );
        assert_eq!(errors, Vec::<String>::new());
        let start = std::time::Instant::now();
        for piece in ["甲", "甲乙", "乙乙甲丙", "丁。甲", "乙甲丙甲"] {
            find(&finder, Role::Buyer, &piece.repeat(300_000 / piece.len()));
        }
        assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
    }
}
