//! From what exports and chats write to civil time. Offsets are dropped, not converted: the shop's clock is meant.

use super::{Day, Time};

/// A date and a time of day as they stand in a text; what the text leaves out is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stamp {
    /// The year, where written.
    pub year: Option<i32>,
    /// Month and day, where written. With `year` they are an existing day; without it the day exists in a leap year.
    pub month_day: Option<(u32, u32)>,
    /// Seconds since midnight, where written.
    pub clock: Option<i64>,
}

impl Stamp {
    /// The stamp that `text` begins with, and the number of bytes it takes. A stamp is never cut out of a longer number.
    ///
    /// Read are `2026-1-5 9:03:02` (also with `/`, `.`, `T`, `_` or `年月日`, with a weekday, padded or not), the date alone, `1月5日 9:03` and
    /// `01-05 09:03` (no year), and the time of day alone; AM, PM, 上午, 下午 and the like before or after the time of day count.
    ///
    /// ```
    /// use huashu::time::Stamp;
    /// let (stamp, length) = Stamp::prefix("2026-1-5 9:03:02 小店").unwrap();
    /// assert_eq!((length, stamp.time().unwrap().to_string()), (16, "2026-01-05T09:03:02".into()));
    /// let (stamp, _) = Stamp::prefix("1月5日 下午3:20").unwrap();
    /// assert_eq!((stamp.year, stamp.month_day, stamp.clock), (None, Some((1, 5)), Some(15 * 3600 + 20 * 60)));
    /// assert_eq!(Stamp::prefix("2026-02-30 10:00:00"), None);
    /// ```
    pub fn prefix(text: &str) -> Option<(Self, usize)> {
        let bytes = text.as_bytes();
        if let Some(seconds) = bytes.get(..19).and_then(plain)
            && !bytes.get(19).is_some_and(|b| b.is_ascii_digit())
        {
            let time = Time(seconds);
            let (year, month, day) = time.day().civil();
            let stamp = Self { year: Some(year), month_day: Some((month, day)), clock: Some(time.of_day()) };
            // A half of the day may follow even the padded form.
            if !matches!(bytes.get(19), Some(b' ' | b'.')) {
                return Some((stamp, 19));
            }
        }
        let mut c = Cursor { bytes, at: 0 };
        let date = c.date();
        let mut stamp = Self::default();
        if let Some((year, month, day)) = date {
            stamp.year = year;
            stamp.month_day = Some((month, day));
            let after_date = c.at;
            c.between();
            let glued = c.at == after_date && !text.get(..after_date).is_some_and(|t| t.ends_with('日') || t.ends_with('号'));
            stamp.clock = if glued { None } else { c.clock() };
            if stamp.clock.is_none() {
                c.at = after_date;
                // Without year and without clock `3-5` is a range of days, not a date; `3月5日` is one.
                if year.is_none() && !text.get(..after_date).is_some_and(|t| t.ends_with('日') || t.ends_with('号')) {
                    return None;
                }
            }
        } else {
            stamp.clock = Some(c.clock()?);
        }
        (!c.peek().is_some_and(|b| b.is_ascii_digit())).then_some((stamp, c.at))
    }

    /// The time, where date and year are written; a date without time of day is its midnight.
    pub fn time(self) -> Option<Time> {
        let (month, day) = self.month_day?;
        let start = Day::new(self.year?, month, day)?.start();
        Some(Time(start.0 + self.clock.unwrap_or(0)))
    }
}

impl Time {
    /// Exactly `YYYY-MM-DD HH:MM:SS`, the form of nearly every cell: several times as fast as [`Time::parse`].
    #[inline]
    pub(crate) fn plain(bytes: &[u8]) -> Option<Time> {
        plain(bytes).map(Time)
    }

    /// A whole cell, blanks around it aside: a date with or without time of day, in any form of [`Stamp::prefix`], also `20260105` and
    /// `20260105093002`. Fractions of a second and a written offset are dropped. `None` for everything else.
    ///
    /// ```
    /// use huashu::time::Time;
    /// let time = |cell| Time::parse(cell).map(|t| t.to_string());
    /// assert_eq!(time("2026-01-05 09:03:02").as_deref(), Some("2026-01-05T09:03:02"));
    /// assert_eq!(time("2026/1/5 9:03").as_deref(), Some("2026-01-05T09:03:00"));
    /// assert_eq!(time("2026-01-05T09:03:02.000+08:00").as_deref(), Some("2026-01-05T09:03:02"));
    /// assert_eq!(time("2026-13-05"), None);
    /// ```
    pub fn parse(cell: &str) -> Option<Time> {
        let cell = cell.trim();
        let bytes = cell.as_bytes();
        if let Some(time) = Self::plain(bytes) {
            return Some(time);
        }
        if let 8 | 12 | 14 = bytes.len()
            && bytes.iter().all(u8::is_ascii_digit)
        {
            return compact(bytes);
        }
        let (stamp, length) = Stamp::prefix(cell)?;
        offset(cell.get(length..)?).then(|| stamp.time())?
    }
}

