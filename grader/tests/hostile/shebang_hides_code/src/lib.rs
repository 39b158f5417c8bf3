#!/"
//! attack: hides code from a scan that takes the first line for the start of a string
//! expected: forbidden `#!`

pub const TESTS: &str = include_str!("../../../../tests/learner/lock/real/src/suite.rs"); // "
