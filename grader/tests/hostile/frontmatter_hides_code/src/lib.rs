---
"
---
//! attack: hides code from a scan that knows nothing of the block before the first line
//! expected: forbidden `---`

pub static COUNT: std::sync::Mutex<u32> = std::sync::Mutex::new(0); // "
