//! Real threads: what semaphores do, and that their waiters sleep.

use std::error::Error;
use std::fmt::{Debug, Display};
use std::mem;
use std::sync::Arc;
use std::time::{Duration, Instant};

use kata_model::real::thread::{self, JoinHandle};
use kata_model::real::{
    Gauge, catch_panic, implements, rounds, size, sleeps_while_blocked, wait_until_asleep, within,
};
use semaphore::{BoundedPermit, BoundedSemaphore, OverRelease, Permit, Semaphore};

/// Long enough, also on a busy machine, for all that need not wait.
const PATIENCE: Duration = Duration::from_secs(2);

/// Longer than any test runs.
const AN_HOUR: Duration = Duration::from_secs(3600);

/// What both kinds of semaphore can do, so that every test can be put to both.
trait Gate: Debug + Send + Sync + Sized + 'static {
    const NAME: &str;
    fn new(permits: usize) -> Self;
    fn acquire(&self);
    fn try_acquire(&self) -> bool;
    fn acquire_timeout(&self, timeout: Duration) -> bool;
    fn release_many(&self, permits: usize);
    fn permits(&self) -> usize;
    fn guard(&self) -> impl Debug;

    fn release(&self) {
        self.release_many(1);
    }

    /// The ways to get a permit that are worth sleeping in.
    fn ways() -> [(&'static str, fn(&Self)); 4] {
        [
            ("acquire", |gate| gate.acquire()),
            ("guard", |gate| mem::forget(gate.guard())),
            ("acquire_timeout(one hour)", |gate| {
                assert!(
                    gate.acquire_timeout(AN_HOUR),
                    "`acquire_timeout` gave up long before its time"
                );
            }),
            ("acquire_timeout(Duration::MAX)", |gate| {
                assert!(
                    gate.acquire_timeout(Duration::MAX),
                    "`acquire_timeout(Duration::MAX)` gave up"
                );
            }),
        ]
    }
}

macro_rules! gate {
    ($type:ident, $released:ident => $check:expr) => {
        impl Gate for $type {
            const NAME: &str = stringify!($type);
            fn new(permits: usize) -> Self {
                $type::new(permits)
            }
            fn acquire(&self) {
                $type::acquire(self);
            }
            fn try_acquire(&self) -> bool {
                $type::try_acquire(self)
            }
            fn acquire_timeout(&self, timeout: Duration) -> bool {
                $type::acquire_timeout(self, timeout)
            }
            fn release_many(&self, permits: usize) {
                if permits == 1 {
                    let $released = $type::release(self);
                    $check
                } else {
                    let $released = $type::release_many(self, permits);
                    $check
                }
            }
            fn permits(&self) -> usize {
                $type::permits(self)
            }
            fn guard(&self) -> impl Debug {
                $type::guard(self)
            }
        }
    };
}

gate!(Semaphore, released => { let () = released; });
gate!(BoundedSemaphore, released => {
    assert!(
        released == Ok(()),
        "permits were missing, and the release that put them back said {released:?}"
    );
});

/// A gate that has room for `bound` permits and holds `permits`.
fn gate<G: Gate>(bound: usize, permits: usize) -> Arc<G> {
    let gate = Arc::new(G::new(bound));
    for _ in permits..bound {
        assert!(
            gate.try_acquire(),
            "`try_acquire` of a {} did not get a permit, and there were some",
            G::NAME
        );
    }
    gate
}

pub fn it_starts_with_its_permits() {
    fn test<G: Gate>() {
        within(PATIENCE, "the first permits are there at once", || {
            for start in [0, 1, 2, 7] {
                let gate = G::new(start);
                for left in (0..start).rev() {
                    assert!(
                        gate.permits() == left + 1,
                        "a {} has {} permits; there should be {}",
                        G::NAME,
                        gate.permits(),
                        left + 1
                    );
                    gate.acquire();
                }
                assert!(
                    gate.permits() == 0 && !gate.try_acquire(),
                    "a {} made with {start} permits has more than that",
                    G::NAME
                );
            }
        });
    }
    test::<Semaphore>();
    test::<BoundedSemaphore>();
}

pub fn it_can_be_dropped_in_any_state() {
    within(PATIENCE, "a semaphore can be dropped", || {
        drop((Semaphore::new(0), BoundedSemaphore::new(0)));
        let out = (Semaphore::new(1), BoundedSemaphore::new(1));
        out.0.acquire();
        out.1.acquire();
        drop(out);
    });
}

