//! The litmus table: what `orderings` shows of the classic small programs, and what it does not.
//!
//! The names are those of the literature (Alglave, Maranget and Tautschnig, "Herding Cats",
//! 2014). Each program is asked for one outcome, which plain interleaving never gives. What is
//! found in all must be what the axioms allow, but for the gaps, which are known and named.

use std::sync::atomic::Ordering::{self, AcqRel, Acquire, Relaxed, Release, SeqCst};

use super::axioms::allowed;
use super::touch::{Orderings, Outcome, Seen, Touch, search};

/// What is said of the outcome that a program is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Is {
    /// C++20 forbids it, and it is not found.
    Forbidden,
    /// C++20 allows it, and it is found, with all else that is allowed.
    Shown,
    /// C++20 allows it, and it is not found: a known gap.
    Missed(Gap),
}

/// Why an outcome is not found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gap {
    /// A load never sees a store that has not been run yet.
    LoadsDoNotWait,
    /// All writes to one atomic come in the order in which they are run.
    WritesComeInOneOrder,
    /// A store goes on with the release sequence of the store before it.
    StoresDoNotEndReleases,
    /// A compare-exchange that fails sees the newest value.
    FailuresSeeTheNewest,
    /// A load sees one of the last seven values.
    SevenValues,
}

const X: usize = 0;
const Y: usize = 1;

fn load(at: usize, order: Ordering) -> Touch {
    Touch::Load(at, order)
}

fn store(at: usize, value: usize, order: Ordering) -> Touch {
    Touch::Store(at, value, order)
}

/// Runs threads beside the main one, which only waits, and asks for an outcome. `asked` gets
/// what each of them has seen, and the values that are left.
#[track_caller]
fn litmus(threads: &[&[Touch]], is: Is, asked: impl Fn(&[Vec<Seen>], [usize; 2]) -> bool) {
    litmus_within(None, threads, is, asked);
}

/// As [`litmus`], under a bound on preemptions: then what is found need not be all.
#[track_caller]
fn litmus_within(
    bound: Option<u32>,
    threads: &[&[Touch]],
    is: Is,
    asked: impl Fn(&[Vec<Seen>], [usize; 2]) -> bool,
) {
    let mut program = vec![Vec::new()];
    program.extend(threads.iter().map(|touches| touches.to_vec()));
    let asked = |outcome: &Outcome| asked(&outcome.0[1..], outcome.1);
    let searched = search::<Orderings>(&program, bound, 30_000).expect("nothing fails here");
    assert!(searched.is_whole(), "the search is too large: {program:?}");
    let (found, allowed) = (searched.outcomes, allowed(&program));
    let forbidden: Vec<_> = found.difference(&allowed).collect();
    assert!(forbidden.is_empty(), "{program:?} shows {forbidden:?}");
    let (is_found, is_allowed) = (found.iter().any(asked), allowed.iter().any(asked));
    // The axioms do without load buffering.
    let is_allowed = is_allowed || is == Is::Missed(Gap::LoadsDoNotWait);
    let got = match (is_allowed, is_found) {
        (false, _) => "is forbidden",
        (true, true) => "is shown",
        (true, false) => "is missed",
    };
    let expected = match is {
        Is::Forbidden => "is forbidden",
        Is::Shown => "is shown",
        Is::Missed(_) => "is missed",
    };
    assert_eq!(got, expected, "{program:?}");
    if !matches!(is, Is::Missed(_)) && bound.is_none() {
        let missed: Vec<_> = allowed.difference(&found).collect();
        assert!(missed.is_empty(), "{program:?} does not show {missed:?}");
    }
}

/// What a thread has seen in one of its steps.
fn saw(seen: &[Vec<Seen>], thread: usize, step: usize) -> usize {
    match seen[thread][step] {
        Some(Ok(value) | Err(value)) => value,
        None => panic!("step {step} of thread {thread} sees nothing"),
    }
}

