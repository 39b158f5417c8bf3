//! `std::hint`.

pub use std::hint::*;
