//! Ratings of the service (满意度).

use super::{AGENT, BUYER, Entry, Field, Holds, Kind, Need, Side, Table};
use crate::time::Time;

/// What a buyer thought of the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the fields of the table")]
pub struct Rating<'a> {
    pub conversation: Option<&'a str>,
    pub buyer: Option<&'a str>,
    pub agent: Option<&'a str>,
    pub at: Option<Time>,
    /// 1–5; words stand on the same scale: 非常满意 5, 满意 4, 一般 3, 不满意 2, 非常不满意 1.
    pub stars: u8,
    /// Whether the buyer says that the problem was solved.
    pub solved: Option<bool>,
}

const CONVERSATION: usize = 0;
const WHO: usize = 1;
const BY: usize = 2;
const AT: usize = 3;
const RATING: usize = 4;
const SOLVED: usize = 5;

/// Words for stars. 满意 is what platforms with two words call satisfied; 飞鸽 and PDD take 1–3 stars for dissatisfied, which is
/// where 一般 stands.
pub(super) const STARS: &[(&str, i64)] = &[
    ("1", 1),
    ("2", 2),
    ("3", 3),
    ("4", 4),
    ("5", 5),
    ("1.0", 1),
    ("2.0", 2),
    ("3.0", 3),
    ("4.0", 4),
    ("5.0", 5),
    ("一", 1),
    ("二", 2),
    ("两", 2),
    ("三", 3),
    ("四", 4),
    ("五", 5),
    ("★", 1),
    ("★★", 2),
    ("★★★", 3),
    ("★★★★", 4),
    ("★★★★★", 5),
    ("非常满意", 5),
    ("很满意", 5),
    ("十分满意", 5),
    ("满意", 4),
    ("比较满意", 4),
    ("好评", 5),
    ("很好", 5),
    ("好", 5),
    ("一般", 3),
    ("中评", 3),
    ("中", 3),
    ("不满意", 2),
    ("不太满意", 2),
    ("较不满意", 2),
    ("非常不满意", 1),
    ("很不满意", 1),
    ("差评", 1),
    ("很差", 1),
    ("差", 1),
    ("verysatisfied", 5),
    ("satisfied", 4),
    ("neutral", 3),
    ("dissatisfied", 2),
    ("verydissatisfied", 1),
    ("good", 5),
    ("bad", 1),
];

const YES: &[(&str, i64)] = &[
    ("是", 1),
    ("已解决", 1),
    ("解决", 1),
    ("yes", 1),
    ("true", 1),
    ("y", 1),
    ("1", 1),
    ("solved", 1),
    ("resolved", 1),
    ("否", 0),
    ("未解决", 0),
    ("没有解决", 0),
    ("没解决", 0),
    ("no", 0),
    ("false", 0),
    ("n", 0),
    ("0", 0),
    ("unsolved", 0),
    ("unresolved", 0),
];

pub(super) const TABLE: Table = Table {
    id: "ratings",
    title: "客服评价 / ratings of the service",
    fields: &[
        Field {
            id: "conversation",
            holds: Holds::Text,
            names: &["conversation", "会话ID", "会话编号", "会话号", "聊天ID", "cid", "session_id", "session"],
        },
        Field { id: "buyer", holds: Holds::Buyer, names: BUYER },
        Field { id: "agent", holds: Holds::Text, names: AGENT },
        Field {
            id: "at",
            holds: Holds::Time,
            names: &["at", "评价时间", "评分时间", "会话时间", "咨询时间", "会话开始时间", "时间", "日期", "time", "date"],
        },
        Field {
            id: "rating",
            holds: Holds::Word(STARS),
            names: &[
                "rating",
                "满意度",
                "满意度评价",
                "客户满意度",
                "评价结果",
                "服务评价",
                "客服评价",
                "会话评价",
                "服务评分",
                "客服评分",
                "评价星级",
                "评价分数",
                "评分",
                "星级",
                "是否满意",
                "评价",
                "stars",
                "score",
                "satisfaction",
                "csat",
            ],
        },
        Field {
            id: "solved",
            holds: Holds::Word(YES),
            names: &["solved", "是否解决", "问题是否解决", "解决情况", "是否已解决", "解决状态", "resolved"],
        },
    ],
    needs: &[Need { fields: &[RATING], reason: "no-rating" }],
    later: 0,
};

impl<'a> Rating<'a> {
    fn of(entry: Entry<'a>) -> Self {
        Self {
            conversation: entry.text(CONVERSATION),
            buyer: entry.text(WHO),
            agent: entry.text(BY),
            at: entry.time(AT),
            stars: entry.number(RATING).and_then(|stars| u8::try_from(stars).ok()).unwrap_or(0),
            solved: entry.number(SOLVED).map(|solved| solved == 1),
        }
    }
}

impl Side {
    /// The ratings, in the order of their files.
    pub fn ratings(&self) -> impl Iterator<Item = Rating<'_>> {
        self.entries(Kind::Ratings).map(Rating::of)
    }
}
