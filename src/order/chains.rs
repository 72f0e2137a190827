//! Which rows of a list are an order's, where files are joined: without it each file would go through all rows that were there before.

use alloc::vec::Vec;

/// For each order its last row, and for each row the one before it of the same order; `u32::MAX` where there is none.
#[derive(Clone, Debug, Default)]
pub(super) struct Chains {
    last: Vec<u32>,
    before: Vec<u32>,
}

impl Chains {
    /// Takes in the rows that are new in the list.
    pub fn follow<T>(&mut self, list: &[T], order: impl Fn(&T) -> u32) {
        for row in list.iter().skip(self.before.len()) {
            let order = order(row) as usize;
            if self.last.len() <= order {
                self.last.resize(order + 1, u32::MAX);
            }
            if let Some(last) = self.last.get_mut(order) {
                let row = self.before.len() as u32;
                self.before.push(core::mem::replace(last, row));
            }
        }
    }

    /// The rows of an order, the last of them first.
    pub fn of(&self, order: u32) -> impl Iterator<Item = usize> {
        let row = |row: &u32| (*row != u32::MAX).then_some(*row as usize);
        let last = self.last.get(order as usize).and_then(row);
        core::iter::successors(last, move |&later| self.before.get(later).and_then(row))
    }

    /// Bytes that they take up, room for growth included.
    pub const fn memory(&self) -> usize {
        4 * (self.last.capacity() + self.before.capacity())
    }
}
