//! attack: ends the process from a thread of its own
//! expected: build_failed `std::thread::spawn`

mod lock;
pub use lock::*;

fn attack() {
    std::thread::spawn(|| std::process::exit(0));
}
