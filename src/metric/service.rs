//! Service figures (T10): satisfaction, complaints, first-contact resolution.
//!
//! 甲 complains and comes back three days later; 乙 asks once. One of two buyers complained, and two of three conversations
//! were not followed by another one of the same matter within 7 days.
//!
//! ```
//! use huashu::{chat, link::{Contact, Findings}, metric::{Facts, Options, measure}};
//! let contact = |buyer: &str, day: &str, signal: &str| {
//!     let text = format!(r#"{{"id":"{buyer}{day}","messages":[{{"role":"buyer","sender":"{buyer}","at":"2026-01-{day}T10:00:00","text":"…"}}]}}"#);
//!     let chats = chat::read("a.jsonl", text.as_bytes(), &Default::default());
//!     Contact::of(&chats.conversations[0], Findings { signals: vec![signal.into()], ..Findings::default() })
//! };
//! let contacts = vec![contact("甲", "05", "complaint"), contact("甲", "08", "urge"), contact("乙", "05", "urge")];
//! let figures = measure(&Facts { contacts, ..Facts::default() }, &Options::default());
//! assert_eq!(figures.get("service.complaint_rate").unwrap().value, Some(1.0 / 2.0));
//! assert_eq!(figures.get("service.first_contact_resolution").unwrap().value, Some(2.0 / 3.0));
//! assert_eq!(figures.get("service.csat").unwrap().value, None); // that takes a table of ratings
//! ```

use super::{
    figure::{Definition, Metric, Sheet},
    response::untimed,
    talk::{Parts, Talks, time_of},
};
use crate::{
    link::Contact,
    order::Names,
    sort,
    time::{DAY, Day},
};
use alloc::{format, vec::Vec};

const COMPLAINTS: Definition = Definition {
    id: "service.complaint_rate",
    title: "投诉率",
    title_en: "Complaint rate",
    unit: "ratio",
    formula: "有抱怨或升级投诉信号的买家 ÷ 接待的买家 / buyers with a complaint or escalation ÷ buyers served",
};
const RESOLVED: Definition = Definition {
    id: "service.first_contact_resolution",
    title: "首次解决率",
    title_en: "First-contact resolution",
    unit: "ratio",
    formula: "7 天内同一买家未因同类事项再次来访的会话 ÷ 会话 / conversations without a second one of the same buyer and matter within 7 days ÷ conversations",
};

pub(super) const DEFINITIONS: &[Definition] = &[super::ratings::CSAT, COMPLAINTS, RESOLVED];
pub(super) const FROM_CHATS: &[Definition] = &[COMPLAINTS, RESOLVED];

/// Days within which a second conversation counts as the same matter.
const AGAIN: i64 = 7;
/// The signals that make a buyer one who complains.
pub(crate) const COMPLAINT: [&str; 2] = ["complaint", "escalate"];

/// Whether the buyer complains or escalates in this conversation.
pub(super) fn complains(contact: &Contact) -> bool {
    contact.found.signals.iter().any(|signal| COMPLAINT.contains(&&**signal))
}

/// Whether the buyer was heard to be satisfied and did not complain afterwards.
pub(super) fn settled(contact: &Contact) -> bool {
    !contact.found.reopened && contact.found.signals.iter().any(|signal| &**signal == "satisfied")
}

pub(super) fn figures(talks: &Talks, as_of: Option<Day>, sheet: &mut Sheet) {
    complaints(talks, sheet);
    resolution(talks, as_of, sheet);
}

fn explain(talks: &Talks, metric: &mut Metric) {
    untimed(talks, metric);
    match metric.by.as_ref().map(|by| by.kind) {
        None => {
            let nameless = talks.contacts.iter().filter(|c| c.buyer.is_none()).count() as u64;
            metric.left_out("no-buyer", nameless).left_out("no-buyer-message", talks.silent);
        }
        Some("product") => {}
        Some(_) => {
            metric.standard("有多位客服的会话各计一次 / a conversation of several agents counts for each of them");
        }
    }
    if let Some(why) = talks.lacks_buyers() {
        metric.unavailable(why);
    }
}

