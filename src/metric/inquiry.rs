//! Inquiry conversion (R1) and the sales that follow inquiries (R2): chats joined with orders on the buyer key.
//!
//! 甲 and 乙 ask on the 5th. 甲 orders 100 yuan on the next day and pays; 乙 orders two days later, after the window; 丙 buys
//! for 60 yuan without asking: silent sales.
//!
//! ```
//! use huashu::{chat, link::Contact, metric::{Facts, Options, measure}, order};
//! let orders = "order_id,buyer,created_at,paid_at,paid_amount
//! 1,甲,2026-01-06 09:00:00,2026-01-06 09:01:00,100
//! 2,乙,2026-01-07 00:00:00,2026-01-07 00:05:00,30
//! 3,丙,2026-01-05 12:00:00,2026-01-05 12:00:30,60
//! ";
//! let ask = |buyer: &str| format!(r#"{{"id":"{buyer}","messages":[{{"role":"buyer","sender":"{buyer}","at":"2026-01-05T10:00:00","text":"有 L 码吗"}}]}}"#);
//! let chats = chat::read("a.jsonl", format!("{}\n{}\n", ask("甲"), ask("乙")).as_bytes(), &Default::default());
//! let facts = Facts {
//!     orders: order::read("a.csv", orders.as_bytes(), &Default::default()).orders,
//!     contacts: chats.conversations.iter().map(|c| Contact::of(c, Default::default())).collect(),
//!     ..Facts::default()
//! };
//! let figures = measure(&facts, &Options::default());
//! let value = |id: &str| figures.get(id).unwrap().value.unwrap();
//! assert_eq!(value("inquiry.buyers"), 2.0);
//! assert_eq!(value("inquiry.order_conversion"), 1.0 / 2.0);
//! assert_eq!(value("inquiry.payment_conversion"), 1.0 / 2.0);
//! assert_eq!((value("sales.inquiry_amount"), value("sales.silent_amount")), (100.0, 90.0));
//! let wider = measure(&facts, &Options { window: 2, ..Options::default() });
//! assert_eq!(wider.get("inquiry.order_conversion").unwrap().value, Some(1.0));
//! ```

use super::{
    Attribution, Before, Options,
    figure::{Definition, Metric, Sheet, yuan},
    response::{answered_at, untimed},
    sales::PER_BUYER,
    select::{NO_DAY, Row, View, Window},
    talk::{Parts, Talks, time_of},
    totals::NO_PAID,
};
use crate::{
    link::buyer_key,
    order::{NONE, Names},
    sort,
    time::{Day, Time},
};
use alloc::{format, vec, vec::Vec};
use serde::Serialize;

const BUYERS: Definition = Definition {
    id: "inquiry.buyers",
    title: "询单人数",
    title_en: "Inquiry buyers",
    unit: "buyers",
    formula: "期内在非纯售后会话中发过消息的买家数，去重 / distinct buyers who wrote in a conversation of the period that is not after-sale only",
};
const ORDERED: Definition = Definition {
    id: "inquiry.order_conversion",
    title: "询单下单转化率",
    title_en: "Inquiry to order conversion",
    unit: "ratio",
    formula: "询单后下单的买家 ÷ 询单人数 / inquiry buyers who ordered ÷ inquiry buyers",
};
const PAID: Definition = Definition {
    id: "inquiry.payment_conversion",
    title: "询单付款转化率",
    title_en: "Inquiry to payment conversion",
    unit: "ratio",
    formula: "询单后下单并付款（含退款）的买家 ÷ 询单人数 / inquiry buyers whose such order was paid, refunded or not ÷ inquiry buyers",
};
const INQUIRY_AMOUNT: Definition = Definition {
    id: "sales.inquiry_amount",
    title: "询单销售额",
    title_en: "Inquiry sales",
    unit: "yuan",
    formula: "期内付款金额中归属询单买家询单后订单的部分 / the paid amount of the orders that followed an inquiry",
};
const SILENT_AMOUNT: Definition = Definition {
    id: "sales.silent_amount",
    title: "静默销售额",
    title_en: "Silent sales",
    unit: "yuan",
    formula: "付款金额 − 询单销售额 / paid amount − inquiry sales",
};

