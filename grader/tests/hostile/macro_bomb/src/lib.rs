//! attack: has a macro that calls itself with more and more
//! expected: build_failed recursion limit reached while expanding `again!`

mod lock;
pub use lock::*;

macro_rules! again {
    ($($token:tt)*) => {
        again!($($token)* x)
    };
}

fn attack() {
    again!(x)
}
