//! Times of a chat in their context: what a stamp leaves out is taken from the stamps and date lines before it.

use crate::error::Error;
use crate::time::{AHEAD_OF_UTC, Day, NamedDay, Stamp, Time};
use alloc::format;

/// A clock that goes back by more than this has passed midnight; by less, two messages were stored out of order.
const BACK: i64 = 6 * 3600;

/// The time of seconds or milliseconds since 1970 in UTC; shops' clocks show UTC+8. `None` for what no clock of this century shows.
pub(crate) fn epoch(number: i64) -> Option<Time> {
    let seconds = match number {
        100_000_000..10_000_000_000 => number,
        100_000_000_000..10_000_000_000_000 => number / 1000,
        _ => return None,
    };
    Some(Time::from_seconds(seconds + AHEAD_OF_UTC))
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
    /// Whether a day was met that nobody can tell: 昨天.
    pub day_named: bool,
    /// The first weekday that stood for a date.
    weekday: Option<u8>,
    /// Which of 01/02/2025 is the month, where the file tells it; and whether that had to be assumed.
    pub month_first: Option<bool>,
    pub order_assumed: bool,
    /// How many dates the year they were taken for does not have, and the first of them: month, day.
    pub days_missing: u64,
    pub day_missing: (u32, u32),
}

/// The undated day of 今天: later than any weekday's.
const TODAY: i32 = 400;
/// Days of a year that nobody knows, and may be a leap year.
const YEAR: i32 = 366;

impl Clock {
    /// A clock that knows the year of dates without one.
    pub fn with_year(year: Option<i32>) -> Self {
        Self { year, ..Self::default() }
    }

