//! Copied text, line by line, in the shape that was found.

use super::clock::Clock;
use super::detect::{bracketed, is_labelled, one_label};
use super::gather::{Draft, Gather, Noise, Part, Talk};
use super::look::{self, Banner, Look};
use super::name::{hint, label, who};
use super::shape::{Block, Head, Lines, Shape, Stacked, mended, somebody, stamp_line};
use super::{Kind, Role};
use crate::error::{Error, Problems};
use crate::input::lines::Line;
use crate::time::{Stamp, Time};
use alloc::{format, string::String, sync::Arc, vec::Vec};

/// Reads the lines of one file.
#[derive(Debug)]
pub(crate) struct TextReader {
    shape: &'static Shape,
    /// The platform.
    format: &'static str,
    /// The accounts whose names have a sub-account behind a colon.
    accounts: Arc<[String]>,
    /// What stands in brackets is no label.
    by_blanks: bool,
    pub clock: Clock,
    stacked: Stacked,
    /// The message at hand, and whether the date of its head is all that makes it doubtful.
    open: Option<Draft>,
    doubted: bool,
    /// The time of the last certain head, and whether it has a date.
    since: Option<Time>,
    dated: bool,
    /// Empty lines since its last line.
    blanks: u32,
    /// A price stood in it.
    priced: bool,
    /// Prices and dates below its words: noise, unless more words follow.
    held: Held,
    /// What may be all its words, or a mark above them.
    mark: Option<(String, Option<(u64, usize)>)>,
    /// Something stands between the message at hand and the next line.
    apart: bool,
    /// That is the heading of another talk.
    headed: bool,
    /// So long was the message at hand above a line that heads another talk if the next message follows, and the first byte of that line.
    case: Option<(usize, u64)>,
    /// Buyers are bare labels here.
    bare: bool,
    session: Option<u32>,
    /// Lines before the first message, as problems: they are listed unless it turns out that they head the export.
    unread: Problems,
    started: bool,
    /// A transfer was the last thing read: its reason may follow.
    transfer: bool,
    /// The first line with a label of another shape, and how many there are.
    labels: Option<(u32, u64)>,
}

impl TextReader {
    pub fn new(part: &Part, year: Option<i32>) -> Self {
        let last = matches!(part.shape.lines, Lines::Stacked { last: true });
        Self {
            shape: part.shape,
            format: part.format,
            accounts: part.accounts.clone(),
            by_blanks: part.blanks,
            clock: Clock::with_year(year),
            stacked: Stacked::new(last),
            open: None,
            doubted: false,
            since: None,
            dated: false,
            blanks: 0,
            priced: false,
            held: Held::default(),
            mark: None,
            apart: false,
            headed: false,
            case: None,
            bare: false,
            session: None,
            unread: Problems::default(),
            started: false,
            transfer: false,
            labels: None,
        }
    }

    /// A reader of the lines of one message. `orphan`: it is a line of the platform with something between it and the one before.
    pub fn again(part: &Part, orphan: bool) -> Self {
        // Where its lines are parted was found out.
        Self { apart: orphan, bare: true, ..Self::new(part, None) }
    }

    /// A reader of the lines that follow in another shape.
    pub fn followed_by(mut self, part: &Part, gather: &mut Gather, file: &str) -> Self {
        self.end(gather, file);
        let mut next = Self { headed: true, bare: false, ..Self::again(part, true) };
        next.clock = self.clock;
        next.clock.restart();
        next
    }

    pub fn line(&mut self, line: Line<'_>, gather: &mut Gather, file: &str) {
        if line.rubbish() {
            gather.problems.push(rubbish_line(line.number).in_file(file));
            return;
        }
        if line.cut {
            let message = "这一行过长，后面的部分未读 / this line is too long; the rest of it was not read";
            gather.problems.push(Error::new("line-too-long", message).at(line.number, 1).in_file(file));
        }
        // A time that no clock shows begins a message all the same.
        let mended = mended(line.text).filter(|mended| !self.shape.begins(line.text) && self.shape.begins(mended));
        if mended.is_some() {
            gather.problems.push(unread_time(line.number, line.text).in_file(file));
        }
        match (self.shape.lines, &mended) {
            (Lines::Headed(head), Some(mended)) => {
                if let Some(found) = head(mended) {
                    self.head(Head { stamp: Stamp::default(), ..found }, line, gather, file);
                }
            }
            (Lines::Headed(head), None) => self.headed(head, line, gather, file),
            (Lines::Stacked { .. }, mended) => self.stack(line, mended.is_some().then(Stamp::default), gather, file),
        }
    }

