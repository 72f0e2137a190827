//! The tables `actions` and `actions.count`: what to do on the day.

use crate::{
    shop::{DAY, Order, SMALL, START, Size, Talk, buyer_name, options, order_name, shop, talk_name},
    words::{Words, day_of},
};
use huashu::{
    metric::{Action, Cuts, Facts, Options, Period, measure},
    order,
    time::{Day, Time},
};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// A young shop of few buyers, where much happens at once.
const SIZE: Size = Size { days: 8, buyers: 4, ..SMALL };

/// Due, buyer, what it is about, and what the reason says.
type Todo = (i64, String, Option<String>, Vec<String>);

/// What was bought up to a day.
#[derive(Clone, Debug, Default)]
struct Customer {
    days: BTreeSet<i64>,
    cents: i64,
    /// Orders whose amount is known.
    priced: i64,
}

impl Words<'_> {
    /// On the line between the two nearest values.
    fn quantile(sorted: &[i64], q: f64) -> f64 {
        let place = (sorted.len() - 1) as f64 * q;
        let (low, high) = (sorted[place.floor() as usize] as f64, sorted[place.ceil() as usize] as f64);
        low + (high - low) * place.fract()
    }

    /// Orders that are still unpaid when most of those who pay by themselves have done so, with or without those of buyers who were reminded.
    fn unpaid(&self, as_of: i64, reminded: bool) -> Option<Vec<Todo>> {
        let columns = self.shop.columns;
        if !columns.created || !(columns.paid || columns.state) || !self.orders_name_buyers() || !self.orders_have_times() {
            return None;
        }
        let end = (as_of + 1) * DAY;
        let orders = self.orders();
        let mut delays: Vec<i64> =
            orders.iter().filter_map(|(_, order)| Some(order.paid? - order.created?)).filter(|delay| *delay >= 0).collect();
        delays.sort_unstable();
        let after = |q: f64| if delays.is_empty() { 30 * 60 } else { Self::quantile(&delays, q) as i64 };
        let mut todo = Vec::new();
        for (number, order) in &orders {
            let (Some(buyer), Some(created)) = (order.buyer, order.created) else { continue };
            // Closed, or by a word that says nothing.
            let over = matches!(order.state, "交易关闭" | "退款成功") || (!columns.paid && order.state.is_empty());
            if self.is_paid(order) || over || created > end || end - created > 3 * DAY {
                continue;
            }
            let earlier = |other: &Order| {
                other.buyer == Some(buyer) && self.is_paid(other) && other.paid.or(other.created).is_some_and(|time| time < created)
            };
            let old = orders.iter().any(|(_, other)| earlier(other));
            // Who paid since has ordered again, and nobody is reminded twice.
            let since = |other: &Order| {
                other.buyer == Some(buyer) && self.is_paid(other) && other.paid.or(other.created).is_some_and(|time| time >= created)
            };
            let reminds = |talk: &Talk| talk.buyer == Some(buyer) && talk.has("pay_remind") && talk.time(talk.reminder()) >= Some(created);
            if orders.iter().any(|(_, other)| since(other)) || (!reminded && self.all_talks().iter().any(|(_, talk)| reminds(talk))) {
                continue;
            }
            let due = created + after(if old { 0.9 } else { 0.5 });
            if due > end {
                continue;
            }
            let amount = order.ordered.or(order.amount).filter(|cents| *cents > 0);
            let mut reason = vec![if old { "老客户" } else { "新客户" }.to_string()];
            reason.extend(amount.map(|cents| format!("{}.{:02} 元", cents / 100, cents % 100)));
            todo.push((due, buyer_name(buyer), Some(order_name(*number)), reason));
        }
        Some(todo)
    }

    /// Complaints after which the buyer was not heard to be satisfied, a day after the last talk with the buyer.
    fn follow_ups(&self, as_of: i64) -> Option<Vec<Todo>> {
        let all = self.talks();
        if !self.chats_name_buyers() || (!all.is_empty() && all.iter().all(|(_, talk)| talk.asked().is_none())) {
            return None;
        }
        let end = (as_of + 1) * DAY;
        let mut talks: BTreeMap<u8, Vec<(i64, usize, &Talk)>> = BTreeMap::new();
        for (number, talk) in self.all_talks().into_iter().filter(|(_, talk)| talk.wrote()) {
            if let (Some(buyer), Some(asked)) = (talk.buyer, talk.asked().filter(|asked| *asked < end)) {
                talks.entry(buyer).or_default().push((asked, number, talk));
            }
        }
        let mut todo = Vec::new();
        for (buyer, mut own) in talks {
            own.sort_by_key(|(asked, number, _)| (*asked, *number));
            let Some(at) = own.iter().rposition(|(asked, _, talk)| talk.complains() && self.within(*asked)) else { continue };
            let last = own.last().unwrap().2;
            let due = last.time(last.messages.len() - 1).unwrap() + DAY;
            if own[at..].iter().any(|(.., talk)| talk.has("satisfied")) || due > end {
                continue;
            }
            let reason = if last.waits() { "未获回复" } else { "尚未确认解决" };
            todo.push((due, buyer_name(buyer), Some(talk_name(own[at].1)), vec![reason.into()]));
        }
        Some(todo)
    }

    /// Inquiry buyers whose window is over and who have not ordered to this day.
    fn lost(&self, as_of: i64) -> Option<Vec<Todo>> {
        let inquirers = self.inquirers();
        if !self.joined() || (!inquirers.is_empty() && inquirers.values().all(|inquirer| inquirer.first.is_none())) {
            return None;
        }
        let mut todo = Vec::new();
        for (buyer, inquirer) in &inquirers {
            let Some(asked) = inquirer.talks.iter().filter_map(|(_, talk)| talk.asked()).max() else { continue };
            let day = day_of(asked);
            let last = day + i64::from(self.options.window);
            let open = self.is_open(inquirer);
            // Ordered since asking last, or paid since or in the week before that, when a parcel is under way.
            let since = |order: &Order| {
                let (created, paid) = (order.created.or(order.paid), order.paid.or(order.created));
                let shortly = self.is_paid(order) && paid.is_some_and(|paid| self.shop.late(paid) >= asked - 7 * DAY);
                let later = created.is_none_or(|time| (self.shop.late(time) >= asked || shortly) && day_of(time) <= as_of);
                order.buyer == Some(*buyer) && later
            };
            let ordered = self.orders().iter().any(|(_, order)| since(order));
            // Who is reminded to pay for an earlier order or is to be followed up is not lost.
            let listed = |todo: Option<Vec<Todo>>| todo.is_some_and(|todo| todo.iter().any(|(_, name, ..)| *name == buyer_name(*buyer)));
            let busy = listed(self.unpaid(as_of, true)) || listed(self.follow_ups(as_of));
            if !ordered && !busy && !open {
                let reason = Time::from_seconds(day * DAY).day().to_string();
                todo.push(((last + 1) * DAY, buyer_name(*buyer), None, vec![reason]));
            }
        }
        Some(todo)
    }

    fn customers(&self, as_of: i64) -> Option<BTreeMap<u8, Customer>> {
        if !self.orders_name_buyers() || !self.orders_have_times() {
            return None;
        }
        let mut found: BTreeMap<u8, Customer> = BTreeMap::new();
        for (_, order) in self.orders() {
            let (Some(buyer), Some(day)) = (order.buyer, order.paid.or(order.created).map(day_of)) else { continue };
            if self.counts(order) && day <= as_of {
                let customer = found.entry(buyer).or_default();
                customer.days.insert(day);
                customer.priced += i64::from(order.amount.is_some());
                customer.cents += order.amount.unwrap_or(0);
            }
        }
        Some(found)
    }

    /// Customers with the purchase days and the mean order of a core customer who have neither bought nor written for longer than one.
    fn fading(&self, as_of: i64) -> Option<Vec<Todo>> {
        let customers = self.customers(as_of)?;
        let cuts = &self.options.cuts;
        let (cents, priced) = customers.values().fold((0, 0), |(c, n), customer| (c + customer.cents, n + customer.priced));
        let mut todo = Vec::new();
        for (buyer, customer) in &customers {
            let bought = *customer.days.last().unwrap();
            let own = self.all_talks().into_iter().filter(|(_, talk)| talk.wrote() && talk.buyer == Some(*buyer));
            let wrote = own.filter_map(|(_, talk)| talk.asked()).map(day_of).filter(|day| *day <= as_of).max();
            let away = as_of - wrote.map_or(bought, |wrote| wrote.max(bought));
            let spends = customer.priced > 0 && customer.cents * priced >= cents * customer.priced;
            let worthy = customer.days.len() >= cuts.core_days as usize && spends;
            if worthy && away > i64::from(cuts.core_active) && away <= i64::from(cuts.risk_low) {
                let reason = vec![format!("有 {} 个购买日", customer.days.len()), format!("已 {} 天未购买", as_of - bought)];
                todo.push((as_of * DAY, buyer_name(*buyer), None, reason));
            }
        }
        Some(todo)
    }

    /// Customers on the first day of a window: new ones of any, old ones of being at risk.
    fn care(&self, as_of: i64) -> Option<Vec<Todo>> {
        let cuts = &self.options.cuts;
        let mut todo = Vec::new();
        for (buyer, customer) in self.customers(as_of)? {
            let days = as_of - customer.days.last().unwrap();
            let entered = [(cuts.care, "关联推荐期"), (cuts.related, "满月优惠期"), (cuts.active, "高挽留期")];
            let of_buyer = &entered[if customer.days.len() == 1 { 0 } else { 2 }..];
            if let Some((_, window)) = of_buyer.iter().find(|(before, _)| days == i64::from(*before) + 1) {
                todo.push((as_of * DAY, buyer_name(buyer), None, vec![format!("{days} 天"), (*window).into()]));
            }
        }
        Some(todo)
    }
}

