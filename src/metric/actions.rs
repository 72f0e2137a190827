//! What to do today (U9, U11, Q7): the table `actions`, each row with buyer, reason, due time and a line to begin with.

use super::{
    Cuts, Options,
    buyers::{Buyer, Buyers, Paid},
    customers::active,
    inquiry::Inquiries,
    select::{Row, View, Window},
    service::{complains, settled},
    stats,
    talk::{Talks, time_of},
};
use crate::{
    link::{Contact, buyer_key},
    order::{NONE, Names, State, is_of_pdd},
    side::Purpose,
    sort,
    text::many,
    time::{DAY, Day, Time},
};
use alloc::{collections::BTreeMap, format, string::String, vec, vec::Vec};
use serde::Serialize;

/// Rows of each kind that are listed, those due last; the rest, long overdue, are counted in `actions.count`.
const MOST: usize = 500;
/// An unpaid order is closed by the platform after three days: reminding later is of no use.
pub(super) const OPEN: i64 = 3 * DAY;
/// Without payments to learn from, most who pay of their own accord have done so by then.
pub(super) const NATURAL: i64 = 30 * 60;
/// So long after it was due an inquiry is still worth a word: then the buyer has decided, or bought elsewhere.
const LOST: i64 = 7 * DAY;
/// So long after it was due a complaint is still an open case: the platforms take after-sale claims for as many days.
const CASE: i64 = 15 * DAY;

/// Something to do for one buyer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Action {
    /// `remind_payment`: unpaid for so long that most who pay by themselves have done so, and for no more than three days, by a
    /// buyer who has neither paid nor been reminded in a chat since, and no order of PDD, which forbids it; `follow_up`: a complaint
    /// after which the buyer was not heard to be satisfied, from a day after the last talk on, for 15 days; `lost_inquiry`: the window has been over for no more than 7
    /// days, the orders are of its days, and the buyer has neither ordered or paid since asking last nor paid in the week before that,
    /// is not to be followed up, and owes for no order from before; `core_fading`: a core customer by purchase days and mean order
    /// who has neither bought nor written for longer than one, and is not dormant yet; `care`: the first day of a window, for new
    /// customers any, for old ones that of being at risk.
    pub action: &'static str,
    /// When it is due; what is overdue comes first.
    pub due: Time,
    /// The buyer.
    pub buyer: String,
    /// The order or the conversation it is about.
    pub about: Option<String>,
    /// Why, Chinese / English.
    pub reason: String,
    /// A line to begin with.
    pub suggest: &'static str,
}

/// How many rows of a kind there are: a row of the table `actions.count`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ActionCount {
    /// See [`Action::action`].
    pub action: &'static str,
    /// What shops call it.
    pub title: &'static str,
    /// The same in English.
    pub title_en: &'static str,
    /// How many there are, those beyond the list included.
    pub count: u64,
    /// How many more were due so long ago that they are nobody's task today: complaints after 15 days, lost inquiries after 7.
    pub too_old: u64,
}

