//! Response figures: taken over rounds, without clock windows or caps unless a profile says so.
//!
//! The platforms' own worked example: asked at 10:10:15 and again at 10:15:20, answered at 10:18:10: one round, not within
//! 3 minutes. Asked again at 10:18:30 and answered at 10:19:00: one of two.
//!
//! ```
//! use huashu::{chat, link::Contact, metric::{Facts, Options, measure}};
//! let lines = [("buyer", "10:10:15"), ("buyer", "10:15:20"), ("agent", "10:18:10"), ("buyer", "10:18:30"), ("agent", "10:19:00")];
//! let figures = |count: usize| {
//!     let messages: Vec<String> = lines[..count].iter()
//!         .map(|(role, time)| format!(r#"{{"role":"{role}","at":"2026-01-05T{time}","text":"…"}}"#)).collect();
//!     let text = format!(r#"{{"id":"1","messages":[{}]}}"#, messages.join(","));
//!     let chats = chat::read("a.jsonl", text.as_bytes(), &Default::default());
//!     let contacts = chats.conversations.iter().map(|c| Contact::of(c, Default::default())).collect();
//!     measure(&Facts { contacts, ..Facts::default() }, &Options::default())
//! };
//! assert_eq!(figures(3).get("response.within_3min").unwrap().value, Some(0.0));
//! let figures = figures(5);
//! let value = |id: &str| figures.get(id).unwrap().value.unwrap();
//! assert_eq!(value("response.within_3min"), 1.0 / 2.0);
//! assert_eq!((value("response.within_20s"), value("response.within_30s")), (0.0, 1.0 / 2.0));
//! assert_eq!(value("response.first"), 475.0);
//! assert_eq!(value("response.mean"), (475.0 + 30.0) / 2.0);
//! assert_eq!(value("response.reply_rate"), 1.0);
//! assert_eq!(value("response.message_ratio"), 2.0 / 3.0);
//! ```
//!
//! Where a copy writes no seconds, a round is known to within a minute. A rate leaves out the rounds that this puts neither within
//! its limit nor beyond; one of less than a minute leaves out all of them, for none could be told to keep it and a rate of
//! misses alone would say nothing. Means keep them: buyers write at any second of a minute, so what such a clock takes from one
//! round it gives to another. A round is off by 0 s on the mean and 30 s at most in standard deviation, the mean of `n` by 30 s ÷ √n.

use super::{
    figure::{Definition, Metric, Sheet},
    standard::{ResponseStandard, Unanswered},
    talk::{Parts, Talks},
};
use crate::{
    link::{Contact, RoundFacts},
    time::{Lapse, Time},
};
use alloc::{format, vec::Vec};

const FIRST: Definition = Definition {
    id: "response.first",
    title: "首次响应时长",
    title_en: "First response",
    unit: "seconds",
    formula: "买家首条消息到其后首条人工回复的秒数，对会话取平均 / seconds from the first buyer message to the first human agent message after it, mean over conversations",
};
const MEAN: Definition = Definition {
    id: "response.mean",
    title: "平均响应时长",
    title_en: "Mean response",
    unit: "seconds",
    formula: "每轮从买家首条未回复消息到首条人工回复的秒数，对已回复轮次取平均 / seconds from a round's opening to its first human answer, mean over answered rounds",
};
const WITHIN_20: Definition = Definition {
    id: "response.within_20s",
    title: "20 秒应答率",
    title_en: "Answered within 20 s",
    unit: "ratio",
    formula: "20 秒内人工回复的轮次 ÷ 全部轮次 / rounds answered within 20 s ÷ all rounds",
};
const WITHIN_30: Definition = Definition {
    id: "response.within_30s",
    title: "30 秒应答率",
    title_en: "Answered within 30 s",
    unit: "ratio",
    formula: "30 秒内人工回复的轮次 ÷ 全部轮次 / rounds answered within 30 s ÷ all rounds",
};
const WITHIN_180: Definition = Definition {
    id: "response.within_3min",
    title: "3 分钟人工回复率",
    title_en: "Answered within 3 min",
    unit: "ratio",
    formula: "3 分钟内人工回复的轮次 ÷ 全部轮次 / rounds answered within 3 min ÷ all rounds",
};
const REPLY: Definition = Definition {
    id: "response.reply_rate",
    title: "回复率",
    title_en: "Reply rate",
    unit: "ratio",
    formula: "买家首条消息之后有人工回复的会话 ÷ 有买家消息的会话 / conversations with a human agent message after the first buyer message ÷ conversations with a buyer message",
};
const MESSAGES: Definition = Definition {
    id: "response.message_ratio",
    title: "答问比",
    title_en: "Message ratio",
    unit: "ratio",
    formula: "人工客服消息数 ÷ 买家消息数 / human agent messages ÷ buyer messages",
};

