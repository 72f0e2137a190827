//! Which shape a copied text has: every shape reads the first lines, and the one that explains most of them wins.

use super::Role;
use super::look::{Banner, Look, look};
use super::name;
use super::shape::{Head, Lines, SHAPES, Shape, labelled, mended, stamp_line};
use crate::input::lines::Line;
use alloc::{format, string::String, sync::Arc, vec::Vec};
use hashbrown::{HashMap, HashSet};

/// How much is looked at: lines, bytes.
const LINES: usize = 400;
const BYTES: usize = 64 << 10;

/// A line that is kept until the shape is known.
#[derive(Debug)]
pub(crate) struct Kept {
    pub text: String,
    /// All of it but the text.
    line: Line<'static>,
}

impl Kept {
    pub fn line(&self) -> Line<'_> {
        Line { text: &self.text, ..self.line }
    }
}

/// The first lines of a file.
#[derive(Debug, Default)]
pub(crate) struct Window {
    pub lines: Vec<Kept>,
    bytes: usize,
}

/// Shapes whose heads are seldom anything else.
const RIVALS: [&str; 4] = ["piped", "name-time-inline", "time-name-inline", "name-time"];

/// What was decided.
#[derive(Debug)]
pub(crate) struct Found {
    pub shape: &'static Shape,
    pub format: &'static str,
    /// 0 to 1.
    pub confidence: f64,
    pub reason: String,
    /// The first year written anywhere.
    pub year: Option<i32>,
    /// Which of 01/02/2025 is the month, where some date tells it.
    pub month_first: Option<bool>,
}

impl Window {
    pub fn add(&mut self, line: Line<'_>) {
        self.bytes += line.text.len();
        self.lines.push(Kept { text: String::from(line.text), line: Line { text: "", ..line } });
    }

    pub fn full(&self) -> bool {
        self.lines.len() >= LINES || self.bytes >= BYTES
    }

    /// What is looked at: never more than fills the window, however much came with the last slice.
    pub fn looked_at(&self) -> impl Iterator<Item = &str> {
        let mut bytes = 0;
        self.lines.iter().take(LINES).map(|kept| kept.text.as_str()).take_while(move |text| {
            let room = bytes < BYTES;
            bytes += text.len();
            room
        })
    }

    /// The shapes that follow one another, each with the place of its first line: people paste one chat below another. A part begins behind an
    /// empty line or a separator, or the other shape never comes again; and it has two heads or more before that comes.
    pub fn parts(&self, shape: &'static Shape) -> Vec<(usize, &'static Shape)> {
        let mut parts = Vec::from([(0, shape)]);
        let lines: Vec<&str> = self.lines.iter().map(|kept| kept.text.as_str()).collect();
        let known = |shape: &Shape| RIVALS.contains(&shape.id) || matches!(shape.id, "labelled" | CLOCK);
        if !known(shape) {
            return parts;
        }
        let clocks = clocks(&lines);
        // Which shape's head a line certainly is; and whose, where the shape is that of bare labels.
        let heads: Vec<(usize, &'static Shape, Option<Role>)> = lines
            .iter()
            .enumerate()
            .filter_map(|(at, line)| {
                let label = labelled(line).and_then(|head| head.label());
                let claims = |s: &&'static Shape| match s.id {
                    "labelled" => label.is_some(),
                    CLOCK => clocks.get(at) == Some(&true) && s.begins(line),
                    _ => known(s) && s.begins(line),
                };
                let claimed = || SHAPES.iter().find(claims);
                let own = shape.begins(line).then_some(shape);
                // A name with day and time may be read as one with a clock.
                let found = if shape.id == CLOCK { claimed().or(own) } else { own.or_else(claimed) };
                found.map(|shape| (at, shape, label))
            })
            .collect();
        let mut now = None;
        for (number, (at, shape, _)) in heads.iter().enumerate() {
            if now.is_some_and(|now: &Shape| now.id == shape.id) {
                continue;
            }
            let own = || heads.iter().skip(number).take_while(|(_, s, _)| s.id == shape.id);
            let said = |role| own().any(|(_, _, label)| *label == Some(role));
            let whole = own().count() > 1 && (shape.id != "labelled" || (said(Role::Buyer) && said(Role::Agent)));
            let above = at.checked_sub(1).and_then(|at| lines.get(at));
            let apart = above.is_none_or(|line| parts_talks(line));
            if whole && now.is_none() {
                parts = Vec::from([(0, *shape)]);
            } else if whole && (apart || (shape.id != "labelled" && own().count() == heads.len() - number)) {
                parts.push((*at, shape));
            } else {
                continue;
            }
            now = Some(shape);
        }
        if parts.len() > 1 { parts } else { Vec::from([(0, shape)]) }
    }

