//! What a rating is about: the conversation that it names, where that is one of ours; else its buyer's talks. Platforms write numbers
//! of conversations that copied chats do not have.

use crate::{
    link::Contact,
    side::{Kind, Rating, Side},
    sort,
};
use alloc::vec::Vec;

/// The ids of all conversations.
pub(super) struct Rated<'a>(Vec<&'a str>);

impl<'a> Rated<'a> {
    pub fn new(side: &Side, all: &'a [Contact]) -> Self {
        let mut ids: Vec<&str> = if side.has(Kind::Ratings) { all.iter().map(|contact| contact.id.as_str()).collect() } else { Vec::new() };
        sort::plain(&mut ids);
        Self(ids)
    }

    /// The conversation of ours that a rating names.
    pub fn named<'r>(&self, rating: &Rating<'r>) -> Option<&'r str> {
        rating.conversation.filter(|id| self.0.binary_search(id).is_ok())
    }
}
