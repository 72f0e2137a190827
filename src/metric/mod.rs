//! Figures: every one with its numerator, denominator, formula, standard, period and what was left out.
//!
//! Facts merge, figures are finished once: [`Facts::merge`] joins what was read from any number of files in any order,
//! [`measure`] counts. What the input cannot carry is `unavailable` with a reason, never 0.

mod actions;
mod agents;
mod before;
mod buyers;
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
mod sales;
#[cfg(test)]
mod sample;
mod select;
mod service;
mod standard;
pub mod stats;
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
pub use outliers::Outlier;
pub use products::Product;
pub use reasons::RefundReason;
pub use reviews::ReviewRow;
pub use rfm::{Segment, Spread};
pub use rows::{FigureRow, FigureRows, rows, rows_of};
pub use standard::{HoursOf, ResponseStandard, Unanswered};
pub use waits::Waits;
pub use weekly::Weekly;

use crate::{
    link::{self, Contact, Reviewed, reviewed},
    order::{BuyerKey, Orders},
    side::Side,
    time::{Day, Time},
};
use alloc::{string::String, vec::Vec};
use buyers::{Buyers, Purchases};
use core::fmt;
use cycle::{Gaps, Pairs};
use figure::Sheet;
use inquiry::Inquiries;
use rated::Rated;
use roster::Roster;
use select::{Listed, View, Window};
use serde::{Serialize, Serializer};
use talk::Talks;
use totals::Totals;

/// Days from one to another, both counted; written `2026-01-01..2026-01-31`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first day.
    pub from: Day,
    /// The last day.
    pub to: Day,
}

impl Period {
    /// As written on the command line, `2026-01-01..2026-01-31`; `None` where it is written otherwise or ends before it begins.
    ///
    /// ```
    /// use huashu::metric::Period;
    /// let january = Period::parse("2026-01-01..2026-01-31").unwrap();
    /// assert_eq!(january.days(), 31);
    /// assert_eq!(january.before().to.to_string(), "2025-12-31");
    /// assert_eq!(january.before().days(), 31);
    /// assert_eq!(Period::parse("2026-01-31..2026-01-01"), None);
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        let (from, to) = text.split_once("..")?;
        let period = Self { from: day(from)?, to: day(to)? };
        (period.from <= period.to).then_some(period)
    }

    /// How many days it has.
    pub const fn days(self) -> i64 {
        self.to.0 as i64 - self.from.0 as i64 + 1
    }

    /// As many days directly before it.
    pub fn before(self) -> Self {
        let to = self.from.0.saturating_sub(1);
        Self { from: Day(self.from.0.saturating_sub(i32::try_from(self.days()).unwrap_or(i32::MAX))), to: Day(to) }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.from, self.to)
    }
}

impl Serialize for Period {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A day as `--as-of` and `--period` write it, `2026-01-31`.
pub fn day(text: &str) -> Option<Day> {
    let mut parts = text.trim().split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let number = |text: &str| if text.bytes().all(|b| b.is_ascii_digit()) { text.parse::<u32>().ok() } else { None };
    if parts.next().is_some() {
        return None;
    }
    Day::new(i32::try_from(number(year)?).ok()?, number(month)?, number(day)?)
}

/// What happens to orders that were refunded as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Refunded {
    /// They are left out and counted (`--refunded exclude`).
    #[default]
    Exclude,
    /// They count like any other (`--refunded include`).
    Include,
}

/// Which orders an inquiry is credited with (R9).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Attribution {
    /// Orders created after the inquiry (下单判定).
    #[default]
    Order,
    /// Orders created after it, and orders created before it but paid after it (下单优先判定).
    OrderFirst,
    /// Orders paid after it (付款判定).
    Payment,
}

