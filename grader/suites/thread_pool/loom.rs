//! Every behaviour that the C11 memory model allows: what was written before a task was
//! submitted is there in the task, and what the task wrote is there with its answer.

use std::sync::Arc;
use std::time::Duration;

use kata_model::orderings::{Explore, Tracked, thread};
use thread_pool::{Future, Pending, TaskError, ThreadPool};

/// Longer than anybody waits. No timed wait ends by itself here.
const AN_HOUR: Duration = Duration::from_secs(3600);

pub fn submitting_publishes_to_the_task() {
    in_a_thread(|| {
        let data = Arc::new(Tracked::new(0));
        let pool = ThreadPool::new(1);
        data.set(1);
        let seen = Arc::clone(&data);
        let future = submit(&pool, move || seen.get());
        let seen = value(future.result());
        assert!(
            seen == 1,
            "what was written before `submit` is not there in the task"
        );
    });
}

pub fn an_answer_publishes() {
    answer_publishes(|future| future.result());
}

pub fn an_answer_publishes_to_a_timed_wait() {
    answer_publishes(|future| {
        future
            .result_timeout(AN_HOUR)
            .unwrap_or_else(|_| panic!("`result_timeout` gave up"))
    });
}

pub fn an_answer_publishes_to_a_try() {
    answer_publishes(|mut future| {
        loop {
            match future.result_timeout(Duration::ZERO) {
                Ok(result) => return result,
                Err(again) => future = again,
            }
            thread::yield_now();
        }
    });
}

/// What a task wrote is there for the thread that gets the answer.
fn answer_publishes(wait: fn(Future<()>) -> Result<(), TaskError>) {
    in_a_thread(move || {
        let data = Arc::new(Tracked::new(0));
        let pool = ThreadPool::new(1);
        let written = Arc::clone(&data);
        value(wait(submit(&pool, move || written.set(1))));
        assert!(
            data.get() == 1,
            "what a task wrote is not there for the thread that got its answer"
        );
    });
}

pub fn an_answer_publishes_to_another_thread() {
    in_a_thread(|| {
        let data = Arc::new(Tracked::new(0));
        let pool = ThreadPool::new(1);
        let written = Arc::clone(&data);
        let future = submit(&pool, move || written.set(1));
        let waiting = thread::spawn(move || {
            value(future.result());
            assert!(
                data.get() == 1,
                "what a task wrote is not there for the thread that got its answer"
            );
        });
        waiting.join().unwrap();
    });
}

pub fn a_shutdown_publishes() {
    end_publishes(|pool| {
        pool.shutdown(Pending::Run);
        Some(pool)
    });
}

pub fn dropping_the_pool_publishes() {
    end_publishes(|pool| {
        drop(pool);
        None
    });
}

/// What a task wrote is there for the thread that has waited for the workers.
fn end_publishes(end: fn(ThreadPool) -> Option<ThreadPool>) {
    in_a_thread(move || {
        let data = Arc::new(Tracked::new(0));
        let pool = ThreadPool::new(1);
        let written = Arc::clone(&data);
        drop(submit(&pool, move || written.set(1)));
        let _closed = end(pool);
        assert!(
            data.get() == 1,
            "a task wrote something, and it is not there for the thread that waited until the pool had ended"
        );
    });
}

pub fn every_shutdown_publishes() {
    in_a_thread(|| {
        let data = Arc::new(Tracked::new(0));
        let pool = Arc::new(ThreadPool::new(1));
        let written = Arc::clone(&data);
        drop(submit(&pool, move || written.set(1)));
        let (own, seen) = (Arc::clone(&pool), Arc::clone(&data));
        let closing = thread::spawn(move || {
            own.shutdown(Pending::Run);
            seen.get()
        });
        pool.shutdown(Pending::Run);
        assert!(
            [data.get(), closing.join().unwrap()] == [1, 1],
            "a task wrote something, and it is not there for one of two threads that shut the pool down"
        );
    });
}

/// Explores with a thread that may wait, as the main one may not.
fn in_a_thread(body: impl Fn() + Send + Sync + 'static) {
    let body = Arc::new(body);
    Explore::new().preemptions(3).run(move || {
        let body = Arc::clone(&body);
        thread::spawn(move || body()).join().unwrap();
    });
}

fn submit<T: Send + 'static>(
    pool: &ThreadPool,
    task: impl FnOnce() -> T + Send + 'static,
) -> Future<T> {
    pool.submit(task).unwrap_or_else(|error| {
        panic!("the pool was open, and `submit` said Err({error:?})");
    })
}

fn value<T>(result: Result<T, TaskError>) -> T {
    result.unwrap_or_else(|error| {
        panic!("a task returned a value, and its future answered Err({error:?})");
    })
}
