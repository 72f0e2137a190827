//! Rounds (轮次): from the first unanswered buyer message to the first human agent message.

use super::{Conversation, Role};
use crate::time::Lapse;
use alloc::vec::Vec;

/// One round. Indices are positions in [`Conversation::messages`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Round {
    /// The first unanswered buyer message.
    pub opened: usize,
    /// The first human agent message after it; `None` while unanswered.
    pub answered: Option<usize>,
    /// All human agent messages from there to the next buyer message.
    pub reply: Vec<usize>,
    /// All buyer messages of the round, before the answer.
    pub asked: Vec<usize>,
}

impl Round {
    /// From the opening to the answer; `None` while unanswered or without times.
    pub fn waited(&self, conversation: &Conversation) -> Option<Lapse> {
        conversation.messages.get(self.answered?)?.since(conversation.messages.get(self.opened)?)
    }
}

/// Splits a conversation into rounds. Bot and system messages neither open, answer nor reset one.
///
/// ```
/// use huashu::chat::{self, round::rounds};
/// let chats = chat::read("a.txt", "买家：在吗\n买家：有 L 码吗\n客服：有的亲\n客服：今天能发\n买家：好\n".as_bytes(), &Default::default());
/// let rounds = rounds(&chats.conversations[0]);
/// assert_eq!((rounds[0].opened, rounds[0].answered, rounds[0].reply.len()), (0, Some(2), 2));
/// assert_eq!(rounds[1].answered, None);
/// ```
pub fn rounds(conversation: &Conversation) -> Vec<Round> {
    let mut rounds: Vec<Round> = Vec::new();
    for (index, message) in conversation.messages.iter().enumerate() {
        match (message.role, rounds.last_mut()) {
            (Role::Buyer, Some(round)) if round.answered.is_none() => round.asked.push(index),
            (Role::Buyer, _) => {
                rounds.push(Round { opened: index, answered: None, reply: Vec::new(), asked: alloc::vec![index] });
            }
            (Role::Agent, Some(round)) => {
                round.answered.get_or_insert(index);
                round.reply.push(index);
            }
            _ => {}
        }
    }
    rounds
}
