//! From sources to executables.
//!
//! * [`toolchain`]: which cargo and rustc;
//! * [`workspace`]: generated packages, with their manifests and copies of the sources;
//! * [`cargo`]: one invocation that builds them all;
//! * [`dep_info`]: what rustc has read;
//! * [`compile_errors`]: what it says, made fit for the learner.

pub mod cargo;
pub mod compile_errors;
pub mod dep_info;
mod manifests;
pub mod toolchain;
pub mod workspace;
