//! JSON items → conversations and messages.

use super::clock::{Clock, epoch, unread_time};
use super::gather::{Draft, Gather, Talk};
use super::look;
use super::name;
use super::outline::{Head, Row};
use super::shape::json::{Item, Value};
use super::{Kind, Role};
use crate::error::Error;
use crate::time::Time;
use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use hashbrown::HashMap;

/// Reads the items of one file.
#[derive(Debug, Default)]
pub(crate) struct ItemReader {
    pub clock: Clock,
    /// Sessions of messages that come one by one with an id.
    sessions: HashMap<String, u32>,
    apart: bool,
    pub jd: bool,
    pub taobao: bool,
    /// The bytes of the file that hold the items at hand, and how many these are.
    pub place: (u64, u32),
}

impl ItemReader {
    /// What is not listed as a message's row begins anew.
    pub fn apart(&mut self) {
        self.apart = true;
    }

    pub fn take(&mut self, item: Item<'_>, line: u32, gather: &mut Gather, file: &str) {
        self.jd |= item.jd;
        let Item { items, .. } = &item;
        match items {
            Some(items) if items.iter().any(|i| i.items.is_some()) => {
                for inner in item.items.unwrap_or_default() {
                    self.take(inner, line, gather, file);
                }
            }
            Some(items) if items.is_empty() => {
                let message = "这个会话里没有消息，已略过 / this conversation has no messages and was left out";
                gather.problems.push(Error::new("no-messages", message).at(line, 1).in_file(file));
            }
            Some(_) => self.conversation(item, line, gather, file),
            None if !item.odd && (item.text.is_some() || item.role.is_some() || item.sender.is_some()) => {
                self.row(item, line, gather, file)
            }
            None => {
                let message = "这一项既不是会话也不是消息，已略过；会话应含 messages / this is neither a conversation nor a message and was left out; a conversation has \"messages\"";
                gather.problems.push(Error::new("not-a-conversation", message).at(line, 1).in_file(file));
            }
        }
    }

    /// A message on its own: an id or a buyer beside it tells its conversation.
    fn row(&mut self, item: Item<'_>, line: u32, gather: &mut Gather, file: &str) {
        let talk = if let Some(id) = &item.id {
            Talk::Session(*self.sessions.entry_ref(&**id).or_insert_with(|| gather.session(id, false)))
        } else if let Some(buyer) = item.buyer.as_deref().and_then(|b| gather.who_is(b)) {
            Talk::Buyer(buyer)
        } else {
            Talk::Stream
        };
        let apart = core::mem::take(&mut self.apart);
        if let Some(draft) = self.draft(&item, None, line, gather, file) {
            gather.push(Draft { talk, apart, ..draft }, file);
        }
    }

    fn conversation(&mut self, mut item: Item<'_>, line: u32, gather: &mut Gather, file: &str) {
        self.clock.restart();
        let items = item.items.take().unwrap_or_default();
        let mut messages: Vec<(Row, String)> = Vec::with_capacity(items.len());
        let ready = gather.ready.len() as u32;
        let (from, length) = self.place;
        let plain = items.iter().all(|i| i.shop.is_none() && i.role.as_deref().is_some_and(|r| name::label(r).is_some()));
        let jd = items.iter().any(|i| i.shop.is_some());
        self.jd |= jd;
        if !plain && !items.iter().all(|i| i.shop.is_some()) {
            // Taobao's id is that of two people, not of one talk.
            let id = item.id.as_deref().unwrap_or_default();
            let whole = !id.ends_with("@cntaobao");
            let session = gather.session(id, whole);
            for inner in &items {
                if let Some(draft) = self.draft(inner, Some(&item_names(&item.buyer, &item.agent)), line, gather, file) {
                    gather.push(Draft { talk: Talk::Session(session), ..draft }, file);
                }
            }
            return;
        }
        for inner in items {
            let (at, to_minute) = self.time(&inner, line, gather, file).unzip();
            let Some(text) = inner.text else {
                self.no_text(line, gather, file);
                continue;
            };
            let mut role = match (inner.shop, inner.role.as_deref().and_then(name::label)) {
                (Some(true), _) => Role::Agent,
                (Some(false), _) => Role::Buyer,
                (None, role) => role.unwrap_or(Role::System),
            };
            let side = if role == Role::Buyer { &item.buyer } else { &item.agent };
            let named = inner.sender.as_deref().or(side.as_deref().filter(|_| jd));
            let who = named.map(name::who);
            let mut text = String::from(text);
            if jd {
                super::gather::clean(&mut text);
                if role == Role::Agent && (who.as_ref().is_some_and(|w| w.role == Some(Role::Bot)) || look::automatic(&text)) {
                    role = Role::Bot;
                }
                if look::system(&text) {
                    role = Role::System;
                }
            }
            super::gather::limit(&mut text, line, gather, file);
            let kind = kind(inner.kind.as_deref(), role, &text);
            let name = who.and_then(|w| w.name).map(|name| gather.names.intern(&name, None));
            let (role, kind, talk) = (Some(role), Some(kind), Talk::Ready(ready));
            let to_minute = to_minute == Some(true);
            messages.push((Row::of(&Draft { name, role, at, to_minute, kind, line, from, length, talk, ..Draft::default() }), text));
        }
        // Why each was left out has been said.
        if messages.is_empty() {
            return;
        }
        // Some back offices list the newest message first.
        let times: Vec<Time> = messages.iter().filter_map(|(row, _)| row.at()).collect();
        if jd && times.len() == messages.len() && times.is_sorted_by(|a, b| a >= b) && times.first() > times.last() {
            messages.reverse();
        }
        let buyer = item.buyer.as_deref().and_then(|b| name::who(b).name).map(|name| gather.names.intern(&name, None));
        let buyer = buyer.or_else(|| messages.iter().filter(|(row, _)| row.role() == Some(Role::Buyer)).find_map(|(row, _)| row.name()));
        let format = Some(if jd { "jd" } else { "generic" });
        gather.ready.push(Head { buyer, format, ..Head::new(item.id.as_deref().unwrap_or_default(), line) });
        for (row, text) in messages {
            gather.keep(row, text, None);
        }
    }

