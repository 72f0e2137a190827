//! From the signals of a book to the tables of a [`Finder`]: `@id` is resolved, equal words become one literal, equal word
//! lists one slot.

use super::compiled::{Against, Condition, Finder, Generator, LearnedUse, Literal, Part, PartKind, ROLES, ShortUse, What, WordUse, slice};
use super::learned::{Learned, MODELS};
use super::pattern::Compiled;
use super::table::{Signal, Word};
use crate::sort;
use crate::text::folded;
use crate::toml::{Errors, Known, Place, Text};
use aho_corasick::{MatchKind, nfa::contiguous::NFA};
use alloc::{borrow::ToOwned, format, string::String, vec::Vec};
use core::ops::Range;
use hashbrown::HashMap;

/// The longest word, in characters.
const MAX_WORD: usize = 64;
/// The most signals, patterns, and words after `@id` is written out: beyond these a book is no book but an attack.
const MAX_SIGNALS: usize = 1000;
const MAX_PATTERNS: usize = 200;
const MAX_ENTRIES: usize = 200_000;

/// A word of a list after `@id` was resolved: which signal wrote it, and its part there.
#[derive(Clone, Copy)]
struct Leaf<'s> {
    word: &'s Word,
    part: u32,
}

struct Compiler<'s, 'e> {
    signals: &'s [Signal],
    errors: &'e Errors,
    known: Known,
    parts: Vec<Part>,
    /// First part of each signal.
    bases: Vec<u32>,
    words: Vec<Option<Vec<Leaf<'s>>>>,
    wholes: Vec<Option<Vec<Leaf<'s>>>>,
    entries: usize,
    literals: HashMap<String, u32>,
    /// Per literal: its uses as a word, for the buyer and for the agent.
    uses: [Vec<(u32, WordUse)>; 2],
    slots: HashMap<Vec<u32>, u32>,
    replacements: HashMap<String, u32>,
    finder: Finder,
}

impl Finder {
    /// Compiles the signals of a book. Mistakes (an unknown `@id`, a cycle, a malformed pattern, too many words) go to
    /// `errors`; the finder then finds what could be compiled.
    pub fn new(signals: &[Signal], errors: &Errors) -> Finder {
        let place = signals.get(MAX_SIGNALS).map(|s| s.id.place);
        if let Some(place) = place {
            errors.add(place, "book-limit", format!("信号超过 {MAX_SIGNALS} 个 / more than {MAX_SIGNALS} signals"));
        }
        let signals = signals.get(..MAX_SIGNALS).unwrap_or(signals);
        let mut compiler = Compiler {
            signals,
            errors,
            known: Known::new("信号", "signal", signals.iter().map(|s| s.id.text.as_str())),
            parts: Vec::new(),
            bases: Vec::new(),
            words: signals.iter().map(|_| None).collect(),
            wholes: signals.iter().map(|_| None).collect(),
            entries: 0,
            literals: HashMap::new(),
            uses: Default::default(),
            slots: HashMap::new(),
            replacements: HashMap::new(),
            finder: Finder::default(),
        };
        compiler.number_parts();
        for index in 0..signals.len() {
            compiler.signal(index);
        }
        compiler.finish()
    }
}

/// Which list of a signal `@id` stands for.
#[derive(Clone, Copy, PartialEq)]
enum List {
    Words,
    Whole,
}

