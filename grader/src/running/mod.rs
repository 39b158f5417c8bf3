//! From executables to findings.
//!
//! * [`run`]: one hidden test in a process of its own;
//! * [`lab`]: many crates built, and all their tests run.

pub mod lab;
pub mod run;