pub(super) const DEFINITIONS: &[Definition] = &[FIRST, MEAN, WITHIN_20, WITHIN_30, WITHIN_180, REPLY, MESSAGES];

const LIMITS: [(&Definition, i64); 3] = [(&WITHIN_20, 20), (&WITHIN_30, 30), (&WITHIN_180, 180)];
/// The place of the 30 s in [`Sums::within`].
pub(super) const AT_30: usize = 1;
const NO_TIMES: &str = "聊天里没有时间：请导出带时间的聊天记录 / the chats carry no times: copy them with the time of each message";
const NO_ROUNDS: &str = "期内没有可计的轮次 / no round to count in this period";
const TO_MINUTE: &str = "聊天的时间没有秒，判断不了 / the chats' times have no seconds: this cannot be told";
const MEAN_TO_MINUTE: &str =
    "时间没有秒的轮次也计入，每轮误差不到 1 分钟 / rounds whose times have no seconds count too, each known to within a minute";
const NO_ANSWER: &str = "期内没有人工回复 / nobody was answered by a human in this period";
const NO_FIRST: &str = "期内没有可计的首次回复 / no first response to count in this period";
const NO_TALK: &str = "期内没有买家发言的会话 / no buyer wrote in this period";

/// What a round comes to.
enum Seconds {
    Answered(Lapse),
    Unanswered,
    NoTime,
    Backwards,
}

fn seconds(round: &RoundFacts) -> Seconds {
    match (round.opened, round.answered, round.waited()) {
        (Some(_), false, _) => Seconds::Unanswered,
        (Some(_), true, Some(waited)) if waited.bounds().1 < 0 => Seconds::Backwards,
        (Some(_), true, Some(waited)) => Seconds::Answered(waited),
        _ => Seconds::NoTime,
    }
}

/// What one pass adds up, for one part of the shop.
#[derive(Clone, Copy, Default)]
pub(super) struct Sums {
    pub rounds: u64,
    unanswered: u64,
    pub within: [u64; 3],
    /// Rounds that times without seconds put neither within a limit nor beyond.
    open: [u64; 3],
    /// Answered rounds whose times have no seconds.
    to_minute: u64,
    /// Rounds in the mean, and their seconds.
    pub timed: u64,
    pub total: i64,
    /// Conversations in the mean of first responses, and their seconds.
    pub firsts: u64,
    pub first_total: i64,
    first_unanswered: u64,
    no_time: u64,
    backwards: u64,
    off_hours: u64,
    pub talks: u64,
    replied: u64,
    pub buyer_messages: u64,
    pub agent_messages: u64,
}

