//! The book as data and as text, for whoever wants to read it.

use super::{Book, example::Example};
use crate::chat::Gap;
use crate::{
    Error, Result,
    metric::Cuts,
    rule::{Deduct, Rule, Severity},
    signal::Signal,
    text::hundredths,
    toml::{Errors, Known, Place, Text},
};
use alloc::{format, string::String, vec::Vec};
use serde::Serialize;

/// A rule as other programs list it.
#[derive(Clone, Debug, Serialize)]
#[allow(missing_docs, reason = "the names are the keys of a rule in the book")]
pub struct RuleInfo<'b> {
    pub id: &'b str,
    pub title: &'b str,
    pub title_en: &'b str,
    pub kind: &'static str,
    pub principle: &'b str,
    pub category: &'b str,
    pub severity: Severity,
    /// Ids of its scenes; none: it always applies.
    pub scenes: Vec<&'b str>,
    /// Points for the first, second … failure.
    pub deduct: Vec<f64>,
    /// `deduct = [5]`: every failure costs, the last number again and again; `deduct = 5` is charged once in a conversation.
    pub repeats: bool,
    /// Whether failures beyond those of `deduct` cost points of their own.
    pub costs_again: bool,
    pub max_deduct: Option<f64>,
    pub bonus: f64,
    /// See [`Rule::weighs`].
    pub weight: f64,
    pub source: &'b [String],
    pub suggest: &'b [String],
    pub note: &'b str,
    /// Ids of rules beside which a failure costs nothing.
    pub yields_to: Vec<&'b str>,
    /// A message in which it finds its words wins no bonus.
    pub spoils: bool,
    /// False where the book or the profile switches it off.
    pub enabled: bool,
}

/// A signal as other programs list it.
#[derive(Clone, Debug, Serialize)]
#[allow(missing_docs, reason = "the names are the keys of a signal in the book")]
pub struct SignalInfo<'b> {
    pub id: &'b str,
    pub title: &'b str,
    pub title_en: &'b str,
    pub who: &'static str,
    pub helper: bool,
}

/// A scene as other programs list it.
#[derive(Clone, Debug, Serialize)]
#[allow(missing_docs, reason = "the names are the keys of a scene in the book")]
pub struct SceneInfo<'b> {
    pub id: &'b str,
    pub title: &'b str,
    pub title_en: &'b str,
    pub after_sale: bool,
}

/// A tier of the shop's discounts, in yuan.
#[derive(Clone, Copy, Debug, Serialize)]
#[allow(missing_docs, reason = "the names are the keys of a tier in the book")]
pub struct TierInfo {
    pub from: f64,
    pub off: f64,
}

/// A book as other programs list it.
#[derive(Clone, Debug, Serialize)]
#[allow(missing_docs, reason = "the names are the keys at the top of the book")]
pub struct BookInfo<'b> {
    pub id: &'b str,
    pub version: &'b str,
    pub title: &'b str,
    pub title_en: &'b str,
    pub hash: &'b str,
    /// Id of the profile that was put in.
    pub profile: Option<&'b str>,
    /// What ends a conversation by that profile: `day`; `null` for the usual gap.
    pub gap: Option<&'static str>,
    pub rules: Vec<RuleInfo<'b>>,
    pub signals: Vec<SignalInfo<'b>>,
    pub scenes: Vec<SceneInfo<'b>>,
    /// The tiers of the shop's discounts.
    pub tiers: Vec<TierInfo>,
    /// Where groups of customers begin and end.
    pub customers: Cuts,
    pub warnings: &'b [Error],
}

impl<'b> SignalInfo<'b> {
    fn of(signal: &'b Signal) -> Self {
        let Signal { id, title, title_en, who, helper, .. } = signal;
        Self { id, title, title_en, who: who.name(), helper: *helper }
    }
}

