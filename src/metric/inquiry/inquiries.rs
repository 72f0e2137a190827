//! Who inquired, which orders followed, and which agents they are credited to.

use crate::{
    link::{Contact, buyer_key},
    metric::{
        Attribution, Before, Options,
        response::answered_at,
        select::{NO_DAY, Row, View, Window},
        talk::{Talks, day_of, time_of},
        totals::Sum,
    },
    order::{NONE, Names},
    sort,
    time::{Day, Time},
};
use alloc::{vec, vec::Vec};
use serde::Serialize;

/// Seconds for which a parcel is under way, and its buyer asks where it is.
const UNDER_WAY: i64 = 7 * 86_400;

/// A step of the funnel: a row of the table `flow`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FlowStep {
    /// `inquiry`, `ordered`, `paid`, `kept`.
    pub step: &'static str,
    /// What shops call it.
    pub title: &'static str,
    /// The same in English.
    pub title_en: &'static str,
    /// Buyers who came this far.
    pub buyers: u64,
    /// Buyers of the step before who did not.
    pub lost: u64,
    /// The row of the period before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Before<Self>,
}

/// A buyer who inquired, and what became of it.
#[derive(Clone, Copy, Default)]
pub(in crate::metric) struct Inquirer {
    /// The buyer's first message in the first and in the last of such conversations; `None` where none has a date.
    pub first: Option<Time>,
    pub last: Option<Time>,
    pub ordered: bool,
    pub paid: bool,
    /// Paid and not refunded as a whole.
    pub kept: bool,
    /// Whether the buyer bought on more than one day since the inquiry; `None` where on none.
    pub again: Option<bool>,
    /// Whether the buyer ordered or paid since the inquiry, within the window or after it, or had paid in the [`UNDER_WAY`] before it.
    pub bought: bool,
    /// The window of the last inquiry lies partly after the last day of the data or of the orders, or before the first of these.
    pub(super) open: bool,
}

/// An inquiry with a date.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Asked {
    /// The buyer's number.
    buyer: u32,
    seconds: i64,
    /// Whether it is of the period; else it is from before.
    here: bool,
}

/// A human's answer in such a conversation.
#[derive(Clone, Copy)]
struct Answer {
    asked: Asked,
    /// The agent's number; `u32::MAX` for one who is only heard before the period.
    agent: u32,
}

impl Inquirer {
    /// Whether an order may still follow within the window.
    pub const fn is_open(&self) -> bool {
        self.open
    }

    /// Whether that is so and none has.
    pub(super) const fn undecided(&self) -> bool {
        self.open && !self.ordered
    }
}

/// All inquiries of a period.
pub(in crate::metric) struct Inquiries {
    /// By the number of the buyer in `names`, which goes on with those who only inquired before the period.
    pub each: Vec<Inquirer>,
    pub names: Names,
    /// Paid amount of the period's orders that followed an inquiry, in cents, and of all of them.
    pub(super) credited: i128,
    pub(super) total: Sum,
    /// Those of them without a buyer.
    pub(super) nobody: u64,
    /// The days from the first of the chats to the end of the last one's window, and how many of the period's orders lie on others: whether
    /// these followed an inquiry nobody knows.
    pub(super) heard: Option<(Day, Day)>,
    pub(super) unheard: u64,
    /// The days of the orders, where windows of inquiries lie beyond them.
    pub(super) short: Option<(Day, Day)>,
    /// Conversations without a buyer.
    pub(super) nameless: u64,
    pub(super) after_sale: u64,
    /// Those in which the buyer hardly wrote.
    pub(super) monologues: u64,
    pub(super) untimed: bool,
    /// Whether chats and orders share any buyer.
    pub(super) meet: bool,
    /// Inquiries by buyer and time.
    asked: Vec<Asked>,
    /// Positions of the orders that followed an inquiry, in rising order, each with the agent who is credited with it.
    orders: Vec<(u32, Option<u32>)>,
    /// Agent and inquirer: served; credited with an order, with a paid one, with one that counts in the period's sales.
    pub(super) served: Vec<(u32, u32)>,
    pub(super) won: Vec<(u32, u32)>,
    pub(super) won_paid: Vec<(u32, u32)>,
    pub(super) bought: Vec<(u32, u32)>,
    /// Paid amount credited to each agent.
    amounts: Vec<Sum>,
    /// Conversations that each agent only forwarded.
    forwarded: Vec<u64>,
}

