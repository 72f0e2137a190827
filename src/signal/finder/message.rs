//! One message while the conditions of what it met are looked at.

use super::{Candidate, Met, heard::Lists};
use crate::signal::{
    compiled::{Against, Finder, Generator, NONE, What, slice},
    table::Stand,
};
use crate::text::{bare, sentences};
use alloc::vec::Vec;
use core::cmp::Reverse;

/// One message while its conditions are looked at. Every question looks at what the automaton met in a bounded stretch of
/// text, so that time grows with the length of the message.
pub(super) struct Message<'m> {
    pub(super) finder: &'m Finder,
    pub(super) text: &'m str,
    /// Sorted by end.
    pub(super) met: &'m [Met],
    /// The lists that these stand in.
    pub(super) lists: &'m Lists,
    pub(super) chars: Option<u32>,
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
    pub(super) fn generate(
        &self,
        side: usize,
        awake: &[Met],
        tried: &mut Vec<u32>,
        heard: Option<&Lists>,
        candidates: &mut Vec<Candidate>,
    ) {
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
    pub(super) fn holds(&mut self, candidate: &Candidate, said: Option<&Lists>) -> bool {
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

/// How many bytes some characters can take. Where a book names no number it is the sentence that bounds, up to
/// [`FAR`] characters.
fn stretch(within: Option<u32>) -> u32 {
    within.unwrap_or(FAR) * 4
}

/// The farthest that words of one sentence can act on each other, in characters.
const FAR: u32 = 100;
