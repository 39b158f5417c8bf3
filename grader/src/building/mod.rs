//! From sources to executables.
//!
//! * [`toolchain`]: which cargo and rustc;
//! * [`workspace`]: generated packages, with their manifests and copies of the sources;
//! * [`plan`]: which crates are to be built for them;
//! * [`cargo`]: one invocation that builds them all;
//! * [`dep_info`]: what rustc has read;
//! * [`compile_errors`]: what it says, made fit for the learner.

pub mod cargo;
pub mod compile_errors;
pub mod dep_info;
mod manifests;
pub mod plan;
pub mod toolchain;
pub mod workspace;
