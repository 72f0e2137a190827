//! Text messages (短信) that the shop sent.

use super::{BUYER, Entry, Field, Holds, Kind, Need, ORDER, Side, Table};
use crate::time::Time;

/// What a text message is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// Nothing of the below.
    Other,
    /// To remind of an unpaid order (催付).
    Payment,
    /// To confirm a purchase (付款关怀).
    Care,
    /// To tell of the parcel (发货、物流、签收).
    Shipping,
    /// To advertise (营销).
    Campaign,
}

/// A text message that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the fields of the table")]
pub struct Message<'a> {
    pub buyer: Option<&'a str>,
    pub order: Option<&'a str>,
    pub at: Option<Time>,
    /// From the kind that the table names, else from the text.
    pub kind: Purpose,
    pub text: Option<&'a str>,
}

const WHO: usize = 0;
const OF: usize = 1;
const AT: usize = 2;
const KIND: usize = 3;
const TEXT: usize = 4;

/// Words by which a kind is known, in the order of precedence.
const PURPOSES: &[(&str, i64)] = &[
    ("催付", 1),
    ("待付款", 1),
    ("未付款", 1),
    ("尚未付款", 1),
    ("还没付款", 1),
    ("付款提醒", 1),
    ("payment", 1),
    ("营销", 4),
    ("促销", 4),
    ("活动", 4),
    ("上新", 4),
    ("退订", 4),
    ("campaign", 4),
    ("发货", 3),
    ("物流", 3),
    ("快递", 3),
    ("派送", 3),
    ("派件", 3),
    ("签收", 3),
    ("到货", 3),
    ("shipping", 3),
    ("关怀", 2),
    ("感谢您的购买", 2),
    ("感谢购买", 2),
    ("下单成功", 2),
    ("付款成功", 2),
    ("已付款", 2),
    ("care", 2),
];

pub(super) const TABLE: Table = Table {
    id: "messages",
    title: "短信 / text messages",
    fields: &[
        Field { id: "buyer", holds: Holds::Buyer, names: BUYER },
        Field { id: "order", holds: Holds::Text, names: ORDER },
        Field {
            id: "at",
            holds: Holds::Time,
            names: &["at", "发送时间", "短信发送时间", "发送日期", "提交时间", "时间", "日期", "time", "date"],
        },
        Field {
            id: "kind",
            holds: Holds::Holding(PURPOSES),
            names: &["kind", "短信类型", "发送类型", "短信场景", "模板名称", "短信模板", "模板", "场景", "类型", "type"],
        },
        Field { id: "text", holds: Holds::Text, names: &["text", "短信内容", "发送内容", "短信正文"] },
    ],
    needs: &[
        Need { fields: &[WHO, OF], reason: "no-buyer" },
        Need { fields: &[AT], reason: "no-time" },
        Need { fields: &[KIND, TEXT], reason: "no-kind" },
    ],
    later: 0,
};

impl<'a> Message<'a> {
    fn of(entry: Entry<'a>) -> Self {
        let text = entry.text(TEXT);
        let told = entry.number(KIND).filter(|&kind| kind > 0);
        let kind = match told.unwrap_or_else(|| super::read::holding(text.unwrap_or(""), PURPOSES)) {
            1 => Purpose::Payment,
            2 => Purpose::Care,
            3 => Purpose::Shipping,
            4 => Purpose::Campaign,
            _ => Purpose::Other,
        };
        Self { buyer: entry.text(WHO), order: entry.text(OF), at: entry.time(AT), kind, text }
    }
}

impl Side {
    /// The text messages, in the order of their files.
    pub fn messages(&self) -> impl Iterator<Item = Message<'_>> {
        self.entries(Kind::Messages).map(Message::of)
    }
}
