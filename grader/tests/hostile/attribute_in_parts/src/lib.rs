//! attack: hands an attribute to a macro in parts, inside of another attribute
//! expected: forbidden `#[$…]`

macro_rules! with {
    ($a:ident, $v:literal) => { #[cfg_attr(all(), $a = $v)] mod other; };
}
with!(path, "../../../../tests/learner/lock/real/src/suite.rs");
