//! What is known of a buyer beyond the talk: from the orders, and from the side tables.

use super::buyer_key;
use crate::{
    order::{BuyerKey, NONE, Names, Orders},
    side::{Kind, Purpose, Side},
    sort,
    time::{DAY, Day, Time},
};
use alloc::{string::String, vec::Vec};

/// A kind of buyer that a rule can be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Buyer {
    /// No order before this conversation.
    New,
    /// Bought here before.
    Returning,
    /// On the list of members.
    Member,
    /// A member with a right that ends within [`Buyer::EXPIRING`] days.
    Expiring,
    /// A member with a birthday within [`Buyer::BIRTHDAY`] days.
    Birthday,
    /// There was news of the buyer's parcel within a day before, and no text message told of it.
    News,
    /// The writer of a review of at most [`Buyer::DISSATISFIED`] stars.
    Dissatisfied,
    /// Talked to the shop earlier that day.
    Talking,
}

impl Buyer {
    /// Days before its end from which a right is about to expire.
    pub const EXPIRING: i32 = 30;
    /// Days before a birthday from which it is near; the day itself is the first.
    pub const BIRTHDAY: i32 = 7;
    /// Stars up to which a review is a bad one.
    pub const DISSATISFIED: u8 = 3;

    /// All of them, by their ids in a book.
    pub const CHOICES: [(&'static str, Self); 8] = [
        ("new", Self::New),
        ("returning", Self::Returning),
        ("member", Self::Member),
        ("expiring", Self::Expiring),
        ("birthday", Self::Birthday),
        ("news", Self::News),
        ("dissatisfied", Self::Dissatisfied),
        ("talking", Self::Talking),
    ];

    /// Its id in a book.
    pub fn id(self) -> &'static str {
        Self::CHOICES.get(self as usize).map_or("", |(id, _)| id)
    }
}

/// What is known of the buyer of a conversation; nothing by default.
///
/// ```
/// use huashu::link::{Buyer, Known};
/// let known = Known::from(Some(true)).with(Buyer::Member, false);
/// assert_eq!((known.is(Buyer::Returning), known.is(Buyer::New)), (Some(true), Some(false)));
/// assert_eq!((known.is(Buyer::Member), known.is(Buyer::Birthday)), (Some(false), None));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// What is known, a bit for each [`Buyer`], and what of it holds.
    told: u8,
    holds: u8,
    /// A member's level and tags, apart by commas.
    tags: String,
}

/// What stands between the tags of a member.
pub(crate) const SEPARATORS: [char; 7] = [',', '，', '、', ';', '；', '|', ' '];

/// Whether the buyer bought before.
impl From<Option<bool>> for Known {
    fn from(returning: Option<bool>) -> Self {
        returning.map_or_else(Self::default, |returning| Self::default().with(Buyer::Returning, returning))
    }
}

impl Known {
    /// The same where this is known, too.
    #[must_use]
    pub fn with(mut self, buyer: Buyer, holds: bool) -> Self {
        let mut set = |buyer: Buyer, holds: bool| {
            let bit = 1 << buyer as u8;
            self.told |= bit;
            self.holds = if holds { self.holds | bit } else { self.holds & !bit };
        };
        set(buyer, holds);
        match buyer {
            Buyer::New => set(Buyer::Returning, !holds),
            Buyer::Returning => set(Buyer::New, !holds),
            _ => {}
        }
        self
    }

    /// The same for a member of this level or with this tag.
    #[must_use]
    pub fn tagged(mut self, tag: &str) -> Self {
        self.tags.push_str(tag);
        self.tags.push(',');
        self.with(Buyer::Member, true)
    }

    /// Whether the buyer is one of that kind; `None` where nobody knows.
    pub fn is(&self, buyer: Buyer) -> Option<bool> {
        let bit = 1 << buyer as u8;
        (self.told & bit != 0).then_some(self.holds & bit != 0)
    }

    /// Whether the member has any of these levels or tags; `None` where nobody knows who is a member.
    pub fn has_tag(&self, tags: &[String]) -> Option<bool> {
        let mut own = self.tags.split(SEPARATORS).map(str::trim).filter(|tag| !tag.is_empty());
        self.is(Buyer::Member).map(|_| own.any(|own| tags.iter().any(|tag| tag == own)))
    }
}

/// Digits of a phone number.
const PHONE: usize = 11;

/// What orders and side tables tell of each buyer.
#[derive(Clone, Debug, Default)]
pub struct History {
    names: Names,
    /// The first so many names are the buyers of the orders, as they are known by.
    orders: u32,
    key: BuyerKey,
    /// Time of the first paid order, `i64::MAX` where there is none; [`NONE`] where one has no time, so that nobody can tell.
    first: Vec<i64>,
    /// What of the side tables was given: members, expiry dates, birthdays, shipping news.
    given: [bool; 4],
    /// Buyers with the days on which their rights end, their birthdays (month × 100 + day), their levels and tags.
    ends: Vec<(u32, i32)>,
    birthdays: Vec<(u32, u32)>,
    tags: Vec<(u32, String)>,
    /// Buyers with the times of the news of which no text message told.
    news: Vec<(u32, i64)>,
}

