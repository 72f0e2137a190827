//! What was read: what is told of each file, and where the texts of its chats are.

use super::json::{Thrown, json};
use crate::{
    Problems,
    chat::{Chats, Conversation, Outline},
    link::Added,
    order::{Named, OrderFile},
    shops::Shops,
    side::SideFile,
};
use alloc::{boxed::Box, format, string::String, vec::Vec};
use serde::Serialize;
use wasm_bindgen::prelude::*;

#[derive(Serialize)]
pub(super) struct ChatFile<'a> {
    file: &'a str,
    platform: &'a str,
    format: &'a str,
    shape: &'a str,
    confidence: f64,
    reason: &'a str,
    encoding: Option<&'a str>,
    conversations: usize,
    messages: usize,
    dropped: Vec<Dropped>,
    columns: Named<'a>,
    guessed: &'a [&'static str],
    headers: &'a [String],
    excluded: Vec<Dropped>,
    notes: Problems,
    problems: &'a Problems,
}

#[derive(Serialize)]
struct Dropped {
    reason: &'static str,
    count: u64,
}

/// Adds what whoever unpacked a file has to say: one that is damaged only seems to be empty, and a workbook's lost digits have a place there.
pub(super) fn join(problems: &mut Problems, told: Problems) {
    if told.kept().iter().any(|problem| problem.code() == "damaged-file") {
        problems.take_back("empty-file");
    }
    if told.kept().iter().any(|problem| problem.code() == "lost-digits") {
        problems.take_back("lost-digits");
    }
    problems.extend(told);
}

/// Adds the first row of a table, which is for whoever reads it and never in what may be passed on.
pub(super) fn with_sample(file: String, sample: Option<String>) -> String {
    match sample {
        Some(sample) => format!("{},\"sample\":{sample}}}", file.strip_suffix('}').unwrap_or_default()),
        None => file,
    }
}

impl<'a> ChatFile<'a> {
    pub(super) fn of(Talks { chats, encoding, outline, .. }: &'a Talks, added: Option<&Added>) -> Self {
        let table = chats.table.as_deref();
        let repeated = added.map_or(0, |added| added.repeated);
        let mut notes = chats.notes.clone();
        if added.is_some_and(|added| added.shops.is_some()) {
            notes.take_back(Shops::SEVERAL);
        }
        added.into_iter().flat_map(Added::notes).for_each(|note| notes.push(note.in_file(outline.file())));
        Self {
            file: outline.file(),
            platform: chats.format,
            format: chats.format,
            shape: chats.shape,
            confidence: chats.confidence,
            reason: &chats.reason,
            encoding: encoding.as_deref(),
            conversations: outline.len(),
            messages: outline.messages(),
            dropped: chats.dropped.iter().map(|&(reason, count)| Dropped { reason, count }).collect(),
            columns: Named(table.map_or(&[], |table| &table.columns)),
            guessed: table.map_or(&[], |table| &table.guessed),
            headers: table.map_or(&[], |table| &table.headers),
            excluded: (repeated > 0).then_some(Dropped { reason: "repeated-conversation", count: repeated }).into_iter().collect(),
            notes,
            problems: &chats.problems,
        }
    }
}

/// What a file gave that is no chat; the orders and rows themselves are in [`Facts`].
#[derive(Clone)]
pub(super) enum Given {
    Orders(Box<OrderFile>),
    Table(Box<SideFile>),
}

#[derive(Clone)]
pub(super) struct EncodedFile {
    pub(super) file: Given,
    pub(super) encoding: Option<String>,
}

impl EncodedFile {
    pub(super) fn json(&self) -> Thrown<String> {
        let file = match &self.file {
            Given::Orders(file) => json(file)?,
            Given::Table(file) => json(file)?,
        };
        Ok(format!("{},\"encoding\":{}}}", file.strip_suffix('}').unwrap_or_default(), json(&self.encoding)?))
    }

    pub(super) fn orders(&self) -> Option<&OrderFile> {
        match &self.file {
            Given::Orders(file) => Some(file),
            Given::Table(_) => None,
        }
    }

    pub(super) fn problems(&self) -> &Problems {
        match &self.file {
            Given::Orders(file) => &file.problems,
            Given::Table(file) => &file.problems,
        }
    }
}

#[wasm_bindgen]
extern "C" {
    /// What `source.mjs` keeps of a file: its bytes as they were pushed, to be had again. It throws where it cannot give all of them.
    pub type Source;
    #[wasm_bindgen(method, catch)]
    fn read(this: &Source, from: f64, length: usize) -> Thrown<Vec<u8>>;
}

/// A file of chats: what it was read as, what its messages are, and where their texts are.
pub(super) struct Talks {
    pub(super) chats: Chats,
    pub(super) encoding: Option<String>,
    pub(super) outline: Outline,
    pub(super) source: Source,
}

/// So many conversations of a file from a position on, read again.
pub(super) fn read(Talks { outline, source, .. }: &Talks, from: usize, count: usize) -> Thrown<Vec<Conversation>> {
    let mut thrown = None;
    let mut read = |at: u64, length: usize| source.read(at as f64, length).map_err(|error| thrown = Some(error)).ok();
    outline.read(from, count, &mut read).ok_or_else(|| thrown.unwrap_or(JsValue::UNDEFINED))
}
