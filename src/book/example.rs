//! The examples of a book: a short chat, or one message, with the expected evidence marked in place by `[[…]]`.
//!
//! Whoever runs them gets the same answers: the native tests, node, and the page's editor on every key press.

use super::Book;
use crate::{
    chat::{Conversation, Kind, Message, Role, Source, clock::Clock, kind, label, round::rounds},
    link::REVIEW,
    rule::{self, Buyer, Case, Evidence, Kind as RuleKind, Known, Mark, Outcome, Rule, Tier, scenes},
    signal::{Hits, Sample, Scratch, Signal, Who},
    sort,
    time::Stamp,
    toml::{self, Errors, Fields, Place, Text},
};
use alloc::{borrow::ToOwned, format, string::String, vec::Vec};
use serde::Serialize;

/// An example of a rule, as written.
#[derive(Clone, Debug)]
pub(super) struct Example {
    pub(super) expected: Outcome,
    pub(super) chat: Text,
    because: Option<Text>,
    pub(super) todo: Option<String>,
    known: Known,
    /// The shop's tiers, where it is not about those of the book.
    tiers: Vec<Tier>,
}

impl Example {
    /// Reads one `[[rule.example]]`.
    pub(super) fn parse(mut fields: Fields<'_>) -> Option<Example> {
        let because = fields.text("because");
        let todo = fields.text("todo").map(|t| t.text);
        let mut known = Known::default();
        let kinds = toml::Known::new("买家种类", "kind of buyer", Buyer::CHOICES.map(|(id, _)| id));
        for (key, holds) in [("buyer", true), ("not", false)] {
            for name in fields.texts(key) {
                let number = kinds.find(&name, fields.errors()).map(usize::from);
                if let Some((_, buyer)) = number.and_then(|number| Buyer::CHOICES.get(number)) {
                    known = known.with(*buyer, holds);
                }
            }
        }
        for tag in fields.texts("tags") {
            known = known.tagged(&tag);
        }
        let tiers = Tier::parse(fields.tables("tiers"));
        let keys = [("pass", Outcome::Pass), ("fail", Outcome::Fail), ("skip", Outcome::Skip)];
        let mut given = keys.into_iter().filter_map(|(key, outcome)| Some((outcome, fields.text(key)?)));
        let found = (given.next(), given.next());
        let example = match found {
            (Some((expected, chat)), None) => Some(Example { expected, chat, because, todo, known, tiers }),
            _ => {
                let message = "例子要写 pass、fail、skip 中的一个 / an example is one of pass, fail, skip";
                fields.errors().add(fields.place(), "book-example", message);
                None
            }
        };
        fields.finish();
        example
    }

    /// Tells of what the example says of the buyer or the tiers, where the rule looks at neither.
    pub(super) fn suits(&self, rule: &Rule, errors: &Errors) {
        let (begun, gap) = match &rule.kind {
            RuleKind::Require(kind) => (!kind.begun.is_empty(), false),
            RuleKind::Reply(kind) => (false, !kind.then.gap_of.is_empty() || !kind.when.without_gap_of.is_empty()),
            _ => (false, false),
        };
        let of_buyers = begun || rule.buyer.is_some() || !rule.tags.is_empty();
        let tell = |chinese: &str, english: &str| {
            let message = format!("这条规则不看{chinese}，例子里不用写 / the rule does not look at {english}: leave it out of the example");
            errors.add(self.chat.place, "book-value", message);
        };
        if !of_buyers && self.known != Known::default() {
            tell("买家（buyer、not、tags）", "the buyer (buyer, not, tags)");
        }
        if !gap && !self.tiers.is_empty() {
            tell("满减（tiers）", "tiers");
        }
    }

    /// What is expected, as `fail missing`.
    pub(super) fn name(&self) -> String {
        outcome(self.expected, self.because.as_ref().map(|t| t.text.as_str()))
    }
}

fn outcome(outcome: Outcome, because: Option<&str>) -> String {
    let outcome = match outcome {
        Outcome::Pass => "pass",
        Outcome::Fail => "fail",
        Outcome::Skip => "skip",
    };
    because.map_or_else(|| outcome.into(), |because| format!("{outcome} {because}"))
}

