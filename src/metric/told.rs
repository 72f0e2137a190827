//! What buyers are told in time: that an order waits for payment (Q4), that a purchase was a good one (P7), where a parcel is
//! (Q6); by text message or in the chat.
//!
//! 甲's order is paid after two hours and a reminder; 乙's never is, and nobody reminds. 甲 hears of the parcel half an hour
//! after its news, 乙 never.
//!
//! ```
//! use huashu::{metric::{Facts, Options, measure}, order, side::{self, Side}};
//! let orders = "order_id,buyer,created_at,paid_at,state\n1,甲,2026-03-02 10:00:00,2026-03-02 12:00:00,交易成功\n2,乙,2026-03-02 10:00:00,,等待买家付款\n";
//! let mut side = Side::default();
//! for table in [
//!     "买家,发送时间,短信类型\n甲,2026-03-02 11:00:00,催付\n甲,2026-03-02 12:05:00,付款关怀\n甲,2026-03-03 09:30:00,发货通知\n",
//!     "订单号,物流时间,物流信息\n1,2026-03-03 09:00:00,已发出\n2,2026-03-03 09:00:00,已发出\n",
//! ] {
//!     side.merge(&side::read("a.csv", table.as_bytes(), &Default::default()).side);
//! }
//! let orders = order::read("a.csv", orders.as_bytes(), &Default::default()).orders;
//! let figures = measure(&Facts { orders, side, ..Facts::default() }, &Options::default());
//! let value = |id: &str| figures.get(id).unwrap().value.unwrap();
//! assert_eq!(value("payment.reminded_rate"), 1.0 / 2.0);
//! assert_eq!(value("payment.after_reminder_rate"), 1.0 / 1.0);
//! assert_eq!(value("service.care_rate"), 1.0 / 1.0);
//! assert_eq!(value("service.shipping_told_rate"), 1.0 / 2.0);
//! assert_eq!(value("service.shipping_delay_median"), 1800.0);
//! ```

use super::{
    actions::{NATURAL, OPEN},
    figure::{Definition, Metric, Sheet},
    run::Run,
    select::{Listed, Row, View, Window, end_of},
    stats,
    talk::Talks,
};
use crate::{
    link::buyer_key,
    order::{NONE, Names},
    side::{Kind, Purpose, Side},
    sort,
    time::{DAY, Time},
};
use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

const REMINDED: Definition = Definition {
    id: "payment.reminded_rate",
    title: "催付率",
    title_en: "Share of unpaid orders reminded",
    unit: "ratio",
    formula: "期内创建、半小时内未付款的订单中付款前（未付款的：三天内）被催付（短信或聊天）的 ÷ 这样的订单 / orders reminded of by text message or chat before they were paid, unpaid ones within three days ÷ orders created in the period and not paid within half an hour",
};
const AFTER_REMINDER: Definition = Definition {
    id: "payment.after_reminder_rate",
    title: "催付成功率",
    title_en: "Share paid after a reminder",
    unit: "ratio",
    formula: "被催付后付款的订单 ÷ 被催付的订单 / orders paid after the reminder ÷ orders reminded of",
};
const CARE: Definition = Definition {
    id: "service.care_rate",
    title: "付款关怀率",
    title_en: "Payment care rate",
    unit: "ratio",
    formula: "付款后 24 小时内收到付款关怀（短信或聊天中的祝贺、肯定）的订单 ÷ 期内付款的订单 / paid orders whose buyer got a word of care by text message or chat within 24 hours ÷ orders paid in the period",
};
const TOLD: Definition = Definition {
    id: "service.shipping_told_rate",
    title: "物流及时告知率",
    title_en: "Shipping news told in time",
    unit: "ratio",
    formula: "24 小时内告知买家（短信或聊天）的物流动态 ÷ 期内的物流动态 / shipping news of which the buyer was told within 24 hours ÷ shipping news of the period",
};
const TOLD_DELAY: Definition = Definition {
    id: "service.shipping_delay_median",
    title: "物流告知间隔中位数",
    title_en: "Median delay of telling shipping news",
    unit: "seconds",
    formula: "24 小时内告知的物流动态从更新到告知的秒数的中位数 / median of the seconds from the news to the telling, over news told within 24 hours",
};

