//! What the operations of a counterexample are called, from their codes.

use std::fmt;

use crate::results::report::{Blocked, TraceStep};
use crate::results::verdict::Diagnosis;

/// What the step's thread does, as an order: `lock `locked``, `spawn thread 1`.
impl fmt::Display for TraceStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&phrase(self))
    }
}

/// What the thread was waiting for.
impl fmt::Display for Blocked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&blocked_phrase(self.0))
    }
}

/// A step with the function that was called: `in `acquire`: lock `locked``.
pub fn in_call(step: &TraceStep, call: &str) -> String {
    format!("in `{call}`: {step}")
}

/// Whether the step never came to pass: its thread is blocked in it.
pub fn is_blocked(step: &TraceStep) -> bool {
    step.outcome.as_deref() == Some("blocked")
}

/// A thread's name in a narrow place: `2` for `thread 2`.
pub fn abbreviated(thread: &str) -> &str {
    match thread.strip_prefix("thread ") {
        Some(number) if number.bytes().all(|byte| byte.is_ascii_digit()) => number,
        _ => thread,
    }
}

fn phrase(step: &TraceStep) -> String {
    if is_blocked(step) {
        return blocked_phrase(step);
    }
    let object = match &step.object {
        Some(name) => format!("`{name}`"),
        None => "it".to_owned(),
    };
    let target = step.target.as_deref().unwrap_or("the other thread");
    let outcome = step.outcome.as_deref();
    let value = |before: &str, after: &str| match &step.value {
        Some(value) => format!("{before}{value}{after}"),
        None => String::new(),
    };
    let change = |verb: &str| match (&step.value, &step.after) {
        (Some(before), Some(after)) => format!("change {object} from {before} to {after}"),
        _ => format!("{verb} {object}{}", value(": it was ", "")),
    };
    let text = match step.op.as_str() {
        "start" => "begin".to_owned(),
        "lock" => format!("lock {object}"),
        "try_lock" => format!("try to lock {object}"),
        "unlock" if outcome == Some("changed") => format!("unlock {object}, which it has changed"),
        "unlock" => format!("unlock {object}"),
        "relock" => format!("lock {object} again"),
        "read" => format!("lock {object} for reading"),
        "try_read" => format!("try to lock {object} for reading"),
        "write" => format!("lock {object} for writing"),
        "try_write" => format!("try to lock {object} for writing"),
        "wait" => format!("wait on {object}"),
        "wait_timeout" => format!("wait on {object}, with a timeout"),
        "timeout" => match &step.object {
            Some(_) => format!("give up waiting on {object}: timeout"),
            None => "give up waiting: timeout".to_owned(),
        },
        "spurious_wakeup" => "wake up without a notification".to_owned(),
        "notify_one" => format!("notify one on {object}"),
        "notify_all" => format!("notify all on {object}"),
        "load" => format!("load {object}{}", value(": ", "")),
        "store" => format!("store {}", value("", " in ")) + &object,
        "swap" => change("swap"),
        "fetch" => change("change"),
        "compare_exchange" => change("compare-exchange"),
        "fence" => "fence".to_owned(),
        "park" => "park".to_owned(),
        "park_timeout" => "park, with a timeout".to_owned(),
        "unpark" => format!("unpark {target}"),
        "spawn" => format!("spawn {target}"),
        "join" => format!("join {target}"),
        "is_finished" => format!("ask whether {target} has finished"),
        "is_poisoned" => format!("ask whether {object} is poisoned"),
        "clear_poison" => format!("take the poison off {object}"),
        "finish" => "finish".to_owned(),
        "panic" => "end with a panic".to_owned(),
        "yield" => "yield".to_owned(),
        "spin" => "spin".to_owned(),
        "sleep" => "sleep".to_owned(),
        "now" => "look at the clock".to_owned(),
        "advance" => "let time pass".to_owned(),
        "send" => format!("send on {object}"),
        "try_send" => format!("try to send on {object}"),
        "recv" => format!("receive from {object}"),
        "try_recv" => format!("try to receive from {object}"),
        "recv_timeout" => format!("receive from {object}, with a timeout"),
        "disconnect" => format!("close {object}"),
        "once" => format!("initialise {object}"),
        "poison" => format!("poison {object}"),
        "cell_read" => format!("read {object}"),
        "cell_write" => format!("write {object}"),
        "await_blocked" => format!("let {target} go on until it blocks"),
        "print" => format!("print{}", value(" ", "")),
        "blocked" => "block".to_owned(),
        other => other.replace('_', " "),
    };
    match outcome.map(|outcome| outcome_phrase(step, outcome, target)) {
        Some(ending) if !ending.is_empty() => format!("{text}: {ending}"),
        _ => text,
    }
}

