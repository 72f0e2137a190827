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
    /// In which word lists a literal stands; [`Literal::slots`] are sorted ranges of it.
    pub(super) slots: Vec<u32>,
    /// What begins with a literal; [`Literal::wakes`] are ranges of it, with positions in [`Finder::generators`].
    pub(super) wakes: [Vec<u32>; 2],
    pub(super) generators: Vec<Generator>,
    /// Bytes of the longest literal.
    pub(super) longest: u32,
    /// Per signal.
    pub(super) conditions: Vec<Condition>,
    /// Whole messages.
    pub(super) whole: BTreeMap<String, Vec<WordUse>>,
    /// Messages that count for being short.
    pub(super) shorts: Vec<ShortUse>,
    /// Bytes of the longest whole or short message.
    pub(super) whole_max: usize,
    pub(super) replacements: Vec<String>,
    pub(super) parts: Vec<Part>,
}

#[derive(Clone, Debug)]
pub(super) struct Literal {
    pub(super) bytes: u32,
    pub(super) words: [Range<u32>; 2],
    pub(super) slots: Range<u32>,
    /// A bit per slot, modulo 64: most questions are answered by its absence.
    pub(super) mask: u64,
    /// Per role: the nears and patterns that begin here.
    pub(super) wakes: [Range<u32>; 2],
}

#[derive(Clone, Copy, Debug)]
pub(super) struct WordUse {
    pub(super) signal: u16,
    pub(super) part: u32,
    pub(super) replace: u32,
}

/// A signal of every message of so few characters.
#[derive(Clone, Copy, Debug)]
pub(super) struct ShortUse {
    pub(super) signal: u16,
    pub(super) part: u32,
    pub(super) chars: u32,
    /// The list of words with which it counts for nothing, unless it is one of them.
    pub(super) softened_by: u32,
}

/// What begins with a word of the list `slot`.
#[derive(Clone, Debug)]
pub(super) struct Generator {
    pub(super) signal: u16,
    pub(super) part: u32,
    pub(super) slot: u32,
    pub(super) what: What,
}

#[derive(Clone, Debug)]
pub(super) enum What {
    Near { then: u32, within: Option<u32>, any_order: bool },
    Pattern(Compiled),
    Answer { to: u32, whole: bool },
}

/// When a hit of a signal is none.
#[derive(Clone, Debug)]
pub(super) struct Condition {
    pub(super) who: Who,
    pub(super) max_chars: Option<u32>,
    pub(super) except: Option<u32>,
    pub(super) unless: Vec<Against>,
}

/// What speaks against a hit, by lists of words.
#[derive(Clone, Debug)]
pub(super) struct Against {
    pub(super) slot: u32,
    pub(super) stand: Stand,
    pub(super) within: Option<u32>,
    /// Only hits with a word of this list.
    pub(super) of: Option<u32>,
    /// Not where the same side said a word of this list, here or before.
    pub(super) but: Option<u32>,
}

/// One word, whole message, near, pattern or other way to find a signal: what an example has to exercise.
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
    Answer,
    Short,
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

/// Memory that is used again from message to message.
#[derive(Clone, Debug, Default)]
pub struct Scratch {
    folder: Folder,
    candidates: Vec<Candidate>,
    met: Vec<Met>,
    awake: Vec<Met>,
    tried: Vec<u32>,
    lists: Lists,
    heard: Heard,
}

/// The word lists of which a word stands somewhere, a bit for each: most questions are answered by this alone.
#[derive(Clone, Debug, Default)]
struct Lists(Vec<u64>);

impl Lists {
    fn clear(&mut self) {
        self.0.fill(0);
    }

    fn add(&mut self, slot: u32) {
        let at = slot as usize / 64;
        if at >= self.0.len() {
            self.0.resize(at + 1, 0);
        }
        if let Some(bits) = self.0.get_mut(at) {
            *bits |= 1 << (slot % 64);
        }
    }

    fn join(&mut self, more: &Lists) {
        self.0.resize(self.0.len().max(more.0.len()), 0);
        self.0.iter_mut().zip(&more.0).for_each(|(bits, more)| *bits |= more);
    }

    fn have(&self, slot: u32) -> bool {
        self.0.get(slot as usize / 64).is_some_and(|bits| bits >> (slot % 64) & 1 == 1)
    }
}

