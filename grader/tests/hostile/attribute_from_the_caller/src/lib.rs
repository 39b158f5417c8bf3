//! attack: hands an attribute to a macro as a whole
//! expected: forbidden `path`

macro_rules! with {
    ($a:meta) => { #[$a] mod other; };
}
with!(path = "../../../../tests/learner/lock/real/src/suite.rs");
