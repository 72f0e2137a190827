//! Messages as they come from a shape → conversations: whose is what, where does one talk end and the next begin.

mod back;
mod split;
mod turn;

use super::look;
use super::name;
use super::outline::{Head, Row};
use super::read::Gap;
use super::role::{Entry, NameId, Names};
use super::shape::Shape;
use super::{Kind, Role};
use crate::error::{Error, Problems};
use crate::input::lines::head;
use crate::sort;
use crate::time::Time;
use alloc::{format, string::String, sync::Arc, vec::Vec};
use hashbrown::HashMap;

/// The longest message that is kept, in bytes. What is beyond is cut off and listed.
pub const MESSAGE_LIMIT: usize = 64 << 10;

/// Messages are stored in another order than that of their times by at most so many seconds.
const LATE: i64 = 60;

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
    /// Nothing is left to find out; this is the number of one of [`Gather::ready`].
    Ready(u32),
}

/// Who is heard together: a conversation that the file marks, or the stream of a part of the file, by its number.
type Company = (Talk, usize);

/// A conversation that the file marks itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct Session {
    /// Its id; empty where the file has none.
    pub id: String,
    /// Whether it stays one conversation however long nobody writes.
    pub whole: bool,
}

/// Lines of one shape that follow one another in a text.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    /// Its first byte.
    pub from: u64,
    pub shape: &'static Shape,
    /// The platform.
    pub format: &'static str,
    /// The accounts whose names have a sub-account behind a colon.
    pub accounts: Arc<[String]>,
    /// Labels stand apart from their words by blanks: what stands in brackets is words.
    pub blanks: bool,
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
    /// Whether that is written without seconds.
    pub to_minute: bool,
    pub text: String,
    /// The kind, where the file tells it.
    pub kind: Option<Kind>,
    pub line: u32,
    /// Its first byte in the file.
    pub from: u64,
    /// So many bytes of the file hold it; 0 where it reaches up to the next message.
    pub length: u32,
    /// Where the first line of its text stands in the file, and how long that line is.
    pub stands: Option<(u64, usize)>,
    pub talk: Talk,
    /// A separator or banner stands before it.
    pub apart: bool,
    /// The same of a line of the platform, whose conversation goes on all the same.
    pub orphan: bool,
    /// An empty line or a separator stands before it, which need not mean anything.
    pub spaced: bool,
    /// For a head that might be no head at all (`备注: …`): what of the line stands before the text, to be given back to the message above.
    pub unsure: Option<String>,
}

/// Collects messages and makes conversations of them. Their texts are kept or, where they can be read again, forgotten.
#[derive(Debug, Default)]
pub(crate) struct Gather {
    pub names: Names,
    pub rows: Vec<Row>,
    /// The texts by row: all of them, or those alone that may yet turn out to belong to another message.
    pub texts: Vec<(u32, String)>,
    /// Whether texts are forgotten.
    pub lean: bool,
    /// Whether messages are read a second time, for their texts alone.
    again: bool,
    /// The text of the last message, where it was not kept.
    last: String,
    /// Whom lines of the platform hand the talk from and to, as they write it.
    handed: Names,
    /// So many messages have the bare label of a buyer, of an agent.
    labels: [u32; 2],
    /// The heads that may be none, as they stand, by row.
    pub unsure: Vec<(u32, String)>,
    /// The last of these that only their date makes so, and how many texts there were before.
    doubts: Vec<(u32, usize)>,
    /// Those of them whose date no certain head confirmed.
    untimely: Vec<u32>,
    pub sessions: Vec<Session>,
    /// The shapes that follow one another in a text.
    pub parts: Vec<Part>,
    /// Names as written, cleaned before.
    cleaned: HashMap<String, (Option<NameId>, Option<Role>)>,
    /// Conversations that needed nothing of the above.
    pub ready: Vec<Head>,
    pub problems: Problems,
    pub notes: Problems,
    pub dropped: [u64; 4],
}

/// What is dropped and counted, in the order of [`Gather::dropped`].
pub(crate) const DROPPED: [&str; 4] = ["banner", "separator", "read-mark", "price"];

