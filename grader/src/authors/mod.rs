//! What authors of katas need.
//!
//! * [`changed`]: what has to be verified again;
//! * [`verify`]: every known wrong idea is caught, and nothing that is right;
//! * [`generate`]: wrong programs that nobody has thought of (mutation testing);
//! * [`repeat`]: is anything flaky?
//! * [`scaffold`]: a new kata.

pub mod changed;
pub mod generate;
pub mod repeat;
pub mod scaffold;
pub mod verify;
