//! attack: has the compiler count for ever
//! expected: build_failed evaluation

mod lock;
pub use lock::*;

const FOREVER: u64 = {
    let mut n: u64 = 0;
    loop {
        n = n.wrapping_add(1);
        if n == 0 {
            break n;
        }
    }
};

fn attack() {
    println!("{FOREVER}");
}
