//! What a line or a text is, apart from who wrote it: noise of the copy, a line of the platform, a picture, a card, words.

use super::Kind;
use super::name;
use crate::{text, time::Stamp};

/// What a line of a copied chat is when it does not begin a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look<'a> {
    Blank,
    /// `-----`, `=====`.
    Separator,
    /// The export's own headings.
    Banner(Banner<'a>),
    /// Only a date: the day of what follows.
    Date(Stamp),
    /// 已读, 未读, 发送中.
    ReadMark,
    /// `¥39.00` of a product card.
    Price,
    /// The platform speaks: transfers, recalls, hints.
    System,
    Text,
}

/// What a heading of an export says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Banner<'a> {
    /// Nothing that matters here.
    Plain,
    /// What stood above it was a preamble.
    Preamble,
    /// A conversation begins.
    Start,
    /// The same where a message begins below it: `案例1` may be words.
    Case,
    /// A conversation has ended.
    End,
    /// Whom the copy's owner talks with.
    Peer(&'a str),
}

const READ_MARKS: [&str; 10] = ["已读", "未读", "发送中", "送达", "已送达", "对方已读", "[已读]", "[未读]", "(已读)", "(未读)"];

const BANNERS: [(&str, Banner<'static>); 21] = [
    ("消息记录（此消息记录", Banner::Preamble),
    ("消息记录(此消息记录", Banner::Preamble),
    ("消息分组:", Banner::Plain),
    ("消息分组：", Banner::Plain),
    ("消息类型:", Banner::Plain),
    ("即时消息", Banner::Preamble),
    ("单聊", Banner::Preamble),
    ("群聊", Banner::Preamble),
    ("聊天记录查询", Banner::Preamble),
    ("查询结果", Banner::Preamble),
    ("导出时间", Banner::Preamble),
    ("[LINE]", Banner::Preamble),
    ("保存日時", Banner::Preamble),
    ("以上为历史消息", Banner::Plain),
    ("以下为历史消息", Banner::Plain),
    ("以上是历史消息", Banner::Plain),
    ("以下为最新消息", Banner::Plain),
    ("以下为一通会话", Banner::Start),
    ("会话结束", Banner::End),
    ("店铺待支付订单不再提供聊天催付", Banner::Plain),
    ("没有更多消息了", Banner::Plain),
];

/// Whether a mark may as well be what somebody says.
pub(crate) fn words(mark: &str) -> bool {
    matches!(mark.trim(), "未读" | "送达" | "已送达")
}

/// What the windows of 飞鸽 write between messages.
const DOUYIN: [&str; 6] = ["以上为历史消息", "转人工", "邀请下单", "小额打款", "会话超时", "系统关闭"];

/// Whether a line is none of a message above it but a button or a hint of the chat window.
pub(crate) fn window(line: &str, format: &str) -> bool {
    let line = line.trim();
    DOUYIN.contains(&line) && (format == "douyin" || matches!(line, "邀请下单" | "小额打款"))
}

/// What the platform calls itself.
const SYSTEM: [&str; 4] = ["系统提示", "系统消息", "系统提醒", "系统通知"];

/// Of the platform as whole lines, or with a clause behind them; 会话超时了怎么办 is a buyer's.
const ENDED: [&str; 4] = ["用户发起转人工", "会话已结束", "会话已关闭", "会话超时"];

fn decoration(c: char) -> bool {
    matches!(c, '-' | '=' | '—' | '─' | '━' | '*' | '_' | '~' | '#' | '＝' | '－' | '/' | '+')
}

/// Looks at a line.
pub(crate) fn look(line: &str) -> Look<'_> {
    let line = line.trim();
    let Some(first) = line.chars().next() else { return Look::Blank };
    if decoration(first) {
        return decorated(line).unwrap_or(Look::Text);
    }
    if first.is_ascii_digit() {
        return match Stamp::prefix(line) {
            Some((stamp, length)) if stamp.clock.is_none() && only_weekday(line.get(length..).unwrap_or_default()) => Look::Date(stamp),
            _ if line.ends_with("撤回了一条消息") => Look::System,
            _ => Look::Text,
        };
    }
    if matches!(first, '¥' | '￥') && price(line) {
        return Look::Price;
    }
    if line.len() <= 12 && READ_MARKS.contains(&line) {
        return Look::ReadMark;
    }
    if system(line) {
        return Look::System;
    }
    if line.ends_with('。') && text::find(line, "在微信上的聊天记录如下").is_some() {
        return Look::Banner(Banner::Preamble);
    }
    // Banners and headings begin with few characters; the words are compared only then.
    if line.len() < 240 && (first.is_ascii_alphabetic() || "消即单群聊查导保以会店没【[对案第".contains(first)) {
        if let Some((_, banner)) = BANNERS.iter().find(|(word, _)| line.starts_with(word)) {
            // As a whole line or with a value behind it, not as the beginning of somebody's sentence.
            if !matches!(banner, Banner::Preamble | Banner::End | Banner::Start) || line.chars().count() <= 40 {
                return Look::Banner(*banner);
            }
        }
        if let Some(peer) = line.strip_prefix("消息对象:").or_else(|| line.strip_prefix("消息对象：")) {
            return Look::Banner(Banner::Peer(peer.trim()));
        }
        if heading(line) {
            return Look::Banner(if line.starts_with(['案', '第']) { Banner::Case } else { Banner::Start });
        }
    }
    Look::Text
}

