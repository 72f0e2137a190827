//! The conversations of a period, and what one pass over them adds up: for the shop, per agent, per hour, per weekday.

use super::{
    figure::By,
    select::{NO_DAY, Window},
};
use crate::{link::Contact, order::Names, time::Time};
use alloc::{string::ToString, vec, vec::Vec};

/// Conversations in which the buyer wrote, as far as they lie in the period.
pub(super) struct Talks<'a> {
    pub contacts: Vec<&'a Contact>,
    /// All of them, of any period, for what looks beyond it.
    pub all: Vec<&'a Contact>,
    /// The period.
    pub window: Window,
    /// The first and the last day of all of them; `None` where some of the period's have no date and may be of any day.
    pub days: Option<(i32, i32)>,
    /// Some have no date, so that nobody can say whether they belong to the period: they are counted in.
    pub untimed: u64,
    /// Conversations without a message of the buyer: agents' monologues and empty chats.
    pub silent: u64,
    /// Conversations of the buyers to leave out, of any period.
    pub listed: u64,
    pub agents: Names,
}

/// The time of a conversation, where it has a date.
pub(super) fn time_of(contact: &Contact) -> Option<Time> {
    contact.asked_at.or(contact.start).filter(|time| time.dated())
}

pub(super) fn day_of(contact: &Contact) -> i32 {
    time_of(contact).map_or(NO_DAY, |time| time.day().0)
}

impl<'a> Talks<'a> {
    /// Conversations without a date belong to the period asked for and to no period before it.
    pub fn new(all: &[&'a Contact], listed: usize, window: Window, asked_for: bool) -> Self {
        let mut talks = Self {
            contacts: Vec::new(),
            all: all.to_vec(),
            window,
            days: None,
            untimed: 0,
            silent: 0,
            listed: listed as u64,
            agents: Names::default(),
        };
        for &contact in all {
            let day = day_of(contact);
            let untimed = day == NO_DAY;
            if !untimed {
                talks.days = Some(talks.days.map_or((day, day), |(first, last)| (first.min(day), last.max(day))));
            }
            if !(window.contains(day) || (untimed && asked_for)) {
                continue;
            }
            if contact.buyer_messages == 0 {
                talks.silent += 1;
                continue;
            }
            talks.untimed += u64::from(untimed);
            talks.contacts.push(contact);
            for agent in &contact.agents {
                talks.agents.intern(agent);
            }
        }
        talks.days = talks.days.filter(|_| talks.untimed == 0);
        talks
    }

    /// Some of these conversations, as if they were all.
    pub fn some(&self, contacts: Vec<&'a Contact>) -> Self {
        Self {
            all: contacts.clone(),
            contacts,
            window: self.window,
            days: self.days,
            untimed: 0,
            silent: 0,
            listed: 0,
            agents: Names::default(),
        }
    }

    /// The whole shop, 0, and each agent of a conversation, as [`Parts`] counts them.
    pub fn parts_of(&self, contact: &'a Contact) -> impl Iterator<Item = usize> {
        [0].into_iter().chain(contact.agents.iter().filter_map(|agent| Some(1 + self.agents.find(agent)? as usize)))
    }

    /// Why nothing about conversations can be said.
    pub fn lacks_chats(&self) -> Option<&'static str> {
        self.all.is_empty().then_some("没有聊天记录：请加上聊天记录文件 / no chats: add chat records")
    }

    /// Why nothing about the buyers of conversations can be said.
    pub fn lacks_buyers(&self) -> Option<&'static str> {
        self.lacks_chats().or((!self.contacts.is_empty() && self.contacts.iter().all(|c| c.buyer.is_none())).then_some(
            "聊天里没有买家昵称：请导出带买家昵称的聊天记录（例如千牛的“昵称 时间”格式） / the chats do not name the buyers: copy them with the buyers' names, as Qianniu's own export does",
        ))
    }
}

/// A part of the shop, and where its sums stand: the whole shop first, then agents, hours, weekdays.
pub(super) struct Parts {
    agents: usize,
}

impl Parts {
    const HOURS: usize = 24;
    const WEEKDAYS: usize = 7;

    pub fn new(agents: &Names) -> Self {
        Self { agents: agents.len() as usize }
    }

    /// A sum for each part.
    pub fn sums<T: Clone + Default>(&self) -> Vec<T> {
        vec![T::default(); 1 + self.agents + Self::HOURS + Self::WEEKDAYS]
    }

    /// The parts to which something belongs.
    pub fn of(&self, agent: Option<u32>, at: Option<Time>) -> impl Iterator<Item = usize> + use<> {
        let (agents, at) = (self.agents, at.filter(|at| at.dated()));
        let agent = agent.map(|agent| 1 + agent as usize);
        let hour = at.map(|at| 1 + agents + (at.of_day() / 3600) as usize);
        // 1970-01-01 was a Thursday.
        let weekday = at.map(|at| 1 + agents + Self::HOURS + (at.day().0 + 3).rem_euclid(7) as usize);
        [Some(0), agent, hour, weekday].into_iter().flatten()
    }

    /// Where the sums of a part stand; `None` where it is no part of the conversations.
    pub fn find(&self, by: &By, agents: &Names) -> Option<usize> {
        let number = |from: usize, count: usize| by.name.parse().ok().and_then(|n: usize| n.checked_sub(from)).filter(|n| *n < count);
        match by.kind {
            "hour" => Some(1 + self.agents + number(0, Self::HOURS)?),
            "weekday" => Some(1 + self.agents + Self::HOURS + number(1, Self::WEEKDAYS)?),
            "campaign" => None,
            _ => Some(1 + agents.find(&by.name)? as usize),
        }
    }

    /// What a part is called; `None` for the whole shop.
    pub fn name(&self, part: usize, agents: &Names) -> Option<By> {
        let part = part.checked_sub(1)?;
        if part < self.agents {
            return Some(By { kind: "agent", name: agents.get(part as u32)?.into() });
        }
        let part = part - self.agents;
        Some(if part < Self::HOURS {
            By { kind: "hour", name: part.to_string() }
        } else {
            By { kind: "weekday", name: (part - Self::HOURS + 1).to_string() }
        })
    }
}
