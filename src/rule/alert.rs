//! Alerts (T9): words that call for a human, now. They cost no points.

use super::{Case, Names};
use crate::{
    chat::{Message, Role},
    signal::{SignalId, Who, need_id},
    sort,
    toml::Fields,
};
use alloc::{string::String, vec::Vec};
use serde::Serialize;

/// How soon someone should look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// When there is time.
    #[default]
    Notice,
    /// At once.
    Urgent,
}

/// One `[[alert]]` of the book.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alert {
    /// Stable id.
    pub id: String,
    /// Title in Chinese.
    pub title: String,
    /// Title in English; the Chinese one where the book has none.
    pub title_en: String,
    /// It is raised by each hit of one of these, whoever said it.
    pub signals: Vec<SignalId>,
    /// Not raised by what was said to a robot, or to nobody yet, where a human agent wrote afterwards.
    pub until_answered: bool,
    /// How soon someone should look.
    pub level: Level,
    /// What to do.
    pub suggest: Option<String>,
}

/// A place that raised an alert. Offsets are bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alarm {
    /// Position of the alert in the book.
    pub alert: usize,
    /// Position of the message.
    pub message: usize,
    /// First byte.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
}

impl Alert {
    /// Reads one table.
    pub fn parse(mut fields: Fields<'_>, names: &Names) -> Alert {
        let id = need_id(&mut fields).text;
        let (title, title_en) = fields.titles();
        let alert = Alert {
            id,
            title,
            title_en,
            signals: names.need_signals(&mut fields, Who::Any),
            until_answered: fields.boolean("until_answered").unwrap_or(false),
            level: fields.choice("level", &[("notice", Level::Notice), ("urgent", Level::Urgent)]).unwrap_or_default(),
            suggest: fields.text("suggest").map(|t| t.text),
        };
        fields.finish();
        alert
    }
}

/// The alarms of a conversation, in its order.
pub fn alarms(book: &[Alert], case: &Case) -> Vec<Alarm> {
    let mut alarms: Vec<Alarm> = Vec::new();
    for (number, alert) in book.iter().enumerate() {
        let mut hits = case.hits(Who::Any, &alert.signals);
        hits.retain(|hit| !(alert.until_answered && is_taken_up(&case.conversation.messages, hit.message as usize)));
        alarms.extend(hits.iter().map(|hit| Alarm {
            alert: number,
            message: hit.message as usize,
            start: hit.start as usize,
            end: hit.end as usize,
        }));
    }
    sort::by_key(&mut alarms, |a| (a.message, a.start, a.end, a.alert));
    alarms
}

/// Whether no human agent was there when a message was written, and one wrote afterwards.
fn is_taken_up(messages: &[Message], message: usize) -> bool {
    let Some((before, after)) = messages.split_at_checked(message) else { return false };
    let there = before.iter().rev().find(|m| matches!(m.role, Role::Agent | Role::Bot));
    there.is_none_or(|m| m.role == Role::Bot) && after.iter().any(|m| m.role == Role::Agent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        chat::round::rounds,
        rule::sample::{hits, talk},
    };
    use alloc::vec;

    #[test]
    fn words_of_humans_raise_alarms_in_order() {
        let alert = |signals: &[u16]| Alert { signals: signals.to_vec(), ..Alert::default() };
        let book = [alert(&[1]), alert(&[0, 1])];
        let conversation = talk("机器人 投诉请按1\n买家 我要投诉，12315\n客服 别投诉");
        let rounds = rounds(&conversation);
        let hits = hits(&conversation, &[&["投诉"], &["12315"]]);
        let case = Case::new(&conversation, &rounds, &hits, &[], None);
        let found: Vec<_> = alarms(&book, &case).iter().map(|a| (a.alert, a.message, a.start)).collect();
        assert_eq!(found, vec![(1, 1, 6), (0, 1, 15), (1, 1, 15), (1, 2, 3)]);
    }

    #[test]
    fn a_human_who_came_ends_what_asked_for_one() {
        let book = [Alert { signals: vec![0], until_answered: true, ..Alert::default() }];
        let raised = |text: &str| {
            let conversation = talk(text);
            let rounds = rounds(&conversation);
            let hits = hits(&conversation, &[&["人工"]]);
            alarms(&book, &Case::new(&conversation, &rounds, &hits, &[], None)).iter().map(|a| a.message).collect::<Vec<usize>>()
        };
        assert!(raised("机器人 您好\n买家 转人工\n机器人 排队中\n买家 人工\n客服 您好，我来帮您").is_empty());
        assert!(raised("买家 转人工\n客服 您好").is_empty());
        assert_eq!(raised("机器人 您好\n买家 转人工\n机器人 排队中"), [1]);
        // Whoever is there already was not taken for a human, or is not wanted.
        assert_eq!(raised("客服 您好\n买家 转人工\n客服 您好"), [1]);
        assert_eq!(raised("买家 转人工\n客服 您好\n机器人 请评价\n买家 人工呢"), [3]);
    }
}
