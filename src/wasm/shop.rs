//! A shop: takes in what was read of its files, and tells of them.

mod figures;
mod judge;
mod writer;

pub use writer::Writer;

use super::{
    Book,
    files::{ChatFile, EncodedFile, Given, Source, Talks, join, read, with_sample},
    input::{Input, Reader},
    json::{Thrown, json},
};
use crate::{
    Problems, book,
    chat::{Conversation, Outline},
    link::{Added, History, Listing, Place, Talked},
    metric::Facts,
    order::{BuyerKey, Names},
    report::{Checked, Ids, Totals},
    shops::Shops,
    signal::Scratch,
};
use alloc::{boxed::Box, format, rc::Rc, string::String, vec::Vec};
use core::cell::OnceCell;
use wasm_bindgen::prelude::*;

/// Conversations that are at hand with their texts: those from a position on.
#[derive(Default)]
struct AtHand {
    from: usize,
    conversations: Vec<Conversation>,
    checked: Vec<(Checked, book::Judged)>,
}

/// The chats, orders and side tables of a shop, and what its book found in them.
#[wasm_bindgen]
pub struct Shop {
    book: Rc<book::Book>,
    ids: Ids,
    chats: Vec<Rc<Talks>>,
    /// Their conversations, each once; and what came of each file.
    listing: Listing,
    added: Vec<Added>,
    at_hand: AtHand,
    facts: Facts,
    /// What each file of orders and each side table gave.
    files: Vec<EncodedFile>,
    /// What the buyers of the orders are known by: a substitute as soon as one file uses it.
    buyer: BuyerKey,
    /// What is known of buyers, once something is judged: all of it is worked out anew after each file that tells of them.
    history: OnceCell<History>,
    /// Who talked to the shop on which day.
    talked: Talked,
    /// What the first conversations scored; the others have not been judged yet.
    scores: Vec<Option<f64>>,
    totals: Totals,
    scratch: Scratch,
    /// The orders of an archive, while its files come.
    numbers: Option<Names>,
}

#[wasm_bindgen]
impl Shop {
    /// An empty shop.
    #[wasm_bindgen(constructor)]
    pub fn new(book: &Book) -> Shop {
        Self {
            book: Rc::clone(&book.0),
            ids: Ids::new(&book.0),
            chats: Vec::new(),
            listing: Listing::default(),
            added: Vec::new(),
            at_hand: AtHand::default(),
            facts: Facts::default(),
            files: Vec::new(),
            buyer: BuyerKey::default(),
            history: OnceCell::new(),
            talked: Talked::default(),
            scores: Vec::new(),
            totals: Totals::default(),
            scratch: Scratch::default(),
            numbers: None,
        }
    }

    /// Forgets all but the book.
    pub fn reset(&mut self) {
        *self = Self::new(&Book(Rc::clone(&self.book)));
    }

    /// Puts another book in.
    pub fn set_book(&mut self, book: &Book) {
        self.book = Rc::clone(&book.0);
        self.ids = Ids::new(&book.0);
        self.judge_again();
    }

    fn judge_again(&mut self) {
        self.at_hand = AtHand::default();
        self.scores.clear();
        self.totals = Totals::default();
        self.facts.contacts.clear();
        self.facts.reviews.clear();
    }

    /// Takes in a file that was read to its end; returns JSON of what it gave. The texts of chats are read again from the source.
    pub fn add(&mut self, input: Input, encoding: Option<String>, source: Source) -> Thrown<String> {
        match input.reader {
            Reader::Chats(reader) => {
                let (mut chats, outline) = reader.outline();
                join(&mut chats.problems, input.told);
                let talks = Rc::new(Talks { chats, encoding, outline, source });
                if self.list(&talks) {
                    self.judge_again();
                }
                let text = json(&ChatFile::of(&talks, self.added.last()))?;
                let sample = talks.chats.table.as_ref().map(|table| json(&table.sample)).transpose()?;
                return Ok(with_sample(text, sample));
            }
            Reader::Orders(reader, buyer) => {
                self.buyer = if self.buyer == BuyerKey::Account { buyer } else { self.buyer };
                let mut file = reader.finish();
                join(&mut file.problems, input.told);
                if let Some(numbers) = &mut self.numbers {
                    file.numbers().for_each(|number| {
                        numbers.intern(number);
                    });
                }
                let orders = core::mem::take(&mut file.orders);
                let has_orders = !orders.is_empty();
                let known = self.facts.orders.merge(orders);
                file.repeats(known);
                if known.orders == 0 {
                    file.resembles(has_orders, self.files.iter().filter_map(EncodedFile::orders));
                }
                file.joins(self.files.iter().filter_map(EncodedFile::orders));
                self.files.push(EncodedFile { file: Given::Orders(Box::new(file)), encoding });
            }
            Reader::Table(reader) => {
                let mut file = reader.finish();
                join(&mut file.problems, input.told);
                self.facts.side.merge(&core::mem::take(&mut file.side));
                self.files.push(EncodedFile { file: Given::Table(Box::new(file)), encoding });
            }
        }
        self.know_more();
        let Some(read) = self.files.last() else { return Ok(String::new()) };
        let text = read.json()?;
        let Given::Orders(file) = &read.file else { return Ok(text) };
        Ok(with_sample(text, Some(json(&file.sample)?)))
    }