fn only_weekday(rest: &str) -> bool {
    let rest = rest.trim().trim_matches(['(', ')', '（', '）']);
    let week = ["周", "星期", "週"].iter().any(|word| rest.starts_with(word)) && rest.chars().count() <= 3;
    // LINE writes dates as 2025/03/02(日) and 2025.03.02 日曜日.
    let day = rest.trim_end_matches("曜日");
    rest.is_empty() || week || (day.chars().count() == 1 && "日月火水木金土".contains(day))
}

/// A line that begins with dashes or the like.
fn decorated(line: &str) -> Option<Look<'_>> {
    let inner = line.trim_start_matches(decoration);
    let before = line.len() - inner.len();
    let left = line.get(..before).map_or(0, |d| d.chars().count());
    let inner = inner.trim_end_matches(decoration).trim();
    if inner.is_empty() {
        return (left >= 3).then_some(Look::Separator);
    }
    if left < 3 {
        return heading(inner).then_some(Look::Banner(Banner::Start));
    }
    if let Some((stamp, length)) = Stamp::prefix(inner)
        && stamp.clock.is_none()
        && only_weekday(inner.get(length..)?)
    {
        return Some(Look::Date(stamp));
    }
    let closed = line.ends_with(decoration);
    let banner = if inner.contains("以下为一通会话") || heading(inner) {
        Banner::Start
    } else if inner.contains("会话结束") {
        Banner::End
    } else if ["单聊", "群聊", "聊天记录", "即时消息"].iter().any(|w| inner.contains(w)) {
        Banner::Preamble
    } else if closed && inner.chars().count() <= 40 {
        Banner::Plain
    } else {
        return None;
    };
    Some(Look::Banner(banner))
}

/// `会话1`, `【对话二】`, `Conversation 3`: what people write between the conversations of one paste.
fn heading(line: &str) -> bool {
    let line = line.trim_matches(|c: char| matches!(c, '【' | '】' | '[' | ']' | '#' | ':' | '：') || c.is_whitespace());
    let words = ["会话", "对话", "聊天", "案例", "第", "Conversation", "conversation", "Chat", "Case"];
    let Some((word, rest)) = words.iter().find_map(|w| Some((w, line.strip_prefix(w)?))) else { return false };
    let rest = rest.trim().trim_start_matches(['#', '-', '_']);
    let number = rest.trim_start_matches(|c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c));
    // 第一 counts steps as well.
    number.len() < rest.len()
        && (number.trim(), *word) != ("", "第")
        && matches!(number.trim(), "" | "个会话" | "通会话" | "段对话" | "个对话" | "通" | "段")
}

fn price(line: &str) -> bool {
    let rest = line.trim_start_matches(['¥', '￥', ' ']);
    rest.len() <= 24 && rest.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | ' ' | '~' | '-' | '起' | '¥' | '￥'))
}