impl<'s> Compiler<'s, '_> {
    fn number_parts(&mut self) {
        for (index, signal) in self.signals.iter().enumerate() {
            self.bases.push(self.parts.len() as u32);
            let mut add = |kind, text: &str, place| {
                self.parts.push(Part { signal: index as u16, kind, text: text.to_owned(), place });
            };
            signal.words.iter().for_each(|w| add(PartKind::Word, &w.text, w.text.place));
            signal.whole.iter().for_each(|w| add(PartKind::Whole, &w.text, w.text.place));
            signal.near.iter().for_each(|n| {
                let shown = |list: &[Text]| list.first().map_or("", |t| &**t).to_owned();
                add(PartKind::Near, &format!("{}…{}", shown(&n.first), shown(&n.then)), n.place);
            });
            signal.patterns.iter().for_each(|p| add(PartKind::Pattern, &p.find, p.find.place));
            signal.answers.iter().for_each(|a| {
                let shown = |list: &[Text]| list.first().map_or("", |t| &**t).to_owned();
                add(PartKind::Answer, &format!("{} → {}", shown(&a.to), shown(&a.words)), a.place);
            });
            signal.short.iter().for_each(|s| add(PartKind::Short, &format!("short = {}", s.chars), s.place));
            signal.learned.iter().for_each(|l| add(PartKind::Learned, &format!("learned = {}", &**l), l.place));
        }
    }

    /// The words of a signal with every `@id` written out.
    fn expand(&mut self, index: usize, list: List) -> Vec<Leaf<'s>> {
        self.resolve(index, list, &mut Vec::new());
        let done = if list == List::Words { &self.words } else { &self.wholes };
        done.get(index).and_then(Option::as_ref).cloned().unwrap_or_default()
    }

    /// Fills in the words of a signal, and of those that it includes. `path` are the signals on the way here.
    fn resolve(&mut self, index: usize, list: List, path: &mut Vec<usize>) {
        let done = if list == List::Words { &self.words } else { &self.wholes };
        let Some(signal) = self.signals.get(index) else { return };
        if done.get(index).is_none_or(Option::is_some) {
            return;
        }
        let (own, offset) = match list {
            List::Words => (&signal.words, 0),
            List::Whole => (&signal.whole, signal.words.len()),
        };
        let base = self.bases.get(index).copied().unwrap_or(0) + offset as u32;
        path.push(index);
        let mut leaves = Vec::new();
        for (word, part) in own.iter().zip(base..) {
            let Some(id) = word.text.strip_prefix('@') else {
                leaves.push(Leaf { word, part });
                continue;
            };
            let Some(other) = self.find(&word.text, id, list) else { continue };
            if path.contains(&other) || path.len() > 16 {
                let message = format!("@{id} 绕了一圈又包含自己，或层数太多 / @{id} includes itself in a circle, or too deeply");
                self.errors.add(word.text.place, "book-cycle", message);
                continue;
            }
            self.resolve(other, list, path);
            let done = if list == List::Words { &self.words } else { &self.wholes };
            let included = done.get(other).and_then(Option::as_ref).map_or(&[][..], |l| l);
            leaves.extend_from_slice(included);
            self.entries += included.len();
            if self.entries > MAX_ENTRIES {
                break;
            }
        }
        path.pop();
        let done = if list == List::Words { &mut self.words } else { &mut self.wholes };
        if let Some(slot) = done.get_mut(index) {
            *slot = Some(leaves);
        }
    }

    /// The signal that `@id` names, which has to have words in the list that is borrowed.
    fn find(&self, text: &Text, id: &str, list: List) -> Option<usize> {
        let named = Text { text: id.to_owned(), ..text.clone() };
        let found = self.known.find(&named, self.errors).map(usize::from)?;
        let (words, key) = match self.signals.get(found) {
            Some(signal) if list == List::Words => (signal.words.len(), "words"),
            Some(signal) => (signal.whole.len(), "whole"),
            None => return None,
        };
        if words == 0 {
            let message = format!("信号 “{id}” 没有 {key}，@{id} 什么也借不到 / signal \"{id}\" has no {key}: @{id} brings nothing");
            self.errors.add(text.place, "book-never", message);
        }
        Some(found)
    }

    /// The folded words of a list of texts, `@id` written out.
    fn list(&mut self, texts: &[Text]) -> Vec<String> {
        let mut all = Vec::new();
        for text in texts {
            match text.strip_prefix('@') {
                None => all.extend(self.checked(text)),
                Some(id) => {
                    if let Some(other) = self.find(text, id, List::Words) {
                        let leaves = self.expand(other, List::Words);
                        self.count(leaves.len(), text.place);
                        all.extend(leaves.iter().map(|l| folded(&l.word.text)));
                    }
                }
            }
            self.count(1, text.place);
            if self.entries > MAX_ENTRIES {
                return Vec::new();
            }
        }
        all
    }

    fn checked(&self, text: &Text) -> Option<String> {
        if text.is_empty() {
            self.errors.add(text.place, "book-word", "词不能是空的 / a word cannot be empty");
            return None;
        }
        if text.len() > MAX_WORD && text.chars().count() > MAX_WORD {
            let message = format!("词超过 {MAX_WORD} 个字 / a word is longer than {MAX_WORD} characters");
            self.errors.add(text.place, "book-word", message);
            return None;
        }
        Some(folded(text))
    }

    fn count(&mut self, more: usize, place: Place) {
        let before = self.entries;
        self.entries += more;
        if before <= MAX_ENTRIES && self.entries > MAX_ENTRIES {
            let message = format!("全部 @ 展开后词超过 {MAX_ENTRIES} 个 / more than {MAX_ENTRIES} words when every @ is written out");
            self.errors.add(place, "book-limit", message);
        }
    }

    fn literal(&mut self, word: String) -> u32 {
        let next = self.literals.len() as u32;
        *self.literals.entry(word).or_insert(next)
    }

    /// The slot of a list of words: lists of the same words share one.
    fn slot(&mut self, texts: &[Text]) -> u32 {
        let words = self.list(texts);
        let mut set: Vec<u32> = words.into_iter().map(|word| self.literal(word)).collect();
        sort::plain(&mut set);
        set.dedup();
        let next = self.slots.len() as u32;
        *self.slots.entry(set).or_insert(next)
    }

    fn replacement(&mut self, word: &Word) -> u32 {
        let Some(replace) = &word.replace else { return u32::MAX };
        let next = self.replacements.len() as u32;
        *self.replacements.entry(replace.clone()).or_insert(next)
    }

    fn signal(&mut self, index: usize) {
        let Some(signal) = self.signals.get(index) else { return };
        let number = index as u16;
        let words = self.expand(index, List::Words);
        let wholes = self.expand(index, List::Whole);
        self.count(words.len() + wholes.len(), signal.id.place);
        let own = signal.words.iter().chain(&signal.whole).filter(|w| !w.text.starts_with('@'));
        own.for_each(|w| {
            self.checked(&w.text);
        });
        let mut condition = Condition { who: signal.who, max_chars: signal.max_chars, except: None, unless: Vec::new() };
        if !signal.silent && self.entries <= MAX_ENTRIES {
            for leaf in words {
                let (word, replace) = (folded(&leaf.word.text), self.replacement(leaf.word));
                if word.is_empty() || word.len() > MAX_WORD * 4 {
                    continue;
                }
                let literal = self.literal(word);
                let word_use = WordUse { signal: number, part: leaf.part, replace };
                for (uses, role) in self.uses.iter_mut().zip(ROLES) {
                    if signal.who.includes(role) {
                        uses.push((literal, word_use));
                    }
                }
            }
            for leaf in wholes {
                let replace = self.replacement(leaf.word);
                let word = folded(&leaf.word.text);
                let word = word.get(crate::text::bare(&word)).unwrap_or("").to_owned();
                if word.is_empty() && !leaf.word.text.is_empty() {
                    let message = "这里只有标点或表情，永远匹配不到 / only punctuation or emoji: it can never match";
                    self.errors.add(leaf.word.text.place, "book-word", message);
                }
                self.finder.whole.entry(word).or_default().push(WordUse { signal: number, part: leaf.part, replace });
            }
            let mut part = self.bases.get(index).copied().unwrap_or(0) + (signal.words.len() + signal.whole.len()) as u32;
            for near in &signal.near {
                let (first, then) = (self.slot(&near.first), self.slot(&near.then));
                let (within, any_order) = (near.within, near.any_order);
                let what = What::Near { then, within, any_order };
                self.finder.generators.push(Generator { signal: number, part, slot: first, what });
                part += 1;
            }
            for pattern in &signal.patterns {
                let with = self.slot(&pattern.with);
                match Compiled::new(&pattern.find) {
                    Ok(compiled) => {
                        let what = What::Pattern(compiled);
                        self.finder.generators.push(Generator { signal: number, part, slot: with, what });
                    }
                    Err(message) => self.errors.add(pattern.find.place, "book-pattern", message),
                }
                part += 1;
            }
            for answer in &signal.answers {
                let (to, words) = (self.slot(&answer.to), self.slot(&answer.words));
                let what = What::Answer { to, whole: answer.whole };
                self.finder.generators.push(Generator { signal: number, part, slot: words, what });
                part += 1;
            }
            if let Some(short) = &signal.short {
                let softened_by = self.slot(&short.softened_by);
                self.finder.shorts.push(ShortUse { signal: number, part, chars: short.chars, softened_by });
                part += 1;
            }
            if let Some(model) = signal.learned.as_ref().and_then(|name| Known::new("模型", "model", MODELS).find(name, self.errors)) {
                self.finder.learned.push(LearnedUse { signal: number, part, model: usize::from(model) });
            }
            if !signal.except.is_empty() {
                condition.except = Some(self.slot(&signal.except));
            }
            for unless in &signal.unless {
                let mut some = |words: &[Text]| (!words.is_empty()).then(|| self.slot(words));
                let (of, but) = (some(&unless.of), some(&unless.but));
                let slot = self.slot(&unless.words);
                condition.unless.push(Against { slot, stand: unless.stand, within: unless.within, of, but });
            }
        }
        self.finder.conditions.push(condition);
    }

    fn finish(mut self) -> Finder {
        let is_pattern = |g: &&Generator| matches!(g.what, What::Pattern(_));
        let patterns: Vec<u32> = self.finder.generators.iter().filter(is_pattern).map(|g| g.part).collect();
        if let Some(part) = patterns.get(MAX_PATTERNS).and_then(|p| self.parts.get(*p as usize)) {
            let message = format!("正则超过 {MAX_PATTERNS} 条 / more than {MAX_PATTERNS} patterns");
            self.errors.add(part.place, "book-limit", message);
        }
        let mut finder = self.finder;
        let shortest = finder.shorts.iter().map(|s| s.chars as usize * 4).max().unwrap_or(0);
        finder.whole_max = finder.whole.keys().map(String::len).max().unwrap_or(0).max(shortest);
        if !finder.learned.is_empty() {
            finder.models = Learned::new();
        }
        finder.parts = self.parts;
        finder.replacements = by_number(self.replacements);

        let words = by_number(self.literals);
        finder.longest = words.iter().map(String::len).max().unwrap_or(0) as u32;
        let mut slots: Vec<(u32, u32)> = Vec::new();
        for (set, slot) in &self.slots {
            slots.extend(set.iter().map(|literal| (*literal, *slot)));
        }
        sort::plain(&mut slots);
        let mut of_slot: Vec<(u32, u32)> = (0..).zip(&finder.generators).map(|(number, g)| (g.slot, number)).collect();
        sort::plain(&mut of_slot);
        for uses in &mut self.uses {
            sort::by_key(uses, |(literal, word)| (*literal, word.signal, word.part));
        }
        let [buyer, agent] = &self.uses;
        for (number, word) in (0..).zip(&words) {
            let own = range(&slots, |s| s.0, number);
            let lists = slice(&slots, &own);
            let mask = lists.iter().fold(0, |mask, (_, slot)| mask | 1 << (slot % 64));
            let mut wakes: [Range<u32>; 2] = Default::default();
            for ((list, role), range_of) in finder.wakes.iter_mut().zip(ROLES).zip(&mut wakes) {
                let from = list.len() as u32;
                let all = lists.iter().flat_map(|(_, slot)| slice(&of_slot, &range(&of_slot, |g| g.0, *slot)));
                list.extend(all.map(|(_, generator)| *generator).filter(|generator| {
                    let signal = finder.generators.get(*generator as usize).map_or(0, |g| g.signal);
                    finder.conditions.get(usize::from(signal)).is_some_and(|c| c.who.includes(role))
                }));
                *range_of = from..list.len() as u32;
            }
            let words = [range(buyer, |u| u.0, number), range(agent, |u| u.0, number)];
            finder.literals.push(Literal { bytes: word.len() as u32, words, slots: own, mask, wakes });
        }
        finder.word_uses = self.uses.map(|uses| uses.into_iter().map(|(_, word)| word).collect());
        finder.slots = slots.into_iter().map(|(_, slot)| slot).collect();
        if !words.is_empty() {
            match NFA::builder().match_kind(MatchKind::Standard).build(&words) {
                Ok(automaton) => finder.automaton = Some(automaton),
                Err(_) => self.errors.add(Place::default(), "book-limit", "词太多 / too many words"),
            }
        }
        finder
    }
}

fn by_number(map: HashMap<String, u32>) -> Vec<String> {
    let mut all: Vec<(u32, String)> = map.into_iter().map(|(text, number)| (number, text)).collect();
    sort::plain(&mut all);
    all.into_iter().map(|(_, text)| text).collect()
}

fn range<T>(sorted: &[T], key: impl Fn(&T) -> u32, wanted: u32) -> Range<u32> {
    let from = sorted.partition_point(|t| key(t) < wanted);
    let to = sorted.partition_point(|t| key(t) <= wanted);
    from as u32..to as u32
}
