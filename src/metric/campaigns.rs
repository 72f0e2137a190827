//! Campaign response (U20): of the buyers whom a campaign reached, who bought within some days: a smaller campaign to the right
//! buyers can beat a large one.
//!
//! Of the two whom 焕新 reached one bought within 7 days; the purchase of 丙 came before the campaign did.
//!
//! ```
//! use huashu::{metric::{Facts, Options, measure}, order, side};
//! let orders = "order_id,buyer,paid_at,paid_amount\n1,甲,2026-03-05 10:00:00,80\n2,乙,2026-03-20 10:00:00,50\n3,丙,2026-03-01 09:00:00,30\n";
//! let reached = "活动,会员名,触达时间\n焕新,甲,2026-03-02 10:00:00\n焕新,乙,2026-03-02 10:00:00\n唤醒,丙,2026-03-02 10:00:00\n";
//! let facts = Facts {
//!     orders: order::read("a.csv", orders.as_bytes(), &Default::default()).orders,
//!     side: side::read("b.csv", reached.as_bytes(), &Default::default()).side,
//!     ..Facts::default()
//! };
//! let figures = measure(&facts, &Options::default());
//! let rows: Vec<_> = figures.tables.campaigns.iter().map(|row| (row.campaign.as_str(), row.responded, row.reached)).collect();
//! assert_eq!(rows, [("焕新", 1, 2), ("唤醒", 0, 1)]);
//! assert_eq!(figures.tables.campaigns[0].amount, Some(80.0));
//! let whole = figures.get("campaigns.response_rate").unwrap();
//! assert_eq!((whole.numerator, whole.denominator), (Some(1.0), Some(3.0)));
//! ```

use super::{
    Options,
    figure::{By, Definition, Sheet},
    select::{Listed, View, Window, end_of},
    stats,
    totals::Sum,
};
use crate::{
    link::buyer_key,
    order::{NONE, Names},
    side::{Kind, Side},
    sort,
    text::many,
    time::{DAY, Day, Time},
};
use alloc::{format, string::String, vec::Vec};
use serde::Serialize;

const RESPONSE: Definition = Definition {
    id: "campaigns.response_rate",
    title: "营销响应率",
    title_en: "Campaign response rate",
    unit: "ratio",
    formula: "触达后在统计天数内付款的买家 ÷ 触达的买家 / buyers who paid for an order within the days after a campaign reached them ÷ buyers reached",
};

pub(super) const DEFINITIONS: &[Definition] = &[RESPONSE];

const NO_TABLE: &str = "没有营销触达表：请加上活动名称、买家、触达时间的表 / no table of campaigns: add one of campaign, buyer and the time at which it reached the buyer";
const NOBODY: &str = "期内没有触达买家 / no buyer was reached in this period";

/// A campaign.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Campaign {
    /// Its name.
    pub campaign: String,
    /// The first and the last day on which it reached somebody.
    pub from: Day,
    /// See [`Campaign::from`].
    pub to: Day,
    /// Distinct buyers it reached.
    pub reached: u64,
    /// Of these, who paid for an order within [`Campaign::days`].
    pub responded: u64,
    /// Responded / reached.
    pub share: f64,
    /// Its 95 % interval (Wilson): campaigns whose intervals lie apart differ.
    pub interval: Option<[f64; 2]>,
    /// Days after it within which an order counts.
    pub days: u32,
    /// What the orders that count paid, yuan, as far as it is known; `null` where it is of none of them.
    pub amount: Option<f64>,
    /// Those of them whose amount is unknown.
    pub no_amount: u64,
    /// Buyers whose days are not over: the share may grow.
    pub open: u64,
}

/// The paid orders of these buyers that count: number of the buyer, seconds, cents or [`NONE`]; sorted.
pub(super) fn bought(view: &View, names: &Names) -> Vec<(u32, i64, i64)> {
    if names.is_empty() {
        return Vec::new();
    }
    let ours = view.among(names);
    let counted = view.rows().filter(|row| view.counts(row));
    let mut bought: Vec<(u32, i64, i64)> = counted
        .filter_map(|row| Some((ours.get(row.buyer as usize).copied().flatten()?, view.latest(&row).1, row.paid_amount)))
        .filter(|(_, time, _)| *time != NONE)
        .collect();
    sort::plain(&mut bought);
    bought
}

