//! Tables: one message a row, columns told by their headers or by the user's map.

use super::super::clock::{Clock, epoch, unread_time};
use super::super::columns::TableColumns;
use super::super::gather::{Draft, Gather, Talk};
use super::super::name;
use super::super::{Kind, Role};
use crate::error::Error;
use crate::input::csv::{Item, Reader, Row, SLICE, delimiter};
use crate::input::lines::{Line, utf8};
use crate::input::table::missing_column;
use crate::time::Time;
use alloc::{borrow::Cow, collections::BTreeMap, format, string::String, vec::Vec};
use hashbrown::HashMap;

/// What a column of a chat table may hold: the fields of [`crate::chat::ReadOptions::columns`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Id,
    Date,
    Time,
    Role,
    Sender,
    To,
    Text,
    Buyer,
    Agent,
}

/// Each field, its name in a map, and the headers under which exports have it.
const FIELDS: [(Field, &str, &[&str]); 9] = [
    (
        Field::Id,
        "id",
        &[
            "会话id",
            "会话编号",
            "会话号",
            "会话",
            "session_id",
            "sessionid",
            "conversation_id",
            "conversationid",
            "sid",
            "cid",
            "chat_id",
            "id",
        ],
    ),
    (Field::Date, "date", &["日期", "会话日期", "咨询日期", "聊天日期", "date"]),
    (
        Field::Time,
        "time",
        &[
            "时间",
            "发送时间",
            "消息时间",
            "聊天时间",
            "咨询时间",
            "日期时间",
            "消息发送时间",
            "time",
            "at",
            "created",
            "created_at",
            "send_time",
            "sendtime",
            "timestamp",
            "datetime",
        ],
    ),
    (
        Field::Role,
        "role",
        &["对象", "角色", "身份", "账号类型", "发送者类型", "发送人类型", "发送者角色", "role", "sender_type", "sendertype"],
    ),
    (
        Field::Sender,
        "sender",
        &[
            "发话者",
            "发送者",
            "发送人",
            "发送方",
            "发言人",
            "说话人",
            "昵称",
            "发送账号",
            "发送者昵称",
            "发送人昵称",
            "sender",
            "from",
            "nick",
            "name",
            "speaker",
        ],
    ),
    (Field::To, "to", &["接收者", "接收人", "接收方", "接收账号", "to", "receiver"]),
    (
        Field::Text,
        "text",
        &["消息", "内容", "消息内容", "聊天内容", "发送内容", "对话内容", "聊天记录", "text", "content", "message", "msg"],
    ),
    (
        Field::Buyer,
        "buyer",
        &[
            "买家",
            "顾客",
            "客户",
            "客户名",
            "客户昵称",
            "买家昵称",
            "买家会员名",
            "顾客昵称",
            "会员名",
            "买家旺旺",
            "buyer",
            "customer",
            "buyer_nick",
        ],
    ),
    (Field::Agent, "agent", &["客服", "客服昵称", "接待客服", "客服账号", "客服名称", "agent", "waiter", "service"]),
];

/// Where the columns are.
#[derive(Clone, Debug, Default)]
pub(crate) struct Columns {
    at: [Option<usize>; FIELDS.len()],
    width: usize,
    taobao: bool,
    /// 对象 is who speaks (客户) in some exports and the other party's name in others.
    party: bool,
    /// A second column of names: where 发送方 is a role (客服), 昵称 is the name.
    nick: Option<usize>,
}

impl Columns {
    fn get(&self, field: Field) -> Option<usize> {
        self.at.get(field as usize).copied().flatten()
    }

