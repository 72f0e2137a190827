//! A second, slow and obvious implementation of the figures about conversations, written from the words of the definitions alone,
//! against the real one on random talks.

use huashu::chat::{Conversation, Kind, Message, Role, Source};
use huashu::link::{Contact, Findings, Judged};
use huashu::metric::{Facts, FigureRow, HoursOf, Options, Period, ResponseStandard, Unanswered, measure, rows};
use huashu::time::{Day, Time};
use proptest::prelude::*;
use std::{collections::BTreeSet, sync::Arc};

const DAY: i64 = 86_400;
/// 2026-01-01.
const START: i64 = 20_454;
const AGENTS: [&str; 3] = ["小美", "小敏", "小丹"];
const SIGNALS: [&str; 4] = ["complaint", "escalate", "satisfied", "apology"];
const SCENES: [&str; 2] = ["logistics", "size"];

/// A talk: each message with its role, its agent, the seconds since the one before, and whether its time is written without seconds.
#[derive(Clone, Debug)]
struct Talk {
    buyer: Option<u8>,
    /// Seconds since the start of the year; none where the copy has no times at all.
    start: Option<i64>,
    messages: Vec<(Role, usize, i64, bool)>,
    found: Findings,
}

impl Talk {
    fn time(&self, at: usize) -> Option<i64> {
        let time = self.start? + self.messages[..=at].iter().map(|m| m.2).sum::<i64>();
        Some(if self.messages[at].3 { time - time.rem_euclid(60) } else { time })
    }

    fn conversation(&self, number: usize) -> Conversation {
        let message = |at: usize| {
            let (role, agent, _, to_minute) = self.messages[at];
            let sender = (role == Role::Agent).then(|| AGENTS[agent].to_string());
            let at = self.time(at).map(|t| Time::from_seconds(START * DAY + t));
            Message { role, sender, at, to_minute, text: "…".into(), kind: Kind::Text, line: 1 }
        };
        Conversation {
            id: format!("c{number:03}"),
            buyer: self.buyer.map(|b| format!("买家{b}")),
            messages: (0..self.messages.len()).map(message).collect(),
            source: Source { file: "a.txt".into(), line: 1, format: "generic" },
        }
    }

    fn first(&self, role: Role) -> Option<usize> {
        self.messages.iter().position(|m| m.0 == role)
    }

    /// The time by which it belongs to a period: the buyer's first message, else the first one.
    fn asked(&self) -> Option<i64> {
        self.time(self.first(Role::Buyer).unwrap_or(0))
    }

    /// Rounds: opened, and answered where a human did.
    fn rounds(&self) -> Vec<(usize, Option<usize>)> {
        let mut rounds: Vec<(usize, Option<usize>)> = Vec::new();
        for (at, (role, ..)) in self.messages.iter().enumerate() {
            let waiting = rounds.last().is_some_and(|round| round.1.is_none());
            if *role == Role::Buyer && !waiting {
                rounds.push((at, None));
            } else if *role == Role::Agent && waiting {
                rounds.last_mut().unwrap().1 = Some(at);
            }
        }
        rounds
    }

    fn agents(&self) -> BTreeSet<usize> {
        self.messages.iter().filter(|m| m.0 == Role::Agent).map(|m| m.1).collect()
    }

    fn complains(&self) -> bool {
        self.found.signals.iter().any(|signal| ["complaint", "escalate"].contains(&&**signal))
    }

    fn same_matter(&self, other: &Self) -> bool {
        let (a, b) = (&self.found.scenes, &other.found.scenes);
        (a.is_empty() && b.is_empty()) || a.iter().any(|scene| b.contains(scene))
    }
}

fn some_of(names: &'static [&'static str]) -> impl Strategy<Value = Vec<Arc<str>>> {
    proptest::collection::vec(any::<bool>(), names.len())
        .prop_map(|are| names.iter().zip(are).filter(|(_, is)| *is).map(|(name, _)| (*name).into()).collect())
}