#[derive(Clone, Copy, Debug)]
pub(crate) enum Noise {
    Banner,
    Separator,
    ReadMark,
    Price,
}

impl Gather {
    /// For messages that are read a second time.
    pub fn again() -> Self {
        Self { again: true, ..Self::default() }
    }

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
        self.sessions.push(Session { id: name::plain(id).into_owned(), whole });
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
        let mut row = Row::of(&draft);
        if self.again {
            if let Some(entry) = draft.name.and_then(|id| self.names.get_mut(id)) {
                entry.seen += 1;
            }
        } else {
            if let Some(id) = draft.name {
                self.names.listen(id, &draft.text);
            }
            row.hear(&draft.text);
            if row.platform() {
                self.hand(&draft.text);
            }
            row.stands(draft.stands, &draft.text);
        }
        self.keep(row, draft.text, draft.unsure);
    }

    /// Takes a message of which only the date of its head says that it may be none.
    pub fn doubt(&mut self, draft: Draft, file: &str) {
        self.doubts.push((self.rows.len() as u32, self.texts.len()));
        self.push(draft, file);
    }

    /// A certain head has come, or the end: of those that their date makes doubtful the ones stand whose time is between that of the certain
    /// head above them and that of this one. Where certain heads have no date (not `dated`), the end confirms none.
    pub fn confirm(&mut self, from: Option<Time>, to: Option<Time>, dated: bool) {
        if self.again {
            return;
        }
        let doubts = core::mem::take(&mut self.doubts);
        let until = |a: Time, b: Time| a.seconds() <= b.seconds() + LATE;
        let anew = dated && from.zip(to).is_some_and(|(from, to)| to < from);
        let Some(&(first, texts)) = doubts.first() else { return };
        let confirmed = |row: u32| {
            let stands = |at| from.is_none_or(|from| until(from, at)) && to.map_or(dated, |to| until(at, to));
            let doubted = doubts.binary_search_by_key(&row, |(row, _)| *row).is_ok();
            doubted && (anew || self.rows.get(row as usize).and_then(Row::at).is_none_or(stands))
        };
        let begin = self.unsure.partition_point(|(row, _)| *row < first);
        let open: Vec<(u32, String)> = self.unsure.drain(begin..).filter(|(row, _)| !confirmed(*row)).collect();
        let settled = open.is_empty();
        let remains = |row: &u32| open.binary_search_by_key(row, |(row, _)| *row).is_ok();
        self.untimely.extend(doubts.iter().map(|(row, _)| *row).filter(remains));
        self.unsure.extend(open);
        // Their texts need not be kept any longer, but for the last, which the next may be given back to.
        if self.lean && settled {
            let last = self.texts.pop();
            self.texts.truncate(texts);
            self.texts.extend(last);
        }
    }

    /// A transfer names accounts of the shop.
    fn hand(&mut self, line: &str) {
        for raw in look::handed(line) {
            if !raw.is_empty() {
                self.handed.intern(raw, None);
            }
        }
    }

    /// Takes a message that is all known.
    pub fn keep(&mut self, mut row: Row, text: String, unsure: Option<String>) {
        let at = self.rows.len() as u32;
        if let Some(above) = self.rows.last().filter(|above| above.from == row.from) {
            row.nth = above.nth.saturating_add(1);
        }
        if self.rows.len() == self.rows.capacity() {
            // By a quarter, not to twice as many: these are most of what a long file needs.
            self.rows.reserve_exact(self.rows.len() / 4 + 64);
        }
        self.rows.push(row);
        let [buyers, agents] = &mut self.labels;
        match row.role().filter(|_| row.name().is_none()) {
            Some(Role::Buyer) => *buyers += 1,
            Some(Role::Agent) => *agents += 1,
            _ => {}
        }
        // A head that may be none turns out to be one when its name comes a second time, but for words between the labels of both sides.
        let bare = *buyers > 0 && *agents > 0 && self.unsure.len() / 8 < (*buyers + *agents) as usize;
        let entry = row.name().and_then(|id| self.names.get(id));
        let again = |e: &Entry| self.again || (bare && e.role.is_none() && name::hint(&e.text).is_none());
        let open = unsure.filter(|_| entry.is_some_and(|e| e.seen == 1 || again(e)));
        if self.lean && open.is_none() {
            self.last = text;
            return;
        }
        if let Some(line) = open {
            self.unsure.push((at, line));
            if self.lean && at > 0 && self.texts.last().is_none_or(|(kept, _)| *kept != at - 1) {
                self.texts.push((at - 1, core::mem::take(&mut self.last)));
            }
        }
        self.texts.push((at, text));
    }

    /// Finds out the conversations of everything collected: their heads, in the order in which they begin, and the rows of each.
    /// `bytes` is the length of the file.
    pub fn resolve(&mut self, file: &str, bytes: u64, gap: Gap, agents: &[String]) -> (Vec<Head>, Vec<u32>) {
        self.give_back(file);
        self.measure(bytes);
        self.turn(file);
        self.names.settle(agents, core::mem::take(&mut self.handed));
        let mut rows = core::mem::take(&mut self.rows);
        self.settle_talks(&rows, file);
        let mut heads = split::deal(&self.names, &self.sessions, &mut rows, gap);
        let found = heads.len() as u32;
        heads.append(&mut self.ready);
        // From the order in which they were found to that in which they begin.
        let mut order: Vec<u32> = (0..heads.len() as u32).collect();
        sort::by_key(&mut order, |at| heads.get(*at as usize).map(|head| head.line));
        let mut place: Vec<u32> = alloc::vec![0; heads.len()];
        for (to, from) in order.iter().enumerate() {
            if let Some(place) = place.get_mut(*from as usize) {
                *place = to as u32;
            }
        }
        sort::by_key(&mut heads, |head| head.line);
        let number = |row: &Row| match row.talk() {
            _ if row.gone() => None,
            Talk::Ready(n) => place.get((found + n) as usize).copied(),
            Talk::Session(n) => place.get(n as usize).copied(),
            _ => None,
        };
        // How many rows each has, where its rows begin, and then the rows one by one.
        for row in &rows {
            if let Some(head) = number(row).and_then(|n| heads.get_mut(n as usize)) {
                head.end += 1;
            }
        }
        let mut start = 0;
        for head in &mut heads {
            start += core::mem::replace(&mut head.end, start);
        }
        let mut order = alloc::vec![0; start as usize];
        for (at, row) in rows.iter().enumerate() {
            if let Some(head) = number(row).and_then(|n| heads.get_mut(n as usize)) {
                if let Some(slot) = order.get_mut(head.end as usize) {
                    *slot = at as u32;
                }
                head.end += 1;
            }
        }
        self.rows = rows;
        (heads, order)
    }

    /// What reaches up to the next message is as long as that is far.
    fn measure(&mut self, bytes: u64) {
        let mut end = bytes;
        for row in self.rows.iter_mut().rev().filter(|row| !row.gone()) {
            if row.length == 0 {
                let part = self.parts.iter().map(|part| part.from).find(|from| *from > row.from).unwrap_or(u64::MAX);
                row.length = u32::try_from(end.min(part).saturating_sub(row.from)).unwrap_or(u32::MAX);
            }
            end = row.from;
        }
    }

    /// The text of a row, where it was kept.
    pub fn text(&mut self, row: u32) -> Option<&mut String> {
        let at = self.texts.binary_search_by_key(&row, |(row, _)| *row).ok()?;
        self.texts.get_mut(at).map(|(_, text)| text)
    }

    /// Roles that only the company a name keeps can tell.
    fn settle_talks(&mut self, rows: &[Row], file: &str) {
        // A stream of talks is of one part of the file: chats that were pasted one below the other share no sides.
        let mut talks: Vec<(Company, Vec<NameId>)> = Vec::new();
        // Where each of them stands, and, with a name, whether that has been met there.
        let mut place: HashMap<(Company, Option<NameId>), usize> = HashMap::new();
        let mut labels: Vec<(bool, bool)> = alloc::vec![(false, false); self.parts.len() + 1];
        for row in rows {
            let part = || self.parts.iter().filter(|part| part.from <= row.from).count();
            let talk = match row.talk() {
                Talk::Ready(_) => continue,
                _ if row.gone() => continue,
                talk @ Talk::Session(_) => (talk, 0),
                _ => (Talk::Stream, part()),
            };
            if let (Talk::Buyer(buyer), Some(name)) = (row.talk(), row.name()) {
                // The file says who the buyer is.
                if self.names.role(buyer).is_none()
                    && let Some(entry) = self.names.get_mut(buyer)
                {
                    entry.role = Some(Role::Buyer);
                }
                if name != buyer
                    && row.role().is_none()
                    && self.names.role(name).is_none()
                    && let Some(entry) = self.names.get_mut(name)
                {
                    entry.role = Some(Role::Agent);
                }
            }
            if let ((Talk::Stream, part), None) = (talk, row.name())
                && let Some(label) = labels.get_mut(part)
            {
                label.0 |= row.role() == Some(Role::Buyer);
                label.1 |= row.role() == Some(Role::Agent);
            }
            // A message that tells its own role tells its name's as well, system lines and auto replies aside.
            if let (Some(id), Some(role @ (Role::Buyer | Role::Agent))) = (row.name(), row.role())
                && let Some(entry) = self.names.get_mut(id)
            {
                entry.role.get_or_insert(role);
            }
            let Some(id) = row.name() else { continue };
            if let Some(to) = row.to() {
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
            if place.insert((talk, Some(id)), 0).is_some() {
                continue;
            }
            let at = *place.entry((talk, None)).or_insert_with(|| {
                talks.push((talk, Vec::new()));
                talks.len() - 1
            });
            if let Some((_, ids)) = talks.get_mut(at) {
                ids.push(id);
            }
        }
        let mut guessed = self.names.misleads();
        // Twice: what one session settles helps the next, before behaviour has to.
        for last in [false, true] {
            for (talk, ids) in &talks {
                let unknown = ids.iter().filter(|id| self.names.role(**id).is_none()).count();
                let known = unknown < ids.len();
                if unknown == 0 || !(last || known) {
                    continue;
                }
                let (buyers, agents) = labels.get(talk.1).copied().filter(|_| talk.0 == Talk::Stream).unwrap_or_default();
                if buyers || agents {
                    // Bare labels beside names: the names are those of the side that has no label.
                    let role = if agents { Role::Buyer } else { Role::Agent };
                    for id in ids {
                        if let Some(entry) = self.names.get_mut(*id) {
                            entry.role.get_or_insert(role);
                        }
                    }
                    continue;
                }
                guessed |= self.names.settle_talk(ids, matches!(talk.0, Talk::Session(_)));
            }
        }
        if guessed {
            let message = "没有标明谁是客服，已按说话方式判断；如有误，请指定客服昵称 / nothing says who the agents are; told by how they write. If wrong, name the agents";
            self.notes.push(Error::new("roles-by-behaviour", message).in_file(file));
        }
    }
}

/// A head that is none, and the text behind and below it, back to the message above; false where the message is too long for all of it.
pub(crate) fn give(above: &mut String, head_line: &str, text: &str) -> bool {
    if !above.is_empty() {
        above.push('\n');
    }
    above.push_str(head_line);
    above.push_str(text);
    above.truncate(above.trim_end().len());
    let whole = above.len() <= MESSAGE_LIMIT;
    above.truncate(head(above, MESSAGE_LIMIT).len());
    whole
}

fn too_long(line: u32, file: &str) -> Error {
    let message = format!(
        "这条消息超过 {} KB，后面的部分未读 / this message is longer than {0} KB; the rest of it was not read",
        MESSAGE_LIMIT >> 10
    );
    Error::new("message-too-long", message).at(line, 1).in_file(file)
}

/// Cuts a message that is longer than anybody writes, and lists it.
pub(crate) fn limit(text: &mut String, line: u32, gather: &mut Gather, file: &str) {
    if text.len() > MESSAGE_LIMIT {
        text.truncate(head(text, MESSAGE_LIMIT).len());
        gather.problems.push(too_long(line, file));
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