    pub fn finish(&mut self, gather: &mut Gather, file: &str) {
        // Nothing follows that it could head.
        self.case = None;
        self.end(gather, file);
    }

    fn end(&mut self, gather: &mut Gather, file: &str) {
        let block = self.stacked.close();
        self.block(block, gather, file);
        self.close(gather, file);
        gather.confirm(self.since, None, self.dated);
        let unread = self.stacked.unread();
        self.keep_unread(unread, file);
        if self.started {
            self.list_unread(gather);
        }
        if let Some((line, count)) = self.labels.take() {
            let message = format!(
                "有 {count} 行以“客服：”“买家：”这样的身份开头，而这份聊天不是这种写法，已并入上一条消息；如是另外的消息，请改成同一种写法 / lines that begin with a role's label such as 客服：, in a copy of another shape: {count}; taken as part of the message above"
            );
            gather.notes.push(Error::new("labels-within", message).at(line, 1).in_file(file));
        }
    }

    fn headed(&mut self, head: fn(&str) -> Option<Head<'_>>, line: Line<'_>, gather: &mut Gather, file: &str) {
        // A time between labelled lines is none of their words; `10:30` alone may well be.
        if self.shape.bare()
            && self.open.as_ref().is_none_or(|d| !d.text.is_empty())
            && stamp_line(line.text).is_some_and(|s| s.month_day.is_some() || line.text.matches([':', '：']).count() > 1)
        {
            return gather.drop(Noise::Separator);
        }
        if self.open.as_ref().is_none_or(|d| !d.text.is_empty()) && look::window(line.text, self.format) {
            return gather.drop(Noise::Banner);
        }
        let seen = look::look(line.text);
        let reason = core::mem::take(&mut self.transfer);
        if matches!(seen, Look::Text | Look::System)
            && !look::transfer(line.text.trim())
            && !(self.by_blanks && bracketed(line.text))
            && let Some(head) = head(line.text)
        {
            return self.head(head, line, gather, file);
        }
        match seen {
            Look::Blank => {
                self.blanks += 1;
                // Between bare labels two empty lines are a separator.
                self.apart |= self.blanks == 2 && self.shape.bare() && self.open.as_ref().is_some_and(|d| d.at.is_none());
            }
            // Comments of `时间|客服|内容` files.
            Look::Text if self.shape.id == "piped" && line.text.trim_start().starts_with(['#', '/']) => gather.drop(Noise::Banner),
            Look::Text => {
                self.labels(&line);
                self.text(line, file);
            }
            Look::System if reason && look::transfer_reason(line.text.trim()) => {
                if let Some(open) = &mut self.open {
                    open.text.push('\n');
                    open.text.push_str(line.text.trim());
                }
            }
            Look::System => {
                self.transfer = true;
                // The only words of a message with a head of its own: the head's time and sender are the line's.
                if self.open.as_ref().is_some_and(|d| d.text.is_empty()) {
                    return self.text(line, file);
                }
                let spaced = self.spaced();
                self.close(gather, file);
                self.begin(gather);
                let text = String::from(line.text.trim());
                let (line, from, talk, orphan) = (line.number, line.from, self.talk(), self.apart);
                self.open = Some(Draft { role: Some(Role::System), text, line, from, talk, orphan, spaced, ..Draft::default() });
            }
            Look::Date(stamp) => {
                // A message may well be nothing but a date.
                if self.open.as_ref().is_some_and(|d| d.text.is_empty()) {
                    return self.text(line, file);
                }
                self.clock.date_line(stamp);
                // With dashes around it a date is none of anybody's words.
                if line.text.trim_start().starts_with(|c: char| c.is_ascii_digit()) {
                    return self.hold(line.text, Noise::Separator, gather);
                }
                gather.drop(Noise::Separator);
            }
            Look::Separator if line.text.trim().chars().count() < 5 && self.open.as_ref().is_some_and(|d| d.text.is_empty()) => {
                self.text(line, file);
            }
            Look::Separator => {
                self.apart = true;
                gather.drop(Noise::Separator);
            }
            Look::Banner(Banner::Case) if !self.spaced() && self.open.as_ref().is_some_and(|d| !d.text.is_empty()) => {
                let above = self.open.as_ref().map(|d| (d.text.len(), line.from));
                self.text(line, file);
                self.case = above;
            }
            Look::Banner(banner) => self.banner(banner, gather, file),
            // 已读 below a head is a mark of a picture that was not copied; 已送达 answers a question.
            Look::ReadMark if look::words(line.text) && self.mark.is_none() && self.open.as_ref().is_some_and(|d| d.text.is_empty()) => {
                let words = line.text.trim();
                self.mark = Some((String::from(words), stands(&line, words)));
            }
            Look::ReadMark => gather.drop(Noise::ReadMark),
            Look::Price => {
                self.priced = true;
                self.hold(line.text, Noise::Price, gather);
            }
        }
    }

