//! Who called: the functions that were under way when a thread announced an operation.
//!
//! To look at a stack costs more than all the rest of an operation. So it is done only once a
//! failure is known, in a repetition of the failed execution.

use std::backtrace::Backtrace;
use std::collections::HashMap;

use serde_json::{Value as Json, json};

use crate::trace::Event;

/// What functions of these crates do is done for their caller.
const ENGINE: [&str; 5] = ["std::", "core::", "alloc::", "kata_model::", "kata_std::"];

/// The stacks of one execution.
#[derive(Debug, Default)]
pub(super) struct Calls {
    /// By the index of the event.
    done: HashMap<usize, Backtrace>,
    /// By thread: of the operation that it has announced.
    pending: HashMap<usize, Backtrace>,
}

impl Calls {
    /// A thread announces an operation; it is the one that calls this.
    pub(super) fn announce(&mut self, thread: usize) {
        self.pending.insert(thread, Backtrace::force_capture());
    }

    /// The announced operation becomes the event with this index.
    pub(super) fn commit(&mut self, thread: usize, event: usize) {
        if let Some(stack) = self.pending.remove(&thread) {
            self.done.insert(event, stack);
        }
    }

    /// Adds to each step of a counterexample which functions had called it, the innermost
    /// first, as far as they are those of the code under test. `events` and `blocked` are those
    /// of the repetition; where it went another way, nothing is added.
    pub(super) fn tell(&self, counterexample: &mut Json, events: &[Event], blocked: &[Event]) {
        for step in list(counterexample, "steps") {
            let index = step["step"].as_u64().unwrap_or_default().wrapping_sub(1) as usize;
            if let (Some(event), Some(stack)) = (events.get(index), self.done.get(&index))
                && is_of(step, event)
            {
                step["calls"] = json!(functions(&stack.to_string()));
            }
        }
        for step in list(counterexample, "blocked") {
            let mut same = blocked.iter().filter(|event| is_of(step, event));
            let thread = same.next().map(|event| usize::from(event.thread));
            if let Some(stack) = thread.and_then(|thread| self.pending.get(&thread)) {
                step["calls"] = json!(functions(&stack.to_string()));
            }
        }
    }
}

fn list<'a>(counterexample: &'a mut Json, name: &str) -> impl Iterator<Item = &'a mut Json> {
    let steps = counterexample[name].as_array_mut();
    steps.into_iter().flatten()
}

/// Whether a step tells this event.
fn is_of(step: &Json, event: &Event) -> bool {
    step["thread"] == json!(event.thread)
        && step["op"] == event.op.word()
        && step["line"] == json!(event.location.line())
        && step["column"] == json!(event.location.column())
}

/// The functions of a rendered backtrace that are neither the engine's nor the test's, up to the
/// first one that is the test's.
fn functions(backtrace: &str) -> Vec<&str> {
    let frames = backtrace.lines().filter_map(|line| {
        let (number, function) = line.trim_start().split_once(": ")?;
        number.parse::<u32>().ok().map(|_| function)
    });
    frames
        .take_while(|function| !function.contains("::suite::"))
        .filter(|function| {
            let path = function.trim_start_matches('<').trim_start_matches("dyn ");
            path.contains("::") && !ENGINE.iter().any(|engine| path.starts_with(engine))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_functions_between_engine_and_test_are_told() {
        let backtrace = "   0: std::backtrace::Backtrace::create\n\
                         \x20            at /rustc/abc/library/std/src/backtrace.rs:331:13\n\
                         \x20  1: kata_model::interleavings::kernel::step\n\
                         \x20  2: <kata_model::face::mutex::Mutex<T>>::lock\n\
                         \x20  3: lock::locked\n\
                         \x20  4: <lock::Guard as core::ops::drop::Drop>::drop\n\
                         \x20  5: core::ptr::drop_in_place<lock::Guard>\n\
                         \x20  6: lock_tests::suite::a_test::{{closure}}\n\
                         \x20  7: lock::never_reached\n";
        assert_eq!(
            functions(backtrace),
            [
                "lock::locked",
                "<lock::Guard as core::ops::drop::Drop>::drop"
            ]
        );
    }
}
