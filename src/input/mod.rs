//! Slices of a file become records with their place; what cannot be used is listed, never thrown away.

pub mod csv;
pub mod lines;