    /// Keeps in mind what is dropped unless more words follow.
    fn hold(&mut self, line: &str, noise: Noise, gather: &mut Gather) {
        if self.open.as_ref().is_none_or(|d| d.text.is_empty()) {
            return gather.drop(noise);
        }
        self.held.text.push_str(if self.blanks > self.held.blanks { "\n\n" } else { "\n" });
        self.held.text.push_str(line.trim());
        self.held.blanks = self.blanks;
        self.held.noise.push(noise);
    }

    fn banner(&mut self, banner: Banner<'_>, gather: &mut Gather, file: &str) {
        gather.drop(Noise::Banner);
        match banner {
            Banner::Plain => {}
            Banner::Preamble => {
                let unread = self.stacked.unread();
                self.keep_unread(unread, file);
                (0..core::mem::take(&mut self.unread).count()).for_each(|_| gather.drop(Noise::Banner));
                self.apart = true;
                self.headed = true;
            }
            Banner::Start | Banner::Case => {
                self.close(gather, file);
                self.start(gather);
            }
            Banner::End => {
                self.close(gather, file);
                self.session = None;
                self.clock.restart();
            }
            Banner::Peer(name) => {
                if let (Some(id), _) = gather.who(name)
                    && let Some(entry) = gather.names.get_mut(id)
                {
                    entry.role.get_or_insert(Role::Buyer);
                }
            }
        }
    }

    /// Another talk begins.
    fn start(&mut self, gather: &mut Gather) {
        self.session = Some(gather.session("", false));
        self.clock.restart();
    }

    fn talk(&self) -> Talk {
        self.session.map_or(Talk::Stream, Talk::Session)
    }

