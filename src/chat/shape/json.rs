//! JSON: the plain chat form, 咚咚's `chatLogList`, and any list of messages whose keys say what they are; as a document or as JSON lines.

use crate::chat::name;
use alloc::{borrow::Cow, string::String, vec::Vec};
use core::fmt;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Whatever a key may hold that we read.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Value<'a> {
    #[default]
    Null,
    Text(Cow<'a, str>),
    Int(i64),
    List(Vec<Item<'a>>),
}

/// A conversation, a message, or a wrapper of either: which one, its keys tell.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Item<'a> {
    pub id: Option<Cow<'a, str>>,
    pub buyer: Option<Cow<'a, str>>,
    pub agent: Option<Cow<'a, str>>,
    pub sender: Option<Cow<'a, str>>,
    pub role: Option<Cow<'a, str>>,
    pub at: Value<'a>,
    /// A message of ours: whether `at` was written without seconds.
    pub to_minute: bool,
    pub date: Option<Cow<'a, str>>,
    pub text: Option<Cow<'a, str>>,
    pub kind: Option<Cow<'a, str>>,
    /// 咚咚: whether the shop wrote it.
    pub shop: Option<bool>,
    /// Messages or conversations inside.
    pub items: Option<Vec<Item<'a>>>,
    /// Whether the list came under a key that is 咚咚's own.
    pub jd: bool,
    /// Whether it is no object at all.
    pub odd: bool,
}

impl Item<'_> {
    /// Whether it says who wrote it: only messages do.
    fn speaks(&self) -> bool {
        self.role.is_some() || self.sender.is_some() || self.shop.is_some()
    }

    /// What stands where an object should.
    const ODD: Self = Item {
        id: None,
        buyer: None,
        agent: None,
        sender: None,
        role: None,
        at: Value::Null,
        to_minute: false,
        date: None,
        text: None,
        kind: None,
        shop: None,
        items: None,
        jd: false,
        odd: true,
    };
}

#[derive(Clone, Copy)]
enum Key {
    Id,
    Buyer,
    Agent,
    Sender,
    Role,
    At,
    ToMinute,
    Date,
    Text,
    Kind,
    Shop,
    Items,
    JdItems,
    Other,
}

fn key(name: &str) -> Key {
    match name {
        "id" | "sid" | "cid" | "conversation_id" | "conversationId" | "session_id" | "sessionId" | "chat_id" | "chatId" | "会话ID"
        | "会话id" | "会话编号" => Key::Id,
        "buyer" | "customer" | "buyer_nick" | "buyerNick" | "customer_name" | "customerName" | "买家" | "顾客" | "客户" | "买家昵称" => {
            Key::Buyer
        }
        "agent" | "waiter" | "seller" | "service" | "agent_nick" | "客服" | "客服昵称" => Key::Agent,
        "sender" | "from" | "nick" | "name" | "sender_name" | "senderName" | "from_id" | "fromId" | "fromNick" | "speaker" | "发话者"
        | "发送者" | "发送人" | "昵称" => Key::Sender,
        "role" | "sender_role" | "senderRole" | "sender_type" | "senderType" | "对象" | "角色" => Key::Role,
        "at" | "clock" | "time" | "created" | "timestamp" | "datetime" | "created_at" | "createdAt" | "send_time" | "sendTime"
        | "msg_time" | "msgTime" | "时间" | "发送时间" => Key::At,
        "to_minute" => Key::ToMinute,
        "date" | "日期" => Key::Date,
        "text" | "content" | "msg" | "message" | "body" | "内容" | "消息" | "消息内容" => Key::Text,
        "kind" => Key::Kind,
        "waiterSend" => Key::Shop,
        "chatLogList" | "chatLogMessageList" => Key::JdItems,
        "messages" | "data" | "conversations" | "sessions" | "chats" | "list" | "records" | "rows" | "result" | "msgs" | "message_list"
        | "messageList" | "dialogue" | "dialog" | "消息列表" => Key::Items,
        _ => Key::Other,
    }
}

impl<'a> Item<'a> {
    /// Takes what says who speaks: in some exports that is a role (`"from": "staff"`) beside a name (`"nick": "小鱼"`).
    fn named(&mut self, name: Option<Cow<'a, str>>) {
        let is_role = |name: &Cow<'a, str>| name::label(name).is_some();
        match (self.sender.as_ref().map(is_role), name) {
            (None, name) => self.sender = name,
            (Some(true), Some(name)) if !is_role(&name) => self.role = self.sender.replace(name).or(self.role.take()),
            (Some(false), Some(role)) if is_role(&role) => self.role = Some(role),
            _ => {}
        }
    }
}

