//! Real threads: what a pool and its futures do, and that who waits sleeps.

use std::collections::HashSet;
use std::error::Error;
use std::fmt::{Debug, Display};
use std::panic::panic_any;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Barrier, Mutex};
use std::time::{Duration, Instant};

use kata_model::real::thread::{self, JoinHandle};
use kata_model::real::{
    Diagnosis, Gauge, Tracked, assert_refuses, fail, implements, others_sleep, rounds,
    sleeps_while_blocked, wait_until_asleep, within,
};
use thread_pool::{Future, Pending, ShutDown, TaskError, ThreadPool};

/// Long enough, also on a busy machine, for all that need not wait.
const PATIENCE: Duration = Duration::from_secs(3);

/// How long a test sleeps before it looks again whether a task is through.
const A_NAP: Duration = Duration::from_micros(100);

/// Longer than any test runs.
const AN_HOUR: Duration = Duration::from_secs(3600);

/// The ways to wait for an answer.
const WAYS: [(&str, fn(Future<u32>) -> Result<u32, TaskError>); 3] = [
    ("result", |future| future.result()),
    ("result_timeout(one hour)", |future| {
        in_time(future.result_timeout(AN_HOUR), "result_timeout(one hour)")
    }),
    ("result_timeout(Duration::MAX)", |future| {
        in_time(
            future.result_timeout(Duration::MAX),
            "result_timeout(Duration::MAX)",
        )
    }),
];

/// The ways to end a pool that run what has not started.
const ENDS: [(&str, fn(&mut Option<ThreadPool>)); 2] = [
    ("shutdown(Pending::Run)", |pool| {
        pool.as_ref().unwrap().shutdown(Pending::Run);
    }),
    ("drop", |pool| *pool = None),
];

pub fn a_pool_knows_its_workers() {
    within(PATIENCE, "a pool is made and dropped", || {
        for workers in [1, 3] {
            let pool = ThreadPool::new(workers);
            let new = pool.workers();
            let _ = submit(&pool, || panic!("on purpose")).result();
            pool.shutdown(Pending::Run);
            assert!(
                [new, pool.workers()] == [workers; 2],
                "`workers` of a pool of {workers} said {new}, and {} after `shutdown`",
                pool.workers()
            );
        }
    });
}

pub fn a_pool_without_workers_is_refused() {
    within(PATIENCE, "a pool is made", || {
        drop(ThreadPool::new(1));
        assert_refuses("ThreadPool::new(0)", || ThreadPool::new(0));
    });
}

pub fn a_task_is_run_once_and_answered() {
    within(PATIENCE, "every task is answered", || {
        let pool = ThreadPool::new(2);
        let runs = Arc::new(AtomicUsize::new(0));
        let text = String::from("owned");
        let texts = submit(&pool, move || vec![text]);
        let numbers: Vec<_> = (0..20)
            .map(|number| {
                let runs = Arc::clone(&runs);
                submit(&pool, move || {
                    runs.fetch_add(1, Relaxed);
                    number * 2
                })
            })
            .collect();
        let texts = answer(texts);
        assert!(
            texts == ["owned"],
            "a task returned [\"owned\"], and its future answered {texts:?}"
        );
        for (number, future) in numbers.into_iter().enumerate() {
            let got = answer(future);
            assert!(
                got == number * 2,
                "a task returned {}, and its future answered {got}",
                number * 2
            );
        }
        pool.shutdown(Pending::Run);
        let runs = runs.load(Relaxed);
        assert!(
            runs == 20,
            "20 tasks were submitted, and tasks were run {runs} times"
        );
    });
}

pub fn map_answers_in_the_items_order() {
    within(PATIENCE, "`map` answers", || {
        for workers in [1, 3] {
            let pool = ThreadPool::new(workers);
            let (finish, last) = mpsc::channel();
            let last = Mutex::new(last);
            let double = move |item: Box<usize>| {
                // With several workers, the first item is through after the last one.
                match *item {
                    0 if workers > 1 => last.lock().unwrap().recv().unwrap(),
                    9 => finish.send(()).unwrap(),
                    _ => (),
                }
                *item * 2
            };
            let got = pool.map((0..10).map(Box::new).collect(), double);
            let wanted: Vec<_> = (0..10).map(|item| item * 2).collect();
            assert!(
                got.as_ref() == Ok(&wanted),
                "`map` should answer {wanted:?} and answered {got:?}"
            );
            let got = pool.map(Vec::new(), |(): ()| ());
            assert!(
                got == Ok(Vec::new()),
                "`map` of no items should answer no values and answered {got:?}"
            );
        }
    });
}

pub fn map_uses_all_workers() {
    within(
        PATIENCE,
        "`map` runs three items at once on three workers",
        || {
            let pool = ThreadPool::new(3);
            let meeting = Barrier::new(3);
            let got = pool.map(vec![(); 6], move |()| {
                meeting.wait();
            });
            assert!(
                got == Ok(vec![(); 6]),
                "`map` of six items answered {got:?}"
            );
        },
    );
}