/// Whether the platform says this line: a transfer, a recall, a hint.
pub(crate) fn system(line: &str) -> bool {
    // All of these end or begin with one of few characters; the words are compared only then.
    let said = match line.chars().next() {
        Some('原') => line.starts_with("原因：【") || line.starts_with("原因:【"),
        Some('[' | '【') => {
            let rest = line.trim_start_matches(['[', '【']);
            SYSTEM.iter().any(|w| rest.strip_prefix(w).is_some_and(|r| r.starts_with([']', '】'])))
        }
        Some('系') => {
            // 系统提示不能付款 is a buyer's sentence; 系统提示：… is the system's, and so is the label alone.
            let rest = SYSTEM.iter().find_map(|w| line.strip_prefix(w));
            rest.is_some_and(|r| r.is_empty() || r.starts_with([':', '：']))
                || line.starts_with("系统关闭会话")
                || line.ends_with("撤回了一条消息")
        }
        Some('用' | '会') => {
            let rest = ENDED.iter().find_map(|w| line.strip_prefix(w));
            rest.is_some_and(|r| r.is_empty() || r.starts_with(['，', '。', ',', '.'])) || line.ends_with("撤回了一条消息")
        }
        Some('当') => line.starts_with("当前用户来自") || line.ends_with("撤回了一条消息"),
        _ => line.ends_with("撤回了一条消息"),
    };
    said || transfer(line)
}

/// Whether a line of the platform hands the talk over: `由 服务助手 转交给 小溪`, `会话由小溪转接给小雨`, `小溪 转接给 小雨`.
pub(crate) fn transfer(line: &str) -> bool {
    let Some((from, to)) = between(line) else { return false };
    if from.starts_with('由') {
        return true;
    }
    // 会话由小美转接给小周后就没人理我 is a buyer's sentence.
    if from.starts_with("会话由") {
        let to = receiver(to);
        let sentence = to.replace("售后", "").contains(['后', '了', '吗', '就', '我', '你', '您', '，', '。', '！', '？', ',', '!', '?']);
        return (1..=12).contains(&to.chars().count()) && !sentence;
    }
    // 麻烦转接给售后 is a buyer's sentence: between two accounts the platform writes blanks, or the accounts are the shop's.
    let apart = from.ends_with(char::is_whitespace) && to.starts_with(char::is_whitespace);
    let named = |name: &str| {
        let name = name.trim();
        (1..=30).contains(&name.chars().count()) && !name.contains(['，', '。', '！', '？', ',', '!', '?', '我', '你', '您'])
    };
    let account = |name: &str| name::shop_of(name.trim()).is_some();
    named(from) && named(to) && (apart || (account(from) && account(to)))
}

/// What stands on both sides of the word that hands a talk over.
fn between(line: &str) -> Option<(&str, &str)> {
    let sides = |word: &str| text::find(line, word).and_then(|at| Some((line.get(..at)?, line.get(at + word.len()..)?)));
    sides("转交给").or_else(|| sides("转接给"))
}

/// The names in a line that hands the talk over, as it writes them: who had it, and who has it now.
pub(crate) fn handed(line: &str) -> [&str; 2] {
    let line = line.trim();
    let (from, to) = between(line).filter(|_| transfer(line)).unwrap_or_default();
    let from = from.strip_prefix("会话").unwrap_or(from);
    [from.strip_prefix('由').unwrap_or(from).trim(), receiver(to)]
}

/// Who is handed the talk, without the reason behind the name.
fn receiver(to: &str) -> &str {
    let reason = ["，原因", ",原因"].iter().find_map(|word| to.find(word));
    to.get(..reason.unwrap_or(to.len())).unwrap_or(to).trim().trim_end_matches(['。', '.'])
}

/// Whether the reason of a transfer, which belongs to the line above it.
pub(crate) fn transfer_reason(line: &str) -> bool {
    line.starts_with("原因：【") || line.starts_with("原因:【")
}

/// Whether a text says of itself that no human wrote it.
pub(crate) fn automatic(text: &str) -> bool {
    const MARKS: [&str; 6] = ["[自动回复]", "【自动回复】", "(自动回复)", "（自动回复）", "自动回复:", "自动回复："];
    let text = text.trim();
    MARKS.iter().any(|m| text.starts_with(m))
        || MARKS.iter().take(4).any(|m| text.ends_with(m))
        || text::find(text, "此消息为欢迎卡片").is_some()
}

