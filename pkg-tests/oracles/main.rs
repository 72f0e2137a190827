//! Second, slow and obvious implementations, written from the words of the definitions alone, against the real ones on random shops.
//!
//! Of the figures: `orders`, `talks`, `tables` (the side tables), each with random shops of its own. Of the tables: one file per table;
//! `shop` makes their shops, `words` holds the definitions that they share, `chances` the statistics.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test that fails panics")]

mod actions;
mod board;
mod chances;
mod cohorts;
mod issues;
mod lift;
mod orders;
mod products;
mod shop;
mod tables;
mod talks;
mod weekly;
mod words;
