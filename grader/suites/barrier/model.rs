//! Every interleaving: two to four threads, one or two cycles.

use std::sync::Arc;
use std::time::Duration;

use barrier::{Barrier, BrokenBarrier};
use kata_model::interleavings::sync::mpsc;
use kata_model::interleavings::thread::{self, JoinHandle};
use kata_model::interleavings::time::Instant;
use kata_model::interleavings::{Explore, Tracked, advance, catch_panic, explore};

/// Not a whole number of milliseconds, lest rounding go unnoticed.
const TIMEOUT: Duration = Duration::from_micros(100_700);

/// Longer than anything else in a test.
const AN_HOUR: Duration = Duration::from_secs(3600);

type Answer = Result<usize, BrokenBarrier>;

type Wait = fn(&Barrier) -> Answer;

/// The ways to wait with a timeout that is not going to be over.
const PATIENT: [Wait; 2] = [
    |barrier| barrier.wait_timeout(Duration::MAX),
    |barrier| barrier.wait_timeout(AN_HOUR),
];

pub fn two_threads_meet() {
    explore(|| meet_and_read(2));
}

pub fn three_threads_meet() {
    explore(|| meet_and_read(3));
}

/// Each thread writes, waits, and reads what the others wrote.
fn meet_and_read(parties: usize) {
    let barrier = Arc::new(Barrier::new(parties));
    let written: Arc<Vec<_>> = Arc::new((0..parties).map(|_| Tracked::new(false)).collect());
    let take_part = |mine: usize, barrier: &Barrier, written: &[Tracked<bool>]| {
        written[mine].set(true);
        let answer = barrier.wait();
        assert!(
            written.iter().all(Tracked::get),
            "a thread passed the barrier before all had come"
        );
        answer
    };
    let others: Vec<_> = (1..parties)
        .map(|mine| {
            let written = Arc::clone(&written);
            spawn(&barrier, move |barrier| take_part(mine, barrier, &written))
        })
        .collect();
    let first = take_part(0, &barrier, &written);
    all_met(others.into_iter().map(join).chain([first]));
    is_whole_and_empty(&barrier, "all have passed");
}

pub fn a_single_party_never_waits() {
    explore(|| {
        let (barrier, runs) = counting(1);
        let start = Instant::now();
        let ways: [Wait; 4] = [
            |barrier| barrier.wait(),
            |barrier| barrier.wait_timeout(Duration::ZERO),
            PATIENT[0],
            PATIENT[1],
        ];
        for (before, wait) in (0..).zip(ways) {
            all_met([wait(&barrier)]);
            assert!(
                runs.get() == before + 1,
                "the only party has passed {} times, and the action has run {} times",
                before + 1,
                runs.get()
            );
        }
        assert!(
            start.elapsed() < Duration::from_millis(1),
            "the only party has nobody to wait for, and it waited {:?}",
            start.elapsed()
        );
    });
}

pub fn two_threads_meet_again() {
    explore(|| {
        meet_again_and_again::<2>([|barrier| barrier.wait(), |barrier| barrier.wait()]);
    });
}

pub fn two_threads_meet_three_times() {
    Explore::new().preemptions(3).run(|| {
        meet_again_and_again::<3>([
            |barrier| barrier.wait(),
            |barrier| barrier.wait_timeout(Duration::MAX),
        ]);
    });
}

/// Two threads go through so many cycles, and each time read what the other wrote before.
fn meet_again_and_again<const CYCLES: usize>(ways: [Wait; 2]) {
    let barrier = Arc::new(Barrier::new(2));
    let written = Arc::new([(); CYCLES].map(|()| [(); 2].map(|()| Tracked::new(false))));
    let take_part = move |mine: usize,
                          barrier: &Barrier,
                          written: &[[Tracked<bool>; 2]; CYCLES]| {
        written.each_ref().map(|written| {
            written[mine].set(true);
            let answer = ways[mine](barrier);
            assert!(
                written[1 - mine].get(),
                "two threads meet {CYCLES} times, and one of them passed a cycle before the other had come"
            );
            answer
        })
    };
    let cells = Arc::clone(&written);
    let other = spawn(&barrier, move |barrier| take_part(1, barrier, &cells));
    let mine = take_part(0, &barrier, &written);
    let other = join(other);
    for (mine, other) in mine.into_iter().zip(other) {
        all_met([mine, other]);
    }
    is_whole_and_empty(&barrier, "all have passed");
}

