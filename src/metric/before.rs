//! Tables beside what they were in the period before.
//!
//! In February the cup sold twice, in January once, the tray in February alone.
//!
//! ```
//! use huashu::{metric::{Facts, Options, Period, measure}, order};
//! let csv = "order_id,buyer,paid_at,paid_amount,sku,quantity,unit_price
//! 1,甲,2026-01-01 10:00:00,20,杯子,1,20
//! 2,乙,2026-02-05 10:00:00,20,杯子,1,20
//! 3,丙,2026-02-06 10:00:00,20,杯子,1,20
//! 4,丙,2026-02-07 10:00:00,10,托盘,1,10
//! ";
//! let facts = Facts { orders: order::read("a.csv", csv.as_bytes(), &Default::default()).orders, ..Facts::default() };
//! let of = |period: &str| {
//!     let found = measure(&facts, &Options { period: Period::parse(period), ..Options::default() });
//!     found.tables.products.into_iter().map(|row| (row.product, row.orders, row.previous.map(|old| old.map(|old| old.orders)))).collect::<Vec<_>>()
//! };
//! assert_eq!(of("2026-02-01..2026-02-28"), [("杯子".into(), 2, Some(Some(1))), ("托盘".into(), 1, Some(None))]);
//! // January begins as the data do. The 30 days before these 30 begin a day earlier: what there is of them would be no whole.
//! assert_eq!(of("2026-01-30..2026-02-28"), [("杯子".into(), 2, None), ("托盘".into(), 1, None)]);
//! ```

use super::{
    AgentRow, Counted, FlowStep, Group, Issue, Lift, Outlier, Period, Product, ProductCycle, RefundReason, Run, SecondPurchase, Segment,
    Spread, Tables, Waits, Weekly, agents,
    buyers::Buyers,
    cohorts, customers, lift, outliers, products,
    rated::Rated,
    reasons,
    select::{NO_DAY, Window},
    talk::{Talks, day_of},
    waits, weekly,
};
use crate::{sort, time::Day};
use alloc::{boxed::Box, vec::Vec};

/// The same row in the period before; absent where no period was asked for or the data begins after that one does, `null` where
/// there was no such row.
pub type Before<T> = Option<Option<Box<T>>>;

/// What makes a row the same one.
type Key<'a> = (Option<&'a str>, Option<&'a str>, u64);

/// A row that is compared with that of the period before.
trait Row: Sized {
    fn key(&self) -> Key<'_>;
    fn previous(&mut self) -> &mut Before<Self>;
}

macro_rules! rows {
    ($($row:ty: $key:expr;)*) => {$(
        impl Row for $row {
            fn key(&self) -> Key<'_> {
                let key: fn(&Self) -> Key<'_> = $key;
                key(self)
            }
            fn previous(&mut self) -> &mut Before<Self> {
                &mut self.previous
            }
        }
    )*};
}

rows! {
    AgentRow: |row| (Some(&row.agent), None, 0);
    FlowStep: |row| (Some(row.step), None, 0);
    Group: |row| (Some(row.group), None, 0);
    Issue: |row| (row.problem.as_deref(), row.product.as_deref(), 0);
    Lift: |row| (Some(&row.id), Some(row.outcome), u64::from(row.kind == "rule"));
    Outlier: |row| (row.buyer.as_deref(), Some(row.measure), row.place);
    Product: |row| (Some(&row.product), None, 0);
    ProductCycle: |row| (Some(&row.sku), None, 0);
    RefundReason: |row| (row.reason.as_deref(), None, 0);
    SecondPurchase: |row| (None, None, u64::from(row.days));
    Segment: |row| (Some(row.segment), None, 0);
    Spread: |row| (Some(row.measure), None, 0);
    Waits: |row| (row.agent.as_deref(), None, 0);
}

/// Where each of these keys stands among the others.
fn places(keys: &[Key], among: &[Key]) -> Vec<Option<usize>> {
    let mut known: Vec<(Key, usize)> = among.iter().copied().zip(0..).collect();
    sort::plain(&mut known);
    let find = |key: &Key| known.binary_search_by(|(known, _)| known.cmp(key)).ok().and_then(|at| known.get(at)).map(|(_, at)| *at);
    keys.iter().map(find).collect()
}

