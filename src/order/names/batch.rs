//! Many names numbered at once.

use super::{FREE, Names, hash, home};
use crate::input::bytes::same;
use alloc::vec::Vec;

/// Names on their way to their numbers, each with what it belongs to. A table of a million names lies far off in memory: where one
/// look does not wait for the one before, many are under way at the same time.
#[derive(Default)]
pub(crate) struct Batch {
    text: Vec<u8>,
    each: Vec<Waiting>,
}

struct Waiting {
    owner: u32,
    hash: u32,
    /// Where the name ends in the text of the batch.
    end: usize,
    /// The number that its hash points to.
    likely: u32,
    /// Where the name of that number stands.
    place: (usize, usize),
}

impl Batch {
    /// How many names are numbered at a time: enough to keep the memory busy, few enough to stay close by.
    pub const SIZE: usize = 256;

    /// Adds a name.
    #[inline]
    pub fn push(&mut self, owner: u32, name: &[u8]) {
        self.text.extend_from_slice(name);
        self.each.push(Waiting { owner, hash: hash(name), end: self.text.len(), likely: FREE.1, place: (0, 0) });
    }

    /// How many names wait.
    #[inline]
    pub const fn len(&self) -> usize {
        self.each.len()
    }
}

impl Names {
    /// Numbers all names of the batch in their order and empties it. A new name may be refused, and has no number then.
    pub(crate) fn intern_batch(&mut self, batch: &mut Batch, mut refused: impl FnMut(&[u8]) -> bool, mut take: impl FnMut(u32, u32)) {
        for waiting in &mut batch.each {
            let first = self.probe(waiting.hash, home(waiting.hash, self.slots.len()));
            waiting.likely = first.map_or(FREE.1, |(_, number)| number);
        }
        for waiting in &mut batch.each {
            waiting.place = self.place(waiting.likely).unwrap_or_default();
        }
        let mut start = 0;
        for waiting in batch.each.drain(..) {
            let name = batch.text.get(start..waiting.end).unwrap_or(&[]);
            start = waiting.end;
            let (from, to) = waiting.place;
            if self.text.as_bytes().get(from..to).is_some_and(|known| !name.is_empty() && same(known, name)) {
                take(waiting.owner, waiting.likely);
            } else if let Some(number) = self.intern_hashed(waiting.hash, name, || refused(name)) {
                take(waiting.owner, number);
            }
        }
        batch.text.clear();
    }
}
