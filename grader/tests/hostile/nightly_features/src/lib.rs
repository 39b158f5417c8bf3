//! attack: asks for what the compiler has not made safe yet
//! expected: forbidden `#[feature]`

#![feature(core_intrinsics)]
