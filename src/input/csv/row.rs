//! One row of a table: its cells, borrowed, and their places in the file.

use super::{Fault, Flaw, MAX_CELL};
use crate::error::Error;
use alloc::{format, string::String};

#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    /// Where the cell begins in the row, quote included.
    pub raw: u32,
    pub start: u32,
    pub end: u32,
    /// Whether its text had to be put together anew and stands in `aside`.
    pub aside: bool,
}

/// One row. Cells come as bytes: they may hold anything.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    pub(super) line: u32,
    pub(super) byte: u64,
    pub(super) bytes: &'a [u8],
    pub(super) aside: &'a [u8],
    pub(super) cells: &'a [Cell],
}

impl<'a> Row<'a> {
    /// A problem with what a cell holds, which the message quotes.
    #[cold]
    pub fn problem(&self, at: usize, code: &'static str, message: &str, file: &str) -> Error {
        let (line, column) = self.place(at);
        let text: String = String::from_utf8_lossy(self.get(at)).chars().take(30).collect();
        // Readers see the half in their language, so each quotes the cell; what parts the halves must not come out of a cell.
        let text = text.replace(" / ", "/");
        let message = match message.split_once(" / ") {
            Some((zh, en)) if !text.trim().is_empty() => format!("「{text}」：{zh} / \"{text}\": {en}"),
            _ => String::from(message),
        };
        Error::new(code, message).at(line, column).in_file(file)
    }

    /// Its first line in the file, from 1.
    pub const fn line(&self) -> u32 {
        self.line
    }

    /// Where it begins in the file, in bytes.
    pub const fn byte(&self) -> u64 {
        self.byte
    }

    /// Its bytes as they stand in the file.
    pub const fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// How many cells it has.
    pub const fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether it has none, which never happens: blank lines are no rows.
    pub const fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// The text of a cell without its quotes; empty where the row has no such cell.
    #[inline]
    pub fn get(&self, at: usize) -> &'a [u8] {
        let Some(cell) = self.cells.get(at) else { return &[] };
        let source = if cell.aside { self.aside } else { self.bytes };
        source.get(cell.start as usize..cell.end as usize).unwrap_or(&[])
    }

    /// All cells.
    pub fn iter(&self) -> impl Iterator<Item = &'a [u8]> + '_ {
        (0..self.len()).map(|at| self.get(at))
    }

    /// Line and column of a cell in the file, both from 1; the column counts characters.
    pub fn place(&self, at: usize) -> (u32, u32) {
        let Some(cell) = self.cells.get(at) else { return (self.line, 1) };
        let before = String::from_utf8_lossy(self.bytes.get(..cell.raw as usize).unwrap_or(&[]));
        let line_start = before.rfind('\n').map_or(0, |i| i + 1);
        let lines = before.bytes().filter(|&b| b == b'\n').count();
        (self.line + lines as u32, 1 + before.get(line_start..).unwrap_or("").chars().count() as u32)
    }

    /// What is wrong with it, for a table of `width` columns. Empty cells after the last column are fine.
    #[inline]
    pub fn flaw(&self, width: usize) -> Option<Flaw> {
        if self.len() == width && self.bytes.len() <= MAX_CELL {
            return None;
        }
        let found = self.len();
        let fault = if self.iter().any(|cell| cell.len() > MAX_CELL) {
            Fault::CellTooLong
        } else if found < width {
            Fault::TooFew { found, wanted: width }
        } else if self.iter().skip(width).any(|cell| !cell.iter().all(u8::is_ascii_whitespace)) {
            Fault::TooMany { found, wanted: width }
        } else {
            return None;
        };
        Some(Flaw { line: self.line, fault })
    }
}
