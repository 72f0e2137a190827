//! `measure`: a number that must lie within bounds.

use super::{
    Case, Evidence, Fault, Finding, Mark, Per, Window,
    case::characters,
    table::{Names, who},
};
use crate::{
    chat::{Message, Role},
    signal::Who,
    sort, text,
    time::Lapse,
    toml::Fields,
};
use alloc::{collections::BTreeMap, format, string::String, vec::Vec};
use core::ops::Range;

/// What is measured. Only words count as text: pictures, cards and the like have no length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// Characters of each message without blanks, emoji and links (a pasted log, Q11).
    Chars,
    /// Characters of the longest sentence of each message, likewise (short sentences, U2).
    SentenceChars,
    /// Lines of each message (a pasted log instead of its latest record, U2).
    Lines,
    /// Sentences of each message that end in a question mark (a barrage of questions, T4).
    Questions,
    /// Messages of `who`, pictures and cards included.
    Messages,
    /// Messages of human agents per message of the buyer (答问比), pictures and cards included.
    Ratio,
    /// How often the same words are sent (U4): the largest count in the conversation. Letters and digits are compared, so that
    /// another full stop makes no other line. Lines of fewer than [`Measure::min_chars`] letters and digits may be repeated.
    Repeats,
    /// Seconds from the first to the last message of humans (长接待).
    Seconds,
}

impl Of {
    const CHOICES: [(&'static str, Of); 8] = [
        ("chars", Of::Chars),
        ("sentence-chars", Of::SentenceChars),
        ("lines", Of::Lines),
        ("questions", Of::Questions),
        ("messages", Of::Messages),
        ("ratio", Of::Ratio),
        ("repeats", Of::Repeats),
        ("seconds", Of::Seconds),
    ];

    /// Whether it is measured per message; the others are measured once per conversation.
    pub fn per_message(self) -> bool {
        matches!(self, Self::Chars | Self::SentenceChars | Self::Lines | Self::Questions)
    }
}

/// A number within bounds. It fails `above` or `below`, as many times as there are messages out of bounds (for `repeats`: as
/// there are repetitions too many; for the other figures of a conversation: once).
///
/// The evidence is each message out of bounds as measured; for `repeats` every message of the repeated line with its count so far; for a
/// figure of the conversation its last message. The occasion is that there is something to measure.
#[derive(Clone, Debug, PartialEq)]
pub struct Measure {
    /// What is measured.
    pub of: Of,
    /// Whose words; `ratio` and `seconds` always look at both sides.
    pub who: Who,
    /// The largest value that is right.
    pub max: Option<f64>,
    /// The smallest value that is right.
    pub min: Option<f64>,
    /// For `repeats`: how many letters and digits a line must have to count.
    pub min_chars: usize,
    /// Where.
    pub window: Window,
}

impl Measure {
    /// [`Measure::min_chars`] where the book says nothing: 好的亲 and 在的呢 may be said as often as one likes.
    pub const MIN_CHARS: usize = 6;

