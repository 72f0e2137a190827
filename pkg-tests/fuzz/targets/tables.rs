//! Any bytes are a side table and problems, and the same ones whatever slices the file comes in.
#![no_main]

use huashu::side::{SideFile, SideOptions, SideReader, read};
use libfuzzer_sys::fuzz_target;

/// What came of a file: the report on it, and its rows.
fn result(file: &SideFile) -> (String, String) {
    let rows: Vec<String> = file.side.given().map(|given| format!("{given:?}")).collect();
    let ratings: Vec<String> = file.side.ratings().map(|rating| format!("{rating:?}")).collect();
    (serde_json::to_string(file).unwrap(), format!("{rows:?} {ratings:?}"))
}

fuzz_target!(|input: (u8, &[u8])| {
    let (slice, bytes) = input;
    // Longer than what the reader looks at before it begins.
    let bytes = &bytes.repeat(1 + 20_000 / bytes.len().max(1));
    let options = SideOptions::default();
    let whole = read("2026-01-05.csv", bytes, &options);
    let mut reader = SideReader::new("2026-01-05.csv", &options);
    for piece in bytes.chunks(usize::from(slice) + 1) {
        reader.push(piece);
    }
    assert_eq!(result(&whole), result(&reader.finish()));
});
