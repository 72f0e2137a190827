//! Which agents handed a conversation over, and what else they wrote in it: those who only forwarded it did not serve it.

use crate::chat::{Conversation, Role, handed, own};
use alloc::{collections::BTreeMap, vec::Vec};

/// An agent who handed the conversation over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Handover {
    /// A position in [`super::Contact::agents`].
    pub agent: u16,
    /// How many messages the agent wrote besides those that hand over.
    pub messages: u32,
    /// Who wrote next: a position in [`super::Contact::agents`] too.
    pub to: Option<u16>,
}

/// The agents who handed over: the platform says so, or one of their messages does (`said`: positions of such messages, rising) and another
/// agent wrote after it.
///
/// ```
/// use huashu::{chat, link::{Contact, Findings, Handover}};
/// let message = |role: &str, who: &str, text: &str| format!(r#"{{"role":"{role}","sender":"{who}","text":"{text}"}}"#);
/// let talk = [message("buyer", "甲", "在吗"), message("agent", "店:小美", "您好"), message("system", "", "小美 转接给 小敏"), message("agent", "店:小敏", "在的")];
/// let text = format!(r#"{{"id":"1","messages":[{}]}}"#, talk.join(","));
/// let chats = chat::read("a.jsonl", text.as_bytes(), &Default::default());
/// let contact = Contact::of(&chats.conversations[0], Findings::default());
/// assert_eq!(contact.agents, ["店:小美", "店:小敏"]);
/// assert_eq!(contact.handed, [Handover { agent: 0, messages: 1, to: Some(1) }]);
/// ```
pub(super) fn handovers(conversation: &Conversation, agents: &[&str], said: &[u32]) -> Vec<Handover> {
    let by_platform: Vec<&str> = conversation
        .messages
        .iter()
        .filter(|m| m.role == Role::System)
        .map(|m| handed(&m.text)[0])
        .filter(|from| !from.is_empty())
        .collect();
    if by_platform.is_empty() && said.is_empty() {
        return Vec::new();
    }
    let hands = |at: usize| u32::try_from(at).is_ok_and(|at| said.binary_search(&at).is_ok());
    let mut written: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, message) in conversation.messages.iter().enumerate().filter(|(_, m)| m.role == Role::Agent) {
        if let Some(name) = &message.sender {
            written.entry(name).or_default().push(at);
        }
    }
    let written = |name: &str| written.get(name).map_or(&[][..], Vec::as_slice);
    let last = conversation.messages.iter().rposition(|m| m.role == Role::Agent);
    let handed = |name: &str| {
        let followed = |at: usize| last.is_some_and(|last| last > at && written(name).last().is_some_and(|own| *own < last));
        by_platform.iter().any(|from| own(from) == own(name)) || written(name).iter().any(|at| hands(*at) && followed(*at))
    };
    (0..)
        .zip(agents)
        .filter(|(_, name)| handed(name))
        .map(|(agent, name)| {
            let after = written(name).last().map_or(0, |last| last + 1);
            let next = conversation.messages.iter().skip(after).find(|m| m.role == Role::Agent).and_then(|m| m.sender.as_deref());
            let to = next.and_then(|next| agents.iter().position(|agent| *agent == next)).and_then(|at| u16::try_from(at).ok());
            Handover { agent, messages: written(name).iter().filter(|at| !hands(**at)).count() as u32, to }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        chat::{Kind, Message, Source},
        link::{Contact, Findings},
    };
    use alloc::string::String;

    /// Agents who handed over, by name, of lines such as `小美 您好`, with their other messages and who wrote next; `said` are the lines that
    /// say so.
    fn found(lines: &str, said: &[u32]) -> Vec<(String, u32, String)> {
        let message = |line: &str| {
            let (who, text) = line.split_once(' ').unwrap();
            let role = match who {
                "买家" => Role::Buyer,
                "系统" => Role::System,
                _ => Role::Agent,
            };
            Message {
                role,
                sender: (role == Role::Agent).then(|| who.into()),
                at: None,
                to_minute: false,
                text: text.into(),
                kind: Kind::Text,
                line: 1,
            }
        };
        let conversation = Conversation {
            id: "1".into(),
            buyer: Some("甲".into()),
            messages: lines.lines().map(message).collect(),
            source: Source { file: "a".into(), line: 1, format: "generic" },
        };
        let contact = Contact::of(&conversation, Findings { handing: said.to_vec(), ..Findings::default() });
        assert!(contact.found.handing.is_empty(), "what is used up takes no room");
        let name = |at: u16| contact.agents[usize::from(at)].clone();
        contact.handed.iter().map(|one| (name(one.agent), one.messages, one.to.map(name).unwrap_or_default())).collect()
    }

    #[test]
    fn words_hand_over_when_another_agent_takes_it() {
        let talk = "买家 在吗\n小美 您好\n小美 帮您转接售后\n小敏 在的";
        assert_eq!(found(talk, &[2]), [("小美".into(), 1, "小敏".into())]);
        assert_eq!(found(talk, &[]), []);
        assert_eq!(found("买家 在吗\n小美 帮您转接售后", &[1]), [], "nobody took it");
        assert_eq!(found("买家 在吗\n小美 帮您转接售后\n小敏 在的\n小美 好了吗", &[1]), [], "it came back");
    }

    #[test]
    fn the_platform_names_who_handed_over() {
        assert_eq!(
            found("买家 在吗\n店:小美 您好\n系统 由 店:小美 转交给 店:小敏\n买家 在吗", &[]),
            [("店:小美".into(), 1, String::new())]
        );
        assert_eq!(found("买家 在吗\n系统 由 服务助手 转交给 店:小敏\n店:小敏 您好", &[]), []);
    }
}
