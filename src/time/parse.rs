//! From what exports and chats write to civil time. Offsets are dropped, not converted: the shop's clock is meant. Only UTC's `Z`, which
//! no shop's clock shows, is.

use super::{AHEAD_OF_UTC, Day, Time};

/// A date and a time of day as they stand in a text; what the text leaves out is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stamp {
    /// The year, where written.
    pub year: Option<i32>,
    /// Month and day, where written. With `year` they are an existing day; without it the day exists in a leap year.
    pub month_day: Option<(u32, u32)>,
    /// Seconds since midnight, where written.
    pub clock: Option<i64>,
    /// Whether `clock` is written without seconds.
    pub to_minute: bool,
    /// The day as people name it instead of a date (昨天 15:05).
    pub named: Option<NamedDay>,
    /// The other reading of `month_day`, where day and month may change places (01/02/2025).
    pub swapped: Option<(u32, u32)>,
}

/// A day named by where the writer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamedDay {
    /// So many days before today: 今天, 昨天, 前天.
    Before(u8),
    /// 星期一 is 0.
    Weekday(u8),
}

impl Stamp {
    /// The stamp that `text` begins with, and the number of bytes it takes. A stamp is never cut out of a longer number.
    ///
    /// Read are `2026-1-5 9:03:02` (also with `/`, `.`, `T`, `_` or `年月日`, with a weekday, padded or not), the date alone, `1月5日 9:03` and
    /// `01-05 09:03` (no year), `24-1-5 9:03`, `05/01/2026, 9:03`, `昨天 9:03`, and the time of day alone; AM, PM, 上午, 下午 and the like before
    /// or after the time of day count. Digits and marks may be full-width.
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
            let stamp = Self { year: Some(year), month_day: Some((month, day)), clock: Some(time.of_day()), ..Self::default() };
            // A half of the day may follow even the padded form.
            if !matches!(bytes.get(19), Some(b' ' | b'.')) {
                return Some((stamp, 19));
            }
        }
        let mut c = Cursor { bytes, at: 0 };
        let mut stamp = Self::default();
        if let Some((date, certain)) = c.date() {
            stamp = date;
            let after_date = c.at;
            c.between();
            let glued = c.at == after_date && !text.get(..after_date).is_some_and(|t| t.ends_with('日') || t.ends_with('号'));
            if glued || c.clock(&mut stamp).is_none() {
                c.at = after_date;
                if !certain {
                    return None;
                }
            }
        } else {
            stamp.named = c.named();
            c.clock(&mut stamp)?;
        }
        (!c.peek().is_some_and(|b| b.is_ascii_digit())).then_some((stamp, c.at))
    }

    /// Of a date with the year behind: day first, where both orders make a date.
    fn turned(year: u32, first: u32, second: u32) -> Option<Self> {
        let date = |month, day| Day::new(year as i32, month, day).map(|_| (month, day));
        let (day_first, month_first) = (date(second, first), date(first, second));
        let month_day = day_first.or(month_first);
        month_day?;
        let swapped = month_first.filter(|date| day_first.is_some_and(|other| other != *date));
        Some(Self { year: Some(year as i32), month_day, swapped, ..Self::default() })
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
    /// `20260105093002`. Fractions of a second and a written offset are dropped; with `Z` the time is UTC's, and eight hours go to the
    /// shop's. `None` for everything else.
    ///
    /// ```
    /// use huashu::time::Time;
    /// let time = |cell| Time::parse(cell).map(|t| t.to_string());
    /// assert_eq!(time("2026-01-05 09:03:02").as_deref(), Some("2026-01-05T09:03:02"));
    /// assert_eq!(time("2026/1/5 9:03").as_deref(), Some("2026-01-05T09:03:00"));
    /// assert_eq!(time("2026-01-05T09:03:02.000+08:00").as_deref(), Some("2026-01-05T09:03:02"));
    /// assert_eq!(time("2026-01-05T18:03:02.000Z").as_deref(), Some("2026-01-06T02:03:02"));
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
        // Of a date that begins with less than the whole year nobody knows which number is what.
        if !bytes.get(..4)?.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let (stamp, length) = Stamp::prefix(cell)?;
        let ahead = offset(cell.get(length..)?)?;
        stamp.time().map(|time| Time(time.0 + ahead))
    }

    /// Whether a cell that [`Time::parse`] reads writes no seconds.
    pub(crate) fn is_to_minute(cell: &str) -> bool {
        Stamp::prefix(cell).map_or(cell.len() == 12, |(stamp, _)| stamp.to_minute)
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

/// The seconds to add for what follows a time, nothing or an offset (`Z`, `+08:00`, ` +0800`, `(UTC+8)`); `None` for anything else.
fn offset(rest: &str) -> Option<i64> {
    let rest = rest.trim_matches(|c: char| c == ' ' || c == '(' || c == ')');
    if rest == "Z" {
        return Some(AHEAD_OF_UTC);
    }
    let rest = rest.strip_prefix("UTC").or_else(|| rest.strip_prefix("GMT")).unwrap_or(rest);
    let digits = rest.strip_prefix(['+', '-']);
    let known = rest.is_empty() || digits.is_some_and(|d| (1..=5).contains(&d.len()) && d.bytes().all(|b| b.is_ascii_digit() || b == b':'));
    known.then_some(0)
}

/// Which half of the day a word names.
#[derive(Clone, Copy)]
enum Half {
    Morning,
    Noon,
    Afternoon,
}

/// What stands between the numbers of a date.
const MARKS: [[&str; 2]; 3] = [["-", "－"], ["/", "／"], [".", "．"]];
const DOT: usize = 2;

const DAYS: [(&str, u8); 3] = [("今天", 0), ("昨天", 1), ("前天", 2)];
const WEEK: [&str; 3] = ["星期", "周", "礼拜"];
const WEEKDAYS: [(&str, u8); 8] = [("一", 0), ("二", 1), ("三", 2), ("四", 3), ("五", 4), ("六", 5), ("日", 6), ("天", 6)];

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
        while self.eat(" ") || self.eat("\t") || self.eat("\u{3000}") || self.eat("\u{a0}") || self.eat("\u{202f}") {}
    }

    /// A digit, also a full-width one.
    fn digit(&mut self) -> Option<u32> {
        let (digit, width) = match *self.bytes.get(self.at..)? {
            [digit @ b'0'..=b'9', ..] => (digit - b'0', 1),
            [0xEF, 0xBC, digit @ 0x90..=0x99, ..] => (digit - 0x90, 3),
            _ => return None,
        };
        self.at += width;
        Some(u32::from(digit))
    }

    /// A mark between the numbers of a date: its place in [`MARKS`].
    fn mark(&mut self) -> Option<usize> {
        MARKS.iter().position(|[plain, wide]| self.eat(plain) || self.eat(wide))
    }

    /// A number of at most `digits` digits that no further digit follows, and how many digits it had.
    fn number(&mut self, digits: usize) -> Option<(u32, usize)> {
        let (mut n, mut length) = (0, 0);
        while let Some(digit) = self.digit() {
            if length == digits {
                return None;
            }
            n = n * 10 + digit;
            length += 1;
        }
        (length > 0).then_some((n, length))
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

    /// A date, and whether it is one without a time of day behind it: `3-5` is a range of days, `24-1-5` may be anything.
    fn date(&mut self) -> Option<(Stamp, bool)> {
        self.attempt(|c| {
            let (first, length) = c.number(4)?;
            let (year, month, day, certain) = if length == 4 && c.eat("年") {
                let (month, _) = c.number(2)?;
                (Some(first), month, c.eat("月").then(|| c.written_day())??, true)
            } else if length < 3 && c.eat("月") {
                (None, first, c.written_day()?, true)
            } else {
                let mark = c.mark()?;
                let (second, _) = c.number(2)?;
                let third = c.attempt(|c| (c.mark()? == mark).then(|| c.number(4))?);
                match (length, third) {
                    (4, Some((day, 1 | 2))) => (Some(first), second, day, true),
                    (1 | 2, Some((year, 4))) => return Some((Stamp::turned(year, first, second)?, false)),
                    (1 | 2, Some((year, 2))) if c.peek() == Some(b',') => return Some((Stamp::turned(2000 + year, first, second)?, false)),
                    // No day or month, so it is a year; and with slashes it could be a day all the same.
                    (2, Some((day, 1 | 2))) if first > 12 && mark != 1 => (Some(2000 + first), second, day, false),
                    (1 | 2, None) if mark != DOT => (None, first, second, false),
                    _ => return None,
                }
            };
            let year = year.map(|year| year as i32);
            Day::new(year.unwrap_or(2000), month, day)?;
            Some((Stamp { year, month_day: Some((month, day)), ..Stamp::default() }, certain))
        })
    }

    /// The day behind 月.
    fn written_day(&mut self) -> Option<u32> {
        let (day, _) = self.number(2)?;
        (self.eat("日") || self.eat("号")).then_some(day)
    }

    fn weekday(&mut self) -> Option<u8> {
        self.attempt(|c| {
            WEEK.iter().find(|word| c.eat(word))?;
            WEEKDAYS.iter().find(|(word, _)| c.eat(word)).map(|(_, day)| *day)
        })
    }

    /// A day as people name it.
    fn named(&mut self) -> Option<NamedDay> {
        let before = DAYS.iter().find(|(word, _)| self.eat(word)).map(|(_, days)| NamedDay::Before(*days));
        let named = before.or_else(|| self.weekday().map(NamedDay::Weekday))?;
        self.blanks();
        Some(named)
    }

    /// What stands between date and time of day: `T`, `_`, a comma, blanks, a weekday.
    fn between(&mut self) {
        if self.eat("T") || self.eat("_") {
            return;
        }
        let _ = self.eat(",");
        self.blanks();
        let weekday = self.attempt(|c| {
            let _ = c.eat("(") || c.eat("（");
            let day = c.weekday()?;
            let _ = c.eat(")") || c.eat("）");
            Some(day)
        });
        if weekday.is_some() {
            self.blanks();
        }
    }

    fn half(&mut self) -> Option<Half> {
        HALVES.into_iter().find(|(word, _)| self.eat(word)).map(|(_, half)| half)
    }

    fn clock(&mut self, stamp: &mut Stamp) -> Option<()> {
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
            (stamp.clock, stamp.to_minute) = (Some(clock(hour, minute, second.unwrap_or(0))?), second.is_none());
            Some(())
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
            ("2026-01-05T09:03:02Z", "2026-01-05T17:03:02"),
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
            "24-1-5 09:03:02",
            "05/01/2026 09:03:02",
            "昨天 09:03",
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
        assert_eq!(of("24-1-5 9:03 阿花"), Some((Some(2024), Some((1, 5)), Some(32580), 11)));
        assert_eq!(of("13/02/2025, 09:03"), Some((Some(2025), Some((2, 13)), Some(32580), 17)));
        assert_eq!(of("２０２６－１－５　９：０３"), Some((Some(2026), Some((1, 5)), Some(32580), 39)));
        let to_minute = |text: &str| Stamp::prefix(text).unwrap().0.to_minute;
        for text in ["2026-1-5 9:03", "9:03 PM", "9点3分", "昨天 9:03"] {
            assert!(to_minute(text), "{text}");
        }
        for text in ["2026-01-05 09:03:00", "2026-1-5 9:03:00", "9:03:00 PM", "9点3分0秒", "2026-01-05"] {
            assert!(!to_minute(text), "{text}");
        }
        assert!(Time::is_to_minute("202601050903") && Time::is_to_minute("2026-01-05T09:03+08:00"));
        assert!(!Time::is_to_minute("20260105090300") && !Time::is_to_minute("2026-01-05T09:03:00Z"));
        for text in ["24-1-5", "36-24-36 9:03", "24/1/5 9:03", "昨天", "周三", "13/13/2025, 09:03", "1/2/3 9:03"] {
            assert_eq!(of(text), None, "{text}");
        }
    }

    #[test]
    fn days_by_name_and_dates_that_may_be_turned() {
        let of = |text: &str| Stamp::prefix(text).map(|(s, n)| (s.named, s.swapped, s.clock, n)).unwrap();
        assert_eq!(of("昨天 9:03"), (Some(NamedDay::Before(1)), None, Some(32580), 11));
        assert_eq!(of("星期日 下午3:20"), (Some(NamedDay::Weekday(6)), None, Some(55200), 20));
        assert_eq!(of("05/01/2026, 09:03").1, Some((5, 1)));
        assert_eq!(of("05/05/2026, 09:03").1, None);
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
