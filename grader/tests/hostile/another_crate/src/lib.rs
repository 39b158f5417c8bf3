//! attack: takes the engine under its own name, past the `std` that it is given
//! expected: forbidden `extern`

extern crate kata_model as engine;

pub use engine::real::sync::Mutex;