    fn head<'a>(&mut self, mut head: Head<'a>, line: Line<'a>, gather: &mut Gather, file: &str) {
        if let Some((account, text)) = head.account(line.text).filter(|(account, _)| !self.has_subs(account)) {
            (head.name, head.text) = (account, text);
        }
        // Bare labels without times: after an answer and an empty line, a buyer who greets is another one.
        let answered = self.open.as_ref().is_some_and(|d| d.role != Some(Role::Buyer));
        let (blanks, spaced) = (self.blanks, self.spaced());
        // Between lines without times `2026-03-05 08:11:00 派送中：张三` is of a parcel's journey, unless it comes with a role.
        head.unsure |= self.shape.bare() && head.stamp.month_day.is_some() && who(head.name).role.is_none();
        // Where buyers have names one of them may write once, behind an empty line.
        head.unsure &= !(spaced && !self.bare && self.shape.id == "labelled" && !head.text.is_empty() && somebody(head.name));
        self.close(gather, file);
        self.begin(gather);
        let (name, role) = gather.who(head.name);
        let to = head.to.and_then(|to| gather.who_is(to));
        // A head that may be none moves the clock when its name comes again, or when there is nothing above it.
        let entry = name.and_then(|id| gather.names.get(id)).filter(|entry| entry.seen == 0 && !gather.rows.is_empty());
        let dated = head.stamp.month_day.is_some();
        // 付尾款 11月10日 20:00 may be words, unless 付尾款 is known.
        let doubted = dated && !head.unsure && !spaced && entry.is_some_and(|e| e.role.is_none() && hint(&e.text).is_none());
        let at = if entry.is_some() && (head.unsure || (doubted && !self.dated)) {
            self.clock.clone().time(head.stamp)
        } else {
            self.clock.time(head.stamp)
        };
        if entry.is_none() || !(head.unsure || doubted) {
            gather.confirm(self.since, at, self.dated);
            (self.since, self.dated) = (at.or(self.since), dated || (at.is_none() && self.dated));
        }
        self.doubted = doubted;
        let unsure = (head.unsure || doubted).then(|| before(line.text.trim(), head.text));
        let greets = blanks > 0 && answered && name.is_none() && role == Some(Role::Buyer) && greeting(head.text);
        self.bare |= name.is_none() && role == Some(Role::Buyer);
        // Where messages tell their times and buyers their names, a separator alone begins nothing.
        let begins = core::mem::take(&mut self.headed) || at.is_none() || self.bare;
        let apart = (core::mem::take(&mut self.apart) && begins) || (greets && self.shape.bare() && at.is_none());
        let (text, stands) = (String::from(head.text), stands(&line, head.text));
        let (line, from, talk) = (line.number, line.from, self.talk());
        let to_minute = head.stamp.to_minute;
        self.open =
            Some(Draft { name, role, to, at, to_minute, text, line, from, stands, talk, apart, spaced, unsure, ..Draft::default() });
        self.blanks = 0;
    }

    /// Whether what stands between an account and a second colon is a sub-account.
    fn has_subs(&self, account: &str) -> bool {
        let own = one_label(account);
        self.accounts.iter().any(|known| known == own) || (label(account).is_none() && hint(account) == Some(Role::Agent))
    }

    /// Whether an empty line or a separator stands above the line at hand.
    fn spaced(&self) -> bool {
        self.blanks > 0 || self.apart
    }

    /// The first message: what stood above it and is no known preamble is listed.
    fn begin(&mut self, gather: &mut Gather) {
        self.started = true;
        self.list_unread(gather);
    }

    fn list_unread(&mut self, gather: &mut Gather) {
        gather.problems.extend(core::mem::take(&mut self.unread));
    }

    /// Keeps in mind a line that belongs to no message.
    fn keep_unread(&mut self, line: Option<(u32, String)>, file: &str) {
        if let Some((number, text)) = line {
            self.unread.push(unread_line(number, &text).in_file(file));
        }
    }

    fn text(&mut self, line: Line<'_>, file: &str) {
        let Some(open) = &mut self.open else {
            self.unread.push(unread_line(line.number, line.text.trim()).in_file(file));
            return;
        };
        if self.apart && open.role == Some(Role::System) && open.at.is_none() {
            // Words behind a platform's line and a separator belong to nobody.
            self.unread.push(unread_line(line.number, line.text.trim()).in_file(file));
            return;
        }
        self.apart = false;
        self.case = None;
        // A message far beyond its limit needs no more lines.
        let short = open.text.len() <= super::gather::MESSAGE_LIMIT;
        if !open.text.is_empty() {
            if short {
                open.text.push_str(&self.held.text);
                // One empty line inside a message stays; more say no more.
                open.text.push_str(if self.blanks > self.held.blanks { "\n\n" } else { "\n" });
            }
            self.held.clear();
        } else {
            open.stands = stands(&line, line.text.trim());
        }
        self.blanks = 0;
        if short {
            open.text.push_str(line.text.trim_end());
        }
    }

    fn close(&mut self, gather: &mut Gather, file: &str) {
        let (priced, doubted) = (core::mem::take(&mut self.priced), core::mem::take(&mut self.doubted));
        self.blanks = 0;
        self.held.noise.iter().for_each(|noise| gather.drop(*noise));
        self.held.clear();
        if let (Some(open), Some((above, from))) = (&mut self.open, self.case.take()) {
            open.text.truncate(above);
            open.length = u32::try_from(from.saturating_sub(open.from)).unwrap_or_default();
            gather.drop(Noise::Banner);
            self.start(gather);
        }
        if let Some(mark) = self.mark.take() {
            match &mut self.open {
                Some(open) if open.text.is_empty() => (open.text, open.stands) = mark,
                _ => gather.drop(Noise::ReadMark),
            }
        }
        let Some(mut draft) = self.open.take().filter(|draft| said(draft, gather)) else { return };
        if draft.text.trim().is_empty() {
            // The picture or the card was not copied.
            draft.kind = Some(if priced { Kind::Card } else { Kind::Hidden });
        }
        if doubted { gather.doubt(draft, file) } else { gather.push(draft, file) }
    }

    fn stack(&mut self, line: Line<'_>, stamp: Option<Stamp>, gather: &mut Gather, file: &str) {
        if let Some(stamp) = stamp.or_else(|| stamp_line(line.text)) {
            // Above a name is above the time that follows it.
            if matches!(self.shape.lines, Lines::Stacked { last: true }) {
                self.stacked.space(core::mem::take(&mut self.blanks) > 0);
            }
            let block = self.stacked.time(stamp, line.number, line.from);
            self.block(block, gather, file);
            let unread = self.stacked.unread();
            self.keep_unread(unread, file);
            self.begin(gather);
            return;
        }
        if !self.stacked.empty() && look::window(line.text, self.format) {
            return gather.drop(Noise::Banner);
        }
        let seen = match look::look(line.text) {
            Look::Banner(Banner::Case) if self.blanks == 0 && !self.stacked.idle() => Look::Text,
            seen => seen,
        };
        match seen {
            Look::Blank => self.blanks += 1,
            // What was read so far is complete, and this is not a name.
            Look::System if self.stacked.idle() && label(line.text).is_none() => {
                self.platform(line.number, line.from, String::from(line.text.trim()), gather, file);
            }
            Look::Text | Look::System => {
                self.labels(&line);
                self.stacked.space(core::mem::take(&mut self.blanks) > 0);
                let unread = self.stacked.text(line);
                self.keep_unread(unread, file);
            }
            Look::Date(_) | Look::ReadMark if self.stacked.empty() && (seen != Look::ReadMark || look::words(line.text)) => {
                let unread = self.stacked.text(line);
                self.keep_unread(unread, file);
            }
            Look::Date(stamp) => {
                let block = self.stacked.close();
                self.block(block, gather, file);
                self.clock.date_line(stamp);
                gather.drop(Noise::Separator);
            }
            Look::Separator => {
                self.blanks += 1;
                gather.drop(Noise::Separator);
            }
            Look::Banner(banner) => {
                if matches!(banner, Banner::Start | Banner::Case | Banner::End) {
                    let block = self.stacked.close();
                    self.block(block, gather, file);
                }
                self.banner(banner, gather, file);
            }
            Look::ReadMark => gather.drop(Noise::ReadMark),
            Look::Price => gather.drop(Noise::Price),
        }
    }

    fn block(&mut self, block: Option<Block>, gather: &mut Gather, file: &str) {
        let Some(mut block) = block else { return };
        let platform = block.cut();
        let (stamp, line, from, spaced) = (block.stamp, block.line, block.from, block.spaced);
        let stands = block.stands();
        let (raw, text) = block.split(matches!(self.shape.lines, Lines::Stacked { last: true }));
        let at = self.clock.time(stamp);
        let (name, role) = raw.as_deref().map_or((None, None), |raw| gather.who(raw));
        let kind = text.is_empty().then_some(Kind::Hidden);
        let (to_minute, talk) = (stamp.to_minute, self.talk());
        let draft = Draft { name, role, at, to_minute, text, kind, line, from, stands, talk, spaced, ..Draft::default() };
        if said(&draft, gather) {
            gather.push(draft, file);
        }
        for (line, from, text) in platform {
            self.platform(line, from, text, gather, file);
        }
    }

    /// A line of the platform between the messages.
    fn platform(&self, line: u32, from: u64, text: String, gather: &mut Gather, file: &str) {
        let (stands, talk) = (Some((from, text.len())), self.talk());
        gather.push(Draft { role: Some(Role::System), text, line, from, stands, talk, ..Draft::default() }, file);
    }

    /// Counts lines that begin with a role's label where the shape is another: `客服：…` below `小美 2026-1-5 9:03:02`.
    fn labels(&mut self, line: &Line<'_>) {
        if is_labelled(self.shape, line.text) {
            self.labels.get_or_insert((line.number, 0)).1 += 1;
        }
    }
}