/// What a whole message is. Only what consists of nothing but a picture, a card or a link is one; words with a link stay words.
pub(crate) fn kind(text: &str) -> Kind {
    let text = text.trim();
    match text.bytes().next() {
        Some(b'h' | b'H' | b'w' | b'`') if links_only(text) => return Kind::Link,
        Some(b'[') | Some(0xE3) => {
            if let Some(kind) = groups(text) {
                return kind;
            }
        }
        Some(b'<') => {
            if text.starts_with("<recognition>") && text.ends_with(".amr") {
                return Kind::Voice;
            }
            if text.starts_with("<img") && text.ends_with('>') {
                return Kind::Image;
            }
        }
        None => return Kind::Text,
        _ => {}
    }
    if text.len() > 600 {
        return Kind::Text;
    }
    if text.ends_with(".amr") && !text.contains(' ') {
        return Kind::Voice;
    }
    if ["请在客户端查看", "请到客户端查看"].iter().any(|hidden| text::find(text, hidden).is_some()) {
        return Kind::Hidden;
    }
    let card = (text.starts_with("您选择了一个") && text.contains("进行咨询"))
        || matches!(text, "商品推荐" | "商品详情页" | "邀请下单" | "商品卡片" | "订单卡片")
        || (text.starts_with("我要咨询订单") && text.contains("订单号"));
    if card { Kind::Card } else { Kind::Text }
}

fn links_only(text: &str) -> bool {
    text.split_whitespace().all(|part| {
        let part = part.trim_matches('`');
        ["http://", "https://", "HTTP", "www."].iter().any(|begin| part.starts_with(begin)) && part.is_ascii()
    })
}

const KINDS: [(&str, Kind); 40] = [
    ("图片", Kind::Image),
    ("动画表情", Kind::Image),
    ("动态表情", Kind::Image),
    ("表情包", Kind::Image),
    ("截图", Kind::Image),
    ("照片", Kind::Image),
    ("image", Kind::Image),
    ("视频", Kind::Image),
    ("短视频", Kind::Image),
    ("小视频", Kind::Image),
    ("video", Kind::Image),
    ("语音", Kind::Voice),
    ("voice", Kind::Voice),
    ("链接", Kind::Link),
    ("商品链接", Kind::Link),
    ("卡片", Kind::Card),
    ("商品", Kind::Card),
    ("商品卡片", Kind::Card),
    ("商品推荐", Kind::Card),
    ("商品详情", Kind::Card),
    ("宝贝", Kind::Card),
    ("订单", Kind::Card),
    ("订单卡片", Kind::Card),
    ("优惠券", Kind::Card),
    ("红包", Kind::Card),
    ("转账", Kind::Card),
    ("位置", Kind::Card),
    ("名片", Kind::Card),
    ("小程序", Kind::Card),
    ("聊天记录", Kind::Card),
    ("邀请下单", Kind::Card),
    ("核对地址", Kind::Card),
    ("地址卡片", Kind::Card),
    ("评价卡片", Kind::Card),
    ("欢迎卡片", Kind::Card),
    ("此消息为欢迎卡片", Kind::Card),
    ("文件", Kind::Hidden),
    ("file", Kind::Hidden),
    ("暂不支持", Kind::Hidden),
    ("不支持的消息", Kind::Hidden),
];

/// The kind of a text that is nothing but `[…]` or `【…】` groups that all name something.
fn groups(text: &str) -> Option<Kind> {
    let (mut rest, mut kind) = (text, None);
    while !rest.is_empty() {
        let close = match rest.chars().next()? {
            '[' => ']',
            '【' => '】',
            _ => return None,
        };
        let inner_start = rest.strip_prefix(['[', '【'])?;
        // Groups may hold groups: `[订单编号:[…]]`.
        let (mut depth, mut end) = (1u32, None);
        for (at, c) in inner_start.char_indices() {
            match c {
                '[' | '【' => depth += 1,
                c if c == close || c == ']' || c == '】' => {
                    depth -= 1;
                    if depth == 0 {
                        end = Some((at, c.len_utf8()));
                        break;
                    }
                }
                _ => {}
            }
        }
        let (at, width) = end?;
        let one = named(inner_start.get(..at)?)?;
        kind.get_or_insert(one);
        rest = inner_start.get(at + width..)?.trim_start();
    }
    kind
}