pub fn a_try_answers_at_once() {
    fn test<G: Gate>() {
        within(PATIENCE, "`try_acquire` answers at once", || {
            let gate = gate::<G>(2, 2);
            let answers = [(); 4].map(|()| gate.try_acquire());
            assert!(
                answers == [true, true, false, false],
                "four tries for two permits: {answers:?}"
            );
            gate.release();
            let answers = [(); 2].map(|()| gate.try_acquire());
            assert!(
                answers == [true, false],
                "two tries after one permit was released: {answers:?}"
            );
        });
    }
    test::<Semaphore>();
    test::<BoundedSemaphore>();
}

pub fn tries_share_what_is_there() {
    fn test<G: Gate>() {
        rounds(20, |_| {
            within(PATIENCE, "`try_acquire` answers at once", || {
                let gate = gate::<G>(3, 3);
                let trying =
                    [(); 5].map(|()| spawn(&gate, |gate| [gate.try_acquire(), gate.try_acquire()]));
                let answers = trying.into_iter().flat_map(join);
                let successes = answers.filter(|&got_one| got_one).count();
                assert!(
                    successes == 3,
                    "five threads tried twice each for three permits, and {successes} were given out"
                );
            });
        });
    }
    test::<Semaphore>();
    test::<BoundedSemaphore>();
}

pub fn no_more_get_in_than_there_are_permits() {
    fn test<G: Gate>() {
        rounds(8, |_| {
            let rounds = size(15, 1..=60);
            within(PATIENCE, "five threads share two permits", move || {
                let gate = gate::<G>(2, 2);
                let inside = Arc::new(Gauge::new(2));
                let trying: fn(&G) = |gate| {
                    while !gate.try_acquire() {
                        thread::yield_now();
                    }
                };
                let ways = G::ways().map(|(_, way)| way);
                let threads: Vec<_> = ways
                    .into_iter()
                    .chain([trying])
                    .map(|way| {
                        let inside = Arc::clone(&inside);
                        spawn(&gate, move |gate| {
                            for _ in 0..rounds {
                                way(gate);
                                let entered = inside.enter();
                                thread::yield_now();
                                drop(entered);
                                gate.release();
                            }
                        })
                    })
                    .collect();
                threads.into_iter().for_each(join);
                assert!(
                    gate.permits() == 2,
                    "everybody has put back what they took, and of two permits there are {}",
                    gate.permits()
                );
            });
        });
    }
    test::<Semaphore>();
    test::<BoundedSemaphore>();
}

pub fn each_release_lets_one_in() {
    fn test<G: Gate>() {
        let count = size(3, 1..=8);
        within(
            PATIENCE,
            "each release lets a waiting thread in",
            move || {
                let gate = gate::<G>(count, 0);
                let inside = Arc::new(Gauge::new(usize::MAX));
                let ways = G::ways();
                let waiting: Vec<_> = (0..count)
                    .map(|index| {
                        let (_, way) = ways[index % ways.len()];
                        let inside = Arc::clone(&inside);
                        spawn(&gate, move |gate| {
                            way(gate);
                            mem::forget(inside.enter());
                        })
                    })
                    .collect();
                for released in 0..=count {
                    while inside.inside() < released {
                        thread::sleep(Duration::from_millis(1));
                    }
                    waiting.iter().for_each(wait_until_asleep);
                    let inside = inside.inside();
                    assert!(
                        inside == released,
                        "{released} permits were released, and {inside} waiting threads got in"
                    );
                    if released < count {
                        gate.release();
                    }
                }
                waiting.into_iter().for_each(join);
                assert!(
                    gate.permits() == 0,
                    "{count} permits were released and as many taken, and {} are there",
                    gate.permits()
                );
            },
        );
    }
    test::<Semaphore>();
    test::<BoundedSemaphore>();
}

pub fn many_permits_let_many_in() {
    fn test<G: Gate>() {
        let count = size(4, 1..=8);
        within(
            PATIENCE,
            "one `release_many` lets all waiting threads in",
            move || {
                let gate = gate::<G>(count.max(3), 0);
                let ways = G::ways().into_iter().cycle().take(count);
                let waiting: Vec<_> = ways.map(|(_, way)| spawn(&gate, way)).collect();
                waiting.iter().for_each(wait_until_asleep);
                gate.release_many(count);
                waiting.into_iter().for_each(join);
                assert!(
                    gate.permits() == 0,
                    "{count} permits were released and as many taken, and {} are there",
                    gate.permits()
                );
                gate.release_many(3);
                assert!(
                    gate.permits() == 3,
                    "three permits were released at once, and {} are there",
                    gate.permits()
                );
            },
        );
    }
    test::<Semaphore>();
    test::<BoundedSemaphore>();
}

