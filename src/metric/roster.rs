//! Figures by person, team and shift (R9, R10): the conversations of agents become those of whom the roster names.
//!
//! 小美 works under two accounts: the person has two of the three conversations, whichever account was in them.
//!
//! ```
//! use huashu::{chat, link::{Contact, Findings}, metric::{Facts, Options, measure}, side};
//! let contact = |buyer: &str, agent: &str| {
//!     let text = format!(r#"{{"id":"{buyer}","messages":[{{"role":"buyer","sender":"{buyer}","text":"…"}},{{"role":"agent","sender":"{agent}","text":"…"}}]}}"#);
//!     let chats = chat::read("a.jsonl", text.as_bytes(), &Default::default());
//!     Contact::of(&chats.conversations[0], Findings::default())
//! };
//! let contacts = vec![contact("甲", "店:小美"), contact("乙", "店:小美2"), contact("丙", "店:阿杰")];
//! let roster = "客服账号,姓名,组别,班次\n小美,王小美,售前,白班\n小美2,王小美,售前,白班\n阿杰,李杰,售后,晚班\n";
//! let side = side::read("a.csv", roster.as_bytes(), &Default::default()).side;
//! let figures = measure(&Facts { contacts, side, ..Facts::default() }, &Options::default());
//! let of = |kind: &str, name: &str| {
//!     let by = |m: &&huashu::metric::Metric| m.id == "service.complaint_rate" && m.by.as_ref().is_some_and(|by| by.kind == kind && by.name == name);
//!     figures.metrics.iter().find(by).unwrap().denominator // buyers served
//! };
//! assert_eq!((of("person", "王小美"), of("team", "售后"), of("shift", "白班")), (Some(2.0), Some(1.0), Some(2.0)));
//! assert_eq!(figures.tables.people[0].agent, "王小美"); // the first of the ranking
//! ```

use crate::{
    link::{Contact, Handover},
    order::Names,
    side::{Post, Side, account_key},
    sort,
};
use alloc::{string::String, vec::Vec};

/// What the roster tells of an account.
pub(super) const KINDS: [&str; 3] = ["person", "team", "shift"];

/// An account without its shop.
pub(super) fn own(key: &str) -> &str {
    key.rsplit(':').next().unwrap_or(key)
}

/// Accounts, each once with what is known of it, in the order of their names without the shop, then of their whole names.
pub(super) struct Accounts<T>(Vec<(String, T)>);

impl<T: Ord> Accounts<T> {
    /// Of what is said of an account the first counts.
    pub fn new(all: impl Iterator<Item = (String, T)>) -> Self {
        let mut all: Vec<_> = all.collect();
        sort::by(&mut all, |a, b| (own(&a.0), a).cmp(&(own(&b.0), b)));
        all.dedup_by(|next, kept| next.0 == kept.0);
        Self(all)
    }

    /// What is known of an account: by its whole name, else by the part without the shop where that is only one's and
    /// one of them names none.
    pub fn find(&self, agent: &str) -> Option<&T> {
        let key = account_key(agent);
        let from = self.0.partition_point(|(known, _)| own(known) < own(&key));
        let mut alike = self.0.iter().skip(from).take_while(|(known, _)| own(known) == own(&key));
        if let Some((_, found)) = alike.clone().find(|(known, _)| *known == key) {
            return Some(found);
        }
        match (alike.next(), alike.next()) {
            (Some((known, found)), None) if own(known) == known || own(&key) == key => Some(found),
            _ => None,
        }
    }
}

/// The roster. An account with other posts in two files has the first by name.
pub(super) struct Roster<'a>(Accounts<[Option<&'a str>; 3]>);

impl<'a> Roster<'a> {
    pub fn new(side: &'a Side) -> Self {
        let post = |post: Post<'a>| Some((account_key(post.agent?), [post.person, post.team, post.shift]));
        Self(Accounts::new(side.roster().filter_map(post)))
    }

    /// Person, team and shift of an account.
    pub fn find(&self, agent: &str) -> [Option<&'a str>; 3] {
        self.0.find(agent).copied().unwrap_or_default()
    }

