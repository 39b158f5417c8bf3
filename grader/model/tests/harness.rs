//! A test program's dealings with the grader: the order on its input, the record it leaves.
//!
//! The tests start this very program again and hand it an order.
#![cfg(feature = "real")]

use std::env;
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use kata_model::outcome::{Completeness, Exploration};
use kata_model::{Diagnosis, fail, harness, real};
use serde_json::{Value, json};

const HOUR: Duration = Duration::from_secs(3600);

const TESTS: &[(&str, fn())] = &[
    ("passes", || {}),
    ("asserts", || panic!("two and two is {}", 5)),
    ("fails", || fail(Diagnosis::Leak, "one is missing")),
    ("hangs", || {
        real::within(HOUR, "an answer comes", || {
            loop {
                std::thread::park();
            }
        })
    }),
    ("waits_for_long", || {
        real::within(HOUR / 2, "an answer comes", || {
            loop {
                real::thread::park_timeout(HOUR);
            }
        })
    }),
    ("goes_on_for_ever", || {
        real::within(Duration::from_millis(20), "an answer comes", || {
            loop {
                std::thread::park_timeout(HOUR);
            }
        })
    }),
    ("waits_for_who_sleeps", || {
        real::within(HOUR, "an answer comes", || {
            let sleeper = real::thread::spawn(|| real::thread::sleep(Duration::from_millis(300)));
            let waiting = std::thread::spawn(|| sleeper.join().unwrap());
            waiting.join().unwrap();
        })
    }),
    ("panics_within", || {
        real::within(Duration::from_secs(5), "an answer comes", || {
            panic!("inside")
        })
    }),
    ("joins_a_panic", || {
        real::thread::spawn(|| panic!("in the thread"))
            .join()
            .unwrap()
    }),
    ("searches_too_little", || {
        harness::explored(Exploration {
            executions: 3,
            completeness: Completeness::Complete,
        });
        harness::explored(Exploration {
            executions: 4,
            completeness: Completeness::Incomplete(Some(1)),
        });
        harness::gave_up("out of time");
    }),
    ("tells_its_orders", || {
        let text = format!("{} {:?}", harness::seed(), harness::effort());
        fail(Diagnosis::Assertion, text)
    }),
];

/// Not a test: what the program does when a test has started it.
#[test]
#[ignore = "runs only in the processes that the tests start"]
fn child() {
    std::process::exit(i32::from(
        harness::main(TESTS) != std::process::ExitCode::SUCCESS,
    ));
}

/// Runs one of `TESTS` in a process and gives its record.
fn record(test: &str) -> Value {
    let path = scratch(test);
    let order = json!({
        "test": test,
        "nonce": "f00",
        "seed": 7,
        "effort": "thorough",
        "result": path,
    });
    let status = start(&order.to_string());
    assert_eq!(status, Some(0));
    let text = fs::read_to_string(&path).unwrap();
    fs::remove_file(&path).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn scratch(test: &str) -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    env::temp_dir().join(format!(
        "kata-model-{}-{test}-{}.json",
        std::process::id(),
        COUNT.fetch_add(1, Ordering::Relaxed)
    ))
}

fn start(order: &str) -> Option<i32> {
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["--exact", "child", "--ignored", "--nocapture"])
        // The test's own thread, beside which there is none that looks at the clock.
        .arg("--test-threads=1")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(order.as_bytes())
        .unwrap();
    child.wait().unwrap().code()
}

#[test]
fn a_record_bears_the_nonce_and_the_verdict() {
    let record = record("passes");
    assert_eq!(record["nonce"], "f00");
    assert_eq!(record["test"], "passes");
    assert_eq!(record["verdict"], "passed");
    for key in [
        "diagnosis",
        "message",
        "location",
        "exploration",
        "counterexample",
    ] {
        assert_eq!(record[key], Value::Null, "{key}");
    }
}

#[test]
fn a_panic_is_told_with_its_text_and_place() {
    let record = record("asserts");
    assert_eq!(record["verdict"], "failed");
    assert_eq!(record["diagnosis"], "panic");
    assert_eq!(record["message"], "two and two is 5");
    assert!(
        record["location"]["file"]
            .as_str()
            .unwrap()
            .ends_with("harness.rs")
    );
}

#[test]
fn a_failure_keeps_its_diagnosis() {
    let record = record("fails");
    assert_eq!(record["diagnosis"], "leak");
    assert_eq!(record["message"], "one is missing");
}

/// Only Linux tells what threads wait for; elsewhere it takes as long as `within` says.
#[cfg(target_os = "linux")]
#[test]
fn threads_that_nobody_can_wake_are_a_deadlock_at_once() {
    // Otherwise they would be found in an hour.
    for test in ["hangs", "waits_for_long"] {
        let record = record(test);
        assert_eq!(record["verdict"], "failed");
        assert_eq!(record["diagnosis"], "deadlock");
        assert_eq!(
            record["message"],
            "an answer comes: that never happens: all threads sleep, and no thread is left that could wake one"
        );
    }
}

#[test]
fn what_does_not_come_back_in_time_is_a_deadlock() {
    let record = record("goes_on_for_ever");
    assert_eq!(record["verdict"], "failed");
    assert_eq!(record["diagnosis"], "deadlock");
    assert_eq!(record["message"], "an answer comes: not within 0.02 s");
}

#[test]
fn who_waits_for_a_thread_that_waits_for_a_time_is_in_no_deadlock() {
    assert_eq!(record("waits_for_who_sleeps")["verdict"], "passed");
}

#[test]
fn a_panic_on_the_thread_of_within_is_told_as_its_own() {
    let record = record("panics_within");
    assert_eq!(record["message"], "inside");
}

#[test]
fn a_joined_panic_is_told_by_the_thread_that_raised_it() {
    let record = record("joins_a_panic");
    assert_eq!(record["message"], "in the thread");
}

#[test]
fn an_incomplete_search_is_no_pass() {
    let record = record("searches_too_little");
    assert_eq!(record["verdict"], "incomplete");
    assert_eq!(record["message"], "out of time");
    assert_eq!(
        record["exploration"],
        json!({ "executions": 7, "preemption_bound": 1, "completeness": "incomplete" })
    );
}

#[test]
fn a_test_can_ask_for_seed_and_effort() {
    assert_eq!(record("tells_its_orders")["message"], "7 Thorough");
}

#[test]
fn an_order_for_another_test_is_refused() {
    let path = scratch("nothing");
    let order = json!({
        "test": "nothing", "nonce": "", "seed": 0, "effort": "quick", "result": path,
    });
    assert_eq!(start(&order.to_string()), Some(1));
    assert!(!path.exists());
}