/// Nested lists deeper than this are no chats.
const DEPTH: u8 = 8;

struct AnyItem(u8);
struct AnyValue(u8);

impl<'de> serde::de::DeserializeSeed<'de> for AnyItem {
    type Value = Item<'de>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Item<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Deserialize<'de> for Item<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyItem(0))
    }
}

impl<'de> serde::de::DeserializeSeed<'de> for AnyValue {
    type Value = Value<'de>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for AnyItem {
    type Value = Item<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a conversation or a message")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Item<'de>, A::Error> {
        let mut item = Item::default();
        while let Some(name) = map.next_key_seed(AnyKey)? {
            let which = key(&name);
            if matches!(which, Key::Other) {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            let value = map.next_value_seed(AnyValue(self.0))?;
            match which {
                Key::Id => item.id = item.id.or(value.text()),
                Key::Buyer => item.buyer = value.name().or(item.buyer),
                Key::Agent => item.agent = value.name().or(item.agent),
                Key::Sender => item.named(value.name()),
                Key::Role => item.role = value.text(),
                // A message of ours has `"at": null` beside its clock where the date is not known.
                Key::At if value == Value::Null => {}
                Key::At => item.at = value,
                Key::Date => item.date = value.text(),
                Key::Kind => item.kind = value.text(),
                Key::ToMinute => item.to_minute = value.truth() == Some(true),
                Key::Shop => item.shop = value.truth(),
                Key::Text => match value {
                    // `"content": [messages]` of some exports, against `"content": {"text": "…"}` of others.
                    Value::List(list) if item.items.is_none() && list.iter().any(Item::speaks) => item.items = Some(list),
                    other => item.text = other.text().or(item.text),
                },
                Key::Items | Key::JdItems => {
                    item.jd |= matches!(which, Key::JdItems);
                    if let Value::List(list) = value {
                        item.jd |= list.iter().any(|i| i.jd);
                        item.items.get_or_insert_default().extend(list);
                    }
                }
                Key::Other => {}
            }
        }
        Ok(item)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Item<'de>, A::Error> {
        let mut items = Vec::new();
        if self.0 < DEPTH {
            while let Some(item) = seq.next_element_seed(AnyItem(self.0 + 1))? {
                items.push(item);
            }
        } else {
            while seq.next_element::<IgnoredAny>()?.is_some() {}
        }
        Ok(Item { items: Some(items), ..Item::default() })
    }

    fn visit_unit<E>(self) -> Result<Item<'de>, E> {
        Ok(Item::ODD)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Item<'de>, E> {
        Ok(Item::ODD)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Item<'de>, E> {
        Ok(Item::ODD)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Item<'de>, E> {
        Ok(Item::ODD)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Item<'de>, E> {
        Ok(Item::ODD)
    }

    fn visit_str<E>(self, value: &str) -> Result<Item<'de>, E> {
        Ok(Item { text: Some(Cow::Owned(String::from(value))), ..Item::ODD })
    }
}

