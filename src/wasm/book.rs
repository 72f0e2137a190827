//! A rule book.

use super::{
    json::{Thrown, bad_option, choice, json, throw},
    options::OUTCOMES,
};
use crate::{
    book,
    chat::{self, Gap, ReadOptions},
    report,
    rule::Outcome,
};
use alloc::{rc::Rc, string::String, vec::Vec};
use serde::Serialize;
use wasm_bindgen::prelude::*;

/// A rule book.
#[wasm_bindgen]
pub struct Book(pub(super) Rc<book::Book>);

#[wasm_bindgen]
impl Book {
    /// The book that ships.
    pub fn standard(profile: Option<String>) -> Thrown<Book> {
        with_profile(book::Book::standard(), profile)
    }

    /// Its text.
    pub fn standard_text() -> String {
        book::Book::standard_text()
    }

    /// JSON list of the profiles.
    pub fn profiles() -> Thrown<String> {
        json(&book::Profile::all().iter().map(|p| Titled { id: &p.id, title: &p.title, title_en: &p.title_en }).collect::<Vec<_>>())
    }

    /// Reads a book and runs its examples.
    pub fn parse(toml: &str, profile: Option<String>, file: Option<String>) -> Thrown<Book> {
        let book = book::Book::parse(file.as_deref().unwrap_or("book.toml"), toml).map_err(|errors| throw(&errors))?;
        with_profile(book, profile)
    }

    /// JSON of what it is and holds.
    pub fn info(&self) -> Thrown<String> {
        json(&self.0.info())
    }

    /// A conversation, in the plain chat form, as a `todo` example of a rule: TOML text.
    pub fn todo(&self, rule: &str, conversation_json: &str, result: String, note: &str) -> Thrown<String> {
        // One conversation, however long the silences in it are.
        let usual = ReadOptions { gap: Gap::After(i64::MAX), ..ReadOptions::default() };
        let chats = chat::read("conversation", conversation_json.as_bytes(), &usual);
        let result = choice("result", Some(result), Outcome::Fail, &OUTCOMES)?;
        let Some(conversation) = chats.conversations.first().filter(|c| !c.messages.is_empty()) else {
            return Err(bad_option("会话要带 messages / the conversation needs its messages"));
        };
        report::todo(&self.0, rule, conversation, result, note).map_err(|error| throw(&[error]))
    }

    /// Readable text of the book or of one rule.
    pub fn show(&self, rule: Option<String>) -> Thrown<String> {
        self.0.show(rule.as_deref()).map_err(|error| throw(&[error]))
    }
}

#[derive(Serialize)]
struct Titled<'a> {
    id: &'a str,
    title: &'a str,
    title_en: &'a str,
}

fn with_profile(book: book::Book, profile: Option<String>) -> Thrown<Book> {
    let book = match profile {
        Some(id) => book.with_profile(&id).map_err(|error| throw(&[error]))?,
        None => book,
    };
    Ok(Book(Rc::new(book)))
}
