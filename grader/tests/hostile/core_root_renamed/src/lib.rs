//! attack: gives the root another name first
//! expected: forbidden `core`

use {core as harmless};

pub struct Lock(harmless::sync::atomic::AtomicBool);
