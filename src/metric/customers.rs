//! Customers (U9, T7): the stages of a customer's life, layers, and what became of them.
//!
//! 甲 bought three times in autumn for more than the shop's mean order and is core when the year ends; 乙 and 丙 last bought
//! more than 180 days before it. In January 甲 and 乙 buy: 1 of 1 core customers, 1 of 2 dormant ones.
//!
//! ```
//! use huashu::{metric::{Facts, Options, Period, measure}, order};
//! let csv = "order_id,buyer,paid_at,paid_amount
//! 1,甲,2025-10-10 10:00:00,200
//! 2,甲,2025-11-10 10:00:00,200
//! 3,甲,2025-12-10 10:00:00,200
//! 4,乙,2025-01-10 10:00:00,50
//! 5,丙,2025-06-10 10:00:00,50
//! 6,甲,2026-01-10 10:00:00,50
//! 7,乙,2026-01-11 10:00:00,50
//! ";
//! let facts = Facts { orders: order::read("a.csv", csv.as_bytes(), &Default::default()).orders, ..Facts::default() };
//! let figures = measure(&facts, &Options { period: Period::parse("2026-01-01..2026-01-31"), ..Options::default() });
//! assert_eq!(figures.get("customers.core_repurchase_rate").unwrap().value, Some(1.0));
//! assert_eq!(figures.get("customers.wake_up_rate").unwrap().value, Some(1.0 / 2.0));
//! // On the last day of the data, the 11th: 甲 bought yesterday and more than once, 乙 today, 丙 is lost.
//! let lifecycle: Vec<_> = figures.tables.lifecycle.iter().filter(|row| row.buyers > 0).map(|row| (row.group, row.buyers)).collect();
//! assert_eq!(lifecycle, [("old", 2), ("dormant", 1)]);
//! ```

use super::{
    Before, Cuts, Options, Period,
    buyers::{Buyer, Buyers, Paid, Purchases},
    figure::{Definition, Metric, Sheet},
    inquiry::{Inquirer, Inquiries},
    rfm::{self, recency, share},
    select::{View, Window},
    talk::{Talks, day_of},
    totals::NO_PAID,
};
use crate::{
    link::buyer_key,
    order::Names,
    text::many,
    time::{Day, Time},
};
use alloc::{format, string::String, vec, vec::Vec};
use serde::Serialize;

const CORE: Definition = Definition {
    id: "customers.core_repurchase_rate",
    title: "核心客户复购率",
    title_en: "Core repurchase rate",
    unit: "ratio",
    formula: "期前的核心客户中期内有购买日的 ÷ 期前的核心客户 / buyers core before the period with a purchase day in it ÷ buyers core before it",
};
const WAKE: Definition = Definition {
    id: "customers.wake_up_rate",
    title: "沉睡客户唤醒率",
    title_en: "Wake-up rate of dormant customers",
    unit: "ratio",
    formula: "期初的沉睡客户中期内有购买日的 ÷ 期初的沉睡客户 / buyers dormant at the period's start who bought in it ÷ buyers dormant at its start",
};

pub(super) const DEFINITIONS: &[Definition] = &[CORE, WAKE];

/// A group of customers: a row of the tables `lifecycle` and `layers`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Group {
    /// `prospect`, `new_care`, …; `core`, `potential`, `dormant`.
    pub group: &'static str,
    /// What shops call it.
    pub title: &'static str,
    /// The same in English.
    pub title_en: &'static str,
    /// By what a customer belongs to it, Chinese / English.
    pub rule: alloc::string::String,
    /// How many buyers.
    pub buyers: u64,
    /// Their share of all rows of the table.
    pub share: f64,
    /// What they paid, in yuan, as far as it is known; `null` where it is of none of their orders.
    pub amount: Option<f64>,
    /// Orders of theirs whose amount is unknown.
    pub no_amount: u64,
    /// The row of the period before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Before<Self>,
}

/// A layer of customers (T7).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Layer {
    Core,
    Potential,
    Dormant,
    /// Core, if the amount of any order were known: potential, as far as anyone can tell.
    Unpriced,
}

/// Purchase days, average order and engagement decide: core customers bought on enough days, for at least the shop's mean
/// order, and were there lately; dormant ones have neither bought nor written for long; the rest have potential.
fn layer(buyer: &Buyer, active: i32, on: Day, shop: Paid, cuts: &Cuts) -> Layer {
    let away = i64::from(on.0) - i64::from(active);
    if away > i64::from(cuts.risk_low) {
        Layer::Dormant
    } else if buyer.days >= cuts.core_days && away <= i64::from(cuts.core_active) {
        match shop.reached_by(buyer) {
            Some(true) => Layer::Core,
            Some(false) => Layer::Potential,
            None => Layer::Unpriced,
        }
    } else {
        Layer::Potential
    }
}