/// Lines below the words of a message that are noise at its end.
#[derive(Debug, Default)]
struct Held {
    text: String,
    /// The empty lines above the last of them.
    blanks: u32,
    noise: Vec<Noise>,
}

impl Held {
    fn clear(&mut self) {
        self.text.clear();
        self.noise.clear();
        self.blanks = 0;
    }
}

/// Whether there is a message: where the platform's only line was a banner, nothing was said.
fn said(draft: &Draft, gather: &Gather) -> bool {
    let role = draft.role.or_else(|| gather.names.role(draft.name?));
    role != Some(Role::System) || !draft.text.trim().is_empty()
}

/// What stands before the text that ends a line; before one that begins on the next line, that line's end as well.
fn before(line: &str, text: &str) -> String {
    let mut before = String::from(line.strip_suffix(text).unwrap_or(line));
    if text.is_empty() {
        before.push('\n');
    }
    before
}

/// Where a text that ends a line stands in the file, and how long it is. What stands before it must take as many bytes there as it
/// does here: no byte order mark, no broken characters, no NULs taken out.
fn stands(line: &Line<'_>, text: &str) -> Option<(u64, usize)> {
    let before =
        line.text.trim_end().strip_suffix(text).filter(|before| line.number > 1 && line.nuls == 0 && !before.contains('\u{FFFD}'))?;
    Some((line.from + before.len() as u64, text.len()))
}

