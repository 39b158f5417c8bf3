//! attack: hides code in what is two strings to a scan and one to the compiler
//! expected: forbidden `#"`

pub const A: &str = #"a" "#;
pub static COUNT: std::sync::Mutex<u32> = std::sync::Mutex::new(0); // "