pub fn map_says_what_went_wrong() {
    within(PATIENCE, "`map` answers", || {
        let pool = ThreadPool::new(2);
        let double = |item: u32| {
            assert!(item != 2, "two is not allowed");
            item * 2
        };
        let got = pool.map(vec![1, 2, 3], double);
        let wanted = TaskError::Panicked("two is not allowed".to_owned());
        assert!(
            got.as_ref() == Err(&wanted),
            "`map` should answer Err({wanted:?}) when its function panics so, and answered {got:?}"
        );
        let got = pool.map(vec![1, 3], double);
        assert!(
            got == Ok(vec![2, 6]),
            "after a panic in `map`, the next `map` answered {got:?} and not Ok([2, 6])"
        );
        pool.shutdown(Pending::Run);
        let got = pool.map(vec![1, 3], double);
        assert!(
            got == Err(TaskError::Cancelled),
            "`map` on a pool that is shut down answered {got:?}; it is Err(Cancelled)"
        );
    });
}

pub fn all_workers_work_at_once() {
    for workers in [1, 2, 4] {
        let expectation = format!("{workers} tasks run at once on {workers} workers");
        within(PATIENCE, &expectation, move || {
            let pool = ThreadPool::new(workers);
            answer(submit(&pool, || ()));
            for _ in 0..3 {
                meet(&pool, workers);
            }
        });
    }
}

pub fn no_more_run_at_once_than_there_are_workers() {
    within(PATIENCE, "sixty tasks are run", || {
        let pool = ThreadPool::new(4);
        let shared = Arc::new((Gauge::new(usize::MAX), Mutex::new(HashSet::new())));
        let held = occupy(&pool, 4);
        let futures: Vec<_> = (0..60)
            .map(|_| {
                let shared = Arc::clone(&shared);
                submit(&pool, move || {
                    let _inside = shared.0.enter();
                    shared.1.lock().unwrap().insert(thread::current().id());
                    thread::sleep(Duration::from_micros(200));
                })
            })
            .collect();
        let early = shared.0.peak();
        drop(held);
        futures.into_iter().for_each(answer);
        assert!(
            early == 0,
            "four workers were busy, and a fifth thread ran a task"
        );
        assert!(
            shared.0.peak() <= 4,
            "{} tasks ran at once on four workers",
            shared.0.peak()
        );
        let threads = shared.1.lock().unwrap().len();
        assert!(
            threads <= 4,
            "a pool of four workers ran sixty tasks on {threads} threads"
        );
    });
}

pub fn the_workers_are_used_again() {
    within(PATIENCE, "thirty tasks are run one by one", || {
        let pool = ThreadPool::new(2);
        let threads: HashSet<_> = (0..30)
            .map(|_| answer(submit(&pool, || thread::current().id())))
            .collect();
        assert!(
            threads.len() <= 2,
            "a pool of two workers ran thirty tasks on {} threads",
            threads.len()
        );
        assert!(
            !threads.contains(&thread::current().id()),
            "a task ran on the thread that submitted it; a worker should run it"
        );
    });
}

pub fn one_worker_starts_tasks_in_order() {
    within(PATIENCE, "twenty tasks are run", || {
        let pool = ThreadPool::new(1);
        let held = occupy(&pool, 1);
        let (log, started) = mpsc::channel();
        for number in 0..20 {
            let log = log.clone();
            submit(&pool, move || log.send(number).unwrap());
        }
        drop(held);
        pool.shutdown(Pending::Run);
        let started: Vec<_> = started.try_iter().collect();
        assert!(
            started.iter().copied().eq(0..20),
            "tasks were submitted in the order 0 to 19 and started in the order {started:?}"
        );
    });
}

pub fn several_workers_start_tasks_in_order() {
    within(PATIENCE, "six tasks are run", || {
        let pool = ThreadPool::new(3);
        let mut held = occupy(&pool, 3);
        let (log, started) = mpsc::channel();
        let mut queued = Vec::new();
        let mut gates = Vec::new();
        for number in 0..6 {
            let log = log.clone();
            let (open, gate) = mpsc::channel::<()>();
            gates.push(open);
            queued.push(submit(&pool, move || {
                log.send(number).unwrap();
                let _ = gate.recv();
            }));
        }
        // One worker has time, the others have not.
        drop(held.pop());
        gates.reverse();
        for number in 0..6 {
            let next = started.recv().unwrap();
            assert!(
                next == number,
                "the tasks were submitted in the order 0 to 5, and number {next} started where it was the turn of {number}"
            );
            let running: Vec<_> = (0..6).filter(|&other| queued[other].is_running()).collect();
            let begun = (number + 1..6).find(|&later| queued[later].is_done());
            assert!(
                running == [number] && begun.is_none(),
                "one worker has time and runs task {number}, and the futures say that these are running: {running:?}"
            );
            drop(gates.pop());
            while !queued[number].is_done() {
                thread::sleep(A_NAP);
            }
        }
    });
}

