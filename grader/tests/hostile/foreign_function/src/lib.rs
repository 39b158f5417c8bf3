//! attack: calls the C library
//! expected: forbidden `extern`

unsafe extern "C" {
    safe fn exit(code: i32) -> !;
}

pub fn attack() {
    exit(0)
}
