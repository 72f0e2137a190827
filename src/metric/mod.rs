//! Figures: every one with its numerator, denominator, formula, standard, period and what was left out.
//!
//! Facts merge, figures are finished once: [`Facts::merge`] joins what was read from any number of files in any order,
//! [`measure`] counts. What the input cannot carry is `unavailable` with a reason, never 0.

mod buyers;
mod cycle;
mod figure;
mod repurchase;
mod sales;
mod select;
pub mod stats;

pub use cycle::ProductCycle;
pub use figure::{By, Definition, Excluded, Metric, Status, definitions};

use crate::{link::Contact, order::Orders, time::Day};
use alloc::vec::Vec;
use buyers::Buyers;
use core::fmt;
use figure::Sheet;
use select::{View, Window};
use serde::{Serialize, Serializer};

/// Days from one to another, both counted; written `2026-01-01..2026-01-31`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first day.
    pub from: Day,
    /// The last day.
    pub to: Day,
}

impl Period {
    /// As written on the command line, `2026-01-01..2026-01-31`; `None` where it is written otherwise or ends before it begins.
    ///
    /// ```
    /// use huashu::metric::Period;
    /// let january = Period::parse("2026-01-01..2026-01-31").unwrap();
    /// assert_eq!(january.days(), 31);
    /// assert_eq!(january.before().to.to_string(), "2025-12-31");
    /// assert_eq!(january.before().days(), 31);
    /// assert_eq!(Period::parse("2026-01-31..2026-01-01"), None);
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        let (from, to) = text.split_once("..")?;
        let period = Self { from: day(from)?, to: day(to)? };
        (period.from <= period.to).then_some(period)
    }

    /// How many days it has.
    pub const fn days(self) -> i64 {
        self.to.0 as i64 - self.from.0 as i64 + 1
    }

    /// As many days directly before it.
    pub fn before(self) -> Self {
        let to = self.from.0.saturating_sub(1);
        Self { from: Day(self.from.0.saturating_sub(i32::try_from(self.days()).unwrap_or(i32::MAX))), to: Day(to) }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.from, self.to)
    }
}

impl Serialize for Period {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A day as `--as-of` and `--period` write it, `2026-01-31`.
pub fn day(text: &str) -> Option<Day> {
    let mut parts = text.trim().split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let number = |text: &str| if text.bytes().all(|b| b.is_ascii_digit()) { text.parse::<u32>().ok() } else { None };
    if parts.next().is_some() {
        return None;
    }
    Day::new(i32::try_from(number(year)?).ok()?, number(month)?, number(day)?)
}

/// What happens to orders that were refunded as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Refunded {
    /// They are left out and counted (`--refunded exclude`).
    #[default]
    Exclude,
    /// They count like any other (`--refunded include`).
    Include,
}

/// Which orders an inquiry is credited with (R9).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Attribution {
    /// Orders created after the inquiry (下单判定).
    #[default]
    Order,
    /// Orders created after it, and orders created before it but paid after it (下单优先判定).
    OrderFirst,
    /// Orders paid after it (付款判定).
    Payment,
}

/// What to count, and by which standard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Only this period; `None` is everything.
    pub period: Option<Period>,
    /// The day that recency and open windows are counted to; `None` is the last day in the data.
    pub as_of: Option<Day>,
    /// Whether orders refunded as a whole count.
    pub refunded: Refunded,
    /// Leave out order lines of amount 0, and orders that consist of nothing else.
    pub drop_zero: bool,
    /// Leave out orders without a buyer.
    pub known_buyers: bool,
    /// An inquiry is credited with orders to the end of this many days after it; 1 is the end of the next day.
    pub window: u32,
    /// Which orders an inquiry is credited with.
    pub attribution: Attribution,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            period: None,
            as_of: None,
            refunded: Refunded::Exclude,
            drop_zero: false,
            known_buyers: false,
            window: 1,
            attribution: Attribution::Order,
        }
    }
}

/// What was read, before anything is counted.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The orders of all files, each once.
    pub orders: Orders,
    /// The conversations of all files, each once.
    pub contacts: Vec<Contact>,
}

/// All figures of one run.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Figures {
    /// One per id of the contract, in its order, then those by agent.
    pub metrics: Vec<Metric>,
    /// The tables.
    pub tables: Tables,
}

impl Figures {
    /// The figure of the whole shop with this id.
    pub fn get(&self, id: &str) -> Option<&Metric> {
        self.metrics.iter().find(|m| m.id == id && m.by.is_none())
    }
}

/// The tables, by id.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Tables {
    /// Repurchase cycle per product, most pairs first.
    #[serde(rename = "cycle.product")]
    pub cycle_product: Vec<ProductCycle>,
}

/// Counts everything once.
pub fn measure(facts: &Facts, options: &Options) -> Figures {
    let view = View::new(&facts.orders, options);
    let window = Window::of(options.period);
    let mut sheet = run(&view, window);
    if let Some(period) = options.period {
        let before = run(&view, Window::of(Some(period.before())));
        sheet.compare(&before, period.before(), view.first_day());
        sales::growth(&mut sheet);
    }
    Figures { metrics: sheet.metrics, tables: sheet.tables }
}

/// The families, each with the figures it counts; a new family is one file and one line here and in [`run`].
const FAMILIES: &[&[Definition]] = &[sales::DEFINITIONS, repurchase::DEFINITIONS, cycle::DEFINITIONS];

fn run(view: &View, window: Window) -> Sheet {
    let mut sheet = Sheet::new(window.period(view));
    let buyers = Buyers::of(view, window);
    sales::figures(view, window, &buyers, &mut sheet);
    repurchase::figures(view, window, &buyers, &mut sheet);
    cycle::figures(view, window, &buyers, &mut sheet);
    sheet
}
