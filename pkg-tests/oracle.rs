//! A second, slow and obvious implementation of the figures about orders and inquiries, written from the words of the
//! definitions alone, against the real one on random shops; and random ways of cutting a shop's data into files.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test that fails panics")]

use huashu::link::{Contact, RoundFacts};
use huashu::metric::{Attribution, Cuts, Facts, FigureRow, Metric, Options, Period, Refunded, RfmCuts, measure, rows, rows_of};
use huashu::order::{self, OrderOptions};
use huashu::time::{Day, Time};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const DAY: i64 = 86_400;
/// 2026-01-01.
const START: i64 = 20_454;

const AGENTS: [&str; 3] = ["小美", "小敏", "小丹"];

/// One order as an export writes it; every cell may be empty.
#[derive(Clone, Debug)]
struct Row {
    buyer: Option<u8>,
    created: Option<i64>,
    paid: Option<i64>,
    state: Option<&'static str>,
    ordered: Option<i64>,
    amount: Option<i64>,
    refund: Option<i64>,
    sku: u8,
    quantity: i64,
}

/// Which columns the export has.
#[derive(Clone, Debug)]
struct Columns {
    buyer: bool,
    created: bool,
    paid: bool,
    state: bool,
    ordered: bool,
    amount: bool,
    refund: bool,
    lines: bool,
}

#[derive(Clone, Debug)]
struct Table {
    columns: Columns,
    rows: Vec<Row>,
}

fn time(day: i64, second: i64) -> i64 {
    (START + day) * DAY + second
}

fn some<T: std::fmt::Debug>(value: impl Strategy<Value = T>) -> impl Strategy<Value = Option<T>> {
    proptest::option::weighted(0.85, value)
}

fn moment() -> impl Strategy<Value = i64> {
    // Few seconds of the day, so that ties are common.
    (0_i64..45, prop_oneof![Just(0), Just(1), Just(36_000), Just(36_000), Just(86_399)]).prop_map(|(day, second)| time(day, second))
}

fn row() -> impl Strategy<Value = Row> {
    let states = prop_oneof![
        Just("等待买家付款"),
        Just("买家已付款，等待卖家发货"),
        Just("卖家已发货，等待买家确认"),
        Just("交易成功"),
        Just("交易成功"),
        Just("交易关闭"),
        Just("退款成功"),
    ];
    let amounts = || prop_oneof![Just(0_i64), 1_i64..100_000];
    (
        (some(0_u8..5), some(moment()), some(moment()), some(states)),
        (some(amounts()), some(amounts()), some(prop_oneof![Just(0_i64), 1_i64..50_000]), 0_u8..3, 1_i64..5),
    )
        .prop_map(|((buyer, created, paid, state), (ordered, amount, refund, sku, quantity))| Row {
            buyer,
            created,
            paid,
            state,
            ordered,
            amount,
            refund,
            sku,
            quantity,
        })
}

fn table() -> impl Strategy<Value = Table> {
    let column = || proptest::bool::weighted(0.8);
    let columns = (column(), column(), column(), column(), column(), column(), column(), column()).prop_map(
        |(buyer, created, paid, state, ordered, amount, refund, lines)| Columns {
            buyer,
            created,
            paid,
            state,
            ordered,
            amount,
            refund,
            lines,
        },
    );
    (columns, proptest::collection::vec(row(), 0..40)).prop_map(|(columns, mut rows)| {
        for row in &mut rows {
            // A column that is not there fills no cell.
            row.buyer = row.buyer.filter(|_| columns.buyer);
            row.created = row.created.filter(|_| columns.created);
            row.paid = row.paid.filter(|_| columns.paid);
            row.state = row.state.filter(|_| columns.state);
            row.ordered = row.ordered.filter(|_| columns.ordered);
            row.amount = row.amount.filter(|_| columns.amount);
            row.refund = row.refund.filter(|_| columns.refund);
        }
        Table { columns, rows }
    })
}

fn options() -> impl Strategy<Value = Options> {
    (
        proptest::option::of((0_i32..30, 0_i32..20)),
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
        0_u32..4,
        prop_oneof![Just(Attribution::Order), Just(Attribution::OrderFirst), Just(Attribution::Payment)],
        cuts(),
    )
        .prop_map(|(period, include, drop_zero, known_buyers, window, attribution, cuts)| Options {
            period: period.map(|(from, days)| Period { from: Day(START as i32 + from), to: Day(START as i32 + from + days) }),
            refunded: if include { Refunded::Include } else { Refunded::Exclude },
            drop_zero,
            known_buyers,
            window,
            attribution,
            cuts,
            ..Options::default()
        })
}

/// Windows as short as the month of data.
fn cuts() -> impl Strategy<Value = Cuts> {
    let rfm = (any::<bool>(), some_or_not(0_u32..20), some_or_not(1_u32..4), some_or_not(0_i64..50_000))
        .prop_map(|(median, recency, frequency, monetary)| RfmCuts { median, recency, frequency, monetary });
    ([0_u32..4, 1..6, 1..6, 1..6, 1..6], 1_u32..4, 0_u32..20, rfm).prop_map(
        |([care, related, active, high, low], core_days, core_active, rfm)| {
            let (related, active) = (care + related, care + related + active);
            Cuts {
                care,
                related,
                active,
                risk_high: active + high,
                risk_low: active + high + low,
                core_days,
                core_active,
                by_cycle: false,
                rfm,
            }
        },
    )
}

fn some_or_not<T: std::fmt::Debug>(value: impl Strategy<Value = T>) -> impl Strategy<Value = Option<T>> {
    proptest::option::weighted(0.4, value)
}

