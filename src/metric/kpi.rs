//! The board of figures with targets (T10), and pay sheets: figures banded into points, as shops do. Both are written in the book.
//!
//! ```
//! use huashu::{metric::{Board, Facts, Options, measure}, order, toml::{Errors, Fields, parse}};
//! let errors = Errors::new(["book.toml"]);
//! let text = "
//! [[kpi]]
//! metric = 'refund.order_rate'
//! at_most = 0.2
//! [[kpi]]
//! metric = 'sales.per_buyer'
//! at_least = 60
//! [[kpi]]
//! metric = 'inquiry.buyers'
//! ";
//! let mut book = Fields::new(parse(text, 0, &errors), &errors);
//! let board = Board::read(book.tables("kpi"), Vec::new(), &errors);
//! let csv = "order_id,buyer,paid_at,state,paid_amount
//! 1,甲,2026-01-05 10:00:00,交易成功,100
//! 2,乙,2026-01-05 11:00:00,交易成功,20
//! 3,丙,2026-01-05 12:00:00,交易成功,30
//! 4,丁,2026-01-05 13:00:00,退款成功,50
//! ";
//! let facts = Facts { orders: order::read("a.csv", csv.as_bytes(), &Default::default()).orders, ..Facts::default() };
//! let kpi = measure(&facts, &Options { board, ..Options::default() }).tables.kpi;
//! let rows: Vec<_> = kpi.iter().map(|row| (row.metric, row.value, row.met, row.gap)).collect();
//! assert_eq!(rows, [
//!     ("refund.order_rate", Some(0.25), Some(false), Some(0.25 - 0.2)),
//!     ("sales.per_buyer", Some(50.0), Some(false), Some(-10.0)),
//!     ("inquiry.buyers", None, None, None),
//! ]);
//! assert!(kpi[2].why.as_deref().unwrap().contains("no chats"));
//! ```

use super::{AgentRow, Before, By, Definition, Figures, Metric, Tables, definitions, figure::per_agent, stats};
use crate::{
    sort,
    toml::{Errors, Fields, Known, Place, Text},
};
use alloc::{format, string::String, vec::Vec};
use hashbrown::HashMap;
use serde::Serialize;

/// What figures are told of, beside the shop; all but agents take a roster.
const PARTS: [(&str, &str); 4] = [("agent", "agent"), ("person", "person"), ("team", "team"), ("shift", "shift")];

/// What the book asks of the figures: its `[[kpi]]` and `[[pay]]`, and what its rules suggest.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Board {
    kpis: Vec<Kpi>,
    pay: Vec<PaySheet>,
    /// A line to say instead, by rule.
    lines: Vec<(String, String)>,
}

/// A figure with its target.
#[derive(Clone, Debug, PartialEq)]
struct Kpi {
    metric: &'static Definition,
    target: Option<f64>,
    /// At most the target, rather than at least.
    at_most: bool,
    /// For each part of this kind too.
    by: Option<&'static str>,
}

/// A pay sheet.
#[derive(Clone, Debug, PartialEq)]
struct PaySheet {
    id: String,
    title: String,
    /// `agent`, `person`, `team`, `shift`.
    by: &'static str,
    items: Vec<Band>,
    /// From so many points on, highest first.
    levels: Vec<(f64, String)>,
}

/// A figure of a pay sheet: its bands, best first, each with its limit and its points.
#[derive(Clone, Debug, PartialEq)]
struct Band {
    metric: &'static Definition,
    bands: Vec<(f64, f64)>,
    at_most: bool,
    otherwise: f64,
    weight: f64,
}

