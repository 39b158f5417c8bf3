//! What each moment of the fixtures' executions looks like.

use super::{Disturbance, Frame, ObjectState, Replay, Standing, candidates, frames, table};
use crate::report::looks;
use crate::results::fixtures::{self, step};
use crate::results::report::{ExerciseReport, Story, TraceStep};

/// The story that a check tells first.
fn story(exercise: &ExerciseReport) -> &Story {
    &candidates(exercise)[0].story
}

fn standing<'a>(frame: &Frame<'a>, thread: &str) -> Standing<'a> {
    let mut threads = frame.threads.iter();
    let found = threads.find(|it| it.name == thread);
    found.expect("a thread").standing.clone()
}

fn object<'a>(frame: &Frame<'a>, name: &str) -> ObjectState<'a> {
    let mut objects = frame.objects.iter();
    objects
        .find(|(it, _)| *it == name)
        .expect("an object")
        .1
        .clone()
}

/// The frame after the step of that number.
fn after<'a, 'b>(frames: &'b [Frame<'a>], number: usize) -> &'b Frame<'a> {
    let is_it = |frame: &&Frame<'_>| frame.step.is_some_and(|step| step.step == number);
    frames.iter().find(is_it).expect("a step of that number")
}

fn step_on(number: usize, thread: &str, op: &str, object: &str) -> TraceStep {
    TraceStep {
        object: Some(object.to_owned()),
        ..step(number, thread, op, 24, 35)
    }
}

fn with_outcome(step: TraceStep, outcome: &str) -> TraceStep {
    TraceStep {
        outcome: Some(outcome.to_owned()),
        ..step
    }
}

fn to(step: TraceStep, target: &str) -> TraceStep {
    TraceStep {
        target: Some(target.to_owned()),
        ..step
    }
}

fn story_of(threads: &[&str], trace: Vec<TraceStep>) -> Story {
    Story {
        threads: threads.iter().map(ToString::to_string).collect(),
        trace,
        ..Story::default()
    }
}

#[test]
fn a_lost_wakeup_from_the_beginning_to_the_end() {
    let exercise = fixtures::lost_wakeup();
    let frames = frames(story(&exercise));
    // The beginning, 15 steps, and two threads that never go on.
    assert_eq!(frames.len(), 18);
    assert_eq!(standing(&frames[0], "main"), Standing::Ready);
    assert_eq!(standing(&frames[0], "thread 1"), Standing::NotStarted);
    assert_eq!(object(&frames[0], "locked"), ObjectState::Mutex(None));

    let looked = after(&frames, 7);
    assert_eq!(standing(looked, "thread 2"), Standing::Running);
    assert_eq!(
        object(looked, "locked"),
        ObjectState::Mutex(Some("thread 2"))
    );
    let waits = Standing::WaitsForLock {
        object: "locked",
        holder: "thread 2",
        is_own: false,
    };
    assert_eq!(standing(looked, "thread 1"), waits);

    let notified = after(&frames, 11);
    assert_eq!(object(notified, "freed"), ObjectState::Condvar(vec![]));
    let sleeps = after(&frames, 14);
    assert_eq!(standing(sleeps, "thread 2"), Standing::AsleepOn("freed"));
    assert_eq!(
        object(sleeps, "freed"),
        ObjectState::Condvar(vec!["thread 2"])
    );
    assert_eq!(object(sleeps, "locked"), ObjectState::Mutex(None));
    assert_eq!(standing(sleeps, "thread 1"), Standing::Ended);

    let end = frames.last().expect("a frame");
    assert!(end.is_stuck);
    assert!(matches!(standing(end, "thread 2"), Standing::Stuck(_)));
    assert!(matches!(standing(end, "main"), Standing::Stuck(_)));
    assert_eq!(end.sentence(), "thread 2 waits on `freed` for ever");
}

#[test]
fn a_switch_from_who_could_have_gone_on_is_a_disturbance() {
    let exercise = fixtures::lost_wakeup();
    let frames = frames(story(&exercise));
    let switch = |number| after(&frames, number).disturbances.first().copied();
    assert_eq!(switch(7), Some(Disturbance::Switch("thread 1")));
    assert_eq!(switch(8), None);
    assert_eq!(switch(9), Some(Disturbance::Switch("thread 2")));
    // Whoever has ended is not kept from anything.
    assert_eq!(switch(13), None);
}

