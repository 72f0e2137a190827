//! One conversation as the contract's JSON has it.

use super::Checked;
use crate::{
    book::{Book, Judged},
    chat::{Conversation, Message},
    rule::{Alarm, Alert, Evidence},
    score::plain,
    signal::{Hit, Hits, Scratch},
    sort,
    text::Utf16,
    time::Time,
};
use alloc::{borrow::Cow, string::String, vec::Vec};
use serde::{
    Serialize, Serializer,
    ser::{SerializeMap, SerializeSeq},
};

/// One conversation as the contract's JSON has it. Offsets become UTF-16, numbers become ids.
#[derive(Clone, Copy, Debug)]
pub struct ConversationReport<'a> {
    /// The book.
    pub book: &'a Book,
    /// The conversation.
    pub conversation: &'a Conversation,
    /// What was found in it.
    pub checked: &'a Checked,
    /// Also its messages, with their signals.
    pub messages: bool,
    /// Its verdicts left out: a list of many conversations needs none.
    pub brief: bool,
    /// What the book said of it, where that is at hand; else it is judged again.
    pub judged: Option<&'a Judged>,
}

impl<'a> ConversationReport<'a> {
    /// What the book said of the conversation when it was checked.
    pub fn judged(&self) -> Cow<'a, Judged> {
        let again = || self.book.judge(self.conversation, self.checked.known.clone(), &mut Scratch::default());
        self.judged.map_or_else(|| Cow::Owned(again()), Cow::Borrowed)
    }
}

/// A report with the verdicts that it is about to write.
#[derive(Clone, Copy)]
struct Full<'a> {
    book: &'a Book,
    conversation: &'a Conversation,
    checked: &'a Checked,
    judged: &'a Judged,
}

impl Serialize for ConversationReport<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { book, conversation, checked, messages, brief, .. } = *self;
        let judged = &*self.judged();
        let full = Full { book, conversation, checked, judged };
        let scenes: Vec<&str> = judged.scenes.iter().filter_map(|s| book.scenes.get(*s)).map(|s| s.id.as_str()).collect();
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", &conversation.id)?;
        map.serialize_entry("buyer", &conversation.buyer)?;
        map.serialize_entry("agents", &conversation.agents())?;
        map.serialize_entry("source", &conversation.source)?;
        map.serialize_entry("scenes", &scenes)?;
        map.serialize_entry("score", &checked.score)?;
        map.serialize_entry("dissatisfaction", &judged.dissatisfaction.map(Plain))?;
        map.serialize_entry("verdicts", &List(if brief { 0 } else { judged.verdicts.len() }, |at| VerdictReport { of: full, at }))?;
        let places: Vec<_> = judged.alarms.iter().map(|a| (a.message, a.start, a.end)).collect();
        let spans = utf16(conversation, &places);
        let alerts = judged
            .alarms
            .iter()
            .zip(spans)
            .filter_map(|(alarm, span)| Some(AlertReport { alert: book.alerts.get(alarm.alert)?, alarm, span }));
        map.serialize_entry("alerts", &alerts.collect::<Vec<_>>())?;
        if messages {
            let messages = List(conversation.messages.len(), |at| MessageReport { of: full, at });
            map.serialize_entry("messages", &messages)?;
        }
        map.end()
    }
}

/// A list of things made one after the other.
struct List<F>(usize, F);

impl<T: Serialize, F: Fn(usize) -> T> Serialize for List<F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.0))?;
        for at in 0..self.0 {
            list.serialize_element(&self.1(at))?;
        }
        list.end()
    }
}

struct VerdictReport<'a> {
    of: Full<'a>,
    at: usize,
}

impl Serialize for VerdictReport<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Full { book, conversation, checked, judged } = self.of;
        let mut map = serializer.serialize_map(None)?;
        let Some(verdict) = judged.verdicts.get(self.at) else { return map.end() };
        let rule = book.rules.get(verdict.rule);
        map.serialize_entry("rule", rule.map_or("", |rule| rule.id.as_str()))?;
        map.serialize_entry("result", &verdict.result)?;
        map.serialize_entry("points", &Plain(checked.points(self.at)))?;
        if let Some(rule) = checked.covered_by(book, self.at) {
            map.serialize_entry("covered_by", &rule.id)?;
        }
        map.serialize_entry("agent", &verdict.agent(conversation))?;
        if !verdict.more.is_empty() {
            let agents = conversation.agents();
            let others: Vec<&str> = agents.into_iter().filter(|agent| verdict.times_of(conversation, agent) > 0).collect();
            if others.len() > 1 {
                map.serialize_entry("agents", &others)?;
            }
        }
        map.serialize_entry("because", &verdict.because)?;
        let places: Vec<_> = verdict.evidence.iter().map(|e| (e.message, e.start, e.end)).collect();
        let spans = utf16(conversation, &places);
        let evidence = verdict.evidence.iter().zip(spans).map(|(evidence, (start, end))| {
            let replace = evidence.replace.and_then(|number| book.finder.replacement(number));
            let learned = if evidence.learned {
                book.finder.decisive(conversation, evidence.message, evidence.start..evidence.end)
            } else {
                Vec::new()
            };
            EvidenceReport { evidence, start, end, replace, learned }
        });
        map.serialize_entry("evidence", &evidence.collect::<Vec<_>>())?;
        if let Some(suggest) = book.suggestion(verdict) {
            map.serialize_entry("suggest", &suggest)?;
        }
        map.end()
    }
}

