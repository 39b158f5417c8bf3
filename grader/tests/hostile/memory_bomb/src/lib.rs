//! attack: takes all the memory that there is
//! expected: crashed
//! system: linux

mod lock;
pub use lock::*;

fn attack() {
    let mut hoard = Vec::new();
    loop {
        hoard.push(Vec::<u8>::with_capacity(1 << 24));
    }
}
