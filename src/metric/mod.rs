//! Figures: every one with its numerator, denominator, formula, standard, period and what was left out.
//!
//! Facts merge, figures are finished once: [`Facts::merge`] joins what was read from any number of files in any order,
//! [`measure`] counts. What the input cannot carry is `unavailable` with a reason, never 0.

mod actions;
mod agents;
mod before;
mod buyers;
mod by_product;
mod campaigns;
mod cohorts;
mod customers;
mod cuts;
mod cycle;
mod figure;
mod given;
mod inquiry;
mod issues;
mod kpi;
mod lift;
mod options;
mod outliers;
mod payment;
mod products;
mod rated;
mod ratings;
mod reasons;
mod repurchase;
mod response;
mod reviews;
mod rfm;
mod roster;
mod rows;
mod run;
mod sales;
#[cfg(test)]
mod sample;
mod select;
mod service;
mod standard;
pub mod stats;
mod tables;
mod talk;
mod told;
mod totals;
mod waits;
mod weekly;

pub use actions::{Action, ActionCount};
pub use agents::AgentRow;
pub use before::Before;
pub use campaigns::Campaign;
pub use cohorts::{Cohort, SecondPurchase};
pub use customers::Group;
pub use cuts::{Cuts, RfmCuts, USUAL_CYCLE};
pub use cycle::ProductCycle;
pub use figure::{By, Definition, Excluded, Metric, Status, definitions};
pub use given::GivenRow;
pub use inquiry::FlowStep;
pub use issues::{AlertRow, Issue};
pub use kpi::{Board, KpiRow, PayItem, PayRow};
pub use lift::Lift;
pub use options::{Attribution, Options, Period, Refunded, day};
pub use outliers::Outlier;
pub use products::Product;
pub use reasons::RefundReason;
pub use reviews::ReviewRow;
pub use rfm::{Segment, Spread};
pub use rows::{FigureRow, FigureRows, rows, rows_of};
pub(crate) use service::COMPLAINT;
pub use standard::{HoursOf, ResponseStandard, Unanswered};
pub use tables::{Figures, Tables};
pub use waits::Waits;
pub use weekly::Weekly;

use crate::{
    link::{self, Contact, Reviewed, reviewed},
    order::Orders,
    side::Side,
};
use alloc::vec::Vec;
use run::{Counted, FAMILIES, Run};

/// What was read, before anything is counted.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The orders of all files, each once.
    pub orders: Orders,
    /// The conversations of all files, each once.
    pub contacts: Vec<Contact>,
    /// The side tables of all files.
    pub side: Side,
    /// The reviews of its table, and what the book found in them.
    pub reviews: Vec<Reviewed>,
}

impl Facts {
    /// Adds the facts of more files, in whatever order and however they overlap: orders meet by their number,
    /// conversations by buyer and beginning.
    pub fn merge(&mut self, more: Self) {
        self.orders.merge(more.orders);
        link::merge(&mut self.contacts, more.contacts);
        self.side.merge(&more.side);
        reviewed::merge(&mut self.reviews, more.reviews);
    }
}

