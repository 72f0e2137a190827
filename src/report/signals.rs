//! The signals of one conversation, as `huashu signals` writes them.

use super::conversation::ids;
use crate::{
    book::Book,
    chat::Conversation,
    json,
    signal::{Hit, Hits, Scratch},
};
use alloc::string::String;
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

impl SignalLine<'_> {
    /// The lines of some conversations, each with its line break.
    ///
    /// # Errors
    /// What serde_json says.
    pub fn lines(book: &Book, conversations: &[Conversation]) -> serde_json::Result<String> {
        let (mut text, mut scratch, mut hits) = (String::new(), Scratch::default(), Hits::default());
        for conversation in conversations {
            book.finder.find_into(conversation, &mut scratch, &mut hits);
            text.push_str(&json::text(&Found { book, conversation, hits: &hits })?);
            text.push('\n');
        }
        Ok(text)
    }
}

impl Serialize for SignalLine<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { book, conversation } = *self;
        Found { book, conversation, hits: &book.finder.find(conversation) }.serialize(serializer)
    }
}

/// A line with what was found.
struct Found<'a> {
    book: &'a Book,
    conversation: &'a Conversation,
    hits: &'a Hits,
}

impl Serialize for Found<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut line = serializer.serialize_struct("SignalLine", 2)?;
        line.serialize_field("id", &self.conversation.id)?;
        line.serialize_field("signals", &ByMessage(self))?;
        line.end()
    }
}

struct ByMessage<'a>(&'a Found<'a>);

impl Serialize for ByMessage<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for of_message in self.0.hits.0.chunk_by(|a, b| a.message == b.message) {
            let signals = OfMessage(self.0.book, of_message);
            if let Some(hit) = of_message.first().filter(|_| signals.ids().next().is_some()) {
                map.serialize_entry(&hit.message, &signals)?;
            }
        }
        map.end()
    }
}

struct OfMessage<'a>(&'a Book, &'a [Hit]);

impl<'a> OfMessage<'a> {
    fn ids(&self) -> impl Iterator<Item = &'a str> {
        ids(self.0, self.1)
    }
}

impl Serialize for OfMessage<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.ids())
    }
}