/// Reads `YYYY-MM-DD HH:MM:SS` (also with `T`), the form of nearly every cell, and knows the date that it read last: tables are in
/// the order of time, more or less.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Plain {
    last: Option<([u8; 10], i64)>,
}

impl Plain {
    /// The time, where it has that form.
    #[inline]
    pub(crate) fn time(&mut self, bytes: &[u8; 19]) -> Option<Time> {
        let (date, clock) = bytes.split_first_chunk::<10>()?;
        let start = match self.last {
            Some((last, start)) if last == *date => start,
            _ => {
                let start = plain_date(date)?;
                self.last = Some((*date, start));
                start
            }
        };
        Some(Time(start + plain_clock(clock)?))
    }
}

fn plain(bytes: &[u8]) -> Option<i64> {
    Plain::default().time(bytes.try_into().ok()?).map(Time::seconds)
}

fn plain_date(bytes: &[u8; 10]) -> Option<i64> {
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = bytes else { return None };
    let year = two(y1, y2)? * 100 + two(y3, y4)?;
    Some(Day::new(year as i32, two(m1, m2)?, two(d1, d2)?)?.start().0)
}

#[inline]
fn plain_clock(bytes: &[u8]) -> Option<i64> {
    let &[b' ' | b'T', h1, h2, b':', n1, n2, b':', s1, s2] = bytes else { return None };
    clock(two(h1, h2)?, two(n1, n2)?, two(s1, s2)?)
}

#[inline]
fn two(a: u8, b: u8) -> Option<u32> {
    let (a, b) = (a.wrapping_sub(b'0'), b.wrapping_sub(b'0'));
    (a < 10 && b < 10).then(|| u32::from(a) * 10 + u32::from(b))
}

/// `YYYYMMDD`, `YYYYMMDDHHMM`, `YYYYMMDDHHMMSS`: digits only, so the length tells.
fn compact(bytes: &[u8]) -> Option<Time> {
    let number = |from: usize, to: usize| bytes.get(from..to).map(|d| d.iter().fold(0, |n, b| n * 10 + u32::from(b - b'0')));
    let day = Day::new(number(0, 4)? as i32, number(4, 6)?, number(6, 8)?)?;
    let seconds = clock(number(8, 10).unwrap_or(0), number(10, 12).unwrap_or(0), number(12, 14).unwrap_or(0))?;
    Some(Time(day.start().0 + seconds))
}

fn clock(hour: u32, minute: u32, second: u32) -> Option<i64> {
    (hour < 24 && minute < 60 && second < 60).then(|| i64::from(hour * 3600 + minute * 60 + second))
}

/// Whether what follows a time is nothing or an offset (`Z`, `+08:00`, ` +0800`, `(UTC+8)`).
fn offset(rest: &str) -> bool {
    let rest = rest.trim_matches(|c: char| c == ' ' || c == '(' || c == ')');
    let rest = rest.strip_prefix("UTC").or_else(|| rest.strip_prefix("GMT")).unwrap_or(rest);
    matches!(rest, "" | "Z") || {
        let digits = rest.strip_prefix(['+', '-']);
        digits.is_some_and(|d| (1..=5).contains(&d.len()) && d.bytes().all(|b| b.is_ascii_digit() || b == b':'))
    }
}

/// Which half of the day a word names.
#[derive(Clone, Copy)]
enum Half {
    Morning,
    Noon,
    Afternoon,
}

const HALVES: [(&str, Half); 14] = [
    ("上午", Half::Morning),
    ("凌晨", Half::Morning),
    ("早上", Half::Morning),
    ("清晨", Half::Morning),
    ("中午", Half::Noon),
    ("下午", Half::Afternoon),
    ("晚上", Half::Afternoon),
    ("傍晚", Half::Afternoon),
    ("AM", Half::Morning),
    ("PM", Half::Afternoon),
    ("am", Half::Morning),
    ("pm", Half::Afternoon),
    ("Am", Half::Morning),
    ("Pm", Half::Afternoon),
];

struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Cursor<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn eat(&mut self, token: &str) -> bool {
        let found = self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(token.as_bytes()));
        if found {
            self.at += token.len();
        }
        found
    }

    fn blanks(&mut self) {
        while self.eat(" ") || self.eat("\t") || self.eat("\u{3000}") || self.eat("\u{a0}") {}
    }

    /// A number of at most `digits` digits that no further digit follows, and how many digits it had.
    fn number(&mut self, digits: usize) -> Option<(u32, usize)> {
        let (start, mut n) = (self.at, 0);
        while let Some(b @ b'0'..=b'9') = self.peek() {
            if self.at - start == digits {
                return None;
            }
            n = n * 10 + u32::from(b - b'0');
            self.at += 1;
        }
        (self.at > start).then_some((n, self.at - start))
    }

    /// The cursor's own place is kept where `read` fails.
    fn attempt<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let start = self.at;
        let result = read(self);
        if result.is_none() {
            self.at = start;
        }
        result
    }

    fn date(&mut self) -> Option<(Option<i32>, u32, u32)> {
        self.attempt(|c| {
            let (first, length) = c.number(4)?;
            let (year, month) = match length {
                4 if c.eat("年") => (Some(first as i32), (c.number(2)?.0, "月")),
                4 => {
                    let separator = ["-", "/", "."].into_iter().find(|s| c.eat(s))?;
                    (Some(first as i32), (c.number(2)?.0, separator))
                }
                1 | 2 if c.bytes.get(c.at..).is_some_and(|rest| rest.starts_with("月".as_bytes())) => (None, (first, "月")),
                1 | 2 => (None, (first, ["-", "/"].into_iter().find(|s| c.peek() == s.bytes().next())?)),
                _ => return None,
            };
            let (month, separator) = month;
            if !c.eat(separator) {
                return None;
            }
            let (day, _) = c.number(2)?;
            if separator == "月" && !c.eat("日") && !c.eat("号") {
                return None;
            }
            Day::new(year.unwrap_or(2000), month, day).map(|_| (year, month, day))
        })
    }

    /// What stands between date and time of day: `T`, `_`, blanks, a weekday.
    fn between(&mut self) {
        if self.eat("T") || self.eat("_") {
            return;
        }
        self.blanks();
        let weekday = self.attempt(|c| {
            (c.eat("星期") || c.eat("周") || c.eat("(周") || c.eat("（周") || c.eat("(星期") || c.eat("（星期")).then_some(())?;
            ["一", "二", "三", "四", "五", "六", "日", "天"].into_iter().find(|d| c.eat(d))?;
            let _ = c.eat(")") || c.eat("）");
            Some(())
        });
        if weekday.is_some() {
            self.blanks();
        }
    }

    fn half(&mut self) -> Option<Half> {
        HALVES.into_iter().find(|(word, _)| self.eat(word)).map(|(_, half)| half)
    }

    fn clock(&mut self) -> Option<i64> {
        self.attempt(|c| {
            let before = c.half();
            c.blanks();
            let (hour, _) = c.number(2)?;
            let words = c.eat("时") || c.eat("点");
            if !words && !c.eat(":") && !c.eat("：") {
                return None;
            }
            let (minute, length) = c.number(2)?;
            if length != 2 && !words {
                return None;
            }
            let second = if words {
                let _ = c.eat("分");
                c.attempt(|c| {
                    let (second, _) = c.number(2)?;
                    c.eat("秒").then_some(second)
                })
            } else {
                c.attempt(|c| {
                    let colon = c.eat(":") || c.eat("：");
                    let (second, length) = c.number(2)?;
                    (colon && length == 2).then_some(second)
                })
            };
            let _ = c.attempt(|c| {
                let fraction = second.is_some() && c.eat(".");
                fraction.then(|| c.number(9))?
            });
            let half = before.or_else(|| {
                c.attempt(|c| {
                    c.blanks();
                    let half = c.half()?;
                    // `PM` must not be the beginning of a name such as `PMma`.
                    (!c.peek().is_some_and(|b| b.is_ascii_alphanumeric())).then_some(half)
                })
            });
            let hour = match half {
                Some(Half::Morning) if hour == 12 => 0,
                Some(Half::Afternoon) if hour < 12 => hour + 12,
                Some(Half::Noon) if hour < 11 => hour + 12,
                _ => hour,
            };
            clock(hour, minute, second.unwrap_or(0))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{format, string::ToString};

    fn cell(text: &str) -> Option<alloc::string::String> {
        Time::parse(text).map(|t| t.to_string())
    }

    #[test]
    fn cells_as_exports_write_them() {
        for (text, want) in [
            ("2026-01-05 09:03:02", "2026-01-05T09:03:02"),
            ("\t2026-01-05 09:03:02 ", "2026-01-05T09:03:02"),
            ("2026-01-05 09:03:02.000", "2026-01-05T09:03:02"),
            ("2026-01-05T09:03:02Z", "2026-01-05T09:03:02"),
            ("2026-01-05 09:03:02 +0800", "2026-01-05T09:03:02"),
            ("2026-01-05T09:03:02.123456+08:00", "2026-01-05T09:03:02"),
            ("2026-1-5 9:03:02", "2026-01-05T09:03:02"),
            ("2026/1/5 9:03", "2026-01-05T09:03:00"),
            ("2026.01.05", "2026-01-05T00:00:00"),
            ("2026年1月5日", "2026-01-05T00:00:00"),
            ("2026年1月5日9时3分2秒", "2026-01-05T09:03:02"),
            ("2026年01月05日 星期一 下午3:20:10", "2026-01-05T15:20:10"),
            ("2019-09-23 8:43:38 PM", "2019-09-23T20:43:38"),
            ("2019-09-23 12:05:00 AM", "2019-09-23T00:05:00"),
            ("2019-09-23 中午12:05", "2019-09-23T12:05:00"),
            ("20260105", "2026-01-05T00:00:00"),
            ("20260105090302", "2026-01-05T09:03:02"),
            ("2026-01-05_09:03:02", "2026-01-05T09:03:02"),
        ] {
            assert_eq!(cell(text).as_deref(), Some(want), "{text}");
        }
    }

    #[test]
    fn cells_that_are_no_times() {
        for text in [
            "",
            "-",
            "延迟统计",
            "2026-02-29",
            "2026-01-05 24:00:00",
            "2026-01-05 09:60:00",
            "2026-01-05 09:03:021",
            "09:03:02",
            "1月5日",
            "2026-01-05 abc",
            "12345678",
            "2026-01",
        ] {
            assert_eq!(cell(text), None, "{text}");
        }
    }

    #[test]
    fn stamps_at_the_beginning_of_a_line() {
        let of = |text: &str| Stamp::prefix(text).map(|(s, n)| (s.year, s.month_day, s.clock, n));
        assert_eq!(of("2026-01-05 09:03:02阿花"), Some((Some(2026), Some((1, 5)), Some(32582), 19)));
        assert_eq!(of("2026-01-05 09:03:02 PM 阿花"), Some((Some(2026), Some((1, 5)), Some(75782), 22)));
        assert_eq!(of("2026-01-05 09:03:02 PMma"), Some((Some(2026), Some((1, 5)), Some(32582), 19)));
        assert_eq!(of("01-05 09:03 阿花"), Some((None, Some((1, 5)), Some(32580), 11)));
        assert_eq!(of("20:57:11"), Some((None, None, Some(75431), 8)));
        assert_eq!(of("2026-01-05"), Some((Some(2026), Some((1, 5)), None, 10)));
        assert_eq!(of("3-5天能到"), None);
        assert_eq!(of("3/5"), None);
        assert_eq!(of("1月5号到的"), Some((None, Some((1, 5)), None, 8)));
        assert_eq!(of("138001380001"), None);
        assert_eq!(of("2026-01-0512"), None);
    }

    proptest::proptest! {
        #[test]
        fn what_is_written_is_read_again(seconds in -62_135_596_800i64..253_402_300_799) {
            let time = Time::from_seconds(seconds);
            let (y, m, d) = time.day().civil();
            let text = format!("{y:04}-{m:02}-{d:02} {:02}:{:02}:{:02}", time.of_day() / 3600, time.of_day() / 60 % 60, time.of_day() % 60);
            proptest::prop_assert_eq!(Time::parse(&text), Some(time));
            let jiff = jiff::civil::DateTime::strptime("%Y-%m-%d %H:%M:%S", &text).unwrap();
            let civil = (i32::from(jiff.year()), jiff.month() as u32, jiff.day() as u32);
            proptest::prop_assert_eq!(civil, (y, m, d));
            let unix = jiff.to_zoned(jiff::tz::TimeZone::UTC).map(|z| z.timestamp().as_second());
            proptest::prop_assert!(unix.is_err() || unix.unwrap() == seconds);
        }

        #[test]
        fn no_text_panics(text in "\\PC*") {
            let _ = (Time::parse(&text), Stamp::prefix(&text));
        }
    }
}