pub fn three_threads_meet_again() {
    Explore::new().preemptions(3).run(|| {
        let barrier = Arc::new(Barrier::new(3));
        let twice = |barrier: &Barrier| [barrier.wait(), barrier.wait()];
        let others = [spawn(&barrier, twice), spawn(&barrier, twice)];
        let mine = twice(&barrier);
        let [first, second] = others.map(join);
        for cycle in 0..2 {
            all_met([&mine, &first, &second].map(|answers| answers[cycle].clone()));
        }
    });
}

pub fn more_threads_than_parties_may_come() {
    Explore::new().preemptions(3).required(1).run(|| {
        let barrier = Arc::new(Barrier::new(2));
        let others = [(); 3].map(|()| spawn(&barrier, |barrier| barrier.wait()));
        let mine = barrier.wait();
        let mut indices: Vec<_> = others
            .into_iter()
            .map(join)
            .chain([mine])
            .map(|answer| answer.expect("nobody has broken the barrier"))
            .collect();
        indices.sort_unstable();
        assert!(
            indices == [0, 0, 1, 1],
            "four threads met two by two, and their indices were {indices:?}"
        );
    });
}

pub fn nobody_passes_before_all_have_come() {
    explore(|| {
        let barrier = Arc::new(Barrier::new(3));
        let waiting = [(); 2].map(|()| spawn(&barrier, |barrier| barrier.wait()));
        all_still_wait(&waiting, &barrier);
        let last = barrier.wait();
        let [first, second] = waiting.map(join);
        all_met([first, second, last]);
    });
}

pub fn timed_and_untimed_meet() {
    for patient in PATIENT {
        // Nobody runs out of time unless everybody else waits as well.
        Explore::new().preemptions(3).no_timeouts().run(move || {
            let barrier = Arc::new(Barrier::new(3));
            let start = Instant::now();
            let waiting = [
                spawn(&barrier, |barrier| barrier.wait()),
                spawn(&barrier, patient),
            ];
            let last = barrier.wait();
            let [first, second] = waiting.map(join);
            all_met([first, second, last]);
            assert!(
                start.elapsed() < AN_HOUR / 2,
                "two parties waited, one with a timeout of an hour or more; the last one came, and it took {:?} until all had passed",
                start.elapsed()
            );
        });
    }
}

fn all_still_wait(waiting: &[JoinHandle<Answer>], barrier: &Barrier) {
    waiting.iter().for_each(JoinHandle::wait_until_blocked);
    assert!(
        !waiting.iter().any(JoinHandle::is_finished),
        "a thread passed the barrier before all had come"
    );
    assert!(
        barrier.n_waiting() == waiting.len(),
        "{} threads wait, and `n_waiting` says {}",
        waiting.len(),
        barrier.n_waiting()
    );
    assert!(
        !barrier.is_broken(),
        "threads wait, and the barrier is broken"
    );
}

pub fn who_is_early_waits_for_the_next_cycle() {
    explore(|| {
        let barrier = Arc::new(Barrier::new(2));
        let fast = spawn(&barrier, |barrier| [barrier.wait(), barrier.wait()]);
        let first = barrier.wait();
        fast.wait_until_blocked();
        assert!(
            fast.is_blocked(),
            "a fast thread came round again and did not wait for the other"
        );
        assert!(
            barrier.n_waiting() == 1,
            "one thread waits for the next cycle, and `n_waiting` says {}",
            barrier.n_waiting()
        );
        let second = barrier.wait();
        let [fast_first, fast_second] = join(fast);
        all_met([first, fast_first]);
        all_met([second, fast_second]);
    });
}

pub fn the_action_runs_before_anyone_is_released() {
    explore(|| {
        let (barrier, runs) = counting(2);
        let seen = Arc::clone(&runs);
        let other = spawn(&barrier, move |barrier| (barrier.wait(), seen.get()));
        let mine = (barrier.wait(), runs.get());
        let other = join(other);
        for runs in [mine.1, other.1] {
            assert!(
                runs == 1,
                "a party was released when the action had run {runs} times; it should be once"
            );
        }
        all_met([mine.0, other.0]);
        assert!(
            runs.get() == 1,
            "the action ran {} times in one cycle",
            runs.get()
        );
    });
}

