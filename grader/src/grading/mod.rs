//! From sources to a report.
//!
//! * [`grade`]: all exercises that are asked for;
//! * [`exam`]: one of them, while it is being graded;
//! * [`control`]: whether the machine is at fault;
//! * [`judge`]: from findings to reports, with the learner's own [`names`] for things.

pub mod control;
pub mod exam;
pub mod grade;
pub mod judge;
pub mod names;