impl History {
    /// From all orders and side tables.
    pub fn new(orders: &Orders, side: &Side) -> Self {
        let mut history = Self {
            given: [
                side.has(Kind::Members),
                side.has_field(Kind::Members, "expires"),
                side.has_field(Kind::Members, "birthday"),
                side.has(Kind::Shipping),
            ],
            ..Self::default()
        };
        let ours: Vec<u32> = (0..orders.buyers.len()).map(|number| history.number(orders.buyers.get(number).unwrap_or_default())).collect();
        history.orders = history.names.len();
        // Of a day or minute that is all that is written the last second counts: nobody knows that it was before a talk of that day.
        let rest = orders.grain() - 1;
        for (at, buyer) in orders.buyer.iter().enumerate() {
            let Some(first) = ours.get(*buyer as usize).and_then(|&at| history.first.get_mut(at as usize)) else { continue };
            if let Some(time) = orders.bought_at(at) {
                *first = (*first).min(if time == NONE { NONE } else { time.saturating_add(rest) });
            }
        }
        history.members(side);
        history.news(orders, side);
        history
    }

    /// The same where the orders know their buyers by something else than the account that chats name.
    #[must_use]
    pub const fn by(mut self, key: BuyerKey) -> Self {
        self.key = key;
        self
    }

    fn number(&mut self, buyer: &str) -> u32 {
        let number = self.names.intern(&buyer_key(buyer));
        if number as usize == self.first.len() {
            self.first.push(i64::MAX);
        }
        number
    }

    fn members(&mut self, side: &Side) {
        for member in side.members() {
            let Some(number) = member.buyer.map(|buyer| self.number(buyer)) else { continue };
            self.ends.extend(member.right.and_then(|right| right.until).map(|day| (number, day.0)));
            self.birthdays.extend(member.birthday.map(|(month, day)| (number, u32::from(month) * 100 + u32::from(day))));
            // A member without a level is one all the same.
            let tags = [member.level, member.tags].into_iter().flatten().fold(String::new(), |all, tag| all + tag + ",");
            self.tags.push((number, tags));
        }
        sort::plain(&mut self.ends);
        sort::plain(&mut self.birthdays);
        sort::plain(&mut self.tags);
    }

    fn news(&mut self, orders: &Orders, side: &Side) {
        let of_order = |order: Option<&str>| orders.buyers.get(*orders.buyer.get(orders.ids.find(order?)? as usize)?);
        let mut told: Vec<(u32, i64)> = Vec::new();
        for message in side.messages().filter(|message| message.kind == Purpose::Shipping) {
            let number = of_order(message.order).or(message.buyer).map(|buyer| self.number(buyer));
            told.extend(number.zip(message.at).map(|(number, at)| (number, at.seconds())));
        }
        sort::plain(&mut told);
        for news in side.shipping() {
            let number = of_order(news.order).or(news.buyer).map(|buyer| self.number(buyer));
            let Some((number, at)) = number.zip(news.at.map(Time::seconds)) else { continue };
            let next = told.get(told.partition_point(|&message| message < (number, at)));
            if next.is_none_or(|&(of, time)| of != number || time > at.saturating_add(DAY)) {
                self.news.push((number, at));
            }
        }
        sort::plain(&mut self.news);
    }

    /// What is known of the buyer at that time.
    pub fn known(&self, buyer: Option<&str>, at: Option<Time>) -> Known {
        let Some(name) = buyer else { return Known::default() };
        let mut known = Known::from(self.returning(buyer, at));
        let number = self.names.find(&buyer_key(name)).unwrap_or(u32::MAX);
        let [members, ends, birthdays, news] = self.given;
        if members {
            known = known.with(Buyer::Member, false);
            for (_, tags) in of(&self.tags, number, |(of, _)| *of) {
                known = known.tagged(tags);
            }
        }
        // Without a date nobody knows what is near.
        let Some(at) = at.filter(|at| at.dated()) else { return known };
        let today = at.day().0;
        if ends {
            let near = |(_, end): &(u32, i32)| (today..=today.saturating_add(Buyer::EXPIRING)).contains(end);
            known = known.with(Buyer::Expiring, of(&self.ends, number, |(of, _)| *of).iter().any(near));
        }
        if birthdays {
            let near = |(_, birthday): &(u32, u32)| {
                (0..Buyer::BIRTHDAY).any(|after| {
                    let (_, month, day) = Day(today.saturating_add(after)).civil();
                    month * 100 + day == *birthday
                })
            };
            known = known.with(Buyer::Birthday, of(&self.birthdays, number, |(of, _)| *of).iter().any(near));
        }
        if news {
            let fresh = |(_, time): &(u32, i64)| (0..=DAY).contains(&(at.seconds() - time));
            known = known.with(Buyer::News, of(&self.news, number, |(of, _)| *of).iter().any(fresh));
        }
        known
    }