    pub(super) fn parse(fields: &mut Fields, names: &Names) -> Self {
        let place = fields.place();
        let errors = fields.errors();
        let of = fields.need_choice("of", &Of::CHOICES);
        let (min_place, per_place) = (fields.place_of("min"), fields.place_of("per"));
        let (min_chars_place, who_place) = (fields.place_of("min_chars"), fields.place_of("who"));
        let max_place = fields.place_of("max");
        if fields.has("who") && matches!(of, Some(Of::Ratio | Of::Seconds)) {
            errors.add(who_place, "book-value", "ratio、seconds 看双方，不写 who / ratio and seconds look at both sides: leave out who");
        }
        let (max, min) = (fields.number("max"), fields.number("min"));
        let min_chars = fields.whole("min_chars", 1000);
        let has_per = fields.has("per");
        let window = Window::parse(fields, names);
        if max.is_none() && min.is_none() {
            errors.add(place, "book-missing", "缺少 “max” 或 “min” / \"max\" or \"min\" is missing");
        }
        for (is_wrong, place) in [(min.is_some_and(|min| min <= 0.0), min_place), (max.is_some_and(|max| max < 0.0), max_place)] {
            if is_wrong {
                errors.add(place, "book-value", "这个量不会小于 0 / this is never below 0");
            }
        }
        if min.zip(max).is_some_and(|(min, max)| min > max) {
            errors.add(min_place, "book-value", "“min” 大于 “max”，永远不会通过 / \"min\" is larger than \"max\": it can never pass");
        }
        if let Some(of) = of.filter(|of| has_per && of.per_message() != (window.per == Per::Message)) {
            let (chinese, english) =
                if of.per_message() { ("每条消息", "per message") } else { ("每个会话或每轮", "per conversation or per round") };
            errors.add(per_place, "book-value", format!("这个量按{chinese}计算 / this is measured {english}"));
        }
        if of != Some(Of::Repeats) && min_chars.is_some() {
            errors.add(min_chars_place, "book-value", "min_chars 只用于 repeats / min_chars goes with repeats only");
        }
        if of == Some(Of::Repeats) && min.is_some() {
            errors.add(min_place, "book-value", "repeats 只有上限 max / repeats has a max only");
        }
        Self {
            of: of.unwrap_or(Of::Chars),
            who: who(fields, Who::Agent),
            max,
            min,
            min_chars: min_chars.map_or(Self::MIN_CHARS, |n| n as usize),
            // What is measured per message is so already, with a count of its own.
            window: if window.per == Per::Message { Window { per: Per::Conversation, ..window } } else { window },
        }
    }

    fn because(&self, value: f64) -> Option<&'static str> {
        match value {
            value if self.max.is_some_and(|max| value > max) => Some("above"),
            value if self.min.is_some_and(|min| value < min) => Some("below"),
            _ => None,
        }
    }

    pub(super) fn judge(&self, case: &Case) -> Finding {
        self.window.judge(case, &|range| self.judge_part(case, range))
    }

    fn judge_part(&self, case: &Case, range: Range<usize>) -> Finding {
        match self.of {
            Of::Chars => self.each(case, range, &|m| visible(&m.text)),
            Of::SentenceChars => self.each(case, range, &|m| {
                let lengths = text::sentences(&m.text).map(|span| visible(m.text.get(span).unwrap_or_default()));
                lengths.max().unwrap_or(0)
            }),
            Of::Lines => self.each(case, range, &|m| m.text.lines().filter(|line| !line.trim().is_empty()).count()),
            Of::Questions => self.each(case, range, &|m| {
                let ends = |span: Range<usize>| m.text.get(span).unwrap_or_default().trim_end().ends_with(['?', '？']);
                text::sentences(&m.text).filter(|span| ends(span.clone())).count()
            }),
            Of::Repeats => self.repeats(case, range),
            Of::Messages => {
                let (count, last) = count(case, range, self.who);
                self.whole(last, count as f64)
            }
            Of::Ratio => {
                let (asked, _) = count(case, range.clone(), Who::Buyer);
                let (answered, last) = count(case, range, Who::Agent);
                if asked == 0 {
                    return Finding::no_occasion();
                }
                self.whole(last, answered as f64 / asked as f64)
            }
            Of::Seconds => {
                let human = |message: &usize| case.role(*message).is_some_and(|role| Who::Any.includes(role));
                let (Some(first), Some(last)) = (range.clone().find(human), range.clone().rfind(human)) else {
                    return Finding::no_occasion();
                };
                let because = |seconds: i64| self.because(seconds as f64);
                let told = |lapse: &Lapse| because(lapse.bounds().0) == because(lapse.bounds().1);
                match case.lapse(first, last).filter(told) {
                    Some(lapse) => self.whole(Some(last), lapse.seconds as f64),
                    None => Finding::skip("no-times"),
                }
            }
        }
    }

