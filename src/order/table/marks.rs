//! What single cells give away: rows of totals, order numbers that Excel spoilt, days in order numbers.

use crate::{order::dialect::SUMMARIES, time::Day};

/// Whether a cell names a row of totals or means: 合计, `合计：`, 合计(3), 共 3 条.
pub(crate) fn sums_up(cell: &[u8]) -> bool {
    let Ok(text) = core::str::from_utf8(cell) else { return false };
    let counted = |rest: &str| {
        let unit = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ');
        unit.len() < rest.len() && ["条", "单", "笔", "行", "条记录", "条数据", "笔订单", "个订单"].contains(&unit)
    };
    let names = |word: &&str| {
        let Some((head, rest)) = text.split_at_checked(word.len()) else { return false };
        // `total 3` may be a name; 合计3 is none.
        let mark = |c: char| matches!(c, ':' | '：' | '(' | ')' | '（' | '）' | ' ') || (!word.is_ascii() && c.is_ascii_digit());
        head.eq_ignore_ascii_case(word) && (rest.chars().all(mark) || counted(rest))
    };
    text.strip_prefix("共").is_some_and(counted) || SUMMARIES.iter().any(names)
}

/// An order number that Excel has turned into `3.51532E+17`: many orders share it.
pub(super) fn is_mangled(id: &[u8]) -> bool {
    let ([.., b'+', _] | [.., b'+', _, _]) = id else { return false };
    let Some(e) = id.iter().position(|&b| b == b'E' || b == b'e') else { return false };
    let (mantissa, exponent) = (id.get(..e).unwrap_or(&[]), id.get(e + 1..).unwrap_or(&[]));
    let digits = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_digit);
    let exponent = exponent.strip_prefix(b"+").unwrap_or(&[]);
    let point = mantissa.iter().position(|&b| b == b'.');
    digits(exponent)
        && exponent.len() <= 2
        && point.map_or_else(|| digits(mantissa), |p| p == 1 && digits(mantissa.get(p + 1..).unwrap_or(&[])))
}

/// How many zeros stand behind the 15 digits that Excel keeps of a number, of an order number that is longer; `None` of any other.
pub(super) fn zeros_behind(id: &[u8]) -> Option<usize> {
    let (kept, behind) = id.split_at_checked(15).filter(|(_, behind)| !behind.is_empty())?;
    let long = kept.iter().chain(behind).all(u8::is_ascii_digit);
    long.then(|| if behind.iter().all(|&digit| digit == b'0') { behind.len() } else { 0 })
}

/// Whether it is an order number of PDD's: the day, and 15 digits.
pub(crate) fn is_of_pdd(id: &str) -> bool {
    let number = id.get(7..).unwrap_or_default();
    number.len() == 15 && number.bytes().all(|b| b.is_ascii_digit()) && day_of_number(id.as_bytes()).is_some()
}

/// PDD writes the day into the order number: `260517-607198974342268`.
pub(super) fn day_of_number(id: &[u8]) -> Option<Day> {
    let [y1, y2, m1, m2, d1, d2, b'-', ..] = id else { return None };
    let two = |a: &u8, b: &u8| (a.is_ascii_digit() && b.is_ascii_digit()).then(|| u32::from(a - b'0') * 10 + u32::from(b - b'0'));
    Day::new(2000 + two(y1, y2)? as i32, two(m1, m2)?, two(d1, d2)?)
}