fn named(inner: &str) -> Option<Kind> {
    KINDS.iter().find_map(|(word, kind)| {
        let rest = inner.trim().strip_prefix(word)?;
        let whole = rest.is_empty()
            || rest.starts_with([':', '：', '(', '（', '，', '_', '-', ' ', '.'])
            || rest.starts_with(|c: char| c.is_ascii_digit())
            || ["消息", "编号", "或富文本"].iter().any(|w| rest.starts_with(w));
        whole.then_some(*kind)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_is_told_from_words() {
        for (line, want) in [
            ("-----", Look::Separator),
            ("================", Look::Separator),
            ("~", Look::Text),
            ("-5度能穿吗", Look::Text),
            ("/:^_^", Look::Text),
            ("/*****************以下为一通会话************************************/", Look::Banner(Banner::Start)),
            ("/*****************会话结束_时间:2026-10-07 10:20:00*****/", Look::Banner(Banner::End)),
            ("                     单聊", Look::Banner(Banner::Preamble)),
            ("===== 会话2 =====", Look::Banner(Banner::Start)),
            ("【会话3】", Look::Banner(Banner::Start)),
            ("会话3分钟就断了", Look::Text),
            ("第2个会话", Look::Banner(Banner::Case)),
            ("第二：", Look::Text),
            ("- 第一", Look::Text),
            ("消息对象:阿宝", Look::Banner(Banner::Peer("阿宝"))),
            ("已读", Look::ReadMark),
            ("已读了没", Look::Text),
            ("¥ 39.90", Look::Price),
            ("￥39块能便宜吗", Look::Text),
            ("由 服务助手 转交给 云朵家居:小溪", Look::System),
            ("由于天气原因会晚一点", Look::Text),
            ("云朵家居:小溪 转接给 云朵家居:小雨", Look::System),
            ("小溪 转接给 小雨", Look::System),
            ("云朵家居:小溪转接给云朵家居:小雨", Look::System),
            ("会话由小美转接给小周", Look::System),
            ("会话由小美转接给售后小周，原因：换班", Look::System),
            ("会话由小美转接给小周后就没人理我了", Look::Text),
            ("会话由小美转接给小周，烦", Look::Text),
            ("麻烦转接给售后", Look::Text),
            ("会话能转接给售后吗", Look::Text),
            ("你 转接给 售后吧", Look::Text),
            ("tb11 撤回了一条消息", Look::System),
            ("系统提示:对方正在输入", Look::System),
            ("当前用户来自 商品详情页", Look::System),
            ("会话超时，系统关闭", Look::System),
            ("会话超时了怎么办", Look::Text),
        ] {
            assert_eq!(look(line), want, "{line}");
        }
        assert!(matches!(look("—————  2026-02-26  —————"), Look::Date(_)));
        assert!(matches!(look("2026年2月26日 星期四"), Look::Date(_)));
        assert!(matches!(look("2026-02-26 10:00:00 到货吗"), Look::Text));
    }

    #[test]
    fn transfers_name_who_is_handed_the_talk() {
        assert_eq!(handed("会话由 木棉-小周 转接给 木棉-小林"), ["木棉-小周", "木棉-小林"]);
        assert_eq!(handed("会话由小美转接给小周"), ["小美", "小周"]);
        assert_eq!(handed("会话由小美转接给小周，原因：换班"), ["小美", "小周"]);
        assert_eq!(handed("由 服务助手 转交给 云朵家居:小溪。"), ["服务助手", "云朵家居:小溪"]);
        assert_eq!(handed("麻烦转接给售后"), ["", ""]);
    }

    #[test]
    fn kinds() {
        for (text, want) in [
            ("[图片]", Kind::Image),
            ("[图片: 1.jpg(请在附件中查看)]", Kind::Image),
            ("[图片][图片]", Kind::Image),
            ("[微笑]", Kind::Text),
            ("[图片]这个坏了", Kind::Text),
            ("[语音]", Kind::Voice),
            ("<recognition>9f8.amr", Kind::Voice),
            ("https://item.example.com/item.htm?id=1", Kind::Link),
            ("`http://item.example.com/item.htm?id=1`", Kind::Link),
            ("www.example.com/item.htm?id=1", Kind::Link),
            ("[商品推荐]", Kind::Card),
            ("看下 https://item.example.com/item.htm?id=1", Kind::Text),
            ("https://item.example.com/1 这款有吗", Kind::Text),
            ("请在客户端查看原始聊天记录，网页版无法展示", Kind::Hidden),
            ("您选择了一个订单进行咨询（订单号：1；商品编号：2）", Kind::Card),
            ("[订单编号:[订单x]，订单金额:1]", Kind::Card),
            ("【此消息为欢迎卡片或富文本模板答案，聊天记录中暂不支持展示】", Kind::Card),
            ("[文件] 说明书.pdf", Kind::Text),
            ("亲，[商品]在这里", Kind::Text),
            ("[数字x]", Kind::Text),
        ] {
            assert_eq!(kind(text), want, "{text}");
        }
    }
}