fn outcome_phrase(step: &TraceStep, outcome: &str, target: &str) -> String {
    match outcome {
        "busy" if step.op == "compare_exchange" => "fails".to_owned(),
        "busy" => "taken".to_owned(),
        "nobody" => "nobody is waiting".to_owned(),
        "woke" => format!("wakes {target}"),
        "notified" => "notified".to_owned(),
        "timed_out" if step.op == "timeout" => String::new(),
        "timed_out" => "timeout".to_owned(),
        "spurious" if step.op == "spurious_wakeup" => String::new(),
        "spurious" => "woken without a notification".to_owned(),
        "token" => "goes on at once, it was unparked before".to_owned(),
        "stored" => "not parked, so it is kept for the next park".to_owned(),
        "poisoned" => "poisoned by a panic".to_owned(),
        "disconnected" => "the other side is gone".to_owned(),
        "empty" => "nothing there".to_owned(),
        "full" => "full".to_owned(),
        "changed" if step.op == "unlock" => String::new(),
        other => other.replace('_', " "),
    }
}

fn blocked_phrase(step: &TraceStep) -> String {
    let target = step.target.as_deref().unwrap_or("another thread");
    let object = match &step.object {
        Some(name) => format!(" `{name}`"),
        None => " it".to_owned(),
    };
    match step.op.as_str() {
        "wait" | "wait_timeout" => format!("waits on{object} for ever"),
        "park" | "park_timeout" => "is parked for ever".to_owned(),
        "join" => format!("waits for {target} to finish"),
        "recv" | "recv_timeout" => format!("waits for a message on{object}"),
        "send" => format!("waits for room in{object}"),
        "await_blocked" => format!("waits for {target} to block"),
        "once" => format!("waits for{object} to be initialised"),
        _ => match step.target.as_deref() {
            Some(holder) if holder == step.thread => {
                format!("waits for{object}, which it holds itself")
            }
            Some(holder) => format!("waits for{object}, which {holder} holds"),
            None => format!("waits for{object}"),
        },
    }
}

/// The label of an annotated place in the source: what the thread does there, and why it matters for this bug.
/// `sleeper` is the thread that sleeps in vain, if there is one.
pub fn annotation(step: &TraceStep, diagnosis: Option<Diagnosis>, sleeper: Option<&str>) -> String {
    let thread = &step.thread;
    let outcome = step.outcome.as_deref();
    let is_wait = is_wait(step);
    match diagnosis {
        _ if is_blocked(step) => blocked_annotation(step),
        _ if step.op == "spurious_wakeup" || outcome == Some("spurious") => {
            format!("{thread} wakes up, not notified")
        }
        Some(Diagnosis::LostWakeup | Diagnosis::WrongWakeup)
            if outcome == Some("nobody") && step.op.starts_with("notify") =>
        {
            format!("{thread} notifies: nobody is waiting yet")
        }
        Some(Diagnosis::LostWakeup) => in_a_lost_wakeup(step, sleeper),
        Some(Diagnosis::WrongWakeup) if gives_up(step) => format!("{thread} gives up: timeout"),
        Some(Diagnosis::WrongWakeup) if is_wait && step.mark == Some(1) => {
            format!("{thread} waits, and is never woken")
        }
        Some(Diagnosis::WrongWakeup) if is_wait => {
            format!("{thread} goes back to sleep")
        }
        Some(Diagnosis::WrongWakeup) if step.op == "unpark" => {
            let target = step.target.as_deref().unwrap_or("a thread");
            format!("{thread} wakes {target}, which has given up")
        }
        Some(Diagnosis::WrongWakeup) if outcome == Some("woke") => match &step.target {
            Some(target) => format!("{thread} wakes {target}"),
            None => acts(step),
        },
        Some(Diagnosis::BusyWait) => format!("{thread} asks again and again"),
        _ => acts(step),
    }
}

/// Whether a thread sleeps in the step.
pub fn is_wait(step: &TraceStep) -> bool {
    ["wait", "wait_timeout", "park", "park_timeout"].contains(&step.op.as_str())
}

/// Whether a thread's time is over in the step.
pub fn gives_up(step: &TraceStep) -> bool {
    step.op == "timeout" || step.outcome.as_deref() == Some("timed_out")
}

/// Whether the step wakes those who sleep.
pub fn is_notification(step: &TraceStep) -> bool {
    ["notify_one", "notify_all", "unpark"].contains(&step.op.as_str())
}

