//! A counterexample in the learner's own names.

use std::collections::{BTreeMap, HashMap};

use super::callers::{Functions, Told};
use super::initialiser::{self, Initialised};
use crate::results::place::Place;
use crate::results::record::{Counterexample, Object, Step};
use crate::results::report::{Story, TraceStep};
use crate::submission::subject::SourceFile;
use crate::support::{sanitise, syntax};

/// Tells a counterexample: its places are the learner's, its objects have names. `find` gives the file that a [`Place`] of the record means,
/// and [`None`] for files that are neither the learner's nor the test's.
pub fn story<'a>(
    counterexample: &Counterexample,
    find: &dyn Fn(&str) -> Option<SourceFile<'a>>,
) -> Story {
    let objects = object_names(counterexample, find);
    let name = |step: &Step| {
        let index = step.object?;
        let has_a_name = |object: &Object| !["thread", "clock"].contains(&&*object.kind);
        let object = counterexample.objects.get(index);
        object
            .filter(|object| has_a_name(object))
            .and(objects.get(index).map(String::as_str))
    };
    let all = counterexample.steps.iter().chain(&counterexample.blocked);
    let named: Vec<Option<&str>> = all.map(name).collect();
    let mut calls = told_calls(counterexample, &named, find).into_iter();
    let mut render = |number: usize, step: &Step| {
        let told = calls.next().flatten();
        let shown = find(&step.place.file).and_then(|file| file.shown);
        let (file, line, column) = match (shown, &told) {
            (Some(shown), Some(told)) => (shown, told.spot.line as u32, told.spot.column as u32),
            (Some(shown), None) => (shown, step.place.line, step.place.column),
            (None, _) => (String::new(), 0, 0),
        };
        TraceStep {
            step: number,
            thread: thread_name(counterexample, step.thread),
            op: step.op.clone(),
            object: name(step).map(str::to_owned),
            outcome: step.outcome.clone(),
            target: step
                .target
                .map(|target| thread_name(counterexample, target)),
            value: step.value.as_deref().map(sanitise::text),
            after: step.after.as_deref().map(sanitise::text),
            file,
            line,
            column,
            call: told.map(|told| told.function),
            key: step.key,
            mark: step.mark,
            again: step.again,
        }
    };
    let steps = &counterexample.steps;
    let end = steps.last().map_or(0, |step| step.step as usize);
    Story {
        preemptions: Some(counterexample.preemptions),
        spurious: Some(counterexample.spurious),
        timeouts: Some(counterexample.timeouts),
        threads: (0..counterexample.threads.len())
            .map(|index| thread_name(counterexample, index))
            .collect(),
        trace: steps
            .iter()
            .map(|step| render(step.step as usize, step))
            .collect(),
        blocked: (end + 1..)
            .zip(&counterexample.blocked)
            .map(|(number, step)| render(number, step))
            .collect(),
    }
}

fn thread_name(counterexample: &Counterexample, index: usize) -> String {
    match counterexample.threads.get(index) {
        Some(name) => sanitise::text(name),
        None => format!("thread {index}"),
    }
}

/// One name for each object. Objects that share a name and both appear in the steps are numbered.
fn object_names<'a>(
    counterexample: &Counterexample,
    find: &dyn Fn(&str) -> Option<SourceFile<'a>>,
) -> Vec<String> {
    let objects = &counterexample.objects;
    let initialised = what_objects_initialise(objects, find);
    let mut derived: HashMap<(&Place, &str), usize> = HashMap::new();
    let names: Vec<Option<String>> = objects
        .iter()
        .zip(initialised)
        .map(|(object, initialised)| match initialised? {
            Initialised::Named(name) => Some(name),
            Initialised::Derived(fields) => {
                let earlier = derived.entry((&object.place, &object.kind)).or_default();
                *earlier += 1;
                derived_field(fields, object, *earlier - 1)
            }
        })
        .collect();

    let appears = |index: usize| {
        let steps = counterexample.steps.iter().chain(&counterexample.blocked);
        steps.into_iter().any(|step| step.object == Some(index))
    };
    let mut used: HashMap<&str, Vec<usize>> = HashMap::new();
    for (index, name) in names.iter().enumerate() {
        let word = name.as_deref().unwrap_or(&objects[index].kind);
        if appears(index) {
            used.entry(word).or_default().push(index);
        }
    }
    names
        .iter()
        .enumerate()
        .map(|(index, name)| {
            let word = name.as_deref().unwrap_or(&objects[index].kind);
            let sharing = used.get(word).map(Vec::as_slice).unwrap_or_default();
            let number = sharing.iter().position(|&other| other == index);
            match (name, number) {
                (Some(name), Some(number)) if sharing.len() > 1 => {
                    format!("{name} #{}", number + 1)
                }
                (Some(name), _) => name.clone(),
                (None, number) => format!("{word} #{}", number.unwrap_or(0) + 1),
            }
        })
        .collect()
}

