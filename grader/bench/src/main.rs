//! Measures both sides of each comparison in one run, in turns, and prints medians
//! and ratios:
//!
//! ```text
//! cargo run --release -p grader-bench
//! cargo run --release -p grader-bench -- watch
//! ```
//!
//! The second one measures alone how long a learner waits.
//!
//! Absolute figures depend on the machine and on what else it does; the ratios of
//! rounds that were measured side by side do so much less.

mod check;
mod engines;
mod table;
/// The pseudo-terminal of the grader's own tests.
#[path = "../../tests/it/terminal.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod terminal;
mod watch;

fn main() -> anyhow::Result<()> {
    if std::env::args().nth(1).as_deref() != Some("watch") {
        engines::compare();
        check::compare()?;
    }
    watch::measure()
}
