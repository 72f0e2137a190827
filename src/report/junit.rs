//! The scores as test results, for CI.

use super::{ConversationReport, Privacy, words};
use crate::book::Book;
use alloc::{format, string::String};

/// Writes JUnit XML: one test case per conversation. It fails when it scores below `fail_under`, and is skipped when it is not scored.
#[derive(Clone, Copy, Debug, Default)]
pub struct Junit {
    /// Whether personal data is masked.
    pub privacy: Privacy,
    /// The least score that is fine; without one nothing fails.
    pub fail_under: Option<f64>,
}

impl Junit {
    /// What stands before the cases, which are counted there.
    pub fn head(self, book: &Book, scores: impl Iterator<Item = Option<f64>>) -> String {
        let (mut tests, mut failures, mut skipped) = (0u64, 0u64, 0u64);
        for score in scores {
            tests += 1;
            failures += u64::from(self.fails(score).is_some());
            skipped += u64::from(score.is_none());
        }
        let name = escape(&book.id);
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n<testsuite name=\"huashu: {name}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skipped}\">\n"
        )
    }

    /// One case.
    pub fn case(self, report: &ConversationReport) -> String {
        let score = &report.checked.score;
        let shown = &self.privacy.of(report.conversation);
        let name = escape(&shown.id());
        let class = escape(&shown.text(&report.conversation.source.file));
        let open = format!("<testcase classname=\"{class}\" name=\"{name}\"");
        match (score.why, self.fails(score.value)) {
            (Some(why), _) => format!("{open}><skipped message=\"{}\"/></testcase>\n", escape(why)),
            (None, Some((value, least))) => {
                let sheet = escape(&words::sheet(report, &report.judged(), shown));
                format!("{open}><failure message=\"{value} &lt; {least}\" type=\"score\">{sheet}</failure></testcase>\n")
            }
            (None, None) => format!("{open}/>\n"),
        }
    }

    /// What stands after the cases.
    pub fn tail(self) -> &'static str {
        "</testsuite>\n</testsuites>\n"
    }

    fn fails(self, score: Option<f64>) -> Option<(f64, f64)> {
        score.zip(self.fail_under).filter(|(value, least)| value < least)
    }
}

/// Text for XML 1.0, which has no word for most control characters: they become U+FFFD.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            '\n' => escaped += "&#10;",
            '\t' => escaped += "&#9;",
            '\0'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}' => escaped.push('\u{FFFD}'),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{
        check,
        sample::{LATE, book, named},
    };

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
}