pub(super) const SALES: &[Definition] = &[INQUIRY_AMOUNT, SILENT_AMOUNT];
pub(super) const DEFINITIONS: &[Definition] = &[BUYERS, ORDERED, PAID];

/// Whether a figure rests on chats and orders alike.
pub(super) fn needs_both(id: &str) -> bool {
    [ORDERED, PAID, INQUIRY_AMOUNT, SILENT_AMOUNT].iter().any(|definition| definition.id == id)
}

const NO_INQUIRY: &str = "期内没有询单买家 / no inquiry buyer in this period";

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
pub(super) struct Inquirer {
    /// The buyer's first message in such a conversation; `None` where it has no date.
    pub first: Option<Time>,
    pub ordered: bool,
    pub paid: bool,
    /// Paid and not refunded as a whole.
    pub kept: bool,
    /// Whether the buyer bought on more than one day since the inquiry; `None` where on none.
    pub again: Option<bool>,
    /// Whether the buyer ordered since the inquiry, within the window or after it.
    pub since: bool,
    /// The window lies partly after the last day of the data.
    open: bool,
}

impl Inquirer {
    /// Whether an order may still follow within the window.
    pub const fn is_open(&self) -> bool {
        self.open
    }
}

/// All inquiries of a period.
pub(super) struct Inquiries {
    /// By the number of the buyer in `names`.
    pub each: Vec<Inquirer>,
    pub names: Names,
    /// Paid amount of the period's orders that followed an inquiry, and of all of them, in cents.
    credited: i128,
    total: i128,
    /// Orders of the period without an amount, and their share without a buyer.
    unknown_amount: u64,
    nobody: u64,
    /// Conversations without a buyer.
    nameless: u64,
    after_sale: u64,
    /// Those in which the buyer hardly wrote.
    monologues: u64,
    untimed: bool,
    /// Whether chats and orders share any buyer.
    meet: bool,
    /// Positions of the orders that followed an inquiry, in rising order, each with the agent who is credited with it.
    orders: Vec<(u32, Option<u32>)>,
    /// Agent and inquirer: served; credited with an order, with a paid one, with one that counts in the period's sales.
    served: Vec<(u32, u32)>,
    won: Vec<(u32, u32)>,
    won_paid: Vec<(u32, u32)>,
    bought: Vec<(u32, u32)>,
    /// Paid amount credited to each agent, in cents.
    amounts: Vec<i128>,
    /// Conversations that each agent only forwarded.
    forwarded: Vec<u64>,
}

impl Inquiries {
    pub fn new(view: &View, window: Window, talks: &Talks, options: &Options, as_of: Option<Day>) -> Self {
        let mut found = Self {
            each: Vec::new(),
            names: Names::default(),
            credited: 0,
            total: 0,
            unknown_amount: 0,
            nobody: 0,
            nameless: 0,
            after_sale: 0,
            monologues: 0,
            untimed: false,
            meet: false,
            orders: Vec::new(),
            served: Vec::new(),
            won: Vec::new(),
            won_paid: Vec::new(),
            bought: Vec::new(),
            amounts: vec![0; talks.agents.len() as usize],
            forwarded: vec![0; talks.agents.len() as usize],
        };
        let mut answers = found.ask(talks, options);
        let reach = i64::from(options.window);
        for inquirer in &mut found.each {
            found.untimed |= inquirer.first.is_none();
            let last = inquirer.first.map(|first| i64::from(first.day().0) + reach);
            inquirer.open = last.is_some_and(|last| as_of.is_none_or(|as_of| last > i64::from(as_of.0)));
        }
        // Of two agents in the same second the later name counts as the last one, whatever else is in the files.
        sort::by(&mut answers, |a, b| (a.0, a.1).cmp(&(b.0, b.1)).then_with(|| talks.agents.get(a.2).cmp(&talks.agents.get(b.2))));
        if !talks.all.is_empty() {
            found.follow(view, window, options, &answers, as_of);
        }
        for pairs in [&mut found.served, &mut found.won, &mut found.won_paid, &mut found.bought] {
            sort::plain(pairs);
            pairs.dedup();
        }
        found
    }

