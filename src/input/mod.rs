//! Slices of a file become records with their place; what cannot be used is listed, never thrown away.

pub(crate) mod bytes;
pub mod csv;
pub mod lines;
pub(crate) mod table;