pub fn a_panic_costs_its_own_future_only() {
    for workers in [1, 3] {
        let expectation = format!("after panics, {workers} workers still work at once");
        within(PATIENCE, &expectation, move || {
            let pool = ThreadPool::new(workers);
            let panicking: Vec<_> = (0..workers * 2)
                .map(|number| submit(&pool, move || panic!("task {number}")))
                .collect();
            meet(&pool, workers);
            for (number, future) in panicking.into_iter().enumerate() {
                is_panicked(future, &format!("task {number}"));
            }
            meet(&pool, workers);
        });
    }
}

pub fn a_panic_is_answered_with_its_message() {
    within(PATIENCE, "a task that panics is answered", || {
        let pool = ThreadPool::new(1);
        is_panicked(submit(&pool, || panic!("a literal")), "a literal");
        let number = 7;
        is_panicked(submit(&pool, move || panic!("a {number}")), "a 7");
        let text = String::from("a text");
        is_panicked(submit(&pool, move || panic_any(text)), "a text");
        let odd: Result<(), _> = submit(&pool, || panic_any(7)).result();
        assert!(
            matches!(odd, Err(TaskError::Panicked(_))),
            "a task panicked with a number for a message, and its future answered {odd:?}"
        );
        let future = submit(&pool, || panic!("no matter"));
        while !future.is_done() {
            thread::sleep(A_NAP);
        }
        assert!(
            !future.is_cancelled() && !future.is_running() && !future.cancel(),
            "a task has panicked, and its future says that it is running or cancelled"
        );
        answer(submit(&pool, || ()));
    });
}

pub fn a_panic_in_a_destructor_is_the_tasks_own() {
    struct Explodes;
    impl Drop for Explodes {
        fn drop(&mut self) {
            panic!("in a destructor");
        }
    }
    within(PATIENCE, "the pool works after a panic", || {
        let pool = ThreadPool::new(1);
        let captured = Explodes;
        let future = submit(&pool, move || {
            let _dropped_at_the_end = captured;
        });
        is_panicked(future, "in a destructor");
        answer(submit(&pool, || ()));
    });
}

pub fn what_was_accepted_is_run() {
    for (way, end) in ENDS {
        let expectation = format!("`{way}` returns and every task is answered");
        within(PATIENCE, &expectation, move || {
            for (workers, tasks) in [(1, 2), (2, 3), (3, 50)] {
                let mut pool = Some(ThreadPool::new(workers));
                let runs = Arc::new(AtomicUsize::new(0));
                let futures: Vec<_> = (0..tasks)
                    .map(|number| {
                        let runs = Arc::clone(&runs);
                        submit(pool.as_ref().unwrap(), move || {
                            thread::sleep(Duration::from_micros(100));
                            runs.fetch_add(1, Relaxed);
                            number
                        })
                    })
                    .collect();
                end(&mut pool);
                let runs = runs.load(Relaxed);
                assert!(
                    runs == tasks,
                    "{tasks} tasks were accepted, and {runs} were through when `{way}` returned"
                );
                for (number, future) in futures.into_iter().enumerate() {
                    let got = answer(future);
                    assert!(
                        got == number,
                        "after `{way}`, a task that returned {number} was answered with {got}"
                    );
                }
            }
        });
    }
}

pub fn a_shutdown_waits_for_running_tasks() {
    for cancel in [false, true] {
        within(
            PATIENCE,
            "`shutdown` returns when the last task is through",
            move || {
                let pool = Arc::new(ThreadPool::new(2));
                let through = Arc::new(Tracked::new(false));
                let mut held = occupy(&pool, 2);
                let seen = Arc::clone(&through);
                let shutting = Arc::clone(&pool);
                let closing = thread::spawn(move || {
                    shutting.shutdown(pending(cancel));
                    seen.get()
                });
                wait_until_asleep(&closing);
                held.pop().unwrap().leave();
                wait_until_asleep(&closing);
                through.set(true);
                held.pop().unwrap().leave();
                assert!(
                    join(closing),
                    "`shutdown` returned while a task was still running"
                );
            },
        );
    }
}

pub fn a_second_shutdown_waits_like_the_first() {
    within(PATIENCE, "two calls of `shutdown` return", || {
        let pool = Arc::new(ThreadPool::new(1));
        let through = Arc::new(Tracked::new(false));
        let held = occupy(&pool, 1).pop().unwrap();
        let closing: Vec<_> = (0..2)
            .map(|_| {
                let (pool, through) = (Arc::clone(&pool), Arc::clone(&through));
                thread::spawn(move || {
                    pool.shutdown(Pending::Run);
                    through.get()
                })
            })
            .collect();
        closing.iter().for_each(wait_until_asleep);
        through.set(true);
        held.leave();
        for closing in closing {
            assert!(
                join(closing),
                "two threads called `shutdown`, and one of the calls returned while a task was still running"
            );
        }
        pool.shutdown(Pending::Run);
        pool.shutdown(Pending::Cancel);
    });
}

