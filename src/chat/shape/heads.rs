//! Shapes whose messages begin with a line of their own kind: name and time in some order, with or without text behind them.

use super::super::role::tone;
use super::super::{Role, name};
use super::stacked::stamp_line;
use crate::input::lines::head;
use crate::time::{Day, Stamp};
use alloc::string::String;

/// The line with which a message begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Head<'a> {
    pub name: &'a str,
    /// Whom it is written to: `alice --> 店铺`.
    pub to: Option<&'a str>,
    pub stamp: Stamp,
    /// The text that stands on the same line.
    pub text: &'a str,
    /// Whether the line could as well be part of a message (`备注: 明天发`).
    pub unsure: bool,
}

impl<'a> Head<'a> {
    /// The role of a bare label, also where a sub-account or words with a colon stand behind it (`客服：小美：…`, `客服：抱歉：…`).
    pub fn label(&self) -> Option<Role> {
        name::label(self.name.split([':', '：']).next()?)
    }

    /// For a name in front of a colon that may be an account with its sub-account: the account, and all that stands behind it.
    pub fn account(&self, line: &'a str) -> Option<(&'a str, &'a str)> {
        let (account, sub) = self.name.split_once([':', '：'])?;
        let end = line.find(self.name)? + self.name.len();
        colon(line.get(end..)?)?;
        Some((account, line.get(end - sub.len()..)?.trim()))
    }
}

/// A name has at most this many bytes (30 Chinese characters).
const NAME: usize = 90;
/// And a time this many, where its digits are full-width.
const STAMP: usize = 60;

fn plausible(name: &str) -> bool {
    let name = name.trim();
    !name.is_empty() && name.len() <= NAME && !name.contains(['。', '！', '？', '，', '!', '?', '；', '\t']) && !name.starts_with("http")
}

/// A short name with marks in it (`爱吃鱼！`), which elsewhere end a sentence: it is one if it comes again.
fn exclaims(name: &str) -> bool {
    let whole = name.chars().count() <= 12 && name.contains(char::is_alphanumeric) && !name.ends_with('，');
    whole && !words(name) && name.split(['！', '!', '，']).all(|part| part.is_empty() || plausible(part))
}

fn colon(text: &str) -> Option<&str> {
    text.strip_prefix(':').or_else(|| text.strip_prefix('：'))
}

/// `alice --> 店铺`
fn addressed(name: &str) -> (&str, Option<&str>) {
    match name.split_once("-->").or_else(|| name.split_once("→")) {
        Some((from, to)) if !from.trim().is_empty() && !to.trim().is_empty() => (from.trim(), Some(to.trim())),
        _ => (name.trim(), None),
    }
}

/// A digit, also a full-width one.
fn digit(c: char) -> bool {
    c.is_ascii_digit() || ('０'..='９').contains(&c)
}

/// `订单：下单时间：2026-01-05 10:00:00` is part of a message.
fn field(name: &str) -> bool {
    let parts = || name.split([':', '：', '！', '!', '，']);
    let dated = |value: &str| Stamp::prefix(value).is_some_and(|(stamp, _)| stamp.month_day.is_some());
    let timed = |label: &str| ["时间", "日期", "截至", "截止", "预计", "最晚", "最迟"].iter().any(|w| label.ends_with(w));
    let sub = |(shop, sub): (&str, &str)| {
        let shop_account = shop.ends_with('店') && name::label(shop).is_none() && name::hint(shop) == Some(Role::Agent);
        shop_account && !sub.trim_end_matches([':', '：']).contains([':', '：'])
    };
    // 青禾旗舰店:售后时间 is an account.
    if name.split_once([':', '：']).is_some_and(sub) {
        return false;
    }
    let due = ["最晚", "最迟", "截止", "截至"].iter().any(|w| name.starts_with(w));
    due || name.ends_with([':', '：']) || parts().skip(1).any(dated) || parts().any(timed)
}

/// The place of a date with year and time of day in a line.
fn date_at(line: &str) -> Option<(usize, Stamp, usize)> {
    plain_date(line).or_else(|| wide_date(line))
}

