//! attack: writes the word only where a macro is made of it
//! expected: forbidden `unsafe`

#![allow(unsafe_code)]

macro_rules! block {
    ($($code:tt)*) => {
        unsafe { $($code)* }
    };
}

pub fn attack() -> u8 {
    block!(*(0x1000 as *const u8))
}