pub(super) const PAYMENT: &[Definition] = &[REMINDED, AFTER_REMINDER];
pub(super) const DEFINITIONS: &[Definition] = &[CARE, TOLD, TOLD_DELAY];
/// Those about orders, and those about shipping news.
pub(super) const OF_ORDERS: &[Definition] = &[REMINDED, AFTER_REMINDER, CARE];
pub(super) const OF_NEWS: &[Definition] = &[TOLD, TOLD_DELAY];

const NO_WORD: &str = "没有短信表，也没有聊天记录：不知道告知过谁 / neither a table of text messages nor chats: nobody knows who was told";
const NO_NEWS: &str = "没有物流动态表：请加上订单号、时间、物流信息的表 / no table of shipping news: add one of order, time and news";
const NO_TEXT_CLOCK: &str = "短信表的时间只有日期，不知道先后：请导出带完整时间的短信记录 / the text messages have dates without a time of day: what came first is unknown; export them with their times";
const NO_CREATION: &str = "导出没有创建时间或付款状态：请导出这两列 / the export lacks times of creation or what was paid: export both";
const NONE_THERE: &str = "期内没有这样的订单或动态 / no such order or news in this period";

/// What an agent tells with a signal of the standard book.
pub(crate) const TELLING: [(&str, Purpose); 4] =
    [("pay_remind", Purpose::Payment), ("congrats", Purpose::Care), ("praise", Purpose::Care), ("ship_news", Purpose::Shipping)];

/// Who was told, and when, sorted: by the buyer, and by the order where a text message names it.
struct Word {
    names: Names,
    times: Vec<(u32, i64)>,
    /// The number of each buyer of the orders among the names.
    buyers: Vec<Option<u32>>,
    /// Whether orders are among the names.
    orders: bool,
}

/// How an order is known where its buyer is not.
fn order_key(order: &str) -> String {
    format!("\0{order}")
}

impl Word {
    /// Text messages of the purpose, and what agents wrote for it.
    fn new(side: &Side, view: &View, talks: &Talks, purpose: Purpose) -> Self {
        let orders = side.has_field(Kind::Messages, "order");
        let mut word = Self { names: Names::default(), times: Vec::new(), buyers: Vec::new(), orders };
        for message in side.messages().filter(|message| message.kind == purpose) {
            let Some(at) = message.at else { continue };
            // A message about one order says nothing of the buyer's others.
            let known = message.order.is_some_and(|order| view.orders.ids.find(order).is_some());
            let buyer = message.buyer.filter(|_| !known).map(|buyer| buyer_key(buyer).into_owned());
            for key in [buyer, message.order.map(order_key)].into_iter().flatten() {
                word.times.push((word.names.intern(&key), at.seconds()));
            }
        }
        for contact in &talks.all {
            let Some(buyer) = &contact.buyer else { continue };
            for (_, at) in contact.told.iter().filter(|(told, _)| *told == purpose) {
                word.times.push((word.names.intern(buyer), at.seconds()));
            }
        }
        sort::plain(&mut word.times);
        word.buyers = view.among(&word.names);
        word
    }

    /// When the buyer or the order of one of these numbers was first told between two times.
    fn first(&self, numbers: [Option<u32>; 2], from: i64, until: i64) -> Option<i64> {
        let first = |number: u32| {
            let at = self.times.partition_point(|&told| told < (number, from));
            self.times.get(at).filter(|(of, time)| *of == number && *time <= until).map(|(_, time)| *time)
        };
        numbers.into_iter().flatten().filter_map(first).min()
    }

    /// The same of an order.
    fn of_order(&self, view: &View, row: &Row, from: i64, until: i64) -> Option<i64> {
        if self.times.is_empty() {
            return None;
        }
        let order = if self.orders { view.orders.ids.get(row.at).and_then(|id| self.names.find(&order_key(id))) } else { None };
        self.first([self.buyers.get(row.buyer as usize).copied().flatten(), order], from, until)
    }
}

