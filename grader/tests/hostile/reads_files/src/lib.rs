//! attack: looks for the record, and for the other files of this machine
//! expected: build_failed `std::fs`

mod lock;
pub use lock::*;

fn attack() {
    for entry in std::fs::read_dir(".").unwrap() {
        println!("{entry:?}");
    }
}