    /// Whether the buyer had paid for an order before that time: `None` where no orders name their buyers, or know them by something else
    /// than this name, or the times of the buyer's orders or of the talk are unknown.
    pub fn returning(&self, buyer: Option<&str>, at: Option<Time>) -> Option<bool> {
        let buyer = buyer?;
        let key = buyer_key(buyer);
        let number = self.names.find(&key);
        let is_key = match self.key {
            BuyerKey::Account => true,
            BuyerKey::Phone => key.len() >= PHONE && key.bytes().all(|byte| byte.is_ascii_digit()),
            BuyerKey::Receiver => false,
        };
        if self.orders == 0 || !(is_key || number.is_some_and(|number| number < self.orders)) {
            return None;
        }
        let first = number.and_then(|number| self.first.get(number as usize)).copied();
        match first {
            None | Some(i64::MAX) => Some(false),
            Some(NONE) => None,
            Some(first) => Some(first < at?.seconds()),
        }
    }
}

/// The entries of one buyer, of entries sorted by buyer.
fn of<T>(entries: &[T], number: u32, buyer: impl Fn(&T) -> u32) -> &[T] {
    let (from, to) = (entries.partition_point(|e| buyer(e) < number), entries.partition_point(|e| buyer(e) <= number));
    entries.get(from..to).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{order, side};
    use alloc::{format, string::ToString};

    fn history() -> History {
        let mut all = Side::default();
        for table in [
            "买家,会员等级,权益,到期时间,生日,标签\n甲,金卡,券,2026-03-20,3月8日,\"送礼,宝妈\"\n乙,,券,2026-06-30,,\n丙,银卡,,,12-31,\n",
            "订单号,物流时间,物流信息\n1,2026-03-02 09:00:00,派送中\n2,2026-03-02 09:00:00,派送中\n",
            "订单号,发送时间,短信类型\n2,2026-03-02 09:30:00,派件通知\n",
        ] {
            all.merge(&side::read("a.csv", table.as_bytes(), &Default::default()).side);
        }
        let orders =
            order::read("a.csv", "order_id,buyer,paid_at\n1,甲,2026-03-01\n2,乙,2026-03-01\n".as_bytes(), &Default::default()).orders;
        History::new(&orders, &all)
    }

    /// What ends need not have a name: it is the membership then.
    #[test]
    fn a_date_on_which_something_ends_is_enough() {
        for header in ["到期日期", "权益到期日"] {
            let table = format!("买家,会员等级,{header}\n甲,金卡,2026-03-20\n乙,金卡,\n");
            let read = side::read("a.csv", table.as_bytes(), &Default::default());
            let history = History::new(&Orders::default(), &read.side);
            let expiring = |buyer| history.known(Some(buyer), Time::parse("2026-03-02 10:00:00")).is(Buyer::Expiring);
            assert_eq!((expiring("甲"), expiring("乙")), (Some(true), Some(false)), "{header}");
        }
    }

    #[test]
    fn tables_tell_of_their_buyers() {
        let history = history();
        let known = |buyer: &str, at: &str| {
            let known = history.known(Some(buyer), Time::parse(at));
            Buyer::CHOICES.iter().filter(|(_, b)| known.is(*b) == Some(true)).map(|(id, _)| id.to_string()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(known("甲", "2026-03-02 10:00:00"), "returning member expiring birthday news");
        assert_eq!(known("甲", "2026-03-01 00:00:00"), "new member expiring");
        assert_eq!(known("甲", "2026-03-03 10:00:00"), "returning member expiring birthday", "the news is a day old");
        assert_eq!(known("甲", "2026-03-21 10:00:00"), "returning member");
        assert_eq!(known("乙", "2026-03-02 10:00:00"), "returning member", "a text message told");
        assert_eq!(known("丙", "2026-12-29 10:00:00"), "new member birthday");
        assert_eq!(known("丁", "2026-12-29 10:00:00"), "new");
        let tagged = |buyer: &str, tag: &str| history.known(Some(buyer), None).has_tag(&[tag.into()]);
        assert_eq!((tagged("甲", "宝妈"), tagged("甲", "金卡"), tagged("乙", "金卡")), (Some(true), Some(true), Some(false)));
        assert_eq!(history.known(Some("甲"), None).is(Buyer::Birthday), None, "a talk without a date");
        assert_eq!(history.known(None, None), Known::default());
        let at = Time::parse("2026-03-02 10:00:00");
        let phone = history.clone().by(BuyerKey::Phone);
        let returning = ["甲", "丙", "13900000001"].map(|buyer| phone.known(Some(buyer), at).is(Buyer::Returning));
        assert_eq!(returning, [Some(true), None, Some(false)], "an account is not among phone numbers");
        assert_eq!(history.clone().by(BuyerKey::Receiver).returning(Some("13900000001"), at), None);
        assert_eq!(History::default().known(Some("甲"), Time::parse("2026-03-02")), Known::default(), "nothing was given");
    }
}
