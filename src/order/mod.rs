//! Orders as columns: one entry per order, one per order line, names interned.

mod columns;
mod paid;

pub use columns::{Fields, Lines, NONE, Names, Orders, State};
pub use paid::Standing;