/// What there is to do on the day of `as_of`: the rows by kind, those due first at the top, and how many of each kind there
/// are. A kind that the input cannot carry is in neither of them.
pub(super) fn tables(
    view: &View,
    buyers: &Buyers,
    talks: &Talks,
    inquiries: Option<&Inquiries>,
    options: &Options,
    as_of: Day,
) -> (Vec<Action>, Vec<ActionCount>) {
    let now = as_of.start().seconds() + DAY;
    let named = view.lacks_buyers().or(view.lacks_times()).is_none();
    let dated = talks.contacts.is_empty() || talks.contacts.iter().any(|contact| time_of(contact).is_some());
    let follow_ups = (dated && talks.lacks_buyers().is_none()).then(|| follow_ups(talks, now));
    let asked = inquiries.filter(|found| found.each.is_empty() || found.each.iter().any(|inquirer| inquirer.first.is_some()));
    let mut busy = Names::default();
    let reminded = named.then(|| unpaid(view, talks, now, &mut busy)).flatten();
    let lost = asked.map(|found| {
        reminded.iter().chain(&follow_ups).flatten().for_each(|row| {
            busy.intern(&buyer_key(&row.buyer));
        });
        lost(found, options, &busy)
    });
    let cuts = &options.cuts;
    let kinds = [
        ("remind_payment", "待催付订单", "Unpaid orders to remind", reminded, i64::MAX),
        ("follow_up", "超 24 小时待跟进", "Follow-ups after 24 hours", follow_ups, CASE),
        ("lost_inquiry", "询单流失", "Lost inquiries", lost, LOST),
        ("core_fading", "核心客户转冷", "Core customers going dormant", named.then(|| fading(view, buyers, talks, cuts, as_of)), i64::MAX),
        ("care", "进入关怀窗口", "Customers entering a care window", named.then(|| care(view, buyers, cuts, as_of)), i64::MAX),
    ];
    let (mut rows, mut counts) = (Vec::new(), Vec::new());
    for (action, title, title_en, own, limit) in kinds {
        let Some(mut own) = own else { continue };
        let all = own.len();
        own.retain(|row| now.saturating_sub(row.due.seconds()) <= limit);
        counts.push(ActionCount { action, title, title_en, count: own.len() as u64, too_old: (all - own.len()) as u64 });
        sort::plain(&mut own);
        rows.extend(own.drain(own.len().saturating_sub(MOST)..));
    }
    (rows, counts)
}

/// The times of each buyer's first and last payment.
fn payments(view: &View) -> Vec<(i64, i64)> {
    let mut payments = vec![(i64::MAX, NONE); view.orders.buyers.len() as usize];
    for row in view.rows().filter(Row::is_paid) {
        let (_, paid) = view.times(&row);
        if let Some((first, last)) = payments.get_mut(row.buyer as usize).filter(|_| paid != NONE) {
            (*first, *last) = (paid.min(*first), paid.max(*last));
        }
    }
    payments
}

/// When each buyer was last reminded to pay in a talk.
fn reminded<'a>(talks: &Talks<'a>) -> BTreeMap<&'a str, i64> {
    let mut reminded = BTreeMap::new();
    for contact in &talks.all {
        let times = contact.told.iter().filter(|(purpose, _)| *purpose == Purpose::Payment).map(|(_, at)| at.seconds());
        if let Some((buyer, at)) = contact.buyer.as_deref().zip(times.max()) {
            let last = reminded.entry(buyer).or_insert(NONE);
            *last = at.max(*last);
        }
    }
    reminded
}

