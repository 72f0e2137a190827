//! Bytes of a file → conversations.

use super::columns::{self, TableColumns};
use super::detect::{self, Kept, Window, platform};
use super::gather::{DROPPED, Gather, Part};
use super::items::ItemReader;
use super::outline::{Again, Head, Outline, Row};
use super::role::Names;
use super::shape::json::{Cutter, Item, Piece, mend_escapes};
use super::shape::table::{Columns, TableReader};
use super::shape::{SHAPES, Shape};
use super::text::TextReader;
use super::{Conversation, Role, name};
use crate::error::{Error, Problems};
use crate::input::lines::{Line, Lines, head, utf8};
use crate::shops::Shops;
use alloc::{boxed::Box, collections::BTreeMap, format, string::String, vec::Vec};

/// What ends a conversation in the talk with one buyer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gap {
    /// So many seconds in which nobody writes.
    After(i64),
    /// The day, as platforms have it that count a buyer once a day.
    Day,
}

/// How chats are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadOptions {
    /// The shape to read as, instead of the one that is found: an id of [`shapes`], `json` or `table`.
    pub format: Option<String>,
    /// Where the talk with one buyer is cut into conversations.
    pub gap: Gap,
    /// Names of agents, for chats that do not tell who is one.
    pub agents: Vec<String>,
    /// The year of dates without one, where nothing in the file tells it.
    pub year: Option<i32>,
    /// For tables: from `id date time role sender to text buyer agent`, all optional, to the table's own headers.
    pub columns: BTreeMap<String, String>,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self { format: None, gap: Gap::After(7200), agents: Vec::new(), year: None, columns: BTreeMap::new() }
    }
}

/// What was read of one file.
#[derive(Clone, Debug, Default)]
pub struct Chats {
    /// The conversations, in the order in which they begin.
    pub conversations: Vec<Conversation>,
    /// What could not be read.
    pub problems: Problems,
    /// What was assumed: a year, who the agents are.
    pub notes: Problems,
    /// What was dropped on purpose, counted by what it was: `banner`, `separator`, `read-mark`, `price`.
    pub dropped: Vec<(&'static str, u64)>,
    /// The platform: `taobao jd wechat wecom qq generic`.
    pub format: &'static str,
    /// The shape in which it was copied: an id of [`shapes`], `json` or `table`; of several that of most lines; empty where nothing
    /// could be read.
    pub shape: &'static str,
    /// How certain format and shape are, from 0 to 1.
    pub confidence: f64,
    /// Why they were chosen, in Chinese with English beside it.
    pub reason: String,
    /// The columns, of a table or of what may be one.
    pub table: Option<Box<TableColumns>>,
    /// How many conversations each shop has, where the accounts of agents name it (`店铺:小丹`).
    pub shops: Shops,
}

/// The shapes of copied text that are known: id, and what their lines look like.
///
/// ```
/// assert!(huashu::chat::shapes().any(|(id, looks)| id == "labelled" && looks == "客户：内容"));
/// ```
pub fn shapes() -> impl Iterator<Item = (&'static str, &'static str)> {
    SHAPES.iter().map(|s| (s.id, s.looks))
}

/// Reads a whole file.
///
/// A conversation is the talk with one buyer. The next one begins where another buyer writes, after [`ReadOptions::gap`] or as far
/// back, at the file's own marks (a session's banner, an id; between bare labels also a separator, two empty lines, or one before a
/// buyer's greeting). What agents write belongs to the buyer who wrote last, unless the file names the addressee, another agent has
/// that talk, or it stands apart from that and together with what the next buyer writes.
///
/// Limits: a line of 4 MB, a message of [`super::MESSAGE_LIMIT`], a JSON value of 64 MB; what is beyond is cut or left out, and listed.
///
/// ```
/// use huashu::chat::{self, Role};
/// let text = "tb20260 2026-1-5 9:03:02\n在吗，有 L 码吗\n云朵家居:小溪 2026-1-5 9:03:10\n有的亲\n";
/// let chats = chat::read("旺旺.txt", text.as_bytes(), &Default::default());
/// let talk = &chats.conversations[0];
/// assert_eq!((talk.id.as_str(), talk.buyer.as_deref(), chats.format), ("旺旺.txt#1", Some("tb20260"), "taobao"));
/// assert_eq!(talk.messages[1].role, Role::Agent);
/// assert_eq!(talk.messages[1].at.unwrap().to_string(), "2026-01-05T09:03:10");
/// assert_eq!(chats.problems.count(), 0);
/// ```
pub fn read(file: &str, bytes: &[u8], options: &ReadOptions) -> Chats {
    let mut reader = ChatReader::new(file, options);
    reader.push(bytes);
    reader.finish()
}

/// Reads a file in slices that may be cut anywhere; the result is that of [`read`].
#[derive(Debug)]
pub struct ChatReader {
    file: String,
    options: ReadOptions,
    gather: Gather,
    stage: Stage,
    found: Found,
    /// So many were pushed.
    bytes: u64,
    /// The columns, of a table or of what may be one.
    columns: Option<Box<TableColumns>>,
}

/// Format, shape, confidence, reason.
#[derive(Clone, Debug)]
struct Found {
    format: &'static str,
    shape: &'static str,
    confidence: f64,
    reason: String,
}

#[derive(Debug)]
enum Stage {
    /// The first bytes, until they tell what the file is.
    Start(Vec<u8>),
    Json(Cutter, ItemReader),
    Table(TableReader),
    /// The first lines of a text, until they tell its shape.
    Window(Lines, Window),
    Text(Lines, TextReader),
    /// No chat at all.
    Refused,
}

/// So many bytes tell what a file is.
const START: usize = 4096;

impl ChatReader {
    /// A reader for one file.
    pub fn new(file: &str, options: &ReadOptions) -> Self {
        Self {
            file: String::from(file),
            options: options.clone(),
            gather: Gather::default(),
            stage: Stage::Start(Vec::new()),
            found: Found { format: "generic", shape: "", confidence: 0.0, reason: String::new() },
            bytes: 0,
            columns: None,
        }
    }