/// What each side said: in its last turn, which is all its messages since the other side spoke, and ever.
#[derive(Clone, Debug, Default)]
struct Heard {
    lists: [Lists; 2],
    ever: [Lists; 2],
    speaking: usize,
}

impl Heard {
    /// Nobody has spoken yet.
    fn clear(&mut self) {
        self.lists.iter_mut().chain(&mut self.ever).for_each(Lists::clear);
    }

    /// What the other side than `side` said last.
    fn by_other(&self, side: usize) -> Option<&Lists> {
        self.lists.get(1 - side)
    }

    /// What this side has said so far.
    fn ever(&self, side: usize) -> Option<&Lists> {
        self.ever.get(side)
    }

    fn add(&mut self, side: usize, said: &Lists) {
        let (Some(lists), Some(ever)) = (self.lists.get_mut(side), self.ever.get_mut(side)) else { return };
        ever.join(said);
        if self.speaking != side {
            self.speaking = side;
            lists.clear();
        }
        lists.join(said);
    }
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
        scratch.heard.clear();
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
        let Scratch { folder, candidates, met, awake, tried, lists, heard } = scratch;
        candidates.clear();
        met.clear();
        awake.clear();
        let folded = folder.fold(text);
        self.scan(folded.text, side, candidates, met, awake);
        self.wholes(folded.text, role, met, candidates);
        lists.clear();
        let literals = met.iter().filter_map(|m| self.literals.get(m.literal as usize));
        literals.for_each(|literal| slice(&self.slots, &literal.slots).iter().for_each(|slot| lists.add(*slot)));
        let mut message = Message { finder: self, text: folded.text, met, lists, chars: None };
        if !awake.is_empty() {
            tried.clear();
            message.generate(side, awake, tried, heard.by_other(side), candidates);
        }
        heard.add(side, lists);
        if candidates.len() > 1 {
            candidates.sort_unstable_by_key(|c| (c.signal, c.start, c.end, c.replace, c.part));
        }
        let mut last: Option<Candidate> = None;
        for candidate in candidates.iter() {
            if let Some(last) = last
                && last.signal == candidate.signal
                && candidate.start < last.end.0
                && (candidate.start, candidate.end) != (last.start, last.end)
            {
                continue;
            }
            if message.holds(candidate, heard.ever(side)) {
                last = Some(*candidate);
                let start = folded.original(candidate.start as usize) as u32;
                let end = folded.original(candidate.end.0 as usize) as u32;
                found(candidate.signal, start..end, candidate.replace, candidate.part);
            }
        }
    }

    /// Whether a literal is in a list.
    fn lists(&self, literal: u32, slot: u32) -> bool {
        let Some(literal) = self.literals.get(literal as usize) else { return false };
        literal.mask >> (slot % 64) & 1 == 1 && slice(&self.slots, &literal.slots).binary_search(&slot).is_ok()
    }

    /// Runs the automaton: words become candidates, what stands in lists is kept for later, and where a near or a
    /// pattern may begin for itself.
    fn scan(&self, text: &str, side: usize, candidates: &mut Vec<Candidate>, met: &mut Vec<Met>, awake: &mut Vec<Met>) {
        let Some(automaton) = &self.automaton else { return };
        let Ok(mut state) = automaton.start_state(Anchored::No) else { return };
        let uses = self.word_uses.get(side).map_or(&[][..], |uses| uses);
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
                let words = if is_torn(text, start as usize, end as usize) { &[] } else { words };
                candidates.extend(words.iter().map(|w| Candidate {
                    signal: w.signal,
                    start,
                    end: Reverse(end),
                    replace: w.replace,
                    part: w.part,
                }));
                if !literal.slots.is_empty() {
                    let here = Met { literal: number, start, end };
                    met.push(here);
                    if literal.wakes.get(side).is_some_and(|wakes| !wakes.is_empty()) {
                        awake.push(here);
                    }
                }
            }
        }
    }

    /// Messages that consist of one word.
    fn wholes(&self, text: &str, role: Role, met: &[Met], candidates: &mut Vec<Candidate>) {
        if self.whole_max == 0 {
            return;
        }
        let Some(range) = bare_within(text, self.whole_max).filter(|range| !range.is_empty()) else { return };
        let Some(word) = text.get(range.clone()) else { return };
        let mut add = |signal: u16, part: u32, replace: u32| {
            if self.conditions.get(usize::from(signal)).is_some_and(|c| c.who.includes(role)) {
                let (start, end) = (range.start as u32, Reverse(range.end as u32));
                candidates.push(Candidate { signal, start, end, replace, part });
            }
        };
        self.whole.get(word).into_iter().flatten().for_each(|w| add(w.signal, w.part, w.replace));
        if !self.shorts.is_empty() {
            let chars = word.chars().count();
            let softens = |m: &Met, slot| m.end - m.start < (range.end - range.start) as u32 && self.lists(m.literal, slot);
            let curt = |s: &&ShortUse| chars <= s.chars as usize && !met.iter().any(|m| softens(m, s.softened_by));
            self.shorts.iter().filter(curt).for_each(|s| add(s.signal, s.part, NONE));
        }
    }
}