    /// The columns that a header row names.
    pub fn find(header: &[impl AsRef<str>], map: &BTreeMap<String, String>) -> Self {
        let mut columns = Self { width: header.len(), ..Self::default() };
        let names: Vec<String> = header.iter().map(|h| fold(h.as_ref())).collect();
        for (field, key, known) in FIELDS {
            let named = |wanted: &str| names.iter().position(|n| !n.is_empty() && *n == fold(wanted));
            // A column that the map gives to one field is no other's; a header that is not there says nothing.
            let free = |at: &usize| !map.values().any(|wanted| named(wanted) == Some(*at));
            let mut usual = known.iter().filter_map(|k| names.iter().position(|n| n == k)).filter(free);
            let found = match map.get(key) {
                Some(none) if fold(none).is_empty() => None,
                told => told.and_then(|wanted| named(wanted)).or_else(|| usual.next()),
            };
            if field == Field::Sender {
                columns.nick = usual.find(|at| Some(*at) != found);
            }
            if let Some(slot) = columns.at.get_mut(field as usize) {
                *slot = found;
            }
        }
        columns.taobao = names.iter().any(|n| n == "发话者") && names.iter().any(|n| n == "消息状态");
        columns.party = columns.get(Field::Role).is_some_and(|at| names.get(at).is_some_and(|n| n == "对象"));
        columns
    }

    /// Tells which headers of the map are not there.
    pub fn missing(header: &[impl AsRef<str>], map: &BTreeMap<String, String>, mut tell: impl FnMut(Error)) {
        let there = |wanted: &str| header.iter().any(|name| fold(name.as_ref()) == fold(wanted));
        let missing = map.iter().filter(|(_, wanted)| !fold(wanted).is_empty() && !there(wanted));
        missing.for_each(|(field, wanted)| tell(missing_column(field, wanted)));
    }

    /// The columns of a header row; `None` where it is none: a chat needs its text and something about who wrote it.
    fn of(header: &[Cow<'_, str>], map: &BTreeMap<String, String>) -> Option<Self> {
        let columns = Self::find(header, map);
        (columns.get(Field::Text).is_some() && columns.tells_sides() && header.len() >= 2).then_some(columns)
    }

    /// Whether they tell who wrote a message.
    pub fn tells_sides(&self) -> bool {
        let has = |field| self.get(field).is_some();
        has(Field::Role) || has(Field::Sender) || (has(Field::Buyer) && has(Field::Agent))
    }

    /// The fields that have a column, by their names in a map.
    pub fn places(&self) -> impl Iterator<Item = (&'static str, usize)> {
        FIELDS.into_iter().filter_map(|(field, key, _)| Some((key, self.get(field)?)))
    }

    /// The column of a field.
    pub fn place(&self, key: &str) -> Option<usize> {
        self.places().find_map(|(field, at)| (field == key).then_some(at))
    }

    /// Whether a column is some field's.
    pub fn taken(&self, column: usize) -> bool {
        self.at.contains(&Some(column))
    }
}

fn fold(header: &str) -> String {
    header.trim().trim_matches(['\u{feff}', '"', '\'', '=']).trim().to_lowercase()
}

/// Reads a table.
#[derive(Debug)]
pub(crate) struct TableReader {
    delimiter: u8,
    reader: Reader,
    map: BTreeMap<String, String>,
    columns: Option<Columns>,
    pub clock: Clock,
    sessions: HashMap<String, u32>,
    /// Rows before the header.
    before: u32,
    /// What its columns are taken for.
    shown: TableColumns,
}

/// Where a row has its text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RowText {
    delimiter: u8,
    text: usize,
}

impl RowText {
    /// Takes the text out of the bytes of a row.
    pub fn read(&self, bytes: &[u8], gather: &mut Gather) {
        let mut reader = Reader::new(self.delimiter);
        reader.push(bytes);
        reader.close();
        if let Some(Item::Row(row)) = reader.next() {
            gather.push(Draft { text: text(row.get(self.text)).into_owned(), ..Draft::default() }, "");
        }
    }
}

/// So many rows may stand above the header.
const ABOVE: u32 = 10;

