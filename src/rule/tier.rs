//! Tiered discounts (满300减50，满500减120 …): how much is missing for the next one, and what it saves (T4).

use crate::{
    text::{fold_char, hundredths},
    toml::Fields,
};
use alloc::{format, string::String, vec::Vec};
use core::ops::Range;

/// One `[[tier]]` of the book, in cents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tier {
    /// Who buys for at least this much …
    pub from: i64,
    /// … pays this much less.
    pub off: i64,
}

/// What an amount lacks for the next tier, in cents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The amount.
    pub amount: i64,
    /// How much is missing.
    pub missing: i64,
    /// What the buyer then pays less than now.
    pub saving: i64,
    /// The next tier.
    pub next: Tier,
}

/// The most tiers of a book.
const MOST: usize = 50;

impl Tier {
    /// Reads tables in the order of their amounts, in yuan.
    pub fn parse(tables: Vec<Fields>) -> Vec<Tier> {
        let mut tiers: Vec<Tier> = Vec::new();
        for mut fields in tables {
            let (place, errors) = (fields.place(), fields.errors());
            let mut yuan = |key: &'static str| {
                if !fields.has(key) {
                    fields.missing(key);
                }
                fields.number(key).map(|yuan| libm::round(yuan.clamp(0.0, 1e9) * 100.0) as i64)
            };
            let (from, off) = (yuan("from"), yuan("off"));
            fields.finish();
            // What is missing or no number was told.
            let Some((from, off)) = from.zip(off) else { continue };
            let tier = Tier { from, off };
            let before = tiers.last().copied().unwrap_or(Tier { from: 0, off: 0 });
            if tier.from <= before.from || tier.off <= before.off || tier.off > tier.from || tiers.len() == MOST {
                let message = format!(
                    "满减从低到高写，from 和 off 都逐档变大，off 不超过 from，最多 {MOST} 档 / tiers rise in from and off, off is at most from, and there are {MOST} at most"
                );
                errors.add(place, "book-value", message);
            }
            tiers.push(tier);
        }
        tiers
    }
}

/// What is missing for the next tier; `None` where there is none.
///
/// ```
/// use huashu::rule::{Tier, gap};
/// let tiers = [(300, 50), (500, 120), (800, 200)].map(|(from, off)| Tier { from: from * 100, off: off * 100 });
/// let at = |yuan: i64| gap(&tiers, yuan * 100).map(|gap| (gap.missing / 100, gap.saving / 100));
/// assert_eq!(at(480), Some((20, 70)));
/// assert_eq!((at(299), at(300), at(800)), (Some((1, 50)), Some((200, 70)), None));
/// ```
pub fn gap(tiers: &[Tier], amount: i64) -> Option<Gap> {
    let next = *tiers.iter().find(|tier| tier.from > amount)?;
    let now = tiers.iter().rev().find(|tier| tier.from <= amount).map_or(0, |tier| tier.off);
    Some(Gap { amount, missing: next.from - amount, saving: next.off - now, next })
}

/// The slots that a suggestion can have, and what fills them.
pub(super) const SLOTS: [&str; 5] = ["amount", "missing", "saving", "from", "off"];

impl Gap {
    /// A suggestion with its slots filled: `再加{missing}元，多省{saving}元`.
    pub fn fill(&self, suggest: &str) -> String {
        let values = [self.amount, self.missing, self.saving, self.next.from, self.next.off];
        let filled = |text: String, (slot, cents): (&str, i64)| text.replace(&format!("{{{slot}}}"), &hundredths(cents));
        SLOTS.into_iter().zip(values).fold(suggest.into(), filled)
    }
}

/// What a number is not money before: 今天20点前, 3天, 9折.
const UNITS: &str = "点号天时小分秒月日年楼折件个双条克斤盒瓶包套袋箱%";

/// What a character of a number belongs to: a run of one kind is one number.
#[derive(PartialEq, Eq)]
enum Script {
    Digits,
    Chinese,
    Other,
}

fn script(c: &(usize, char)) -> Script {
    match c.1 {
        '0'..='9' | '.' => Script::Digits,
        '零' | '百' | '十' | '千' | '万' => Script::Chinese,
        c if digit(c).is_some() => Script::Chinese,
        _ => Script::Other,
    }
}

/// Whether two characters belong to one number, be it one that nobody reads: 3百 is a number, and 4百8 none.
fn is_one_number(a: &(usize, char), b: &(usize, char)) -> bool {
    let unit = |c: &(usize, char)| matches!(c.1, '百' | '千' | '万');
    script(a) == script(b) || ((unit(a) || unit(b)) && script(a) != Script::Other && script(b) != Script::Other)
}