    /// The conversations with persons, teams or shifts in place of their agents; whom the roster does not know is nobody.
    /// `None` where it tells nothing of the kind.
    pub fn regrouped(&self, contacts: &[&Contact], kind: usize) -> Option<Vec<Contact>> {
        let of = |post: &[Option<&'a str>; 3]| post.get(kind).copied().flatten();
        if !self.0.0.iter().any(|(_, post)| of(post).is_some()) {
            return None;
        }
        let (mut known, mut found) = (Names::default(), Vec::new());
        let mut named = |agent: &str| {
            let number = known.intern(agent) as usize;
            if number == found.len() {
                found.push(of(&self.find(agent)));
            }
            found.get(number).copied().flatten()
        };
        let regroup = |contact: &&Contact| {
            let mut agents: Vec<String> = Vec::new();
            let mut place = |agent: &String| {
                let name = named(agent)?;
                let at = agents.iter().position(|known| known == name).unwrap_or_else(|| {
                    agents.push(name.into());
                    agents.len() - 1
                });
                u16::try_from(at).ok()
            };
            let places: Vec<Option<u16>> = contact.agents.iter().map(&mut place).collect();
            let mut own = Contact::clone(contact);
            for round in &mut own.rounds {
                round.agent = round.agent.and_then(|agent| places.get(usize::from(agent)).copied().flatten());
            }
            own.handed = handed(contact, &places);
            own.agents = agents;
            own
        };
        Some(contacts.iter().map(regroup).collect())
    }
}

/// Who handed over once accounts are persons, teams or shifts: those all of whose accounts in the talk did.
fn handed(contact: &Contact, places: &[Option<u16>]) -> Vec<Handover> {
    let mut all: Vec<Handover> = Vec::new();
    let mut kept: Vec<u16> = Vec::new();
    let place = |at: u16| places.get(usize::from(at)).copied().flatten();
    for (at, place_of) in (0..).zip(places) {
        let Some(agent) = *place_of else { continue };
        let Some(one) = contact.handed.iter().find(|one| one.agent == at) else {
            kept.push(agent);
            continue;
        };
        let to = one.to.and_then(place).filter(|to| *to != agent);
        match all.iter_mut().find(|known| known.agent == agent) {
            Some(known) => (known.messages, known.to) = (known.messages + one.messages, to.or(known.to)),
            None => all.push(Handover { agent, messages: one.messages, to }),
        }
    }
    all.retain(|one| !kept.contains(&one.agent));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_found_with_and_without_their_shop() {
        let csv = "客服账号,姓名\n甲店:小美,王小美\n乙店:小美,赵小美\n阿杰,李杰\n甲店：大力,钱大力\n";
        let side = crate::side::read("a.csv", csv.as_bytes(), &Default::default()).side;
        let roster = Roster::new(&side);
        for (agent, person) in [
            ("甲店:小美", Some("王小美")),
            ("乙店：小美", Some("赵小美")),
            ("丙店:小美", None),
            ("丁店:大力", None),
            ("甲店:阿杰", Some("李杰")),
            ("大力", Some("钱大力")),
        ] {
            assert_eq!(roster.find(agent)[0], person, "{agent}");
        }
    }

    #[test]
    fn who_hands_over_to_an_account_of_their_own_keeps_it() {
        let csv = "客服账号,姓名,组别\n小美,王美,售前\n小美2,王美,售前\n阿杰,李杰,售后\n";
        let side = crate::side::read("a.csv", csv.as_bytes(), &Default::default()).side;
        let contact = Contact {
            agents: ["小美", "小美2", "阿杰"].map(String::from).into(),
            handed: Vec::from([Handover { agent: 0, messages: 1, to: Some(1) }, Handover { agent: 1, messages: 2, to: Some(2) }]),
            ..Contact::default()
        };
        let of = |contact: &Contact| Roster::new(&side).regrouped(&[contact], 0).unwrap()[0].handed.clone();
        assert_eq!(of(&contact), [Handover { agent: 0, messages: 3, to: Some(1) }]);
        assert_eq!(of(&Contact { handed: contact.handed[..1].to_vec(), ..contact.clone() }), []);
    }
}
