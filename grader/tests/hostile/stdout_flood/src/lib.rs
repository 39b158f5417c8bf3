//! attack: prints without end
//! expected: crashed, timed_out, failed

mod lock;
pub use lock::*;

fn attack() {
    loop {
        println!("{}", "x".repeat(1 << 16));
    }
}
