//! Names as copies write them → names as we keep them, and what a name tells about its role.

use super::Role;
use alloc::borrow::Cow;

/// A cleaned name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Who<'a> {
    /// `None` for a bare label (客户).
    pub name: Option<Cow<'a, str>>,
    /// What a label or a role mark says.
    pub role: Option<Role>,
}

const BUYER: [&str; 15] =
    ["客户", "顾客", "买家", "买方", "用户", "访客", "消费者", "客人", "会员", "买", "buyer", "customer", "user", "client", "visitor"];
const AGENT: [&str; 31] = [
    "客服",
    "商家",
    "店铺",
    "店家",
    "卖家",
    "卖方",
    "店主",
    "掌柜",
    "商户",
    "人工客服",
    "人工",
    "客服人员",
    "售前客服",
    "售后客服",
    "在线客服",
    "售前",
    "售后",
    "客服专员",
    "坐席",
    "座席",
    "导购",
    "卖",
    "agent",
    "seller",
    "service",
    "staff",
    "support",
    "waiter",
    "shop",
    "csr",
    "assistant",
];
const BOT: [&str; 11] =
    ["机器人", "智能客服", "智能助手", "机器人客服", "客服机器人", "自动回复", "AI客服", "商家配置", "robot", "bot", "chatbot"];
const SYSTEM: [&str; 8] = ["系统", "系统消息", "系统提示", "系统提醒", "系统通知", "平台", "平台提示", "system"];
/// Marks that groups put before their members' names.
const GROUP: [&str; 2] = ["管理员", "群主"];

/// The role that a bare label names.
///
/// Latin labels count in any case.
pub(crate) fn label(text: &str) -> Option<Role> {
    let text = text.trim();
    // The longest label has 15 bytes.
    if text.len() > 15 {
        return None;
    }
    let find = |list: &[&str]| list.iter().any(|l| l.eq_ignore_ascii_case(text));
    [(&BUYER[..], Role::Buyer), (&AGENT[..], Role::Agent), (&BOT[..], Role::Bot), (&SYSTEM[..], Role::System)]
        .into_iter()
        .find_map(|(list, role)| find(list).then_some(role))
}

/// Whether a word is a role's label, alone or with a name glued to it: 客服小溪.
pub(crate) fn labelled(word: &str) -> bool {
    label(word).is_some()
        || word.strip_prefix("客服").is_some_and(|name| (1..=4).contains(&name.chars().count()) && name.chars().all(char::is_alphanumeric))
}

fn space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}' | '\u{2060}')
}

/// Cleans a name: blanks, `cntaobao`, brackets around it, QQ numbers and mail addresses behind it, role marks; `：` becomes `:`.
pub(crate) fn who(raw: &str) -> Who<'_> {
    let mut name = raw.trim_matches(space);
    let mut role = None;
    for prefix in ["cntaobao", "cnalichn"] {
        name = name.strip_prefix(prefix).unwrap_or(name);
    }
    name = account(name);
    // Marks before and behind: 【客服】小美, 小美(客服), 客服-小美.
    if let Some(rest) = name.strip_prefix(['[', '【', '(', '（'])
        && let Some((inner, after)) = rest.split_once([']', '】', ')', '）'])
    {
        let after = after.trim_matches(space);
        if after.is_empty() {
            name = inner.trim_matches(space);
        } else if let Some(found) = mark(inner) {
            role = found;
            name = after;
        }
    }
    if name.ends_with([')', '）', ']', '】'])
        && let Some(open) = name.rfind(['(', '（', '[', '【'])
        && let Some((before, inner)) = name.split_at_checked(open)
        && let inner = inner.trim_matches(['(', '（', '[', '【', ')', '）', ']', '】']).trim_matches(space)
        && !before.is_empty()
    {
        if let Some(found) = mark(inner) {
            role = role.or(found);
            name = before.trim_matches(space);
        } else if let Some(found) = label(before)
            && inner.contains(char::is_alphabetic)
        {
            // 客户（小雨）
            role = role.or(Some(found));
            name = inner;
        }
    }
    if let Some((before, after)) = name.split_once(['-', '_', ' ', '\u{3000}', '/', '·'])
        && let Some(found) = label(before)
        && !before.is_ascii()
        && !after.trim_matches(space).is_empty()
    {
        role = role.or(Some(found));
        name = after.trim_matches(space);
    }
    name = account(name);
    if let Some(found) = label(name) {
        return Who { name: None, role: Some(role.unwrap_or(found)) };
    }
    if name.is_empty() {
        return Who { name: None, role };
    }
    let name = plain(name);
    let name = if name.contains('：') { Cow::Owned(name.replace('：', ":")) } else { name };
    Who { role: role.or_else(|| habit(&name)), name: Some(name) }
}

/// Without what a terminal obeys: escape codes and line breaks.
pub(crate) fn plain(name: &str) -> Cow<'_, str> {
    if name.contains(char::is_control) { name.replace(char::is_control, " ").into() } else { name.into() }
}

/// What a mark in brackets says: `Some(None)` for one that is a mark but no role.
fn mark(inner: &str) -> Option<Option<Role>> {
    let inner = inner.trim_matches(space);
    if GROUP.contains(&inner) { Some(Some(Role::Agent)) } else { label(inner).map(Some) }
}

