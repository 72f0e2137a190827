//! The rows behind a figure: every order, buyer, conversation or round with what it adds above and below the line.
//!
//! A figure of one row alone is what that row adds, so the rows are counted by the very code that counts the figure, and add up
//! to it. Of three paid orders one was refunded:
//!
//! ```
//! use huashu::{metric::{Facts, Options, rows}, order};
//! let csv = "order_id,buyer,paid_at,state,paid_amount
//! 1,甲,2026-01-05 10:00:00,交易成功,100
//! 2,乙,2026-01-05 11:00:00,交易成功,20
//! 3,丙,2026-01-05 13:00:00,退款成功,50
//! ";
//! let facts = Facts { orders: order::read("a.csv", csv.as_bytes(), &Default::default()).orders, ..Facts::default() };
//! let of = |id, most| {
//!     let found = rows(&facts, &Options::default(), id, most).unwrap();
//!     (found.total, found.rows.into_iter().map(|row| (row.what, row.id, row.numerator, row.denominator)).collect::<Vec<_>>())
//! };
//! assert_eq!(of("refund.order_rate", 2), (3, vec![("order", "1".into(), 0.0, 1.0), ("order", "2".into(), 0.0, 1.0)]));
//! assert_eq!(of("refund.amount_rate", 9).1[2], ("order", "3".into(), 50.0, 50.0));
//! assert_eq!(of("orders.buyers", 9), (2, vec![("buyer", "甲".into(), 1.0, 0.0), ("buyer", "乙".into(), 1.0, 0.0)]));
//! assert!(rows(&facts, &Options::default(), "orders.bought", 9).is_none());
//! ```
//!
//! Of a part of the shop they are those of that part: what was paid at ten o'clock.
//!
//! ```
//! use huashu::{metric::{By, Facts, Options, rows_of}, order};
//! let csv = "order_id,paid_at,paid_amount\n1,2026-01-05 10:00:00,100\n2,2026-01-05 11:00:00,20\n3,2026-01-06 10:30:00,7\n";
//! let facts = Facts { orders: order::read("a.csv", csv.as_bytes(), &Default::default()).orders, ..Facts::default() };
//! let of = |kind, name| rows_of(&facts, &Options::default(), "sales.paid_amount", &By::new(kind, name).unwrap(), 9);
//! let ten: Vec<_> = of("hour", "10").unwrap().rows.into_iter().map(|row| (row.id, row.numerator)).collect();
//! assert_eq!(ten, [("1".to_string(), 100.0), ("3".to_string(), 7.0)]);
//! assert!(of("hour", "12").is_none() && of("agent", "小美").is_none());
//! ```

use super::{
    By, Counted, Facts, Options, Run,
    buyers::{Buyer, Buyers},
    by_product::{self, Listed, Own},
    customers, cycle,
    figure::{definitions, yuan},
    inquiry::{Inquirer, Inquiries},
    payment,
    response::{self, Sums},
    sales,
    select::Row,
    service,
    talk::{Parts, Talks},
    totals::Totals,
};
use crate::{link::Contact, order::NONE, time::Time};
use alloc::{
    string::{String, ToString},
    vec,
    vec::Vec,
};
use serde::Serialize;

/// What something adds to a figure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FigureRow {
    /// `order`, `buyer`, `conversation`, `round`, `product` (a purchase of one that was followed by another), `news` (of a parcel), `review`.
    pub what: &'static str,
    /// The order's number, the buyer, the conversation's id.
    pub id: String,
    /// When the round opened, the rating or the news came; the product's code; the campaign; `null` for others.
    pub about: Option<String>,
    /// What it adds above the line.
    pub numerator: f64,
    /// What it adds below it; 0 where the figure is a plain count or sum.
    pub denominator: f64,
}

/// The rows behind a figure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FigureRows {
    /// The figure's id.
    pub metric: &'static str,
    /// The part of the shop that they are about; absent: the whole shop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<By>,
    /// Why the figure is unavailable; `null` where it is not.
    pub why: Option<String>,
    /// How many rows there are.
    pub total: u64,
    /// The first of them, in the order of the files.
    pub rows: Vec<FigureRow>,
    #[serde(skip)]
    most: usize,
}

/// Above and below the line.
type Part = (f64, f64);

impl FigureRows {
    pub(super) fn add(&mut self, what: &'static str, part: Part, name: impl Fn() -> (String, Option<String>)) {
        self.take(what, part, &name);
    }