fn csv(table: &Table, numbers: impl Iterator<Item = usize>) -> String {
    let Columns { buyer, created, paid, state, ordered, amount, refund, lines } = table.columns;
    let columns = [
        ("order_id", true),
        ("buyer", buyer),
        ("created_at", created),
        ("paid_at", paid),
        ("state", state),
        ("ordered_amount", ordered),
        ("paid_amount", amount),
        ("refund_amount", refund),
        ("sku", lines),
        ("quantity", lines),
    ];
    let join =
        |cells: Vec<String>| cells.into_iter().zip(columns).filter(|(_, (_, there))| *there).map(|(c, _)| c).collect::<Vec<_>>().join(",");
    let mut text = join(columns.iter().map(|(name, _)| (*name).into()).collect()) + "\n";
    let cell = |value: Option<String>| value.unwrap_or_default();
    let yuan = |cents: i64| format!("{}.{:02}", cents / 100, cents % 100);
    let moment = |seconds: i64| Time::from_seconds(seconds).to_string().replace('T', " ");
    for number in numbers {
        let row = &table.rows[number];
        text += &join(vec![
            format!("n{number}"),
            cell(row.buyer.map(|b| format!("买家{b}"))),
            cell(row.created.map(moment)),
            cell(row.paid.map(moment)),
            cell(row.state.map(Into::into)),
            cell(row.ordered.map(yuan)),
            cell(row.amount.map(yuan)),
            cell(row.refund.map(yuan)),
            format!("sku{}", row.sku),
            row.quantity.to_string(),
        ]);
        text += "\n";
    }
    text
}

fn map() -> order::Columns {
    let fields = "order_id buyer created_at paid_at state ordered_amount paid_amount refund_amount sku quantity";
    let pairs: Vec<String> = fields.split(' ').map(|field| format!("\"{field}\": \"{field}\"")).collect();
    order::Columns::parse(&format!("{{{}}}", pairs.join(","))).unwrap()
}

fn read(text: &str) -> order::Orders {
    let options = OrderOptions { columns: Some(map()), ..OrderOptions::default() };
    order::read("orders.csv", text.as_bytes(), &options).orders
}

/// What the definitions say, in the plainest way.
struct Oracle<'t> {
    table: &'t Table,
    options: &'t Options,
}

type Answer = Option<f64>;

