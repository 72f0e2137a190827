//! Which columns of a table of messages hold what: those that are known, and guesses at the others.

use super::shape::table::Columns;
use crate::input::csv::{Item, Reader, delimiter};
use crate::input::lines::utf8;
use crate::time::Stamp;
use alloc::{collections::BTreeMap, string::String, vec::Vec};

/// The columns of a table of messages: what a map by hand starts from, and what it can choose from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TableColumns {
    /// Which header was taken for which field of [`super::ReadOptions::columns`], or might be.
    pub columns: Vec<(&'static str, String)>,
    /// The fields of `columns` that what stands below the header only suggests: nothing was read by them.
    pub guessed: Vec<&'static str>,
    /// All headers.
    pub headers: Vec<String>,
    /// The first row under them, cut short.
    pub sample: Vec<String>,
}

impl TableColumns {
    /// Takes the header, and what was found in it.
    pub(super) fn name(&mut self, header: &[impl AsRef<str>], found: &Columns) {
        let name = |at: usize| header.get(at).map(|name| String::from(name.as_ref().trim_matches(['\u{feff}', ' ', '\t'])));
        self.columns = found.places().filter_map(|(field, at)| Some((field, name(at)?))).collect();
        self.headers = (0..header.len()).filter_map(name).collect();
    }

    /// Takes the first row, cut short.
    pub(super) fn show(&mut self, row: impl Iterator<Item = String>) {
        self.sample = row.map(|cell| cell.chars().take(40).collect()).collect();
    }
}

/// A file that begins as a table may.
pub(super) struct Guess {
    pub columns: TableColumns,
    /// Whether it certainly is one, and of messages.
    pub sure: bool,
}

/// Guesses at the columns of a file that begins like this; `None` where it is no table. `cut`: its last row is not whole.
pub(super) fn guess(start: &[u8], cut: bool, map: &BTreeMap<String, String>) -> Option<Guess> {
    let mut rows = rows(start);
    if cut {
        rows.pop();
    }
    let (header, below) = rows.split_first()?;
    let width = header.len();
    let even: Vec<&Vec<String>> = below.iter().filter(|row| row.len() == width).collect();
    if width < 2 || even.is_empty() || header.iter().any(|name| name.is_empty() || time(name) || super::refuse::orders(name)) {
        return None;
    }
    let regular = width > 2 && even.len() > 1 && even.len() * 4 >= below.len() * 3;
    let known = Columns::find(header, map);
    let free = |at: &usize| !known.taken(*at);
    let column = |at: usize| even.iter().filter_map(move |row| row.get(at)).filter(|cell| !cell.is_empty());
    let times = |at: &usize| column(*at).next().is_some() && column(*at).all(|cell| time(cell));
    let words = |at: &usize| column(*at).any(|cell| cell.contains(char::is_alphabetic));
    let long = |at: &usize| column(*at).map(String::len).sum::<usize>();
    let first = |at: usize, cell: &String, row: usize| !column(at).take(row).any(|above| above == cell);
    let names = |at: &usize| column(*at).enumerate().filter(|(row, cell)| first(*at, cell, *row)).count();
    let dates = |at: &usize| times(at) && column(*at).all(|cell| Stamp::prefix(cell).is_some_and(|(stamp, _)| stamp.clock.is_none()));
    let search = |fits: &dyn Fn(&usize) -> bool| (0..width).filter(free).find(fits);
    let when = known.place("time").or_else(|| search(&|at| times(at) && !dates(at))).or_else(|| search(&dates));
    let date = known.place("date").or_else(|| search(&dates).filter(|at| Some(*at) != when));
    let text = known.place("text").or_else(|| (0..width).rev().filter(free).filter(|at| !times(at) && words(at)).max_by_key(long));
    // Who speaks speaks again, but for two lines of two people.
    let speaks = |at: &usize| words(at) && names(at) > 1 && (names(at) < even.len() || even.len() == 2);
    let speaker = || (0..width).filter(free).filter(|at| Some(*at) != text && !times(at) && speaks(at)).min_by_key(names);
    let sender = if known.tells_sides() { None } else { speaker() };
    let found = [("sender", sender), ("text", text), ("time", when), ("date", date)];
    let guessed: Vec<(&'static str, usize)> =
        found.into_iter().filter_map(|(field, at)| Some((field, at?))).filter(|(field, _)| known.place(field).is_none()).collect();
    let mut columns = TableColumns { guessed: guessed.iter().map(|(field, _)| *field).collect(), ..TableColumns::default() };
    columns.name(header, &known);
    columns.columns.extend(guessed.into_iter().filter_map(|(field, at)| Some((field, header.get(at)?.clone()))));
    columns.show(even.first().into_iter().flat_map(|row| row.iter().cloned()));
    Some(Guess { columns, sure: regular && text.is_some() && when.is_some() })
}

fn rows(start: &[u8]) -> Vec<Vec<String>> {
    let mut reader = Reader::new(delimiter(start));
    reader.push(start);
    reader.close();
    let mut rows = Vec::new();
    while let Some(item) = reader.next() {
        if let Item::Row(row) = item {
            rows.push(row.iter().map(|cell| String::from(utf8(cell).trim_matches(['\u{feff}', ' ', '\t']))).collect());
        }
    }
    rows
}

fn time(cell: &str) -> bool {
    Stamp::prefix(cell).and_then(|(_, end)| cell.get(end..)).is_some_and(|rest| rest.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_no_guess() {
        let map = BTreeMap::new();
        let text = "内容,谁,何时\n在吗,小鹿,9:00\n在的亲,小丹,9:01\n好,小鹿,9:02\n";
        let found = guess(text.as_bytes(), false, &map).unwrap();
        assert_eq!(found.columns.columns, [("text", "内容".into()), ("sender", "谁".into()), ("time", "何时".into())]);
        assert_eq!((found.columns.guessed, found.sure), (Vec::from(["sender", "time"]), true));
        assert_eq!(found.columns.sample, ["在吗", "小鹿", "9:00"]);
        // What the user says goes first.
        let map = BTreeMap::from([("text".into(), "谁".into()), ("sender".into(), "内容".into())]);
        let found = guess(text.as_bytes(), false, &map).unwrap();
        assert_eq!(found.columns.columns, [("sender", "内容".into()), ("text", "谁".into()), ("time", "何时".into())]);
    }

    #[test]
    fn numbers_are_no_words_and_buyers_of_one_order_each_no_speakers() {
        let text = "号,谁,哪天,多少\n1,甲,2026-01-01,10\n2,乙,2026-01-09,20\n3,丙,2026-01-03,5\n";
        let found = guess(text.as_bytes(), false, &BTreeMap::new()).unwrap();
        assert_eq!(found.columns.guessed, ["text", "time"]);
        assert_eq!(found.columns.columns.first(), Some(&("text", "谁".into())));
    }
}
