//! attack: takes a module from outside of its own folder
//! expected: forbidden `#[path]`

#[path = "/etc/passwd"]
mod stolen;
