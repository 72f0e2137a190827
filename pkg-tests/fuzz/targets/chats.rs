//! Any bytes are conversations and problems, and the same ones whatever slices the file comes in and whether their texts are kept or read again.
#![no_main]

use huashu::chat::{ChatReader, ReadOptions, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, &[u8])| {
    let (slice, bytes) = input;
    // Longer than what the reader looks at before it begins, or no slice would ever end inside a line that it reads.
    let bytes = &bytes.repeat(1 + 40_000 / bytes.len().max(1));
    let options = ReadOptions::default();
    let whole = read("chats.txt", bytes, &options);
    let mut reader = ChatReader::new("chats.txt", &options);
    for piece in bytes.chunks(usize::from(slice) + 1) {
        reader.push(piece);
    }
    assert_eq!(format!("{whole:?}"), format!("{:?}", reader.finish()));
    let mut reader = ChatReader::new("chats.txt", &options);
    reader.forget_texts();
    reader.push(bytes);
    let (mut again, outline) = reader.outline();
    let mut read = |from: u64, length: usize| bytes.get(from as usize..)?.get(..length).map(<[u8]>::to_vec);
    for at in (0..outline.len()).step_by(7) {
        again.conversations.extend(outline.read(at, 7, &mut read).unwrap_or_default());
    }
    assert_eq!(format!("{whole:?}"), format!("{again:?}"));
});
