//! attack: exports a macro that the tests would use in place of theirs
//! expected: forbidden `assert`

#[macro_export]
macro_rules! assert {
    ($($anything:tt)*) => {};
}
