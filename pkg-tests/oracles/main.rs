//! Second, slow and obvious implementations of the tables, written from the words of their definitions alone, against the real ones on
//! random shops: one file per table. `shop` makes the shops, `words` holds the definitions that the tables share, `chances` the statistics.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test that fails panics")]

mod actions;
mod board;
mod chances;
mod cohorts;
mod issues;
mod lift;
mod products;
mod shop;
mod weekly;
mod words;