/// Store buffering: each thread stores to one atomic and then loads the other.
#[track_caller]
fn sb(one: [Ordering; 2], other: [Ordering; 2], is: Is) {
    let threads: [&[Touch]; 2] = [
        &[store(X, 1, one[0]), load(Y, one[1])],
        &[store(Y, 1, other[0]), load(X, other[1])],
    ];
    litmus(&threads, is, |seen, _| {
        saw(seen, 0, 1) == 0 && saw(seen, 1, 1) == 0
    });
}

#[test]
fn store_buffering_is_kept_away_by_sequential_consistency_alone() {
    for weak in [
        [Relaxed, Relaxed],
        [Release, Acquire],
        [SeqCst, Acquire],
        [SeqCst, Relaxed],
        [Release, SeqCst],
        [Relaxed, SeqCst],
    ] {
        sb(weak, weak, Is::Shown);
        sb(weak, [SeqCst, SeqCst], Is::Shown);
    }
    sb([SeqCst, Acquire], [Release, SeqCst], Is::Shown);
    sb([SeqCst, SeqCst], [SeqCst, SeqCst], Is::Forbidden);
}

#[test]
fn store_buffering_is_kept_away_by_sequentially_consistent_fences() {
    let sb = |one, other, is| {
        let threads: [&[Touch]; 2] = [
            &[store(X, 1, Relaxed), Touch::Fence(one), load(Y, Relaxed)],
            &[store(Y, 1, Relaxed), Touch::Fence(other), load(X, Relaxed)],
        ];
        litmus(&threads, is, |seen, _| {
            saw(seen, 0, 2) == 0 && saw(seen, 1, 2) == 0
        });
    };
    sb(SeqCst, SeqCst, Is::Forbidden);
    sb(AcqRel, AcqRel, Is::Shown);
    sb(SeqCst, AcqRel, Is::Shown);
    // A fence on one side, sequentially consistent accesses on the other.
    let threads: [&[Touch]; 2] = [
        &[store(X, 1, Relaxed), Touch::Fence(SeqCst), load(Y, Relaxed)],
        &[store(Y, 1, SeqCst), load(X, SeqCst)],
    ];
    litmus(&threads, Is::Forbidden, |seen, _| {
        saw(seen, 0, 2) == 0 && saw(seen, 1, 1) == 0
    });
}

#[test]
fn messages_are_passed_by_release_and_acquire() {
    let mp = |release, acquire, is| {
        let threads: [&[Touch]; 2] = [
            &[store(X, 1, Relaxed), store(Y, 1, release)],
            &[load(Y, acquire), load(X, Relaxed)],
        ];
        litmus(&threads, is, |seen, _| {
            saw(seen, 1, 0) == 1 && saw(seen, 1, 1) == 0
        });
    };
    mp(Release, Acquire, Is::Forbidden);
    mp(SeqCst, SeqCst, Is::Forbidden);
    mp(SeqCst, Acquire, Is::Forbidden);
    mp(Relaxed, Acquire, Is::Shown);
    mp(Release, Relaxed, Is::Shown);
    mp(Relaxed, SeqCst, Is::Shown);
    mp(SeqCst, Relaxed, Is::Shown);
}

#[test]
fn messages_are_passed_by_fences() {
    let mp = |release, acquire, is| {
        let threads: [&[Touch]; 2] = [
            &[
                store(X, 1, Relaxed),
                Touch::Fence(release),
                store(Y, 1, Relaxed),
            ],
            &[load(Y, Relaxed), Touch::Fence(acquire), load(X, Relaxed)],
        ];
        litmus(&threads, is, |seen, _| {
            saw(seen, 1, 0) == 1 && saw(seen, 1, 2) == 0
        });
    };
    mp(Release, Acquire, Is::Forbidden);
    mp(SeqCst, SeqCst, Is::Forbidden);
    mp(Acquire, Acquire, Is::Shown);
    mp(Release, Release, Is::Shown);
}

