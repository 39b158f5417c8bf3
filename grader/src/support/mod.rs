//! What every room may use: it knows nothing of katas.
//!
//! * [`disk`]: files that are written whole; [`cache`]: remembered answers in such files;
//! * [`clock`]: what time it is, as text;
//! * [`process`]: a process with limits that leaves nothing behind;
//! * [`interrupt`]: Ctrl-C, requests to terminate, and runs that are cancelled;
//! * [`terminal`]: a screen of rows, and keys one by one;
//! * [`sanitise`]: foreign text made harmless; [`fingerprint`]: texts told apart;
//! * [`syntax`]: foreign Rust, read without falling over it.

pub mod cache;
pub mod clock;
pub mod disk;
pub mod fingerprint;
pub mod interrupt;
pub mod process;
pub mod sanitise;
pub mod syntax;
pub mod terminal;
