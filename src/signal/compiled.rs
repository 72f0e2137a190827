//! What the signals of a book compile to: one automaton, and the tables that are looked up where it met something.

use super::learned::Learned;
use super::pattern::Compiled;
use super::table::{Stand, Who};
use crate::chat::Role;
use crate::toml::Place;
use aho_corasick::nfa::contiguous::NFA;
use alloc::{collections::BTreeMap, string::String, vec::Vec};
use core::ops::Range;

/// The roles that carry signals, in the order of the tables that are kept per role.
pub(super) const ROLES: [Role; 2] = [Role::Buyer, Role::Agent];

/// No replacement.
pub(super) const NONE: u32 = u32::MAX;

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
    /// Signals that a model may find, and the models; none where no signal asks for one.
    pub(super) learned: Vec<LearnedUse>,
    pub(super) models: Learned,
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

/// A signal that a model may find.
#[derive(Clone, Copy, Debug)]
pub(super) struct LearnedUse {
    pub(super) signal: u16,
    pub(super) part: u32,
    pub(super) model: usize,
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
    Learned,
}

/// The part of a list that a range names.
pub(super) fn slice<'t, T>(list: &'t [T], range: &Range<u32>) -> &'t [T] {
    list.get(range.start as usize..range.end as usize).unwrap_or_default()
}
