//! The preludes of the editions, less the macros that read files or the environment.

/// What every edition has in scope.
pub mod v1 {
    pub use std::borrow::ToOwned;
    pub use std::boxed::Box;
    pub use std::clone::Clone;
    pub use std::cmp::{Eq, Ord, PartialEq, PartialOrd};
    pub use std::convert::{AsMut, AsRef, From, Into};
    pub use std::default::Default;
    pub use std::iter::{DoubleEndedIterator, ExactSizeIterator, Extend, IntoIterator, Iterator};
    pub use std::marker::{Copy, Send, Sized, Sync, Unpin};
    pub use std::mem::{align_of, align_of_val, drop, size_of, size_of_val};
    pub use std::ops::{AsyncFn, AsyncFnMut, AsyncFnOnce, Drop, Fn, FnMut, FnOnce};
    pub use std::option::Option::{self, None, Some};
    pub use std::prelude::v1::{Debug, Hash, derive, test};
    pub use std::result::Result::{self, Err, Ok};
    pub use std::string::{String, ToString};
    pub use std::vec::Vec;

    pub use crate::{
        assert, assert_eq, assert_ne, cfg, column, compile_error, concat, dbg, debug_assert,
        debug_assert_eq, debug_assert_ne, eprint, eprintln, file, format, format_args, line,
        matches, module_path, print, println, stringify, todo, unimplemented, unreachable, write,
        writeln,
    };

    #[cfg(feature = "thread_local")]
    pub use crate::thread_local;

    #[expect(hidden_glob_reexports, reason = "to hide is what they are for")]
    mod panic {}
    #[expect(hidden_glob_reexports, reason = "to hide is what they are for")]
    mod vec {}
    // Both names are those of a macro and of a module, and only the macro is in the
    // prelude: the glob brings both in, and the private modules hide the public ones.
    pub use crate::both::*;
}

pub mod rust_2015 {
    pub use super::v1::*;
}

pub mod rust_2018 {
    pub use super::v1::*;
}

pub mod rust_2021 {
    pub use super::v1::*;
    pub use std::convert::{TryFrom, TryInto};
    pub use std::iter::FromIterator;
}

pub mod rust_2024 {
    pub use super::rust_2021::*;
    pub use std::future::{Future, IntoFuture};
}