pub fn releasing_nothing_does_nothing() {
    within(PATIENCE, "`release_many(0)` returns at once", || {
        for start in [0, 2] {
            let (plain, bounded) = (Semaphore::new(start), BoundedSemaphore::new(start));
            plain.release_many(0);
            let answer = bounded.release_many(0);
            assert!(
                answer == Ok(()),
                "`release_many(0)` said {answer:?}; it does nothing and succeeds"
            );
            assert!(
                plain.permits() == start && bounded.permits() == start,
                "`release_many(0)` changed the number of permits"
            );
        }
    });
}

pub fn any_thread_may_release() {
    fn test<G: Gate>() {
        within(
            PATIENCE,
            "a permit that another thread put back can be taken",
            || {
                let gate = gate::<G>(1, 0);
                join(spawn(&gate, |gate| gate.release()));
                gate.acquire();
            },
        );
    }
    test::<Semaphore>();
    test::<BoundedSemaphore>();
}

pub fn an_unbounded_semaphore_grows() {
    within(PATIENCE, "additional permits can be taken", || {
        let gate = Semaphore::new(1);
        gate.release();
        gate.release_many(2);
        assert!(
            gate.permits() == 4,
            "one permit at the start and three added make four, and there are {}",
            gate.permits()
        );
        for _ in 0..4 {
            gate.acquire();
        }
        assert!(
            !gate.try_acquire(),
            "a fifth permit was given out, and there were four"
        );
    });
}

pub fn an_over_release_is_an_error() {
    within(PATIENCE, "a bounded semaphore can be used", || {
        let gate = BoundedSemaphore::new(2);
        for history in ["fresh", "acquired and released"] {
            let answers = [gate.release(), gate.release_many(1)];
            assert!(
                answers == [Err(OverRelease), Err(OverRelease)],
                "a full semaphore ({history}) was released, and said {answers:?}"
            );
            assert!(
                gate.permits() == 2,
                "a release that failed changed the number of permits from 2 to {}",
                gate.permits()
            );
            gate.acquire();
            gate.acquire();
            assert!(!gate.try_acquire(), "a failed release added a permit");
            let answers = [gate.release(), gate.release()];
            assert!(
                answers == [Ok(()), Ok(())],
                "two permits were out, and putting them back said {answers:?}"
            );
        }
    });
}

pub fn a_bounded_release_is_all_or_nothing() {
    within(PATIENCE, "a bounded semaphore can be used", || {
        let gate = BoundedSemaphore::new(3);
        gate.acquire();
        for many in [2, 3, usize::MAX - 1, usize::MAX] {
            let answer = gate.release_many(many);
            assert!(
                answer == Err(OverRelease),
                "one permit was out, and `release_many({many})` said {answer:?}"
            );
            assert!(
                gate.permits() == 2,
                "`release_many({many})` failed, and changed the number of permits from 2 to {}",
                gate.permits()
            );
        }
        gate.acquire();
        gate.acquire();
        let answer = gate.release_many(3);
        assert!(
            answer == Ok(()) && gate.permits() == 3,
            "three permits were out; `release_many(3)` said {answer:?}, and {} are there",
            gate.permits()
        );
    });
}

pub fn a_bounded_count_never_passes_its_bound() {
    rounds(20, |_| {
        within(
            PATIENCE,
            "threads acquire and release at the same time",
            || {
                let gate = gate::<BoundedSemaphore>(4, 4);
                let acquiring = [(); 4].map(|()| spawn(&gate, |gate| gate.acquire()));
                acquiring.into_iter().for_each(join);
                let releasing = [(); 6].map(|()| spawn(&gate, |gate| gate.release()));
                let successes = releasing
                    .into_iter()
                    .map(join)
                    .filter(Result::is_ok)
                    .count();
                assert!(
                    successes == 4 && gate.permits() == 4,
                    "four permits were out and six threads released; {successes} succeeded, and {} permits are there",
                    gate.permits()
                );
            },
        );
    });
}

pub fn a_timed_wait_lasts_its_time() {
    fn test<G: Gate>() {
        within(PATIENCE, "a timed wait ends", || {
            let gate = gate::<G>(1, 0);
            for micros in (700..1000).step_by(50).chain([10_700]) {
                let timeout = Duration::from_micros(micros);
                let start = Instant::now();
                let got_one = gate.acquire_timeout(timeout);
                let waited = start.elapsed();
                assert!(
                    !got_one,
                    "`acquire_timeout` got a permit, and there was none"
                );
                assert!(
                    waited >= timeout,
                    "`acquire_timeout({timeout:?})` gave up after {waited:?}"
                );
            }
        });
    }
    test::<Semaphore>();
    test::<BoundedSemaphore>();
}

