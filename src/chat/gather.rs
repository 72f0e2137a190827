//! Messages as they come from a shape → conversations: whose is what, where does one talk end and the next begin.

use super::look;
use super::name;
use super::role::{NameId, Names};
use super::{Conversation, Kind, Message, Role, Source};
use crate::error::{Error, Problems};
use crate::input::lines::head;
use crate::sort;
use crate::time::Time;
use alloc::{format, string::String, vec::Vec};
use hashbrown::{HashMap, HashSet};

/// The longest message that is kept, in bytes. What is beyond is cut off and listed.
pub const MESSAGE_LIMIT: usize = 64 << 10;

/// To which conversation a message belongs, as far as the file itself says so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Talk {
    /// It does not.
    #[default]
    Stream,
    /// The file marks its conversations; this is the number of one.
    Session(u32),
    /// The file names the buyer beside every message.
    Buyer(NameId),
}

/// A conversation that the file marks itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct Session {
    /// Its id; empty where the file has none.
    pub id: String,
    /// Whether it stays one conversation however long nobody writes.
    pub whole: bool,
}

/// A message before roles are known.
#[derive(Clone, Debug, Default)]
pub(crate) struct Draft {
    pub name: Option<NameId>,
    /// What this very message says of its role, whatever the name's is.
    pub role: Option<Role>,
    /// Whom it is written to.
    pub to: Option<NameId>,
    pub at: Option<Time>,
    pub text: String,
    /// The kind, where the file tells it.
    pub kind: Option<Kind>,
    pub line: u32,
    pub talk: Talk,
    /// A separator or banner stands before it.
    pub apart: bool,
    /// For a head that might be no head at all (`备注: …`): the line as it stands, to be given back to the message above.
    pub unsure: Option<String>,
}

/// Collects drafts and makes conversations of them.
#[derive(Debug, Default)]
pub(crate) struct Gather {
    pub names: Names,
    drafts: Vec<Draft>,
    pub sessions: Vec<Session>,
    /// Names as written, cleaned before.
    cleaned: HashMap<String, (Option<NameId>, Option<Role>)>,
    /// Finished conversations that needed nothing of the above.
    pub ready: Vec<Conversation>,
    pub problems: Problems,
    pub notes: Problems,
    pub dropped: [u64; 4],
    given: u64,
}

/// What is dropped and counted, in the order of [`Gather::dropped`].
pub(crate) const DROPPED: [&str; 4] = ["banner", "separator", "read-mark", "price"];

#[derive(Clone, Copy)]
pub(crate) enum Noise {
    Banner,
    Separator,
    ReadMark,
    Price,
}

impl Gather {
    /// The number of a cleaned name, and the role that the name as written tells of this message.
    pub fn who(&mut self, raw: &str) -> (Option<NameId>, Option<Role>) {
        if let Some(known) = self.cleaned.get(raw) {
            return *known;
        }
        let who = name::who(raw);
        let known = match who.name {
            Some(text) => (Some(self.names.intern(&text, who.role)), None),
            None => (None, who.role),
        };
        self.cleaned.insert(String::from(raw), known);
        known
    }

    /// A new session, and its number.
    pub fn session(&mut self, id: &str, whole: bool) -> u32 {
        self.sessions.push(Session { id: String::from(id), whole });
        self.sessions.len() as u32 - 1
    }

    /// The number of a name that somebody is addressed by; a bare 店铺 is a name here.
    pub fn who_is(&mut self, raw: &str) -> Option<NameId> {
        let who = name::who(raw);
        let text = who.name.as_deref().unwrap_or(raw.trim());
        Some(self.names.intern(text, who.role))
    }

    pub fn drop(&mut self, noise: Noise) {
        if let Some(count) = self.dropped.get_mut(noise as usize) {
            *count += 1;
        }
    }

    /// Takes a message. Texts are cleaned here: `<br/>` becomes a line break, blanks around it go.
    pub fn push(&mut self, mut draft: Draft, file: &str) {
        clean(&mut draft.text);
        limit(&mut draft.text, draft.line, self, file);
        if let Some(id) = draft.name {
            self.names.listen(id, &draft.text);
        }
        self.drafts.push(draft);
    }