impl Book {
    /// What is in the book, for lists and pages.
    pub fn info(&self) -> BookInfo<'_> {
        BookInfo {
            id: &self.id,
            version: &self.version,
            title: &self.title,
            title_en: &self.title_en,
            hash: &self.hash,
            profile: self.profile.as_ref().map(|p| p.id.as_str()),
            gap: self.profile.as_ref().and_then(|p| p.gap).filter(|gap| *gap == Gap::Day).map(|_| "day"),
            rules: self.rules.iter().map(|rule| self.rule_info(rule)).collect(),
            signals: self.signals.iter().map(SignalInfo::of).collect(),
            scenes: self
                .scenes
                .iter()
                .map(|s| SceneInfo { id: &s.id, title: &s.title, title_en: &s.title_en, after_sale: s.after_sale })
                .collect(),
            tiers: self.tiers.iter().map(|t| TierInfo { from: t.from as f64 / 100.0, off: t.off as f64 / 100.0 }).collect(),
            customers: self.cuts,
            warnings: &self.warnings,
        }
    }

    fn rule_info<'b>(&'b self, rule: &'b Rule) -> RuleInfo<'b> {
        let (deduct, repeats, max_deduct) = match &rule.deduct {
            Deduct::Once(points) => (alloc::vec![*points], false, None),
            Deduct::Escalating { steps, max } => (steps.clone(), true, *max),
        };
        let lost: f64 = deduct.iter().sum();
        let costs_again = repeats && deduct.last().is_some_and(|points| *points > 0.0) && max_deduct.is_none_or(|most| lost < most);
        RuleInfo {
            id: &rule.id,
            title: &rule.title,
            title_en: &rule.title_en,
            kind: rule.kind.name(),
            principle: &rule.principle,
            category: &rule.category,
            severity: rule.severity,
            scenes: rule.scenes.iter().filter_map(|s| self.scenes.get(*s)).map(|s| s.id.as_str()).collect(),
            deduct,
            repeats,
            costs_again,
            max_deduct,
            bonus: rule.bonus,
            weight: rule.weighs(),
            source: &rule.source,
            suggest: &rule.suggest,
            note: rule.note.as_deref().unwrap_or(""),
            yields_to: rule.yields_to.iter().map(|to| to.text.as_str()).collect(),
            spoils: rule.spoils,
            enabled: rule.enabled,
        }
    }

    /// The book as readable text: every rule on a line, or one rule with all that is known of it and its examples.
    ///
    /// ```
    /// let book = huashu::book::Book::standard();
    /// let (all, one) = (book.show(None).unwrap(), book.show(Some("apology-first")).unwrap());
    /// assert!(all.contains("apology-first") && one.contains("P2"));
    /// assert_eq!(book.show(Some("apology-frist")).unwrap_err().code(), "unknown-rule");
    /// ```
    ///
    /// # Errors
    /// `unknown-rule`, with the likely right spelling.
    pub fn show(&self, rule: Option<&str>) -> Result<String> {
        let Some(id) = rule else {
            let mut text = format!("{} {} · {} · {}\n", self.id, self.version, self.title, self.hash);
            for rule in &self.rules {
                let info = self.rule_info(rule);
                text.push_str(&format!("{:<24} {:<8} {:>12}  {}\n", info.id, info.kind, points(&info), info.title));
            }
            return Ok(text);
        };
        let known = Known::new("规则", "rule", self.rules.iter().map(|r| r.id.as_str()));
        let errors = Errors::default();
        let wanted = Text { text: id.into(), place: Place::default(), line: 0 };
        let found = known.find(&wanted, &errors).map(usize::from);
        let Some((rule, examples)) = found.and_then(|at| self.rules.get(at).zip(self.examples.get(at))) else {
            return Err(Error::new("unknown-rule", errors.into_vec().first().map_or("", Error::message)));
        };
        Ok(self.show_rule(rule, examples))
    }

    fn show_rule(&self, rule: &Rule, examples: &[Example]) -> String {
        let info = self.rule_info(rule);
        let mut text = format!("{}\n{}\n{}\n", info.id, info.title, info.title_en);
        let mut line = |name: &str, value: &str| {
            if !value.is_empty() {
                text.push_str(&format!("{name}: {value}\n"));
            }
        };
        line("kind", info.kind);
        line("principle", info.principle);
        line("category", info.category);
        line("severity", severity(info.severity));
        line("scenes", &info.scenes.join(" "));
        line("points", &points(&info));
        line("source", &info.source.join(" "));
        let off: Vec<&str> = rule.profiles_off.iter().map(|id| &**id).collect();
        line("profiles_off", &off.join(" "));
        line("enabled", if info.enabled { "" } else { "false" });
        line("note", info.note);
        line("yields_to", &info.yields_to.join(" "));
        line("spoils", if info.spoils { "true" } else { "" });
        for suggest in info.suggest {
            line("suggest", suggest);
        }
        for example in examples {
            text.push_str(&format!("\n[{}]\n{}\n", example.name(), example.chat.trim()));
        }
        text
    }
}

/// The name of a severity in a book.
fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Minor => "minor",
        Severity::Major => "major",
        Severity::Critical => "critical",
    }
}

/// `-5 +2`; `-5 -10 … +2` where every failure costs.
fn points(info: &RuleInfo) -> String {
    let lost = info.deduct.iter().filter(|p| **p > 0.0).map(|p| format!("-{}", number(*p)));
    let on = info.costs_again.then(|| "…".into());
    let won = (info.bonus > 0.0).then(|| format!("+{}", number(info.bonus)));
    lost.chain(on).chain(won).collect::<Vec<_>>().join(" ")
}

/// Points with at most two decimals.
fn number(points: f64) -> String {
    hundredths(libm::round(points * 100.0) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::check;

    /// `deduct = 5` is charged once, `deduct = [5]` every time: neither is shown as the other.
    #[test]
    fn what_a_failure_costs_is_told_as_it_is() {
        let shown = |deduct: &str| {
            let text = format!(
                "id = 'b'\ntitle = 'b'\n[[rule]]\nid = 'r'\ntitle = 'r'\nprinciple = 'x'\nkind = 'measure'\nof = 'chars'\nmax = 9\n{deduct}"
            );
            let book = check("b", &text).book;
            let info = book.info().rules.remove(0);
            (info.deduct.clone(), info.repeats, info.costs_again, info.max_deduct, points(&info))
        };
        assert_eq!(shown("deduct = 5"), (alloc::vec![5.0], false, false, None, "-5".into()));
        assert_eq!(shown("deduct = [5]"), (alloc::vec![5.0], true, true, None, "-5 …".into()));
        assert_eq!(shown("deduct = [5, 3]\nmax_deduct = 9"), (alloc::vec![5.0, 3.0], true, true, Some(9.0), "-5 -3 …".into()));
        assert_eq!(shown("deduct = [5, 3]\nmax_deduct = 8"), (alloc::vec![5.0, 3.0], true, false, Some(8.0), "-5 -3".into()));
        assert_eq!(shown("deduct = [5, 0]"), (alloc::vec![5.0, 0.0], true, false, None, "-5".into()));
    }
}