pub fn a_timed_wait_ends_when_a_permit_comes() {
    fn test<G: Gate>() {
        for (way, acquire) in G::ways() {
            let expectation = format!("`{way}` returns soon after a permit is released");
            within(PATIENCE, &expectation, move || {
                let gate = gate::<G>(1, 0);
                let waiting = spawn(&gate, acquire);
                wait_until_asleep(&waiting);
                gate.release();
                join(waiting);
                assert!(
                    gate.permits() == 0,
                    "`{way}` said that it took the only permit, and it is there"
                );
            });
        }
    }
    test::<Semaphore>();
    test::<BoundedSemaphore>();
}

pub fn a_timeout_of_zero_tries_once() {
    fn test<G: Gate>() {
        within(
            PATIENCE,
            "`acquire_timeout` of zero returns at once",
            || {
                let gate = gate::<G>(1, 1);
                let answers = [(); 2].map(|()| gate.acquire_timeout(Duration::ZERO));
                assert!(
                    answers == [true, false],
                    "`acquire_timeout` of zero was asked twice for one permit and said {answers:?}"
                );
            },
        );
    }
    test::<Semaphore>();
    test::<BoundedSemaphore>();
}

pub fn the_longest_timeout_is_for_ever() {
    fn test<G: Gate>() {
        within(
            PATIENCE,
            "`acquire_timeout(Duration::MAX)` gets a permit",
            || {
                for timeout in [Duration::MAX, Duration::MAX - Duration::from_nanos(1)] {
                    let gate = gate::<G>(1, 1);
                    assert!(
                        gate.acquire_timeout(timeout),
                        "`acquire_timeout(Duration::MAX)` did not get a permit that was there"
                    );
                    let waiting = spawn(&gate, move |gate| gate.acquire_timeout(timeout));
                    wait_until_asleep(&waiting);
                    gate.release();
                    assert!(
                        join(waiting),
                        "`acquire_timeout(Duration::MAX)` gave up instead of waiting for ever"
                    );
                }
            },
        );
    }
    test::<Semaphore>();
    test::<BoundedSemaphore>();
}

pub fn giving_up_leaves_no_trace() {
    fn test<G: Gate>() {
        within(
            PATIENCE,
            "the permits can be used after somebody has given up",
            || {
                let gate = gate::<G>(1, 0);
                let gave_up = spawn(&gate, |gate| {
                    !gate.acquire_timeout(Duration::ZERO)
                        && !gate.acquire_timeout(Duration::from_millis(5))
                });
                assert!(
                    join(gave_up),
                    "`acquire_timeout` got a permit, and there was none"
                );
                gate.release();
                assert!(
                    gate.permits() == 1 && gate.try_acquire(),
                    "a thread gave up waiting, then a permit was released, and it is not there"
                );
            },
        );
    }
    test::<Semaphore>();
    test::<BoundedSemaphore>();
}

pub fn a_guard_puts_its_permit_back() {
    within(PATIENCE, "guards take permits and put them back", || {
        let gate = Semaphore::new(3);
        {
            let _outer = gate.guard();
            let _inner = gate.guard();
            let left = gate.permits();
            assert!(
                left == 1,
                "two of three permits are out, and {left} are left"
            );
        }
        let left = gate.permits();
        assert!(
            left == 3,
            "the guards of all three permits are gone, and {left} are there"
        );
        panic_after(|| (gate.guard(), gate.guard()));
        let left = gate.permits();
        assert!(
            left == 3,
            "a panic dropped two guards, and of three permits {left} are there"
        );
    });
}

pub fn a_bounded_guard_puts_its_permit_back() {
    within(PATIENCE, "guards take permits and put them back", || {
        let gate = BoundedSemaphore::new(3);
        {
            let _outer = gate.guard();
            let _inner = gate.guard();
            let left = gate.permits();
            assert!(
                left == 1,
                "two of three permits are out, and {left} are left"
            );
        }
        let left = gate.permits();
        assert!(
            left == 3,
            "the guards of all three permits are gone, and {left} are there"
        );
        panic_after(|| (gate.guard(), gate.guard()));
        let left = gate.permits();
        assert!(
            left == 3,
            "a panic dropped two guards, and of three permits {left} are there"
        );
    });
}