fn talk() -> impl Strategy<Value = Talk> {
    let role = prop_oneof![3 => Just(Role::Buyer), 3 => Just(Role::Agent), 1 => Just(Role::Bot), 1 => Just(Role::System)];
    // Answers at once, at the limits of the figures and beyond them; now and then a clock that runs backwards.
    let gap =
        prop_oneof![Just(0_i64), Just(1), Just(19), Just(20), Just(21), Just(30), Just(31), Just(180), Just(181), Just(700), Just(-5)];
    let start = prop_oneof![
        9 => (0_i64..40, prop_oneof![Just(0_i64), Just(7 * 3600 + 3599), Just(8 * 3600), Just(36_000), Just(82_799), Just(82_800), Just(86_399)])
            .prop_map(|(day, second)| Some(day * DAY + second)),
        1 => Just(None),
    ];
    let verdicts = proptest::option::of(any::<bool>());
    let found = (some_of(&SIGNALS), some_of(&SCENES), any::<bool>(), verdicts).prop_map(|(signals, scenes, after_sale, passed)| Findings {
        signals,
        scenes,
        after_sale,
        verdicts: passed.map(|passed| Judged { rule: "greeting".into(), passed }).into_iter().collect(),
        ..Findings::default()
    });
    let messages = proptest::collection::vec((role, 0_usize..3, gap, proptest::bool::weighted(0.2)), 1..9);
    (proptest::option::weighted(0.9, 0_u8..4), start, messages, found).prop_map(|(buyer, start, messages, found)| Talk {
        buyer,
        start,
        messages,
        found,
    })
}

fn standard() -> impl Strategy<Value = ResponseStandard> {
    let hours = prop_oneof![Just(None), Just(Some((8 * 3600, 23 * 3600))), Just(Some((23 * 3600, 8 * 3600)))];
    (hours, any::<bool>(), prop_oneof![Just((None, false)), Just((Some(600), false)), Just((Some(600), true))]).prop_map(
        |(hours, by_talk, (cap, counts))| ResponseStandard {
            hours,
            hours_of: if by_talk { HoursOf::Conversation } else { HoursOf::Round },
            cap,
            unanswered: if counts { Unanswered::Cap } else { Unanswered::Miss },
        },
    )
}

type Answer = Option<(f64, f64)>;

struct Oracle<'t> {
    talks: &'t [Talk],
    period: Option<(i64, i64)>,
    standard: ResponseStandard,
}

