//! Every interleaving: one or two workers, a few tasks.

use std::sync::Arc;
use std::time::Duration;

use kata_model::harness::{self, Effort};
use kata_model::interleavings::sync::mpsc::{self, Receiver, Sender};
use kata_model::interleavings::thread::{self, JoinHandle};
use kata_model::interleavings::time::Instant;
use kata_model::interleavings::{Explore, Tracked, explore};
use thread_pool::{Future, Pending, TaskError, ThreadPool};

/// Not a whole number of milliseconds, lest rounding go unnoticed.
const TIMEOUT: Duration = Duration::from_micros(100_700);

pub fn one_worker_answers_two_tasks() {
    up_to(4).run(|| {
        let pool = ThreadPool::new(1);
        let futures = [1, 2].map(|value| submit(&pool, move || value));
        assert_values(futures.map(answer), [1, 2]);
    });
}

pub fn two_workers_answer_a_task() {
    up_to(2).run(|| {
        let pool = ThreadPool::new(2);
        assert_values([answer(submit(&pool, || 1))], [1]);
    });
}

pub fn two_workers_answer_two_tasks() {
    up_to(2).run(|| {
        let pool = ThreadPool::new(2);
        let futures = [1, 2].map(|value| submit(&pool, move || value));
        assert_values(futures.map(answer), [1, 2]);
    });
}

pub fn two_threads_submit() {
    up_to(4).run(|| {
        let pool = Arc::new(ThreadPool::new(1));
        let own = Arc::clone(&pool);
        let other = thread::spawn(move || answer(submit(&own, || 1)));
        let mine = answer(submit(&pool, || 2));
        assert_values([join(other), mine], [1, 2]);
    });
}

pub fn two_workers_work_at_once() {
    up_to(2).run(|| two_tasks_meet(&ThreadPool::new(2)));
}

pub fn two_tasks_after_one_work_at_once() {
    Explore::new().sample(1_000).run(|| {
        let pool = ThreadPool::new(2);
        answer(submit(&pool, || ()));
        two_tasks_meet(&pool);
    });
}

/// Two tasks of which each needs the other one to be running.
fn two_tasks_meet(pool: &ThreadPool) {
    let (ask, question) = mpsc::channel();
    let (reply, replied) = mpsc::channel();
    let asking = submit(pool, move || {
        let _ = ask.send(());
        replied.recv().is_ok()
    });
    let replying = submit(pool, move || {
        let asked = question.recv().is_ok();
        let _ = reply.send(());
        asked
    });
    assert!(
        answer(asking) && answer(replying),
        "two tasks were accepted, and one of them was thrown away"
    );
}

pub fn a_worker_that_waits_is_woken_for_its_task() {
    up_to(2).run(|| {
        let pool = ThreadPool::new(2);
        let held = hold(&pool);
        // The other worker may be asleep or just about to be.
        assert_values([answer(submit(&pool, || 1))], [1]);
        drop(held);
    });
}

pub fn tasks_start_in_order() {
    up_to(4).run(|| {
        let pool = ThreadPool::new(1);
        let (log, started) = mpsc::channel();
        for number in 0..3 {
            let log = log.clone();
            submit(&pool, move || log.send(number).unwrap());
        }
        let started: Vec<_> = (0..3).map(|_| started.recv().unwrap()).collect();
        assert!(
            started == [0, 1, 2],
            "tasks were submitted in the order 0, 1, 2 and started in the order {started:?}"
        );
    });
}

pub fn what_a_task_submits_comes_last() {
    up_to(2).run(|| {
        let pool = Arc::new(ThreadPool::new(1));
        let (log, started) = mpsc::channel();
        let (open, gate) = mpsc::channel::<()>();
        let (own, inner) = (Arc::clone(&pool), log.clone());
        let first = submit(&pool, move || {
            let _ = gate.recv();
            submit(&own, move || inner.send(3).unwrap());
        });
        for number in 1..3 {
            let log = log.clone();
            submit(&pool, move || log.send(number).unwrap());
        }
        drop(open);
        answer(first);
        pool.shutdown(Pending::Run);
        let started: Vec<_> = started.try_iter().collect();
        assert!(
            started == [1, 2, 3],
            "tasks 1 and 2 were queued when the running task submitted number 3; \
             then the pool was shut down, and they started in the order {started:?}"
        );
    });
}