/// Windows as short as the shop is old.
fn cuts() -> impl Strategy<Value = Cuts> {
    ([0_u32..3, 1..3, 1..3, 1..4, 1..6], 1_u32..4, 0_u32..6).prop_map(|([care, related, active, high, low], core_days, core_active)| {
        let (related, active) = (care + related, care + related + active);
        Cuts { care, related, active, risk_high: active + high, risk_low: active + high + low, core_days, core_active, ..Cuts::default() }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn actions_agree(shop in shop(SIZE), mut options in options(SIZE.days), cuts in cuts()) {
        options.cuts = cuts;
        let tables = measure(&shop.facts(), &options).tables;
        let words = Words { shop: &shop, options: &options };
        let Some(as_of) = words.as_of() else {
            prop_assert!(tables.actions.is_empty() && tables.actions_count.is_empty());
            return Ok(());
        };
        // Whatever period is asked for: what waits today waits since any day.
        let period = Period { from: Day(START as i32 - 1000), to: Day(as_of as i32) };
        let today = Options { period: Some(period), as_of: Some(Day(as_of as i32)), ..options.clone() };
        let words = Words { shop: &shop, options: &today };
        let mut rows = tables.actions.iter();
        let mut counts = Vec::new();
        let kinds = [
            ("remind_payment", words.unpaid(as_of, false)),
            ("follow_up", words.follow_ups(as_of)),
            ("lost_inquiry", words.lost(as_of)),
            ("core_fading", words.fading(as_of)),
            ("care", words.care(as_of)),
        ];
        for (kind, todo) in kinds {
            let Some(mut todo) = todo else { continue };
            let all = todo.len();
            let limit = match kind {
                "follow_up" => 15,
                "lost_inquiry" => 7,
                _ => i64::MAX / DAY,
            };
            todo.retain(|(due, ..)| (as_of + 1) * DAY - due <= limit * DAY);
            counts.push((kind, todo.len() as u64, (all - todo.len()) as u64));
            todo.sort();
            for (due, buyer, about, reason) in todo {
                let row: Option<&Action> = rows.next();
                let known = format!("{kind} {} {buyer} {about:?} {reason:?}", Time::from_seconds(due));
                prop_assert!(row.is_some(), "{}", known);
                let row = row.unwrap();
                let same = (row.action, row.due, &row.buyer, &row.about) == (kind, Time::from_seconds(due), &buyer, &about);
                prop_assert!(same && reason.iter().all(|part| row.reason.contains(part)), "{row:?} against {known}");
                prop_assert_eq!(row.reason.contains(" 元"), kind == "remind_payment" && reason.len() == 2);
            }
        }
        prop_assert_eq!(rows.next(), None);
        let found: Vec<_> = tables.actions_count.iter().map(|row| (row.action, row.count, row.too_old)).collect();
        prop_assert_eq!(found, counts);
    }
}

/// Of more than are listed those due last, for what is long overdue is of little use, and all are counted.
#[test]
fn what_is_due_last_is_listed() {
    let rows = (0..520).map(|number| format!("{number},b{number},2026-01-05 10:{:02}:{:02},等待买家付款\n", number / 60, number % 60));
    let csv = String::from("order_id,buyer,created_at,state\n") + &rows.collect::<String>();
    let facts = Facts { orders: order::read("a.csv", csv.as_bytes(), &Default::default()).orders, ..Facts::default() };
    let tables = measure(&facts, &Options::default()).tables;
    assert_eq!((tables.actions.len(), tables.actions_count[0].count), (500, 520));
    let due = |row: Option<&Action>| row.unwrap().due.to_string();
    assert_eq!(due(tables.actions.first()), "2026-01-05T10:30:20");
    assert_eq!(due(tables.actions.last()), "2026-01-05T10:38:39");
}
