//! How far has the learner come, and has the machine what they need?
//!
//! * [`course`]: what is known of each kata without compiling anything;
//! * [`progress`]: what is remembered of it for good; [`given`]: which hints have been given;
//! * [`reset`]: a kata as it was handed out, with a backup of what was there;
//! * [`doctor`]: whether the machine has what a learner needs.

pub mod course;
pub mod doctor;
pub mod given;
pub mod progress;
pub mod reset;
