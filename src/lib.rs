//! `huashu` (话术) scores customer-service chats of online shops against a rule book and computes the shop's figures
//! from its order exports, on the user's own machine.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod book;
pub mod chat;
pub mod error;
pub mod input;
mod json;
pub mod link;
pub mod metric;
pub mod order;
pub mod report;
pub mod rule;
pub mod score;
pub mod shops;
pub mod side;
pub mod signal;
mod sort;
pub mod text;
pub mod time;
pub mod toml;
#[cfg(feature = "wasm")]
pub mod wasm;

pub use error::{Error, Problems, Result};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
