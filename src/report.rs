//! What a book found: per conversation, agent and day; as JSON, CSV, JUnit and text.
//!
//! [`Checked`] is what is kept of a conversation: its score. Verdicts and evidence are made again when a conversation is written
//! (which takes about as long as writing them), so that a report of any length needs the memory of one conversation only;
//! [`Totals`] adds up as it goes.

mod checked;
mod conversation;
mod csv;
mod findings;
mod junit;
mod mask;
mod privacy;
mod review;
#[cfg(test)]
mod sample;
mod signals;
mod text;
mod totals;
mod unmet;
mod words;

pub use checked::Checked;
pub use conversation::{ConversationReport, signals_of};
pub use csv::Csv;
pub use findings::{Ids, findings};
pub use junit::Junit;
pub use mask::{mask, mask_id, mask_name, mask_order, tell_apart};
pub use privacy::Privacy;
pub use review::{Agreement, Disagreement, Opinion, Review, Reviewed, RuleAgreement, TwoScores, review, todo};
pub use signals::SignalLine;
pub use text::Text;
pub use totals::{AgentRow, DayRow, Row, RulePoints, ShopRow, Summary, Totals, sample_size};
pub use unmet::unmet;

use crate::{book::Book, chat::Conversation, error::Problems, link::Known, signal::Scratch};
use alloc::{string::String, vec::Vec};
use serde::{Serialize, Serializer, ser::SerializeMap};

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

/// How a report names its book.
#[derive(Serialize)]
pub(crate) struct Cited<'a> {
    id: &'a str,
    hash: &'a str,
}

impl<'a> Cited<'a> {
    pub(crate) fn of(book: &'a Book) -> Self {
        Self { id: &book.id, hash: &book.hash }
    }
}

impl Serialize for Report<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("book", &Cited::of(self.book))?;
        let conversations: Vec<ConversationReport> = self.each().collect();
        map.serialize_entry("conversations", &conversations)?;
        map.serialize_entry("agents", &self.summary.agents)?;
        map.serialize_entry("days", &self.summary.days)?;
        map.serialize_entry("shop", &self.summary.shop)?;
        map.serialize_entry("problems", &self.problems)?;
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::{
        sample::{LATE, book, json, named},
        *,
    };
    use alloc::format;
    use proptest::prelude::*;

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
}
