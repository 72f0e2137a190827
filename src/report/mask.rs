//! Personal data in what leaves the page: long numbers, mail addresses, house numbers, names of buyers.

use alloc::{collections::BTreeMap, string::String, vec::Vec};
use core::ops::Range;

/// The shortest number that is taken for a phone, order or parcel number.
const LONG: usize = 7;

/// The same where it is written in groups.
const JOINED: usize = 10;

/// Hides what could tell who the buyer is, one `*` per character, and leaves the ends so that two of them can still be told apart:
/// numbers of seven digits and more, also with hyphens, dots and blanks in them (phones, orders, parcels), mail addresses, the
/// digits of an address (楼栋, 单元, 室, 号 after 路 or 街, a door behind a building, 小区3-2-501), names of two characters and more that are
/// known to be buyers', and the given name behind 收货人： and the like. Everything else stays.
///
/// ```
/// use huashu::report::mask;
/// assert_eq!(mask("电话13912345678，单号 SF1234567890", &[]), "电话139****5678，单号 SF123***7890");
/// assert_eq!(mask("寄到中山路12号3栋2单元1201室", &[]), "寄到中山路**号*栋*单元****室");
/// assert_eq!(mask("翠苑小区3-2-501，文三路500号3栋201", &[]), "翠苑小区*******，文三路***号*栋***");
/// assert_eq!(mask("12号发货，满300减50，48小时内", &[]), "12号发货，满300减50，48小时内");
/// assert_eq!(mask("@小鹿乱撞 不能退", &["小鹿乱撞"]), "@小**撞 不能退");
/// ```
pub fn mask(text: &str, names: &[&str]) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut masked = chars.clone();
    let mut hide = |range: Range<usize>| {
        for c in masked.get_mut(range).unwrap_or_default() {
            *c = '*';
        }
    };
    for name in names {
        let name: Vec<char> = name.chars().collect();
        for (at, found) in chars.windows(name.len().max(1)).enumerate().filter(|_| name.len() > 1) {
            if found.iter().zip(&name).all(|(a, b)| a.eq_ignore_ascii_case(b)) {
                hide(at + 1..at + name.len() - usize::from(name.len() > 2));
            }
        }
    }
    for range in receivers(&chars) {
        hide(range);
    }
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        let end = at + span(chars.get(at..).unwrap_or_default());
        if is_digit(c) {
            let digits = chars.get(at..end).unwrap_or_default().iter().filter(|c| is_digit(**c)).count();
            let (before, from) = chars.split_at_checked(at).unwrap_or_default();
            let door = door(before, from);
            if digits >= LONG {
                let (head, tail) = if digits >= 10 { (3, 4) } else { (2, 2) };
                hide(at + head..end - tail);
            } else if door > 0 {
                hide(at..at + door);
            } else if is_house(before, chars.get(end..).unwrap_or_default()) {
                hide(at..end);
            }
            at = end.max(at + door);
        } else if matches!(c, '@' | '＠') {
            let name = chars.get(..at).unwrap_or_default().iter().rev().take_while(|c| is_mail(**c)).count();
            let host = chars.get(at + 1..).unwrap_or_default().iter().take_while(|c| is_mail(**c)).count();
            if name > 0 && host > 2 {
                hide(at - name + 1..at);
            }
            at += 1;
        } else {
            at += 1;
        }
    }
    masked.into_iter().collect()
}

/// Where the given names of receivers stand: behind a word for them and a colon, up to four characters with the family name.
fn receivers(chars: &[char]) -> impl Iterator<Item = Range<usize>> {
    const LABELS: [[char; 3]; 4] = [['收', '货', '人'], ['收', '件', '人'], ['联', '系', '人'], ['寄', '件', '人']];
    const MOST: usize = 4;
    let labels = chars.windows(3).enumerate().filter(|(_, label)| LABELS.iter().any(|known| known == label));
    labels.filter_map(|(at, _)| {
        let mut from = at + 3;
        if chars.get(from..from + 2) == Some(&['姓', '名']) {
            from += 2;
        }
        let between =
            |from: usize| chars.get(from..).unwrap_or_default().iter().take_while(|c| matches!(c, '：' | ':' | ' ' | '是' | '叫'));
        let told = between(from).any(|c| *c != ' ');
        from += between(from).count();
        let name = chars.get(from..)?.iter().take(MOST).take_while(|c| ('\u{4e00}'..='\u{9fff}').contains(*c)).count();
        (told && name > 1).then(|| from + 1..from + name)
    })
}