pub fn a_cancelling_shutdown_answers_everybody() {
    within(PATIENCE, "every future is answered", || {
        let pool = Arc::new(ThreadPool::new(2));
        let mut held = occupy(&pool, 2);
        let queued = log_runs(&pool, 5);
        let shutting = Arc::clone(&pool);
        let closing = thread::spawn(move || shutting.shutdown(Pending::Cancel));
        wait_until_asleep(&closing);
        let last = held.pop().unwrap();
        held.pop().unwrap().leave();
        last.leave();
        join(closing);
        for (future, ran) in queued {
            assert!(
                future.is_done(),
                "`shutdown(Pending::Cancel)` has returned, and a future has no answer"
            );
            is_run_or_cancelled(future, &ran);
        }
    });
}

pub fn a_closed_pool_accepts_nothing() {
    within(PATIENCE, "a closed pool answers at once", || {
        for cancel in [false, true] {
            let pool = ThreadPool::new(2);
            let before = submit(&pool, || 1);
            while !before.is_done() {
                thread::sleep(A_NAP);
            }
            pool.shutdown(pending(cancel));
            let ran = Arc::new(Tracked::new(false));
            let run = Arc::clone(&ran);
            let refused = pool.submit(move || run.set(true));
            assert!(
                matches!(refused, Err(ShutDown)),
                "`submit` on a pool that is shut down answered {refused:?}; it is Err(ShutDown)"
            );
            pool.shutdown(pending(!cancel));
            drop(pool);
            assert!(!ran.get(), "a task was refused and run all the same");
            let before = answer(before);
            assert!(
                before == 1,
                "the pool is gone, and a future that had its answer before gives {before} and not 1"
            );
        }
    });
}

pub fn the_threads_end() {
    static ALIVE: AtomicUsize = AtomicUsize::new(0);
    struct Alive;
    impl Drop for Alive {
        fn drop(&mut self) {
            ALIVE.fetch_sub(1, Relaxed);
        }
    }
    thread_local! {
        static MINE: Alive = {
            ALIVE.fetch_add(1, Relaxed);
            Alive
        };
    }
    let ends: [(&str, fn(ThreadPool)); 4] = [
        ("shutdown(Pending::Run)", |pool| {
            pool.shutdown(Pending::Run);
        }),
        ("shutdown(Pending::Cancel)", |pool| {
            pool.shutdown(Pending::Cancel);
        }),
        ("drop", drop),
        ("drop inside of a task", hand_over),
    ];
    for (way, end) in ends {
        within(PATIENCE, "a pool is made and ended", move || {
            let pool = ThreadPool::new(3);
            let meeting = Arc::new(Barrier::new(3));
            let tasks: Vec<_> = (0..3)
                .map(|_| {
                    let meeting = Arc::clone(&meeting);
                    submit(&pool, move || {
                        MINE.with(|_| ());
                        meeting.wait();
                    })
                })
                .collect();
            tasks.into_iter().for_each(answer);
            end(pool);
            let start = Instant::now();
            while ALIVE.load(Relaxed) > 0 && start.elapsed() < PATIENCE / 2 {
                thread::sleep(Duration::from_millis(1));
            }
            let left = ALIVE.load(Relaxed);
            if left > 0 {
                fail(
                    Diagnosis::Leak,
                    format!(
                        "`{way}` ended a pool of three workers, and {left} of its threads go on"
                    ),
                );
            }
        });
    }
}

pub fn a_task_may_submit() {
    within(PATIENCE, "a task that a task submitted is answered", || {
        let pool = Arc::new(ThreadPool::new(1));
        let own = Arc::clone(&pool);
        let outer = submit(&pool, move || submit(&own, || 5));
        let inner = answer(answer(outer));
        assert!(
            inner == 5,
            "a task submitted a task that returned 5, and the future answered {inner}"
        );
        let chain = Arc::new(AtomicUsize::new(0));
        let (done, finished) = mpsc::channel();
        relay(&pool, &chain, done);
        finished.recv().unwrap();
        drop(pool);
    });
}

pub fn a_task_may_drop_the_pool() {
    for workers in [1, 2] {
        within(
            PATIENCE,
            "a task drops the last handle of its pool, and every task is answered",
            move || {
                let pool = ThreadPool::new(workers);
                let (give, take) = mpsc::channel::<ThreadPool>();
                let dropping = submit(&pool, move || drop(take.recv().unwrap()));
                let rest: Vec<_> = (0..4).map(|number| submit(&pool, move || number)).collect();
                give.send(pool).unwrap();
                if let Err(error) = dropping.result() {
                    panic!(
                        "a task dropped the last handle of its pool, and was answered with {error:?}"
                    );
                }
                for (number, future) in rest.into_iter().enumerate() {
                    let got = answer(future);
                    assert!(
                        got == number,
                        "a task returned {number}, and its future answered {got}"
                    );
                }
            },
        );
    }
}

