//! Whatever is pasted can be judged, and all evidence lies inside the messages that it names.
#![no_main]

use huashu::{
    book::Book,
    chat::{ReadOptions, read},
    score::score,
    signal::Scratch,
};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static BOOK: LazyLock<Book> = LazyLock::new(Book::standard);

fuzz_target!(|bytes: &[u8]| {
    let mut scratch = Scratch::default();
    for conversation in read("paste.txt", bytes, &ReadOptions::default()).conversations {
        let judged = BOOK.judge(&conversation, None, &mut scratch);
        for evidence in judged.verdicts.iter().flat_map(|verdict| &verdict.evidence) {
            let text = &conversation.messages[evidence.message].text;
            assert!(text.get(evidence.start..evidence.end).is_some(), "{evidence:?} in {text:?}");
        }
        let score = score(&BOOK.score, &BOOK.rules, &judged.verdicts, &conversation);
        assert!(score.value.is_none_or(|value| (0.0..=100.0).contains(&value)), "{score:?}");
    }
});