/// A figure beside its target: a row of the table `kpi`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct KpiRow {
    /// The figure's id.
    pub metric: &'static str,
    /// What shops call it.
    pub title: &'static str,
    /// The same in English.
    pub title_en: &'static str,
    /// Absent: the whole shop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<By>,
    /// Its value; `null` where it is unavailable.
    pub value: Option<f64>,
    /// Its unit.
    pub unit: &'static str,
    /// 95 % interval of a rate; `null` for other figures.
    pub interval: Option<[f64; 2]>,
    /// The value of the period before; `null` where it is not known.
    pub previous: Option<f64>,
    /// The target; `null` where the book names none.
    pub target: Option<f64>,
    /// `at_least`, `at_most`; `null` without a target.
    pub direction: Option<&'static str>,
    /// Whether it is met; `null` where that cannot be said, as where more is not final, or was left out for want of data, than was counted.
    pub met: Option<bool>,
    /// Value − target.
    pub gap: Option<f64>,
    /// Why there is no value, Chinese / English.
    pub why: Option<String>,
}

/// One agent's points: a row of the table `pay`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PayRow {
    /// The sheet's id in the book.
    pub sheet: String,
    /// Its title.
    pub title: String,
    /// The agent; the person, team or shift of a sheet that is by these.
    pub agent: String,
    /// Points of the figures that there are and that are settled.
    pub points: f64,
    /// The most points that all figures can give.
    pub most: f64,
    /// Whether every figure of the sheet gives points.
    pub complete: bool,
    /// The level that these points reach; `null` where there is none or the sheet is incomplete.
    pub level: Option<String>,
    /// Each figure with its points.
    pub items: Vec<PayItem>,
    /// The row of the period before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Before<Self>,
}

/// A figure of a pay sheet and the points it gives.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PayItem {
    /// The figure's id.
    pub metric: &'static str,
    /// What shops call it.
    pub title: &'static str,
    /// The same in English.
    pub title_en: &'static str,
    /// The agent's value; `null` where it is unavailable.
    pub value: Option<f64>,
    /// Its unit.
    pub unit: &'static str,
    /// The points; `null` without a value, and where nobody can say yet which band it reaches, as `met` of [`KpiRow`] is.
    pub points: Option<f64>,
    /// The most it can give.
    pub most: f64,
    /// Why there are no points, Chinese / English.
    pub why: Option<String>,
}

const BOTH: &str = "`at_least` 与 `at_most` 只能有一个 / either `at_least` or `at_most`, not both";
const UNSETTLED: &str = "超过一半还未定局或缺数据，暂不给分 / most of it is not final or lacks data: no points yet";