pub fn a_task_may_shut_the_pool_down() {
    for cancel in [false, true] {
        within(
            PATIENCE,
            "`shutdown` returns to the task that called it",
            move || {
                let pool = Arc::new(ThreadPool::new(1));
                let own = Arc::clone(&pool);
                let (open, gate) = mpsc::channel::<()>();
                let closing = submit(&pool, move || {
                    let _ = gate.recv();
                    own.shutdown(pending(cancel));
                    own.submit(|| ()).is_err()
                });
                let rest = log_runs(&pool, 3);
                drop(open);
                assert!(
                    answer(closing),
                    "a task shut its pool down, and the pool accepted a task after that"
                );
                for (future, ran) in rest {
                    let got = future.result();
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
                    assert!(
                        ran.get() != cancel,
                        "a task was answered with {got:?}, but it ran: {}",
                        ran.get()
                    );
                }
                pool.shutdown(Pending::Run);
            },
        );
    }
}

pub fn a_task_that_shuts_down_waits_for_the_others() {
    within(
        PATIENCE,
        "`shutdown` in a task returns when the other tasks are through",
        || {
            let pool = Arc::new(ThreadPool::new(2));
            let through = Arc::new(Tracked::new(false));
            let held = occupy(&pool, 1).pop().unwrap();
            let (own, seen) = (Arc::clone(&pool), Arc::clone(&through));
            let (calls, called) = mpsc::channel();
            let closing = submit(&pool, move || {
                calls.send(()).unwrap();
                own.shutdown(Pending::Run);
                seen.get()
            });
            called.recv().unwrap();
            thread::sleep(Duration::from_millis(30));
            through.set(true);
            held.leave();
            assert!(
                answer(closing),
                "a task called `shutdown`, which returned while another worker was still busy"
            );
        },
    );
}

pub fn dropping_a_future_changes_nothing() {
    within(PATIENCE, "the tasks are run", || {
        let pool = ThreadPool::new(1);
        let runs = Arc::new(AtomicUsize::new(0));
        let held = occupy(&pool, 1);
        for _ in 0..3 {
            let runs = Arc::clone(&runs);
            drop(submit(&pool, move || runs.fetch_add(1, Relaxed)));
        }
        drop(held);
        answer(submit(&pool, || ()));
        let runs = runs.load(Relaxed);
        assert!(
            runs == 3,
            "the futures of three tasks were dropped, and {runs} of the tasks were run; all should be"
        );
    });
}

pub fn a_future_tells_how_far_its_task_is() {
    within(PATIENCE, "a future answers at once", || {
        let pool = ThreadPool::new(1);
        let mut held = occupy(&pool, 1);
        let running = held.pop().unwrap();
        let queued = submit(&pool, || ());
        let cancelled = submit(&pool, || ());
        cancelled.cancel();
        is(&queued, "has not started", [false, false, false]);
        is(&running.future, "is running", [false, true, false]);
        is(&cancelled, "is cancelled", [true, false, true]);
        drop(running.open);
        for (future, what) in [(&running.future, "has ended"), (&queued, "has ended")] {
            while !future.is_done() {
                thread::sleep(A_NAP);
            }
            is(future, what, [true, false, false]);
        }
        is(&cancelled, "is cancelled", [true, false, true]);
    });
}

pub fn what_has_not_started_can_be_cancelled() {
    within(PATIENCE, "a future answers at once", || {
        let pool = ThreadPool::new(1);
        let held = occupy(&pool, 1).pop().unwrap();
        let queued = log_runs(&pool, 4);
        for (future, _) in &queued[1..3] {
            assert!(
                future.cancel(),
                "a task had not started, and `cancel` said false"
            );
            assert!(
                future.cancel(),
                "a task was cancelled, and a second `cancel` said false"
            );
        }
        assert!(
            !held.future.cancel(),
            "a task was running, and `cancel` said true"
        );
        assert!(
            held.future.is_running() && !held.future.is_cancelled(),
            "a task was running, `cancel` said false, and now the future says that it is not running"
        );
        held.leave();
        for (number, (future, ran)) in queued.into_iter().enumerate() {
            let cancelled = (1..3).contains(&number);
            let wanted = if cancelled {
                Err(TaskError::Cancelled)
            } else {
                Ok(())
            };
            let late = !cancelled && {
                while !future.is_done() {
                    thread::sleep(A_NAP);
                }
                future.cancel()
            };
            assert!(!late, "a task had ended, and `cancel` said true");
            let got = future.result();
            assert!(
                got == wanted,
                "of four tasks the second and the third were cancelled; number {} was answered with {got:?}",
                number + 1
            );
            answer(submit(&pool, || ()));
            assert!(
                ran.get() != cancelled,
                "a task was answered with {got:?}, but it ran: {}",
                ran.get()
            );
        }
    });
}

pub fn a_timed_wait_lasts_its_time() {
    within(PATIENCE, "a timed wait ends", || {
        let pool = ThreadPool::new(1);
        let held = occupy(&pool, 1).pop().unwrap();
        let mut futures = vec![submit(&pool, || ()), held.future];
        for micros in (700..1000).step_by(50).chain([20_700]) {
            let timeout = Duration::from_micros(micros);
            futures = futures
                .into_iter()
                .map(|future| {
                    let start = Instant::now();
                    let result = future.result_timeout(timeout);
                    let waited = start.elapsed();
                    let Err(future) = result else {
                        panic!(
                            "`result_timeout` answered {result:?} for a task that was not through"
                        );
                    };
                    assert!(
                        waited >= timeout,
                        "`result_timeout({timeout:?})` gave up after {waited:?}"
                    );
                    future
                })
                .collect();
        }
        drop(held.open);
        futures.into_iter().for_each(answer);
    });
}