/// Hides a name but for its first and last character.
///
/// ```
/// use huashu::report::mask_name;
/// assert_eq!((mask_name("tb8800123"), mask_name("小鹿"), mask_name("鹿")), ("t***3".into(), "小***".into(), "***".into()));
/// ```
pub fn mask_name(name: &str) -> String {
    let mut chars = name.chars();
    let first = if name.chars().nth(1).is_some() { chars.next() } else { None };
    let last = if name.chars().nth(2).is_some() { chars.next_back() } else { None };
    first.into_iter().chain("***".chars()).chain(last).collect()
}

/// Hides the number of an order, which may look like anything: as a long number where it is one, else as a name.
///
/// ```
/// use huashu::report::mask_order;
/// assert_eq!((mask_order("26030100001"), mask_order("SO-2026-0001")), ("260****0001".into(), "S***1".into()));
/// ```
pub fn mask_order(number: &str) -> String {
    let masked = mask(number, &[]);
    if masked == number && !number.is_empty() { mask_name(number) } else { masked }
}

/// Numbers what looks alike once masked, so that rows can still be told apart: pairs of what was masked and its mask, which gets the number
/// by which it came among those of the same mask. Nothing of what is hidden is in it.
///
/// ```
/// use huashu::report::{mask_order, tell_apart};
/// let told = |numbers: &[&str]| {
///     let mut masks: Vec<_> = numbers.iter().map(|number| (number.to_string(), mask_order(number))).collect();
///     tell_apart(&mut masks);
///     masks.into_iter().map(|(_, mask)| mask).collect::<Vec<_>>()
/// };
/// assert_eq!(told(&["1", "2", "A12345", "2"]), ["***#1", "***#2", "A***5", "***#2"]);
/// ```
pub fn tell_apart(masks: &mut [(String, String)]) {
    let mut number_of: BTreeMap<&(String, String), usize> = BTreeMap::new();
    let mut alike: BTreeMap<&str, usize> = BTreeMap::new();
    let mut numbers = Vec::with_capacity(masks.len());
    for pair in masks.iter() {
        let number = *number_of.entry(pair).or_insert_with(|| {
            let count = alike.entry(&pair.1).or_default();
            *count += 1;
            *count
        });
        numbers.push(number);
    }
    let ambiguous: Vec<bool> = masks.iter().map(|(_, mask)| alike.get(&**mask).is_some_and(|count| *count > 1)).collect();
    for (((_, mask), number), _) in masks.iter_mut().zip(numbers).zip(ambiguous).filter(|(_, ambiguous)| *ambiguous) {
        mask.push_str(&alloc::format!("#{number}"));
    }
}

/// Hides what the id of a conversation tells of the buyer, and leaves the number that tells it from others of its file.
///
/// ```
/// use huashu::report::mask_id;
/// assert_eq!(mask_id("与小鹿13812345678的聊天.txt#1", &["小鹿"]), "与小*138****5678的聊天.txt#1");
/// ```
pub fn mask_id(id: &str, names: &[&str]) -> String {
    match counted(id) {
        Some((file, number)) => alloc::format!("{}#{number}", mask(file, names)),
        None => mask(id, names),
    }
}

/// An id that is made of a file's name and a number.
pub(super) fn counted(id: &str) -> Option<(&str, &str)> {
    id.rsplit_once('#').filter(|(_, number)| number.len() < LONG && number.chars().all(|c| c.is_ascii_digit()))
}

/// The length of the number at the beginning: a run of digits, or several of three digits and more with a hyphen, a dot or a
/// blank in between where that makes a phone or order number (139-1234-5678, not 500-1000 元 and not 2026-01-31). 1 where there is none.
fn span(chars: &[char]) -> usize {
    let run = |from: usize| chars.iter().skip(from).take_while(|c| is_digit(**c)).count();
    let first = run(0);
    let (mut end, mut digits, mut last) = (first, first, first);
    while last >= 3 && matches!(chars.get(end), Some('-' | ' ' | '－' | '.')) {
        last = run(end + 1);
        if last >= 3 {
            end += 1 + last;
            digits += last;
        }
    }
    if digits >= JOINED { end } else { first.max(1) }
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || ('０'..='９').contains(&c)
}

fn is_mail(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+')
}

