//! What stands in a cell: blanks and Excel's marks taken off, numbers read exactly.

use super::NONE;
use crate::{
    input::bytes::holds,
    text::half_width,
    time::{Plain, Time},
};
use alloc::{string::String, vec::Vec};

/// Millionths of a yuan or of a piece: what numbers are read in, so that prices with more than two decimals stay exact.
pub(super) const UNIT: i64 = 1_000_000;

/// A cell without what exports and Excel put around its text: blanks, TAB, NUL, `="…"`, a leading `'`; a lone `-` or `——` is nothing.
#[inline]
pub(crate) fn clean(cell: &[u8]) -> &[u8] {
    // A cell that begins and ends with a letter, a digit or a common ideograph has nothing around it. (`n…` may be `null`; the lead
    // and last bytes left out are those of blanks and dashes.)
    let plain_first = |b: u8| b.is_ascii_alphanumeric() && b != b'n' && b != b'N' || (b >= 0xe4 && b != 0xef);
    let plain_last = |b: u8| b.is_ascii_alphanumeric() || (b >= 0x80 && !matches!(b, 0x80 | 0x8b | 0xa0 | 0xbf));
    match cell {
        [] => cell,
        [only] if only.is_ascii_alphanumeric() => cell,
        [first, .., last] if plain_first(*first) && plain_last(*last) => cell,
        _ => scrub(cell),
    }
}

#[inline(never)]
fn scrub(cell: &[u8]) -> &[u8] {
    let mut cell = trim(cell);
    if let Some(inner) = cell.strip_prefix(b"=\"").and_then(|rest| rest.strip_suffix(b"\"")) {
        cell = trim(inner);
    }
    if let Some(rest) = cell.strip_prefix(b"'") {
        cell = trim(rest);
    }
    match cell {
        b"-" | b"--" | b"/" | b"\\N" | b"NULL" | b"null" | b"None" | b"N/A" | b"#N/A" | b"NaN" | b"nan" => &[],
        _ if cell == "—".as_bytes() || cell == "——".as_bytes() => &[],
        // What encrypted exports put in place of a personal field.
        [b'#', b'#', ..] | [b'$', b'$', ..] => &[],
        _ => cell,
    }
}

/// Whether a cell hides what it holds: behind asterisks, or behind the codes that encrypted exports put in its place.
pub(crate) fn is_masked(cell: &[u8]) -> bool {
    holds(cell, b'*') || (clean(cell).is_empty() && matches!(trim(cell), [b'#', b'#', ..] | [b'$', b'$', ..]))
}

/// The digits of a phone number, without the country code of China; none where there is no number. `None` for a virtual one
/// (`18400000000-1234`, `95013…`), which platforms make for one order and give to the next buyer later.
pub(super) fn phone(cell: &[u8]) -> Option<Vec<u8>> {
    let mut digits: Vec<u8> = cell.iter().copied().filter(u8::is_ascii_digit).collect();
    if let Some(rest) = digits.strip_prefix(b"86").filter(|rest| rest.len() >= 11) {
        digits = rest.to_vec();
    }
    if !cell.starts_with(b"+") && (digits.len() > 11 && digits.starts_with(b"1") || digits.len() > 10 && digits.starts_with(b"95")) {
        return None;
    }
    if digits.len() < 7 {
        digits.clear();
    }
    Some(digits)
}

fn trim(mut cell: &[u8]) -> &[u8] {
    const BLANKS: [&[u8]; 4] = ["\u{3000}".as_bytes(), "\u{a0}".as_bytes(), "\u{feff}".as_bytes(), "\u{200b}".as_bytes()];
    loop {
        let before = cell.len();
        while let [0..=b' ', rest @ ..] = cell {
            cell = rest;
        }
        while let [rest @ .., 0..=b' '] = cell {
            cell = rest;
        }
        for blank in BLANKS {
            cell = cell.strip_prefix(blank).unwrap_or(cell);
            cell = cell.strip_suffix(blank).unwrap_or(cell);
        }
        if cell.len() == before {
            return cell;
        }
    }
}

