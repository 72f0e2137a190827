//! Scores: from verdicts to a sheet with one line per point lost or won.
//!
//! A score needs the verdicts and the rules, not the chats: another weight gives another score without reading again.
//!
//! What one agent does wrong once costs once: of the rules that fail for the same silence, the same delay or the same words the one
//! that costs most is charged, and a rule can name others that it [yields to](Rule::yields_to). [`Score::covered`] tells which rule
//! was charged instead.

mod once;

pub use once::Cover;
pub(crate) use once::covers;

use crate::{
    chat::{Conversation, Role},
    rule::{Outcome, Rule, Severity, Verdict},
    sort,
    toml::{Fields, Known},
};
use alloc::{collections::BTreeMap, format, string::String, vec::Vec};
use serde::{Serialize, Serializer};

/// How verdicts become points.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Method {
    /// The way shops count: a base (100) less deductions plus bonuses, within 0–100.
    #[default]
    Deduction,
    /// The way service-quality suites count: the weight of the rules that passed over the weight of those that passed or failed. A skipped
    /// rule's weight thereby falls to the others.
    Weight,
}

/// How a book scores.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoreConfig {
    /// How verdicts become points.
    pub method: Method,
    /// What a conversation without any failure or bonus scores by deduction.
    pub base: f64,
    /// The most that one category can cost, by its name; deduction only.
    pub caps: BTreeMap<String, f64>,
}

impl Default for ScoreConfig {
    fn default() -> Self {
        Self { method: Method::default(), base: 100.0, caps: BTreeMap::new() }
    }
}

impl ScoreConfig {
    /// Reads the book's `[score]` table, whose caps are `[[score.cap]]` tables with `category` and `at_most`. A cap that was `inherited`
    /// may have lost its rules.
    pub fn parse(mut fields: Fields<'_>, rules: &[Rule], inherited: bool) -> Self {
        let errors = fields.errors();
        let mut config = Self::default();
        let methods = [("deduction", Method::Deduction), ("weight", Method::Weight)];
        config.method = fields.choice("method", &methods).unwrap_or_default();
        let place = fields.place_of("base");
        if let Some(base) = fields.number("base") {
            config.base = base;
            if !(0.0..=100.0).contains(&base) {
                errors.add(place, "book-value", "“base” 应在 0 到 100 之间 / \"base\" must lie between 0 and 100");
            }
        }
        let categories = Known::new("类别", "category", rules.iter().map(|rule| rule.category.as_str()));
        for mut cap in fields.tables("cap") {
            let category = cap.need_text("category");
            if !cap.has("at_most") {
                cap.missing("at_most");
            }
            let at_most = cap.whole("at_most", 1000);
            if !inherited && !category.is_empty() {
                categories.find(&category, errors);
            }
            let (place, name) = (category.place, category.text.clone());
            if config.caps.insert(category.text, f64::from(at_most.unwrap_or(0))).is_some() {
                errors.add(place, "book-duplicate", format!("“{name}” 已有上限 / \"{name}\" has a cap already"));
            }
            cap.finish();
        }
        fields.finish();
        config
    }
}

/// What a part of a score is summed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum By {
    /// [`Rule::principle`].
    Principle,
    /// [`Rule::category`].
    Category,
}

/// A subtotal, where something was lost or won. Over the principles, and likewise over the categories, they add up to the score's own.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Part {
    /// Principle or category.
    pub by: By,
    /// Its name in the book.
    pub name: String,
    /// Points lost.
    #[serde(serialize_with = "plain")]
    pub lost: f64,
    /// Points won.
    #[serde(serialize_with = "plain")]
    pub gained: f64,
}

/// One line of the sheet: what a verdict cost or won.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    /// Position of the verdict.
    pub verdict: usize,
    /// Position of the rule.
    pub rule: usize,
    /// Points, below 0 when lost.
    pub points: f64,
}