pub fn the_workers_are_used_again() {
    up_to(2).run(|| {
        let pool = ThreadPool::new(1);
        let ids = [(); 2].map(|()| answer(submit(&pool, || thread::current().id())));
        assert!(
            ids[0] == ids[1],
            "a pool of one worker ran two tasks, and not in the same thread"
        );
    });
}

pub fn two_workers_start_tasks_in_order() {
    up_to(2).required(1).run(|| {
        let pool = ThreadPool::new(2);
        let (log, started) = mpsc::channel();
        let gates = [0, 1].map(|number| {
            let log = log.clone();
            let (open, gate) = mpsc::channel::<()>();
            submit(&pool, move || {
                log.send(number).unwrap();
                let _ = gate.recv();
            });
            open
        });
        submit(&pool, move || log.send(2).unwrap());
        let started = [(); 2].map(|()| started.recv().unwrap());
        assert!(
            !started.contains(&2),
            "tasks 0, 1 and 2 were submitted to two workers, and number 2 did not wait until both of the others had started"
        );
        drop(gates);
    });
}

pub fn a_map_keeps_the_order() {
    up_to(2).run(|| {
        let pool = ThreadPool::new(2);
        let got = pool.map(vec![1, 2], |item| item * 10);
        assert!(
            got == Ok(vec![10, 20]),
            "`map` should answer Ok([10, 20]) and answered {got:?}"
        );
    });
}

pub fn a_map_uses_all_workers() {
    up_to(1).run(|| {
        let pool = ThreadPool::new(2);
        let (ask, question) = mpsc::channel();
        let (reply, replied) = mpsc::channel();
        // Each needs the other one to be running.
        let got = pool.map(
            vec![(ask, replied), (reply, question)],
            |(here, there): (Sender<()>, Receiver<()>)| {
                let _ = here.send(());
                there.recv().is_ok()
            },
        );
        assert!(
            got == Ok(vec![true; 2]),
            "`map` ran two items that wait for each other, and answered {got:?}"
        );
    });
}

pub fn a_map_says_what_went_wrong() {
    up_to(2).run(|| {
        let pool = ThreadPool::new(1);
        let got = pool.map(vec![1, 2], |item| {
            assert!(item == 1, "on purpose");
            item
        });
        assert!(
            got == Err(TaskError::Panicked("on purpose".to_owned())),
            "`map` panicked with \"on purpose\" for one of two items, and answered {got:?}"
        );
        pool.shutdown(Pending::Run);
        let got = pool.map(vec![1, 2], |item| item);
        assert!(
            got == Err(TaskError::Cancelled),
            "the pool was shut down, and `map` answered {got:?}"
        );
    });
}

pub fn writes_go_with_the_task_and_its_answer() {
    up_to(4).run(|| {
        let pool = ThreadPool::new(1);
        let data = Arc::new(Tracked::new(1));
        data.set(2);
        let seen = Arc::clone(&data);
        let future = submit(&pool, move || {
            assert_values([seen.get()], [2]);
            seen.set(3);
        });
        answer(future);
        assert_values([data.get()], [3]);
        data.set(4);
        let seen = Arc::clone(&data);
        let mut future = submit(&pool, move || seen.update(|value| value + 1));
        loop {
            match future.result_timeout(TIMEOUT) {
                Ok(result) => break value(result),
                Err(again) => future = again,
            }
        }
        assert_values([data.get()], [5]);
    });
}

pub fn writes_go_with_the_end_of_the_pool() {
    for end in [
        (|pool| pool.shutdown(Pending::Run)) as fn(&ThreadPool),
        |pool| pool.shutdown(Pending::Cancel),
        |_then_it_is_dropped| (),
    ] {
        up_to(2).run(move || {
            let data = Arc::new(Tracked::new(1));
            let pool = ThreadPool::new(2);
            let seen = Arc::clone(&data);
            submit(&pool, move || seen.update(|value| value + 1));
            end(&pool);
            drop(pool);
            // It was run or cancelled, and is not running now.
            data.update(|value| value + 1);
        });
    }
}

