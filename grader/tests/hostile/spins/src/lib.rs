//! attack: counts for ever, where no engine can step in
//! expected: timed_out, failed

mod lock;
pub use lock::*;

fn attack() {
    let mut n: u64 = 0;
    loop {
        n = std::hint::black_box(n.wrapping_add(1));
    }
}
