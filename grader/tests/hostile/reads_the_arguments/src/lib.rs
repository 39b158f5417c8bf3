//! attack: looks for the name of the test
//! expected: build_failed `std::env`

mod lock;
pub use lock::*;

fn attack() {
    println!("{:?} {:?}", std::env::args(), std::env::vars());
}