/// The score of one conversation. Points are whole hundredths.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Score {
    /// 0–100; `None` when the conversation is not scored.
    #[serde(serialize_with = "plain_or_null")]
    pub value: Option<f64>,
    /// Why it is not scored.
    pub why: Option<&'static str>,
    /// Points lost, in all.
    #[serde(serialize_with = "plain")]
    pub lost: f64,
    /// Points won, in all.
    #[serde(serialize_with = "plain")]
    pub gained: f64,
    /// A critical rule failed: the score is 0 whatever else was won.
    pub critical: bool,
    /// Subtotals.
    pub parts: Vec<Part>,
    /// One line per point lost or won, in the order of the verdicts; a critical failure has its line even where it costs no points
    /// of its own.
    #[serde(skip)]
    pub lines: Vec<Line>,
    /// What neither costs nor wins because another rule was charged, in the order of the verdicts.
    #[serde(skip)]
    pub covered: Vec<Cover>,
}

/// Scores one conversation.
///
/// It is not scored without a message of the buyer and one of a human agent, nor by weight when every rule was skipped.
///
/// ```
/// use huashu::{chat, score::{ScoreConfig, score}};
/// let score_of = |text: &str| {
///     let chats = chat::read("a.txt", text.as_bytes(), &Default::default());
///     score(&ScoreConfig::default(), &[], &[], &chats.conversations[0])
/// };
/// assert_eq!(score_of("买家：在吗\n客服：在的亲").value, Some(100.0));
/// let alone = score_of("买家：在吗\n");
/// assert_eq!((alone.value, alone.why), (None, Some("没有人工客服消息，不评分 / not scored: no message of a human agent")));
/// ```
pub fn score(config: &ScoreConfig, rules: &[Rule], verdicts: &[Verdict], conversation: &Conversation) -> Score {
    let none = BTreeMap::new();
    let caps = if config.method == Method::Deduction { &config.caps } else { &none };
    let covered = covers(caps, rules, verdicts);
    let all = |(at, verdict): (usize, &Verdict)| {
        let times = verdict.times.max(1) as usize;
        (at, (0..times).filter(|fault| counts(&covered, at, *fault)).count() as u32)
    };
    let entries: Vec<(usize, u32)> = verdicts.iter().enumerate().map(all).collect();
    Score { covered, ..score_of(config, rules, verdicts, &entries, conversation) }
}

/// Whether a failure of a verdict, or the bonus of a pass, counts.
pub(crate) fn counts(covered: &[Cover], verdict: usize, fault: usize) -> bool {
    covered.binary_search_by_key(&(verdict, fault), |cover| (cover.verdict, cover.fault)).is_err()
}

/// Scores some of the verdicts of a conversation: their positions, each with how many of its failures count; for a pass whether its
/// bonus does.
pub(crate) fn score_of(
    config: &ScoreConfig,
    rules: &[Rule],
    verdicts: &[Verdict],
    entries: &[(usize, u32)],
    conversation: &Conversation,
) -> Score {
    let wrote = |role: Role| conversation.messages.iter().any(|m| m.role == role);
    let unscored = |why: &'static str| Score { why: Some(why), ..Score::default() };
    if !wrote(Role::Buyer) {
        return unscored("没有买家消息，不评分 / not scored: no message of the buyer");
    }
    if !wrote(Role::Agent) {
        return unscored("没有人工客服消息，不评分 / not scored: no message of a human agent");
    }
    let mut total: i128 = 0;
    let mut judged: Vec<Judged> = Vec::new();
    for (at, times) in entries.iter().copied() {
        let Some(verdict) = verdicts.get(at).filter(|verdict| verdict.result != Outcome::Skip) else { continue };
        let Some(rule) = rules.get(verdict.rule) else { continue };
        let failed = verdict.result == Outcome::Fail;
        let vetoes = failed && rule.severity == Severity::Critical;
        if times == 0 && !vetoes {
            continue;
        }
        if config.method == Method::Weight {
            total += weight(rule);
        }
        // A pass that wins nothing leaves no trace.
        if failed || (config.method == Method::Deduction && rule.bonus > 0.0) {
            judged.push(Judged { at, number: verdict.rule, rule, failed, times, lost: 0, gained: 0 });
        }
    }
    // By id, so that the order of the book decides nothing.
    sort::by(&mut judged, |a, b| a.rule.id.cmp(&b.rule.id).then(a.at.cmp(&b.at)));
    match config.method {
        Method::Deduction => deduct(config, &mut judged),
        Method::Weight if total == 0 => return unscored("没有适用的规则，不评分 / not scored: no rule applied"),
        Method::Weight => weigh(total, &mut judged),
    }
    let lost: i64 = judged.iter().map(|j| j.lost).sum();
    let gained: i64 = judged.iter().map(|j| j.gained).sum();
    let critical = judged.iter().any(Judged::vetoes);
    let base = match config.method {
        Method::Deduction => hundredths(config.base),
        Method::Weight => FULL,
    };
    let value = if critical { 0 } else { base.saturating_sub(lost).saturating_add(gained).clamp(0, FULL) };
    sort::by_key(&mut judged, |j| j.at);
    let shown = |j: &&Judged| j.gained != j.lost || j.vetoes();
    let lines = judged.iter().filter(shown).map(|j| Line { verdict: j.at, rule: j.number, points: points(j.gained - j.lost) });
    Score {
        value: Some(points(value)),
        why: None,
        lost: points(lost),
        gained: points(gained),
        critical,
        parts: parts(&judged),
        lines: lines.collect(),
        covered: Vec::new(),
    }
}

