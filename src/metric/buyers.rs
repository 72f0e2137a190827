//! What figures about buyers need of each buyer: orders, purchase days, the first and the last of them.

use super::select::{NO_DAY, View, Window};
use alloc::{vec, vec::Vec};

/// One buyer's paid orders of a window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Buyer {
    /// Orders, those without a time among them.
    pub orders: u32,
    /// Purchase days.
    pub days: u32,
    /// The first of them; meaningless without one.
    pub first: i32,
    /// The last of them.
    pub last: i32,
    /// What the buyer paid, in cents.
    pub cents: i64,
}

impl Buyer {
    /// The gaps between purchase days, and their sum in days: N days have N − 1 gaps, and they add up to the whole span.
    pub fn gaps(&self) -> Option<(u32, i64)> {
        (self.days >= 2).then(|| (self.days - 1, i64::from(self.last) - i64::from(self.first)))
    }
}

/// All buyers of a window, by their number; those without an order in it are all zero.
pub(super) struct Buyers {
    pub each: Vec<Buyer>,
    /// Orders without a buyer: they are in no figure about buyers.
    pub nobody: u64,
    /// Orders of known buyers without a time: they are on no purchase day.
    pub timeless: u64,
}

impl Buyers {
    /// Counting sort by buyer, then each one's few days are sorted: linear in the orders.
    pub fn of(view: &View, window: Window) -> Self {
        let mut each = vec![Buyer::default(); view.orders.buyers.len() as usize];
        let (mut nobody, mut timeless) = (0, 0);
        for row in view.rows().filter(|row| view.counts(row) && window.contains(row.paid)) {
            match each.get_mut(row.buyer as usize) {
                Some(buyer) => {
                    buyer.orders += 1;
                    buyer.cents = buyer.cents.saturating_add(row.paid_amount.max(0));
                    timeless += u64::from(row.paid == NO_DAY);
                }
                None => nobody += 1,
            }
        }
        let mut next: Vec<u32> = Vec::with_capacity(each.len());
        let mut total = 0;
        for buyer in &each {
            next.push(total);
            total += buyer.orders;
        }
        let mut days = vec![NO_DAY; total as usize];
        for row in view.rows().filter(|row| view.counts(row) && window.contains(row.paid)) {
            if let Some(at) = next.get_mut(row.buyer as usize) {
                if let Some(day) = days.get_mut(*at as usize) {
                    *day = row.paid;
                }
                *at += 1;
            }
        }
        let mut rest = days.as_mut_slice();
        for buyer in &mut each {
            let Some((own, others)) = rest.split_at_mut_checked(buyer.orders as usize) else { break };
            rest = others;
            own.sort_unstable();
            let mut before = NO_DAY;
            for &day in own.iter().filter(|&&day| day != NO_DAY) {
                if buyer.days == 0 {
                    buyer.first = day;
                }
                buyer.days += u32::from(buyer.days == 0 || day != before);
                buyer.last = day;
                before = day;
            }
        }
        Self { each, nobody, timeless }
    }

    /// Buyers with at least one order.
    pub fn with_orders(&self) -> impl Iterator<Item = &Buyer> {
        self.each.iter().filter(|b| b.orders > 0)
    }

    /// Buyers with at least one purchase day.
    pub fn with_days(&self) -> impl Iterator<Item = &Buyer> {
        self.each.iter().filter(|b| b.days > 0)
    }
}
