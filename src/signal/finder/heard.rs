//! Which word lists a message spoke of, and what each side of a conversation said so far.

use crate::signal::learned::Sums;
use alloc::vec::Vec;

/// The word lists of which a word stands somewhere, a bit for each: most questions are answered by this alone.
#[derive(Clone, Debug, Default)]
pub(super) struct Lists(Vec<u64>);

impl Lists {
    pub(super) fn clear(&mut self) {
        self.0.fill(0);
    }

    pub(super) fn add(&mut self, slot: u32) {
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

    pub(super) fn have(&self, slot: u32) -> bool {
        self.0.get(slot as usize / 64).is_some_and(|bits| bits >> (slot % 64) & 1 == 1)
    }
}

/// What each side said: in its last turn, which is all its messages since the other side spoke, and ever.
#[derive(Clone, Debug, Default)]
pub(super) struct Heard {
    lists: [Lists; 2],
    ever: [Lists; 2],
    speaking: usize,
    /// What the agent's last message tells the models of the buyer's next.
    pub(super) sums: Sums,
}

impl Heard {
    /// Nobody has spoken yet.
    pub(super) fn clear(&mut self) {
        self.lists.iter_mut().chain(&mut self.ever).for_each(Lists::clear);
        self.sums = Sums::default();
    }

    /// What the other side than `side` said last.
    pub(super) fn by_other(&self, side: usize) -> Option<&Lists> {
        self.lists.get(1 - side)
    }

    /// What this side has said so far.
    pub(super) fn ever(&self, side: usize) -> Option<&Lists> {
        self.ever.get(side)
    }

    pub(super) fn add(&mut self, side: usize, said: &Lists) {
        let (Some(lists), Some(ever)) = (self.lists.get_mut(side), self.ever.get_mut(side)) else { return };
        ever.join(said);
        if self.speaking != side {
            self.speaking = side;
            lists.clear();
        }
        lists.join(said);
    }
}