/// What a number's cell says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Number {
    /// In [`UNIT`]s.
    Value(i64),
    /// Nothing, or a word for "not yet" (延迟统计).
    Nothing,
    /// Something that is no number.
    Unreadable,
}

/// A decimal number with everything that exports write around it: thousands commas, `¥`, `元`, `件`, full-width digits.
#[inline]
pub(crate) fn number(cell: &[u8]) -> Number {
    if let Some(value) = plain(cell) {
        return Number::Value(value);
    }
    dressed(cell)
}

/// `1234.56`, the form of nearly every cell: its digits as one number, and how many of them stand behind the point.
#[inline]
fn digits(cell: &[u8]) -> Option<(i64, usize)> {
    if cell.len() > 12 {
        return None;
    }
    let (mut value, mut point) = (0_i64, None);
    for (at, &byte) in cell.iter().enumerate() {
        let digit = byte.wrapping_sub(b'0');
        if digit < 10 {
            value = value * 10 + i64::from(digit);
        } else if byte == b'.' && point.is_none() && cell.len() > 1 {
            point = Some(at + 1);
        } else {
            return None;
        }
    }
    (!cell.is_empty()).then(|| (value, point.map_or(0, |point| cell.len() - point)))
}

#[inline]
fn plain(cell: &[u8]) -> Option<i64> {
    let (value, behind) = digits(cell)?;
    Some(value * [UNIT, 100_000, 10_000, 1_000, 100, 10, 1].get(behind)?)
}

/// A plain number with at most two digits behind the point, in hundredths: most amounts, without a division.
#[inline]
pub(super) fn plain_cents(cell: &[u8]) -> Option<i64> {
    let (value, behind) = digits(cell)?;
    Some(value * [100, 10, 1].get(behind)?)
}

#[inline(never)]
fn dressed(cell: &[u8]) -> Number {
    let cell = clean(cell);
    if cell.is_empty() {
        return Number::Nothing;
    }
    let text = String::from_utf8_lossy(cell);
    if matches!(&*text, "延迟统计" | "暂无" | "无" | "暂无数据" | "【暂无数据】" | "未知") {
        return Number::Nothing;
    }
    let mut value: i128 = 0;
    let (mut negative, mut point, mut digits, mut behind) = (false, false, 0_u32, false);
    let mut next_down = false;
    // Digits since the last comma: `1,234` is a number, `12,50` may be 12.50.
    let mut group: Option<u32> = None;
    let whole = |group: Option<u32>| group.is_none_or(|count| count == 3);
    for c in text.chars() {
        let c = if matches!(c, '−' | '–') { '-' } else { half_width(c) };
        match c {
            '0'..='9' if behind => return Number::Unreadable,
            '0'..='9' => {
                let digit = i128::from(c as u32 - '0' as u32);
                match (point, digits) {
                    (false, _) => value = value * 10 + digit * i128::from(UNIT),
                    (true, 0..=5) => value += digit * i128::from(10_i64.pow(5 - digits)),
                    (true, 6) => next_down = digit >= 5,
                    (true, _) => {}
                }
                digits += 1;
                group = group.map(|count| count + u32::from(!point));
                if !point && digits > 18 {
                    return Number::Unreadable;
                }
            }
            '.' if !point && !behind && whole(group) => {
                point = true;
                digits = 0;
            }
            '-' if digits == 0 && !point && !negative => negative = true,
            '+' if digits == 0 && !point => {}
            ',' if !point && !behind && group.map_or((1..=3).contains(&digits), |count| count == 3) => group = Some(0),
            '¥' | '￥' | '$' if digits == 0 && !point => {}
            '元' | '件' | '个' | '份' | '只' | '双' | '套' | '瓶' | '盒' | '箱' | '袋' if digits > 0 || point => behind = true,
            ' ' | '\u{a0}' => {}
            _ => return Number::Unreadable,
        }
    }
    if (digits == 0 && value == 0) || !whole(group) {
        return Number::Unreadable;
    }
    let value = value + i128::from(next_down);
    i64::try_from(if negative { -value } else { value }).map_or(Number::Unreadable, Number::Value)
}