impl Oracle<'_> {
    /// Conversations of the period in which the buyer wrote; those without a date belong to it.
    fn talks(&self) -> Vec<&Talk> {
        let within = |t: i64| self.period.is_none_or(|(from, to)| from * DAY <= t && t < (to + 1) * DAY);
        let wrote = self.talks.iter().filter(|talk| talk.first(Role::Buyer).is_some());
        wrote.filter(|talk| talk.asked().is_none_or(within)).collect()
    }

    /// Whether the platform's hours cover a round.
    fn covered(&self, talk: &Talk, opened: i64) -> bool {
        let Some((from, to)) = self.standard.hours else { return true };
        let at = if self.standard.hours_of == HoursOf::Round { opened } else { talk.time(0).unwrap() };
        let (second, from, to) = (at.rem_euclid(DAY), i64::from(from), i64::from(to));
        if from < to { from <= second && second < to } else { second >= from || second < to }
    }

    /// Who is charged with a round: who answered it, else who wrote last before.
    fn charged(&self, talk: &Talk, number: usize) -> Option<usize> {
        let rounds = talk.rounds();
        let (opened, answered) = rounds[number];
        let before = || talk.messages[..opened].iter().rposition(|message| message.0 == Role::Agent);
        answered.or_else(before).map(|at| talk.messages[at].1)
    }

    /// The rounds that count, of an agent or of all: whether it is the talk's first, its seconds where it was answered, and by how much
    /// these may be wrong.
    fn rounds(&self, agent: Option<usize>) -> Vec<(bool, Option<i64>, i64)> {
        let mut found = Vec::new();
        for talk in self.talks() {
            for (number, (opened, answered)) in talk.rounds().into_iter().enumerate() {
                let Some(asked) = talk.time(opened) else { continue };
                let seconds = answered.map(|at| talk.time(at).unwrap() - asked);
                let slack = if [Some(opened), answered].into_iter().flatten().any(|at| talk.messages[at].3) { 59 } else { 0 };
                if !self.covered(talk, asked) || seconds.is_some_and(|seconds| seconds + slack < 0) {
                    continue;
                }
                if agent.is_none() || self.charged(talk, number) == agent {
                    found.push((number == 0, seconds, slack));
                }
            }
        }
        found
    }

    fn mean(&self, agent: Option<usize>, first_only: bool) -> Answer {
        let cap = self.standard.cap.map(i64::from);
        let rounds = self.rounds(agent).into_iter().filter(|(first, ..)| *first || !first_only);
        let counted: Vec<i64> = rounds
            .filter_map(|(_, seconds, _)| match seconds {
                Some(seconds) => Some(cap.map_or(seconds, |cap| seconds.min(cap)).max(0)),
                None if self.standard.unanswered == Unanswered::Cap => cap,
                None => None,
            })
            .collect();
        (!counted.is_empty()).then(|| (counted.iter().sum::<i64>() as f64, counted.len() as f64))
    }

    fn within(&self, agent: Option<usize>, limit: i64) -> Answer {
        let told = |(_, seconds, slack): (bool, Option<i64>, i64)| {
            // Clocks without seconds tell no answer within less than a minute.
            if slack > 0 && limit < 60 {
                return None;
            }
            let Some(seconds) = seconds else { return Some(false) };
            let mut may_be = (seconds - slack..=seconds + slack).map(|seconds| seconds <= limit);
            let first = may_be.next();
            may_be.all(|other| Some(other) == first).then_some(first).flatten()
        };
        let rounds: Vec<bool> = self.rounds(agent).into_iter().filter_map(told).collect();
        let part = rounds.iter().filter(|kept| **kept).count();
        (!rounds.is_empty()).then_some((part as f64, rounds.len() as f64))
    }

    fn reply_rate(&self) -> Answer {
        let talks = self.talks();
        let replied = talks.iter().filter(|talk| talk.rounds()[0].1.is_some()).count();
        (!talks.is_empty()).then_some((replied as f64, talks.len() as f64))
    }

    fn message_ratio(&self) -> Answer {
        let count = |role: Role| self.talks().iter().flat_map(|t| &t.messages).filter(|m| m.0 == role).count() as f64;
        (count(Role::Buyer) > 0.0).then(|| (count(Role::Agent), count(Role::Buyer)))
    }

    fn complaint_rate(&self, agent: Option<usize>) -> Answer {
        let talks: Vec<&Talk> = self.talks().into_iter().filter(|t| agent.is_none_or(|agent| t.agents().contains(&agent))).collect();
        let served: BTreeSet<u8> = talks.iter().filter_map(|t| t.buyer).collect();
        let complaining: BTreeSet<u8> = talks.iter().filter(|t| t.complains()).filter_map(|t| t.buyer).collect();
        (!served.is_empty()).then_some((complaining.len() as f64, served.len() as f64))
    }

    fn first_contact_resolution(&self) -> Answer {
        let dated: Vec<&Talk> = self.talks().into_iter().filter(|t| t.buyer.is_some() && t.asked().is_some()).collect();
        let again = |talk: &Talk| {
            self.talks.iter().filter(|other| other.first(Role::Buyer).is_some() && other.buyer == talk.buyer).any(|other| {
                let Some(later) = other.asked() else { return false };
                let since = later - talk.asked().unwrap();
                since > 0 && since <= 7 * DAY && talk.same_matter(other)
            })
        };
        let resolved = dated.iter().filter(|talk| !again(talk)).count();
        (!dated.is_empty()).then_some((resolved as f64, dated.len() as f64))
    }
}

