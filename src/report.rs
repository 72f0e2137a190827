//! What a book found: per conversation, agent and day; as JSON, CSV, JUnit and text.
//!
//! [`Checked`] is what is kept of a conversation: its score. Verdicts and evidence are made again when a conversation is written
//! (which takes about as long as writing them), so that a report of any length needs the memory of one conversation only; [`Totals`] adds up as it goes.

mod csv;
mod findings;
mod junit;
mod mask;
mod review;
mod signals;
mod text;
mod totals;
mod words;

pub use csv::Csv;
pub use findings::{Ids, findings};
pub use junit::Junit;
pub use mask::{mask, mask_name};
pub use review::{Agreement, Disagreement, Opinion, Review, Reviewed, RuleAgreement, TwoScores, review, todo};
pub use signals::SignalLine;
pub use text::Text;
pub use totals::{AgentRow, DayRow, Row, RulePoints, ShopRow, Summary, Totals, sample_size};

use crate::{
    book::{Book, Judged},
    chat::{self, Conversation, Message},
    error::Problems,
    link::Known,
    rule::{Alarm, Alert, Evidence, Rule, Verdict},
    score::{Score, counts, plain, score, score_of},
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

/// What is kept of a conversation that was judged.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// What was known of the buyer.
    pub known: Known,
    /// What its verdicts add up to.
    pub score: Score,
    /// Where several agents took part (transfers): each one's score by the failures and passes that he or she answers for, in the order of
    /// [`Conversation::agents`]. Empty otherwise: one agent alone has the conversation's score.
    pub shares: Vec<Score>,
}

impl Checked {
    /// Scores what the book said of a conversation.
    pub fn of(book: &Book, conversation: &Conversation, judged: &Judged) -> Self {
        let agents = conversation.agents();
        let score = score(&book.score, &book.rules, &judged.verdicts, conversation);
        let share = |agent: &&str| {
            let own = |(at, verdict): (usize, &Verdict)| {
                let mut faults = verdict.faults_of(conversation, agent).peekable();
                faults.peek()?;
                Some((at, faults.filter(|fault| counts(&score.covered, at, *fault)).count() as u32))
            };
            let own: Vec<(usize, u32)> = judged.verdicts.iter().enumerate().filter_map(own).collect();
            score_of(&book.score, &book.rules, &judged.verdicts, &own, conversation)
        };
        Self { known: judged.known.clone(), shares: if agents.len() > 1 { agents.iter().map(share).collect() } else { Vec::new() }, score }
    }

    /// The rule that was charged instead of a verdict's, for some of its failures at least, or that keeps it from its bonus.
    pub fn covered_by<'b>(&self, book: &'b Book, verdict: usize) -> Option<&'b Rule> {
        let at = self.score.covered.partition_point(|cover| cover.verdict < verdict);
        self.score.covered.get(at).filter(|cover| cover.verdict == verdict).and_then(|cover| book.rules.get(cover.by))
    }

    /// What a verdict cost (below 0) or won.
    pub fn points(&self, verdict: usize) -> f64 {
        let at = self.score.lines.binary_search_by_key(&verdict, |line| line.verdict);
        at.ok().and_then(|at| self.score.lines.get(at)).map_or(0.0, |line| line.points)
    }
}

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
            EvidenceReport { evidence, start, end, replace }
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
        let Some(Message { role, sender, at, text, kind, .. }) = self.of.conversation.messages.get(self.at) else { return map.end() };
        map.serialize_entry("role", role)?;
        map.serialize_entry("sender", sender)?;
        map.serialize_entry("at", at)?;
        if let Some(clock) = at.and_then(Time::clock) {
            map.serialize_entry("clock", &clock)?;
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
fn ids<'a>(book: &'a Book, of_message: &[Hit]) -> impl Iterator<Item = &'a str> {
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
fn rounded(value: f64) -> f64 {
    libm::round(value * 100.0) / 100.0
}

/// The whole report, as `huashu check --format json` writes it. Same input, same bytes.
#[derive(Clone, Debug)]
pub struct Report<'a> {
    /// The book.
    pub book: &'a Book,
    /// The conversations in the order of the files.
    pub conversations: &'a [Conversation],
    /// What was found in each.
    pub checked: Vec<Checked>,
    /// Agents, days and the shop.
    pub summary: Summary,
    /// What could not be read.
    pub problems: Problems,
    /// Also the messages.
    pub messages: bool,
}