pub(super) fn figures(side: &Side, view: &View, window: Window, listed: &Listed, options: &Options, as_of: Option<Day>, sheet: &mut Sheet) {
    let mut names = Names::default();
    let (mut untimed, mut left_out) = (0, 0);
    // Campaign, buyer, time.
    let mut reached: Vec<(&str, u32, i64)> = Vec::new();
    for row in side.campaigns() {
        let (Some(campaign), Some(buyer)) = (row.campaign, row.buyer.map(buyer_key)) else { continue };
        match row.at {
            Some(at) if listed.has(&buyer) => left_out += u64::from(window.contains(at.day().0)),
            None => untimed += u64::from(!listed.has(&buyer)),
            Some(at) => reached.push((campaign, names.intern(&buyer), at.seconds())),
        }
    }
    sort::plain(&mut reached);
    // The first time counts, whether or not it lies in the period.
    reached.dedup_by_key(|(campaign, buyer, _)| (*campaign, *buyer));
    reached.retain(|(.., at)| window.contains(Time::from_seconds(*at).day().0));
    let bought = bought(view, &names);
    let span = i64::from(options.campaign_days) * DAY;
    let now = end_of(as_of);
    let mut rows: Vec<Campaign> = Vec::new();
    for of in reached.chunk_by(|a, b| a.0 == b.0) {
        let (mut responded, mut sum, mut open) = (0, Sum::default(), 0);
        for &(_, buyer, at) in of {
            let until = at.saturating_add(span);
            let from = bought.partition_point(|&(of, time, _)| (of, time) < (buyer, at));
            let own = bought.iter().skip(from).take_while(|&&(of, time, _)| of == buyer && time <= view.end_of_grain(until));
            let mut paid = false;
            for (_, _, amount) in own {
                sum.add(*amount);
                paid = true;
            }
            responded += u64::from(paid);
            let campaign = of.first().map(|(campaign, ..)| *campaign);
            for by in [None, campaign.map(|campaign| ("campaign", campaign))] {
                let name = || (names.get(buyer).unwrap_or_default().into(), campaign.map(String::from));
                sheet.row_of(&RESPONSE, by, "buyer", (f64::from(u8::from(paid)), 1.0), &name);
            }
            open += u64::from(until > now);
        }
        let days = of.iter().map(|(_, _, at)| Time::from_seconds(*at).day());
        let Some(((campaign, ..), (from, to))) = of.first().zip(days.map(|day| (day, day)).reduce(|(a, b), (c, d)| (a.min(c), b.max(d))))
        else {
            continue;
        };
        let whole = of.len() as u64;
        rows.push(Campaign {
            campaign: (*campaign).into(),
            from,
            to,
            reached: whole,
            responded,
            share: responded as f64 / whole as f64,
            interval: stats::wilson(responded, whole),
            days: options.campaign_days,
            amount: sum.yuan(),
            no_amount: sum.unknown,
            open,
        });
    }
    sort::by(&mut rows, |a, b| b.share.total_cmp(&a.share).then(b.reached.cmp(&a.reached)).then_with(|| a.campaign.cmp(&b.campaign)));
    let why = if side.has(Kind::Campaigns) { view.lacks_buyers().or(view.lacks_times()) } else { Some(NO_TABLE) };
    let standard = format!(
        "触达后 {} 天内付款计为响应，同一活动多次触达从首次算起 / a response is an order paid within {} of the first time that the campaign reached the buyer",
        options.campaign_days,
        many(options.campaign_days, "day")
    );
    let mut add = |by: Option<By>, responded: u64, reached: u64, open: u64| {
        let whole = by.is_none();
        sheet.add_by(&RESPONSE, by, |m| {
            m.share(responded, reached, NOBODY);
            m.open = open;
            m.standard(&standard);
            if view.has_days_only() {
                m.standard(
                    "订单只有日期：触达当天付款的都计 / the orders have dates alone: whatever was paid on the day of the campaign counts",
                );
            }
            if open > 0 {
                m.standard(&format!("尚未定局：{open} 次触达的统计天数未结束 / not final: the days of {open} are not over"));
            }
            if whole {
                m.left_out("no-time", untimed).left_out("listed", left_out);
                view.explain(m);
                view.explain_buyers(m);
            }
            view.explain_refunded(m);
            if let Some(why) = why {
                m.unavailable(why);
            }
        });
    };
    let sum = |of: fn(&Campaign) -> u64| rows.iter().map(of).sum();
    add(None, sum(|row| row.responded), sum(|row| row.reached), sum(|row| row.open));
    if why.is_none() {
        for row in &rows {
            add(Some(By { kind: "campaign", name: row.campaign.clone() }), row.responded, row.reached, row.open);
        }
        sheet.tables.campaigns = rows;
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        metric::{Facts, Options, Period, measure, sample::orders},
        side,
    };

    #[test]
    fn the_first_time_is_the_first_of_all() {
        let reached = "活动,会员名,触达时间\n焕新,amy,2026-01-05 10:00:00\n焕新,amy,2026-01-09 10:00:00\n";
        let facts = Facts {
            orders: orders("order_id,buyer,paid_at,paid_amount\n1,amy,2026-01-14 10:00:00,80\n"),
            side: side::read("b.csv", reached.as_bytes(), &side::SideOptions::default()).side,
            ..Facts::default()
        };
        let of = |period: Option<&str>| {
            let figures = measure(&facts, &Options { period: period.and_then(Period::parse), ..Options::default() });
            let metric = figures.get("campaigns.response_rate").unwrap();
            (metric.numerator, metric.denominator)
        };
        assert_eq!(of(None), (Some(0.0), Some(1.0)));
        assert_eq!(of(Some("2026-01-05..2026-01-20")), (Some(0.0), Some(1.0)));
        assert_eq!(of(Some("2026-01-06..2026-01-20")), (Some(0.0), Some(0.0)), "it reached amy before");
    }
}
