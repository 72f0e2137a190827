//! The roster (客服名单): who works behind an account, in which team and shift.

use super::{AGENT, Entry, Field, Holds, Kind, Need, Side, Table};

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

impl Side {
    /// The roster, in the order of its files.
    pub fn roster(&self) -> impl Iterator<Item = Post<'_>> {
        self.entries(Kind::Roster).map(Post::of)
    }
}