pub fn the_action_runs_in_each_cycle() {
    explore(|| {
        let (barrier, runs) = counting(2);
        let twice = |barrier: &Barrier, runs: &Tracked<u32>| {
            for cycle in 1..=2 {
                let answer = barrier.wait();
                assert!(
                    answer.is_ok(),
                    "nobody broke the barrier, and a party got {answer:?}"
                );
                let runs = runs.get();
                assert!(
                    runs == cycle,
                    "a party was released from cycle {cycle} when the action had run {runs} times"
                );
            }
        };
        let seen = Arc::clone(&runs);
        let other = spawn(&barrier, move |barrier| twice(barrier, &seen));
        twice(&barrier, &runs);
        join(other);
    });
}

pub fn who_comes_while_the_action_runs_waits_for_the_next_cycle() {
    Explore::new().preemptions(2).run(|| {
        let (barrier, action) = held_up(2);
        let parties = [(); 2].map(|()| spawn(&barrier, |barrier| barrier.wait()));
        action.has_begun();
        let newcomer = spawn(&barrier, |barrier| barrier.wait());
        newcomer.wait_until_blocked();
        action.may_end();
        all_met(parties.map(join));
        newcomer.wait_until_blocked();
        assert!(
            newcomer.is_blocked(),
            "a third thread came to a barrier for two while the action of their cycle ran, and passed alone"
        );
        action.may_end();
        let mine = barrier.wait();
        all_met([join(newcomer), mine]);
    });
}

pub fn debug_never_waits() {
    Explore::new().preemptions(2).run(|| {
        let (barrier, action) = held_up(2);
        let first = spawn(&barrier, |barrier| barrier.wait());
        first.wait_until_blocked();
        let awaited = format!("{barrier:?}");
        let last = spawn(&barrier, |barrier| barrier.wait());
        action.has_begun();
        // The action ends only after this has come back.
        let full = format!("{barrier:?}");
        action.may_end();
        all_met([join(first), join(last)]);
        assert!(
            ![awaited, full].iter().any(String::is_empty),
            "`{{:?}}` of a barrier says nothing"
        );
    });
}

/// A barrier whose action, each time, does not end before it may.
fn held_up(parties: usize) -> (Arc<Barrier>, HeldUp) {
    let (begin, begun) = mpsc::channel();
    let (end, told_to_end) = mpsc::channel();
    let barrier = Barrier::with_action(parties, move || {
        begin.send(()).unwrap();
        told_to_end.recv().unwrap();
    });
    (Arc::new(barrier), HeldUp { begun, end })
}

struct HeldUp {
    begun: mpsc::Receiver<()>,
    end: mpsc::Sender<()>,
}

impl HeldUp {
    fn has_begun(&self) {
        self.begun.recv().unwrap();
    }

    fn may_end(&self) {
        self.end.send(()).unwrap();
    }
}

/// A barrier and how often its action has run.
fn counting(parties: usize) -> (Arc<Barrier>, Arc<Tracked<u32>>) {
    let runs = Arc::new(Tracked::new(0));
    let counter = Arc::clone(&runs);
    let action = move || counter.update(|runs| runs + 1);
    (Arc::new(Barrier::with_action(parties, action)), runs)
}

pub fn two_parties_hear_of_a_panic_of_the_action() {
    explore(|| a_panic_of_the_action(2));
}

pub fn three_parties_hear_of_a_panic_of_the_action() {
    Explore::new()
        .preemptions(3)
        .required(1)
        .run(|| a_panic_of_the_action(3));
}