/// Why the time of what text messages of a purpose told is not known.
fn texts_lack_clock(side: &Side, purpose: Purpose) -> Option<&'static str> {
    let mut times = side.messages().filter(|message| message.kind == purpose).filter_map(|message| message.at).peekable();
    (times.peek().is_some() && times.all(|at| at.of_day() == 0)).then_some(NO_TEXT_CLOCK)
}

/// The buyer of an order of the list.
fn buyer_of<'a>(view: &View<'a>, order: &str) -> Option<&'a str> {
    let orders = view.orders;
    orders.buyers.get(*orders.buyer.get(orders.ids.find(order)? as usize)?)
}

pub(super) fn figures(run: &Run, window: Window, talks: &Talks, listed: &Listed, sheet: &mut Sheet) {
    let Run { side, view, options, .. } = run;
    let (side, heard, as_of) = (*side, run.told_on(), options.as_of);
    let chats_only = !side.has(Kind::Messages);
    let wordless = (chats_only && talks.all.is_empty()).then_some(NO_WORD);
    let no_word = wordless.or(view.lacks_join().filter(|_| view.strange && chats_only));
    let is_heard = |day: i32| heard.is_none_or(|(first, last)| (first.0..=last.0).contains(&day));
    let now = end_of(as_of.into_iter().chain(heard.map(|(_, last)| last)).min());
    let paid_until = end_of(as_of.into_iter().chain(view.days().map(|(_, last)| last)).min());
    let sources = |m: &mut Metric, why: Option<&str>| {
        m.standard(match (side.has(Kind::Messages), talks.all.is_empty()) {
            (true, false) => "短信和聊天 / text messages and chats",
            (true, true) => "仅短信 / text messages only",
            _ => "仅聊天 / chats only",
        });
        if let Some(why) = why {
            m.unavailable(why);
        }
    };
    let word = Word::new(side, view, talks, Purpose::Payment);
    let (mut waiting, mut reminded, mut won, mut open, mut unpaid, mut unheard) = (0, 0, 0, 0, 0, 0);
    let one = |is: bool| f64::from(u8::from(is));
    let name = |row: &Row| (view.orders.ids.get(row.at).unwrap_or_default().into(), None);
    let get = |column: &[i64], row: &Row| column.get(row.at as usize).copied().unwrap_or(NONE);
    for row in view.rows().filter(|row| window.contains(row.created) && !row.is_unclear()) {
        let (created, paid) = (get(&view.orders.created_at, &row), get(&view.orders.paid_at, &row));
        // A paid order without the time of payment may have been paid at once.
        if created == NONE || (row.is_paid() && (paid == NONE || paid.saturating_sub(created) <= NATURAL)) {
            continue;
        }
        if !is_heard(row.created) {
            unheard += 1;
            continue;
        }
        waiting += 1;
        // Of a minute that is all that is written any second may be the one.
        let until = view.end_of_grain(if row.is_paid() { paid } else { created.saturating_add(OPEN) });
        let told = word.of_order(view, &row, created, until).is_some();
        sheet.row(&REMINDED, "order", (one(told), 1.0), || name(&row));
        if told {
            reminded += 1;
            won += u64::from(row.is_paid());
            unpaid += u64::from(!row.is_paid() && until > paid_until);
            sheet.row(&AFTER_REMINDER, "order", (one(row.is_paid()), 1.0), || name(&row));
        } else {
            open += u64::from(until > now);
        }
    }
    let undated = |purpose| view.lacks_clock().or_else(|| texts_lack_clock(side, purpose));
    let untold = view
        .lacks_placed()
        .or((!view.knows_payment() || !view.orders.fields.created_at).then_some(NO_CREATION))
        .or(undated(Purpose::Payment));
    for (definition, part, whole, open) in [(&REMINDED, reminded, waiting, open), (&AFTER_REMINDER, won, reminded, unpaid)] {
        sheet.add(definition, |m| {
            sources(m.share(part, whole, NONE_THERE).only_days(heard, unheard).not_over(open), untold.or(no_word));
        });
    }
    let word = Word::new(side, view, talks, Purpose::Care);
    let (mut cared, mut whole, mut open, mut unheard) = (0, 0, 0, 0);
    for row in view.rows().filter(|row| row.is_paid() && window.contains(row.paid)) {
        let paid = get(&view.orders.paid_at, &row);
        if paid == NONE {
            continue;
        }
        if !is_heard(row.paid) {
            unheard += 1;
            continue;
        }
        whole += 1;
        let until = view.end_of_grain(paid.saturating_add(DAY));
        let told = word.of_order(view, &row, paid, until).is_some();
        cared += u64::from(told);
        open += u64::from(!told && until > now);
        sheet.row(&CARE, "order", (one(told), 1.0), || name(&row));
    }
    sheet.add(&CARE, |m| {
        let why = view.lacks_placed().or(undated(Purpose::Care)).or(no_word);
        sources(m.share(cared, whole, NONE_THERE).only_days(heard, unheard).not_over(open), why);
    });
    let word = Word::new(side, view, talks, Purpose::Shipping);
    let mut delays: Vec<i64> = Vec::new();
    let (mut whole, mut nameless, mut left_out, mut open, mut unheard) = (0, 0, 0, 0, 0);
    for news in side.shipping() {
        let Some(at) = news.at.map(Time::seconds).filter(|at| window.contains(Time::from_seconds(*at).day().0)) else { continue };
        let buyer = news.order.and_then(|order| buyer_of(view, order)).or(news.buyer).map(buyer_key);
        if [buyer.as_deref(), news.order].into_iter().flatten().any(|name| listed.has(&buyer_key(name))) {
            left_out += 1;
            continue;
        }
        // Without the buyer only text messages that name the order can be found.
        if buyer.is_none() && !side.has_field(Kind::Messages, "order") {
            nameless += 1;
            continue;
        }
        if !is_heard(Time::from_seconds(at).day().0) {
            unheard += 1;
            continue;
        }
        whole += 1;
        let numbers = [buyer.and_then(|buyer| word.names.find(&buyer)), news.order.and_then(|order| word.names.find(&order_key(order)))];
        let told = word.first(numbers, at, at.saturating_add(DAY)).map(|told| told - at);
        delays.extend(told);
        open += u64::from(told.is_none() && at.saturating_add(DAY) > now);
        let name = || (news.order.unwrap_or_default().into(), news.at.map(|at| at.to_string()));
        sheet.row(&TOLD, "news", (one(told.is_some()), 1.0), name);
        if let Some(told) = told {
            sheet.row(&TOLD_DELAY, "news", (told as f64, 1.0), name);
        }
    }
    let found_none = no_word.filter(|_| delays.is_empty());
    let untold = (!side.has(Kind::Shipping)).then_some(NO_NEWS).or(texts_lack_clock(side, Purpose::Shipping)).or(wordless).or(found_none);
    sheet.add(&TOLD, |m| {
        m.share(delays.len() as u64, whole, NONE_THERE).left_out("no-buyer", nameless).left_out("listed", left_out);
        sources(m.only_days(heard, unheard).not_over(open), untold);
    });
    sheet.add(&TOLD_DELAY, |m| {
        match stats::median(&mut delays) {
            Some(median) => m.plain(median),
            None => m.unavailable(NONE_THERE),
        };
        (m.numerator, m.denominator) = (None, m.value.map(|_| delays.len() as f64));
        sources(m.only_days(heard, unheard), untold);
    });
}