/// What the expression initialises that created each object. Each file is parsed once.
fn what_objects_initialise<'a>(
    objects: &[Object],
    find: &dyn Fn(&str) -> Option<SourceFile<'a>>,
) -> Vec<Option<Initialised>> {
    let mut by_file: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, object) in objects.iter().enumerate() {
        by_file.entry(&object.place.file).or_default().push(index);
    }
    let mut initialised = vec![None; objects.len()];
    for (path, created) in by_file {
        let Some(file) = find(path) else { continue };
        let found = syntax::with_file(file.text, |file| {
            let at = |index: &usize| initialiser::find(file, (&objects[*index].place).into());
            created.iter().map(at).collect::<Vec<_>>()
        });
        for (index, found) in created.iter().zip(found.unwrap_or_default()) {
            initialised[*index] = found;
        }
    }
    initialised
}

/// The calls that led to the steps and to what threads are blocked in, in this order, as far as
/// they are known. `named` are the names of their objects. Each file is parsed once.
fn told_calls<'a>(
    counterexample: &Counterexample,
    named: &[Option<&str>],
    find: &dyn Fn(&str) -> Option<SourceFile<'a>>,
) -> Vec<Option<Told>> {
    let steps = &counterexample.steps;
    let all: Vec<&Step> = steps.iter().chain(&counterexample.blocked).collect();
    let mut by_file: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, step) in all.iter().enumerate() {
        if !step.calls.is_empty() {
            by_file.entry(&step.place.file).or_default().push(index);
        }
    }
    let mut told = vec![None; all.len()];
    for (path, indices) in by_file {
        let Some(file) = find(path) else { continue };
        let found = syntax::with_file(file.text, |file| {
            let functions = Functions::of(file);
            let tell = |index: &usize| {
                let step = all[*index];
                functions.tell((&step.place).into(), &step.calls, named[*index])
            };
            indices.iter().map(tell).collect::<Vec<_>>()
        });
        for (index, found) in indices.iter().zip(found.unwrap_or_default()) {
            told[*index] = found;
        }
    }
    for index in 0..steps.len() {
        // A guard is given back where it was made, whoever drops it.
        if steps[index].op == "unlock" && told[index].is_none() {
            let taken = (0..index).rfind(|&earlier| {
                let key = |step: &Step| (step.thread, step.object, step.place.clone());
                key(&steps[earlier]) == key(&steps[index])
            });
            told[index] = taken.and_then(|taken| told[taken].clone());
        }
    }
    told
}

/// The field that the `earlier`-th object of this kind at a derived `default` is.
fn derived_field(fields: Vec<(String, String)>, object: &Object, earlier: usize) -> Option<String> {
    let candidates: Vec<String> = fields
        .into_iter()
        .filter(|(_, of)| kind_of_type(of) == Some(object.kind.as_str()))
        .map(|(name, _)| name)
        .collect();
    let at = earlier.checked_rem(candidates.len())?;
    candidates.into_iter().nth(at)
}

