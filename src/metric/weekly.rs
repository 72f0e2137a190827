//! The weekly review (T11): the most complained and the most praised conversations, and which wording made the difference.
//!
//! Of four talks of a week two are complaints; in both of them the rule to apologise was broken, in the other two it was kept.
//!
//! ```
//! use huashu::{chat, link::{Contact, Findings, Judged}, metric::{Facts, Options, measure}};
//! let contact = |day: u8, signal: &str| {
//!     let text = format!(r#"{{"id":"c{day}","messages":[{{"role":"buyer","sender":"b{day}","at":"2026-01-0{day}T10:00:00","text":"…"}}]}}"#);
//!     let chats = chat::read("a.jsonl", text.as_bytes(), &Default::default());
//!     let verdicts = vec![Judged { rule: "apology-first".into(), passed: signal == "satisfied" }];
//!     Contact::of(&chats.conversations[0], Findings { signals: vec![signal.into()], verdicts, ..Findings::default() })
//! };
//! // 2026-01-05 is a Monday.
//! let contacts = vec![contact(4, "urge"), contact(5, "complaint"), contact(6, "escalate"), contact(7, "satisfied"), contact(8, "satisfied")];
//! let weekly = measure(&Facts { contacts, ..Facts::default() }, &Options::default()).tables.weekly;
//! let rows: Vec<_> = weekly.iter().map(|row| (row.week.to_string(), row.kind, row.conversations, row.of, row.examples.join(" "))).collect();
//! assert_eq!(rows, [
//!     ("2026-01-05".to_string(), "complained", 2, 4, "c5 c6".to_string()),
//!     ("2026-01-05".to_string(), "praised", 2, 4, "c7 c8".to_string()),
//! ]);
//! let apart = &weekly[0].apart[0];
//! assert_eq!((&*apart.id, apart.with_outcome, apart.with_count, apart.without_outcome, apart.without_count), ("apology-first", 0, 2, 2, 2));
//! ```

use super::{
    Before,
    kpi::Board,
    lift::{self, GOOD, Lift},
    rated::Rated,
    service::complains,
    talk::{Talks, time_of},
};
use crate::{
    link::{Contact, buyer_key},
    side::Side,
    sort,
    time::{Day, Time},
};
use alloc::{borrow::Cow, string::String, vec::Vec};
use core::cmp::Reverse;
use serde::Serialize;

/// Weeks that are reviewed, the latest ones.
const WEEKS: usize = 8;
/// Conversations and differences that are named.
const MOST: usize = 5;
/// The signals by which a buyer shows displeasure, and by which the conversations are told apart in the first place.
const HEAT: [&str; 4] = ["complaint", "escalate", "abuse", "urge"];
const TELLING: [&str; 3] = ["complaint", "escalate", "satisfied"];

/// One side of a week: a row of the table `weekly`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Weekly {
    /// The Monday of the week.
    pub week: Day,
    /// `complained` (a complaint, an escalation, or three stars and less) or `praised` (said to be satisfied, or four stars and more,
    /// and no complaint). The stars are the worst rating that names the conversation; else of those that name none of ours, the worst
    /// of its buyer in that week.
    pub kind: &'static str,
    /// How many conversations of the week are of this kind,
    pub conversations: u64,
    /// of how many.
    pub of: u64,
    /// The ids of the five most telling ones: of complaints those with the most kinds of displeasure (complaint, escalation, abuse,
    /// urging), then the fewest stars, then the most rules broken; of praise those with the most stars, then the fewest rules broken.
    pub examples: Vec<String>,
    /// What they have more often than the week's other conversations: signals, and rules broken (in complaints) or kept (where there was
    /// praise). Each with how many of the conversations with the signal, or with the rule kept, are of this kind, against those without.
    /// Strongest evidence first, at most five, and what complaints list is not repeated for praise; association, not cause.
    pub apart: Vec<Lift>,
    /// The book's lines for the rules that were broken in complaints and kept in praised conversations.
    pub suggest: Vec<String>,
    /// The row of the week before, whole, be it in the period or not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Before<Self>,
}

