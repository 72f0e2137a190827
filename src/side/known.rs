//! Which rows a table has already: what two files say counts once.

use super::Table;
use crate::{order::NONE, sort};
use alloc::vec::Vec;
use core::hash::BuildHasher;
use hashbrown::HashMap;

/// How often a table has each row; made when a second file comes.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    /// By the hash of the row; open rows stand in `same` alone.
    rows: HashMap<u64, u32>,
    /// Of a kind whose last columns a later export may fill: by the hash of the other columns.
    same: HashMap<u64, Same>,
}

/// Rows that differ at most in what a later export may fill.
#[derive(Clone, Debug, Default)]
struct Same {
    count: u32,
    /// The places of the open ones, in which nothing of that is filled.
    open: Vec<usize>,
}

impl Table {
    /// The cells of a row that no later export changes.
    fn lasting<'a>(&self, row: &'a [i64]) -> &'a [i64] {
        row.get(..row.len().saturating_sub(self.later)).unwrap_or_default()
    }

    fn is_open(&self, row: &[i64]) -> bool {
        self.later > 0 && row.iter().rev().take(self.later).all(|cell| *cell == NONE)
    }
}

impl Known {
    /// Adds the rows of another file: each as often as that has it more often than the table.
    pub fn add(&mut self, ours: &mut Vec<i64>, theirs: &[i64], table: &Table) {
        let width = table.fields.len();
        if self.rows.is_empty() && self.same.is_empty() {
            ours.chunks(width).enumerate().for_each(|(at, row)| self.learn(at, row, table));
        }
        if table.later > 0 {
            return self.add_filled(ours, theirs, table);
        }
        let mut seen = HashMap::new();
        for row in theirs.chunks(width).filter(|row| self.is_new(row, &mut seen)) {
            ours.extend_from_slice(row);
        }
    }

    /// The same where rows may have been filled meanwhile: these take the place of open ones. There are as many rows of a sort as in the
    /// file that has more of them, or as many as were filled, if that is more.
    fn add_filled(&mut self, ours: &mut Vec<i64>, theirs: &[i64], table: &Table) {
        let width = table.fields.len();
        let mut coming: HashMap<u64, u32> = HashMap::new();
        let mut seen = HashMap::new();
        for row in theirs.chunks(width) {
            *coming.entry(self.hash(table.lasting(row))).or_insert(0) += 1;
        }
        let (open, filled): (Vec<_>, Vec<_>) = theirs.chunks(width).enumerate().partition(|(_, row)| table.is_open(row));
        let mut added: Vec<(usize, &[i64])> = Vec::new();
        for (at, row) in filled {
            if !self.is_new(row, &mut seen) {
                continue;
            }
            let key = self.hash(table.lasting(row));
            let same = self.same.entry(key).or_default();
            let room = coming.get(&key).is_some_and(|&count| same.count < count);
            let place = if room { None } else { same.open.pop() };
            if let Some(slot) = place.and_then(|place| ours.get_mut(place * width..(place + 1) * width)) {
                slot.copy_from_slice(row);
            } else {
                same.count += 1;
                added.push((at, row));
            }
        }
        for (at, row) in open {
            let key = self.hash(table.lasting(row));
            let same = self.same.entry(key).or_default();
            if coming.get(&key).is_some_and(|&count| same.count < count) {
                same.count += 1;
                added.push((at, row));
            }
        }
        sort::plain(&mut added);
        for (_, row) in added {
            if table.is_open(row) {
                let key = self.hash(table.lasting(row));
                self.same.entry(key).or_default().open.push(ours.len() / width);
            }
            ours.extend_from_slice(row);
        }
    }

    /// Counts a row of the table itself.
    fn learn(&mut self, at: usize, row: &[i64], table: &Table) {
        if table.later > 0 {
            let key = self.hash(table.lasting(row));
            let same = self.same.entry(key).or_default();
            same.count += 1;
            if table.is_open(row) {
                return same.open.push(at);
            }
        }
        let hash = self.hash(row);
        *self.rows.entry(hash).or_insert(0) += 1;
    }

    /// Whether the table has a row less often than it was seen in the file that comes, this time included; it is counted in both.
    fn is_new(&mut self, row: &[i64], seen: &mut HashMap<u64, u32>) -> bool {
        let hash = self.hash(row);
        let seen = seen.entry(hash).or_insert(0);
        *seen += 1;
        let known = self.rows.entry(hash).or_insert(0);
        let new = *seen > *known;
        *known += u32::from(new);
        new
    }

    fn hash(&self, cells: &[i64]) -> u64 {
        self.rows.hasher().hash_one(cells)
    }
}
