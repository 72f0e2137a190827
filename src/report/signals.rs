//! The signals of one conversation, as `huashu signals` writes them.

use super::signals_of;
use crate::{book::Book, chat::Conversation};
use alloc::vec::Vec;
use serde::{
    Serialize, Serializer,
    ser::{SerializeMap, SerializeStruct},
};

/// One line of `huashu signals`: `{"id", "signals": {"<position of the message>": ["apology", …]}}`; messages without a
/// signal are left out, helpers are not named.
///
/// ```
/// use huashu::{book::Book, chat, report::SignalLine};
/// let chats = chat::read("a.txt", "买家：等了三天了\n客服：非常抱歉\n".as_bytes(), &Default::default());
/// let line = SignalLine { book: &Book::standard(), conversation: &chats.conversations[0] };
/// assert!(serde_json::to_string(&line).unwrap().contains(r#""1":["apology""#));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct SignalLine<'a> {
    /// The book whose signals are found.
    pub book: &'a Book,
    /// The conversation.
    pub conversation: &'a Conversation,
}

impl Serialize for SignalLine<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct ByMessage<'a>(Vec<(usize, Vec<&'a str>)>);
        impl Serialize for ByMessage<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut map = serializer.serialize_map(Some(self.0.len()))?;
                for (message, signals) in &self.0 {
                    map.serialize_entry(message, signals)?;
                }
                map.end()
            }
        }
        let hits = self.book.finder.find(self.conversation);
        let found = (0..self.conversation.messages.len()).map(|at| (at, signals_of(self.book, &hits, at)));
        let mut line = serializer.serialize_struct("SignalLine", 2)?;
        line.serialize_field("id", &self.conversation.id)?;
        line.serialize_field("signals", &ByMessage(found.filter(|(_, signals)| !signals.is_empty()).collect()))?;
        line.end()
    }
}
