//! Chats ↔ orders: what a figure needs to know of a conversation, and the buyer key that joins both.

use crate::time::Time;
use alloc::{string::String, vec::Vec};

/// One round as figures see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// When it opened.
    pub opened: Option<Time>,
    /// Seconds to the first human answer; `None` while unanswered or without times.
    pub seconds: Option<i64>,
    /// Whether a human answered.
    pub answered: bool,
    /// Who answered: a position in [`Contact::agents`].
    pub agent: Option<u16>,
}

/// A conversation as figures see it: the text is gone, the facts remain.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Contact {
    /// The conversation's id; overlapping files are merged by it.
    pub id: String,
    /// The buyer key.
    pub buyer: Option<String>,
    /// Time of the first message.
    pub start: Option<Time>,
    /// Time of the buyer's first message.
    pub asked_at: Option<Time>,
    /// Human agents in order of appearance.
    pub agents: Vec<String>,
    /// Its rounds.
    pub turns: Vec<Turn>,
    /// Messages of the buyer.
    pub buyer_messages: u32,
    /// Messages of human agents.
    pub agent_messages: u32,
    /// Whether all its scenes are after-sale ones.
    pub after_sale: bool,
    /// Ids of the signals found, each once, sorted.
    pub signals: Vec<String>,
    /// Seconds from the first buyer message to the first human agent message after it.
    pub first_response: Option<i64>,
    /// Whether a human agent wrote after the first buyer message.
    pub replied: bool,
}
