//! attack: hides the same in a condition that always holds
//! expected: forbidden `#[path]`

#[cfg_attr(all(), path = "/etc/passwd")]
mod stolen;
