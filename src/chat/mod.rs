//! Conversations: from a copied chat to messages with their roles and times.

mod clock;
mod columns;
mod detect;
mod gather;
mod items;
mod look;
mod name;
mod outline;
mod read;
mod refuse;
mod role;
pub mod round;
mod shape;
mod text;
mod unknown;

pub use columns::TableColumns;
pub use gather::MESSAGE_LIMIT;
pub(crate) use look::{handed, kind};
pub(crate) use name::label;
pub use outline::Outline;
pub use read::{ChatReader, Chats, Gap, ReadOptions, read, shapes};

use crate::time::{Lapse, Time};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use serde::Serialize;

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The buyer.
    Buyer,
    /// A human service agent.
    Agent,
    /// A robot, or an automatic reply under a human's account.
    Bot,
    /// The platform: transfers, recalls, hints.
    System,
}

/// What a message is. Only `Text` carries signals; the others still open and answer rounds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Words.
    #[default]
    Text,
    /// A picture or an animated emoticon.
    Image,
    /// A voice message.
    Voice,
    /// An order or product card.
    Card,
    /// A bare link.
    Link,
    /// Something the copy only names (请在客户端查看).
    Hidden,
}

/// One message.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// The name as written, trimmed, without `cntaobao`, QQ numbers and role marks; `None` for bare labels (客户：).
    pub sender: Option<String>,
    /// When, in the shop's time; `None` where the copy has none.
    pub at: Option<Time>,
    /// Whether that was written without seconds.
    pub to_minute: bool,
    /// The words, with emoji codes left in.
    pub text: String,
    /// What it is.
    pub kind: Kind,
    /// Line of the file where it begins, from 1.
    pub line: u32,
}

impl Message {
    /// Its time in words, without seconds where the copy writes none.
    pub fn time(&self) -> Option<String> {
        let mut time = self.at?.to_string();
        time.truncate(time.len() - if self.to_minute { ":00".len() } else { 0 });
        Some(time)
    }

    /// The time from an earlier message to this one; `None` where one of them has no time.
    pub fn since(&self, earlier: &Self) -> Option<Lapse> {
        let seconds = self.at?.seconds() - earlier.at?.seconds();
        Some(Lapse { seconds, to_minute: self.to_minute || earlier.to_minute })
    }
}

/// Where a conversation was read.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Source {
    /// The file's name.
    pub file: String,
    /// Its first line in the file, from 1.
    pub line: u32,
    /// `taobao pdd jd douyin wechat wecom qq generic`; `review` for a review of a side table.
    pub format: &'static str,
}

/// The talk with one buyer, without a gap longer than the reader allows.
#[derive(Clone, Debug, PartialEq)]
pub struct Conversation {
    /// Given by the file, or `<file>#<n>`.
    pub id: String,
    /// The buyer's name where the copy has one: the key to the orders.
    pub buyer: Option<String>,
    /// The messages in the order of the file.
    pub messages: Vec<Message>,
    /// Where it was read.
    pub source: Source,
}

impl Conversation {
    /// The human agents' names in order of their first message; an agent without a name is left out.
    pub fn agents(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for message in self.messages.iter().filter(|m| m.role == Role::Agent) {
            if let Some(name) = message.sender.as_deref()
                && !names.contains(&name)
            {
                names.push(name);
            }
        }
        names
    }

    /// The agent who answers for message `index`: its own sender where that is an agent, else the next human agent to
    /// speak, else the last one who spoke.
    pub fn agent_at(&self, index: usize) -> Option<&str> {
        let named = |m: &&Message| m.role == Role::Agent && m.sender.is_some();
        let next = self.messages.iter().skip(index).find(named);
        let last = || self.messages.iter().take(index).rfind(named);
        next.or_else(last).and_then(|m| m.sender.as_deref())
    }
}
