//! attack: becomes a program that always succeeds
//! expected: build_failed `std::os`

mod lock;
pub use lock::*;

use std::os::unix::process::CommandExt;

fn attack() {
    let _ = std::process::Command::new("/bin/true").exec();
}