/// Monday of the week.
const fn week_of(at: Time) -> i32 {
    let day = at.day().0;
    // 1970-01-01 was a Thursday.
    day - (day + 3).rem_euclid(7)
}

/// A conversation of a week.
struct Talk<'a> {
    contact: &'a Contact,
    week: i32,
    stars: Option<u8>,
    complained: bool,
    praised: bool,
}

pub(super) fn table(talks: &Talks, side: &Side, rated: &Rated, board: &Board) -> Vec<Weekly> {
    // The worst rating of each conversation, and of each buyer and week for ratings that name no conversation of ours.
    let mut by_talk: Vec<(&str, u8)> = Vec::new();
    let mut by_buyer: Vec<(Cow<str>, i32, u8)> = Vec::new();
    for rating in side.ratings() {
        if let Some(id) = rated.named(&rating) {
            by_talk.push((id, rating.stars));
        } else if let (Some(buyer), Some(at)) = (rating.buyer, rating.at) {
            by_buyer.push((buyer_key(buyer), week_of(at), rating.stars));
        }
    }
    sort::plain(&mut by_talk);
    sort::plain(&mut by_buyer);
    let stars = |contact: &Contact, week: i32| {
        let first = by_talk.get(by_talk.partition_point(|(id, _)| *id < contact.id.as_str()));
        let own = first.filter(|(id, _)| *id == contact.id).map(|(_, stars)| *stars);
        let of_buyer = |buyer: &str| {
            let first = by_buyer.get(by_buyer.partition_point(|(name, of, _)| (&**name, *of) < (buyer, week)));
            first.filter(|(name, of, _)| (&**name, *of) == (buyer, week)).map(|(.., stars)| *stars)
        };
        own.or_else(|| contact.buyer.as_deref().and_then(of_buyer))
    };
    let mut all: Vec<Talk> = Vec::new();
    for contact in talks.contacts.iter().copied() {
        let Some(week) = time_of(contact).map(week_of) else { continue };
        let stars = stars(contact, week);
        let complained = complains(contact) || stars.is_some_and(|stars| stars < GOOD);
        let praised = !complained && (stars.is_some() || contact.found.signals.iter().any(|signal| &**signal == "satisfied"));
        all.push(Talk { contact, week, stars, complained, praised });
    }
    sort::by_key(&mut all, |talk| Reverse(talk.week));
    let mut rows = Vec::new();
    for week in all.chunk_by(|a, b| a.week == b.week).take(WEEKS) {
        let complained = side_of(week, "complained", |talk| talk.complained, &[], board);
        let listed = complained.as_ref().map_or(&[][..], |side| &side.apart);
        let praised = side_of(week, "praised", |talk| talk.praised, listed, board);
        rows.extend(complained.into_iter().chain(praised));
    }
    rows
}

/// `None` where a week has no such conversation. What the other side lists is not repeated.
fn side_of(week: &[Talk], kind: &'static str, is: fn(&Talk) -> bool, listed: &[Lift], board: &Board) -> Option<Weekly> {
    let mut own: Vec<&Talk> = week.iter().filter(|talk| is(talk)).collect();
    let conversations = own.len() as u64;
    let bad = kind == "complained";
    sort::by_key(&mut own, |talk| {
        let found = &talk.contact.found;
        let heat = found.signals.iter().filter(|signal| HEAT.contains(&&***signal)).count();
        let broken = found.verdicts.iter().filter(|verdict| !verdict.passed).count();
        let stars = talk.stars.unwrap_or(if bad { u8::MAX } else { 0 });
        // The worst of the bad, the best of the good.
        (
            if bad { (Reverse(heat), stars, Reverse(broken), broken) } else { (Reverse(0), u8::MAX - stars, Reverse(0), broken) },
            &talk.contact.id,
        )
    });
    let numbered: Vec<(u32, &Contact)> = (0..).zip(week.iter().map(|talk| talk.contact)).collect();
    let of = |number: u32| week.get(number as usize).map(is);
    let mut traits = lift::signals(&numbered);
    traits.append(&mut lift::rules(&numbered));
    let mut apart = lift::compare(&traits, kind, of, &TELLING);
    // Complaints have signals, and break rules; praise has signals, and rules that were kept.
    let more = |row: &Lift| if bad && row.kind == "rule" { row.difference < 0.0 } else { row.difference > 0.0 };
    apart.retain(|row| more(row) && !listed.iter().any(|other| (other.kind, &other.id) == (row.kind, &row.id)));
    apart.truncate(MOST);
    Some(Weekly {
        week: Day(week.first()?.week),
        kind,
        conversations,
        of: week.len() as u64,
        examples: own.first().map(|_| own.iter().take(MOST).map(|talk| talk.contact.id.clone()).collect())?,
        suggest: apart.iter().filter(|row| row.kind == "rule").filter_map(|row| board.line(&row.id)).map(String::from).collect(),
        apart,
        previous: None,
    })
}