    /// The same, once for all kinds of rows.
    pub(super) fn take(&mut self, what: &'static str, (numerator, denominator): Part, name: &dyn Fn() -> (String, Option<String>)) {
        if numerator == 0.0 && denominator == 0.0 {
            return;
        }
        self.total += 1;
        if self.rows.len() < self.most {
            let (id, about) = name();
            self.rows.push(FigureRow { what, id, about, numerator, denominator });
        }
    }
}

/// The rows behind the figure of the whole shop with this id, at most so many of them; `None` where there is no such figure. They
/// add up to its numerator and denominator, but for medians and the growth, whose rows are those that they look at.
pub fn rows(facts: &Facts, options: &Options, id: &str, most: usize) -> Option<FigureRows> {
    behind(facts, options, id, None, most)
}

/// The same of a part of the shop; `None` where there is no such figure of it.
pub fn rows_of(facts: &Facts, options: &Options, id: &str, by: &By, most: usize) -> Option<FigureRows> {
    behind(facts, options, id, Some(by), most)
}

fn behind(facts: &Facts, options: &Options, id: &str, by: Option<&By>, most: usize) -> Option<FigureRows> {
    let metric = definitions().find(|d| d.id == id)?.id;
    let mut run = Run::new(facts, options);
    let mut found = FigureRows { metric, by: by.cloned(), why: None, total: 0, rows: Vec::new(), most };
    run.behind = Some(found.clone());
    let mut counted = run.count(options.period, true);
    let product = by.filter(|by| by.kind == by_product::KIND).map(|by| Listed { products: vec![by.name.clone()], others: 0 });
    if let Some(product) = &product {
        run.by_product(&mut counted, product);
    }
    found.why.clone_from(&counted.sheet.metrics.iter().find(|metric| metric.id == id && metric.by.as_ref() == by)?.why);
    let regrouped = by.and_then(|by| run.regrouped(by.kind));
    let own;
    let (talks, inquiries) = match &regrouped {
        Some(contacts) => {
            own = run.talks(contacts, counted.window, true);
            (&own.0, &own.1)
        }
        None => (&counted.talks, &counted.inquiries),
    };
    let own = product.as_ref().and_then(|product| run.products(&counted, product).next());
    let talks = own.as_ref().map_or(talks, |own| if id.starts_with("response.") { &own.named } else { &own.talks });
    let parts = Parts::new(&talks.agents);
    let part = by.filter(|_| own.is_none()).map_or(Some(0), |by| parts.find(by, &talks.agents));
    Behind { run: &run, counted: &counted, own: own.as_ref(), talks, inquiries, parts, part, found }.fill(id)
}

/// The rows of one part of the shop, while they are found.
struct Behind<'r, 'a> {
    run: &'r Run<'a>,
    counted: &'r Counted<'a>,
    /// The product that is asked for: then all else is of its orders and talks alone.
    own: Option<&'r Own<'a>>,
    /// The conversations and inquiries of agents; those of persons, teams or shifts where one of these is asked for.
    talks: &'r Talks<'r>,
    inquiries: &'r Inquiries,
    parts: Parts,
    /// `None` is a campaign, which is no part of the conversations.
    part: Option<usize>,
    found: FigureRows,
}

impl Behind<'_, '_> {
    fn has(&self, agent: Option<u32>, at: Option<Time>) -> bool {
        self.parts.of(agent, at).any(|part| Some(part) == self.part)
    }

    fn fill(mut self, id: &str) -> Option<FigureRows> {
        let Self { run, counted, .. } = self;
        if let Some(part) = of_order(id) {
            let orders = self.own.map_or(run.view.orders.len(), |own| own.rows.len());
            let order = |at: usize| self.own.map_or_else(|| run.view.row(at as u32), |own| own.rows.get(at).copied());
            // Of these nobody knows what was given back on the product.
            let unclear =
                |row: &Row| matches!(id, "sales.net_amount" | "refund.amount_rate") && self.own.is_some_and(|own| !own.knows_refund(row));
            for row in (0..orders).filter_map(order).filter(|row| !unclear(row)) {
                let paid = run.view.times(&row).1;
                if self.has(None, (paid != NONE).then(|| Time::from_seconds(paid))) {
                    let totals = Totals::of_some(&run.view, counted.window, &[row]);
                    self.found.add("order", part(&totals), || run.order(row.at));
                }
            }
        } else if let (Some(agent), "sales.per_buyer") = (self.agent(), id) {
            self.bought_of(agent);
        } else if let Some(part) = of_buyer(id) {
            let window = if id == "repurchase.returning_rate" { counted.window.history() } else { counted.window };
            let purchases = self.own.map_or(&run.purchases, |own| &own.purchases);
            for (number, buyer) in (0..).zip(&Buyers::of(purchases, window).each) {
                self.found.add("buyer", part(buyer), || run.buyer(self.own.map_or(number, |own| own.buyer(number))));
            }
        } else if let Some(part) = of_inquirer(id) {
            for (number, inquirer) in self.inquiries.of_part(self.agent()) {
                if self.own.is_some_and(|own| own.asked.binary_search(&number).is_err()) {
                    continue;
                }
                if self.agent().is_some() || self.has(None, inquirer.first) {
                    let name = || (self.inquiries.names.get(number).unwrap_or_default().into(), None);
                    self.found.add("buyer", part(&inquirer), name);
                }
            }
        } else if let Some(part) = of_round(id) {
            for contact in &self.talks.contacts {
                for (index, (agent, round)) in response::charged(self.talks, contact).enumerate() {
                    if self.has(agent, round.opened) {
                        let mut sums = Sums::default();
                        sums.round(&run.options.response, contact, round, index == 0);
                        self.found.add("round", part(&sums), || (contact.id.clone(), round.opened.map(|at| at.to_string())));
                    }
                }
            }
        } else {
            self.others(id);
            // All other figures tell theirs while they are counted.
            return if self.found.total > 0 { Some(self.found) } else { counted.sheet.behind.clone() };
        }
        Some(self.found)
    }