    fn draft(
        &mut self,
        item: &Item<'_>,
        names: Option<&(Option<String>, Option<String>)>,
        line: u32,
        gather: &mut Gather,
        file: &str,
    ) -> Option<Draft> {
        let (at, to_minute) = self.time(item, line, gather, file).unzip();
        let Some(text) = &item.text else {
            self.no_text(line, gather, file);
            return None;
        };
        self.taobao |= item.sender.as_deref().is_some_and(|s| s.starts_with("cntaobao"));
        let told = item.shop.map(|shop| if shop { Role::Agent } else { Role::Buyer });
        let role = told.or_else(|| item.role.as_deref().and_then(name::label));
        if let (None, Some(unknown)) = (role, item.role.as_deref()) {
            let message = format!(
                "不认识的角色“{unknown}”，按昵称判断；可用 buyer、agent、bot、system / unknown role \"{unknown}\": told by the name; use buyer, agent, bot or system"
            );
            gather.problems.push(Error::new("unknown-role", message).at(line, 1).in_file(file));
        }
        if role.is_none() && item.role.is_none() && item.sender.is_none() {
            let message = "这条消息没有角色（role），按系统消息处理 / this message has no \"role\" and was taken for the system's";
            gather.problems.push(Error::new("no-role", message).at(line, 1).in_file(file));
        }
        let side = names.and_then(|(buyer, agent)| match role? {
            Role::Buyer => buyer.as_deref(),
            Role::Agent => agent.as_deref(),
            _ => None,
        });
        let (name, labelled) = item.sender.as_deref().or(side).map_or((None, None), |n| gather.who(n));
        let kind = item.kind.as_deref().and_then(named_kind);
        let (from, length) = self.place;
        let to_minute = to_minute == Some(true);
        Some(Draft {
            name,
            role: role.or(labelled),
            at,
            to_minute,
            text: String::from(&**text),
            kind,
            line,
            from,
            length,
            ..Draft::default()
        })
    }

    fn no_text(&self, line: u32, gather: &mut Gather, file: &str) {
        let message = "这条消息没有内容（text），已略过 / this message has no \"text\" and was left out";
        gather.problems.push(Error::new("no-text", message).at(line, 1).in_file(file));
    }

    /// The time of a message, where it has one, and whether it is written without seconds.
    fn time(&mut self, item: &Item<'_>, line: u32, gather: &mut Gather, file: &str) -> Option<(Time, bool)> {
        match &item.at {
            Value::Null | Value::List(_) => None,
            Value::Int(0) => None,
            Value::Int(n) => {
                let time = epoch(*n);
                if time.is_none() {
                    gather.problems.push(unread_time(&n.to_string()).at(line, 1).in_file(file));
                }
                Some((time?, false))
            }
            Value::Text(text) => {
                let text = text.trim();
                if let Some(time) = Time::parse(text).filter(|_| text.len() > 10) {
                    return Some((time, item.to_minute || Time::is_to_minute(text)));
                }
                match self.clock.joined(item.date.as_deref().unwrap_or_default().trim(), text) {
                    Ok(found) => found.map(|(time, to_minute)| (time, item.to_minute || to_minute)),
                    Err("") => None,
                    Err(unread) => {
                        gather.problems.push(unread_time(unread).at(line, 1).in_file(file));
                        None
                    }
                }
            }
        }
    }
}

fn item_names(
    buyer: &Option<alloc::borrow::Cow<'_, str>>,
    agent: &Option<alloc::borrow::Cow<'_, str>>,
) -> (Option<String>, Option<String>) {
    (buyer.as_deref().map(String::from), agent.as_deref().map(String::from))
}

fn named_kind(name: &str) -> Option<Kind> {
    [
        ("text", Kind::Text),
        ("image", Kind::Image),
        ("voice", Kind::Voice),
        ("card", Kind::Card),
        ("link", Kind::Link),
        ("hidden", Kind::Hidden),
    ]
    .into_iter()
    .find_map(|(n, kind)| (n == name).then_some(kind))
}

fn kind(given: Option<&str>, role: Role, text: &str) -> Kind {
    match given.and_then(named_kind) {
        Some(kind) => kind,
        None if role == Role::System => Kind::Text,
        None => look::kind(text),
    }
}