/// The same where the year's digits are full-width.
fn wide_date(line: &str) -> Option<(usize, Stamp, usize)> {
    let years = line.match_indices(['１', '２']).filter(|(at, _)| !line.get(..*at).is_some_and(|before| before.ends_with(digit)));
    let mut dates = years.filter_map(|(at, _)| Stamp::prefix(line.get(at..)?).map(|(stamp, length)| (at, stamp, length)));
    dates.find(|(_, stamp, _)| stamp.year.is_some() && stamp.clock.is_some())
}

/// The first `20260105`-like run of four digits and a separator that parses.
fn plain_date(line: &str) -> Option<(usize, Stamp, usize)> {
    let bytes = line.as_bytes();
    let mut from = 4;
    while let Some(at) = bytes.get(from..)?.iter().position(|b| matches!(b, b'-' | b'/' | b'.' | 0xE5)).map(|p| p + from) {
        from = at + 1;
        let Some(year) = at.checked_sub(4).and_then(|start| bytes.get(start..at)) else { continue };
        if !matches!(year, [b'1' | b'2', b'0' | b'9', b'0'..=b'9', b'0'..=b'9']) {
            continue;
        }
        let start = at - 4;
        if let Some((stamp, length)) = line.get(start..).and_then(Stamp::prefix)
            && stamp.clock.is_some()
        {
            return Some((start, stamp, length));
        }
    }
    None
}

/// A line with a date or a time of day that no calendar and no clock shows (2024-13-45), in which these are possible ones.
pub(crate) fn mended(line: &str) -> Option<String> {
    let bytes = line.as_bytes();
    let number = |from: usize| {
        let digits = bytes.get(from..)?.iter().take(2).take_while(|b| b.is_ascii_digit()).count();
        let value: u32 = line.get(from..from + digits)?.parse().ok()?;
        Some((value, digits))
    };
    let place = |year: &usize| {
        let year = bytes.get(*year..*year + 4).unwrap_or_default();
        matches!(year, [b'1' | b'2', b'0' | b'9', b'0'..=b'9', b'0'..=b'9'])
    };
    let ends = line.match_indices(['-', '/', '.', '年']).filter_map(|(at, mark)| Some((at.checked_sub(4)?, at + mark.len())));
    let (start, mut at) = ends.filter(|(year, _)| place(year)).find(|(_, at)| number(*at).is_some())?;
    let year: i32 = line.get(start..start + 4)?.parse().ok()?;
    let (mut mended, mut month) = (String::from(line), None);
    // Month, day, hour, minute, second: the least and the most that each may be, and what stands behind it.
    for (least, most, behind) in [(1, 12, "-/.月"), (1, 31, "日号 T"), (0, 24, ":："), (0, 59, ":："), (0, 59, "")] {
        let Some((value, digits)) = number(at) else { break };
        // The thirtieth of February.
        let no_day = month.is_some_and(|month| Day::new(year, month, value).is_none());
        if !(least..=most).contains(&value) || no_day {
            mended.replace_range(at..at + digits, if digits == 1 { "1" } else { "01" });
        }
        month = (most == 12).then_some(value.clamp(1, 12));
        at += digits;
        let rest = line.get(at..)?;
        let Some(mark) = rest.chars().next().filter(|c| behind.contains(*c)) else { break };
        at += mark.len_utf8();
        at += line.get(at..)?.len() - line.get(at..)?.trim_start().len();
    }
    (mended != line).then_some(mended)
}

