//! Where one talk ends and the next begins: messages in the order of the file are dealt out to conversations.

use super::{Session, Talk};
use crate::{
    chat::{
        Role, name,
        outline::{Head, Row},
        read::Gap,
        role::{NameId, Names},
    },
    time::Time,
};
use alloc::{collections::BTreeMap, format, string::String, vec::Vec};
use hashbrown::HashMap;

/// So many messages may open a talk before its buyer writes.
const AHEAD: usize = 32;

/// The conversations, in the order in which they were found; each row is told its own.
pub(super) fn deal(names: &Names, sessions: &[Session], rows: &mut [Row], gap: Gap) -> Vec<Head> {
    let mut split = Split {
        names,
        sessions,
        rows,
        parts: HashMap::new(),
        gap,
        made: Vec::new(),
        open: HashMap::new(),
        current: None,
        waiting: Vec::new(),
        served: HashMap::new(),
        asking: BTreeMap::new(),
        count: 0,
    };
    split.deal();
    split.made
}

/// An open conversation.
struct Open {
    at: usize,
    last: Option<Time>,
    /// The agent who answered last.
    agent: Option<NameId>,
    answered: bool,
    /// When the buyer's part of it began, as a count of drafts.
    began: u64,
    /// The last buyer message, as a count of drafts.
    asked: u64,
}

/// Deals rows out to conversations.
struct Split<'a> {
    names: &'a Names,
    sessions: &'a [Session],
    rows: &'a mut [Row],
    /// Into how many conversations gaps have cut a session so far.
    parts: HashMap<u32, u32>,
    gap: Gap,
    made: Vec<Head>,
    open: HashMap<Key, Open>,
    current: Option<Key>,
    /// Messages of the shop that came before any buyer's.
    waiting: Vec<usize>,
    /// The last buyer whom an agent served.
    served: HashMap<NameId, Key>,
    /// The open talks that no agent has answered, by their last buyer message.
    asking: BTreeMap<u64, Key>,
    count: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Key {
    /// The talk with a buyer; `None` where buyers have no names.
    Buyer(Option<NameId>),
    Session(u32),
}