/// U11: orders that are still unpaid although most of those who pay by themselves have done so by then; buyers who have paid for
/// nothing before are reminded after the median delay of payment, the others after its 90 % quantile. Those that may still be paid by
/// themselves when the day ends are left out, as are those of buyers who have paid since, most likely for the same goods ordered again,
/// and of buyers who were reminded since; these are noted as `busy`, and so are those of orders of PDD, which allows no reminders.
fn unpaid(view: &View, talks: &Talks, now: i64, busy: &mut Names) -> Option<Vec<Action>> {
    if !view.knows_payment() || !view.orders.fields.created_at {
        return None;
    }
    let open: Vec<Row> = view
        .rows()
        .filter(|row| !row.is_paid() && !row.is_unclear() && row.has_buyer())
        .filter(|row| {
            let (created, _) = view.times(row);
            let state = view.orders.state.get(row.at as usize).copied().unwrap_or_default();
            created != NONE && created <= now && now.saturating_sub(created) <= OPEN && !matches!(state, State::Closed | State::Refunded)
        })
        .collect();
    if open.is_empty() {
        return Some(Vec::new());
    }
    let mut delays: Vec<i64> = view
        .rows()
        .filter_map(|row| Some((*view.orders.created_at.get(row.at as usize)?, *view.orders.paid_at.get(row.at as usize)?)))
        .filter(|(created, paid)| *created != NONE && *paid != NONE && paid >= created)
        .map(|(created, paid)| paid.saturating_sub(created))
        .collect();
    let [new, old] = if delays.is_empty() { [NATURAL; 2] } else { stats::quantiles(&mut delays, [0.5, 0.9]).map(|q| q as i64) };
    let (payments, reminded) = (payments(view), reminded(talks));
    let mut rows = Vec::new();
    for row in open {
        let (created, _) = view.times(&row);
        let buyer = view.orders.buyers.get(row.buyer).unwrap_or_default();
        let (first, last) = payments.get(row.buyer as usize).copied().unwrap_or((i64::MAX, NONE));
        if last != NONE && last >= created {
            continue;
        }
        let returning = first < created;
        let (after, who, who_en) = if returning { (old, "老客户", "old customer") } else { (new, "新客户", "new customer") };
        let due = created.saturating_add(after);
        if due > now {
            continue;
        }
        let key = buyer_key(buyer);
        if view.orders.ids.get(row.at).is_some_and(is_of_pdd) || reminded.get(&*key).is_some_and(|told| *told >= created) {
            busy.intern(&key);
            continue;
        }
        let amount = if row.ordered_amount == NONE { row.paid_amount } else { row.ordered_amount };
        let (worth, worth_en) = if amount > 0 {
            let yuan = format!("{}.{:02}", amount / 100, amount % 100);
            (format!("，{yuan} 元"), format!(", {yuan} yuan"))
        } else {
            (String::new(), String::new())
        };
        rows.push(Action {
            action: "remind_payment",
            due: Time::from_seconds(due),
            buyer: buyer.into(),
            about: view.orders.ids.get(row.at).map(String::from),
            reason: format!("下单未付款，{who}{worth} / ordered and not paid, {who_en}{worth_en}"),
            suggest: "亲，您拍下的宝贝还给您留着，有什么顾虑可以跟我说，付款后我们马上安排发货哦",
        });
    }
    Some(rows)
}

/// What is known of a buyer's talks up to now, in their order: the latest complaint, the latest talk, and whether the
/// buyer was heard to be satisfied since the former.
struct Case<'a> {
    complaint: &'a Contact,
    last: &'a Contact,
    settled: bool,
}

/// Q7: complaints after which, in that talk or a later one, the buyer was not heard to be satisfied; due a day after the
/// last talk with the buyer, whatever it was about, because open cases are followed up every 24 hours until they are closed.
fn follow_ups(talks: &Talks, now: i64) -> Vec<Action> {
    let until_now = |contact: &&Contact| contact.buyer_messages > 0 && time_of(contact).is_some_and(|time| time.seconds() < now);
    let mut all: Vec<&Contact> = talks.all.iter().copied().filter(until_now).collect();
    sort::by(&mut all, |a, b| (time_of(a), &a.id).cmp(&(time_of(b), &b.id)));
    let mut cases: BTreeMap<&str, Case> = BTreeMap::new();
    for contact in all {
        let Some(buyer) = contact.buyer.as_deref() else { continue };
        let settled = settled(contact);
        if complains(contact) {
            cases.insert(buyer, Case { complaint: contact, last: contact, settled });
        } else if let Some(case) = cases.get_mut(buyer) {
            (case.last, case.settled) = (contact, case.settled || settled);
        }
    }
    cases
        .into_iter()
        .filter(|(_, case)| !case.settled)
        .filter_map(|(buyer, case)| {
            let due = case.last.end.or(case.last.start)?.seconds().saturating_add(DAY);
            (due <= now).then(|| Action {
                action: "follow_up",
                due: Time::from_seconds(due),
                buyer: buyer.into(),
                about: Some(case.complaint.id.clone()),
                reason: if case.last.waits {
                    "抱怨后未获回复，已满 24 小时 / a complaint without an answer for 24 hours".into()
                } else {
                    "抱怨尚未确认解决，已满 24 小时 / a complaint not known to be settled after 24 hours".into()
                },
                suggest: "亲，您之前反馈的问题我们一直在跟进，先跟您同步一下目前的进度，给您添麻烦了",
            })
        })
        .collect()
}

