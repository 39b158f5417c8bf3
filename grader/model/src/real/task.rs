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
    /// How often it was given one.
    pub(super) turns: u64,
}

impl Fare {
    /// How it has fared since it had fared like this.
    pub(super) fn since(self, before: Fare) -> Fare {
        Fare {
            ran: self.ran.saturating_sub(before.ran),
            delayed: self.delayed.saturating_sub(before.delayed),
            turns: self.turns.saturating_sub(before.turns),
        }
    }
}

impl Sum for Fare {
    fn sum<I: Iterator<Item = Fare>>(fares: I) -> Fare {
        fares.fold(Fare::default(), |sum, fare| Fare {
            ran: sum.ran + fare.ran,
            delayed: sum.delayed + fare.delayed,
            turns: sum.turns + fare.turns,
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
        let field = |name: &str| {
            status
                .lines()
                .find_map(|line| line.strip_prefix(name))
                .map(str::trim)
        };
        let sleeps = field("voluntary_ctxt_switches:")?.parse().ok()?;
        Some(match field("State:")?.starts_with('S') {
            true => State::Asleep(sleeps),
            false => State::Awake,
        })
    }

    /// How it has fared.
    pub(super) fn fare(&self) -> Option<Fare> {
        let stat = system::read(&self.0, "schedstat")?;
        let mut numbers = stat.split_whitespace().map_while(|text| text.parse().ok());
        Some(Fare {
            ran: Duration::from_nanos(numbers.next()?),
            delayed: Duration::from_nanos(numbers.next()?),
            turns: numbers.next()?,
        })
    }
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

#[cfg(target_os = "linux")]
mod system {
    use std::fs;

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
        sleeper.thread().unpark();
        sleeper.join().unwrap();
    }
}
