//! The grader: compiles a learner's concurrency katas against hidden tests,
//! runs them in processes of their own and explains what broke.
//!
//! A folder for each stage of the way that a submission takes, from the top down. Each imports
//! only from those below it, and a test holds that order:
//!
//! * what is asked: [`commands`], with [`cli`] and [`exit_code`];
//! * while the learner works: [`watch`]; what they step through: [`replay`]; and how far they
//!   have come: [`learner`];
//! * everything printed: [`report`], in the sentences of [`messages`];
//! * what authors of katas need: [`authors`];
//! * from sources to a report: [`grading`];
//! * one hidden test in a process: [`running`];
//! * from sources to executables: [`building`];
//! * what is handed in: [`submission`];
//! * what there is to learn: [`katas`];
//! * the words that all of them speak: [`results`];
//! * and what knows nothing of katas: [`support`].
//!
//! A verdict on a learner's code is data. An `Err` means that the tool, the
//! machine or an author's file broke.

pub mod cli;
pub mod commands;
pub mod exit_code;

pub mod learner;
pub mod replay;
pub mod watch;

pub mod messages;
pub mod report;

pub mod authors;
pub mod building;
pub mod grading;
pub mod katas;
pub mod results;
pub mod running;
pub mod submission;
pub mod support;
