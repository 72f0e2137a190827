//! What a further row of an order adds to it.

use super::Table;
use crate::order::{NONE, Orders, State, columns::Order, dialect::Rows, state};

impl Table {
    /// Takes a further row of an order into account.
    pub(super) fn join(&mut self, index: usize, known: &Order, kind: Rows) {
        if let Some(buyer) = self.orders.buyer.get_mut(index)
            && *buyer == u32::MAX
        {
            *buyer = known.buyer;
        }
        earliest(&mut self.orders.created_at, index, known.created_at);
        earliest(&mut self.orders.paid_at, index, known.paid_at);
        latest(&mut self.orders.received_at, index, known.received_at);
        if kind != Rows::Part {
            self.state(index, known.state, kind);
            self.amounts(index, known.amounts, kind);
        }
    }

    fn state(&mut self, index: usize, state: State, kind: Rows) {
        let Some(seen) = self.seen.get_mut(index) else { return };
        let bit = 1 << state as u8;
        if *seen & bit != 0 {
            return;
        }
        *seen |= bit;
        let joined = if kind == Rows::Order { furthest(*seen) } else { state::of_all(*seen) };
        if let Some(slot) = self.orders.state.get_mut(index) {
            *slot = joined;
        }
    }

    fn amounts(&mut self, index: usize, amounts: [i64; 3], kind: Rows) {
        let Orders { ordered_amount, paid_amount, refund_amount, .. } = &mut self.orders;
        let columns = [ordered_amount, paid_amount, refund_amount];
        for ((column, amount), spread) in columns.into_iter().zip(amounts).zip(&mut self.spread) {
            if amount == NONE {
                continue;
            }
            if kind == Rows::Open {
                if spread.sums.len() < column.len() {
                    spread.sums.extend_from_slice(column.get(spread.sums.len()..).unwrap_or(&[]));
                }
                if let Some(sum) = spread.sums.get_mut(index) {
                    spread.differs |= column.get(index).is_some_and(|&first| first != NONE && first != amount);
                    *sum = plus(*sum, amount);
                }
            }
            if let Some(slot) = column.get_mut(index) {
                *slot = (*slot).max(amount);
            }
        }
    }
}

/// The sum, where unknown adds nothing.
pub(in crate::order) const fn plus(a: i64, b: i64) -> i64 {
    if a == NONE {
        b
    } else if b == NONE {
        a
    } else {
        a.saturating_add(b)
    }
}

#[inline]
fn earliest(column: &mut [i64], index: usize, value: i64) {
    if let Some(slot) = column.get_mut(index)
        && value != NONE
        && (*slot == NONE || value < *slot)
    {
        *slot = value;
    }
}

#[inline]
fn latest(column: &mut [i64], index: usize, value: i64) {
    if let Some(slot) = column.get_mut(index) {
        *slot = (*slot).max(value);
    }
}

/// The furthest state among the bits: of copies of one order the later one tells.
fn furthest(seen: u8) -> State {
    const ALL: [State; 7] =
        [State::Refunded, State::Closed, State::PartRefunded, State::Received, State::Shipped, State::Paid, State::Unpaid];
    ALL.into_iter().find(|&state| seen & (1 << state as u8) != 0).unwrap_or(State::Unknown)
}