/// Inquiry buyers the window of whose last inquiry has passed and who have not ordered since. Who owes for an order from before is reminded of that, who
/// waits for a parcel asks about that, and nobody tries to sell to a buyer whose complaint is open.
fn lost(inquiries: &Inquiries, options: &Options, busy: &Names) -> Vec<Action> {
    (0..)
        .zip(&inquiries.each)
        .filter(|(_, inquirer)| !inquirer.bought && !inquirer.is_open())
        .filter_map(|(number, inquirer)| {
            let last = inquirer.last?;
            let buyer = inquiries.names.get(number).filter(|buyer| busy.find(buyer).is_none())?;
            let day = Day(last.day().0.saturating_add(i32::try_from(options.window).unwrap_or(i32::MAX)).saturating_add(1));
            Some(Action {
                action: "lost_inquiry",
                due: day.start(),
                buyer: buyer.into(),
                about: None,
                reason: format!("{} 咨询后未下单 / asked on {} and did not order", last.day(), last.day()),
                suggest: "亲，上次您看的宝贝今天还有货，尺码和用法上有拿不准的地方，我可以再帮您参谋一下",
            })
        })
        .collect()
}

/// T7: customers with the purchases of a core customer who have neither bought nor written for longer than one would have, and are not
/// dormant yet.
fn fading(view: &View, buyers: &Buyers, talks: &Talks, cuts: &Cuts, as_of: Day) -> Vec<Action> {
    let shop = Paid::of(buyers.with_orders());
    let worthy = |b: &Buyer| b.days >= cuts.core_days && shop.reached_by(b) == Some(true);
    let active = active(view, buyers, talks, Window::until(as_of));
    list(view, buyers, |number, buyer| {
        let days = i64::from(as_of.0) - i64::from(buyer.last);
        let away = i64::from(as_of.0) - i64::from(*active.get(number as usize)?);
        (worthy(buyer) && away > i64::from(cuts.core_active) && away <= i64::from(cuts.risk_low)).then(|| Action {
            action: "core_fading",
            due: as_of.start(),
            buyer: String::new(),
            about: None,
            reason: format!(
                "有 {} 个购买日，已 {days} 天未购买 / bought on {}, none for {}",
                buyer.days,
                many(buyer.days, "day"),
                many(days.unsigned_abs() as u32, "day")
            ),
            suggest: "亲，好久不见，您常买的款最近有老客户专享的心意，想第一时间告诉您",
        })
    })
}

/// U9: customers whose last payment was exactly so long ago that they enter the next window on this day.
fn care(view: &View, buyers: &Buyers, cuts: &Cuts, as_of: Day) -> Vec<Action> {
    let windows = [
        (
            cuts.care,
            "进入关联推荐期",
            "enters the window for related products",
            "亲，宝贝用着还顺手吗？跟它搭配的几款不少老客户都一起入了，需要的话我发您看看",
        ),
        (
            cuts.related,
            "进入满月优惠期",
            "enters the window for an offer",
            "亲，感谢您选择我们满一个月啦，给您准备了一份满月小礼，下单时找我领取就好",
        ),
        (cuts.active, "进入高挽留期", "is at risk now", "亲，有一阵子没见到您了，店里上了几款新品，按您之前的喜好挑了几样，有空可以看看"),
    ];
    list(view, buyers, |_, buyer| {
        let days = i64::from(as_of.0) - i64::from(buyer.last);
        // New customers have three windows; old ones only come to be at risk.
        let window = windows.iter().find(|(end, ..)| days == i64::from(*end) + 1 && (buyer.days == 1 || *end == cuts.active))?;
        let (_, why, why_en, suggest) = window;
        Some(Action {
            action: "care",
            due: as_of.start(),
            buyer: String::new(),
            about: None,
            reason: format!("距上次付款 {days} 天，{why} / {} since the last payment, {why_en}", many(days.unsigned_abs() as u32, "day")),
            suggest,
        })
    })
}

