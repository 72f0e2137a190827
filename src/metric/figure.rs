//! One figure with everything that explains it, and the list of those there are.

use super::{FigureRows, Period, Tables, stats, totals::Sum};
use crate::sort;
use crate::time::Day;
use alloc::{collections::BTreeMap, format, string::String, vec::Vec};
use serde::{Serialize, Serializer};

/// What a figure is, whatever its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Definition {
    /// One of the ids of the contract.
    pub id: &'static str,
    /// What shops call it.
    pub title: &'static str,
    /// The same in English.
    pub title_en: &'static str,
    /// See [`Metric::unit`].
    pub unit: &'static str,
    /// See [`Metric::formula`].
    pub formula: &'static str,
}

/// Every figure there is, in the order of the contract.
///
/// ```
/// let per_buyer = huashu::metric::definitions().find(|d| d.id == "sales.per_buyer").unwrap();
/// assert_eq!(per_buyer.title, "客单价");
/// ```
pub fn definitions() -> impl Iterator<Item = &'static Definition> {
    super::FAMILIES.iter().copied().flatten()
}

/// Whether there is a figure of each agent too, and with a roster of each person, team and shift.
pub(super) fn per_agent(id: &str) -> bool {
    const OTHERS: [&str; 5] =
        ["sales.inquiry_amount", "sales.per_buyer", "service.csat", "service.complaint_rate", "service.first_contact_resolution"];
    id.starts_with("response.") || id.starts_with("inquiry.") || OTHERS.contains(&id)
}

/// Whether there is a figure of each product too.
pub(super) fn per_product(id: &str) -> bool {
    const OTHERS: [&str; 9] = [
        "orders.paid",
        "orders.buyers",
        "sales.paid_amount",
        "sales.net_amount",
        "sales.per_buyer",
        "payment.order_rate",
        "refund.order_rate",
        "refund.amount_rate",
        "service.complaint_rate",
    ];
    ["inquiry.", "repurchase.", "cycle.", "response."].iter().any(|family| id.starts_with(family)) || OTHERS.contains(&id)
}

/// Whether there is a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// There is.
    Ok,
    /// The input cannot carry it; [`Metric::why`] says what is missing.
    Unavailable,
}

/// The part of the shop that a figure is about; as JSON `{"agent": "小美"}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct By {
    /// `agent`, `person`, `team`, `shift`, `hour` (`0`–`23`), `weekday` (`1` is Monday), `campaign`, `product`.
    pub kind: &'static str,
    /// Which one.
    pub name: String,
}

impl By {
    /// The parts of the shop that figures are told of.
    pub const KINDS: [&'static str; 8] = ["agent", "person", "team", "shift", "hour", "weekday", "campaign", "product"];

    /// A part of the shop; `None` where there is no such kind.
    ///
    /// ```
    /// use huashu::metric::By;
    /// assert_eq!(By::new("agent", "小美").unwrap().name, "小美");
    /// assert_eq!(By::new("desk", "3"), None);
    /// ```
    pub fn new(kind: &str, name: &str) -> Option<Self> {
        let kind = Self::KINDS.into_iter().find(|known| *known == kind)?;
        Some(Self { kind, name: name.into() })
    }

    /// Whether this is the part of that kind and name.
    pub(super) fn is(&self, (kind, name): (&str, &str)) -> bool {
        self.kind == kind && self.name == name
    }
}

impl Serialize for By {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map([(self.kind, &self.name)])
    }
}

/// What was left out of a figure, and how often.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Excluded {
    /// In kebab-case: `refunded`, `no-time`, `no-buyer`, `no-amount`, `return`, …
    pub reason: &'static str,
    /// How many orders, lines, conversations or rounds.
    pub count: u64,
}

/// One figure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Metric {
    /// One of the ids of the contract.
    pub id: &'static str,
    /// What shops call it.
    pub title: &'static str,
    /// The same in English.
    pub title_en: &'static str,
    /// Absent: the whole shop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<By>,
    /// The value; `null` where it is unavailable.
    pub value: Option<f64>,
    /// `orders buyers days yuan ratio seconds items conversations`. A ratio of 0.35 is 35 %.
    pub unit: &'static str,
    /// What stands above the line.
    pub numerator: Option<f64>,
    /// What stands below it; `null` where the figure is a plain count or sum.
    pub denominator: Option<f64>,
    /// Wilson's 95 % interval, for rates of counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<[f64; 2]>,
    /// The value in the period before, where a period was asked for and the data reaches back into it; `null` where it
    /// is unavailable there, as it is where the data begins after that period does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<Option<f64>>,
    /// In words, Chinese / English.
    pub formula: &'static str,
    /// The variant and the filters in force, Chinese / English, several joined by `; `.
    pub standard: String,
    /// The days it covers: those asked for, else those of the data; `null` where there are none.
    pub period: Option<Period>,
    /// Whether there is a value.
    pub status: Status,
    /// Why there is none and what to export instead, Chinese / English.
    pub why: Option<String>,
    /// What was left out.
    pub excluded: Vec<Excluded>,
    /// How many of those counted may still turn out otherwise.
    #[serde(skip)]
    pub(super) open: u64,
    /// How many were left out because somebody chose so, for a reason that else means want of data.
    #[serde(skip)]
    pub(super) by_choice: u64,
    /// Of a sum: how many are in it, and of how many buyers some are open.
    #[serde(skip)]
    pub(super) counted: Option<u64>,
    #[serde(skip)]
    pub(super) among: Option<u64>,
}

