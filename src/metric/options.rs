//! What to count: the period, and by which standard.

use super::{Board, Cuts, ResponseStandard};
use crate::{order::BuyerKey, time::Day};
use alloc::{string::String, vec::Vec};
use core::fmt;
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
    /// assert_eq!(january.before().to_string(), "2025-12-01..2025-12-31");
    /// let ten_days = Period::parse("2026-03-01..2026-03-10").unwrap();
    /// assert_eq!(ten_days.before().to_string(), "2026-02-19..2026-02-28");
    /// let quarter = Period::parse("2026-01-01..2026-03-31").unwrap();
    /// assert_eq!(quarter.before().to_string(), "2025-10-01..2025-12-31");
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

    /// What it is compared with: before whole months as many months, as the platforms' reports have it, else as many days.
    pub fn before(self) -> Self {
        let days = i32::try_from(self.days()).unwrap_or(i32::MAX);
        let from = self.months_before().unwrap_or(Day(self.from.0.saturating_sub(days)));
        Self { from, to: Day(self.from.0.saturating_sub(1)) }
    }

    /// The first day of the months before, where it begins and ends with a month.
    fn months_before(self) -> Option<Day> {
        let ((year, month, 1), (after_year, after_month, 1)) = (self.from.civil(), Day(self.to.0.checked_add(1)?).civil()) else {
            return None;
        };
        let months = |year: i32, month: u32| year * 12 + month as i32 - 1;
        let first = 2 * months(year, month) - months(after_year, after_month);
        Day::new(first.div_euclid(12), first.rem_euclid(12) as u32 + 1, 1)
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
#[derive(Clone, Debug, PartialEq)]
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
    /// An agent who handed a conversation over and wrote at most so many other messages in it only forwarded it (客服转发过滤): it is no
    /// inquiry of that agent's. `None`: it is.
    pub forwarded: Option<u32>,
    /// A conversation in which the buyer wrote at most so many messages is no inquiry (客服单口相声过滤); one without any never is.
    pub monologue: u32,
    /// What the buyers of the orders are known by, to be said beside the figures about buyers.
    pub buyer: BuyerKey,
    /// How responses are counted: the profile's.
    pub response: ResponseStandard,
    /// Where groups of customers begin and end.
    pub cuts: Cuts,
    /// Buyers and order numbers to leave out: own accounts, test buyers, fake orders, resellers. A listed buyer's orders and
    /// conversations count nowhere; `excluded` says how many there were (`listed`).
    pub exclude: Vec<String>,
    /// Targets and pay sheets: the book's.
    pub board: Board,
    /// Days after a campaign reached a buyer within which an order counts as a response.
    pub campaign_days: u32,
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
            forwarded: Some(0),
            monologue: 0,
            buyer: BuyerKey::Account,
            response: ResponseStandard::default(),
            cuts: Cuts::default(),
            exclude: Vec::new(),
            board: Board::default(),
            campaign_days: 7,
        }
    }
}
