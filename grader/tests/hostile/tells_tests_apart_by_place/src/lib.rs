//! attack: asks which line of the hidden tests calls it
//! expected: build_failed there is no `std::panic::Location`

#[track_caller]
pub fn caller() -> u32 {
    std::panic::Location::caller().line()
}