/// Whether a number between these belongs to an address.
fn is_house(before: &[char], after: &[char]) -> bool {
    let measured = matches!(after, ['元' | '块' | '件' | '个' | '天' | '米' | '平' | '折' | '%' | '.', ..]);
    match (before, after) {
        (_, ['栋' | '幢' | '室' | '弄', ..] | ['单', '元', ..] | ['号', '楼' | '院', ..]) => true,
        (_, ['号', ..]) => matches!(before, [.., '路' | '街' | '道' | '巷' | '弄' | '村' | '里']),
        ([.., '栋' | '幢' | '座'] | [.., '单', '元'] | [.., '号', '楼'], _) => !measured,
        _ => false,
    }
}

/// The length of building, unit and door written as 3-2-501 or 3-501 behind the name of a place; 0 where there is none.
fn door(before: &[char], from: &[char]) -> usize {
    if !matches!(before, [.., '区' | '苑' | '园' | '城' | '庄' | '村' | '里' | '府' | '湾' | '院' | '寓' | '号' | '栋' | '幢' | '座'])
    {
        return 0;
    }
    let length = from.iter().take_while(|c| is_digit(**c) || matches!(c, '-' | '－')).count();
    let written = from.get(..length).unwrap_or_default();
    let groups: Vec<usize> = written.split(|c| !is_digit(*c)).map(<[char]>::len).collect();
    match *groups.as_slice() {
        [1..=3, 1..=2, 2..=4] | [1..=3, 3..=4] => length,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use proptest::prelude::*;

    #[test]
    fn what_is_personal_is_hidden() {
        for (text, expected) in [
            ("13912345678", "139****5678"),
            ("１３９１２３４５６７８", "１３９****５６７８"),
            ("139 1234 5678", "139******5678"),
            ("021-6543210", "021****3210"),
            ("260517-607198974342268", "260***************2268"),
            ("QQ 1234567", "QQ 12***67"),
            ("138.1234.5678", "138******5678"),
            ("版本1.234.567，共1234.50元", "版本1.234.567，共1234.50元"),
            ("xiaolu.a@mail.example", "x*******@mail.example"),
            ("xiaolu＠mail.example", "x*****＠mail.example"),
            ("@小美 在吗", "@小美 在吗"),
            ("满300-50，500-1000元，2026-01-31 10:00", "满300-50，500-1000元，2026-01-31 10:00"),
            ("南京西路88号", "南京西路**号"),
            ("5号楼", "*号楼"),
            ("12幢1单元1803，5号楼1203", "**幢*单元****，*号楼****"),
            ("龙湖花园3-501 杨梅园3-5天发货", "龙湖花园***** 杨梅园3-5天发货"),
            ("沙发3座2800元，每栋20个", "沙发3座2800元，每栋20个"),
            ("收货人：张三丰，收件人姓名: 欧阳娜娜 浙江", "收货人：张**，收件人姓名: 欧*** 浙江"),
            ("收货人 地址写错了，收货人地址写错了，联系人：", "收货人 地址写错了，收货人地址写错了，联系人："),
            ("", ""),
        ] {
            assert_eq!(mask(text, &[]), expected, "{text}");
        }
    }

    #[test]
    fn known_names_are_hidden_wherever_they_stand() {
        for (text, name, expected) in [
            ("@小鹿乱撞1988 不能退，小鹿乱撞1988", "小鹿乱撞1988", "@小******8 不能退，小******8"),
            ("阿青青在吗", "阿青", "阿*青在吗"),
            ("Our TB88 and tb88", "tb88", "Our T**8 and t**8"),
            ("鹿在", "鹿", "鹿在"),
            ("在", "小鹿", "在"),
            ("在", "", "在"),
        ] {
            assert_eq!(mask(text, &[name]), expected, "{text}");
        }
        assert_eq!(mask_id("与小鹿13812345678的聊天.txt#123456", &["小鹿"]), "与小*138****5678的聊天.txt#123456");
        assert_eq!(mask_id("chat#13812345678", &[]), "chat#138****5678");
        assert_eq!(mask_id("小鹿乱撞@2026", &["小鹿乱撞"]), "小**撞@2026");
        assert_eq!(["#1001", "A12345", "536365", "1"].map(mask_order), ["#***1", "A***5", "5***5", "***"]);
    }

    proptest! {
        #[test]
        fn no_long_number_is_left_and_no_character_is_lost(text in "[0-9０-９ a-z@.\\-路号室中，*]{0,40}") {
            let masked = mask(&text, &[]);
            prop_assert_eq!(masked.chars().count(), text.chars().count());
            let runs: Vec<usize> = masked.split(|c| !is_digit(c)).map(|run| run.chars().count()).collect();
            prop_assert!(runs.iter().all(|run| *run < LONG), "{}", masked);
            prop_assert_eq!(vec![mask(&masked, &[])], vec![masked]);
        }
    }
}