/// The label of a step that has to do with a lost wake-up: the sleep, the look before it, and what
/// others did.
fn in_a_lost_wakeup(step: &TraceStep, sleeper: Option<&str>) -> String {
    let thread = &step.thread;
    let is_sleepers = sleeper == Some(thread);
    match (step.op.as_str(), &step.value, &step.object) {
        _ if is_sleepers && is_wait(step) => format!("{thread} sleeps for ever"),
        ("load", Some(value), _) if is_sleepers => format!("{thread} looks: {value}"),
        ("lock" | "try_lock" | "read" | "load" | "relock", ..) if is_sleepers => {
            format!("{thread} looks")
        }
        _ if is_sleepers => acts(step),
        _ if is_notification(step) => match &step.target {
            Some(target) => format!("{thread} wakes {target}, and nobody else"),
            None => acts(step),
        },
        ("lock", _, Some(object)) => format!("{thread} changes `{object}`, and notifies nobody"),
        _ => format!("{}, and wakes nobody", acts(step)),
    }
}

/// The step as a statement: `thread 1 locks `locked``.
fn acts(step: &TraceStep) -> String {
    let order = step.to_string();
    let (verb, rest) =
        match order.find(|character: char| !character.is_alphabetic() && character != '-') {
            Some(end) => order.split_at(end),
            None => (order.as_str(), ""),
        };
    let stem = verb
        .strip_suffix('y')
        .filter(|stem| !stem.ends_with(['a', 'e', 'o', 'u']));
    let verb = match stem {
        Some(stem) => format!("{stem}ies"),
        None if verb.ends_with("sh") => format!("{verb}es"),
        None => format!("{verb}s"),
    };
    format!("{} {verb}{rest}", step.thread)
}

/// The label of the place where a panic was raised.
pub const PANICKED: &str = "it panics here";

/// The label of the place where a thread is blocked for good. Who holds the lock is told by the timeline.
pub fn blocked_annotation(step: &TraceStep) -> String {
    let is_lock = ["lock", "relock", "read", "write"].contains(&step.op.as_str());
    match &step.object {
        Some(object) if is_lock => format!("{} waits for `{object}`", step.thread),
        _ => format!("{} {}", step.thread, Blocked(step)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::fixtures::step;

    #[test]
    fn steps_are_orders_to_a_thread() {
        let mut lock = step(1, "thread 1", "lock", 9, 9);
        lock.object = Some("locked".into());
        assert_eq!(lock.to_string(), "lock `locked`");
        let mut spawn = step(1, "main", "spawn", 9, 9);
        spawn.target = Some("thread 1".into());
        assert_eq!(spawn.to_string(), "spawn thread 1");
        let mut store = step(1, "thread 1", "store", 9, 9);
        store.object = Some("held".into());
        store.value = Some("true".into());
        assert_eq!(store.to_string(), "store true in `held`");
    }

    #[test]
    fn outcomes_are_said_after_the_step() {
        let mut notify = step(1, "thread 1", "notify_one", 9, 9);
        notify.object = Some("freed".into());
        notify.outcome = Some("nobody".into());
        assert_eq!(
            notify.to_string(),
            "notify one on `freed`: nobody is waiting"
        );
        notify.outcome = Some("woke".into());
        notify.target = Some("thread 2".into());
        assert_eq!(notify.to_string(), "notify one on `freed`: wakes thread 2");
    }

    #[test]
    fn labels_are_statements_about_a_thread() {
        let mut notify = step(1, "thread 1", "notify_one", 9, 9);
        notify.object = Some("freed".into());
        assert_eq!(
            annotation(&notify, None, None),
            "thread 1 notifies one on `freed`"
        );
        let finish = step(1, "main", "finish", 9, 9);
        assert_eq!(annotation(&finish, None, None), "main finishes");
        let attempt = step(1, "main", "try_lock", 9, 9);
        assert_eq!(annotation(&attempt, None, None), "main tries to lock it");
    }

    #[test]
    fn a_blocked_thread_waits_for_whoever_holds_the_lock() {
        let mut lock = step(1, "thread 1", "lock", 9, 9);
        lock.object = Some("queue".into());
        lock.outcome = Some("blocked".into());
        lock.target = Some("thread 2".into());
        assert_eq!(lock.to_string(), "waits for `queue`, which thread 2 holds");
        lock.target = Some("thread 1".into());
        assert_eq!(
            annotation(&lock, Some(Diagnosis::SelfDeadlock), None),
            "thread 1 waits for `queue`"
        );
        assert_eq!(lock.to_string(), "waits for `queue`, which it holds itself");
    }

    #[test]
    fn an_operation_without_a_sentence_is_still_readable() {
        assert_eq!(step(1, "main", "new_thing", 1, 1).to_string(), "new thing");
    }

    #[test]
    fn only_numbered_threads_are_abbreviated() {
        assert_eq!(abbreviated("thread 12"), "12");
        assert_eq!(abbreviated("worker"), "worker");
        assert_eq!(abbreviated("thread of mine"), "thread of mine");
    }
}