#[cfg(test)]
mod tests {
    use crate::{
        link::{Findings, Judged},
        metric::{
            Facts, Options, measure,
            sample::{signals, talk, talk_with},
        },
        side,
    };
    use alloc::{format, vec, vec::Vec};

    #[test]
    fn what_makes_no_difference_is_not_listed_and_nothing_twice() {
        const ASK: &str = "10:00:00 买家\n10:00:09 客服小美";
        let contacts = ["complaint", "complaint", "satisfied", "satisfied"].iter().enumerate().map(|(at, mood)| {
            let told = if *mood == "complaint" { "wait" } else { "benefit" };
            let mut found = Findings { signals: signals(&[mood, told]).signals, ..Findings::default() };
            // The greeting was forgotten once on each side; the apology in complaints alone.
            if at % 2 == 0 {
                found.signals.push("size".into());
            }
            found.verdicts = vec![
                Judged { rule: "greeting".into(), passed: at % 2 == 0 },
                Judged { rule: "apology".into(), passed: *mood != "complaint" },
            ];
            talk_with(&format!("{at}"), "2026-01-05", ASK, found)
        });
        let weekly = measure(&Facts { contacts: contacts.collect(), ..Facts::default() }, &Options::default()).tables.weekly;
        let apart: Vec<Vec<_>> = weekly.iter().map(|row| row.apart.iter().map(|one| one.id.as_str()).collect()).collect();
        assert_eq!(apart, [["apology", "wait"].to_vec(), ["benefit"].to_vec()]);
    }

    #[test]
    fn ratings_tell_too() {
        const ASK: &str = "10:00:00 买家\n10:00:09 客服小美";
        let mut contacts = vec![
            talk_with("甲", "2026-01-05", ASK, signals(&["satisfied"])),
            talk("乙", "2026-01-11", ASK),
            talk("丙", "2026-01-12", ASK),
            talk_with("丁", "2026-01-06", ASK, signals(&["complaint", "escalate"])),
            talk_with("戊", "2026-01-06", ASK, signals(&["complaint"])),
            talk("己", "", "买家"),
        ];
        for contact in &mut contacts {
            contact.id = contact.buyer.clone().unwrap_or_default();
        }
        let ratings = "会话ID,买家昵称,评价时间,评价\n甲,,,不满意\n,乙,2026-01-05 10:00:00,非常满意\n,丙,2026-01-05 10:00:00,非常满意\n";
        let side = side::read("ratings.csv", ratings.as_bytes(), &side::SideOptions::default()).side;
        let tables = measure(&Facts { contacts, side, ..Facts::default() }, &Options::default()).tables;
        let rows: Vec<_> = tables.weekly.iter().map(|row| (format!("{}", row.week), row.kind, row.examples.concat(), row.of)).collect();
        // 丙's rating is of the week before 丙's talk.
        assert_eq!(rows, [("2026-01-05".into(), "complained", "丁戊甲".into(), 4), ("2026-01-05".into(), "praised", "乙".into(), 4)]);
    }
}