    /// Who inquired, and which agent answered whom when; who only forwarded did neither.
    fn ask(&mut self, talks: &Talks, options: &Options) -> Vec<(u32, i64, u32)> {
        let mut answers = Vec::new();
        for contact in &talks.contacts {
            if contact.found.after_sale {
                self.after_sale += 1;
                continue;
            }
            if contact.buyer_messages <= options.monologue {
                self.monologues += 1;
                continue;
            }
            let Some(name) = contact.buyer.as_deref() else {
                self.nameless += 1;
                continue;
            };
            let number = self.names.intern(&buyer_key(name));
            let time = time_of(contact);
            if number as usize == self.each.len() {
                self.each.push(Inquirer { first: time, ..Inquirer::default() });
            } else if let Some(inquirer) = self.each.get_mut(number as usize) {
                inquirer.first = match (inquirer.first, time) {
                    (Some(a), Some(b)) => Some(a.min(b)),
                    (a, b) => a.or(b),
                };
            }
            let only =
                |at: u16| contact.handed.iter().any(|one| one.agent == at && options.forwarded.is_some_and(|most| one.messages <= most));
            for (at, agent) in (0..).zip(&contact.agents).filter_map(|(at, agent)| Some((at, talks.agents.find(agent)?))) {
                if !only(at) {
                    self.served.push((agent, number));
                } else if let Some(count) = self.forwarded.get_mut(agent as usize) {
                    *count += 1;
                }
            }
            // The answer of who only forwarded is that of whoever took it, however often it was passed on.
            let taker = |at: u16| {
                let next = |at: &u16| if only(*at) { contact.handed.iter().find(|one| one.agent == *at)?.to } else { None };
                core::iter::successors(Some(at), next).take(1 + contact.agents.len()).last().filter(|at| !only(*at))
            };
            for round in contact.rounds.iter().filter(|round| round.answered) {
                let Some(agent) = round.agent.and_then(taker).and_then(|at| talks.agents.find(contact.agents.get(usize::from(at))?)) else {
                    continue;
                };
                answers.push((number, answered_at(round).map_or(NONE, Time::seconds), agent));
            }
        }
        answers
    }