/// What became of an example.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// As expected.
    Holds,
    /// Not as expected.
    Fails,
    /// Not as expected, and known (`todo`).
    Todo,
    /// Known as a miss, but it holds by now.
    TodoHolds,
}

/// One example that was run.
#[derive(Clone, Debug, Serialize)]
pub struct Ran {
    /// `rule` or `signal`.
    pub of: &'static str,
    /// Whose example.
    pub id: String,
    /// The line of the file on which its text begins.
    pub line: u32,
    /// `pass`, `fail`, `skip`, with the reason after a blank where the example names one; `hit`, `miss`.
    pub expected: String,
    /// The same, as it came out.
    pub got: String,
    /// Whether both agree, marks included.
    pub status: Status,
    /// Why it is known to fail.
    pub todo: Option<String>,
    /// Found without a mark, as line of the file and words.
    pub noisy: Vec<(u32, String)>,
    /// Marked but not found, likewise.
    pub missing: Vec<(u32, String)>,
    /// The text with what was found marked: what to write if that is right.
    pub marked: String,
    /// Lines of the words that are missing, with what looks like their speaker and is none.
    #[serde(skip)]
    swallowed: Vec<(u32, String)>,
    #[serde(skip)]
    pub(super) place: Place,
}

impl Ran {
    /// What is wrong, in both languages.
    pub(super) fn explain(&self) -> String {
        let mut chinese = Vec::new();
        let mut english = Vec::new();
        if self.expected != self.got {
            chinese.push(format!("应为 {}，实际 {}", self.expected, self.got));
            english.push(format!("expected {}, got {}", self.expected, self.got));
        }
        let list = |found: &[(u32, String)], place: fn(u32, &str) -> String| {
            let shown: Vec<String> = found.iter().take(5).map(|(line, words)| place(*line, words)).collect();
            shown.join("，")
        };
        let zh = |line, words: &str| format!("第 {line} 行“{words}”");
        let en = |line, words: &str| format!("“{words}” in line {line}");
        if !self.noisy.is_empty() {
            chinese.push(format!("没有标出却命中了{}", list(&self.noisy, zh)));
            english.push(format!("found without a mark: {}", list(&self.noisy, en)));
        }
        if !self.missing.is_empty() {
            chinese.push(format!("标出了却没有命中{}", list(&self.missing, zh)));
            english.push(format!("marked but not found: {}", list(&self.missing, en)));
        }
        for (line, name) in &self.swallowed {
            chinese.push(format!("第 {line} 行算作上一条消息：“{name}”不是说话人，要以 买家、客服、机器人 或 系统 开头"));
            english.push(format!(
                "line {line} is part of the message above: unknown speaker \"{name}\", begin with 买家, 客服, 机器人 or 系统"
            ));
        }
        let of = if self.of == "rule" { "规则" } else { "信号" };
        format!("{of} {} 的例子不成立：{} / example of {} {} fails: {}", self.id, chinese.join("；"), self.of, self.id, english.join("; "))
    }
}

/// A chat of an example: its messages, where they stand in the file, and what is marked.
#[derive(Debug, Default)]
struct Talk {
    messages: Vec<Message>,
    marks: Vec<Span>,
}

/// A stretch of a message: its position, first byte, byte after the last.
type Span = (usize, usize, usize);

/// The words for roles at the beginning of a line.
const ROLES: [(&str, Role); 4] = [("买家", Role::Buyer), ("客服", Role::Agent), ("机器人", Role::Bot), ("系统", Role::System)];

/// What stands between the speaker and what is said.
const AFTER_NAME: [char; 4] = [' ', '　', '：', ':'];

/// Whether a line of an example begins a message, or would if its speaker had another name: 客人：你好.
pub(crate) fn begins(line: &str) -> bool {
    opening(line).is_some() || stranger(line).is_some()
}

