//! All figures of one run, and its tables.

use super::{
    Action, ActionCount, AgentRow, AlertRow, Campaign, Cohort, FlowStep, GivenRow, Group, Issue, KpiRow, Lift, Metric, Outlier, PayRow,
    Product, ProductCycle, RefundReason, ReviewRow, SecondPurchase, Segment, Spread, Waits, Weekly,
};
use crate::time::Day;
use alloc::{string::String, vec::Vec};
use serde::Serialize;

/// All figures of one run.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Figures {
    /// One per id of the contract, in its order, then those by agent.
    pub metrics: Vec<Metric>,
    /// The day that tables of customers and of what is to be done are as of; `null` where nothing has a date.
    pub as_of: Option<Day>,
    /// The tables.
    pub tables: Tables,
    /// What [`super::Options::exclude`] names and no buyer and no order is, as buyer keys.
    #[serde(skip)]
    pub unmet: Vec<String>,
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