#[test]
fn a_wait_gives_the_mutex_back_and_who_is_notified_takes_it_again() {
    let story = story_of(
        &["main", "thread 1"],
        vec![
            to(step(1, "main", "spawn", 0, 0), "thread 1"),
            step_on(2, "thread 1", "lock", "m"),
            step_on(3, "thread 1", "wait", "c"),
            step_on(4, "main", "lock", "m"),
            to(
                with_outcome(step_on(5, "main", "notify_all", "c"), "woke"),
                "thread 1",
            ),
            step_on(6, "main", "unlock", "m"),
            with_outcome(step_on(7, "thread 1", "relock", "m"), "notified"),
        ],
    );
    let frames = frames(&story);
    assert_eq!(object(after(&frames, 3), "m"), ObjectState::Mutex(None));
    assert_eq!(
        object(after(&frames, 4), "m"),
        ObjectState::Mutex(Some("main"))
    );
    assert_eq!(
        standing(after(&frames, 4), "thread 1"),
        Standing::AsleepOn("c")
    );
    let waits = Standing::WaitsForLock {
        object: "m",
        holder: "main",
        is_own: false,
    };
    assert_eq!(standing(after(&frames, 5), "thread 1"), waits);
    assert_eq!(standing(after(&frames, 6), "thread 1"), Standing::Ready);
    assert_eq!(
        object(after(&frames, 7), "m"),
        ObjectState::Mutex(Some("thread 1"))
    );
}

/// The engine has such a sleeper awake again at once, and so nobody is there to be notified.
#[test]
fn who_wakes_by_itself_is_not_asleep_when_a_notification_misses_it() {
    let notify = with_outcome(step_on(3, "main", "notify_one", "c"), "nobody");
    let wake = step_on(4, "thread 1", "spurious_wakeup", "m");
    let before = || {
        vec![
            step_on(1, "thread 1", "lock", "m"),
            step_on(2, "thread 1", "wait", "c"),
        ]
    };
    let threads = ["main", "thread 1"];
    let missed = story_of(&threads, [before(), vec![notify, wake.clone()]].concat());
    let missed = frames(&missed);
    assert_eq!(object(after(&missed, 3), "c"), ObjectState::Condvar(vec![]));
    let disturbances = &after(&missed, 4).disturbances;
    assert_eq!(disturbances.last(), Some(&Disturbance::Spurious));
    assert_eq!(
        object(after(&missed, 4), "m"),
        ObjectState::Mutex(Some("thread 1"))
    );

    let alone = story_of(
        &threads,
        [before(), vec![TraceStep { step: 3, ..wake }]].concat(),
    );
    let alone = frames(&alone);
    assert_eq!(
        standing(after(&alone, 2), "thread 1"),
        Standing::AsleepOn("c")
    );
}

#[test]
fn a_token_makes_a_park_go_on_at_once() {
    let story = story_of(
        &["main", "thread 1"],
        vec![
            with_outcome(to(step(1, "main", "unpark", 9, 9), "thread 1"), "stored"),
            with_outcome(step(2, "thread 1", "park", 9, 9), "token"),
            step(3, "thread 1", "park", 9, 9),
            with_outcome(to(step(4, "main", "unpark", 9, 9), "thread 1"), "woke"),
            with_outcome(step(5, "thread 1", "park", 9, 9), "notified"),
        ],
    );
    let frames = frames(&story);
    let standing = |number| standing(after(&frames, number), "thread 1");
    assert_eq!(standing(2), Standing::Running);
    assert_eq!(standing(3), Standing::Parked);
    assert_eq!(standing(4), Standing::Ready);
    assert_eq!(standing(5), Standing::Running);
}

#[test]
fn a_lock_that_was_taken_keeps_everybody_out_and_a_reader_only_writers() {
    let story = story_of(
        &["main", "thread 1"],
        vec![
            step(0, "thread 1", "start", 0, 0),
            step_on(1, "main", "read", "rw"),
            step_on(2, "thread 1", "read", "rw"),
            step_on(3, "main", "unlock", "rw"),
            step_on(4, "thread 1", "unlock", "rw"),
            step_on(5, "main", "write", "rw"),
        ],
    );
    let frames = frames(&story);
    assert_eq!(standing(after(&frames, 1), "thread 1"), Standing::Ready);
    let both = object(after(&frames, 2), "rw").to_string();
    assert_eq!(both, "read by main and thread 1");
    let one = object(after(&frames, 3), "rw").to_string();
    assert_eq!(one, "read by thread 1");
    let none = object(after(&frames, 4), "rw").to_string();
    assert_eq!(none, "free");
    let writer = object(after(&frames, 5), "rw").to_string();
    assert_eq!(writer, "held by main");
}

#[test]
fn a_try_that_fails_takes_nothing() {
    let story = story_of(
        &["main", "thread 1"],
        vec![
            step_on(1, "main", "lock", "m"),
            with_outcome(step_on(2, "thread 1", "try_lock", "m"), "busy"),
            step_on(3, "main", "unlock", "m"),
        ],
    );
    let frames = frames(&story);
    assert_eq!(
        object(after(&frames, 2), "m"),
        ObjectState::Mutex(Some("main"))
    );
    assert_eq!(object(after(&frames, 3), "m"), ObjectState::Mutex(None));
}

