//! From sources to executables.
//!
//! * [`toolchain`]: which cargo and rustc;
//! * [`workspace`]: the generated manifests, with copies of the sources;
//! * [`cargo`]: one invocation that builds them all;
//! * [`compile_errors`]: what rustc says, made fit for the learner.

pub mod cargo;
pub mod compile_errors;
pub mod toolchain;
pub mod workspace;