/// `nick 2026-1-5 9:03:02`, `nick2026-1-5 9:03:02`, `[nick] …`, `alice --> 店铺 …`, `张三(z001)⇥…`: text below, or behind a colon.
pub(crate) fn name_time(line: &str) -> Option<Head<'_>> {
    let line = line.trim();
    // A head ends in a digit, a half of the day or a mark; most lines of text are told by their length alone.
    let (start, stamp, length) = date_at(head(line, 200))?;
    let before = line.get(..start)?.trim_end_matches(['(', '（', '[', '【', ' ', '\t', '\u{3000}']);
    let opened = line.get(before.len()..start)?.contains(['(', '（', '[', '【']);
    let rest = without_offset(stamp, line.get(start + length..)?).trim();
    let text = match rest {
        ")" | "）" | "]" | "】" if opened => "",
        "" | "已读" | "未读" | "发送中" | "[已读]" | "[未读]" => "",
        _ => colon(rest)?.trim(),
    };
    let (name, to) = addressed(before);
    let unsure = !plausible(name);
    let named = !unsure || (rest.is_empty() && !stamp.to_minute && exclaims(name));
    (named && !field(name)).then_some(Head { name: name.trim_end_matches([':', '：']), to, stamp, text, unsure })
}

/// `nick(2026-01-05 09:03:02): text`
pub(crate) fn name_inline(line: &str) -> Option<Head<'_>> {
    let line = line.trim();
    for (open, _) in head(line, 240).match_indices(['(', '（', '[', '【']) {
        let inner = line.get(open..)?.trim_start_matches(['(', '（', '[', '【']);
        if !inner.starts_with(|c: char| digit(c) || c == '上' || c == '下') {
            continue;
        }
        let Some((stamp, length)) = Stamp::prefix(inner) else { continue };
        let rest = inner.get(length..)?;
        let Some(rest) = rest.strip_prefix([')', '）', ']', '】']) else { continue };
        let Some(text) = colon(rest.trim_start()) else { continue };
        let (name, to) = addressed(line.get(..open)?);
        if stamp.clock.is_some() && plausible(name) {
            return Some(Head { name, to, stamp, text: text.trim(), unsure: false });
        }
    }
    None
}

/// What stands behind a time and its offset (`+08:00`), which says nothing else; 10:00-18:00 are hours.
fn without_offset(stamp: Stamp, rest: &str) -> &str {
    let hour = rest.get(1..3).and_then(|hour| hour.parse().ok()).is_some_and(|hour: u8| hour <= 14);
    let minute = rest.get(3..6).is_some_and(|minute| matches!(minute, ":00" | ":30" | ":45"));
    let behind = rest.get(6..).unwrap_or_default();
    let offset = (!stamp.to_minute || rest.starts_with('+')) && rest.starts_with(['+', '-']) && hour && minute && !behind.starts_with(':');
    if offset { behind } else { rest }
}

/// Whether what stands behind a time makes a span of it: `-18:00`, ` ~ 18:00`.
fn until(rest: &str) -> bool {
    let end = rest.trim_start().strip_prefix(['-', '~', '–', '—', '至', '到']).map(str::trim_start);
    end.and_then(Stamp::prefix).is_some_and(|(stamp, _)| stamp.clock.is_some())
}

/// The stamp with which a line begins, in brackets or bare, and what follows it.
fn leading(line: &str) -> Option<(Stamp, &str)> {
    // WhatsApp begins some lines with a mark of direction.
    let line = line.trim().trim_start_matches('\u{200e}');
    let inner = line.trim_start_matches(['[', '(', '【', '（']);
    if !inner.starts_with(|c: char| digit(c) || matches!(c, '上' | '下' | '凌' | '早' | '中' | '晚' | 'A' | 'P')) {
        return None;
    }
    let (stamp, length) = Stamp::prefix(inner)?;
    stamp.clock?;
    let rest = without_offset(stamp, inner.get(length..)?);
    if until(rest) {
        return None;
    }
    let rest = if inner.len() < line.len() { rest.strip_prefix([']', ')', '】', '）'])? } else { rest };
    let spaced = rest.starts_with([' ', '\t', '\u{3000}', '【', '[', '-']) || inner.len() < line.len();
    (spaced || rest.is_empty()).then(|| (stamp, rest.trim()))
}

/// Whether what stands between two colons is what people say or a field of theirs, not the name of a sub-account.
fn words(sub: &str) -> bool {
    tone(sub) != 0 || FIELDS.iter().any(|field| field.len() > 3 && sub.contains(field))
}

