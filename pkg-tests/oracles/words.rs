//! The definitions that several tables share, in the plainest way.

use crate::shop::{AGENTS, DAY, Order, Shop, Talk, buyer_name, order_name};
use huashu::{
    chat::Role,
    metric::{Attribution, Options, Refunded},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::RangeInclusive,
};

pub struct Words<'t> {
    pub shop: &'t Shop,
    pub options: &'t Options,
}

/// A talk with its number.
pub type Numbered<'t> = (usize, &'t Talk);

/// What became of a buyer who inquired.
#[derive(Clone, Debug, Default)]
pub struct Inquirer<'t> {
    /// The buyer's first message with a date in such a talk.
    pub first: Option<i64>,
    pub talks: Vec<Numbered<'t>>,
    /// The orders that followed.
    pub orders: Vec<&'t Order>,
}

pub fn day_of(seconds: i64) -> i64 {
    seconds.div_euclid(DAY)
}

impl Talk {
    pub fn wrote(&self) -> bool {
        self.messages.iter().any(|message| message.0 == Role::Buyer)
    }

    /// When it was asked, where that has a date: the buyer's first message, else the first one.
    pub fn asked(&self) -> Option<i64> {
        let first = self.messages.iter().position(|message| message.0 == Role::Buyer).unwrap_or(0);
        self.time(first).filter(|time| *time >= 365 * DAY)
    }

    /// Whether a human wrote after the buyer's first message.
    pub fn replied(&self) -> bool {
        let first = self.messages.iter().position(|message| message.0 == Role::Buyer);
        first.is_some_and(|first| self.messages[first..].iter().any(|message| message.0 == Role::Agent))
    }

    /// Whether the buyer waits for a human's answer at the end: a closing word is owed none.
    pub fn waits(&self) -> bool {
        let mut waiting = false;
        for (at, message) in self.messages.iter().enumerate() {
            waiting = match message.0 {
                Role::Buyer => waiting || !self.closes(at),
                Role::Agent => false,
                _ => waiting,
            };
        }
        waiting
    }

    pub fn has(&self, signal: &str) -> bool {
        self.signals.contains(&signal)
    }

    pub fn complains(&self) -> bool {
        self.has("complaint") || self.has("escalate")
    }
}

