//! Signals: what one message does, found by words, words near each other, patterns and their exceptions, and by
//! [what is learned](learned) where words come to no end.
//!
//! A [`Signal`] is one table of the book; a [`Finder`] is what all of them compile to: one automaton over every literal of
//! the book, run once over each message, and conditions that are looked at only where their literals stand.

mod compile;
mod compiled;
#[cfg(feature = "regex")]
mod ends;
mod finder;
pub mod learned;
mod pattern;
mod table;

pub use compiled::Finder;
pub(crate) use compiled::{Part, PartKind};
pub use finder::Scratch;
pub(crate) use table::need_id;
pub use table::{Answer, Near, Pattern, Sample, Short, Signal, Stand, Unless, Who, Word};

use alloc::vec::Vec;

/// The number of a signal: its place in the book.
pub type SignalId = u16;

/// One place in one message where a signal was found. Offsets are bytes of [`crate::chat::Message::text`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hit {
    /// Position of the message in its conversation.
    pub message: u32,
    /// Which signal.
    pub signal: SignalId,
    /// First byte.
    pub start: u32,
    /// Byte after the last.
    pub end: u32,
    /// The softer word that the book offers instead (嗯 → 好滴): a number for [`Finder::replacement`]; `u32::MAX` where there is none.
    pub replace: u32,
    /// Found by a [model](learned), not by words: [`Finder::decisive`] names what decided.
    pub learned: bool,
}

/// All hits of a conversation, sorted by message, signal, start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hits(pub Vec<Hit>);

impl Hits {
    /// The hits of one message.
    pub fn of_message(&self, message: usize) -> &[Hit] {
        let from = self.0.partition_point(|h| (h.message as usize) < message);
        let to = self.0.partition_point(|h| (h.message as usize) <= message);
        self.0.get(from..to).unwrap_or_default()
    }

    /// The hits of one signal in one message.
    pub fn of(&self, message: usize, signal: SignalId) -> impl Iterator<Item = &Hit> {
        self.of_message(message).iter().filter(move |h| h.signal == signal)
    }
}
