//! Tables beside what they were in the period before.
//!
//! In February the cup sold twice, in January once, the tray in February alone.
//!
//! ```
//! use huashu::{metric::{Facts, Options, Period, measure}, order};
//! let csv = "order_id,buyer,paid_at,paid_amount,sku,quantity,unit_price
//! 1,甲,2026-01-30 10:00:00,20,杯子,1,20
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
//! assert_eq!(of("2026-01-01..2026-01-31"), [("杯子".into(), 1, None)]); // what was before the data begin nobody knows
//! ```

use super::{
    AgentRow, Counted, FlowStep, Group, Issue, Period, Product, ProductCycle, RefundReason, Run, Segment, Spread, Tables, Waits, agents,
    buyers::Buyers,
    cohorts, customers, products, reasons,
    select::{NO_DAY, Window},
    talk::day_of,
    waits,
};
use crate::{sort, time::Day};
use alloc::{boxed::Box, vec::Vec};

/// The same row in the period before; absent where no period was asked for or the data does not reach back into it, `null` where
/// there was no such row.
pub type Before<T> = Option<Option<Box<T>>>;

/// What makes a row the same one.
type Key<'a> = (Option<&'a str>, Option<&'a str>);

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
    AgentRow: |row| (Some(&row.agent), None);
    FlowStep: |row| (Some(row.step), None);
    Group: |row| (Some(row.group), None);
    Issue: |row| (row.problem.as_deref(), row.product.as_deref());
    Product: |row| (Some(&row.product), None);
    ProductCycle: |row| (Some(&row.sku), None);
    RefundReason: |row| (row.reason.as_deref(), None);
    Segment: |row| (Some(row.segment), None);
    Spread: |row| (Some(row.measure), None);
    Waits: |row| (row.agent.as_deref(), None);
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
    /// Puts the rows of the period before beside those of this one, in every table whose data reaches back into it.
    pub(super) fn beside(&self, tables: &mut Tables, mut old: Counted, before: Period) {
        let reaches = |first: Option<Day>| first.is_some_and(|first| first <= before.to);
        let orders = reaches(self.view.days().map(|(first, _)| first));
        let chats = reaches(self.chats_begin);
        let Counted { window, talks, inquiries, pairs, .. } = &old;
        let joined = orders && chats && talks.lacks_buyers().or(self.view.lacks_buyers()).is_none();
        if orders {
            let mut rows = products::table(&self.view, *window, talks, inquiries, &self.options, joined);
            if !chats {
                rows.iter_mut().for_each(|row| (row.asked, row.asked_ordered) = (None, None));
            }
            beside(&mut tables.products, rows);
            beside(&mut tables.refund_reasons, reasons::table(&self.view, *window));
            beside(&mut tables.cycle_product, pairs.table(&self.view));
        }
        if chats {
            beside(&mut tables.agents, agents::table(talks, inquiries, joined, &self.options.response));
            beside(&mut tables.response, waits::table(talks, &self.options.response));
        }
        if joined {
            beside(&mut tables.flow, inquiries.flow());
        }
        let reviews = self.reviews.iter().map(|review| day_of(&review.talk)).filter(|day| *day != NO_DAY).min().map(Day);
        if (chats || reaches(reviews)) && [self.chats_begin, reviews].into_iter().flatten().all(|first| reaches(Some(first))) {
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
        self.customers_beside(tables, old, before.days(), chats);
    }

    /// Customers are grouped as of a day: so many days earlier.
    fn customers_beside(&self, tables: &mut Tables, mut old: Counted, days: i64, chats: bool) {
        let Self { view, options, .. } = self;
        let earlier = |day: Day| i32::try_from(i64::from(day.0) - days).ok().map(Day);
        let Some(as_of) = self.as_of.and_then(earlier).filter(|day| view.days().is_some_and(|(first, _)| first <= *day)) else { return };
        let everyone = Buyers::of(&self.purchases, Window::until(as_of));
        customers::tables(view, &everyone, &old.talks, &old.inquiries, options, as_of, &mut old.sheet);
        let Tables { rfm, rfm_quantiles, lifecycle, layers, .. } = old.sheet.tables;
        beside(&mut tables.rfm, rfm);
        beside(&mut tables.rfm_quantiles, rfm_quantiles);
        beside(&mut tables.layers, layers);
        beside(&mut tables.purchase_count, cohorts::purchase_count(&everyone));
        // Without chats from then nobody knows who asked and never bought, nor what share the others are.
        if chats || self.chats_begin.is_none() {
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
    use alloc::{boxed::Box, vec, vec::Vec};

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
    fn what_the_data_does_not_reach_back_to_is_absent() {
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
