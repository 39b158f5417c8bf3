//! attack: defines a function of the C library
//! expected: forbidden `unsafe`

#[unsafe(export_name = "exit")]
pub fn leave() {}