/// How many of the buyers complained.
pub(super) fn complaints(talks: &Talks, sheet: &mut Sheet) {
    let mut sums = alloc::vec![(0, 0); talks.agents.len() as usize + 1];
    for (part, _, calm) in served(talks) {
        if let Some((complaining, whole)) = sums.get_mut(part) {
            *complaining += u64::from(!calm);
            *whole += 1;
        }
    }
    let parts = Parts::new(&talks.agents);
    for (part, (complaining, whole)) in sums.into_iter().enumerate().filter(|(part, (_, whole))| *part == 0 || *whole > 0) {
        sheet.add_by(&COMPLAINTS, parts.name(part, &talks.agents), |m| {
            m.share(complaining, whole, "期内没有接待买家 / no buyer was served in this period");
            m.standard("接待 = 买家发过消息 / served: the buyer wrote");
            explain(talks, m);
        });
    }
}

/// Part of the shop, buyer, and whether the buyer never complained there.
pub(super) fn served<'t>(talks: &'t Talks) -> Vec<(usize, &'t str, bool)> {
    let mut served: Vec<(usize, &str, bool)> = Vec::new();
    for contact in &talks.contacts {
        let Some(buyer) = contact.buyer.as_deref() else { continue };
        served.extend(talks.parts_of(contact).map(|part| (part, buyer, !complains(contact))));
    }
    sort::plain(&mut served);
    served.dedup_by_key(|(part, buyer, _)| (*part, *buyer));
    served
}

