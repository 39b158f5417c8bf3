//! attack: aborts the process
//! expected: crashed

mod lock;
pub use lock::*;

struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("once more");
    }
}

fn attack() {
    let _bomb = Bomb;
    panic!("once");
}