fn a_panic_of_the_action(parties: usize) {
    let runs = Arc::new(Tracked::new(0));
    let counter = Arc::clone(&runs);
    let barrier = Arc::new(Barrier::with_action(parties, move || {
        counter.update(|runs| runs + 1);
        assert!(counter.get() > 1, "on purpose");
    }));
    let take_part = |barrier: &Barrier| catch_panic(|| barrier.wait());
    let others: Vec<_> = (1..parties).map(|_| spawn(&barrier, take_part)).collect();
    let mine = take_part(&barrier);
    let heard: Vec<_> = others.into_iter().map(join).chain([mine]).collect();
    let panics = heard.iter().filter(|heard| heard.is_err()).count();
    assert!(
        panics == 1,
        "the action panicked, and the panic went on in {panics} threads; it should be the one that ran it"
    );
    for heard in heard {
        match heard {
            Err(message) => assert!(
                message == "on purpose",
                "the action panicked with \"on purpose\", and in its thread went on \"{message}\""
            ),
            Ok(answer) => assert!(
                answer == Err(BrokenBarrier),
                "the action panicked, and another party got {answer:?}"
            ),
        }
    }
    is_broken_and_empty(&barrier, "the action has panicked");
    barrier.reset();
    let others: Vec<_> = (1..parties)
        .map(|_| spawn(&barrier, |barrier| barrier.wait()))
        .collect();
    let mine = barrier.wait();
    all_met(others.into_iter().map(join).chain([mine]));
    assert!(
        runs.get() == 2,
        "the action panicked, the barrier was reset, and the next cycle was complete without the action"
    );
}

pub fn an_abort_wakes_everybody() {
    for patient in PATIENT {
        Explore::new().no_timeouts().run(move || {
            let barrier = Arc::new(Barrier::new(3));
            let start = Instant::now();
            let waiting = [
                spawn(&barrier, |barrier| barrier.wait()),
                spawn(&barrier, patient),
            ];
            barrier.abort();
            were_sent_away(waiting, start, "somebody has aborted");
            is_broken_and_empty(&barrier, "somebody has aborted");
            let answer = barrier.wait();
            assert!(
                answer == Err(BrokenBarrier),
                "somebody came to a barrier that was aborted and got {answer:?}"
            );
        });
    }
}

pub fn a_reset_wakes_everybody() {
    for patient in PATIENT {
        Explore::new().no_timeouts().run(move || {
            let barrier = Arc::new(Barrier::new(3));
            let start = Instant::now();
            let waiting = [
                spawn(&barrier, |barrier| barrier.wait()),
                spawn(&barrier, patient),
            ];
            waiting.iter().for_each(JoinHandle::wait_until_blocked);
            barrier.reset();
            were_sent_away(waiting, start, "somebody has reset the barrier");
            is_whole_and_empty(&barrier, "somebody has reset the barrier");
        });
    }
}

fn were_sent_away(waiting: [JoinHandle<Answer>; 2], start: Instant, why: &str) {
    for answer in waiting.map(join) {
        assert!(
            answer == Err(BrokenBarrier),
            "{why}, and a party that waited got {answer:?}"
        );
    }
    assert!(
        start.elapsed() < AN_HOUR / 2,
        "{why}, and a party with a timeout of an hour went on waiting for {:?}",
        start.elapsed()
    );
}

pub fn who_was_sent_away_by_a_reset_comes_back() {
    explore(|| {
        let barrier = Arc::new(Barrier::new(2));
        let returning = spawn(&barrier, |barrier| {
            let sent_away = barrier.wait();
            // While `reset` is at it, it may still send people away.
            let mut answer = barrier.wait();
            while answer.is_err() {
                thread::yield_now();
                answer = barrier.wait();
            }
            (sent_away, answer)
        });
        returning.wait_until_blocked();
        barrier.reset();
        let mine = barrier.wait();
        let (sent_away, theirs) = join(returning);
        assert!(
            sent_away == Err(BrokenBarrier),
            "somebody reset the barrier while a thread waited, and that got {sent_away:?}"
        );
        all_met([mine, theirs]);
    });
}

pub fn who_was_sent_away_by_an_abort_mends_and_comes_back() {
    explore(|| {
        let barrier = Arc::new(Barrier::new(2));
        let (returning, has_mended) = spawn_returning(&barrier);
        barrier.abort();
        has_mended.recv().unwrap();
        let mine = barrier.wait();
        all_met([join(returning), mine]);
    });
}

pub fn who_was_sent_away_by_a_time_out_mends_and_comes_back() {
    explore(|| {
        let barrier = Arc::new(Barrier::new(3));
        let (returning, has_mended) = spawn_returning(&barrier);
        let answer = barrier.wait_timeout(TIMEOUT);
        assert!(
            answer == Err(BrokenBarrier),
            "a party was missing, and `wait_timeout` said {answer:?}"
        );
        has_mended.recv().unwrap();
        all_still_wait(&[returning], &barrier);
        barrier.abort();
    });
}

