//! What the system says of the threads of this process: on Linux a good deal, elsewhere nothing.

use std::collections::HashMap;
use std::iter::Sum;
use std::time::Duration;

/// How the system calls a thread.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Task(String);

/// How a thread has fared since it was started.
///
/// What a thread still waits for a processor at this moment is not in it yet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Fare {
    /// How long it had a processor.
    pub(super) ran: Duration,
    /// How long it waited for one while others had them all.
    pub(super) delayed: Duration,
    /// How often it lost one without going to sleep: others wanted it, or it gave way to them.
    pub(super) pushed: u64,
}

impl Fare {
    /// How it has fared since it had fared like this.
    pub(super) fn since(self, before: Fare) -> Fare {
        Fare {
            ran: self.ran.saturating_sub(before.ran),
            delayed: self.delayed.saturating_sub(before.delayed),
            pushed: self.pushed.saturating_sub(before.pushed),
        }
    }
}

impl Sum for Fare {
    fn sum<I: Iterator<Item = Fare>>(fares: I) -> Fare {
        fares.fold(Fare::default(), |sum, fare| Fare {
            ran: sum.ran + fare.ran,
            delayed: sum.delayed + fare.delayed,
            pushed: sum.pushed + fare.pushed,
        })
    }
}

/// What a thread does.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum State {
    /// It runs, or would like to.
    Awake,
    /// It sleeps. One sleep is told from the next by how often the thread has gone to sleep.
    Asleep(u64),
}

impl Task {
    /// The calling thread.
    pub(super) fn current() -> Option<Task> {
        Some(Task(system::current()?))
    }

    /// What it does.
    pub(super) fn state(&self) -> Option<State> {
        let status = system::read(&self.0, "status")?;
        let sleeps = field(&status, "voluntary_ctxt_switches:")?.parse().ok()?;
        Some(match field(&status, "State:")?.starts_with('S') {
            true => State::Asleep(sleeps),
            false => State::Awake,
        })
    }

    /// What it waits for.
    fn wait(&self) -> Wait {
        system::read(&self.0, "syscall").map_or(Wait::Other, |call| system::wait_in(&call))
    }

    /// How it has fared.
    pub(super) fn fare(&self) -> Option<Fare> {
        let stat = system::read(&self.0, "schedstat")?;
        let mut numbers = stat.split_whitespace().map_while(|text| text.parse().ok());
        let status = system::read(&self.0, "status")?;
        Some(Fare {
            ran: Duration::from_nanos(numbers.next()?),
            delayed: Duration::from_nanos(numbers.next()?),
            pushed: field(&status, "nonvoluntary_ctxt_switches:")?
                .parse()
                .ok()?,
        })
    }
}

/// What stands behind a name in a `status`.
fn field<'a>(status: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = status.lines();
    lines
        .find_map(|line| line.strip_prefix(name))
        .map(str::trim)
}

/// How the threads of this process have fared that have not ended, but for the calling one.
pub(super) fn others() -> Option<HashMap<Task, Fare>> {
    let own = Task::current()?;
    own.fare()?;
    let others = system::all()?.map(Task).filter(|task| *task != own);
    // A thread may end between the two looks.
    let fares = others.filter_map(|task| task.fare().map(|fare| (task, fare)));
    Some(fares.collect())
}

/// What a thread that sleeps waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wait {
    /// For another thread.
    Thread,
    /// For another thread or the end of some time.
    ThreadOrTime,
    /// For anything else, or the system does not tell.
    Other,
}

/// Whether all threads of this process but the calling one sleep, and only another thread
/// could wake them, or the end of a time that `is_far`. `false` where the system does not tell.
///
/// There is an instant at which that was so of all at once: between the two looks at how often
/// each has gone to sleep it has not been awake, and the waits were looked at between these.
pub(super) fn others_are_stuck(is_far: impl Fn(&Task) -> bool) -> bool {
    let sleeps = || -> Option<HashMap<Task, State>> {
        let own = Task::current()?;
        let others = system::all()?.map(Task).filter(|task| *task != own);
        others
            .map(|task| task.state().map(|state| (task, state)))
            .collect()
    };
    let sleeps_on = |(task, state): (&Task, &State)| {
        *state != State::Awake
            && match task.wait() {
                Wait::Thread => true,
                Wait::ThreadOrTime => is_far(task),
                Wait::Other => false,
            }
    };
    let Some(before) = sleeps() else { return false };
    before.iter().all(sleeps_on) && sleeps() == Some(before)
}

#[cfg(target_os = "linux")]
mod system {
    use std::fs;

    use super::Wait;