    /// Takes the next slice.
    pub fn push(&mut self, mut bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        if let Stage::Start(start) = &mut self.stage {
            let room = START.saturating_sub(start.len());
            let (head, rest) = bytes.split_at_checked(room).unwrap_or((bytes, &[]));
            start.extend_from_slice(head);
            if start.len() < START {
                return;
            }
            self.begin();
            bytes = rest;
        }
        // A slice may be the whole file: only the first lines of it are held to find its shape.
        for slice in bytes.chunks(1 << 16) {
            self.feed(slice);
        }
    }

    /// Makes conversations of what is left.
    pub fn finish(self) -> Chats {
        let (mut chats, outline, mut texts) = self.close();
        let mut text = |row: u32| {
            let at = texts.binary_search_by_key(&row, |(row, _)| *row).ok();
            at.and_then(|at| texts.get_mut(at)).map(|(_, text)| core::mem::take(text)).unwrap_or_default()
        };
        chats.conversations = (0..outline.len()).filter_map(|at| outline.conversation(at, &mut text)).collect();
        chats
    }

    /// Forgets every text as soon as it is read; to be called before the first slice comes. Then [`ChatReader::outline`] is what to end with.
    pub fn forget_texts(&mut self) {
        self.gather.lean = true;
    }

    /// What was read, without conversations; and these without their texts.
    pub fn outline(self) -> (Chats, Outline) {
        let (chats, outline, _) = self.close();
        (chats, outline)
    }