/// The full score in hundredths.
const FULL: i64 = 10_000;

/// A verdict that counts, with what it costs and wins in hundredths of a point: sums are exact and their order is all one.
struct Judged<'a> {
    at: usize,
    number: usize,
    rule: &'a Rule,
    failed: bool,
    times: u32,
    lost: i64,
    gained: i64,
}

impl Judged<'_> {
    fn vetoes(&self) -> bool {
        self.failed && self.rule.severity == Severity::Critical
    }
}

/// What the categories with a cap can still lose, in hundredths of a point.
struct Left<'a>(Vec<(&'a str, i64)>);

impl<'a> Left<'a> {
    fn of(caps: &'a BTreeMap<String, f64>) -> Self {
        Self(caps.iter().map(|(category, most)| (category.as_str(), hundredths(*most))).collect())
    }

    fn of_category(&mut self, name: &str) -> Option<&mut i64> {
        self.0.iter_mut().find(|(category, _)| *category == name).map(|(_, left)| left)
    }
}

fn deduct(config: &ScoreConfig, judged: &mut [Judged]) {
    let mut left = Left::of(&config.caps);
    for judged in judged {
        if !judged.failed {
            judged.gained = hundredths(judged.rule.bonus);
            continue;
        }
        judged.lost = hundredths(judged.rule.deduct.points(judged.times));
        if let Some(left) = left.of_category(&judged.rule.category) {
            judged.lost = judged.lost.min(*left);
            *left -= judged.lost;
        }
    }
}

fn weight(rule: &Rule) -> i128 {
    i128::from(hundredths(rule.weighs()))
}

/// Shares out what the failures cost; `total` is the weight of all rules that passed or failed, above 0.
fn weigh(total: i128, judged: &mut [Judged]) {
    // The loss is shared out by running sums, so that the lines add up to it exactly.
    let share = |weight: i128| i64::try_from((weight * i128::from(FULL) * 2 + total) / (2 * total)).unwrap_or(FULL);
    let mut sum = 0;
    for judged in judged.iter_mut().filter(|j| j.failed) {
        let before = share(sum);
        sum += weight(judged.rule);
        judged.lost = share(sum) - before;
    }
}

fn parts(judged: &[Judged]) -> Vec<Part> {
    let mut sums: BTreeMap<(By, &str), (i64, i64)> = BTreeMap::new();
    for j in judged.iter().filter(|j| j.lost != 0 || j.gained != 0) {
        for key in [(By::Principle, j.rule.principle.as_str()), (By::Category, j.rule.category.as_str())] {
            let sum = sums.entry(key).or_default();
            sum.0 += j.lost;
            sum.1 += j.gained;
        }
    }
    let part =
        |((by, name), (lost, gained)): ((By, &str), (i64, i64))| Part { by, name: name.into(), lost: points(lost), gained: points(gained) };
    sums.into_iter().map(part).collect()
}

/// The most points that any one thing can cost or win: sums of them stay far from the ends of the number.
const MOST: f64 = 1e6;