#[cfg(test)]
mod tests {
    use crate::{
        link::Contact,
        metric::{
            Facts, Options, Period, measure,
            sample::{orders, signals, talk_with},
        },
        side::{self, Purpose, Side},
        time::Time,
    };
    use alloc::{format, string::ToString, vec};

    #[test]
    fn reminders_in_chats_count_however_wide_the_name_and_natural_payers_do_not() {
        let orders = orders(
            "order_id,buyer,created_at,paid_at
1,甲1,2026-03-02 10:00:00,
2,乙,2026-03-02 10:00:00,2026-03-02 10:05:00
3,丙,2026-03-02 10:00:00,2026-03-02 18:00:00
4,丁,2026-03-02 10:00:00,
",
        );
        let remind = |buyer, day| talk_with(buyer, day, "11:00:00 买家\n11:00:09 客服小美", signals(&["pay_remind"]));
        // The reminder of 丁 came after the platform had closed the order.
        let contacts = vec![remind("甲１", "2026-03-02"), remind("丁", "2026-03-09")];
        let found = measure(&Facts { orders, contacts, ..Facts::default() }, &Options::default());
        let of = |id: &str| found.get(id).map(|m| (m.numerator, m.denominator));
        assert_eq!(of("payment.reminded_rate"), Some((Some(1.0), Some(3.0))));
        assert_eq!(of("payment.after_reminder_rate"), Some((Some(0.0), Some(1.0))));
        assert!(found.get("service.shipping_told_rate").unwrap().why.as_deref().unwrap().contains("no table of shipping news"));
    }