impl Metric {
    fn blank(definition: &'static Definition, period: Option<Period>) -> Self {
        Self {
            id: definition.id,
            title: definition.title,
            title_en: definition.title_en,
            by: None,
            value: None,
            unit: definition.unit,
            numerator: None,
            denominator: None,
            interval: None,
            previous: None,
            formula: definition.formula,
            standard: String::new(),
            period,
            status: Status::Unavailable,
            why: None,
            excluded: Vec::new(),
            open: 0,
            by_choice: 0,
            counted: None,
            among: None,
        }
    }

    /// A plain number: its own numerator, over nothing.
    pub(super) fn plain(&mut self, value: f64) -> &mut Self {
        self.value = Some(value);
        self.numerator = Some(value);
        self.status = Status::Ok;
        self.why = None;
        self
    }

    pub(super) fn count(&mut self, count: u64) -> &mut Self {
        self.plain(count as f64)
    }

    pub(super) fn cents(&mut self, cents: i128) -> &mut Self {
        self.plain(yuan(cents))
    }

    /// What is known of a sum, and of how many.
    pub(super) fn sum(&mut self, sum: Sum) -> &mut Self {
        self.counted = Some(sum.known);
        self.cents(sum.cents)
    }

    /// Numerator over denominator; without a denominator there is no value and `empty` says why.
    pub(super) fn over(&mut self, numerator: f64, denominator: f64, empty: &str) -> &mut Self {
        if denominator == 0.0 {
            self.unavailable(empty);
        } else {
            self.value = Some(numerator / denominator);
            self.status = Status::Ok;
            self.why = None;
        }
        self.numerator = Some(numerator);
        self.denominator = Some(denominator);
        self
    }

    /// A share of counted things, with its interval.
    pub(super) fn share(&mut self, part: u64, whole: u64, empty: &str) -> &mut Self {
        self.interval = stats::wilson(part, whole);
        self.over(part as f64, whole as f64, empty);
        self
    }

    pub(super) fn unavailable(&mut self, why: &str) -> &mut Self {
        self.value = None;
        self.numerator = None;
        self.denominator = None;
        self.interval = None;
        self.status = Status::Unavailable;
        self.why = Some(why.into());
        self
    }

    pub(super) fn left_out(&mut self, reason: &'static str, count: u64) -> &mut Self {
        if count > 0 {
            match self.excluded.iter_mut().find(|e| e.reason == reason) {
                Some(known) => known.count += count,
                None => self.excluded.push(Excluded { reason, count }),
            }
        }
        self
    }

    /// Whether most of what it is about is known: as much was counted as is not final or was left out for want of data.
    pub(super) fn is_settled(&self) -> bool {
        const UNKNOWN: [&str; 9] =
            ["no-amount", "no-buyer", "no-time", "unknown-state", "to-minute", "no-lines", "no-quantity", "refund-of-several", "no-chats"];
        let unknown: u64 = self.excluded.iter().filter(|left_out| UNKNOWN.contains(&left_out.reason)).map(|left_out| left_out.count).sum();
        let unknown = unknown.saturating_sub(self.by_choice);
        match (self.counted, self.denominator) {
            (Some(counted), _) => unknown <= counted && self.among.is_none_or(|among| self.open <= among.saturating_sub(self.open)),
            (None, counted) => counted.is_none_or(|counted| (unknown + self.open) as f64 <= counted - self.open as f64),
        }
    }

    /// Says how many of those counted may still turn out otherwise, because their time is not over.
    pub(super) fn not_over(&mut self, open: u64) -> &mut Self {
        self.open = open;
        if open > 0 {
            self.standard(&format!("尚未定局：{open} 个时限未到 / not final: those whose time is not over: {open}"));
        }
        self
    }

    /// Leaves out what lies on days of which chats or text messages tell nothing.
    pub(super) fn only_days(&mut self, days: Option<(Day, Day)>, outside: u64) -> &mut Self {
        let Some((first, last)) = days.filter(|_| outside > 0) else { return self };
        self.period = self.period.map(|all| Period { from: all.from.max(first), to: all.to.min(last) });
        self.left_out("no-chats", outside).standard(&format!(
            "只计有聊天或短信记录的日子 {first} 至 {last} / only the days that chats or text messages reach, {first}..{last}"
        ))
    }

    pub(super) fn standard(&mut self, part: &str) -> &mut Self {
        if !part.is_empty() {
            if !self.standard.is_empty() {
                self.standard.push_str("; ");
            }
            self.standard.push_str(part);
        }
        self
    }
}