#[test]
fn loads_are_not_buffered() {
    let lb = |first, second, is| {
        let threads: [&[Touch]; 2] = [
            &[load(X, first), store(Y, 1, second)],
            &[load(Y, first), store(X, 1, second)],
        ];
        litmus(&threads, is, |seen, _| {
            saw(seen, 0, 0) == 1 && saw(seen, 1, 0) == 1
        });
    };
    lb(Acquire, Release, Is::Forbidden);
    lb(SeqCst, SeqCst, Is::Forbidden);
    lb(Relaxed, Relaxed, Is::Missed(Gap::LoadsDoNotWait));
}

#[test]
fn two_readers_agree_on_two_writers_by_sequential_consistency_alone() {
    let iriw = |write, read, is| {
        let threads: [&[Touch]; 4] = [
            &[store(X, 1, write)],
            &[store(Y, 1, write)],
            &[load(X, read), load(Y, read)],
            &[load(Y, read), load(X, read)],
        ];
        litmus_within(Some(1), &threads, is, |seen, _| {
            let one = (saw(seen, 2, 0), saw(seen, 2, 1));
            one == (1, 0) && (saw(seen, 3, 0), saw(seen, 3, 1)) == (1, 0)
        });
    };
    iriw(Relaxed, Relaxed, Is::Shown);
    iriw(Release, Acquire, Is::Shown);
    iriw(SeqCst, Acquire, Is::Shown);
    iriw(SeqCst, SeqCst, Is::Forbidden);
}

#[test]
fn writes_to_one_atomic_come_in_the_order_in_which_they_are_run() {
    let two_and_two = |first, second, is| {
        let threads: [&[Touch]; 2] = [
            &[store(X, 1, first), store(Y, 2, second)],
            &[store(Y, 1, first), store(X, 2, second)],
        ];
        litmus(&threads, is, |_, left| left == [1, 1]);
    };
    two_and_two(SeqCst, SeqCst, Is::Forbidden);
    two_and_two(Relaxed, Relaxed, Is::Missed(Gap::WritesComeInOneOrder));
    two_and_two(Release, Release, Is::Missed(Gap::WritesComeInOneOrder));
    let s = |release, acquire, is| {
        let threads: [&[Touch]; 2] = [
            &[store(X, 2, Relaxed), store(Y, 1, release)],
            &[load(Y, acquire), store(X, 1, Relaxed)],
        ];
        litmus(&threads, is, |seen, left| {
            saw(seen, 1, 0) == 1 && left[X] == 2
        });
    };
    s(Release, Acquire, Is::Forbidden);
    s(SeqCst, SeqCst, Is::Forbidden);
    s(Relaxed, Relaxed, Is::Missed(Gap::WritesComeInOneOrder));
}

#[test]
fn what_is_written_last_need_not_be_followed_by_what_is_read() {
    let r = |write, last, read, is| {
        let threads: [&[Touch]; 2] = [
            &[store(X, 1, write), store(Y, 1, write)],
            &[store(Y, 2, last), load(X, read)],
        ];
        litmus(&threads, is, |seen, left| {
            saw(seen, 1, 1) == 0 && left[Y] == 2
        });
    };
    r(Relaxed, Relaxed, Relaxed, Is::Shown);
    r(Release, Release, Acquire, Is::Shown);
    r(SeqCst, SeqCst, Acquire, Is::Shown);
    r(SeqCst, Release, SeqCst, Is::Shown);
    r(SeqCst, SeqCst, SeqCst, Is::Forbidden);
}