/// The numbers of a text that can be money, in cents, with their bytes. One in Chinese numerals is money where it counts tens or more, or
/// stands before 元 or 块: 一下 is none, 四百八 is 480.
pub(super) fn amounts(text: &str) -> Vec<(Range<usize>, i64)> {
    let chars: Vec<(usize, char)> = text.char_indices().map(|(at, c)| (at, fold_char(c))).collect();
    let mut runs = chars.chunk_by(is_one_number).peekable();
    let mut found = Vec::new();
    let mut before = ' ';
    while let Some(run) = runs.next() {
        let after = runs.peek().and_then(|next| next.first()).map_or(' ', |c| c.1);
        let stands_alone = !before.is_ascii_alphabetic() && !after.is_ascii_alphabetic() && !UNITS.contains(after);
        before = run.last().map_or(' ', |c| c.1);
        let number: String = run.iter().map(|c| c.1).collect();
        // A full stop after the number is none of it.
        let number = number.trim_end_matches('.');
        let length = number.chars().count();
        let cents = cents(number).or_else(|| rounded(number)).or_else(|| chinese(number, matches!(after, '元' | '块')));
        let (Some((start, _)), Some((last, _)), Some(cents)) = (run.first(), run.get(length.wrapping_sub(1)), cents) else {
            continue;
        };
        if stands_alone {
            let end = last + text.get(*last..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
            found.push((*start..end, cents));
        }
    }
    found
}

/// `480` or `480.5`, of at most nine digits before the point and two behind it.
fn cents(number: &str) -> Option<i64> {
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    if whole.len() > 9 || part.len() > 2 {
        return None;
    }
    format!("{whole}{part:0<2}").parse().ok().filter(|_| !whole.is_empty())
}

/// `3百`, `1.2万`.
fn rounded(number: &str) -> Option<i64> {
    let factors = [('百', 100), ('千', 1000), ('万', 10_000)];
    factors.into_iter().find_map(|(unit, factor)| cents(number.strip_suffix(unit)?)?.checked_mul(factor))
}

fn digit(c: char) -> Option<i64> {
    match c {
        '两' => Some(2),
        _ => (1..).zip("一二三四五六七八九".chars()).find(|(_, name)| *name == c).map(|(value, _)| value),
    }
}

/// `四百八十`, `四百零八`, and as it is said, `四百八`.
fn chinese(number: &str, is_money: bool) -> Option<i64> {
    let (mut sum, mut pending, mut unit, mut after_zero) = (0, None, 1, false);
    for c in number.chars() {
        let factor = match c {
            '万' => 10_000,
            '千' => 1000,
            '百' => 100,
            '十' => 10,
            '零' if sum > 0 && pending.is_none() => {
                after_zero = true;
                continue;
            }
            _ if pending.is_none() => {
                pending = Some(digit(c)?);
                continue;
            }
            _ => return None,
        };
        let is_ten = factor == 10 && (sum == 0 || after_zero);
        sum += pending.take().or(is_ten.then_some(1))? * factor;
        if unit > 1 && factor >= unit {
            return None;
        }
        (unit, after_zero) = (factor, false);
    }
    if let Some(last) = pending {
        // 四百八 leaves the tens unsaid.
        sum += last * if unit >= 100 && !after_zero { unit / 10 } else { 1 };
    }
    (sum > 0 && (is_money || unit > 1)).then_some(sum * 100)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::{Case, Reply, Then, When, Which, sample};
    use crate::toml::{Errors, parse};
    use alloc::{string::ToString, vec};

    #[test]
    fn amounts_of_a_text() {
        let found = |text: &str| amounts(text).into_iter().map(|(span, cents)| (text[span].to_string(), cents)).collect::<Vec<_>>();
        let all = found("一共４８０元，还差 20.5，a1 今天20点前 3.14159 9折 500ml，满300减50.");
        let expected = [("４８０", 48_000), ("20.5", 2050), ("300", 30_000), ("50", 5000)];
        assert_eq!(all, expected.map(|(text, cents)| (text.to_string(), cents)));
        assert_eq!(found("99999999999999999999元 .5元 1.2.3元"), []);
        let yuan = |text: &str| amounts(text).into_iter().map(|(_, cents)| cents / 100).collect::<Vec<_>>();
        assert_eq!(yuan("三件四百八，四百八十元，四百零八，十五，两百五十块"), [480, 480, 408, 15, 250]);
        assert_eq!(yuan("一千零五十，三千五，一万二，一千零十，二十，一百，再加五块"), [1050, 3500, 12_000, 1010, 20, 100, 5]);
        assert_eq!(yuan("3百，买了1.2万，１千块，4百8，2千五"), [300, 12_000, 1000]);
        assert_eq!(yuan("一下，万一，十分感谢，百分百，二十天，三盒480，四四百元，零元，百十千元，十百元，一百千"), [480]);
    }

    #[test]
    fn tiers_rise() {
        let read = |text: &str| {
            let errors = Errors::new(["b"]);
            let mut fields = Fields::new(parse(text, 0, &errors), &errors);
            let tiers = Tier::parse(fields.tables("tier"));
            (tiers.len(), errors.into_vec().iter().map(|e| e.to_string()).collect::<Vec<_>>())
        };
        assert_eq!(read("tier = [{ from = 300, off = 50 }, { from = 500.5, off = 120 }]"), (2, vec![]));
        for wrong in
            ["{ from = 300, off = 50 }, { from = 300, off = 60 }", "{ from = 300, off = 350 }", "{ from = 300 }", "{ form = 3, off = 1 }"]
        {
            assert!(!read(&format!("tier = [{wrong}]")).1.is_empty(), "{wrong}");
        }
    }

    /// 300−50, 500−120, 800−200: at 480 add 20 and save 70 more.
    #[test]
    fn the_answer_names_what_is_missing() {
        let tiers = [(300, 50), (500, 120), (800, 200)].map(|(from, off)| Tier { from: from * 100, off: off * 100 });
        let judged = |text: &str, tiers: &[Tier]| {
            let conversation = sample::talk(text);
            let rounds = crate::chat::round::rounds(&conversation);
            let hits = sample::hits(&conversation, &[&["满减"], &["一共480", "一共900"]]);
            let when = When { signals: vec![0, 1], ..When::default() };
            let then = Then { reply: Which::Some, gap_of: vec![1], ..Then::default() };
            let rule = sample::rule("r", crate::rule::Kind::Reply(Reply { when, then }));
            let verdict = rule.judge(0, &Case::new(&conversation, &rounds, &hits, &[], None).with_tiers(tiers));
            (sample::line(&verdict, text), verdict.gap)
        };
        let line = |text: &str| judged(text, &tiers).0;
        assert_eq!(line("买家 一共480怎么满减\n客服 好的\n客服 再加20元多省70"), "pass 0:when:一共480=480 0:when:满减 2:then:20=20");
        assert_eq!(line("买家 一共480\n客服 好的\n买家 满减呢\n客服 还差20"), "pass 0:when:一共480=480 2:when:满减 3:then:20=20");
        let (told, gap) = judged("买家 一共480有满减吗\n客服 再加30元", &tiers);
        assert_eq!(told, "fail 1 missing 0:when:一共480=480 0:when:满减");
        let filled = gap.map(|gap| gap.fill("您现在{amount}元，再加{missing}元到{from}，减{off}，多省{saving}元"));
        assert_eq!(filled.as_deref(), Some("您现在480元，再加20元到500，减120，多省70元"));
        assert_eq!(line("买家 满减呢\n客服 满300减50"), "skip no-amount");
        assert_eq!(line("买家 一共900满减呢\n客服 好"), "skip no-occasion");
        assert_eq!(line("买家 一共480满减呢"), "fail 1 unanswered 0:when:一共480=480 0:when:满减");
        assert_eq!(judged("买家 一共480满减呢\n客服 好", &[]).0, "skip no-tiers");
    }

    /// Where the gap can be computed, a rule about mere words stands back.
    #[test]
    fn words_about_tiers_do_not_count_where_the_gap_is_known() {
        let tiers = [Tier { from: 50_000, off: 12_000 }];
        let line = |text: &str, tiers: &[Tier]| {
            let conversation = sample::talk(text);
            let rounds = crate::chat::round::rounds(&conversation);
            let hits = sample::hits(&conversation, &[&["满减"], &["一共480", "一共900"], &["多省"]]);
            let when = When { signals: vec![0], without_gap_of: vec![1], ..When::default() };
            let then = Then { reply: Which::Some, signals: vec![2], ..Then::default() };
            let rule = sample::rule("r", crate::rule::Kind::Reply(Reply { when, then }));
            sample::line(&rule.judge(0, &Case::new(&conversation, &rounds, &hits, &[], None).with_tiers(tiers)), text)
        };
        assert_eq!(line("买家 一共480满减呢\n客服 再加50多省60", &tiers), "skip no-occasion");
        for (text, tiers) in [("一共480满减呢", &[][..]), ("一共900满减呢", &tiers), ("满减呢", &tiers)] {
            assert_eq!(line(&format!("买家 {text}\n客服 再加50多省60"), tiers), "pass 0:when:满减 1:then:多省", "{text}");
        }
    }
}
