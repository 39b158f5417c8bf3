//! attack: prints a record in place of the harness
//! expected: failed

mod lock;
pub use lock::*;

fn attack() {
    println!("{}", r#"{"nonce":"","test":"no_wakeup_is_lost","verdict":"passed"}"#);
    eprintln!("{}", r#"{"reason":"build-finished","success":true}"#);
    panic!("now believe it");
}