impl<'de> Visitor<'de> for AnyValue {
    type Value = Value<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Value<'de>, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value<'de>, E> {
        Ok(Value::Int(i64::from(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value<'de>, E> {
        Ok(Value::Int(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value<'de>, E> {
        Ok(i64::try_from(value).map_or_else(|_| Value::Text(Cow::Owned(alloc::format!("{value}"))), Value::Int))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value<'de>, E> {
        Ok(Value::Int(value as i64))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value<'de>, E> {
        Ok(Value::Text(Cow::Owned(String::from(value))))
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Value<'de>, E> {
        Ok(Value::Text(Cow::Borrowed(value)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Value<'de>, A::Error> {
        Ok(Value::List(AnyItem(self.0).visit_seq(seq)?.items.unwrap_or_default()))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Value<'de>, A::Error> {
        if self.0 >= DEPTH {
            let mut map = map;
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Ok(Value::Null);
        }
        Ok(Value::List(alloc::vec![AnyItem(self.0 + 1).visit_map(map)?]))
    }
}

/// A key, borrowed where the file lets it be.
struct AnyKey;

impl<'de> serde::de::DeserializeSeed<'de> for AnyKey {
    type Value = Cow<'de, str>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Cow<'de, str>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for AnyKey {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(String::from(value)))
    }
}

impl<'a> Value<'a> {
    /// As text: ids and codes come as numbers too.
    fn text(self) -> Option<Cow<'a, str>> {
        match self {
            Value::Text(text) => Some(text),
            Value::Int(n) => Some(Cow::Owned(alloc::format!("{n}"))),
            // `"text": {"content": "…"}` and `"text": ["…"]` of some exports.
            Value::List(list) => list.into_iter().find_map(|i| i.text),
            Value::Null => None,
        }
    }

    /// As a name: also out of an object that has one.
    fn name(self) -> Option<Cow<'a, str>> {
        match self {
            Value::List(list) => list.into_iter().find_map(|i| i.sender.or(i.text).or(i.id)),
            other => other.text(),
        }
    }

    fn truth(self) -> Option<bool> {
        match self {
            Value::Int(n) => Some(n != 0),
            Value::Text(t) => Some(matches!(&*t, "true" | "1")),
            _ => None,
        }
    }
}

/// The text with every half of a surrogate pair written as U+FFFD: `JSON.stringify` of a text that was cut inside an emoji leaves one.
/// `None` where there is none.
pub(crate) fn mend_escapes(text: &str) -> Option<String> {
    let half = |escape: &str| {
        let code = u16::from_str_radix(escape.strip_prefix("\\u")?.get(..4)?, 16).ok()?;
        (0xD800..0xE000).contains(&code).then_some(code < 0xDC00)
    };
    let (mut mended, mut rest, mut any) = (String::new(), text, false);
    while let Some((before, escape)) = rest.find('\\').and_then(|at| rest.split_at_checked(at)) {
        mended.push_str(before);
        let (kept, length) = match (half(escape), escape.get(6..).and_then(half)) {
            (Some(true), Some(false)) => (escape.get(..12)?, 12),
            (Some(_), _) => {
                any = true;
                ("\\ufffd", 6)
            }
            (None, _) => {
                let length = escape.chars().take(2).map(char::len_utf8).sum();
                (escape.get(..length)?, length)
            }
        };
        mended.push_str(kept);
        rest = escape.get(length..)?;
    }
    mended.push_str(rest);
    any.then_some(mended)
}

/// Cuts the bytes of a file into JSON values: lines of a JSON-lines file, elements of a list, or whole documents.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cutter {
    buffer: Vec<u8>,
    /// Place of the buffer in the file.
    base: u64,
    /// Where in the buffer the scan stands.
    at: usize,
    /// Line of the scan and of the value's beginning.
    line: u32,
    start_line: u32,
    depth: u32,
    string: bool,
    escape: bool,
    /// Inside a value that has begun.
    open: bool,
    mode: Mode,
    too_long: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Mode {
    /// Nothing but blanks so far.
    #[default]
    Start,
    /// Each line is a value.
    Lines,
    /// Elements of one list.
    List,
    /// Values that span lines.
    Document,
}

/// The longest value that is read, in bytes. A longer one is left out and listed.
pub const VALUE_LIMIT: usize = 64 << 20;

/// What the cutter hands out.
pub(crate) enum Piece<'a> {
    /// A value, its first line, and its first byte in the file.
    Value(&'a [u8], u32, u64),
    TooLong(u32),
    /// The file ends inside a value.
    Truncated(&'a [u8], u32, u64),
    /// A list has ended; another one may follow.
    End,
}

impl Cutter {
    pub fn push(&mut self, bytes: &[u8], mut each: impl FnMut(Piece<'_>)) {
        self.buffer.extend_from_slice(bytes);
        self.scan(false, &mut each);
    }

    pub fn finish(mut self, mut each: impl FnMut(Piece<'_>)) {
        self.scan(true, &mut each);
        let rest = self.buffer.trim_ascii_start();
        let from = self.base + (self.buffer.len() - rest.len()) as u64;
        let rest = rest.trim_ascii_end();
        if self.too_long {
            each(Piece::TooLong(self.start_line.saturating_add(1)));
        } else if rest.is_empty() {
        } else if self.open {
            each(Piece::Truncated(rest, self.start_line.saturating_add(1), from));
        } else if rest != b"]" && rest != b"," {
            each(Piece::Value(rest, self.line.saturating_add(1), from));
        }
    }

    fn scan(&mut self, end: bool, each: &mut impl FnMut(Piece<'_>)) {
        if self.mode == Mode::Start && !self.begin(end) {
            return;
        }
        if self.mode == Mode::Lines {
            return self.lines(each);
        }
        let mut start = 0;
        while let Some(byte) = self.buffer.get(self.at).copied() {
            self.at += 1;
            if byte == b'\n' {
                self.line = self.line.saturating_add(1);
            }
            if self.string {
                match byte {
                    _ if self.escape => self.escape = false,
                    b'\\' => self.escape = true,
                    b'"' => self.string = false,
                    _ => {}
                }
                continue;
            }
            let list = u32::from(self.mode == Mode::List);
            match byte {
                b'{' | b'[' => {
                    let list_itself = self.mode == Mode::List && self.depth == 0;
                    if !self.open && !list_itself {
                        self.open = true;
                        self.start_line = self.line;
                        start = self.at - 1;
                    }
                    self.depth += 1;
                }
                b'}' | b']' => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.open && self.depth <= list {
                        self.open = false;
                        if self.too_long {
                            self.too_long = false;
                            each(Piece::TooLong(self.start_line.saturating_add(1)));
                        } else if let Some(value) = self.buffer.get(start..self.at) {
                            each(Piece::Value(value, self.start_line.saturating_add(1), self.base + start as u64));
                        }
                        start = self.at;
                    } else if self.mode == Mode::List && self.depth == 0 {
                        each(Piece::End);
                    }
                }
                b'"' => self.string = true,
                _ => {}
            }
        }
        // Keep what is of the open value, and give up on one that has grown too long.
        let keep = if self.open { start } else { self.at };
        self.drain(keep.min(self.buffer.len()));
        self.at -= keep;
        self.give_up();
    }

    /// Tells JSON lines from a document by the first line: whether it is a whole value.
    fn begin(&mut self, end: bool) -> bool {
        if let Some(rest) = self.buffer.strip_prefix(b"\xEF\xBB\xBF") {
            self.buffer = Vec::from(rest);
            self.base += 3;
        }
        let Some(first) = self.buffer.iter().position(|b| !b.is_ascii_whitespace()) else { return false };
        if self.buffer.get(first) == Some(&b'[') {
            self.mode = Mode::List;
            return true;
        }
        // What was looked at before is not looked at again.
        let from = self.at.max(first);
        let line_end = self.buffer.get(from..).and_then(|r| r.iter().position(|b| *b == b'\n')).map(|p| p + from);
        self.at = line_end.unwrap_or(self.buffer.len());
        // Two bytes of the next line are looked at as well.
        if line_end.is_none_or(|e| e + 3 > self.buffer.len()) && !end && self.buffer.len() <= VALUE_LIMIT {
            return false;
        }
        self.at = 0;
        let line = self.buffer.get(first..line_end.unwrap_or(self.buffer.len())).unwrap_or_default();
        self.mode = if serde_json::from_slice::<IgnoredAny>(line.trim_ascii()).is_ok() || self.lines_follow(line_end) {
            Mode::Lines
        } else {
            Mode::Document
        };
        true
    }

    /// A damaged first line is no document where the next line begins a value of its own.
    fn lines_follow(&self, line_end: Option<usize>) -> bool {
        let Some(rest) = line_end.and_then(|e| self.buffer.get(e + 1..)) else { return false };
        rest.starts_with(b"{\"")
    }

    fn lines(&mut self, each: &mut impl FnMut(Piece<'_>)) {
        let mut start = 0;
        while let Some(end) = self.buffer.get(self.at..).and_then(|r| r.iter().position(|b| *b == b'\n')).map(|p| p + self.at) {
            self.line = self.line.saturating_add(1);
            if let Some(line) = self.buffer.get(start..end).map(<[u8]>::trim_ascii_start) {
                let from = self.base + (end - line.len()) as u64;
                let line = line.trim_ascii_end();
                if self.too_long {
                    each(Piece::TooLong(self.line));
                } else if !line.is_empty() {
                    each(Piece::Value(line, self.line, from));
                }
            }
            self.too_long = false;
            start = end + 1;
            self.at = start;
        }
        self.drain(start.min(self.buffer.len()));
        self.at = self.buffer.len();
        self.start_line = self.line;
        self.give_up();
    }

    fn drain(&mut self, bytes: usize) {
        self.base += bytes as u64;
        self.buffer.drain(..bytes);
    }

    /// Leaves a value out that has grown too long.
    fn give_up(&mut self) {
        if self.buffer.len() > VALUE_LIMIT {
            self.too_long = true;
            self.drain(self.buffer.len());
            self.at = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_of_pairs_become_one_broken_character() {
        assert_eq!(mend_escapes(r#""a\ud83d""#).as_deref(), Some(r#""a\ufffd""#));
        assert_eq!(mend_escapes(r#""\ude00\ud83d\ude00\\ud83d\n""#).as_deref(), Some(r#""\ufffd\ud83d\ude00\\ud83d\n""#));
        assert_eq!(mend_escapes(r#""\ud83d\ud83d\ude00""#).as_deref(), Some(r#""\ufffd\ud83d\ude00""#));
        for fine in [r#""\ud83d\ude00""#, r#""\\ud83d""#, r#""\u4f60 \亲\"#, "", "\\"] {
            assert_eq!(mend_escapes(fine), None, "{fine}");
        }
    }
}
