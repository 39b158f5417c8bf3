//! attack: goes past the `std` that it is given
//! expected: forbidden `core`

use core::sync::atomic::AtomicBool;

pub struct Lock(AtomicBool);
