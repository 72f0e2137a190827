//! Reports of the platforms themselves (生意参谋, 赤兔, 飞鸽, PDD, JD): the figures that they give, to stand beside ours.

mod reports;

use super::{
    AGENT, Entry, Field, Holds, Kind, Side, SideFile, SideOptions, Table,
    read::{exclude, usable},
};
use crate::{
    input::csv::Row,
    order::{self, NONE, Number},
    sort,
    time::{Day, Time},
};
use alloc::{format, string::String, vec::Vec};
use hashbrown::HashMap;
use reports::{
    Column, REPORTS, Report,
    Shape::{self, *},
};

/// A figure as a platform gives it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Given<'a> {
    /// The figure of ours that it is about; `None` where we have none.
    pub id: Option<&'static str>,
    /// The agent's account; `None` for the whole shop.
    pub agent: Option<&'a str>,
    /// The value: a share as 0.625, a time in seconds, an amount in yuan.
    pub value: f64,
    /// `ratio seconds yuan count`.
    pub unit: &'static str,
    /// `taobao pdd jd douyin`, `chitu` (赤兔), or `generic` for columns that the user mapped.
    pub platform: &'static str,
    /// The column's header as it is written.
    pub header: &'a str,
    /// The report's file.
    pub file: &'a str,
    /// The days that it covers, `2026-01-01..2026-01-31`, where it says so.
    pub period: Option<&'a str>,
    /// How the platform counts, where that is known.
    pub standard: Option<&'static str>,
}

const WHO: usize = 0;
const HEADER: usize = 1;
const FILE: usize = 2;
const PERIOD: usize = 3;
const COLUMN: usize = 4;
const VALUE: usize = 5;

/// One row for each cell of a report.
pub(super) const TABLE: Table = Table {
    id: "given",
    title: "平台报表 / a platform's report",
    fields: &[
        Field { id: "agent", holds: Holds::Text, names: AGENT },
        Field { id: "header", holds: Holds::Text, names: &["header"] },
        Field { id: "file", holds: Holds::Text, names: &["file"] },
        Field { id: "date", holds: Holds::Text, names: DATE },
        Field { id: "column", holds: Holds::Made, names: &["column"] },
        Field { id: "value", holds: Holds::Made, names: &["value"] },
    ],
    needs: &[],
    later: 0,
};

const DATE: &[&str] = &["date", "日期", "统计日期", "统计时间", "数据日期", "时间段", "统计周期"];

/// The fields that a map of columns can name.
pub(super) fn fields() -> impl Iterator<Item = &'static str> {
    let mapped = REPORTS.last().map_or(&[][..], |report| report.columns);
    ["agent", "date"].into_iter().chain(mapped.iter().filter_map(|column| column.id))
}

/// A column by the number that the rows of [`TABLE`] carry.
fn column(number: i64) -> Option<(&'static Report, &'static Column)> {
    let number = usize::try_from(number).ok()?;
    let report = REPORTS.get(number / STEP)?;
    Some((report, report.columns.get(number % STEP)?))
}

/// Numbers of columns per report.
const STEP: usize = 100;