/// One message while its conditions are looked at. Every question looks at what the automaton met in a bounded stretch of
/// text, so that time grows with the length of the message.
struct Message<'m> {
    finder: &'m Finder,
    text: &'m str,
    /// Sorted by end.
    met: &'m [Met],
    /// The lists that these stand in.
    lists: &'m Lists,
    chars: Option<u32>,
}

impl<'m> Message<'m> {
    fn is_in(&self, met: &Met, slot: u32) -> bool {
        self.finder.lists(met.literal, slot)
    }

    /// What ends at or before an offset, nearest first, as far as `within` characters can reach.
    fn before(&self, offset: u32, within: Option<u32>) -> impl Iterator<Item = &'m Met> {
        let met = self.met.get(..self.met.partition_point(|m| m.end <= offset)).unwrap_or_default();
        met.iter().rev().take_while(move |m| m.end + stretch(within) >= offset)
    }

    /// What ends after an offset and begins at most `within` characters after it. Not all of it begins after the offset.
    fn after(&self, offset: u32, within: Option<u32>) -> impl Iterator<Item = &'m Met> {
        let met = self.met.get(self.met.partition_point(|m| m.end <= offset)..).unwrap_or_default();
        let last = offset + stretch(within) + self.finder.longest;
        met.iter().take_while(move |m| m.end <= last)
    }

    /// Of the words of a list, the nearest that begins at or after an offset; of several there, the longest.
    fn next(&self, slot: u32, offset: u32, within: Option<u32>) -> Option<&'m Met> {
        let mut next: Option<&Met> = None;
        for met in self.after(offset, within) {
            if next.is_some_and(|next| met.end > next.start + self.finder.longest) {
                break;
            }
            if met.start >= offset && next.is_none_or(|next| met.start <= next.start) && self.is_in(met, slot) {
                next = Some(met);
            }
        }
        next
    }

    /// Whether at most `within` characters lie between two offsets.
    fn is_near(&self, from: u32, to: u32, within: Option<u32>) -> bool {
        if to - from > stretch(within) {
            return false;
        }
        let Some(within) = within else { return true };
        self.text.get(from as usize..to as usize).is_some_and(|gap| gap.chars().count() <= within as usize)
    }

    /// Whether the characters at two offsets are of one sentence.
    fn is_one_sentence(&self, from: u32, to: u32) -> bool {
        let (from, to) = (from as usize, to as usize);
        let width = self.text.get(to..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        let Some(between) = self.text.get(from..to + width) else { return false };
        sentences(between).next().is_none_or(|first| first.end == between.len())
    }

    /// The offset of the last character of a span.
    fn last(&self, end: u32) -> u32 {
        (1..=end).map(|back| end - back).find(|at| self.text.is_char_boundary(*at as usize)).unwrap_or(0)
    }

    /// Words near each other, patterns, and answers to what was `heard`.
    fn generate(&self, side: usize, awake: &[Met], tried: &mut Vec<u32>, heard: Option<&Lists>, candidates: &mut Vec<Candidate>) {
        let finder = self.finder;
        let wakes = finder.wakes.get(side).map_or(&[][..], |w| w);
        for met in awake {
            let Some(range) = finder.literals.get(met.literal as usize).and_then(|l| l.wakes.get(side)) else { continue };
            for number in slice(wakes, range) {
                let Some(Generator { signal, part, slot, what }) = finder.generators.get(*number as usize) else { continue };
                let mut add = |start: u32, end: u32| {
                    candidates.push(Candidate { signal: *signal, start, end: Reverse(end), replace: NONE, part: *part });
                };
                match what {
                    What::Pattern(pattern) if !tried.contains(number) => {
                        tried.push(*number);
                        pattern.find(self.text, |start, end| add(start as u32, end as u32));
                    }
                    What::Pattern(_) => {}
                    What::Answer { to, whole } => {
                        let asked = heard.is_some_and(|heard| heard.have(*to));
                        if asked && (!whole || bare(self.text) == (met.start as usize..met.end as usize)) {
                            add(met.start, met.end);
                        }
                    }
                    What::Near { then, within, any_order } if self.lists.have(*then) => {
                        if let Some((start, end)) = self.pair_after(met, *slot, *then, *within) {
                            add(start, end);
                        }
                        if *any_order {
                            self.pairs_before(met, *slot, *then, *within, add);
                        }
                    }
                    What::Near { .. } => {}
                }
            }
        }
    }

    /// A first word with the nearest `then` after it, unless another first word is nearer to that.
    fn pair_after(&self, met: &Met, first: u32, then: u32, within: Option<u32>) -> Option<(u32, u32)> {
        let next = self.next(then, met.end, within)?;
        let nearer = |m: &&Met| m.start > met.start && m.end <= next.start && self.is_in(m, first);
        let mut between = self.before(next.start, within).take_while(|m| m.end > met.end);
        if between.any(|m| nearer(&m)) || !self.is_near(met.end, next.start, within) {
            return None;
        }
        self.is_one_sentence(met.start, self.last(next.end)).then_some((met.start, next.end))
    }

    /// A first word with the nearest `then` before it, likewise; with each, where several end there: of the longer ones some
    /// may begin in another hit.
    fn pairs_before(&self, met: &Met, first: u32, then: u32, within: Option<u32>, mut add: impl FnMut(u32, u32)) {
        let Some(last) = self.before(met.start, within).find(|m| self.is_in(m, then)) else { return };
        let nearer = self.next(first, last.end, within).is_some_and(|m| m.start < met.start);
        if nearer || !self.is_near(last.end, met.start, within) {
            return;
        }
        let same_end = self.before(last.end, within).take_while(|m| m.end == last.end).filter(|m| self.is_in(m, then));
        for start in same_end.map(|m| m.start).filter(|start| self.is_one_sentence(*start, self.last(met.end))) {
            add(start, met.end);
        }
    }

    /// Whether nothing speaks against a candidate.
    fn holds(&mut self, candidate: &Candidate, said: Option<&Lists>) -> bool {
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
        if condition.except.is_some_and(|slot| self.lists.have(slot) && self.overlaps(slot, start, end)) {
            return false;
        }
        let mut against = condition.unless.iter().filter(|against| self.lists.have(against.slot));
        !against.any(|&Against { slot, stand, within, of, but }| {
            let concerned = of.is_none_or(|of| self.lists.have(of) && self.overlaps(of, start, end));
            let excused = but.is_some_and(|but| said.is_some_and(|said| said.have(but)));
            concerned
                && !excused
                && match stand {
                    Stand::Before => self.stands_before(slot, start, within),
                    Stand::After => self.stands_after(slot, end, within),
                    Stand::Sentence => {
                        self.overlaps(slot, start, end) || self.stands_before(slot, start, None) || self.stands_after(slot, end, None)
                    }
                }
        })
    }

    /// Whether a word of the list overlaps the span.
    fn overlaps(&self, slot: u32, start: u32, end: u32) -> bool {
        let met = self.met.get(self.met.partition_point(|m| m.end <= start)..).unwrap_or_default();
        met.iter().take_while(|m| m.end < end + self.finder.longest).any(|m| m.start < end && self.is_in(m, slot))
    }

    /// Whether a word of the list ends before `start`, near and in the same sentence.
    fn stands_before(&self, slot: u32, start: u32, within: Option<u32>) -> bool {
        let nearest = self.before(start, within).find(|m| self.is_in(m, slot));
        nearest.is_some_and(|m| self.is_near(m.end, start, within) && self.is_one_sentence(m.start, start))
    }

    /// Whether a word of the list begins after `end`, near and in the same sentence.
    fn stands_after(&self, slot: u32, end: u32, within: Option<u32>) -> bool {
        let nearest = self.next(slot, end, within);
        nearest.is_some_and(|m| self.is_near(end, m.start, within) && self.is_one_sentence(self.last(end), m.start))
    }
}

