//! Shipping news (物流动态): what is known of a parcel, and since when.

use super::{BUYER, Entry, Field, Holds, Kind, Need, ORDER, Side, Table};
use crate::time::Time;

/// Something that became known of a parcel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the fields of the table")]
pub struct News<'a> {
    pub order: Option<&'a str>,
    /// Where the table names the buyer; else the order does.
    pub buyer: Option<&'a str>,
    pub at: Option<Time>,
    pub text: Option<&'a str>,
}

const OF: usize = 0;
const WHO: usize = 1;
const AT: usize = 2;
const TEXT: usize = 3;

pub(super) const TABLE: Table = Table {
    id: "shipping",
    title: "物流动态 / shipping news",
    fields: &[
        Field { id: "order", holds: Holds::Text, names: ORDER },
        Field { id: "buyer", holds: Holds::Buyer, names: BUYER },
        Field {
            id: "at",
            holds: Holds::Time,
            names: &["at", "物流时间", "物流更新时间", "更新时间", "操作时间", "轨迹时间", "发生时间", "时间", "日期", "time", "date"],
        },
        Field {
            id: "text",
            holds: Holds::Text,
            names: &["text", "物流信息", "物流动态", "物流状态", "物流轨迹", "物流详情", "轨迹描述", "轨迹", "最新物流", "news", "status"],
        },
    ],
    needs: &[
        Need { fields: &[OF, WHO], reason: "no-order" },
        Need { fields: &[AT], reason: "no-time" },
        Need { fields: &[TEXT], reason: "no-news" },
    ],
    later: 0,
};

impl<'a> News<'a> {
    fn of(entry: Entry<'a>) -> Self {
        Self { order: entry.text(OF), buyer: entry.text(WHO), at: entry.time(AT), text: entry.text(TEXT) }
    }
}

impl Side {
    /// The shipping news, in the order of their files.
    pub fn shipping(&self) -> impl Iterator<Item = News<'_>> {
        self.entries(Kind::Shipping).map(News::of)
    }
}
