//! attack: lets a module hand on its own macro under the name of one of std
//! expected: forbidden `assert`

mod inner {
    macro_rules! nothing {
        ($($t:tt)*) => {};
    }
    pub(crate) use nothing as assert;
}
pub use inner::*;