/// Reads one report.
pub(super) struct Reports {
    report: &'static Report,
    agent: Option<usize>,
    date: Option<usize>,
    /// Place in the row, number for [`column`], and the column.
    columns: Vec<(usize, i64, &'static Column)>,
    /// The days that the report as a whole says it covers.
    period: Option<String>,
    /// The figures of the whole shop as rows of [`TABLE`], of one period after the other, and how sure they are.
    shop: Vec<(usize, Vec<i64>)>,
    /// Where those of a period stand; the report's own is the empty one.
    periods: HashMap<String, u32>,
    /// Of lists of conversations, by agent and column: sums above and below the line.
    sums: HashMap<(u32, i64), (i64, i64)>,
}

impl Reports {
    /// A reader of a report that is known, or that the user maps.
    pub fn of(headers: &[String], options: &SideOptions, period: Option<String>) -> Option<Self> {
        if options.kind.is_some_and(|kind| kind != Kind::Given) {
            return None;
        }
        let keys: Vec<String> = headers.iter().map(|header| order::key(header)).collect();
        let find = |name: &str| {
            let wanted = order::key(name);
            keys.iter().position(|key| *key == wanted).or_else(|| keys.iter().position(|key| order::bare(key) == wanted))
        };
        let mapped = options.kind.is_some() && !options.columns.is_empty();
        let known = |report: &Report| report.marks.iter().any(|marks| marks.iter().all(|mark| find(mark).is_some()));
        let at = if mapped { REPORTS.len() - 1 } else { REPORTS.iter().position(known)? };
        let report = REPORTS.get(at)?;
        let told = |field: &str| options.columns.iter().find(|(id, _)| mapped && id == field).map(|(_, header)| find(header));
        let first = |names: &[&str]| names.iter().find_map(|name| find(name));
        let mut columns = Vec::new();
        for (number, column) in (0_i64..).zip(report.columns) {
            let number = (at * STEP) as i64 + number;
            if mapped {
                columns.extend(column.id.and_then(told).flatten().map(|place| (place, number, column)));
                continue;
            }
            // A name stands for all columns that only a remark in brackets tells apart, but for those that have a name of their own.
            let named = |key: &str| column.names.iter().any(|name| order::key(name) == key);
            let other = |key: &str| report.columns.iter().flat_map(|column| column.names).any(|name| order::key(name) == key);
            for (place, key) in keys.iter().enumerate() {
                if named(key) || (named(order::bare(key)) && !other(key)) {
                    columns.push((place, number, column));
                }
            }
        }
        let agent = told("agent").unwrap_or_else(|| first(report.agent));
        let date = told("date").unwrap_or_else(|| first(DATE));
        (!columns.is_empty()).then(|| Self {
            report,
            agent,
            date,
            columns,
            period,
            shop: Vec::new(),
            periods: HashMap::new(),
            sums: HashMap::new(),
        })
    }

    /// Whether a row is a conversation.
    pub const fn lists_conversations(&self) -> bool {
        self.report.conversations
    }

    /// The place of each of [`fields`].
    pub fn places(&self) -> Vec<Option<usize>> {
        let of = |field| self.columns.iter().find(|(.., column)| column.id == Some(field)).map(|(place, ..)| *place);
        fields()
            .map(|field| match field {
                "agent" => self.agent,
                "date" => self.date,
                _ => of(field),
            })
            .collect()
    }

    /// Takes in the row of an agent, or of the whole shop.
    pub fn row(&mut self, row: &Row, result: &mut SideFile) {
        let Some(first) = row.iter().map(order::clean).find(|cell| !cell.is_empty()) else { return };
        // What a row sums up stands first, or behind its day where the agent would.
        let heads = [first, self.agent.map_or(first, |place| order::clean(row.get(place)))];
        // Means over the agents and what other shops reach are no figures of this one.
        let rank = heads.iter().find_map(|head| SHOP.iter().position(|name| name.as_bytes() == *head));
        if rank.is_none() && heads.iter().any(|head| head.len() <= 24 && order::sums_up(head)) {
            return exclude(result, "summary-row");
        }
        if !usable(row, result) {
            return;
        }
        let mut who = NONE;
        if let Some(place) = self.agent.filter(|_| rank.is_none()) {
            let name = account(row.get(place));
            if order::is_masked(row.get(place)) || name.is_empty() {
                return exclude(result, if order::is_masked(row.get(place)) { "masked-agent" } else { "no-agent" });
            }
            who = i64::from(result.side.names.intern(&name));
        }
        let period = self.date.and_then(|place| period(&order::text(row.get(place)))).or_else(|| self.period.clone());
        let mut cells = Vec::new();
        for &(place, number, column) in &self.columns {
            if let Some(value) = read(row, place, column, result) {
                put(&mut cells, result, [who, number, value], &[place], period.as_deref());
            }
        }
        // The whole shop's own row is worth more than a sum over agents; one of them is used.
        let Some(rank) = rank else {
            result.used += 1;
            return append(result, &mut cells);
        };
        let at = *self.periods.entry(period.unwrap_or_default()).or_insert(self.shop.len() as u32);
        match self.shop.get_mut(at as usize) {
            None => {
                result.used += 1;
                self.shop.push((rank, cells));
            }
            Some((known, kept)) => {
                exclude(result, "summary-row");
                if rank < *known {
                    (*known, *kept) = (rank, cells);
                }
            }
        }
    }

