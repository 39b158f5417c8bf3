//! What learners see: from the untouched skeleton to the last point.

use grader::katas::catalog;
use grader::results::record::Completeness;
use grader::results::report::TraceStep;
use grader::results::verdict::{Diagnosis, Kind, Status, Verdict};
use insta::assert_snapshot;
use predicates::prelude::*;
use serial_test::serial;

use crate::project::{Project, mutant, not_passed, skeleton, solution, steady};

#[test]
fn a_fresh_directory_is_told_where_to_begin_without_compiling_anything() {
    let project = Project::apart();
    project.write("exercises/lock/src/lib.rs", skeleton("lock"));
    let answer = project.run(&["check"]);
    assert_eq!(answer.code, 1);
    assert_snapshot!(steady(&answer.stdout));
    assert_eq!(answer.stderr, "lock: untouched\n");
    assert!(!project.scratch().join("workspace").exists());
}

#[test]
fn every_skeleton_is_pending() {
    let project = Project::apart();
    let topics = catalog::names();
    for topic in &topics {
        project.write(&format!("exercises/{topic}/src/lib.rs"), skeleton(topic));
    }
    let answer = project.run(&["check", "--format", "json"]);
    assert_eq!(answer.code, 1);
    let exercises = answer.report().exercises;
    assert_eq!(exercises.len(), topics.len());
    for exercise in exercises {
        assert_eq!(exercise.status, Status::Pending, "{}", exercise.topic);
        assert_eq!(exercise.points, 0.0, "{}", exercise.topic);
        for test in exercise.tests {
            assert_eq!(test.verdict, Verdict::NotRun, "{}", test.name);
        }
    }
    assert!(!project.scratch().join("workspace").exists());
}

#[test]
#[serial]
fn the_solution_passes_everything_and_is_told_how_much_was_explored() {
    let project = Project::with_lock(solution());
    let exercise = project.check_lock(0);
    assert_eq!(exercise.status, Status::Passed);
    assert_eq!(exercise.points, 10.0);
    assert!(not_passed(&exercise).is_empty());
    for test in &exercise.tests {
        match test.kind {
            Kind::Stress => assert_eq!(test.explored.executions, None, "{}", test.name),
            Kind::Model | Kind::Loom => {
                assert!(
                    test.explored.executions.is_some_and(|it| it > 0),
                    "{}",
                    test.name
                );
                assert_ne!(test.explored.completeness, Some(Completeness::Incomplete));
            }
        }
        let is_complete = test.explored.completeness == Some(Completeness::Complete);
        assert_eq!(test.explored.complete.unwrap_or_default(), is_complete);
    }
}

#[test]
#[serial]
fn a_pass_is_one_screen_with_one_line_of_praise() {
    let project = Project::with_lock(solution());
    let answer = project.check(&["lock"]);
    assert_eq!(answer.code, 0, "{answer:#?}");
    assert!(answer.stdout.starts_with("lock: passed, 10 of 10 points ("));
    for kind in ["stress: ", "model: ", "loom: "] {
        assert!(answer.stdout.contains(kind), "{}", answer.stdout);
    }
    assert!(answer.stdout.contains("\nWell done. "), "{}", answer.stdout);
    assert!(answer.stdout.contains("Next is rlock"), "{}", answer.stdout);
    assert!(answer.stdout.lines().count() < 12, "{}", answer.stdout);
    assert_eq!(answer.stderr, "Compiling lock\nlock: passed\n");
}

/// The flagship: `acquire` looks, lets go of the mutex, and then goes to sleep.
#[test]
#[serial]
fn a_lost_wakeup_is_told_as_a_story_over_the_learners_own_lines() {
    let project = Project::with_lock(mutant("look-drop-wait"));
    let answer = project.check(&["lock"]);
    assert_eq!(answer.code, 1);
    let story = answer.stdout.find("error[lost_wakeup]").expect("a story");
    let story = &answer.stdout[story..];
    // What real threads run into besides is a matter of luck.
    let end = ["\nAlso:\n", "\nNext:"]
        .iter()
        .filter_map(|end| story.find(end))
        .min();
    assert_snapshot!(steady(&story[..end.expect("what comes after the story")]));
    let widest = answer.stdout.lines().map(|line| line.chars().count()).max();
    assert!(widest <= Some(80), "{}", answer.stdout);
}

