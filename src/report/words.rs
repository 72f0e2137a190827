//! What the written forms share: the sheet's lines, reasons in words, quotations.

use super::{ConversationReport, conversation::rounded, privacy::Shown};
use crate::{
    book::Judged,
    chat::Conversation,
    rule::{Evidence, Mark, Outcome, Rule, Severity, Verdict},
};
use alloc::{borrow::Cow, format, string::String, vec::Vec};
use core::ops::Range;

/// The score and one line per point lost or won, each with its reason, quotations and what to write instead.
pub(super) fn sheet(report: &ConversationReport, judged: &Judged, shown: &Shown) -> String {
    let ConversationReport { book, checked, .. } = *report;
    let score = &checked.score;
    let mut text = match (score.value, score.why) {
        (Some(value), _) => format!("  得分 Score {value}（扣 {}，加 {}）", score.lost, score.gained),
        (None, why) => format!("  {}", why.unwrap_or_default()),
    };
    if score.critical {
        text += " 一票否决 critical";
    }
    text.push('\n');
    for (at, verdict) in judged.verdicts.iter().enumerate() {
        let points = checked.points(at);
        let Some(rule) = book.rules.get(verdict.rule) else { continue };
        let failed = verdict.result == Outcome::Fail;
        let covered = checked.covered_by(book, at);
        if !on_sheet(points, rule, verdict, covered) {
            continue;
        }
        let sign = match points {
            points if points > 0.0 => "+",
            0.0 => "",
            _ => "−",
        };
        let signed = format!("{sign}{}", points.abs());
        let reason = verdict.because.as_deref().map(reason).unwrap_or_default();
        let agent = verdict.agent(report.conversation).map(|agent| format!(" · {agent}")).unwrap_or_default();
        let instead = covered.map(|by| instead(failed, points, by)).unwrap_or_default();
        text += &format!("  {signed:>5}  {} ({}){reason}{agent}{instead}\n", rule.title, rule.id);
        if !failed || points == 0.0 && covered.is_some() {
            continue;
        }
        for quote in quotes(report, verdict, shown) {
            text += &format!("        {quote}\n");
        }
        if let Some(suggest) = report.book.suggestion(verdict) {
            text += &format!("        建议：{suggest}\n");
        }
    }
    text
}

/// Whether a verdict has its line: it cost or won something, or would have but for a cap or another rule, or is critical. A bonus that was
/// not won has none.
pub(super) fn on_sheet(points: f64, rule: &Rule, verdict: &Verdict, covered: Option<&Rule>) -> bool {
    let costs = rule.deduct.first() > 0.0 || rule.severity == Severity::Critical;
    points != 0.0 || (verdict.result == Outcome::Fail && costs) || (verdict.result == Outcome::Pass && covered.is_some())
}

/// Why another rule was charged, or kept a bonus back.
fn instead(failed: bool, points: f64, by: &Rule) -> String {
    let Rule { title, id, .. } = by;
    match (failed, points == 0.0) {
        (true, true) => format!("（同一件事已由“{title}” {id} 扣分，不重复扣）"),
        (true, false) => format!("（其中有的已由“{title}” {id} 扣分）"),
        (false, _) => format!("（同一条消息违反“{title}” {id}，不加分）"),
    }
}

/// `because` in words.
fn reason(because: &str) -> Cow<'static, str> {
    match because.split_once(':').unwrap_or((because, "")) {
        ("missing", "") => "：没有做到".into(),
        ("late", _) => "：太慢".into(),
        ("forbidden", _) => "：出现了".into(),
        ("unanswered", _) => "：没有回复".into(),
        ("above", _) => "：超出上限".into(),
        ("below", _) => "：低于下限".into(),
        ("missing", step) => format!("：缺少步骤“{step}”").into(),
        ("order", step) => format!("：步骤“{step}”顺序不对").into(),
        _ => "".into(),
    }
}

/// The evidence of a verdict as quotations, one per message.
pub(super) fn quotes(report: &ConversationReport, verdict: &Verdict, shown: &Shown) -> Vec<String> {
    let of_message = verdict.evidence.chunk_by(|a, b| a.message == b.message);
    let one = |evidence: &[Evidence]| {
        let spans: Vec<Range<usize>> = evidence.iter().filter(|e| e.start < e.end).map(|e| e.start..e.end).collect();
        let message = evidence.first().map_or(0, |e| e.message);
        let mut text = quote(report.conversation, message, &spans, shown);
        for word in evidence.iter().filter_map(|e| report.book.finder.replacement(e.replace?)) {
            text += &format!(" → {word}");
        }
        for measured in evidence.iter().filter_map(|e| e.measured) {
            let unit = if verdict.because.as_deref() == Some("late") { " 秒" } else { "" };
            text += &format!(" [{}{unit}]", rounded(measured));
        }
        if evidence.iter().all(|e| e.role == Mark::Then && e.start == e.end && e.measured.is_none()) {
            text += " ←";
        }
        text
    };
    of_message.map(one).collect()
}

/// How many characters of a message are quoted.
const QUOTED: usize = 60;

/// A message with 【】 around the spans, shortened around the first of them: `#3 客服小美 10:00:30 “非常【抱歉】”`.
pub(super) fn quote(conversation: &Conversation, message: usize, spans: &[Range<usize>], shown: &Shown) -> String {
    let Some(m) = conversation.messages.get(message) else { return String::new() };
    let at = m.time().map_or_else(String::new, |at| format!(" {at}"));
    // Masking keeps the number of characters, so the spans still fit.
    let chars: Vec<char> = shown.text(&m.text).chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let first = spans.first().map_or(0, |span| m.text.char_indices().take_while(|(at, _)| *at < span.start).count());
    let from = if first > QUOTED / 2 { first - QUOTED / 3 } else { 0 };
    let mut quoted = String::new();
    for ((at, c), as_shown) in m.text.char_indices().zip(&chars).skip(from).take(QUOTED) {
        if spans.iter().any(|span| span.start == at) {
            quoted.push('【');
        }
        quoted.push(*as_shown);
        if spans.iter().any(|span| span.end == at + c.len_utf8()) {
            quoted.push('】');
        }
    }
    let before = if from > 0 { "…" } else { "" };
    let after = if chars.len() > from + QUOTED { "…" } else { "" };
    format!("#{} {}{at} “{before}{quoted}{after}”", message + 1, shown.sender(m))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{report::Privacy, rule::sample::talk, time::Day};

    #[test]
    fn long_messages_are_quoted_around_the_evidence() {
        let long = format!("{}等了{}", "前".repeat(100), "后".repeat(100));
        let conversation = talk(&format!("买家 {long}"));
        let at = long.find("等了").unwrap();
        let quote = quote(&conversation, 0, core::slice::from_ref(&(at..at + 6)), &Privacy::Masked.of(&conversation));
        assert_eq!(quote, format!("#1 买家 “…{}【等了】{}…”", "前".repeat(20), "后".repeat(38)));
        assert_eq!(Day::new(2024, 10, 4), Some(Day(20_000)));
    }
}
