//! One error for everything: a stable code, a message that says what to do, and the place.

use alloc::{boxed::Box, string::String, vec::Vec};
use core::fmt;
use serde::ser::{Serialize, SerializeStruct, Serializer};

/// What went wrong and where. Opaque: read it through its accessors.
///
/// As JSON: `{"code", "file", "line", "column", "message"}`; lines and columns count from 1, columns in characters;
/// what is unknown is `null`.
///
/// ```
/// let error = huashu::Error::new("row-too-short", "这一行只有 3 格 / this row has only 3 cells").at(7, 1).in_file("orders.csv");
/// assert_eq!(error.code(), "row-too-short");
/// assert_eq!(error.to_string(), "orders.csv:7:1: 这一行只有 3 格 / this row has only 3 cells");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(Box<Inner>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Inner {
    code: &'static str,
    message: String,
    file: Option<String>,
    line: Option<u32>,
    column: Option<u32>,
}

/// The result of whatever can fail as a whole.
pub type Result<T> = core::result::Result<T, Error>;

impl Error {
    /// An error without a place yet. `code` is stable and in kebab-case; programs match on it.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self(Box::new(Inner { code, message: message.into(), file: None, line: None, column: None }))
    }

    /// The same error at a line and column, both counted from 1.
    #[must_use]
    pub fn at(mut self, line: u32, column: u32) -> Self {
        self.0.line = Some(line);
        self.0.column = Some(column);
        self
    }

    /// The same error in a file.
    #[must_use]
    pub fn in_file(mut self, file: impl Into<String>) -> Self {
        self.0.file = Some(file.into());
        self
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.0.code
    }

    /// What happened and what to do about it, in Chinese with English beside it.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The file, where one is known.
    pub fn file(&self) -> Option<&str> {
        self.0.file.as_deref()
    }

    /// The line, counted from 1.
    pub fn line(&self) -> Option<u32> {
        self.0.line
    }

    /// The column in characters, counted from 1.
    pub fn column(&self) -> Option<u32> {
        self.0.column
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.0.file {
            write!(f, "{file}:")?;
        }
        if let Some(line) = self.0.line {
            write!(f, "{line}:")?;
        }
        if let Some(column) = self.0.column {
            write!(f, "{column}:")?;
        }
        if self.0.file.is_some() || self.0.line.is_some() {
            f.write_str(" ")?;
        }
        f.write_str(&self.0.message)
    }
}

impl core::error::Error for Error {}

impl Serialize for Error {
    fn serialize<S: Serializer>(&self, serializer: S) -> core::result::Result<S::Ok, S::Error> {
        let mut s = serializer.serialize_struct("Error", 5)?;
        s.serialize_field("code", self.0.code)?;
        s.serialize_field("file", &self.0.file)?;
        s.serialize_field("line", &self.0.line)?;
        s.serialize_field("column", &self.0.column)?;
        s.serialize_field("message", &self.0.message)?;
        s.end()
    }
}

/// What a reader could not use. It keeps the first [`Problems::LIMIT`] in full and counts the rest, so that a file of
/// nothing but rubbish cannot fill the memory with complaints about it.
#[derive(Clone, Debug, Default)]
pub struct Problems {
    kept: Vec<Error>,
    more: u64,
}

impl Problems {
    /// How many are kept in full.
    pub const LIMIT: usize = 1000;

    /// Adds one.
    pub fn push(&mut self, problem: Error) {
        if self.kept.len() < Self::LIMIT {
            self.kept.push(problem);
        } else {
            self.more += 1;
        }
    }

    /// Adds all of `other`.
    pub fn extend(&mut self, other: Problems) {
        for problem in other.kept {
            self.push(problem);
        }
        self.more += other.more;
    }

    /// Takes back those with this code: what came later has answered them.
    pub fn take_back(&mut self, code: &str) {
        self.kept.retain(|problem| problem.code() != code);
    }

    /// Those kept in full, in the order in which they were met.
    pub fn kept(&self) -> &[Error] {
        &self.kept
    }

    /// All of them, counted.
    pub fn count(&self) -> u64 {
        self.kept.len() as u64 + self.more
    }
}

impl Serialize for Problems {
    fn serialize<S: Serializer>(&self, serializer: S) -> core::result::Result<S::Ok, S::Error> {
        let more = (self.more > 0).then(|| {
            Error::new("more-problems", alloc::format!("另有 {0} 处问题未逐条列出 / problems that are not listed: {0}", self.more))
        });
        serializer.collect_seq(self.kept.iter().chain(&more))
    }
}