    /// Decides; `wanted` is a shape that the user asks for. `None` where no line is any shape's.
    pub fn decide(&self, wanted: Option<&'static Shape>) -> Option<Found> {
        let texts: Vec<&str> = self.looked_at().map(str::trim).filter(|t| !t.is_empty()).collect();
        let counts: Vec<usize> = SHAPES.iter().map(|s| if within(s, &texts) { 0 } else { count(s, &texts) }).collect();
        let count_of = |shape: &Shape| SHAPES.iter().position(|s| s.id == shape.id).and_then(|i| counts.get(i)).copied().unwrap_or(0);
        let by_id = |id: &str| SHAPES.iter().zip(&counts).find(|(s, _)| s.id == id).map_or(0, |(_, c)| *c);
        let (inline, below, beside) = (by_id("time-name-inline"), by_id("time-name"), by_id("time-name-text"));
        let (labelled, apart) = (by_id("labelled"), by_id("label-apart"));
        let best = counts.iter().copied().max().unwrap_or(0);
        let shape = match wanted {
            Some(shape) => shape,
            None => SHAPES.iter().zip(&counts).find_map(|(shape, count)| {
                // `time shop:sub` above its text looks like `time name: text`; but buyers' names have no colon.
                // And a colon in the words looks like the name's own, where only some of the lines have one.
                let mistaken = match shape.id {
                    "time-name-inline" => below.saturating_sub(inline) * 4 > inline || beside > inline,
                    "labelled" => apart > labelled,
                    _ => false,
                };
                (*count > 0 && *count * 2 >= best && !mistaken).then_some(shape)
            })?,
        };
        let heads = count_of(shape);
        let lines = texts.len();
        let reason = format!("前 {lines} 行中有 {heads} 行形如“{0}” / lines like \"{0}\": {heads} of the first {lines}", shape.looks);
        // Lines of text between heads are no evidence against a shape that has them; heads of other shapes, and of no other line, are.
        let rivals = texts.iter().filter(|text| is_rival(shape, text)).count();
        let confidence = confidence(heads, rivals);
        Some(Found { shape, format: platform(shape, &texts), confidence, reason, year: year(&texts), month_first: month_first(&texts) })
    }
}

/// Whether a line is the head of another shape, whose heads are seldom anything else.
pub(crate) fn is_rival(shape: &Shape, text: &str) -> bool {
    !shape.begins(text) && (is_labelled(shape, text) || RIVALS.iter().any(|rival| SHAPES.iter().any(|s| s.id == *rival && s.begins(text))))
}

/// Whether a line begins with a role's label and a colon, in a copy that is not made of such lines.
pub(crate) fn is_labelled(shape: &Shape, text: &str) -> bool {
    !shape.bare() && labelled(text).and_then(|head| head.label()).is_some_and(|role| role != Role::System)
}

/// How certain a shape is with so many heads of its own and of others.
pub(crate) fn confidence(heads: usize, rivals: usize) -> f64 {
    if heads == 0 { 0.0 } else { heads as f64 / (heads + rivals) as f64 * if heads == 1 { 0.7 } else { 1.0 } }
}

