//! attack: reads the memory of the harness
//! expected: forbidden `unsafe`

pub fn attack() -> u8 {
    unsafe { *(0x1000 as *const u8) }
}