    /// Which orders followed.
    fn follow(&mut self, view: &View, window: Window, options: &Options, answers: &[(u32, i64, u32)], as_of: Option<Day>) {
        let buyers = &view.orders.buyers;
        let inquirers: Vec<Option<u32>> =
            (0..buyers.len()).map(|number| self.names.find(&buyer_key(buyers.get(number).unwrap_or_default()))).collect();
        self.meet = inquirers.iter().any(Option::is_some);
        // A purchase day since the inquiry, of each inquirer.
        let mut first_days: Vec<Option<i32>> = vec![None; self.each.len()];
        for row in view.rows() {
            let counts = view.counts(&row) && window.contains(row.paid);
            let amount = if counts && row.paid_amount != NONE { i128::from(row.paid_amount) } else { 0 };
            self.total += amount;
            self.unknown_amount += u64::from(counts && row.paid_amount == NONE);
            self.nobody += u64::from(counts && !row.has_buyer());
            let Some(number) = inquirers.get(row.buyer as usize).copied().flatten() else { continue };
            let Some(inquirer) = self.each.get_mut(number as usize) else { continue };
            if view.counts(&row)
                && let Some(since) = inquirer.first
                && view.times(&row).1 >= since.seconds()
                && let Some(first) = first_days.get_mut(number as usize)
            {
                inquirer.again = Some(inquirer.again == Some(true) || first.is_some_and(|first| first != row.paid));
                *first = Some(row.paid);
            }
            let until_now = as_of.is_none_or(|as_of| row.created <= as_of.0);
            inquirer.since |= until_now && inquirer.first.is_some_and(|first| view.times(&row).0 >= first.seconds());
            let Some(at) = credit(view, window, &row, inquirer.first, options) else { continue };
            inquirer.ordered = true;
            inquirer.paid |= row.is_paid();
            inquirer.kept |= row.is_paid() && !row.is_refunded();
            self.credited += amount;
            self.untimed |= at == NONE;
            // The order goes to whoever answered this buyer last before it; without times to the last one at all.
            let until = if at == NONE { i64::MAX } else { at };
            let end = answers.partition_point(|&(buyer, time, _)| (buyer, time) <= (number, until));
            let last = end.checked_sub(1).and_then(|last| answers.get(last)).filter(|(buyer, ..)| *buyer == number);
            self.orders.push((row.at, last.map(|(.., agent)| *agent)));
            if let Some(&(.., agent)) = last {
                self.won.push((agent, number));
                if row.is_paid() {
                    self.won_paid.push((agent, number));
                }
                if counts && row.paid_amount != NONE {
                    self.bought.push((agent, number));
                }
                if let Some(sum) = self.amounts.get_mut(agent as usize) {
                    *sum += amount;
                }
            }
        }
    }

    fn count(&self, of: impl Fn(&Inquirer) -> bool) -> u64 {
        self.each.iter().filter(|inquirer| of(inquirer)).count() as u64
    }