    /// The agent, person, team or shift that is asked for.
    fn agent(&self) -> Option<u32> {
        let number = u32::try_from(self.part?.checked_sub(1)?).ok()?;
        (number < self.talks.agents.len()).then_some(number)
    }

    /// What the buyers credited to an agent paid.
    fn bought_of(&mut self, agent: u32) {
        let Self { run, inquiries, .. } = *self;
        let numbers = run.view.among(&inquiries.names);
        let mut sums: Vec<Option<i128>> = vec![None; inquiries.names.len() as usize];
        let sells = |row: &Row| run.view.counts(row) && self.counted.window.contains(row.paid) && row.paid_amount != NONE;
        for row in run.view.rows().filter(sells) {
            let number = numbers.get(row.buyer as usize).copied().flatten().filter(|_| inquiries.follows(row.at, Some(agent)));
            if let Some(sum) = number.and_then(|number| sums.get_mut(number as usize)) {
                *sum = Some(sum.unwrap_or(0) + i128::from(row.paid_amount));
            }
        }
        for (number, cents) in (0..).zip(sums).filter_map(|(number, sum)| Some((number, sum?))) {
            self.found.add("buyer", (yuan(cents), 1.0), || (inquiries.names.get(number).unwrap_or_default().into(), None));
        }
    }

    /// Figures that look at more than one thing at a time.
    fn others(&mut self, id: &str) {
        let Self { run, talks, inquiries, counted, .. } = *self;
        let Counted { window, pairs, buyers, .. } = counted;
        let agent = self.agent();
        let conversation = |contact: &Contact| (contact.id.clone(), None);
        let yes = |is: bool| f64::from(u8::from(is));
        match id {
            "payment.delay_median" => payment::delays(&run.view, *window, |at, delay| {
                if delay >= 0 {
                    self.found.add("order", (delay as f64, 1.0), || run.order(at));
                }
            }),
            "sales.items_per_order" => {
                for (at, thousandths) in (0..).zip(sales::quantities(&run.view, *window).0) {
                    let part = thousandths.map_or((0.0, 0.0), |thousandths| (thousandths as f64 / 1000.0, 1.0));
                    self.found.add("order", part, || run.order(at));
                }
            }
            "sales.inquiry_amount" | "sales.silent_amount" => {
                for row in run.view.rows().filter(|row| run.view.counts(row) && window.contains(row.paid)) {
                    if inquiries.follows(row.at, agent) == (id == "sales.inquiry_amount") {
                        self.found.add("order", (yuan(i128::from(row.paid_amount.max(0))), 0.0), || run.order(row.at));
                    }
                }
            }
            "cycle.product" => cycle::each(self.own.map_or(pairs, |own| &own.pairs), |buyer, sku, days| {
                self.found.add("product", (days, 1.0), || (run.buyer(buyer).0, run.view.orders.skus.get(sku).map(String::from)));
            }),
            "response.reply_rate" | "response.message_ratio" => {
                for contact in talks
                    .contacts
                    .iter()
                    .filter(|c| self.parts.of(response::host(talks, c), c.asked_at).any(|part| Some(part) == self.part))
                {
                    let part = match id {
                        "response.reply_rate" => (yes(contact.replied), 1.0),
                        _ => (f64::from(contact.agent_messages), f64::from(contact.buyer_messages)),
                    };
                    self.found.add("conversation", part, || conversation(contact));
                }
            }
            "service.complaint_rate" => {
                for (_, buyer, calm) in service::served(talks).into_iter().filter(|(part, ..)| Some(*part) == self.part) {
                    self.found.add("buyer", (yes(!calm), 1.0), || (buyer.into(), None));
                }
            }
            "service.first_contact_resolution" => {
                for (contact, _, returned) in service::returned(talks).0 {
                    if talks.parts_of(contact).any(|part| Some(part) == self.part) {
                        self.found.add("conversation", (yes(!returned), 1.0), || conversation(contact));
                    }
                }
            }
            "customers.core_repurchase_rate" | "customers.wake_up_rate" => {
                let Some(period) = run.options.period else { return };
                let wanted = if id == "customers.wake_up_rate" { customers::Layer::Dormant } else { customers::Layer::Core };
                let before = customers::before(&run.view, &run.purchases, period, talks, &run.options.cuts);
                for (number, (layer, now)) in (0..).zip(before.into_iter().zip(&buyers.each)) {
                    if layer == Some(wanted) {
                        self.found.add("buyer", (yes(now.days > 0), 1.0), || run.buyer(number));
                    }
                }
            }
            _ => {}
        }
    }
}

