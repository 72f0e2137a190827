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

mod inquiries;
mod standard;

pub use inquiries::FlowStep;
pub(super) use inquiries::{Inquirer, Inquiries, meet};

use super::{
    Options,
    figure::{Definition, Metric, Sheet, yuan},
    response::untimed,
    sales::PER_BUYER,
    select::View,
    talk::{Parts, Talks},
    totals::{Sum, check, lacks_paid},
};
use crate::text::many;
use alloc::{format, vec::Vec};
use inquiries::of;
use standard::{only_forwarded, standard};

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
    formula: "期内付款金额中归属询单买家询单后订单的部分，询单可在期前 / the paid amount of the orders of the period that followed an inquiry, of the period or from before it",
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

/// Of the inquiries.
pub(super) fn figures(view: &View, talks: &Talks, found: &Inquiries, options: &Options, sheet: &mut Sheet) {
    let no_chats = talks.lacks_buyers();
    let no_join = no_chats.or(view.lacks_join());
    let buyers = |metric: &mut Metric| {
        untimed(talks, metric);
        metric.left_out("after-sale", found.after_sale).left_out("no-buyer", found.nameless).left_out("no-buyer-message", talks.silent);
        if options.monologue > 0 {
            let most = options.monologue;
            let messages = many(most, "buyer message");
            metric.standard(&format!("买家不超过 {most} 条消息的会话不算 / conversations of at most {messages} do not count"));
            metric.left_out("few-buyer-messages", found.monologues);
        }
        if let Some(why) = no_chats {
            metric.unavailable(why);
        }
    };
    let joined = |metric: &mut Metric, open: u64| {
        metric.standard(&standard(found, options, open));
        // What a buyer paid on average is no share of those who asked.
        metric.open = if metric.id == PER_BUYER.id { 0 } else { open };
        view.explain_buyers(metric);
        if found.nobody > 0 && no_join.is_none() {
            let count = found.nobody;
            metric.standard(&format!(
                "{count} 笔付款订单没有买家名，计入静默：询单买家里实际下单的可能更多 / paid orders without a buyer's name count as silent, so more of those who asked may have ordered: {count}"
            ));
        }
        if let Some(why) = no_join {
            metric.unavailable(why);
        } else if !found.meet && !found.each.is_empty() {
            metric.standard(
                "聊天与订单没有共同的买家，请核对是否同一店铺 / chats and orders share no buyer: check that they are of one shop",
            );
        }
    };
    let open = found.count(Inquirer::undecided);
    let whole = found.each.len() as u64;
    let silent = found.total.cents - found.credited;
    for (definition, cents, among) in [(&INQUIRY_AMOUNT, found.credited, Some(whole)), (&SILENT_AMOUNT, silent, None)] {
        sheet.add(definition, |m| {
            m.sum(Sum { cents, ..found.total }).among = among;
            if found.unheard > 0 {
                let count = found.unheard;
                m.standard(&format!(
                    "聊天记录之外的日子有 {count} 单，是否询单不知道，计入静默 / orders on days without chats, of which nobody knows and which count as silent: {count}"
                ));
            }
            joined(m, open);
            view.explain_refunded(m);
            view.explain(m);
            m.left_out("no-amount", found.total.unknown);
            if m.why.is_none() {
                check(m, lacks_paid(view, found.total));
            }
        });
    }
    sheet.add(&BUYERS, |m| buyers(m.count(whole)));
    for (definition, part) in [(&ORDERED, found.count(|i| i.ordered)), (&PAID, found.count(|i| i.paid))] {
        sheet.add(definition, |m| {
            m.share(part, whole, NO_INQUIRY);
            joined(m, open);
            buyers(m);
        });
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
        if no_join.is_some() {
            continue;
        }
        let open = found.undecided_of(agent);
        let credited = |m: &mut Metric| {
            m.standard("归属下单前最后一位回复的客服 / credited to the agent who answered last before the order");
            own(m);
            joined(m, open);
        };
        for (definition, won) in [(&ORDERED, &found.won), (&PAID, &found.won_paid)] {
            sheet.add_by(definition, Some(by.clone()), |m| credited(m.share(of(won, agent), served, NO_INQUIRY)));
        }
        if !view.orders.fields.paid_amount || view.lacks_placed().is_some() {
            continue;
        }
        let sum = found.amount_of_agent(agent);
        let priced = |m: &mut Metric| {
            credited(m);
            m.left_out("no-amount", sum.unknown);
            check(m, lacks_paid(view, sum));
        };
        let nobody = "期内没有归属这位客服的买家付款 / no buyer credited to this agent paid in this period";
        sheet.add_by(&INQUIRY_AMOUNT, Some(by.clone()), |m| {
            m.sum(sum).among = Some(served);
            priced(m);
        });
        sheet.add_by(&PER_BUYER, Some(by), |m| priced(m.over(yuan(sum.cents), of(&found.bought, agent) as f64, nobody)));
    }
    if no_join.is_none() {
        by_time(found, &parts, talks, sheet, &joined);
    }
}