/// Whether somebody says hello.
fn greeting(text: &str) -> bool {
    ["在吗", "在么", "在不在", "你好", "您好", "有人吗", "哈喽", "客服在吗", "hello", "hi", "Hello", "Hi"]
        .iter()
        .any(|w| text.starts_with(w))
}

/// A line that belongs to no message, as a problem.
pub(crate) fn unread_line(line: u32, text: &str) -> Error {
    let mut start: String = text.chars().take(30).collect();
    if start.len() < text.len() {
        start.push('…');
    }
    let message = format!(
        "这一行不属于任何一条消息，未读：“{start}”；如是聊天内容，请连同昵称一起复制 / this line belongs to no message and was not read; if it is part of the chat, copy it together with the sender's name"
    );
    Error::new("unread-line", message).at(line, 1)
}

/// A time that there is not, as a problem.
fn unread_time(line: u32, text: &str) -> Error {
    let start: String = text.trim().chars().take(40).collect();
    let message = format!(
        "没有这样的日期或时间：“{start}”，这条消息按无时间处理 / there is no such date or time: \"{start}\"; the message is kept without one"
    );
    Error::new("unread-time", message).at(line, 1)
}

/// NUL bytes that were taken out of a line, as a problem.
pub(crate) fn nul_bytes(line: u32, count: usize) -> Error {
    let message = format!(
        "这一行有 {count} 个空字节（NUL），已去掉；文件可能已损坏 / NUL bytes taken out of this line: {count}; the file may be damaged"
    );
    Error::new("nul-bytes", message).at(line, 1)
}

/// A line that nobody wrote, as a problem.
pub(crate) fn rubbish_line(line: u32) -> Error {
    let message = "这一行大部分是乱码，已略过；请检查文件编码 / this line is mostly rubbish and was left out; check the file's encoding";
    Error::new("rubbish-line", message).at(line, 1)
}