impl Board {
    /// Reads the tables `[[kpi]]` and `[[pay]]`; mistakes go to `errors`.
    ///
    /// ```
    /// use huashu::{metric::Board, toml::{Errors, Fields, parse}};
    /// let errors = Errors::new(["book.toml"]);
    /// let text = "
    /// [[kpi]]
    /// metric = 'service.complain_rate'
    /// [[kpi]]
    /// metric = 'refund.order_rate'
    /// by = 'agent'
    /// at_most = 2
    /// [[pay]]
    /// id = 'a'
    /// title = '甲'
    /// [[pay.item]]
    /// metric = 'response.mean'
    /// at_most = [[35, 60], [18, 100]]
    /// ";
    /// let mut book = Fields::new(parse(text, 0, &errors), &errors);
    /// Board::read(book.tables("kpi"), book.tables("pay"), &errors);
    /// let found: Vec<_> = errors.into_vec().iter().map(|e| (e.line().unwrap(), e.message().split(" / ").nth(1).unwrap().to_string())).collect();
    /// assert_eq!(found, [
    ///     (3, "there is no figure \"service.complain_rate\", did you mean \"service.complaint_rate\"?".into()),
    ///     (5, "\"refund.order_rate\" is not told per agent".into()),
    ///     (7, "\"refund.order_rate\" is a share: write 0.02 for 2 %".into()),
    ///     (13, "the bands of \"at_most\" go from the best to the worst: their limits must rise".into()),
    /// ]);
    /// ```
    pub fn read(kpis: Vec<Fields>, pay: Vec<Fields>, errors: &Errors) -> Self {
        let known = Known::new("数据", "figure", definitions().map(|d| d.id));
        let metric = |fields: &mut Fields, agents: bool| {
            let name: Text = fields.need_text("metric");
            if name.is_empty() {
                return None;
            }
            let definition = definitions().nth(usize::from(known.find(&name, errors)?))?;
            if agents && !per_agent(definition.id) {
                let id = definition.id;
                errors.add(name.place, "book-value", format!("“{id}” 没有按客服的数据 / \"{id}\" is not told per agent"));
            }
            Some(definition)
        };
        let kpi = |mut fields: Fields| {
            let by = fields.choice("by", &PARTS);
            let metric = metric(&mut fields, by.is_some());
            let place = fields.place_of(if fields.has("at_most") { "at_most" } else { "at_least" });
            let (least, most) = (fields.number("at_least"), fields.number("at_most"));
            limits(metric, least.into_iter().chain(most), place, errors);
            if least.is_some() && most.is_some() {
                errors.add(fields.place(), "book-value", BOTH);
            }
            fields.finish();
            Some(Kpi { metric: metric?, target: least.or(most), at_most: most.is_some(), by })
        };
        let item = |mut fields: Fields| {
            let metric = metric(&mut fields, true);
            let at_most = fields.has("at_most");
            if at_most && fields.has("at_least") {
                errors.add(fields.place(), "book-value", BOTH);
                fields.pairs("at_least");
            }
            let key = if at_most { "at_most" } else { "at_least" };
            let place = fields.place_of(key);
            if !fields.has(key) {
                fields.missing(key);
            }
            let bands = fields.pairs(key);
            let worse = |a: &(f64, f64), b: &(f64, f64)| if at_most { a.0 < b.0 } else { a.0 > b.0 };
            limits(metric, bands.iter().map(|(limit, _)| *limit), place, errors);
            if !bands.is_sorted_by(worse) {
                let (rise, rise_en) = if at_most { ("递增", "rise") } else { ("递减", "fall") };
                let message = format!(
                    "“{key}” 的各档应由好到差，界限{rise} / the bands of \"{key}\" go from the best to the worst: their limits must {rise_en}"
                );
                errors.add(place, "book-value", message);
            }
            let otherwise = fields.number("else").unwrap_or(0.0);
            let weight_place = fields.place_of("weight");
            let weight = fields.number("weight").unwrap_or(1.0);
            if weight == 0.0 {
                errors.add(weight_place, "book-value", "weight 不能是 0 / weight cannot be 0");
            }
            fields.finish();
            Some(Band { metric: metric?, bands, at_most, otherwise, weight })
        };
        let level = |mut fields: Fields| {
            let level = (fields.number("from").unwrap_or(0.0), fields.need_text("title").text);
            fields.finish();
            level
        };
        let sheet = |mut fields: Fields| {
            let (id, title) = (fields.need_text("id").text, fields.need_text("title").text);
            let by = fields.choice("by", &PARTS).unwrap_or("agent");
            let [item_place, level_place] = ["item", "level"].map(|key| fields.place_of(key));
            if !fields.has("item") {
                fields.missing("item");
            }
            let items: Vec<Band> = fields.tables("item").into_iter().filter_map(item).collect();
            let mut levels: Vec<(f64, String)> = fields.tables("level").into_iter().map(level).collect();
            sort::by(&mut levels, |a, b| b.0.total_cmp(&a.0));
            fields.finish();
            let ids = items.iter().map(|item| item.metric.id);
            if ids.clone().enumerate().any(|(at, id)| ids.clone().skip(at + 1).any(|other| other == id)) {
                errors.add(item_place, "book-duplicate", "一个数据写了两次 item / one figure has two items");
            }
            if !levels.is_sorted_by(|a, b| a.0 > b.0) {
                errors.add(level_place, "book-duplicate", "两个 level 的 from 相同 / two levels have the same from");
            }
            let most = stats::sum(items.iter().map(Band::most));
            if levels.first().is_some_and(|(from, _)| *from > most) {
                let message =
                    format!("最多得 {most} 分，够不到最高的 level / there are {most} points at most: the highest level is out of reach");
                errors.add(level_place, "book-never", message);
            }
            PaySheet { id, title, by, items, levels }
        };
        Self { kpis: kpis.into_iter().filter_map(kpi).collect(), pay: pay.into_iter().map(sheet).collect(), lines: Vec::new() }
    }