    /// From here on the orders of the files to come are counted, each once.
    pub fn begin_archive(&mut self) {
        self.numbers = Some(Names::default());
    }

    /// How many there were.
    pub fn end_archive(&mut self) -> u32 {
        self.numbers.take().map_or(0, |numbers| numbers.len())
    }

    /// Takes in a file of chats; says whether what was judged before is to be judged again: one of its conversations took the place of
    /// another file's, or came before one that was the first of its day.
    fn list(&mut self, talks: &Rc<Talks>) -> bool {
        self.chats.push(Rc::clone(talks));
        let Self { chats, listing, added, .. } = self;
        let outlines: Vec<&Outline> = chats.iter().map(|talks| &talks.outline).collect();
        let words = |(file, at): Place| {
            let mut talk = read(chats.get(file)?, at, 1).ok()?;
            Some(talk.pop()?.messages.into_iter().map(|message| message.text).collect::<Vec<String>>())
        };
        let mut came = listing.add(&outlines, &mut |one, other| words(one).is_some_and(|texts| words(other) == Some(texts)));
        let (others, shops) = (chats.iter().rev().skip(1).map(|talks| &talks.chats.shops), &talks.chats.shops);
        came.shops = shops.note(others, Shops::CONVERSATIONS);
        let mut again = came.replaced;
        added.push(came);
        for at in 0..talks.outline.len() {
            let (buyer, at) = talks.outline.begun(at);
            again |= self.talked.add(buyer, at);
        }
        again
    }

    /// Orders or side tables have come: what waited for a list of orders may have it, and rules may ask what is known of a buyer.
    fn know_more(&mut self) {
        for read in &mut self.files {
            if let Given::Orders(file) = &mut read.file {
                file.has_list(&self.facts.orders);
            }
        }
        self.history = OnceCell::new();
        self.judge_again();
    }

    /// Takes in what another shop has read; that one stays as it is. The book is this shop's.
    pub fn merge(&mut self, other: &Shop) {
        for talks in &other.chats {
            self.list(talks);
        }
        self.facts.orders.merge(other.facts.orders.clone());
        self.facts.side.merge(&other.facts.side);
        for mut read in other.files.iter().cloned() {
            if let Given::Orders(file) = &mut read.file {
                file.joins(self.files.iter().filter_map(EncodedFile::orders));
            }
            self.files.push(read);
        }
        self.buyer = if self.buyer == BuyerKey::Account { other.buyer } else { self.buyer };
        self.know_more();
    }

    /// JSON list of what could not be read of all files so far.
    pub fn problems(&self) -> Thrown<String> {
        let mut all = Problems::default();
        self.chats.iter().for_each(|talks| all.extend(talks.chats.problems.clone()));
        self.files.iter().for_each(|read| all.extend(read.problems().clone()));
        json(&all)
    }

    /// JSON list of what each file was read as and gave: orders and side tables, then chats.
    fn files(&self) -> Thrown<String> {
        let chats = self.chats.iter().zip(&self.added).map(|(talks, added)| json(&ChatFile::of(talks, Some(added))));
        let files = self.files.iter().map(EncodedFile::json).chain(chats).collect::<Thrown<Vec<String>>>()?;
        Ok(format!("[{}]", files.join(",")))
    }

    /// How many conversations there are.
    #[wasm_bindgen(getter)]
    pub fn conversations(&self) -> usize {
        self.listing.len()
    }
}
