//! Which wording sells: the table `lift`.

use super::{
    Before,
    inquiry::{Inquirer, Inquiries},
    rated::Rated,
    select::Window,
    stats,
    talk::Talks,
};
use crate::{
    link::{Contact, buyer_key},
    order::Names,
    side::Side,
    sort,
};
use alloc::{string::String, vec::Vec};
use serde::Serialize;

/// Groups below this size are marked as small.
const SMALL: u64 = 30;
/// So many stars of five are a good rating.
pub(super) const GOOD: u8 = 4;

/// What goes along with a signal or a kept rule. It is association, not cause: buyers who are about to order are talked
/// to differently.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Lift {
    /// `signal` (found or not in the inquiry buyer's answered talks; those who were never answered are left out) or `rule` (never broken
    /// in the buyer's talks, or broken; skips are left out).
    pub kind: &'static str,
    /// The signal's or the rule's id.
    pub id: String,
    /// `ordered`; `satisfied` (the buyer says so), `rated` (no rating below 4 stars of five, among those who rated: the buyer's talks, or
    /// in the period without naming a talk of ours); among those who paid `refunded` (every such order as a whole), `again` (bought on
    /// another day too, since the inquiry).
    pub outcome: &'static str,
    /// Inquiry buyers with it.
    pub with_count: u64,
    /// Those of them with the outcome.
    pub with_outcome: u64,
    /// Inquiry buyers without it.
    pub without_count: u64,
    /// Those of them with the outcome.
    pub without_outcome: u64,
    /// Share with it − share without it.
    pub difference: f64,
    /// Newcombe's 95 % interval of the difference.
    pub interval: [f64; 2],
    /// Fisher's exact p, two-sided.
    pub p: f64,
    /// The same corrected for the number of rows with this outcome (Benjamini and Hochberg).
    pub p_corrected: f64,
    /// One of the two groups has fewer than 30 buyers.
    pub small: bool,
    /// Of `ordered`: those who may order yet, or of whom the orders do not tell; they are left out, whether they have ordered or not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open: Option<u64>,
    /// The row of the period before. What became of its buyers is told to this day: they had longer to buy again or be refunded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Before<Self>,
}

/// What becomes of a buyer, and of whom it can be asked.
const OUTCOMES: [(&str, Ask); 5] = [
    ("ordered", |buyer, _| (!buyer.is_open()).then_some(buyer.ordered)),
    ("satisfied", |_, mood| Some(mood.satisfied)),
    ("rated", |_, mood| mood.rated),
    ("refunded", |buyer, _| buyer.paid.then_some(!buyer.kept)),
    ("again", |buyer, _| if buyer.paid { buyer.again } else { None }),
];

/// Whether the chats and ratings alone tell an outcome, without orders.
pub(super) fn is_of_chats(outcome: &str) -> bool {
    matches!(outcome, "satisfied" | "rated")
}

/// What a buyer thought of the talks.
#[derive(Clone, Copy, Default)]
struct Mood {
    satisfied: bool,
    /// Whether every rating is a good one; `None` without any.
    rated: Option<bool>,
}

type Ask = fn(&Inquirer, Mood) -> Option<bool>;

/// Something that a conversation has or has not: a signal, or a rule that had its occasion.
pub(super) struct Trait {
    kind: &'static str,
    id: String,
    /// Inquirers of whom it can be said, and whether it holds of them; sorted, each inquirer once.
    of: Vec<(u32, bool)>,
}

/// The rows, strongest evidence first. `joined` says whether orders name their buyers. Ratings without a date are of the period asked for.
pub(super) fn table(
    talks: &Talks,
    inquiries: &Inquiries,
    side: &Side,
    rated: &Rated,
    window: Window,
    joined: bool,
    asked_for: bool,
) -> Vec<Lift> {
    let mut moods = alloc::vec![Mood::default(); inquiries.each.len()];
    let mut ids: Vec<(&str, u32)> = Vec::new();
    let mut asked: Vec<(u32, &Contact)> = Vec::new();
    for contact in talks.contacts.iter().filter(|c| !c.found.after_sale) {
        let Some(number) = contact.buyer.as_deref().and_then(|name| inquiries.names.find(&buyer_key(name))) else { continue };
        asked.push((number, contact));
        ids.push((&contact.id, number));
        if let Some(mood) = moods.get_mut(number as usize) {
            mood.satisfied |= contact.found.signals.iter().any(|signal| &**signal == "satisfied");
        }
    }
    sort::plain(&mut ids);
    for rating in side.ratings() {
        // The conversation says most; a rating without one of ours is about the buyer's talks, where it is of the period.
        let by_talk = |id: &str| ids.get(ids.binary_search_by(|(known, _)| (*known).cmp(id)).ok()?).map(|(_, number)| *number);
        let by_name = |name: &str| inquiries.names.find(&buyer_key(name));
        let of_period = rating.at.map_or(asked_for, |at| window.contains(at.day().0));
        let number = match rated.named(&rating) {
            Some(id) => by_talk(id),
            None => rating.buyer.filter(|_| of_period).and_then(by_name),
        };
        if let Some(mood) = number.and_then(|number| moods.get_mut(number as usize)) {
            mood.rated = Some(mood.rated != Some(false) && rating.stars >= GOOD);
        }
    }
    // What is judged had its occasion; but nobody could tell anything to a buyer who was not answered.
    let mut traits = rules(&asked);
    asked.retain(|(_, contact)| contact.replied);
    traits.append(&mut signals(&asked));
    let mut rows = Vec::new();
    for (outcome, ask) in OUTCOMES {
        if !is_of_chats(outcome) && !joined {
            continue;
        }
        let of = |number: u32| {
            let buyer = inquiries.each.get(number as usize)?;
            ask(buyer, moods.get(number as usize).copied().unwrap_or_default())
        };
        let told_apart: &[&str] = if outcome == "satisfied" { &["satisfied"] } else { &[] };
        let mut own = compare(&traits, outcome, of, told_apart);
        rows.append(&mut own);
    }
    rows
}