    /// The system call in which threads wait for each other.
    const FUTEX: Option<u64> = if cfg!(target_arch = "x86_64") {
        Some(202)
    } else if cfg!(any(target_arch = "aarch64", target_arch = "riscv64")) {
        Some(98)
    } else {
        None
    };
    /// Its ways to wait, for one value and for some bits of it.
    const WAITS: [u64; 2] = [0, 9];
    /// Whether the memory is shared with other processes, and by which clock time is told.
    const OPTIONS: u64 = 128 | 256;

    /// What a thread waits for in a system call, which the kernel writes with its arguments.
    pub(super) fn wait_in(call: &str) -> Wait {
        let number = |text: &str| match text.strip_prefix("0x") {
            Some(digits) => u64::from_str_radix(digits, 16).ok(),
            None => text.parse().ok(),
        };
        let words: Vec<_> = call.split_whitespace().map(number).collect();
        match words[..] {
            [call @ Some(_), _, Some(operation), _, Some(timeout), ..]
                if call == FUTEX && WAITS.contains(&(operation & !OPTIONS)) =>
            {
                if timeout == 0 {
                    Wait::Thread
                } else {
                    Wait::ThreadOrTime
                }
            }
            _ => Wait::Other,
        }
    }

    /// What the calling thread is called.
    pub(super) fn current() -> Option<String> {
        let link = fs::read_link("/proc/thread-self").ok()?;
        Some(link.file_name()?.to_str()?.to_owned())
    }

    /// What all threads of the process are called.
    pub(super) fn all() -> Option<impl Iterator<Item = String>> {
        let tasks = fs::read_dir("/proc/self/task").ok()?;
        Some(tasks.filter_map(|task| task.ok()?.file_name().into_string().ok()))
    }

    /// What the kernel says of a thread.
    pub(super) fn read(task: &str, file: &str) -> Option<String> {
        fs::read_to_string(format!("/proc/self/task/{task}/{file}")).ok()
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    pub(super) fn current() -> Option<String> {
        None
    }

    pub(super) fn all() -> Option<std::iter::Empty<String>> {
        None
    }

    pub(super) fn read(_: &str, _: &str) -> Option<String> {
        None
    }

    pub(super) fn wait_in(_: &str) -> super::Wait {
        super::Wait::Other
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_thread_that_works_has_run() {
        let task = Task::current().unwrap();
        let Some(before) = task.fare() else {
            return; // A kernel that does not count.
        };
        let mut work = 0u64;
        while task.fare().unwrap().since(before).ran < Duration::from_millis(5) {
            work = std::hint::black_box(work + 1);
        }
        assert_eq!(task.state(), Some(State::Awake));
    }

    #[test]
    fn a_wait_for_a_thread_is_told_from_one_for_a_time() {
        let futex = if cfg!(target_arch = "x86_64") {
            202
        } else {
            98
        };
        for (arguments, expected) in [
            ("0x7f0 0x80 0x2 0x0 0x0 0x0", Wait::Thread),
            ("0x7f0 0x189 0x2 0x0 0x0 0xffffffff", Wait::Thread),
            ("0x7f0 0x189 0x2 0x7fe 0x0 0xffffffff", Wait::ThreadOrTime),
            ("0x7f0 0x81 0x2 0x0 0x0 0x0", Wait::Other),
        ] {
            let call = format!("{futex} {arguments} 0x7ffe 0x7f57\n");
            assert_eq!(system::wait_in(&call), expected, "{call}");
        }
        for call in [
            "running\n",
            "-1 0x7ffe 0x7f57\n",
            "",
            "0 0x3 0x80 0x2 0x0 0x0\n",
        ] {
            assert_eq!(system::wait_in(call), Wait::Other, "{call}");
        }
    }

    #[test]
    fn a_thread_that_sleeps_has_not_run_and_was_not_held_up() {
        let (tell, told) = std::sync::mpsc::channel();
        let sleeper = std::thread::spawn(move || {
            tell.send(Task::current().unwrap()).unwrap();
            std::thread::park();
        });
        let task: Task = told.recv().unwrap();
        while !matches!(task.state(), Some(State::Asleep(_))) {
            std::thread::yield_now();
        }
        let before = task.fare();
        std::thread::sleep(Duration::from_millis(20));
        assert_eq!(task.fare(), before);
        if before.is_some() {
            assert!(others().unwrap().contains_key(&task));
        }
        // A kernel may hide what threads wait for.
        assert!(task.wait() == Wait::Thread || system::read(&task.0, "syscall").is_none());
        sleeper.thread().unpark();
        sleeper.join().unwrap();
    }
}
