//! A table that comes in slices: what orders and side tables are read through.

use super::{
    bytes::{holds, holds_replaced},
    csv::{self, Item, Reader, Row},
};
use crate::error::Error;
use alloc::{format, vec::Vec};

/// How many bytes are looked at before anything is decided: which character separates the cells, and whether it is a table at all.
const SAMPLE: usize = 16 << 10;

/// How many rows may stand before the header.
const PREAMBLE: u32 = 30;

/// What a row was.
pub(crate) enum Met {
    /// A row under the header, or one that is no row.
    Row,
    /// One above the header.
    Above,
    /// The header, of so many columns.
    Header(usize),
    /// The sign of another kind of file: reading goes no further.
    Other(Error),
}

/// Who takes in the rows of a table.
pub(crate) trait Rows {
    /// What a file is that begins like this and is no table.
    fn foreign(&self, sample: &[u8]) -> Option<Error>;
    /// What to say of a file whose first rows are no header.
    fn headless(&self, sample: &[u8]) -> Error;
    /// Takes the next row.
    fn take(&mut self, item: Item<'_>) -> Met;
    /// So many NUL bytes stand in a row.
    fn damaged(&mut self, row: &Row<'_>, nuls: u64);
    /// So many bytes are worked off.
    fn worked_off(&mut self, _bytes: usize) {}
}

/// Cuts slices into the rows of a table. Where they are cut never shows in the result.
pub(crate) struct Source<R> {
    pub rows: R,
    sample: Vec<u8>,
    csv: Option<Reader>,
    /// Rows seen while no header was found.
    above: u32,
    /// What the file turned out to be instead: reading goes no further.
    other: Option<Error>,
    /// Bytes worked off, and the end of the last slice of them that held a NUL.
    done: u64,
    nuls: u64,
}

impl<R: Rows> Source<R> {
    pub const fn new(rows: R) -> Self {
        Self { rows, sample: Vec::new(), csv: None, above: 0, other: None, done: 0, nuls: 0 }
    }

    /// Takes in the next bytes.
    pub fn push(&mut self, mut bytes: &[u8]) {
        if self.csv.is_none() {
            let (head, rest) = bytes.split_at_checked(SAMPLE - self.sample.len()).unwrap_or((bytes, &[]));
            self.sample.extend_from_slice(head);
            if self.sample.len() < SAMPLE {
                return;
            }
            self.begin();
            bytes = rest;
        }
        self.feed(bytes);
    }

    /// Works off what is left; gives who took the rows, why reading went no further, where it did not, and the first bytes.
    pub fn finish(mut self) -> (R, Option<Error>, Vec<u8>) {
        if self.csv.is_none() {
            self.begin();
        }
        if let Some(csv) = &mut self.csv {
            csv.close();
        }
        self.drain();
        (self.rows, self.other, self.sample)
    }

    fn begin(&mut self) {
        self.other = self.rows.foreign(&self.sample);
        self.csv = Some(Reader::open(&self.sample));
        let sample = self.sample.clone();
        self.feed(&sample);
    }

    fn feed(&mut self, bytes: &[u8]) {
        for slice in bytes.chunks(csv::SLICE) {
            if self.other.is_some() {
                return;
            }
            self.done += slice.len() as u64;
            if holds(slice, 0) {
                self.nuls = self.done;
            }
            if let Some(csv) = &mut self.csv {
                csv.push(slice);
            }
            self.drain();
            self.rows.worked_off(slice.len());
        }
    }

    /// Works off the rows that are there.
    fn drain(&mut self) {
        let Self { rows, sample, csv, above, other, nuls, .. } = self;
        let Some(csv) = csv else { return };
        while other.is_none() {
            let Some(item) = csv.next() else { return };
            if let Item::Row(row) = &item
                && row.byte() < *nuls
            {
                let count = row.bytes().iter().filter(|byte| **byte == 0).count() as u64;
                if count > 0 {
                    rows.damaged(row, count);
                }
            }
            match rows.take(item) {
                Met::Row => {}
                Met::Other(error) => *other = Some(error),
                Met::Header(width) => csv.set_width(width),
                Met::Above => {
                    *above += 1;
                    if *above >= PREAMBLE {
                        *other = Some(rows.headless(sample));
                    }
                }
            }
        }
    }
}

/// NUL bytes in a row, as a problem.
pub(crate) fn nul_bytes(row: &Row<'_>, count: u64) -> Error {
    let message = format!(
        "这一行有 {count} 个空字节（NUL），文件可能已损坏；格子两端的已去掉 / NUL bytes in this row: {count}; the file may be damaged. Those at the ends of cells were taken off"
    );
    Error::new("nul-bytes", message).at(row.line(), 1)
}

/// The problem that the user's map of columns names a header which the file lacks.
pub(crate) fn missing_column(field: &str, header: &str) -> Error {
    let message = format!(
        "列映射里 {field} 对应的表头「{header}」不在这个文件里 / the header \"{header}\" that the column map names for {field} is not in this file"
    );
    Error::new("missing-column", message)
}

/// Whether a cell holds broken characters.
pub(crate) fn broken(cell: &[u8]) -> bool {
    core::str::from_utf8(cell).map_or(true, holds_replaced)
}

/// What to say of such a cell.
pub(crate) const BROKEN: (&str, &str) =
    ("broken-character", "这一格有乱码，请检查文件编码 / this cell holds broken characters: check the file's encoding");
