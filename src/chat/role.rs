//! Roles of names: first what labels, marks and platform habits say, then what names suggest, then how their owners behave.

use super::Role;
use super::name;
use alloc::{string::String, vec::Vec};
use hashbrown::HashMap;

/// So many messages of a name are listened to; more tell no more.
const TONES: u32 = 40;

/// The number of a name.
pub(crate) type NameId = u32;

/// What is known of one name.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub text: String,
    /// What a label, a mark or a habit says for certain; settled names have one.
    pub role: Option<Role>,
    /// How many messages begin with it.
    pub seen: u32,
    /// How often its messages sound like an agent's (above 0) or a buyer's (below).
    tone: i32,
    toned: i32,
}

/// All names of a file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    ids: HashMap<String, NameId>,
    entries: Vec<Entry>,
}

impl Names {
    /// The number of a name; a role that is certain is kept with it.
    pub fn intern(&mut self, text: &str, role: Option<Role>) -> NameId {
        if let Some(id) = self.ids.get(text) {
            if let (Some(role), Some(entry)) = (role, self.entries.get_mut(*id as usize)) {
                entry.role.get_or_insert(role);
            }
            return *id;
        }
        let id = self.entries.len() as NameId;
        self.ids.insert(String::from(text), id);
        self.entries.push(Entry { text: String::from(text), role, seen: 0, tone: 0, toned: 0 });
        id
    }

    pub fn find(&self, text: &str) -> Option<NameId> {
        self.ids.get(text).copied()
    }

    pub fn get(&self, id: NameId) -> Option<&Entry> {
        self.entries.get(id as usize)
    }

    pub fn get_mut(&mut self, id: NameId) -> Option<&mut Entry> {
        self.entries.get_mut(id as usize)
    }

    /// The names, by number.
    pub fn into_texts(self) -> Vec<String> {
        self.entries.into_iter().map(|entry| entry.text).collect()
    }

    pub fn role(&self, id: NameId) -> Option<Role> {
        self.get(id)?.role
    }

    pub fn text(&self, id: NameId) -> Option<&str> {
        Some(&self.get(id)?.text)
    }

    /// Whether a message is the shop's, as far as its role, its name or, failing these, how its name writes tells.
    pub fn serves(&self, id: Option<NameId>, role: Option<Role>) -> bool {
        let entry = id.and_then(|id| self.get(id));
        match role.or_else(|| entry?.role).or_else(|| name::hint(&entry?.text)) {
            Some(role) => matches!(role, Role::Agent | Role::Bot),
            None => entry.is_some_and(|e| e.tone > 0),
        }
    }

    /// Listens to a message of a name whose role is not certain.
    pub fn listen(&mut self, id: NameId, text: &str) {
        if let Some(entry) = self.get_mut(id) {
            entry.seen += 1;
            if entry.role.is_none() && entry.seen <= TONES {
                entry.tone += tone(text);
                entry.toned += 1;
            }
        }
    }

    /// What names say that no behaviour is needed for: the shop's main account is a bot where sub-accounts speak beside it, known
    /// agents are agents, as are those whom a transfer names (`handed`), and the rest as [`name::hint`] has it.
    pub fn settle(&mut self, agents: &[String], handed: Self) {
        for agent in agents {
            let who = name::who(agent);
            if let Some(id) = who.name.as_deref().and_then(|n| self.find(n))
                && let Some(entry) = self.get_mut(id)
            {
                entry.role = Some(Role::Agent);
            }
        }
        for account in handed.into_texts() {
            let who = name::who(&account);
            if let Some(id) = who.name.as_deref().and_then(|n| self.find(n))
                && let Some(entry) = self.get_mut(id)
            {
                entry.role.get_or_insert(Role::Agent);
            }
        }
        let mains: Vec<NameId> = self.entries.iter().filter(|e| e.seen > 0).filter_map(|e| self.find(name::shop_of(&e.text)?)).collect();
        for id in mains {
            if let Some(entry) = self.get_mut(id)
                && !agents.contains(&entry.text)
            {
                entry.role = Some(Role::Bot);
            }
        }
        // A shop's account may look like a buyer's. Where all look so, their looks tell nothing of who sounds like an agent.
        let speakers = || self.entries.iter().filter(|entry| entry.seen > 0);
        let alike = speakers().nth(1).is_some() && speakers().all(|e| e.role.or_else(|| name::hint(&e.text)) == Some(Role::Buyer));
        for entry in self.entries.iter_mut().filter(|entry| entry.role.is_none()) {
            if !(alike && entry.tone > 0 && !name::masked(&entry.text)) {
                entry.role = name::hint(&entry.text);
            }
        }
    }

    /// Whether a name looks like somebody and is left to behaviour all the same.
    pub fn misleads(&self) -> bool {
        self.entries.iter().any(|entry| entry.seen > 0 && entry.role.is_none() && name::hint(&entry.text).is_some())
    }

