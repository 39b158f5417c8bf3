//! attack: defines the function by which the harness writes its record
//! expected: forbidden `#[no_mangle]`

#[no_mangle]
pub fn write() -> isize {
    0
}