fn count(shape: &Shape, texts: &[&str]) -> usize {
    match shape.lines {
        Lines::Headed(head) => {
            if !enough(shape, texts) {
                return 0;
            }
            let lines = || texts.iter().enumerate().filter(|(_, t)| !matches!(look(t), Look::System | Look::Banner(_) | Look::Date(_)));
            let heads: Vec<(Head<'_>, Option<&&str>)> = lines().filter_map(|(at, t)| Some((head(t)?, texts.get(at + 1)))).collect();
            let mut names: HashMap<String, u32> = HashMap::new();
            heads.iter().for_each(|(head, _)| *names.entry(head.name.into()).or_default() += 1);
            // A parcel's journey, in which a name comes again as well, opens no paste, and none of its lines has words below it.
            let other = |s: &Shape| ![shape.id, CLOCK, "label-apart"].contains(&s.id);
            let opens = lines().next().is_some_and(|(_, t)| shape.begins(t) && !SHAPES.iter().any(|s| other(s) && s.begins(t)));
            let doubts = heads.iter().any(|(_, below)| !worded(shape, *below));
            let words = |below: &Option<&&str>| doubts && below.is_some_and(|text| !SHAPES.iter().any(|s| s.begins(text)));
            let heard: HashSet<&str> = heads.iter().filter(|(_, below)| words(below)).map(|(head, _)| head.name).collect();
            let (mut sure, mut unsure, mut silent, mut known) = (0, 0, 0, false);
            for (head, below) in &heads {
                let again = names.get(head.name).is_some_and(|times| *times > 1);
                let role = has_role(shape, head.name);
                known |= role && head.text.is_empty();
                if !(again && (opens || heard.contains(head.name))) && !role && !worded(shape, *below) {
                    silent += 1;
                } else if head.unsure && !again {
                    unsure += 1;
                } else {
                    sure += 1;
                }
            }
            // Two lines of two people: nobody comes twice.
            let two = match shape.id {
                "labelled" | "name-time-text" => texts.len() <= 4 && unsure == texts.len(),
                CLOCK => texts.len() <= 8 && alternate(shape, texts),
                _ => false,
            };
            if sure == 0 {
                return if two && unsure > 1 { unsure } else { 0 };
            }
            sure + unsure + if known { silent } else { 0 }
        }
        Lines::Stacked { last } => {
            let stamps: Vec<usize> = texts.iter().enumerate().filter(|(_, t)| stamp_line(t).is_some()).map(|(i, _)| i).collect();
            let Some(first) = stamps.first() else { return 0 };
            // Times above lines that say 客户：… belong to these, not to a shape of their own.
            let labels: Vec<Head<'_>> = texts.iter().filter_map(|t| labelled(t)).filter(|h| !h.unsure).collect();
            if labels.len() >= stamps.len() && labels.iter().any(|h| h.label() == Some(Role::Buyer)) {
                return 0;
            }
            let dated = texts.get(*first).and_then(|t| stamp_line(t)).is_some_and(|s| s.month_day.is_some());
            // A name that stands above the first time stands above another one too, where the name comes first.
            let above = first.checked_sub(1).and_then(|i| texts.get(i)).filter(|t| matches!(look(t), Look::Text));
            let again = above.is_some_and(|name| stamps.iter().skip(1).any(|i| i.checked_sub(1).and_then(|i| texts.get(i)) == Some(name)));
            // Or there is nothing above it but the day.
            let top = || texts.iter().take(first.saturating_sub(1)).all(|t| matches!(look(t), Look::Date(_)));
            let name_first = above.is_some() && (dated || again || top());
            if name_first == last { 0 } else { stamps.len() }
        }
    }
}

/// Whether all heads of a shape that begins with times stand in one block within messages of another shape, none has a role, and not all
/// names come again in turn: a parcel's journey.
fn within(shape: &Shape, texts: &[&str]) -> bool {
    let Lines::Headed(head) = shape.lines else { return false };
    let known = |text: &&str| head(text).is_some_and(|head| name::who(head.name).role.is_some());
    if !shape.id.starts_with("time-") || texts.iter().any(known) {
        return false;
    }
    let begins = |text: &&str| shape.begins(text);
    let (Some(first), Some(last)) = (texts.iter().position(begins), texts.iter().rposition(begins)) else { return false };
    let names: Vec<&str> = texts.iter().filter_map(|text| head(text)).map(|head| head.name).collect();
    let twice = |name: &&str| names.iter().filter(|other| *other == name).count() > 1;
    let returns = names.iter().zip(names.iter().skip(1)).zip(0..).filter(|((last, name), at)| {
        let before = names.get(..*at).unwrap_or_default();
        name != last && before.contains(name)
    });
    if returns.count() > 1 && names.iter().all(twice) {
        return false;
    }
    let others = SHAPES.iter().filter(|other| !other.id.starts_with("time-"));
    others.into_iter().any(|other| {
        let is = |text: &&str| other.begins(text) && !shape.begins(text);
        let count = |part: Option<&[&str]>| part.unwrap_or_default().iter().filter(|text| is(text)).count();
        let (above, inside, below) = (count(texts.get(..first)), count(texts.get(first..last)), count(texts.get(last..)));
        above > 0 && inside == 0 && below > 0
    })
}

/// Whether the words of a head can stand on the line below it, for shapes that have them there: below a line of a parcel's journey stands the
/// next one. Below a head without words (a picture that was not copied) stands another head as well, but its name comes again or has a role.
fn worded(shape: &Shape, below: Option<&&str>) -> bool {
    !matches!(shape.id, "time-name" | "name-time" | CLOCK) || below.is_some_and(|text| !shape.begins(text) && !is_labelled(shape, text))
}

/// Whether a name tells a role. Behind a time 派送中：张三 may be words as well as an account and its sub-account.
fn has_role(shape: &Shape, name: &str) -> bool {
    name::who(name).role.is_some() && !(shape.id == "time-name" && name.contains([':', '：']))
}

/// The accounts with sub-accounts: 客服 where 小美 of `客服：小美：您好` is one, 云朵 of `云朵：小溪：您好`. 抱歉 of `客服：抱歉：…` and 身高 of
/// `橘子：身高：165` are what somebody says. Names come again and again; where none does, all lines have one, of three characters at most.
pub(crate) fn accounts(shape: &Shape, texts: &[&str]) -> Arc<[String]> {
    let Lines::Headed(head) = shape.lines else { return Arc::default() };
    let mut found: HashMap<String, (u32, HashMap<String, u32>)> = HashMap::new();
    for text in texts {
        // An account may stand behind a time that no clock shows.
        let mended = head(text).is_none().then(|| mended(text)).flatten();
        let text = mended.as_deref().unwrap_or(text);
        let Some(head) = head(text) else { continue };
        let account = head.account(text).map(|(account, _)| account);
        let (bare, names) = found.entry(one_label(account.unwrap_or(head.name)).into()).or_default();
        *account.map_or(bare, |_| names.entry(head.name.into()).or_default()) += 1;
    }
    found.retain(|account, (bare, names)| {
        let again: u32 = names.values().filter(|times| **times > 1).sum();
        let once: u32 = names.values().filter(|times| **times == 1).sum();
        let short = |name: &String| name.is_ascii() || name.chars().count() <= account.chars().count() + 4;
        // A shop's main account may speak as often as its sub-accounts.
        let rest = if name::label(account).is_some() { *bare + once } else { once };
        again > rest || (*bare == 0 && names.keys().all(short))
    });
    found.into_keys().collect()
}

/// Whether labels that stand apart do so by blanks: 【卖家】承诺48小时发货 below `客服 好的` is what that says.
pub(crate) fn by_blanks(shape: &Shape, texts: &[&str]) -> bool {
    shape.id == "label-apart" && texts.iter().any(|text| shape.begins(text) && !bracketed(text))
}

/// Whether a line begins with something in brackets.
pub(crate) fn bracketed(line: &str) -> bool {
    line.trim_start().starts_with(['【', '[', '［'])
}

/// The bare labels that have sub-accounts are counted together.
pub(crate) fn one_label(account: &str) -> &str {
    if account == "店铺" { "客服" } else { account }
}

/// Whether a shape whose heads any text may have is that of enough lines, and of both sides.
fn enough(shape: &Shape, texts: &[&str]) -> bool {
    let Lines::Headed(head) = shape.lines else { return true };
    let heads = || texts.iter().filter_map(|t| head(t));
    match shape.id {
        "time-name-text" | "name-time-text" => {
            let said = texts.iter().filter(|t| !matches!(look(t), Look::Date(_) | Look::Banner(_) | Look::Separator)).count();
            heads().count() * 4 >= said * 3
        }
        "label-apart" => {
            let buyer = |h: &Head<'_>| name::label(h.name) == Some(Role::Buyer);
            heads().any(|h| buyer(&h)) && heads().any(|h| !buyer(&h))
        }
        _ => true,
    }
}

/// What stands between two chats that were pasted one below the other.
fn parts_talks(line: &str) -> bool {
    matches!(look(line), Look::Blank | Look::Separator | Look::Banner(_) | Look::Date(_))
}

/// WeChat's shape, whose heads (`张三  08:54`) may be words of a message (`明天 10:30`).
const CLOCK: &str = "name-clock";

/// Which lines stand in a block of such heads and words in turn, two heads or more.
fn clocks(lines: &[&str]) -> Vec<bool> {
    let mut within = Vec::with_capacity(lines.len() + 1);
    let shape = SHAPES.iter().find(|shape| shape.id == CLOCK);
    for block in lines.split(|line| parts_talks(line)) {
        let is = shape.is_some_and(|shape| block.iter().filter(|line| shape.begins(line)).count() > 1 && alternate(shape, block));
        within.extend(block.iter().map(|_| is));
        within.push(false);
    }
    within
}

/// Whether every head has words below it, but for pictures that were not copied of somebody who comes again, and nothing stands above the first.
fn alternate(shape: &Shape, texts: &[&str]) -> bool {
    let Lines::Headed(head) = shape.lines else { return false };
    let is_head = |text: &&str| head(text).is_some();
    let mut names: HashMap<&str, u32> = HashMap::new();
    texts.iter().filter_map(|text| head(text)).for_each(|head| *names.entry(head.name).or_default() += 1);
    let silent = |text: &&str| head(text).is_some_and(|head| names.get(head.name).is_some_and(|times| *times < 2));
    texts.first().is_some_and(is_head)
        && texts.last().is_some_and(|last| !silent(last))
        && texts.iter().zip(texts.iter().skip(1)).all(|(a, b)| !(silent(a) && is_head(b)))
}

/// The platform, from names and banners.
pub(crate) fn platform(shape: &Shape, texts: &[&str]) -> &'static str {
    if shape.format == "generic" {
        return "generic";
    }
    if texts.contains(&"店铺待支付订单不再提供聊天催付") {
        return "pdd";
    }
    if texts.iter().any(|t| matches!(*t, "小额打款" | "邀请下单" | "商家配置")) {
        return "douyin";
    }
    let heads: Vec<Head<'_>> = match shape.lines {
        Lines::Headed(head) => texts.iter().filter_map(|t| head(t)).collect(),
        Lines::Stacked { .. } => return shape.format,
    };
    let any = |test: &dyn Fn(&str) -> bool| heads.iter().any(|h| test(h.name));
    if texts.iter().any(|t| t.starts_with("/***")) || any(&|n| n.starts_with("jimi_") || n.starts_with("jd_") || n.ends_with("@im.jd.com"))
    {
        return "jd";
    }
    if any(&|n| name::who(n).name.is_some_and(|n| name::shop_of(&n).is_some()) || n.starts_with("cntaobao") || n.starts_with("tb")) {
        return "taobao";
    }
    if any(&|n| n.ends_with("@微信") || employee(n)) {
        return "wecom";
    }
    if texts.iter().any(|t| t.starts_with("消息记录（此消息") || t.starts_with("消息对象")) || any(&qq) {
        return "qq";
    }
    // Platforms copy nicknames; people write 客户 instead.
    if heads.iter().any(|h| matches!(name::who(h.name), name::Who { name: None, role: Some(Role::Buyer) })) {
        return "generic";
    }
    if texts.iter().any(|t| t.contains("在微信上的聊天记录如下")) || shape.id == "name-clock" {
        return "wechat";
    }
    // WeChat copies times without seconds.
    let seconds = texts.iter().any(|t| t.bytes().filter(|b| *b == b':').count() >= 2);
    if shape.id == "name-time" && !seconds { "wechat" } else { shape.format }
}