#[test]
#[serial]
fn a_lost_wakeup_has_both_threads_three_marked_lines_and_the_fewest_preemptions() {
    let text = mutant("look-drop-wait");
    let project = Project::with_lock(&text);
    let exercise = project.check_lock(1);
    let find =
        |it: &&grader::results::report::TestReport| it.diagnosis == Some(Diagnosis::LostWakeup);
    let test = exercise.tests.iter().find(find).expect("a lost wake-up");
    // One to get in between looking and sleeping, one to get back in time for the notification.
    assert!(
        test.story.preemptions <= Some(2),
        "{:?}",
        test.story.preemptions
    );
    assert_eq!(
        (test.story.spurious, test.story.timeouts),
        (Some(0), Some(0))
    );
    let mut marked: Vec<_> = test
        .story
        .trace
        .iter()
        .filter(|it| it.mark.is_some())
        .collect();
    marked.sort_by_key(|step| step.mark);
    let line = |number: u32| text.lines().nth(number as usize - 1).unwrap_or_default();
    let told: Vec<_> = marked
        .iter()
        .map(|step| (step.op.as_str(), line(step.line).trim()))
        .collect();
    assert_eq!(
        told,
        [
            ("lock", "let locked = *self.locked.lock().unwrap();"),
            ("notify_one", "self.freed.notify_one();"),
            ("wait", "let _guard = self.freed.wait(guard).unwrap();"),
        ]
    );
    assert_eq!(marked[0].thread, marked[2].thread);
    assert_ne!(marked[0].thread, marked[1].thread);
    for step in marked {
        assert_eq!(step.file, "exercises/lock/src/lib.rs");
        assert!(step.column > 0);
    }
}

/// `fn locked(mutex)` in front of everything must not be all that is ever seen.
#[test]
#[serial]
fn a_step_in_a_helper_is_told_where_the_helper_is_called() {
    let helper = "\nfn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {\n    \
                  mutex.lock().unwrap()\n}\n";
    let text = mutant("release-wakes-nobody")
        .replace("self.locked.lock().unwrap()", "locked(&self.locked)");
    let project = Project::with_lock(text.clone() + helper);
    let exercise = project.check_lock(1);
    let marked = exercise
        .tests
        .iter()
        .filter(|test| test.kind == Kind::Model)
        .flat_map(|test| &test.story.trace)
        .filter(|step| step.mark.is_some())
        .collect::<Vec<_>>();
    assert!(!marked.is_empty());
    for step in &marked {
        assert!((step.line as usize) <= text.lines().count(), "{step:?}");
        assert!(step.call.is_some(), "{step:?}");
    }
    let release = |it: &&&TraceStep| it.call.as_deref() == Some("release");
    let line = marked.iter().find(release).expect("who wakes nobody").line as usize;
    assert!(
        text.lines()
            .nth(line - 1)
            .is_some_and(|it| it.contains("locked(&self.locked)"))
    );
}

#[test]
#[serial]
fn stress_tests_wait_for_the_repair_of_a_bug_that_is_told_but_not_where_points_count() {
    let project = Project::with_lock(mutant("release-wakes-nobody"));
    let check = || project.run(&["check", "--effort", "quick", "lock"]);
    let answer = check();
    assert_eq!(answer.code, 1);
    assert!(
        answer.stdout.starts_with("lock: failed ("),
        "{}",
        answer.stdout
    );
    assert!(
        answer
            .stdout
            .contains("; stress tests wait for the repair\n"),
        "{}",
        answer.stdout
    );
    let again = check();
    assert!(
        again.stdout.contains("(unchanged since the last check)"),
        "{}",
        again.stdout
    );
    let exercise = project.check_lock(1);
    let stress = exercise
        .tests
        .iter()
        .filter(|test| test.kind == Kind::Stress);
    assert!(stress.clone().count() > 0);
    for test in stress {
        assert_ne!(test.verdict, Verdict::NotRun, "{}", test.name);
    }
    assert!(exercise.points > 0.0);
}

#[test]
#[serial]
fn the_story_is_the_same_each_time() {
    let project = Project::with_lock(mutant("look-drop-wait"));
    let stories = [1, 2].map(|_| {
        let exercise = project.check_lock(1);
        let failed = not_passed(&exercise);
        let model: Vec<_> = failed
            .iter()
            .filter(|test| test.kind != Kind::Stress)
            .map(|test| {
                serde_json::to_value((&test.name, test.explored.executions, &test.story.trace))
                    .unwrap()
            })
            .collect();
        model
    });
    assert!(!stories[0].is_empty());
    assert_eq!(stories[0], stories[1]);
}

/// Wrong locks, each with one wrong idea: the tests that its header names find what it says.
mod wrong {
    use grader::katas::header::Catch;

    use super::*;

