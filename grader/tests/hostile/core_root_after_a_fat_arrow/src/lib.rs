//! attack: names `core` right after the arrow of an arm
//! expected: forbidden `core`

pub fn spin(times: u32) {
    match times {
        _ =>::core::hint::spin_loop(),
    }
}
