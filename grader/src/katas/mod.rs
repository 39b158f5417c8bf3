//! What there is to learn, from the files that travel inside the binary.
//!
//! * [`catalog`]: the topics with their tests, hints, mutants and alternates;
//! * [`differences`]: what sets a mutant apart from what is right;
//! * [`excerpt`]: what some tests need of their suite;
//! * [`header`]: what a mutant or an alternate says of itself;
//! * [`notes`]: the chapters on them and on the diagnoses;
//! * [`embedded`]: the files; [`skeleton`]: whether an exercise is still as it was handed out.

pub mod catalog;
pub mod differences;
pub mod embedded;
pub mod excerpt;
pub mod header;
pub mod notes;
pub mod skeleton;
