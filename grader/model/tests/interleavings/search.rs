//! The reduction finds every outcome that trying everything everywhere finds.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

use kata_model::interleavings::sync::atomic::AtomicUsize;
use kata_model::interleavings::sync::{Condvar, Mutex};
use kata_model::interleavings::{Explore, thread};

/// One operation of a random program.
#[derive(Debug, Clone, Copy)]
enum Action {
    Load(usize),
    Store(usize, usize),
    Add(usize),
    /// Takes a mutex, adds under it, and gives it back.
    Guarded(usize),
    /// Takes two mutexes, the lower first, and adds under both.
    Nested,
    /// Tries a mutex and notes whether it was free.
    Try(usize),
    /// Waits until somebody has raised the flag.
    Await,
    /// Raises the flag and notifies.
    Raise,
}

struct World {
    atomics: [AtomicUsize; 2],
    mutexes: [Mutex<usize>; 2],
    flag: (Mutex<bool>, Condvar),
}

fn perform(world: &World, action: Action, log: &mut Vec<usize>) {
    match action {
        Action::Load(at) => log.push(world.atomics[at].load(SeqCst)),
        Action::Store(at, value) => world.atomics[at].store(value, SeqCst),
        Action::Add(at) => log.push(world.atomics[at].fetch_add(1, SeqCst)),
        Action::Guarded(at) => {
            let mut guard = world.mutexes[at].lock().unwrap();
            *guard = *guard * 3 + log.len() + 1;
            log.push(*guard);
        }
        Action::Nested => {
            let first = world.mutexes[0].lock().unwrap();
            let second = world.mutexes[1].lock().unwrap();
            log.push(*first * 100 + *second);
        }
        Action::Try(at) => log.push(usize::from(world.mutexes[at].try_lock().is_ok())),
        Action::Await => {
            let guard = world.flag.0.lock().unwrap();
            drop(world.flag.1.wait_while(guard, |raised| !*raised).unwrap());
        }
        Action::Raise => {
            *world.flag.0.lock().unwrap() = true;
            world.flag.1.notify_all();
        }
    }
}

/// Everything that the threads may have seen, over all executions with at most `bound` disturbances.
fn outcomes(program: &[Vec<Action>], bound: u32, exhaustive: bool) -> (BTreeSet<String>, u64) {
    let seen = Rc::new(RefCell::new(BTreeSet::new()));
    let note = Rc::clone(&seen);
    let program = program.to_vec();
    let mut explore = Explore::new().only(Some(bound), u64::MAX).no_spurious();
    if exhaustive {
        explore = explore.exhaustive();
    }
    let exploration = explore
        .try_run(move || {
            let world = Arc::new(World {
                atomics: [AtomicUsize::new(0), AtomicUsize::new(0)],
                mutexes: [Mutex::new(0), Mutex::new(0)],
                flag: (Mutex::new(false), Condvar::new()),
            });
            let threads: Vec<_> = program
                .iter()
                .map(|actions| {
                    let (world, actions) = (Arc::clone(&world), actions.clone());
                    thread::spawn(move || {
                        let mut log = Vec::new();
                        for action in actions {
                            perform(&world, action, &mut log);
                        }
                        log
                    })
                })
                .collect();
            perform(&world, Action::Raise, &mut Vec::new());
            let logs: Vec<_> = threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .collect();
            let end = world
                .atomics
                .iter()
                .map(|atomic| atomic.load(SeqCst))
                .collect::<Vec<_>>();
            note.borrow_mut().insert(format!("{logs:?} {end:?}"));
        })
        .unwrap_or_else(|failure| panic!("{}", crate::told(&failure)));
    (
        Rc::try_unwrap(seen).map_or_else(|seen| seen.borrow().clone(), RefCell::into_inner),
        exploration.executions,
    )
}

#[test]
fn nothing_is_lost_to_the_reduction() {
    let mut random = fastrand::Rng::with_seed(20);
    let (mut reduced_total, mut exhaustive_total) = (0, 0);
    for round in 0..150 {
        let threads = random.usize(2..=3);
        let program: Vec<Vec<Action>> = (0..threads)
            .map(|_| {
                (0..random.usize(1..=4 - threads / 3))
                    .map(|_| match random.u8(0..8) {
                        0 => Action::Load(random.usize(0..2)),
                        1 => Action::Store(random.usize(0..2), random.usize(1..9)),
                        2 => Action::Add(random.usize(0..2)),
                        3 => Action::Guarded(random.usize(0..2)),
                        4 => Action::Nested,
                        5 => Action::Try(random.usize(0..2)),
                        6 => Action::Await,
                        _ => Action::Raise,
                    })
                    .collect()
            })
            .collect();
        for bound in 0..=2 {
            let (everything, exhaustive) = outcomes(&program, bound, true);
            let (reduced, executions) = outcomes(&program, bound, false);
            assert_eq!(
                reduced, everything,
                "round {round}, bound {bound}: {program:?}"
            );
            reduced_total += executions;
            exhaustive_total += exhaustive;
        }
    }
    println!("{reduced_total} executions in place of {exhaustive_total}");
    assert!(reduced_total < exhaustive_total);
}
