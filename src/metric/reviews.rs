//! Reviews (Q8, U18): bad ones and whether they were answered, and what they complain about.
//!
//! Two bad reviews, one of them answered the next morning.
//!
//! ```
//! use huashu::{link::{Findings, Reviewed}, metric::{Facts, Options, measure}, side};
//! let csv = "买家,评分,评价内容,评价时间,商家回复,回复时间\n甲,1,带子开线了,2026-03-05 21:00:00,非常抱歉，给您补发,2026-03-06 09:00:00\n乙,2,起球,2026-03-05 21:00:00,,\n丙,5,很好,2026-03-05 21:00:00,,\n";
//! let side = side::read("a.csv", csv.as_bytes(), &Default::default()).side;
//! let of = |(number, review)| {
//!     let talk = Reviewed::conversation(&review, number);
//!     Reviewed::of(&review, &talk, Findings::default())
//! };
//! let facts = Facts { reviews: side.reviews().enumerate().map(of).collect(), side, ..Facts::default() };
//! let figures = measure(&facts, &Options::default());
//! assert_eq!(figures.get("service.review_answer_rate").unwrap().value, Some(1.0 / 2.0));
//! let first = &figures.tables.reviews[0];
//! assert_eq!((first.buyer.as_deref(), first.answered), (Some("乙"), false)); // what is open comes first
//! ```

use super::{
    figure::{Definition, Sheet},
    select::{Listed, NO_DAY, Window, end_of},
    service::complains,
    talk::{day_of, time_of},
};
use crate::{
    link::{Reviewed, buyer_key},
    side::{Kind, Side},
    sort,
    time::{DAY, Day, Time},
};
use alloc::{format, string::String, vec::Vec};
use serde::Serialize;

const ANSWERED: Definition = Definition {
    id: "service.review_answer_rate",
    title: "差评及时解释率",
    title_en: "Bad reviews answered in time",
    unit: "ratio",
    formula: "24 小时内有回复的差评 ÷ 差评（3 星及以下、中评、差评） / bad reviews answered within 24 hours ÷ bad reviews (up to 3 stars)",
};

pub(super) const DEFINITIONS: &[Definition] = &[ANSWERED];

const NO_TABLE: &str =
    "没有商品评价表：请加上评价内容、星级、回复的导出 / no table of reviews: add the export of reviews with text, stars and reply";
const NO_BAD: &str = "期内没有差评 / no bad review in this period";

/// A bad review, or one that complains.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReviewRow {
    /// When it was written.
    pub at: Option<Time>,
    /// Who wrote it.
    pub buyer: Option<String>,
    /// The order's number.
    pub order: Option<String>,
    /// The product, where the table names it.
    pub product: Option<String>,
    /// 1–5.
    pub stars: Option<u8>,
    /// The scenes that the book finds in it.
    pub problems: Vec<String>,
    /// Whether the shop replied: until then it is to be watched.
    pub answered: bool,
    /// Seconds to the reply, where both times are known and in this order.
    pub seconds: Option<i64>,
    /// Rules that the reply, or its absence, breaks.
    pub failed: Vec<String>,
}

/// Whether a review is to be looked at.
pub(super) fn is_problem(review: &Reviewed) -> bool {
    review.is_bad() || (review.stars.is_none() && complains(&review.talk))
}

/// The reviews of the window that are to be looked at, and how many bad ones are of buyers and orders to leave out; those without a
/// date count in the period that was asked for.
pub(super) fn problems<'a>(reviews: &'a [Reviewed], window: Window, listed: &Listed, asked_for: bool) -> (Vec<&'a Reviewed>, u64) {
    let counts = |review: &&Reviewed| {
        let day = day_of(&review.talk);
        is_problem(review) && (window.contains(day) || (day == NO_DAY && asked_for))
    };
    let is_listed = |review: &&Reviewed| {
        let names = [review.talk.buyer.as_deref(), review.order.as_deref()];
        names.into_iter().flatten().any(|name| listed.has(&buyer_key(name)))
    };
    let (out, kept): (Vec<&Reviewed>, Vec<&Reviewed>) = reviews.iter().filter(counts).partition(is_listed);
    (kept, out.iter().filter(|review| review.is_bad()).count() as u64)
}

/// The last day on which one was written, for all that is known.
pub(super) fn last_day(reviews: &[Reviewed]) -> Option<Day> {
    reviews.iter().filter_map(|review| time_of(&review.talk)).map(Time::day).max()
}

/// Whether it was replied to before it was written.
fn is_backwards(review: &Reviewed) -> bool {
    review.talk.first_response.is_some_and(|seconds| seconds < 0)
}