    fn begin(&mut self) {
        let Stage::Start(start) = core::mem::replace(&mut self.stage, Stage::Refused) else { return };
        if let Some(refusal) = super::refuse::not_text(&start) {
            self.gather.problems.push(refusal.in_file(self.file.as_str()));
            return;
        }
        let wanted = self.options.format.clone();
        let wanted = wanted.as_deref();
        let free = matches!(wanted, None | Some("table"));
        self.stage = if wanted == Some("json") || (wanted.is_none() && json(&start)) {
            self.found = Found {
                format: "generic",
                shape: "json",
                confidence: 1.0,
                reason: String::from("文件以 JSON 开头 / the file begins as JSON"),
            };
            let mut items = ItemReader::default();
            items.clock.year = self.options.year;
            Stage::Json(Cutter::default(), items)
        } else if free && let Some(table) = TableReader::detect(&start, &self.options.columns, false) {
            self.tabular(table)
        } else if wanted.is_none() && columns::of_orders(&start, start.len() >= START) {
            self.gather.problems.push(super::refuse::order_export().in_file(self.file.as_str()));
            return;
        } else if free && self.unknown(&start) {
            return;
        } else if let Some("table") = wanted
            && let Some(table) = TableReader::detect(&start, &self.options.columns, true)
        {
            self.tabular(table)
        } else {
            Stage::Window(Lines::default(), Window::default())
        };
        self.feed(&start);
    }

    /// Whether the file is a table whose columns nobody knows, which is then listed. What may be one is kept in mind.
    fn unknown(&mut self, start: &[u8]) -> bool {
        let Some(found) = columns::guess(start, start.len() >= START, &self.options.columns) else { return false };
        let unknown = found.sure || self.options.format.is_some();
        if found.orders && found.sure && self.options.format.is_none() {
            self.gather.problems.push(super::refuse::order_export().in_file(&*self.file));
        } else if unknown {
            let Self { gather, file, options, .. } = self;
            Columns::missing(&found.columns.headers, &options.columns, |missing| gather.problems.push(missing.at(1, 1).in_file(&**file)));
            gather.problems.push(super::unknown::table(&found.columns).in_file(&**file));
        }
        self.columns = Some(Box::new(found.columns));
        unknown
    }

    fn tabular(&mut self, mut table: TableReader) -> Stage {
        table.clock.year = self.options.year;
        self.found = Found {
            format: "generic",
            shape: "table",
            confidence: 0.95,
            reason: String::from("表头有消息内容和发送人 / the header names text and sender"),
        };
        Stage::Table(table)
    }

    fn feed(&mut self, bytes: &[u8]) {
        let Self { gather, file, stage, .. } = self;
        match stage {
            Stage::Json(cutter, items) => cutter.push(bytes, |piece| take_piece(piece, items, gather, file)),
            Stage::Table(table) => table.push(bytes, gather, file),
            Stage::Text(lines, text) => lines.push(bytes, |line| text.line(tell_nuls(line, gather, file), gather, file)),
            Stage::Window(lines, window) => {
                lines.push(bytes, |line| window.add(line));
                if window.full() {
                    self.decide();
                }
            }
            Stage::Start(_) | Stage::Refused => {}
        }
    }

    /// The window is full, or the file has ended: chooses the shape and reads the window's lines.
    fn decide(&mut self) {
        let Stage::Window(lines, window) = core::mem::replace(&mut self.stage, Stage::Refused) else { return };
        let wanted: Option<&'static Shape> = self.options.format.as_deref().and_then(|id| SHAPES.iter().find(|s| s.id == id));
        let Some(mut found) = window.decide(wanted) else {
            let texts: Vec<&str> = window.looked_at().collect();
            self.gather.problems.push(super::refuse::no_chat(&texts).in_file(self.file.as_str()));
            return;
        };
        let texts: Vec<&str> = window.looked_at().map(str::trim).collect();
        let whole = Part {
            from: 0,
            shape: found.shape,
            format: found.format,
            accounts: detect::accounts(found.shape, &texts),
            blanks: detect::by_blanks(found.shape, &texts),
        };
        let parts = if wanted.is_some() { Vec::from([whole.clone()]) } else { parts(&window, whole.clone(), &mut found) };
        self.found = Found { format: found.format, shape: found.shape.id, confidence: found.confidence, reason: found.reason };
        let mut text = TextReader::new(parts.first().unwrap_or(&whole), found.year.or(self.options.year));
        text.clock.month_first = found.month_first;
        for line in window.lines.iter().map(Kept::line) {
            if let Some(part) = parts.iter().skip(1).find(|part| part.from == line.from) {
                text = text.followed_by(part, &mut self.gather, &self.file);
                let message = format!("从这一行起是另一种写法“{0}” / from this line on the shape is another: \"{0}\"", part.shape.looks);
                self.gather.notes.push(Error::new("another-shape", message).at(line.number, 1).in_file(self.file.as_str()));
            }
            text.line(tell_nuls(line, &mut self.gather, &self.file), &mut self.gather, &self.file);
        }
        self.gather.parts = parts;
        self.stage = Stage::Text(lines, text);
    }