/// What to count, and by which standard.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// Only this period; `None` is everything.
    pub period: Option<Period>,
    /// The day that recency and open windows are counted to; `None` is the last day in the data.
    pub as_of: Option<Day>,
    /// Whether orders refunded as a whole count.
    pub refunded: Refunded,
    /// Leave out order lines of amount 0, and orders that consist of nothing else.
    pub drop_zero: bool,
    /// Leave out orders without a buyer.
    pub known_buyers: bool,
    /// An inquiry is credited with orders to the end of this many days after it; 1 is the end of the next day.
    pub window: u32,
    /// Which orders an inquiry is credited with.
    pub attribution: Attribution,
    /// An agent who handed a conversation over and wrote at most so many other messages in it only forwarded it (客服转发过滤): it is no
    /// inquiry of that agent's. `None`: it is.
    pub forwarded: Option<u32>,
    /// A conversation in which the buyer wrote at most so many messages is no inquiry (客服单口相声过滤); one without any never is.
    pub monologue: u32,
    /// What the buyers of the orders are known by, to be said beside the figures about buyers.
    pub buyer: BuyerKey,
    /// How responses are counted: the profile's.
    pub response: ResponseStandard,
    /// Where groups of customers begin and end.
    pub cuts: Cuts,
    /// Buyers and order numbers to leave out: own accounts, test buyers, fake orders, resellers. A listed buyer's orders and
    /// conversations count nowhere; `excluded` says how many there were (`listed`).
    pub exclude: Vec<String>,
    /// Targets and pay sheets: the book's.
    pub board: Board,
    /// Days after a campaign reached a buyer within which an order counts as a response.
    pub campaign_days: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            period: None,
            as_of: None,
            refunded: Refunded::Exclude,
            drop_zero: false,
            known_buyers: false,
            window: 1,
            attribution: Attribution::Order,
            forwarded: Some(0),
            monologue: 0,
            buyer: BuyerKey::Account,
            response: ResponseStandard::default(),
            cuts: Cuts::default(),
            exclude: Vec::new(),
            board: Board::default(),
            campaign_days: 7,
        }
    }
}

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

/// All figures of one run.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Figures {
    /// One per id of the contract, in its order, then those by agent.
    pub metrics: Vec<Metric>,
    /// The tables.
    pub tables: Tables,
}

impl Figures {
    /// The figure of the whole shop with this id.
    pub fn get(&self, id: &str) -> Option<&Metric> {
        self.metrics.iter().find(|m| m.id == id && m.by.is_none())
    }
}

/// The tables, by id.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Tables {
    /// Repurchase cycle per product, most pairs first.
    #[serde(rename = "cycle.product")]
    pub cycle_product: Vec<ProductCycle>,
    /// The eight segments of customers.
    pub rfm: Vec<Segment>,
    /// How recency, frequency and money are spread.
    #[serde(rename = "rfm.quantiles")]
    pub rfm_quantiles: Vec<Spread>,
    /// The stages of a customer's life.
    pub lifecycle: Vec<Group>,
    /// Core, potential and dormant customers.
    pub layers: Vec<Group>,
    /// First, second, third and later purchases (U19).
    pub purchase_count: Vec<Group>,
    /// Month of the first purchase × months after.
    pub cohorts: Vec<Cohort>,
    /// Time to the second purchase.
    pub second_purchase: Vec<SecondPurchase>,
    /// Figures beside their targets (T10).
    pub kpi: Vec<KpiRow>,
    /// Agents' points by the book's pay sheets, most points first.
    pub pay: Vec<PayRow>,
    /// Buyers who may be no customers, and places where many orders go: to be looked at, nothing is left out by itself.
    pub outliers: Vec<Outlier>,
    /// Sales and inquiries by product.
    pub products: Vec<Product>,
    /// Why orders were refunded (Q14).
    pub refund_reasons: Vec<RefundReason>,
    /// What the platforms' own reports give, beside our figures.
    pub given: Vec<GivenRow>,
    /// Agents side by side.
    pub agents: Vec<AgentRow>,
    /// The same of the roster's persons, teams and shifts.
    pub people: Vec<AgentRow>,
    /// See [`Tables::people`].
    pub teams: Vec<AgentRow>,
    /// See [`Tables::people`].
    pub shifts: Vec<AgentRow>,
    /// Campaigns, the best answered first.
    pub campaigns: Vec<Campaign>,
    /// How long buyers wait: the shop, then its agents.
    pub response: Vec<Waits>,
    /// From inquiry to an order that was not refunded.
    pub flow: Vec<FlowStep>,
    /// What goes along with which wording.
    pub lift: Vec<Lift>,
    /// What buyers complain about.
    pub issues: Vec<Issue>,
    /// Bad reviews, those without a reply first.
    pub reviews: Vec<ReviewRow>,
    /// The week's most complained and most praised conversations.
    pub weekly: Vec<Weekly>,
    /// What to do today.
    pub actions: Vec<Action>,
    /// How much of it there is.
    #[serde(rename = "actions.count")]
    pub actions_count: Vec<ActionCount>,
    /// Conversations that want a human at once.
    pub alerts: Vec<AlertRow>,
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
    let mut sheet = counted.sheet;
    if let Some(period) = options.period {
        let before = run.count(Some(period.before()), false);
        sheet.compare(&before.sheet, period.before(), &|id| run.begins(id));
        sales::growth(&mut sheet);
        run.beside(&mut sheet.tables, before, period.before());
    }
    sheet.tables.products.truncate(products::MOST);
    sheet.tables.refund_reasons.truncate(reasons::MOST);
    sheet.in_order();
    let mut figures = Figures { metrics: sheet.metrics, tables: sheet.tables };
    figures.tables.given = given::table(&facts.side, &figures.metrics);
    options.board.fill(&mut figures);
    figures
}

