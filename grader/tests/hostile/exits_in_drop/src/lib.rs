//! attack: ends the process when a guard is dropped
//! expected: build_failed `std::process`

mod lock;
pub use lock::*;

struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        std::process::exit(0)
    }
}

fn attack() {
    drop(Bomb)
}