/// The conversations of known buyers with their days and whether the buyer came back with the same matter within [`AGAIN`] days;
/// and how many have no date.
pub(super) fn returned<'a>(talks: &Talks<'a>) -> (Vec<(&'a Contact, Day, bool)>, u64) {
    let mut names = Names::default();
    let mut all: Vec<(u32, i64, &Contact)> = talks
        .all
        .iter()
        .copied()
        .filter(|c| c.buyer_messages > 0)
        .filter_map(|c| Some((names.intern(c.buyer.as_deref()?), time_of(c)?.seconds(), c)))
        .collect();
    sort::by(&mut all, |a, b| (a.0, a.1, &a.2.id).cmp(&(b.0, b.1, &b.2.id)));
    let mut again: Vec<(u32, i64, &str)> = Vec::new();
    // The latest conversation of each matter, so that each one is looked at once however often a buyer writes.
    let mut latest: Vec<(&str, usize)> = Vec::new();
    let mut buyer = None;
    for (at, (number, time, contact)) in all.iter().enumerate() {
        if buyer != Some(*number) {
            latest.clear();
            buyer = Some(*number);
        }
        for matter in matters(contact) {
            match latest.iter_mut().find(|(known, _)| *known == matter) {
                Some((_, before)) => {
                    if let Some((_, since, earlier)) = all.get(*before)
                        && time.saturating_sub(*since) <= AGAIN * DAY
                    {
                        again.push((*number, *since, &earlier.id));
                    }
                    *before = at;
                }
                None => latest.push((matter, at)),
            }
        }
    }
    sort::plain(&mut again);
    let mut found = Vec::new();
    let mut timeless = 0;
    for contact in talks.contacts.iter().copied().filter(|c| c.buyer.is_some()) {
        let Some(time) = time_of(contact) else {
            timeless += 1;
            continue;
        };
        let number = contact.buyer.as_deref().and_then(|name| names.find(name)).unwrap_or(u32::MAX);
        found.push((contact, time.day(), again.binary_search(&(number, time.seconds(), contact.id.as_str())).is_ok()));
    }
    (found, timeless)
}

fn resolution(talks: &Talks, as_of: Option<Day>, sheet: &mut Sheet) {
    let (conversations, timeless) = returned(talks);
    // Conversations, those resolved, those of them that are too young to be sure of; per part of the shop.
    let mut sums = alloc::vec![(0, 0, 0); talks.agents.len() as usize + 1];
    for (contact, day, returned) in conversations {
        let young = !returned && as_of.is_some_and(|as_of| i64::from(as_of.0) < i64::from(day.0) + AGAIN);
        for part in talks.parts_of(contact) {
            if let Some((whole, resolved, open)) = sums.get_mut(part) {
                *whole += 1;
                *resolved += u64::from(!returned);
                *open += u64::from(young);
            }
        }
    }
    let parts = Parts::new(&talks.agents);
    for (part, (whole, resolved, open)) in sums.into_iter().enumerate().filter(|(part, (whole, ..))| *part == 0 || *whole > 0) {
        sheet.add_by(&RESOLVED, parts.name(part, &talks.agents), |m| {
            let empty = if timeless > 0 {
                "聊天里没有日期：请导出带日期和时间的聊天记录 / the chats carry no dates: copy them with date and time"
            } else {
                "期内没有会话 / no conversation in this period"
            };
            m.share(resolved, whole, empty);
            m.standard("同类事项 = 有共同场景，或都没有场景 / same matter: a scene in common, or none at all");
            m.open = open;
            if open > 0 {
                m.standard(&format!("尚未定局：{open} 个会话未满 7 天 / not final: conversations younger than 7 days: {open}"));
            }
            m.left_out("no-time", if part == 0 { timeless } else { 0 });
            explain(talks, m);
        });
    }
}

/// What a conversation is about: its scenes, or that it has none.
fn matters(contact: &Contact) -> impl Iterator<Item = &str> {
    let none = contact.found.scenes.is_empty().then_some("");
    contact.found.scenes.iter().map(|scene| &**scene).chain(none)
}

#[cfg(test)]
mod tests {
    use crate::metric::{
        Facts, Options, measure,
        sample::{scenes, signals, talk, talk_with},
    };
    use alloc::vec;

    const ASK: &str = "10:00:00 买家\n10:00:09 客服小美";

    #[test]
    fn complaints_count_buyers() {
        let contacts = vec![
            talk_with("甲", "2026-01-05", ASK, signals(&["complaint", "urge"])),
            talk_with("甲", "2026-01-06", ASK, signals(&["escalate"])),
            talk_with("乙", "2026-01-05", ASK, signals(&["urge"])),
            talk("丙", "2026-01-05", "10:00:00 买家"),
            talk_with("", "2026-01-05", ASK, signals(&["complaint"])),
        ];
        let found = measure(&Facts { contacts, ..Facts::default() }, &Options::default());
        let rate = found.get("service.complaint_rate").unwrap();
        assert_eq!((rate.numerator, rate.denominator), (Some(1.0), Some(3.0)));
        assert!(rate.interval.is_some());
        assert_eq!(rate.excluded.first().map(|e| (e.reason, e.count)), Some(("no-buyer", 1)));
        let csat = found.get("service.csat").unwrap();
        assert!(csat.value.is_none() && csat.why.as_deref().is_some_and(|why| why.contains("no table of ratings")));
    }

    #[test]
    fn resolution_counts_returns_of_the_same_matter_within_seven_days() {
        let contacts = vec![
            talk_with("甲", "2026-01-01", ASK, scenes(&["logistics"], true)),
            talk_with("甲", "2026-01-08", ASK, scenes(&["logistics", "complaint"], true)),
            talk_with("甲", "2026-01-09", ASK, scenes(&["pre-sale"], false)),
            talk_with("甲", "2026-01-16", "10:00:01 买家", scenes(&["pre-sale"], false)),
            talk_with("乙", "2026-01-01", ASK, scenes(&["logistics"], true)),
            talk("丙", "2026-01-30", ASK),
            talk("丁", "", "买家"),
        ];
        let found = measure(&Facts { contacts, ..Facts::default() }, &Options::default());
        let rate = found.get("service.first_contact_resolution").unwrap();
        // Only the first came again for the same matter, exactly 7 days later; the third did so a second too late.
        assert_eq!((rate.numerator, rate.denominator), (Some(5.0), Some(6.0)));
        assert!(rate.standard.contains("not final: conversations younger than 7 days: 1"));
        assert!(rate.excluded.iter().any(|e| (e.reason, e.count) == ("no-time", 1)));
    }
}
