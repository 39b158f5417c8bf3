//! attack: does without any `std`
//! expected: forbidden `#[no_std]`

#![no_std]
