//! attack: has the compiler count for ever, and asks it not to mind
//! expected: forbidden `long_running_const_eval`

#[allow(long_running_const_eval)]
pub const FOREVER: u64 = {
    let mut n: u64 = 0;
    while n < u64::MAX {
        n += 1;
    }
    n
};
