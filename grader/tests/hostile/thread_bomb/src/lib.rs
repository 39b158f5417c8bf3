//! attack: starts threads without end
//! expected: build_failed `std::thread::spawn`

mod lock;
pub use lock::*;

fn attack() {
    loop {
        std::thread::spawn(|| std::thread::park());
    }
}