/// From [`UNIT`]s to hundredths of it, half away from zero.
#[inline]
pub(super) const fn cents(value: i64) -> i64 {
    round64(value, UNIT / 100)
}

/// From [`UNIT`]s to thousandths of it, half away from zero.
#[inline]
pub(super) const fn thousandths(value: i64) -> i64 {
    // One piece, nearly always.
    if value == UNIT { 1000 } else { round64(value, UNIT / 1000) }
}

/// Unit price × quantity, both in [`UNIT`]s, in cents, rounded once, half away from zero; [`NONE`] where there is no such amount.
#[inline]
pub(super) fn product(price: i64, quantity: i64) -> i64 {
    if price == NONE || quantity == NONE {
        return NONE;
    }
    let scale = UNIT / 100 * UNIT;
    // Nearly always the product fits, and a division of 64 bits is several times faster than one of 128.
    match price.checked_mul(quantity) {
        Some(product) => round64(product, scale),
        None => round(i128::from(price) * i128::from(quantity), i128::from(scale)),
    }
}

const fn round64(value: i64, by: i64) -> i64 {
    // A division takes longer than all else.
    let whole = value / by;
    let rest = value - whole * by;
    if rest.unsigned_abs() * 2 >= by.unsigned_abs() { whole + value.signum() } else { whole }
}

const fn round(value: i128, by: i128) -> i64 {
    let (whole, rest) = (value / by, value % by);
    let rounded = if rest.unsigned_abs() * 2 >= by.unsigned_abs() { whole + value.signum() } else { whole };
    if rounded > i64::MAX as i128 {
        i64::MAX
    } else if rounded < -(i64::MAX as i128) {
        -i64::MAX
    } else {
        rounded as i64
    }
}

/// The time in a cell in seconds, [`NONE`] where the cell is empty; `Err` where it holds something else.
pub(crate) fn time(cell: &[u8]) -> Result<i64, ()> {
    time_near(cell, &mut Plain::default())
}

/// The same for a cell whose date is often that of the cell before.
#[inline]
pub(super) fn time_near(cell: &[u8], plain: &mut Plain) -> Result<i64, ()> {
    if cell.is_empty() {
        return Ok(NONE);
    }
    // The usual form, with or without a fraction of a second.
    if let Some((head, tail)) = cell.split_first_chunk::<19>()
        && (tail.is_empty() || (tail.first() == Some(&b'.') && tail.iter().skip(1).all(u8::is_ascii_digit)))
        && let Some(time) = plain.time(head)
    {
        return Ok(time.seconds());
    }
    unusual_time(cell)
}