fn hundredths(points: f64) -> i64 {
    libm::round(points.clamp(0.0, MOST) * 100.0) as i64
}

fn points(hundredths: i64) -> f64 {
    hundredths as f64 / 100.0
}

/// A number without a needless `.0`.
pub(crate) fn plain<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    const EXACT: f64 = 9e15;
    if libm::trunc(*value) == *value && value.abs() < EXACT {
        serializer.serialize_i64(*value as i64)
    } else {
        serializer.serialize_f64(*value)
    }
}

/// The same, where the value may be unknown.
pub(crate) fn plain_or_null<S: Serializer>(value: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => plain(value, serializer),
        None => serializer.serialize_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::{
        Deduct, Forbid, Kind,
        sample::{rule, talk},
    };
    use crate::toml::{Errors, parse};
    use alloc::{string::ToString, vec};
    use proptest::prelude::*;

    fn ruled(id: &str, deduct: Deduct, bonus: f64) -> Rule {
        Rule { deduct, bonus, ..rule(id, Kind::Forbid(Forbid::default())) }
    }

    fn verdict(rule: usize, result: Outcome, times: u32) -> Verdict {
        Verdict { rule, result, times, agent: None, more: vec![], because: None, evidence: vec![], gap: None, faults: vec![] }
    }

    fn both() -> Conversation {
        talk("买家 在吗\n客服 在的")
    }

    fn by(method: Method) -> ScoreConfig {
        ScoreConfig { method, ..ScoreConfig::default() }
    }

    fn sums(score: &Score, by: By) -> (i64, i64) {
        let parts = score.parts.iter().filter(|p| p.by == by);
        parts.fold((0, 0), |(lost, gained), p| (lost + hundredths(p.lost), gained + hundredths(p.gained)))
    }

    #[test]
    fn base_less_deductions_plus_bonuses() {
        let escalating = Deduct::Escalating { steps: vec![5.0, 10.0], max: None };
        let rules = [ruled("a", Deduct::Once(10.0), 0.0), ruled("b", escalating, 0.0), ruled("c", Deduct::Once(3.0), 2.5)];
        let verdicts = [verdict(0, Outcome::Fail, 3), verdict(1, Outcome::Fail, 3), verdict(2, Outcome::Pass, 0)];
        let score = score(&by(Method::Deduction), &rules, &verdicts, &both());
        assert_eq!((score.value, score.lost, score.gained), (Some(67.5), 35.0, 2.5));
        let lines: Vec<_> = score.lines.iter().map(|l| (l.verdict, l.points)).collect();
        assert_eq!(lines, [(0, -10.0), (1, -25.0), (2, 2.5)]);
    }

    #[test]
    fn a_skip_neither_costs_nor_wins() {
        let rules = [ruled("a", Deduct::Once(10.0), 5.0), ruled("b", Deduct::Once(30.0), 0.0)];
        let verdicts = [verdict(0, Outcome::Skip, 0), verdict(1, Outcome::Pass, 0)];
        for method in [Method::Deduction, Method::Weight] {
            let score = score(&by(method), &rules, &verdicts, &both());
            assert_eq!((score.value, score.lost, score.gained), (Some(100.0), 0.0, 0.0));
            assert!(score.lines.is_empty());
        }
    }

    #[test]
    fn the_weight_of_skipped_rules_falls_to_the_others() {
        let rules = [ruled("a", Deduct::Once(1.0), 0.0), ruled("b", Deduct::Once(2.0), 0.0), ruled("c", Deduct::Once(7.0), 0.0)];
        let verdicts = [verdict(0, Outcome::Fail, 1), verdict(1, Outcome::Pass, 0), verdict(2, Outcome::Skip, 0)];
        let score_of = |rules: &[Rule], verdicts: &[Verdict]| score(&by(Method::Weight), rules, verdicts, &both());
        let found = score_of(&rules, &verdicts);
        assert_eq!((found.value, found.lost), (Some(66.67), 33.33));
        // Another weight scores again from the same verdicts.
        let heavier = [Rule { weight: Some(2.0), ..rules[0].clone() }, rules[1].clone(), rules[2].clone()];
        assert_eq!(score_of(&heavier, &verdicts).value, Some(50.0));
        let skipped = score_of(&rules, &verdicts[2..]);
        assert_eq!((skipped.value, skipped.why.is_some()), (None, true));
    }

    #[test]
    fn a_critical_failure_makes_the_score_zero() {
        let critical = Rule { severity: Severity::Critical, ..ruled("a", Deduct::Once(0.0), 0.0) };
        let rules = [critical, ruled("b", Deduct::Once(5.0), 20.0)];
        for method in [Method::Deduction, Method::Weight] {
            let failed = [verdict(0, Outcome::Fail, 1), verdict(1, Outcome::Pass, 0)];
            let score_of = |verdicts: &[Verdict]| score(&by(method), &rules, verdicts, &both());
            assert_eq!((score_of(&failed).value, score_of(&failed).critical), (Some(0.0), true));
            assert_eq!(score_of(&failed).lines[0].verdict, 0);
            let passed = [verdict(0, Outcome::Pass, 0), verdict(1, Outcome::Pass, 0)];
            assert_eq!((score_of(&passed).value, score_of(&passed).critical), (Some(100.0), false));
        }
    }

    #[test]
    fn a_category_costs_no_more_than_its_cap() {
        let rules = [ruled("b", Deduct::Once(8.0), 0.0), ruled("a", Deduct::Once(8.0), 0.0)];
        let config = ScoreConfig { caps: [("用语".to_string(), 10.0)].into(), ..ScoreConfig::default() };
        let verdicts = [verdict(0, Outcome::Fail, 1), verdict(1, Outcome::Fail, 1)];
        let score = score(&config, &rules, &verdicts, &both());
        assert_eq!((score.value, score.lost), (Some(90.0), 10.0));
        assert_eq!(score.lines, [Line { verdict: 0, rule: 0, points: -2.0 }, Line { verdict: 1, rule: 1, points: -8.0 }]);
    }

    #[test]
    fn one_side_alone_is_not_scored() {
        for text in ["买家 在吗", "客服 在的", "买家 在吗\n机器人 您好\n系统 转接"] {
            let score = score(&by(Method::Deduction), &[], &[], &talk(text));
            assert!(score.value.is_none() && score.why.is_some(), "{text}");
        }
        assert_eq!(score(&by(Method::Deduction), &[], &[], &both()).value, Some(100.0));
    }

    #[test]
    fn the_table_of_the_book() {
        let read = |text: &str| {
            let errors = Errors::new(["book.toml"]);
            let rules = [ruled("a", Deduct::default(), 0.0)];
            let config = ScoreConfig::parse(Fields::new(parse(text, 0, &errors), &errors), &rules, false);
            (config, errors.into_vec().iter().map(ToString::to_string).collect::<Vec<_>>())
        };
        let (config, errors) = read("method = 'weight'\nbase = 90\n[[cap]]\ncategory = '用语'\nat_most = 20");
        assert_eq!((errors.len(), config.method, config.base, config.caps["用语"]), (0, Method::Weight, 90.0, 20.0));
        let (_, errors) = read("[[cap]]\ncategory = '用语'\nat_most = 20\n[[cap]]\ncategory = '用语'\nat_most = 9");
        assert_eq!(errors, ["book.toml:5:12: “用语” 已有上限 / \"用语\" has a cap already"]);
        assert!(read("[[cap]]\ncategory = '用语语'\nat_most = 9").1[0].contains("没有类别 “用语语”"));
        assert_eq!(read("").0, ScoreConfig::default());
        let (_, errors) = read("method = 'sum'\nbase = 101\n[[cap]]\ncategory = '态度'");
        assert_eq!(errors.len(), 4, "{errors:?}");
    }

    #[test]
    fn numbers_are_written_plainly() {
        let score = Score { value: Some(97.5), lost: 10.0, ..Score::default() };
        let json = serde_json::to_string(&score).unwrap();
        assert_eq!(json, r#"{"value":97.5,"why":null,"lost":10,"gained":0,"critical":false,"parts":[]}"#);
    }

    fn books() -> impl Strategy<Value = (Vec<Rule>, Vec<Verdict>)> {
        let one = (0..4000u32, 0..500u32, prop::option::of(0..900u32), 0..3u8, 1..6u32, 0..4u8, 0..20u8);
        prop::collection::vec(one, 0..12).prop_map(|all| {
            let rules = all.iter().enumerate().map(|(i, (deduct, bonus, weight, _, _, name, grave))| {
                let deduct = f64::from(*deduct) / 100.0;
                let steps = vec![deduct, deduct * 2.0];
                Rule {
                    deduct: if name % 2 == 0 { Deduct::Once(deduct) } else { Deduct::Escalating { steps, max: Some(50.0) } },
                    bonus: f64::from(*bonus) / 100.0,
                    weight: weight.map(|w| f64::from(w) / 10.0),
                    principle: format!("p{}", name % 3),
                    category: format!("c{name}"),
                    severity: if *grave == 0 { Severity::Critical } else { Severity::Minor },
                    ..rule(&format!("r{i}"), Kind::Forbid(Forbid::default()))
                }
            });
            let verdicts = all.iter().enumerate().map(|(i, (_, _, _, result, times, _, _))| match result {
                0 => verdict(i, Outcome::Pass, 0),
                1 => verdict(i, Outcome::Fail, *times),
                _ => verdict(i, Outcome::Skip, 0),
            });
            (rules.collect(), verdicts.collect())
        })
    }

    fn configs() -> impl Strategy<Value = ScoreConfig> {
        (any::<bool>(), 0..120u32, prop::option::of(0..40u32)).prop_map(|(weight, base, cap)| ScoreConfig {
            method: if weight { Method::Weight } else { Method::Deduction },
            base: f64::from(base),
            caps: cap.map(|cap| ("c1".to_string(), f64::from(cap))).into_iter().collect(),
        })
    }

    proptest! {
        #[test]
        fn within_bounds_and_adding_up((rules, verdicts) in books(), config in configs()) {
            let score = score(&config, &rules, &verdicts, &both());
            prop_assert!(score.value.is_none_or(|v| (0.0..=100.0).contains(&v)));
            let whole = (hundredths(score.lost), hundredths(score.gained));
            prop_assert_eq!(sums(&score, By::Principle), whole);
            prop_assert_eq!(sums(&score, By::Category), whole);
            let lines: f64 = score.lines.iter().map(|l| l.points).sum();
            prop_assert!((lines - (score.gained - score.lost)).abs() < 1e-9);
        }

        #[test]
        fn the_order_of_the_rules_is_all_one((rules, verdicts) in books(), config in configs(), turn in 0..12usize) {
            let count = rules.len();
            let place = |i: usize| if count == 0 { 0 } else { (i + turn) % count };
            let mut turned = rules.clone();
            turned.rotate_right(if count == 0 { 0 } else { turn % count });
            let moved: Vec<Verdict> = verdicts.iter().rev().map(|v| Verdict { rule: place(v.rule), ..v.clone() }).collect();
            let (a, b) = (score(&config, &rules, &verdicts, &both()), score(&config, &turned, &moved, &both()));
            prop_assert_eq!((a.value, a.lost, a.gained, a.critical, &a.parts), (b.value, b.lost, b.gained, b.critical, &b.parts));
            let by_rule = |score: &Score, verdicts: &[Verdict], rules: &[Rule]| -> BTreeMap<String, i64> {
                let line = |l: &Line| (rules[verdicts[l.verdict].rule].id.clone(), (l.points * 100.0) as i64);
                score.lines.iter().map(line).collect()
            };
            prop_assert_eq!(by_rule(&a, &verdicts, &rules), by_rule(&b, &moved, &turned));
        }

        #[test]
        fn another_failure_never_raises_the_score((rules, verdicts) in books(), config in configs(), deduct in 0..3000u32) {
            let before = score(&config, &rules, &verdicts, &both());
            let mut more = rules.clone();
            more.push(ruled("another", Deduct::Once(f64::from(deduct) / 100.0), 0.0));
            let mut failed = verdicts.clone();
            failed.push(verdict(rules.len(), Outcome::Fail, 1));
            let after = score(&config, &more, &failed, &both());
            prop_assert!(before.value.is_none_or(|before| after.value.unwrap() <= before));
        }
    }
}