/// What stands before the words of a line as a speaker would.
fn name(line: &str) -> Option<&str> {
    let (_, length) = Stamp::prefix(line.trim_start()).unwrap_or_default();
    Some(line.trim_start().get(length..)?.trim_start().split_once(AFTER_NAME)?.0)
}

/// The speaker of a line who has no such name in an example, and the name that he or she has.
fn stranger(line: &str) -> Option<(&str, &'static str)> {
    let name = name(line)?;
    // 买 and 卖 are labels of tables, and words of any sentence.
    let role = label(name).filter(|_| name.chars().count() > 1)?;
    let (word, _) = ROLES.into_iter().find(|(_, other)| *other == role)?;
    Some((name, word))
}

/// What may be a name that no speaker of an example has.
fn unknown(line: &str) -> Option<&str> {
    let is_name = |name: &&str| !name.is_empty() && name.chars().count() <= 6 && name.chars().all(char::is_alphanumeric);
    name(line).filter(is_name).filter(|_| opening(line).is_none())
}

/// A line that begins a message: `[HH:MM[:SS] ]买家|客服|机器人|系统[name] text`, with a blank or a colon before the text.
fn opening(line: &str) -> Option<(Stamp, Role, Option<&str>, &str)> {
    let (stamp, length) = Stamp::prefix(line.trim_start()).unwrap_or_default();
    let rest = line.trim_start().get(length..)?.trim_start();
    let (word, role) = ROLES.into_iter().find(|(word, _)| rest.starts_with(word))?;
    let (head, text) = rest.split_once(AFTER_NAME).unwrap_or((rest, ""));
    let name = head.strip_prefix(word)?;
    let is_name = name.chars().count() <= 12 && name.chars().all(char::is_alphanumeric) && (!text.is_empty() || name.is_empty());
    is_name.then(|| (stamp, role, (!name.is_empty()).then_some(head), text.trim()))
}

/// Takes the marks out of a text. `None` where they do not pair.
fn unmark(text: &str) -> Option<(String, Vec<(usize, usize)>)> {
    let mut plain = String::with_capacity(text.len());
    let mut marks = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("[[") {
        // Of several `]` the last two are the mark: `[[[微笑]]]` marks an emoji code.
        let close = after.find("]]")?;
        let close = close + after.get(close + 2..)?.bytes().take_while(|b| *b == b']').count();
        let (inside, after) = (after.get(..close)?, after.get(close + 2..)?);
        if before.contains("]]") || inside.contains("[[") || inside.is_empty() {
            return None;
        }
        plain.push_str(before);
        let start = plain.len();
        plain.push_str(inside);
        marks.push((start, plain.len()));
        rest = after;
    }
    if rest.contains("]]") {
        return None;
    }
    plain.push_str(rest);
    Some((plain, marks))
}

/// Reads the chat of an example; an error is the line and what is wrong there.
fn talk(chat: &Text) -> Result<Talk, (u32, String)> {
    let mut talk = Talk::default();
    let mut clock = Clock::default();
    for (line, text) in (chat.line..).zip(chat.lines()) {
        if let Some((stamp, role, sender, text)) = opening(text) {
            let (sender, to_minute) = (sender.map(ToOwned::to_owned), stamp.to_minute);
            talk.messages.push(Message { role, sender, at: clock.time(stamp), to_minute, text: text.into(), kind: Kind::Text, line });
        } else if text.trim().is_empty() {
            continue;
        } else if let Some((name, word)) = stranger(text) {
            let message = format!("没有说话人 “{name}”，是否为 “{word}”？ / there is no speaker \"{name}\", did you mean \"{word}\"?");
            return Err((line, message));
        } else if let Some(message) = talk.messages.last_mut() {
            message.text.push('\n');
            message.text.push_str(text.trim());
        } else {
            return Err((line, "每行以 买家、客服、机器人 或 系统 开头 / begin lines with 买家, 客服, 机器人 or 系统".into()));
        }
    }
    if talk.messages.is_empty() {
        return Err((chat.line, "例子是空的 / the example is empty".into()));
    }
    for (number, message) in talk.messages.iter_mut().enumerate() {
        let unpaired = "[[ 和 ]] 没有配对 / [[ and ]] do not pair";
        let (plain, marks) = unmark(&message.text).ok_or_else(|| (message.line, unpaired.into()))?;
        message.text = plain;
        message.kind = kind(&message.text);
        talk.marks.extend(marks.into_iter().map(|(start, end)| (number, start, end)));
    }
    Ok(talk)
}

