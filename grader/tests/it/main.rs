//! The grader from outside: the binary, real crates, a real file system, real processes.
//!
//! * [`learner`]: what somebody sees who solves exercises, or tries to;
//! * [`hostile`], [`hostile_files`] and [`second_gate`]: what somebody sees who would rather not
//!   solve them, and [`token_soup`]: what nobody has ever written;
//! * [`cli`]: flags, formats, hints, lists; [`day`]: the words of a learner's day;
//! * [`new_kata`]: what the author of a kata sees;
//! * [`machine`] and [`interruption`]: full disks, broken toolchains, two graders, Ctrl-C;
//! * [`watch`]: a day on a [`terminal`]; [`replay`]: a failure, step by step;
//! * [`changed`], [`mutation`] and [`repetition`]: `verify --changed`, `--generate` and `--repeat`;
//! * [`screens`]: what learners read about many wrong ideas;
//! * [`repository`], [`rooms`] and [`coverage`]: the house rules that a machine can check;
//! * [`project`] and [`processes`]: what the others stand on.
//!
//! The tests share one scratch directory, so that the engines are compiled once. Those that run
//! hidden tests are `#[serial]`: hidden tests measure time and processor use. Nothing here is
//! decided by how long it takes.
//!
//! Those that build very many crates are `#[ignore]`d: `cargo test --package grader -- --ignored`
//! runs them, and so does `.ci/run`.

mod changed;
mod cli;
mod coverage;
mod day;
mod hostile;
mod hostile_files;
mod interruption;
mod learner;
mod machine;
mod mutation;
mod new_kata;
mod new_mutant;
mod processes;
mod project;
mod repetition;
mod replay;
mod repository;
mod rooms;
mod screens;
mod second_gate;
mod terminal;
mod token_soup;
mod watch;