impl Inquiries {
    pub fn new(view: &View, window: Window, talks: &Talks, options: &Options, as_of: Option<Day>) -> Self {
        let mut found = Self {
            each: Vec::new(),
            names: Names::default(),
            credited: 0,
            total: Sum::default(),
            nobody: 0,
            heard: talks.days.map(|(first, last)| (Day(first), Day(last.saturating_add_unsigned(options.window)))),
            unheard: 0,
            short: None,
            nameless: 0,
            after_sale: 0,
            monologues: 0,
            untimed: false,
            meet: false,
            asked: Vec::new(),
            orders: Vec::new(),
            served: Vec::new(),
            won: Vec::new(),
            won_paid: Vec::new(),
            bought: Vec::new(),
            amounts: vec![Sum::default(); talks.agents.len() as usize],
            forwarded: vec![0; talks.agents.len() as usize],
        };
        let mut answers = Vec::new();
        for contact in &talks.contacts {
            found.ask(contact, true, talks, options, &mut answers);
        }
        // What was asked before the period may be bought in it.
        let before = |contact: &&&Contact| {
            let day = day_of(contact);
            contact.buyer_messages > 0 && window.history().contains(day) && !window.contains(day)
        };
        for contact in talks.all.iter().filter(before) {
            found.ask(contact, false, talks, options, &mut answers);
        }
        sort::plain(&mut found.asked);
        let (window_days, told) = (i64::from(options.window), view.reach());
        for inquirer in &mut found.each {
            found.untimed |= inquirer.last.is_none();
            let until = inquirer.last.map(|last| i64::from(last.day().0) + window_days);
            inquirer.open = until.is_some_and(|until| as_of.is_none_or(|as_of| until > i64::from(as_of.0)));
            let missed = |(first, last): &(Day, Day)| until.is_some_and(|until| until < i64::from(first.0) || until > i64::from(last.0));
            if let Some(days) = told.filter(missed).filter(|_| !inquirer.open) {
                inquirer.open = true;
                found.short = Some(days);
            }
        }
        // Of two agents in the same second the later name counts as the last one, whatever else is in the files.
        let key = |answer: &Answer| (answer.asked.buyer, answer.asked.seconds);
        sort::by(&mut answers, |a, b| key(a).cmp(&key(b)).then_with(|| talks.agents.get(a.agent).cmp(&talks.agents.get(b.agent))));
        if !talks.all.is_empty() {
            let here: Vec<Answer> = answers.iter().copied().filter(|answer| answer.asked.here).collect();
            found.follow(view, talks, options, (&here, &answers), as_of);
        }
        for pairs in [&mut found.served, &mut found.won, &mut found.won_paid, &mut found.bought] {
            sort::plain(pairs);
            pairs.dedup();
        }
        found
    }

    /// Who inquired in a conversation of the period, or from before it; and which agent answered when: who only forwarded did not.
    fn ask(&mut self, contact: &Contact, here: bool, talks: &Talks, options: &Options, answers: &mut Vec<Answer>) {
        let counted = u64::from(here);
        if contact.found.after_sale {
            self.after_sale += counted;
            return;
        }
        if contact.buyer_messages <= options.monologue {
            self.monologues += counted;
            return;
        }
        let Some(name) = contact.buyer.as_deref() else {
            self.nameless += counted;
            return;
        };
        let buyer = self.names.intern(&buyer_key(name));
        let time = time_of(contact);
        self.asked.extend(time.map(|time| Asked { buyer, seconds: time.seconds(), here }));
        let handed = |at: u16| contact.handed.get(contact.handed.binary_search_by_key(&at, |one| one.agent).ok()?);
        let only = |at: u16| handed(at).is_some_and(|one| options.forwarded.is_some_and(|most| one.messages <= most));
        if here {
            if buyer as usize == self.each.len() {
                self.each.push(Inquirer { first: time, last: time, ..Inquirer::default() });
            } else if let Some(inquirer) = self.each.get_mut(buyer as usize) {
                inquirer.first = inquirer.first.into_iter().chain(time).min();
                inquirer.last = inquirer.last.max(time);
            }
            for (at, agent) in (0..).zip(&contact.agents).filter_map(|(at, agent)| Some((at, talks.agents.find(agent)?))) {
                if !only(at) {
                    self.served.push((agent, buyer));
                } else if let Some(count) = self.forwarded.get_mut(agent as usize) {
                    *count += 1;
                }
            }
        }
        // The answer of who only forwarded is that of whoever took it, however often it was passed on.
        let taker = |at: u16| {
            let next = |at: &u16| if only(*at) { handed(*at)?.to } else { None };
            core::iter::successors(Some(at), next).take(1 + contact.agents.len()).last().filter(|at| !only(*at))
        };
        for round in contact.rounds.iter().filter(|round| round.answered) {
            let Some(agent) = round.agent.and_then(taker).and_then(|at| contact.agents.get(usize::from(at))) else { continue };
            let asked = Asked { buyer, seconds: answered_at(round).map_or(NONE, Time::seconds), here };
            answers.push(Answer { asked, agent: talks.agents.find(agent).unwrap_or(u32::MAX) });
        }
    }

