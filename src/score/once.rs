//! One failing is charged once, however many rules speak of it, and a message that breaks a red line wins nothing.

use super::{Left, hundredths};
use crate::rule::{Fault, Outcome, Rule, Severity, Verdict, spoiled};
use crate::sort;
use alloc::{collections::BTreeMap, string::String, vec::Vec};

/// A failure, or the bonus of a pass, that does not count because of another rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cover {
    /// Position of the verdict.
    pub verdict: usize,
    /// Which of its failures; 0 for the bonus of a pass.
    pub fault: usize,
    /// Position of the rule that is charged.
    pub by: usize,
}

/// A failed verdict that costs something.
struct Failed<'a> {
    at: usize,
    rule: &'a Rule,
    verdict: &'a Verdict,
    /// How many of its failures are charged so far.
    charged: u32,
    /// How many of its failures are among those that are looked at.
    here: u32,
    /// Hundredths of a point.
    lost: i64,
}

impl Failed<'_> {
    fn is_critical(&self) -> bool {
        self.rule.severity == Severity::Critical
    }

    /// What so many failures more would cost, as far as its category can still lose it.
    fn costs(&self, more: u32, left: &mut Left) -> i64 {
        let points = |times| hundredths(self.rule.deduct.points(times));
        let costs = points(self.charged + more) - points(self.charged);
        left.of_category(&self.rule.category).map_or(costs, |left| costs.min(*left))
    }
}

/// What does not count, sorted. `caps`: the most that a category can cost.
///
/// - A failure of a rule that [yields](Rule::yields_to) to another that failed, unless that one costs nothing because its category has
///   lost all it can.
/// - Of several failures that [are the same](Fault::is), all but those of the rule by which they cost most, as far as its category can
///   still lose it; of two that cost the same the one whose id comes first is charged.
/// - The bonus of a pass that rests on a message in which a rule that [spoils](Rule::spoils) found its words.
pub(crate) fn covers(caps: &BTreeMap<String, f64>, rules: &[Rule], verdicts: &[Verdict]) -> Vec<Cover> {
    let rule_of = |verdict: &Verdict| rules.get(verdict.rule);
    let mut yields: Vec<Cover> = Vec::new();
    let mut failed: Vec<Failed> = Vec::new();
    for (at, verdict) in verdicts.iter().enumerate().filter(|(_, v)| v.result == Outcome::Fail) {
        let Some(rule) = rule_of(verdict) else { continue };
        let takes =
            |v: &&Verdict| v.result == Outcome::Fail && rule_of(v).is_some_and(|other| rule.yields_to.iter().any(|to| to.text == other.id));
        if let Some(by) = verdicts.iter().find(takes) {
            yields.extend((0..verdict.times as usize).map(|fault| Cover { verdict: at, fault, by: by.rule }));
        } else if rule.deduct.first() > 0.0 || rule.severity == Severity::Critical {
            failed.push(Failed { at, rule, verdict, charged: 0, here: 0, lost: 0 });
        }
    }
    let mut covers = Vec::new();
    same(caps, &mut failed, &mut covers);
    // Charged, and yet nothing lost: the cap was reached before.
    let spent = |f: &Failed| f.charged > 0 && f.lost == 0 && !f.is_critical();
    yields.retain(|cover| !failed.iter().any(|f| f.verdict.rule == cover.by && spent(f)));
    name_charged(verdicts, &mut yields, &covers);
    covers.append(&mut yields);
    won(rules, verdicts, &mut covers);
    sort::plain(&mut covers);
    covers
}

/// Where what was yielded to costs nothing itself, names the rule that does.
fn name_charged(verdicts: &[Verdict], yields: &mut [Cover], others: &[Cover]) {
    for cover in yields {
        let taken = |other: &&Cover| verdicts.get(other.verdict).is_some_and(|verdict| verdict.rule == cover.by);
        let mut taken = others.iter().filter(taken);
        let times = verdicts.iter().find(|verdict| verdict.rule == cover.by).map_or(0, |verdict| verdict.times as usize);
        if taken.clone().count() == times
            && let Some(first) = taken.next()
        {
            cover.by = first.by;
        }
    }
}

/// A failure: what it rests on, whose it is among the failed, and which of its failures.
type Place = (Fault, usize, usize);

