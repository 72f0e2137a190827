//! What the platforms' own reports give, beside our figures.

use super::figure::{By, Metric};
use crate::side::Side;
use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use hashbrown::HashMap;
use serde::Serialize;

/// A figure that a platform gives, beside ours.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GivenRow {
    /// The figure of ours that it is about; `null` where we have none.
    pub id: Option<&'static str>,
    /// The agent; absent: the whole shop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<By>,
    /// What the platform says.
    pub given: f64,
    /// What we say; `null` where there is nothing to compare with.
    pub ours: Option<f64>,
    /// What the platform says more than we do.
    pub difference: Option<f64>,
    /// `ratio seconds yuan count`.
    pub unit: &'static str,
    /// `taobao pdd jd douyin`, `chitu` (赤兔), or `generic` for columns that the user mapped.
    pub platform: &'static str,
    /// The column's header in the report.
    pub header: String,
    /// The report's file.
    pub file: String,
    /// The days that the report covers, where it says so.
    pub period: Option<String>,
    /// How the platform counts, where that is known.
    pub standard: Option<&'static str>,
    /// Why there is nothing of ours beside it.
    pub why: Option<String>,
}

/// The rows, in the order of the reports.
pub(super) fn table<'m>(side: &Side, metrics: &'m [Metric]) -> Vec<GivenRow> {
    let agent = |metric: &'m Metric| match &metric.by {
        Some(by) if by.kind == "agent" => Some(Some(by.name.as_str())),
        Some(_) => None,
        None => Some(None),
    };
    let mut ours: HashMap<(&str, Option<&str>), Option<&Metric>> = HashMap::new();
    // A report may leave out the shop before the name, or a chat; a short name that two agents share names neither.
    let mut short = ours.clone();
    for metric in metrics {
        let Some(agent) = agent(metric) else { continue };
        if agent.is_some() {
            short.entry((metric.id, agent.map(tail))).and_modify(|one| *one = None).or_insert(Some(metric));
        }
        ours.insert((metric.id, agent), Some(metric));
    }
    let rows = side.given().map(|given| {
        let find = |id| {
            let exact = ours.get(&(id, given.agent)).copied().flatten();
            exact.or_else(|| short.get(&(id, Some(tail(given.agent?)))).copied().flatten())
        };
        let found = given.id.and_then(find);
        let (value, why) = match (given.id, found) {
            (None, _) => (None, Some("我们没有这个数字 / we have no such figure".to_string())),
            (_, None) => (None, Some("我们没有这位客服的这个数字 / we have no such figure of this agent".to_string())),
            (_, Some(metric)) => match (given.period, &metric.period) {
                (Some(theirs), Some(own)) if theirs != own.to_string() => {
                    let why = format!("时段不同：我们的是 {own}，请把时段设为 {theirs} / ours is of {own}: choose the period {theirs}");
                    (None, Some(why))
                }
                _ => (metric.value, metric.why.clone()),
            },
        };
        GivenRow {
            id: given.id,
            by: given.agent.map(|name| By { kind: "agent", name: name.into() }),
            given: given.value,
            ours: value,
            difference: value.map(|value| given.value - value),
            unit: given.unit,
            platform: given.platform,
            header: given.header.into(),
            file: given.file.into(),
            period: given.period.map(String::from),
            standard: given.standard,
            why,
        }
    });
    rows.collect()
}

/// The name without the shop before it.
fn tail(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::super::{Facts, Options, Period, measure};
    use super::*;
    use crate::{chat, side};
    use alloc::vec;

    fn rows(report: &str, period: Option<&str>) -> Vec<GivenRow> {
        let chat = "买家 甲 2026-04-01 10:00:00\n在吗\n小店:小美 2026-04-01 10:00:20\n在的\n";
        let chats = chat::read("a.txt", chat.as_bytes(), &Default::default());
        let book = crate::book::Book::standard();
        let mut scratch = Default::default();
        let contacts = chats.conversations.iter().map(|conversation| {
            let judged = book.judge(conversation, None, &mut scratch);
            crate::link::Contact::of(conversation, crate::report::findings(&book, &judged))
        });
        let mut facts = Facts { contacts: contacts.collect(), ..Facts::default() };
        facts.side.merge(&side::read("r.csv", report.as_bytes(), &Default::default()).side);
        let period = period.map(|days| Period::parse(days).unwrap());
        measure(&facts, &Options { period, ..Options::default() }).tables.given
    }

    #[test]
    fn a_report_stands_beside_our_figures() {
        let report = "旺旺昵称,接待人数,平均响应时长（秒)\n小美,12,25\n汇总值,12,25\n";
        let found = rows(report, None);
        let brief: Vec<_> = found.iter().map(|r| (r.by.is_some(), r.id, r.given, r.ours, r.difference)).collect();
        let mean = Some("response.mean");
        assert_eq!(
            brief,
            vec![
                (true, mean, 25.0, Some(20.0), Some(5.0)),
                (true, None, 12.0, None, None),
                (false, mean, 25.0, Some(20.0), Some(5.0)),
                (false, None, 12.0, None, None)
            ]
        );
        assert!(found[0].standard.unwrap().contains("600"));
    }

    /// A day in front, and the sums where the agent would stand.
    #[test]
    fn sums_behind_a_day_are_the_shops_and_means_are_nobodys() {
        let report = "日期,旺旺昵称,平均响应时长(秒),旺旺回复率\n2026-04-01,小美,25,\n2026-04-01,合计,24,\n2026-04-01,均值,25,\n2026-04-02,小美,9,\n2026-04-02,合计,8,\n";
        let found = rows(report, Some("2026-04-01..2026-04-01"));
        let brief: Vec<_> = found.iter().map(|r| (r.by.as_ref().map(|by| by.name.as_str()), r.given, r.ours)).collect();
        assert_eq!(brief, vec![(Some("小美"), 25.0, Some(20.0)), (Some("小美"), 9.0, None), (None, 24.0, Some(20.0)), (None, 8.0, None)]);
    }

    #[test]
    fn other_periods_and_unknown_agents_are_not_compared() {
        let report = "统计时间：2026-03-01至2026-03-31\n旺旺昵称,接待人数,平均响应时长（秒)\n小美,12,25\n小林,3,9\n";
        let why = |row: &GivenRow| row.why.clone().unwrap_or_default();
        let found = rows(report, None);
        assert!(found[0].ours.is_none() && why(&found[0]).contains("2026-03-01..2026-03-31"), "{:?}", found[0]);
        let report = report.replace("2026-03-01至2026-03-31", "2026-04-01至2026-04-30");
        let found = rows(&report, Some("2026-04-01..2026-04-30"));
        assert_eq!(found[0].ours, Some(20.0));
        assert!(why(&found[2]).contains("这位客服"), "{:?}", found[2]);
    }
}