/// Cents as yuan. Exact to the last bit that a double has: one division of whole numbers.
pub(super) fn yuan(cents: i128) -> f64 {
    cents as f64 / 100.0
}

/// The figures of one run, while they are counted.
pub(super) struct Sheet {
    pub metrics: Vec<Metric>,
    pub tables: Tables,
    /// The rows that are asked for, of the figures that give theirs while they are counted.
    pub behind: Option<FigureRows>,
    /// The days that the figures are about.
    pub period: Option<Period>,
    /// The part of the shop that all of it is about; `None`: the whole.
    part: Option<By>,
}

impl Sheet {
    pub fn new(period: Option<Period>) -> Self {
        Self { metrics: Vec::new(), tables: Tables::default(), behind: None, period, part: None }
    }

    /// Adds a figure of all that the sheet is about.
    pub fn add(&mut self, definition: &'static Definition, fill: impl FnOnce(&mut Metric)) {
        self.add_by(definition, None, fill);
    }

    /// Adds a figure of a part of that.
    pub fn add_by(&mut self, definition: &'static Definition, by: Option<By>, fill: impl FnOnce(&mut Metric)) {
        self.begin(definition, by);
        if let Some(metric) = self.metrics.last_mut() {
            fill(metric);
        }
    }

    /// Apart from what fills it, which is another for every figure.
    #[inline(never)]
    fn begin(&mut self, definition: &'static Definition, by: Option<By>) {
        let mut metric = Metric::blank(definition, self.period);
        metric.by = by.or_else(|| self.part.clone());
        self.metrics.push(metric);
    }

    /// Tells a row behind a figure of the whole shop: what it is, what it adds above and below the line, its id, and more about it.
    pub fn row(&mut self, of: &Definition, what: &'static str, part: (f64, f64), name: impl Fn() -> (String, Option<String>)) {
        self.row_of(of, None, what, part, &name);
    }

    /// The same of a part of the shop, kind and name.
    pub fn row_of(
        &mut self,
        of: &Definition,
        by: Option<(&str, &str)>,
        what: &'static str,
        part: (f64, f64),
        name: &dyn Fn() -> (String, Option<String>),
    ) {
        let wanted = |behind: &&mut FigureRows| {
            behind.metric == of.id
                && match (&behind.by, by) {
                    (Some(wanted), Some(by)) => wanted.is(by),
                    (None, None) => true,
                    _ => false,
                }
        };
        if let Some(behind) = self.behind.as_mut().filter(wanted) {
            behind.take(what, part, name);
        }
    }

    /// An empty sheet of the same period, about a part of the shop.
    pub fn of_part(&self, part: Option<By>) -> Self {
        Self { part, ..Self::new(self.period) }
    }

    /// Takes over the figures by agent of a sheet whose agents are parts of another kind.
    pub fn take_parts(&mut self, other: Self, kind: &'static str) {
        let of_agent = |metric: &Metric| metric.by.as_ref().is_some_and(|by| by.kind == "agent");
        self.metrics.extend(other.metrics.into_iter().filter(of_agent).map(|mut metric| {
            metric.by = metric.by.map(|by| By { kind, ..by });
            metric
        }));
    }

    /// Brings the figures into the order of the contract; those of the whole shop come before those of its parts.
    pub fn in_order(&mut self) {
        let places: BTreeMap<&str, usize> = definitions().map(|d| d.id).zip(0..).collect();
        sort::by_key(&mut self.metrics, |metric| (metric.by.is_some(), places.get(metric.id)));
    }

    /// Puts the values of the period before beside those of this one, and says with what they are compared. `begins` gives the first day
    /// of the data that a figure rests on: what lies before it is unknown.
    pub fn compare(&mut self, before: &Sheet, period: Period, begins: &dyn Fn(&str) -> Option<Day>) {
        let mut values = BTreeMap::new();
        before.metrics.iter().for_each(|old| {
            values.insert((old.id, &old.by), old.value);
        });
        for metric in &mut self.metrics {
            let Some(first) = begins(metric.id).filter(|&first| first <= period.to) else { continue };
            if first > period.from {
                metric.previous = Some(None);
                metric.standard(&format!(
                    "上期 {period} 的数据不完整（自 {first} 起），不比较 / not compared with {period}, which is incomplete: the data begin on {first}"
                ));
                continue;
            }
            let value = values.get(&(metric.id, &metric.by)).copied();
            // Of an agent or an hour without a row then: a count was 0 where the shop's is known. Those of products have rows where
            // they are known.
            let by_product = metric.by.as_ref().is_some_and(|by| by.kind == "product");
            let counts = metric.denominator.is_none() && !by_product && !matches!(metric.unit, "ratio" | "days" | "seconds");
            let none = || values.get(&(metric.id, &None)).filter(|shop| counts && shop.is_some()).map(|_| Some(0.0));
            if let Some(value) = value.or_else(none) {
                metric.previous = Some(value);
                metric.standard(&format!("上期 {period} / compared with {period}"));
            }
        }
    }
}