/// Runs examples with memory that is used again.
pub(super) struct Runner<'b> {
    book: &'b Book,
    scratch: Scratch,
    /// How many files are the book's own: what it inherits proves nothing of what it adds.
    own: usize,
    /// Per part of the finder, whether an example of the book's own exercised it.
    pub(super) exercised: Vec<bool>,
    /// Rules and their steps that an example reached.
    pub(super) steps: Vec<(usize, usize)>,
}

impl<'b> Runner<'b> {
    pub(super) fn new(book: &'b Book, own: usize) -> Self {
        let exercised = book.finder.parts().iter().map(|_| false).collect();
        Self { book, scratch: Scratch::default(), own, exercised, steps: Vec::new() }
    }

    /// Finds the signals of an example that stands at `place`.
    fn find(&mut self, conversation: &Conversation, place: Place) -> Hits {
        let mut hits = Hits::default();
        let (exercised, own) = (&mut self.exercised, usize::from(place.file) < self.own);
        self.book.finder.find_parts(conversation, &mut self.scratch, &mut hits, |part| {
            if let Some(exercised) = exercised.get_mut(part as usize) {
                *exercised |= own;
            }
        });
        hits
    }

    /// Runs one example of a signal.
    pub(super) fn signal(&mut self, number: usize, signal: &Signal, sample: &Sample, errors: &Errors) -> Option<Ran> {
        let unpaired = "[[ 和 ]] 没有配对 / [[ and ]] do not pair";
        let Some((text, marks)) = unmark(&sample.text) else {
            errors.add(sample.text.place, "book-example", unpaired);
            return None;
        };
        if sample.hit == marks.is_empty() {
            let message = match sample.hit {
                true => "hit 例句要用 [[ ]] 标出命中的词 / mark the words of a hit with [[ ]]",
                false => "miss 例句不能有标记 / a miss has no marks",
            };
            errors.add(sample.text.place, "book-example", message);
            return None;
        }
        let (role, other) = match signal.who {
            Who::Buyer => (Role::Buyer, Role::Agent),
            Who::Agent | Who::Any => (Role::Agent, Role::Buyer),
        };
        let said = |role, text| Message { role, sender: None, at: None, to_minute: false, text, kind: Kind::Text, line: sample.text.line };
        // What it answers is looked at first and judged by nobody: the example is the message after it.
        let before = sample.to.clone().unwrap_or_default();
        let hits = self.find(&conversation(alloc::vec![said(other, before), said(role, text.clone())]), sample.text.place);
        let got: Vec<Span> = hits.of(1, number as u16).map(|h| (0, h.start as usize, h.end as usize)).collect();
        let conversation = conversation(alloc::vec![said(role, text)]);
        let expected: Vec<Span> = marks.into_iter().map(|(start, end)| (0, start, end)).collect();
        let name = |hit: bool| String::from(if hit { "hit" } else { "miss" });
        let ends = (name(sample.hit), name(!got.is_empty()));
        Some(ran("signal", &signal.id, &sample.text, &sample.todo, ends, (&conversation, &expected, &got)))
    }

