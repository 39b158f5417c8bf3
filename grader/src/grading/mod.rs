//! From sources to a report.
//!
//! * [`grade`]: all exercises that are asked for;
//! * [`exam`]: one of them, while it is being graded;
//! * [`control`]: whether the machine is at fault;
//! * [`last`]: what the last check of an exercise told;
//! * [`judge`]: from findings to reports, with the learner's own [`names`] for things.

pub mod control;
pub mod exam;
pub mod grade;
pub mod judge;
pub mod last;
pub mod names;