impl Sums {
    pub fn round(&mut self, standard: &ResponseStandard, contact: &Contact, round: &RoundFacts, first: bool) {
        if matches!(seconds(round), Seconds::NoTime) {
            self.no_time += 1;
            return;
        }
        if !standard.covers(contact, round) {
            self.off_hours += 1;
            return;
        }
        let cap = standard.cap.map_or(i64::MAX, i64::from);
        let (waited, counted) = match seconds(round) {
            Seconds::Answered(waited) => {
                self.to_minute += u64::from(waited.to_minute);
                (Some(waited), Some(waited.seconds.clamp(0, cap)))
            }
            Seconds::Unanswered => {
                self.unanswered += 1;
                self.first_unanswered += u64::from(first);
                (None, (standard.unanswered == Unanswered::Cap).then_some(standard.cap.map(i64::from)).flatten())
            }
            Seconds::Backwards => {
                self.backwards += 1;
                return;
            }
            Seconds::NoTime => return,
        };
        self.rounds += 1;
        for ((within, open), (_, limit)) in self.within.iter_mut().zip(&mut self.open).zip(LIMITS) {
            match waited.map_or(Some(false), |waited| waited.within(limit)).filter(|_| !round.to_minute || limit >= 60) {
                Some(kept) => *within += u64::from(kept),
                None => *open += 1,
            }
        }
        if let Some(seconds) = counted {
            self.timed += 1;
            self.total = self.total.saturating_add(seconds);
            if first {
                self.firsts += 1;
                self.first_total = self.first_total.saturating_add(seconds);
            }
        }
    }

    pub fn first(&self) -> Option<f64> {
        (self.firsts > 0).then(|| self.first_total as f64 / self.firsts as f64)
    }

    pub fn mean(&self) -> Option<f64> {
        (self.timed > 0).then(|| self.total as f64 / self.timed as f64)
    }

    pub fn within(&self, limit: usize) -> Option<f64> {
        let told = self.told(limit);
        (told > 0).then(|| self.within.get(limit).copied().unwrap_or(0) as f64 / told as f64)
    }

    /// Rounds of which it is known whether they keep a limit.
    pub fn told(&self, limit: usize) -> u64 {
        self.rounds - self.open.get(limit).copied().unwrap_or(0)
    }

    pub fn reply_rate(&self) -> Option<f64> {
        (self.talks > 0).then(|| self.replied as f64 / self.talks as f64)
    }
}

pub(super) fn figures(talks: &Talks, standard: &ResponseStandard, sheet: &mut Sheet) {
    let parts = Parts::new(&talks.agents);
    let sums = sums(talks, standard, &parts);
    for (part, sums) in sums.iter().enumerate().filter(|(part, sums)| *part == 0 || sums.talks > 0 || sums.rounds > 0) {
        one(talks, standard, sums, parts.name(part, &talks.agents), sheet);
    }
}

/// Those of some conversations, as a whole.
pub(super) fn of_some(talks: &Talks, standard: &ResponseStandard, sheet: &mut Sheet) {
    if let Some(whole) = sums(talks, standard, &Parts::new(&talks.agents)).first() {
        one(talks, standard, whole, None, sheet);
    }
}

/// The rounds of a conversation with the agent whose they are.
pub(super) fn charged<'c>(talks: &Talks, contact: &'c Contact) -> impl Iterator<Item = (Option<u32>, &'c RoundFacts)> {
    let number = |at: u16| talks.agents.find(contact.agents.get(usize::from(at))?);
    contact.rounds.iter().map(move |round| (round.agent.and_then(number), round))
}

/// The agent to whom a conversation belongs: the one of its first round.
pub(super) fn host(talks: &Talks, contact: &Contact) -> Option<u32> {
    let first = contact.rounds.first();
    let own = first.and_then(|round| contact.agents.get(usize::from(round.agent?)));
    // Of an unanswered one nobody may be the host: whoever took the talk never wrote.
    let any = contact.agents.first().filter(|_| first.is_none_or(|round| round.answered));
    talks.agents.find(own.or(any)?)
}

/// The sums of every part of the shop.
pub(super) fn sums(talks: &Talks, standard: &ResponseStandard, parts: &Parts) -> Vec<Sums> {
    let mut sums = parts.sums::<Sums>();
    for contact in &talks.contacts {
        for (index, (agent, round)) in charged(talks, contact).enumerate() {
            for part in parts.of(agent, round.opened) {
                if let Some(sums) = sums.get_mut(part) {
                    sums.round(standard, contact, round, index == 0);
                }
            }
        }
        for part in parts.of(host(talks, contact), contact.asked_at) {
            if let Some(sums) = sums.get_mut(part) {
                sums.talks += 1;
                sums.replied += u64::from(contact.replied);
                sums.buyer_messages += u64::from(contact.buyer_messages);
                sums.agent_messages += u64::from(contact.agent_messages);
            }
        }
    }
    sums
}

