//! Why a test did not pass, where its harness does not say so itself.

use std::fmt;
use std::time::Duration;

use crate::results::message::Message;

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Message::Said(text) => f.write_str(text),
            Message::TookTooLong(limit) => f.write_str(&took_too_long(*limit)),
            Message::PrintedTooMuch(limit) => f.write_str(&printed_too_much(*limit)),
            Message::TooManyThreads(limit) => f.write_str(&too_many_threads(*limit)),
            Message::EndedEarly { code, signal } => f.write_str(&ended_early(*code, *signal)),
            Message::NotAuthentic => f.write_str(record_is_not_authentic()),
            Message::GivenUp => f.write_str(given_up()),
            Message::LeftOut => f.write_str(LEFT_OUT),
            Message::ReferenceFails(message) => f.write_str(&reference_fails(message.as_deref())),
        }
    }
}

/// Why a test process that left no record is called crashed.
fn ended_early(code: Option<i32>, signal: Option<i32>) -> String {
    match (code, signal) {
        (Some(code), _) => {
            format!("the test process ended with exit code {code} before the test was over")
        }
        (None, Some(signal)) => format!(
            "the test process was killed by signal {signal}{}",
            signal_name(signal)
        ),
        (None, None) => "the test process ended before the test was over".to_owned(),
    }
}

fn signal_name(signal: i32) -> &'static str {
    match signal {
        4 => " (SIGILL)",
        6 => " (SIGABRT: out of memory, a stack overflow, or a panic while panicking)",
        9 => " (SIGKILL)",
        11 => " (SIGSEGV: often a stack overflow)",
        24 => " (SIGXCPU: too much processor time)",
        25 => " (SIGXFSZ: it printed too much)",
        _ => "",
    }
}

/// The record of a test did not come from the grader's own harness.
fn record_is_not_authentic() -> &'static str {
    "the test process handed back a result that is not its harness's"
}

/// A test ran into its time limit.
fn took_too_long(limit: Duration) -> String {
    format!(
        "the test was not over after {} seconds and was stopped",
        limit.as_secs()
    )
}

/// Others of the same crate ran out of time, so this test was left out.
fn given_up() -> &'static str {
    "not run, because too many tests before it came to no end"
}

/// A model has told a bug, so this test was left out.
const LEFT_OUT: &str = "not run yet, because a model has shown a bug already";

/// A test printed more than it may.
fn printed_too_much(limit: u64) -> String {
    format!(
        "the test printed more than {} MiB and was stopped",
        limit / (1024 * 1024)
    )
}

/// A test started more threads than it may.
fn too_many_threads(limit: usize) -> String {
    format!("more than {limit} threads were running at once; the test was stopped")
}

/// The same test fails with the reference solution.
fn reference_fails(message: Option<&Message>) -> String {
    let detail = message
        .map(|message| format!(": {message}"))
        .unwrap_or_default();
    format!(
        "on this machine the reference solution does not pass this test either, so it says nothing about your code{detail}"
    )
}