    /// Buyers whom an agent served, and those of them whose order is credited to that agent.
    pub fn of_agent(&self, agent: u32) -> (u64, u64) {
        (of(&self.served, agent), of(&self.won, agent))
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

    /// The paid amount of the orders credited to an agent, in yuan.
    pub fn amount_of_agent(&self, agent: u32) -> f64 {
        self.amounts.get(agent as usize).map_or(0.0, |&cents| yuan(cents))
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
fn of(pairs: &[(u32, u32)], agent: u32) -> u64 {
    (pairs.partition_point(|&(of, _)| of <= agent) - pairs.partition_point(|&(of, _)| of < agent)) as u64
}

/// The time by which an order follows an inquiry, [`NONE`] where only the period tells; `None` where it does not follow.
fn credit(view: &View, window: Window, row: &Row, first: Option<Time>, options: &Options) -> Option<i64> {
    let (created, paid) = view.times(row);
    let follows = |time: i64, day: i32| match first {
        Some(first) if time != NONE => {
            let last = i64::from(first.day().0) + i64::from(options.window);
            (time >= first.seconds() && i64::from(day) <= last).then_some(time)
        }
        _ => (window.contains(day) || day == NO_DAY).then_some(NONE),
    };
    let by_creation = || follows(created, row.created);
    let by_payment = || if row.is_paid() { follows(paid, row.paid) } else { None };
    match options.attribution {
        Attribution::Order => by_creation(),
        Attribution::Payment => by_payment(),
        Attribution::OrderFirst => by_creation().or_else(by_payment),
    }
}

pub(super) fn figures(view: &View, talks: &Talks, found: &Inquiries, options: &Options, sheet: &mut Sheet) {
    let no_chats = talks.lacks_buyers();
    let no_join = no_chats.or(view.lacks_buyers());
    let buyers = |metric: &mut Metric| {
        untimed(talks, metric);
        metric.left_out("after-sale", found.after_sale).left_out("no-buyer", found.nameless).left_out("no-buyer-message", talks.silent);
        if options.monologue > 0 {
            let most = options.monologue;
            metric.standard(&format!("买家不超过 {most} 条消息的会话不算 / conversations of at most {most} buyer messages do not count"));
            metric.left_out("few-buyer-messages", found.monologues);
        }
        if let Some(why) = no_chats {
            metric.unavailable(why);
        }
    };
    let joined = |metric: &mut Metric| {
        metric.standard(&standard(found, options));
        view.explain_buyers(metric);
        if let Some(why) = no_join {
            metric.unavailable(why);
        } else if !found.meet && !found.each.is_empty() {
            metric.standard(
                "聊天与订单没有共同的买家，请核对是否同一店铺 / chats and orders share no buyer: check that they are of one shop",
            );
        }
    };
    for (definition, cents) in [(&INQUIRY_AMOUNT, found.credited), (&SILENT_AMOUNT, found.total - found.credited)] {
        sheet.add(definition, |m| {
            m.cents(cents);
            joined(m);
            view.explain_refunded(m);
            view.explain(m);
            if found.nobody > 0 {
                m.standard("无买家的订单计入静默 / orders without a buyer count as silent");
            }
            m.left_out("no-amount", found.unknown_amount);
            let no_amounts = || (!view.orders.fields.paid_amount && found.total == 0).then_some(NO_PAID);
            if m.why.is_none()
                && let Some(why) = view.lacks_placed().or_else(no_amounts)
            {
                m.unavailable(why);
            }
        });
    }
    sheet.add(&BUYERS, |m| buyers(m.count(found.each.len() as u64)));
    let whole = found.each.len() as u64;
    for (definition, part) in [(&ORDERED, found.count(|i| i.ordered)), (&PAID, found.count(|i| i.paid))] {
        sheet.add(definition, |m| {
            m.share(part, whole, NO_INQUIRY);
            joined(m);
            buyers(m);
        });
    }
    if no_join.is_some() {
        return;
    }
    let parts = Parts::new(&talks.agents);
    for agent in 0..talks.agents.len() {
        let served = of(&found.served, agent);
        let Some(by) = parts.name(1 + agent as usize, &talks.agents).filter(|_| served > 0) else { continue };
        let own = |m: &mut Metric| {
            m.standard(&only_forwarded(options)).left_out("forwarded", found.forwarded_by(agent));
        };
        sheet.add_by(&BUYERS, Some(by.clone()), |m| {
            own(m.count(served));
            buyers(m);
        });
        let credited = |m: &mut Metric| {
            m.standard("归属下单前最后一位回复的客服 / credited to the agent who answered last before the order");
            own(m);
            joined(m);
        };
        for (definition, won) in [(&ORDERED, &found.won), (&PAID, &found.won_paid)] {
            sheet.add_by(definition, Some(by.clone()), |m| credited(m.share(of(won, agent), served, NO_INQUIRY)));
        }
        if !view.orders.fields.paid_amount || view.lacks_placed().is_some() {
            continue;
        }
        let amount = found.amount_of_agent(agent);
        let nobody = "期内没有归属这位客服的买家付款 / no buyer credited to this agent paid in this period";
        sheet.add_by(&INQUIRY_AMOUNT, Some(by.clone()), |m| credited(m.plain(amount)));
        sheet.add_by(&PER_BUYER, Some(by), |m| credited(m.over(amount, of(&found.bought, agent) as f64, nobody)));
    }
    by_time(found, &parts, talks, sheet, &joined);
}

/// Conversion by the hour and weekday of the inquiry.
fn by_time(found: &Inquiries, parts: &Parts, talks: &Talks, sheet: &mut Sheet, joined: &impl Fn(&mut Metric)) {
    let mut sums: Vec<(u64, u64)> = parts.sums();
    for inquirer in &found.each {
        for part in parts.of(None, inquirer.first).filter(|part| *part > 0) {
            if let Some(sum) = sums.get_mut(part) {
                *sum = (sum.0 + u64::from(inquirer.ordered), sum.1 + 1);
            }
        }
    }
    for (part, (ordered, whole)) in sums.into_iter().enumerate().filter(|(_, (_, whole))| *whole > 0) {
        sheet.add_by(&ORDERED, parts.name(part, &talks.agents), |m| joined(m.share(ordered, whole, NO_INQUIRY)));
    }
}

/// Which conversations are no inquiries of an agent's, in words.
fn only_forwarded(options: &Options) -> alloc::string::String {
    match options.forwarded {
        None => "转接出去的会话也算 / conversations handed over count as well".into(),
        Some(0) => "只转接、没有另外回复的会话不算 / conversations that the agent only handed over do not count".into(),
        Some(most) => format!(
            "转接且另外回复不超过 {most} 条的会话不算 / conversations that the agent handed over with at most {most} other messages do not count"
        ),
    }
}

/// The variant in words.
fn standard(found: &Inquiries, options: &Options) -> alloc::string::String {
    let mut words = vec![
        match options.attribution {
            Attribution::Order => "下单判定 / by creation of the order",
            Attribution::OrderFirst => "下单优先判定 / by creation, else by payment of the order",
            Attribution::Payment => "付款判定 / by payment of the order",
        }
        .into(),
        match options.window {
            0 => "首条消息当日内 / on the day of the first message".into(),
            1 => "首条消息起至次日结束 / from the first message to the end of the next day".into(),
            days => format!("首条消息起至第 {days} 日结束 / from the first message to the end of day {days} after it"),
        },
    ];
    if found.untimed {
        words.push(
            "部分聊天或订单无时间，计期内任意订单 / untimed: where chats or orders have no times, any order of the period counts".into(),
        );
    }
    let open = found.count(|inquirer| inquirer.open && !inquirer.ordered);
    if open > 0 {
        words.push(format!("尚未定局：{open} 位询单买家的统计窗口未结束 / not final: the window of {open} inquiry buyers is still open"));
    }
    words.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::{
        Facts, Figures, Period, measure,
        sample::{orders, scenes, talk, talk_with},
    };
    use alloc::string::String;

    const ORDERS: &str = "order_id,buyer,created_at,paid_at,state,paid_amount,refund_amount
1,甲,2026-01-05 10:30:00,2026-01-05 10:31:00,交易成功,100,0
2,乙,2026-01-06 23:59:59,,等待买家付款,50,0
3,丙,2026-01-07 00:00:00,2026-01-07 00:01:00,交易成功,70,0
4,丁,2026-01-05 09:00:00,2026-01-05 11:00:00,交易成功,30,30
5,戊,2026-01-05 12:00:00,2026-01-05 12:00:00,交易成功,20,0
";

    fn facts() -> Facts {
        let ask = "10:00:00 买家\n10:00:09 客服小美";
        let contacts = vec![
            talk("甲", "2026-01-05", ask),
            talk("乙", "2026-01-05", ask),
            talk("丙", "2026-01-05", ask),
            talk("丁", "2026-01-05", "10:00:00 买家\n10:00:09 客服小敏"),
            talk_with("戊", "2026-01-05", ask, scenes(&["after-sale"], true)),
            talk_with("己", "2026-01-05", ask, scenes(&["pre-sale", "after-sale"], false)),
        ];
        Facts { orders: orders(ORDERS), contacts, ..Facts::default() }
    }

    fn fraction(figures: &Figures, id: &str) -> (f64, f64) {
        let metric = figures.get(id).unwrap();
        (metric.numerator.unwrap(), metric.denominator.unwrap_or(f64::NAN))
    }

    fn value(figures: &Figures, id: &str) -> f64 {
        figures.get(id).unwrap().value.unwrap()
    }

    #[test]
    fn conversion_by_creation_to_the_end_of_the_next_day() {
        let found = measure(&facts(), &Options::default());
        // 戊 is after-sale only. 丁's order was created before the question, 丙's a second after the window.
        assert_eq!(value(&found, "inquiry.buyers"), 5.0);
        assert_eq!(fraction(&found, "inquiry.order_conversion"), (2.0, 5.0));
        assert_eq!(fraction(&found, "inquiry.payment_conversion"), (1.0, 5.0));
        assert_eq!(value(&found, "sales.inquiry_amount"), 100.0);
        assert_eq!(value(&found, "sales.silent_amount"), 90.0, "丁's order was refunded as a whole");
        assert_eq!(value(&found, "sales.paid_amount"), 190.0);
        let flow: Vec<u64> = found.tables.flow.iter().map(|step| step.buyers).collect();
        assert_eq!(flow, [5, 2, 1, 1]);
    }

    #[test]
    fn windows_and_attributions() {
        let conversion = |options: Options| fraction(&measure(&facts(), &options), "inquiry.order_conversion").0;
        assert_eq!(conversion(Options { window: 0, ..Options::default() }), 1.0);
        assert_eq!(conversion(Options { window: 2, ..Options::default() }), 3.0);
        assert_eq!(conversion(Options { attribution: Attribution::Payment, ..Options::default() }), 2.0, "甲 and 丁");
        assert_eq!(conversion(Options { attribution: Attribution::OrderFirst, ..Options::default() }), 3.0, "甲, 乙 and 丁");
        let include = Options { attribution: Attribution::Payment, refunded: crate::metric::Refunded::Include, ..Options::default() };
        assert_eq!(value(&measure(&facts(), &include), "sales.inquiry_amount"), 130.0);
    }

    #[test]
    fn the_agent_who_answered_last_gets_the_credit() {
        let mut facts = facts();
        facts.contacts.push(talk("甲", "2026-01-05", "10:20:00 买家\n10:20:30 客服小敏"));
        facts.contacts.push(talk("甲", "2026-01-05", "10:40:00 买家\n10:40:30 客服小丹"));
        let found = measure(&facts, &Options::default());
        let rows: Vec<(&str, u64, Option<u64>, Option<f64>)> =
            found.tables.agents.iter().map(|r| (r.agent.as_str(), r.inquiry_buyers, r.ordered, r.amount)).collect();
        assert_eq!(rows, [("小敏", 2, Some(1), Some(100.0)), ("小美", 4, Some(1), Some(0.0)), ("小丹", 1, Some(0), Some(0.0))]);
    }

    #[test]
    fn who_only_forwards_has_no_inquiry() {
        let mut facts = facts();
        // 小丹 hands 甲 over with a greeting, 小敏 takes it, and 甲 orders.
        let mut contact = talk("甲", "2026-01-05", "10:20:00 买家\n10:20:10 客服小丹\n10:21:00 客服小敏");
        contact.handed.push(crate::link::Handover { agent: 0, messages: 1, to: Some(1) });
        facts.contacts.push(contact);
        let agents = |forwarded| {
            let found = measure(&facts, &Options { forwarded, ..Options::default() });
            let row = |name: &str| found.tables.agents.iter().find(|row| row.agent == name).unwrap().clone();
            let rows = ["小丹", "小敏"].map(row);
            let left_out =
                found.metrics.iter().filter(|m| m.id == "inquiry.buyers").flat_map(|m| &m.excluded).any(|e| e.reason == "forwarded");
            assert!(!left_out, "小丹 has no inquiry at all, and 小敏 forwarded none");
            assert_eq!(value(&found, "inquiry.buyers"), 5.0, "the shop's inquiries are the same");
            rows.map(|row| (row.inquiry_buyers, row.ordered, row.amount, row.forwarded))
        };
        assert_eq!(agents(None), [(1, Some(1), Some(100.0), 0), (2, Some(0), Some(0.0), 0)]);
        assert_eq!(agents(Some(0)), agents(None), "a greeting is another message");
        assert_eq!(agents(Some(1)), [(0, Some(0), Some(0.0), 1), (2, Some(1), Some(100.0), 0)], "甲 is 小敏's");
    }

    #[test]
    fn a_buyer_who_hardly_writes_does_not_inquire() {
        let contacts = vec![
            talk("甲", "2026-01-05", "10:00:00 买家\n10:00:09 客服小美\n10:00:20 买家"),
            talk("乙", "2026-01-05", "10:00:00 客服小美\n10:00:09 买家"),
            talk("丙", "2026-01-05", "10:00:00 客服小美"),
        ];
        let facts = Facts { contacts, ..facts() };
        let of = |monologue| {
            let found = measure(&facts, &Options { monologue, ..Options::default() });
            let buyers = found.get("inquiry.buyers").unwrap();
            let count = |reason: &str| buyers.excluded.iter().filter(|e| e.reason == reason).map(|e| e.count).sum::<u64>();
            (buyers.value.unwrap(), count("few-buyer-messages"), count("no-buyer-message"), value(&found, "response.reply_rate"))
        };
        assert_eq!(of(0), (2.0, 0, 1, 0.5), "丙 said nothing");
        assert_eq!(of(1), (1.0, 1, 1, 0.5), "乙 is served all the same");
    }

    #[test]
    fn untimed_chats_count_any_order_of_the_period() {
        let mut facts = facts();
        facts.contacts = vec![talk("丙", "", "买家\n客服"), talk("丁", "", "买家\n客服")];
        let found = measure(&facts, &Options::default());
        assert_eq!(fraction(&found, "inquiry.order_conversion"), (2.0, 2.0));
        assert!(found.get("inquiry.order_conversion").unwrap().standard.contains("untimed"));
        let period = Period::parse("2026-01-05..2026-01-06");
        let found = measure(&facts, &Options { period, ..Options::default() });
        assert_eq!(fraction(&found, "inquiry.order_conversion"), (1.0, 2.0));
        assert_eq!(found.get("inquiry.buyers").unwrap().previous, None, "no data before");
    }

    #[test]
    fn open_windows_and_strangers_are_said() {
        let mut facts = facts();
        facts.contacts.push(talk("庚", "2026-01-07", "10:00:00 买家\n10:00:09 客服小美"));
        let standard = |facts: &Facts| String::from(&measure(facts, &Options::default()).get("inquiry.order_conversion").unwrap().standard);
        assert!(standard(&facts).contains("not final: the window of 1 "));
        facts.contacts = vec![talk("无名", "2026-01-05", "10:00:00 买家")];
        assert!(standard(&facts).contains("share no buyer"));
    }

    #[test]
    fn what_is_missing_is_said() {
        let why = |facts: &Facts, id: &str| measure(facts, &Options::default()).get(id).unwrap().why.clone().unwrap_or_default();
        let no_orders = Facts { contacts: facts().contacts, ..Facts::default() };
        assert_eq!(why(&no_orders, "inquiry.buyers"), "");
        assert!(why(&no_orders, "inquiry.order_conversion").contains("no orders"));
        let no_chats = Facts { orders: orders(ORDERS), ..Facts::default() };
        assert!(why(&no_chats, "sales.inquiry_amount").contains("no chats"));
        let nameless = Facts { orders: orders(ORDERS), contacts: vec![talk("", "2026-01-05", "10:00:00 买家")], ..Facts::default() };
        assert!(why(&nameless, "inquiry.buyers").contains("do not name the buyers"));
        let pdd = orders("order_id,paid_at,paid_amount\n1,2026-01-05 10:00:00,5\n");
        let no_key = Facts { orders: pdd, contacts: facts().contacts, ..Facts::default() };
        assert!(why(&no_key, "inquiry.order_conversion").contains("names no buyers"));
        assert!(why(&no_key, "inquiry.order_conversion").contains("PDD"), "what to do where no export has buyers");
        let figures = measure(&no_key, &Options::default());
        assert!(!figures.get("inquiry.order_conversion").unwrap().standard.contains("share no buyer"), "there are none to share");
        assert!(why(&no_key, "repurchase.customer_rate").contains("names no buyers"));
    }
}
