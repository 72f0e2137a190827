//! What is wrong with a row, and how that is said.

use super::{MAX_CELL, MAX_COLUMNS, MAX_ROW};
use crate::{error::Error, text::many};
use alloc::{format, string::String};

/// What is wrong with a row. The row is left out, a header that is too wide cut; reading goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// The row's first line in the file, from 1.
    pub line: u32,
    /// What is wrong.
    pub fault: Fault,
}

/// The ways in which a row can be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Fewer cells than the header has.
    TooFew {
        /// Cells of the row.
        found: usize,
        /// Cells of the header.
        wanted: usize,
    },
    /// More cells than the header has, and not only empty ones.
    TooMany {
        /// Cells of the row.
        found: usize,
        /// Cells of the header.
        wanted: usize,
    },
    /// A quote was opened and never closed: so many lines are lost until one parses again.
    Unclosed {
        /// Lines lost.
        lines: u32,
    },
    /// Longer than [`MAX_ROW`].
    RowTooLong,
    /// Holds a cell longer than [`MAX_CELL`].
    CellTooLong,
    /// A header of more cells than [`MAX_COLUMNS`]: the columns behind are not read.
    TooWide,
}

impl Flaw {
    /// As a problem to list.
    ///
    /// ```
    /// use huashu::input::csv::{Fault, Flaw};
    /// let flaw = Flaw { line: 7, fault: Fault::TooFew { found: 3, wanted: 5 } };
    /// assert_eq!(flaw.error("orders.csv").code(), "row-too-short");
    /// ```
    pub fn error(&self, file: &str) -> Error {
        let (code, message) = match self.fault {
            Fault::TooFew { found, wanted } => (
                "row-too-short",
                format!(
                    "这一行只有 {found} 格，表头有 {wanted} 格，已略过 / this row has {} where the header has {wanted}; left out",
                    many(found as u32, "cell")
                ),
            ),
            Fault::TooMany { found, wanted } => (
                "row-too-long",
                format!(
                    "这一行有 {found} 格，表头只有 {wanted} 格，已略过 / this row has {} where the header has {wanted}; left out",
                    many(found as u32, "cell")
                ),
            ),
            Fault::Unclosed { lines: 1 } => (
                "unclosed-quote",
                String::from(
                    "这一行的引号没有闭合，已略过，请补上引号 / a quote of this line is never closed; the line is left out: close the quote",
                ),
            ),
            Fault::Unclosed { lines } => (
                "unclosed-quote",
                format!(
                    "从这一行起引号没有闭合，共略过 {lines} 行（第 {} 行至第 {} 行），请补上引号 / a quote is never closed; lines left out from this one on: {lines}; close the quote",
                    self.line,
                    self.line + lines - 1
                ),
            ),
            Fault::RowTooLong => {
                ("row-too-large", format!("这一行超过 {} KB，已略过 / this row is longer than {0} KB; left out", MAX_ROW / 1024))
            }
            Fault::CellTooLong => (
                "cell-too-large",
                format!("这一行有一格超过 {} KB，已略过 / a cell of this row is longer than {0} KB; left out", MAX_CELL / 1024),
            ),
            Fault::TooWide => (
                "too-many-columns",
                format!(
                    "表格超过 {MAX_COLUMNS} 列，后面的列未读 / this table has more than {MAX_COLUMNS} columns; those behind were not read"
                ),
            ),
        };
        Error::new(code, message).at(self.line, 1).in_file(file)
    }
}
