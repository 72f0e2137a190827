//! Which orders count as paid and which as refunded: the definitions that links and figures share.

use super::{Fields, NONE, Orders, State, columns::PAID_UNTIMED};

/// What the definitions say of one order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Its time of payment is filled, be it with something that is no time, or it was received or refunded in part; where no file
    /// has that column, its state says paid or later; where there is neither, every order is.
    pub paid: bool,
    /// Refunded as a whole: by its state, or paid and then closed, or by its amounts.
    pub refunded: bool,
    /// Refunded as a whole or in part.
    pub any_refund: bool,
    /// Only its state could say whether it was paid, and its state is a word that no table knows.
    pub unclear: bool,
}

impl Standing {
    /// For an order whose time of payment is filled or not.
    fn new(fields: Fields, filled: bool, state: State, paid_amount: i64, refund_amount: i64) -> Self {
        // Exports merged with others may carry less as a whole than one of them does: what an order itself says counts first.
        let says = filled || state != State::Unknown;
        let paid = filled
            || matches!(state, State::Received | State::PartRefunded)
            || (!fields.paid_at && matches!(state, State::Paid | State::Shipped | State::Refunded))
            || (!fields.paid_at && !fields.state && !says);
        let by_amount = paid_amount != NONE && paid_amount > 0 && refund_amount >= paid_amount;
        let refunded = state == State::Refunded || (paid && state == State::Closed) || by_amount;
        let unclear = !paid && !fields.paid_at && state == State::Unknown;
        Self { paid, refunded, any_refund: refunded || refund_amount > 0 || state == State::PartRefunded, unclear }
    }
}

impl Orders {
    /// What the definitions say of order `at`; `None` where there is no such order.
    pub fn standing(&self, at: usize) -> Option<Standing> {
        let filled = *self.paid_at.get(at)? != NONE || self.marks.get(at).is_some_and(|marks| marks & PAID_UNTIMED != 0);
        Some(Standing::new(self.fields, filled, *self.state.get(at)?, *self.paid_amount.get(at)?, *self.refund_amount.get(at)?))
    }

    /// The time at which order `at` counts as bought, [`NONE`] where it is unknown; `None` where it was not paid.
    pub fn bought_at(&self, at: usize) -> Option<i64> {
        let paid_at = *self.paid_at.get(at)?;
        let time = if paid_at == NONE { *self.created_at.get(at)? } else { paid_at };
        self.standing(at)?.paid.then_some(time)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: Fields = fields(true, true);

    const fn fields(paid_at: bool, state: bool) -> Fields {
        let mut fields = NOTHING;
        fields.paid_at = paid_at;
        fields.state = state;
        fields
    }

    const NOTHING: Fields = Fields {
        order_id: false,
        buyer: false,
        created_at: false,
        paid_at: false,
        received_at: false,
        state: false,
        ordered_amount: false,
        paid_amount: false,
        refund_amount: false,
        sku: false,
        quantity: false,
        unit_price: false,
    };

    fn paid(fields: Fields, paid_at: i64, state: State) -> bool {
        Standing::new(fields, paid_at != NONE, state, 100, NONE).paid
    }

    #[test]
    fn paid_by_time_or_receipt() {
        assert!(paid(BOTH, 5, State::Unpaid));
        assert!(paid(BOTH, NONE, State::Received));
        assert!(!paid(BOTH, NONE, State::Shipped));
        assert!(!paid(BOTH, NONE, State::Unknown));
    }

    #[test]
    fn paid_by_state_without_the_column() {
        let fields = fields(false, true);
        for state in [State::Paid, State::Shipped, State::Received, State::Refunded] {
            assert!(paid(fields, NONE, state), "{state:?}");
        }
        for state in [State::Unpaid, State::Closed, State::Unknown] {
            assert!(!paid(fields, NONE, state), "{state:?}");
        }
        assert!(Standing::new(fields, false, State::Unknown, 100, NONE).unclear);
    }

    #[test]
    fn paid_without_either_column() {
        assert!(paid(NOTHING, NONE, State::Unknown));
        assert!(!paid(NOTHING, NONE, State::Unpaid), "one of the merged files does say");
    }

    #[test]
    fn refunded_as_a_whole_or_in_part() {
        let refunded = |paid_at, state, amount, refund| {
            let standing = Standing::new(BOTH, paid_at != NONE, state, amount, refund);
            (standing.refunded, standing.any_refund)
        };
        assert_eq!(refunded(1, State::Refunded, 100, NONE), (true, true));
        assert_eq!(refunded(1, State::Closed, 100, NONE), (true, true));
        assert_eq!(refunded(NONE, State::Closed, 100, NONE), (false, false));
        assert_eq!(refunded(1, State::Received, 100, 100), (true, true));
        assert_eq!(refunded(1, State::Received, 100, 99), (false, true));
        assert_eq!(refunded(1, State::Received, 100, 0), (false, false));
        assert_eq!(refunded(1, State::Received, 0, 0), (false, false));
        assert_eq!(refunded(1, State::Received, NONE, 50), (false, true));
        assert_eq!(refunded(1, State::PartRefunded, 100, NONE), (false, true));
        assert!(paid(BOTH, NONE, State::PartRefunded));
    }
}
