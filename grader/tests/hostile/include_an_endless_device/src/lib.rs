//! attack: reads a device that never ends
//! expected: forbidden `include_bytes!`

pub const ZEROS: &[u8] = include_bytes!("/dev/zero");
