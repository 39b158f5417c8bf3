//! attack: reads the hidden tests while it is compiled, to print them
//! expected: forbidden `include_str!`

pub const TESTS: &str = include_str!("../../../../tests/learner/lock/real/src/suite.rs");
