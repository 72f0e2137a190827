//! Civil time as exports write it: the shop's own clock, without offset.

mod parse;

pub(crate) use parse::Plain;
pub use parse::{NamedDay, Stamp};

use alloc::string::{String, ToString};
use core::fmt;
use serde::{Serialize, Serializer};

/// Seconds since 1970-01-01T00:00:00 on the shop's own clock. A time of day whose date no line of the file tells lies
/// in the first two years, on their first day until the clock passes midnight; it is written without a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(i64);

/// The seconds from one time to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lapse {
    /// As the times are written; negative where they run backwards.
    pub seconds: i64,
    /// Whether one of the times was written without seconds: the truth is up to 59 s less or more.
    pub to_minute: bool,
}

/// A civil day: days since 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i32);

/// The seconds of a day.
pub(crate) const DAY: i64 = 86_400;

/// Seconds by which the shops' clocks, UTC+8, are ahead of UTC.
pub(crate) const AHEAD_OF_UTC: i64 = 8 * 3600;

/// Days that hold the times without a date: two years of 366 days.
pub(crate) const UNDATED: i32 = 732;

impl Time {
    /// From seconds since 1970-01-01T00:00:00.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds)
    }

    /// Seconds since 1970-01-01T00:00:00.
    pub const fn seconds(self) -> i64 {
        self.0
    }

    /// The civil day.
    pub const fn day(self) -> Day {
        Day(self.0.div_euclid(DAY) as i32)
    }

    /// Whether the date is known; no shop's chat or order is of 1970 or 1971.
    pub const fn dated(self) -> bool {
        self.0 < 0 || self.0 >= UNDATED as i64 * DAY
    }

    /// `HH:MM:SS` of a time whose date is not known: all there is to say of it.
    ///
    /// ```
    /// use huashu::time::Time;
    /// assert_eq!(Time::from_seconds(86_390).clock().as_deref(), Some("23:59:50"));
    /// assert_eq!(Time::parse("2026-01-05 23:59:50").and_then(Time::clock), None);
    /// ```
    pub fn clock(self) -> Option<String> {
        (!self.dated()).then(|| self.to_string())
    }

    /// Seconds since midnight.
    pub const fn of_day(self) -> i64 {
        self.0.rem_euclid(DAY)
    }
}

impl Lapse {
    /// The fewest and the most seconds that it can be.
    pub const fn bounds(self) -> (i64, i64) {
        let slack = if self.to_minute { 59 } else { 0 };
        (self.seconds.saturating_sub(slack), self.seconds.saturating_add(slack))
    }

    /// Whether it is no longer than `limit` seconds; `None` where times without seconds cannot tell.
    ///
    /// ```
    /// use huashu::time::Lapse;
    /// let within = |minutes: i64, limit| Lapse { seconds: 60 * minutes, to_minute: true }.within(limit);
    /// assert_eq!((within(0, 30), within(1, 30), within(2, 30)), (None, None, Some(false)));
    /// assert_eq!((within(2, 180), within(3, 180), within(4, 180)), (Some(true), None, Some(false)));
    /// assert_eq!(Lapse { seconds: 180, to_minute: false }.within(180), Some(true));
    /// ```
    pub const fn within(self, limit: i64) -> Option<bool> {
        match self.bounds() {
            (_, most) if most <= limit => Some(true),
            (least, _) if least > limit => Some(false),
            _ => None,
        }
    }
}

impl Day {
    /// From year, month (1–12) and day (1–31); `None` where there is no such day.
    ///
    /// ```
    /// use huashu::time::Day;
    /// assert_eq!(Day::new(1970, 1, 2), Some(Day(1)));
    /// assert_eq!(Day::new(2023, 2, 29), None);
    /// ```
    pub fn new(year: i32, month: u32, day: u32) -> Option<Self> {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let length = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 => 28 + u32::from(leap),
            _ => return None,
        };
        if !(1..=9999).contains(&year) || day == 0 || day > length {
            return None;
        }
        // Days from civil, after Howard Hinnant's chrono-compatible algorithms.
        let (year, month, day) = (year - i32::from(month <= 2), month as i32, day as i32);
        let era = year.div_euclid(400);
        let of_era = year.rem_euclid(400);
        let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
        Some(Self(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468))
    }

    /// Year, month, day.
    pub fn civil(self) -> (i32, u32, u32) {
        // In 64 bits, because any number of days may be asked for.
        let days = i64::from(self.0) + 719_468;
        let era = days.div_euclid(146_097);
        let of_era = days.rem_euclid(146_097);
        let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let shifted = (5 * of_year + 2) / 153;
        let day = of_year - (153 * shifted + 2) / 5 + 1;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
        ((year + era * 400) as i32 + i32::from(month <= 2), month as u32, day as u32)
    }

    /// Midnight at its beginning.
    pub const fn start(self) -> Time {
        Time(self.0 as i64 * DAY)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.civil();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, day) = (self.of_day(), self.day());
        if self.dated() {
            write!(f, "{day}T")?;
        }
        write!(f, "{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
    }
}

/// ISO without offset; `null` where the date is not known: what is no point in time must not be taken for one.
impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.dated() { serializer.collect_str(self) } else { serializer.serialize_none() }
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
