//! One conversation as rules see it: words of humans only, and their hits by signal.

use super::{Evidence, Known, Mark, Tier};
use crate::{
    chat::{Conversation, Kind, Message, Role, round::Round},
    signal::{Hit, Hits, SignalId, Who},
    sort, text,
    time::Lapse,
};
use alloc::vec::Vec;
use core::ops::Range;

/// A hit as evidence.
pub(super) fn evidence(hit: &Hit, role: Mark) -> Evidence {
    Evidence {
        message: hit.message as usize,
        start: hit.start as usize,
        end: hit.end as usize,
        role,
        measured: None,
        replace: (hit.replace != u32::MAX).then_some(hit.replace),
        learned: hit.learned,
    }
}

/// A conversation with everything that rules need to know of it. Made once, judged by all rules: what a rule costs grows
/// with the hits of its own signals.
#[derive(Clone, Debug)]
pub struct Case<'a> {
    /// The conversation.
    pub conversation: &'a Conversation,
    /// Its rounds.
    pub rounds: &'a [Round],
    /// The scenes of the book that hold.
    pub scenes: &'a [usize],
    /// What is known of the buyer.
    pub known: Known,
    /// The tiers of the shop's discounts.
    pub tiers: &'a [Tier],
    /// Hits in the words of humans, sorted by signal, message, start.
    by_signal: Vec<Hit>,
    /// Per message, the one that names the agent who answers for it.
    names: Vec<Option<usize>>,
    /// Whether the buyer, and whether an agent, says anything at all.
    speaks: [bool; 2],
}

impl<'a> Case<'a> {
    /// Sorts the hits by signal, and leaves out those that no human said.
    pub fn new(conversation: &'a Conversation, rounds: &'a [Round], hits: &Hits, scenes: &'a [usize], known: impl Into<Known>) -> Self {
        let said = |hit: &&Hit| conversation.messages.get(hit.message as usize).is_some_and(|m| is_said(Who::Any, m));
        let mut by_signal: Vec<Hit> = hits.0.iter().filter(said).copied().collect();
        sort::by_key(&mut by_signal, |h| (h.signal, h.message, h.start, h.end));
        let speaks = [Who::Buyer, Who::Agent].map(|who| conversation.messages.iter().any(|m| is_said(who, m)));
        let known = known.into();
        Self { conversation, rounds, scenes, known, tiers: &[], by_signal, names: names(conversation), speaks }
    }

    /// The same where the shop has tiered discounts.
    #[must_use]
    pub fn with_tiers(self, tiers: &'a [Tier]) -> Self {
        Self { tiers, ..self }
    }

    /// The same without what was found in some messages, sorted.
    pub(super) fn without(&self, messages: &[usize]) -> Self {
        let mut clean = self.clone();
        clean.by_signal.retain(|hit| messages.binary_search(&(hit.message as usize)).is_err());
        clean
    }

    /// The message that names the agent who answers for message `index`, as [`Conversation::agent_at`] finds it.
    pub(super) fn agent_at(&self, index: usize) -> Option<usize> {
        self.names.get(index).or(self.names.last()).copied().flatten()
    }

    /// The hits of any of the signals in the words of `who`, in the order of the talk. Hits that overlap, of one signal or
    /// of several, are one.
    pub(super) fn hits(&self, who: Who, signals: &[SignalId]) -> Vec<Hit> {
        self.hits_in(who, signals, 0..self.conversation.messages.len())
    }

    /// As [`Case::hits`], in some of the messages.
    pub(super) fn hits_in(&self, who: Who, signals: &[SignalId], messages: Range<usize>) -> Vec<Hit> {
        let mut found: Vec<Hit> = Vec::new();
        for &signal in signals {
            let before = |message: usize| self.by_signal.partition_point(|h| (h.signal, h.message as usize) < (signal, message));
            let (from, to) = (before(messages.start), before(messages.end));
            let of_signal = self.by_signal.get(from..to).unwrap_or_default();
            found.extend(of_signal.iter().filter(|h| self.role(h.message as usize).is_some_and(|role| who.includes(role))));
        }
        if found.len() < 2 {
            return found;
        }
        sort::by_key(&mut found, |h| (h.message, h.start, h.end, h.signal, h.replace));
        found.dedup_by(|next, kept| {
            let same = next.message == kept.message && next.start < kept.end;
            if same && (next.start, next.end) == (kept.start, kept.end) {
                kept.replace = kept.replace.min(next.replace);
            } else if same && next.end > kept.end {
                // A longer stretch is not what the softer word stands for.
                kept.end = next.end;
                kept.replace = u32::MAX;
            }
            same
        });
        found
    }

    /// The role of a message.
    pub(super) fn role(&self, message: usize) -> Option<Role> {
        self.conversation.messages.get(message).map(|m| m.role)
    }

    /// Whether the buyer or a human agent wrote a message.
    pub(super) fn is_human(&self, message: usize) -> bool {
        self.role(message).is_some_and(|role| Who::Any.includes(role))
    }

    /// The time from one message to another; `None` where one has no time.
    pub(super) fn lapse(&self, from: usize, to: usize) -> Option<Lapse> {
        let messages = &self.conversation.messages;
        messages.get(to)?.since(messages.get(from)?)
    }

    /// The positions in `range` of messages in which `who` says words.
    pub(super) fn said(&self, who: Who, range: Range<usize>) -> impl DoubleEndedIterator<Item = (usize, &'a Message)> {
        let [buyer, agent] = self.speaks;
        let silent = (!buyer || who == Who::Agent) && (!agent || who == Who::Buyer);
        let range = if silent { range.start..range.start } else { range };
        let messages = self.conversation.messages.get(range.clone()).unwrap_or_default();
        messages.iter().enumerate().map(move |(i, m)| (range.start + i, m)).filter(move |(_, m)| is_said(who, m))
    }
}

/// Per message, the one that names the agent who answers for it: itself, else the next of a named agent, else one of whoever was left with
/// the talk.
fn names(conversation: &Conversation) -> Vec<Option<usize>> {
    let (last, silence) = conversation.silence();
    let mut next = last;
    let mut names: Vec<Option<usize>> = Vec::with_capacity(conversation.messages.len());
    for (at, message) in conversation.messages.iter().enumerate().take(last.map_or(0, |last| last + 1)).rev() {
        if message.names_agent() {
            next = Some(at);
        }
        names.push(next);
    }
    names.reverse();
    names.extend(silence);
    names
}

/// The characters of a message with their byte offsets, without emoji and links.
pub(super) fn characters(text: &str) -> impl Iterator<Item = (usize, char)> {
    let mut at = 0;
    core::iter::from_fn(move || {
        loop {
            let rest = text.get(at..)?;
            let first = rest.chars().next()?;
            let emoji = text::emoji(rest);
            let skipped = if emoji > 0 { emoji } else { link(rest) };
            if skipped == 0 {
                let here = at;
                at += first.len_utf8();
                return Some((here, first));
            }
            at += skipped;
        }
    })
}

/// The bytes of the link at the beginning of a text; 0 where there is none.
fn link(text: &str) -> usize {
    if !text.starts_with("http://") && !text.starts_with("https://") {
        return 0;
    }
    text.bytes().position(|b| !b.is_ascii_graphic()).unwrap_or(text.len())
}

/// Whether the message holds words of `who`: pictures, cards and the like say nothing.
fn is_said(who: Who, message: &Message) -> bool {
    who.includes(message.role) && message.kind == Kind::Text
}