#[test]
fn what_was_read_is_passed_on() {
    let wrc = |release, acquire, is| {
        let threads: [&[Touch]; 3] = [
            &[store(X, 1, release)],
            &[load(X, acquire), store(Y, 1, release)],
            &[load(Y, acquire), load(X, Relaxed)],
        ];
        litmus(&threads, is, |seen, _| {
            saw(seen, 1, 0) == 1 && saw(seen, 2, 0) == 1 && saw(seen, 2, 1) == 0
        });
    };
    wrc(Release, Acquire, Is::Forbidden);
    wrc(SeqCst, SeqCst, Is::Forbidden);
    wrc(Relaxed, Acquire, Is::Shown);
    wrc(Release, Relaxed, Is::Shown);
}

#[test]
fn nobody_sees_one_atomic_go_back() {
    let threads: [&[Touch]; 2] = [
        &[store(X, 1, Relaxed)],
        &[load(X, Relaxed), load(X, Relaxed)],
    ];
    litmus(&threads, Is::Forbidden, |seen, _| {
        saw(seen, 1, 0) == 1 && saw(seen, 1, 1) == 0
    });
    let threads: [&[Touch]; 3] = [
        &[store(X, 1, Relaxed), store(X, 2, Relaxed)],
        &[load(X, Relaxed), load(X, Relaxed)],
        &[load(X, Relaxed), load(X, Relaxed)],
    ];
    litmus_within(Some(1), &threads, Is::Forbidden, |seen, _| {
        [1, 2].map(|thread| (saw(seen, thread, 0), saw(seen, thread, 1))) == [(1, 2), (2, 1)]
    });
}

#[test]
fn a_read_modify_write_goes_on_with_a_release_sequence_and_a_store_ends_it() {
    let sequence = |middle: &[Touch], is| {
        let threads: [&[Touch]; 3] = [
            &[store(X, 1, Relaxed), store(Y, 1, Release)],
            middle,
            &[load(Y, Acquire), load(X, Relaxed)],
        ];
        litmus(&threads, is, |seen, _| {
            let went_between = saw(seen, 1, 0) == 1;
            went_between && saw(seen, 2, 0) == 2 && saw(seen, 2, 1) == 0
        });
    };
    sequence(&[Touch::Add(Y, Relaxed)], Is::Forbidden);
    sequence(&[Touch::Swap(Y, 2, Relaxed)], Is::Forbidden);
    let gap = Is::Missed(Gap::StoresDoNotEndReleases);
    sequence(&[load(Y, Relaxed), store(Y, 2, Relaxed)], gap);
    let threads: [&[Touch]; 2] = [
        &[
            store(X, 1, Relaxed),
            store(Y, 1, Release),
            store(Y, 2, Relaxed),
        ],
        &[load(Y, Acquire), load(X, Relaxed)],
    ];
    litmus(&threads, gap, |seen, _| {
        saw(seen, 1, 0) == 2 && saw(seen, 1, 1) == 0
    });
}

#[test]
fn a_compare_exchange_that_fails_sees_the_newest_value() {
    let threads: [&[Touch]; 2] = [
        &[store(X, 1, Relaxed), store(Y, 1, Relaxed)],
        &[load(Y, Relaxed), Touch::Exchange(X, 3, (Relaxed, Relaxed))],
    ];
    litmus(
        &threads,
        Is::Missed(Gap::FailuresSeeTheNewest),
        |seen, _| saw(seen, 1, 0) == 1 && saw(seen, 1, 1) == 0,
    );
}

#[test]
fn a_load_sees_one_of_the_last_seven_values() {
    let oldest = |stores: usize, is| {
        let mut writer: Vec<Touch> = (1..=stores).map(|it| store(X, it, Relaxed)).collect();
        writer.push(store(Y, 1, Relaxed));
        let reader = [load(Y, Relaxed), load(X, Relaxed)];
        litmus(&[&writer, &reader], is, |seen, _| {
            saw(seen, 1, 0) == 1 && saw(seen, 1, 1) == 0
        });
    };
    oldest(6, Is::Shown);
    oldest(7, Is::Missed(Gap::SevenValues));
}
