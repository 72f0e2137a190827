//! TOML as a tree in which every key and value knows its place, for books, profiles and column maps.
//!
//! [`parse`] gives a [`Table`]; [`Fields`] takes known keys out of one with type checks, so that each room reads its own
//! tables and a misspelt key is told with its place and the likely right spelling.

mod fields;
mod mistakes;
mod parse;

pub(crate) use fields::suggestion;
pub use fields::{Fields, Known};
pub use parse::parse;

use crate::Error;
use crate::sort;
use alloc::{collections::BTreeMap, format, string::String, vec::Vec};
use core::{cell::RefCell, ops::Deref};

/// Where something stands: file (a number that [`Errors`] knows the name of), line and column (characters), from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Which of the files given to [`Errors::new`].
    pub file: u16,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// A table. Keys are sorted; [`Place`] tells the order of the file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// Where it begins: its header, brace or first key.
    pub place: Place,
    pub(crate) form: Form,
    pub(crate) entries: BTreeMap<String, Entry>,
}

/// How a table came to be; it decides whether it may be opened again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Form {
    /// By its own header, or as the file itself.
    #[default]
    Header,
    /// As the parent of a header.
    Implicit,
    /// By a dotted key.
    Dotted,
    /// By braces: closed for ever.
    Inline,
}

/// A key with its value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub(crate) key: Place,
    pub(crate) item: Item,
}

/// A value with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Where the value begins.
    pub place: Place,
    /// The value.
    pub value: Value,
}

/// What a value can be. Dates are refused: a book has none.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A string; `line` is the line of the file on which its first character stands.
    Text {
        /// The string.
        text: String,
        /// Line of its first character.
        line: u32,
    },
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Float(f64),
    /// `true` or `false`.
    Boolean(bool),
    /// An array; `of_tables` when written as `[[name]]`.
    Array {
        /// Its items.
        items: Vec<Item>,
        /// Written as `[[name]]` blocks.
        of_tables: bool,
    },
    /// A table.
    Table(Table),
}

impl Value {
    /// What it is, for messages.
    pub(crate) fn sort(&self) -> (&'static str, &'static str) {
        match self {
            Value::Text { .. } => ("文字", "text"),
            Value::Float(n) if !n.is_finite() => ("无穷大或非数", "infinite or not a number"),
            Value::Integer(_) => ("数字", "a number"),
            Value::Float(_) => ("小数", "a fraction"),
            Value::Boolean(_) => ("真假值", "true or false"),
            Value::Array { .. } => ("列表", "a list"),
            Value::Table(_) => ("表", "a table"),
        }
    }
}