/// Figures over orders.
fn of_order(id: &str) -> Option<fn(&Totals) -> Part> {
    Some(match id {
        "orders.created" => |t| (t.created as f64, 0.0),
        "orders.paid" => |t| (t.paid as f64, 0.0),
        "sales.ordered_amount" => |t| (yuan(t.ordered.cents), 0.0),
        "sales.paid_amount" => |t| (yuan(t.amount.cents), 0.0),
        "sales.net_amount" => |t| (yuan(t.net().cents), 0.0),
        "sales.per_order" | "sales.per_order_growth" => |t| (yuan(t.amount.cents), t.amount.known as f64),
        "payment.order_rate" => |t| (t.created_paid as f64, t.created as f64),
        "payment.amount_rate" => |t| (yuan(t.all_created_amount.cents), yuan(t.all_ordered.cents)),
        "refund.order_rate" => |t| (t.with_refund as f64, t.all_paid as f64),
        "refund.amount_rate" => |t| (yuan(t.all_refunds), yuan(t.all_amount.cents)),
        _ => return None,
    })
}

/// Figures over buyers with orders.
fn of_buyer(id: &str) -> Option<fn(&Buyer) -> Part> {
    const fn one(is: bool) -> f64 {
        if is { 1.0 } else { 0.0 }
    }
    Some(match id {
        "orders.buyers" => |b| (one(b.orders > 0), 0.0),
        "orders.purchase_days" => |b| (f64::from(b.days), 0.0),
        "sales.per_buyer" => |b| (yuan(i128::from(b.cents)), one(b.priced > 0)),
        "repurchase.customer_rate" | "repurchase.returning_rate" => |b| (one(b.days >= 2), one(b.days >= 1)),
        "repurchase.customer_rate_unmerged" => |b| (one(b.orders >= 2), one(b.orders >= 1)),
        "repurchase.order_rate" => |b| (f64::from(b.orders.saturating_sub(1)), f64::from(b.orders)),
        "repurchase.order_rate_merged" => |b| (f64::from(b.days.saturating_sub(1)), f64::from(b.days)),
        "cycle.customer" => |b| b.gaps().map_or((0.0, 0.0), |(gaps, span)| (span as f64 / f64::from(gaps), 1.0)),
        "cycle.customer_pooled" => |b| b.gaps().map_or((0.0, 0.0), |(gaps, span)| (span as f64, f64::from(gaps))),
        _ => return None,
    })
}

/// Figures over inquiry buyers.
fn of_inquirer(id: &str) -> Option<fn(&Inquirer) -> Part> {
    Some(match id {
        "inquiry.buyers" => |_| (1.0, 0.0),
        "inquiry.order_conversion" => |i| (f64::from(u8::from(i.ordered)), 1.0),
        "inquiry.payment_conversion" => |i| (f64::from(u8::from(i.paid)), 1.0),
        _ => return None,
    })
}

/// Figures over rounds.
fn of_round(id: &str) -> Option<fn(&Sums) -> Part> {
    Some(match id {
        "response.first" => |s| (s.first_total as f64, s.firsts as f64),
        "response.mean" => |s| (s.total as f64, s.timed as f64),
        "response.within_20s" => |s| (s.within[0] as f64, s.told(0) as f64),
        "response.within_30s" => |s| (s.within[1] as f64, s.told(1) as f64),
        "response.within_3min" => |s| (s.within[2] as f64, s.told(2) as f64),
        _ => return None,
    })
}

