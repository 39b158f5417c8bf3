//! Every interleaving: two or three threads, one or two operations each.

use std::fmt::Debug;
use std::mem;
use std::sync::Arc;
use std::time::Duration;

use kata_model::interleavings::sync::mpsc;
use kata_model::interleavings::thread::{self, JoinHandle};
use kata_model::interleavings::time::Instant;
use kata_model::interleavings::{Explore, Gauge, Tracked, advance, catch_panic, explore};
use semaphore::{BoundedSemaphore, OverRelease, Semaphore};

/// Not a whole number of milliseconds, lest rounding go unnoticed.
const TIMEOUT: Duration = Duration::from_micros(100_700);

/// What both kinds of semaphore can do, so that every test can be put to both.
trait Gate: Debug + Send + Sync + Sized + 'static {
    fn new(permits: usize) -> Self;
    fn acquire(&self);
    fn try_acquire(&self) -> bool;
    fn acquire_timeout(&self, timeout: Duration) -> bool;
    fn release(&self);
    fn release_many(&self, permits: usize);
    fn permits(&self) -> usize;
    /// Acquires by way of a guard, which is left out of account from then on.
    fn acquire_guard(&self);
    fn with_guard<R>(&self, body: impl FnOnce() -> R) -> R;
}

macro_rules! gate {
    ($type:ident, $released:ident => $check:expr) => {
        impl Gate for $type {
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
            fn release(&self) {
                let $released = $type::release(self);
                $check
            }
            fn release_many(&self, permits: usize) {
                let $released = $type::release_many(self, permits);
                $check
            }
            fn permits(&self) -> usize {
                $type::permits(self)
            }
            fn acquire_guard(&self) {
                mem::forget($type::guard(self));
            }
            fn with_guard<R>(&self, body: impl FnOnce() -> R) -> R {
                let _guard = $type::guard(self);
                body()
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

/// The ways to wait for a permit. For tests in which time stands still while anybody can run.
fn kinds<G: Gate>() -> [fn(&G); 3] {
    [
        |gate| gate.acquire(),
        |gate| gate.acquire_guard(),
        |gate| {
            let (got_one, waited) = timed(gate);
            assert!(
                got_one && waited < TIMEOUT,
                "a permit was released at once, and `acquire_timeout({TIMEOUT:?})` said {got_one} after {waited:?}"
            );
        },
    ]
}

/// Puts a test to both kinds of semaphore, and to each pair of different ways to wait.
macro_rules! both_with_pairs {
    ($test:ident) => {{
        for pair in [(0, 1), (1, 2), (2, 0)] {
            let no_timeouts = || Explore::new().no_timeouts();
            no_timeouts().run(move || $test::<Semaphore>(pair));
            no_timeouts().run(move || $test::<BoundedSemaphore>(pair));
        }
    }};
}

/// Puts a test to both kinds of semaphore.
macro_rules! both {
    ($test:ident) => {{
        explore($test::<Semaphore>);
        explore($test::<BoundedSemaphore>);
    }};
}

/// A gate all of whose `bound` permits are out.
fn empty<G: Gate>(bound: usize) -> Arc<G> {
    let gate = Arc::new(G::new(bound));
    for _ in 0..bound {
        assert!(
            gate.try_acquire(),
            "`try_acquire` did not get a permit, and there were some"
        );
    }
    gate
}

pub fn no_wakeup_is_lost() {
    fn test<G: Gate>() {
        let gate = empty::<G>(1);
        let waiting = spawn(&gate, |gate| gate.acquire());
        gate.release();
        join(waiting);
    }
    both!(test);
}

pub fn two_releases_let_two_in() {
    fn test<G: Gate>() {
        let gate = empty::<G>(2);
        let waiting = [(); 2].map(|()| spawn(&gate, |gate| gate.acquire()));
        gate.release();
        gate.release();
        waiting.into_iter().for_each(join);
        nothing_is_left(&*gate);
    }
    both!(test);
}

pub fn many_permits_let_many_in() {
    fn test<G: Gate>() {
        let gate = empty::<G>(2);
        let waiting = [(); 2].map(|()| spawn(&gate, |gate| gate.acquire()));
        gate.release_many(2);
        waiting.into_iter().for_each(join);
        nothing_is_left(&*gate);
    }
    both!(test);
}

pub fn all_kinds_wait_in_one_line() {
    /// Two threads wait for the only permit, which comes back by hand or from a guard.
    fn test<G: Gate>(pair: (usize, usize), by_hand: bool) {
        let gate = Arc::new(G::new(1));
        let start = || {
            let waiting = [kinds()[pair.0], kinds()[pair.1]].map(|acquire: fn(&G)| {
                spawn(&gate, move |gate| {
                    acquire(gate);
                    gate.release();
                })
            });
            waiting.iter().for_each(JoinHandle::wait_until_blocked);
            waiting
        };
        let waiting = if by_hand {
            gate.acquire();
            let waiting = start();
            gate.release();
            waiting
        } else {
            gate.with_guard(start)
        };
        waiting.into_iter().for_each(join);
    }
    fn by_hand<G: Gate>(pair: (usize, usize)) {
        test::<G>(pair, true);
    }
    fn by_guard<G: Gate>(pair: (usize, usize)) {
        test::<G>(pair, false);
    }
    both_with_pairs!(by_hand);
    both_with_pairs!(by_guard);
}

pub fn many_permits_let_all_kinds_in() {
    fn test<G: Gate>((first, second): (usize, usize)) {
        let gate = empty::<G>(2);
        let waiting = [kinds()[first], kinds()[second]].map(|acquire| spawn(&gate, acquire));
        waiting.iter().for_each(JoinHandle::wait_until_blocked);
        gate.release_many(2);
        waiting.into_iter().for_each(join);
        nothing_is_left(&*gate);
    }
    both_with_pairs!(test);
}

pub fn overtaken_again_and_again_it_waits_on() {
    fn test<G: Gate>(acquire: fn(&G)) {
        let gate = empty::<G>(1);
        let inside = Arc::new(Gauge::new(1));
        let seen = Arc::clone(&inside);
        let waiting = spawn(&gate, move |gate| {
            acquire(gate);
            drop(seen.enter());
        });
        waiting.wait_until_blocked();
        for _ in 0..5 {
            gate.release();
            if !gate.try_acquire() {
                // The waiting thread was given the permit, and cannot be overtaken.
                return join(waiting);
            }
            let entered = inside.enter();
            waiting.wait_until_blocked();
            drop(entered);
        }
        gate.release();
        join(waiting);
    }
    for kind in 0..3 {
        let no_timeouts = || Explore::new().no_timeouts();
        no_timeouts().run(move || test::<Semaphore>(kinds()[kind]));
        no_timeouts().run(move || test::<BoundedSemaphore>(kinds()[kind]));
    }
}

pub fn each_release_lets_one_in() {
    fn test<G: Gate>() {
        let gate = empty::<G>(2);
        let (inside, who_is_inside) = mpsc::channel();
        let waiting = [(); 2].map(|()| {
            let inside = inside.clone();
            spawn(&gate, move |gate| {
                gate.acquire();
                inside.send(()).unwrap();
            })
        });
        for _ in 0..2 {
            assert!(
                who_is_inside.try_recv().is_err(),
                "more threads got in than permits were released"
            );
            gate.release();
            who_is_inside.recv().unwrap();
        }
        waiting.into_iter().for_each(join);
        nothing_is_left(&*gate);
    }
    both!(test);
}

pub fn nobody_gets_in_without_a_permit() {
    fn test<G: Gate>() {
        let gate = empty::<G>(1);
        let inside = Arc::new(Gauge::new(1));
        let entered = inside.enter();
        let seen = Arc::clone(&inside);
        let waiting = spawn(&gate, move |gate| {
            gate.acquire();
            drop(seen.enter());
        });
        drop(entered);
        gate.release();
        join(waiting);
        nothing_is_left(&*gate);
    }
    both!(test);
}

pub fn one_permit_is_a_lock() {
    fn test<G: Gate>() {
        let shared = Arc::new((G::new(1), Gauge::new(1), Tracked::new(0)));
        let turn = |(gate, inside, turns): &(G, Gauge, Tracked<u32>)| {
            gate.acquire();
            let entered = inside.enter();
            turns.update(|turns| turns + 1);
            drop(entered);
            gate.release();
        };
        let others = [(); 2].map(|()| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || turn(&shared))
        });
        turn(&shared);
        others.into_iter().for_each(join);
        let permits = shared.0.permits();
        assert!(
            permits == 1,
            "the only permit was taken and put back three times, and {permits} are there"
        );
    }
    both!(test);
}

pub fn a_release_publishes_to_acquire() {
    fn test<G: Gate>() {
        let gate = empty::<G>(1);
        let letter = Arc::new(Tracked::new(0));
        let written = Arc::clone(&letter);
        let writer = spawn(&gate, move |gate| {
            written.set(7);
            gate.release();
        });
        gate.acquire();
        assert!(
            letter.get() == 7,
            "what was written before the release is not there after the acquire"
        );
        join(writer);
    }
    both!(test);
}

pub fn a_stray_unpark_does_no_harm() {
    fn test<G: Gate>() {
        let gate = empty::<G>(1);
        let inside = Arc::new(Gauge::new(1));
        let entered = inside.enter();
        let turn = |gate: &G, inside: &Gauge| {
            gate.acquire();
            drop(inside.enter());
            gate.release();
        };
        let [first, second] = [Arc::clone(&inside), Arc::clone(&inside)];
        let unparked = spawn(&gate, move |gate| {
            // Left over from something else that this thread has done.
            thread::current().unpark();
            turn(gate, &first);
        });
        let other = spawn(&gate, move |gate| turn(gate, &second));
        drop(entered);
        gate.release();
        join(unparked);
        join(other);
    }
    both!(test);
}

pub fn a_try_never_waits() {
    fn test<G: Gate>() {
        let gate = empty::<G>(1);
        let start = Instant::now();
        let got_one = spawn(&gate, |gate| {
            gate.try_acquire() || gate.acquire_timeout(Duration::ZERO)
        });
        assert!(!join(got_one), "a try got a permit, and there was none");
        assert!(
            start.elapsed() < Duration::from_millis(1),
            "a try took {:?}; it should not wait at all",
            start.elapsed()
        );
        gate.release();
        assert!(
            gate.try_acquire(),
            "a permit is there, and `try_acquire` did not get it; failed tries must change nothing"
        );
    }
    both!(test);
}

pub fn a_try_does_not_wait_for_who_waits() {
    fn test<G: Gate>() {
        let gate = empty::<G>(1);
        let waiting = spawn(&gate, |gate| gate.acquire());
        waiting.wait_until_blocked();
        assert!(
            !gate.try_acquire() && !gate.acquire_timeout(Duration::ZERO),
            "a try got a permit, and there was none"
        );
        gate.release_many(0);
        let seen = gate.permits();
        assert!(
            seen == 0,
            "there was no permit, another thread waited for one, and `permits` said {seen}"
        );
        let _ = format!("{gate:?}");
        gate.release();
        join(waiting);
    }
    both!(test);
    explore(|| {
        let gate = Arc::new(BoundedSemaphore::new(0));
        let waiting = spawn(&gate, |gate| gate.acquire_timeout(TIMEOUT));
        waiting.wait_until_blocked();
        let answer = gate.release();
        assert!(
            answer == Err(OverRelease),
            "a bounded semaphore of 0 permits was released while a thread waited, and said {answer:?}"
        );
        assert!(
            !join(waiting),
            "there never was a permit, and a thread got one"
        );
    });
}

pub fn two_tries_for_one_permit() {
    fn test<G: Gate>() {
        let gate = Arc::new(G::new(1));
        let other = spawn(&gate, |gate| gate.try_acquire());
        let mine = gate.try_acquire();
        let other = join(other);
        assert!(
            !(mine && other),
            "two threads tried to get the only permit, and both got it"
        );
        let (given, left) = (usize::from(mine) + usize::from(other), gate.permits());
        assert!(
            given + left == 1,
            "of one permit, {given} were given out and {left} are left"
        );
    }
    both!(test);
}

pub fn three_tries_for_one_permit() {
    fn test<G: Gate>() {
        let gate = Arc::new(G::new(1));
        let others = [(); 2].map(|()| spawn(&gate, |gate| gate.try_acquire()));
        let mine = gate.try_acquire();
        let given = usize::from(mine)
            + others
                .map(|other| usize::from(join(other)))
                .iter()
                .sum::<usize>();
        assert!(
            given <= 1,
            "three threads tried to get the only permit, and {given} got one"
        );
        assert!(
            given + gate.permits() == 1,
            "of one permit, {given} were given out and {} are left",
            gate.permits()
        );
    }
    both!(test);
}

pub fn the_count_is_never_wrong() {
    fn test<G: Gate>() {
        let gate = empty::<G>(1);
        let trying = spawn(&gate, |gate| gate.try_acquire());
        let seen = gate.permits();
        assert!(
            seen == 0,
            "there was no permit, another thread tried to get one, and `permits` said {seen}"
        );
        assert!(!join(trying), "a try got a permit, and there was none");
    }
    both!(test);
}

pub fn a_question_takes_nothing() {
    fn test<G: Gate>() {
        let gate = Arc::new(G::new(1));
        let other = spawn(&gate, |gate| {
            let _ = gate.permits();
            let _ = format!("{gate:?}");
        });
        assert!(
            gate.try_acquire(),
            "`try_acquire` did not get a permit because another thread looked with `permits` or `{{:?}}`"
        );
        join(other);
    }
    both!(test);
}

pub fn of_two_releases_one_counts() {
    explore(|| {
        let gate = Arc::new(BoundedSemaphore::new(2));
        gate.acquire();
        let other = spawn(&gate, |gate| gate.release());
        let mine = gate.release();
        let mut answers = [mine, join(other)];
        answers.sort_by_key(Result::is_err);
        assert!(
            answers == [Ok(()), Err(OverRelease)],
            "one permit was missing, two threads put one back, and got {answers:?}"
        );
        let permits = gate.permits();
        assert!(
            permits == 2,
            "a bounded semaphore of 2 permits has {permits} of them"
        );
    });
}

pub fn a_failed_release_changes_nothing() {
    explore(|| {
        let gate = Arc::new(BoundedSemaphore::new(2));
        gate.acquire();
        gate.acquire();
        let releasing = spawn(&gate, |gate| {
            [gate.release_many(3), gate.release_many(usize::MAX)]
        });
        let got_one = gate.try_acquire();
        let seen = gate.permits();
        let answers = join(releasing);
        assert!(
            answers == [Err(OverRelease), Err(OverRelease)],
            "more permits were put back than were out, and the answers were {answers:?}"
        );
        assert!(
            !got_one && seen == 0,
            "a release that failed let others see permits for a moment"
        );
        let permits = gate.permits();
        assert!(
            permits == 0,
            "a release that failed changed the number of permits from 0 to {permits}"
        );
    });
}

pub fn a_timed_wait_lasts_its_time() {
    fn test<G: Gate>() {
        let gate = empty::<G>(1);
        let (got_one, waited) = timed(&*gate);
        assert!(
            !got_one,
            "`acquire_timeout` got a permit, and there was none"
        );
        assert!(
            waited >= TIMEOUT,
            "`acquire_timeout({TIMEOUT:?})` gave up after {waited:?}"
        );
        assert!(
            waited < TIMEOUT * 3 / 2,
            "`acquire_timeout({TIMEOUT:?})` gave up only after {waited:?}"
        );
    }
    both!(test);
}

pub fn one_waiter_does_not_hold_up_another() {
    fn test<G: Gate>() {
        let gate = empty::<G>(1);
        let patient = spawn(&gate, |gate| gate.acquire());
        patient.wait_until_blocked();
        let (got_one, waited) = timed(&*gate);
        assert!(
            !got_one,
            "`acquire_timeout` got a permit, and there was none"
        );
        assert!(
            waited < TIMEOUT * 3 / 2,
            "another thread waited as well, and `acquire_timeout({TIMEOUT:?})` took {waited:?}"
        );
        gate.release();
        join(patient);
    }
    both!(test);
}

pub fn what_was_written_is_there_at_the_deadline() {
    fn test<G: Gate>() {
        let gate = empty::<G>(1);
        let letter = Arc::new(Tracked::new(0));
        let written = Arc::clone(&letter);
        let waiting = spawn(&gate, move |gate| {
            if gate.acquire_timeout(TIMEOUT) {
                assert!(
                    written.get() == 7,
                    "what was written before the release is not there for whom `acquire_timeout` let in"
                );
            }
        });
        letter.set(7);
        gate.release();
        join(waiting);
    }
    both!(test);
}

pub fn woken_in_vain_it_lasts_its_time() {
    fn test<G: Gate>() {
        let gate = empty::<G>(1);
        let waiting = spawn(&gate, timed);
        gate.release();
        let overtook = gate.try_acquire();
        let (got_one, waited) = join(waiting);
        assert!(
            got_one != overtook,
            "two threads were after one permit: {}",
            if got_one {
                "both got it"
            } else {
                "neither got it"
            }
        );
        assert!(
            got_one || waited >= TIMEOUT,
            "`acquire_timeout({TIMEOUT:?})` was woken, another thread was quicker, and it gave up after {waited:?}"
        );
    }
    both!(test);
}

pub fn woken_in_vain_it_keeps_its_deadline() {
    fn test<G: Gate>() {
        let gate = empty::<G>(1);
        let waiting = spawn(&gate, timed);
        waiting.wait_until_blocked();
        advance(TIMEOUT * 3 / 4);
        gate.release();
        let _overtook = gate.try_acquire();
        let (_, waited) = join(waiting);
        assert!(
            waited < TIMEOUT * 3 / 2,
            "`acquire_timeout({TIMEOUT:?})` was woken, another thread was quicker, and it took {waited:?} in all"
        );
    }
    Explore::new().no_timeouts().run(test::<Semaphore>);
    Explore::new().no_timeouts().run(test::<BoundedSemaphore>);
}

pub fn a_timed_waiter_answers_the_truth() {
    fn test<G: Gate>() {
        let gate = empty::<G>(1);
        let waiting = spawn(&gate, timed);
        gate.release();
        let (got_one, waited) = join(waiting);
        let left = gate.permits();
        assert!(
            left + usize::from(got_one) == 1,
            "one permit was released, `acquire_timeout` said {got_one}, and {left} are left"
        );
        assert!(
            got_one || waited >= TIMEOUT,
            "`acquire_timeout({TIMEOUT:?})` gave up after {waited:?}"
        );
    }
    both!(test);
}

pub fn giving_up_swallows_no_wakeup() {
    fn test<G: Gate>() {
        let gate = empty::<G>(1);
        let in_a_hurry = spawn(&gate, |gate| {
            if gate.acquire_timeout(TIMEOUT) {
                gate.release();
            }
        });
        let patient = spawn(&gate, |gate| gate.acquire());
        gate.release();
        join(patient);
        join(in_a_hurry);
    }
    both!(test);
}

pub fn a_release_at_the_deadline_reaches_who_waits_on() {
    fn test<G: Gate>() {
        let gate = empty::<G>(1);
        let in_a_hurry = spawn(&gate, |gate| {
            if gate.acquire_timeout(TIMEOUT) {
                gate.release();
            }
        });
        let patient = spawn(&gate, |gate| gate.acquire_guard());
        patient.wait_until_blocked();
        gate.release();
        join(patient);
        join(in_a_hurry);
    }
    both!(test);
}

pub fn giving_up_leaves_no_trace() {
    fn test<G: Gate>() {
        let gate = empty::<G>(1);
        let waiting = spawn(&gate, timed);
        let (got_one, _) = join(waiting);
        assert!(
            !got_one,
            "`acquire_timeout` got a permit, and there was none"
        );
        gate.release();
        assert!(
            gate.permits() == 1 && gate.try_acquire(),
            "a thread gave up waiting, then a permit was released, and it is not there"
        );
    }
    both!(test);
}

pub fn the_longest_timeout_is_for_ever() {
    fn test<G: Gate>() {
        let gate = empty::<G>(1);
        let waiting = spawn(&gate, |gate| gate.acquire_timeout(Duration::MAX));
        gate.release();
        assert!(
            join(waiting),
            "`acquire_timeout(Duration::MAX)` gave up instead of waiting for ever"
        );
        nothing_is_left(&*gate);
    }
    both!(test);
}

pub fn a_panic_lets_the_next_thread_in() {
    fn test<G: Gate>() {
        let gate = Arc::new(G::new(1));
        let panicking = spawn(&gate, |gate| {
            let result: Result<(), String> =
                catch_panic(|| gate.with_guard(|| panic!("on purpose")));
            drop(result);
        });
        gate.acquire();
        gate.release();
        join(panicking);
        let permits = gate.permits();
        assert!(
            permits == 1,
            "a panic dropped the guard of the only permit, and {permits} are there"
        );
    }
    both!(test);
}

pub fn waiting_is_sleeping() {
    fn test<G: Gate>() {
        let ways: [fn(&G) -> bool; 3] = [
            |gate| {
                gate.acquire();
                true
            },
            |gate| gate.acquire_timeout(TIMEOUT),
            |gate| gate.acquire_timeout(Duration::MAX),
        ];
        for acquire in ways {
            explore(move || {
                let gate = empty::<G>(1);
                let waiting = spawn(&gate, acquire);
                waiting.wait_until_blocked();
                gate.release();
                join(waiting);
            });
        }
    }
    test::<Semaphore>();
    test::<BoundedSemaphore>();
}

/// A timed wait: whether it got a permit, and how long that took.
fn timed<G: Gate>(gate: &G) -> (bool, Duration) {
    let start = Instant::now();
    (gate.acquire_timeout(TIMEOUT), start.elapsed())
}

fn nothing_is_left<G: Gate>(gate: &G) {
    let left = gate.permits();
    assert!(
        left == 0,
        "as many permits were taken as were released, and {left} are there"
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
