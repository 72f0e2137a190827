//! What figures about buyers need of each buyer: orders, purchase days, the first and the last of them.

use super::figure::yuan;
use super::select::{NO_DAY, Row, View, Window};
use crate::order::NONE;
use crate::sort;
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
    /// What the buyer paid, in cents, as far as it is known.
    pub cents: i64,
    /// Orders whose amount is known.
    pub priced: u32,
}

impl Buyer {
    /// The gaps between purchase days, and their sum in days: N days have N − 1 gaps, and they add up to the whole span.
    pub fn gaps(&self) -> Option<(u32, i64)> {
        (self.days >= 2).then(|| (self.days - 1, i64::from(self.last) - i64::from(self.first)))
    }
}

/// What buyers paid as far as it is known, in cents; in how many orders, and in how many more it is not.
#[derive(Clone, Copy, Default)]
pub(super) struct Paid {
    pub cents: i128,
    pub priced: u64,
    pub unpriced: u64,
}

impl Paid {
    pub fn of<'b>(buyers: impl Iterator<Item = &'b Buyer>) -> Self {
        buyers.fold(Self::default(), |sum, buyer| Self {
            cents: sum.cents + i128::from(buyer.cents),
            priced: sum.priced + u64::from(buyer.priced),
            unpriced: sum.unpriced + u64::from(buyer.orders - buyer.priced),
        })
    }

    /// In yuan; unknown where no amount is, though there are orders.
    pub fn yuan(self) -> Option<f64> {
        (self.priced > 0 || self.unpriced == 0).then(|| yuan(self.cents))
    }

    /// Whether a buyer's mean order is at least that of all; unknown without a known amount.
    pub fn reached_by(self, buyer: &Buyer) -> Option<bool> {
        // Whole numbers, so that a buyer who is the shop's mean is not below it by a rounding.
        (buyer.priced > 0).then(|| i128::from(buyer.cents) * i128::from(self.priced) >= self.cents * i128::from(buyer.priced))
    }
}

/// The orders that count, by buyer and day: sorted once, walked for every window.
pub(super) struct Purchases {
    /// Where each buyer's orders end.
    ends: Vec<u32>,
    /// Day, or [`NO_DAY`], and cents, or [`NONE`].
    all: Vec<(i32, i64)>,
    /// The days of the orders without a buyer.
    nobody: Vec<i32>,
    /// Those of refunded orders, which do not count.
    refunded: Vec<i32>,
}

/// Hands over orders, one by one.
type Walk<'w> = dyn Fn(&mut dyn FnMut(Row)) + 'w;

impl Purchases {
    pub fn new(view: &View) -> Self {
        let buyers = view.orders.buyers.len() as usize;
        Self::of(buyers, view.refunded(view.rows()), &|take| view.rows().filter(|row| view.counts(row)).for_each(take))
    }

    /// Those of so many buyers, of orders that can be walked twice, with the days of the refunded ones that do not count. Counting
    /// sort by buyer, then each one's few orders are sorted by day: linear in the orders.
    pub fn of(buyers: usize, refunded: Vec<i32>, walk: &Walk) -> Self {
        let mut ends = vec![0_u32; buyers];
        let mut nobody = Vec::new();
        walk(&mut |row| match ends.get_mut(row.buyer as usize) {
            Some(count) => *count += 1,
            None => nobody.push(row.paid),
        });
        let mut total = 0;
        for end in &mut ends {
            (*end, total) = (total, total + *end);
        }
        let mut all = vec![(NO_DAY, 0_i64); total as usize];
        walk(&mut |row| {
            // What was a beginning becomes an end.
            if let Some(end) = ends.get_mut(row.buyer as usize) {
                if let Some(place) = all.get_mut(*end as usize) {
                    *place = (row.paid, row.paid_amount);
                }
                *end += 1;
            }
        });
        let mut purchases = Self { ends, all, nobody, refunded };
        let mut rest = purchases.all.as_mut_slice();
        let mut begin = 0;
        for end in &purchases.ends {
            let Some((own, others)) = rest.split_at_mut_checked((end - begin) as usize) else { break };
            sort::plain(own);
            (rest, begin) = (others, *end);
        }
        purchases
    }

    /// Each buyer's orders, by the number of the buyer, sorted by day.
    pub fn each(&self) -> impl Iterator<Item = &[(i32, i64)]> {
        let mut rest = self.all.as_slice();
        let mut begin = 0;
        self.ends.iter().map(move |end| {
            let (own, others) = rest.split_at_checked((end - begin) as usize).unwrap_or_default();
            (rest, begin) = (others, *end);
            own
        })
    }

    /// The same of a window; its orders stand next to each other.
    pub fn each_within(&self, window: Window) -> impl Iterator<Item = &[(i32, i64)]> {
        self.each().map(move |orders| {
            let begin = orders.iter().position(|(day, _)| window.contains(*day)).unwrap_or(orders.len());
            let rest = orders.get(begin..).unwrap_or_default();
            rest.get(..rest.partition_point(|(day, _)| window.contains(*day))).unwrap_or_default()
        })
    }
}

/// All buyers of a window, by their number; those without an order in it are all zero.
pub(super) struct Buyers {
    pub each: Vec<Buyer>,
    /// Orders without a buyer: they are in no figure about buyers.
    pub nobody: u64,
    /// Orders of known buyers without a time: they are on no purchase day.
    pub timeless: u64,
    /// Orders left out because they were refunded.
    pub refunded: u64,
}

impl Buyers {
    pub fn of(purchases: &Purchases, window: Window) -> Self {
        let mut timeless = 0;
        let each = purchases
            .each()
            .map(|orders| {
                let mut buyer = Buyer::default();
                for &(day, cents) in orders.iter().filter(|(day, _)| window.contains(*day)) {
                    buyer.orders += 1;
                    buyer.cents = buyer.cents.saturating_add(cents.max(0));
                    buyer.priced += u32::from(cents != NONE);
                    if day == NO_DAY {
                        timeless += 1;
                    } else if buyer.days == 0 {
                        (buyer.days, buyer.first, buyer.last) = (1, day, day);
                    } else if day != buyer.last {
                        buyer.days += 1;
                        buyer.last = day;
                    }
                }
                buyer
            })
            .collect();
        let count = |days: &[i32]| days.iter().filter(|day| window.contains(**day)).count() as u64;
        Self { each, nobody: count(&purchases.nobody), timeless, refunded: count(&purchases.refunded) }
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
