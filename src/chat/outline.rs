//! Conversations without their texts: what is kept of a file that can be read again.

use super::gather::{Draft, Gather, MESSAGE_LIMIT, Part, Talk, give};
use super::items::ItemReader;
use super::look;
use super::read::take_piece;
use super::role::NameId;
use super::shape::json::Piece;
use super::shape::table::RowText;
use super::text::TextReader;
use super::{Conversation, Kind, Message, Role, Source};
use crate::input::lines::Lines;
use crate::sort;
use crate::time::Time;
use alloc::{boxed::Box, format, string::String, vec::Vec};

const NOBODY: u32 = u32::MAX;
const NEVER: i64 = i64::MIN;

/// A message, all but its text: 48 bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    at: i64,
    /// The bytes of the file that hold it, and which of the messages in them it is.
    pub from: u64,
    pub length: u32,
    pub nth: u32,
    pub line: u32,
    name: u32,
    to: u32,
    talk: u32,
    /// Where its text stands in these bytes as it is, and how long it is; 0: it does not.
    text: (u16, u16),
    of: Of,
    role: Option<Role>,
    kind: Kind,
    flags: u8,
}

/// Which list [`Row::talk`] counts in.
#[derive(Clone, Copy, Debug)]
enum Of {
    Stream,
    Sessions,
    Names,
    Ready,
}

const APART: u8 = 1;
/// Looks like a line of the platform.
const PLATFORM: u8 = 2;
/// Says of itself that no human wrote it.
const AUTOMATIC: u8 = 4;
/// The file tells the kind.
const TOLD: u8 = 8;
const ORPHAN: u8 = 16;
/// Given back to the message above.
const GONE: u8 = 32;
/// Its time is written without seconds.
const TO_MINUTE: u8 = 64;
const SPACED: u8 = 128;

impl Row {
    pub fn of(draft: &Draft) -> Self {
        let mut row = Self {
            at: draft.at.map_or(NEVER, Time::seconds),
            from: draft.from,
            length: draft.length,
            nth: 0,
            line: draft.line,
            name: draft.name.unwrap_or(NOBODY),
            to: draft.to.unwrap_or(NOBODY),
            talk: 0,
            text: (0, 0),
            of: Of::Stream,
            role: draft.role,
            kind: draft.kind.unwrap_or_default(),
            flags: 0,
        };
        let to_minute = draft.to_minute && draft.at.is_some();
        let told = draft.kind.is_some();
        let flags = [(draft.apart, APART), (draft.orphan, ORPHAN), (told, TOLD), (to_minute, TO_MINUTE), (draft.spaced, SPACED)];
        for (is, flag) in flags {
            row.flags |= if is { flag } else { 0 };
        }
        row.belong(draft.talk);
        row
    }

    /// Keeps what is to be known of the text.
    pub fn hear(&mut self, text: &str) {
        self.flags &= !(PLATFORM | AUTOMATIC);
        if look::system(text.trim_start()) && !text.trim_end().contains('\n') {
            self.flags |= PLATFORM;
        }
        if look::automatic(text) {
            self.flags |= AUTOMATIC;
        }
        if self.flags & TOLD == 0 {
            self.kind = look::kind(text);
        }
    }

    /// The same of one to which words came that seemed to be another's: it may have seemed to have none.
    pub fn hear_more(&mut self, text: &str) {
        self.flags &= !TOLD;
        self.hear(text);
    }

    /// Takes note of where the text stands in the file, if all of it is that one line, byte by byte.
    pub fn stands(&mut self, place: Option<(u64, usize)>, text: &str) {
        let place = place.filter(|(_, length)| *length == text.len() && !text.contains(['\u{FFFD}', '\n']));
        let within = place.and_then(|(at, length)| Some((u16::try_from(at.checked_sub(self.from)?).ok()?, u16::try_from(length).ok()?)));
        self.text = within.unwrap_or_default();
    }

