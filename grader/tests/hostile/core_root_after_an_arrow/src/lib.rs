//! attack: names `core` right after an arrow, as if that ended a path
//! expected: forbidden `core`

pub fn flag() ->::core::sync::atomic::AtomicBool {
    Default::default()
}
