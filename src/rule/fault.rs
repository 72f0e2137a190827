//! One failure of a rule, and what it rests on: several rules that fail for the same are charged once, by [`crate::score`].

use crate::signal::Hit;

/// One failure of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// Words that should not have been said: the message and its bytes.
    Said {
        /// Position of the message.
        message: usize,
        /// First byte.
        start: usize,
        /// Byte after the last.
        end: usize,
    },
    /// Nobody answered: the first message that waits.
    Silence(usize),
    /// The answer came late: the message that answered.
    Delay(usize),
    /// Something else; no two rules mean the same by it.
    Other(usize),
}

impl Fault {
    /// The words of a hit.
    pub(super) fn said(hit: &Hit) -> Self {
        Self::Said { message: hit.message as usize, start: hit.start as usize, end: hit.end as usize }
    }

    /// The message that shows it; whose it is answers for it.
    pub fn message(self) -> usize {
        match self {
            Self::Said { message, .. } | Self::Silence(message) | Self::Delay(message) | Self::Other(message) => message,
        }
    }

    /// Whether it is the same failing as another rule's: the same silence, the same delay, or words in common.
    ///
    /// ```
    /// use huashu::rule::Fault;
    /// let said = |start, end| Fault::Said { message: 1, start, end };
    /// assert!(said(0, 6).is(said(3, 9)) && !said(0, 6).is(said(6, 9)));
    /// assert!(Fault::Silence(1).is(Fault::Silence(1)) && !Fault::Silence(1).is(Fault::Delay(1)));
    /// assert!(!Fault::Other(1).is(Fault::Other(1)));
    /// ```
    pub fn is(self, other: Self) -> bool {
        match (self, other) {
            (Self::Said { message: a, start, end }, Self::Said { message: b, start: from, end: to }) => a == b && start < to && from < end,
            (Self::Other(_), _) => false,
            _ => self == other,
        }
    }
}