/// Checks conversations. `known` tells of a conversation what is known of its buyer: whether he or she bought before (`None` where
/// no orders tell), or more ([`Known`]).
pub fn check<'a, K: Into<Known>>(book: &'a Book, conversations: &'a [Conversation], known: impl Fn(&Conversation) -> K) -> Report<'a> {
    let (mut totals, mut scratch) = (Totals::default(), Scratch::default());
    let mut checked = Vec::with_capacity(conversations.len());
    for conversation in conversations {
        let found = Checked::of(book, conversation, &book.judge(conversation, known(conversation), &mut scratch));
        totals.add(conversation, &found);
        checked.push(found);
    }
    Report { book, conversations, checked, summary: totals.finish(book), problems: Problems::default(), messages: false }
}

impl<'a> Report<'a> {
    /// Its conversations, each with what was found in it.
    pub fn each(&self) -> impl Iterator<Item = ConversationReport<'_>> {
        let (book, messages) = (self.book, self.messages);
        let pairs = self.conversations.iter().zip(&self.checked);
        pairs.map(move |(conversation, checked)| ConversationReport { book, conversation, checked, messages, brief: false, judged: None })
    }
}

impl Report<'_> {
    /// As CSV: see [`Csv`].
    pub fn csv(&self, privacy: Privacy) -> String {
        let csv = Csv { privacy };
        self.each().fold(csv.head(), |text, report| text + &csv.rows(&report))
    }

    /// As JUnit XML: see [`Junit`].
    pub fn junit(&self, privacy: Privacy, fail_under: Option<f64>) -> String {
        let junit = Junit { privacy, fail_under };
        let head = junit.head(self.book, self.checked.iter().map(|c| c.score.value));
        self.each().fold(head, |text, report| text + &junit.case(&report)) + junit.tail()
    }

    /// As text: see [`Text`].
    pub fn text(&self, privacy: Privacy) -> String {
        let text = Text { privacy };
        self.each().fold(String::new(), |sum, report| sum + &text.sheet(&report)) + &text.summary(self.book, &self.summary)
    }
}

impl Serialize for Report<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Cited<'a> {
            id: &'a str,
            hash: &'a str,
        }
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("book", &Cited { id: &self.book.id, hash: &self.book.hash })?;
        let conversations: Vec<ConversationReport> = self.each().collect();
        map.serialize_entry("conversations", &conversations)?;
        map.serialize_entry("agents", &self.summary.agents)?;
        map.serialize_entry("days", &self.summary.days)?;
        map.serialize_entry("shop", &self.summary.shop)?;
        map.serialize_entry("problems", &self.problems)?;
        map.end()
    }
}

/// Whether exports that leave the page hide personal data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Privacy {
    /// Long numbers, addresses, mail addresses and buyers' names are masked.
    #[default]
    Masked,
    /// Everything as it was read; the user asked for it.
    Open,
}

impl Privacy {
    fn text(self, text: &str) -> Cow<'_, str> {
        match self {
            Self::Masked => mask(text).into(),
            Self::Open => text.into(),
        }
    }

    fn name(self, name: &str) -> Cow<'_, str> {
        match self {
            Self::Masked => mask_name(name).into(),
            Self::Open => name.into(),
        }
    }

    /// The name under which a message is shown.
    fn sender(self, message: &Message) -> Cow<'_, str> {
        match (message.role, message.sender.as_deref()) {
            (chat::Role::Buyer, Some(name)) => alloc::format!("买家 {}", self.name(name)).into(),
            (chat::Role::Buyer, None) => "买家".into(),
            (chat::Role::Agent, Some(name)) => name.into(),
            (chat::Role::Agent, None) => "客服".into(),
            (chat::Role::Bot, _) => "机器人".into(),
            (chat::Role::System, _) => "系统".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        rule::{Deduct, sample::talk},
        time::Day,
    };
    use alloc::{format, string::ToString, vec};
    use proptest::prelude::*;

    const BOOK: &str = r#"
id = "mini"
version = "1"
title = "小书"