    /// With the lines that rules suggest: a rule's id and its line.
    #[must_use]
    pub fn with_lines(self, lines: impl IntoIterator<Item = (String, String)>) -> Self {
        Self { lines: lines.into_iter().collect(), ..self }
    }

    pub(super) fn line(&self, rule: &str) -> Option<&str> {
        self.lines.iter().find(|(id, _)| id == rule).map(|(_, line)| line.as_str())
    }

    /// The tables `kpi` and `pay` of figures that have been counted; `before` are those that the period before is known to have.
    pub(super) fn fill(&self, figures: &mut Figures, before: &[Metric]) {
        for kpi in &self.kpis {
            let own = |m: &&Metric| m.id == kpi.metric.id && m.by.as_ref().is_none_or(|by| kpi.by == Some(by.kind));
            let rows = figures.metrics.iter().filter(own).map(|metric| kpi.row(metric));
            figures.tables.kpi.extend(rows);
        }
        let (metrics, before) = (by_part(&figures.metrics), by_part(before));
        for sheet in &self.pay {
            let Tables { agents, people, teams, shifts, .. } = &figures.tables;
            let table = match sheet.by {
                "person" => people,
                "team" => teams,
                "shift" => shifts,
                _ => agents,
            };
            let row = |agent: &AgentRow| PayRow {
                previous: agent.previous.as_ref().map(|old| old.as_ref().map(|old| sheet.row(&old.agent, &before).into())),
                ..sheet.row(&agent.agent, &metrics)
            };
            let mut rows: Vec<PayRow> = table.iter().map(row).collect();
            sort::by(&mut rows, |a, b| b.points.total_cmp(&a.points));
            figures.tables.pay.append(&mut rows);
        }
    }
}

/// Figures by their id and by the kind and name of what they are told of; `None` is the whole shop.
type ByPart<'a> = HashMap<(&'a str, Option<(&'a str, &'a str)>), &'a Metric>;

fn by_part(metrics: &[Metric]) -> ByPart<'_> {
    metrics.iter().map(|m| ((m.id, m.by.as_ref().map(|by| (by.kind, by.name.as_str()))), m)).collect()
}

impl Kpi {
    fn row(&self, metric: &Metric) -> KpiRow {
        let both = metric.value.zip(self.target);
        KpiRow {
            metric: metric.id,
            title: metric.title,
            title_en: metric.title_en,
            by: metric.by.clone(),
            value: metric.value,
            unit: metric.unit,
            interval: metric.interval,
            previous: metric.previous.flatten(),
            target: self.target,
            direction: self.target.map(|_| if self.at_most { "at_most" } else { "at_least" }),
            met: both.filter(|_| metric.is_settled()).map(|(value, target)| if self.at_most { value <= target } else { value >= target }),
            gap: both.map(|(value, target)| value - target),
            why: metric.why.clone(),
        }
    }
}

impl PaySheet {
    fn row(&self, agent: &str, metrics: &ByPart) -> PayRow {
        let items: Vec<PayItem> = self.items.iter().map(|band| band.of(self.by, agent, metrics)).collect();
        let points = stats::sum(items.iter().filter_map(|item| item.points));
        let complete = items.iter().all(|item| item.points.is_some());
        let level = self.levels.iter().find(|(from, _)| complete && points >= *from).map(|(_, title)| title.clone());
        let most = stats::sum(items.iter().map(|item| item.most));
        PayRow {
            sheet: self.id.clone(),
            title: self.title.clone(),
            agent: agent.into(),
            points,
            most,
            complete,
            level,
            items,
            previous: None,
        }
    }
}