pub fn writes_go_with_every_shutdown() {
    up_to(2).run(|| {
        let data = Arc::new(Tracked::new(1));
        let pool = Arc::new(ThreadPool::new(1));
        let written = Arc::clone(&data);
        submit(&pool, move || written.set(2));
        let seen = Arc::clone(&data);
        let own = Arc::clone(&pool);
        let closing = thread::spawn(move || {
            own.shutdown(Pending::Run);
            seen.get()
        });
        pool.shutdown(Pending::Run);
        assert_values([data.get(), join(closing)], [2, 2]);
    });
}

pub fn what_was_accepted_is_run() {
    explore(|| end_of_a_pool(1, 2, |pool| pool.shutdown(Pending::Run)));
}

pub fn what_was_accepted_is_run_by_two() {
    up_to(2).run(|| end_of_a_pool(2, 2, |pool| pool.shutdown(Pending::Run)));
}

pub fn a_dropped_pool_runs_what_was_accepted() {
    explore(|| end_of_a_pool(1, 2, drop));
}

/// Everything is run by the time that the pool has ended.
fn end_of_a_pool(workers: usize, tasks: usize, end: impl FnOnce(ThreadPool)) {
    let pool = ThreadPool::new(workers);
    let (log, logged) = mpsc::channel();
    let futures: Vec<_> = (0..tasks)
        .map(|_| {
            let log = log.clone();
            submit(&pool, move || log.send(()).unwrap())
        })
        .collect();
    end(pool);
    let ran = logged.try_iter().count();
    assert!(
        ran == tasks,
        "{tasks} tasks were accepted, and {ran} were through when the pool had ended"
    );
    futures.into_iter().for_each(answer);
}

pub fn idle_workers_end() {
    for (workers, cancel) in [(1, false), (2, false), (2, true)] {
        up_to(2).run(move || {
            let pool = Arc::new(ThreadPool::new(workers));
            join(close(&pool, cancel));
        });
    }
}

pub fn workers_that_have_worked_end() {
    up_to(2).run(|| {
        let pool = ThreadPool::new(2);
        assert_values([answer(submit(&pool, || 1))], [1]);
        pool.shutdown(Pending::Run);
    });
}

pub fn a_shutdown_waits_for_a_running_task() {
    for cancel in [false, true] {
        explore(move || {
            let pool = Arc::new(ThreadPool::new(1));
            let held = hold(&pool);
            let closing = close(&pool, cancel);
            closing.wait_until_blocked();
            assert!(
                !closing.is_finished(),
                "`shutdown` returned while a task was still running"
            );
            held.leave();
            join(closing);
        });
    }
}

pub fn two_shutdowns_wait_for_a_running_task() {
    explore(|| {
        let pool = Arc::new(ThreadPool::new(1));
        let held = hold(&pool);
        let closing = [close(&pool, false), close(&pool, false)];
        for closing in &closing {
            closing.wait_until_blocked();
            assert!(
                !closing.is_finished(),
                "two threads called `shutdown`, and one of the calls returned while a task was still running"
            );
        }
        held.leave();
        closing.into_iter().for_each(join);
    });
}

pub fn asking_does_not_wait_for_a_shutdown() {
    up_to(2).run(|| {
        let pool = Arc::new(ThreadPool::new(1));
        let held = hold(&pool);
        let closing = close(&pool, false);
        closing.wait_until_blocked();
        // The task ends only after all these have come back.
        let workers = pool.workers();
        assert!(
            workers == 1,
            "a pool was made with 1 worker, and while somebody shut it down `workers` said {workers}"
        );
        assert!(
            pool.submit(|| ()).is_err(),
            "the pool was shut down, and accepted a task after that"
        );
        let texts = [format!("{pool:?}"), format!("{:?}", held.future)];
        assert!(
            !texts.iter().any(String::is_empty),
            "`{{:?}}` of a pool or a future says nothing"
        );
        held.leave();
        join(closing);
    });
}

pub fn a_cancelling_shutdown_answers_who_waits() {
    explore(|| {
        let pool = Arc::new(ThreadPool::new(1));
        let held = hold(&pool);
        let (log, ran) = mpsc::channel();
        let queued = submit(&pool, move || log.send(()).unwrap());
        let waiting = thread::spawn(move || queued.result());
        let closing = close(&pool, true);
        closing.wait_until_blocked();
        held.leave();
        join(closing);
        let got = join(waiting);
        assert!(
            got == Err(TaskError::Cancelled),
            "a task had not started when `shutdown(Pending::Cancel)` was called, and its future answered {got:?}"
        );
        assert!(
            ran.try_recv().is_err(),
            "a task was answered with Cancelled, and it ran"
        );
    });
}