impl TableReader {
    /// A reader, where one of the first rows is a chat table's header or `wanted` says that one must be.
    pub fn detect(start: &[u8], map: &BTreeMap<String, String>, wanted: bool) -> Option<Self> {
        let delimiter = delimiter(start);
        let mut reader = Reader::new(delimiter);
        reader.push(start);
        reader.close();
        let mut found = wanted;
        for _ in 0..ABOVE {
            let Some(item) = reader.next() else { break };
            if let Item::Row(row) = item
                && Columns::of(&cells(&row), map).is_some()
            {
                found = true;
                break;
            }
        }
        found.then(|| Self {
            delimiter,
            reader: Reader::new(delimiter),
            map: map.clone(),
            columns: None,
            clock: Clock::default(),
            sessions: HashMap::new(),
            before: 0,
            shown: TableColumns::default(),
        })
    }

    /// What its columns are taken for, where its header was found.
    pub fn columns(&mut self) -> Option<TableColumns> {
        self.columns.as_ref().map(|_| core::mem::take(&mut self.shown))
    }

    /// The platform, as far as the header tells it.
    pub fn format(&self) -> &'static str {
        if self.columns.as_ref().is_some_and(|c| c.taobao) { "taobao" } else { "generic" }
    }

    /// How its rows are read again.
    pub fn again(&self) -> Option<RowText> {
        Some(RowText { delimiter: self.delimiter, text: self.columns.as_ref()?.get(Field::Text)? })
    }

    pub fn push(&mut self, bytes: &[u8], gather: &mut Gather, file: &str) {
        for slice in bytes.chunks(SLICE) {
            self.reader.push(slice);
            self.rows(gather, file);
        }
    }

    pub fn finish(&mut self, gather: &mut Gather, file: &str) {
        self.reader.close();
        self.rows(gather, file);
        if self.columns.is_none() {
            let message =
                "表格里看不出哪一列是消息内容、哪一列是发送人；请指定列 / no column is known as text and sender: name the columns";
            gather.problems.push(Error::new("no-columns", message).at(1, 1).in_file(file));
        }
    }

    fn rows(&mut self, gather: &mut Gather, file: &str) {
        let Self { reader, map, columns, clock, sessions, before, shown, .. } = self;
        while let Some(item) = reader.next() {
            let row = match item {
                Item::Row(row) => row,
                Item::Flaw(flaw) => {
                    gather.problems.push(flaw.error(file));
                    continue;
                }
            };
            let Some(columns) = columns else {
                if *before < ABOVE {
                    *before += 1;
                    let header = cells(&row);
                    *columns = Columns::of(&header, map);
                    match columns {
                        Some(columns) => {
                            shown.name(&header, columns);
                            let line = row.line();
                            Columns::missing(&header, map, |missing| gather.problems.push(missing.at(line, 1).in_file(file)));
                        }
                        None => gather.problems.push(super::super::text::unread_line(row.line(), &header.join(",")).in_file(file)),
                    }
                }
                if let Some(columns) = columns {
                    reader.set_width(columns.width);
                }
                continue;
            };
            if shown.sample.is_empty() {
                shown.show(row.iter().map(|cell| text(cell).into_owned()));
            }
            if let Some(flaw) = row.flaw(columns.width) {
                gather.problems.push(flaw.error(file));
                continue;
            }
            take(&row, columns, clock, sessions, gather, file);
        }
    }
}

fn cells<'a>(row: &Row<'a>) -> Vec<Cow<'a, str>> {
    row.iter().map(text).collect()
}

/// The text of a cell, without NUL bytes.
fn text(cell: &[u8]) -> Cow<'_, str> {
    let text = utf8(cell);
    if text.contains('\0') { Cow::Owned(text.replace('\0', "")) } else { text }
}