    /// Which orders followed. Answers come by buyer and time: those of the period, and all.
    fn follow(&mut self, view: &View, talks: &Talks, options: &Options, (ours, all): (&[Answer], &[Answer]), as_of: Option<Day>) {
        let window = talks.window;
        let inquirers = view.among(&self.names);
        self.meet = inquirers.iter().any(Option::is_some) || meet(view, &talks.all);
        // A purchase day since the inquiry, of each inquirer.
        let mut first_days: Vec<Option<i32>> = vec![None; self.each.len()];
        for row in view.rows() {
            let counts = view.counts(&row) && window.contains(row.paid);
            let amount = if counts && row.paid_amount != NONE { i128::from(row.paid_amount) } else { 0 };
            if counts {
                self.total.add(row.paid_amount);
            }
            let heard = row.paid == NO_DAY || self.heard.is_none_or(|(first, last)| (first.0..=last.0).contains(&row.paid));
            self.unheard += u64::from(counts && !heard);
            self.nobody += u64::from(counts && !row.has_buyer());
            let Some(number) = inquirers.get(row.buyer as usize).copied().flatten() else { continue };
            let from = self.asked.partition_point(|asked| asked.buyer < number);
            let asked = self.asked.get(from..).unwrap_or_default();
            let asked = asked.get(..asked.partition_point(|asked| asked.buyer == number)).unwrap_or_default();
            let inquirer = self.each.get_mut(number as usize);
            let followed = credit(view, window, &row, asked, inquirer.as_deref(), options);
            if let Some(inquirer) = inquirer {
                if view.counts(&row)
                    && let Some(since) = inquirer.first
                    && view.times(&row).1 >= since.seconds()
                    && let Some(first) = first_days.get_mut(number as usize)
                {
                    inquirer.again = Some(inquirer.again == Some(true) || first.is_some_and(|first| first != row.paid));
                    *first = Some(row.paid);
                }
                let until_now = as_of.is_none_or(|as_of| row.created <= as_of.0);
                let (created, paid) = view.times(&row);
                inquirer.bought |= until_now
                    && inquirer
                        .first
                        .map(Time::seconds)
                        .is_some_and(|first| created >= first || (row.is_paid() && paid >= first.saturating_sub(UNDER_WAY)));
                if followed.is_some_and(|(_, here)| here) {
                    inquirer.ordered = true;
                    inquirer.paid |= row.is_paid();
                    inquirer.kept |= row.is_paid() && !row.is_refunded();
                }
            }
            let Some((at, here)) = followed.filter(|(_, here)| *here || counts) else { continue };
            self.credited += amount;
            self.untimed |= at == NONE;
            // The order goes to whoever answered this buyer last before it; without times to the last one at all.
            let until = if at == NONE { i64::MAX } else { at };
            // Who asked in the period is won by those who answered in it.
            let answers = if here { ours } else { all };
            let end = answers.partition_point(|answer| (answer.asked.buyer, answer.asked.seconds) <= (number, until));
            let last = end.checked_sub(1).and_then(|last| answers.get(last)).filter(|answer| answer.asked.buyer == number);
            let last = last.map(|answer| answer.agent).filter(|agent| *agent != u32::MAX);
            self.orders.push((row.at, last));
            if let Some(agent) = last {
                if here {
                    self.won.push((agent, number));
                    if row.is_paid() {
                        self.won_paid.push((agent, number));
                    }
                }
                if counts && row.paid_amount != NONE {
                    self.bought.push((agent, number));
                }
                if let Some(sum) = self.amounts.get_mut(agent as usize).filter(|_| counts) {
                    sum.add(row.paid_amount);
                }
            }
        }
    }

    pub(super) fn count(&self, of: impl Fn(&Inquirer) -> bool) -> u64 {
        self.each.iter().filter(|inquirer| of(inquirer)).count() as u64
    }

    /// Buyers whom an agent served, and those of them whose order is credited to that agent.
    pub fn of_agent(&self, agent: u32) -> (u64, u64) {
        (of(&self.served, agent), of(&self.won, agent))
    }