/// The record's word for what a type of `std::sync` is.
fn kind_of_type(of: &str) -> Option<&'static str> {
    Some(match of {
        "Mutex" => "mutex",
        "RwLock" => "rwlock",
        "Condvar" => "condvar",
        "Once" | "OnceLock" | "LazyLock" => "once",
        "Barrier" => "barrier",
        atomic if atomic.starts_with("Atomic") => "atomic",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(kind: &str, file: &str, line: u32, column: u32) -> Object {
        Object {
            kind: kind.into(),
            place: Place {
                file: file.into(),
                line,
                column,
            },
        }
    }

    fn step(thread: usize, op: &str, object: Option<usize>, file: &str) -> Step {
        Step {
            step: 1,
            thread,
            op: op.into(),
            object,
            outcome: None,
            target: None,
            value: None,
            after: None,
            place: Place {
                file: file.into(),
                line: 4,
                column: 9,
            },
            key: true,
            mark: None,
            again: None,
            calls: Vec::new(),
        }
    }

    const LEARNER: &str = "#[derive(Default)]\nstruct Lock {\n    locked: Mutex<bool>,\n    cv: Condvar,\n    other: Mutex<u8>,\n}\n";
    const SUITE: &str = "pub fn t() {\n    let data = Tracked::new(0);\n}\n";

    fn find(file: &str) -> Option<SourceFile<'static>> {
        match file {
            "subjects/learner/lock/src/lib.rs" => Some(SourceFile {
                shown: Some("exercises/lock/src/lib.rs".into()),
                text: LEARNER,
            }),
            "suite.rs" => Some(SourceFile {
                shown: None,
                text: SUITE,
            }),
            _ => None,
        }
    }

    fn counterexample(objects: Vec<Object>, steps: Vec<Step>) -> Counterexample {
        Counterexample {
            execution: 3,
            preemptions: 1,
            spurious: 0,
            timeouts: 0,
            threads: vec!["main".into(), "thread 1".into()],
            objects,
            steps,
            blocked: Vec::new(),
        }
    }

    #[test]
    fn fields_of_a_derived_default_are_told_apart_by_kind_and_order() {
        let learner = "subjects/learner/lock/src/lib.rs";
        let names: Vec<String> = story(
            &counterexample(
                vec![
                    object("mutex", learner, 1, 10),
                    object("condvar", learner, 1, 10),
                    object("mutex", learner, 1, 10),
                ],
                (0..3).map(|o| step(1, "lock", Some(o), learner)).collect(),
            ),
            &find,
        )
        .trace
        .into_iter()
        .filter_map(|step| step.object)
        .collect();
        assert_eq!(names, ["locked", "cv", "other"]);
    }

    #[test]
    fn objects_without_a_name_and_objects_that_share_one_are_numbered() {
        let rendered = story(
            &counterexample(
                vec![
                    object("mutex", "/rustc/library/alloc/src/sync.rs", 9, 9),
                    object("cell", "suite.rs", 2, 16),
                    object("cell", "suite.rs", 2, 16),
                    object("mutex", "elsewhere.rs", 1, 1),
                ],
                (0..4)
                    .map(|o| step(1, "lock", Some(o), "suite.rs"))
                    .collect(),
            ),
            &find,
        );
        let names: Vec<&str> = rendered
            .trace
            .iter()
            .filter_map(|step| step.object.as_deref())
            .collect();
        assert_eq!(names, ["mutex #1", "data #1", "data #2", "mutex #2"]);
    }

    #[test]
    fn places_become_the_learners_and_those_of_hidden_tests_disappear() {
        let rendered = story(
            &counterexample(
                Vec::new(),
                vec![
                    step(0, "yield", None, "suite.rs"),
                    Step {
                        step: 2,
                        ..step(1, "yield", None, "subjects/learner/lock/src/lib.rs")
                    },
                ],
            ),
            &find,
        );
        let places: Vec<(&str, u32)> = rendered
            .trace
            .iter()
            .map(|step| (step.file.as_str(), step.line))
            .collect();
        assert_eq!(places, [("", 0), ("exercises/lock/src/lib.rs", 4)]);
        assert_eq!(rendered.trace[1].thread, "thread 1");
        assert_eq!(rendered.trace[1].step, 2);
    }
}