    /// Takes in a conversation.
    pub fn conversation(&mut self, row: &Row, result: &mut SideFile) {
        let name = self.agent.map(|place| account(row.get(place))).filter(|name| !name.is_empty());
        let agent = name.map(|name| result.side.names.intern(&name));
        for &(place, number, column) in &self.columns {
            let Some(value) = read(row, place, column, result) else { continue };
            let id = self.columns.iter().find(|(.., other)| other.id == column.id).map_or(number, |(_, first, _)| *first);
            let added = match column.shape {
                Above => (value, 0),
                Below => (0, value),
                _ => (value, MILLION),
            };
            for who in [Some(u32::MAX), agent].into_iter().flatten() {
                let sum = self.sums.entry((who, id)).or_insert((0, 0));
                *sum = (sum.0.saturating_add(added.0), sum.1.saturating_add(added.1));
            }
        }
    }

    /// What is left to do when all rows are in.
    pub fn finish(self, result: &mut SideFile) {
        let mut cells: Vec<i64> = self.shop.into_iter().flat_map(|(_, cells)| cells).collect();
        let mut sums: Vec<_> = self.sums.into_iter().filter(|(_, (_, below))| *below > 0).collect();
        sort::by_key(&mut sums, |((who, id), _)| (*who, *id));
        for ((who, id), (above, below)) in sums {
            let places: Vec<usize> = match column(id) {
                Some((_, one)) => self.columns.iter().filter(|(.., other)| other.id == one.id).map(|(place, ..)| *place).collect(),
                None => continue,
            };
            let mean = (i128::from(above) * i128::from(MILLION) + i128::from(below / 2)) / i128::from(below);
            let who = if who == u32::MAX { NONE } else { i64::from(who) };
            put(&mut cells, result, [who, id, mean as i64], &places, self.period.as_deref());
        }
        append(result, &mut cells);
    }
}

/// First cells of the row of the whole shop, the surest first.
const SHOP: &[&str] =
    &["全店汇总值", "全店汇总", "全店合计", "全店", "店铺汇总值", "店铺汇总", "汇总值", "汇总", "合计", "总计", "total", "Total"];

const MILLION: i64 = 1_000_000;

/// One more row of [`TABLE`].
fn put(cells: &mut Vec<i64>, result: &mut SideFile, [who, number, value]: [i64; 3], places: &[usize], period: Option<&str>) {
    let headers: Vec<&str> = places.iter().filter_map(|place| result.headers.get(*place)).map(String::as_str).collect();
    let names = &mut result.side.names;
    let mut name = |text: &str| i64::from(names.intern(text));
    let (header, file) = (name(&headers.join("/")), name(&result.file));
    cells.extend([who, header, file, period.map_or(NONE, name), number, value]);
}

fn append(result: &mut SideFile, cells: &mut Vec<i64>) {
    if let Some(rows) = result.side.rows.get_mut(Kind::Given as usize) {
        rows.append(cells);
    }
}

/// An agent's account as chats name it.
fn account(cell: &[u8]) -> String {
    let name = order::text(cell).replace('：', ":");
    name.strip_prefix("cntaobao").unwrap_or(&name).into()
}

/// The value of a cell in millionths; `None` where there is none, or none that can be read.
fn read(row: &Row, place: usize, column: &Column, result: &mut SideFile) -> Option<i64> {
    let header = result.headers.get(place).map_or("", String::as_str);
    let value = value(row.get(place), column.shape, header.contains(['%', '％']));
    value.unwrap_or_else(|()| {
        let message = "这一格不是这一列的数字，未使用 / this cell is no number that fits this column; not used";
        result.problems.push(row.problem(place, "bad-number", message, &result.file));
        None
    })
}

fn value(cell: &[u8], shape: Shape, mut percent: bool) -> Result<Option<i64>, ()> {
    let text = order::text(cell);
    let mut bare = text.trim_end_matches(['秒', 's', 'S']);
    if let (Share | Ratio, Some(rest)) = (shape, text.strip_suffix(['%', '％'])) {
        (bare, percent) = (rest, true);
    }
    let value = match order::number(bare.as_bytes()) {
        Number::Value(value) => value,
        Number::Nothing => return Ok(None),
        Number::Unreadable if shape == Seconds => clock(&text).ok_or(())?,
        Number::Unreadable => return Err(()),
    };
    let value = if percent && matches!(shape, Share | Ratio) { value / 100 } else { value };
    if value < 0 || (shape == Share && value > MILLION) { Err(()) } else { Ok(Some(value)) }
}

/// `8分48秒`, `1小时2分`, `00:08:48` in millionths of a second.
fn clock(text: &str) -> Option<i64> {
    let parts = text.split([':', '：', '小', '时', '分', '秒', '钟']).filter(|part| !part.trim().is_empty());
    let parts: Vec<i64> = parts.map(|part| part.trim().parse::<u16>().map(i64::from)).collect::<Result<_, _>>().ok()?;
    let sum = |units: &[i64]| parts.iter().zip(units).map(|(part, unit)| part * unit).sum::<i64>() * MILLION;
    match (text.contains('时'), text.contains('分'), text.contains([':', '：']), parts.len()) {
        (true, _, _, 1..=3) | (false, _, true, 3) => Some(sum(&[3600, 60, 1])),
        (false, true, _, 1..=2) | (false, false, true, 2) => Some(sum(&[60, 1])),
        _ => None,
    }
}

/// The first and the last day that a text names, as `2026-01-01..2026-01-31`.
pub(super) fn period(text: &str) -> Option<String> {
    let days: Vec<Day> = text
        .split(|c: char| !c.is_ascii_digit() && !matches!(c, '-' | '/' | '.' | '年' | '月' | '日'))
        .map(|part| part.trim_matches(['-', '/', '.']))
        .filter(|part| part.len() >= 8)
        .filter_map(|part| Time::parse(part).map(Time::day))
        .collect();
    Some(format!("{}..{}", days.iter().min()?, days.iter().max()?))
}

impl Side {
    /// What the platforms' own reports give, in the order of their files.
    pub fn given(&self) -> impl Iterator<Item = Given<'_>> {
        self.entries(Kind::Given).filter_map(Given::of)
    }
}

