//! attack: turns its own failure into silence
//! expected: failed

mod lock;
pub use lock::*;

fn attack() {
    let _ = std::panic::catch_unwind(|| {
        std::panic::resume_unwind(Box::new(Bomb));
    });
    std::panic::panic_any(Bomb);
}

struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        println!("nothing has happened");
    }
}