fn one(talks: &Talks, standard: &ResponseStandard, sums: &Sums, by: Option<super::By>, sheet: &mut Sheet) {
    let words = standard.words();
    // Only what a round is, and only conversations of agents: figures by hour and weekday are about rounds alone.
    let explain = |metric: &mut Metric, rounds: bool| {
        if rounds {
            metric.standard("按轮次，仅人工回复 / over rounds, human answers only");
            metric.standard(&words);
            metric.left_out("no-time", sums.no_time).left_out("clock-backwards", sums.backwards).left_out("off-hours", sums.off_hours);
        }
        metric.left_out("no-buyer-message", if metric.by.is_none() { talks.silent } else { 0 });
        untimed(talks, metric);
        if rounds && sums.rounds == 0 && sums.off_hours == 0 && sums.backwards == 0 && sums.no_time > 0 {
            metric.unavailable(NO_TIMES);
        }
        if let Some(why) = talks.lacks_chats() {
            metric.unavailable(why);
        }
    };
    sheet.add_by(&FIRST, by.clone(), |m| {
        // Of an hour in which no talk began none of its rounds is the first.
        let none = if sums.rounds == 0 { NO_ROUNDS } else { NO_FIRST };
        m.over(sums.first_total as f64, sums.firsts as f64, if sums.timed == 0 && sums.rounds > 0 { NO_ANSWER } else { none });
        m.standard(if sums.to_minute > 0 { MEAN_TO_MINUTE } else { "" });
        if standard.unanswered == Unanswered::Miss || standard.cap.is_none() {
            m.left_out("unanswered", sums.first_unanswered);
        }
        explain(m, true);
    });
    sheet.add_by(&MEAN, by.clone(), |m| {
        m.over(sums.total as f64, sums.timed as f64, if sums.rounds == 0 { NO_ROUNDS } else { NO_ANSWER });
        m.standard(if sums.to_minute > 0 { MEAN_TO_MINUTE } else { "" });
        if standard.unanswered == Unanswered::Miss || standard.cap.is_none() {
            m.left_out("unanswered", sums.unanswered);
        }
        explain(m, true);
    });
    for (limit, ((definition, _), within)) in LIMITS.iter().zip(sums.within).enumerate() {
        sheet.add_by(definition, by.clone(), |m| {
            m.share(within, sums.told(limit), if sums.rounds == 0 { NO_ROUNDS } else { TO_MINUTE });
            m.left_out("to-minute", sums.rounds - sums.told(limit));
            m.standard("未回复的轮次计为未达标 / unanswered rounds are misses");
            explain(m, true);
        });
    }
    if sums.talks == 0 && by.is_some() {
        return;
    }
    sheet.add_by(&REPLY, by.clone(), |m| explain(m.share(sums.replied, sums.talks, NO_TALK), false));
    sheet.add_by(&MESSAGES, by, |m| explain(m.over(sums.agent_messages as f64, sums.buyer_messages as f64, NO_TALK), false));
}

/// Says that conversations without a date were counted in, and how many were left out by the list.
pub(super) fn untimed(talks: &Talks, metric: &mut Metric) {
    metric.left_out("listed", if metric.by.is_none() { talks.listed } else { 0 });
    if talks.untimed > 0 && metric.period.is_some() {
        let count = talks.untimed;
        metric.standard(&format!("{count} 个会话无日期，一并计入 / conversations without a date counted in (untimed): {count}"));
    }
}

