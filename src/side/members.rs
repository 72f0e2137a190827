//! Membership (会员): level, rights with their expiry, birthday, tags. A member with several rights has a row for each.

use super::{BUYER, Entry, Field, Holds, Kind, Need, Side, Table};
use crate::time::{Day, Time};

/// What the shop knows of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the fields of the table")]
pub struct Member<'a> {
    pub buyer: Option<&'a str>,
    pub level: Option<&'a str>,
    pub right: Option<Right<'a>>,
    /// Month and day.
    pub birthday: Option<(u8, u8)>,
    /// As the shop writes them, several in one cell apart by commas or blanks.
    pub tags: Option<&'a str>,
}

/// Something a member is entitled to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Right<'a> {
    /// Its name; without one it is the membership itself.
    pub name: Option<&'a str>,
    /// The last day on which it holds.
    pub until: Option<Day>,
}

const WHO: usize = 0;
const LEVEL: usize = 1;
const RIGHT: usize = 2;
const UNTIL: usize = 3;
const BIRTHDAY: usize = 4;
const TAGS: usize = 5;

pub(super) const TABLE: Table = Table {
    id: "members",
    title: "会员 / members",
    fields: &[
        Field { id: "buyer", holds: Holds::Buyer, names: BUYER },
        Field {
            id: "level", holds: Holds::Text, names: &["level", "会员等级", "会员级别", "VIP等级", "等级", "级别", "tier", "vip"]
        },
        Field {
            id: "right",
            holds: Holds::Text,
            names: &["right", "会员权益", "权益名称", "权益", "优惠券名称", "优惠券", "benefit", "coupon"],
        },
        Field {
            id: "expires",
            holds: Holds::Until,
            names: &[
                "expires",
                "到期时间",
                "到期日期",
                "到期日",
                "权益到期",
                "权益到期时间",
                "权益到期日",
                "失效时间",
                "有效期至",
                "有效期",
                "截止日期",
                "expiry",
            ],
        },
        Field { id: "birthday", holds: Holds::Birthday, names: &["birthday", "生日", "会员生日", "出生日期", "birth_date"] },
        Field { id: "tags", holds: Holds::Text, names: &["tags", "客户标签", "会员标签", "用户标签", "标签", "tag"] },
    ],
    needs: &[Need { fields: &[WHO], reason: "no-buyer" }, Need { fields: &[LEVEL, RIGHT, BIRTHDAY, TAGS], reason: "no-membership" }],
    later: 0,
};

impl<'a> Member<'a> {
    fn of(entry: Entry<'a>) -> Self {
        let part = |number: i64| u8::try_from(number).ok();
        let (name, until) = (entry.text(RIGHT), entry.time(UNTIL).map(Time::day));
        Self {
            buyer: entry.text(WHO),
            level: entry.text(LEVEL),
            right: (name.is_some() || until.is_some()).then_some(Right { name, until }),
            birthday: entry.number(BIRTHDAY).and_then(|day| Some((part(day / 100)?, part(day % 100)?))),
            tags: entry.text(TAGS),
        }
    }
}

impl Side {
    /// The members, in the order of their files.
    pub fn members(&self) -> impl Iterator<Item = Member<'_>> {
        self.entries(Kind::Members).map(Member::of)
    }
}