pub fn a_cancelling_shutdown_answers_everybody() {
    explore(|| {
        let pool = ThreadPool::new(1);
        let tasks = [log_run(&pool), log_run(&pool)];
        pool.shutdown(Pending::Cancel);
        for (future, ran) in tasks {
            is_run_or_cancelled(future, &ran);
        }
    });
}

pub fn submitting_races_with_shutting_down() {
    for cancel in [false, true] {
        explore(move || {
            let pool = Arc::new(ThreadPool::new(1));
            let closing = close(&pool, cancel);
            let (log, ran) = mpsc::channel();
            let accepted = pool.submit(move || log.send(()).unwrap());
            join(closing);
            match accepted {
                Ok(future) if cancel => is_run_or_cancelled(future, &ran),
                Ok(future) => answer(future),
                Err(_) => assert!(
                    ran.try_recv().is_err(),
                    "a task was refused and run all the same"
                ),
            }
            assert!(
                pool.submit(|| ()).is_err(),
                "the pool was shut down, and accepted a task after that"
            );
        });
    }
}

pub fn a_task_may_submit() {
    up_to(4).run(|| {
        let pool = Arc::new(ThreadPool::new(1));
        let own = Arc::clone(&pool);
        let outer = submit(&pool, move || submit(&own, || 5));
        assert_values([answer(answer(outer))], [5]);
    });
}

pub fn a_task_may_submit_while_the_pool_shuts_down() {
    explore(|| {
        let pool = Arc::new(ThreadPool::new(1));
        let own = Arc::clone(&pool);
        let outer = submit(&pool, move || own.submit(|| 5));
        pool.shutdown(Pending::Run);
        if let Ok(inner) = answer(outer) {
            assert_values([answer(inner)], [5]);
        }
    });
}

pub fn a_task_may_drop_the_pool() {
    for workers in [1, 2] {
        up_to(2).run(move || {
            let pool = ThreadPool::new(workers);
            let (give, take) = mpsc::channel::<ThreadPool>();
            let dropping = submit(&pool, move || drop(take.recv().unwrap()));
            let last = submit(&pool, || 1);
            give.send(pool).unwrap();
            answer(dropping);
            assert_values([answer(last)], [1]);
        });
    }
}

pub fn a_task_may_shut_the_pool_down() {
    for cancel in [false, true] {
        up_to(4).run(move || {
            let pool = Arc::new(ThreadPool::new(1));
            let own = Arc::clone(&pool);
            let (open, gate) = mpsc::channel::<()>();
            let closing = submit(&pool, move || {
                let _ = gate.recv();
                own.shutdown(pending(cancel));
                own.submit(|| ()).is_err()
            });
            let queued = submit(&pool, || ());
            drop(open);
            assert!(
                answer(closing),
                "a task shut its pool down, and the pool accepted a task after that"
            );
            let got = queued.result();
            let wanted = if cancel {
                Err(TaskError::Cancelled)
            } else {
                Ok(())
            };
            assert!(
                got == wanted,
                "a task called `shutdown(Pending::{:?})`, and a task that had not started was answered with {got:?}",
                pending(cancel)
            );
        });
    }
}

pub fn a_task_and_another_thread_shut_down() {
    explore(|| {
        let pool = Arc::new(ThreadPool::new(1));
        let own = Arc::clone(&pool);
        let closing = submit(&pool, move || own.shutdown(Pending::Run));
        pool.shutdown(Pending::Run);
        assert!(
            closing.is_done(),
            "`shutdown` returned while a task was still running"
        );
        answer(closing);
    });
}

pub fn a_task_and_another_thread_wait_for_a_third() {
    up_to(1).run(|| {
        let pool = Arc::new(ThreadPool::new(2));
        let other = submit(&pool, || ());
        let own = Arc::clone(&pool);
        let inside = submit(&pool, move || {
            own.shutdown(Pending::Run);
            other.is_done()
        });
        pool.shutdown(Pending::Run);
        assert!(
            inside.is_done() && answer(inside),
            "a task and another thread called `shutdown`, and one of the calls returned while a task was still running"
        );
    });
}