/// The families, each with the figures it counts; a new family is one file and one line here and in [`Run::count`].
const FAMILIES: &[&[Definition]] = &[
    sales::DEFINITIONS,
    inquiry::SALES,
    payment::DEFINITIONS,
    told::PAYMENT,
    inquiry::DEFINITIONS,
    repurchase::DEFINITIONS,
    cycle::DEFINITIONS,
    response::DEFINITIONS,
    service::DEFINITIONS,
    told::DEFINITIONS,
    reviews::DEFINITIONS,
    customers::DEFINITIONS,
    campaigns::DEFINITIONS,
];

/// What every family starts from.
struct Run<'a> {
    /// As asked for, the customers' windows stretched to the shop's cycle.
    options: Options,
    all: &'a [Contact],
    /// The conversations without those of the buyers to leave out.
    contacts: Vec<&'a Contact>,
    /// How many those were.
    listed: usize,
    view: View<'a>,
    side: &'a Side,
    reviews: &'a [Reviewed],
    /// Rows to be told while figures are counted.
    behind: Option<FigureRows>,
    purchases: Purchases,
    /// The first day of the chats.
    chats_begin: Option<Day>,
    /// The first and the last day of orders and chats.
    days: Option<(Day, Day)>,
    /// The day that recency and open windows are counted to.
    as_of: Option<Day>,
}

/// The figures of a period, and what its tables need.
struct Counted<'a> {
    sheet: Sheet,
    window: Window,
    buyers: Buyers,
    talks: Talks<'a>,
    inquiries: Inquiries,
    pairs: Pairs,
}

impl<'a> Run<'a> {
    fn new(facts: &'a Facts, options: &Options) -> Self {
        let listed = Listed::new(&options.exclude);
        let view = View::new(&facts.orders, options, &listed);
        let contacts: Vec<&Contact> = facts.contacts.iter().filter(|c| !c.buyer.as_deref().is_some_and(|b| listed.has(b))).collect();
        let chats = || contacts.iter().copied().filter_map(talk::time_of).map(Time::day);
        let chats_begin = chats().min();
        let days = chats().map(|day| (day, day)).chain(view.days()).reduce(|(a, b), (c, d)| (a.min(c), b.max(d)));
        let purchases = Purchases::new(&view);
        let mut options = options.clone();
        if options.cuts.by_cycle
            && let Some(cycle) = Gaps::of(&Buyers::of(&purchases, Window::of(None))).mean()
        {
            options.cuts = options.cuts.stretched(cycle);
        }
        let as_of = options.as_of.or(days.map(|(_, last)| last));
        Self {
            options,
            listed: facts.contacts.len() - contacts.len(),
            all: &facts.contacts,
            contacts,
            view,
            side: &facts.side,
            reviews: &facts.reviews,
            behind: None,
            purchases,
            chats_begin,
            days,
            as_of,
        }
    }

