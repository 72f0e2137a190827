//! Adds up conversations: per agent, per day, and for the shop.

use super::{Checked, conversation::rounded};
use crate::{
    book::Book,
    chat::{Conversation, Role},
    score::{Score, plain, plain_or_null},
    sort,
    time::Day,
};
use alloc::{collections::BTreeMap, string::String, vec::Vec};
use serde::Serialize;

/// One line of the totals.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Row {
    /// Conversations.
    pub conversations: u64,
    /// Those that were scored.
    pub scored: u64,
    /// Mean score of those.
    #[serde(serialize_with = "plain_or_null")]
    pub score: Option<f64>,
    /// Standard deviation of their scores (of a sample, n − 1); `None` for fewer than two.
    #[serde(serialize_with = "plain_or_null")]
    pub spread: Option<f64>,
    /// Points lost.
    #[serde(serialize_with = "plain")]
    pub lost: f64,
    /// Points won.
    #[serde(serialize_with = "plain")]
    pub gained: f64,
    /// Conversations with a critical failure.
    pub critical: u64,
    /// Points lost per rule, most first.
    pub rules: Vec<RulePoints>,
}

/// What one rule cost.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RulePoints {
    /// The rule's id.
    pub rule: String,
    /// Points lost.
    #[serde(serialize_with = "plain")]
    pub lost: f64,
    /// Conversations in which it failed.
    pub failed: u64,
}

/// The totals of an agent.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AgentRow {
    /// The name; `None` for conversations whose agents have none.
    pub agent: Option<String>,
    /// The totals.
    #[serde(flatten)]
    pub row: Row,
}

/// The totals of a day.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DayRow {
    /// The day of a conversation's first message; `None` where the chat has no dates.
    pub day: Option<Day>,
    /// The totals.
    #[serde(flatten)]
    pub row: Row,
}

/// The totals of the shop.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ShopRow {
    /// The totals.
    #[serde(flatten)]
    pub row: Row,
    /// How many conversations to check by hand: [`sample_size`].
    pub sample: u64,
}

/// All totals.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// Agents, best mean score first, those without a score last, then by name.
    pub agents: Vec<AgentRow>,
    /// Days in order, undated ones first.
    pub days: Vec<DayRow>,
    /// The shop.
    pub shop: ShopRow,
}

/// How many of `conversations` should be checked by hand for a share that is right within ±5 % with 95 % confidence:
/// round(0.9604·N / (0.0025·N + 0.9604)).
///
/// ```
/// use huashu::report::sample_size;
/// assert_eq!([0, 1, 100, 1000, 100_000].map(sample_size), [0, 1, 79, 278, 383]);
/// ```
pub fn sample_size(conversations: u64) -> u64 {
    let n = conversations as f64;
    libm::round(0.9604 * n / (0.0025 * n + 0.9604)) as u64
}

/// Adds up conversations as they are checked. The order in which they come is all one.
#[derive(Clone, Debug, Default)]
pub struct Totals {
    agents: BTreeMap<Option<String>, Tally>,
    days: BTreeMap<Option<Day>, Tally>,
    shop: Tally,
}

impl Totals {
    /// Adds one conversation; the agents of a transfer by their [`Checked::shares`].
    pub fn add(&mut self, conversation: &Conversation, checked: &Checked) {
        let day = conversation.messages.iter().find_map(|m| m.at).filter(|at| at.dated()).map(|at| at.day());
        self.shop.add(&checked.score);
        self.days.entry(day).or_default().add(&checked.score);
        match conversation.agents().as_slice() {
            [] if conversation.messages.iter().any(|m| m.role == Role::Agent) => {
                self.agents.entry(None).or_default().add(&checked.score);
            }
            [] => {}
            [agent] => self.agents.entry(Some((*agent).into())).or_default().add(&checked.score),
            agents => {
                for (agent, own) in agents.iter().zip(&checked.shares) {
                    self.agents.entry(Some((*agent).into())).or_default().add(own);
                }
            }
        }
    }

    /// The totals so far.
    pub fn finish(&self, book: &Book) -> Summary {
        let row = |tally: &Tally| tally.row(book);
        let mut agents: Vec<AgentRow> = self.agents.iter().map(|(agent, t)| AgentRow { agent: agent.clone(), row: row(t) }).collect();
        // Stable: those of equal score stay in the order of their names.
        sort::by(&mut agents, |a, b| b.row.score.unwrap_or(-1.0).total_cmp(&a.row.score.unwrap_or(-1.0)));
        let days = self.days.iter().map(|(day, t)| DayRow { day: *day, row: row(t) }).collect();
        Summary { agents, days, shop: ShopRow { row: row(&self.shop), sample: sample_size(self.shop.conversations) } }
    }
}

/// Sums in hundredths of points: exact, so that their order is all one.
#[derive(Clone, Debug, Default)]
struct Tally {
    conversations: u64,
    scored: u64,
    sum: i128,
    squares: i128,
    lost: i128,
    gained: i128,
    critical: u64,
    rules: BTreeMap<usize, (i128, u64)>,
}

impl Tally {
    fn add(&mut self, score: &Score) {
        self.conversations += 1;
        let Some(value) = score.value.map(hundredths) else { return };
        self.scored += 1;
        self.sum += value;
        self.squares += value * value;
        self.lost += hundredths(score.lost);
        self.gained += hundredths(score.gained);
        self.critical += u64::from(score.critical);
        for line in score.lines.iter().filter(|line| line.points <= 0.0) {
            let rule = self.rules.entry(line.rule).or_default();
            rule.0 += hundredths(-line.points);
            rule.1 += 1;
        }
    }

    fn row(&self, book: &Book) -> Row {
        let n = i128::from(self.scored);
        let mean = (n > 0).then(|| self.sum as f64 / n as f64 / 100.0);
        // n·Σx² − (Σx)² is exact and never below 0.
        let deviation = (n > 1).then(|| libm::sqrt((n * self.squares - self.sum * self.sum) as f64 / (n * (n - 1)) as f64) / 100.0);
        let mut rules: Vec<(&str, i128, u64)> =
            self.rules.iter().filter_map(|(rule, (lost, failed))| Some((book.rules.get(*rule)?.id.as_str(), *lost, *failed))).collect();
        sort::by(&mut rules, |a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        Row {
            conversations: self.conversations,
            scored: self.scored,
            score: mean.map(rounded),
            spread: deviation.map(rounded),
            lost: self.lost as f64 / 100.0,
            gained: self.gained as f64 / 100.0,
            critical: self.critical,
            rules: rules
                .into_iter()
                .map(|(rule, lost, failed)| RulePoints { rule: rule.into(), lost: lost as f64 / 100.0, failed })
                .collect(),
        }
    }
}

fn hundredths(points: f64) -> i128 {
    libm::round(points * 100.0) as i128
}

#[cfg(test)]
mod tests {
    use crate::report::{
        check,
        sample::{LATE, book, json, named},
    };

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
}