impl Oracle<'_> {
    fn is_paid(&self, row: &Row) -> bool {
        let columns = &self.table.columns;
        if columns.paid {
            row.paid.is_some() || row.state == Some("交易成功")
        } else if columns.state {
            !matches!(row.state, None | Some("等待买家付款" | "交易关闭"))
        } else {
            true
        }
    }

    fn is_refunded(&self, row: &Row) -> bool {
        row.state == Some("退款成功")
            || (self.is_paid(row) && row.state == Some("交易关闭"))
            || (row.amount.unwrap_or(0) > 0 && row.refund.unwrap_or(0) >= row.amount.unwrap_or(0))
    }

    fn has_refund(&self, row: &Row) -> bool {
        self.is_refunded(row) || row.refund.unwrap_or(0) > 0
    }

    fn refund(&self, row: &Row) -> i64 {
        match row.refund {
            Some(refund) if refund > 0 => refund,
            _ if self.is_refunded(row) => row.amount.unwrap_or(0),
            _ => 0,
        }
    }

    /// Rows that the flags leave.
    fn rows(&self) -> Vec<&Row> {
        self.table
            .rows
            .iter()
            .filter(|row| !(self.options.drop_zero && row.amount == Some(0)))
            .filter(|row| !(self.options.known_buyers && row.buyer.is_none()))
            .collect()
    }

    fn within(&self, time: Option<i64>, period: Option<Period>) -> bool {
        match (period, time) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(period), Some(time)) => i64::from(period.from.0) * DAY <= time && time < (i64::from(period.to.0) + 1) * DAY,
        }
    }

    fn created(&self) -> Vec<&Row> {
        self.rows().into_iter().filter(|row| self.within(row.created.or(row.paid), self.options.period)).collect()
    }

    /// Paid orders of a period, refunded or not.
    fn all_paid(&self, period: Option<Period>) -> Vec<&Row> {
        self.rows().into_iter().filter(|row| self.is_paid(row) && self.within(row.paid.or(row.created), period)).collect()
    }

    fn paid(&self, period: Option<Period>) -> Vec<&Row> {
        let include = self.options.refunded == Refunded::Include;
        self.all_paid(period).into_iter().filter(|row| include || !self.is_refunded(row)).collect()
    }

    fn days(&self, rows: &[&Row]) -> BTreeMap<u8, BTreeSet<i64>> {
        let mut days: BTreeMap<u8, BTreeSet<i64>> = BTreeMap::new();
        for row in rows {
            if let (Some(buyer), Some(time)) = (row.buyer, row.paid.or(row.created)) {
                days.entry(buyer).or_default().insert(time.div_euclid(DAY));
            }
        }
        days
    }

    fn answers(&self) -> BTreeMap<&'static str, Answer> {
        let rows = self.rows();
        // Without any time nobody knows what of the data lies in a period.
        let adrift = self.table.rows.iter().all(|row| row.created.is_none() && row.paid.is_none());
        let nothing = self.table.rows.is_empty() || (self.options.period.is_some() && adrift);
        let no_buyers = nothing || rows.iter().all(|row| row.buyer.is_none());
        let no_times = nothing || rows.iter().all(|row| row.created.is_none() && row.paid.is_none());
        let columns = &self.table.columns;
        let no_state = nothing || (!columns.paid && !columns.state);
        // Where nothing else says what was paid, a closed order may have been paid back or given up.
        let has = |state| self.table.rows.iter().any(|row| row.state == Some(state));
        let closed_alone = !columns.paid && !columns.amount && has("交易关闭") && !has("退款成功");
        let no_refunds = nothing || (!columns.refund && (!columns.state || closed_alone));
        let unless = |missing: bool, value: Answer| if missing { None } else { value };
        let over = |a: f64, b: f64| if b == 0.0 { None } else { Some(a / b) };
        let count = |n: usize| n as f64;

        let (created, paid, all_paid) = (self.created(), self.paid(self.options.period), self.all_paid(self.options.period));
        let include = self.options.refunded == Refunded::Include;
        // A sum of amounts is unknown where there are orders and none has one, or no column for it.
        let sum = |rows: &[&Row], carried: bool, of: &dyn Fn(&Row) -> Option<i64>| -> Answer {
            let known: Vec<i64> = rows.iter().filter_map(|row| of(row)).collect();
            if nothing || (known.is_empty() && !(carried && rows.is_empty())) {
                None
            } else {
                Some(known.iter().sum::<i64>() as f64 / 100.0)
            }
        };
        let amount = |row: &Row| row.amount;
        let mut out: BTreeMap<&'static str, Answer> = BTreeMap::new();
        out.insert("orders.created", unless(nothing, Some(count(created.len()))));
        out.insert("orders.paid", unless(nothing, Some(count(paid.len()))));
        let buyers: BTreeSet<u8> = paid.iter().filter_map(|row| row.buyer).collect();
        out.insert("orders.buyers", unless(no_buyers, Some(count(buyers.len()))));
        let days = self.days(&paid);
        let purchase_days: usize = days.values().map(BTreeSet::len).sum();
        out.insert("orders.purchase_days", unless(no_buyers || no_times, Some(count(purchase_days))));

        let kept: Vec<&Row> = created.iter().copied().filter(|row| include || !self.is_refunded(row)).collect();
        out.insert("sales.ordered_amount", sum(&kept, columns.ordered, &|row| row.ordered));
        let paid_amount = sum(&paid, columns.amount, &amount);
        out.insert("sales.paid_amount", paid_amount);
        let refunds: i64 = paid.iter().map(|row| self.refund(row)).sum();
        out.insert("sales.net_amount", unless(no_refunds, paid_amount.map(|a| a - refunds as f64 / 100.0)));
        let of_buyers: Vec<&Row> = paid.iter().copied().filter(|row| row.buyer.is_some()).collect();
        let per_buyer = sum(&of_buyers, columns.amount, &amount).and_then(|a| over(a, count(buyers.len())));
        out.insert("sales.per_buyer", unless(no_buyers, per_buyer));
        let known = paid.iter().filter(|row| row.amount.is_some()).count();
        out.insert("sales.per_order", paid_amount.and_then(|a| over(a, count(known))));
        let pieces: i64 = paid.iter().map(|row| row.quantity).sum();
        out.insert("sales.items_per_order", unless(nothing || !columns.lines, over(pieces as f64, count(paid.len()))));

        let paid_of_created: Vec<&Row> = created.iter().copied().filter(|row| self.is_paid(row)).collect();
        out.insert("payment.order_rate", unless(no_state, over(count(paid_of_created.len()), count(created.len()))));
        let paid_share = match (sum(&paid_of_created, columns.amount, &amount), sum(&created, columns.ordered, &|row| row.ordered)) {
            (Some(a), Some(b)) => over(a, b),
            _ => None,
        };
        out.insert("payment.amount_rate", unless(no_state, paid_share));
        let mut delays: Vec<i64> = all_paid.iter().filter_map(|row| Some(row.paid? - row.created?)).filter(|delay| *delay >= 0).collect();
        delays.sort_unstable();
        let median = match delays.len() {
            0 => None,
            n if n % 2 == 1 => Some(delays[n / 2] as f64),
            n => Some((delays[n / 2 - 1] + delays[n / 2]) as f64 / 2.0),
        };
        out.insert("payment.delay_median", unless(nothing, median));
        let with_refund = all_paid.iter().filter(|row| self.has_refund(row)).count();
        out.insert("refund.order_rate", unless(no_refunds, over(count(with_refund), count(all_paid.len()))));
        let all_refunds: i64 = all_paid.iter().map(|row| self.refund(row)).sum();
        let refund_share = sum(&all_paid, columns.amount, &amount).and_then(|a| over(all_refunds as f64 / 100.0, a));
        out.insert("refund.amount_rate", unless(no_refunds, refund_share));

        let mut orders: BTreeMap<u8, usize> = BTreeMap::new();
        for row in &of_buyers {
            *orders.entry(row.buyer.unwrap()).or_default() += 1;
        }
        let total: usize = orders.values().sum();
        let again = orders.values().filter(|n| **n >= 2).count();
        out.insert("repurchase.customer_rate_unmerged", unless(no_buyers, over(count(again), count(orders.len()))));
        out.insert("repurchase.order_rate", unless(no_buyers, over(count(total - orders.len()), count(total))));
        let returning =
            |days: &BTreeMap<u8, BTreeSet<i64>>| over(count(days.values().filter(|days| days.len() >= 2).count()), count(days.len()));
        out.insert("repurchase.customer_rate", unless(no_buyers || no_times, returning(&days)));
        let merged = over(count(purchase_days - days.len()), count(purchase_days));
        out.insert("repurchase.order_rate_merged", unless(no_buyers || no_times, merged));
        let history = self.options.period.map(|p| Period { from: Day(-700_000), to: p.to });
        let history = self.days(&self.paid(history));
        out.insert("repurchase.returning_rate", unless(no_buyers || no_times, returning(&history)));

        let mut means = Vec::new();
        let mut gaps = Vec::new();
        for days in days.values() {
            let days: Vec<i64> = days.iter().copied().collect();
            let own: Vec<f64> = days.windows(2).map(|pair| (pair[1] - pair[0]) as f64).collect();
            if !own.is_empty() {
                means.push(own.iter().sum::<f64>() / count(own.len()));
                gaps.extend(own);
            }
        }
        let mean = |values: &[f64]| over(values.iter().sum(), count(values.len()));
        out.insert("cycle.customer", unless(no_buyers || no_times, mean(&means)));
        out.insert("cycle.customer_pooled", unless(no_buyers || no_times, mean(&gaps)));
        let mut bought: BTreeMap<(u8, u8), BTreeMap<i64, i64>> = BTreeMap::new();
        for row in paid.iter().filter(|_| columns.lines) {
            if let (Some(buyer), Some(time)) = (row.buyer, row.paid.or(row.created)) {
                *bought.entry((buyer, row.sku)).or_default().entry(time.div_euclid(DAY)).or_default() += row.quantity;
            }
        }
        let mut pairs = Vec::new();
        for days in bought.values() {
            let days: Vec<(i64, i64)> = days.iter().map(|(day, quantity)| (*day, *quantity)).collect();
            pairs.extend(days.windows(2).map(|pair| (pair[1].0 - pair[0].0) as f64 / pair[0].1 as f64));
        }
        out.insert("cycle.product", unless(no_buyers || no_times, mean(&pairs)));
        out
    }

    /// Conversations of the period in which a buyer inquired.
    fn inquired<'c>(&self, contacts: &'c [Contact]) -> Vec<&'c Contact> {
        let asked = |contact: &&Contact| self.within(Some(contact.asked_at.unwrap().seconds()), self.options.period);
        contacts.iter().filter(|contact| !contact.found.after_sale).filter(asked).collect()
    }

    /// The orders that followed an inquiry, each with its buyer and the time by which it does; none where only the period tells.
    fn followed(&self, contacts: &[Contact]) -> Vec<(&Row, String, Option<i64>)> {
        let mut first: BTreeMap<String, i64> = BTreeMap::new();
        for contact in self.inquired(contacts) {
            let asked = contact.asked_at.unwrap().seconds();
            let known = first.entry(contact.buyer.clone().unwrap()).or_insert(asked);
            *known = asked.min(*known);
        }
        let mut found = Vec::new();
        for row in self.rows() {
            let Some(name) = row.buyer.map(|b| format!("买家{b}")) else { continue };
            let Some(&asked) = first.get(&name) else { continue };
            let follows = |time: Option<i64>| {
                time.is_none_or(|time| time >= asked && time.div_euclid(DAY) <= asked.div_euclid(DAY) + i64::from(self.options.window))
            };
            let (created, paid) = (row.created.or(row.paid), row.paid.or(row.created));
            let by_creation = follows(created).then_some(created);
            let by_payment = (self.is_paid(row) && follows(paid)).then_some(paid);
            let credited = match self.options.attribution {
                Attribution::Order => by_creation,
                Attribution::Payment => by_payment,
                Attribution::OrderFirst => by_creation.or(by_payment),
            };
            found.extend(credited.map(|time| (row, name, time)));
        }
        found
    }

    /// What a paid order adds to the period's sales; nothing where it does not count.
    fn counted(&self, row: &Row) -> Option<i64> {
        let include = self.options.refunded == Refunded::Include;
        let counts = self.is_paid(row) && (include || !self.is_refunded(row)) && self.within(row.paid.or(row.created), self.options.period);
        row.amount.filter(|_| counts)
    }

    /// Buyers who asked, those who ordered, those who paid, and the cents of the period's orders that followed.
    fn inquiries(&self, contacts: &[Contact]) -> (usize, usize, usize, i64) {
        let asked: BTreeSet<_> = self.inquired(contacts).into_iter().map(|contact| contact.buyer.clone()).collect();
        let followed = self.followed(contacts);
        let ordered: BTreeSet<_> = followed.iter().map(|(_, name, _)| name).collect();
        let paid: BTreeSet<_> = followed.iter().filter(|(row, ..)| self.is_paid(row)).map(|(_, name, _)| name).collect();
        (asked.len(), ordered.len(), paid.len(), followed.iter().filter_map(|(row, ..)| self.counted(row)).sum())
    }

    /// The same of an agent: buyers served, and those whose order is credited to whoever answered the buyer last before it; then those
    /// whose amount counts.
    fn of_agent(&self, agent: &str, contacts: &[Contact]) -> (usize, usize, usize, i64, usize) {
        let inquired = self.inquired(contacts);
        let serves = |contact: &&&Contact| contact.agents.iter().any(|name| name == agent);
        let served: BTreeSet<_> = inquired.iter().filter(serves).map(|contact| contact.buyer.clone()).collect();
        let credited_to = |name: &String, time: Option<i64>| {
            let answers = inquired.iter().filter(|contact| contact.buyer.as_ref() == Some(name)).flat_map(|contact| {
                contact.rounds.iter().filter_map(|round| {
                    let answered = round.opened?.seconds() + round.seconds?;
                    Some((answered, contact.agents[round.agent? as usize].clone()))
                })
            });
            // Of two in the same second the later name.
            answers.filter(|(at, _)| time.is_none_or(|time| *at <= time)).max().map(|(_, agent)| agent)
        };
        let mut won = self.followed(contacts);
        won.retain(|(_, name, time)| credited_to(name, *time).as_deref() == Some(agent));
        let distinct =
            |of: &dyn Fn(&Row) -> bool| won.iter().filter(|(row, ..)| of(row)).map(|(_, name, _)| name).collect::<BTreeSet<_>>().len();
        let cents = won.iter().filter_map(|(row, ..)| self.counted(row)).sum();
        (served.len(), distinct(&|_| true), distinct(&|row| self.is_paid(row)), cents, distinct(&|row| self.counted(row).is_some()))
    }
}

