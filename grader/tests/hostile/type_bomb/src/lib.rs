//! attack: has a type that grows with every call
//! expected: build_failed recursion limit while instantiating

mod lock;
pub use lock::*;

fn attack() {
    grow(());
}

#[allow(unconditional_recursion)]
fn grow<T>(value: T) {
    grow((value, 1));
}