pub fn a_timeout_of_zero_tries_once() {
    within(PATIENCE, "`result_timeout` of zero returns at once", || {
        let pool = ThreadPool::new(1);
        let held = occupy(&pool, 1).pop().unwrap();
        let Err(running) = held.future.result_timeout(Duration::ZERO) else {
            panic!("`result_timeout` of zero got the answer of a task that was running");
        };
        let queued = submit(&pool, || 3);
        let Err(queued) = queued.result_timeout(Duration::ZERO) else {
            panic!("`result_timeout` of zero got the answer of a task that had not started");
        };
        let panicking = submit(&pool, || panic!("on purpose"));
        let cancelled = submit(&pool, || 4);
        cancelled.cancel();
        drop(held.open);
        let panicked = TaskError::Panicked("on purpose".to_owned());
        for (future, wanted) in [
            (cancelled, Err(TaskError::Cancelled)),
            (queued, Ok(3)),
            (panicking, Err(panicked)),
        ] {
            while !future.is_done() {
                thread::sleep(A_NAP);
            }
            let got = future.result_timeout(Duration::ZERO);
            assert!(
                matches!(&got, Ok(answer) if *answer == wanted),
                "there was the answer {wanted:?}, and `result_timeout` of zero gave {got:?}"
            );
        }
        answer(running);
    });
}

pub fn an_answer_ends_a_wait() {
    for (way, wait) in WAYS {
        let expectation = format!("`{way}` returns soon after the task");
        within(PATIENCE, &expectation, move || {
            let pool = ThreadPool::new(1);
            let held = occupy(&pool, 1).pop().unwrap();
            let value = submit(&pool, || 1);
            let panic = submit(&pool, || panic!("on purpose"));
            let wanted = [Ok(1), Err(TaskError::Panicked("on purpose".to_owned()))];
            let waiting = [value, panic].map(|future| thread::spawn(move || wait(future)));
            waiting.iter().for_each(wait_until_asleep);
            held.leave();
            for (waiting, wanted) in waiting.into_iter().zip(wanted) {
                let got = join(waiting);
                assert!(
                    got == wanted,
                    "a thread waited in `{way}` for {wanted:?} and got {got:?}"
                );
            }
            let there = submit(&pool, || 2);
            while !there.is_done() {
                thread::sleep(A_NAP);
            }
            let got = wait(there);
            assert!(
                got == Ok(2),
                "the answer 2 was there, and `{way}` gave {got:?}"
            );
        });
    }
}

pub fn a_timeout_leaves_the_answer_there() {
    within(PATIENCE, "the answer comes after a timeout", || {
        let pool = ThreadPool::new(1);
        let held = occupy(&pool, 1).pop().unwrap();
        let mut future = submit(&pool, || String::from("later"));
        for _ in 0..3 {
            future = future
                .result_timeout(Duration::from_millis(1))
                .expect_err("no answer before the task has started");
        }
        held.leave();
        let got = answer(future);
        assert!(
            got == "later",
            "after a timeout, the future answered {got:?} and not \"later\""
        );
    });
}

pub fn many_threads_submit() {
    rounds(6, |_| {
        within(PATIENCE, "a hundred tasks are answered", || {
            let pool = Arc::new(ThreadPool::new(3));
            let submitting: Vec<_> = (0..4)
                .map(|thread| {
                    let pool = Arc::clone(&pool);
                    thread::spawn(move || {
                        let futures: Vec<_> = (0..25)
                            .map(|task| submit(&pool, move || thread * 100 + task))
                            .collect();
                        futures
                            .into_iter()
                            .map(answer)
                            .eq((0..25).map(|task| thread * 100 + task))
                    })
                })
                .collect();
            for submitting in submitting {
                assert!(
                    join(submitting),
                    "four threads submitted tasks, and a future answered with the value of another task"
                );
            }
        });
    });
}

pub fn submitting_races_with_shutting_down() {
    rounds(12, |round| {
        let cancel = round % 2 == 1;
        within(
            PATIENCE,
            "whatever was accepted is answered, also while the pool shuts down",
            move || {
                let pool = Arc::new(ThreadPool::new(2));
                let (begin, begun) = mpsc::channel();
                let submitting: Vec<_> = (0..2)
                    .map(|_| {
                        let (pool, begin) = (Arc::clone(&pool), begin.clone());
                        thread::spawn(move || {
                            (0..1_000)
                                .map_while(|number| {
                                    if number == 20 {
                                        begin.send(()).unwrap();
                                    }
                                    let ran = Arc::new(Tracked::new(false));
                                    let run = Arc::clone(&ran);
                                    Some((pool.submit(move || run.set(true)).ok()?, ran))
                                })
                                .collect::<Vec<_>>()
                        })
                    })
                    .collect();
                begun.recv().unwrap();
                pool.shutdown(pending(cancel));
                for (future, ran) in submitting.into_iter().flat_map(join) {
                    if cancel {
                        is_run_or_cancelled(future, &ran);
                    } else {
                        answer(future);
                    }
                }
            },
        );
    });
}

