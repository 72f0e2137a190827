//! Orders as columns: one entry per order, one per order line, names interned.
//!
//! A new export is one entry in `dialect/known.rs`.

mod cell;
mod chains;
mod columns;
mod dialect;
mod header;
mod mapping;
mod merge;
mod names;
mod paid;
mod places;
mod read;
mod sniff;
mod state;
mod table;
mod titles;

pub use columns::{Fields, Lines, NONE, Orders, State};
pub use mapping::Columns;
pub use merge::Repeated;
pub use names::Names;
pub use paid::Standing;
pub use places::Places;
pub use read::{BuyerKey, OrderFile, OrderOptions, OrderReader, read};
pub use titles::Titles;
/// What side tables are read with, too.
pub(crate) use {
    cell::{Number, clean, is_masked, number, time},
    header::{bare, key},
    mapping::Named,
    merge::Refund,
    read::{damaged, excluded, text},
    sniff::foreign,
    table::{NO_TIME, hash, is_of_pdd, sums_up},
};
