//! Campaigns (营销活动): whom they reached and when.

use super::{BUYER, Entry, Field, Holds, Kind, Need, Side, Table};
use crate::time::Time;

/// A buyer whom a campaign reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the fields of the table")]
pub struct Reached<'a> {
    pub campaign: Option<&'a str>,
    pub buyer: Option<&'a str>,
    pub at: Option<Time>,
}

const NAME: usize = 0;
const WHO: usize = 1;
const AT: usize = 2;

pub(super) const TABLE: Table = Table {
    id: "campaigns",
    title: "营销触达 / whom campaigns reached",
    fields: &[
        Field {
            id: "campaign",
            holds: Holds::Text,
            names: &["campaign", "活动名称", "营销活动", "活动", "计划名称", "营销计划", "任务名称", "人群包"],
        },
        Field { id: "buyer", holds: Holds::Buyer, names: BUYER },
        Field {
            id: "at",
            holds: Holds::Time,
            names: &["at", "触达时间", "触达日期", "发送时间", "推送时间", "发送日期", "时间", "日期", "time", "date"],
        },
    ],
    needs: &[Need { fields: &[NAME], reason: "no-campaign" }, Need { fields: &[WHO], reason: "no-buyer" }],
    later: 0,
};

impl<'a> Reached<'a> {
    fn of(entry: Entry<'a>) -> Self {
        Self { campaign: entry.text(NAME), buyer: entry.text(WHO), at: entry.time(AT) }
    }
}

impl Side {
    /// Whom campaigns reached, in the order of their files.
    pub fn campaigns(&self) -> impl Iterator<Item = Reached<'_>> {
        self.entries(Kind::Campaigns).map(Reached::of)
    }
}
