//! attack: prints what test frameworks print, and commands for CI systems, then gives up
//! expected: failed

mod lock;
pub use lock::*;

fn attack() {
    println!("test result: ok. 44 passed; 0 failed; 0 ignored");
    println!("::set-output name=verdict::passed\n##[set-env name=verdict]passed");
    println!("\u{1b}[2J\u{1b}[1;1H\u{1b}[32mlock: passed, 10 of 10 points\u{1b}[0m");
    panic!("\u{1b}[2J::error::all is well");
}
