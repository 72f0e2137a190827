//! Reviews of what was bought (商品评价), with the shop's reply.

use super::{BUYER, Entry, Field, Holds, Kind, Need, ORDER, Side, Table, ratings::STARS};
use crate::time::Time;

/// What a buyer wrote of a purchase, and what the shop answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the fields of the table")]
pub struct Review<'a> {
    pub buyer: Option<&'a str>,
    pub order: Option<&'a str>,
    pub product: Option<&'a str>,
    pub at: Option<Time>,
    /// 1–5; 好评 is 5, 中评 3, 差评 1.
    pub stars: Option<u8>,
    pub text: Option<&'a str>,
    pub reply: Option<&'a str>,
    pub replied_at: Option<Time>,
}

const WHO: usize = 0;
const OF: usize = 1;
const PRODUCT: usize = 2;
const AT: usize = 3;
const RATING: usize = 4;
const TEXT: usize = 5;
const REPLY: usize = 6;
const REPLIED_AT: usize = 7;

pub(super) const TABLE: Table = Table {
    id: "reviews",
    title: "商品评价 / reviews",
    fields: &[
        Field { id: "buyer", holds: Holds::Buyer, names: BUYER },
        Field { id: "order", holds: Holds::Text, names: ORDER },
        Field {
            id: "product",
            holds: Holds::Text,
            names: &["product", "商品名称", "商品标题", "宝贝标题", "宝贝名称", "商品", "宝贝", "商品编码", "商品ID", "sku", "title"],
        },
        Field {
            id: "at",
            holds: Holds::Time,
            names: &["at", "评价时间", "评论时间", "评价日期", "创建时间", "时间", "日期", "time", "date"],
        },
        Field {
            id: "stars",
            holds: Holds::Word(STARS),
            names: &[
                "stars",
                "评价星级",
                "评价等级",
                "商品评分",
                "描述相符",
                "评价分数",
                "评分",
                "星级",
                "好中差评",
                "评价类型",
                "评价结果",
                "rating",
                "score",
            ],
        },
        Field {
            id: "text",
            holds: Holds::Text,
            names: &["text", "评价内容", "评论内容", "评价详情", "评语", "评论", "评价", "追评内容", "review", "content", "comment"],
        },
        Field {
            id: "reply",
            holds: Holds::Text,
            names: &["reply", "商家回复", "卖家回复", "掌柜回复", "回复内容", "评价解释", "解释", "回复"],
        },
        Field {
            id: "replied_at",
            holds: Holds::Time,
            names: &["replied_at", "回复时间", "商家回复时间", "卖家回复时间", "解释时间", "reply_time"],
        },
    ],
    needs: &[Need { fields: &[TEXT, RATING], reason: "no-review" }, Need { fields: &[TEXT, OF, REPLY], reason: "no-review" }],
    later: 2,
};

impl<'a> Review<'a> {
    fn of(entry: Entry<'a>) -> Self {
        Self {
            buyer: entry.text(WHO),
            order: entry.text(OF),
            product: entry.text(PRODUCT),
            at: entry.time(AT),
            stars: entry.number(RATING).and_then(|stars| u8::try_from(stars).ok()),
            text: entry.text(TEXT),
            reply: entry.text(REPLY),
            replied_at: entry.time(REPLIED_AT),
        }
    }
}

impl Side {
    /// The reviews, in the order of their files.
    pub fn reviews(&self) -> impl Iterator<Item = Review<'_>> {
        self.entries(Kind::Reviews).map(Review::of)
    }
}