/// Without a QQ number or mail address behind the name.
fn account(name: &str) -> &str {
    let cut = match name.as_bytes().last() {
        Some(b')') => name.rsplit_once('(').filter(|(_, n)| {
            let n = n.trim_end_matches(')');
            (5..=12).contains(&n.len()) && n.bytes().all(|b| b.is_ascii_digit())
        }),
        Some(b'>') => name.rsplit_once('<').filter(|(_, n)| n.contains('@')),
        _ => None,
    };
    match cut {
        Some((before, _)) if !before.trim_matches(space).is_empty() => before.trim_matches(space),
        _ => name,
    }
}

/// What the habits of the platforms say for certain.
fn habit(name: &str) -> Option<Role> {
    let robots = ["机器人", "智能客服", "智能助手", "店小蜜", "服务助手"];
    if name.starts_with("jimi_") || name.ends_with("@im.jd.com") || robots.iter().any(|w| name.contains(w)) {
        return Some(Role::Bot);
    }
    if shop_of(name).is_some() {
        return Some(Role::Agent);
    }
    if name.starts_with("系统") && name.chars().count() <= 4 {
        return Some(Role::System);
    }
    None
}

/// The main account of a sub-account `shop:sub`.
pub(crate) fn shop_of(name: &str) -> Option<&str> {
    let (shop, sub) = name.split_once(':')?;
    (!shop.trim().is_empty() && !sub.trim().is_empty() && !sub.starts_with("//")).then_some(shop)
}

/// What the names of one team begin with: 木棉 of 木棉-小周.
pub(crate) fn team(name: &str) -> Option<&str> {
    let (team, own) = name.split_once(['-', '－', '—', '_'])?;
    (team.chars().count() > 1 && !own.is_empty()).then_some(team)
}

/// Whether a word looks like somebody's nickname, not like a number or a sentence.
pub(crate) fn nickname(word: &str) -> bool {
    let signs = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '*' | '·' | '~');
    (2..=12).contains(&word.chars().count()) && word.chars().all(signs) && !word.starts_with(|c: char| c.is_ascii_digit())
}

/// Whether a platform has masked a name, as it does with buyers': 大*熊, t**.
pub(crate) fn masked(name: &str) -> bool {
    name.char_indices().skip(1).any(|(_, c)| c == '*')
}

/// What a name suggests where nothing says it for certain.
pub(crate) fn hint(name: &str) -> Option<Role> {
    let digits = |rest: &str| rest.len() >= 2 && rest.bytes().all(|b| b.is_ascii_digit() || b == b'_' || b == b'*');
    let buyer = name.strip_prefix("tb").is_some_and(digits)
        || name.strip_prefix("t_").is_some_and(digits)
        || name.starts_with("jd_")
        || name.ends_with("@微信")
        || (["买家", "顾客", "客户"].iter().any(|w| name.starts_with(w))
            && !["客户经理", "客户服务", "客户专员"].iter().any(|w| name.starts_with(w)))
        || name.contains("**");
    if buyer {
        return Some(Role::Buyer);
    }
    let ends = ["旗舰店", "专卖店", "专营店", "官方店", "企业店", "工厂店", "自营店", "小店", "店铺", "商城", "官方"];
    let holds = ["客服", "售后", "售前", "旗舰店-", "专营店-", "专卖店-", "导购", "店小二"];
    let agent = ends.iter().any(|w| name.ends_with(w)) || holds.iter().any(|w| name.contains(w));
    if agent { Some(Role::Agent) } else { masked(name).then_some(Role::Buyer) }
}

/// An account without its shop, which the platform's line may leave out.
pub(crate) fn own(name: &str) -> &str {
    name.rsplit([':', '：']).next().unwrap_or(name).trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cleaned_and_tell_roles() {
        for (raw, name, role) in [
            ("客户", None, Some(Role::Buyer)),
            (" Agent ", None, Some(Role::Agent)),
            ("系统消息(10000)", None, Some(Role::System)),
            ("云朵家居：小溪", Some("云朵家居:小溪"), Some(Role::Agent)),
            ("cntaobao云朵家居:小溪", Some("云朵家居:小溪"), Some(Role::Agent)),
            ("[tb21]", Some("tb21"), None),
            ("阿宝(87200175)", Some("阿宝"), None),
            ("阿宝<a@example.com>", Some("阿宝"), None),
            ("【管理员】小溪(10001)", Some("小溪"), Some(Role::Agent)),
            ("小溪（客服）", Some("小溪"), Some(Role::Agent)),
            ("客户（小雨）", Some("小雨"), Some(Role::Buyer)),
            ("客户（2）", Some("客户（2）"), None),
            ("客服小溪", Some("客服小溪"), None),
            ("客服-小溪", Some("小溪"), Some(Role::Agent)),
            ("jimi_vender_1", Some("jimi_vender_1"), Some(Role::Bot)),
            ("服务助手", Some("服务助手"), Some(Role::Bot)),
            ("张三(z00123456)", Some("张三(z00123456)"), None),
            ("小溪\n全店\u{1b}[32m", Some("小溪 全店 [32m"), None),
        ] {
            let found = who(raw);
            assert_eq!((found.name.as_deref(), found.role), (name, role), "{raw}");
        }
        assert_eq!(hint("客服小溪"), Some(Role::Agent));
        assert_eq!(hint("j****ab"), Some(Role::Buyer));
        assert_eq!([hint("大*熊"), hint("客服*小溪"), hint("*小溪")], [Some(Role::Buyer), Some(Role::Agent), None]);
        assert_eq!([team("木棉-小周"), team("小周"), team("a-b"), team("木棉-")], [Some("木棉"), None, None, None]);
    }
}