    /// The first day of the data that a figure rests on: chats, orders, or both.
    fn begins(&self, id: &str) -> Option<Day> {
        let is = |definitions: &[Definition]| definitions.iter().any(|definition| definition.id == id);
        let orders = self.view.days().map(|(first, _)| first);
        let chats = self.chats_begin;
        if inquiry::needs_both(id) {
            return orders.zip(chats).map(|(orders, chats)| orders.max(chats));
        }
        if is(inquiry::DEFINITIONS) || is(response::DEFINITIONS) || is(service::FROM_CHATS) {
            return chats;
        }
        let of_orders = [sales::DEFINITIONS, payment::DEFINITIONS, repurchase::DEFINITIONS, cycle::DEFINITIONS];
        if of_orders.into_iter().any(is) { orders } else { self.days.map(|(first, _)| first) }
    }

    /// Conversations without a date count in the period that was asked for, and in no other.
    fn count(&self, period: Option<Period>, asked_for: bool) -> Counted<'a> {
        let Self { view, purchases, options, .. } = self;
        let window = Window::of(period);
        let mut sheet = Sheet::new(period.or(self.days.map(|(from, to)| Period { from, to })));
        sheet.behind.clone_from(&self.behind);
        let buyers = Buyers::of(purchases, window);
        let pairs = Pairs::of(view, window);
        let talks = Talks::new(&self.contacts, self.listed, window, asked_for);
        let inquiries = Inquiries::new(view, window, &talks, options, self.as_of);
        let totals = Totals::of(view, window);
        sales::figures(view, window, &totals, &buyers, &mut sheet);
        payment::figures(view, window, &totals, &mut sheet);
        inquiry::figures(view, &talks, &inquiries, options, &mut sheet);
        repurchase::figures(view, window, purchases, &buyers, &mut sheet);
        cycle::figures(view, &buyers, &pairs, &mut sheet);
        response::figures(&talks, &options.response, &mut sheet);
        service::figures(&talks, self.as_of, &mut sheet);
        customers::figures(view, purchases, period, &buyers, &talks, options, &mut sheet);
        let listed = Listed::new(&options.exclude);
        ratings::figures(self.side, window, self.all, &listed, asked_for, &mut sheet);
        campaigns::figures(self.side, view, window, &listed, options, self.as_of, &mut sheet);
        told::figures(self.side, view, window, &talks, &listed, &mut sheet);
        let (problems, left_out) = reviews::problems(self.reviews, window, &listed, asked_for);
        reviews::figures(self.side, &problems, left_out, &mut sheet);
        sheet.tables.issues = issues::issues(view, &talks, &problems);
        if asked_for {
            sheet.tables.reviews = reviews::table(&problems);
        }
        self.by_roster(window, asked_for, &mut sheet);
        Counted { sheet, window, buyers, talks, inquiries, pairs }
    }

    /// The conversations of the persons, teams or shifts of the roster; `None` for parts of another kind.
    fn regrouped(&self, kind: &str) -> Option<Vec<Contact>> {
        let at = roster::KINDS.iter().position(|known| *known == kind)?;
        Roster::new(self.side).regrouped(&self.contacts, at)
    }

    /// Regrouped conversations as those of the shop are looked at.
    fn talks<'c>(&self, contacts: &'c [Contact], window: Window, asked_for: bool) -> (Talks<'c>, Inquiries) {
        let contacts: Vec<&Contact> = contacts.iter().collect();
        let talks = Talks::new(&contacts, self.listed, window, asked_for);
        let inquiries = Inquiries::new(&self.view, window, &talks, &self.options, self.as_of);
        (talks, inquiries)
    }

    /// The figures by agent once more by person, team and shift (R9, R10).
    fn by_roster(&self, window: Window, asked_for: bool, sheet: &mut Sheet) {
        let Self { view, options, .. } = self;
        let roster = Roster::new(self.side);
        for (at, kind) in roster::KINDS.into_iter().enumerate() {
            let Some(contacts) = roster.regrouped(&self.contacts, at) else { continue };
            let (talks, inquiries) = self.talks(&contacts, window, asked_for);
            let mut part = sheet.of_part();
            inquiry::figures(view, &talks, &inquiries, options, &mut part);
            response::figures(&talks, &options.response, &mut part);
            service::figures(&talks, self.as_of, &mut part);
            sheet.take_parts(part, kind);
            let joined = talks.lacks_buyers().or(view.lacks_buyers()).is_none();
            let rows = agents::table(&talks, &inquiries, joined, &options.response);
            let Tables { people, teams, shifts, .. } = &mut sheet.tables;
            if let Some(table) = [people, teams, shifts].into_iter().nth(at) {
                *table = rows;
            }
        }
    }

    fn tables(&self, counted: &mut Counted) {
        let Self { view, options, .. } = self;
        let Counted { sheet, window, talks, inquiries, pairs, .. } = counted;
        let joined = talks.lacks_buyers().or(view.lacks_buyers()).is_none();
        sheet.tables.cycle_product = pairs.table(view);
        sheet.tables.outliers = outliers::table(view, &self.purchases);
        if let Some(as_of) = self.as_of {
            let everyone = Buyers::of(&self.purchases, Window::until(as_of));
            customers::tables(view, &everyone, talks, inquiries, options, as_of, sheet);
            if view.lacks_buyers().or(view.lacks_times()).is_none() {
                sheet.tables.purchase_count = cohorts::purchase_count(&everyone);
                sheet.tables.cohorts = cohorts::cohorts(&self.purchases, as_of);
                sheet.tables.second_purchase = cohorts::second_purchase(&self.purchases, as_of);
            }
            let found = joined.then_some(&*inquiries);
            (sheet.tables.actions, sheet.tables.actions_count) = actions::tables(view, &everyone, talks, found, options, as_of);
        }
        sheet.tables.agents = agents::table(talks, inquiries, joined, &options.response);
        sheet.tables.refund_reasons = reasons::table(view, *window);
        sheet.tables.products = products::table(view, *window, talks, inquiries, options, joined);
        sheet.tables.response = waits::table(talks, &options.response);
        let rated = Rated::new(self.side, self.all);
        sheet.tables.weekly = weekly::table(talks, self.side, &rated, &options.board);
        sheet.tables.alerts = issues::alerts(talks);
        sheet.tables.lift = lift::table(talks, inquiries, self.side, &rated, *window, joined);
        if joined {
            sheet.tables.flow = inquiries.flow();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        order::{NONE, State},
        time::Time,
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
            (metric.previous, metric.standard.contains("incomplete"))
        };
        assert_eq!(of("2026-01-05..2026-01-06"), (Some(Some(100.0)), false));
        assert_eq!(of("2026-01-05..2026-01-08"), (Some(Some(100.0)), true), "the data begin on the 3rd, not on the 1st");
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
        let found = measure(&facts, &Options { period: Period::parse("2026-01-07..2026-01-11"), ..Options::default() });
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

    #[test]
    fn what_is_listed_counts_nowhere_and_is_counted() {
        let orders = sample::orders(
            "order_id,buyer,created_at,paid_at,paid_amount\n1,ｂ１,2026-01-05 10:00:00,2026-01-05 10:00:00,100\n2,乙,2026-01-05 10:00:00,2026-01-05 10:00:00,50\n3,乙,2026-01-09 10:00:00,2026-01-09 10:00:00,50\n",
        );
        let contacts = vec![
            sample::talk("ｂ1", "2026-01-04", "10:00:00 买家\n10:00:09 客服小美"),
            sample::talk("丙", "2026-01-05", "10:00:00 买家\n10:00:01 客服小美"),
        ];
        let exclude = vec![" cntaobaob1".into(), "3".into(), "nobody".into()];
        let found = measure(&Facts { orders, contacts, ..Facts::default() }, &Options { exclude, ..Options::default() });
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
                let states = [State::Unknown, State::Unpaid, State::Paid, State::Shipped, State::Received, State::Closed, State::Refunded];
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
            .prop_map(|(opened, seconds, answered, agent)| link::RoundFacts { opened, seconds, answered, agent });
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
