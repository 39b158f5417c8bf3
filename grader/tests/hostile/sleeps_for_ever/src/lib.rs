//! attack: goes to sleep, and nobody knows how to wake it
//! expected: failed, timed_out

mod lock;
pub use lock::*;

fn attack() {
    loop {
        std::thread::park();
    }
}
