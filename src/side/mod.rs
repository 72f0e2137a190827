//! Side tables: what neither chats nor orders say. Eight kinds, each optional, each read from a CSV by its headers.
//!
//! A new kind is one file that holds its columns as data, and one line in `TABLES`.

mod campaigns;
mod given;
mod known;
mod members;
mod messages;
mod ratings;
mod read;
mod reviews;
mod roster;
mod shipping;

pub use campaigns::Reached;
pub use given::Given;
pub use members::{Member, Right};
pub use messages::{Message, Purpose};
pub use ratings::Rating;
pub use read::{SideFile, SideOptions, SideReader, read};
pub use reviews::Review;
pub use roster::Post;
pub(crate) use roster::account_key;
pub use shipping::News;

use crate::{
    order::{NONE, Names},
    time::{Day, Time},
};
use alloc::vec::Vec;
use known::Known;

/// What a table is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Kind {
    /// What buyers thought of the service: [`Rating`].
    Ratings,
    /// What buyers wrote of what they bought: [`Review`].
    Reviews,
    /// Who works behind an account: [`Post`].
    Roster,
    /// What a buyer is entitled to: [`Member`].
    Members,
    /// Whom a campaign reached: [`Reached`].
    Campaigns,
    /// Text messages that were sent: [`Message`].
    Messages,
    /// What is known of a parcel: [`News`].
    Shipping,
    /// What a platform's own report says: [`Given`].
    Given,
}

/// The kinds, in the order of [`Kind`].
const TABLES: [&Table; 8] = [
    &ratings::TABLE,
    &reviews::TABLE,
    &roster::TABLE,
    &members::TABLE,
    &campaigns::TABLE,
    &messages::TABLE,
    &shipping::TABLE,
    &given::TABLE,
];

impl Kind {
    /// All of them.
    pub const ALL: [Self; 8] =
        [Self::Ratings, Self::Reviews, Self::Roster, Self::Members, Self::Campaigns, Self::Messages, Self::Shipping, Self::Given];

    /// Its id: `ratings reviews roster members campaigns messages shipping given`.
    pub fn id(self) -> &'static str {
        self.table().id
    }

    /// The kind with this id.
    ///
    /// ```
    /// use huashu::side::Kind;
    /// assert_eq!(Kind::find("roster"), Some(Kind::Roster));
    /// assert_eq!(Kind::find("orders"), None);
    /// ```
    pub fn find(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.id() == id)
    }

    /// Its fields, as a map of columns names them.
    pub fn fields(self) -> impl Iterator<Item = &'static str> {
        let own = self.table().fields.iter().filter(move |_| self != Self::Given).map(|field| field.id);
        own.chain((self == Self::Given).then(given::fields).into_iter().flatten())
    }

    fn table(self) -> &'static Table {
        TABLES.get(self as usize).copied().unwrap_or(&ratings::TABLE)
    }
}

/// One kind of table, as data.
struct Table {
    id: &'static str,
    /// What shops call it, and the same in English.
    title: &'static str,
    fields: &'static [Field],
    /// What a table of this kind must have a column for, and a row must fill.
    needs: &'static [Need],
    /// How many of the last columns a later export may fill: rows that differ in nothing else are the same row.
    later: usize,
}

/// A column.
struct Field {
    id: &'static str,
    holds: Holds,
    /// Its headers, the likeliest first.
    names: &'static [&'static str],
}

/// One of these fields, and why a row without any of them is left out.
struct Need {
    fields: &'static [usize],
    reason: &'static str,
}

/// What stands in a column's cells, and how it becomes a number; [`NONE`] is unknown.
#[derive(Clone, Copy)]
enum Holds {
    /// A name or a text: its number in the names.
    Text,
    /// A buyer's account: as a text, but one with asterisks tells nobody.
    Buyer,
    /// Seconds of the shop's time.
    Time,
    /// The same of the end of a span (`2026-01-01 至 2026-12-31`).
    Until,
    /// Month × 100 + day, with or without a year before them.
    Birthday,
    /// One of these words, a word for stars without 星 and 分; another is a problem.
    Word(&'static [(&'static str, i64)]),
    /// Not read from a cell.
    Made,
    /// The first of these words that the cell holds; 0 where it holds none of them.
    Holding(&'static [(&'static str, i64)]),
}

/// Headers under which the buyer stands.
const BUYER: &[&str] = &[
    "buyer",
    "买家会员名",
    "买家昵称",
    "买家账号",
    "买家旺旺",
    "买家",
    "会员名",
    "会员昵称",
    "会员账号",
    "客户昵称",
    "客户账号",
    "客户",
    "顾客昵称",
    "顾客账号",
    "顾客",
    "用户昵称",
    "用户账号",
    "用户名",
    "用户",
    "旺旺号",
    "昵称",
    "customer",
    "user",
    "手机号",
    "手机号码",
    "接收号码",
    "phone",
];