/// The day on which each buyer was last there in the window, by a purchase or a message; meaningless without a purchase day.
pub(super) fn active(view: &View, buyers: &Buyers, talks: &Talks, window: Window) -> Vec<i32> {
    let mut active: Vec<i32> = buyers.each.iter().map(|b| b.last).collect();
    let mut names = Names::default();
    let mut wrote: Vec<i32> = Vec::new();
    for contact in talks.all.iter().copied().filter(|c| c.buyer_messages > 0) {
        let day = day_of(contact);
        let Some(name) = contact.buyer.as_deref().filter(|_| window.contains(day)) else { continue };
        let number = names.intern(&buyer_key(name)) as usize;
        match wrote.get_mut(number) {
            Some(last) => *last = day.max(*last),
            None => wrote.push(day),
        }
    }
    for (number, active) in view.among(&names).into_iter().zip(&mut active) {
        if let Some(&last) = number.and_then(|number| wrote.get(number as usize)) {
            *active = last.max(*active);
        }
    }
    active
}

/// The layer of every buyer with a purchase day up to the end of `window`, as seen on `on`.
fn layers(view: &View, buyers: &Buyers, talks: &Talks, window: Window, on: Day, cuts: &Cuts) -> Vec<Option<Layer>> {
    let active = active(view, buyers, talks, window);
    let shop = Paid::of(buyers.with_orders());
    buyers.each.iter().zip(active).map(|(b, active)| (b.days > 0).then(|| layer(b, active, on, shop, cuts))).collect()
}

/// The layer of every buyer on the day before a period.
pub(super) fn before(view: &View, purchases: &Purchases, period: Period, talks: &Talks, cuts: &Cuts) -> Vec<Option<Layer>> {
    let on = period.before().to;
    let earlier = Window::until(on);
    layers(view, &Buyers::of(purchases, earlier), talks, earlier, on, cuts)
}

pub(super) fn figures(
    view: &View,
    purchases: &Purchases,
    period: Option<Period>,
    buyers: &Buyers,
    talks: &Talks,
    options: &Options,
    sheet: &mut Sheet,
) {
    let cuts = &options.cuts;
    let no_period = "需要统计期间：请给出期间，并导出期前的历史订单 / needs a period: give one, and export the orders before it as well";
    let before = period.map(|period| {
        let layers = before(view, purchases, period, talks, cuts);
        let count = |wanted: Layer| {
            let mut whole = 0;
            let mut part = 0;
            for (layer, now) in layers.iter().zip(&buyers.each) {
                if *layer == Some(wanted) {
                    whole += 1;
                    part += u64::from(now.days > 0);
                }
            }
            (part, whole)
        };
        (count(Layer::Core), count(Layer::Dormant), count(Layer::Unpriced).1)
    });
    let explain = |metric: &mut Metric, standard: &str| {
        metric.standard(standard);
        view.explain_refunded(metric);
        view.explain(metric);
        view.explain_buyers(metric);
        metric.left_out("refunded", buyers.refunded).left_out("no-buyer", buyers.nobody).left_out("no-time", buyers.timeless);
        if before.is_none() {
            metric.unavailable(no_period);
        }
        if let Some(why) = view.lacks_buyers().or(view.lacks_times()) {
            metric.unavailable(why);
        }
    };
    let (core, dormant, unpriced) = before.unwrap_or_default();
    sheet.add(&CORE, |m| {
        m.share(core.0, core.1, "期前没有核心客户：请导出更早的订单 / no core customer before the period: export earlier orders as well");
        m.left_out("no-amount", unpriced);
        explain(m, &core_rule(cuts));
        if !view.orders.fields.paid_amount && before.is_some() {
            m.unavailable(NO_PAID);
        }
    });
    sheet.add(&WAKE, |m| {
        m.share(
            dormant.0,
            dormant.1,
            "期初没有沉睡客户：请导出更早的订单 / no dormant customer at the period's start: export earlier orders as well",
        );
        explain(m, &dormant_rule(cuts));
    });
}

fn core_rule(cuts: &Cuts) -> alloc::string::String {
    let Cuts { core_days, core_active, .. } = cuts;
    alloc::format!(
        "核心：至少 {core_days} 个购买日，平均每单不低于店铺均值，{core_active} 天内购买或咨询过 / core: at least {}, mean order at least the shop's, bought or wrote within {}",
        many(*core_days, "purchase day"),
        many(*core_active, "day")
    )
}

