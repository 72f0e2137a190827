//! Made-up orders and chats for the tests of this room.

use crate::{
    chat::{Conversation, Kind, Message, Role, Source},
    link::{Contact, Findings},
    metric::TELLING,
    order::{self, Orders},
    time::Time,
};
use alloc::{
    format,
    string::{String, ToString},
    sync::Arc,
    vec::Vec,
};

/// Orders from the lines of a table with a header of the project's own fields.
pub fn orders(csv: &str) -> Orders {
    let file = order::read("orders.csv", csv.as_bytes(), &order::OrderOptions::default());
    assert_eq!(file.problems.count(), 0, "{:?}", file.problems.kept());
    file.orders
}

/// A conversation: one line per message, `10:00:00 买家` or `10:00:00 客服小美`; without a time where the line has none.
pub fn talk(buyer: &str, date: &str, lines: &str) -> Contact {
    talk_with(buyer, date, lines, Findings::default())
}

/// The same with what the book found.
pub fn talk_with(buyer: &str, date: &str, lines: &str, mut found: Findings) -> Contact {
    let messages: Vec<Message> = lines
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(|line| {
            let (time, who) = line.split_once(' ').unwrap_or(("", line));
            let role = match who.chars().take(2).collect::<String>().as_str() {
                "买家" => Role::Buyer,
                "客服" => Role::Agent,
                "机器" => Role::Bot,
                _ => Role::System,
            };
            let sender = who.strip_prefix("客服").filter(|name| !name.is_empty()).map(ToString::to_string);
            let at = if time.is_empty() { None } else { Time::parse(format!("{date} {time}").trim()) };
            let to_minute = Time::is_to_minute(time);
            Message { role, sender, at, to_minute, text: "…".into(), kind: Kind::Text, line: 1 }
        })
        .collect();
    let conversation = Conversation {
        id: format!("{buyer}{date}{}", lines.trim()),
        buyer: (!buyer.is_empty()).then(|| buyer.into()),
        messages,
        source: Source { file: "chat.txt".into(), line: 1, format: "generic" },
    };
    // What tells the buyer something is the last message.
    let told = TELLING.iter().filter(|(signal, _)| found.signals.iter().any(|id| &**id == *signal));
    found.telling = told.map(|(_, purpose)| (conversation.messages.len() as u32 - 1, *purpose)).collect();
    Contact::of(&conversation, found)
}

/// Findings with these signals.
pub fn signals(ids: &[&str]) -> Findings {
    Findings { signals: ids.iter().map(|id| Arc::from(*id)).collect(), ..Findings::default() }
}

/// Findings with these scenes.
pub fn scenes(ids: &[&str], after_sale: bool) -> Findings {
    Findings { scenes: ids.iter().map(|id| Arc::from(*id)).collect(), after_sale, ..Findings::default() }
}