/// The rows of those buyers for whom there is one, with their names.
fn list(view: &View, buyers: &Buyers, row: impl Fn(u32, &Buyer) -> Option<Action>) -> Vec<Action> {
    (0..)
        .zip(&buyers.each)
        .filter(|(_, buyer)| buyer.days > 0)
        .filter_map(|(number, buyer)| {
            let name = view.orders.buyers.get(number)?;
            Some(Action { buyer: name.into(), ..row(number, buyer)? })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::{
        book::Book,
        chat,
        link::{Contact, Findings},
        metric::{
            Facts, Options, day, measure,
            sample::{self, signals, talk, talk_with},
        },
        report,
        side::Purpose,
        time::Time,
    };
    use alloc::{format, string::ToString, vec, vec::Vec};

    #[test]
    fn who_ordered_after_the_window_is_not_lost() {
        let orders = sample::orders(
            "order_id,buyer,created_at,paid_at,state
1,甲,2026-01-09 10:00:00,,等待买家付款
2,乙,2025-12-28 10:00:00,2025-12-28 10:00:00,交易成功
3,丙,2026-01-12 10:00:00,2026-01-12 10:00:00,交易成功
4,丁,2026-01-04 10:00:00,2026-01-04 10:00:00,交易成功
5,戊,2025-12-20 10:00:00,2026-01-05 10:20:00,交易成功
",
        );
        let talk = |buyer| talk(buyer, "2026-01-05", "10:00:00 买家\n10:00:09 客服小美");
        let contacts = ["甲", "乙", "丙", "丁", "戊"].map(talk).to_vec();
        let lost = |as_of| {
            let options = Options { as_of: day(as_of), ..Options::default() };
            let facts = Facts { orders: orders.clone(), contacts: contacts.clone(), ..Facts::default() };
            let actions = measure(&facts, &options).tables.actions;
            actions.into_iter().filter(|a| a.action == "lost_inquiry").map(|a| a.buyer).collect::<Vec<_>>()
        };
        assert_eq!(lost("2026-01-13"), ["乙"], "丁 waits for a parcel, 戊 paid after asking; 乙 had bought long before");
        assert_eq!(lost("2026-01-10"), ["丙", "乙"], "nobody knows of an order that is still to come");
    }

    #[test]
    fn who_asks_again_after_an_order_can_be_lost() {
        let orders = sample::orders(
            "order_id,buyer,created_at,paid_at,state
1,甲,2026-01-05 11:00:00,2026-01-05 11:00:00,交易成功
2,乙,2026-10-20 11:00:00,2026-10-20 11:00:00,交易成功
",
        );
        let talk = |date| talk("甲", date, "10:00:00 买家\n10:00:09 客服小美");
        let options = Options { as_of: day("2026-10-13"), ..Options::default() };
        let facts = Facts { orders, contacts: vec![talk("2026-01-05"), talk("2026-10-10")], ..Facts::default() };
        let lost: Vec<_> = measure(&facts, &options).tables.actions.into_iter().filter(|row| row.action == "lost_inquiry").collect();
        assert_eq!(lost.iter().map(|row| (&*row.buyer, row.reason.starts_with("2026-10-10"))).collect::<Vec<_>>(), [("甲", true)]);
    }

    #[test]
    fn a_reminder_is_of_the_orders_there_were_when_it_was_written() {
        let orders = sample::orders(
            "order_id,buyer,created_at,paid_at,state
1,甲,2026-01-05 10:00:00,,等待买家付款
2,甲,2026-01-05 12:30:00,,等待买家付款
",
        );
        let told = vec![(Purpose::Payment, Time::parse("2026-01-05 11:00:00").unwrap())];
        let contacts = vec![Contact { told, ..talk("甲", "2026-01-05", "10:50:00 买家\n11:00:00 客服小美\n12:40:00 买家") }];
        let actions = measure(&Facts { orders, contacts, ..Facts::default() }, &Options::default()).tables.actions;
        let reminded: Vec<_> = actions.iter().filter(|row| row.action == "remind_payment").map(|row| row.about.as_deref()).collect();
        assert_eq!(reminded, [Some("2")]);
    }

    #[test]
    fn who_owes_for_an_order_is_reminded_and_not_lost() {
        let orders = sample::orders(
            "order_id,buyer,created_at,paid_at,state
1,甲,2026-01-05 09:00:00,,等待买家付款
2,丙,2026-01-01 09:00:00,2026-01-01 09:10:00,交易成功
",
        );
        let talk = |buyer| talk(buyer, "2026-01-05", "10:00:00 买家\n10:00:09 客服小美");
        let contacts = vec![talk("甲"), talk("乙")];
        let options = Options { window: 0, as_of: day("2026-01-06"), ..Options::default() };
        let actions = measure(&Facts { orders, contacts, ..Facts::default() }, &options).tables.actions;
        let rows: Vec<_> = actions.iter().map(|row| (row.action, row.buyer.as_str())).collect();
        assert_eq!(rows, [("remind_payment", "甲"), ("lost_inquiry", "乙")]);
    }

    #[test]
    fn no_order_of_pdd_is_to_be_reminded_of() {
        let orders = sample::orders(
            "order_id,buyer,created_at,paid_at,state
260105-100000000000001,甲,2026-01-05 09:00:00,,待支付
260105-1,乙,2026-01-05 09:00:00,,待支付
",
        );
        let contacts = vec![talk("甲", "2026-01-05", "10:00:00 买家\n10:00:09 客服小美")];
        let options = Options { window: 0, as_of: day("2026-01-06"), ..Options::default() };
        let actions = measure(&Facts { orders, contacts, ..Facts::default() }, &options).tables.actions;
        let rows: Vec<_> = actions.iter().map(|row| (row.action, row.buyer.as_str())).collect();
        assert_eq!(rows, [("remind_payment", "乙")], "甲 owes for an order, and has not been lost");
    }

    #[test]
    fn what_was_due_long_ago_is_counted_and_not_listed() {
        let orders = sample::orders("order_id,buyer,created_at\n1,甲,2026-01-01 09:00:00\n2,甲,2026-01-07 09:00:00\n");
        let contacts = vec![
            talk("乙", "2026-01-05", "10:00:00 买家\n10:00:09 客服小美"),
            talk_with("丙", "2026-01-05", "10:00:00 买家\n10:00:09 客服小美", signals(&["complaint"])),
        ];
        let facts = Facts { orders, contacts, ..Facts::default() };
        let counts = |as_of| {
            let options = Options { as_of: day(as_of), ..Options::default() };
            let counts = measure(&facts, &options).tables.actions_count;
            let wanted = counts.into_iter().filter(|row| ["follow_up", "lost_inquiry"].contains(&row.action));
            wanted.map(|row| (row.count, row.too_old)).collect::<Vec<_>>()
        };
        // Both asked on the 5th, the window ends with the 6th. The complaint is due at 10:00:09 on the 6th, and whoever complains is
        // not asked to buy.
        assert_eq!(counts("2026-01-13"), [(1, 0), (1, 0)]);
        assert_eq!(counts("2026-01-14"), [(1, 0), (0, 1)]);
        assert_eq!(counts("2026-01-20"), [(1, 0), (0, 1)]);
        assert_eq!(counts("2026-01-21"), [(0, 1), (0, 1)]);
    }

    #[test]
    fn a_closing_word_is_owed_no_answer() {
        let book = Book::standard();
        let accuses = |last: &[&str]| {
            let said = |second: usize, role: &str, text: &str| {
                format!(r#"{{"role":"{role}","sender":"甲","at":"2026-01-05T10:00:0{second}","text":"{text}"}}"#)
            };
            let mut messages = vec![said(0, "buyer", "等了三天还没到"), said(1, "agent", "已经帮您催快递了")];
            messages.extend(last.iter().map(|text| said(2, "buyer", text)));
            let text = format!(r#"{{"id":"c","messages":[{}]}}"#, messages.join(","));
            let chats = chat::read("a.jsonl", text.as_bytes(), &Default::default());
            let conversation = &chats.conversations[0];
            let judged = book.judge(conversation, None, &mut Default::default());
            let contacts = vec![Contact::of(conversation, report::findings(&book, &judged))];
            let options = Options { as_of: day("2026-01-07"), ..Options::default() };
            let actions = measure(&Facts { contacts, ..Facts::default() }, &options).tables.actions;
            actions.into_iter().find(|row| row.action == "follow_up").unwrap().reason.contains("未获回复")
        };
        for word in ["好", "行吧", "嗯嗯", "知道了", "哦"] {
            assert!(!accuses(&[word]), "{word}");
        }
        assert!(accuses(&["好，那什么时候到"]));
        assert!(accuses(&["什么时候到", "好"]), "the question before it is still open");
    }

    #[test]
    fn what_is_due_on_the_day() {
        let orders = sample::orders(
            "order_id,buyer,created_at,paid_at,state,paid_amount
1,甲,2025-01-01 10:00:00,2025-01-01 10:10:00,交易成功,100
2,乙,2026-01-30 10:00:00,,等待买家付款,50
3,甲,2026-01-30 10:00:00,,等待买家付款,50
4,丙,2026-01-20 10:00:00,,等待买家付款,50
5,丁,2026-01-30 10:00:00,,交易关闭,50
7,子,2026-01-30 10:00:00,,等待买家付款,50
8,子,2026-01-30 10:05:00,2026-01-30 10:25:00,交易成功,50
9,丑,2026-01-30 10:00:00,,等待买家付款,50
6,戊,2026-01-25 10:00:00,2026-01-25 10:30:00,交易成功,10
",
        );
        let contacts = vec![
            talk_with("己", "2026-01-29", "10:00:00 买家\n10:00:09 客服小美\n10:01:00 买家", signals(&["complaint"])),
            talk_with("庚", "2026-01-31", "10:00:00 买家\n10:00:09 客服小美", signals(&["complaint"])),
            talk_with("辛", "2026-01-29", "10:00:00 买家\n10:00:09 客服小美", signals(&["complaint", "satisfied"])),
            talk("壬", "2026-01-31", "10:00:00 买家\n10:00:09 客服小美"),
            talk_with(
                "癸",
                "2026-01-30",
                "10:00:00 买家\n10:00:09 客服小美",
                Findings { reopened: true, ..signals(&["complaint", "satisfied"]) },
            ),
            // Reminded already; and 子 has ordered again and paid.
            talk_with("丑", "2026-01-30", "11:00:00 买家\n11:00:09 客服小美", signals(&["pay_remind"])),
        ];
        let options = Options { as_of: day("2026-01-31"), ..Options::default() };
        let tables = measure(&Facts { orders, contacts, ..Facts::default() }, &options).tables;
        let rows: Vec<(&str, &str, alloc::string::String)> =
            tables.actions.iter().map(|a| (a.action, a.buyer.as_str(), a.due.to_string())).collect();
        // Payments took 10 and 30 minutes: the new buyer is reminded after 20, the old one after 28.
        assert_eq!(
            rows,
            [
                ("remind_payment", "乙", "2026-01-30T10:20:00".to_string()),
                ("remind_payment", "甲", "2026-01-30T10:28:00".to_string()),
                ("follow_up", "己", "2026-01-30T10:01:00".to_string()),
                ("follow_up", "癸", "2026-01-31T10:00:09".to_string()),
                ("lost_inquiry", "辛", "2026-01-31T00:00:00".to_string()),
                ("care", "戊", "2026-01-31T00:00:00".to_string()),
            ]
        );
        let counts: Vec<u64> = tables.actions_count.iter().map(|c| c.count).collect();
        assert_eq!(counts, [2, 2, 1, 0, 1]);
        let paid_only = sample::orders("order_id,buyer,paid_at,paid_amount\n1,甲,2026-01-05 10:00:00,100\n");
        let tables = measure(&Facts { orders: paid_only, ..Facts::default() }, &options).tables;
        let kinds: Vec<&str> = tables.actions_count.iter().map(|c| c.action).collect();
        assert_eq!(kinds, ["core_fading", "care"], "of the others nothing is known, which is not 0");
    }
}