/// Whether a name is rather somebody's than a field's or a step's (退货地址, 第一步).
pub(crate) fn somebody(name: &str) -> bool {
    name::nickname(name) && !words(name) && !name.starts_with('第')
}

/// A name in front of a colon, and the text behind: the name may be `shop:sub`.
fn named(rest: &str) -> Option<(&str, &str)> {
    let head = head(rest, NAME * 2);
    // A colon between digits belongs to a time of day.
    let digit_at = |place: usize| head.as_bytes().get(place).is_some_and(u8::is_ascii_digit);
    let between_digits = |at: usize, mark: &str| at.checked_sub(1).is_some_and(digit_at) && digit_at(at + mark.len());
    let (at, mark) = head.match_indices([':', '：']).find(|(at, mark)| !between_digits(*at, mark))?;
    let mut end = (at, at + mark.len());
    // `店铺:小溪: 您好`: the second colon ends the name, where the first stands inside one.
    if let Some((more, mark)) = head.get(end.1..)?.match_indices([':', '：']).next() {
        let (shop, sub) = (head.get(..at)?, head.get(end.1..end.1 + more)?);
        let sub_account = !sub.is_empty()
            && sub.chars().count() <= 12
            && !sub.starts_with([' ', '/'])
            && sub.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '（' | '）' | '(' | ')'))
            && name::label(shop).is_none_or(|_| (shop == "店铺" || shop == "客服") && !words(sub))
            && !shop.contains(' ')
            && name::hint(shop) != Some(Role::Buyer)
            // `小溪:今天10:30发`, `小溪：尺码：均码`: a time of day, a field inside the text.
            && !between_digits(end.1 + more, mark)
            && !FIELDS.contains(&sub);
        if sub_account {
            end = (end.1 + more, end.1 + more + mark.len());
        }
    }
    Some((rest.get(..end.0)?, rest.get(end.1..)?.trim()))
}

/// `2026-01-05 09:03:02 nick: text`, also `[…] nick: text` and `… - nick: text`
pub(crate) fn time_inline(line: &str) -> Option<Head<'_>> {
    let (stamp, rest) = leading(line)?;
    let rest = rest.strip_prefix("- ").unwrap_or(rest);
    // `10:00:00 买家 text`: a label needs no colon.
    if let Some((word, text)) = rest.split_once([' ', '\t', '\u{3000}'])
        && name::labelled(word)
        && !text.trim().is_empty()
    {
        return Some(Head { name: word, to: None, stamp, text: text.trim(), unsure: false });
    }
    let (name, text) = named(rest)?;
    let (name, to) = addressed(name);
    plausible(name).then_some(Head { name, to, stamp, text, unsure: false })
}

/// `2026-01-05 9:03:02 PM nick(87200175)`, text below
pub(crate) fn time_name(line: &str) -> Option<Head<'_>> {
    let (stamp, rest) = leading(line)?;
    let (name, to) = addressed(rest);
    plausible(name).then_some(Head { name, to, stamp, text: "", unsure: false })
}

/// `[01/02/2025, 10:20:30] Alice: text`, `2024/01/02 03:04 - Alice: text`
pub(crate) fn time_apart_inline(line: &str) -> Option<Head<'_>> {
    let line = line.trim();
    let (stamp, rest) = leading(line)?;
    let dashed = rest.strip_prefix("- ");
    let (date, _) = line.split_at_checked(line.len() - rest.len())?;
    if stamp.month_day.is_none() || (dashed.is_none() && !date.contains(", ")) {
        return None;
    }
    let (name, text) = named(dashed.unwrap_or(rest))?;
    plausible(name).then_some(Head { name: name.trim(), to: None, stamp, text, unsure: false })
}