impl Band {
    /// The most points that it can give.
    fn most(&self) -> f64 {
        self.bands.iter().map(|(_, points)| *points * self.weight).fold(self.otherwise * self.weight, f64::max)
    }

    fn of(&self, kind: &str, agent: &str, metrics: &ByPart) -> PayItem {
        let Definition { id, title, title_en, unit, .. } = *self.metric;
        let metric = metrics.get(&(id, Some((kind, agent))));
        let value = metric.and_then(|m| m.value);
        let reached = |value: f64| {
            let band = self.bands.iter().find(|(limit, _)| if self.at_most { value <= *limit } else { value >= *limit });
            band.map_or(self.otherwise, |(_, points)| *points) * self.weight
        };
        let settled = metric.is_none_or(|m| m.is_settled());
        let whole = || metrics.get(&(id, None))?.why.clone();
        let nothing = "期内没有这位客服的数据 / nothing of this agent in this period";
        PayItem {
            metric: id,
            title,
            title_en,
            value,
            unit,
            points: value.filter(|_| settled).map(reached),
            most: self.most(),
            why: match value {
                Some(_) => (!settled).then(|| UNSETTLED.into()),
                None => metric.and_then(|m| m.why.clone()).or_else(whole).or_else(|| Some(nothing.into())),
            },
        }
    }
}

/// Figures are not negative, but for a growth, and shares lie between 0 and 1: a limit of 2 was meant as 2 %.
fn limits(metric: Option<&Definition>, limits: impl Iterator<Item = f64>, place: Place, errors: &Errors) {
    let Some(Definition { id, unit, .. }) = metric else { return };
    let limits: Vec<f64> = limits.collect();
    if *id != GROWTH && limits.iter().any(|limit| *limit < 0.0) {
        errors.add(place, "book-value", format!("“{id}” 不会小于 0 / \"{id}\" is never below 0"));
    }
    if *unit != "ratio" || BEYOND_1.contains(id) {
        return;
    }
    if let Some(limit) = limits.iter().find(|limit| **limit > 1.0) {
        let share = limit / 100.0;
        let message = format!("“{id}” 是比率，{limit}% 应写成 {share} / \"{id}\" is a share: write {share} for {limit} %");
        errors.add(place, "book-value", message);
    }
}

