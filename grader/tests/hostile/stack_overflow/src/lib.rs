//! attack: calls itself without end
//! expected: crashed, incomplete

mod lock;
pub use lock::*;

fn attack() {
    println!("{}", deeper(0));
}

#[allow(unconditional_recursion)]
fn deeper(n: u64) -> u64 {
    std::hint::black_box(deeper(n + 1)) + 1
}