/// What goes along with each trait, strongest evidence first; without the signals by which the outcome is told.
pub(super) fn compare(traits: &[Trait], outcome: &'static str, of: impl Fn(u32) -> Option<bool>, telling: &[&str]) -> Vec<Lift> {
    let tells = |of: &Trait| of.kind == "signal" && telling.contains(&of.id.as_str());
    let mut rows: Vec<Lift> = traits.iter().filter(|of| !tells(of)).filter_map(|t| row(t, outcome, &of)).collect();
    let ps: Vec<f64> = rows.iter().map(|row| row.p).collect();
    for (row, corrected) in rows.iter_mut().zip(stats::benjamini_hochberg(&ps)) {
        row.p_corrected = corrected;
    }
    sort::by(&mut rows, |a, b| a.p.total_cmp(&b.p).then_with(|| (a.kind, &a.id).cmp(&(b.kind, &b.id))));
    rows
}

/// The signals of numbered conversations; those of one number go together, and a signal holds where it was found in any of them.
pub(super) fn signals(asked: &[(u32, &Contact)]) -> Vec<Trait> {
    let mut names = Names::default();
    let mut found: Vec<Vec<u32>> = Vec::new();
    for (number, contact) in asked {
        for signal in &contact.found.signals {
            put(&mut found, names.intern(signal), *number);
        }
    }
    let mut everyone: Vec<u32> = asked.iter().map(|(number, _)| *number).collect();
    sort::plain(&mut everyone);
    everyone.dedup();
    let of = |(id, mut buyers): (u32, Vec<u32>)| {
        sort::plain(&mut buyers);
        let of = everyone.iter().map(|number| (*number, buyers.binary_search(number).is_ok())).collect();
        Trait { kind: "signal", id: names.get(id).unwrap_or_default().into(), of }
    };
    (0..).zip(found).map(of).collect()
}

/// The rules that numbered conversations gave occasion to; a rule holds where it was broken in none of one number.
pub(super) fn rules(asked: &[(u32, &Contact)]) -> Vec<Trait> {
    let mut names = Names::default();
    let mut judged: Vec<Vec<(u32, bool)>> = Vec::new();
    for (number, contact) in asked {
        for verdict in &contact.found.verdicts {
            put(&mut judged, names.intern(&verdict.rule), (*number, verdict.passed));
        }
    }
    let of = |(id, mut of): (u32, Vec<(u32, bool)>)| {
        sort::plain(&mut of);
        of.dedup_by_key(|(number, _)| *number);
        Trait { kind: "rule", id: names.get(id).unwrap_or_default().into(), of }
    };
    (0..).zip(judged).map(of).collect()
}

fn put<T>(lists: &mut Vec<Vec<T>>, number: u32, value: T) {
    if lists.len() <= number as usize {
        lists.resize_with(number as usize + 1, Vec::new);
    }
    if let Some(list) = lists.get_mut(number as usize) {
        list.push(value);
    }
}

/// `None` where one of the groups is empty: there is nothing to compare.
fn row(of: &Trait, outcome: &'static str, ask: impl Fn(u32) -> Option<bool>) -> Option<Lift> {
    let (mut with, mut without) = ((0, 0), (0, 0));
    let mut untold = 0;
    for (number, holds) in &of.of {
        let Some(happened) = ask(*number) else {
            untold += 1;
            continue;
        };
        let group = if *holds { &mut with } else { &mut without };
        *group = (group.0 + u64::from(happened), group.1 + 1);
    }
    let p = stats::fisher(with, without)?;
    Some(Lift {
        kind: of.kind,
        id: of.id.clone(),
        outcome,
        with_count: with.1,
        with_outcome: with.0,
        without_count: without.1,
        without_outcome: without.0,
        difference: with.0 as f64 / with.1 as f64 - without.0 as f64 / without.1 as f64,
        interval: stats::newcombe(with, without)?,
        p,
        p_corrected: p,
        small: with.1.min(without.1) < SMALL,
        open: (outcome == OUTCOMES[0].0).then_some(untold),
        previous: None,
    })
}