/// Starts a thread that waits, is sent away, resets the barrier and waits again.
fn spawn_returning(barrier: &Arc<Barrier>) -> (JoinHandle<Answer>, mpsc::Receiver<()>) {
    let (mend, has_mended) = mpsc::channel();
    let returning = spawn(barrier, move |barrier| {
        let answer = barrier.wait();
        assert!(
            answer == Err(BrokenBarrier),
            "the barrier was broken, and a party got {answer:?}"
        );
        barrier.reset();
        mend.send(()).unwrap();
        barrier.wait()
    });
    (returning, has_mended)
}

pub fn newcomers_meet_after_a_reset() {
    explore(|| after_sending_it_away(|barrier| barrier.reset()));
}

pub fn newcomers_meet_after_an_abort_and_a_reset() {
    explore(|| {
        after_sending_it_away(|barrier| {
            barrier.abort();
            barrier.reset();
        });
    });
}

/// One thread waits and is sent away. Before it has gone, two others meet.
fn after_sending_it_away(send_away: fn(&Barrier)) {
    let barrier = Arc::new(Barrier::new(2));
    let sent_away = spawn(&barrier, |barrier| barrier.wait());
    sent_away.wait_until_blocked();
    send_away(&barrier);
    let newcomer = spawn(&barrier, |barrier| barrier.wait());
    let mine = barrier.wait();
    all_met([join(newcomer), mine]);
    let answer = join(sent_away);
    assert!(
        answer == Err(BrokenBarrier),
        "the barrier was reset while a thread waited, and later others met there; the thread that had waited got {answer:?}"
    );
    is_whole_and_empty(&barrier, "all have gone");
}

pub fn nobody_passes_alone_after_a_reset() {
    explore(|| {
        let barrier = Arc::new(Barrier::new(2));
        let sent_away = spawn(&barrier, |barrier| barrier.wait());
        sent_away.wait_until_blocked();
        barrier.reset();
        let newcomer = spawn(&barrier, |barrier| barrier.wait());
        newcomer.wait_until_blocked();
        assert!(
            newcomer.is_blocked(),
            "the barrier for two was reset while a thread waited, and then somebody passed alone"
        );
        let mine = barrier.wait();
        all_met([join(newcomer), mine]);
        join(sent_away).expect_err("the barrier was reset while a thread waited, and it passed");
    });
}

pub fn a_complete_cycle_stays_complete_after_an_abort() {
    explore(|| complete_whatever_follows(|barrier| barrier.abort()));
}

pub fn a_complete_cycle_stays_complete_after_a_reset() {
    explore(|| complete_whatever_follows(|barrier| barrier.reset()));
}

pub fn a_complete_cycle_stays_complete_after_a_time_out() {
    explore(|| {
        complete_whatever_follows(|barrier| {
            let answer = barrier.wait_timeout(Duration::ZERO);
            assert!(
                answer == Err(BrokenBarrier),
                "nobody came for a second cycle, and `wait_timeout` of zero said {answer:?}"
            );
        });
    });
}

/// Two threads meet, and the one that goes on first does something else to the barrier.
fn complete_whatever_follows(act: fn(&Barrier)) {
    let barrier = Arc::new(Barrier::new(2));
    let other = spawn(&barrier, |barrier| barrier.wait());
    let mine = barrier.wait();
    act(&barrier);
    let other = join(other);
    assert!(
        other.is_ok(),
        "both parties had come, then the cycle after theirs was broken, and one of them got {other:?}"
    );
    all_met([mine, other]);
}

pub fn a_complete_cycle_of_three_stays_complete() {
    let acts: [fn(&Barrier); 3] = [
        |barrier| barrier.abort(),
        |barrier| barrier.reset(),
        |barrier| _ = barrier.wait_timeout(Duration::ZERO),
    ];
    for act in acts {
        Explore::new().preemptions(2).run(move || {
            let barrier = Arc::new(Barrier::new(3));
            let others = [
                spawn(&barrier, |barrier| barrier.wait()),
                spawn(&barrier, |barrier| barrier.wait_timeout(Duration::MAX)),
            ];
            let mine = barrier.wait();
            act(&barrier);
            let [first, second] = others.map(join);
            all_met([mine, first, second]);
        });
    }
}

