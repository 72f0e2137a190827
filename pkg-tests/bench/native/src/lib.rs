//! The least that a reader and a finder have to do: their passes are what ours are measured against, natively and in wasm.

use aho_corasick::AhoCorasick;
use csv_core::{ReadRecordResult, Reader};
use wasm_bindgen::prelude::*;

/// How many fields a table has.
#[wasm_bindgen]
pub fn fields(mut bytes: &[u8]) -> u32 {
    let mut reader = Reader::new();
    let (mut output, mut ends) = ([0; 1 << 16], [0; 1 << 10]);
    let mut count = 0;
    loop {
        let (result, read, _, fields) = reader.read_record(bytes, &mut output, &mut ends);
        bytes = &bytes[read..];
        count += fields as u32;
        if matches!(result, ReadRecordResult::End) {
            return count;
        }
    }
}

/// One automaton over words.
#[wasm_bindgen]
pub struct Words(AhoCorasick);

#[wasm_bindgen]
impl Words {
    /// One word per line.
    #[wasm_bindgen(constructor)]
    pub fn new(words: &str) -> Words {
        Words(AhoCorasick::new(words.lines()).expect("words are few"))
    }

    /// How often they occur, overlaps included.
    pub fn count(&self, bytes: &[u8]) -> u32 {
        self.0.find_overlapping_iter(bytes).count() as u32
    }
}
