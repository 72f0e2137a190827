//! Any bytes are orders and problems, and the same ones whatever slices the file comes in.
#![no_main]

use huashu::order::{BuyerKey, OrderFile, OrderOptions, OrderReader, read};
use libfuzzer_sys::fuzz_target;

/// What came of a file: the report on it, and its figures.
fn result(file: &OrderFile) -> (String, String) {
    let report = serde_json::to_string(file).unwrap();
    let orders = &file.orders;
    let columns = (&orders.buyer, &orders.created_at, &orders.paid_at, &orders.state, &orders.ordered_amount, &orders.paid_amount);
    (report, format!("{columns:?} {:?} {:?}", orders.refund_amount, orders.lines))
}

fuzz_target!(|input: (u8, &[u8])| {
    let (slice, bytes) = input;
    // Longer than what the reader looks at before it begins, or no slice would ever end inside a row that it reads.
    let bytes = &bytes.repeat(1 + 20_000 / bytes.len().max(1));
    let buyer = [BuyerKey::Account, BuyerKey::Phone, BuyerKey::Receiver][usize::from(slice) % 3];
    let options = OrderOptions { buyer, ..OrderOptions::default() };
    let whole = read("orders.csv", bytes, &options);
    let mut reader = OrderReader::new("orders.csv", &options);
    for piece in bytes.chunks(usize::from(slice) + 1) {
        reader.push(piece);
    }
    assert_eq!(result(&whole), result(&reader.finish()));
});
