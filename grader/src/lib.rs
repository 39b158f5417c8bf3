//! The grader: compiles a learner's concurrency katas against hidden tests,
//! runs them in processes of their own and explains what broke.
//!
//! The modules in reading order, which is the way of one `grader check`:
//!
//! * what is asked: [`cli`], [`commands`], [`exit_code`], [`interrupt`];
//! * what there is: [`catalog`] (the topics and their suites, [`embedded`] in the
//!   binary, with a [`header`] in each mutant, which is one of the [`differences`] to what
//!   is right), [`project`] (the directories),
//!   [`intake`], [`policy`] and [`policy_report`] (which learner files are taken),
//!   [`skeleton`] (whether they have been touched);
//! * building: [`toolchain`], [`subject`] (a crate to be graded), [`workspace`],
//!   [`cargo`], [`compile_errors`];
//! * running: [`process`], [`run`], [`record`] (what a test process hands back);
//! * judging: [`verdict`] (the words), [`cache`], [`lab`] (builds and runs), [`control`]
//!   (is the machine at fault?), [`judge`], [`exam`] (one exercise), [`grade`] (all of
//!   them), and for authors [`verify`], [`generate`] (mutation testing), [`repeat`] (is
//!   anything flaky?) and [`scaffold`], which makes a new kata;
//! * telling: [`event`] while it works, [`names`] for what the learner called
//!   things, [`messages`] for every sentence, [`report`] for everything printed;
//! * used everywhere: [`disk`] (files written whole), [`sanitise`] (foreign text).
//!
//! A verdict on a learner's code is data. An `Err` means that the tool, the
//! machine or an author's file broke.

pub mod cli;
pub mod commands;
pub mod exit_code;
pub mod interrupt;

pub mod catalog;
pub mod differences;
pub mod embedded;
pub mod header;
pub mod intake;
pub mod policy;
pub mod policy_report;
pub mod project;

pub mod cargo;
pub mod compile_errors;
pub mod skeleton;
pub mod subject;
pub mod toolchain;
pub mod workspace;

pub mod process;
pub mod record;
pub mod run;

pub mod cache;
pub mod control;
pub mod exam;
pub mod generate;
pub mod grade;
pub mod judge;
pub mod lab;
pub mod repeat;
pub mod scaffold;
pub mod verdict;
pub mod verify;

pub mod event;
pub mod messages;
pub mod names;
pub mod report;

pub mod disk;
pub mod sanitise;
