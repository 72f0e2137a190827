//! Times of a chat in their context: what a stamp leaves out is taken from the stamps and date lines before it.

use crate::time::{Day, Stamp, Time};

/// A clock that goes back by more than this has passed midnight; by less, two messages were stored out of order.
const BACK: i64 = 6 * 3600;

/// The time of seconds or milliseconds since 1970 in UTC; shops' clocks show UTC+8. `None` for what no clock of this century shows.
pub(crate) fn epoch(number: i64) -> Option<Time> {
    let seconds = match number {
        100_000_000..10_000_000_000 => number,
        100_000_000_000..10_000_000_000_000 => number / 1000,
        _ => return None,
    };
    Some(Time::from_seconds(seconds + 8 * 3600))
}

/// What is known so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Clock {
    day: Option<Day>,
    last: Option<Time>,
    /// The year for dates without one.
    pub year: Option<i32>,
    /// Whether such a date was met; and whether no year was known for it.
    pub year_assumed: bool,
    pub year_missing: bool,
}

impl Clock {
    /// A clock that knows the year of dates without one.
    pub fn with_year(year: Option<i32>) -> Self {
        Self { year, ..Self::default() }
    }

    /// The time of a stamp. A time of day takes the day at hand, or the next one where the clock went back. `None` for a date alone:
    /// its time of day is unknown.
    pub fn time(&mut self, stamp: Stamp) -> Option<Time> {
        if stamp.month_day.is_some() {
            self.day = self.date(stamp);
            let time = Time::from_seconds(self.day?.start().seconds() + stamp.clock?);
            self.last = Some(time);
            return Some(time);
        }
        let seconds = stamp.clock?;
        let mut day = self.day.unwrap_or(Day(0));
        if let Some(last) = self.last
            && day.start().seconds() + seconds + BACK < last.seconds()
        {
            day = Day(day.0.saturating_add(1));
        }
        if self.day.is_some() || day != Day(0) {
            self.day = Some(day);
        }
        let time = Time::from_seconds(day.start().seconds() + seconds);
        self.last = Some(time);
        Some(time)
    }

    /// A line that is only a date: the day of the times of day below it.
    pub fn date_line(&mut self, stamp: Stamp) {
        self.day = self.date(stamp);
        self.last = None;
    }

    /// Another conversation begins: its clock may go back.
    pub fn restart(&mut self) {
        self.last = None;
        // Days counted up from nowhere end with the conversation.
        if self.day.is_some_and(|d| !d.start().dated()) {
            self.day = None;
        }
    }

    fn date(&mut self, stamp: Stamp) -> Option<Day> {
        let (month, day) = stamp.month_day?;
        if let Some(year) = stamp.year {
            self.year = Some(year);
            return Day::new(year, month, day);
        }
        let Some(year) = self.year else {
            // The distances between such times are right, and the undated year is never shown.
            self.year_missing = true;
            return Day::new(1970, month, day);
        };
        self.year_assumed = true;
        let near = |year| Day::new(year, month, day);
        let context = self.day.filter(|d| d.start().dated());
        let best = match (near(year), context) {
            // From December into January, or back.
            (Some(found), Some(context)) if context.0 - found.0 > 183 => near(year + 1),
            (Some(found), Some(context)) if found.0 - context.0 > 183 => near(year - 1),
            (found, _) => found,
        };
        if let Some(best) = best {
            self.year = Some(best.civil().0);
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{string::ToString, vec::Vec};

    fn times(year: Option<i32>, stamps: &[&str]) -> Vec<alloc::string::String> {
        let mut clock = Clock { year, ..Clock::default() };
        stamps.iter().filter_map(|s| clock.time(Stamp::prefix(s).unwrap().0)).map(|t| t.to_string()).collect()
    }

    #[test]
    fn midnight_rolls_over() {
        assert_eq!(times(None, &["2026-01-31 23:59:50", "0:00:10"]), ["2026-01-31T23:59:50", "2026-02-01T00:00:10"]);
        // Without any date the distance is still right, and no date is shown.
        assert_eq!(times(None, &["23:59:50", "00:00:10"]), ["23:59:50", "00:00:10"]);
        let mut clock = Clock::default();
        let mut at = |s: &str| clock.time(Stamp::prefix(s).unwrap().0).unwrap().seconds();
        assert_eq!(at("23:59:50") - at("00:00:10"), -20);
        // A message stored a little late does not move the day.
        assert_eq!(times(None, &["2026-01-31 10:00:05", "10:00:03"]), ["2026-01-31T10:00:05", "2026-01-31T10:00:03"]);
    }

    #[test]
    fn the_year_comes_from_context() {
        assert_eq!(times(Some(2025), &["12-31 23:00", "1-1 00:10"]), ["2025-12-31T23:00:00", "2026-01-01T00:10:00"]);
        assert_eq!(times(None, &["2025-12-31 23:00:00", "01-01 00:10:00"]), ["2025-12-31T23:00:00", "2026-01-01T00:10:00"]);
        assert_eq!(times(None, &["12-31 23:00"]), ["23:00:00"]);
    }
}
