//! Whether exports that leave the page hide personal data.

use super::{mask, mask::counted, mask_id, mask_name};
use crate::{
    chat::{self, Conversation, Message},
    sort,
};
use alloc::{borrow::Cow, format, vec::Vec};

/// Whether exports that leave the page hide personal data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Privacy {
    /// Long numbers, addresses, mail addresses and buyers' names are masked, in texts, ids and names of files too.
    #[default]
    Masked,
    /// Everything as it was read; the user asked for it.
    Open,
}

impl Privacy {
    /// What is shown of a conversation.
    pub(super) fn of(self, conversation: &Conversation) -> Shown<'_> {
        let names = if self == Self::Masked { buyers(conversation) } else { Vec::new() };
        Shown { privacy: self, conversation, names }
    }
}

/// What is shown of one conversation. The names of its buyers are gathered once for all of its texts.
pub(super) struct Shown<'c> {
    privacy: Privacy,
    conversation: &'c Conversation,
    names: Vec<&'c str>,
}

impl Shown<'_> {
    /// A text of the conversation, as many characters long.
    pub fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        match self.privacy {
            Privacy::Masked => mask(text, &self.names).into(),
            Privacy::Open => text.into(),
        }
    }

    /// The conversation's id. One that is no file's name and number gets the number of its line where something of it is hidden:
    /// another may look the same now.
    pub fn id(&self) -> Cow<'_, str> {
        let Conversation { id, source, .. } = self.conversation;
        if self.privacy == Privacy::Open {
            return id.into();
        }
        let masked = mask_id(id, &self.names);
        if masked == *id || counted(id).is_some() { masked.into() } else { format!("{masked}#{}", source.line).into() }
    }

    pub fn name<'a>(&self, name: &'a str) -> Cow<'a, str> {
        match self.privacy {
            Privacy::Masked => mask_name(name).into(),
            Privacy::Open => name.into(),
        }
    }

    /// The name under which a message is shown.
    pub fn sender<'a>(&self, message: &'a Message) -> Cow<'a, str> {
        match (message.role, message.sender.as_deref()) {
            (chat::Role::Buyer, Some(name)) => format!("买家 {}", self.name(name)).into(),
            (chat::Role::Buyer, None) => "买家".into(),
            (chat::Role::Agent, Some(name)) => name.into(),
            (chat::Role::Agent, None) => "客服".into(),
            (chat::Role::Bot, _) => "机器人".into(),
            (chat::Role::System, _) => "系统".into(),
        }
    }
}

/// The names by which the buyers of a conversation are known.
pub(super) fn buyers(conversation: &Conversation) -> Vec<&str> {
    let senders = conversation.messages.iter().filter(|m| m.role == chat::Role::Buyer).map(|m| m.sender.as_deref());
    let mut names: Vec<&str> = senders.chain([conversation.buyer.as_deref()]).flatten().collect();
    sort::plain(&mut names);
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        report::{
            check,
            sample::{book, named},
            todo,
        },
        rule::Outcome,
    };

    const NAMED: &str = "10:00:00 买家小鹿乱撞1988 等了三天，我是小鹿乱撞1988\n10:00:30 客服小美 @小鹿乱撞1988 在路上";

    fn of(id: &str) -> Conversation {
        let mut conversation = Conversation { buyer: Some("小鹿乱撞1988".into()), ..named(id, NAMED) };
        conversation.source.file = "与小鹿乱撞1988（13812345678）的聊天.txt".into();
        conversation
    }

    #[test]
    fn a_buyer_is_hidden_in_texts_ids_and_names_of_files() {
        let book = book();
        let conversations = [of("与小鹿乱撞1988（13812345678）的聊天.txt#1"), of("小鹿乱撞1988@2026")];
        let report = check(&book, &conversations, |_| None);
        for text in [report.text(Privacy::Masked), report.csv(Privacy::Masked), report.junit(Privacy::Masked, Some(100.0))] {
            assert!(!text.contains("鹿乱撞") && !text.contains("13812345678"), "{text}");
            assert!(text.contains("与小******8（138****5678）的聊天.txt#1"), "{text}");
            assert!(text.contains("我是小******8”") && text.contains("“@小******8 在路上”"), "{text}");
        }
        let open = report.junit(Privacy::Open, Some(100.0));
        assert!(open.contains("name=\"小鹿乱撞1988@2026\"") && open.contains("“@小鹿乱撞1988 在路上”"), "{open}");
        let todo = todo(&book, "apology-first", &conversations[0], Outcome::Pass, "小鹿乱撞1988 已致歉").unwrap();
        assert!(todo.contains("todo = \"小******8 已致歉\"") && todo.contains(" @小******8 在路上"), "{todo}");
        assert!(!todo.contains("鹿乱撞"), "{todo}");
    }

    #[test]
    fn ids_that_look_the_same_once_masked_stay_apart() {
        let [mut one, mut other] = ["1381111-5678", "1382222-5678"].map(of);
        (one.source.line, other.source.line) = (3, 9);
        assert_eq!([&one, &other].map(|c| Privacy::Masked.of(c).id().into_owned()), ["138*****5678#3", "138*****5678#9"]);
        assert_eq!(Privacy::Masked.of(&of("c1")).id(), "c1");
    }
}
