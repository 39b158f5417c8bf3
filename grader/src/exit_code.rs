//! What the grader's exit code says. Scripts rely on it, so it is a contract:
//!
//! | code | meaning |
//! |---|---|
//! | 0 | everything asked for passed |
//! | 1 | something did not pass (an untouched exercise counts) |
//! | 2 | the command line was wrong |
//! | 3 | fault: the toolchain, the machine or the grader broke; never the learner's doing |
//! | 4 | nothing failed, but something could not be explored far enough to say that it passed |
//! | 130 | interrupted |
//!
//! When several apply, the first of 3, 1, 4 counts: after a fault the other
//! results of the same run may be incomplete.

use crate::results::report::Report;
use crate::results::verdict::Status;

/// How a run of the grader ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum ExitCode {
    /// Everything asked for passed.
    Passed = 0,
    /// Something did not pass.
    Failed = 1,
    /// The command line was wrong.
    Usage = 2,
    /// The toolchain, the machine or the grader broke.
    Fault = 3,
    /// Nothing failed, but something is incomplete.
    Incomplete = 4,
    /// Ended by Ctrl-C or a request to terminate.
    Interrupted = 130,
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code as u8)
    }
}

impl From<&Report> for ExitCode {
    fn from(report: &Report) -> Self {
        let any = |wanted: &[Status]| {
            report
                .exercises
                .iter()
                .any(|exercise| wanted.contains(&exercise.status))
        };
        if any(&[Status::Fault]) {
            ExitCode::Fault
        } else if any(&[
            Status::Failed,
            Status::BuildFailed,
            Status::Forbidden,
            Status::Pending,
        ]) {
            ExitCode::Failed
        } else if any(&[Status::Incomplete]) {
            ExitCode::Incomplete
        } else {
            ExitCode::Passed
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::fixtures;

    fn code(exercises: &[Status]) -> u8 {
        let mut report = fixtures::report(Vec::new());
        for &status in exercises {
            let mut exercise = fixtures::passed("lock");
            exercise.status = status;
            report.exercises.push(exercise);
        }
        ExitCode::from(&report) as u8
    }

    #[test]
    fn numbers_are_the_documented_ones() {
        assert_eq!(code(&[Status::Passed, Status::Passed]), 0);
        for status in [
            Status::Failed,
            Status::BuildFailed,
            Status::Forbidden,
            Status::Pending,
        ] {
            assert_eq!(code(&[Status::Passed, status]), 1, "{status:?}");
        }
        assert_eq!(ExitCode::Usage as u8, 2);
        assert_eq!(code(&[Status::Passed, Status::Fault]), 3);
        assert_eq!(code(&[Status::Passed, Status::Incomplete]), 4);
        assert_eq!(ExitCode::Interrupted as u8, 130);
    }

    #[test]
    fn a_fault_outranks_a_failure_and_a_failure_outranks_incomplete() {
        assert_eq!(
            code(&[Status::Incomplete, Status::Failed, Status::Fault]),
            3
        );
        assert_eq!(code(&[Status::Incomplete, Status::Failed]), 1);
    }

    #[test]
    fn the_table_in_the_module_names_every_code() {
        let documentation = include_str!("exit_code.rs");
        for code in [
            ExitCode::Passed,
            ExitCode::Failed,
            ExitCode::Usage,
            ExitCode::Fault,
            ExitCode::Incomplete,
            ExitCode::Interrupted,
        ] {
            assert!(documentation.contains(&format!("//! | {} |", code as u8)));
        }
    }
}
