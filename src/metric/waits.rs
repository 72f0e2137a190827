//! How long buyers wait, not only on the mean: the table `response`, for the shop and each agent.
//!
//! ```
//! use huashu::{chat, link::Contact, metric::{Facts, Options, measure}};
//! let message = |role: &str, time: &str| format!(r#"{{"role":"{role}","sender":"{role}1","at":"2026-01-05T{time}","text":"…"}}"#);
//! // Answered after 5 s, after 120 s, never.
//! let lines = [("buyer", "10:00:00"), ("agent", "10:00:05"), ("buyer", "10:01:00"), ("agent", "10:03:00"), ("buyer", "10:31:00")];
//! let messages: Vec<_> = lines.iter().map(|(role, time)| message(role, time)).collect();
//! let text = format!(r#"{{"id":"1","messages":[{}]}}"#, messages.join(","));
//! let chats = chat::read("a.jsonl", text.as_bytes(), &Default::default());
//! let contacts = chats.conversations.iter().map(|c| Contact::of(c, Default::default())).collect();
//! let rows = measure(&Facts { contacts, ..Facts::default() }, &Options::default()).tables.response;
//! let shop = &rows[0];
//! assert_eq!((shop.agent.as_deref(), rows[1].agent.as_deref()), (None, Some("agent1")));
//! assert_eq!((shop.rounds, shop.unanswered, shop.within_6s, shop.slow), (3, 1, 1, 1));
//! assert_eq!((shop.median, shop.p90, shop.max), (Some(62.5), Some(108.5), Some(120.0)));
//! assert_eq!((shop.conversations, shop.long), (1, 1)); // from 10:00 to 10:31
//! assert_eq!((shop.buyers, shop.buyers_late), (1, 1)); // one buyer, with a round that nobody answered within 3 minutes
//! ```

use super::{
    Before, ResponseStandard,
    response::{self, AT_30, Sums},
    stats,
    talk::Talks,
};
use crate::sort;
use alloc::{string::String, vec, vec::Vec};
use serde::Serialize;

/// Seconds within which the first word is golden, beyond which an answer is slow (the platform's own reminder), within which
/// Pinduoduo asks for an answer; and seconds that make a reception a long one.
const GOLDEN: i64 = 6;
const SLOW: i64 = 100;
const LATE: i64 = 180;
const LONG: i64 = 30 * 60;

/// The waits of the shop or of an agent: a row of the table `response`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Waits {
    /// The agent; `null` for the shop.
    pub agent: Option<String>,
    /// Rounds, as `response.within_30s` counts them.
    pub rounds: u64,
    /// Rounds that no human answered.
    pub unanswered: u64,
    /// Rounds answered within 6 s.
    pub within_6s: u64,
    /// Rounds answered later than after 100 s.
    pub slow: u64,
    /// Median of the answered rounds' seconds.
    pub median: Option<f64>,
    /// What nine of ten answered rounds do not exceed.
    pub p90: Option<f64>,
    /// The longest.
    pub max: Option<f64>,
    /// Conversations in which the buyer wrote.
    pub conversations: u64,
    /// Those that lasted longer than 30 minutes (长接待).
    pub long: u64,
    /// Buyers with a round (PDD 需要人工回复的咨询人数); a conversation without a buyer's name counts as one of its own.
    pub buyers: u64,
    /// Of these, those with a round that was not answered within 3 minutes (PDD 3 分钟未回复人数).
    pub buyers_late: u64,
    /// The row of the period before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Before<Self>,
}

/// The shop first, then the agents with most rounds first.
pub(super) fn table(talks: &Talks, standard: &ResponseStandard) -> Vec<Waits> {
    let mut rows = vec![Waits::default(); talks.agents.len() as usize + 1];
    let mut seconds: Vec<Vec<i64>> = vec![Vec::new(); rows.len()];
    // Part of the shop, buyer, and whether every round was answered in time.
    let mut buyers: Vec<(usize, &str, bool)> = Vec::new();
    for contact in talks.contacts.iter().copied() {
        for part in talks.parts_of(contact) {
            let span = contact.end.zip(contact.start).map_or(0, |(end, start)| end.seconds().saturating_sub(start.seconds()));
            if let Some(row) = rows.get_mut(part) {
                row.conversations += 1;
                row.long += u64::from(span > LONG);
            }
        }
        for (index, (agent, round)) in response::charged(talks, contact).enumerate() {
            let mut sums = Sums::default();
            sums.round(standard, contact, round, index == 0);
            if sums.told(AT_30) == 0 {
                continue;
            }
            let waited = round.seconds.filter(|_| round.answered);
            for part in [Some(0), agent.map(|agent| 1 + agent as usize)].into_iter().flatten() {
                let (Some(row), Some(seconds)) = (rows.get_mut(part), seconds.get_mut(part)) else { continue };
                row.rounds += 1;
                row.unanswered += u64::from(waited.is_none());
                row.within_6s += u64::from(waited.is_some_and(|waited| waited <= GOLDEN));
                row.slow += u64::from(waited.is_some_and(|waited| waited > SLOW));
                seconds.extend(waited);
                buyers.push((part, contact.buyer.as_deref().unwrap_or(&contact.id), waited.is_some_and(|waited| waited <= LATE)));
            }
        }
    }
    sort::plain(&mut buyers);
    buyers.dedup_by_key(|(part, buyer, _)| (*part, *buyer));
    for (part, _, in_time) in buyers {
        if let Some(row) = rows.get_mut(part) {
            row.buyers += 1;
            row.buyers_late += u64::from(!in_time);
        }
    }
    for ((number, row), mut seconds) in (0_u32..).zip(&mut rows).zip(seconds) {
        row.agent = number.checked_sub(1).and_then(|agent| talks.agents.get(agent)).map(String::from);
        if !seconds.is_empty() {
            [row.median, row.p90, row.max] = stats::quantiles(&mut seconds, [0.5, 0.9, 1.0]).map(Some);
        }
    }
    rows.retain(|row| row.conversations > 0);
    sort::by(&mut rows, |a, b| a.agent.is_some().cmp(&b.agent.is_some()).then(b.rounds.cmp(&a.rounds)).then_with(|| a.agent.cmp(&b.agent)));
    rows
}