    /// The text in the message's bytes, where it stands there as it is.
    fn plain<'b>(&self, bytes: &'b [u8]) -> Option<&'b str> {
        let (from, length) = (usize::from(self.text.0), usize::from(self.text.1));
        // NUL bytes were taken out of the line before anything was counted.
        let bytes = bytes.get(..from + length).filter(|bytes| length > 0 && !bytes.contains(&0))?;
        core::str::from_utf8(bytes.get(from..)?).ok()
    }

    /// Whether it looks like a line of the platform.
    pub fn platform(&self) -> bool {
        self.flags & PLATFORM != 0
    }

    /// What one message is, where its name has that role; who has none is the platform.
    pub fn spoken_by(&self, role: Role) -> Role {
        if role == Role::System || self.flags & PLATFORM != 0 {
            return Role::System;
        }
        if role == Role::Agent && self.flags & AUTOMATIC != 0 { Role::Bot } else { role }
    }

    pub fn settle(&mut self, role: Role) {
        self.role = Some(role);
        if role == Role::System {
            self.kind = Kind::Text;
        }
    }

    pub fn talk(&self) -> Talk {
        match self.of {
            Of::Stream => Talk::Stream,
            Of::Sessions => Talk::Session(self.talk),
            Of::Names => Talk::Buyer(self.talk),
            Of::Ready => Talk::Ready(self.talk),
        }
    }

    pub fn belong(&mut self, talk: Talk) {
        (self.of, self.talk) = match talk {
            Talk::Stream => (Of::Stream, 0),
            Talk::Session(n) => (Of::Sessions, n),
            Talk::Buyer(n) => (Of::Names, n),
            Talk::Ready(n) => (Of::Ready, n),
        };
    }

    pub fn at(&self) -> Option<Time> {
        (self.at != NEVER).then(|| Time::from_seconds(self.at))
    }

    pub fn is_to_minute(&self) -> bool {
        self.flags & TO_MINUTE != 0
    }

    pub fn name(&self) -> Option<NameId> {
        (self.name != NOBODY).then_some(self.name)
    }

    pub fn to(&self) -> Option<NameId> {
        (self.to != NOBODY).then_some(self.to)
    }

    pub fn role(&self) -> Option<Role> {
        self.role
    }

    pub fn kind(&self) -> Kind {
        self.kind
    }

    pub fn apart(&self) -> bool {
        self.flags & APART != 0
    }

    pub fn spaced(&self) -> bool {
        self.flags & SPACED != 0
    }

    pub fn gone(&self) -> bool {
        self.flags & GONE != 0
    }

    /// Takes what parts it from the message before, and gives what did so far.
    pub fn part(&mut self, parted: u8) -> u8 {
        let before = self.flags & (APART | SPACED);
        self.flags ^= before ^ parted;
        before
    }

    /// Ends where another one ends, which is given back to it.
    pub fn reach(&mut self, given: &Self) {
        let last = given.from + u64::from(given.length);
        self.length = if given.length == 0 { 0 } else { u32::try_from(last.saturating_sub(self.from)).unwrap_or(u32::MAX) };
    }

    /// Gives it back to the message above.
    pub fn leave(&mut self) {
        self.flags |= GONE;
    }
}

/// A conversation, all but its messages.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    /// Empty where the file has none.
    pub id: Box<str>,
    pub buyer: Option<NameId>,
    pub line: u32,
    /// Where its rows end; they begin where those of the one before end.
    pub end: u32,
    /// The platform, where it is not the file's.
    pub format: Option<&'static str>,
}

impl Head {
    pub fn new(id: &str, line: u32) -> Self {
        Self { id: Box::from(id), buyer: None, line, end: 0, format: None }
    }
}

/// How the bytes of a message are read again.
#[derive(Clone, Debug, Default)]
pub(crate) enum Again {
    /// There is nothing to read.
    #[default]
    Nothing,
    /// The shapes that follow one another.
    Lines(Vec<Part>),
    Table(RowText),
    Json,
}

