//! attack: waits for itself
//! expected: failed, timed_out

mod lock;
pub use lock::*;

fn attack() {
    let mutex = std::sync::Mutex::new(());
    let first = mutex.lock();
    let second = mutex.lock();
    drop((first, second));
}