    macro_rules! wrong {
        ($(#[$attribute:meta])? $($name:ident)*) => {
            wrong! { @each [$(#[$attribute])?] $($name)* }
        };
        (@each $attributes:tt $($name:ident)*) => {
            $(wrong! { @one $attributes $name })*
        };
        (@one [$(#[$attribute:meta])?] $name:ident) => {
            #[test]
            #[serial]
            $(#[$attribute])?
            fn $name() {
                is_caught(&stringify!($name).replace('_', "-"));
            }
        };
    }

    wrong! {
        check_then_set
        if_not_while
        panic_poisons
        release_wakes_nobody
        timeout_restarts
        zero_length_naps
    }

    // Of each diagnosis there is one above.
    wrong! {
        #[ignore = "builds nine more crates"]
        asking_takes_it
        duration_max_overflows
        flag_reset_loses_sleepers
        gives_up_but_takes
        relaxed_lock
        relaxed_unlock
        timed_out_waiter_eats_wakeup
        timeout_gives_up_early
        unlock_not_on_panic
    }

    fn is_caught(name: &str) {
        let exercise = catalog::exercise("lock").expect("a topic");
        let mutants = catalog::mutants(&exercise).expect("mutants");
        let mutant = mutants.iter().find(|mutant| mutant.name == name);
        let mutant = mutant.expect("a mutant of that name");
        let report = Project::with_lock(&mutant.text).check_lock(1);
        assert_eq!(report.status, Status::Failed);
        assert!(report.points < report.max_points);
        // Real threads show a bug when they are lucky; the model checkers show it each time.
        let is_certain = |catch: &&Catch| !catch.test.starts_with("stress::");
        let certain: Vec<&Catch> = mutant.caught_by.iter().filter(is_certain).collect();
        assert!(!certain.is_empty(), "{name} is only caught by real threads");
        for catch in certain {
            let test = report.tests.iter().find(|test| test.name == catch.test);
            let test = test.expect("the test that the header names");
            assert_eq!(
                (test.verdict, test.diagnosis),
                (Verdict::Failed, Some(catch.diagnosis)),
                "{} on {name}: {:?}",
                test.name,
                test.message
            );
            assert_eq!(test.points, 0.0);
        }
    }
}

/// The spin lock of "Rust Atomics and Locks" is a correct lock that keeps the processor busy.
#[test]
#[serial]
fn a_spin_lock_fails_for_nothing_but_that_it_keeps_the_processor_busy() {
    let exercise = Project::with_lock(mutant("spin-and-store")).check_lock(1);
    let failed = not_passed(&exercise);
    assert!(!failed.is_empty());
    for test in failed {
        assert_eq!(
            (test.verdict, test.diagnosis),
            (Verdict::Failed, Some(Diagnosis::BusyWait)),
            "{}: {:?}",
            test.name,
            test.message
        );
    }
}

#[test]
#[serial]
fn a_compile_error_is_shown_as_rustc_renders_it_at_the_learners_path() {
    let project = Project::with_lock(solution().replace("let mut locked", "let mut lokced"));
    let answer = project.check(&["lock"]);
    assert_eq!(answer.code, 1);
    let says = predicate::str::contains("error[E0425]: cannot find value `locked` in this scope")
        .and(predicate::str::contains(" --> exercises/lock/src/lib.rs:"))
        .and(predicate::str::contains(
            "make exercises/lock/src/lib.rs compile",
        ));
    assert!(says.eval(&answer.stdout), "{}", answer.stdout);
    let exercise = project.check_lock(1);
    assert_eq!(exercise.status, Status::BuildFailed);
    for test in &exercise.tests {
        assert_eq!(test.verdict, Verdict::NotRun);
        assert_eq!(test.diagnosis, Some(Diagnosis::CompileError));
    }
}

#[test]
#[serial]
fn a_changed_interface_is_told_without_the_hidden_tests() {
    let project = Project::with_lock(solution().replace("fn try_acquire", "fn try_to_acquire"));
    let exercise = project.check_lock(1);
    assert_eq!(exercise.status, Status::BuildFailed);
    let refusal = exercise.refusal.expect("a refusal").to_string();
    assert!(refusal.contains("public interface is not the one of the exercise"));
    assert!(refusal.contains("`try_acquire`"), "{refusal}");
}

#[test]
#[serial]
fn a_method_that_is_not_written_yet_is_told_by_its_name() {
    let begun = solution().replace(
        "*self.locked.lock().unwrap()\n    }",
        "todo!(\"is the lock taken?\")\n    }",
    );
    assert_ne!(begun, solution());
    let project = Project::with_lock(begun);
    let answer = project.check(&["lock"]);
    assert_eq!(answer.code, 1);
    assert!(
        answer.stdout.contains("into a `todo!()`"),
        "{}",
        answer.stdout
    );
    assert!(
        answer
            .stdout
            .contains("`is_locked` at exercises/lock/src/lib.rs:")
    );
}

#[test]
#[serial]
fn a_forbidden_part_of_std_is_answered_with_the_reason() {
    let project = Project::with_lock(solution() + "\npub use std::sync::Barrier;\n");
    let exercise = project.check_lock(1);
    assert_eq!(exercise.status, Status::BuildFailed);
    let refusal = exercise.refusal.expect("a refusal").to_string();
    assert!(refusal.contains("`std::sync::Barrier`"), "{refusal}");
    assert!(refusal.contains("does without it, or asks you to build it"));
}

#[test]
#[serial]
fn what_belongs_to_cargo_in_the_learners_folders_plays_no_part() {
    let project = Project::with_lock(solution());
    let marker = project.path("was-here");
    let script = format!("fn main() {{ std::fs::write({marker:?}, \"\").unwrap(); panic!() }}");
    let settings = "[build]\nrustc = \"/bin/false\"\nrustc-wrapper = \"/bin/false\"\n\
                    rustflags = [\"--no-such-flag\"]\n[env]\nRUSTC_BOOTSTRAP = \"1\"\n";
    for folder in ["exercises/lock", "exercises", "."] {
        project.write(&format!("{folder}/Cargo.toml"), "[package]\nname = 7\n");
        project.write(&format!("{folder}/Cargo.lock"), "nonsense");
        project.write(&format!("{folder}/build.rs"), &script);
        project.write(&format!("{folder}/.cargo/config.toml"), settings);
        let toolchain = "[toolchain]\nchannel = \"no-such-toolchain\"\n";
        project.write(&format!("{folder}/rust-toolchain.toml"), toolchain);
    }
    let answer = Project::run(&project, &["check", "lock", "--no-cache", "--effort=quick"]);
    assert_eq!(answer.code, 0, "{answer:#?}");
    // An installed grader looks for the toolchain by itself.
    let output = project.grader().env_remove("CARGO").arg("check").output();
    assert_eq!(output.expect("a run").status.code(), Some(0));
    assert!(!marker.exists());
}

#[test]
#[serial]
fn line_ends_and_the_byte_order_mark_do_not_matter() {
    let windows = |text: &str| format!("\u{feff}{}", text.replace('\n', "\r\n"));
    let exercise = Project::with_lock(windows(&solution())).check_lock(0);
    assert_eq!(exercise.points, 10.0);

    let pending = Project::with_lock(windows(&skeleton("lock"))).check_lock(1);
    assert_eq!(pending.status, Status::Pending);

    let text = solution() + "pub fn f() { unsafe {} }\n";
    let line = text.lines().count();
    let forbidden = Project::with_lock(windows(&text)).check_lock(1);
    assert_eq!(forbidden.status, Status::Forbidden);
    let refusal = forbidden.refusal.expect("a refusal").to_string();
    let place = format!("exercises/lock/src/lib.rs:{line}:14");
    assert!(refusal.contains(&place), "{refusal}");
}

#[test]
#[serial]
fn a_crate_may_have_several_files_beside_an_editors_debris() {
    let project = Project::with_lock("mod inner;\npub use inner::lock::*;\n");
    project.write("exercises/lock/src/inner/mod.rs", "pub mod lock;\n");
    project.write("exercises/lock/src/inner/lock.rs", solution());
    project.write("exercises/lock/src/lib.rs~", "nonsense");
    project.write("exercises/lock/src/.lib.rs.swp", [0xff; 64]);
    project.write("exercises/lock/src/lib (copy).rs", "unsafe");
    assert_eq!(project.check_lock(0).points, 10.0);
}

#[test]
#[serial]
fn a_file_that_was_removed_is_no_longer_compiled() {
    let project = Project::with_lock(solution());
    project.write("exercises/lock/src/extra.rs", "");
    let declared = solution() + "\nmod extra;\n";
    project.write("exercises/lock/src/lib.rs", &declared);
    project.check_lock(0);
    std::fs::remove_file(project.path("exercises/lock/src/extra.rs")).expect("removed");
    let exercise = project.check_lock(1);
    assert_eq!(exercise.status, Status::BuildFailed);
}

#[test]
#[serial]
fn another_folder_can_be_graded() {
    let project = Project::new();
    project.write("handed in/lock/src/lib.rs", solution());
    let answer = project.check(&["--source", "handed in"]);
    assert_eq!(answer.code, 0, "{answer:#?}");
    let project = Project::with_lock(solution());
    project.write("handed in/lock/src/lib.rs", skeleton("lock"));
    let answer = project.check(&["--source", "handed in", "lock"]);
    assert_eq!(answer.code, 1, "{answer:#?}");
    let expected = "check lock --source 'handed in'";
    assert!(
        answer.stdout.replace('\n', " ").contains(expected),
        "{}",
        answer.stdout
    );
}