/// Of the failures that are the same, charges one rule's.
fn same(caps: &BTreeMap<String, f64>, failed: &mut [Failed], covers: &mut Vec<Cover>) {
    let mut left = Left::of(caps);
    let mut all: Vec<Place> = Vec::new();
    for (number, f) in failed.iter().enumerate() {
        all.extend(f.verdict.faults.iter().enumerate().map(|(fault, what)| (*what, number, fault)));
    }
    // In the order of the talk, so that what costs more the more often it happens does so for the later ones.
    sort::by(&mut all, |a, b| a.0.message().cmp(&b.0.message()).then(a.cmp(b)));
    let mut rest = all.as_slice();
    while let Some((first, _)) = rest.split_first() {
        // Words overlap in a chain: what has some in common with any so far belongs to them.
        let mut whole = first.0;
        let mut count = 1;
        while let Some(next) = rest.get(count).filter(|next| whole.is(next.0)) {
            whole = joined(whole, next.0);
            count += 1;
        }
        let (group, later) = rest.split_at(count);
        charge(failed, group, &mut left, covers);
        rest = later;
    }
}

/// Words from the beginning of the one to the end of the other.
fn joined(whole: Fault, next: Fault) -> Fault {
    match (whole, next) {
        (Fault::Said { message, start, end }, Fault::Said { end: to, .. }) => Fault::Said { message, start, end: end.max(to) },
        _ => whole,
    }
}

fn charge(failed: &mut [Failed], group: &[Place], left: &mut Left, covers: &mut Vec<Cover>) {
    for (_, number, _) in group {
        if let Some(f) = failed.get_mut(*number) {
            f.here += 1;
        }
    }
    // A critical rule outweighs all others.
    let mut most: Option<((bool, i64), usize, u32)> = None;
    for (_, number, _) in group {
        // Each rule once, however many of its failures are here.
        let Some(f) = failed.get_mut(*number).filter(|f| f.here > 0) else { continue };
        let times = core::mem::take(&mut f.here);
        let costs = (f.is_critical(), f.costs(times, left));
        let id = f.rule.id.as_str();
        let better = most.is_none_or(|(top, by, _)| {
            let first = failed.get(by).is_some_and(|other| id < other.rule.id.as_str());
            costs > top || (costs == top && first)
        });
        if better {
            most = Some((costs, *number, times));
        }
    }
    let Some(((_, points), winner, times)) = most else { return };
    let Some(f) = failed.get_mut(winner) else { return };
    f.charged += times;
    f.lost += points;
    if let Some(left) = left.of_category(&f.rule.category) {
        *left -= points;
    }
    let by = f.verdict.rule;
    for (_, number, fault) in group.iter().filter(|(_, number, _)| *number != winner) {
        covers.extend(failed.get(*number).map(|f| Cover { verdict: f.at, fault: *fault, by }));
    }
}