    /// Ends reading; returns how to read a message again.
    fn end(&mut self) -> Again {
        if let Stage::Window(lines, window) = &mut self.stage {
            core::mem::take(lines).finish(|line| window.add(line));
            self.decide();
        }
        let Self { gather, file, stage, .. } = self;
        let (clock, again) = match core::mem::replace(stage, Stage::Refused) {
            Stage::Text(lines, mut text) => {
                lines.finish(|line| text.line(tell_nuls(line, gather, file), gather, file));
                text.finish(gather, file);
                (text.clock, Again::Lines(gather.parts.clone()))
            }
            Stage::Table(mut table) => {
                table.finish(gather, file);
                self.columns = table.columns().map(Box::new);
                self.found.format = table.format();
                let again = table.again().map(Again::Table).unwrap_or_default();
                (table.clock, again)
            }
            Stage::Json(cutter, mut items) => {
                cutter.finish(|piece| take_piece(piece, &mut items, gather, file));
                if items.jd {
                    self.found.format = "jd";
                } else if items.taobao {
                    self.found.format = "taobao";
                }
                (items.clock, Again::Json)
            }
            _ => return Again::Nothing,
        };
        if clock.day_named {
            let message = "“昨天”“星期三”等没有说明是哪一天，这些消息只有时刻，没有日期 / 昨天, 星期三 and the like do not say which day it was: these messages have a time of day and no date";
            self.gather.notes.push(Error::new("day-unknown", message).in_file(self.file.as_str()));
        }
        if clock.days_missing > 0 {
            let ((month, day), count) = (clock.day_missing, clock.days_missing);
            let message = format!(
                "有 {count} 处日期（如 {month} 月 {day} 日）在该年份中不存在，这些消息按无时间处理；请指定正确的年份 / dates that the year taken for them does not have: {count} ({month:02}-{day:02}); their messages are kept without a time: give the right year"
            );
            self.gather.problems.push(Error::new("no-such-day", message).in_file(self.file.as_str()));
        }
        if clock.order_assumed {
            let message = "日期如 01/02/2025 看不出哪个是月，已按日在前、月在后理解 / in dates such as 01/02/2025 nothing tells which number is the month; the day was taken to come first";
            self.gather.notes.push(Error::new("order-assumed", message).in_file(self.file.as_str()));
        }
        if clock.year_missing {
            let message = "日期没有年份，文件中也查不到，时间只按月日计算；可在选项中指定年份 / dates have no year and nothing in the file tells it; give the year in the options";
            self.gather.notes.push(Error::new("no-year", message).in_file(self.file.as_str()));
        } else if clock.year_assumed {
            let year = clock.year.unwrap_or_default();
            let message =
                format!("日期没有年份，已按上下文推断（至 {year} 年） / dates have no year; it was taken from the context (up to {year})");
            self.gather.notes.push(Error::new("year-assumed", message).in_file(self.file.as_str()));
        }
        again
    }