#[inline(never)]
fn unusual_time(cell: &[u8]) -> Result<i64, ()> {
    let cell = clean(cell);
    if cell.is_empty() {
        return Ok(NONE);
    }
    let text = core::str::from_utf8(cell).map_err(drop)?;
    if let Some(time) = Time::parse(text) {
        return Ok(time.seconds());
    }
    // Empty times of databases, and words for "not yet".
    let nothing = text.starts_with("0000-00-00") || matches!(text, "延迟统计" | "无" | "暂无" | "未付款" | "未支付" | "否" | "0");
    if nothing { Ok(NONE) } else { Err(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_around_a_cell_goes() {
        for (cell, want) in [
            ("abc", "abc"),
            (" abc ", "abc"),
            ("\tabc", "abc"),
            ("=\"3515\"", "3515"),
            ("=\"\"", ""),
            ("'13900000000", "13900000000"),
            ("'\t6917", "6917"),
            ("\u{3000}小店\u{3000}", "小店"),
            ("ab\0\0", "ab"),
            ("-", ""),
            ("——", ""),
            ("##a8f/3b", ""),
            ("$$a8f/3b", ""),
            ("null", ""),
            ("-5", "-5"),
            ("NULLs", "NULLs"),
        ] {
            assert_eq!(clean(cell.as_bytes()), want.as_bytes(), "{cell:?}");
        }
    }

    #[test]
    fn numbers_are_exact() {
        for (cell, want) in [
            ("0", Number::Value(0)),
            ("201.12", Number::Value(201_120_000)),
            ("0.1", Number::Value(100_000)),
            (".5", Number::Value(500_000)),
            ("12.", Number::Value(12_000_000)),
            ("-3.5", Number::Value(-3_500_000)),
            ("1,234,567.89", Number::Value(1_234_567_890_000)),
            ("¥1,200", Number::Value(1_200_000_000)),
            ("12,50", Number::Unreadable),
            ("1,2,3", Number::Unreadable),
            ("1,234,56.7", Number::Unreadable),
            ("1234,567", Number::Unreadable),
            ("1 000,50", Number::Unreadable),
            ("¥12.00", Number::Value(12_000_000)),
            ("￥１２．５０", Number::Value(12_500_000)),
            ("0元", Number::Value(0)),
            ("12.50 元", Number::Value(12_500_000)),
            ("=\"3\"", Number::Value(3_000_000)),
            ("2件", Number::Value(2_000_000)),
            ("0.1234567", Number::Value(123_457)),
            ("0.12345649", Number::Value(123_456)),
            ("9000000000000.999999", Number::Value(9_000_000_000_000_999_999)),
            ("", Number::Nothing),
            ("-", Number::Nothing),
            ("——", Number::Nothing),
            ("延迟统计", Number::Nothing),
            (".", Number::Unreadable),
            ("-.", Number::Unreadable),
            ("1.2.3", Number::Unreadable),
            ("12abc", Number::Unreadable),
            ("元", Number::Unreadable),
            ("12元5", Number::Unreadable),
            ("99999999999999999999", Number::Unreadable),
        ] {
            assert_eq!(number(cell.as_bytes()), want, "{cell:?}");
        }
    }

    #[test]
    fn a_phone_is_its_digits_and_a_virtual_one_is_none() {
        for (cell, want) in [
            ("13900000001", Some("13900000001")),
            ("+86 139-0000-0001", Some("13900000001")),
            ("8613900000001", Some("13900000001")),
            ("0571-88000000", Some("057188000000")),
            ("+12125550100", Some("12125550100")),
            ("+4915100000001", Some("4915100000001")),
            ("18400000000-1234", None),
            ("18400000000转1234", None),
            ("95013111111111", None),
            ("95588", Some("")),
            ("无", Some("")),
            ("", Some("")),
        ] {
            assert_eq!(phone(cell.as_bytes()).as_deref(), want.map(str::as_bytes), "{cell}");
        }
        for cell in ["139****0001", "##a8f/3b", "\t$$AbCd$$1$", "小**"] {
            assert!(is_masked(cell.as_bytes()), "{cell}");
        }
        assert!(!is_masked("#12".as_bytes()));
    }

    #[test]
    fn amounts_round_half_away_from_zero_and_once() {
        assert_eq!(cents(1_005_000), 101);
        assert_eq!(cents(-1_005_000), -101);
        assert_eq!(cents(1_004_999), 100);
        // 0.125 × 3 = 0.375
        assert_eq!(product(125_000, 3 * UNIT), 38);
        // 1.15 × 1.5 = 1.725
        assert_eq!(product(1_150_000, 1_500_000), 173);
        assert_eq!(product(9_000_000 * UNIT, 9_000_000 * UNIT), 8_100_000_000_000_000);
        assert_eq!(product(NONE, UNIT), NONE);
    }

    proptest::proptest! {
        #[test]
        fn numbers_are_read_as_written(whole in 0_i64..10_000_000_000, decimals in 0_i64..1_000_000) {
            let text = alloc::format!("{whole}.{decimals:06}");
            proptest::prop_assert_eq!(number(text.as_bytes()), Number::Value(whole * UNIT + decimals));
        }

        #[test]
        fn any_bytes(cell: alloc::vec::Vec<u8>) {
            let _ = (number(&cell), time(&cell));
            let cleaned = clean(&cell);
            proptest::prop_assert_eq!(clean(cleaned).len() <= cleaned.len(), true);
        }
    }
}
