//! A file that is being read, slice by slice.

use super::{json::Thrown, options};
use crate::{
    Error, Problems,
    chat::ChatReader,
    order::{BuyerKey, OrderReader},
    side::SideReader,
};
use alloc::{boxed::Box, string::String};
use wasm_bindgen::prelude::*;

/// A file that is being read.
#[wasm_bindgen]
pub struct Input {
    file: String,
    pub(super) reader: Reader,
    /// What whoever unpacked it has to say.
    pub(super) told: Problems,
}

pub(super) enum Reader {
    Chats(Box<ChatReader>),
    Orders(Box<OrderReader>, BuyerKey),
    Table(Box<SideReader>),
}

#[wasm_bindgen]
impl Input {
    /// `what` is `chats`, `orders` or `table`.
    #[wasm_bindgen(constructor)]
    pub fn new(what: &str, file: &str, options_json: &str) -> Thrown<Input> {
        let reader = if what == "chats" {
            let mut reader = ChatReader::new(file, &options::chats(options_json)?);
            reader.forget_texts();
            Reader::Chats(Box::new(reader))
        } else if what == "table" {
            Reader::Table(Box::new(SideReader::new(file, &options::table(options_json)?)))
        } else {
            let options = options::orders(options_json)?;
            Reader::Orders(Box::new(OrderReader::new(file, &options)), options.buyer)
        };
        Ok(Self { file: file.into(), reader, told: Problems::default() })
    }

    /// Takes a problem that only the form of the file had: a workbook, an archive. Line and column 0 stand for none.
    pub fn complain(&mut self, code: &str, line: u32, column: u32, message: String) {
        let codes = ["lost-digits", "other-sheets", "damaged-file"];
        let code = codes.into_iter().find(|known| *known == code).unwrap_or("unpacked");
        let problem = Error::new(code, message).in_file(&*self.file);
        self.told.push(if line > 0 { problem.at(line, column.max(1)) } else { problem });
    }

    /// Tells about how many bytes will come.
    pub fn expect(&mut self, size: f64) {
        if let Reader::Orders(reader, _) = &mut self.reader {
            reader.expect(size as u64);
        }
    }

    /// Takes the next slice, UTF-8.
    pub fn push(&mut self, bytes: &[u8]) {
        match &mut self.reader {
            Reader::Chats(reader) => reader.push(bytes),
            Reader::Orders(reader, _) => reader.push(bytes),
            Reader::Table(reader) => reader.push(bytes),
        }
    }
}