    /// Who bears the mark of an agent's team is one as well, unless everybody bears it.
    fn settle_teams(&mut self, ids: &[NameId]) {
        let mut teams: Vec<String> = Vec::new();
        for entry in ids.iter().filter_map(|id| self.get(*id)).filter(|e| e.role == Some(Role::Agent)) {
            if let Some(team) = name::team(&entry.text).filter(|team| !teams.iter().any(|t| t == team)) {
                teams.push(String::from(team));
            }
        }
        let of_team = |entry: &Entry| name::team(&entry.text).is_some_and(|team| teams.iter().any(|t| t == team));
        if ids.iter().filter_map(|id| self.get(*id)).all(of_team) {
            return;
        }
        for id in ids {
            if let Some(entry) = self.get_mut(*id).filter(|e| e.role.is_none() && of_team(e)) {
                entry.role = Some(Role::Agent);
            }
        }
    }

    /// Settles the names of one talk whose roles nothing told so far. In a talk that belongs to one buyer (`single`) the second
    /// unknown name is another agent; in a stream of many talks it is another buyer. Returns whether behaviour had to decide.
    pub fn settle_talk(&mut self, ids: &[NameId], single: bool) -> bool {
        self.settle_teams(ids);
        let unknown: Vec<NameId> = ids.iter().copied().filter(|id| self.role(*id).is_none()).collect();
        if unknown.is_empty() {
            return false;
        }
        let has = |names: &Self, role| ids.iter().any(|id| names.role(*id) == Some(role));
        let (agents, buyers) = (has(self, Role::Agent), has(self, Role::Buyer));
        // A platform that masks buyers masks them all: who bears a whole name there is the shop's, but for who clearly sounds like a buyer.
        let masks = ids.iter().any(|id| self.get(*id).is_some_and(|e| e.role == Some(Role::Buyer) && name::masked(&e.text)));
        let tone = |names: &Self, id: NameId| names.get(id).map_or(0, |e| e.tone * 100 / e.toned.max(1));
        let set = |names: &mut Self, id: NameId, role| {
            if let Some(entry) = names.get_mut(id) {
                entry.role = Some(role);
            }
        };
        match (agents, buyers) {
            (_, true) if single => unknown.iter().for_each(|id| set(self, *id, Role::Agent)),
            (true, _) if !masks && (!single || unknown.len() == 1) => unknown.iter().for_each(|id| set(self, *id, Role::Buyer)),
            (false, true) if unknown.len() == 1 => unknown.iter().for_each(|id| set(self, *id, Role::Agent)),
            _ => {
                // Equal tones: buyers ask first, so the earliest name is the buyer and the latest the agent.
                let best = unknown.iter().copied().max_by_key(|id| tone(self, *id));
                let bar = best.map_or(0, |id| tone(self, id));
                if let Some(best) = best.filter(|_| !agents && unknown.len() > 1) {
                    set(self, best, Role::Agent);
                    self.settle_teams(ids);
                }
                let unknown: Vec<NameId> = unknown.into_iter().filter(|id| self.role(*id).is_none()).collect();
                let least = unknown.iter().copied().min_by_key(|id| tone(self, *id));
                for id in unknown.iter().copied() {
                    let own = tone(self, id);
                    let agent = if masks {
                        own >= 0
                    } else if agents {
                        Some(id) != least
                    } else if Some(id) == best {
                        own > 0
                    } else {
                        // A second agent sounds clearly like one, and a talk never lacks its buyer.
                        own >= 60 && own * 2 > bar && (buyers || Some(id) != least)
                    };
                    set(self, id, if agent { Role::Agent } else { Role::Buyer });
                }
                return true;
            }
        }
        false
    }
}

/// Words that agents use (1) and words that buyers use (-1), in their order. They serve to tell who is who where no name does, not to
/// judge anybody.
const WORDS: [(&str, i32); 36] = [
    ("为什么", -1),
    ("为您", 1),
    ("亲", 1),
    ("什么时候", -1),
    ("你们", -1),
    ("你家", -1),
    ("便宜", -1),
    ("吗", -1),
    ("多久", -1),
    ("多少钱", -1),
    ("安排", 1),
    ("客官", 1),
    ("小店", 1),
    ("帮您", 1),
    ("很高兴", 1),
    ("怎么", -1),
    ("您", 1),
    ("感谢", 1),
    ("我买", -1),
    ("我们", 1),
    ("我想", -1),
    ("我的", -1),
    ("我要", -1),
    ("抱歉", 1),
    ("收到", -1),
    ("有没有", -1),
    ("本店", 1),
    ("核实", 1),
    ("欢迎光临", 1),
    ("祝您", 1),
    ("稍等", 1),
    ("给您", 1),
    ("能不能", -1),
    ("请问", 1),
    ("谢谢", -1),
    ("退款", -1),
];

/// Whether somebody asks, or otherwise sounds like a buyer.
pub(crate) fn asks(text: &str) -> bool {
    tone(text) < 0 || questions(text)
}

/// Whether a text is a question by its end.
pub(crate) fn questions(text: &str) -> bool {
    text.trim_end().ends_with(['?', '？', '吗', '呢', '么', '没'])
}

