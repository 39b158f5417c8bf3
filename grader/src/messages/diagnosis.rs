//! What each bug is called, what it means, and where the notes explain it.

use crate::results::verdict::{Diagnosis, Verdict};

/// The word in reports: `lost_wakeup`.
pub fn word(diagnosis: Diagnosis) -> &'static str {
    match diagnosis {
        Diagnosis::Assertion => "assertion",
        Diagnosis::Panic => "panic",
        Diagnosis::Deadlock => "deadlock",
        Diagnosis::SelfDeadlock => "self_deadlock",
        Diagnosis::LockCycle => "lock_cycle",
        Diagnosis::LostWakeup => "lost_wakeup",
        Diagnosis::WrongWakeup => "wrong_wakeup",
        Diagnosis::DataRace => "data_race",
        Diagnosis::Livelock => "livelock",
        Diagnosis::BusyWait => "busy_wait",
        Diagnosis::SpuriousWakeup => "spurious_wakeup",
        Diagnosis::Leak => "leak",
        Diagnosis::Forbidden => "forbidden",
        Diagnosis::CompileError => "compile_error",
    }
}

/// The word for a verdict that comes without a diagnosis: `timed_out`.
pub fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Passed => "passed",
        Verdict::Failed => "failed",
        Verdict::TimedOut => "timed_out",
        Verdict::Crashed => "crashed",
        Verdict::Incomplete => "incomplete",
        Verdict::NotRun => "not_run",
        Verdict::Fault => "fault",
    }
}

/// The headline. `place` is the learner's function in which the bug shows, if one is known.
pub fn title(diagnosis: Diagnosis, place: Option<&str>) -> String {
    let inside = match place {
        Some(place) => format!(" in `{place}`"),
        None => String::new(),
    };
    let subject = |otherwise: &str| match place {
        Some(place) => format!("`{place}`"),
        None => otherwise.to_owned(),
    };
    match diagnosis {
        Diagnosis::Assertion => "the outcome is not what the exercise promises".to_owned(),
        Diagnosis::Panic => format!("{} panics", subject("your code")),
        Diagnosis::Deadlock => format!("a thread{inside} waits for ever"),
        Diagnosis::SelfDeadlock => {
            let waits = subject("a thread");
            format!("{waits} waits for a lock that it holds itself")
        }
        Diagnosis::LockCycle => "threads wait for each other's locks in a circle".to_owned(),
        Diagnosis::LostWakeup => format!("a thread{inside} sleeps for ever"),
        Diagnosis::WrongWakeup => "a wake-up goes to a thread that cannot use it".to_owned(),
        Diagnosis::DataRace => {
            "two threads use the same data and nothing keeps them apart".to_owned()
        }
        Diagnosis::Livelock => "the threads keep running and get nowhere".to_owned(),
        Diagnosis::BusyWait => {
            format!(
                "{} keeps the processor busy while it waits",
                subject("a thread")
            )
        }
        Diagnosis::SpuriousWakeup => {
            format!(
                "{} takes a spurious wake-up for a notification",
                subject("a wait")
            )
        }
        Diagnosis::Leak => "something that was taken is never given back".to_owned(),
        Diagnosis::Forbidden => {
            "this exercise does not allow everything that is used here".to_owned()
        }
        Diagnosis::CompileError => "your code does not compile".to_owned(),
    }
}

/// The headline of a test that ended without a diagnosis.
pub fn verdict_title(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Passed => "the test passed",
        Verdict::Failed => "the test failed",
        Verdict::TimedOut => "the test was not done in time, and was stopped",
        Verdict::Crashed => "the test's process ended before the test had",
        Verdict::Incomplete => "this test could not try all that it has to",
        Verdict::NotRun => "the test was not run",
        Verdict::Fault => "this machine or the grader is at fault",
    }
}