/// `张三(z00123456)`
fn employee(name: &str) -> bool {
    let Some((_, id)) = name.trim_end_matches(')').rsplit_once('(') else { return false };
    id.len() >= 6 && id.starts_with(|c: char| c.is_ascii_lowercase()) && id.bytes().skip(1).all(|b| b.is_ascii_digit())
}

/// `nick(87200175)`
fn qq(name: &str) -> bool {
    let Some((_, id)) = name.trim_end_matches(')').rsplit_once('(') else { return false };
    id.len() >= 5 && name.ends_with(')') && id.bytes().all(|b| b.is_ascii_digit())
}

/// The first year that any line tells, for dates without one.
fn year(texts: &[&str]) -> Option<i32> {
    texts.iter().find_map(|t| {
        let at = t.find("20")?;
        match look(t) {
            Look::Date(stamp) => stamp.year,
            Look::Banner(Banner::Preamble | Banner::Plain | Banner::Start | Banner::End) | Look::Text => {
                crate::time::Stamp::prefix(t.get(at..)?).and_then(|(s, _)| s.year)
            }
            _ => None,
        }
    })
}

/// Whether the month comes first in dates such as 02/13/2025, where one of them tells it.
fn month_first(texts: &[&str]) -> Option<bool> {
    texts.iter().find_map(|t| {
        let line = t.trim_start_matches(['[', '\u{200e}']);
        let first = line.get(..line.find(|c: char| !c.is_ascii_digit())?).filter(|digits| digits.len() < 3)?;
        let (stamp, _) = crate::time::Stamp::prefix(line).filter(|(s, _)| s.year.is_some() && s.swapped.is_none())?;
        let (month, day) = stamp.month_day.filter(|(month, day)| month != day)?;
        let first = first.parse().ok().filter(|first| [month, day].contains(first))?;
        Some(month == first)
    })
}