fn dormant_rule(cuts: &Cuts) -> alloc::string::String {
    let days = cuts.risk_low;
    alloc::format!("沉睡：超过 {days} 天未购买也未咨询 / dormant: neither bought nor wrote for more than {}", many(days, "day"))
}

/// The tables of customers, over all history up to `as_of`: `buyers` are those of that history.
pub(super) fn tables(view: &View, buyers: &Buyers, talks: &Talks, inquiries: &Inquiries, options: &Options, as_of: Day, sheet: &mut Sheet) {
    if view.lacks_buyers().or(view.lacks_times()).is_some() {
        return;
    }
    let (segments, spreads) = rfm::tables(buyers, as_of, &options.cuts.rfm);
    sheet.tables.rfm = segments;
    sheet.tables.rfm_quantiles = spreads;
    sheet.tables.lifecycle = lifecycle(view, buyers, inquiries, as_of, &options.cuts);
    let each = layers(view, buyers, talks, Window::until(as_of), as_of, &options.cuts);
    let whole = buyers.with_days().count() as u64;
    let rows = [
        (Layer::Core, "core", "核心客户", "Core", core_rule(&options.cuts)),
        (Layer::Potential, "potential", "潜力客户", "Potential", "其余 / the rest".into()),
        (Layer::Dormant, "dormant", "沉睡客户", "Dormant", dormant_rule(&options.cuts)),
    ];
    sheet.tables.layers = rows
        .into_iter()
        .map(|(wanted, group, title, title_en, rule)| {
            let of = |layer: Layer| if layer == Layer::Unpriced { Layer::Potential } else { layer };
            let own = each.iter().zip(&buyers.each).filter(|(layer, _)| layer.map(of) == Some(wanted)).map(|(_, buyer)| buyer);
            group_of((group, title, title_en, rule), own, whole)
        })
        .collect();
}

pub(super) type Heading = (&'static str, &'static str, &'static str, alloc::string::String);

pub(super) fn group_of<'b>((group, title, title_en, rule): Heading, own: impl Iterator<Item = &'b Buyer>, whole: u64) -> Group {
    let mut buyers = 0;
    let paid = Paid::of(own.inspect(|_| buyers += 1));
    Group {
        group,
        title,
        title_en,
        rule,
        buyers,
        share: share(buyers, whole),
        amount: paid.yuan(),
        no_amount: paid.unpriced,
        previous: None,
    }
}