[[signal]]
id = "complaint"
title = "抱怨"
who = "buyer"
words = ["等了"]
[[signal.example]]
hit = "[[等了]]三天"
[[signal.example]]
miss = "好的"

[[signal]]
id = "apology"
title = "致歉"
who = "agent"
words = ["抱歉"]
[[signal.example]]
hit = "[[抱歉]]"
[[signal.example]]
miss = "好的"

[[signal]]
id = "terse"
title = "单字"
who = "agent"
whole = [{ word = "嗯", replace = "好滴" }]
[[signal.example]]
hit = "[[嗯]]"
[[signal.example]]
miss = "嗯嗯好的"

[[scene]]
id = "after-sale"
title = "售后"
signals = ["complaint"]
after_sale = true

[[rule]]
id = "apology-first"
title = "抱怨后先致歉"
principle = "agreement"
category = "态度"
kind = "reply"
deduct = 10
bonus = 2.5
suggest = "=非常抱歉，马上为您核实"
when = { who = "buyer", signals = "complaint" }
then = { where = "first-sentence", signals = "apology" }
[[rule.example]]
fail = "买家 [[等了]]三天\n客服 在路上"
because = "missing"
[[rule.example]]
pass = "买家 [[等了]]三天\n客服 [[抱歉]]"
[[rule.example]]
skip = "买家 在吗\n客服 在"

[[rule]]
id = "no-terse"
title = "不用单字"
principle = "wording"
category = "用语"
kind = "forbid"
deduct = [5, 10]
signals = "terse"
[[rule.example]]
fail = "客服 [[嗯]]"
because = "forbidden"
[[rule.example]]
pass = "客服 好的"
[[rule.example]]
skip = "买家 在吗"