/// The time of a round's answer.
pub(super) fn answered_at(round: &RoundFacts) -> Option<Time> {
    let opened = round.opened.filter(|at| at.dated())?;
    Some(Time::from_seconds(opened.seconds().saturating_add(round.seconds?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat;
    use crate::metric::HoursOf;
    use crate::metric::{Facts, Figures, Options, measure, sample::talk};
    use alloc::{string::String, vec};

    fn figures(contacts: Vec<Contact>, response: ResponseStandard) -> Figures {
        measure(&Facts { contacts, ..Facts::default() }, &Options { response, ..Options::default() })
    }

    fn fraction(figures: &Figures, id: &str) -> (f64, f64) {
        let metric = figures.get(id).unwrap();
        (metric.numerator.unwrap(), metric.denominator.unwrap())
    }

    const TAOBAO: ResponseStandard =
        ResponseStandard { hours: Some((8 * 3600, 23 * 3600)), hours_of: HoursOf::Round, cap: Some(600), unanswered: Unanswered::Cap };

    /// The worked examples of the platform's own rule (facts, 2.2).
    #[test]
    fn rounds_as_the_platform_counts_them() {
        let asked_twice = "10:10:15 买家\n10:15:20 买家\n10:18:10 客服小美";
        let none = ResponseStandard::default();
        assert_eq!(fraction(&figures(vec![talk("甲", "2026-01-05", asked_twice)], none), "response.within_3min"), (0.0, 1.0));
        let again = "10:10:15 买家\n10:15:20 买家\n10:18:10 客服小美\n10:18:30 买家\n10:19:00 客服小美";
        assert_eq!(fraction(&figures(vec![talk("甲", "2026-01-05", again)], none), "response.within_3min"), (1.0, 2.0));
        let asks = "21:00:00 买家\n".repeat(10);
        assert_eq!(fraction(&figures(vec![talk("甲", "2026-01-05", &asks)], none), "response.within_3min"), (0.0, 1.0));
    }

    #[test]
    fn means_and_rates_by_hand() {
        // Rounds of 8, 30 and 20 s and an unanswered one; a robot in between changes nothing.
        let contacts = vec![
            talk("甲", "2026-01-05", "10:00:00 买家\n10:00:01 机器人\n10:00:08 客服小美\n10:01:00 买家\n10:01:30 客服小美"),
            talk("乙", "2026-01-05", "11:00:00 买家\n11:00:20 客服小敏\n11:05:00 买家"),
        ];
        let found = figures(contacts, ResponseStandard::default());
        assert_eq!(fraction(&found, "response.first"), (28.0, 2.0));
        assert_eq!(fraction(&found, "response.mean"), (58.0, 3.0));
        assert_eq!(fraction(&found, "response.within_20s"), (2.0, 4.0));
        assert_eq!(fraction(&found, "response.within_30s"), (3.0, 4.0));
        assert_eq!(fraction(&found, "response.reply_rate"), (2.0, 2.0));
        assert_eq!(fraction(&found, "response.message_ratio"), (3.0, 4.0));
        let of = |agent: &str, id: &str| {
            let by = |m: &&Metric| m.id == id && m.by.as_ref().is_some_and(|by| by.kind == "agent" && by.name == agent);
            found.metrics.iter().find(by).unwrap().value
        };
        assert_eq!(of("小美", "response.mean"), Some(19.0));
        assert_eq!(of("小敏", "response.within_30s"), Some(0.5), "the unanswered round is hers");
        assert_eq!(found.tables.agents.len(), 2);
    }

    #[test]
    fn profile_hours_caps_and_unanswered_rounds() {
        // Asked inside the hours and answered after their end: counts. Asked after them: does not. Nobody answered: 600 s.
        let contacts = vec![
            talk("甲", "2026-01-05", "22:59:00 买家\n23:01:00 客服小美\n23:05:00 买家\n23:06:00 客服小美"),
            talk("乙", "2026-01-05", "08:00:00 买家\n08:20:00 客服小美"),
            talk("丙", "2026-01-05", "09:00:00 买家"),
        ];
        let found = figures(contacts.clone(), TAOBAO);
        assert_eq!(fraction(&found, "response.mean"), (120.0 + 600.0 + 600.0, 3.0));
        assert_eq!(fraction(&found, "response.within_3min"), (1.0, 3.0));
        let excluded = &found.get("response.mean").unwrap().excluded;
        assert!(excluded.iter().any(|e| (e.reason, e.count) == ("off-hours", 1)));
        let sessions =
            ResponseStandard { hours: Some((9 * 3600, 23 * 3600)), hours_of: HoursOf::Conversation, ..ResponseStandard::default() };
        assert_eq!(fraction(&figures(contacts, sessions), "response.within_3min"), (2.0, 3.0), "by the conversation's beginning");
    }

    #[test]
    fn an_hour_in_which_no_talk_began_has_answers() {
        let contacts = vec![talk("甲", "2026-01-31", "09:59:50 买家\n10:00:05 客服小美\n10:00:30 买家\n10:00:40 客服小美\n11:00:00 买家")];
        let found = figures(contacts, ResponseStandard::default());
        let of = |id: &str, hour: &str| {
            let metric = found.metrics.iter().find(|m| m.id == id && m.by.as_ref().is_some_and(|by| by.kind == "hour" && by.name == hour));
            metric.map(|m| (m.value, m.why.as_deref())).unwrap()
        };
        assert_eq!((of("response.mean", "10"), of("response.first", "10")), ((Some(10.0), None), (None, Some(NO_FIRST))));
        assert_eq!((of("response.mean", "11"), of("response.first", "11")), ((None, Some(NO_ANSWER)), (None, Some(NO_ANSWER))));
    }

    #[test]
    fn times_without_seconds_decide_no_more_than_they_tell() {
        // 0, 1, 2, 3 and 4 minutes, and a round that nobody answered.
        let asks: String = (0..5).map(|n| format!("10:{n}0 买家\n10:{n}{n} 客服小美\n")).collect();
        let found = figures(vec![talk("甲", "2026-01-05", &(asks + "11:00 买家"))], ResponseStandard::default());
        for id in ["response.within_20s", "response.within_30s"] {
            let metric = found.get(id).unwrap();
            assert_eq!((metric.value, metric.why.as_deref()), (None, Some(TO_MINUTE)));
            assert!(metric.excluded.iter().any(|e| (e.reason, e.count) == ("to-minute", 6)));
        }
        assert_eq!(fraction(&found, "response.within_3min"), (3.0, 5.0));
        let mean = found.get("response.mean").unwrap();
        assert_eq!(mean.value, Some(120.0));
        assert!(mean.standard.contains(MEAN_TO_MINUTE));
        assert_eq!(found.tables.response[0].rounds, 0);
        // Beside them a talk with seconds counts by itself, and a pair of both kinds is no surer than the vaguer one.
        let exact = talk("乙", "2026-01-06", "10:00:00 买家\n10:00:05 客服小美\n10:10:30 买家\n10:10 客服小美");
        let found = figures(vec![talk("甲", "2026-01-05", "10:00 买家\n10:00 客服小美"), exact], ResponseStandard::default());
        assert_eq!(fraction(&found, "response.within_20s"), (1.0, 1.0));
        assert_eq!(fraction(&found, "response.within_3min"), (3.0, 3.0));
        assert_eq!(fraction(&found, "response.mean"), (5.0, 3.0));
    }

    #[test]
    fn hours_over_midnight() {
        let night = ResponseStandard { hours: Some((22 * 3600, 6 * 3600)), ..ResponseStandard::default() };
        let contacts = vec![
            talk("甲", "2026-01-05", "23:00:00 买家\n23:00:10 客服"),
            talk("乙", "2026-01-06", "05:59:59 买家\n06:00:10 客服"),
            talk("丙", "2026-01-06", "06:00:00 买家\n06:00:10 客服"),
        ];
        assert_eq!(fraction(&figures(contacts, night), "response.within_20s"), (2.0, 2.0));
    }

    #[test]
    fn silence_after_a_handover_is_not_that_of_who_handed_over() {
        let of = |text: &str| {
            let chats = chat::read("a.txt", text.as_bytes(), &Default::default());
            let contacts = chats.conversations.iter().map(|c| Contact::of(c, Default::default())).collect();
            let found = figures(contacts, ResponseStandard::default());
            let name = |m: &Metric| m.by.as_ref().filter(|by| by.kind == "agent").map(|by| by.name.clone());
            let rates = found.metrics.iter().filter(|m| m.id == "response.within_3min" || m.id == "response.reply_rate");
            rates
                .filter(|m| name(m).is_some() || m.by.is_none())
                .map(|m| (name(m).unwrap_or_default(), m.numerator.unwrap(), m.denominator.unwrap()))
                .collect::<Vec<_>>()
        };
        let said = |who: &str, time: &str, text: &str| format!("{who} 2026-01-05 10:{time}\n{text}\n");
        let asked = said("tb20260", "00:00", "在吗") + &said("店:小美", "00:09", "在的");
        let again = said("tb20260", "05:00", "人呢");
        let mei = |within, rounds| ("店:小美".into(), within, rounds);
        let own = of(&(asked.clone() + &again));
        assert_eq!(own, [("".into(), 1.0, 2.0), ("".into(), 1.0, 1.0), mei(1.0, 2.0), mei(1.0, 1.0)]);
        let handed = of(&(asked.clone() + "店:小美 转接给 店:小敏\n" + &again));
        assert_eq!(handed, [("".into(), 1.0, 2.0), ("".into(), 1.0, 1.0), mei(1.0, 1.0), mei(1.0, 1.0)]);
        // Who was asked and handed over without a word is charged, as on Taobao.
        let wordless = of(&(asked.clone() + &again + "店:小美 转接给 店:小敏\n"));
        assert_eq!(wordless, own);
        // Whoever took it and wrote before is charged.
        let back = said("店:小敏", "00:20", "我来") + "店:小敏 转接给 店:小美\n";
        assert!(of(&(asked + &back + &again)).contains(&mei(1.0, 2.0)));
        let greeted = said("店:小美", "00:00", "有需要找我") + "店:小美 转接给 店:小敏\n" + &again;
        assert_eq!(of(&greeted), [("".into(), 0.0, 1.0), ("".into(), 0.0, 1.0)], "the talk is nobody's");
    }

    #[test]
    fn without_times_only_what_needs_none() {
        let found = figures(vec![talk("甲", "", "买家\n客服小美\n客服小美")], ResponseStandard::default());
        for id in ["response.first", "response.mean", "response.within_20s", "response.within_30s", "response.within_3min"] {
            let metric = found.get(id).unwrap();
            assert_eq!(metric.value, None);
            assert_eq!(metric.why.as_deref(), Some(NO_TIMES));
        }
        assert_eq!(found.get("response.reply_rate").unwrap().value, Some(1.0));
        assert_eq!(found.get("response.message_ratio").unwrap().value, Some(2.0));
    }

    #[test]
    fn monologues_and_backward_clocks_are_counted_out() {
        let contacts = vec![
            talk("甲", "2026-01-05", "10:00:00 客服小美\n10:00:05 客服小美"),
            talk("乙", "2026-01-05", "10:00:10 买家\n10:00:05 客服小美"),
            talk("丙", "2026-01-05", "10:00:10 买家\n10:00:15 客服小美"),
        ];
        let found = figures(contacts, ResponseStandard::default());
        let mean = found.get("response.mean").unwrap();
        assert_eq!(mean.value, Some(5.0));
        let count = |reason: &str| mean.excluded.iter().find(|e| e.reason == reason).map_or(0, |e| e.count);
        assert_eq!((count("clock-backwards"), count("no-buyer-message")), (1, 1));
        assert_eq!(fraction(&found, "response.reply_rate"), (2.0, 2.0));
        let nothing = figures(Vec::new(), ResponseStandard::default());
        assert!(nothing.metrics.iter().all(|m| m.value.is_none() && m.why.is_some()), "nothing is known of nothing");
    }
}