/// The stages of U9: prospects who asked and never paid, new customers in three windows, old ones, those at risk, dormant ones.
fn lifecycle(view: &View, buyers: &Buyers, inquiries: &Inquiries, as_of: Day, cuts: &Cuts) -> Vec<Group> {
    let asked = if view.strange { 0 } else { inquiries.names.len() };
    let mut bought = vec![false; asked as usize];
    let numbers = view.among(&inquiries.names);
    // Who was refunded has paid.
    for row in view.rows().filter(|row| row.is_paid() && row.paid <= as_of.0) {
        let number = numbers.get(row.buyer as usize).copied().flatten();
        if let Some(bought) = number.and_then(|at| bought.get_mut(at as usize)) {
            *bought = true;
        }
    }
    // Who asked on days of which the orders do not tell may have bought then.
    let told = view.reach();
    let untold = |(bought, inquirer): &(&bool, &Inquirer)| {
        let day = inquirer.last.map(Time::day);
        !**bought && told.zip(day).is_some_and(|((first, last), day)| day < first || day > last)
    };
    let untold = bought.iter().zip(&inquiries.each).filter(untold).count() as u64;
    let prospects = bought.iter().filter(|bought| !**bought).count() as u64 - untold;
    let whole = buyers.with_days().count() as u64 + prospects;
    let mut rows = Vec::new();
    // Without chats nobody knows how many asked: no row, rather than 0.
    if u64::from(asked) > untold {
        let mut rule = String::from("咨询过，从未付款 / asked, never paid");
        if untold > 0 {
            rule = format!(
                "咨询过，从未付款；{untold} 位咨询的日子没有订单，未计入 / asked, never paid; who asked on days without orders is left out: {untold}"
            );
        }
        rows.push(Group {
            group: "prospect",
            title: "潜在客户",
            title_en: "Prospects",
            rule,
            buyers: prospects,
            share: share(prospects, whole),
            amount: Some(0.0),
            no_amount: 0,
            previous: None,
        });
    }
    /// Group, its names, from and to how many days, and whether it is about one-time or repeated buyers.
    type Stage = (&'static str, &'static str, &'static str, u32, u32, Option<bool>);
    let stages: [Stage; 7] = [
        ("new_care", "新客户·关怀期", "New: care", 0, cuts.care, Some(false)),
        ("new_related", "新客户·关联推荐期", "New: related products", cuts.care + 1, cuts.related, Some(false)),
        ("new_offer", "新客户·满月优惠期", "New: offer", cuts.related + 1, cuts.active, Some(false)),
        ("old", "老客户", "Old customers", 0, cuts.active, Some(true)),
        ("risk_high", "预流失·高挽留", "At risk, worth most to keep", cuts.active + 1, cuts.risk_high, None),
        ("risk_low", "预流失·低挽留", "At risk, hard to keep", cuts.risk_high + 1, cuts.risk_low, None),
        ("dormant", "沉睡流失", "Dormant or lost", cuts.risk_low + 1, u32::MAX, None),
    ];
    for (group, title, title_en, from, to, again) in stages {
        let times = match again {
            Some(false) => ("仅 1 个购买日，", "one purchase day, "),
            Some(true) => ("2 个及以上购买日，", "two or more purchase days, "),
            None => ("", ""),
        };
        let rule = if to == u32::MAX {
            alloc::format!("{}距上次付款 {from} 天及以上 / {}{} or more since the last payment", times.0, times.1, many(from, "day"))
        } else {
            alloc::format!("{}距上次付款 {from}–{to} 天 / {}{from}–{to} days since the last payment", times.0, times.1)
        };
        let own = buyers.with_days().filter(|buyer| {
            let days = recency(buyer, as_of);
            i64::from(from) <= days && days <= i64::from(to) && again.is_none_or(|again| again == (buyer.days >= 2))
        });
        rows.push(group_of((group, title, title_en, rule), own, whole));
    }
    rows
}

#[cfg(test)]
mod tests {
    use crate::metric::{
        Facts, Figures, Options, day, measure,
        sample::{orders, talk},
    };
    use alloc::{format, string::String, vec, vec::Vec};

    fn figures(rows: &str, contacts: Vec<crate::link::Contact>) -> Figures {
        let orders = orders(&format!("order_id,buyer,paid_at,paid_amount\n{rows}"));
        measure(&Facts { orders, contacts, ..Facts::default() }, &Options { as_of: day("2026-07-01"), ..Options::default() })
    }

    /// The windows of the seed: 0–5, 5–30, 30–45 days for new customers, 45–90 and 90–180 at risk.
    #[test]
    fn stages_begin_and_end_as_the_seed_says() {
        let rows: String = [0, 5, 6, 30, 31, 45, 46, 90, 91, 180, 181]
            .iter()
            .map(|days| format!("{days},买家{days},{} 10:00:00,10\n", crate::time::Day(day("2026-07-01").unwrap().0 - days)))
            .collect();
        let again = "a,老,2026-05-01 10:00:00,10\nb,老,2026-06-30 10:00:00,10\n";
        let found = figures(
            &format!("{rows}{again}"),
            vec![talk("没买过", "2026-06-30", "10:00:00 买家"), talk("买家0", "2026-06-30", "10:00:00 买家")],
        );
        let rows: Vec<(&str, u64)> = found.tables.lifecycle.iter().map(|row| (row.group, row.buyers)).collect();
        assert_eq!(
            rows,
            [
                ("prospect", 1),
                ("new_care", 2),
                ("new_related", 2),
                ("new_offer", 2),
                ("old", 1),
                ("risk_high", 2),
                ("risk_low", 2),
                ("dormant", 1),
            ]
        );
        assert!((found.tables.lifecycle.iter().map(|row| row.share).sum::<f64>() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn who_was_refunded_has_paid() {
        let csv = "order_id,buyer,paid_at,state,paid_amount\n1,退货,2026-06-30 10:00:00,交易关闭,10\n2,未付,,等待买家付款,0\n3,甲,2026-06-30 10:00:00,交易成功,10\n";
        let contacts = ["退货", "未付"].map(|buyer| talk(buyer, "2026-06-30", "10:00:00 买家"));
        let found = measure(&Facts { orders: orders(csv), contacts: contacts.into(), ..Facts::default() }, &Options::default());
        let prospects = found.tables.lifecycle.iter().find(|row| row.group == "prospect").unwrap();
        assert_eq!((prospects.buyers, prospects.share), (1, 0.5));
    }

    #[test]
    fn who_asked_on_days_without_orders_is_no_prospect() {
        let of = |days: &[&str]| {
            let contacts = (0..).zip(days).map(|(n, day)| talk(&format!("问{n}"), day, "10:00:00 买家")).collect();
            let rows = "1,甲,2026-06-20 10:00:00,10\n2,乙,2026-06-21 10:00:00,10\n";
            let found = figures(rows, contacts).tables.lifecycle;
            found.into_iter().find(|row| row.group == "prospect").map(|row| (row.buyers, row.share, row.rule))
        };
        let (buyers, share, rule) = of(&["2026-06-01", "2026-06-20", "2026-06-30"]).unwrap();
        assert_eq!((buyers, share), (1, 1.0 / 3.0));
        assert!(rule.contains("left out: 2"), "{rule}");
        assert_eq!(of(&["2026-06-20"]).unwrap().2, "咨询过，从未付款 / asked, never paid");
        assert_eq!(of(&["2026-06-01", "2026-06-30"]), None);
    }

    #[test]
    fn layers_look_at_frequency_average_order_and_engagement() {
        let rows = "
1,核心,2026-04-10 10:00:00,100
2,核心,2026-05-10 10:00:00,100
3,核心,2026-06-10 10:00:00,100
4,便宜,2026-04-10 10:00:00,10
5,便宜,2026-05-10 10:00:00,10
6,便宜,2026-06-10 10:00:00,10
7,沉睡,2025-10-10 10:00:00,100
8,还在问,2025-10-10 10:00:00,100
";
        let found = figures(rows.trim_start(), vec![talk("还在问", "2026-06-01", "10:00:00 买家")]);
        let rows: Vec<(&str, u64, Option<f64>)> = found.tables.layers.iter().map(|row| (row.group, row.buyers, row.amount)).collect();
        assert_eq!(rows, [("core", 1, Some(300.0)), ("potential", 2, Some(130.0)), ("dormant", 1, Some(100.0))]);
    }

    /// What nobody knows is neither 0 nor below the mean.
    #[test]
    fn unknown_amounts_are_left_out_and_counted() {
        let rows = "
1,核心,2026-04-10 10:00:00,100
2,核心,2026-05-10 10:00:00,
3,核心,2026-06-10 10:00:00,
4,未知,2026-04-10 10:00:00,
5,未知,2026-05-10 10:00:00,
6,未知,2026-06-10 10:00:00,
7,沉睡,2025-10-10 10:00:00,
8,便宜,2026-06-10 10:00:00,20
";
        let tables = figures(rows.trim_start(), Vec::new()).tables;
        let layers: Vec<_> = tables.layers.iter().map(|row| (row.group, row.buyers, row.amount, row.no_amount)).collect();
        assert_eq!(layers, [("core", 1, Some(100.0), 2), ("potential", 2, Some(20.0), 3), ("dormant", 1, None, 1)]);
        let dormant = tables.lifecycle.iter().find(|row| row.group == "dormant").unwrap();
        assert_eq!((dormant.buyers, dormant.amount, dormant.no_amount), (1, None, 1));
        // Two buyers belong to no segment; those who do spent 100 and 20 yuan.
        let segments: Vec<_> =
            tables.rfm.iter().filter(|row| row.buyers > 0).map(|row| (row.valuable, row.buyers, row.amount, row.no_amount)).collect();
        assert_eq!(segments, [(true, 1, 100.0, 2), (false, 1, 20.0, 0)]);
        let spread: Vec<_> = tables.rfm_quantiles.iter().map(|row| (row.measure, row.no_amount)).collect();
        assert_eq!(spread, [("recency", 0), ("frequency", 0), ("monetary", 2), ("monetary_per_year", 2)]);
        assert_eq!(tables.rfm_quantiles.get(2).and_then(|row| row.cut), Some(60.0));
        let blind = figures("1,甲,2026-06-30 10:00:00,\n", Vec::new()).tables;
        assert_eq!((blind.rfm.len(), blind.rfm_quantiles.len(), blind.layers.first().and_then(|row| row.amount)), (0, 2, Some(0.0)));
    }

    #[test]
    fn one_buyer_and_none() {
        let found = figures("1,甲,2026-06-30 10:00:00,10\n", Vec::new());
        assert_eq!(found.tables.rfm.iter().map(|row| row.buyers).sum::<u64>(), 1);
        assert_eq!(found.get("cycle.customer").unwrap().value, None);
        let nothing = measure(&Facts::default(), &Options::default());
        assert!(nothing.tables.rfm.is_empty() && nothing.tables.lifecycle.is_empty());
    }
}