/// A string of the file with its place. It reads as `&str`.
///
/// ```
/// use huashu::toml::{Errors, Fields, parse};
/// let errors = Errors::new(["book.toml"]);
/// let mut fields = Fields::new(parse("\nid = 'apology'", 0, &errors), &errors);
/// let id = fields.need_text("id");
/// assert_eq!((&*id, id.place.line, id.place.column), ("apology", 2, 6));
/// fields.finish();
/// assert!(errors.is_empty());
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Text {
    /// The string.
    pub text: String,
    /// Where the value begins.
    pub place: Place,
    /// The line on which its first character stands (after `'''` and a line break, the next one).
    pub line: u32,
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

/// A table as its header writes it, empty for the top of the file, and the keys that stand in it and are looked for elsewhere.
pub(crate) type Home = (&'static str, &'static [&'static str]);

/// Collects what is wrong with a set of files, each error at its place. It keeps the first [`Errors::LIMIT`].
///
/// ```
/// use huashu::toml::{Errors, Place};
/// let errors = Errors::new(["book.toml"]);
/// errors.add(Place { file: 0, line: 3, column: 1 }, "book-key", "未知键 / unknown key");
/// assert_eq!(errors.into_vec()[0].to_string(), "book.toml:3:1: 未知键 / unknown key");
/// ```
#[derive(Debug, Default)]
pub struct Errors {
    files: Vec<String>,
    homes: &'static [Home],
    found: RefCell<Vec<(Place, Error)>>,
}

impl Errors {
    /// How many are kept; whoever has more begins with these.
    pub const LIMIT: usize = 100;

    /// None yet, for files of these names.
    pub fn new<S: Into<String>>(files: impl IntoIterator<Item = S>) -> Self {
        Self { files: files.into_iter().map(Into::into).collect(), ..Self::default() }
    }

    /// The same where these keys are known to belong to these tables: whoever writes one elsewhere is told.
    pub(crate) fn with_homes(self, homes: &'static [Home]) -> Self {
        Self { homes, ..self }
    }

    /// Where a key belongs, in both languages.
    fn home(&self, key: &str) -> Option<(String, String)> {
        let homes = self.homes.iter().filter(|(_, keys)| keys.contains(&key));
        let tables: Vec<&str> = homes.map(|(table, _)| *table).collect();
        match tables.join(", ") {
            _ if tables.is_empty() => None,
            top if top.is_empty() => Some(("：要写在第一个 [ ] 的上面".into(), ": it belongs above the first [ ]".into())),
            tables => Some((format!("：它写在 {tables} 里"), format!(": it belongs in {tables}"))),
        }
    }

    /// Whether something is told of a line, up to a place: what comes behind it there may follow from that.
    fn is_told(&self, place: Place) -> bool {
        let before = |at: &Place| (at.file, at.line) == (place.file, place.line) && *at <= place;
        self.found.try_borrow().is_ok_and(|found| found.iter().any(|(at, _)| before(at)))
    }

    /// Adds one.
    pub fn add(&self, place: Place, code: &'static str, message: impl Into<String>) {
        // Never borrowed elsewhere: no method hands out a reference into the cell.
        let Ok(mut found) = self.found.try_borrow_mut() else { return };
        if found.len() < Self::LIMIT {
            found.push((place, self.located(place, Error::new(code, message))));
        } else if found.len() == Self::LIMIT {
            let message = format!("问题太多，先看前面 {0} 处 / too many problems: see to the first {0}", Self::LIMIT);
            found.push((Place { line: u32::MAX, ..place }, self.located(place, Error::new("book-errors", message))));
        }
    }

    /// Forgets what was found in a file from a place on.
    pub(crate) fn forget_from(&self, place: Place) {
        if let Ok(mut found) = self.found.try_borrow_mut() {
            found.retain(|(at, _)| at.file != place.file || *at < place);
        }
    }

    /// Puts a place on an error.
    pub(crate) fn located(&self, place: Place, error: Error) -> Error {
        let error = if place.line > 0 { error.at(place.line, place.column) } else { error };
        match self.files.get(usize::from(place.file)) {
            Some(name) => error.in_file(name.as_str()),
            None => error,
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.found.try_borrow().is_ok_and(|found| found.is_empty())
    }

    /// Whether no more are kept: going on would only cost time.
    pub(crate) fn is_full(&self) -> bool {
        self.found.try_borrow().is_ok_and(|found| found.len() > Self::LIMIT)
    }

    /// All of them in the order of the files.
    pub fn into_vec(self) -> Vec<Error> {
        let mut found = self.found.into_inner();
        sort::by_key(&mut found, |(place, _)| *place);
        found.dedup();
        found.into_iter().map(|(_, error)| error).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    /// Warnings are collected too.
    #[test]
    fn too_many_are_called_neither_errors_nor_warnings() {
        let errors = Errors::new(["b"]);
        (1..=101).for_each(|line| errors.add(Place { file: 0, line, column: 1 }, "book-unused", line.to_string()));
        let last = errors.into_vec().pop().unwrap();
        assert_eq!((last.code(), last.message()), ("book-errors", "问题太多，先看前面 100 处 / too many problems: see to the first 100"));
    }
}