#[cfg(test)]
mod tests {
    use crate::{
        link::{Findings, Judged},
        metric::{
            Facts, Options, measure,
            sample::{orders, talk_with},
        },
        side,
    };
    use alloc::{format, string::String, vec::Vec};

    /// 10 buyers were told a benefit and 8 of them ordered; 10 were not and 2 did. Every third rule verdict failed.
    #[test]
    fn shares_with_and_without_are_compared() {
        let mut csv = String::from("order_id,buyer,created_at,paid_at,paid_amount\n");
        let mut contacts = Vec::new();
        for n in 0..20 {
            let told = n < 10;
            if (told && n < 8) || (!told && n >= 18) {
                csv.push_str(&format!("{n},买家{n},2026-01-05 11:00:00,2026-01-05 11:00:00,10\n"));
            }
            let found = Findings {
                signals: if told { Vec::from(["benefit".into()]) } else { Vec::new() },
                verdicts: Vec::from([Judged { rule: "greeting".into(), passed: n % 3 != 0 }]),
                ..Findings::default()
            };
            contacts.push(talk_with(&format!("买家{n}"), "2026-01-05", "10:00:00 买家\n10:00:05 客服小美", found));
        }
        // The orders tell of the next day, too; of 迟到 they do not, and 早到 may have bought before them.
        csv.push_str("last,别人,2026-01-06 11:00:00,2026-01-06 11:00:00,10\n");
        for (buyer, day) in [("迟到", "2026-01-20"), ("早到", "2026-01-02")] {
            let found = Findings { signals: Vec::from(["benefit".into()]), ..Findings::default() };
            contacts.push(talk_with(buyer, day, "10:00:00 买家\n10:00:05 客服小美", found));
        }
        let figures = measure(&Facts { orders: orders(&csv), contacts, ..Facts::default() }, &Options::default());
        let row = figures.tables.lift.iter().find(|row| row.id == "benefit" && row.outcome == "ordered").unwrap();
        assert_eq!(row.open, Some(2));
        assert_eq!((row.with_outcome, row.with_count, row.without_outcome, row.without_count), (8, 10, 2, 10));
        assert!((row.difference - 0.6).abs() < 1e-12 && row.small);
        // scipy 1.17.1: fisher_exact([[8, 2], [2, 8]])
        assert!((row.p - 0.023_014_137_565_221_155).abs() < 1e-12);
        let rule = figures.tables.lift.iter().find(|row| row.kind == "rule" && row.outcome == "ordered").unwrap();
        assert_eq!((rule.with_count, rule.without_count), (13, 7));
        assert_eq!(row.p_corrected, (row.p * 2.0).min(rule.p));
    }

    /// Of four who were told a benefit three paid, two of them bought again; ratings meet their talks by id, else by buyer.
    #[test]
    fn what_came_later_counts_among_those_who_can_tell() {
        let mut csv = String::from("order_id,buyer,created_at,paid_at,paid_amount\n");
        let mut contacts = Vec::new();
        for (n, days) in [(0, &[5, 9, 5][..]), (1, &[5, 20]), (2, &[5, 5]), (3, &[]), (4, &[5]), (5, &[2, 5])] {
            for (at, day) in days.iter().enumerate() {
                csv.push_str(&format!("{n}-{at},买家{n},2026-01-{day:02} 11:00:00,2026-01-{day:02} 11:00:00,10\n"));
            }
            let found = Findings { signals: if n < 4 { Vec::from(["benefit".into()]) } else { Vec::new() }, ..Findings::default() };
            contacts.push(talk_with(&format!("买家{n}"), "2026-01-05", "10:00:00 买家\n10:00:05 客服小美", found));
        }
        let id = contacts.first().unwrap().id.replace('\n', " ");
        contacts.first_mut().unwrap().id.clone_from(&id);
        let ratings = format!("会话ID,买家昵称,评价\n{id},别人,满意\n,买家1,不满意\n,买家1,非常满意\n,买家4,一般\n");
        let side = side::read("ratings.csv", ratings.as_bytes(), &side::SideOptions::default()).side;
        let figures = measure(&Facts { orders: orders(&csv), contacts, side, ..Facts::default() }, &Options::default());
        let of = |outcome: &str| {
            let row = figures.tables.lift.iter().find(|row| row.id == "benefit" && row.outcome == outcome).unwrap();
            (row.with_outcome, row.with_count, row.without_outcome, row.without_count)
        };
        assert_eq!(of("ordered"), (3, 4, 2, 2));
        assert_eq!(of("again"), (2, 3, 0, 2), "what was bought before the talk is no repurchase after it");
        assert_eq!(of("rated"), (1, 2, 0, 1));
    }
}
