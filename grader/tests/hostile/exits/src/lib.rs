//! attack: ends the process as if all were well
//! expected: build_failed `std::process`

mod lock;
pub use lock::*;

fn attack() {
    std::process::exit(0)
}
