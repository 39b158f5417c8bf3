//! attack: makes every failed assertion a success
//! expected: build_failed `std::panic::set_hook`

mod lock;
pub use lock::*;

fn attack() {
    std::panic::set_hook(Box::new(|_| std::process::exit(0)));
}