impl Split<'_> {
    fn row(&self, at: usize) -> Option<Row> {
        self.rows.get(at).copied()
    }

    fn deal(&mut self) {
        for at in 0..self.rows.len() {
            self.take(at);
        }
        let waiting = core::mem::take(&mut self.waiting);
        self.start(&waiting);
    }

    fn take(&mut self, at: usize) {
        let Some(row) = self.row(at).filter(|row| !row.gone()) else { return };
        let talk = row.talk();
        if let Talk::Ready(_) = talk {
            return;
        }
        self.count += 1;
        let (name, role) = (row.name(), self.role(&row));
        if let Some(row) = self.rows.get_mut(at) {
            row.settle(role);
        }
        if row.apart() {
            self.current = None;
            self.open.remove(&Key::Buyer(None));
        }
        let key = match (talk, role) {
            (Talk::Session(n), _) => Some(Key::Session(n)),
            (Talk::Buyer(buyer), _) => Some(Key::Buyer(Some(buyer))),
            (_, Role::Buyer) => Some(Key::Buyer(name)),
            (_, Role::Agent | Role::Bot) => match row.to() {
                Some(to) if self.names.role(to) == Some(Role::Buyer) => Some(Key::Buyer(Some(to))),
                _ => self.addressee(name),
            },
            (_, Role::System) => self.current,
        };
        let key = if talk == Talk::Stream && role != Role::Buyer && key == self.current && self.opens(at, name) {
            self.current = None;
            None
        } else {
            key
        };
        match key {
            Some(key) => self.add(key, at),
            None => self.waiting.push(at),
        }
    }

    fn role(&self, row: &Row) -> Role {
        row.spoken_by(row.role().or_else(|| self.names.role(row.name()?)).unwrap_or(Role::System))
    }

    /// Whether a message of the shop opens the talk with the next buyer instead of going on with the one at hand, who was answered: it stands
    /// apart from that and together with what the next one writes, it is of another shop, or it is much older.
    fn opens(&self, at: usize, agent: Option<NameId>) -> bool {
        let Some(key @ Key::Buyer(Some(buyer))) = self.current else { return false };
        let Some((row, at_hand)) = self.row(at).zip(self.open.get(&key)) else { return false };
        let shop =
            |agent: Option<NameId>| agent.and_then(|id| name::shop_of(self.names.text(id)?)).filter(|shop| name::label(shop).is_none());
        let other = agent != at_hand.agent && shop(agent).zip(shop(at_hand.agent)).is_some_and(|(own, other)| own != other);
        if row.to().is_none() && self.apart(at_hand.last, row.at()) && row.at() < at_hand.last {
            return true;
        }
        if !at_hand.answered || row.to().is_some() || !(row.spaced() || other) {
            return false;
        }
        let below = self.rows.iter().skip(at + 1).filter(|row| !row.gone()).take(AHEAD);
        let mut own = below.take_while(|row| row.talk() == Talk::Stream && row.to().is_none() && (other || !row.spaced()));
        own.find(|row| self.role(row) == Role::Buyer).and_then(Row::name).is_some_and(|next| next != buyer)
    }

    /// Whose talk a message of the shop belongs to: the talk at hand, unless another agent has that and this one has a talk that
    /// runs beside it.
    fn addressee(&self, agent: Option<NameId>) -> Option<Key> {
        let current = self.current?;
        let (Some(agent), Some(at_hand)) = (agent, self.open.get(&current)) else { return Some(current) };
        if at_hand.agent == Some(agent) {
            return Some(current);
        }
        let Some(own) = self.served.get(&agent).filter(|k| **k != current) else { return Some(self.unserved(agent).unwrap_or(current)) };
        match self.open.get(own) {
            // Both talks run at once only if this buyer spoke again after the other had begun.
            Some(open) if open.agent == Some(agent) && open.asked > at_hand.began && at_hand.agent.is_some() => Some(*own),
            _ => Some(current),
        }
    }

    /// The talk at hand has another agent: the one that waits for its first answer, if there is one.
    fn unserved(&self, agent: NameId) -> Option<Key> {
        let at_hand = self.open.get(&self.current?)?;
        at_hand.agent.filter(|a| *a != agent)?;
        self.asking.last_key_value().filter(|(asked, _)| **asked > at_hand.began).map(|(_, key)| *key)
    }

    /// Whether a gap is between two times. A talk that was pasted below a later one lies as far back.
    fn apart(&self, last: Option<Time>, now: Option<Time>) -> bool {
        last.zip(now).is_some_and(|(last, now)| match self.gap {
            Gap::After(seconds) => now.seconds().abs_diff(last.seconds()) >= seconds.max(1).unsigned_abs(),
            Gap::Day => now.day() != last.day(),
        })
    }

    fn add(&mut self, key: Key, at: usize) {
        let now = self.row(at).and_then(|row| row.at());
        let whole = matches!(key, Key::Session(n) if self.sessions.get(n as usize).is_some_and(|s| s.whole));
        if !whole
            && self.open.get(&key).is_some_and(|o| self.apart(o.last, now))
            && let Some(over) = self.open.remove(&key)
        {
            self.asking.remove(&over.asked);
        }
        if !self.waiting.is_empty() {
            let waiting = core::mem::take(&mut self.waiting);
            let last = waiting.iter().rev().find_map(|at| self.row(*at)?.at());
            if self.apart(last, now) {
                self.start(&waiting);
            } else {
                for at in waiting {
                    self.append(key, at);
                }
            }
        }
        self.append(key, at);
    }

    fn append(&mut self, key: Key, at: usize) {
        let Some(row) = self.rows.get_mut(at) else { return };
        let (role, name, count) = (row.role(), row.name(), self.count);
        let made = &mut self.made;
        let open = self.open.entry(key).or_insert_with(|| {
            let id = match key {
                Key::Session(n) => {
                    let id = self.sessions.get(n as usize).map_or("", |s| &s.id);
                    let part = self.parts.entry(n).or_default();
                    *part += 1;
                    if *part > 1 && !id.is_empty() { format!("{id}#{part}") } else { String::from(id) }
                }
                Key::Buyer(_) => String::new(),
            };
            made.push(Head::new(&id, row.line));
            Open { at: made.len() - 1, last: None, agent: None, answered: false, began: count, asked: 0 }
        });
        self.asking.remove(&open.asked);
        open.last = row.at().or(open.last);
        row.belong(Talk::Session(open.at as u32));
        match role {
            Some(Role::Buyer) => open.asked = count,
            Some(Role::Agent) => {
                (open.agent, open.answered) = (name, true);
                if let Some(name) = name {
                    self.served.insert(name, key);
                }
            }
            _ => {}
        }
        if open.agent.is_none() && open.asked > 0 {
            self.asking.insert(open.asked, key);
        }
        if let Some(head) = made.get_mut(open.at)
            && head.buyer.is_none()
        {
            head.buyer = match key {
                Key::Buyer(Some(id)) => Some(id),
                _ if role == Some(Role::Buyer) => name,
                _ => None,
            };
        }
        self.current = Some(key);
    }

    /// A conversation of the shop's messages alone.
    fn start(&mut self, waiting: &[usize]) {
        let Some(line) = waiting.first().and_then(|at| self.row(*at)).map(|row| row.line) else { return };
        for at in waiting {
            if let Some(row) = self.rows.get_mut(*at) {
                row.belong(Talk::Session(self.made.len() as u32));
            }
        }
        self.made.push(Head::new("", line));
    }
}
