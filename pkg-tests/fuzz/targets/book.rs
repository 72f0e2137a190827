//! Any text is a book that judges, or a list of errors with places.
#![no_main]

use huashu::{
    book::Book,
    chat::{Chats, ReadOptions, read},
    signal::Scratch,
};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static CHATS: LazyLock<Chats> = LazyLock::new(|| {
    let chat = "买家 2026-03-02 10:00:00\n等了三天还没到，退款！\n旗舰店:小美 2026-03-02 10:00:40\n抱歉亲，马上帮您查～保证今天到\n";
    read("chat.txt", chat.as_bytes(), &ReadOptions::default())
});

fuzz_target!(|text: &str| match Book::parse("book.toml", text) {
    Ok(book) => {
        for conversation in &CHATS.conversations {
            book.judge(conversation, Some(true), &mut Scratch::default());
        }
    }
    Err(errors) => assert!(errors.iter().all(|error| error.line().is_some()), "{errors:?}"),
});
