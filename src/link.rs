//! Chats ↔ orders: what a figure needs to know of a conversation, the buyer key that joins both, and what is known of a buyer.

mod handed;
mod known;
mod listing;
pub mod reviewed;
mod talked;

pub use handed::Handover;
pub(crate) use known::SEPARATORS;
pub use known::{Buyer, History, Known};
pub use listing::{Added, Listing, Place};
pub use reviewed::{REVIEW, Reviewed};
pub use talked::Talked;

use crate::{
    chat::{Conversation, Kind, Message, Role, round::rounds},
    order::Names,
    side::Purpose,
    sort,
    text::narrow,
    time::{Lapse, Time},
};
use alloc::{borrow::Cow, string::String, sync::Arc, vec::Vec};
use core::cmp::Ordering;

/// What stands before an account in some exports.
pub(crate) const PREFIX: &str = "cntaobao";
/// What is written in full width begins with this byte.
pub(crate) const WIDE: u8 = 0xef;

/// The key under which a buyer's name stands in chats and orders alike: trimmed, `cntaobao` off, full-width letters and
/// digits to half width. Letters keep their case: both exports write the account as the platform does.
///
/// ```
/// use huashu::link::buyer_key;
/// assert_eq!(buyer_key(" cntaobaotb８８00 "), "tb8800");
/// assert_eq!(buyer_key("小鹿Ａa"), "小鹿Aa");
/// ```
pub fn buyer_key(name: &str) -> Cow<'_, str> {
    let name = name.trim();
    let name = name.strip_prefix(PREFIX).unwrap_or(name).trim();
    if !name.as_bytes().contains(&WIDE) || name.chars().all(|c| narrow(c) == c) {
        Cow::Borrowed(name)
    } else {
        Cow::Owned(name.chars().map(narrow).collect())
    }
}

/// The numbers of products in the text of a link or a card, by what stands before them: `?id=`, `&id=`, `商品编号：`, `商品ID:`.
///
/// ```
/// use huashu::link::product_numbers;
/// let of = |text| product_numbers(text).collect::<Vec<_>>();
/// assert_eq!(of("https://item.example.com/item.htm?spm=1&id=700123#a https://item.example.com/700124.html?id=700125"), ["700125", "700123"]);
/// assert_eq!(of("您选择了一个订单进行咨询（订单号：310001；商品编号：200001）"), ["200001"]);
/// assert_eq!(of("https://item.example.com/?userid=700123&id=x"), [""; 0]);
/// ```
pub fn product_numbers(text: &str) -> impl Iterator<Item = &str> {
    ["?id=", "&id=", "商品编号", "商品ID", "商品id"].into_iter().flat_map(move |mark| {
        text.match_indices(mark).filter_map(move |(at, _)| {
            let rest = text.get(at + mark.len()..)?.trim_start_matches(['：', ':', ' ']);
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            rest.get(..digits).filter(|number| number.len() >= 5)
        })
    })
}

/// One round as figures see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RoundFacts {
    /// When it opened.
    pub opened: Option<Time>,
    /// Seconds to the first human answer; `None` while unanswered or without times. Negative where the copy's times run backwards.
    pub seconds: Option<i64>,
    /// Whether these may be up to 59 less or more: the copy writes a time of the round without seconds.
    pub to_minute: bool,
    /// Whether a human answered.
    pub answered: bool,
    /// Who answered, or is charged with the silence, a position in [`Contact::agents`]: who wrote last before it, or whoever took the
    /// talk over since.
    pub agent: Option<u16>,
}

impl RoundFacts {
    /// From the opening to the answer.
    pub fn waited(&self) -> Option<Lapse> {
        Some(Lapse { seconds: self.seconds?, to_minute: self.to_minute })
    }
}

/// A rule that had its occasion in a conversation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Judged {
    /// The rule's id.
    pub rule: Arc<str>,
    /// Whether it passed.
    pub passed: bool,
}

/// What a book found in a conversation, by the book's own ids; these are shared by all conversations.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Findings {
    /// Signals, each once.
    pub signals: Vec<Arc<str>>,
    /// Scenes.
    pub scenes: Vec<Arc<str>>,
    /// Those of them that a complaint is counted under.
    pub problems: Vec<Arc<str>>,
    /// Whether there are scenes and all of them are after-sale ones.
    pub after_sale: bool,
    /// Whether the buyer complained after the last sign of satisfaction.
    pub reopened: bool,
    /// Verdicts without the skips.
    pub verdicts: Vec<Judged>,
    /// Alerts.
    pub alerts: Vec<Arc<str>>,
    /// Positions of the messages with which an agent hands over; used up by [`Contact::of`].
    pub handing: Vec<u32>,
    /// Positions of the messages with which a buyer closes and asks nothing; used up by [`Contact::of`].
    pub closing: Vec<u32>,
    /// Positions of the messages that tell the buyer something, and what for; used up by [`Contact::of`].
    pub telling: Vec<(u32, Purpose)>,
}