pub fn cancelling_races_with_starting() {
    rounds(12, |_| {
        within(PATIENCE, "every future is answered", || {
            let pool = ThreadPool::new(2);
            for (future, ran) in log_runs(&pool, 30) {
                let cancelled = future.cancel();
                let got = future.result();
                assert!(
                    cancelled == (got == Err(TaskError::Cancelled)),
                    "`cancel` said {cancelled}, and the future answered {got:?}"
                );
                assert!(
                    cancelled != ran.get(),
                    "`cancel` said {cancelled}, but the task ran: {}",
                    ran.get()
                );
            }
            // The last ones are cancelled right before the end.
            let last = log_runs(&pool, 3);
            let cancelled: Vec<_> = last.iter().map(|(future, _)| future.cancel()).collect();
            pool.shutdown(Pending::Run);
            for ((future, ran), cancelled) in last.into_iter().zip(cancelled) {
                assert!(
                    cancelled != ran.get(),
                    "`cancel` said {cancelled}, and after `shutdown` the task had run: {}",
                    ran.get()
                );
                is_run_or_cancelled(future, &ran);
            }
        });
    });
}

pub fn nothing_is_kept() {
    within(PATIENCE, "a pool is made and dropped", || {
        let captured = Arc::new(());
        let pool = ThreadPool::new(1);
        let held = occupy(&pool, 1);
        let keep = Arc::clone(&captured);
        let cancelled = submit(&pool, move || drop(keep));
        cancelled.cancel();
        for _ in 0..3 {
            let keep = Arc::clone(&captured);
            submit(&pool, move || keep);
        }
        let keep = Arc::clone(&captured);
        let mapped = submit(&pool, move || panic!("with {keep:?}"));
        drop(held);
        let _: Result<(), _> = mapped.result();
        drop(pool);
        drop(cancelled);
        let left = Arc::strong_count(&captured) - 1;
        if left > 0 {
            fail(
                Diagnosis::Leak,
                format!(
                    "the pool and its futures are gone, and {left} of the values that their tasks had owned are not"
                ),
            );
        }
    });
}

pub fn waiting_is_sleeping() {
    for (way, wait) in WAYS {
        within(PATIENCE, "a waiting thread gets the answer", move || {
            let pool = ThreadPool::new(1);
            let held = occupy(&pool, 1).pop().unwrap();
            let future = submit(&pool, || 1);
            sleeps_while_blocked(
                &format!("a thread in `{way}`"),
                Duration::from_millis(60),
                move || drop(wait(future)),
                || held.leave(),
            );
        });
    }
    for (way, end) in ENDS {
        within(PATIENCE, "the pool ends", move || {
            let mut pool = Some(ThreadPool::new(1));
            let held = occupy(pool.as_ref().unwrap(), 1).pop().unwrap();
            sleeps_while_blocked(
                &format!("a thread in `{way}`"),
                Duration::from_millis(60),
                move || end(&mut pool),
                || held.leave(),
            );
        });
    }
}

pub fn idle_workers_sleep() {
    within(PATIENCE, "a pool waits for tasks", || {
        let pool = ThreadPool::new(3);
        let sleeps = |when: &str| {
            // They get a moment to lie down.
            thread::sleep(Duration::from_millis(5));
            others_sleep(Duration::from_millis(60), |share| {
                format!("{when}, the workers use {share} of a core while they have nothing to do")
            });
        };
        sleeps("before the first task");
        meet(&pool, 3);
        sleeps("after some tasks");
        let held = occupy(&pool, 1);
        sleeps("while one of them runs a task that waits");
        drop(held);
    });
}

pub fn debug_never_waits() {
    within(PATIENCE, "`{:?}` answers at once", || {
        let pool = Arc::new(ThreadPool::new(1));
        let held = occupy(&pool, 1).pop().unwrap();
        let queued = submit(&pool, || ());
        let own = Arc::clone(&pool);
        let inside = submit(&pool, move || format!("{own:?}"));
        let mut texts = vec![
            format!("{pool:?}"),
            format!("{:?}", held.future),
            format!("{queued:?}"),
            format!("{:?}{:?}", Pending::Run, Pending::Cancel),
        ];
        held.leave();
        texts.push(answer(inside));
        assert!(
            !texts.iter().any(|text| text.is_empty()),
            "`{{:?}}` of a pool or a future says nothing"
        );
    });
}