pub fn a_broken_cycle_stays_broken() {
    explore(|| {
        let barrier = Arc::new(Barrier::new(2));
        let waiting = spawn(&barrier, |barrier| barrier.wait());
        waiting.wait_until_blocked();
        barrier.abort();
        barrier.reset();
        let answer = join(waiting);
        assert!(
            answer == Err(BrokenBarrier),
            "a thread waited when somebody aborted, the barrier was reset before the thread had woken, and it got {answer:?}"
        );
    });
}

pub fn a_time_out_breaks_the_barrier_for_all() {
    Explore::new().preemptions(2).run(|| {
        let barrier = Arc::new(Barrier::new(4));
        let waiting = [
            spawn(&barrier, |barrier| barrier.wait()),
            spawn(&barrier, |barrier| barrier.wait_timeout(Duration::MAX)),
        ];
        let hasty = barrier.wait_timeout(TIMEOUT);
        for answer in waiting.map(join).into_iter().chain([hasty]) {
            assert!(
                answer == Err(BrokenBarrier),
                "a party was missing, one ran out of time, and one got {answer:?}"
            );
        }
        is_broken_and_empty(&barrier, "a party has run out of time");
        barrier.reset();
        let newcomer = spawn(&barrier, |barrier| barrier.wait());
        all_still_wait(&[newcomer], &barrier);
        barrier.abort();
    });
}

pub fn a_time_out_and_the_last_party() {
    explore(|| {
        let barrier = Arc::new(Barrier::new(2));
        let written = Arc::new(Tracked::new(false));
        let seen = Arc::clone(&written);
        let hasty = spawn(&barrier, move |barrier| {
            let (answer, waited) = timed(barrier);
            assert!(
                answer.is_err() || seen.get(),
                "a thread passed the barrier before the other had come"
            );
            (answer, waited)
        });
        written.set(true);
        let mine = barrier.wait();
        let (hasty, waited) = join(hasty);
        assert!(
            mine.is_ok() == hasty.is_ok(),
            "one party ran out of time when the other came; the one got {hasty:?}, the other {mine:?}"
        );
        assert!(
            hasty.is_ok() || waited >= TIMEOUT,
            "`wait_timeout({TIMEOUT:?})` gave up after {waited:?}"
        );
        assert!(
            barrier.is_broken() == mine.is_err(),
            "`is_broken` and what the parties got contradict each other"
        );
        if mine.is_ok() {
            all_met([mine, hasty]);
        }
    });
}

pub fn a_time_out_and_the_last_of_three() {
    Explore::new().preemptions(3).run(|| {
        let barrier = Arc::new(Barrier::new(3));
        let hasty = spawn(&barrier, |barrier| barrier.wait_timeout(TIMEOUT));
        let patient = spawn(&barrier, |barrier| barrier.wait());
        let mine = barrier.wait();
        let answers = [join(hasty), join(patient), mine];
        let passed = answers.iter().filter(|answer| answer.is_ok()).count();
        assert!(
            passed == 0 || passed == 3,
            "one of three parties ran out of time when the last one came, and the three got {answers:?}"
        );
        assert!(
            barrier.is_broken() == (passed == 0),
            "`is_broken` and what the parties got contradict each other"
        );
    });
}

pub fn a_timed_wait_lasts_its_time() {
    explore(|| {
        let barrier = Barrier::new(2);
        let (answer, waited) = timed(&barrier);
        assert!(
            answer == Err(BrokenBarrier),
            "nobody else came, and `wait_timeout` said {answer:?}"
        );
        assert!(
            waited >= TIMEOUT,
            "`wait_timeout({TIMEOUT:?})` gave up after {waited:?}"
        );
        assert!(
            waited < TIMEOUT * 3 / 2,
            "`wait_timeout({TIMEOUT:?})` gave up only after {waited:?}"
        );
    });
}

pub fn woken_in_vain_it_keeps_its_deadline() {
    Explore::new().no_timeouts().run(|| {
        let barrier = Arc::new(Barrier::new(3));
        let hasty = spawn(&barrier, timed);
        hasty.wait_until_blocked();
        advance(TIMEOUT * 3 / 4);
        // Whether a thread sleeps in `park` is nobody else's business.
        hasty.thread().unpark();
        let second = spawn(&barrier, |barrier| barrier.wait());
        let (answer, waited) = join(hasty);
        assert!(
            answer == Err(BrokenBarrier) && waited >= TIMEOUT,
            "a party was missing, and `wait_timeout({TIMEOUT:?})` said {answer:?} after {waited:?}"
        );
        assert!(
            waited < TIMEOUT * 3 / 2,
            "`wait_timeout({TIMEOUT:?})` was woken in vain, and it took {waited:?} in all"
        );
        let second = join(second);
        assert!(
            second == Err(BrokenBarrier),
            "one party ran out of time, and another got {second:?}"
        );
    });
}

