//! Copies that begin with the newest message.

use super::Gather;
use crate::{chat::outline::Row, error::Error, time::Time};

/// So many messages that are older than the one above tell that all are, where none is newer.
const OLDER: usize = 3;

impl Gather {
    /// Turns such a copy round.
    pub(super) fn turn(&mut self, file: &str) {
        let [_] = &*self.parts else { return };
        let times = || self.rows.iter().filter(|row| !row.gone()).filter_map(Row::at).filter(|at| at.dated());
        let pairs = || times().zip(times().skip(1));
        let newer = |(above, below): (Time, Time)| below > above;
        let older = pairs().filter(|(above, below)| below < above).count();
        // Talks of one minute each may stand in any order, and their messages below one another.
        if pairs().any(newer) || older < OLDER || older * 2 <= pairs().count() {
            return;
        }
        self.rows.reverse();
        self.texts.reverse();
        let last = self.rows.len().saturating_sub(1) as u32;
        self.texts.iter_mut().for_each(|(row, _)| *row = last.saturating_sub(*row));
        // What parts a message from the one above parts that one from it now.
        let mut parted = 0;
        self.rows.iter_mut().filter(|row| !row.gone()).for_each(|row| parted = row.part(parted));
        let message = "消息从新到旧排列，已倒过来读 / the newest message stands first: the messages were read the other way round";
        self.notes.push(Error::new("newest-first", message).in_file(file));
    }
}
