use std::sync::Arc;

use kata_model::interleavings::sync::{LazyLock, Once, OnceLock};
use kata_model::interleavings::{Tracked, catch_panic, thread};

use crate::passes;

#[test]
fn one_initialisation_wins_and_everyone_sees_it() {
    passes(|| {
        let cell = Arc::new(OnceLock::new());
        let threads: Vec<_> = (0..2)
            .map(|n| {
                let cell = Arc::clone(&cell);
                thread::spawn(move || *cell.get_or_init(|| n))
            })
            .collect();
        let seen: Vec<i32> = threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect();
        assert_eq!(seen[0], seen[1]);
        assert_eq!(cell.get(), Some(&seen[0]));
        assert_eq!(cell.set(7), Err(7));
    });
}

#[test]
fn whoever_comes_late_waits_for_the_work() {
    passes(|| {
        let shared = Arc::new((Once::new(), Tracked::new(0)));
        let other = Arc::clone(&shared);
        let thread = thread::spawn(move || {
            other.0.call_once(|| other.1.update(|n| n + 1));
            assert_eq!(other.1.get(), 1);
        });
        shared.0.call_once(|| shared.1.update(|n| n + 1));
        assert_eq!(shared.1.get(), 1);
        thread.join().unwrap();
        assert!(shared.0.is_completed());
    });
}

#[test]
fn a_panic_leaves_a_cell_to_be_tried_again() {
    passes(|| {
        let cell: OnceLock<i32> = OnceLock::new();
        assert!(catch_panic(|| *cell.get_or_init(|| panic!("not yet"))).is_err());
        assert_eq!(cell.get(), None);
        assert_eq!(*cell.get_or_init(|| 3), 3);
    });
}

#[test]
fn a_lazy_value_is_made_once() {
    passes(|| {
        let made = Arc::new(Tracked::new(0));
        let count = Arc::clone(&made);
        let lazy = Arc::new(LazyLock::new(move || {
            count.update(|n| n + 1);
            5
        }));
        let other = Arc::clone(&lazy);
        let thread = thread::spawn(move || **other);
        assert_eq!(**lazy, 5);
        assert_eq!(thread.join().unwrap(), 5);
        assert_eq!(made.get(), 1);
    });
}