    #[test]
    fn dates_alone_do_not_tell_what_came_first() {
        let dated = orders("order_id,buyer,created_at,paid_at\n1,甲,2026-03-02,2026-03-02\n");
        let clocked = orders("order_id,buyer,created_at,paid_at\n1,甲,2026-03-02 10:00:00,2026-03-02 12:00:00\n");
        let why = |orders, texts| {
            let found = measure(&Facts { orders, side: texts, ..Facts::default() }, &Options::default());
            found.get("payment.reminded_rate").unwrap().why.clone().unwrap_or_default()
        };
        assert!(why(dated, texts("甲,2026-03-02 11:00:00,催付\n")).contains("the orders have dates"));
        assert!(why(clocked.clone(), texts("甲,2026-03-02,催付\n")).contains("the text messages have dates"));
        assert_eq!(why(clocked, texts("甲,2026-03-02 11:00:00,催付\n")), "");
    }

    #[test]
    fn what_is_told_in_the_minute_of_an_order_is_told_after_it() {
        let orders = orders("order_id,buyer,created_at,paid_at\n1,甲,2026-03-02 10:00,2026-03-02 12:00\n");
        let side = texts("甲,2026-03-02 10:00:10,催付\n甲,2026-03-02 12:00:00,付款关怀\n");
        let found = measure(&Facts { orders, side, ..Facts::default() }, &Options::default());
        let of = |id: &str| found.get(id).map(|m| (m.numerator, m.denominator));
        assert_eq!(of("payment.reminded_rate"), Some((Some(1.0), Some(1.0))));
        assert_eq!(of("service.care_rate"), Some((Some(1.0), Some(1.0))));
    }

    #[test]
    fn a_talk_may_go_on_after_what_it_tells() {
        let orders = orders("order_id,buyer,created_at,paid_at\n1,甲,2026-03-02 10:00:00,2026-03-02 11:02:00\n");
        let talk = talk_with("甲", "2026-03-02", "10:59:00 买家\n11:00:00 客服小美\n11:04:00 买家", Default::default());
        let told = vec![(Purpose::Payment, Time::parse("2026-03-02 11:00:00").unwrap())];
        let found = measure(&Facts { orders, contacts: vec![Contact { told, ..talk }], ..Facts::default() }, &Options::default());
        let of = |id: &str| found.get(id).map(|m| (m.numerator, m.denominator));
        assert_eq!(of("payment.reminded_rate"), Some((Some(1.0), Some(1.0))));
        assert_eq!(of("payment.after_reminder_rate"), Some((Some(1.0), Some(1.0))));
    }

    #[test]
    fn orders_without_buyers_are_told_by_their_number() {
        let mut side = Side::default();
        for table in [
            "手机号,订单号,发送时间,短信类型\n13900000001,1,2026-03-03 09:10:00,发货\n13900000002,2,2026-03-09 09:10:00,发货\n",
            "订单号,物流时间,物流信息\n1,2026-03-03 09:00:00,已发出\n2,2026-03-03 09:00:00,已发出\n",
        ] {
            side.merge(&side::read("a.csv", table.as_bytes(), &Default::default()).side);
        }
        let orders = orders("order_id,paid_at,paid_amount\n1,2026-03-02 10:00:00,5\n2,2026-03-02 10:00:00,5\n");
        let found = measure(&Facts { orders, side, ..Facts::default() }, &Options::default());
        assert_eq!(found.get("service.shipping_told_rate").unwrap().value, Some(0.5));
        assert_eq!(found.get("service.shipping_delay_median").unwrap().value, Some(600.0));
    }

