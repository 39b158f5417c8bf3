//! attack: lifts the limit on macros that call themselves
//! expected: forbidden `#[recursion_limit]`

#![recursion_limit = "1000000000"]

macro_rules! again {
    ($($token:tt)*) => {
        again!($($token)* x)
    };
}

again!();
