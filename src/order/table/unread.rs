//! The cells of a row as numbers and times; those that cannot be read become problems.

use crate::{
    error::Problems,
    input::{
        csv::Row,
        table::{BROKEN, broken},
    },
    order::{
        NONE, Names,
        cell::{self, Number},
        header::NOWHERE,
    },
    time::Plain,
};

/// What is said of a cell that holds no time.
pub(crate) const NO_TIME: &str = "这一格不是时间，按未知处理 / this cell is no time; taken as unknown";

pub(super) const PAID_SOME_TIME: &str =
    "这一格不是时间，按已付款、付款时间未知处理 / this cell is no time; the order counts as paid, at an unknown time";

/// The cells of one row that could not be read, on their way to the problems.
pub(super) struct Unread<'a> {
    pub(super) row: &'a Row<'a>,
    pub(super) file: &'a str,
    pub(super) problems: &'a mut Problems,
}

impl Unread<'_> {
    /// The number in a column, in [`cell::UNIT`]s; [`NONE`] where it is empty or unreadable.
    #[inline]
    pub(super) fn amount(&mut self, column: usize) -> i64 {
        if column == NOWHERE {
            return NONE;
        }
        match cell::number(self.row.get(column)) {
            Number::Value(value) => value,
            Number::Nothing => NONE,
            Number::Unreadable => {
                self.push(column, "bad-number", "这一格不是数字，按未知处理 / this cell is no number; taken as unknown");
                NONE
            }
        }
    }

    /// The amount in a column, in cents; [`NONE`] where it is empty or unreadable.
    #[inline]
    pub(super) fn cents(&mut self, column: usize) -> i64 {
        if column == NOWHERE {
            return NONE;
        }
        cell::plain_cents(self.row.get(column)).unwrap_or_else(|| match self.amount(column) {
            NONE => NONE,
            value => cell::cents(value),
        })
    }

    /// The time in a column, [`NONE`] where it is empty; `None` where it is unreadable.
    #[inline]
    pub(super) fn time(&mut self, column: usize, plain: &mut Plain, message: &str) -> Option<i64> {
        if column == NOWHERE {
            return Some(NONE);
        }
        cell::time_near(self.row.get(column), plain).map_err(|()| self.push(column, "bad-time", message)).ok()
    }

    /// Lists a name that holds broken characters, which stands in one of the columns; gives how many there are.
    #[inline]
    pub(super) fn listen(&mut self, names: &Names, number: u32, columns: &[usize]) -> u64 {
        if names.is_broken(number) { self.tell_broken(columns) } else { 0 }
    }

    /// Lists the first of some cells that holds broken characters.
    pub(super) fn tell_broken(&mut self, columns: &[usize]) -> u64 {
        let found = columns.iter().find(|column| broken(self.row.get(**column)));
        found.into_iter().for_each(|column| self.push(*column, BROKEN.0, BROKEN.1));
        u64::from(found.is_some())
    }

    #[cold]
    pub(super) fn push(&mut self, column: usize, code: &'static str, message: &str) {
        self.problems.push(self.row.problem(column, code, message, self.file));
    }
}