/// A buyer's history.
#[derive(Clone, Debug, Default)]
struct Buyer {
    days: BTreeSet<i64>,
    orders: i64,
    cents: i64,
}

/// What the definitions say of customers.
impl Oracle<'_> {
    /// Buyers with a purchase day up to and with a day.
    fn history(&self, until: i64) -> BTreeMap<u8, Buyer> {
        let mut buyers: BTreeMap<u8, Buyer> = BTreeMap::new();
        for row in self.paid(Some(Period { from: Day(-700_000), to: Day(until as i32) })) {
            let Some(number) = row.buyer else { continue };
            let buyer = buyers.entry(number).or_default();
            buyer.days.insert(row.paid.or(row.created).unwrap().div_euclid(DAY));
            buyer.orders += 1;
            buyer.cents += row.amount.unwrap_or(0);
        }
        buyers
    }

    fn layers(&self, until: i64, contacts: &[Contact]) -> BTreeMap<u8, &'static str> {
        let cuts = &self.options.cuts;
        let buyers = self.history(until);
        let (cents, orders) = buyers.values().fold((0, 0), |(c, n), b| (c + b.cents, n + b.orders));
        let layer = |(number, buyer): (&u8, &Buyer)| {
            let wrote =
                contacts.iter().filter(|c| c.buyer == Some(format!("买家{number}"))).map(|c| i64::from(c.asked_at.unwrap().day().0));
            let active = wrote.filter(|day| *day <= until).chain(buyer.days.last().copied()).max().unwrap();
            let layer = if until - active > i64::from(cuts.risk_low) {
                "dormant"
            } else if buyer.days.len() >= cuts.core_days as usize
                && until - active <= i64::from(cuts.core_active)
                && buyer.cents * orders >= cents * buyer.orders
            {
                "core"
            } else {
                "potential"
            };
            (*number, layer)
        };
        buyers.iter().map(layer).collect()
    }

    /// Of the buyers of a layer before the period, those with a purchase day in it.
    fn came_back(&self, layer: &str, contacts: &[Contact]) -> Option<(usize, usize)> {
        let period = self.options.period?;
        let before: Vec<u8> =
            self.layers(i64::from(period.from.0) - 1, contacts).into_iter().filter(|(_, l)| *l == layer).map(|(b, _)| b).collect();
        let now = self.days(&self.paid(Some(period)));
        Some((before.iter().filter(|buyer| now.contains_key(buyer)).count(), before.len()))
    }

    /// The first day of the orders.
    fn first_day(&self) -> Option<i64> {
        self.rows().into_iter().flat_map(|row| [row.created, row.paid]).flatten().map(|time| time.div_euclid(DAY)).min()
    }

    /// The last day of orders and chats.
    fn last_day(&self, contacts: &[Contact]) -> Option<i64> {
        let rows = self.rows();
        let orders = rows.iter().flat_map(|row| [row.created, row.paid]).flatten().map(|time| time.div_euclid(DAY));
        orders.chain(contacts.iter().map(|c| i64::from(c.asked_at.unwrap().day().0))).max()
    }

    /// Group and number of buyers of every table of customers, as text.
    fn customers(&self, contacts: &[Contact]) -> BTreeMap<String, usize> {
        let mut out: BTreeMap<String, usize> = BTreeMap::new();
        let today = self.last_day(contacts).unwrap();
        let buyers = self.history(today);
        let cuts = &self.options.cuts;
        for layer in self.layers(today, contacts).values() {
            *out.entry(format!("layers {layer}")).or_default() += 1;
        }
        let number = buyers.len() as f64;
        let recency = |b: &Buyer| (today - b.days.last().unwrap()) as f64;
        let middle = |of: &dyn Fn(&Buyer) -> f64| {
            let mut values: Vec<f64> = buyers.values().map(of).collect();
            values.sort_by(f64::total_cmp);
            let (a, b) = (values.get((values.len().max(1) - 1) / 2), values.get(values.len() / 2));
            if cuts.rfm.median { a.zip(b).map_or(0.0, |(a, b)| (a + b) / 2.0) } else { values.iter().sum::<f64>() / number }
        };
        let (frequency, money) = (|b: &Buyer| b.days.len() as f64, |b: &Buyer| b.cents as f64);
        let means = [middle(&recency), middle(&frequency), middle(&money)];
        for buyer in buyers.values() {
            let recent = recency(buyer) <= cuts.rfm.recency.map_or(means[0], f64::from);
            let frequent = cuts.rfm.frequency.map_or(frequency(buyer) > means[1], |own| frequency(buyer) >= f64::from(own));
            let valuable = cuts.rfm.monetary.map_or(money(buyer) > means[2], |own| buyer.cents >= own);
            *out.entry(format!("rfm {recent} {frequent} {valuable}")).or_default() += 1;
            let times = ["first", "second", "third"][buyer.days.len().min(3) - 1];
            *out.entry(format!("purchase_count {times}")).or_default() += 1;
            let days = recency(buyer) as u32;
            let stage = match buyer.days.len() {
                _ if days > cuts.risk_low => "dormant",
                _ if days > cuts.risk_high => "risk_low",
                _ if days > cuts.active => "risk_high",
                1 if days <= cuts.care => "new_care",
                1 if days <= cuts.related => "new_related",
                1 => "new_offer",
                _ => "old",
            };
            *out.entry(format!("lifecycle {stage}")).or_default() += 1;
            // All days lie in January or February.
            let month = |day: i64| if day < START + 31 { 0 } else { 1 };
            let first = *buyer.days.first().unwrap();
            let months: BTreeSet<i64> = buyer.days.iter().filter(|day| **day != first).map(|day| month(*day) - month(first)).collect();
            for after in months {
                *out.entry(format!("cohorts {} {after}", month(first) + 1)).or_default() += 1;
            }
        }
        out
    }

    /// Share of first-time buyers who bought again within so many days: the product over all days up to it of those who did not, of
    /// those still watched.
    fn second_purchase(&self, contacts: &[Contact], within: i64) -> (usize, usize, f64) {
        let today = self.last_day(contacts).unwrap();
        let spans: Vec<(i64, bool)> = self
            .history(today)
            .values()
            .map(|b| {
                let mut days = b.days.iter();
                let first = days.next().unwrap();
                days.next().map_or((today - first, false), |second| (second - first, true))
            })
            .collect();
        let mut left = 1.0;
        for day in 0..=within {
            let watched = spans.iter().filter(|(span, _)| *span >= day).count() as f64;
            let again = spans.iter().filter(|span| **span == (day, true)).count() as f64;
            left *= if watched > 0.0 { 1.0 - again / watched } else { 1.0 };
        }
        let watched = spans.iter().filter(|(span, _)| *span > within).count();
        (watched, spans.iter().filter(|(span, again)| *again && *span <= within).count(), 1.0 - left)
    }
}