#[test]
fn an_atomic_has_the_value_that_was_stored_last_and_first_what_was_seen_first() {
    let value = |step: TraceStep, value: &str, after: Option<&str>| TraceStep {
        value: Some(value.to_owned()),
        after: after.map(str::to_owned),
        ..step
    };
    let exchange = || step_on(3, "main", "compare_exchange", "a");
    let story = story_of(
        &["main"],
        vec![
            value(step_on(1, "main", "load", "a"), "0", None),
            value(step_on(2, "main", "store", "a"), "1", None),
            value(exchange(), "1", Some("5")),
            with_outcome(
                value(
                    TraceStep {
                        step: 4,
                        ..exchange()
                    },
                    "5",
                    Some("7"),
                ),
                "busy",
            ),
            value(step_on(5, "main", "store", "b"), "9", None),
        ],
    );
    let frames = frames(&story);
    let values = |name| {
        let values = frames.iter().map(|frame| object(frame, name).to_string());
        values.collect::<Vec<_>>()
    };
    assert_eq!(values("a"), ["0", "0", "1", "5", "5", "5"]);
    // What was in it before nobody has seen.
    assert_eq!(values("b")[4..], ["not known", "9"]);
}

#[test]
fn an_empty_channel_keeps_a_receiver_waiting() {
    let story = story_of(
        &["main", "thread 1"],
        vec![
            step(1, "thread 1", "start", 9, 9),
            step_on(2, "main", "send", "tasks"),
            step_on(3, "thread 1", "recv", "tasks"),
        ],
    );
    let frames = frames(&story);
    assert_eq!(standing(&frames[0], "thread 1"), Standing::NotStarted);
    assert_eq!(standing(after(&frames, 2), "thread 1"), Standing::Ready);
    let waits = Standing::WaitsForMessage("tasks");
    for (ends, outcome) in [("send", None), ("disconnect", Some("disconnected"))] {
        let receive = TraceStep {
            outcome: outcome.map(str::to_owned),
            ..step_on(4, "thread 1", "recv", "tasks")
        };
        let story = story_of(
            &["main", "thread 1"],
            vec![
                step(1, "thread 1", "start", 9, 9),
                step(2, "main", "yield", 9, 9),
                step_on(3, "main", ends, "tasks"),
                receive,
            ],
        );
        let frames = super::frames(&story);
        assert_eq!(standing(after(&frames, 2), "thread 1"), waits);
        assert_eq!(standing(after(&frames, 3), "thread 1"), Standing::Ready);
    }
}

#[test]
fn who_waits_for_itself_or_in_a_circle_is_told_so() {
    let own = fixtures::self_deadlock();
    let own = frames(story(&own));
    let stuck = after(&own, 3);
    assert!(stuck.is_stuck);
    let words = standing(stuck, "thread 1").to_string();
    assert_eq!(words, "waits for `locked`, which it holds itself");

    let cycle = fixtures::lock_cycle();
    let cycle = frames(story(&cycle));
    let marks: Vec<_> = cycle.iter().filter_map(Frame::mark).collect();
    assert_eq!(marks, [1, 2, 3, 4]);
    let end = cycle.last().expect("a frame");
    assert!(matches!(standing(end, "thread 1"), Standing::Stuck(_)));
    assert!(matches!(standing(end, "thread 2"), Standing::Stuck(_)));
}

#[test]
fn after_steps_that_are_left_out_nothing_is_claimed() {
    let story = story_of(
        &["main", "thread 1"],
        vec![
            step_on(1, "main", "lock", "m"),
            step_on(500, "thread 1", "lock", "n"),
        ],
    );
    let frames = frames(&story);
    let later = after(&frames, 500);
    assert_eq!(later.left_out, 498);
    assert_eq!(standing(later, "main"), Standing::Unknown);
    assert_eq!(standing(later, "thread 1"), Standing::Running);
    assert_eq!(object(later, "m").to_string(), "not known");
    assert_eq!(object(later, "n").to_string(), "held by thread 1");
    assert_eq!(later.notes(), ["498 steps before this are left out."]);
}

#[test]
fn a_story_without_steps_has_no_frames() {
    assert!(frames(&Story::default()).is_empty());
    let exercise = fixtures::passed("lock");
    assert!(candidates(&exercise).is_empty());
}

#[test]
fn without_a_terminal_all_steps_are_a_table() {
    let exercise = fixtures::lost_wakeup();
    let replay = Replay::of(&exercise, candidates(&exercise)[0], true).expect("steps");
    let text = table(&replay, &looks::plain());
    assert!(text.contains("You have edited the code since."), "{text}");
    for number in 1..=15 {
        let has_it = text
            .lines()
            .any(|line| line.trim_start().starts_with(&format!("{number} ")));
        assert!(has_it, "step {number} is missing: {text}");
    }
}