pub fn a_timeout_of_zero_never_waits() {
    explore(|| {
        let barrier = Arc::new(Barrier::new(2));
        let start = Instant::now();
        let answer = barrier.wait_timeout(Duration::ZERO);
        assert!(
            answer == Err(BrokenBarrier),
            "nobody else came, and `wait_timeout` of zero said {answer:?}"
        );
        assert!(
            start.elapsed() < Duration::from_millis(1),
            "`wait_timeout` of zero took {:?}",
            start.elapsed()
        );
        barrier.reset();
        let waiting = spawn(&barrier, |barrier| barrier.wait());
        waiting.wait_until_blocked();
        let mine = barrier.wait_timeout(Duration::ZERO);
        all_met([join(waiting), mine]);
    });
}

pub fn the_longest_timeout_is_for_ever() {
    explore(|| {
        let barrier = Arc::new(Barrier::new(2));
        let waiting = spawn(&barrier, |barrier| barrier.wait_timeout(Duration::MAX));
        let mine = barrier.wait_timeout(Duration::MAX);
        all_met([join(waiting), mine]);
    });
}

pub fn a_stray_unpark_does_no_harm() {
    explore(|| {
        let barrier = Arc::new(Barrier::new(2));
        let unparked = spawn(&barrier, |barrier| {
            // Left over from something else that this thread has done.
            thread::current().unpark();
            barrier.wait()
        });
        unparked.wait_until_blocked();
        assert!(
            unparked.is_blocked(),
            "a thread passed alone because somebody had unparked it for another reason"
        );
        let mine = barrier.wait();
        all_met([join(unparked), mine]);
    });
}

pub fn waiting_is_sleeping() {
    let ways: [fn(&Barrier) -> Answer; 3] = [
        |barrier| barrier.wait(),
        |barrier| barrier.wait_timeout(TIMEOUT),
        |barrier| barrier.wait_timeout(Duration::MAX),
    ];
    for wait in ways {
        explore(move || {
            let barrier = Arc::new(Barrier::new(2));
            let waiting = spawn(&barrier, wait);
            waiting.wait_until_blocked();
            let _ = barrier.wait();
            let _ = join(waiting);
        });
    }
}

/// A timed wait: its answer, and how long it took.
fn timed(barrier: &Barrier) -> (Answer, Duration) {
    let start = Instant::now();
    (barrier.wait_timeout(TIMEOUT), start.elapsed())
}

/// Starts a thread that uses the barrier.
fn spawn<R: Send + 'static>(
    barrier: &Arc<Barrier>,
    body: impl FnOnce(&Barrier) -> R + Send + 'static,
) -> JoinHandle<R> {
    let barrier = Arc::clone(barrier);
    thread::spawn(move || body(&barrier))
}

fn join<R>(thread: JoinHandle<R>) -> R {
    thread.join().unwrap()
}

/// The answers of one complete cycle.
fn all_met(answers: impl IntoIterator<Item = Answer>) {
    let mut indices: Vec<_> = answers
        .into_iter()
        .map(|answer| match answer {
            Ok(index) => index,
            Err(_) => panic!("all parties came, and one was told that the barrier is broken"),
        })
        .collect();
    indices.sort_unstable();
    assert!(
        indices.iter().copied().eq(0..indices.len()),
        "{} parties met, and their indices were {indices:?}",
        indices.len()
    );
}

fn is_whole_and_empty(barrier: &Barrier, when: &str) {
    assert!(!barrier.is_broken(), "{when}, and the barrier is broken");
    is_empty(barrier, when);
}

fn is_broken_and_empty(barrier: &Barrier, when: &str) {
    assert!(barrier.is_broken(), "{when}, and `is_broken` says no");
    is_empty(barrier, when);
}

fn is_empty(barrier: &Barrier, when: &str) {
    assert!(
        barrier.n_waiting() == 0,
        "{when}, and `n_waiting` says that {} wait",
        barrier.n_waiting()
    );
}