fn agree(ours: (Option<f64>, Option<f64>), known: Answer) -> bool {
    match (ours, known) {
        ((Some(a), Some(b)), Some((c, d))) => (a - c).abs() < 1e-9 && (b - d).abs() < 1e-9,
        ((_, None), None) | ((_, Some(0.0)), None) => true,
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn figures_of_talks_agree(
        talks in proptest::collection::vec(talk(), 0..12),
        period in proptest::option::of((0_i64..40, 0_i64..20)),
        standard in standard(),
        again in proptest::collection::vec(proptest::option::weighted(0.3, -1_i64..=1), 12),
    ) {
        // Some come back about the same matter on the seventh day, to the second.
        let later = talks.iter().zip(again).filter_map(|(talk, again)| Some(Talk { start: Some(talk.start? + 7 * DAY + again?), ..talk.clone() }));
        let talks: Vec<Talk> = talks.iter().cloned().chain(later).collect();
        // No two talks of one buyer begin, or are asked, at the same moment: files that hold the same talk twice hold it once.
        let (mut begun, mut asked) = (BTreeSet::new(), BTreeSet::new());
        let talks: Vec<Talk> = talks
            .into_iter()
            .filter(|t| t.start.is_none() || (begun.insert((t.buyer, t.time(0))) & asked.insert((t.buyer, t.asked()))))
            .collect();
        let contacts: Vec<Contact> = talks.iter().enumerate().map(|(n, t)| Contact::of(&t.conversation(n), t.found.clone())).collect();
        let facts = Facts { contacts, ..Facts::default() };
        let period = period.map(|(from, days)| (from, from + days));
        let day = |day: i64| Day((START + day) as i32);
        let options = Options { period: period.map(|(from, to)| Period { from: day(from), to: day(to) }), response: standard, ..Options::default() };
        let figures = measure(&facts, &options);
        let oracle = Oracle { talks: &talks, period, standard };
        let shop = [
            ("response.first", oracle.mean(None, true)),
            ("response.mean", oracle.mean(None, false)),
            ("response.within_20s", oracle.within(None, 20)),
            ("response.within_30s", oracle.within(None, 30)),
            ("response.within_3min", oracle.within(None, 180)),
            ("response.reply_rate", oracle.reply_rate()),
            ("response.message_ratio", oracle.message_ratio()),
            ("service.complaint_rate", oracle.complaint_rate(None)),
            ("service.first_contact_resolution", oracle.first_contact_resolution()),
        ];
        for (id, known) in shop {
            let metric = figures.get(id).unwrap();
            prop_assert_eq!(metric.value.is_some(), known.is_some(), "{:?} {:?}", metric, known);
            prop_assert!(agree((metric.numerator, metric.denominator), known), "{metric:?} {known:?}");
            if known.is_some() {
                let found = rows(&facts, &options, id, usize::MAX).unwrap();
                let sum = |of: fn(&FigureRow) -> f64| Some(found.rows.iter().map(of).sum::<f64>());
                prop_assert!(agree((sum(|row| row.numerator), sum(|row| row.denominator)), known), "{id}: {found:?} {known:?}");
            }
        }
        for (agent, name) in AGENTS.iter().enumerate() {
            let by = |id: &str| {
                let found = figures.metrics.iter().find(|m| m.id == id && m.by.as_ref().is_some_and(|by| by.kind == "agent" && by.name == *name));
                found.map_or((None, None), |m| (m.numerator, m.denominator))
            };
            prop_assert!(agree(by("response.mean"), oracle.mean(Some(agent), false)), "{name}: {:?}", by("response.mean"));
            prop_assert!(agree(by("response.within_30s"), oracle.within(Some(agent), 30)), "{name}: {:?}", by("response.within_30s"));
            prop_assert!(agree(by("service.complaint_rate"), oracle.complaint_rate(Some(agent))), "{name}: {:?}", by("service.complaint_rate"));
        }
    }

    /// Any split, any order, overlapping files.
    #[test]
    fn however_the_talks_are_cut(
        talks in proptest::collection::vec(talk(), 0..10),
        parts in proptest::collection::vec((0_usize..3, any::<bool>()), 10),
        order in Just([0_usize, 1, 2]).prop_shuffle(),
    ) {
        let contacts: Vec<Contact> = talks.iter().enumerate().map(|(n, t)| Contact::of(&t.conversation(n), t.found.clone())).collect();
        let mut whole = Facts::default();
        whole.merge(Facts { contacts: contacts.clone(), ..Facts::default() });
        let mut merged = Facts::default();
        for part in order {
            let mine = |at: usize| parts[at].0 == part || (parts[at].1 && (parts[at].0 + 1) % 3 == part);
            let contacts = contacts.iter().enumerate().filter(|(at, _)| mine(*at)).map(|(_, c)| c.clone()).collect();
            merged.merge(Facts { contacts, ..Facts::default() });
        }
        let json = |facts: &Facts| serde_json::to_string(&measure(facts, &Options::default())).unwrap();
        prop_assert_eq!(json(&merged), json(&whole));
    }
}