/// A conversation as figures see it: the text is gone, the facts remain.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Contact {
    /// The buyer key.
    pub buyer: Option<String>,
    /// Time of the first message.
    pub start: Option<Time>,
    /// Messages of the buyer.
    pub buyer_messages: u32,
    /// Messages of human agents.
    pub agent_messages: u32,
    /// The conversation's id.
    pub id: String,
    /// Time of the last message.
    pub end: Option<Time>,
    /// Time of the buyer's first message.
    pub asked_at: Option<Time>,
    /// Human agents in order of appearance.
    pub agents: Vec<String>,
    /// Its rounds.
    pub rounds: Vec<RoundFacts>,
    /// Seconds from the first buyer message to the first human agent message after it.
    pub first_response: Option<i64>,
    /// Whether a human agent wrote after the first buyer message.
    pub replied: bool,
    /// Whether the buyer still waits for an answer: of what was written last some is no mere closing word.
    pub waits: bool,
    /// The agents who handed it over.
    pub handed: Vec<Handover>,
    /// Numbers of the products that links and cards name, each once.
    pub products: Vec<String>,
    /// What the buyer was told, and when.
    pub told: Vec<(Purpose, Time)>,
    /// What the book found.
    pub found: Findings,
}

impl Contact {
    /// The facts of one conversation.
    ///
    /// ```
    /// use huashu::{chat, link::{Contact, Findings}};
    /// let text = r#"{"id": "a", "messages": [
    ///     {"role": "buyer", "sender": "tb8800", "at": "2026-01-31T10:00:00", "text": "在吗"},
    ///     {"role": "bot", "at": "2026-01-31T10:00:01", "text": "欢迎光临"},
    ///     {"role": "agent", "sender": "小美", "at": "2026-01-31T10:00:08", "text": "在的亲"}]}"#.replace('\n', "");
    /// let chats = chat::read("a.jsonl", text.as_bytes(), &Default::default());
    /// let contact = Contact::of(&chats.conversations[0], Findings::default());
    /// assert_eq!(contact.buyer.as_deref(), Some("tb8800"));
    /// assert_eq!((contact.first_response, contact.replied), (Some(8), true));
    /// assert_eq!((contact.buyer_messages, contact.agent_messages), (1, 1));
    /// ```
    pub fn of(conversation: &Conversation, mut found: Findings) -> Self {
        let count = |role: Role| conversation.messages.iter().filter(|m| m.role == role).count() as u32;
        let mut agents = Names::default();
        for name in conversation.messages.iter().filter(|m| m.role == Role::Agent).filter_map(|m| m.sender.as_deref()) {
            agents.intern(name);
        }
        let all = rounds(conversation);
        let closing = core::mem::take(&mut found.closing);
        let asks = |(at, message): (usize, &Message)| message.role == Role::Buyer && closing.binary_search(&(at as u32)).is_err();
        let waits = all
            .last()
            .is_some_and(|round| round.answered.is_none() && conversation.messages.iter().enumerate().skip(round.opened).any(asks));
        let mut rounds: Vec<RoundFacts> = all
            .iter()
            .map(|round| {
                let message = |at: usize| conversation.messages.get(at);
                let named = round.answered.or_else(|| conversation.left_with(round.opened));
                let sender = named.and_then(message).and_then(|m| m.sender.as_deref());
                let (opened, waited) = (message(round.opened), round.waited(conversation));
                RoundFacts {
                    opened: opened.and_then(|m| m.at),
                    seconds: waited.map(|lapse| lapse.seconds),
                    to_minute: waited.map_or(opened.is_some_and(|m| m.to_minute), |lapse| lapse.to_minute),
                    answered: round.answered.is_some(),
                    agent: sender.and_then(|name| u16::try_from(agents.find(name)?).ok()),
                }
            })
            .collect();
        rounds.shrink_to_fit();
        let accounts: Vec<&str> = (0..agents.len()).filter_map(|number| agents.get(number)).collect();
        let handed = handed::handovers(conversation, &accounts, &core::mem::take(&mut found.handing));
        let told = core::mem::take(&mut found.telling);
        // A message without a time was written after the one above.
        let time = |at: u32| conversation.messages.get(..=at as usize)?.iter().rev().find_map(|m| m.at);
        let told = told.into_iter().filter_map(|(at, purpose)| Some((purpose, time(at)?)));
        let mut told: Vec<(Purpose, Time)> = told.filter(|(_, at)| at.dated()).collect();
        told.shrink_to_fit();
        let first = rounds.first();
        let mut products: Vec<String> = Vec::new();
        for text in conversation.messages.iter().filter(|m| matches!(m.kind, Kind::Link | Kind::Card)).map(|m| m.text.as_str()) {
            products.extend(product_numbers(text).map(String::from));
        }
        sort::plain(&mut products);
        products.dedup();
        Self {
            buyer: conversation.buyer.as_deref().map(buyer_key).filter(|key| !key.is_empty()).map(Cow::into_owned),
            start: conversation.messages.iter().find_map(|m| m.at),
            buyer_messages: count(Role::Buyer),
            agent_messages: count(Role::Agent),
            id: conversation.id.clone(),
            end: conversation.messages.iter().rev().find_map(|m| m.at),
            asked_at: first.and_then(|round| round.opened),
            first_response: first.and_then(|round| round.seconds),
            replied: first.is_some_and(|round| round.answered),
            waits,
            agents: accounts.into_iter().map(String::from).collect(),
            handed,
            rounds,
            products,
            told,
            found,
        }
    }

