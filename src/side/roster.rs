//! The roster (客服名单): who works behind an account, in which team and shift.

use super::{AGENT, Entry, Field, Holds, Kind, Need, Side, Table};
use crate::{link::buyer_key, order::Names};
use alloc::{string::String, vec::Vec};
use hashbrown::HashMap;

/// Who works behind an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the fields of the table")]
pub struct Post<'a> {
    pub agent: Option<&'a str>,
    pub person: Option<&'a str>,
    pub team: Option<&'a str>,
    pub shift: Option<&'a str>,
}

const ACCOUNT: usize = 0;
const PERSON: usize = 1;
const TEAM: usize = 2;
const SHIFT: usize = 3;

pub(super) const TABLE: Table = Table {
    id: "roster",
    title: "客服名单 / roster",
    fields: &[
        Field { id: "agent", holds: Holds::Text, names: AGENT },
        Field {
            id: "person", holds: Holds::Text, names: &["person", "姓名", "真实姓名", "员工姓名", "客服姓名", "员工", "人员", "name"]
        },
        Field {
            id: "team",
            holds: Holds::Text,
            names: &["team", "组别", "小组", "团队", "客服组", "客服分组", "旺旺分组", "技能组", "分组", "班组", "部门", "组", "group"],
        },
        Field { id: "shift", holds: Holds::Text, names: &["shift", "班次", "班别", "排班", "班"] },
    ],
    needs: &[Need { fields: &[ACCOUNT], reason: "no-agent" }, Need { fields: &[PERSON, TEAM, SHIFT], reason: "no-post" }],
    later: 0,
};

impl<'a> Post<'a> {
    fn of(entry: Entry<'a>) -> Self {
        Self { agent: entry.text(ACCOUNT), person: entry.text(PERSON), team: entry.text(TEAM), shift: entry.text(SHIFT) }
    }
}

/// An account as it is compared: chats write `店铺:小美` with one colon or the other.
pub(crate) fn account_key(agent: &str) -> String {
    buyer_key(agent).replace('：', ":")
}

/// The accounts of a file, each with what its first row says.
#[derive(Default)]
pub(super) struct Accounts(HashMap<String, Vec<i64>>);

impl Accounts {
    /// Whether an earlier row says something else of the same account.
    pub fn have_other(&mut self, names: &Names, cells: &[i64]) -> bool {
        let Some(post) = cells.get(PERSON..) else { return false };
        let account = Entry { names, cells }.text(ACCOUNT).map(account_key).unwrap_or_default();
        self.0.entry(account).or_insert_with(|| post.into()) != post
    }
}

impl Side {
    /// The roster, in the order of its files.
    pub fn roster(&self) -> impl Iterator<Item = Post<'_>> {
        self.entries(Kind::Roster).map(Post::of)
    }
}

#[cfg(test)]
mod tests {
    use crate::side::read;

    #[test]
    fn the_first_row_of_an_account_stands_and_others_are_told() {
        let roster = "日期,客服账号,姓名,班次\n1日,店:小美,王美,晚班\n2日,店：小美,王美,白班\n2日,店:小美,王美,晚班\n1日,小敏,李敏,晚班\n";
        let file = read("a.csv", roster.as_bytes(), &Default::default());
        assert_eq!((file.rows, file.used, &file.excluded[..]), (4, 3, &[("second-post", 1)][..]));
        assert!(file.side.roster().all(|post| post.shift == Some("晚班")));
    }
}
