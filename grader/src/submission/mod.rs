//! What is handed in.
//!
//! * [`project`]: where things are;
//! * [`intake`]: which files are taken; [`policy`]: what they may not say;
//! * [`unwritten`]: whether it can be used yet; [`subject`]: the crate to be graded.

pub mod intake;
pub mod policy;
pub mod project;
pub mod subject;
pub mod unwritten;