pub fn a_task_that_shuts_down_waits_for_the_others() {
    up_to(2).run(|| {
        let pool = Arc::new(ThreadPool::new(2));
        let (open, gate) = mpsc::channel::<()>();
        let other = submit(&pool, move || {
            let _ = gate.recv();
        });
        let own = Arc::clone(&pool);
        let closing = submit(&pool, move || {
            own.shutdown(Pending::Run);
            other.is_done()
        });
        drop(open);
        assert!(
            answer(closing),
            "a task called `shutdown`, which returned while another worker was still busy"
        );
    });
}

pub fn a_panic_costs_no_worker() {
    up_to(4).run(|| {
        let pool = ThreadPool::new(1);
        let panicking = submit(&pool, || panic!("on purpose"));
        let next = submit(&pool, || 1);
        let got: Result<(), _> = panicking.result();
        assert!(
            got == Err(TaskError::Panicked("on purpose".to_owned())),
            "a task panicked with the text \"on purpose\", and its future answered {got:?}"
        );
        assert_values([answer(next)], [1]);
    });
}

pub fn panics_in_a_row_cost_no_worker() {
    up_to(2).run(|| {
        let pool = ThreadPool::new(1);
        for _ in 0..3 {
            submit(&pool, || panic!("on purpose"));
        }
        assert_values([answer(submit(&pool, || 1))], [1]);
        pool.shutdown(Pending::Run);
    });
}

pub fn panics_cost_neither_of_two_workers() {
    up_to(2).required(1).run(|| {
        let pool = ThreadPool::new(2);
        for _ in 0..2 {
            submit(&pool, || panic!("on purpose"));
        }
        assert_values([answer(submit(&pool, || 1))], [1]);
    });
}

pub fn cancelling_races_with_starting() {
    explore(|| {
        let pool = ThreadPool::new(1);
        let (future, ran) = log_run(&pool);
        let cancelled = future.cancel();
        assert!(
            future.cancel() == cancelled,
            "`cancel` said {cancelled}, and the second time {}",
            !cancelled
        );
        assert!(
            future.is_cancelled() == cancelled,
            "`cancel` said {cancelled}, and `is_cancelled` says {}",
            !cancelled
        );
        assert!(
            future.is_done() || !cancelled,
            "`cancel` said true, and `is_done` says false"
        );
        let got = future.result();
        pool.shutdown(Pending::Run);
        let ran = ran.try_recv().is_ok();
        assert!(
            cancelled == (got == Err(TaskError::Cancelled)),
            "`cancel` said {cancelled}, and the future answered {got:?}"
        );
        assert!(
            cancelled != ran,
            "`cancel` said {cancelled}, but the task ran: {ran}"
        );
    });
}

pub fn a_cancelled_task_holds_nobody_up() {
    up_to(4).run(|| {
        let pool = ThreadPool::new(1);
        let futures = [1, 2].map(|value| submit(&pool, move || value));
        let cancelled = futures[0].cancel();
        let [first, second] = futures;
        let got = first.result();
        assert!(
            cancelled == got.is_err(),
            "`cancel` said {cancelled}, and the future answered {got:?}"
        );
        assert_values([answer(second)], [2]);
    });
}

pub fn a_future_does_not_contradict_itself() {
    up_to(4).run(|| {
        let pool = ThreadPool::new(1);
        let future = submit(&pool, || 1);
        let first = phase(&future);
        let second = phase(&future);
        assert!(
            first <= second,
            "a task went back from \"{}\" to \"{}\"",
            PHASES[first],
            PHASES[second]
        );
        let done = future.is_done();
        let cancelled = future.cancel();
        assert!(
            !cancelled || first == 0 && second == 0 && !done,
            "a task had started, and `cancel` said true"
        );
        if done {
            assert!(
                !future.is_running(),
                "`is_done` said true, and then `is_running` says true"
            );
            let got = future.result_timeout(Duration::ZERO);
            assert!(
                matches!(got, Ok(Ok(1))),
                "`is_done` said true, and `result_timeout` of zero gave {got:?}"
            );
        }
    });
}

