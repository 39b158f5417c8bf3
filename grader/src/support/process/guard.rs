//! Ends what a grader has started when the grader itself is killed.
//!
//! A killed process cannot clean up any more. So a grader that starts processes starts a small one
//! beside them, a copy of its own program, and tells it through a pipe which groups there are.
//! The system closes the pipe however the grader ends, and what is not ended by then the guard
//! kills. Without a guard everything works as well, but for that.

use std::collections::BTreeSet;
use std::io::{BufRead, Write};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{ChildStdin, Command, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError};

use rustix::process::{Pid, Signal, kill_process_group};

/// The program to start, and the word that makes a guard of it.
static PROGRAM: OnceLock<(PathBuf, &'static str)> = OnceLock::new();
/// The pipe to the guard, once it was needed; [`None`] if there is none.
static GUARD: Mutex<Option<Option<ChildStdin>>> = Mutex::new(None);

/// From now on, there is a guard beside every process that is started: this program, which
/// [keeps guard](keep) when it is called with this word.
pub(super) fn install(program: PathBuf, word: &'static str) {
    let _ = PROGRAM.set((program, word));
}

/// Keeps guard: reads which groups there are, and kills what is left when there is no more to read.
pub(super) fn keep(orders: impl BufRead) {
    let mut groups = BTreeSet::new();
    for order in orders.lines().map_while(Result::ok) {
        let Some(group) = order.get(1..).and_then(|number| number.parse::<i32>().ok()) else {
            continue;
        };
        match order.starts_with('+') {
            true => groups.insert(group),
            false => groups.remove(&group),
        };
    }
    for group in groups.into_iter().filter_map(Pid::from_raw) {
        // It may have ended by itself.
        let _ = kill_process_group(group, Signal::KILL);
    }
}

/// A group has been started.
pub(super) fn began(group: Pid) {
    tell('+', group);
}

/// Nothing of a group runs any more. Until this is told, its number must not be free again.
pub(super) fn ended(group: Pid) {
    tell('-', group);
}

fn tell(sign: char, group: Pid) {
    let Some((program, word)) = PROGRAM.get() else {
        return;
    };
    let mut guard = GUARD.lock().unwrap_or_else(PoisonError::into_inner);
    let pipe = guard.get_or_insert_with(|| {
        // In a group of its own, what a terminal sends to the grader passes it by.
        let mut command = Command::new(program);
        command.arg(word).process_group(0);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command.spawn().ok()?.stdin
    });
    let order = format!("{sign}{}\n", group.as_raw_nonzero());
    if pipe
        .as_mut()
        .is_some_and(|pipe| pipe.write_all(order.as_bytes()).is_err())
    {
        *pipe = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_not_ended_when_the_orders_do_is_killed() {
        let sleeper = || {
            let mut command = Command::new("sleep");
            command.arg("1000").process_group(0).spawn().unwrap()
        };
        let (mut left, mut told) = (sleeper(), sleeper());
        let (first, second) = (left.id(), told.id());
        keep(format!("+{first}\n+{second}\nnonsense\n-{second}\n").as_bytes());
        assert!(!left.wait().unwrap().success());
        assert!(told.try_wait().unwrap().is_none());
        told.kill().unwrap();
        told.wait().unwrap();
    }
}