    /// What was read, and the texts that were kept, by row.
    fn close(mut self) -> (Chats, Outline, Vec<(u32, String)>) {
        if let Stage::Start(_) = &self.stage {
            self.begin();
        }
        let again = self.end();
        let (mut heads, order) = self.gather.resolve(&self.file, self.bytes, self.options.gap, &self.options.agents);
        let Gather { mut problems, mut notes, dropped, names, mut rows, texts, parts, .. } = self.gather;
        let to_minute = rows.iter().filter(|row| row.is_to_minute() && !row.gone()).count();
        if to_minute > 0 {
            let message = format!(
                "{to_minute} 条消息的时间没有秒：快慢只知道到一分钟上下，因此判断不了的速度规则跳过，应答率不计这些轮次 / messages whose times have no seconds: {to_minute}; how fast an answer was is known to about a minute: rules about speed skip what that leaves open, and rates leave such rounds out"
            );
            notes.push(Error::new("times-to-minute", message).in_file(self.file.as_str()));
        }
        let shops = shops(&names, &rows, &heads, &order);
        if let Some(note) = shops.note([], Shops::CONVERSATIONS) {
            notes.push(note.in_file(self.file.as_str()));
        }
        let names = names.into_texts();
        for agent in self.options.agents.iter().filter(|agent| !heads.is_empty() && !names.contains(agent)) {
            let message = format!("没有叫“{agent}”的人 / nobody is called \"{agent}\"");
            notes.push(Error::new("unknown-agent", message).in_file(self.file.as_str()));
        }
        rows.shrink_to_fit();
        let mut first = 0;
        for head in heads.iter_mut().filter(|_| parts.len() > 1) {
            let row = order.get(first as usize).and_then(|row| rows.get(*row as usize));
            let part = row.and_then(|row| parts.iter().rev().find(|part| part.from <= row.from));
            head.format = part.map(|part| part.format);
            first = head.end;
        }
        if heads.is_empty() && problems.count() == 0 {
            let message = "文件里没有聊天记录 / the file has no chat in it";
            problems.push(Error::new("empty-file", message).in_file(self.file.as_str()));
        }
        let format = self.found.format;
        let chats = Chats {
            conversations: Vec::new(),
            problems,
            notes,
            dropped: DROPPED.into_iter().zip(dropped).filter(|(_, n)| *n > 0).collect(),
            format,
            shape: self.found.shape,
            confidence: self.found.confidence,
            reason: self.found.reason,
            table: self.columns.filter(|_| heads.is_empty() || self.found.shape == "table"),
            shops,
        };
        (chats, Outline { file: self.file, format, again, heads, rows, order, names }, texts)
    }
}

/// How many conversations each shop has: that of the first agent in them whose account names one.
fn shops(names: &Names, rows: &[Row], heads: &[Head], order: &[u32]) -> Shops {
    let shop = |row: &Row| {
        let name = names.get(row.name()?)?;
        // 售前:小美 names no shop.
        name::shop_of(&name.text).filter(|shop| name.role == Some(Role::Agent) && name::label(shop).is_none())
    };
    let (mut shops, mut first) = (Shops::default(), 0);
    for head in heads {
        let own = order.get(first as usize..head.end as usize).unwrap_or_default();
        let found = own.iter().filter_map(|row| rows.get(*row as usize)).find_map(shop);
        shops.add(found.unwrap_or_default(), 1);
        first = head.end;
    }
    shops
}

/// The parts of a text, each with its own platform; people's own labels are of none. Of several, `found` says how many lines begin a message.
fn parts(window: &Window, whole: Part, found: &mut detect::Found) -> Vec<Part> {
    let parts = window.parts(whole.shape);
    let place = |n: usize| parts.get(n).map_or(window.lines.len(), |(begin, _)| *begin);
    if parts.len() < 2 {
        return Vec::from([whole]);
    }
    let (mut heads, mut rivals, mut told) = (0, 0, String::new());
    let part = |(n, (begin, shape)): (usize, &(usize, &'static Shape))| {
        let lines = window.lines.get(*begin..place(n + 1)).unwrap_or_default();
        let texts: Vec<&str> = lines.iter().map(|kept| kept.text.trim()).filter(|text| !text.is_empty()).collect();
        let own = texts.iter().filter(|text| shape.begins(text)).count();
        heads += own;
        rivals += texts.iter().filter(|text| detect::is_rival(shape, text)).count();
        told += &format!(" “{}” × {own}", shape.looks);
        let from = lines.first().map_or(0, |kept| kept.line().from);
        Part {
            from,
            shape,
            format: platform(shape, &texts),
            accounts: detect::accounts(shape, &texts),
            blanks: detect::by_blanks(shape, &texts),
        }
    };
    let parts = parts.iter().enumerate().map(part).collect();
    found.confidence = detect::confidence(heads, rivals);
    found.reason = format!("依次有几种写法（行数）：{told} / shapes in turn, with the lines of each:{told}");
    parts
}

/// Lists the NUL bytes that were taken out of a line.
fn tell_nuls<'a>(line: Line<'a>, gather: &mut Gather, file: &str) -> Line<'a> {
    if line.nuls > 0 && !line.rubbish() {
        gather.problems.push(super::text::nul_bytes(line.number, line.nuls).in_file(file));
    }
    line
}