/// `2025/01/02 10:20:30 Alice text`, `10:20⇥Alice⇥text`
pub(crate) fn time_name_text(line: &str) -> Option<Head<'_>> {
    let (stamp, rest) = leading(line)?;
    let blank = || stamp.month_day.and_then(|_| rest.split_once([' ', '\u{3000}']));
    let (name, text) = rest.split_once('\t').or_else(blank)?;
    let text = text.trim();
    let named = plausible(name) && name.contains(char::is_alphanumeric) && !name.contains([':', '：']) && !text.starts_with("-->");
    (named && !text.is_empty()).then_some(Head { name, to: None, stamp, text, unsure: false })
}

/// `小鱼 10:00:00 在吗`, `小鱼 2026-03-02 10:00:00 在吗`
pub(crate) fn name_time_text(line: &str) -> Option<Head<'_>> {
    let line = line.trim();
    // What begins with a time has its name behind it.
    if Stamp::prefix(line).is_some() {
        return None;
    }
    let gaps = head(line, NAME).match_indices([' ', '\t', '\u{3000}']);
    let (end, stamp, rest) = gaps
        .filter_map(|(end, gap)| {
            let rest = line.get(end + gap.len()..)?;
            let (stamp, length) = Stamp::prefix(rest)?;
            stamp.clock?;
            Some((end, stamp, rest.get(length..)?))
        })
        .next()?;
    let text = rest.strip_prefix([' ', '\t', '\u{3000}']).or_else(|| colon(rest))?.trim();
    let name = line.get(..end)?.trim();
    // 明天 10:30 发货 is somebody's sentence, unless 明天 speaks again.
    let unsure = stamp.month_day.is_none() && name::who(name).role.is_none();
    let named = plausible(name) && name.contains(char::is_alphanumeric) && !field(name);
    (named && !text.is_empty()).then_some(Head { name, to: None, stamp, text, unsure })
}

/// `张三  09:03`, `张三 3月5日 下午3:20`, `张三 昨天 15:20`, text below
pub(crate) fn name_clock(line: &str) -> Option<Head<'_>> {
    let line = line.trim();
    let from = head(line, line.len().saturating_sub(STAMP)).len();
    let tail = line.get(from..)?;
    // A line that is nothing but a time (03-05 10:00) names nobody.
    if !tail.contains([':', '：']) || line.len() > NAME + STAMP || stamp_line(line).is_some() {
        return None;
    }
    // The clock is the last or, with a day or a half of the day, the last two or three of the words.
    let gaps = tail.match_indices([' ', '\t', '\u{3000}']).map(|(at, gap)| (from + at, from + at + gap.len()));
    let (end, stamp) = gaps
        .filter_map(|(end, start)| {
            let rest = line.get(start..)?;
            let (stamp, length) = Stamp::prefix(rest)?;
            (length == rest.len() && stamp.clock.is_some()).then_some((end, stamp))
        })
        .next()?;
    let name = line.get(..end)?;
    // WeChat leaves two blanks.
    let blanks = line.get(end..)?.split(|c| !matches!(c, ' ' | '\t' | '\u{3000}')).next().unwrap_or("");
    let wide = blanks.len() > 1 || blanks == "\t";
    let unsure = !wide && stamp.month_day.is_none() && name::who(name).role.is_none();
    (plausible(name) && !field(name)).then_some(Head { name: name.trim(), to: None, stamp, text: "", unsure })
}

/// `时间|客服|内容`; the time may be left out, but a line between two bars is a row of a table in Markdown
pub(crate) fn piped(line: &str) -> Option<Head<'_>> {
    let mut cells = line.splitn(3, ['|', '｜']);
    let (time, name, text) = (cells.next()?.trim(), cells.next()?.trim(), cells.next()?.trim());
    let stamp = match time {
        "" if text.ends_with(['|', '｜']) => return None,
        "" => Stamp::default(),
        _ => Stamp::prefix(time).filter(|(_, length)| *length == time.len())?.0,
    };
    plausible(name).then_some(Head { name, to: None, stamp, text, unsure: false })
}