/// The conversations of a file without their texts: about 60 bytes a message, and what names and ids need. The texts are read
/// again from the file where a conversation is wanted whole.
///
/// ```
/// use huashu::chat::ChatReader;
/// let file = "买家：在吗\n客服：在的亲\n买家：几天到\n";
/// let mut reader = ChatReader::new("a.txt", &Default::default());
/// reader.forget_texts();
/// reader.push(file.as_bytes());
/// let (chats, outline) = reader.outline();
/// assert_eq!((chats.shape, outline.len(), outline.messages()), ("labelled", 1, 3));
/// let mut read = |from: u64, length: usize| Some(file.as_bytes()[from as usize..][..length].to_vec());
/// let conversations = outline.read(0, 1, &mut read).unwrap();
/// assert_eq!(conversations[0].messages[2].text, "几天到");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Outline {
    pub(crate) file: String,
    pub(crate) format: &'static str,
    pub(crate) again: Again,
    pub(crate) heads: Vec<Head>,
    pub(crate) rows: Vec<Row>,
    /// The rows of each conversation, one conversation after the other.
    pub(crate) order: Vec<u32>,
    pub(crate) names: Vec<String>,
}

/// Places in a file less far apart than this are read at once.
const NEAR: u64 = 16 << 10;

/// No more than this is read at once, but for what is longer.
const AT_ONCE: u64 = 1 << 20;

impl Outline {
    /// The file's name.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// How many conversations there are.
    pub fn len(&self) -> usize {
        self.heads.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.heads.is_empty()
    }

    /// How many messages there are in all conversations.
    pub fn messages(&self) -> usize {
        self.order.len()
    }

    /// The id of a conversation.
    pub fn id(&self, at: usize) -> Option<String> {
        let head = self.heads.get(at)?;
        Some(if head.id.is_empty() { format!("{}#{}", self.file, at + 1) } else { String::from(&*head.id) })
    }

    /// The id that the file gives a conversation; empty where it gives none.
    pub(crate) fn own_id(&self, at: usize) -> &str {
        self.heads.get(at).map_or("", |head| &head.id)
    }

    /// The buyer of a conversation.
    pub(crate) fn buyer(&self, at: usize) -> Option<NameId> {
        self.heads.get(at)?.buyer
    }

    /// The buyer of a conversation, and the time of the first message that has one.
    pub fn begun(&self, at: usize) -> (Option<&str>, Option<Time>) {
        let buyer = self.buyer(at).and_then(|id| self.names.get(id as usize)).map(String::as_str);
        (buyer, self.rows(at).find_map(|(_, row)| row.at()))
    }

    /// The line on which a conversation begins.
    pub(crate) fn line(&self, at: usize) -> u32 {
        self.heads.get(at).map_or(1, |head| head.line)
    }

    /// A name; empty for nobody.
    pub(crate) fn name(&self, id: Option<NameId>) -> &str {
        id.and_then(|id| self.names.get(id as usize)).map_or("", String::as_str)
    }

    /// Where the rows of a conversation stand in [`Outline::order`].
    pub(crate) fn rows(&self, at: usize) -> impl Iterator<Item = (u32, &Row)> {
        let begin = at.checked_sub(1).and_then(|before| self.heads.get(before)).map_or(0, |head| head.end);
        let end = self.heads.get(at).map_or(begin, |head| head.end);
        let order = self.order.get(begin as usize..end as usize).unwrap_or_default();
        order.iter().filter_map(|row| Some((*row, self.rows.get(*row as usize)?)))
    }

    /// A conversation; `text` gives the text of a row.
    pub(crate) fn conversation(&self, at: usize, text: &mut dyn FnMut(u32) -> String) -> Option<Conversation> {
        let head = self.heads.get(at)?;
        let name = |id: Option<NameId>| self.names.get(id? as usize).cloned();
        let messages = self.rows(at).map(|(number, row)| Message {
            role: row.role.unwrap_or(Role::System),
            sender: name(row.name()),
            at: row.at(),
            to_minute: row.is_to_minute(),
            text: text(number),
            kind: row.kind,
            line: row.line,
        });
        Some(Conversation {
            id: self.id(at)?,
            buyer: name(head.buyer),
            messages: messages.collect(),
            source: Source { file: self.file.clone(), line: head.line, format: head.format.unwrap_or(self.format) },
        })
    }