/// Headers under which the order's number stands.
const ORDER: &[&str] = &["order", "订单编号", "订单号", "主订单编号", "交易号", "订单", "子订单编号", "order_id"];

/// Headers under which the agent's account stands.
const AGENT: &[&str] = &[
    "agent",
    "客服账号",
    "客服昵称",
    "客服旺旺",
    "接待客服",
    "被评价客服",
    "客服",
    "账号名称",
    "子账号",
    "旺旺昵称",
    "旺旺",
    "账号",
    "account",
];

/// The side tables of a shop: rows of numbers and the names behind them.
///
/// A row is eight bytes per field of its kind; a name or text is stored once.
///
/// ```
/// use huashu::side::{self, Side};
/// let mut side = Side::default();
/// for (file, text) in [("a.csv", "客服,组别\n小美,售前\n"), ("b.csv", "买家,满意度\n甲,满意\n乙,不满意\n"), ("a.csv", "客服,组别\n小美,售前\n")] {
///     side.merge(&side::read(file, text.as_bytes(), &Default::default()).side);
/// }
/// assert_eq!(side.roster().next().unwrap().team, Some("售前"));
/// assert_eq!(side.roster().count(), 1, "what two files say counts once");
/// assert_eq!(side.ratings().filter(|rating| rating.stars >= 4).count(), 1);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Side {
    names: Names,
    rows: [Vec<i64>; 8],
    /// What is known of the rows, once tables of several files were merged.
    known: [Known; 8],
    /// Per kind, which of its fields the tables had.
    fields: [u32; 8],
}

impl Side {
    /// Whether a table of this kind was given, however few rows it had.
    pub fn has(&self, kind: Kind) -> bool {
        self.fields.get(kind as usize).is_some_and(|&fields| fields != 0)
    }

    /// Whether a table of this kind had a column for the field.
    pub fn has_field(&self, kind: Kind, field: &str) -> bool {
        let at = kind.fields().position(|id| id == field);
        at.is_some_and(|at| self.fields.get(kind as usize).is_some_and(|fields| fields >> at & 1 == 1))
    }

    /// The first and the last day of a kind's rows, of a review without a date that of the reply; `None` where one of them has none.
    pub(crate) fn days(&self, kind: Kind) -> Option<(Day, Day)> {
        let column = |id| kind.fields().position(|field| field == id);
        let (at, reply) = (column("at")?, column("replied_at"));
        let time = |row: Entry| row.time(at).or_else(|| row.time(reply?));
        let days = self.entries(kind).map(|row| time(row).map(Time::day).map(|day| (day, day)));
        days.reduce(|a, b| a.zip(b).map(|((a, b), (c, d))| (a.min(c), b.max(d)))).flatten()
    }

    /// How many rows there are of a kind.
    pub fn len(&self, kind: Kind) -> usize {
        self.entries(kind).count()
    }

    /// Whether no table was given.
    pub fn is_empty(&self) -> bool {
        self.fields.iter().all(|&fields| fields == 0)
    }

    /// All that the tables name: buyers, orders, accounts and the rest.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        (0..self.names.len()).filter_map(|number| self.names.get(number))
    }

    fn entries(&self, kind: Kind) -> impl Iterator<Item = Entry<'_>> {
        let rows = self.rows.get(kind as usize).map_or(&[][..], Vec::as_slice);
        rows.chunks(kind.table().fields.len()).map(|cells| Entry { names: &self.names, cells })
    }

    /// Adds the tables of more files, in whatever order and however they overlap: a row that both hold counts as often as
    /// the one of them says that holds it more often.
    pub fn merge(&mut self, more: &Self) {
        for kind in Kind::ALL {
            let theirs = self.renamed(more, kind);
            let (Some(ours), Some(known)) = (self.rows.get_mut(kind as usize), self.known.get_mut(kind as usize)) else { continue };
            if ours.is_empty() {
                *ours = theirs;
            } else {
                known.add(ours, &theirs, kind.table());
            }
            if let (Some(ours), Some(theirs)) = (self.fields.get_mut(kind as usize), more.fields.get(kind as usize)) {
                *ours |= theirs;
            }
        }
    }

    /// The rows of a kind of other tables, with our numbers for their names.
    fn renamed(&mut self, other: &Self, kind: Kind) -> Vec<i64> {
        let holds = kind.table().fields.iter().map(|field| field.holds).cycle();
        let rows = other.rows.get(kind as usize).map_or(&[][..], Vec::as_slice);
        let own = |(&cell, holds)| {
            let name = match holds {
                Holds::Text | Holds::Buyer => u32::try_from(cell).ok().and_then(|number| other.names.get(number)),
                _ => None,
            };
            name.map_or(cell, |name| i64::from(self.names.intern(name)))
        };
        rows.iter().zip(holds).map(own).collect()
    }
}

