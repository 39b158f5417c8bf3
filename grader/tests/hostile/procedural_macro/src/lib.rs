//! attack: wants to be run inside the compiler
//! expected: forbidden `#[crate_type]`

#![crate_type = "proc-macro"]
