//! attack: looks for the nonce in the memory of its process
//! expected: build_failed `std::fs`

mod lock;
pub use lock::*;

fn attack() {
    println!("{:?}", std::fs::read("/proc/self/mem"));
}