/// `seen`: the day up to which answers are known.
pub(super) fn figures(side: &Side, problems: &[&Reviewed], listed: u64, seen: Option<Day>, sheet: &mut Sheet) {
    let (backwards, bad): (Vec<&Reviewed>, Vec<&Reviewed>) =
        problems.iter().filter(|review| review.is_bad()).partition(|review| is_backwards(review));
    let bad = || bad.iter();
    let untimed = bad().filter(|review| review.talk.replied && review.talk.first_response.is_none()).count() as u64;
    let whole = bad().count() as u64;
    let (mut in_time, mut open) = (0, 0);
    let now = end_of(seen);
    for review in bad() {
        // A reply without its time may have come in time.
        let answered = review.talk.replied && review.talk.first_response.is_none_or(|seconds| seconds <= DAY);
        in_time += u64::from(answered);
        open += u64::from(!review.talk.replied && time_of(&review.talk).is_some_and(|at| at.seconds().saturating_add(DAY) > now));
        let id = || review.order.as_deref().or(review.talk.buyer.as_deref()).unwrap_or_default().into();
        sheet.row(&ANSWERED, "review", (f64::from(u8::from(answered)), 1.0), || (id(), review.product.clone()));
    }
    sheet.add(&ANSWERED, |m| {
        m.share(in_time, whole, NO_BAD).left_out("listed", listed).left_out("clock-backwards", backwards.len() as u64).not_over(open);
        if untimed > 0 {
            m.standard(&format!("{untimed} 条回复没有时间，计为及时 / replies without a time taken as in time: {untimed}"));
        }
        if !side.has(Kind::Reviews) {
            m.unavailable(NO_TABLE);
        } else if !side.has_field(Kind::Reviews, "stars") {
            m.unavailable("评价表没有星级，分不出差评 / the table of reviews has no stars: bad reviews cannot be told");
        } else if !side.has_field(Kind::Reviews, "reply") {
            m.unavailable("评价表没有回复一列 / the table of reviews has no column of replies");
        }
    });
}

/// Open ones first, then the latest first.
pub(super) fn table(problems: &[&Reviewed]) -> Vec<ReviewRow> {
    let mut rows: Vec<ReviewRow> = problems
        .iter()
        .map(|review| ReviewRow {
            at: review.talk.asked_at,
            buyer: review.talk.buyer.clone(),
            order: review.order.clone(),
            product: review.product.clone(),
            stars: review.stars,
            problems: review.talk.found.scenes.iter().map(|scene| String::from(&**scene)).collect(),
            answered: review.talk.replied,
            seconds: review.talk.first_response.filter(|seconds| *seconds >= 0),
            failed: review.talk.found.verdicts.iter().filter(|v| !v.passed).map(|v| String::from(&*v.rule)).collect(),
        })
        .collect();
    sort::by(&mut rows, |a, b| {
        a.answered.cmp(&b.answered).then(b.at.cmp(&a.at)).then_with(|| (&a.order, &a.buyer).cmp(&(&b.order, &b.buyer)))
    });
    rows
}

#[cfg(test)]
mod tests {
    use crate::{
        link::{Findings, Reviewed},
        metric::{Facts, Options, Period, measure},
        side,
    };
    use alloc::{format, vec::Vec};

    fn facts_of(csv: &str) -> Facts {
        let side = side::read("a.csv", csv.as_bytes(), &side::SideOptions::default()).side;
        let of = |(number, review)| Reviewed::of(&review, &Reviewed::conversation(&review, number), Findings::default());
        Facts { reviews: side.reviews().enumerate().map(of).collect(), side, ..Facts::default() }
    }

    #[test]
    fn a_review_may_be_answered_until_its_day_is_over() {
        let csv = "买家,评分,评价内容,评价时间,商家回复,回复时间\n甲,1,差,2026-03-01 21:00:00,抱歉,2026-03-02 09:00:00\n乙,1,差,2026-03-05 21:00:00,,\n丙,1,差,2026-03-07 21:00:00,,\n";
        let facts = facts_of(csv);
        let rate = |options: &Options| {
            let found = measure(&facts, options);
            let rate = found.get("service.review_answer_rate").unwrap();
            (rate.numerator, rate.denominator, rate.open)
        };
        assert_eq!(rate(&Options::default()), (Some(1.0), Some(3.0), 1));
        assert_eq!(rate(&Options { as_of: crate::metric::day("2026-03-08"), ..Options::default() }), (Some(1.0), Some(3.0), 0));
        // One without a date takes nothing from what is known of the others.
        let undated = format!("{csv}丁,1,差,,,\n戊,1,差,,抱歉,2026-03-03 09:00:00\n己,1,差,2026-03-04 10:00:00,抱歉,2026-03-04 09:00:00\n");
        let undated = facts_of(&undated);
        let found = measure(&undated, &Options::default());
        let metric = found.get("service.review_answer_rate").unwrap();
        assert_eq!((metric.numerator, metric.denominator, metric.open), (Some(2.0), Some(5.0), 1));
        assert_eq!(metric.excluded.iter().map(|e| (e.reason, e.count)).collect::<Vec<_>>(), [("clock-backwards", 1)]);
        let row = |buyer: &str| found.tables.reviews.iter().find(|row| row.buyer.as_deref() == Some(buyer)).unwrap();
        assert_eq!((row("戊").at, row("戊").seconds, row("己").seconds), (None, None, None));
        // That of a reply is known, and with it whether a period lies outside.
        let replied = facts_of(&format!("{csv}戊,1,差,,抱歉,2026-03-03 09:00:00\n"));
        let outside = Options { period: Period::parse("2026-05-01..2026-05-31"), ..Options::default() };
        assert!(
            measure(&replied, &outside).get("service.review_answer_rate").unwrap().why.as_deref().unwrap().contains("outside the data")
        );
        // The table begins within the days before.
        let found = measure(&facts, &Options { period: Period::parse("2026-03-05..2026-03-10"), ..Options::default() });
        assert_eq!(found.get("service.review_answer_rate").unwrap().previous, Some(None));
    }
}
