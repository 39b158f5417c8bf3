//! The shape of `std`, written once for every engine that searches.
//!
//! An engine includes this folder as its module `face`, beside a module `raw` of its own,
//! so each engine has types of its own with the names and nothing but the parameters of
//! those of `std`: what a compile error shows is `Mutex<bool>`, whatever the engine.
//!
//! What differs is in `raw`: the operations that an engine knows, each on one object, with
//! the [place](crate::trace::Place) in the learner's code that it is told to be at.
//!
//! | of `raw` | is |
//! |---|---|
//! | `Lock`, `Held`, `RwLock`, `Condvar`, `Once`, `Barrier`, `Channel`, `Atomic`, `fence` | what synchronises, without data |
//! | `Thread`, `spawn`, `live`, `current`, `park`, `yield_now`, `sleep`, `spin_loop` | threads |
//! | `local`, `keep_local` | values that belong to a thread |
//! | `now`, `Countdown` | the clock |
//! | `panicking`, `catch`, `resume_unwind` | panics, which are those of one modelled thread |
//! | `changes_data`, `looks_at_data` | a note that data under a lock may change, or is read |
//! | `print` | a mark in the trace |
//!
//! What is the same is here: data, guards, poison, errors, handles, and every type that is
//! made of others. An operation that only looks at data which the caller owns alone
//! (`get_mut`, `into_inner`) is none that an engine hears of.

pub mod hint;
pub mod panic;
pub mod sync;
mod testing;
pub mod thread;
pub mod time;

pub use testing::{catch_panic, print};

use super::raw;