/// Ratios that are no shares of anything.
const BEYOND_1: [&str; 2] = ["response.message_ratio", GROWTH];
const GROWTH: &str = "sales.per_order_growth";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        metric::{
            Facts, Options, measure,
            sample::{orders, signals, talk, talk_with},
        },
        side,
        toml::parse,
    };
    use alloc::{collections::BTreeSet, vec};

    fn board(text: &str) -> Board {
        let errors = Errors::new(["book.toml"]);
        let mut book = Fields::new(parse(text, 0, &errors), &errors);
        let board = Board::read(book.tables("kpi"), book.tables("pay"), &errors);
        book.finish();
        assert_eq!(errors.into_vec(), vec![]);
        board
    }

    fn facts() -> Facts {
        let orders = orders(
            "order_id,buyer,created_at,paid_at,state,paid_amount
1,甲,2026-01-05 10:30:00,2026-01-05 10:31:00,交易成功,100
2,乙,2026-01-05 11:30:00,2026-01-05 11:31:00,交易成功,50
3,丙,2026-01-05 12:30:00,,等待买家付款,30
4,别人,2026-01-06 12:30:00,,等待买家付款,30
",
        );
        let contacts = vec![
            talk("甲", "2026-01-05", "10:00:00 买家\n10:00:08 客服小美"),
            talk("乙", "2026-01-05", "11:00:00 买家\n11:00:40 客服小美"),
            talk("丙", "2026-01-05", "12:00:00 买家\n12:00:30 客服小敏"),
            talk_with("丁", "2026-01-05", "13:00:00 买家\n13:00:31 客服小敏", signals(&["complaint"])),
        ];
        let ratings = "顾客,客服,满意度\n甲,小美,满意\n丙,小敏,一般\n";
        let mut side = side::read("ratings.csv", ratings.as_bytes(), &side::SideOptions::default()).side;
        let roster = "客服账号,姓名,组别,班次\n小美,王美,售前,白班\n小敏,李敏,售前,晚班\n";
        side.merge(&side::read("roster.csv", roster.as_bytes(), &side::SideOptions::default()).side);
        Facts { orders, contacts, side, ..Facts::default() }
    }

    /// A sheet as shops write it: points by bands, summed up to a level.
    #[test]
    fn a_pay_sheet_by_hand() {
        let board = board(
            "
[[pay]]
id = 'month'
title = '月度绩效'
level = [{ from = 650, title = '金牌' }, { from = 300, title = '银牌' }]
[[pay.item]]
metric = 'sales.per_buyer'
at_least = [[70, 100], [60, 80]]
else = 50
[[pay.item]]
metric = 'inquiry.payment_conversion'
at_least = [[0.42, 500], [0.39, 450], [0.35, 350]]
else = 200
[[pay.item]]
metric = 'response.mean'
at_most = [[18, 100], [24, 80], [35, 60]]
weight = 0.5
",
        );
        let pay = measure(&facts(), &Options { board, ..Options::default() }).tables.pay;
        let rows: Vec<_> = pay.iter().map(|row| (&*row.agent, row.points, row.most, row.complete, row.level.as_deref())).collect();
        // 小美: (100 + 50) / 2 = 75 yuan → 100; 2 of 2 paid → 500; 24 s → 80 × 0.5. 小敏: nobody paid, so no amount per buyer;
        // 0 of 2 → 200; 30.5 s → 60 × 0.5.
        assert_eq!(rows, [("小美", 640.0, 650.0, true, Some("银牌")), ("小敏", 230.0, 650.0, false, None)]);
        let points: Vec<_> = pay[1].items.iter().map(|item| (item.metric, item.value, item.points)).collect();
        assert_eq!(
            points,
            [
                ("sales.per_buyer", None, None),
                ("inquiry.payment_conversion", Some(0.0), Some(200.0)),
                ("response.mean", Some(30.5), Some(30.0))
            ]
        );
        assert!(pay[1].items[0].why.as_deref().is_some_and(|why| why.contains("credited to this agent")));
    }

    #[test]
    fn points_of_the_day_before() {
        let board = board(
            "
[[pay]]
id = 'a'
title = '甲'
[[pay.item]]
metric = 'response.mean'
at_most = [[10, 100], [30, 60]]
[[pay.item]]
metric = 'inquiry.payment_conversion'
at_least = [[0.5, 10]]
",
        );
        let mut facts = facts();
        facts.contacts.push(talk("戊", "2026-01-04", "10:00:00 买家\n10:00:20 客服小美"));
        let pay = |period: Option<&str>| {
            let period = period.and_then(crate::metric::Period::parse);
            let rows = measure(&facts, &Options { board: board.clone(), period, ..Options::default() }).tables.pay;
            let old = |row: PayRow| (row.agent, row.previous.map(|old| old.map(|old| (old.points, old.complete))));
            rows.into_iter().map(old).collect::<Vec<_>>()
        };
        // On the 4th 小美 answered after 20 seconds; the orders begin on the 5th, so nobody knows who paid then.
        let mei = ("小美".into(), Some(Some((60.0, false))));
        assert_eq!(pay(Some("2026-01-05..2026-01-05")), [mei, ("小敏".into(), Some(None))]);
        assert_eq!(pay(Some("2026-01-04..2026-01-04")), [("小美".into(), None)], "nothing is known of the day before");
        assert!(pay(None).iter().all(|(_, old)| old.is_none()));
    }

    #[test]
    fn pay_by_person_and_targets_by_team() {
        let board = board(
            "
[[kpi]]
metric = 'service.csat'
by = 'team'
at_least = 0.5
[[pay]]
id = 'a'
title = '甲'
by = 'person'
[[pay.item]]
metric = 'service.csat'
at_least = [[0.9, 10]]
",
        );
        let tables = measure(&facts(), &Options { board, ..Options::default() }).tables;
        let pay: Vec<_> = tables.pay.iter().map(|row| (&*row.agent, row.points)).collect();
        assert_eq!(pay, [("王美", 10.0), ("李敏", 0.0)]);
        let kpi: Vec<_> = tables.kpi.iter().map(|row| (row.by.as_ref().map(|by| &*by.name), row.value, row.met)).collect();
        assert_eq!(kpi, [(None, Some(0.5), Some(true)), (Some("售前"), Some(0.5), Some(true))]);
    }

    #[test]
    fn what_is_mostly_unknown_meets_no_target() {
        use crate::metric::sample::{signals, talk_with};
        let board = board(
            "[[kpi]]\nmetric = 'service.complaint_rate'\nat_most = 0.6\n[[kpi]]\nmetric = 'service.first_contact_resolution'\nat_least = 0.5\n",
        );
        let talk = |buyer: &str| talk_with(buyer, "2026-01-05", "10:00:00 买家\n10:00:09 客服小美", signals(&[]));
        let met = |buyers: &[&str], as_of: &str| {
            let contacts = buyers.iter().map(|buyer| talk(buyer)).collect();
            let options = Options { board: board.clone(), as_of: crate::metric::day(as_of), ..Options::default() };
            let kpi = measure(&Facts { contacts, ..Facts::default() }, &options).tables.kpi;
            kpi.iter().filter(|row| row.by.is_none()).map(|row| (row.value.is_some(), row.met)).collect::<Vec<_>>()
        };
        assert_eq!(met(&["甲", "乙"], "2026-02-05"), [(true, Some(true)); 2]);
        // Nobody knows yet who comes back within seven days.
        assert_eq!(met(&["甲", "乙"], "2026-01-06"), [(true, Some(true)), (true, None)]);
        // Most talks name no buyer.
        assert_eq!(met(&["甲", "", ""], "2026-02-05")[0], (true, None));
    }

    #[test]
    fn sums_and_campaigns_that_are_not_settled_meet_no_target() {
        let met = |facts: &Facts, metric: &str, as_of: &str| {
            let board = board(&format!("[[kpi]]\nmetric = '{metric}'\nat_least = 0.9"));
            let kpi = measure(facts, &Options { board, as_of: crate::metric::day(as_of), ..Options::default() }).tables.kpi;
            (kpi[0].value.is_some(), kpi[0].met)
        };
        let contacts = ["戊", "己", "庚"].map(|buyer| talk(buyer, "2026-01-05", "10:00:00 买家\n10:00:08 客服小美"));
        let open = Facts { contacts: contacts.into(), ..facts() };
        assert_eq!(met(&open, "sales.inquiry_amount", "2026-01-05"), (true, None));
        assert_eq!(met(&open, "sales.inquiry_amount", "2026-01-06"), (true, Some(false)));

        let sold = |known: u8| {
            let row = |number| format!("{number},甲,2026-01-05 10:00:00,{}\n", if number < known { "0.01" } else { "" });
            orders(&(String::from("order_id,buyer,paid_at,paid_amount\n") + &(0..10).map(row).collect::<String>()))
        };
        let of = |known| met(&Facts { orders: sold(known), ..Facts::default() }, "sales.paid_amount", "2026-01-06");
        assert_eq!((of(1), of(5)), ((true, None), (true, Some(false))));

        // Of nine of ten rounds the minutes leave open whether 30 seconds were kept.
        let minute = |number: u8| {
            let mut one = talk(&format!("b{number}"), "2026-01-05", "10:00:00 买家\n10:00:00 客服小美");
            one.rounds.iter_mut().for_each(|round| round.to_minute = number > 0);
            one
        };
        let minutes = Facts { contacts: (0..10).map(minute).collect(), ..Facts::default() };
        assert_eq!(met(&minutes, "response.within_30s", "2026-01-06"), (true, None));

        let reached = "活动,会员名,触达时间\n焕新,戊,2026-01-05 10:00:00\n焕新,己,2026-01-05 10:00:00\n焕新,庚,2026-01-05 10:00:00\n";
        let campaign = Facts { side: side::read("b.csv", reached.as_bytes(), &side::SideOptions::default()).side, ..facts() };
        assert_eq!(met(&campaign, "campaigns.response_rate", "2026-01-05"), (true, None));
        assert_eq!(met(&campaign, "campaigns.response_rate", "2026-01-20"), (true, Some(false)));
    }

    /// Whose buyers may all order yet has neither met a target nor earned points.
    #[test]
    fn what_is_not_settled_gives_no_points() {
        let board = board(
            "[[kpi]]\nmetric = 'inquiry.payment_conversion'\nby = 'agent'\nat_least = 0.3\n[[pay]]\nid = 'a'\ntitle = '甲'\n\
             level = [{ from = 0, title = '铜牌' }]\n[[pay.item]]\nmetric = 'inquiry.payment_conversion'\nat_least = [[0.3, 10]]\nelse = 5\n",
        );
        let mut facts = facts();
        facts.contacts.push(talk("戊", "2026-01-05", "14:00:00 买家\n14:00:05 客服小敏"));
        let rows = |as_of: &str| {
            let options = Options { board: board.clone(), as_of: crate::metric::day(as_of), ..Options::default() };
            let tables = measure(&facts, &options).tables;
            let met: Vec<_> = tables.kpi.iter().filter(|row| row.by.is_some()).map(|row| row.met).collect();
            let pay = tables.pay.into_iter().map(|row| (row.agent, row.items[0].points, row.complete, row.level.is_some(), row.points));
            (met, pay.collect::<Vec<_>>())
        };
        // Two of three buyers of 小敏 may order until the end of the 6th; those of 小美 have.
        let mei = ("小美".into(), Some(10.0), true, true, 10.0);
        assert_eq!(rows("2026-01-05"), (vec![Some(true), None], vec![mei.clone(), ("小敏".into(), None, false, false, 0.0)]));
        assert_eq!(rows("2026-01-06"), (vec![Some(true), Some(false)], vec![mei, ("小敏".into(), Some(5.0), true, true, 5.0)]));
    }

    #[test]
    fn targets_per_agent_stand_below_the_shops() {
        let board = board("[[kpi]]\nmetric = 'service.complaint_rate'\nby = 'agent'\nat_most = 0.3");
        let kpi = measure(&facts(), &Options { board, ..Options::default() }).tables.kpi;
        let rows: Vec<_> = kpi.iter().map(|row| (row.by.as_ref().map(|by| &*by.name), row.value, row.met)).collect();
        assert_eq!(rows, [(None, Some(0.25), Some(true)), (Some("小美"), Some(0.0), Some(true)), (Some("小敏"), Some(0.5), Some(false))]);
    }

    #[test]
    fn figures_per_agent_are_those_that_say_so() {
        let found = measure(&facts(), &Options::default());
        let told: BTreeSet<&str> =
            found.metrics.iter().filter(|m| m.by.as_ref().is_some_and(|by| by.kind == "agent")).map(|m| m.id).collect();
        let said: BTreeSet<&str> = definitions().map(|d| d.id).filter(|id| per_agent(id)).collect();
        assert_eq!(told, said);
    }
}