/// The bonuses that were won in a message that wins none.
fn won(rules: &[Rule], verdicts: &[Verdict], covers: &mut Vec<Cover>) {
    if spoiled(rules, verdicts).is_empty() {
        return;
    }
    for (verdict, won) in verdicts.iter().enumerate().filter(|(_, v)| v.result == Outcome::Pass) {
        if rules.get(won.rule).is_none_or(|rule| rule.bonus == 0.0) {
            continue;
        }
        let by = verdicts.iter().find(|v| won.rests_on(&spoiled(rules, core::slice::from_ref(v))));
        covers.extend(by.map(|by| Cover { verdict, fault: 0, by: by.rule }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        chat::{Conversation, round::rounds},
        rule::{Case, Deduct, Forbid, Kind, Reply, Require, Then, When, judge, sample},
        score::{ScoreConfig, score},
        signal::Who,
        toml::Text,
    };
    use alloc::{format, string::String, vec};

    // rude, too rude, thanks, one word, three of it
    const SIGNALS: &[&[&str]] = &[&["爱买不买"], &["不买就滚", "不买"], &["谢谢"], &["走"], &["走走走"]];

    fn forbid(id: &str, signal: u16, deduct: f64) -> Rule {
        let kind = Kind::Forbid(Forbid { who: Who::Agent, signals: vec![signal], ..Forbid::default() });
        Rule { deduct: Deduct::Once(deduct), ..sample::rule(id, kind) }
    }

    fn within(id: &str, seconds: Option<u32>, deduct: Deduct) -> Rule {
        let then = Then { within: seconds, ..Then::default() };
        Rule { deduct, ..sample::rule(id, Kind::Reply(Reply { when: When::default(), then })) }
    }

    fn thanks() -> Rule {
        let kind = Kind::Require(Require { who: Who::Agent, signals: vec![2], ..Require::default() });
        Rule { deduct: Deduct::Once(0.0), bonus: 2.0, ..sample::rule("thanks", kind) }
    }

    fn judged(rules: &[Rule], conversation: &Conversation) -> Vec<Verdict> {
        judge(rules, &Case::new(conversation, &rounds(conversation), &sample::hits(conversation, SIGNALS), &[], None))
    }

    /// The points per rule, `0` where nothing was lost or won, with the rule that took them after `<`.
    fn points(rules: &[Rule], text: &str) -> String {
        capped(&[], rules, text)
    }

    /// The same with caps of categories.
    fn capped(caps: &[(&str, f64)], rules: &[Rule], text: &str) -> String {
        let conversation = sample::talk(text);
        let verdicts = judged(rules, &conversation);
        let caps = caps.iter().map(|(name, cap)| (String::from(*name), *cap)).collect();
        let score = score(&ScoreConfig { caps, ..ScoreConfig::default() }, rules, &verdicts, &conversation);
        let one = |(at, rule): (usize, &Rule)| {
            let points = score.lines.iter().find(|line| line.verdict == at).map_or(0.0, |line| line.points);
            let by =
                score.covered.iter().find(|cover| cover.verdict == at).map_or(String::new(), |cover| format!("<{}", rules[cover.by].id));
            format!("{} {points}{by}", rule.id)
        };
        rules.iter().enumerate().map(one).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn the_same_words_cost_once() {
        let rules = [forbid("cold", 0, 4.0), forbid("rude", 1, 10.0)];
        assert_eq!(points(&rules, "买家 贵\n客服 爱买不买"), "cold 0<rude, rude -10");
        assert_eq!(points(&rules, "买家 贵\n客服 爱买不买，不买就滚"), "cold 0<rude, rude -10");
        assert_eq!(points(&rules, "买家 贵\n客服 不买就滚"), "cold 0, rude -10");
        // Of two that cost the same the first by id, whatever their order in the book.
        let rules = [forbid("b", 1, 4.0), forbid("a", 0, 4.0)];
        assert_eq!(points(&rules, "买家 贵\n客服 爱买不买"), "b 0<a, a -4");
    }

    #[test]
    fn several_failures_within_the_same_words_count_together() {
        let each = |points| Rule { deduct: Deduct::Escalating { steps: vec![points], max: None }, ..forbid("each", 3, 0.0) };
        assert_eq!(points(&[each(4.0), forbid("whole", 4, 10.0)], "买家 贵\n客服 走走走"), "each -12, whole 0<each");
        assert_eq!(points(&[each(3.0), forbid("whole", 4, 10.0)], "买家 贵\n客服 走走走"), "each 0<whole, whole -10");
        assert_eq!(points(&[each(3.0), forbid("whole", 4, 10.0)], "买家 贵\n客服 走走走，走"), "each -3<whole, whole -10");
    }

    #[test]
    fn a_critical_rule_outweighs_and_stays_critical() {
        let critical = |rule: Rule| Rule { severity: Severity::Critical, ..rule };
        let rules = [critical(forbid("a", 0, 1.0)), forbid("b", 1, 50.0)];
        assert_eq!(points(&rules, "买家 贵\n客服 爱买不买"), "a -1, b 0<a");
        let rules = [critical(forbid("a", 0, 1.0)), critical(forbid("b", 1, 1.0))];
        let conversation = sample::talk("买家 贵\n客服 爱买不买");
        let score = score(&ScoreConfig::default(), &rules, &judged(&rules, &conversation), &conversation);
        assert_eq!((score.value, score.lines.len(), score.lost), (Some(0.0), 2, 1.0));
    }

    #[test]
    fn one_silence_and_one_delay_cost_once() {
        let steps = || Deduct::Escalating { steps: vec![6.0], max: Some(6.0) };
        let rules = [within("in-30s", Some(30), Deduct::Escalating { steps: vec![2.0], max: None }), within("in-3min", Some(180), steps())];
        assert_eq!(points(&rules, "10:00:00 买家 在吗\n10:00:40 客服 在"), "in-30s -2, in-3min 0");
        assert_eq!(points(&rules, "10:00:00 买家 在吗\n10:05:00 客服 在"), "in-30s 0<in-3min, in-3min -6");
        // The second delay costs more by the rule that has not yet cost its most.
        let twice = "10:00:00 买家 在吗\n10:05:00 客服 在\n10:06:00 买家 有货吗\n10:12:00 客服 有";
        assert_eq!(points(&rules, twice), "in-30s -2<in-3min, in-3min -6<in-30s");
        let rules = [within("answered", None, Deduct::Once(10.0)), within("in-30s", Some(30), Deduct::Once(2.0))];
        assert_eq!(points(&rules, "10:00:00 买家 在吗\n10:00:01 客服 在\n10:00:02 买家 有货吗"), "answered -10, in-30s 0<answered");
        assert_eq!(points(&rules, "10:00:00 买家 在吗\n10:00:40 客服 在\n10:01:00 买家 有货吗"), "answered -10, in-30s -2<answered");
    }

    #[test]
    fn whoever_yields_costs_nothing_beside_the_other() {
        let required = |id: &str, signal| {
            let kind = Kind::Require(Require { who: Who::Agent, signals: vec![signal], ..Require::default() });
            sample::rule(id, kind)
        };
        let yields = |rule: Rule| Rule { yields_to: vec![Text { text: "thanked".into(), ..Text::default() }], ..rule };
        let rules = [yields(required("flow", 0)), required("thanked", 2)];
        assert_eq!(points(&rules, "买家 在吗\n客服 在"), "flow 0<thanked, thanked -10");
        assert_eq!(points(&rules, "买家 在吗\n客服 谢谢"), "flow -10, thanked 0");
        // What is yielded to may itself cost nothing: then the rule that does is named.
        let rules = [yields(required("flow", 2)), forbid("thanked", 0, 4.0), forbid("rude", 1, 10.0)];
        assert_eq!(points(&rules, "买家 贵\n客服 爱买不买"), "flow 0<rude, thanked 0<rude, rude -10");
        assert_eq!(points(&rules, "买家 贵\n客服 爱买不买，走，爱买不买"), "flow 0<thanked, thanked -4<rude, rude -10<thanked");
    }

    #[test]
    fn a_full_cap_makes_nothing_else_free() {
        let of = |category: &str, rule: Rule| Rule { category: category.into(), ..rule };
        let rules = [of("speed", forbid("rude", 1, 10.0)), of("wording", forbid("cold", 0, 4.0)), of("speed", forbid("thanks", 2, 8.0))];
        let all = "买家 贵\n客服 谢谢\n客服 爱买不买";
        assert_eq!(capped(&[("speed", 20.0)], &rules, all), "rude -10, cold 0<rude, thanks -8");
        assert_eq!(capped(&[("speed", 13.0)], &rules, all), "rude -10, cold 0<rude, thanks -3");
        assert_eq!(capped(&[("speed", 11.0)], &rules, all), "rude 0<cold, cold -4, thanks -8");
        assert_eq!(capped(&[("speed", 8.0)], &rules, all), "rude 0<cold, cold -4, thanks -8");
        assert_eq!(capped(&[("speed", 8.0), ("wording", 0.0)], &rules, all), "rude 0<cold, cold 0, thanks -8");
        // Nor does it take the points of a rule that would yield.
        let yields = Rule { yields_to: vec![Text { text: "rude".into(), ..Text::default() }], ..of("flow", forbid("flow", 2, 3.0)) };
        let rules = [of("speed", forbid("greet", 3, 8.0)), of("speed", forbid("rude", 1, 10.0)), yields];
        let all = "买家 贵\n客服 走\n客服 爱买不买\n客服 谢谢";
        assert_eq!(capped(&[("speed", 10.0)], &rules, all), "greet -8, rude -2, flow 0<rude");
        assert_eq!(capped(&[("speed", 8.0)], &rules, all), "greet -8, rude 0, flow -3");
    }

    #[test]
    fn a_message_that_breaks_a_red_line_wins_nothing() {
        let rules = |spoils| [Rule { spoils, ..forbid("rude", 0, 10.0) }, thanks()];
        assert_eq!(points(&rules(true), "买家 贵\n客服 爱买不买，谢谢"), "rude -10, thanks 0<rude");
        assert_eq!(points(&rules(false), "买家 贵\n客服 爱买不买，谢谢"), "rude -10, thanks 2");
        // What stands elsewhere too wins.
        assert_eq!(points(&rules(true), "买家 贵\n客服 爱买不买，谢谢\n客服 谢谢您"), "rude -10, thanks 2");
        let conversation = sample::talk("买家 贵\n客服 爱买不买，谢谢\n客服 谢谢您");
        assert_eq!(judged(&rules(true), &conversation)[1].evidence[0].message, 2);
    }
}