    /// Of the buyers whom an agent served those who may order yet.
    pub(super) fn undecided_of(&self, agent: u32) -> u64 {
        let from = self.served.partition_point(|&(of, _)| of < agent);
        let own = self.served.iter().skip(from).take_while(|(of, _)| *of == agent);
        own.filter(|(_, number)| self.each.get(*number as usize).is_some_and(Inquirer::undecided)).count() as u64
    }

    /// Conversations that an agent only forwarded.
    pub fn forwarded_by(&self, agent: u32) -> u64 {
        self.forwarded.get(agent as usize).copied().unwrap_or(0)
    }

    /// Whether an order followed an inquiry; where an agent is given, whether it is credited to that one.
    pub fn follows(&self, order: u32, agent: Option<u32>) -> bool {
        let found = self.orders.binary_search_by_key(&order, |(at, _)| *at).ok().and_then(|at| self.orders.get(at));
        found.is_some_and(|(_, credited)| agent.is_none() || *credited == agent)
    }

    /// The inquirers by number; where an agent is given, those whom that one served, with what is credited to that one.
    pub fn of_part(&self, agent: Option<u32>) -> Vec<(u32, Inquirer)> {
        let has = |pairs: &[(u32, u32)], number: u32| agent.is_none_or(|agent| pairs.binary_search(&(agent, number)).is_ok());
        let own = |(number, inquirer): (u32, &Inquirer)| {
            let (won, won_paid) = (has(&self.won, number), has(&self.won_paid, number));
            (number, Inquirer { ordered: inquirer.ordered && won, paid: inquirer.paid && won_paid, ..*inquirer })
        };
        (0..).zip(&self.each).filter(|(number, _)| has(&self.served, *number)).map(own).collect()
    }

    /// The paid amount of the orders credited to an agent.
    pub fn amount_of_agent(&self, agent: u32) -> Sum {
        self.amounts.get(agent as usize).copied().unwrap_or_default()
    }

    /// The funnel inquiry → order → payment → no refund.
    pub fn flow(&self) -> Vec<FlowStep> {
        let steps = [
            ("inquiry", "询单", "Inquired", self.each.len() as u64),
            ("ordered", "下单", "Ordered", self.count(|i| i.ordered)),
            ("paid", "付款", "Paid", self.count(|i| i.paid)),
            ("kept", "未退款", "Not refunded", self.count(|i| i.kept)),
        ];
        let mut before = self.each.len() as u64;
        steps
            .into_iter()
            .map(|(step, title, title_en, buyers)| {
                let lost = before.saturating_sub(buyers);
                before = buyers;
                FlowStep { step, title, title_en, buyers, lost, previous: None }
            })
            .collect()
    }
}

/// How many inquirers stand beside an agent.
pub(super) fn of(pairs: &[(u32, u32)], agent: u32) -> u64 {
    (pairs.partition_point(|&(of, _)| of <= agent) - pairs.partition_point(|&(of, _)| of < agent)) as u64
}

/// The time by which an order follows the last inquiry before it, [`NONE`] where only the period tells, and whether that was asked
/// in the period; `None` where it does not follow.
fn credit(view: &View, window: Window, row: &Row, asked: &[Asked], inquirer: Option<&Inquirer>, options: &Options) -> Option<(i64, bool)> {
    let (created, paid) = view.times(row);
    let follows = |time: i64, day: i32| {
        if time == NONE || inquirer.is_some_and(|inquirer| inquirer.first.is_none()) {
            return (inquirer.is_some() && (window.contains(day) || day == NO_DAY)).then_some((NONE, true));
        }
        let last = asked.get(asked.partition_point(|asked| asked.seconds <= time).checked_sub(1)?)?;
        let until = i64::from(Time::from_seconds(last.seconds).day().0) + i64::from(options.window);
        (i64::from(day) <= until).then_some((time, last.here))
    };
    let by_creation = || follows(created, row.created);
    let by_payment = || if row.is_paid() { follows(paid, row.paid) } else { None };
    match options.attribution {
        Attribution::Order => by_creation(),
        Attribution::Payment => by_payment(),
        // What follows an inquiry of the period comes before what follows one from before it.
        Attribution::OrderFirst => {
            let either = [by_creation(), by_payment()];
            either.into_iter().flatten().find(|(_, here)| *here).or(either.into_iter().flatten().next())
        }
    }
}

/// Whether a buyer of the orders wrote in any of the chats.
pub(in crate::metric) fn meet(view: &View, contacts: &[&Contact]) -> bool {
    let mut names = Names::default();
    for name in contacts.iter().filter_map(|contact| contact.buyer.as_deref()) {
        names.intern(&buyer_key(name));
    }
    view.among(&names).iter().any(Option::is_some)
}