    /// A figure of each message.
    fn each(&self, case: &Case, range: Range<usize>, of: &dyn Fn(&Message) -> usize) -> Finding {
        let Some((first, _)) = case.said(self.who, range.clone()).next() else { return Finding::no_occasion() };
        let (mut because, mut wrong, mut shown) = (None, Vec::new(), Vec::new());
        for (index, message) in case.said(self.who, range) {
            let value = of(message) as f64;
            if let Some(bound) = self.because(value) {
                because.get_or_insert(bound);
                wrong.push(Fault::Other(index));
                shown.push(all_of(index, message).measured(value));
            }
        }
        match because {
            Some(because) => Finding::fail(wrong, because, shown),
            None => Finding::pass(first, shown),
        }
    }

    /// A figure of the conversation.
    fn whole(&self, last: Option<usize>, value: f64) -> Finding {
        let Some(last) = last else { return Finding::no_occasion() };
        let shown = [Evidence::message(last, Mark::Hit).measured(value)].into();
        match self.because(value) {
            Some(because) => Finding::fail([Fault::Other(last)].into(), because, shown),
            None => Finding::pass(last, shown),
        }
    }

    fn repeats(&self, case: &Case, range: Range<usize>) -> Finding {
        let mut lines: BTreeMap<String, Vec<(usize, &Message)>> = BTreeMap::new();
        let mut first = None;
        for (index, message) in case.said(self.who, range) {
            first.get_or_insert(index);
            let words = characters(&message.text).filter(|(_, c)| !text::is_noise(*c));
            let line: String = words.map(|(_, c)| text::fold_char(c)).collect();
            if line.chars().nth(self.min_chars.saturating_sub(1)).is_some() {
                lines.entry(line).or_default().push((index, message));
            }
        }
        let Some(first) = first else { return Finding::no_occasion() };
        let (mut wrong, mut shown) = (Vec::new(), Vec::new());
        for sent in lines.values().filter(|sent| self.because(sent.len() as f64) == Some("above")) {
            for (so_far, (index, message)) in (1u32..).zip(sent) {
                shown.push(all_of(*index, message).measured(f64::from(so_far)));
                if self.because(f64::from(so_far)) == Some("above") {
                    wrong.push(Fault::Other(*index));
                }
            }
        }
        sort::plain(&mut wrong);
        if wrong.is_empty() { Finding::pass(first, shown) } else { Finding::fail(wrong, "above", shown) }
    }
}

/// All words of a message as evidence.
fn all_of(index: usize, message: &Message) -> Evidence {
    let start = message.text.len() - message.text.trim_start().len();
    Evidence { start, end: message.text.trim_end().len().max(start), ..Evidence::message(index, Mark::Hit) }
}

/// How many messages of `who` there are, of any kind, and the last of them.
fn count(case: &Case, range: Range<usize>, who: Who) -> (usize, Option<usize>) {
    let is = |index: &usize| case.role(*index).is_some_and(|role: Role| who.includes(role));
    (range.clone().filter(is).count(), range.rev().find(is))
}