const PHASES: [&str; 3] = ["not started", "running", "done"];

fn phase(future: &Future<i32>) -> usize {
    match (future.is_running(), future.is_done()) {
        (_, true) => 2,
        (true, false) => 1,
        (false, false) => 0,
    }
}

pub fn a_running_task_is_said_to_run() {
    up_to(4).run(|| {
        let pool = ThreadPool::new(1);
        let held = hold(&pool);
        let queued = submit(&pool, || ());
        assert!(
            held.future.is_running() && !held.future.is_done(),
            "a task was running, and its future said that it was not"
        );
        assert!(
            !held.future.cancel() && !held.future.is_cancelled(),
            "a task was running, and its future said that it was cancelled"
        );
        assert!(
            !queued.is_running() && !queued.is_done(),
            "a task had not started, and its future said that it had"
        );
        held.leave();
        answer(queued);
    });
}

pub fn an_answer_wakes_who_waits() {
    let ways: [fn(Future<()>); 3] = [
        answer,
        |future| {
            let result = future.result_timeout(Duration::MAX);
            value(result.unwrap_or_else(|_| {
                panic!("`result_timeout(Duration::MAX)` gave up instead of waiting for ever")
            }));
        },
        |future| {
            if let Err(future) = future.result_timeout(TIMEOUT) {
                answer(future);
            }
        },
    ];
    for wait in ways {
        explore(move || {
            let pool = ThreadPool::new(1);
            let held = hold(&pool);
            let future = held.future;
            let waiting = thread::spawn(move || wait(future));
            waiting.wait_until_blocked();
            drop(held.open);
            join(waiting);
        });
    }
}

pub fn a_timed_wait_lasts_its_time() {
    explore(|| {
        let pool = ThreadPool::new(1);
        let held = hold(&pool);
        let start = Instant::now();
        let result = held.future.result_timeout(TIMEOUT);
        let waited = start.elapsed();
        let Err(future) = result else {
            panic!("`result_timeout` answered {result:?} for a task that was running");
        };
        assert!(
            waited >= TIMEOUT,
            "`result_timeout({TIMEOUT:?})` gave up after {waited:?}"
        );
        assert!(
            waited < TIMEOUT * 3 / 2,
            "`result_timeout({TIMEOUT:?})` gave up only after {waited:?}"
        );
        drop(held.open);
        answer(future);
    });
}

pub fn a_timed_wait_for_a_queued_task_lasts_its_time() {
    up_to(2).run(|| {
        let pool = ThreadPool::new(1);
        let held = hold(&pool);
        let mut queued = submit(&pool, || 1);
        for _ in 0..2 {
            let start = Instant::now();
            let result = queued.result_timeout(TIMEOUT);
            let waited = start.elapsed();
            let Err(again) = result else {
                panic!("`result_timeout` answered {result:?} for a task that had not started");
            };
            assert!(
                waited >= TIMEOUT && waited < TIMEOUT * 3 / 2,
                "a task had not started, and `result_timeout({TIMEOUT:?})` gave up after {waited:?}"
            );
            queued = again;
        }
        held.leave();
        assert_values([answer(queued)], [1]);
    });
}

pub fn a_timed_wait_and_the_answer_race() {
    up_to(4).run(|| {
        let pool = ThreadPool::new(1);
        let future = submit(&pool, || 1);
        let start = Instant::now();
        let result = future.result_timeout(TIMEOUT);
        let waited = start.elapsed();
        match result {
            Ok(result) => assert_values([value(result)], [1]),
            Err(future) => {
                assert!(
                    waited >= TIMEOUT,
                    "`result_timeout({TIMEOUT:?})` gave up after {waited:?}"
                );
                assert_values([answer(future)], [1]);
            }
        }
    });
}

pub fn a_try_does_not_wait() {
    up_to(4).run(|| {
        let pool = ThreadPool::new(1);
        let held = hold(&pool);
        let queued = submit(&pool, || 1);
        let start = Instant::now();
        let tries = (
            held.future.result_timeout(Duration::ZERO),
            queued.result_timeout(Duration::ZERO),
        );
        let waited = start.elapsed();
        let (Err(running), Err(queued)) = tries else {
            panic!("`result_timeout` of zero got the answer of a task that was not through");
        };
        assert!(
            waited < Duration::from_millis(1),
            "`result_timeout` of zero took {waited:?}; it should not wait at all"
        );
        drop(held.open);
        answer(running);
        assert_values([answer(queued)], [1]);
    });
}

