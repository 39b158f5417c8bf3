//! From sources to executables.
//!
//! * [`toolchain`]: which cargo and rustc;
//! * [`workspace`]: the generated manifests, with copies of the sources;
//! * [`cargo`]: one invocation that builds them all;
//! * [`dep_info`]: what rustc has read;
//! * [`compile_errors`]: what it says, made fit for the learner.

pub mod cargo;
pub mod compile_errors;
pub mod dep_info;
pub mod toolchain;
pub mod workspace;