/// The figures of some of the inquiry buyers.
pub(super) fn of_some(view: &View, talks: &Talks, found: &Inquiries, options: &Options, some: &[u32], sheet: &mut Sheet) {
    let inquirers = || some.iter().filter_map(|number| found.each.get(*number as usize));
    let (whole, open) = (some.len() as u64, inquirers().filter(|i| i.undecided()).count() as u64);
    sheet.add(&BUYERS, |m| untimed(talks, m.count(whole)));
    if view.lacks_join().is_some() {
        return;
    }
    for (definition, part) in [(&ORDERED, inquirers().filter(|i| i.ordered).count()), (&PAID, inquirers().filter(|i| i.paid).count())] {
        sheet.add(definition, |m| {
            m.share(part as u64, whole, NO_INQUIRY).standard(&standard(found, options, open));
            m.open = open;
            view.explain_buyers(m);
            untimed(talks, m);
        });
    }
}

/// Conversion by the hour and weekday of the inquiry.
fn by_time(found: &Inquiries, parts: &Parts, talks: &Talks, sheet: &mut Sheet, joined: &impl Fn(&mut Metric, u64)) {
    let mut sums: Vec<(u64, u64, u64)> = parts.sums();
    for inquirer in &found.each {
        for part in parts.of(None, inquirer.first).filter(|part| *part > 0) {
            if let Some(sum) = sums.get_mut(part) {
                *sum = (sum.0 + u64::from(inquirer.ordered), sum.1 + 1, sum.2 + u64::from(inquirer.undecided()));
            }
        }
    }
    for (part, (ordered, whole, open)) in sums.into_iter().enumerate().filter(|(_, (_, whole, _))| *whole > 0) {
        sheet.add_by(&ORDERED, parts.name(part, &talks.agents), |m| joined(m.share(ordered, whole, NO_INQUIRY), open));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        metric::{
            Attribution, Facts, Figures, Period, measure,
            sample::{orders, scenes, talk, talk_with},
        },
        order::BuyerKey,
    };
    use alloc::{
        string::{String, ToString},
        vec,
    };

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

    #[test]
    fn orders_with_days_alone_follow_what_was_asked_that_day() {
        let orders = orders(
            "order_id,buyer,created_at,paid_at,state,paid_amount
1,甲,2026-01-05,2026-01-05,交易成功,10
2,乙,2026-01-06,2026-01-06,交易成功,10
3,丙,2026-01-04,2026-01-04,交易成功,10
",
        );
        let contacts = ["甲", "乙", "丙"].map(|buyer| talk(buyer, "2026-01-05", "10:00:00 买家\n10:00:09 客服小美")).to_vec();
        let figures = measure(&Facts { orders, contacts, ..Facts::default() }, &Options::default());
        let metric = figures.get("inquiry.order_conversion").unwrap();
        assert_eq!((metric.numerator, metric.denominator), (Some(2.0), Some(3.0)));
        assert!(metric.standard.contains("the orders have dates alone"), "{}", metric.standard);
        let delay = figures.get("payment.delay_median").unwrap();
        assert!(delay.value.is_none() && delay.why.as_deref().unwrap().contains("without a time of day"), "{delay:?}");
    }

    #[test]
    fn orders_to_the_minute_follow_what_was_asked_in_that_minute() {
        let orders = orders("order_id,buyer,created_at,paid_at\n1,甲,2026-01-05 10:03,2026-01-05 10:05\n");
        let contacts = vec![talk("甲", "2026-01-05", "10:03:20 买家\n10:03:29 客服小美")];
        let figures = measure(&Facts { orders, contacts, ..Facts::default() }, &Options::default());
        assert_eq!(fraction(&figures, "inquiry.order_conversion"), (1.0, 1.0));
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
        let wider = measure(&facts(), &Options { window: 2, ..Options::default() });
        assert!(wider.get("inquiry.order_conversion").unwrap().standard.contains("会话首条消息起至其后第 2 日结束"));
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
    fn sales_of_unknown_amounts_are_no_0() {
        let facts = Facts { orders: orders(&ORDERS.replace(",100,0", ",,0")), ..facts() };
        let of = |window| {
            let found = measure(&facts, &Options { window, ..Options::default() });
            let is = |m: &&Metric| m.by.as_ref().is_some_and(|by| by.name == "小美");
            let own = |id: &str| found.metrics.iter().filter(is).find(|m| m.id == id).unwrap().clone();
            let (sales, mean) = (own("sales.inquiry_amount"), own("sales.per_buyer"));
            let unknown: u64 = sales.excluded.iter().filter(|e| e.reason == "no-amount").map(|e| e.count).sum();
            assert!(mean.why.is_none_or(|why| why.contains("are empty")));
            (sales.value, mean.value, unknown, found.tables.agents.iter().find(|row| row.agent == "小美").unwrap().amount)
        };
        assert_eq!(of(1), (None, None, 1, None), "of 甲's order alone");
        assert_eq!(of(2), (Some(70.0), Some(70.0), 1, Some(70.0)), "and of 丙's");
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
        assert!(standard(&facts).contains("still open: 1"));
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

    /// Orders of January; chats of the whole quarter, or of three days.
    fn quarter(chats: &[(&str, &str)]) -> Facts {
        let rows = "order_id,buyer,created_at,paid_at,paid_amount
1,甲,2026-01-02 11:00:00,2026-01-02 11:00:00,10
2,乙,2026-01-10 11:00:00,2026-01-10 11:00:00,20
3,丙,2026-01-11 11:00:00,2026-01-11 11:00:00,40
4,丁,2026-01-31 11:00:00,2026-01-31 11:00:00,80
";
        let contacts = chats.iter().map(|(buyer, day)| talk(buyer, day, "10:00:00 买家\n10:00:09 客服小美")).collect();
        Facts { orders: orders(rows), contacts, ..Facts::default() }
    }

    #[test]
    fn inquiries_after_the_last_day_of_the_orders_are_open() {
        let facts =
            quarter(&[("甲", "2026-01-02"), ("戊", "2026-01-30"), ("己", "2026-01-31"), ("庚", "2026-03-28"), ("辛", "2026-03-31")]);
        let found = measure(&facts, &Options::default());
        let conversion = found.get("inquiry.order_conversion").unwrap();
        assert_eq!((conversion.numerator, conversion.denominator, conversion.open), (Some(1.0), Some(5.0), 2));
        assert!(conversion.standard.contains("window is still open: 2"), "{}", conversion.standard);
        // Orders lie ten days apart here: that there is none for a week is not the end of the export.
        assert!(conversion.standard.contains("the orders tell of 2026-01-02..2026-02-07"), "{}", conversion.standard);
        let lost = |facts: &Facts| {
            let counts = measure(facts, &Options::default()).tables.actions_count;
            counts.iter().find(|row| row.action == "lost_inquiry").map(|row| (row.count, row.too_old))
        };
        assert_eq!(lost(&facts), Some((0, 2)), "of 庚 and 辛 nobody knows, 戊 and 己 asked long ago");
        // Before the first of the orders it is the same.
        let early = measure(&quarter(&[("甲", "2025-12-05"), ("乙", "2026-01-10")]), &Options::default());
        assert_eq!(early.get("inquiry.order_conversion").unwrap().open, 1);
    }

    #[test]
    fn sales_on_days_without_chats_are_silent_and_told() {
        let facts = quarter(&[("乙", "2026-01-09"), ("戊", "2026-01-10")]);
        let found = measure(&facts, &Options::default());
        let amount = |id: &str| (value(&found, id), found.get(id).unwrap().period.unwrap().to_string());
        let days = "2026-01-02..2026-01-31";
        assert_eq!(amount("sales.inquiry_amount"), (20.0, days.into()));
        assert_eq!(amount("sales.silent_amount"), (130.0, days.into()));
        assert_eq!(amount("sales.paid_amount"), (150.0, days.into()));
        let told = |found: &Figures| found.get("sales.silent_amount").unwrap().standard.contains("which count as silent: 2");
        let same_days = measure(&facts, &Options { period: Period::parse("2026-01-09..2026-01-11"), ..Options::default() });
        assert_eq!((told(&found), told(&same_days)), (true, false));
        let none = measure(&quarter(&[("甲", "2026-03-02")]), &Options::default());
        let why = none.get("sales.silent_amount").unwrap().why.clone().unwrap();
        assert!(why.contains("the chats are of 2026-03-02..2026-03-02"), "{why}");
        assert!(none.tables.flow.is_empty() && none.tables.agents.first().is_some_and(|row| row.ordered.is_none()));
    }

    #[test]
    fn phone_numbers_meet_no_accounts() {
        let rows = "order_id,buyer,created_at,paid_at,paid_amount\n1,13900000001,2026-01-05 11:00:00,2026-01-05 11:00:00,10\n2,13900000002,2026-01-07 11:00:00,2026-01-07 11:00:00,10\n";
        let of = |buyer: &str, key| {
            let contacts = vec![talk(buyer, "2026-01-05", "10:00:00 买家\n10:00:09 客服小美")];
            measure(&Facts { orders: orders(rows), contacts, ..Facts::default() }, &Options { buyer: key, ..Options::default() })
        };
        let apart = of("甲", BuyerKey::Phone);
        for id in
            ["inquiry.order_conversion", "inquiry.payment_conversion", "sales.inquiry_amount", "sales.silent_amount", "service.care_rate"]
        {
            let metric = apart.get(id).unwrap();
            assert!(metric.why.as_deref().unwrap_or_default().contains("the chats by account"), "{id}: {:?}", metric.why);
        }
        assert_eq!(value(&apart, "inquiry.buyers"), 1.0);
        assert!(apart.tables.flow.is_empty());
        assert!(apart.tables.actions_count.iter().all(|row| row.action != "lost_inquiry"));
        assert!(apart.tables.lifecycle.iter().all(|row| row.group != "prospect"));
        // Where chats are with phone numbers they meet; and accounts that do not meet may be of different buyers.
        assert_eq!(value(&of("13900000001", BuyerKey::Phone), "inquiry.order_conversion"), 1.0);
        assert_eq!(value(&of("甲", BuyerKey::Account), "inquiry.order_conversion"), 0.0);
    }

    #[test]
    fn whom_an_agent_was_asked_by_is_known_without_orders() {
        let contacts = vec![talk("甲", "2026-01-05", "10:00:00 买家\n10:00:09 客服小美")];
        let found = measure(&Facts { contacts, ..Facts::default() }, &Options::default());
        let of_agent: Vec<_> = found.metrics.iter().filter(|m| m.id.starts_with("inquiry.") && m.by.is_some()).collect();
        assert_eq!(of_agent.iter().map(|m| (m.id, m.value)).collect::<Vec<_>>(), [("inquiry.buyers", Some(1.0))]);
    }
}