pub fn every_type_can_be_shared() {
    drop(ThreadPool::new(1));
    let wanted = [
        ("ThreadPool", "Send", implements!(ThreadPool: Send)),
        ("ThreadPool", "Sync", implements!(ThreadPool: Sync)),
        ("ThreadPool", "Debug", implements!(ThreadPool: Debug)),
        ("Future", "Send", implements!(Future<String>: Send)),
        ("Future", "Sync", implements!(Future<String>: Sync)),
        ("Future", "Debug", implements!(Future<String>: Debug)),
        ("Pending", "Send", implements!(Pending: Send)),
        ("Pending", "Sync", implements!(Pending: Sync)),
        ("Pending", "Debug", implements!(Pending: Debug)),
        ("TaskError", "Send", implements!(TaskError: Send)),
        ("TaskError", "Sync", implements!(TaskError: Sync)),
        ("TaskError", "Clone", implements!(TaskError: Clone)),
        ("TaskError", "Eq", implements!(TaskError: Eq)),
        ("TaskError", "Display", implements!(TaskError: Display)),
        ("TaskError", "Error", implements!(TaskError: Error)),
        ("ShutDown", "Send", implements!(ShutDown: Send)),
        ("ShutDown", "Sync", implements!(ShutDown: Sync)),
        ("ShutDown", "Clone", implements!(ShutDown: Clone)),
        ("ShutDown", "Eq", implements!(ShutDown: Eq)),
        ("ShutDown", "Display", implements!(ShutDown: Display)),
        ("ShutDown", "Error", implements!(ShutDown: Error)),
    ];
    for (name, property, holds) in wanted {
        assert!(holds, "`{name}` is not `{property}`");
    }
    let panicked = TaskError::Panicked("the dog ate it".to_owned());
    let texts = [
        ShutDown.to_string(),
        TaskError::Cancelled.to_string(),
        panicked.to_string(),
    ];
    assert!(
        !texts.iter().any(|text| text.is_empty()),
        "an error has no text"
    );
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

/// Starts tasks that keep so many workers busy.
fn occupy(pool: &ThreadPool, workers: usize) -> Vec<Held> {
    let (enter, entered) = mpsc::channel();
    let held = (0..workers)
        .map(|_| {
            let (open, gate) = mpsc::channel();
            let enter = enter.clone();
            let future = submit(pool, move || {
                let _ = enter.send(());
                drop(enter);
                // Both a message and the end of the channel let it go.
                let _ = gate.recv();
            });
            Held { open, future }
        })
        .collect();
    drop(enter);
    for _ in 0..workers {
        let entered: Result<(), _> = Receiver::recv(&entered);
        assert!(
            entered.is_ok(),
            "a task was accepted and thrown away; it should have been run"
        );
    }
    held
}

/// As many tasks as there are workers meet each other.
fn meet(pool: &ThreadPool, workers: usize) {
    let meeting = Arc::new(Barrier::new(workers));
    let tasks: Vec<_> = (0..workers)
        .map(|_| {
            let meeting = Arc::clone(&meeting);
            submit(pool, move || drop(meeting.wait()))
        })
        .collect();
    tasks.into_iter().for_each(answer);
}

/// Tasks that note that they have been run.
fn log_runs(pool: &ThreadPool, tasks: usize) -> Vec<(Future<()>, Arc<Tracked<bool>>)> {
    (0..tasks)
        .map(|_| {
            let ran = Arc::new(Tracked::new(false));
            let run = Arc::clone(&ran);
            (submit(pool, move || run.set(true)), ran)
        })
        .collect()
}

/// A task that submits the next one, ten times.
fn relay(pool: &Arc<ThreadPool>, runs: &Arc<AtomicUsize>, done: Sender<()>) {
    let (own, runs) = (Arc::clone(pool), Arc::clone(runs));
    submit(pool, move || {
        if runs.fetch_add(1, Relaxed) < 9 {
            relay(&own, &runs, done);
        } else {
            let _ = done.send(());
        }
    });
}

/// Lets a task drop the pool.
fn hand_over(pool: ThreadPool) {
    let (give, take) = mpsc::channel::<ThreadPool>();
    submit(&pool, move || drop(take.recv().unwrap()));
    give.send(pool).unwrap();
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
    future.result().unwrap_or_else(|error| {
        panic!("a task returned a value, and its future answered Err({error:?})");
    })
}

fn in_time<T>(result: Result<Result<T, TaskError>, Future<T>>, way: &str) -> Result<T, TaskError> {
    result.unwrap_or_else(|_| panic!("`{way}` gave up long before its time"))
}

fn is_panicked(future: Future<()>, text: &str) {
    let got = future.result();
    let wanted = Err(TaskError::Panicked(text.to_owned()));
    assert!(
        got == wanted,
        "a task panicked with the text {text:?}, and its future answered {got:?}"
    );
}

fn is_run_or_cancelled(future: Future<()>, ran: &Tracked<bool>) {
    let got = future.result();
    let wanted = if ran.get() {
        Ok(())
    } else {
        Err(TaskError::Cancelled)
    };
    assert!(
        got == wanted,
        "a task ran: {}, and its future answered {got:?}",
        ran.get()
    );
}

fn is(future: &Future<()>, what: &str, wanted: [bool; 3]) {
    let got = [future.is_done(), future.is_running(), future.is_cancelled()];
    for (name, (got, wanted)) in ["is_done", "is_running", "is_cancelled"]
        .into_iter()
        .zip(got.into_iter().zip(wanted))
    {
        assert!(got == wanted, "a task {what}, and `{name}` says {got}");
    }
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