[[alert]]
id = "upset"
title = "情绪预警"
level = "urgent"
signals = "complaint"
suggest = "转人工主管"
[dissatisfaction]
last = 2
[[dissatisfaction.points]]
signals = ["complaint"]
points = 1.5
"#;

    fn book() -> Book {
        Book::parse("mini.toml", BOOK).unwrap_or_else(|errors| panic!("{errors:?}"))
    }

    fn named(id: &str, text: &str) -> Conversation {
        Conversation { id: id.to_string(), buyer: Some("tb8800".to_string()), ..talk(text) }
    }

    const LATE: &str = "10:00:00 买家tb8800 😊等了三天，电话13912345678\n10:00:30 客服小美 在路上\n10:01:00 客服小美 嗯";

    fn json(report: &Report) -> serde_json::Value {
        serde_json::from_str(&serde_json::to_string(report).unwrap()).unwrap()
    }

    #[test]
    fn the_shape_of_the_contract() {
        let book = book();
        let conversations = [named("a#1", LATE)];
        let mut report = check(&book, &conversations, |_| None);
        report.messages = true;
        let found = json(&report);
        assert_eq!(found["book"], serde_json::json!({"id": "mini", "hash": book.hash}));
        let conversation = &found["conversations"][0];
        assert_eq!(
            *conversation,
            serde_json::json!({
                "id": "a#1",
                "buyer": "tb8800",
                "agents": ["客服小美"],
                "source": {"file": "sample.txt", "line": 1, "format": "generic"},
                "dissatisfaction": 3,
                "scenes": ["after-sale"],
                "score": {
                    "value": 85, "why": null, "lost": 15, "gained": 0, "critical": false,
                    "parts": [
                        {"by": "principle", "name": "agreement", "lost": 10, "gained": 0},
                        {"by": "principle", "name": "wording", "lost": 5, "gained": 0},
                        {"by": "category", "name": "态度", "lost": 10, "gained": 0},
                        {"by": "category", "name": "用语", "lost": 5, "gained": 0},
                    ],
                },
                "verdicts": [
                    {
                        "rule": "apology-first", "result": "fail", "points": -10, "agent": "客服小美", "because": "missing",
                        "evidence": [
                            {"message": 0, "start": 2, "end": 4, "role": "when"},
                            {"message": 1, "start": 0, "end": 0, "role": "then"},
                        ],
                        "suggest": "=非常抱歉，马上为您核实",
                    },
                    {
                        "rule": "no-terse", "result": "fail", "points": -5, "agent": "客服小美", "because": "forbidden",
                        "evidence": [{"message": 2, "start": 0, "end": 1, "role": "hit", "replace": "好滴"}],
                    },
                ],
                "alerts": [{
                    "id": "upset", "level": "urgent", "title": "情绪预警", "title_en": "情绪预警",
                    "message": 0, "start": 2, "end": 4, "suggest": "转人工主管",
                }],
                "messages": [
                    {"role": "buyer", "sender": "买家tb8800", "at": "2024-10-04T10:00:00", "text": "😊等了三天，电话13912345678", "kind": "text", "signals": ["complaint"]},
                    {"role": "agent", "sender": "客服小美", "at": "2024-10-04T10:00:30", "text": "在路上", "kind": "text", "signals": []},
                    {"role": "agent", "sender": "客服小美", "at": "2024-10-04T10:01:00", "text": "嗯", "kind": "text", "signals": ["terse"]},
                ],
            })
        );
        assert_eq!(
            found["agents"],
            serde_json::json!([{
                "agent": "客服小美", "conversations": 1, "scored": 1, "score": 85, "spread": null, "lost": 15, "gained": 0, "critical": 0,
                "rules": [{"rule": "apology-first", "lost": 10, "failed": 1}, {"rule": "no-terse", "lost": 5, "failed": 1}],
            }])
        );
        assert_eq!((found["shop"]["sample"].as_u64(), found["days"][0]["day"].as_str()), (Some(1), Some("2024-10-04")));
        assert_eq!(found["problems"], serde_json::json!([]));
    }

    #[test]
    fn the_order_of_the_keys_is_that_of_the_contract() {
        let book = book();
        let text = serde_json::to_string(&check(&book, &[named("a", LATE)], |_| None)).unwrap();
        let keys = [
            "\"book\":{\"id\"",
            "\"conversations\":[{\"id\":",
            "\"buyer\"",
            "\"agents\"",
            "\"source\"",
            "\"scenes\"",
            "\"score\"",
            "\"verdicts\"",
            "\"alerts\"",
            "\"problems\"",
        ];
        let places: Vec<_> = keys.iter().map(|key| text.find(key)).collect();
        assert!(places.is_sorted() && places.iter().all(Option::is_some), "{text}");
        assert!(!text.contains("\"messages\""));
        assert_eq!(text, serde_json::to_string(&check(&book, &[named("a", LATE)], |_| None)).unwrap());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn offsets_count_as_javascript_does(lines in prop::collection::vec(("买家|客服小美|机器人", "(😊|等了|抱歉|嗯|。|a|１３９|\u{1}|\"|,){1,8}"), 1..8)) {
            let book = book();
            let text = lines.iter().map(|(who, words)| format!("{who} {words}")).collect::<Vec<_>>().join("\n");
            let conversations = [named("a", &text)];
            let report = check(&book, &conversations, |_| None);
            let found = json(&report);
            let verdicts = found["conversations"][0]["verdicts"].as_array().unwrap();
            let evidence = verdicts.iter().flat_map(|v| v["evidence"].as_array().unwrap());
            let alerts = found["conversations"][0]["alerts"].as_array().unwrap();
            for place in evidence.chain(alerts) {
                let number = |key: &str| place[key].as_u64().unwrap() as usize;
                let units: Vec<u16> = conversations[0].messages[number("message")].text.encode_utf16().collect();
                let words = alloc::string::String::from_utf16(&units[number("start")..number("end")]).unwrap();
                prop_assert!(["", "等了", "抱歉", "嗯"].contains(&words.as_str()), "{}", words);
            }
            for text in [report.csv(Privacy::Masked), report.junit(Privacy::Masked, Some(99.0)), report.text(Privacy::Masked)] {
                prop_assert!(!text.is_empty() && !text.contains('\0'));
            }
        }
    }

    #[test]
    fn what_is_not_scored_says_why() {
        let book = book();
        let found = json(&check(&book, &[named("a", "买家 等了三天")], |_| None));
        let score = &found["conversations"][0]["score"];
        assert!(score["value"].is_null() && score["why"].as_str().is_some_and(|why| why.contains("not scored")));
        assert_eq!(found["conversations"][0]["verdicts"][0]["because"], "unanswered");
        assert_eq!((found["agents"].as_array().map(Vec::len), found["shop"]["score"].is_null()), (Some(0), true));
    }

    #[test]
    fn a_transfer_hands_the_points_over() {
        let book = book();
        let text = "买家 等了三天\n客服小美 在路上\n系统 转接\n买家 人呢\n客服小李 嗯\n客服小李 嗯";
        let found = json(&check(&book, &[named("a", text)], |_| None));
        assert_eq!(found["conversations"][0]["score"]["value"], 75);
        let agents: Vec<_> =
            found["agents"].as_array().unwrap().iter().map(|a| (a["agent"].as_str().unwrap(), a["score"].as_f64().unwrap())).collect();
        assert_eq!(agents, [("客服小美", 90.0), ("客服小李", 85.0)]);
    }

    #[test]
    fn agents_who_fail_the_same_rule_lose_by_it_each() {
        let book = book();
        let text = "买家 在吗\n客服小美 嗯\n系统 转接\n客服小李 嗯\n客服小李 嗯";
        let found = json(&check(&book, &[named("a", text)], |_| None));
        let verdict = &found["conversations"][0]["verdicts"][1];
        assert_eq!(
            (verdict["rule"].as_str(), verdict["points"].as_f64(), verdict["agent"].as_str()),
            (Some("no-terse"), Some(-25.0), Some("客服小美"))
        );
        assert_eq!(verdict["agents"], serde_json::json!(["客服小美", "客服小李"]));
        let agents: Vec<_> =
            found["agents"].as_array().unwrap().iter().map(|a| (a["agent"].as_str().unwrap(), a["lost"].as_f64().unwrap())).collect();
        // Escalating for each from the first on.
        assert_eq!(agents, [("客服小美", 5.0), ("客服小李", 15.0)]);
    }

    #[test]
    fn agents_without_names_have_a_line_of_their_own() {
        let book = book();
        let found = json(&check(&book, &[named("a", "买家 在吗\n客服 嗯"), named("b", "买家 在吗\n客服 在")], |_| None));
        let agent = &found["agents"][0];
        assert_eq!((agent["agent"].is_null(), agent["conversations"].as_u64(), agent["score"].as_f64()), (true, Some(2), Some(97.5)));
        // √(2.5² + 2.5²), of a sample of two
        assert_eq!(agent["spread"].as_f64(), Some(3.54));
        assert_eq!(found["days"][0]["day"], serde_json::Value::Null);
    }

    #[test]
    fn totals_do_not_depend_on_the_order() {
        let book = book();
        let all = [named("a", LATE), named("b", "买家 在吗\n客服小李 嗯"), named("c", "买家 等了\n客服小美 抱歉"), named("d", "买家 等了")];
        let mut turned = all.clone();
        turned.reverse();
        assert_eq!(check(&book, &all, |_| None).summary, check(&book, &turned, |_| None).summary);
    }

    #[test]
    fn another_weight_scores_again() {
        let mut book = book();
        let conversation = named("a", LATE);
        let judged = book.judge(&conversation, None, &mut Scratch::default());
        let value = |book: &Book| Checked::of(book, &conversation, &judged).score.value;
        assert_eq!(value(&book), Some(85.0));
        book.rules[0].deduct = Deduct::Once(40.0);
        assert_eq!(value(&book), Some(55.0));
    }

    #[test]
    fn csv_is_safe_and_masked() {
        let book = book();
        let conversations = [named("=a,1", LATE), named("b", "买家 在吗\n客服 在")];
        let report = check(&book, &conversations, |_| None);
        let csv = report.csv(Privacy::Masked);
        let lines: Vec<&str> = csv.trim_end_matches("\r\n").split("\r\n").collect();
        assert_eq!(lines.len(), 4);
        assert!(lines[0].starts_with("\u{FEFF}conversation,buyer,agents,start,scenes,score,"));
        assert!(lines[1].starts_with(
            "\"'=a,1\",t***0,客服小美,2024-10-04T10:00:00,售后,85,15,0,false,,apology-first,抱怨后先致歉,态度,fail,-10,客服小美,missing,"
        ));
        assert!(lines[1].contains("139****5678") && lines[1].ends_with(",'=非常抱歉，马上为您核实"), "{}", lines[1]);
        assert!(lines[3].starts_with("b,t***0,,,,100,0,0,false,,,,"));
        // As many cells in each line, read by the csv reader that reads exports.
        let mut reader = csv_core::Reader::new();
        let (mut input, mut cells, mut output, mut ends) = (csv.as_bytes(), vec![], [0u8; 4096], [0usize; 64]);
        loop {
            let (result, read, _, n) = reader.read_record(input, &mut output, &mut ends);
            input = &input[read..];
            match result {
                csv_core::ReadRecordResult::Record => cells.push(n),
                csv_core::ReadRecordResult::End => break,
                _ => {}
            }
        }
        assert_eq!(cells, [20, 20, 20, 20]);
        let open = report.csv(Privacy::Open);
        assert!(open.contains("13912345678") && open.contains(",tb8800,"));
    }

    #[test]
    fn junit_counts_what_falls_short() {
        let book = book();
        let conversations = [named("<a>", LATE), named("b", "买家 在吗\n客服 在"), named("c", "买家 \u{1}在吗")];
        let report = check(&book, &conversations, |_| None);
        let xml = report.junit(Privacy::Masked, Some(90.0));
        assert!(xml.contains("<testsuite name=\"huashu: mini\" tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"1\">"));
        assert!(xml.contains("<testcase classname=\"sample.txt\" name=\"&lt;a&gt;\"><failure message=\"85 &lt; 90\" type=\"score\">"));
        assert!(xml.contains("139****5678") && !xml.contains("13912345678"));
        assert!(xml.contains("<testcase classname=\"sample.txt\" name=\"b\"/>"));
        assert!(xml.contains("name=\"c\"><skipped message="));
        assert!(report.junit(Privacy::Masked, None).contains("failures=\"0\""));
    }

    #[test]
    fn text_reads_well() {
        let book = book();
        let conversations = [named("a", LATE)];
        let text = check(&book, &conversations, |_| None).text(Privacy::Masked);
        let expected = "会话 a · 买家 t***0 · 客服 客服小美 · 场景 售后
  得分 Score 85（扣 15，加 0）
    −10  抱怨后先致歉 (apology-first)：没有做到 · 客服小美
        #1 买家 买***0 2024-10-04T10:00:00 “😊【等了】三天，电话139****5678”
        #2 客服小美 2024-10-04T10:00:30 “在路上” ←
        建议：=非常抱歉，马上为您核实
     −5  不用单字 (no-terse)：出现了 · 客服小美
        #3 客服小美 2024-10-04T10:01:00 “【嗯】” → 好滴
  [!] 预警 Alert: 情绪预警 (upset)
        #1 买家 买***0 2024-10-04T10:00:00 “😊【等了】三天，电话139****5678”
        建议：转人工主管

汇总 Totals
  客服 客服小美: 平均分 85（1/1 个会话 conversations）；扣分最多：抱怨后先致歉 −10，不用单字 −5
  全店 Shop: 平均分 85（1/1 个会话 conversations）；扣分最多：抱怨后先致歉 −10，不用单字 −5
  建议人工抽检 Check by hand: 1
";
        assert_eq!(text, expected);
    }

    #[test]
    fn a_bonus_that_was_not_won_is_no_line() {
        let mut book = book();
        book.rules[0].deduct = Deduct::default();
        let conversations = [named("a", LATE)];
        let report = check(&book, &conversations, |_| None);
        assert!(!report.text(Privacy::Masked).contains("apology-first"));
        assert_eq!(report.csv(Privacy::Masked).matches("\r\n").count(), 2);
        // One that a cap spares is.
        book.rules[0].deduct = Deduct::Once(10.0);
        book.score.caps.insert("态度".to_string(), 0.0);
        assert!(check(&book, &conversations, |_| None).text(Privacy::Masked).contains("      0  抱怨后先致歉 (apology-first)"));
    }

    #[test]
    fn long_messages_are_quoted_around_the_evidence() {
        let long = format!("{}等了{}", "前".repeat(100), "后".repeat(100));
        let conversation = talk(&format!("买家 {long}"));
        let at = long.find("等了").unwrap();
        let quote = words::quote(&conversation, 0, core::slice::from_ref(&(at..at + 6)), Privacy::Masked);
        assert_eq!(quote, format!("#1 买家 “…{}【等了】{}…”", "前".repeat(20), "后".repeat(38)));
        assert_eq!(Day::new(2024, 10, 4), Some(Day(20_000)));
    }
}