/// What is going on and which way out leads: one paragraph for somebody who meets this bug for the first time.
pub fn paragraph(diagnosis: Diagnosis) -> &'static str {
    match diagnosis {
        Diagnosis::Assertion => {
            "A hidden test let your code run, looked at the result, and did not find what it \
             expected."
        }
        Diagnosis::Panic => {
            "A panic ended the thread that ran your code. Used as the exercise allows, no method \
             may panic, unless its documentation says so."
        }
        Diagnosis::Deadlock => {
            "Every thread that is left waits, and nobody is left to end the wait. For each of them, \
             ask who was meant to wake it, and why that thread did not or could not."
        }
        Diagnosis::SelfDeadlock => {
            "The thread holds this lock already, so nobody can ever let it have it. Give the lock \
             back first: `drop(guard)`, or end the block in which the guard lives. In `match` and \
             `if let`, a guard made in the head lives on inside of the block."
        }
        Diagnosis::LockCycle => {
            "Each of these threads holds a lock that the next one wants, all the way round, so none \
             can go on. It cannot happen when every thread takes the locks in the same order."
        }
        Diagnosis::LostWakeup => {
            "What this thread waits for has happened, but nobody wakes it. A notification reaches \
             only threads that are waiting at that moment; it is not kept for those who come later. \
             Either it came after this thread had looked and before it slept (then look while you \
             hold the mutex, and hand that same guard to `wait`), or it was never sent."
        }
        Diagnosis::WrongWakeup => {
            "A notification was spent on a thread that could not go on, while one that could was \
             left asleep. Either wake everybody who may be able to go on (`notify_all`), let a \
             thread that cannot use a wake-up pass it on, or give each reason to wait a condition \
             variable of its own."
        }
        Diagnosis::DataRace => {
            "Two threads use the same data, at least one of them writes, and nothing makes one \
             come after the other. On a real machine the later one may see old or half-written \
             data. What one thread wrote before it lets another one in must be visible to it: with \
             a mutex that is so by itself; with atomics, publish with `Ordering::Release` and look \
             with `Ordering::Acquire`."
        }
        Diagnosis::Livelock => {
            "No thread is asleep, yet nothing gets done: they keep reacting to each other. Some \
             thread must be able to finish, whatever the others do in the meantime."
        }
        Diagnosis::BusyWait => {
            "A thread that has to wait should sleep, so that others can use the processor. This one \
             asks again and again instead (yielding, spinning and very short sleeps are asking, \
             too). Let it sleep until somebody wakes it: with `Condvar::wait` or `thread::park`."
        }
        Diagnosis::SpuriousWakeup => {
            "`wait` and `park` may return although nobody has called (a spurious wake-up), so that \
             they return is no news by itself. Look again after every wait: `while` in place of \
             `if`."
        }
        Diagnosis::Leak => {
            "What was taken must be given back on every way out, also when a panic unwinds. The \
             destructor (`Drop`) of a guard runs on all of them; a `release` at the end of a \
             method does not."
        }
        Diagnosis::Forbidden => {
            "The exercise is to be solved with ordinary safe Rust and what its chapter allows of \
             `std`."
        }
        Diagnosis::CompileError => {
            "These are the compiler's own messages. Nothing is run until it has none left."
        }
    }
}

/// The first thing to do about a bug, in at most three lines of a screen.
pub fn advice(diagnosis: Diagnosis) -> &'static str {
    match diagnosis {
        Diagnosis::Assertion => paragraph(diagnosis),
        Diagnosis::Panic => "No method may panic unless its documentation says so.",
        Diagnosis::Deadlock => {
            "Every thread that is left waits. Ask for each of them: who was to wake it, and why \
             could it not?"
        }
        Diagnosis::SelfDeadlock => {
            "The thread has this lock already, so it waits for itself. Give the lock back first: \
             `drop(guard)`, or end the block in which the guard lives."
        }
        Diagnosis::LockCycle => {
            "Each thread holds a lock that the next one wants. That cannot happen when all threads \
             take the locks in the same order."
        }
        Diagnosis::LostWakeup => advice_on_lost_wakeup(None),
        Diagnosis::WrongWakeup => {
            "The notification went to a thread that could not use it. Wake all (`notify_all`), \
             pass it on, or give each reason to wait a condition variable of its own."
        }
        Diagnosis::DataRace => {
            "Nothing makes one access come after the other. Use a mutex; or publish with \
             `Ordering::Release`, and look with `Ordering::Acquire`."
        }
        Diagnosis::Livelock => {
            "No thread sleeps, yet nothing gets done: they keep reacting to each other."
        }
        Diagnosis::BusyWait => {
            "A thread that waits should sleep until somebody wakes it: `Condvar::wait`, or \
             `thread::park`. To ask again and again keeps a processor busy."
        }
        Diagnosis::SpuriousWakeup => {
            "`wait` and `park` may return although nobody called. Look again after every wait: \
             `while`, not `if`."
        }
        Diagnosis::Leak => {
            "Give back on every way out, also when a panic unwinds: the destructor (`Drop`) of a \
             guard does."
        }
        Diagnosis::Forbidden | Diagnosis::CompileError => "",
    }
}

