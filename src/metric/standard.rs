//! How a platform counts responses: hours, caps, what nobody answered. It is data of the profiles.

use crate::{
    link::{Contact, RoundFacts},
    toml::Fields,
};
use alloc::{format, string::String};

/// What a round that nobody answered counts as in the means. In the rates it is always a miss.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unanswered {
    /// It is in no mean.
    #[default]
    Miss,
    /// It counts as the cap.
    Cap,
}

/// By which time something belongs to the hours that a platform counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HoursOf {
    /// The opening of the round.
    #[default]
    Round,
    /// The first message of the conversation.
    Conversation,
}

/// How a platform counts responses: the `[response]` table of a profile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ResponseStandard {
    /// From and to in seconds since midnight, the end not counted; over midnight where it ends before it begins.
    pub hours: Option<(u32, u32)>,
    /// By which time.
    pub hours_of: HoursOf,
    /// A response counts as at most this many seconds.
    pub cap: Option<u32>,
    /// What unanswered rounds count as.
    pub unanswered: Unanswered,
}

impl ResponseStandard {
    /// Reads a `[response]` table; mistakes go to the collector of `fields`.
    ///
    /// ```
    /// use huashu::{metric::{HoursOf, ResponseStandard, Unanswered}, toml::{Errors, Fields, parse}};
    /// let errors = Errors::default();
    /// let text = "from = '08:00'\nto = '23:00'\nof = 'round'\ncap = 600\nunanswered = 'cap'";
    /// let standard = ResponseStandard::read(Fields::new(parse(text, 0, &errors), &errors));
    /// assert_eq!(standard.hours, Some((8 * 3600, 23 * 3600)));
    /// assert_eq!((standard.hours_of, standard.cap, standard.unanswered), (HoursOf::Round, Some(600), Unanswered::Cap));
    /// assert!(errors.into_vec().is_empty());
    /// ```
    pub fn read(mut fields: Fields) -> Self {
        let place = fields.place();
        let hours = (hour(&mut fields, "from"), hour(&mut fields, "to"));
        let hours = match hours {
            (Some(from), Some(to)) => Some((from, to)),
            (None, None) => None,
            _ => {
                fields.errors().add(place, "book-value", "`from` 与 `to` 要同时给出 / `from` and `to` go together");
                None
            }
        };
        let hours_of = fields.choice("of", &[("round", HoursOf::Round), ("conversation", HoursOf::Conversation)]).unwrap_or_default();
        let cap = fields.whole("cap", 86_400);
        let unanswered = fields.choice("unanswered", &[("miss", Unanswered::Miss), ("cap", Unanswered::Cap)]).unwrap_or_default();
        if unanswered == Unanswered::Cap && cap.is_none() {
            fields.missing("cap");
        }
        fields.finish();
        Self { hours, hours_of, cap, unanswered }
    }

    pub(super) fn covers(&self, contact: &Contact, round: &RoundFacts) -> bool {
        let Some((from, to)) = self.hours else { return true };
        let at = match self.hours_of {
            HoursOf::Round => round.opened,
            HoursOf::Conversation => contact.start,
        };
        let Some(at) = at else { return false };
        let second = at.of_day();
        let (from, to) = (i64::from(from), i64::from(to));
        if from <= to { from <= second && second < to } else { second >= from || second < to }
    }

    /// In words, for the standard of a figure.
    pub(super) fn words(&self) -> String {
        let mut words = String::new();
        if let Some((from, to)) = self.hours {
            let time = |seconds: u32| format!("{:02}:{:02}", seconds / 3600, seconds / 60 % 60);
            let (from, to) = (time(from), time(to));
            words.push_str(&match self.hours_of {
                HoursOf::Round => format!("仅计 {from}–{to} 开始的轮次 / only rounds opened {from}–{to}"),
                HoursOf::Conversation => format!("仅计 {from}–{to} 开始的会话 / only conversations begun {from}–{to}"),
            });
        }
        if let Some(cap) = self.cap {
            if !words.is_empty() {
                words.push_str("; ");
            }
            words.push_str(&format!("每轮至多计 {cap} 秒 / a round counts {cap} s at most"));
            if self.unanswered == Unanswered::Cap {
                words.push_str(&format!("; 未回复计 {cap} 秒 / unanswered rounds count {cap} s"));
            }
        }
        words
    }
}

/// A time of day from `00:00` to `24:00`, in seconds.
fn hour(fields: &mut Fields, key: &'static str) -> Option<u32> {
    let text = fields.text(key)?;
    let number = |part: &str| part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse::<u32>().ok()).flatten();
    let time = text.split_once(':').and_then(|(hours, minutes)| Some((number(hours)?, number(minutes)?)));
    match time {
        Some((hours, minutes)) if minutes < 60 && (hours < 24 || (hours == 24 && minutes == 0)) => Some((hours * 60 + minutes) * 60),
        _ => {
            let message = format!("“{key}” 应为 00:00 到 24:00 的时刻 / \"{key}\" must be a time from 00:00 to 24:00");
            fields.errors().add(text.place, "book-value", message);
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn mistakes_in_a_table_are_told_with_their_place() {
        let errors = crate::toml::Errors::new(["p.toml"]);
        let text = "from = '8 Uhr'\nto = '23:00'\nunanswered = 'cap'\nwindow = 3";
        ResponseStandard::read(Fields::new(crate::toml::parse(text, 0, &errors), &errors));
        let found: Vec<_> = errors.into_vec().iter().map(|e| (e.line().unwrap(), e.code())).collect();
        assert_eq!(found, [(1, "book-value"), (1, "book-missing"), (1, "book-value"), (4, "book-key")]);
    }
}