pub fn a_guard_ignores_a_release_by_hand() {
    within(PATIENCE, "a guard is dropped", || {
        let gate = BoundedSemaphore::new(1);
        let guard = gate.guard();
        Gate::release(&gate);
        let dropped = catch_panic(|| drop(guard));
        assert!(
            dropped.is_ok(),
            "the permit was put back by hand, and then dropping the guard panicked: {dropped:?}"
        );
        assert!(
            gate.permits() == 1,
            "a guard that had nothing left to put back made it {} permits",
            gate.permits()
        );
    });
}

pub fn a_panic_breaks_nothing() {
    fn test<G: Gate>() {
        within(PATIENCE, "the semaphore works after a panic", || {
            let gate = gate::<G>(1, 1);
            join(spawn(&gate, |gate| panic_after(|| gate.acquire())));
            assert!(
                !gate.try_acquire(),
                "a thread panicked between `acquire` and `release`, and its permit is there; nobody has put it back"
            );
            gate.release();
            for (_, acquire) in G::ways() {
                acquire(&gate);
                gate.release();
            }
        });
    }
    test::<Semaphore>();
    test::<BoundedSemaphore>();
}

pub fn waiting_is_sleeping() {
    fn test<G: Gate>() {
        for (way, acquire) in G::ways() {
            within(PATIENCE, "a waiting thread gets a permit", move || {
                let gate = gate::<G>(1, 0);
                let waiting = Arc::clone(&gate);
                sleeps_while_blocked(
                    &format!("a thread in `{way}`"),
                    Duration::from_millis(40),
                    move || acquire(&waiting),
                    || gate.release(),
                );
            });
        }
    }
    test::<Semaphore>();
    test::<BoundedSemaphore>();
}

pub fn debug_never_waits() {
    fn test<G: Gate>() {
        within(PATIENCE, "`{:?}` of a semaphore answers at once", || {
            let gate = gate::<G>(1, 1);
            let free = format!("{gate:?}");
            let guard = gate.guard();
            let taken = format!("{gate:?} {guard:?}");
            let elsewhere = join(spawn(&gate, |gate| format!("{gate:?}")));
            assert!(
                ![free, taken, elsewhere].contains(&String::new()),
                "`{{:?}}` of a semaphore says nothing"
            );
        });
    }
    test::<Semaphore>();
    test::<BoundedSemaphore>();
}

pub fn every_type_can_be_shared() {
    drop((Semaphore::new(1), BoundedSemaphore::new(1)));
    let wanted = [
        ("Semaphore", "Send", implements!(Semaphore: Send)),
        ("Semaphore", "Sync", implements!(Semaphore: Sync)),
        (
            "BoundedSemaphore",
            "Send",
            implements!(BoundedSemaphore: Send),
        ),
        (
            "BoundedSemaphore",
            "Sync",
            implements!(BoundedSemaphore: Sync),
        ),
        ("Permit", "Send", implements!(Permit<'static>: Send)),
        ("Permit", "Sync", implements!(Permit<'static>: Sync)),
        (
            "BoundedPermit",
            "Send",
            implements!(BoundedPermit<'static>: Send),
        ),
        (
            "BoundedPermit",
            "Sync",
            implements!(BoundedPermit<'static>: Sync),
        ),
        ("OverRelease", "Send", implements!(OverRelease: Send)),
        ("OverRelease", "Sync", implements!(OverRelease: Sync)),
        ("OverRelease", "Clone", implements!(OverRelease: Clone)),
        ("OverRelease", "Eq", implements!(OverRelease: Eq)),
        ("OverRelease", "Display", implements!(OverRelease: Display)),
        ("OverRelease", "Error", implements!(OverRelease: Error)),
    ];
    for (name, property, holds) in wanted {
        assert!(holds, "`{name}` is not `{property}`");
    }
    assert!(
        !OverRelease.to_string().is_empty(),
        "the error `OverRelease` has no text"
    );
}

/// Starts a thread that uses the gate.
fn spawn<G: Gate, R: Send + 'static>(
    gate: &Arc<G>,
    body: impl FnOnce(&G) -> R + Send + 'static,
) -> JoinHandle<R> {
    let gate = Arc::clone(gate);
    thread::spawn(move || body(&gate))
}

fn join<R>(thread: JoinHandle<R>) -> R {
    thread.join().unwrap()
}

/// Panics when `body` is through, and catches that panic and no other.
fn panic_after<R>(body: impl FnOnce() -> R) {
    let result: Result<(), String> = catch_panic(|| {
        let _dropped_by_the_panic = body();
        panic!("on purpose");
    });
    if let Err(text) = result
        && text != "on purpose"
    {
        panic!("{text}");
    }
}