/// Counts everything once.
pub fn measure(facts: &Facts, options: &Options) -> Figures {
    let run = Run::new(facts, options);
    let mut counted = run.count(options.period, true);
    run.tables(&mut counted);
    let listed = by_product::listed(&counted.sheet.tables.products);
    run.by_product(&mut counted, &listed);
    let mut sheet = counted.sheet;
    let mut known_before = Vec::new();
    if let Some(period) = options.period {
        let mut before = run.count(Some(period.before()), false);
        run.by_product(&mut before, &listed);
        before.sheet.metrics.retain(|metric| run.begins(metric.id).is_some_and(|first| first <= period.before().from));
        sheet.compare(&before.sheet, period.before(), &|id| run.begins(id));
        run.tell_end(period, &mut sheet);
        sales::growth(&mut sheet);
        known_before = core::mem::take(&mut before.sheet.metrics);
        run.beside(&mut sheet.tables, before, period.before());
    }
    sheet.tables.products.truncate(products::MOST);
    sheet.tables.refund_reasons.truncate(reasons::MOST);
    sheet.in_order();
    let mut figures = Figures { metrics: sheet.metrics, as_of: run.as_of, tables: sheet.tables, unmet: run.list.unmet(facts) };
    figures.tables.given = given::table(&facts.side, &figures.metrics);
    options.board.fill(&mut figures, &known_before);
    figures
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        order::{NONE, State},
        time::{Day, Time},
    };
    use alloc::{
        collections::BTreeSet,
        format,
        string::{String, ToString},
        vec,
    };
    use proptest::prelude::*;

    /// The list of the contract, in its order.
    const IDS: &str = "orders.created orders.paid orders.buyers orders.purchase_days sales.ordered_amount sales.paid_amount \
        sales.net_amount sales.per_buyer sales.per_order sales.per_order_growth sales.items_per_order sales.inquiry_amount \
        sales.silent_amount payment.order_rate payment.amount_rate payment.delay_median refund.order_rate refund.amount_rate \
        payment.reminded_rate payment.after_reminder_rate inquiry.buyers inquiry.order_conversion inquiry.payment_conversion repurchase.customer_rate \
        repurchase.customer_rate_unmerged repurchase.order_rate repurchase.order_rate_merged repurchase.returning_rate \
        cycle.customer cycle.customer_pooled cycle.product response.first response.mean response.within_20s \
        response.within_30s response.within_3min response.reply_rate response.message_ratio service.csat \
        service.complaint_rate service.first_contact_resolution service.care_rate service.shipping_told_rate service.shipping_delay_median \
        service.review_answer_rate customers.core_repurchase_rate customers.wake_up_rate campaigns.response_rate";

    #[test]
    fn every_figure_of_the_contract_is_there_once() {
        let found = measure(&Facts::default(), &Options::default());
        let ids: Vec<&str> = found.metrics.iter().map(|m| m.id).collect();
        assert_eq!(ids, IDS.split_whitespace().collect::<Vec<_>>());
        for metric in &found.metrics {
            assert_eq!((metric.value, metric.status), (None, Status::Unavailable), "{}: nothing is known of nothing", metric.id);
            for words in [metric.formula, metric.why.as_deref().unwrap_or_default()] {
                assert!(words.contains(" / "), "{}: Chinese / English", metric.id);
            }
        }
    }

    #[test]
    fn json_as_the_contract_says() {
        let orders = sample::orders("order_id,buyer,paid_at,paid_amount\n1,甲,2026-01-05 10:00:00,100\n");
        let contacts = vec![sample::talk("甲", "2026-01-05", "10:00:00 买家\n10:00:09 客服小美")];
        let period = Period::parse("2026-01-05..2026-01-06");
        let found = measure(&Facts { orders, contacts, ..Facts::default() }, &Options { period, ..Options::default() });
        let json = serde_json::to_value(&found).unwrap();
        let paid = json["metrics"].as_array().unwrap().iter().find(|m| m["id"] == "repurchase.customer_rate").unwrap();
        let keys: Vec<&str> = paid.as_object().unwrap().keys().map(String::as_str).collect();
        let known = "denominator excluded formula id interval numerator period standard status title title_en unit value why";
        assert_eq!(keys.iter().copied().collect::<BTreeSet<_>>(), known.split(' ').collect());
        assert_eq!((paid["value"].as_f64(), paid["denominator"].as_f64()), (Some(0.0), Some(1.0)));
        assert_eq!((paid["period"].as_str(), paid["status"].as_str()), (Some("2026-01-05..2026-01-06"), Some("ok")));
        assert!(paid["why"].is_null());
        let by = json["metrics"].as_array().unwrap().iter().find(|m| m["by"]["agent"] == "小美");
        assert!(by.is_some());
        for table in ["cycle.product", "rfm", "lifecycle", "layers", "agents", "flow", "lift", "issues", "actions", "alerts"] {
            assert!(json["tables"][table].is_array(), "{table}");
        }
    }

    #[test]
    fn the_period_before_is_set_beside() {
        let orders = sample::orders(
            "order_id,buyer,paid_at,paid_amount\n1,甲,2026-01-03 10:00:00,100\n2,甲,2026-01-05 10:00:00,50\n3,甲,2026-01-09 10:00:00,50\n",
        );
        let facts = Facts { orders, ..Facts::default() };
        let of = |period: &str| {
            let found = measure(&facts, &Options { period: Period::parse(period), ..Options::default() });
            let metric = found.get("sales.paid_amount").unwrap();
            (metric.previous, metric.standard.contains("incomplete: the data begin on 2026-01-03"))
        };
        assert_eq!(of("2026-01-05..2026-01-06"), (Some(Some(100.0)), false));
        assert_eq!(of("2026-01-05..2026-01-08"), (Some(None), true), "the data begin on the 3rd, not on the 1st");
        assert_eq!(of("2026-01-02..2026-01-03"), (None, false), "there is nothing before");
        assert_eq!(of("2026-01-07..2026-01-08"), (Some(Some(50.0)), false));
    }

    #[test]
    fn what_lies_before_the_data_is_unknown_and_not_none() {
        // The chats begin on the 7th: who asked on the 3rd nobody knows.
        let orders = sample::orders(
            "order_id,buyer,created_at,paid_at,paid_amount\n1,甲,2026-01-03 10:00:00,2026-01-03 10:00:00,100\n2,甲,2026-01-07 11:00:00,2026-01-07 11:00:00,50\n",
        );
        let contacts = vec![sample::talk("甲", "2026-01-07", "10:00:00 买家\n10:00:09 客服小美")];
        let facts = Facts { orders, contacts, ..Facts::default() };
        let found = measure(&facts, &Options { period: Period::parse("2026-01-07..2026-01-10"), ..Options::default() });
        let of = |id: &str| found.get(id).unwrap().previous;
        for id in [
            "inquiry.buyers",
            "inquiry.order_conversion",
            "sales.inquiry_amount",
            "sales.silent_amount",
            "response.mean",
            "service.complaint_rate",
        ] {
            assert_eq!(of(id), None, "{id}");
        }
        assert_eq!((of("sales.paid_amount"), of("orders.created")), (Some(Some(100.0)), Some(Some(1.0))));
    }

    /// Orders of January and chats of February: of neither month is known who of those who asked bought.
    #[test]
    fn a_period_without_data_is_unknown_and_not_0() {
        let orders = sample::orders(
            "order_id,buyer,created_at,paid_at,paid_amount,sku,quantity\n1,甲,2026-01-01 10:00:00,2026-01-01 10:00:00,100,700123,1\n2,甲,2026-01-20 10:00:00,2026-01-20 10:00:00,50,700123,1\n",
        );
        let mut talk = sample::talk("甲", "2026-02-07", "10:00:00 买家\n10:00:09 客服小美");
        talk.products.push("700123".into());
        let facts = Facts { orders, contacts: vec![talk], ..Facts::default() };
        let of = |period: &str| measure(&facts, &Options { period: Period::parse(period), ..Options::default() });
        let (january, february, march) = (of("2026-01-01..2026-01-31"), of("2026-02-01..2026-02-28"), of("2026-03-01..2026-03-31"));
        let value = |figures: &Figures, id: &str| figures.get(id).unwrap().value;
        assert_eq!(["orders.paid", "sales.paid_amount"].map(|id| value(&january, id)), [Some(2.0), Some(150.0)]);
        assert_eq!(["inquiry.buyers", "sales.silent_amount", "response.mean"].map(|id| value(&january, id)), [None; 3]);
        assert_eq!(["inquiry.buyers", "response.mean"].map(|id| value(&february, id)), [Some(1.0), Some(9.0)]);
        for id in ["orders.created", "orders.buyers", "inquiry.order_conversion", "repurchase.returning_rate", "customers.wake_up_rate"] {
            assert_eq!(value(&february, id), None, "{id}");
        }
        let why = |figures: &Figures, id: &str| figures.get(id).unwrap().why.clone().unwrap();
        assert!(why(&february, "orders.paid").contains("the orders are of 2026-01-01..2026-01-20"));
        assert!(why(&january, "inquiry.order_conversion").contains("the chats are of 2026-02-07..2026-02-07"));
        for metric in &march.metrics {
            assert_eq!((metric.value, metric.status), (None, Status::Unavailable), "{}", metric.id);
        }
        assert_eq!(february.get("orders.paid").unwrap().previous, Some(Some(2.0)), "those of January");
        // Tables do not say more.
        assert_eq!([&january, &february, &march].map(|figures| figures.tables.flow.len()), [0; 3]);
        assert_eq!((january.tables.products[0].paid, january.tables.products[0].asked), (2, None));
        assert_eq!((february.tables.products[0].asked, february.tables.products[0].asked_ordered), (Some(1), None));
        assert_eq!(february.tables.agents[0].ordered, None);
        let of_product: Vec<_> = february.metrics.iter().filter(|m| m.by.as_ref().is_some_and(|by| by.kind == "product")).collect();
        assert!(of_product.iter().all(|m| m.id == "inquiry.buyers" || m.id.starts_with("response.") || m.id == "service.complaint_rate"));
        assert_eq!(of_product.iter().filter(|m| m.id == "inquiry.buyers").count(), 1);
    }

    /// An hour in which nobody ordered then has a period before all the same.
    #[test]
    fn a_part_without_rows_then_was_0() {
        let orders = sample::orders(
            "order_id,buyer,created_at,paid_at,paid_amount\n1,甲,2026-01-05 10:00:00,2026-01-05 10:00:00,90\n2,乙,2026-01-06 10:00:00,2026-01-06 23:30:00,40\n",
        );
        let period = Period::parse("2026-01-06..2026-01-06");
        let found = measure(&Facts { orders, ..Facts::default() }, &Options { period, ..Options::default() });
        let at_23 = |id: &str| found.metrics.iter().find(|m| m.id == id && m.by.as_ref().is_some_and(|by| by.name == "23")).unwrap();
        assert_eq!(["orders.paid", "sales.paid_amount"].map(|id| at_23(id).previous), [Some(Some(0.0)); 2]);
    }

    /// A month that is not over looks like a bad one.
    #[test]
    fn a_period_beyond_the_last_day_of_the_data_says_so() {
        let orders = sample::orders("order_id,buyer,paid_at,paid_amount\n1,甲,2026-01-01 10:00:00,90\n2,乙,2026-02-14 10:00:00,40\n");
        let facts = Facts { orders, ..Facts::default() };
        let of = |period: &str| {
            let found = measure(&facts, &Options { period: Period::parse(period), ..Options::default() });
            let paid = found.get("sales.paid_amount").unwrap();
            (paid.value, paid.previous, paid.standard.contains("the data ends on 2026-02-14"))
        };
        assert_eq!(of("2026-02-01..2026-02-28"), (Some(40.0), Some(Some(90.0)), true));
        assert_eq!(of("2026-02-01..2026-02-14"), (Some(40.0), Some(Some(0.0)), false));
        assert_eq!(of("2026-02-01..2026-02-20"), (Some(40.0), Some(Some(0.0)), false), "no order for six days is usual here");
        assert_eq!(of("2025-12-28..2026-02-28"), (Some(130.0), None, false), "nothing to compare with");
    }

    #[test]
    fn what_is_listed_counts_nowhere_and_is_counted() {
        let orders = sample::orders(
            "order_id,buyer,created_at,paid_at,paid_amount\n1,ｂ１,2026-01-05 10:00:00,2026-01-05 10:00:00,100\n2,乙,2026-01-05 10:00:00,2026-01-05 10:00:00,50\n3,乙,2026-01-09 10:00:00,2026-01-09 10:00:00,50\n",
        );
        let contacts = vec![
            sample::talk("ｂ1", "2026-01-04", "10:00:00 买家\n10:00:09 客服小美"),
            sample::talk("丙", "2026-01-05", "10:00:00 买家\n10:00:01 客服小美"),
        ];
        let side = crate::side::read("reviews.csv", "buyer,text,stars\n丁,很好,5\n".as_bytes(), &Default::default()).side;
        let exclude = vec![" cntaobaob1".into(), "=\"3\"".into(), "nobody".into(), "丁".into()];
        let found = measure(&Facts { orders, contacts, side, ..Facts::default() }, &Options { exclude, ..Options::default() });
        assert_eq!(found.unmet, ["nobody"], "丁 praised, which no figure counts");
        let of = |id: &str| {
            let metric = found.get(id).unwrap();
            (metric.value, metric.excluded.iter().filter(|e| e.reason == "listed").map(|e| e.count).sum::<u64>())
        };
        assert_eq!(of("sales.paid_amount"), (Some(50.0), 2));
        assert_eq!(of("inquiry.buyers"), (Some(1.0), 1));
        assert_eq!(of("response.mean"), (Some(1.0), 1));
        assert_eq!(found.get("orders.paid").unwrap().period.unwrap().to_string(), "2026-01-05..2026-01-05");
    }

    #[test]
    fn an_unpaid_order_is_worth_what_was_ordered() {
        let created = |csv: &str| {
            let options = Options { drop_zero: true, ..Options::default() };
            measure(&Facts { orders: sample::orders(csv), ..Facts::default() }, &options).get("orders.created").unwrap().value
        };
        let rows = "订单编号,买家会员名,买家应付货款,买家实际支付金额,订单状态,订单创建时间\n1,甲,10,10,交易成功,2026-01-05\n2,乙,10,0.00,等待买家付款,2026-01-05\n3,丙,10,0.00,交易关闭,2026-01-05\n";
        assert_eq!(created(rows), Some(3.0));
        assert_eq!(created(&format!("{rows}4,丁,0,0,等待买家付款,2026-01-05\n5,丁,10,0,交易成功,2026-01-05\n")), Some(4.0));
        // Where nobody says what was ordered, what was paid of a paid order tells.
        let paid = "order_id,state,created_at,paid_amount\n1,交易成功,2026-01-05,0\n2,等待买家付款,2026-01-05,0\n3,已取消,2026-01-05,0\n";
        assert_eq!(created(paid), Some(2.0));
    }

    #[test]
    fn what_was_left_out_on_other_days_is_not_counted() {
        let orders = sample::orders(
            "order_id,buyer,paid_at,paid_amount\n1,甲,2026-01-05 10:00:00,100\n2,,2026-01-05 10:00:00,50\n3,,2026-01-05 11:00:00,50\n4,,2026-02-05 10:00:00,50\n5,乙,2026-02-05 10:00:00,50\n6,丙,2026-02-05 10:00:00,0\n",
        );
        let contacts = ["2026-01-05", "2026-02-05"].map(|day| sample::talk("乙", day, "10:00:00 买家\n10:00:09 客服小美"));
        let options = |period| Options {
            period: Period::parse(period),
            known_buyers: true,
            drop_zero: true,
            exclude: vec!["乙".into()],
            ..Options::default()
        };
        let facts = Facts { orders, contacts: contacts.into(), ..Facts::default() };
        let of = |period, id: &str| {
            let found = measure(&facts, &options(period));
            let metric = found.get(id).unwrap();
            (metric.excluded.iter().map(|e| (e.reason, e.count)).collect::<Vec<_>>(), metric.is_settled())
        };
        // Who leaves out orders without a buyer does not lack them.
        assert_eq!(of("2026-01-01..2026-01-31", "sales.paid_amount"), (vec![("no-buyer", 2)], true));
        assert_eq!(of("2026-02-01..2026-02-28", "sales.paid_amount").0, [("zero-amount", 1), ("no-buyer", 1), ("listed", 1)]);
        assert_eq!(of("2026-01-01..2026-01-31", "response.mean").0, [("listed", 1)]);
    }

    #[test]
    fn windows_stretch_to_the_shops_own_cycle() {
        let rows =
            "order_id,buyer,paid_at,paid_amount\n1,甲,2026-01-01 10:00:00,1\n2,甲,2026-04-01 10:00:00,1\n3,乙,2026-01-31 10:00:00,1\n";
        let facts = Facts { orders: sample::orders(rows), ..Facts::default() };
        let stage = |by_cycle| {
            let options = Options { cuts: Cuts { by_cycle, ..Cuts::default() }, ..Options::default() };
            let tables = measure(&facts, &options).tables;
            tables.lifecycle.iter().filter(|row| row.buyers > 0).map(|row| row.group).collect::<Vec<_>>()
        };
        // 乙 bought 60 days ago, the cycle is 90 days.
        assert_eq!(stage(false), ["old", "risk_high"]);
        assert_eq!(stage(true), ["new_related", "old"]);
    }

    /// Any numbers at all, far beyond what the readers let through.
    fn orders() -> impl Strategy<Value = Orders> {
        let any_number = || prop_oneof![Just(NONE), Just(i64::MAX), Just(i64::MIN + 1), any::<i64>(), 0_i64..2_000_000_000];
        let row = (0_u32..5, any_number(), any_number(), 0_usize..7, any_number(), any_number(), any_number(), any_number());
        proptest::collection::vec(row, 0..12).prop_map(|rows| {
            let mut orders = Orders::default();
            for (at, (buyer, created, paid, state, ordered, amount, refund, quantity)) in rows.into_iter().enumerate() {
                let states = [
                    State::Unknown,
                    State::Unpaid,
                    State::Paid,
                    State::Shipped,
                    State::Received,
                    State::PartRefunded,
                    State::Closed,
                    State::Refunded,
                ];
                orders.ids.intern(&at.to_string());
                orders.buyer.push(if buyer == 4 { u32::MAX } else { orders.buyers.intern(&format!("b{buyer}")) });
                orders.created_at.push(created);
                orders.paid_at.push(paid);
                orders.received_at.push(NONE);
                orders.state.push(states[state]);
                orders.ordered_amount.push(ordered);
                orders.paid_amount.push(amount);
                orders.refund_amount.push(refund);
                orders.lines.order.push(at as u32);
                orders.lines.sku.push(orders.skus.intern("s"));
                orders.lines.quantity.push(quantity);
                orders.lines.amount.push(amount);
            }
            orders
        })
    }

    fn contacts() -> impl Strategy<Value = Vec<Contact>> {
        let any_time =
            || proptest::option::of(prop_oneof![any::<i64>(), Just(i64::MAX), 0_i64..2_000_000_000].prop_map(Time::from_seconds));
        let round = (any_time(), proptest::option::of(any::<i64>()), any::<bool>(), proptest::option::of(0_u16..3))
            .prop_map(|(opened, seconds, answered, agent)| link::RoundFacts { opened, seconds, to_minute: false, answered, agent });
        let contact = (any_time(), any_time(), 0_u8..6, proptest::collection::vec(round, 0..4), any::<u32>(), any::<bool>());
        let contact = contact.prop_map(|(start, asked_at, buyer, rounds, messages, replied)| Contact {
            buyer: (buyer < 5).then(|| format!("b{buyer}")),
            start,
            asked_at,
            end: start,
            id: buyer.to_string(),
            agents: vec!["小美".into(), "小敏".into()],
            handed: vec![link::Handover { agent: 1, messages: 0, to: Some(2) }],
            first_response: rounds.first().and_then(|t| t.seconds),
            rounds,
            buyer_messages: messages,
            agent_messages: messages,
            replied,
            waits: !replied,
            products: vec![],
            found: link::Findings { signals: vec!["complaint".into()], alerts: vec!["angry".into()], ..link::Findings::default() },
        });
        proptest::collection::vec(contact, 0..6)
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn nothing_panics(orders in orders(), contacts in contacts(), from in any::<i32>(), to in any::<i32>(), window in any::<u32>(), some in any::<bool>()) {
            let options = Options {
                period: some.then_some(Period { from: Day(from), to: Day(to) }),
                as_of: some.then_some(Day(to)),
                window,
                drop_zero: some,
                ..Options::default()
            };
            let figures = measure(&Facts { orders, contacts, ..Facts::default() }, &options);
            prop_assert!(figures.metrics.iter().all(|m| m.value.is_some() != m.why.is_some()));
            prop_assert!(figures.metrics.iter().all(|m| m.value.is_none_or(f64::is_finite)));
        }
    }
}
