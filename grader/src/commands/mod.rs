//! What each command takes and does: ask the engine, render, print, and tell how it ended.
//!
//! One file for each command; [`args`] are the arguments that several of them take, [`look`] is
//! how this terminal shows a result, `topics` and `hidden_tests` which exercises and hidden tests
//! are meant, and [`errors`] what is said when a command could not be carried out.

pub mod args;
pub mod check;
pub mod doctor;
pub mod errors;
mod hidden_tests;
pub mod hint;
pub mod list;
pub mod look;
pub mod new;
pub mod next;
pub mod notes;
pub mod replay;
pub mod reset;
pub mod solution;
mod topics;
pub mod verify;
pub mod watch;