    /// The same conversation, read from another file: the same buyer and beginning, or the same id where one of these is unknown.
    fn meets(&self, other: &Self) -> Ordering {
        fn key(c: &Contact) -> (&Option<String>, Option<Time>, &str) {
            // A time of day without a date says too little.
            let start = c.start.filter(|start| c.buyer.is_some() && start.dated());
            (&c.buyer, start, if start.is_some() { "" } else { &c.id })
        }
        key(self).cmp(&key(other))
    }
}

/// Joins conversations of several files: each is kept once, in its fullest copy. The order of the files does not matter.
pub fn merge(contacts: &mut Vec<Contact>, more: Vec<Contact>) {
    contacts.extend(more);
    // The fullest copy comes first: the longest talk, then whichever compares highest.
    sort::by(contacts, |a, b| {
        let length = |c: &Contact| u64::from(c.buyer_messages) + u64::from(c.agent_messages);
        a.meets(b).then_with(|| length(b).cmp(&length(a))).then_with(|| b.cmp(a))
    });
    contacts.dedup_by(|next, kept| next.meets(kept).is_eq());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        order::{NONE, Orders},
        side::Side,
    };
    use alloc::vec;

    fn contact(buyer: Option<&str>, id: &str, start: Option<i64>, messages: u32) -> Contact {
        Contact {
            buyer: buyer.map(String::from),
            id: id.into(),
            start: start.map(Time::from_seconds),
            buyer_messages: messages,
            ..Contact::default()
        }
    }

    #[test]
    fn overlapping_files_meet_in_the_fullest_copy() {
        let day = 20_000 * 86_400;
        let a = vec![contact(Some("甲"), "a#1", Some(day), 3), contact(None, "x", None, 1)];
        let b = vec![
            contact(Some("甲"), "b#7", Some(day), 5),
            contact(Some("甲"), "b#8", Some(day + 1), 1),
            contact(None, "x", None, 1),
            // Times of day without a date: only the id tells conversations apart.
            contact(Some("乙"), "b#9", Some(36_000), 1),
            contact(Some("乙"), "b#10", Some(36_000), 1),
        ];
        let (mut one, mut two) = (a.clone(), b.clone());
        merge(&mut one, b);
        merge(&mut two, a);
        assert_eq!(one, two);
        let mut ids: Vec<&str> = one.iter().map(|c| c.id.as_str()).collect();
        ids.sort_unstable();
        assert_eq!(ids, ["b#10", "b#7", "b#8", "b#9", "x"]);
    }

    fn orders(rows: &[(&str, i64, i64)]) -> Orders {
        let mut orders = Orders::default();
        (orders.fields.buyer, orders.fields.created_at, orders.fields.paid_at) = (true, true, true);
        for (buyer, created, paid) in rows {
            let buyer = orders.buyers.intern(buyer);
            orders.buyer.push(buyer);
            orders.created_at.push(*created);
            orders.paid_at.push(*paid);
            orders.received_at.push(NONE);
            orders.state.push(crate::order::State::Unknown);
            orders.ordered_amount.push(NONE);
            orders.paid_amount.push(NONE);
            orders.refund_amount.push(NONE);
        }
        orders
    }

    #[test]
    fn returning_buyers_had_paid_before() {
        let history = History::new(&orders(&[("甲", 100, 150), ("甲", 300, 300), ("乙", 100, NONE), ("丙８", 100, 100)]), &Side::default());
        let at = |seconds| Some(Time::from_seconds(seconds));
        assert_eq!(history.returning(Some("甲"), at(151)), Some(true));
        assert_eq!(history.returning(Some("甲"), at(150)), Some(false), "not before");
        assert_eq!(history.returning(Some("乙"), at(999)), Some(false), "never paid");
        assert_eq!(history.returning(Some("cntaobao丙8"), at(999)), Some(true));
        assert_eq!(history.returning(Some("丁"), None), Some(false), "never seen");
        assert_eq!(history.returning(Some("甲"), None), None, "the talk has no time");
        assert_eq!(history.returning(None, at(999)), None);
        assert_eq!(History::new(&Orders::default(), &Side::default()).returning(Some("甲"), at(999)), None, "no orders given");
    }
}