    /// Runs one example of a rule.
    pub(super) fn rule(&mut self, number: usize, example: &Example, errors: &Errors) -> Option<Ran> {
        let rule = self.book.rules.get(number)?;
        let talk = match talk(&example.chat) {
            Ok(talk) => talk,
            Err((line, message)) => {
                errors.add(Place { line, column: 1, ..example.chat.place }, "book-example", message);
                return None;
            }
        };
        let mut conversation = conversation(talk.messages);
        if rule.on_review {
            conversation.source.format = REVIEW;
        }
        let hits = self.find(&conversation, example.chat.place);
        let rounds = rounds(&conversation);
        let scenes = scenes(&self.book.scenes, &hits);
        let tiers = if example.tiers.is_empty() { &self.book.tiers } else { &example.tiers };
        let case = Case::new(&conversation, &rounds, &hits, &scenes, example.known.clone()).with_tiers(tiers);
        let verdict = rule.judge(number, &case);
        let mut got: Vec<Span> = verdict.evidence.iter().filter(|e| e.start < e.end).map(|e| (e.message, e.start, e.end)).collect();
        sort::plain(&mut got);
        got.dedup();
        if let rule::Kind::Flow(flow) = &rule.kind {
            let is_step = |e: &&Evidence| e.role == Mark::Step && e.start < e.end;
            for evidence in verdict.evidence.iter().filter(is_step) {
                let here = hits
                    .of_message(evidence.message)
                    .iter()
                    .filter(|h| h.start as usize >= evidence.start && h.end as usize <= evidence.end);
                for hit in here {
                    let reached = flow.steps.iter().enumerate().filter(|(_, step)| step.signals.contains(&hit.signal));
                    self.steps.extend(reached.map(|(step, _)| (number, step)));
                }
            }
        }
        // Without a reason in the example every reason will do.
        let same = example.because.is_none() && verdict.result == example.expected;
        let got_name = outcome(verdict.result, verdict.because.as_deref().filter(|_| !same));
        let ends = (example.name(), got_name);
        Some(ran("rule", &rule.id, &example.chat, &example.todo, ends, (&conversation, &talk.marks, &got)))
    }
}

fn conversation(messages: Vec<Message>) -> Conversation {
    let source = Source { file: String::new(), line: 1, format: "generic" };
    Conversation { id: "example".into(), buyer: None, messages, source }
}

fn ran(
    of: &'static str,
    id: &str,
    text: &Text,
    todo: &Option<String>,
    (expected, got): (String, String),
    (conversation, marked, found): (&Conversation, &[Span], &[Span]),
) -> Ran {
    let words = |spans: &[Span], others: &[Span]| -> Vec<(u32, String)> {
        let alone = spans.iter().filter(|span| !others.contains(span));
        alone
            .filter_map(|(message, start, end)| {
                let message = conversation.messages.get(*message)?;
                let before = message.text.get(..*start)?.matches('\n').count() as u32;
                Some((message.line + before, message.text.get(*start..*end)?.into()))
            })
            .collect()
    };
    let (noisy, missing) = (words(found, marked), words(marked, found));
    let holds = expected == got && noisy.is_empty() && missing.is_empty();
    let status = match (holds, todo) {
        (true, None) => Status::Holds,
        (false, None) => Status::Fails,
        (false, Some(_)) => Status::Todo,
        (true, Some(_)) => Status::TodoHolds,
    };
    let (id, todo, marked) = (id.into(), todo.clone(), mark(text, conversation, found));
    let line = noisy.first().or(missing.first()).map_or(text.line, |(line, _)| *line);
    let written = |(line, _): &(u32, String)| text.lines().nth(line.checked_sub(text.line)? as usize);
    let swallowed = missing.iter().filter(|_| of == "rule").filter_map(|words| Some((words.0, unknown(written(words)?)?.into()))).collect();
    let place = Place { line, column: if line == text.place.line { text.place.column } else { 1 }, ..text.place };
    Ran { of, id, line: text.line, expected, got, status, todo, noisy, missing, marked, swallowed, place }
}