/// One row.
#[derive(Clone, Copy)]
struct Entry<'a> {
    names: &'a Names,
    cells: &'a [i64],
}

impl<'a> Entry<'a> {
    fn number(self, field: usize) -> Option<i64> {
        self.cells.get(field).copied().filter(|&cell| cell != NONE)
    }

    fn text(self, field: usize) -> Option<&'a str> {
        self.names.get(u32::try_from(self.number(field)?).ok()?)
    }

    fn time(self, field: usize) -> Option<Time> {
        self.number(field).map(Time::from_seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{format, string::String};
    use proptest::prelude::*;

    #[test]
    fn tables_are_in_the_order_of_their_kinds() {
        for kind in Kind::ALL {
            assert_eq!(Kind::find(kind.id()), Some(kind));
            let table = kind.table();
            assert!(table.fields.len() <= 32, "{}: one bit for each field", table.id);
            for need in table.needs {
                assert!(!need.fields.is_empty() && need.fields.iter().all(|&at| at < table.fields.len()), "{}", table.id);
            }
            for (at, field) in table.fields.iter().enumerate() {
                assert_eq!(field.names.first(), Some(&field.id), "{}: a field's id is one of its headers", table.id);
                assert!(table.fields.iter().skip(at + 1).all(|other| other.id != field.id), "{}", table.id);
            }
        }
    }

    fn ratings(rows: &[(u8, u8)]) -> Side {
        let lines: String = rows.iter().map(|(buyer, stars)| format!("b{},{}\n", buyer % 3, stars % 3 + 1)).collect();
        read("a.csv", format!("buyer,rating\n{lines}").as_bytes(), &SideOptions::default()).side
    }

    #[test]
    fn a_review_is_answered_from_one_export_to_the_next() {
        let file =
            |rows: &str| read("a.csv", format!("订单号,评分,评价内容,商家回复,回复时间\n{rows}").as_bytes(), &SideOptions::default()).side;
        let early = file("1,1,差,,\n,1,差,,\n,1,差,,\n");
        let late = file("1,1,差,抱歉,2026-03-02\n,1,差,抱歉,\n,1,差,,\n2,1,差,,\n");
        for [first, then] in [[&early, &late], [&late, &early]] {
            let mut both = first.clone();
            both.merge(then);
            let mut replies: Vec<_> = both.reviews().map(|review| (review.order, review.reply)).collect();
            replies.sort();
            assert_eq!(replies, [(None, None), (None, Some("抱歉")), (Some("1"), Some("抱歉")), (Some("2"), None)]);
        }
    }

    fn reviews(rows: &[(u8, u8)]) -> Side {
        let lines: String =
            rows.iter().map(|(text, reply)| format!("t{},{}\n", text % 2, ["", "a", "b"][usize::from(reply % 3)])).collect();
        read("a.csv", format!("评分,评价内容,商家回复\n{}", lines.replace('t', "5,t")).as_bytes(), &SideOptions::default()).side
    }

    fn answers(side: &Side) -> Vec<String> {
        let mut rows: Vec<String> = side.reviews().map(|r| format!("{:?} {:?}", r.text, r.reply)).collect();
        rows.sort();
        rows
    }

    fn rows(side: &Side) -> Vec<String> {
        let mut rows: Vec<String> = side.ratings().map(|r| format!("{:?} {}", r.buyer, r.stars)).collect();
        rows.sort();
        rows
    }

    proptest! {
        #[test]
        fn merging_knows_no_order(files in prop::collection::vec(prop::collection::vec(any::<(u8, u8)>(), 0..8), 0..5)) {
            let sides: Vec<Side> = files.iter().map(|rows| ratings(rows)).collect();
            let merged = |sides: &mut dyn Iterator<Item = &Side>| sides.fold(Side::default(), |mut all, one| { all.merge(one); all });
            let there = merged(&mut sides.iter());
            prop_assert_eq!(rows(&there), rows(&merged(&mut sides.iter().rev())));
            prop_assert_eq!(rows(&there), rows(&merged(&mut sides.iter().chain(&sides))));
            for (side, file) in sides.iter().zip(&files) {
                prop_assert_eq!(rows(side).len(), file.len());
                prop_assert!(rows(&there).len() >= file.len());
            }
            let sides: Vec<Side> = files.iter().map(|rows| reviews(rows)).collect();
            let there = merged(&mut sides.iter());
            prop_assert_eq!(answers(&there), answers(&merged(&mut sides.iter().rev())));
            prop_assert_eq!(answers(&there), answers(&merged(&mut sides.iter().chain(&sides))));
            let most = |text: &str| sides.iter().map(|side| side.reviews().filter(|r| r.text == Some(text)).count()).max();
            prop_assert!(["t0", "t1"].iter().all(|text| there.reviews().filter(|r| r.text == Some(text)).count() >= most(text).unwrap_or(0)));
        }
    }
}
