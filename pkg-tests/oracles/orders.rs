//! A second, slow and obvious implementation of the figures about orders and inquiries, written from the words of the
//! definitions alone, against the real one on random shops; and random ways of cutting a shop's data into files.

mod customers;
mod inquiries;
mod outliers;
mod split;

use crate::shop::grain;
use huashu::link::{Contact, RoundFacts};
use huashu::metric::{Attribution, Cuts, Facts, FigureRow, Metric, Options, Period, Refunded, RfmCuts, measure, rows, rows_of};
use huashu::order::{self, OrderOptions};
use huashu::time::{Day, Time};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

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
        Just("部分退款"),
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
            row.paid.is_some() || matches!(row.state, Some("交易成功" | "部分退款"))
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
        self.is_refunded(row) || row.refund.unwrap_or(0) > 0 || row.state == Some("部分退款")
    }

    /// What was paid, where it is known what was given back of it.
    fn told(&self, row: &Row) -> Option<i64> {
        let unknown = self.has_refund(row) && !self.is_refunded(row) && row.refund.is_none();
        row.amount.filter(|_| !unknown)
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
            .filter(|row| !(self.options.drop_zero && row.ordered.or(row.amount.filter(|_| self.is_paid(row))) == Some(0)))
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
        // Nothing is taken off an amount that is not known.
        let refunds_of = |rows: &[&Row]| rows.iter().filter(|row| row.amount.is_some()).map(|row| self.refund(row)).sum::<i64>();
        let refunds = refunds_of(&paid);
        let told_amount = sum(&paid, columns.amount, &|row| self.told(row));
        out.insert("sales.net_amount", unless(no_refunds, told_amount.map(|a| a - refunds as f64 / 100.0)));
        let of_buyers: Vec<&Row> = paid.iter().copied().filter(|row| row.buyer.is_some()).collect();
        // Buyers of whose orders no amount is known pay nothing into the mean and are not in it.
        let priced: BTreeSet<u8> = of_buyers.iter().filter(|row| row.amount.is_some()).filter_map(|row| row.buyer).collect();
        let per_buyer = sum(&of_buyers, columns.amount, &amount).and_then(|a| over(a, count(priced.len())));
        out.insert("sales.per_buyer", unless(no_buyers, per_buyer));
        let known = paid.iter().filter(|row| row.amount.is_some()).count();
        out.insert("sales.per_order", paid_amount.and_then(|a| over(a, count(known))));
        let pieces: i64 = paid.iter().map(|row| row.quantity).sum();
        out.insert("sales.items_per_order", unless(nothing || !columns.lines, over(pieces as f64, count(paid.len()))));

        let paid_of_created: Vec<&Row> = created.iter().copied().filter(|row| self.is_paid(row)).collect();
        out.insert("payment.order_rate", unless(no_state, over(count(paid_of_created.len()), count(created.len()))));
        // Orders of which both amounts are known; nothing was paid of one that is not paid.
        let paid_of = |row: &Row| if self.is_paid(row) { row.amount } else { Some(0) };
        let both: Vec<(i64, i64)> = created.iter().filter_map(|row| Some((paid_of(row)?, row.ordered?))).collect();
        let any_paid = paid_of_created.iter().any(|row| row.amount.is_some() && row.ordered.is_some());
        let lacks = (paid_of_created.is_empty() && !columns.amount) || (!paid_of_created.is_empty() && !any_paid);
        let paid_share = over(both.iter().map(|(a, _)| *a).sum::<i64>() as f64, both.iter().map(|(_, b)| *b).sum::<i64>() as f64);
        let paid_share = unless(nothing || lacks, paid_share);
        out.insert("payment.amount_rate", unless(no_state, paid_share));
        let mut delays: Vec<i64> = all_paid.iter().filter_map(|row| Some(row.paid? - row.created?)).filter(|delay| *delay >= 0).collect();
        delays.sort_unstable();
        let median = match delays.len() {
            0 => None,
            n if n % 2 == 1 => Some(delays[n / 2] as f64),
            n => Some((delays[n / 2 - 1] + delays[n / 2]) as f64 / 2.0),
        };
        let days_only = grain(self.table.rows.iter().flat_map(|row| [row.created, row.paid]).flatten()) == DAY;
        out.insert("payment.delay_median", unless(nothing || days_only, median));
        let with_refund = all_paid.iter().filter(|row| self.has_refund(row)).count();
        out.insert("refund.order_rate", unless(no_refunds, over(count(with_refund), count(all_paid.len()))));
        let all_refunds = refunds_of(&all_paid);
        let refund_share = sum(&all_paid, columns.amount, &|row| self.told(row)).and_then(|a| over(all_refunds as f64 / 100.0, a));
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
        // Of a period before the first day of the orders, or after their last, nothing is known.
        if self.beyond_orders() {
            out.values_mut().for_each(|value| *value = None);
        }
        out
    }
}

fn close(a: Answer, b: Answer) -> bool {
    match (a, b) {
        (None, None) => true,
        (Some(a), Some(b)) => (a - b).abs() <= 1e-9 * b.abs().max(1.0),
        _ => false,
    }
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
        // What is known of a part of it is no whole to compare with.
        let whole = first.is_some_and(|first| first <= i64::from(before.from.0));
        for (id, known) in &then {
            let ours = figures.get(id).unwrap();
            prop_assert_eq!(ours.previous.is_some(), there, "{:?}", ours);
            prop_assert!(close(ours.previous.flatten(), known.filter(|_| whole)), "{ours:?} {known:?}");
        }
        let growth = match (now["sales.per_order"], then["sales.per_order"]) {
            (Some(now), Some(then)) if then != 0.0 && whole => Some((now - then) / then),
            _ => None,
        };
        let ours = figures.get("sales.per_order_growth").unwrap();
        prop_assert!(close(ours.value, growth), "{ours:?} {growth:?}");
    }
}