    /// Makes conversations of everything collected so far.
    pub fn resolve(&mut self, file: &str, format: &'static str, gap: i64, agents: &[String]) -> Vec<Conversation> {
        let mut drafts = core::mem::take(&mut self.drafts);
        self.give_back(&mut drafts);
        self.names.settle(agents);
        self.settle_talks(&drafts, file);
        let mut split = Split {
            names: &self.names,
            sessions: &self.sessions,
            parts: HashMap::new(),
            file,
            format,
            gap,
            made: Vec::new(),
            open: HashMap::new(),
            current: None,
            waiting: Vec::new(),
            served: HashMap::new(),
            count: 0,
        };
        for draft in drafts {
            split.take(draft);
        }
        let mut made = split.finish();
        made.append(&mut self.ready);
        sort::by_key(&mut made, |c| c.source.line);
        for conversation in &mut made {
            self.given += 1;
            if conversation.id.is_empty() {
                conversation.id = format!("{file}#{}", self.given);
            }
        }
        made
    }

    /// Heads that turn out to be none (`备注: 明天发`) go back into the message above. A head stands when its name is a role's or an
    /// account's, or when it comes twice.
    fn give_back(&mut self, drafts: &mut Vec<Draft>) {
        if drafts.iter().all(|d| d.unsure.is_none()) {
            return;
        }
        let stands = |names: &Names, draft: &Draft, times: u32| {
            draft.role.is_some()
                || draft
                    .name
                    .and_then(|id| names.get(id))
                    .is_none_or(|e| e.role.is_some() || name::hint(&e.text).is_some() || e.seen >= times)
        };
        let mut speakers: Vec<NameId> = drafts.iter().filter(|d| stands(&self.names, d, 2)).filter_map(|d| d.name).collect();
        sort::plain(&mut speakers);
        speakers.dedup();
        let labelled = drafts.iter().any(|d| d.name.is_none() && d.role.is_some());
        // Two lines of two people: nobody comes twice.
        let times = if speakers.len() + usize::from(labelled) < 2 { 1 } else { 2 };
        let mut kept: Vec<Draft> = Vec::with_capacity(drafts.len());
        for mut draft in drafts.drain(..) {
            let back = draft.unsure.is_some() && !stands(&self.names, &draft, times);
            match (kept.last_mut(), draft.unsure.take()) {
                (Some(above), Some(line)) if back => {
                    above.text.push('\n');
                    above.text.push_str(&line);
                    // The lines below the head came with it.
                    if let Some((_, rest)) = draft.text.split_once('\n') {
                        above.text.push('\n');
                        above.text.push_str(rest);
                    }
                    above.text.truncate(head(&above.text, MESSAGE_LIMIT).len());
                    if let Some(entry) = draft.name.and_then(|id| self.names.get_mut(id)) {
                        entry.seen = entry.seen.saturating_sub(1);
                    }
                }
                _ => kept.push(draft),
            }
        }
        *drafts = kept;
    }