    /// Up to `count` conversations from a position on, their texts read again: `read` gives so many bytes of the file from a place
    /// on, as they were pushed. `None` where it gives none, or fewer.
    pub fn read(&self, from: usize, count: usize, read: &mut dyn FnMut(u64, usize) -> Option<Vec<u8>>) -> Option<Vec<Conversation>> {
        let end = from.saturating_add(count).min(self.len());
        // In the order of the file, whatever the order of the messages.
        let mut wanted: Vec<u32> = (from..end).flat_map(|at| self.rows(at)).map(|(number, _)| number).collect();
        let row = |number: &u32| self.rows.get(*number as usize).copied();
        sort::by_key(&mut wanted, |number| row(number).map(|row| (row.from, row.nth)));
        let mut texts: Vec<(u32, String)> = Vec::with_capacity(wanted.len());
        let (mut bytes, mut start): (Vec<u8>, u64) = (Vec::new(), 0);
        let (mut found, mut of): (Vec<String>, Option<u64>) = (Vec::new(), None);
        for (at, number) in wanted.iter().enumerate() {
            let Some(wants) = row(number) else { continue };
            let last = wants.from + u64::from(wants.length);
            if of != Some(wants.from) {
                if wants.from < start || last > start + bytes.len() as u64 || bytes.is_empty() {
                    let mut until = last;
                    for next in wanted.iter().skip(at).filter_map(row) {
                        let end = next.from + u64::from(next.length);
                        if next.from > until + NEAR || end > wants.from + AT_ONCE {
                            break;
                        }
                        until = until.max(end);
                    }
                    let length = usize::try_from(until - wants.from).ok()?;
                    bytes = read(wants.from, length).filter(|bytes| bytes.len() == length)?;
                    start = wants.from;
                }
                let begin = (wants.from - start) as usize;
                let bytes = bytes.get(begin..begin + wants.length as usize)?;
                if let Some(text) = wants.plain(bytes) {
                    texts.push((*number, String::from(text)));
                    continue;
                }
                found = self.texts(&wants, bytes);
                of = Some(wants.from);
            }
            texts.push((*number, found.get_mut(wants.nth as usize).map(core::mem::take).unwrap_or_default()));
        }
        sort::by_key(&mut texts, |(number, _)| *number);
        let mut text = |number: u32| {
            let at = texts.binary_search_by_key(&number, |(number, _)| *number).ok();
            at.and_then(|at| texts.get_mut(at)).map(|(_, text)| core::mem::take(text)).unwrap_or_default()
        };
        Some((from..end).filter_map(|at| self.conversation(at, &mut text)).collect())
    }

    /// The texts of the messages in some bytes, read as they were the first time.
    fn texts(&self, row: &Row, bytes: &[u8]) -> Vec<String> {
        let (mut gather, file) = (Gather::again(), "");
        match &self.again {
            Again::Nothing => {}
            Again::Lines(parts) => {
                let Some(part) = parts.iter().rev().find(|part| part.from <= row.from) else { return Vec::new() };
                let mut text = TextReader::again(part, row.flags & ORPHAN != 0);
                let mut lines = Lines::default();
                lines.push(bytes, |line| text.line(line, &mut gather, file));
                lines.finish(|line| text.line(line, &mut gather, file));
                text.finish(&mut gather, file);
                // What follows the first message is what was given back to it.
                let mut texts = core::mem::take(&mut gather.texts).into_iter();
                let Some((_, mut first)) = texts.next() else { return Vec::new() };
                for (number, text) in texts {
                    if let Some((_, line)) = gather.unsure.iter().find(|(unsure, _)| *unsure == number) {
                        give(&mut first, line, &text);
                    }
                }
                first.truncate(crate::input::lines::head(&first, MESSAGE_LIMIT).len());
                return Vec::from([first]);
            }
            Again::Table(table) => table.read(bytes, &mut gather),
            Again::Json => take_piece(Piece::Value(bytes, row.line, row.from), &mut ItemReader::default(), &mut gather, file),
        }
        gather.texts.into_iter().map(|(_, text)| text).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_without_its_text_is_small() {
        assert!(size_of::<Row>() <= 48, "{}", size_of::<Row>());
    }
}