fn keys<T: Row>(rows: &[T]) -> Vec<Key<'_>> {
    rows.iter().map(Row::key).collect()
}

/// Puts the rows of the period before beside those of this one.
fn beside<T: Row>(rows: &mut [T], before: Vec<T>) {
    let places = places(&keys(rows), &keys(&before));
    let mut before: Vec<Option<T>> = before.into_iter().map(Some).collect();
    for (row, at) in rows.iter_mut().zip(places) {
        *row.previous() = Some(at.and_then(|at| before.get_mut(at)?.take()).map(Box::new));
    }
}

impl Run<'_> {
    /// Puts the rows of the period before beside those of this one, in every table whose data holds all of it.
    pub(super) fn beside(&self, tables: &mut Tables, mut old: Counted, before: Period) {
        let reaches = |first: Option<Day>| first.is_some_and(|first| first <= before.from);
        let orders = reaches(self.view.days().map(|(first, _)| first));
        let chats = reaches(self.chats.map(|(first, _)| first));
        let joined = orders && chats && self.joined(&old);
        let Counted { window, talks, inquiries, pairs, .. } = &old;
        if orders {
            let mut rows = products::table(&self.view, *window, talks, inquiries, &self.options, joined);
            if !chats {
                products::forget_asked(&mut rows);
            }
            beside(&mut tables.products, rows);
            beside(&mut tables.refund_reasons, reasons::table(&self.view, *window));
            beside(&mut tables.cycle_product, pairs.table(&self.view));
        }
        if chats {
            beside(&mut tables.agents, agents::table(talks, inquiries, joined, &self.options.response));
            beside(&mut tables.response, waits::table(talks, &self.options.response));
            let rated = Rated::new(self.side, self.all);
            beside(&mut tables.lift, lift::table(talks, inquiries, self.side, &rated, *window, joined, false));
            // What became of them then nobody knows.
            tables.lift.iter_mut().filter(|row| !joined && !lift::is_of_chats(row.outcome)).for_each(|row| row.previous = None);
        }
        self.weeks_beside(&mut tables.weekly);
        if joined {
            beside(&mut tables.flow, inquiries.flow());
        }
        let reviews = self.reviews.iter().map(|review| day_of(&review.talk)).filter(|day| *day != NO_DAY).min().map(Day);
        let begins = [self.chats.map(|(first, _)| first), reviews];
        if (chats || reaches(reviews)) && begins.into_iter().flatten().all(|first| reaches(Some(first))) {
            beside(&mut tables.issues, core::mem::take(&mut old.sheet.tables.issues));
        }
        if chats {
            let Tables { people, teams, shifts, .. } = &mut old.sheet.tables;
            for (rows, own) in [(&mut tables.people, people), (&mut tables.teams, teams), (&mut tables.shifts, shifts)] {
                if !joined {
                    own.iter_mut().for_each(|row| (row.ordered, row.amount) = (None, None));
                }
                beside(rows, core::mem::take(own));
            }
        }
        if let Some(period) = self.options.period.filter(|_| orders) {
            self.customers_beside(tables, old, period.days(), chats);
        }
    }

    /// Beside each week of the review the week before: all of it, also where the period begins in between.
    fn weeks_beside(&self, rows: &mut [Weekly]) {
        const WEEK: i32 = 7;
        let weeks = rows.iter().map(|row| (row.week, row.week)).reduce(|(a, b), (c, d)| (a.min(c), b.max(d)));
        let Some(((first, last), begin)) = weeks.zip(self.chats.map(|(first, _)| first)) else { return };
        let window = Window::of(Some(Period { from: Day(first.0.saturating_sub(WEEK)), to: Day(last.0.saturating_sub(1)) }));
        let talks = Talks::new(&self.contacts, self.listed, window, false);
        let before = weekly::table(&talks, self.side, &Rated::new(self.side, self.all), &self.options.board);
        for row in rows {
            let week = Day(row.week.0.saturating_sub(WEEK));
            let old = before.iter().find(|old| (old.week, old.kind) == (week, row.kind));
            row.previous = (begin <= week).then(|| old.cloned().map(Box::new));
        }
    }

    /// Customers are looked at as of a day: so many days earlier.
    fn customers_beside(&self, tables: &mut Tables, mut old: Counted, days: i64, chats: bool) {
        let Self { view, options, .. } = self;
        let earlier = |day: Day| i32::try_from(i64::from(day.0) - days).ok().map(Day);
        let Some(as_of) = self.as_of.and_then(earlier).filter(|day| view.days().is_some_and(|(first, _)| first <= *day)) else { return };
        let everyone = Buyers::of(&self.purchases, Window::until(as_of));
        let (talks, inquiries) = self.up_to(as_of, false);
        customers::tables(view, &everyone, &talks, &inquiries, options, as_of, &mut old.sheet);
        let Tables { rfm, rfm_quantiles, lifecycle, layers, .. } = old.sheet.tables;
        beside(&mut tables.rfm, rfm);
        beside(&mut tables.rfm_quantiles, rfm_quantiles);
        beside(&mut tables.layers, layers);
        beside(&mut tables.purchase_count, cohorts::purchase_count(&everyone));
        beside(&mut tables.second_purchase, cohorts::second_purchase(&self.purchases, as_of));
        beside(&mut tables.outliers, outliers::table(view, &self.purchases, Window::until(as_of)));
        // Without chats from then nobody knows who asked and never bought, nor what share the others are.
        if chats || self.chats.is_none() {
            beside(&mut tables.lifecycle, lifecycle);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        link::Contact,
        metric::{
            Facts, Options, Period, Tables, measure,
            sample::{orders, signals, talk, talk_with},
        },
        side,
    };
    use alloc::{boxed::Box, format, string::String, vec, vec::Vec};

    const ORDERS: &str = "order_id,buyer,created_at,paid_at,state,paid_amount
1,甲,2026-01-05 10:30:00,2026-01-05 10:31:00,交易成功,100
2,乙,2026-01-09 11:30:00,2026-01-09 11:31:00,交易成功,50
3,甲,2026-01-12 10:30:00,2026-01-12 10:31:00,交易成功,30
";

    fn talks() -> Vec<Contact> {
        vec![
            talk("甲", "2026-01-05", "10:00:00 买家\n10:00:10 客服小美"),
            talk_with("乙", "2026-01-12", "10:00:00 买家\n10:00:20 客服小美", signals(&["complaint"])),
            talk("甲", "2026-01-12", "10:00:00 买家\n10:00:30 客服小敏"),
        ]
    }

    fn tables(contacts: Vec<Contact>, period: &str) -> Tables {
        let roster = "客服账号,姓名,组别,班次\n小美,王美,售前,白班\n小敏,李敏,售前,晚班\n";
        let side = side::read("roster.csv", roster.as_bytes(), &side::SideOptions::default()).side;
        let facts = Facts { orders: orders(ORDERS), contacts, side, ..Facts::default() };
        measure(&facts, &Options { period: Period::parse(period), ..Options::default() }).tables
    }

    const WEEK: &str = "2026-01-12..2026-01-18";

    fn of(rows: &str) -> Facts {
        Facts { orders: orders(&format!("order_id,buyer,paid_at,paid_amount\n{rows}")), ..Facts::default() }
    }

    fn in_period(facts: &Facts, period: &str) -> Tables {
        measure(facts, &Options { period: Period::parse(period), ..Options::default() }).tables
    }

    #[test]
    fn rows_of_the_week_before_are_those_of_that_week() {
        let now = tables(talks(), WEEK);
        let then = tables(talks(), "2026-01-05..2026-01-11");
        let [mei, min] = ["小美", "小敏"].map(|name| now.agents.iter().find(|row| row.agent == name).unwrap());
        assert_eq!(mei.previous.clone().unwrap().unwrap().mean, Some(10.0));
        assert_eq!(mei.previous, Some(then.agents.first().map(|row| Box::new(row.clone()))));
        assert_eq!(min.previous, Some(None), "she did not serve anybody then");
        assert_eq!(now.response[0].previous.clone().unwrap().map(|row| row.rounds), Some(1));
        assert_eq!(now.teams[0].previous.clone().unwrap().map(|row| (row.conversations, row.amount)), Some((1, Some(100.0))));
        let flow: Vec<_> = now.flow.iter().map(|row| (row.step, row.buyers, row.previous.clone().unwrap().unwrap().buyers)).collect();
        assert_eq!(flow, [("inquiry", 2, 1), ("ordered", 1, 1), ("paid", 1, 1), ("kept", 1, 1)]);
        assert_eq!(now.issues[0].previous, Some(None));
        // As of the 12th 甲 has bought twice, a week earlier once, and 乙 not yet.
        let counts: Vec<_> = now.purchase_count.iter().map(|row| (row.buyers, row.previous.clone().unwrap().unwrap().buyers)).collect();
        assert_eq!(counts, [(1, 1), (1, 0), (0, 0)]);
    }

    #[test]
    fn wording_is_compared_outcome_by_outcome() {
        let told = |buyer: &str, day: &str, told: &[&str]| talk_with(buyer, day, "10:00:00 买家\n10:00:09 客服小美", signals(told));
        let contacts = || {
            vec![
                told("甲", "2026-01-05", &["benefit", "satisfied"]),
                told("乙", "2026-01-09", &[]),
                told("甲", "2026-01-12", &["benefit"]),
                told("丙", "2026-01-13", &["wait"]),
                // Of the others it is known whether they ordered.
                told("丁", "2026-01-15", &[]),
            ]
        };
        let row = |tables: &Tables, id: &str, outcome: &str| {
            let row = tables.lift.iter().find(|row| row.id == id && row.outcome == outcome).unwrap().clone();
            row.previous.map(|old| old.map(|old| (old.with_outcome, old.with_count, old.without_outcome, old.without_count)))
        };
        let now = tables(contacts(), WEEK);
        assert_eq!(row(&now, "benefit", "ordered"), Some(Some((1, 1, 1, 1))));
        assert_eq!(row(&now, "benefit", "satisfied"), Some(Some((1, 1, 0, 1))));
        assert_eq!(row(&now, "wait", "ordered"), Some(None), "nobody was told then");
        // Who ordered in the week before is unknown where the orders begin in it.
        let later = Facts { orders: orders(&ORDERS.replace("2026-01-05", "2026-01-07")), contacts: contacts(), ..Facts::default() };
        let now = in_period(&later, WEEK);
        assert_eq!((row(&now, "benefit", "ordered"), row(&now, "wait", "ordered")), (None, None));
        assert_eq!(row(&now, "benefit", "satisfied"), Some(Some((1, 1, 0, 1))));
    }

    #[test]
    fn weeks_are_compared_with_the_week_before_whole() {
        let said = |buyer: &str, day: &str, signal: &str| talk_with(buyer, day, "10:00:00 买家\n10:00:09 客服小美", signals(&[signal]));
        // Weeks begin on the 5th, the 12th and the 19th, the period on the 14th.
        let contacts = vec![
            said("甲", "2026-01-05", "urge"),
            said("乙", "2026-01-06", "complaint"),
            said("丙", "2026-01-12", "complaint"),
            said("丁", "2026-01-14", "complaint"),
            said("戊", "2026-01-14", "satisfied"),
            said("己", "2026-01-19", "complaint"),
        ];
        let rows = |contacts: Vec<Contact>| {
            let now = in_period(&Facts { contacts, ..Facts::default() }, "2026-01-14..2026-01-20").weekly;
            let told = |row: &crate::metric::Weekly| (row.kind, row.conversations, row.of);
            now.iter().map(|row| (told(row), row.previous.as_ref().map(|old| old.as_deref().map(told)))).collect::<Vec<_>>()
        };
        assert_eq!(
            rows(contacts.clone()),
            [
                (("complained", 1, 1), Some(Some(("complained", 2, 3)))),
                (("complained", 1, 2), Some(Some(("complained", 1, 2)))),
                (("praised", 1, 2), Some(None)),
            ]
        );
        let begun: Vec<_> = rows(contacts.into_iter().skip(1).collect()).into_iter().map(|(_, old)| old).collect();
        assert_eq!(begun, [Some(Some(("complained", 2, 3))), None, None], "the chats begin on the 6th");
    }

    #[test]
    fn who_is_an_outlier_now_may_have_been_one_before() {
        let many = |from: usize, count: usize, day: &str| {
            (from..from + count).map(|n| format!("{n:03},丙,{day} 10:00:00,10\n")).collect::<String>()
        };
        let others: String = (0..9).map(|n| format!("b{n},买家{n},2026-01-01 10:00:00,10\n")).collect();
        let rows = |facts: &Facts| {
            let found = in_period(facts, "2026-02-01..2026-02-28").outliers;
            found.into_iter().map(|row| (row.measure, row.value, row.previous.map(|old| old.map(|old| old.value)))).collect::<Vec<_>>()
        };
        let grown = of(&(others.clone() + &many(0, 12, "2026-01-20") + &many(12, 8, "2026-02-28")));
        assert_eq!(
            rows(&grown),
            [("orders_per_day", 12.0, Some(Some(12.0))), ("orders", 20.0, Some(Some(12.0))), ("amount", 200.0, Some(Some(120.0)))]
        );
        let new = of(&(others + &many(0, 2, "2026-01-20") + &many(12, 12, "2026-02-28")));
        assert_eq!(rows(&new), [("orders_per_day", 12.0, Some(None)), ("orders", 14.0, Some(None)), ("amount", 140.0, Some(None))]);
    }

    #[test]
    fn the_curve_of_second_purchases_is_as_of_so_many_days_earlier() {
        let facts = of("1,甲,2026-01-01 10:00:00,1\n2,甲,2026-01-03 10:00:00,1\n3,乙,2026-01-05 10:00:00,1\n4,丙,2026-02-09 10:00:00,1\n");
        let then = measure(&facts, &Options { as_of: crate::metric::day("2026-01-31"), ..Options::default() }).tables.second_purchase;
        let now = in_period(&facts, "2026-02-01..2026-02-09").second_purchase;
        assert_eq!((now.len(), then.len()), (5, 4), "乙 has been watched for 35 days, as of the 31st for 26");
        let earlier: Vec<_> = now.iter().filter_map(|row| row.previous.clone()?).collect();
        assert_eq!(earlier, then.into_iter().map(Box::new).collect::<Vec<_>>());
        assert_eq!(now[4].previous, Some(None));
    }

    #[test]
    fn what_the_data_does_not_reach_back_to_is_absent() {
        let begun = tables(talks(), "2026-01-10..2026-01-18");
        let all = begun.agents.iter().chain(&begun.teams).all(|row| row.previous.is_none());
        assert!(all && begun.layers.iter().all(|row| row.previous.is_none()), "the data begin on the 5th, the period before on the 1st");
        let later = talks().into_iter().skip(1).collect();
        let now = tables(later, WEEK);
        assert!(now.agents.iter().chain(&now.teams).all(|row| row.previous.is_none()), "the chats begin in this week");
        assert!(now.flow.iter().all(|row| row.previous.is_none()) && now.issues[0].previous.is_none());
        assert!(now.lifecycle.iter().all(|row| row.previous.is_none()), "who asked then is unknown");
        assert!(now.layers.iter().all(|row| row.previous.is_some()), "the orders are known");
        let all = measure(&Facts { orders: orders(ORDERS), contacts: talks(), ..Facts::default() }, &Options::default()).tables;
        assert!(all.agents.iter().all(|row| row.previous.is_none()) && all.layers.iter().all(|row| row.previous.is_none()));
        let json = serde_json::to_value(&all).unwrap();
        assert!(json["agents"][0].get("previous").is_none());
    }
}
