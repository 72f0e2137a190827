//! The columns. What is unknown is [`NONE`]: a figure that needs it says so and never counts it as 0.

use alloc::{string::String, vec::Vec};
use core::hash::BuildHasher;
use hashbrown::{DefaultHashBuilder, HashTable};
use serde::Serialize;

/// The unknown time or amount.
pub const NONE: i64 = i64::MIN;

/// Where an order stands. The platforms' own words become these; a word that no table knows is listed and `Unknown`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
pub enum State {
    /// No state column, or a word that is not known.
    #[default]
    Unknown,
    /// Waits for payment.
    Unpaid,
    /// Paid, not yet shipped.
    Paid,
    /// On its way.
    Shipped,
    /// Received or completed.
    Received,
    /// Closed or cancelled.
    Closed,
    /// Refunded as a whole.
    Refunded,
}

/// Distinct names in the order of their first use; each is stored once.
#[derive(Clone, Debug, Default)]
pub struct Names {
    text: String,
    ends: Vec<u32>,
    table: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl Names {
    /// The number of the name, given now if it is new.
    pub fn intern(&mut self, name: &str) -> u32 {
        let hash = self.hasher.hash_one(name);
        let Self { text, ends, table, hasher } = self;
        if let Some(&found) = table.find(hash, |&i| slice(text, ends, i) == name) {
            return found;
        }
        let number = ends.len() as u32;
        text.push_str(name);
        ends.push(text.len() as u32);
        table.insert_unique(hash, number, |&i| hasher.hash_one(slice(text, ends, i)));
        number
    }

    /// The number of a name that was seen before.
    pub fn find(&self, name: &str) -> Option<u32> {
        self.table.find(self.hasher.hash_one(name), |&i| slice(&self.text, &self.ends, i) == name).copied()
    }

    /// The name behind a number.
    pub fn get(&self, number: u32) -> Option<&str> {
        (number < self.len()).then(|| slice(&self.text, &self.ends, number))
    }

    /// How many there are.
    pub fn len(&self) -> u32 {
        self.ends.len() as u32
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
}

fn slice<'a>(text: &'a str, ends: &[u32], number: u32) -> &'a str {
    let at = number as usize;
    let start = at.checked_sub(1).and_then(|i| ends.get(i)).copied().unwrap_or(0);
    let end = ends.get(at).copied().unwrap_or(start);
    text.get(start as usize..end as usize).unwrap_or("")
}

/// Which of our fields the exports carried; a figure whose field is missing is `unavailable`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the fields of `--columns`")]
pub struct Fields {
    pub order_id: bool,
    pub buyer: bool,
    pub created_at: bool,
    pub paid_at: bool,
    pub received_at: bool,
    pub state: bool,
    pub ordered_amount: bool,
    pub paid_amount: bool,
    pub refund_amount: bool,
    pub sku: bool,
    pub quantity: bool,
    pub unit_price: bool,
}

/// Order lines (one SKU of one order).
#[derive(Clone, Debug, Default)]
pub struct Lines {
    /// Position of the order in [`Orders`].
    pub order: Vec<u32>,
    /// Number in [`Orders::skus`]; `u32::MAX` where there is none.
    pub sku: Vec<u32>,
    /// Pieces, in thousandths (1.5 m of cloth are 1500); [`NONE`] where unknown.
    pub quantity: Vec<i64>,
    /// Unit price × quantity, in cents; [`NONE`] where unknown.
    pub amount: Vec<i64>,
}

/// Orders as columns. All vectors of orders have one entry per order; times are seconds of the shop's civil time
/// ([`crate::time::Time::seconds`]), amounts are cents; [`NONE`] is unknown.
#[derive(Clone, Debug, Default)]
pub struct Orders {
    /// Order numbers: order `i` has name `i`. An export without order numbers gets one per row, `<file>:<line>`.
    pub ids: Names,
    /// Buyer keys.
    pub buyers: Names,
    /// SKUs (or titles where the export has no SKU).
    pub skus: Names,
    /// Number in [`Orders::buyers`]; `u32::MAX` where the order has no buyer.
    pub buyer: Vec<u32>,
    /// Created.
    pub created_at: Vec<i64>,
    /// Paid.
    pub paid_at: Vec<i64>,
    /// Received.
    pub received_at: Vec<i64>,
    /// State.
    pub state: Vec<State>,
    /// What was ordered for.
    pub ordered_amount: Vec<i64>,
    /// What the buyer paid.
    pub paid_amount: Vec<i64>,
    /// What was given back.
    pub refund_amount: Vec<i64>,
    /// Lines of all orders.
    pub lines: Lines,
    /// The fields that every file of these orders carried.
    pub fields: Fields,
    /// Lines left out while reading: reason and count (`return`, `zero-amount`, `summary-row`, …).
    pub excluded: Vec<(&'static str, u64)>,
}

impl Orders {
    /// How many orders there are.
    pub fn len(&self) -> usize {
        self.buyer.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.buyer.is_empty()
    }
}
