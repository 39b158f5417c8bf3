//! attack: reads the nonce from standard input
//! expected: build_failed `std::io`

mod lock;
pub use lock::*;

fn attack() {
    let mut order = String::new();
    std::io::stdin().read_line(&mut order).unwrap();
    println!("{order}");
}
