//! Who talked to the shop on which day: a talk that goes on after a pause is no new reception.

use super::buyer_key;
use crate::{order::Names, time::Time};
use alloc::vec::Vec;

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
    /// By buyer: the days, each with when its first talk began.
    days: Vec<Vec<(i32, i64)>>,
}

impl Talked {
    /// A talk with a buyer that began then. True where a talk that was known before is no longer the first of its day.
    pub fn add(&mut self, buyer: Option<&str>, at: Option<Time>) -> bool {
        let Some((buyer, at)) = buyer.zip(at.filter(|at| at.dated())) else { return false };
        let number = self.names.intern(&buyer_key(buyer)) as usize;
        if number == self.days.len() {
            self.days.push(Vec::new());
        }
        let Some(days) = self.days.get_mut(number) else { return false };
        let (day, begun) = (at.day().0, at.seconds());
        match days.iter_mut().find(|(known, _)| *known == day) {
            Some((_, first)) => {
                let earlier = begun < *first;
                *first = begun.min(*first);
                earlier
            }
            None => {
                days.push((day, begun));
                false
            }
        }
    }

    /// Whether the buyer talked to the shop earlier that day; `None` without a buyer or a date.
    pub fn earlier(&self, buyer: Option<&str>, at: Option<Time>) -> Option<bool> {
        let (buyer, at) = buyer.zip(at.filter(|at| at.dated()))?;
        let number = self.names.find(&buyer_key(buyer));
        let mut days = number.and_then(|number| self.days.get(number as usize)).into_iter().flatten();
        Some(days.any(|(day, first)| *day == at.day().0 && *first < at.seconds()))
    }
}