pub fn four_workers_answer_everybody() {
    Explore::new().sample(2_000).run(|| {
        let pool = Arc::new(ThreadPool::new(4));
        let own = Arc::clone(&pool);
        let other = thread::spawn(move || {
            [1, 2, 3]
                .map(|value| submit(&own, move || value))
                .map(answer)
        });
        let mine = [4, 5, 6]
            .map(|value| submit(&pool, move || value))
            .map(answer);
        assert_values(join(other), [1, 2, 3]);
        assert_values(mine, [4, 5, 6]);
        pool.shutdown(Pending::Run);
    });
}

pub fn four_workers_work_at_once_and_end() {
    Explore::new().sample(2_000).run(|| {
        let pool = Arc::new(ThreadPool::new(4));
        let held: Vec<_> = (0..4).map(|_| hold(&pool)).collect();
        let queued = submit(&pool, || 1);
        let closing = close(&pool, false);
        drop(held);
        assert_values([answer(queued)], [1]);
        join(closing);
    });
}

/// Everything up to so many preemptions and the like, and one more at thorough effort.
fn up_to(bound: u32) -> Explore {
    let more = u32::from(harness::effort() == Effort::Thorough);
    Explore::new().preemptions(bound + more)
}

/// A task that runs until it is let go, or until this is dropped.
struct Held {
    open: Sender<()>,
    future: Future<()>,
}

impl Held {
    /// Lets the task end, and waits until it has.
    fn leave(self) {
        drop(self.open);
        answer(self.future);
    }
}

/// Starts a task that keeps a worker busy.
fn hold(pool: &ThreadPool) -> Held {
    let (enter, entered) = mpsc::channel();
    let (open, gate) = mpsc::channel::<()>();
    let future = submit(pool, move || {
        let _ = enter.send(());
        let _ = gate.recv();
    });
    assert!(
        entered.recv().is_ok(),
        "a task was accepted and thrown away; it should have been run"
    );
    Held { open, future }
}

/// A task that notes that it has been run.
fn log_run(pool: &ThreadPool) -> (Future<()>, Receiver<()>) {
    let (log, ran) = mpsc::channel();
    (submit(pool, move || log.send(()).unwrap()), ran)
}

/// Starts a thread that shuts the pool down.
fn close(pool: &Arc<ThreadPool>, cancel: bool) -> JoinHandle<()> {
    let pool = Arc::clone(pool);
    thread::spawn(move || pool.shutdown(pending(cancel)))
}

fn submit<T: Send + 'static>(
    pool: &ThreadPool,
    task: impl FnOnce() -> T + Send + 'static,
) -> Future<T> {
    pool.submit(task).unwrap_or_else(|error| {
        panic!("the pool was open, and `submit` said Err({error:?})");
    })
}

/// The value of a task that should have one.
fn answer<T>(future: Future<T>) -> T {
    value(future.result())
}

fn value<T>(result: Result<T, TaskError>) -> T {
    match result {
        Ok(value) => value,
        // Also what a task of these tests found out.
        Err(TaskError::Panicked(text)) => panic!("{text}"),
        Err(TaskError::Cancelled) => {
            panic!("a task was accepted, and its future answered Err(Cancelled)")
        }
    }
}

fn assert_values<const N: usize>(got: [i32; N], wanted: [i32; N]) {
    assert!(
        got == wanted,
        "{got:?} came where {wanted:?} should have come"
    );
}

fn is_run_or_cancelled(future: Future<()>, ran: &Receiver<()>) {
    let got = future.result();
    let ran = ran.try_recv().is_ok();
    let wanted = if ran {
        Ok(())
    } else {
        Err(TaskError::Cancelled)
    };
    assert!(
        got == wanted,
        "a task ran: {ran}, and its future answered {got:?}"
    );
}

fn pending(cancel: bool) -> Pending {
    if cancel {
        Pending::Cancel
    } else {
        Pending::Run
    }
}

fn join<R>(thread: JoinHandle<R>) -> R {
    thread.join().unwrap()
}