/// Whether a text sounds like an agent's (above 0) or a buyer's (below).
pub(crate) fn tone(text: &str) -> i32 {
    let head = crate::input::lines::head(text, 600);
    let mut said = [false; WORDS.len()];
    for (at, first) in head.char_indices() {
        let rest = head.get(at..).unwrap_or_default();
        let from = WORDS.partition_point(|(word, _)| word.chars().next() < Some(first));
        let here = WORDS.iter().zip(&mut said).skip(from).take_while(|((word, _), _)| word.starts_with(first));
        here.filter(|((word, _), _)| rest.starts_with(word)).for_each(|(_, said)| *said = true);
    }
    WORDS.iter().zip(said).filter(|(_, said)| *said).map(|((_, tone), _)| tone).sum::<i32>().clamp(-2, 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    fn talk(lines: &[(&str, &str)], single: bool) -> Vec<(String, Role)> {
        let mut names = Names::default();
        let mut ids = Vec::new();
        for (name, text) in lines {
            let who = name::who(name);
            let id = names.intern(who.name.as_deref().unwrap(), who.role);
            names.listen(id, text);
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        names.settle(&[], Names::default());
        names.settle_talk(&ids, single);
        names.entries.into_iter().map(|e| (e.text, e.role.unwrap())).collect()
    }

    #[test]
    fn words_are_found_in_their_order_and_count_once() {
        assert!(WORDS.is_sorted());
        for (one, _) in WORDS {
            let held: i32 = WORDS.iter().filter(|(word, _)| one.contains(word)).map(|(_, tone)| tone).sum();
            assert_eq!(tone(&format!("好{one}{one}")), held.clamp(-2, 2), "{one}");
        }
    }

    #[test]
    fn behaviour_decides_where_names_do_not() {
        let roles = talk(&[("阿宝", "这件有M码吗"), ("小溪", "亲，有的呢，请问您多高"), ("阿宝", "168"), ("小溪", "那建议您拍M码")], false);
        assert_eq!(roles, [("阿宝".into(), Role::Buyer), ("小溪".into(), Role::Agent)]);
        // Who asks first is the buyer when nothing else tells.
        assert_eq!(talk(&[("甲", "1"), ("乙", "2")], false), [("甲".into(), Role::Buyer), ("乙".into(), Role::Agent)]);
        // An agent who greets first is still one.
        let roles = talk(&[("小溪", "您好，很高兴为您服务"), ("阿宝", "我的快递怎么还没到")], false);
        assert_eq!(roles, [("小溪".into(), Role::Agent), ("阿宝".into(), Role::Buyer)]);
    }

    #[test]
    fn a_second_agent_is_told_by_the_team_by_masked_buyers_and_by_the_only_buyer() {
        let roles = |lines: &[(&str, &str)], single| talk(lines, single).iter().map(|r| r.1).collect::<Vec<_>>();
        let third = [Role::Buyer, Role::Agent, Role::Agent];
        let lines = [("张大力", "钱什么时候退"), ("木棉-小周", "亲，帮您看看"), ("木棉-小林", "已经退了")];
        assert_eq!(roles(&lines, false), third);
        let lines = [("大*熊", "什么时候发货"), ("小周", "亲，今天"), ("小林", "发了")];
        assert_eq!(roles(&lines, false), third);
        let lines = [("tb20260", "什么时候发货"), ("小周", "亲，今天"), ("小林", "发了吗")];
        assert_eq!(roles(&lines, true), third);
        // In a stream the third may be another buyer, and a name that everybody shares marks no team.
        assert_eq!(roles(&lines, false), [Role::Buyer, Role::Agent, Role::Buyer]);
        assert_eq!(roles(&[("小王-甲", "在吗"), ("小王-乙", "亲，在的")], false), [Role::Buyer, Role::Agent]);
    }

    /// An account of JD's or an old one of Taobao's looks like a buyer's; a masked name is one.
    #[test]
    fn where_all_names_look_like_buyers_behaviour_decides() {
        let roles = |lines: &[(&str, &str)]| talk(lines, false).iter().map(|r| r.1).collect::<Vec<_>>();
        assert_eq!(roles(&[("j****ab", "这个有货吗"), ("jd_qinghe", "您好亲，有现货的哦")]), [Role::Buyer, Role::Agent]);
        assert_eq!(roles(&[("tb88123456", "您好亲，在的"), ("小***鹿", "有货吗")]), [Role::Agent, Role::Buyer]);
        assert_eq!(roles(&[("tb881234", "有货吗"), ("tb991234", "怎么还不发货")]), [Role::Buyer; 2]);
        assert_eq!(
            roles(&[("tb881234", "亲，能便宜吗"), ("t**1", "亲，您好"), ("云朵:小溪", "在的")]),
            [Role::Buyer, Role::Buyer, Role::Agent]
        );
    }

    #[test]
    fn the_main_account_is_a_bot_beside_sub_accounts() {
        let roles = talk(&[("云朵家居", "您好"), ("阿宝", "在吗"), ("云朵家居:小溪", "在的")], false);
        assert_eq!(roles.iter().map(|r| r.1).collect::<Vec<_>>(), [Role::Bot, Role::Buyer, Role::Agent]);
    }
}