    /// Roles that only the company a name keeps can tell.
    fn settle_talks(&mut self, drafts: &[Draft], file: &str) {
        let mut talks: Vec<(Talk, Vec<NameId>)> = Vec::new();
        let mut place: HashMap<Talk, usize> = HashMap::new();
        let mut seen: HashSet<(Talk, NameId)> = HashSet::new();
        let mut stream_label = (false, false);
        for draft in drafts {
            let talk = if let Talk::Session(_) = draft.talk { draft.talk } else { Talk::Stream };
            if let (Talk::Buyer(buyer), Some(name)) = (draft.talk, draft.name) {
                // The file says who the buyer is.
                if self.names.role(buyer).is_none()
                    && let Some(entry) = self.names.get_mut(buyer)
                {
                    entry.role = Some(Role::Buyer);
                }
                if name != buyer
                    && draft.role.is_none()
                    && self.names.role(name).is_none()
                    && let Some(entry) = self.names.get_mut(name)
                {
                    entry.role = Some(Role::Agent);
                }
            }
            if draft.name.is_none() && talk == Talk::Stream {
                stream_label.0 |= draft.role == Some(Role::Buyer);
                stream_label.1 |= draft.role == Some(Role::Agent);
            }
            // A message that tells its own role tells its name's as well, system lines and auto replies aside.
            if let (Some(id), Some(role @ (Role::Buyer | Role::Agent))) = (draft.name, draft.role)
                && let Some(entry) = self.names.get_mut(id)
            {
                entry.role.get_or_insert(role);
            }
            let Some(id) = draft.name else { continue };
            if let Some(to) = draft.to {
                // alice --> 店铺: who writes to the shop is a buyer, who writes to a buyer is an agent.
                let role = self.names.role(to).or_else(|| name::hint(self.names.text(to)?));
                let own = match role {
                    Some(Role::Agent | Role::Bot) => Some(Role::Buyer),
                    Some(Role::Buyer) => Some(Role::Agent),
                    _ => None,
                };
                if let (Some(own), Some(entry)) = (own, self.names.get_mut(id)) {
                    entry.role.get_or_insert(own);
                }
                if role.is_none()
                    && self.names.role(id) == Some(Role::Agent)
                    && let Some(entry) = self.names.get_mut(to)
                {
                    entry.role = Some(Role::Buyer);
                }
            }
            if !seen.insert((talk, id)) {
                continue;
            }
            let at = *place.entry(talk).or_insert_with(|| {
                talks.push((talk, Vec::new()));
                talks.len() - 1
            });
            if let Some((_, ids)) = talks.get_mut(at) {
                ids.push(id);
            }
        }
        let mut guessed = false;
        // Twice: what one session settles helps the next, before behaviour has to.
        for last in [false, true] {
            for (talk, ids) in &talks {
                let unknown = ids.iter().filter(|id| self.names.role(**id).is_none()).count();
                let known = unknown < ids.len();
                if unknown == 0 || !(last || known) {
                    continue;
                }
                if *talk == Talk::Stream && (stream_label.0 || stream_label.1) {
                    // Bare labels beside names: the names are those of the side that has no label.
                    let role = if stream_label.1 { Role::Buyer } else { Role::Agent };
                    for id in ids {
                        if let Some(entry) = self.names.get_mut(*id) {
                            entry.role.get_or_insert(role);
                        }
                    }
                    continue;
                }
                guessed |= self.names.settle_talk(ids, matches!(talk, Talk::Session(_)));
            }
        }
        if guessed {
            let message = "没有标明谁是客服，已按说话方式判断；如有误，请指定客服昵称 / nothing says who the agents are; told by how they write. If wrong, name the agents";
            self.notes.push(Error::new("roles-by-behaviour", message).in_file(file));
        }
    }
}

/// Cuts a message that is longer than anybody writes, and lists it.
pub(crate) fn limit(text: &mut String, line: u32, gather: &mut Gather, file: &str) {
    if text.len() > MESSAGE_LIMIT {
        text.truncate(head(text, MESSAGE_LIMIT).len());
        let message = format!(
            "这条消息超过 {} KB，后面的部分未读 / this message is longer than {0} KB; the rest of it was not read",
            MESSAGE_LIMIT >> 10
        );
        gather.problems.push(Error::new("message-too-long", message).at(line, 1).in_file(file));
    }
}

/// `<br/>` becomes a line break; blanks at both ends go.
pub(crate) fn clean(text: &mut String) {
    if text.contains("<br") {
        for br in ["<br/>", "<br>", "<br />"] {
            if text.contains(br) {
                *text = text.replace(br, "\n");
            }
        }
    }
    let trimmed = text.trim();
    if trimmed.len() != text.len() {
        *text = String::from(trimmed);
    }
}

/// An open conversation.
struct Open {
    at: usize,
    last: Option<Time>,
    /// The agent who answered last.
    agent: Option<NameId>,
    /// When the buyer's part of it began, as a count of drafts.
    began: u64,
    /// The last buyer message, as a count of drafts.
    asked: u64,
}

/// Deals drafts out to conversations.
struct Split<'a> {
    names: &'a Names,
    sessions: &'a [Session],
    /// Into how many conversations gaps have cut a session so far.
    parts: HashMap<u32, u32>,
    file: &'a str,
    format: &'static str,
    gap: i64,
    made: Vec<Conversation>,
    open: HashMap<Key, Open>,
    current: Option<Key>,
    /// Messages of the shop that came before any buyer's.
    waiting: Vec<(Message, Option<NameId>)>,
    /// The last buyer whom an agent served.
    served: HashMap<NameId, Key>,
    count: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Key {
    /// The talk with a buyer; `None` where buyers have no names.
    Buyer(Option<NameId>),
    Session(u32),
}