/// Whether the first bytes are those of JSON and not of `[nick] 2026-01-05 …`.
fn json(start: &[u8]) -> bool {
    let start = start.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(start).trim_ascii_start();
    let mut bytes = start.iter().copied().filter(|b| !b.is_ascii_whitespace());
    matches!((bytes.next(), bytes.next()), (Some(b'{'), Some(b'"' | b'}')) | (Some(b'['), Some(b'{' | b']' | b'[')))
}

pub(crate) fn take_piece(piece: Piece<'_>, items: &mut ItemReader, gather: &mut Gather, file: &str) {
    let (bytes, line, from, truncated) = match piece {
        Piece::Value(bytes, line, from) => (bytes, line, from, false),
        Piece::Truncated(bytes, line, from) => (bytes, line, from, true),
        Piece::TooLong(line) => {
            let message = "这一段 JSON 过长，已略过；请按会话拆成多行 / this JSON value is too long and was left out; put one conversation on each line";
            gather.problems.push(Error::new("value-too-long", message).at(line, 1).in_file(file));
            return;
        }
        Piece::End => return items.apart(),
    };
    let text = utf8(bytes);
    items.place = (from, bytes.len() as u32);
    match serde_json::from_str::<Item<'_>>(&text) {
        Ok(item) => items.take(item, line, gather, file),
        Err(error) => {
            let mended = mend_escapes(&text);
            if let Some(item) = mended.as_deref().and_then(|text| serde_json::from_str::<Item<'_>>(text).ok()) {
                return items.take(item, line, gather, file);
            }
            gather.problems.push(json_error(&error, &text, line, truncated).in_file(file));
            if truncated {
                // What stands on lines of its own is still read.
                let mut next = from;
                for (at, part) in bytes.split(|byte| *byte == b'\n').enumerate() {
                    let (begin, length) = (next, part.len());
                    next += length as u64 + 1;
                    let mut part = part.trim_ascii_start();
                    let begin = begin + (length - part.len()) as u64;
                    while let [rest @ .., b',' | b' ' | b'\t' | b'\r'] = part {
                        part = rest;
                    }
                    items.place = (begin, part.len() as u32);
                    if let Ok(item) = serde_json::from_str::<Item<'_>>(&utf8(part))
                        && (item.items.is_some() || item.text.is_some())
                    {
                        items.take(item, line.saturating_add(at as u32), gather, file);
                    }
                }
            }
        }
    }
}

fn json_error(error: &serde_json::Error, text: &str, line: u32, truncated: bool) -> Error {
    let row = text.split('\n').nth(error.line().saturating_sub(1)).unwrap_or_default();
    let column = head(row, error.column().saturating_sub(1)).chars().count() + 1;
    let message = if truncated {
        String::from("文件在这段 JSON 中间断了，请重新导出 / the file ends inside this JSON value; export it again")
    } else {
        String::from("这里的 JSON 有误，这一段已略过 / the JSON is wrong here; this value was left out")
    };
    let code = if truncated { "truncated-json" } else { "bad-json" };
    Error::new(code, message).at(line.saturating_add(error.line().saturating_sub(1) as u32), column as u32)
}