impl Run<'_> {
    fn order(&self, at: u32) -> (String, Option<String>) {
        (self.view.orders.ids.get(at).unwrap_or_default().into(), None)
    }

    fn buyer(&self, number: u32) -> (String, Option<String>) {
        (self.view.orders.buyers.get(number).unwrap_or_default().into(), None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        metric::{measure, sample},
        side,
    };
    use alloc::collections::BTreeSet;

    fn facts() -> Facts {
        let orders = sample::orders(
            "order_id,buyer,created_at,paid_at,paid_amount,sku,quantity
1,甲,2026-03-02 10:00:00,2026-03-02 12:00:00,10,杯子,2
1,甲,2026-03-02 10:00:00,2026-03-02 12:00:00,10,托盘,1
2,乙,2026-03-02 10:00:00,,20,杯子,1
3,甲,2026-03-05 10:00:00,2026-03-05 12:00:00,7,杯子,1
",
        );
        let tables = [
            ("ratings.csv", "顾客,客服,满意度\n甲,小美,满意\n乙,小敏,一般\n"),
            ("roster.csv", "客服账号,姓名,组别,班次\n小美,王美,售前,白班\n小敏,李敏,售前,晚班\n"),
            (
                "campaigns.csv",
                "活动名称,买家昵称,触达时间\n三八节,甲,2026-03-01 10:00:00\n三八节,乙,2026-03-01 10:00:00\n上新,甲,2026-03-01 10:00:00\n",
            ),
            ("messages.csv", "买家昵称,发送时间,短信内容\n乙,2026-03-02 11:00:00,您的订单还未付款，记得及时付款哦\n"),
            ("shipping.csv", "订单编号,更新时间,物流信息\n1,2026-03-03 10:00:00,已揽收\n"),
        ];
        let mut contacts = vec![
            sample::talk("甲", "2026-03-02", "09:00:00 买家\n09:00:09 客服小美\n09:05:00 买家\n09:06:00 客服小敏"),
            sample::talk("乙", "2026-03-02", "11:00:00 买家\n11:00:40 客服小敏"),
            sample::talk("甲", "2026-03-03", "11:00:00 买家\n11:00:40 客服小敏"),
        ];
        contacts[0].products.push("杯子".into());
        let mut facts = Facts { orders, contacts, ..Facts::default() };
        for (name, text) in tables {
            let read = side::read(name, text.as_bytes(), &side::SideOptions::default());
            assert!(read.used > 0, "{name}: {:?}", read.problems.kept());
            facts.side.merge(&read.side);
        }
        facts
    }

    fn sums(found: &FigureRows) -> (Option<f64>, Option<f64>) {
        let sum = |of: fn(&FigureRow) -> f64| Some(found.rows.iter().map(of).sum::<f64>());
        (sum(|r| r.numerator), sum(|r| r.denominator))
    }

    /// Figures from side tables tell their rows while they are counted.
    #[test]
    fn rows_of_side_tables_add_up() {
        let facts = facts();
        let figures = measure(&facts, &Options::default());
        let ids = "service.csat campaigns.response_rate payment.reminded_rate payment.after_reminder_rate service.care_rate service.shipping_told_rate";
        for id in ids.split(' ') {
            let metric = figures.get(id).unwrap();
            let found = rows(&facts, &Options::default(), id, 9).unwrap();
            assert!(metric.denominator.is_some_and(|whole| whole > 0.0), "{metric:?}");
            assert_eq!(sums(&found), (metric.numerator, metric.denominator), "{id} {found:?}");
        }
    }

    /// Of every part that a figure is told of.
    #[test]
    fn rows_of_parts_add_up() {
        let facts = facts();
        let figures = measure(&facts, &Options::default());
        let mut kinds = BTreeSet::new();
        for metric in figures.metrics.iter().filter(|metric| metric.value.is_some()) {
            let Some(by) = &metric.by else { continue };
            let found = rows_of(&facts, &Options::default(), metric.id, by, 99).unwrap();
            assert_eq!(sums(&found), (metric.numerator, metric.denominator.or(Some(0.0))), "{metric:?} {found:?}");
            assert_eq!(found.by.as_ref(), Some(by));
            kinds.insert(by.kind);
        }
        assert_eq!(kinds, BTreeSet::from(By::KINDS));
        let nobody = By::new("agent", "小强").unwrap();
        assert!(rows_of(&facts, &Options::default(), "inquiry.buyers", &nobody, 9).is_none());
    }
}