struct EvidenceReport<'a> {
    evidence: &'a Evidence,
    start: u32,
    end: u32,
    replace: Option<&'a str>,
    learned: Vec<String>,
}

impl Serialize for EvidenceReport<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("message", &self.evidence.message)?;
        map.serialize_entry("start", &self.start)?;
        map.serialize_entry("end", &self.end)?;
        map.serialize_entry("role", &self.evidence.role)?;
        if let Some(measured) = self.evidence.measured {
            map.serialize_entry("measured", &Plain(rounded(measured)))?;
        }
        if let Some(replace) = self.replace {
            map.serialize_entry("replace", replace)?;
        }
        if !self.learned.is_empty() {
            map.serialize_entry("learned", &self.learned)?;
        }
        map.end()
    }
}

struct AlertReport<'a> {
    alert: &'a Alert,
    alarm: &'a Alarm,
    span: (u32, u32),
}

impl Serialize for AlertReport<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let Self { alert, alarm, span: (start, end) } = self;
        map.serialize_entry("id", &alert.id)?;
        map.serialize_entry("level", &alert.level)?;
        map.serialize_entry("title", &alert.title)?;
        map.serialize_entry("title_en", &alert.title_en)?;
        map.serialize_entry("message", &alarm.message)?;
        map.serialize_entry("start", start)?;
        map.serialize_entry("end", end)?;
        if let Some(suggest) = &alert.suggest {
            map.serialize_entry("suggest", suggest)?;
        }
        map.end()
    }
}

struct MessageReport<'a> {
    of: Full<'a>,
    at: usize,
}

impl Serialize for MessageReport<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let Some(Message { role, sender, at, to_minute, text, kind, .. }) = self.of.conversation.messages.get(self.at) else {
            return map.end();
        };
        map.serialize_entry("role", role)?;
        map.serialize_entry("sender", sender)?;
        map.serialize_entry("at", at)?;
        if let Some(clock) = at.and_then(Time::clock) {
            map.serialize_entry("clock", &clock)?;
        }
        if *to_minute {
            map.serialize_entry("to_minute", to_minute)?;
        }
        map.serialize_entry("text", text)?;
        map.serialize_entry("kind", kind)?;
        map.serialize_entry("signals", &signals_of(self.of.book, &self.of.judged.hits, self.at))?;
        map.end()
    }
}

/// The ids of the signals found in a message, each once, in the order of the book, without the helpers.
pub fn signals_of<'a>(book: &'a Book, hits: &Hits, message: usize) -> Vec<&'a str> {
    ids(book, hits.of_message(message)).collect()
}

/// The same of the hits of one message.
pub(super) fn ids<'a>(book: &'a Book, of_message: &[Hit]) -> impl Iterator<Item = &'a str> {
    let signals = of_message.chunk_by(|a, b| a.signal == b.signal).filter_map(|hits| book.signals.get(usize::from(hits.first()?.signal)));
    signals.filter(|s| !s.helper).map(|s| &*s.id)
}

/// Places (message, first byte, byte after the last), in the order of the messages → UTF-16. Each message is read once, however
/// many places it has and however they overlap.
fn utf16(conversation: &Conversation, places: &[(usize, usize, usize)]) -> Vec<(u32, u32)> {
    let mut spans = Vec::with_capacity(places.len());
    for of_message in places.chunk_by(|a, b| a.0 == b.0) {
        let message = of_message.first().and_then(|place| conversation.messages.get(place.0));
        let mut cursor = Utf16::new(message.map_or("", |m| m.text.as_str()));
        let mut bytes: Vec<usize> = of_message.iter().flat_map(|place| [place.1, place.2]).collect();
        sort::plain(&mut bytes);
        bytes.dedup();
        let units: Vec<u32> = bytes.iter().map(|byte| cursor.offset(*byte)).collect();
        let unit = |byte: usize| bytes.binary_search(&byte).ok().and_then(|at| units.get(at)).copied().unwrap_or(0);
        spans.extend(of_message.iter().map(|place| (unit(place.1), unit(place.2))));
    }
    spans
}

/// A number without a needless `.0`.
struct Plain(f64);

impl Serialize for Plain {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        plain(&self.0, serializer)
    }
}

/// A number with two decimals at most.
pub(super) fn rounded(value: f64) -> f64 {
    libm::round(value * 100.0) / 100.0
}