impl<'a> Split<'a> {
    fn take(&mut self, draft: Draft) {
        self.count += 1;
        let name = draft.name;
        let role = self.role(&draft);
        let kind = match role {
            Role::System => Kind::Text,
            _ => draft.kind.unwrap_or_else(|| look::kind(&draft.text)),
        };
        let sender = name.and_then(|id| self.names.text(id)).map(String::from);
        let message = Message { role, sender, at: draft.at, text: draft.text, kind, line: draft.line };
        if draft.apart {
            self.current = None;
            self.open.remove(&Key::Buyer(None));
        }
        let key = match (draft.talk, role) {
            (Talk::Session(n), _) => Some(Key::Session(n)),
            (Talk::Buyer(buyer), _) => Some(Key::Buyer(Some(buyer))),
            (Talk::Stream, Role::Buyer) => Some(Key::Buyer(name)),
            (Talk::Stream, Role::Agent | Role::Bot) => match draft.to {
                Some(to) if self.names.role(to) == Some(Role::Buyer) => Some(Key::Buyer(Some(to))),
                _ => self.addressee(name),
            },
            (Talk::Stream, Role::System) => self.current,
        };
        match key {
            Some(key) => self.add(key, message, name),
            None => self.waiting.push((message, name)),
        }
    }

    /// What one message is: what it says of itself, then its name's role; who is neither is the platform.
    fn role(&self, draft: &Draft) -> Role {
        let role = draft.role.or_else(|| self.names.role(draft.name?)).unwrap_or(Role::System);
        if role == Role::System || look::system(draft.text.trim_start()) && !draft.text.trim_end().contains('\n') {
            return Role::System;
        }
        if role == Role::Agent && look::automatic(&draft.text) { Role::Bot } else { role }
    }

    /// Whose talk a message of the shop belongs to: the talk at hand, unless another agent has that and this one has a talk that runs beside it.
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
        self.open.iter().filter(|(_, o)| o.agent.is_none() && o.asked > at_hand.began).max_by_key(|(_, o)| o.asked).map(|(k, _)| *k)
    }

    fn add(&mut self, key: Key, message: Message, name: Option<NameId>) {
        let apart = |last: Option<Time>, now: Option<Time>| match (last, now) {
            (Some(last), Some(now)) => now.seconds() - last.seconds() >= self.gap,
            _ => false,
        };
        let whole = matches!(key, Key::Session(n) if self.sessions.get(n as usize).is_some_and(|s| s.whole));
        if !whole && self.open.get(&key).is_some_and(|o| apart(o.last, message.at)) {
            self.open.remove(&key);
        }
        if !self.waiting.is_empty() {
            let waiting = core::mem::take(&mut self.waiting);
            let last = waiting.iter().rev().find_map(|(m, _)| m.at);
            if apart(last, message.at) {
                self.start(waiting);
            } else {
                for (message, name) in waiting {
                    self.append(key, message, name);
                }
            }
        }
        self.append(key, message, name);
    }

    fn append(&mut self, key: Key, message: Message, name: Option<NameId>) {
        let (role, at, count) = (message.role, message.at, self.count);
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
            let source = Source { file: String::from(self.file), line: message.line, format: self.format };
            made.push(Conversation { id, buyer: None, messages: Vec::new(), source });
            Open { at: made.len() - 1, last: None, agent: None, began: count, asked: 0 }
        });
        open.last = at.or(open.last);
        match role {
            Role::Buyer => open.asked = count,
            Role::Agent => {
                open.agent = name;
                if let Some(name) = name {
                    self.served.insert(name, key);
                }
            }
            _ => {}
        }
        if let Some(conversation) = self.made.get_mut(open.at) {
            if conversation.buyer.is_none() {
                conversation.buyer = match key {
                    Key::Buyer(Some(id)) => self.names.text(id).map(String::from),
                    _ if role == Role::Buyer => message.sender.clone(),
                    _ => None,
                };
            }
            conversation.messages.push(message);
        }
        self.current = Some(key);
    }

    /// A conversation of the shop's messages alone.
    fn start(&mut self, waiting: Vec<(Message, Option<NameId>)>) {
        let Some((first, _)) = waiting.first() else { return };
        let source = Source { file: String::from(self.file), line: first.line, format: self.format };
        let messages = waiting.into_iter().map(|(m, _)| m).collect();
        self.made.push(Conversation { id: String::new(), buyer: None, messages, source });
    }

    fn finish(mut self) -> Vec<Conversation> {
        let waiting = core::mem::take(&mut self.waiting);
        self.start(waiting);
        self.made
    }
}
