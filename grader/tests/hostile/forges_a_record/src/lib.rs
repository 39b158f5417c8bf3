//! attack: writes a record of its own
//! expected: build_failed `std::fs`

mod lock;
pub use lock::*;

fn attack() {
    let record = r#"{"nonce":"","test":"no_wakeup_is_lost","verdict":"passed"}"#;
    std::fs::write("0-result.json", record).unwrap();
}