/// Characters without blanks, emoji and links.
fn visible(text: &str) -> usize {
    characters(text).filter(|(_, c)| !c.is_whitespace()).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::{Kind, sample::verdict};

    fn measure(of: Of, min: Option<f64>, max: Option<f64>) -> Kind {
        let (who, window) = (Who::Agent, Window::default());
        Kind::Measure(Measure { of, who, max, min, min_chars: Measure::MIN_CHARS, window })
    }

    fn at_most(of: Of, max: f64, text: &str) -> String {
        verdict(measure(of, None, Some(max)), text, &[])
    }

    #[test]
    fn characters_without_blanks_and_links() {
        assert_eq!(visible("看 这里 https://item.example/a?b=1，http /:^_^[微笑]😊好"), 9);
        assert_eq!(visible("http"), 4);
        assert_eq!(visible("https://a.b/c"), 0);
    }

    #[test]
    fn per_message() {
        let text = "买家 一二三四五六\n机器人 一二三四五六\n客服 一二三四五\n客服 一二三\n客服 【图片】";
        assert_eq!(at_most(Of::Chars, 5.0, text), "pass");
        assert_eq!(at_most(Of::Chars, 4.0, text), "fail 1 above 2:hit:一二三四五=5");
        assert_eq!(verdict(measure(Of::Chars, Some(4.0), None), text, &[]), "fail 1 below 3:hit:一二三=3");
        assert_eq!(at_most(Of::Chars, 5.0, "买家 好\n客服 【图片】"), "skip no-occasion");
    }

    #[test]
    fn sentences_lines_questions() {
        assert_eq!(at_most(Of::SentenceChars, 5.0, "客服 一二三四。一二三四！"), "pass");
        assert_eq!(at_most(Of::SentenceChars, 4.0, "客服 一二三四。好"), "fail 1 above 0:hit:一二三四。好=5");
        assert_eq!(at_most(Of::Lines, 1.0, "客服 一\\\\二"), "fail 1 above 0:hit:一\n\n二=2");
        assert_eq!(at_most(Of::Questions, 1.0, "客服 红的？蓝的? 好。"), "fail 1 above 0:hit:红的？蓝的? 好。=2");
    }

    #[test]
    fn per_conversation() {
        let text = "买家 在吗\n买家 有吗\n机器人 您好\n客服 有\n客服 【图片】\n客服 要吗";
        assert_eq!(at_most(Of::Messages, 2.0, text), "fail 1 above 5:hit:=3");
        assert_eq!(at_most(Of::Ratio, 1.5, text), "pass 5:hit:=1.5");
        assert_eq!(verdict(measure(Of::Ratio, Some(2.0), None), text, &[]), "fail 1 below 5:hit:=1.5");
        assert_eq!(at_most(Of::Ratio, 1.5, "客服 在"), "skip no-occasion");
        assert_eq!(at_most(Of::Messages, 1.5, "买家 在"), "skip no-occasion");
    }

    #[test]
    fn length_of_the_reception() {
        let text = "09:00:00 机器人 您好\n10:00:00 买家 在吗\n10:20:00 客服 在\n10:50:00 系统 结束";
        assert_eq!(at_most(Of::Seconds, 1200.0, text), "pass 2:hit:=1200");
        assert_eq!(at_most(Of::Seconds, 1199.0, text), "fail 1 above 2:hit:=1200");
        assert_eq!(at_most(Of::Seconds, 1.0, "买家 在吗\n客服 在"), "skip no-times");
        let to_minute = "10:00 买家 在吗\n10:20 客服 在";
        assert_eq!(at_most(Of::Seconds, 1200.0, to_minute), "skip no-times");
        assert_eq!(at_most(Of::Seconds, 1259.0, to_minute), "pass 1:hit:=1200");
        assert_eq!(at_most(Of::Seconds, 1140.0, to_minute), "fail 1 above 1:hit:=1200");
    }

    #[test]
    fn the_same_line_again() {
        let text = "客服 这款卖得很好哦\n客服 好的亲\n买家 这款卖得很好哦\n客服 这款卖得很好哦~\n客服 好的亲\n客服 这款，卖得很好哦";
        let found = "0:hit:这款卖得很好哦=1 3:hit:这款卖得很好哦~=2 5:hit:这款，卖得很好哦=3";
        assert_eq!(at_most(Of::Repeats, 1.0, text), format!("fail 2 above {found}"));
        assert_eq!(at_most(Of::Repeats, 2.0, text), format!("fail 1 above {found}"));
        assert_eq!(at_most(Of::Repeats, 3.0, text), "pass");
    }
}