fn close(a: Answer, b: Answer) -> bool {
    match (a, b) {
        (None, None) => true,
        (Some(a), Some(b)) => (a - b).abs() <= 1e-9 * b.abs().max(1.0),
        _ => false,
    }
}

fn contacts() -> impl Strategy<Value = Vec<Contact>> {
    // When the buyer wrote again and how long the answer took: at once, in the same second as an order, on another day; who answered.
    let at_once = || prop_oneof![4 => Just(0_i64), 1 => Just(1), 1 => Just(36_000), 1 => Just(86_399)];
    let round = (at_once(), at_once(), 0_usize..3);
    let rounds = proptest::collection::vec(proptest::option::weighted(0.8, round), 0..4);
    let contact =
        (0_u8..6, moment(), any::<bool>(), rounds, some_or_not(0_usize..3)).prop_map(|(buyer, at, after_sale, rounds, greeter)| {
            let mut contact = Contact {
                id: format!("{buyer}-{at}"),
                buyer: Some(format!("买家{buyer}")),
                start: Some(Time::from_seconds(at)),
                asked_at: Some(Time::from_seconds(at)),
                buyer_messages: 1,
                // Who greets serves the buyer without an answer.
                agents: greeter.map(|agent| AGENTS[agent].into()).into_iter().collect(),
                ..Contact::default()
            };
            let mut opened = at;
            for round in rounds {
                let (after, seconds, agent) = round.unwrap_or((0, 0, usize::MAX));
                opened += after;
                let agent = AGENTS.get(agent).map(|name| {
                    let known = contact.agents.iter().position(|agent| agent == name);
                    known.unwrap_or_else(|| {
                        contact.agents.push((*name).into());
                        contact.agents.len() - 1
                    }) as u16
                });
                let seconds = agent.map(|_| seconds);
                contact.rounds.push(RoundFacts { opened: Some(Time::from_seconds(opened)), seconds, answered: agent.is_some(), agent });
                opened += seconds.unwrap_or(0);
            }
            contact.found.after_sale = after_sale;
            contact
        });
    proptest::collection::vec(contact, 1..8)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn order_figures_agree(table in table(), options in options()) {
        let facts = Facts { orders: read(&csv(&table, 0..table.rows.len())), ..Facts::default() };
        let figures = measure(&facts, &options);
        for (id, known) in (Oracle { table: &table, options: &options }).answers() {
            let ours = figures.get(id).unwrap();
            prop_assert!(close(ours.value, known), "{id}: {:?} against {known:?}: {ours:?}", ours.value);
            prop_assert_eq!(ours.value.is_none(), ours.why.is_some());
        }
    }

    /// As many days before, and the growth from these.
    #[test]
    fn the_period_before_agrees(table in table(), mut options in options(), from in 0_i32..45, days in 0_i32..20) {
        let period = Period { from: Day(START as i32 + from), to: Day(START as i32 + from + days) };
        let before = Period { from: Day(period.from.0 - days - 1), to: Day(period.from.0 - 1) };
        options.period = Some(period);
        let facts = Facts { orders: read(&csv(&table, 0..table.rows.len())), ..Facts::default() };
        let figures = measure(&facts, &options);
        let now = Oracle { table: &table, options: &options }.answers();
        let first = (Oracle { table: &table, options: &options }).first_day();
        options.period = Some(before);
        let then = Oracle { table: &table, options: &options }.answers();
        let there = first.is_some_and(|first| first <= i64::from(before.to.0));
        for (id, known) in &then {
            let ours = figures.get(id).unwrap();
            prop_assert_eq!(ours.previous.is_some(), there, "{:?}", ours);
            prop_assert!(!there || close(ours.previous.flatten(), *known), "{ours:?} {known:?}");
        }
        let growth = match (now["sales.per_order"], then["sales.per_order"]) {
            (Some(now), Some(then)) if then != 0.0 && there => Some((now - then) / then),
            _ => None,
        };
        let ours = figures.get("sales.per_order_growth").unwrap();
        prop_assert!(close(ours.value, growth), "{ours:?} {growth:?}");
    }

    #[test]
    fn inquiry_figures_agree(table in table(), options in options(), contacts in contacts()) {
        let facts = Facts { orders: read(&csv(&table, 0..table.rows.len())), contacts: contacts.clone(), ..Facts::default() };
        let figures = measure(&facts, &options);
        let (asked, ordered, paid, cents) = (Oracle { table: &table, options: &options }).inquiries(&contacts);
        prop_assert_eq!(figures.get("inquiry.buyers").unwrap().value, Some(asked as f64));
        let conversion = figures.get("inquiry.order_conversion").unwrap();
        if let Some(value) = conversion.value {
            prop_assert!(close(Some(value), Some(ordered as f64 / asked as f64)), "{conversion:?}");
            let payment = figures.get("inquiry.payment_conversion").unwrap();
            prop_assert!(close(payment.value, Some(paid as f64 / asked as f64)), "{payment:?}");
            let flow: Vec<_> = figures.tables.flow.iter().take(3).map(|step| (step.buyers as usize, step.lost as usize)).collect();
            prop_assert_eq!(flow, [(asked, 0), (ordered, asked - ordered), (paid, ordered - paid)]);
        }
        let amount = |id: &str| figures.get(id).unwrap().value;
        if let (Some(inquiry), Some(silent)) = (amount("sales.inquiry_amount"), amount("sales.silent_amount")) {
            prop_assert!(close(Some(inquiry), Some(cents as f64 / 100.0)));
            // R2: both add up to the paid amount.
            if let Some(all) = amount("sales.paid_amount") {
                prop_assert!(close(Some(inquiry + silent), Some(all)));
            }
        }
    }

    /// Which agent is credited.
    #[test]
    fn figures_of_agents_agree(table in table(), options in options(), contacts in contacts()) {
        let facts = Facts { orders: read(&csv(&table, 0..table.rows.len())), contacts: contacts.clone(), ..Facts::default() };
        let figures = measure(&facts, &options);
        let oracle = Oracle { table: &table, options: &options };
        let joined = figures.get("inquiry.order_conversion").unwrap().value.is_some();
        for agent in AGENTS {
            let by = |id: &str| figures.metrics.iter().find(|m| m.id == id && m.by.as_ref().is_some_and(|by| by.kind == "agent" && by.name == agent));
            let (served, ordered, paid, cents, bought) = oracle.of_agent(agent, &contacts);
            if !joined || served == 0 {
                prop_assert!(["inquiry.buyers", "inquiry.order_conversion"].iter().all(|id| by(id).is_none()), "{agent}");
                continue;
            }
            let share = |id: &str| by(id).map(|m| (m.numerator.unwrap() as usize, m.denominator.unwrap() as usize));
            prop_assert_eq!(by("inquiry.buyers").unwrap().value, Some(served as f64));
            prop_assert_eq!(share("inquiry.order_conversion"), Some((ordered, served)), "{}", agent);
            prop_assert_eq!(share("inquiry.payment_conversion"), Some((paid, served)), "{}", agent);
            let row = figures.tables.agents.iter().find(|row| row.agent == agent).unwrap();
            prop_assert_eq!((row.inquiry_buyers, row.ordered), (served as u64, Some(ordered as u64)));
            prop_assert!(close(row.amount, Some(cents as f64 / 100.0)), "{row:?} {cents}");
            if let Some(amount) = by("sales.inquiry_amount") {
                prop_assert!(close(amount.value, Some(cents as f64 / 100.0)), "{amount:?} {cents}");
                let mean = (bought > 0).then(|| cents as f64 / 100.0 / bought as f64);
                prop_assert!(close(by("sales.per_buyer").unwrap().value, mean), "{:?} {mean:?}", by("sales.per_buyer"));
            }
        }
    }

    #[test]
    fn customers_agree(table in table(), options in options(), contacts in contacts()) {
        let facts = Facts { orders: read(&csv(&table, 0..table.rows.len())), contacts: contacts.clone(), ..Facts::default() };
        let figures = measure(&facts, &options);
        let oracle = Oracle { table: &table, options: &options };
        for (id, layer) in [("customers.core_repurchase_rate", "core"), ("customers.wake_up_rate", "dormant")] {
            let ours = figures.get(id).unwrap();
            if ours.denominator.is_some() {
                let (part, whole) = oracle.came_back(layer, &contacts).unwrap();
                prop_assert_eq!((ours.numerator, ours.denominator), (Some(part as f64), Some(whole as f64)), "{}", id);
            }
        }
        let tables = &figures.tables;
        if tables.layers.is_empty() {
            return Ok(());
        }
        let mut ours: BTreeMap<String, usize> = BTreeMap::new();
        let groups = [("layers", &tables.layers), ("lifecycle", &tables.lifecycle), ("purchase_count", &tables.purchase_count)];
        for (id, row) in groups.iter().flat_map(|(id, rows)| rows.iter().map(move |row| (id, row))).filter(|(_, row)| row.group != "prospect") {
            ours.insert(format!("{id} {}", row.group), row.buyers as usize);
        }
        for row in &tables.rfm {
            ours.insert(format!("rfm {} {} {}", row.recent, row.frequent, row.valuable), row.buyers as usize);
        }
        for row in &tables.cohorts {
            ours.insert(format!("cohorts {} {}", row.month.strip_prefix("2026-0").unwrap(), row.after), row.returned as usize);
        }
        ours.retain(|_, count| *count > 0);
        prop_assert_eq!(ours, oracle.customers(&contacts));
        for row in &tables.second_purchase {
            let (watched, returned, share) = oracle.second_purchase(&contacts, i64::from(row.days));
            prop_assert_eq!((row.watched, row.returned), (watched as u64, returned as u64));
            prop_assert!((row.share - share).abs() < 1e-9);
        }
    }

    /// Who shares an address or a phone number, and where many orders go.
    #[test]
    fn outliers_agree(orders in proptest::collection::vec((proptest::option::weighted(0.9, 0_usize..9), 0_usize..4, 0_usize..5), 0..40)) {
        let mut csv = String::from("订单编号,买家会员名,订单付款时间,买家实际支付金额,收货地址,联系手机\n");
        for (order, (buyer, address, phone)) in orders.iter().enumerate() {
            let buyer = buyer.map(|buyer| format!("b{buyer}")).unwrap_or_default();
            // One address as many write it; none at all, and one behind a mask.
            let address = ["", "**路1号", if order % 2 == 0 { "甲路1号 2室" } else { "甲路１号，2室" }, "乙路1号"][*address];
            let phone = ["", "139****0001", "18400000000-1234", "13900000001", "+86 139 0000 0002"][*phone];
            csv += &format!("n{order:02},{buyer},2026-01-05 10:00:00,10,\"{address}\",{phone}\n");
        }
        let facts = Facts { orders: order::read("a.csv", csv.as_bytes(), &OrderOptions::default()).orders, ..Facts::default() };
        let found = measure(&facts, &Options::default()).tables.outliers;
        type Seen = BTreeSet<(Option<String>, &'static str, u64, String)>;
        let ours: Seen = found.iter().filter_map(|row| Some((row.buyer.clone(), row.measure, row.value as u64, row.order.clone()?))).collect();
        let mut known = Seen::new();
        let addresses = orders.iter().map(|(_, address, _)| (*address >= 2).then_some(*address)).collect();
        let phones = orders.iter().map(|(.., phone)| (*phone >= 3).then_some(*phone)).collect();
        let columns: [(&str, &str, usize, Vec<Option<usize>>); 2] =
            [("same_address", "orders_to_address", 3, addresses), ("same_phone", "orders_to_phone", 1, phones)];
        for (measure, orders_there, few, place_of) in columns {
            let there = |place: usize| (0..orders.len()).filter(|at| place_of[*at] == Some(place)).collect::<Vec<usize>>();
            let places: BTreeSet<usize> = place_of.iter().flatten().copied().collect();
            let mut counts: Vec<f64> = places.iter().map(|place| there(*place).len() as f64).collect();
            counts.sort_by(f64::total_cmp);
            let usual = counts.last().map_or(0.0, |_| {
                let at = (counts.len() - 1) as f64 * 0.9;
                let (low, high) = (counts[at.floor() as usize], counts[at.ceil() as usize]);
                low + (high - low) * (at - at.floor())
            });
            for buyer in 0..9 {
                // Of the places of this buyer the one with the most others; of several the one with the earliest order.
                let own = places.iter().map(|place| there(*place)).filter(|there| there.iter().any(|at| orders[*at].0 == Some(buyer)));
                let others = |there: &[usize]| there.iter().filter_map(|at| orders[*at].0).filter(|b| *b != buyer).collect::<BTreeSet<_>>().len();
                let most = own.map(|there| (others(&there), there[0])).max_by_key(|(others, first)| (*others, std::cmp::Reverse(*first)));
                if let Some((others, first)) = most.filter(|(others, _)| *others > few) {
                    known.insert((Some(format!("b{buyer}")), measure, others as u64, format!("n{first:02}")));
                }
            }
            for there in places.iter().map(|place| there(*place)) {
                let whose: BTreeSet<Option<usize>> = there.iter().map(|at| orders[*at].0).collect();
                let of_one = whose.len() == 1 && !whose.contains(&None);
                if !of_one && there.len() as f64 > (usual * 5.0).max(10.0) {
                    known.insert((None, orders_there, there.len() as u64, format!("n{:02}", there[0])));
                }
            }
        }
        prop_assert_eq!(ours, known);
    }

    /// The rows behind every figure add up to it; of the many parts of the shop some are looked at in each case.
    #[test]
    fn rows_add_up(table in table(), options in options(), contacts in contacts(), some in 0_usize..37) {
        let facts = Facts { orders: read(&csv(&table, 0..table.rows.len())), contacts, ..Facts::default() };
        let figures = measure(&facts, &options);
        let looked_at = |(at, m): &(usize, &Metric)| m.value.is_some() && (m.by.is_none() || at % 37 == some);
        for (_, metric) in figures.metrics.iter().enumerate().filter(looked_at) {
            let list = |most| match &metric.by {
                Some(by) => rows_of(&facts, &options, metric.id, by, most).unwrap(),
                None => rows(&facts, &options, metric.id, most).unwrap(),
            };
            let found = list(usize::MAX);
            prop_assert_eq!(found.total, found.rows.len() as u64);
            let sum = |of: fn(&FigureRow) -> f64| Some(found.rows.iter().map(of).sum::<f64>());
            // A median has no numerator; the growth is about two periods.
            if metric.id != "sales.per_order_growth" {
                prop_assert!(metric.numerator.is_none() || close(sum(|row| row.numerator), metric.numerator), "{metric:?} {found:?}");
                let denominator = metric.denominator.unwrap_or(0.0);
                prop_assert!(close(sum(|row| row.denominator), Some(denominator)), "{metric:?} {found:?}");
            }
            let few = list(1);
            prop_assert_eq!((few.total, few.rows.len()), (found.total, found.rows.len().min(1)));
        }
    }

    #[test]
    fn however_the_data_is_cut(
        table in table(),
        options in options(),
        contacts in contacts(),
        parts in proptest::collection::vec(0_u8..3, 48),
        twice in proptest::collection::vec(any::<bool>(), 48),
        order in Just([0_u8, 1, 2]).prop_shuffle(),
    ) {
        let rows = table.rows.len();
        let mut whole = Facts { orders: read(&csv(&table, 0..rows)), ..Facts::default() };
        whole.merge(Facts { contacts: contacts.clone(), ..Facts::default() });
        let mut merged = Facts::default();
        for part in order {
            let mine = |at: usize| parts[at] == part || (twice[at] && (parts[at] + 1) % 3 == part);
            merged.merge(Facts {
                orders: read(&csv(&table, (0..rows).filter(|at| mine(*at)))),
                contacts: contacts.iter().enumerate().filter(|(at, _)| mine(at + 40)).map(|(_, c)| c.clone()).collect(),
                ..Facts::default()
            });
        }
        let json = |facts: &Facts| serde_json::to_string(&measure(facts, &options)).unwrap();
        prop_assert_eq!(json(&merged), json(&whole));
    }
}
