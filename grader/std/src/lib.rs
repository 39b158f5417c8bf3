//! What a graded crate sees under the name `std`.
//!
//! The grader builds a learner's crate with this package renamed to `std`, so that
//! every `std::…` path, the prelude and the macros resolve here. Three things follow:
//! threads and synchronisation come from one of the engines of `kata-model`; a path
//! that is not listed here does not exist, which keeps files, network, processes and
//! environment out of reach; and each kata enables by a feature what it allows of the
//! things that synchronise.
//!
//! A module whose whole content is harmless is re-exported as it is. The others are
//! spelled out in `modules.rs`, and an item that is missing there is missing on purpose.

#![allow(missing_docs, reason = "the items are documented in std")]
#![expect(
    clippy::legacy_numeric_constants,
    reason = "std has modules of these names, and learners may use them"
)]

#[cfg(feature = "interleavings")]
use kata_model::interleavings as engine;
#[cfg(all(feature = "orderings", not(feature = "interleavings")))]
use kata_model::orderings as engine;
#[cfg(not(any(feature = "interleavings", feature = "orderings")))]
use kata_model::real as engine;

#[cfg(any(feature = "interleavings", feature = "orderings"))]
mod fixed_hash;
mod macros;
mod modules;
pub mod prelude;

pub use modules::{any, collections, hash, hint, panic, sync, thread, time};

pub use std::{
    array, ascii, borrow, boxed, cell, char, clone, cmp, convert, default, error, f32, f64, fmt,
    future, i8, i16, i32, i64, i128, isize, iter, marker, mem, num, ops, option, pin, primitive,
    ptr, rc, result, slice, str, string, task, u8, u16, u32, u64, u128, usize,
};

pub use std::{
    assert, assert_eq, assert_ne, cfg, column, compile_error, concat, debug_assert,
    debug_assert_eq, debug_assert_ne, file, format, format_args, line, matches, module_path,
    stringify, todo, unimplemented, unreachable, write, writeln,
};

/// Names of a macro and of a module.
mod both {
    pub use std::{panic, vec};
}
// Through a glob, so that the module `panic` above hides that of std, which can replace
// the panic hook.
pub use both::*;

#[cfg(all(feature = "thread_local", feature = "interleavings"))]
pub use kata_model::interleavings_thread_local as thread_local;
#[cfg(all(
    feature = "thread_local",
    feature = "orderings",
    not(feature = "interleavings")
))]
pub use kata_model::orderings_thread_local as thread_local;
#[cfg(all(
    feature = "thread_local",
    not(any(feature = "interleavings", feature = "orderings"))
))]
pub use std::thread_local;

/// Where the printing macros of this crate write.
#[doc(hidden)]
pub use engine::print as __print;
