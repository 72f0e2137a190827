//! The score sheets as a table for a spreadsheet.

use super::{ConversationReport, Privacy, words};
use crate::{chat::Message, rule::Outcome};
use alloc::{format, string::String, vec::Vec};

/// Writes CSV (RFC 4180, UTF-8 with its mark, so that spreadsheets take it for what it is): a line per point lost or won; a
/// conversation without any has one line with an empty rule.
///
/// A text that a spreadsheet would run as a formula (it begins with `=`, `+`, `-`, `@`, also of full width, a tab or a line break) gets a
/// leading `'`, and one of more than eleven digits, which it would take for a number and round, a leading tab.
#[derive(Clone, Copy, Debug, Default)]
pub struct Csv {
    /// Whether personal data is masked.
    pub privacy: Privacy,
}

const COLUMNS: [&str; 20] = [
    "conversation",
    "buyer",
    "agents",
    "start",
    "scenes",
    "score",
    "lost",
    "gained",
    "critical",
    "why",
    "rule",
    "title",
    "category",
    "result",
    "points",
    "agent",
    "because",
    "covered_by",
    "evidence",
    "suggest",
];

impl Csv {
    /// The first line.
    pub fn head(self) -> String {
        format!("\u{FEFF}{}\r\n", COLUMNS.join(","))
    }

    /// The lines of one conversation.
    pub fn rows(self, report: &ConversationReport) -> String {
        let ConversationReport { book, conversation, checked, .. } = *report;
        let score = &checked.score;
        let judged = report.judged();
        let shown = &self.privacy.of(conversation);
        let scenes: Vec<&str> = judged.scenes.iter().filter_map(|s| book.scenes.get(*s)).map(|s| s.title.as_str()).collect();
        let start = conversation.messages.iter().find_map(Message::time);
        let about = [
            cell(&shown.id()),
            cell(&conversation.buyer.as_deref().map(|name| shown.name(name)).unwrap_or_default()),
            cell(&conversation.agents().join("; ")),
            start.unwrap_or_default(),
            cell(&scenes.join("; ")),
            score.value.map_or_else(String::new, |value| format!("{value}")),
            format!("{}", score.lost),
            format!("{}", score.gained),
            format!("{}", score.critical),
            cell(score.why.unwrap_or_default()),
        ]
        .join(",");
        let mut rows = String::new();
        for (at, verdict) in judged.verdicts.iter().enumerate() {
            let points = checked.points(at);
            let Some(rule) = book.rules.get(verdict.rule) else { continue };
            let covered = checked.covered_by(book, at);
            if !words::on_sheet(points, rule, verdict, covered) {
                continue;
            }
            let row = [
                about.clone(),
                cell(&rule.id),
                cell(&rule.title),
                cell(&rule.category),
                if verdict.result == Outcome::Fail { "fail" } else { "pass" }.into(),
                format!("{points}"),
                cell(verdict.agent(conversation).unwrap_or_default()),
                cell(verdict.because.as_deref().unwrap_or_default()),
                cell(covered.map_or("", |by| by.id.as_str())),
                cell(&words::quotes(report, verdict, shown).join("\n")),
                cell(&report.book.suggestion(verdict).unwrap_or_default()),
            ];
            rows += &row.join(",");
            rows += "\r\n";
        }
        if rows.is_empty() {
            rows = format!("{about}{}\r\n", ",".repeat(10));
        }
        rows
    }
}

/// A text as a cell. csv.mjs guards the same signs.
fn cell(text: &str) -> String {
    let runs = |c: char| matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠');
    let digits = text.len() > 11 && text.bytes().all(|b| b.is_ascii_digit());
    let guard = if text.starts_with(runs) {
        "'"
    } else if digits {
        "\t"
    } else {
        ""
    };
    let safe = format!("{guard}{text}");
    if safe.contains(['"', ',', '\t', '\r', '\n']) { format!("\"{}\"", safe.replace('"', "\"\"")) } else { safe }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{
        check,
        sample::{LATE, book, named},
    };
    use alloc::vec;

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
        assert_eq!(
            [cell("26101288015"), cell("261012880154"), cell("261012880154号")],
            ["26101288015", "\"\t261012880154\"", "261012880154号"]
        );
        let open = report.csv(Privacy::Open);
        assert!(open.contains("13912345678") && open.contains(",tb8800,"));
    }
}
