//! Agents side by side (R10): a row of the table `agents` for each.

use super::{
    Before, ResponseStandard,
    inquiry::Inquiries,
    response,
    service::complains,
    talk::{Parts, Talks},
};
use crate::sort;
use alloc::{string::String, vec::Vec};
use serde::Serialize;

/// One agent's figures.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AgentRow {
    /// The agent's name.
    pub agent: String,
    /// Conversations in which the agent wrote.
    pub conversations: u64,
    /// Of these, how many have a complaint or an escalation.
    pub complaints: u64,
    /// Mean seconds of first responses; `null` without times.
    pub first: Option<f64>,
    /// Mean seconds over answered rounds.
    pub mean: Option<f64>,
    /// Share of rounds answered within 30 s.
    pub within_30s: Option<f64>,
    /// Share of rounds answered within 3 min.
    pub within_3min: Option<f64>,
    /// Share of conversations answered at all.
    pub reply_rate: Option<f64>,
    /// Of these, how many the agent only forwarded: they are no inquiries of this agent's.
    pub forwarded: u64,
    /// Inquiry buyers served.
    pub inquiry_buyers: u64,
    /// Of these, who ordered with the credit to this agent; `null` without orders that name their buyers.
    pub ordered: Option<u64>,
    /// Paid amount credited, in yuan, as far as it is known; `null` where it is of none of the orders.
    pub amount: Option<f64>,
    /// The row of the period before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Before<Self>,
}

/// The agents, most credited amount first, then most conversations, then by name.
pub(super) fn table(talks: &Talks, inquiries: &Inquiries, joined: bool, standard: &ResponseStandard) -> Vec<AgentRow> {
    let parts = Parts::new(&talks.agents);
    let sums = response::sums(talks, standard, &parts);
    let mut counts: Vec<(u64, u64)> = alloc::vec![(0, 0); talks.agents.len() as usize];
    for contact in &talks.contacts {
        let complaint = u64::from(complains(contact));
        for agent in contact.agents.iter().filter_map(|agent| talks.agents.find(agent)) {
            if let Some(count) = counts.get_mut(agent as usize) {
                *count = (count.0 + 1, count.1 + complaint);
            }
        }
    }
    let mut rows: Vec<AgentRow> = (0..)
        .zip(counts)
        .filter_map(|(agent, (conversations, complaints))| {
            let sums = sums.get(1 + agent as usize)?;
            let (served, won) = inquiries.of_agent(agent);
            Some(AgentRow {
                agent: talks.agents.get(agent)?.into(),
                conversations,
                complaints,
                first: sums.first(),
                mean: sums.mean(),
                within_30s: sums.within(1),
                within_3min: sums.within(2),
                reply_rate: sums.reply_rate(),
                forwarded: inquiries.forwarded_by(agent),
                inquiry_buyers: served,
                ordered: joined.then_some(won),
                amount: inquiries.amount_of_agent(agent).yuan().filter(|_| joined),
                previous: None,
            })
        })
        .collect();
    sort::by(&mut rows, |a, b| {
        let amount = |row: &AgentRow| row.amount.unwrap_or(0.0);
        amount(b).total_cmp(&amount(a)).then(b.conversations.cmp(&a.conversations)).then_with(|| a.agent.cmp(&b.agent))
    });
    rows
}