/// Whether these are digits out of a longer number: 12315 within an order number is no 12315.
fn is_torn(text: &str, start: usize, end: usize) -> bool {
    let bytes = text.as_bytes();
    let own = bytes.get(start..end).unwrap_or_default();
    let number = own.first().is_some_and(u8::is_ascii_digit) && own.iter().all(|b| b.is_ascii_digit() || *b == b'.');
    let before = start.checked_sub(1).and_then(|at| bytes.get(at));
    number && (before.is_some_and(u8::is_ascii_alphanumeric) || bytes.get(end).is_some_and(u8::is_ascii_digit))
}

/// How many bytes some characters can take. Where a book names no number it is the sentence that bounds, up to
/// [`FAR`] characters.
fn stretch(within: Option<u32>) -> u32 {
    within.unwrap_or(FAR) * 4
}

/// The farthest that words of one sentence can act on each other, in characters.
const FAR: u32 = 100;

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
    fn digits_are_found_as_whole_numbers() {
        let table = "words = ['12315', '3.15']";
        assert_eq!(found(table, "打12315投诉，3.15晚会"), "12315|3.15");
        assert_eq!(found(table, "订单8812315007，电话13812315678，13.15元，wx12315"), "");
    }

    #[test]
    fn whole_messages() {
        for (text, expected) in [("嗯", "嗯"), ("嗯～[微笑]", "嗯"), ("嗯嗯", ""), ("嗯，好", ""), ("  嗯。。。", "嗯"), ("", "")]
        {
            assert_eq!(found("whole = ['嗯']", text), expected, "{text}");
        }
    }

    #[test]
    fn short_messages() {
        for (text, expected) in [
            ("无纺布", "无纺布"),
            (" 无纺布的。", "无纺布的"),
            ("无纺布的呢", ""),
            ("可以哦", ""),
            ("哦。", "哦"),
            ("稍等", ""),
            ("。。", ""),
            ("", ""),
        ] {
            assert_eq!(found("who = 'agent'\nshort = { chars = 4, softened_by = ['哦'] }\nexcept = ['稍等']", text), expected, "{text}");
        }
        assert_eq!(found("who = 'buyer'\nshort = { chars = 4 }", "无纺布"), "");
    }

    #[test]
    fn answers_to_what_was_said() {
        let table = "answers = [{ to = ['能换', '@ask'], words = ['可以', '行'] }, { to = ['退'], words = ['嗯'], whole = true }]";
        let (finder, errors) = compile(&format!(
            "[[signal]]\nid = 'a'\ntitle = 'a'\nwho = 'agent'\n{table}\n[[signal]]\nid = 'ask'\ntitle = 'a'\nwho = 'buyer'\nwords = ['能修']"
        ));
        assert_eq!(errors, Vec::<String>::new());
        let found = |talk: &str| {
            let chats = crate::chat::read("a", talk.as_bytes(), &Default::default());
            let hits = finder.find(&chats.conversations[0]);
            hits.0.iter().filter(|h| h.signal == 0).map(|h| h.message).collect::<Vec<_>>()
        };
        assert_eq!(found("客户：能换吗\n客服：可以的\n客户：能吃吗\n客服：可以的"), [1]);
        assert_eq!(found("客户：能修吗\n客户：在吗\n客服：稍等\n客服：可以的"), [3]);
        assert_eq!(found("客服：能换吗\n客服：可以"), [] as [u32; 0]);
        assert_eq!(found("客户：退\n客服：嗯。\n客服：嗯好"), [1]);
        // What one conversation said is not heard in the next.
        let mut scratch = Scratch::default();
        let mut hits = Hits::default();
        for (talk, expected) in [("客户：能换吗\n客户：在吗", 0), ("客服：可以", 0), ("客户：能换\n客服：可以", 1)]
        {
            let chats = crate::chat::read("a", talk.as_bytes(), &Default::default());
            finder.find_into(&chats.conversations[0], &mut scratch, &mut hits);
            assert_eq!(hits.0.iter().filter(|h| h.signal == 0).count(), expected, "{talk}");
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
        assert_eq!(found("words = ['好评']\nexcept = ['评价']", "好评价"), "");
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
        let asked = "words = ['坏了', '太大']\nunless = [{ after = ['吗'], within = 2, of = ['太大'], but = ['收到'] }]";
        assert_eq!(found(asked, "太大吗，坏了吗"), "坏了");
        assert_eq!(found(asked, "收到了，太大吗"), "太大");
        assert_eq!(found(asked, "太大了。收不到吗"), "太大");
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
                "b:10:3: 信号没有 words、whole、near、patterns、answers 或 short",
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
        fn nears_as_by_hand(
            first in prop::collection::vec("[甲乙]{1,2}", 1..3),
            then in prop::collection::vec("[丙乙]{1,2}", 1..3),
            within in 0u32..4,
            any_order: bool,
            text in "[甲乙丙。，]{0,12}",
        ) {
            let table = format!("near = [{{ first = {first:?}, then = {then:?}, within = {within}, any_order = {any_order} }}]");
            let (finder, errors) = compile(&format!("[[signal]]\nid = 'a'\ntitle = 'a'\n{table}"));
            prop_assert_eq!(errors, Vec::<String>::new());
            let all = |words: &[String]| -> Vec<Range<usize>> {
                let at = |w: &String| text.match_indices(w.as_str()).map(|(at, _)| at..at + w.len()).collect::<Vec<_>>();
                // match_indices leaves out overlapping places of one word: begin at every character.
                let every = |w: &String| text.char_indices().filter(|(i, _)| text[*i..].starts_with(w.as_str())).map(|(i, _)| i..i + w.len()).collect::<Vec<_>>();
                words.iter().flat_map(|w| if w.chars().count() > 1 { every(w) } else { at(w) }).collect()
            };
            let sentence = |at: usize| sentences(&text).find(|s| s.contains(&at)).unwrap();
            let ordered = |a: &[Range<usize>], b: &[Range<usize>]| -> Vec<Range<usize>> {
                let mut pairs = Vec::new();
                for x in a {
                    for y in b.iter().filter(|y| y.start >= x.end) {
                        let nearest = !b.iter().any(|z| z.start >= x.end && z.start < y.start) && !a.iter().any(|z| z.start > x.start && z.end <= y.start && z.end > x.end);
                        let close = text[x.end..y.start].chars().count() <= within as usize;
                        if nearest && close && sentence(x.start) == sentence(y.end - 1) {
                            pairs.push(x.start..y.end);
                        }
                    }
                }
                pairs
            };
            let (firsts, thens) = (all(&first), all(&then));
            let mut expected = ordered(&firsts, &thens);
            if any_order {
                expected.extend(ordered(&thens, &firsts));
            }
            expected.sort_by_key(|h| (h.start, Reverse(h.end)));
            expected.dedup();
            let mut last = 0;
            expected.retain(|h| {
                let free = h.start >= last;
                if free {
                    last = h.end;
                }
                free
            });
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

    /// Quadratic work on these would be 10¹⁰ steps: the test would not come to its end.
    #[test]
    fn long_messages_come_to_an_end() {
        let (finder, errors) = compile(
            "[[signal]]\nid = 'a'\ntitle = 'a'\nwords = ['甲', '甲甲', '甲甲甲甲']\nexcept = ['丙甲']\nunless = [{ before = ['乙'] }, { after = ['乙'] }, { sentence = ['丁'] }]\n\
             near = [{ first = ['甲'], then = ['乙', '甲'], any_order = true }]",
        );
        assert_eq!(errors, Vec::<String>::new());
        for piece in ["甲", "甲乙", "乙乙甲丙", "丁。甲", "乙甲丙甲"] {
            let hits = find(&finder, Role::Buyer, &piece.repeat(300_000 / piece.len()));
            assert!(hits.windows(2).all(|two| two[0].1.end <= two[1].1.start), "{piece}");
        }
    }
}