/// The text of an example with these marks instead of its own.
fn mark(text: &Text, conversation: &Conversation, spans: &[Span]) -> String {
    let mut marked = String::new();
    // The message that is being written, and how many of its lines are.
    let (mut at, mut nth) = (0, 0);
    for (line, written) in (text.line..).zip(text.lines()) {
        if conversation.messages.get(at + 1).is_some_and(|next| next.line <= line) {
            (at, nth) = (at + 1, 0);
        }
        let Some(message) = conversation.messages.get(at) else { continue };
        let start: usize = message.text.split('\n').take(nth).map(|l| l.len() + 1).sum();
        let said = message.text.split('\n').nth(nth).unwrap_or("");
        let plain = unmark(written).map_or_else(|| written.to_owned(), |(plain, _)| plain);
        // A blank line between messages belongs to none.
        let (head, end) = match plain.trim().is_empty() {
            true => (plain.as_str(), start),
            false => (plain.trim_end().strip_suffix(said).unwrap_or(""), start + said.len()),
        };
        nth += usize::from(end > start || said.is_empty());
        marked.push_str(head);
        let slice = |from: usize, to: usize| message.text.get(from..to).unwrap_or("");
        let mut from = start;
        for (_, open, close) in spans.iter().filter(|span| span.0 == at && span.2 <= end) {
            if *open >= from {
                marked.push_str(&format!("{}[[{}]]", slice(from, *open), slice(*open, *close)));
                from = *close;
            }
        }
        marked.push_str(slice(from, end));
        marked.push('\n');
    }
    if !text.ends_with('\n') {
        marked.pop();
    }
    marked
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{string::ToString, vec};

    fn text(text: &str) -> Text {
        Text { text: text.into(), line: 5, ..Text::default() }
    }

    #[test]
    fn chats_of_examples() {
        let talk = talk(&text("10:00:00 买家 [[等了]]三天\n还没到\n\n客服小美 好的\n机器人 您好\n系统 转接\n买家秀怎么[[样]]\n客服 [图片]\n10:30 之前能到吗\n")).unwrap();
        let shown: Vec<_> =
            talk.messages.iter().map(|m| (m.role, m.sender.as_deref(), m.at.map(|at| at.seconds()), m.text.as_str(), m.line)).collect();
        assert_eq!(
            shown,
            vec![
                (Role::Buyer, None, Some(36_000), "等了三天\n还没到", 5),
                (Role::Agent, Some("客服小美"), None, "好的", 8),
                (Role::Bot, None, None, "您好", 9),
                (Role::System, None, None, "转接\n买家秀怎么样", 10),
                (Role::Agent, None, None, "[图片]\n10:30 之前能到吗", 12),
            ]
        );
        assert_eq!(talk.marks, vec![(0, 0, 6), (3, 22, 25)]);
    }

    #[test]
    fn clocks_pass_midnight() {
        let seconds = |chat: &str| talk(&text(chat)).unwrap().messages.iter().map(|m| m.at.unwrap().seconds()).collect::<Vec<_>>();
        let passed = seconds("23:59:50 买家 在\n00:00:50 客服 好\n");
        assert_eq!(passed[1] - passed[0], 60);
    }

    #[test]
    fn what_was_found_can_be_marked() {
        let written = text("10:00 买家 [[等]]了三天\n\n  还没到\n\n客服小美 好的 \n");
        let talk = talk(&written).unwrap();
        let conversation = conversation(talk.messages);
        assert_eq!(
            mark(&written, &conversation, &[(0, 0, 6), (0, 13, 16), (1, 3, 6)]),
            "10:00 买家 [[等了]]三天\n\n  [[还]]没到\n\n客服小美 好[[的]]\n"
        );
    }

    #[test]
    fn malformed_chats() {
        for (chat, line) in
            [("你好\n", 5), ("", 5), ("买家 好\n客服 [[好\n", 6), ("买家 好]]", 5), ("买家 [[好[[的]]", 5), ("买家 [[]]", 5)]
        {
            assert_eq!(talk(&text(chat)).unwrap_err().0, line, "{chat}");
        }
    }

    #[test]
    fn marks_come_out() {
        assert_eq!(unmark("非常[[抱歉]]，[[久等]]了").unwrap(), ("非常抱歉，久等了".to_string(), vec![(6, 12), (15, 21)]));
        assert_eq!(unmark("[微笑]").unwrap().1, vec![]);
        assert_eq!(unmark("好[[[微笑]]]的").unwrap(), ("好[微笑]的".to_string(), vec![(3, 11)]));
    }
}