impl<'a> Given<'a> {
    fn of(entry: Entry<'a>) -> Option<Self> {
        let (report, column) = column(entry.number(COLUMN)?)?;
        Some(Self {
            id: column.id,
            agent: entry.text(WHO),
            value: entry.number(VALUE)? as f64 / MILLION as f64,
            unit: column.shape.unit(),
            platform: report.platform,
            header: entry.text(HEADER)?,
            file: entry.text(FILE)?,
            period: entry.text(PERIOD),
            standard: column.standard,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_of_reports() {
        for (cell, shape, want) in [
            ("62.5%", Share, Ok(Some(625_000))),
            ("0.625", Share, Ok(Some(625_000))),
            ("６２.５％", Share, Ok(Some(625_000))),
            ("98", Share, Err(())),
            ("120.5%", Ratio, Ok(Some(1_205_000))),
            ("1.1933", Ratio, Ok(Some(1_193_300))),
            ("-", Share, Ok(None)),
            ("延迟统计", Share, Ok(None)),
            ("38.5秒", Seconds, Ok(Some(38_500_000))),
            ("8分48秒", Seconds, Ok(Some(528 * MILLION))),
            ("1小时2分3秒", Seconds, Ok(Some(3723 * MILLION))),
            ("00:08:48", Seconds, Ok(Some(528 * MILLION))),
            ("1000:00:00", Seconds, Ok(Some(3_600_000 * MILLION))),
            ("4294967295:00:00", Seconds, Err(())),
            ("很快", Seconds, Err(())),
            ("1,205.50元", Yuan, Ok(Some(1_205_500_000))),
            ("-3", Count, Err(())),
        ] {
            assert_eq!(value(cell.as_bytes(), shape, false), want, "{cell}");
        }
        assert_eq!(value(b"62.5", Share, true), Ok(Some(625_000)), "the header says %");
    }

    #[test]
    fn periods_as_reports_write_them() {
        for (text, want) in [
            ("2026-04-19", Some("2026-04-19..2026-04-19")),
            ("统计时间：2026-04-01 ~ 2026-04-30", Some("2026-04-01..2026-04-30")),
            ("自定义报表_人均日接入_2026-04-01至2026-04-07.xlsx", Some("2026-04-01..2026-04-07")),
            ("2026年4月1日 至 2026年4月2日", Some("2026-04-01..2026-04-02")),
            ("report-7.csv", None),
        ] {
            assert_eq!(period(text).as_deref(), want, "{text}");
        }
    }

    #[test]
    fn every_column_is_a_field_that_can_be_mapped() {
        for report in REPORTS {
            assert!(report.columns.len() <= STEP);
            for id in report.columns.iter().filter_map(|column| column.id) {
                assert!(fields().any(|field| field == id), "{id}");
            }
        }
    }
}