/// The same for a lost wake-up, by whether a notification came that woke somebody else, or
/// nobody; or whether none came at all.
pub fn advice_on_lost_wakeup(woke_another: Option<bool>) -> &'static str {
    match woke_another {
        None => {
            "What it waits for has happened, but nobody woke it. Whoever makes the change has to \
             notify after it."
        }
        Some(true) => {
            "The notification woke one thread, and this one could go on, too. Wake all with \
             `notify_all`, or let each one that goes on wake the next."
        }
        Some(false) => {
            "What it waits for has happened, but the notification came before it slept, and is not \
             kept. Look and wait under one guard of the mutex, and notify after the change."
        }
    }
}

/// The same for a wake-up that went to a thread whose time was over.
pub const WOKE_A_QUITTER: &str = "The wake-up went to a thread whose time was over, and was lost \
                                  with it. Whoever gives up has to look once more, in one step: \
                                  if it was woken, it takes that, or passes it on.";

/// The same for tests that ended without a diagnosis.
pub fn verdict_advice(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::TimedOut => {
            "A loop that never ends, or a thread that is never woken, looks like this."
        }
        Verdict::Crashed => {
            "A stack overflow, too much memory, or a panic while another panic unwinds ends a \
             whole process at once."
        }
        _ => verdict_paragraph(verdict),
    }
}

/// The same for tests that ended without a diagnosis.
pub fn verdict_paragraph(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Passed | Verdict::Failed | Verdict::NotRun => "",
        Verdict::TimedOut => {
            "It was given many times the time that the reference solution takes on this machine. \
             A loop that never ends or a thread that is never woken looks like this."
        }
        Verdict::Crashed => {
            "A stack overflow, too much memory or an abort (such as a panic while another panic \
             unwinds) ends a whole process at once."
        }
        Verdict::Incomplete => {
            "Nothing wrong was found, but this test looked at fewer interleavings than it requires, \
             so it does not count as passed. Fewer operations inside the waiting methods make the \
             search smaller; `--effort thorough` gives it more time."
        }
        Verdict::Fault => {
            "The reference solution fails the same test here, so the result says nothing about \
             your code."
        }
    }
}

/// The command that explains the bug; `program` is how the user calls the grader.
pub fn note(diagnosis: Diagnosis, program: &str) -> String {
    format!("{program} notes {}", word(diagnosis))
}

/// After the paragraph of a failed assertion that has a timeline.
pub const FOLLOW_THE_STEPS: &str =
    "Follow the steps below up to the first one that you would not have expected.";

/// The advice for a failed assertion that has a timeline, which may be too long to be shown.
pub fn step_by_step(more: &str) -> String {
    format!("Find the first step that you did not expect (`{more}` shows all).")
}

/// After the paragraph of a bug that showed with real threads.
pub const REAL_THREADS: &str = "It was seen with real threads, so there are no steps to show, and \
                                it may not happen in every run.";

/// What a preemption is, for whoever reads the word for the first time.
pub const PREEMPTION: &str =
    "A preemption is a switch away from a thread that could have gone on running.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_the_json_report() {
        for diagnosis in Diagnosis::ALL {
            let json = serde_json::to_value(diagnosis).expect("a word");
            assert_eq!(json, word(diagnosis));
        }
        for verdict in [
            Verdict::Passed,
            Verdict::Failed,
            Verdict::TimedOut,
            Verdict::Crashed,
            Verdict::Incomplete,
            Verdict::NotRun,
            Verdict::Fault,
        ] {
            let json = serde_json::to_value(verdict).expect("a word");
            assert_eq!(json, verdict_word(verdict));
        }
    }

    #[test]
    fn every_diagnosis_is_explained_in_whole_sentences() {
        for diagnosis in Diagnosis::ALL {
            let paragraph = paragraph(diagnosis);
            assert!(
                paragraph.ends_with(['.', ':']),
                "{diagnosis:?}: {paragraph}"
            );
            assert!(!paragraph.contains("  "), "{diagnosis:?}: {paragraph}");
            assert!(!title(diagnosis, None).ends_with('.'), "{diagnosis:?}");
        }
    }

    #[test]
    fn the_notes_are_asked_for_by_the_word() {
        let note = note(Diagnosis::LostWakeup, "cargo grader");
        assert_eq!(note, "cargo grader notes lost_wakeup");
    }
}
