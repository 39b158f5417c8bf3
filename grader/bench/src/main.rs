//! Measures both sides of each comparison in one run, in turns, and prints medians
//! and ratios:
//!
//! ```text
//! cargo run --release -p grader-bench
//! ```
//!
//! Absolute figures depend on the machine and on what else it does; the ratios of
//! rounds that were measured side by side do so much less.

mod check;
mod engines;
mod table;

fn main() -> anyhow::Result<()> {
    engines::compare();
    check::compare()
}