fn take(row: &Row<'_>, columns: &Columns, clock: &mut Clock, sessions: &mut HashMap<String, u32>, gather: &mut Gather, file: &str) {
    let cell = |field| columns.get(field).map(|at| text(row.get(at)));
    let line = row.line();
    let nuls = row.bytes().iter().filter(|byte| **byte == 0).count();
    if nuls > 0 {
        gather.problems.push(super::super::text::nul_bytes(line, nuls).in_file(file));
    }
    let Some(text) = cell(Field::Text) else { return };
    if (Line { text: &text, nuls, number: line, from: 0, cut: false }).rubbish() {
        gather.problems.push(super::super::text::rubbish_line(line).in_file(file));
        return;
    }
    let told = cell(Field::Role).filter(|r| !r.trim().is_empty());
    let sender = cell(Field::Sender).filter(|s| !s.trim().is_empty());
    // 发送方 is a name in some exports and a role (客服) in others, which another column then names.
    let label = sender.as_deref().and_then(name::label);
    let sender = sender.filter(|_| label.is_none());
    let role = told.as_deref().and_then(name::label).or(label);
    let buyer = cell(Field::Buyer).filter(|b| !b.trim().is_empty());
    let side = match role {
        Some(Role::Buyer) => buyer.clone(),
        Some(Role::Agent) => cell(Field::Agent),
        _ => None,
    };
    let nick = columns.nick.map(|at| self::text(row.get(at))).filter(|n| !n.trim().is_empty() && label.is_some());
    let sender = sender.or(nick).or(side).or_else(|| told.clone().filter(|_| role.is_none()));
    if let (None, Some(unknown), Some(at)) = (role, told.as_deref(), columns.get(Field::Role))
        && name::who(unknown).role.is_none()
        && columns.get(Field::Sender).is_some()
        && !columns.party
    {
        let (line, column) = row.place(at);
        let message = format!(
            "不认识的角色“{unknown}”，按昵称判断；可用 客户、客服、机器人、系统 / unknown role \"{unknown}\": told by the name; use buyer, agent, bot or system"
        );
        gather.problems.push(Error::new("unknown-role", message).at(line, column).in_file(file));
    }
    let (name, labelled) = sender.as_deref().map_or((None, None), |s| gather.who(s));
    let to = cell(Field::To).filter(|t| !t.trim().is_empty()).and_then(|t| gather.who_is(&t));
    let talk = match cell(Field::Id) {
        Some(id) if !id.trim().is_empty() => {
            Talk::Session(*sessions.entry_ref(id.trim()).or_insert_with(|| gather.session(id.trim(), false)))
        }
        _ => buyer.as_deref().and_then(|b| gather.who_is(b)).map_or(Talk::Stream, Talk::Buyer),
    };
    let (at, to_minute) = time(row, columns, clock, gather, file).unzip();
    let kind = text.trim().is_empty().then_some(Kind::Hidden);
    let (from, length) = (row.byte(), row.bytes().len() as u32);
    let text = text.into_owned();
    let draft = Draft {
        name,
        role: role.or(labelled),
        to,
        at,
        to_minute: to_minute == Some(true),
        text,
        kind,
        line,
        from,
        length,
        talk,
        ..Draft::default()
    };
    gather.push(draft, file);
}

/// The time, and whether it is written without seconds.
fn time(row: &Row<'_>, columns: &Columns, clock: &mut Clock, gather: &mut Gather, file: &str) -> Option<(Time, bool)> {
    let cell = |field| columns.get(field).map(|at| text(row.get(at))).unwrap_or_default();
    let (date, time) = (cell(Field::Date), cell(Field::Time));
    let (date, time) = (date.trim(), time.trim());
    if time.len() > 10
        && let Some(found) = Time::parse(time)
    {
        return Some((found, Time::is_to_minute(time)));
    }
    if let 10 | 13 = time.len()
        && let Some(found) = time.parse().ok().and_then(epoch)
    {
        return Some((found, false));
    }
    match clock.joined(date, time) {
        Ok(found) => found,
        Err("") => None,
        Err(unread) => {
            let field = if unread == time { Field::Time } else { Field::Date };
            let (line, column) = columns.get(field).map_or((row.line(), 1), |at| row.place(at));
            gather.problems.push(unread_time(unread).at(line, column).in_file(file));
            None
        }
    }
}
