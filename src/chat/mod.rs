//! Conversations: from a copied chat to messages with their roles and times.

pub(crate) mod clock;
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
pub(crate) use name::{label, own};
pub use outline::Outline;
pub use read::{ChatReader, Chats, Gap, ReadOptions, read, shapes};

use crate::time::{Lapse, Time};
use alloc::{
    collections::BTreeMap,
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
    /// Whether a human agent wrote it, and the copy says who.
    pub(crate) fn names_agent(&self) -> bool {
        self.role == Role::Agent && self.sender.is_some()
    }

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
    /// speak, else the last one who spoke. Where the platform handed the talk over since then it is whoever took it, who is none of
    /// the agents until he or she writes.
    ///
    /// ```
    /// use huashu::chat;
    /// let text = "小林 2026-01-05 10:00:00\n在吗\n店:小美 2026-01-05 10:00:09\n在的\n店:小美 转接给 店:小敏\n小林 2026-01-05 10:05:00\n人呢\n";
    /// let talk = chat::read("a.txt", text.as_bytes(), &Default::default()).conversations.remove(0);
    /// assert_eq!((talk.agent_at(0), talk.agent_at(3)), (Some("店:小美"), None));
    /// ```
    pub fn agent_at(&self, index: usize) -> Option<&str> {
        let next = || self.messages.iter().skip(index).position(Message::names_agent).map(|after| index + after);
        let at = next().or_else(|| self.left_with(index))?;
        self.messages.get(at)?.sender.as_deref()
    }

    /// A message of the agent with whom the talk was left at `index`, after which none wrote.
    pub(crate) fn left_with(&self, index: usize) -> Option<usize> {
        let (last, silence) = self.silence();
        silence.take(index - last?.min(index)).last().unwrap_or(last)
    }

    /// The last message of a named agent; and for each message after it one of the agent with whom the talk was left.
    pub(crate) fn silence(&self) -> (Option<usize>, impl Iterator<Item = Option<usize>>) {
        let last = self.messages.iter().rposition(Message::names_agent);
        let mut with = last;
        let mut agents: Option<BTreeMap<&str, usize>> = None;
        let left = move |message: &Message| {
            let before = with;
            let to = if message.role == Role::System { handed(&message.text)[1] } else { "" };
            if !to.is_empty() {
                let agents = agents.get_or_insert_with(|| {
                    let mut agents = BTreeMap::new();
                    for (at, message) in (0..).zip(&self.messages).filter(|(_, message)| message.names_agent()) {
                        agents.insert(name::own(message.sender.as_deref().unwrap_or("")), at);
                    }
                    agents
                });
                with = agents.get(name::own(to)).copied();
            }
            before
        };
        (last, self.messages.iter().skip(last.map_or(0, |last| last + 1)).map(left))
    }
}
