//! Who talked to the shop on which day: a talk that goes on after a pause is no new reception.

use super::buyer_key;
use crate::{order::Names, time::Time};
use hashbrown::HashMap;

/// When each buyer first talked to the shop on each day.
///
/// ```
/// use huashu::{link::Talked, time::Time};
/// let mut talked = Talked::default();
/// let at = Time::parse;
/// assert!(!talked.add(Some("小鹿"), at("2026-03-05 15:00:00")));
/// assert!(talked.add(Some("小鹿"), at("2026-03-05 10:00:00")));
/// assert_eq!(talked.earlier(Some("小鹿"), at("2026-03-05 15:00:00")), Some(true));
/// assert_eq!(talked.earlier(Some("小鹿"), at("2026-03-05 10:00:00")), Some(false));
/// assert_eq!(talked.earlier(Some("小鹿"), at("2026-03-06 09:00:00")), Some(false));
/// assert_eq!(talked.earlier(None, at("2026-03-05 15:00:00")), None);
/// assert_eq!(talked.earlier(Some("小鹿"), at("15:00:00")), None);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Talked {
    names: Names,
    /// By buyer and day.
    first: HashMap<(u32, i32), i64>,
}

impl Talked {
    /// A talk with a buyer that began then. True where a talk that was known before is no longer the first of its day.
    pub fn add(&mut self, buyer: Option<&str>, at: Option<Time>) -> bool {
        let Some((buyer, at)) = buyer.zip(at.filter(|at| at.dated())) else { return false };
        let key = (self.names.intern(&buyer_key(buyer)), at.day().0);
        let known = self.first.get(&key).copied();
        let first = known.unwrap_or(i64::MAX).min(at.seconds());
        self.first.insert(key, first);
        known.is_some_and(|known| first < known)
    }

    /// Whether the buyer talked to the shop earlier that day; `None` without a buyer or a date.
    pub fn earlier(&self, buyer: Option<&str>, at: Option<Time>) -> Option<bool> {
        let (buyer, at) = buyer.zip(at.filter(|at| at.dated()))?;
        let number = self.names.find(&buyer_key(buyer));
        let first = number.and_then(|number| self.first.get(&(number, at.day().0)));
        Some(first.is_some_and(|first| *first < at.seconds()))
    }
}