    fn texts(rows: &str) -> Side {
        side::read("a.csv", format!("买家,发送时间,短信类型\n{rows}").as_bytes(), &Default::default()).side
    }

    const MARCH: &str = "order_id,buyer,created_at,paid_at
1,甲,2026-03-01 10:00:00,2026-03-01 18:00:00
2,乙,2026-03-10 10:00:00,2026-03-10 18:00:00
3,丙,2026-03-11 10:00:00,2026-03-11 18:00:00
4,丁,2026-03-31 10:00:00,2026-03-31 18:00:00
";

    #[test]
    fn orders_on_days_without_chats_are_not_told_of() {
        let chats = ["乙", "丙"].map(|buyer| {
            talk_with(
                buyer,
                if buyer == "乙" { "2026-03-10" } else { "2026-03-11" },
                "19:00:00 买家\n19:00:09 客服小美",
                signals(&["praise"]),
            )
        });
        let found = measure(&Facts { orders: orders(MARCH), contacts: chats.into(), ..Facts::default() }, &Options::default());
        for (id, part) in [("service.care_rate", 2.0), ("payment.reminded_rate", 0.0)] {
            let metric = found.get(id).unwrap();
            assert_eq!((metric.numerator, metric.denominator), (Some(part), Some(2.0)), "{id}");
            assert_eq!(metric.excluded.iter().find(|e| e.reason == "no-chats").map(|e| e.count), Some(2), "{id}");
            assert_eq!(metric.period.unwrap().to_string(), "2026-03-10..2026-03-11", "{id}");
        }
    }

    #[test]
    fn what_text_messages_do_not_reach_is_unknown() {
        let facts = Facts {
            orders: orders(MARCH),
            side: texts("乙,2026-03-10 19:00:00,付款关怀\n丁,2026-03-31 19:00:00,付款关怀\n"),
            ..Facts::default()
        };
        let of = |period: &str| {
            let found = measure(&facts, &Options { period: Period::parse(period), ..Options::default() });
            let care = found.get("service.care_rate").unwrap();
            (care.value, care.previous, care.why.clone().unwrap_or_default(), care.standard.clone())
        };
        let (value, _, why, _) = of("2026-03-01..2026-03-07");
        assert!(value.is_none() && why.contains("the text messages and chats are of 2026-03-10..2026-03-31"), "{why}");
        let (value, previous, _, standard) = of("2026-03-16..2026-03-31");
        assert_eq!((value, previous), (Some(1.0), Some(None)));
        assert!(standard.contains("the data begin on 2026-03-10"), "{standard}");
        assert_eq!(of("2026-03-21..2026-03-31").1, Some(Some(0.5)));
    }

    #[test]
    fn what_may_be_told_yet_is_open() {
        let orders = orders(
            "order_id,buyer,created_at,paid_at
1,甲,2026-03-01 10:00:00,
2,乙,2026-03-09 10:00:00,
3,丙,2026-03-09 10:00:00,
4,丁,2026-03-09 10:00:00,2026-03-09 12:00:00
5,戊,2026-03-10 10:00:00,2026-03-10 12:00:00
",
        );
        let side = texts("甲,2026-03-01 12:00:00,催付\n乙,2026-03-10 12:00:00,催付\n");
        let found = measure(&Facts { orders, side, ..Facts::default() }, &Options::default());
        let of = |id: &str| found.get(id).map(|m| (m.numerator, m.denominator, m.open));
        // 丙 may be reminded until the 12th; 丁 and 戊 paid before anybody did.
        assert_eq!(of("payment.reminded_rate"), Some((Some(2.0), Some(5.0), 1)));
        // 甲 did not pay within three days, 乙 may yet.
        assert_eq!(of("payment.after_reminder_rate"), Some((Some(0.0), Some(2.0), 1)));
        // The day after the payment of 戊 is not over.
        assert_eq!(of("service.care_rate"), Some((Some(0.0), Some(2.0), 1)));
        assert!(found.get("service.care_rate").unwrap().standard.contains("not final: those whose time is not over: 1"));
    }
}