    /// The time of a stamp. A time of day takes the day at hand, or the next one where the clock went back. `None` for a date alone:
    /// its time of day is unknown.
    pub fn time(&mut self, stamp: Stamp) -> Option<Time> {
        if stamp.month_day.is_some() || stamp.named.is_some() {
            self.day = match stamp.named {
                Some(named) => Some(self.named(named)),
                None => self.date(stamp),
            };
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

    /// The time of a date and a time of day that stand apart, and whether it is written without seconds. An error is the one of them that
    /// cannot be read; what comes below without a date of its own then has none.
    pub fn joined<'a>(&mut self, date: &'a str, time: &'a str) -> Result<Option<(Time, bool)>, &'a str> {
        let read = |text: &str| Stamp::prefix(text).map(|(stamp, _)| stamp);
        // A day with something behind it that is no time of day: `2026-01-05T25:00:00`.
        let whole = |text: &str| {
            let part = |length: usize| text.get(length..).is_some_and(only_part);
            Stamp::prefix(text).filter(|(stamp, length)| stamp.clock.is_some() || part(*length))
        };
        let dated = |stamp: &Stamp| stamp.month_day.is_some() || stamp.named.is_some();
        let alone = time.is_empty() && !date.is_empty();
        let mut stamp = if alone { Stamp::default() } else { whole(time).ok_or(time)?.0 };
        if !date.is_empty() && !dated(&stamp) {
            let compact = || {
                let (year, month, day) = Time::parse(date)?.day().civil();
                Some(Stamp { year: Some(year), month_day: Some((month, day)), ..Stamp::default() })
            };
            // 昨天 is no stamp without its time of day.
            let day = read(date).filter(dated).or_else(compact).or_else(|| read(&format!("{date} {time}")).filter(dated));
            let Some(day) = day else {
                self.date_line(Stamp::default());
                return Err(date);
            };
            stamp = if alone { day } else { Stamp { clock: stamp.clock, to_minute: stamp.to_minute, ..day } };
        }
        Ok(self.time(stamp).map(|time| (time, stamp.to_minute)))
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

    /// A day without date that keeps its distance from the others of its kind.
    fn named(&mut self, named: NamedDay) -> Day {
        self.day_named = true;
        Day(match named {
            NamedDay::Before(days) => TODAY - i32::from(days),
            NamedDay::Weekday(day) => {
                let first = *self.weekday.get_or_insert(day);
                TODAY - 10 + i32::from((day + 7 - first) % 7)
            }
        })
    }

    fn date(&mut self, stamp: Stamp) -> Option<Day> {
        let (mut month, mut day) = stamp.month_day?;
        if let Some(other) = stamp.swapped {
            self.order_assumed |= self.month_first.is_none();
            if self.month_first == Some(true) {
                (month, day) = other;
            }
        }
        if let Some(year) = stamp.year {
            self.year = Some(year);
            return Day::new(year, month, day);
        }
        let Some(year) = self.year else {
            // The distances between such times are right, also over a New Year, and the undated year is never shown.
            self.year_missing = true;
            let of_year = Day::new(2000, month, day)?.0 - Day::new(2000, 1, 1)?.0;
            let before = self.day.filter(|d| !d.start().dated());
            let turned = before.is_some_and(|before| before.0 - of_year > YEAR / 2);
            return Some(Day(if turned { of_year + YEAR } else { of_year }));
        };
        self.year_assumed = true;
        let near = |year| Day::new(year, month, day);
        let context = self.day.filter(|d| d.start().dated());
        let best = match (near(year), context) {
            // From December into January, or back.
            (Some(found), Some(context)) if context.0 - found.0 > 183 => near(year + 1),
            (Some(found), Some(context)) if found.0 - context.0 > 183 => near(year - 1),
            // A 29 February that only the year beside has.
            (None, Some(context)) => [year + 1, year - 1].into_iter().filter_map(near).find(|day| (day.0 - context.0).abs() <= 183),
            (found, _) => found,
        };
        match best {
            Some(best) => self.year = Some(best.civil().0),
            None => {
                self.day_missing = if self.days_missing == 0 { (month, day) } else { self.day_missing };
                self.days_missing += 1;
            }
        }
        best
    }
}

/// Whether nothing stands behind a date but its weekday or a part of the day: `2026-01-05 (周一)`.
fn only_part(rest: &str) -> bool {
    let part = rest.trim_matches(|c: char| c.is_whitespace() || "()（）[]【】".contains(c));
    let begins = ["周", "星期", "礼拜", "上午", "下午", "晚上"].iter().any(|word| part.starts_with(word));
    part.is_empty() || (begins && !part.contains(|c: char| c.is_ascii_digit()))
}

/// A cell that is no date and no time, as a problem.
pub(crate) fn unread_time(text: &str) -> Error {
    let message = format!("看不懂的时间“{text}”，这条消息按无时间处理 / cannot read the time \"{text}\"; the message is kept without one");
    Error::new("unread-time", message)
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
        assert_eq!(times(Some(2023), &["12-30 23:00", "2-29 10:00"]), ["2023-12-30T23:00:00", "2024-02-29T10:00:00"]);
        assert_eq!(times(Some(2025), &["2-28 23:00", "2-29 10:00"]), ["2025-02-28T23:00:00"]);
    }

    fn distances(stamps: &[&str]) -> Vec<i64> {
        let mut clock = Clock::default();
        let times: Vec<Time> = stamps.iter().map(|s| clock.time(Stamp::prefix(s).unwrap().0).unwrap()).collect();
        assert!(times.iter().all(|time| !time.dated()), "{times:?}");
        times.windows(2).map(|pair| pair[1].seconds() - pair[0].seconds()).collect()
    }

    #[test]
    fn days_without_a_date_keep_their_distance() {
        assert_eq!(distances(&["12-31 23:59:50", "01-01 00:00:15", "1-1 00:00:20", "2月29日 00:00:20"]), [25, 5, 59 * 86_400]);
        assert_eq!(distances(&["前天 10:00", "昨天 09:00", "今天 09:00:10"]), [82_800, 86_410]);
        assert_eq!(distances(&["周六 10:00", "星期日 10:00", "周一 10:00"]), [86_400, 86_400]);
    }

    #[test]
    fn a_date_that_is_none_is_not_the_one_above() {
        let mut clock = Clock::default();
        let mut at = |date, time| clock.joined(date, time).map(|found| found.map(|(time, _)| time.to_string()));
        let day = |text: &str| Ok(Some(text.to_string()));
        assert_eq!(at("2026-03-01", "10:00:00"), day("2026-03-01T10:00:00"));
        for date in ["2026-02-29", "2026-04-31", "2026-13-01", "随便", "10:00"] {
            assert_eq!(at(date, "10:00:00"), Err(date));
        }
        assert_eq!(at("2026-03-02", "25:00"), Err("25:00"));
        for time in ["2026-01-05T25:00:00", "2026-01-05T10:60:00", "2026-01-05 24:00:00", "2026-01-05T10", "2026-01-05 abc"] {
            assert_eq!(at("", time), Err(time));
        }
        // Nor has what stands below it without a date.
        assert_eq!(at("", "10:00:05"), day("10:00:05"));
        assert_eq!(at("20260303", "10:00:00"), day("2026-03-03T10:00:00"));
        assert_eq!(at("", "10:00:05"), day("2026-03-03T10:00:05"));
        assert_eq!(at("2026-02-29", "2026-03-04 10:00:00"), day("2026-03-04T10:00:00"));
        assert_eq!(at("昨天", "9:00"), day("09:00:00"));
        // A date without a time of day is no time, but the day of what stands below.
        assert_eq!((at("2026-03-05", ""), at("", ""), at("", "9:00")), (Ok(None), Err(""), day("2026-03-05T09:00:00")));
        // Its weekday, or a part of the day, may stand behind it.
        for date in ["2026-03-06 周一", "2026-03-06 (星期日)", "2026-03-06（周二）", "2026-03-06 上午"] {
            assert_eq!((at("", date), at("", "10:00:05")), (Ok(None), day("2026-03-06T10:00:05")), "{date}");
        }
        assert_eq!(at("", "2026-01-05 周一 25:00"), Err("2026-01-05 周一 25:00"));
    }

    #[test]
    fn a_day_that_the_year_does_not_have_is_counted() {
        let mut clock = Clock::with_year(Some(2026));
        let mut at = |s: &str| clock.time(Stamp::prefix(s).unwrap().0).map(|time| time.to_string());
        assert_eq!(
            [at("02-28 9:00"), at("02-29 9:00"), at("03-01 9:00")],
            [Some("2026-02-28T09:00:00".into()), None, Some("2026-03-01T09:00:00".into())]
        );
        assert_eq!((clock.days_missing, clock.day_missing), (1, (2, 29)));
    }

    #[test]
    fn which_number_is_the_month_is_told_or_assumed() {
        let read = |month_first| {
            let mut clock = Clock { month_first, ..Clock::default() };
            let time = clock.time(Stamp::prefix("01/02/2025, 10:20").unwrap().0).unwrap();
            (time.to_string(), clock.order_assumed)
        };
        assert_eq!(read(None), ("2025-02-01T10:20:00".into(), true));
        assert_eq!(read(Some(false)), ("2025-02-01T10:20:00".into(), false));
        assert_eq!(read(Some(true)), ("2025-01-02T10:20:00".into(), false));
    }
}