/// Words before a colon that name a field, not a person.
const FIELDS: [&str; 60] = [
    "地址",
    "收货地址",
    "电话",
    "手机",
    "手机号",
    "手机号码",
    "联系电话",
    "热线",
    "收货人",
    "收件人",
    "姓名",
    "备注",
    "订单号",
    "订单编号",
    "单号",
    "快递",
    "快递单号",
    "物流",
    "运单号",
    "物流单号",
    "尺码",
    "颜色",
    "数量",
    "价格",
    "型号",
    "规格",
    "款式",
    "身高",
    "体重",
    "腰围",
    "胸围",
    "注",
    "注意",
    "PS",
    "ps",
    "链接",
    "http",
    "https",
    "原因",
    "时间",
    "活动时间",
    "优惠",
    "材质",
    "面料",
    "温馨提示",
    "提示",
    "商品",
    "商品编号",
    "金额",
    "支付宝",
    "微信",
    "QQ",
    "例如",
    "比如",
    "答",
    "问",
    "回复",
    "说明",
    "发货时间",
    "比例",
];

/// Whether a field is named, also a role's own: 售后电话, 买家姓名.
fn labels_field(name: &str) -> bool {
    FIELDS.iter().filter_map(|field| name.strip_suffix(field)).any(|whose| whose.is_empty() || name::label(whose).is_some())
}

/// A label as notes and documents list it: `- 客户：…`, `2. 客服：…`, `**客户**：…`, `**客户：** …`.
fn listed(line: &str) -> Option<(&str, &str)> {
    let number = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let numbered = number.strip_prefix(['.', '、', ')']).filter(|_| number.len() < line.len());
    let bare = numbered.or_else(|| ["- ", "* ", "• ", "> "].iter().find_map(|mark| line.strip_prefix(mark))).unwrap_or(line).trim_start();
    let bold = bare.strip_prefix("**");
    if bare.len() == line.len() && bold.is_none() {
        return None;
    }
    let (mut name, mut text) = named(bold.unwrap_or(bare))?;
    if bold.is_some() {
        match (name.strip_suffix("**"), text.strip_prefix("**")) {
            (Some(inner), _) => name = inner,
            (None, rest) => text = rest?.trim_start(),
        }
    }
    (name::labelled(name) || name::who(name).role.is_some()).then_some((name, text))
}

/// `客户：text`, `店铺:小溪: text`, `nick: text`, with or without a time of day in front
pub(crate) fn labelled(line: &str) -> Option<Head<'_>> {
    let line = line.trim();
    let (stamp, rest) = leading(line).unwrap_or((Stamp::default(), line));
    let (name, text) = listed(rest).or_else(|| named(rest))?;
    let (name, to) = addressed(name);
    if !plausible(name) || name.len() > 60 || labels_field(name) || text.starts_with("//") {
        return None;
    }
    // `09:00-18:00 客服在线：全天` and `18:00前下单：…` name nobody, nor does a number.
    let bare = |rest: &str| rest.is_empty() || rest.starts_with([' ', '前', '后']) || until(rest);
    let time = Stamp::prefix(name).filter(|(stamp, _)| name.starts_with(digit) && stamp.clock.is_some());
    let timed = time.and_then(|(_, length)| name.get(length..)).is_some_and(bare);
    if timed || name.bytes().all(|b| b.is_ascii_digit() || b == b' ') {
        return None;
    }
    let unsure = stamp.clock.is_none() && name::who(name).role.is_none();
    Some(Head { name, to, stamp, text, unsure })
}

/// `买家 text`, `【买家】text`: a label stands apart from its words by a blank alone, or in brackets.
pub(crate) fn label_apart(line: &str) -> Option<Head<'_>> {
    let line = line.trim();
    let bracketed = line.strip_prefix(['【', '[', '［']).and_then(|rest| rest.split_once(['】', ']', '］']));
    let (word, text) = bracketed.or_else(|| line.split_once([' ', '\t', '\u{3000}']))?;
    let text = text.trim();
    // 买 and `user` begin too many sentences.
    let label = (bracketed.is_some() || !word.is_ascii()) && word.chars().count() > 1 && name::labelled(word);
    (label && !text.is_empty()).then_some(Head { name: word, text, ..Head::default() })
}