impl Words<'_> {
    pub fn within(&self, time: i64) -> bool {
        let day = day_of(time) as i32;
        self.options.period.is_none_or(|period| period.from.0 <= day && day <= period.to.0)
    }

    /// What has no date may belong to the period.
    pub fn maybe_within(&self, time: Option<i64>) -> bool {
        time.is_none_or(|time| self.within(time))
    }

    pub fn listed_buyer(&self, buyer: Option<u8>) -> bool {
        buyer.is_some_and(|buyer| self.options.exclude.contains(&buyer_name(buyer)))
    }

    pub fn listed_order(&self, number: usize) -> bool {
        self.options.exclude.contains(&order_name(number))
    }

    pub fn is_paid(&self, order: &Order) -> bool {
        let columns = self.shop.columns;
        if columns.paid {
            order.paid.is_some() || matches!(order.state, "交易成功" | "部分退款")
        } else if columns.state {
            !matches!(order.state, "" | "等待买家付款" | "交易关闭")
        } else {
            true
        }
    }

    /// As a whole.
    pub fn is_refunded(&self, order: &Order) -> bool {
        order.state == "退款成功"
            || (self.is_paid(order) && order.state == "交易关闭")
            || (order.amount.unwrap_or(0) > 0 && order.refund.unwrap_or(0) >= order.amount.unwrap_or(0))
    }

    /// As a whole or in part.
    pub fn has_refund(&self, order: &Order) -> bool {
        self.is_refunded(order) || order.state == "部分退款" || order.refund.is_some_and(|refund| refund > 0)
    }

    /// Whether an order counts in figures about sales and buyers.
    pub fn counts(&self, order: &Order) -> bool {
        self.is_paid(order) && (self.options.refunded == Refunded::Include || !self.is_refunded(order))
    }

    /// The orders that the flags and the list leave, with their numbers.
    pub fn orders(&self) -> Vec<(usize, &Order)> {
        let kept = |(number, order): &(usize, &Order)| {
            let amounts = || order.lines.iter().filter(|line| !line.returned).map(|line| line.amount());
            // Nothing but lines of amount 0; where a line's is unknown, the order's tells: what was ordered, else what was paid of a paid one.
            let worth = order.ordered.or(order.amount.filter(|_| self.is_paid(order)));
            let nothing =
                amounts().all(|amount| amount == Some(0)) || (worth == Some(0) && amounts().all(|amount| matches!(amount, None | Some(0))));
            let nobody = order.buyer.is_none();
            !(self.listed_order(*number)
                || self.listed_buyer(order.buyer)
                || (self.options.drop_zero && nothing)
                || (self.options.known_buyers && nobody))
        };
        self.shop.orders.iter().enumerate().filter(kept).collect()
    }

    /// All talks but those of buyers to leave out.
    pub fn all_talks(&self) -> Vec<Numbered<'_>> {
        self.shop.talks.iter().enumerate().filter(|(_, talk)| !self.listed_buyer(talk.buyer)).collect()
    }

    /// The talks of the period in which the buyer wrote; those without a date belong to it.
    pub fn talks(&self) -> Vec<Numbered<'_>> {
        self.all_talks().into_iter().filter(|(_, talk)| talk.wrote() && self.maybe_within(talk.asked())).collect()
    }

    /// Whether chats tell of their buyers.
    pub fn chats_name_buyers(&self) -> bool {
        let talks = self.talks();
        !self.all_talks().is_empty() && (talks.is_empty() || talks.iter().any(|(_, talk)| talk.buyer.is_some()))
    }

    /// Whether orders tell of their buyers.
    pub fn orders_name_buyers(&self) -> bool {
        self.orders().iter().any(|(_, order)| order.buyer.is_some())
    }

    pub fn orders_have_times(&self) -> bool {
        self.orders().iter().any(|(_, order)| order.created.or(order.paid).is_some())
    }

    /// The day that is asked for, else the last day of orders and talks.
    pub fn as_of(&self) -> Option<i64> {
        let orders = self.orders().into_iter().flat_map(|(_, order)| [order.created, order.paid]).flatten();
        let talks = self.all_talks().into_iter().filter_map(|(_, talk)| talk.asked());
        let last = orders.chain(talks).map(day_of).max();
        self.options.as_of.map(|day| i64::from(day.0)).or(last)
    }

    /// Everyone who wrote in a talk of the period that is not after-sale only.
    pub fn inquirers(&self) -> BTreeMap<u8, Inquirer<'_>> {
        let mut found: BTreeMap<u8, Inquirer> = BTreeMap::new();
        for (number, talk) in self.talks().into_iter().filter(|(_, talk)| !talk.after_sale) {
            let Some(buyer) = talk.buyer else { continue };
            let inquirer = found.entry(buyer).or_default();
            inquirer.talks.push((number, talk));
            inquirer.first = inquirer.first.into_iter().chain(talk.asked()).min();
        }
        for (buyer, inquirer) in &mut found {
            let own = self.orders().into_iter().map(|(_, order)| order).filter(|order| order.buyer == Some(*buyer));
            let asked: Vec<i64> = inquirer.talks.iter().filter_map(|(_, talk)| talk.asked()).collect();
            inquirer.orders = own.filter(|order| self.follows(order, &asked)).collect();
        }
        found
    }

    /// Whether an order followed one of the inquiries. Where the times are unknown, any order of the period does.
    fn follows(&self, order: &Order, asked: &[i64]) -> bool {
        let by = |time: Option<i64>| match time.filter(|_| !asked.is_empty()) {
            Some(time) => {
                asked.iter().any(|asked| self.shop.late(time) >= *asked && day_of(time) <= day_of(*asked) + i64::from(self.options.window))
            }
            None => self.maybe_within(time),
        };
        let by_creation = by(order.created.or(order.paid));
        let by_payment = self.is_paid(order) && by(order.paid.or(order.created));
        match self.options.attribution {
            Attribution::Order => by_creation,
            Attribution::Payment => by_payment,
            Attribution::OrderFirst => by_creation || by_payment,
        }
    }

    /// The days from the first to the last of these times.
    fn days(times: impl Iterator<Item = i64>) -> Option<RangeInclusive<i64>> {
        let days: Vec<i64> = times.map(day_of).collect();
        Some(*days.iter().min()?..=*days.iter().max()?)
    }

    pub fn days_of_orders(&self) -> Option<RangeInclusive<i64>> {
        Self::days(self.orders().into_iter().flat_map(|(_, order)| [order.created, order.paid]).flatten())
    }

    pub fn days_of_chats(&self) -> Option<RangeInclusive<i64>> {
        Self::days(self.all_talks().into_iter().filter_map(|(_, talk)| talk.asked()))
    }

    /// Whether a period is asked for that has no day in common with these.
    fn beyond(&self, days: Option<RangeInclusive<i64>>) -> bool {
        let Some(days) = days else { return false };
        self.options.period.is_some_and(|period| i64::from(period.to.0) < *days.start() || *days.end() < i64::from(period.from.0))
    }

    /// Whether nobody knows yet if a buyer who inquired orders in time: that is over, and such an order is in the list of orders, where it
    /// is of these days: those of them and, where a shop sells seldom, up to a week more.
    pub fn is_open(&self, inquirer: &Inquirer) -> bool {
        let Some(day) = inquirer.talks.iter().filter_map(|(_, talk)| talk.asked()).max().map(day_of) else { return false };
        let last = day + i64::from(self.options.window);
        let told = self.days_of_orders().is_none_or(|days| {
            let apart = (days.end() - days.start()) * 2 / i64::try_from(self.orders().len()).unwrap();
            (*days.start()..=days.end() + 7.min(1 + apart)).contains(&last)
        });
        self.as_of().is_some_and(|as_of| last > as_of) || !told
    }

    /// Whether any talk names a product.
    pub fn name_products(&self) -> bool {
        self.all_talks().iter().any(|(_, talk)| !talk.links.is_empty())
    }

    /// Whether the orders are of other days than the period.
    pub fn beyond_orders(&self) -> bool {
        self.beyond(self.days_of_orders())
    }

    /// Whether the chats are; one without a date may be of any day.
    pub fn beyond_chats(&self) -> bool {
        self.talks().is_empty() && self.beyond(self.days_of_chats())
    }

    /// Whether nobody could order in time after a day of chats in the period, because the orders are of other days; a talk without a date may
    /// be of any.
    pub fn apart(&self) -> bool {
        let (Some(orders), Some(mut chats)) = (self.days_of_orders(), self.days_of_chats()) else { return false };
        let in_time = |day: i64| (day..=day + i64::from(self.options.window)).any(|day| orders.contains(&day));
        self.talks().iter().all(|(_, talk)| talk.asked().is_some()) && !chats.any(|day| self.within(day * DAY) && in_time(day))
    }

    /// Chats and orders can be joined.
    pub fn joined(&self) -> bool {
        self.chats_name_buyers() && self.orders_name_buyers() && !self.beyond_orders() && !self.beyond_chats() && !self.apart()
    }

    /// Who wrote in a talk of the period, of agents, or of the persons (0) or teams (1) of the roster.
    pub fn staff(&self, of: Option<usize>) -> BTreeSet<String> {
        let agents = self.talks().into_iter().flat_map(|(_, talk)| talk.messages.iter().filter(|m| m.0 == Role::Agent).map(|m| m.1));
        let name = |agent: usize| match (of, self.shop.roster[agent]) {
            (None, _) => Some(AGENTS[agent].to_string()),
            (Some(0), Some((person, _))) => Some(format!("人{person}")),
            (Some(_), Some((_, team))) => Some(format!("组{team}")),
            (Some(_), None) => None,
        };
        agents.filter_map(name).collect()
    }
}
