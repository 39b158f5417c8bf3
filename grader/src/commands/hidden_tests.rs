//! Which hidden tests are meant.

use anyhow::Result;

use crate::katas::catalog::{self, Exercise};
use crate::messages::usage;
use crate::results::usage::Usage;

/// Of these topics, those that have any of the tests that were asked for, and the full names of
/// these tests. A name may do without its prefix: `two_threads_take_turns` stands for the tests of
/// that name of every kind.
///
/// # Errors
///
/// None of the topics has a test of one of the names ([`Usage`]).
pub(super) fn known_tests(
    asked: &[String],
    topics: &[String],
) -> Result<(Vec<String>, Vec<String>)> {
    let exercises = catalog::all()?;
    let chosen: Vec<&Exercise> = exercises
        .iter()
        .filter(|exercise| topics.contains(&exercise.topic))
        .collect();
    let mut tests: Vec<String> = Vec::new();
    for name in asked {
        let found: Vec<String> = names(&chosen).filter(|it| is_meant(it, name)).collect();
        if found.is_empty() {
            return Err(unknown(name, &chosen, &exercises).into());
        }
        for test in found {
            if !tests.contains(&test) {
                tests.push(test);
            }
        }
    }
    let has_any =
        |exercise: &&Exercise| exercise.tests.iter().any(|test| tests.contains(&test.name));
    let having: Vec<String> = chosen
        .into_iter()
        .filter(has_any)
        .map(|exercise| exercise.topic.clone())
        .collect();
    let in_order = topics.iter().filter(|topic| having.contains(topic));
    Ok((in_order.cloned().collect(), tests))
}

fn names<'a>(exercises: &'a [&Exercise]) -> impl Iterator<Item = String> + 'a {
    let tests = exercises.iter().flat_map(|exercise| &exercise.tests);
    tests.map(|test| test.name.clone())
}

/// Whether a name, be it without the prefix, is that of a test.
pub(super) fn is_meant(test: &str, name: &str) -> bool {
    test == name || test.split_once("::").is_some_and(|(_, it)| it == name)
}

fn unknown(name: &str, chosen: &[&Exercise], all: &[Exercise]) -> Usage {
    let topics: Vec<String> = chosen.iter().map(|it| it.topic.clone()).collect();
    let elsewhere = all
        .iter()
        .find(|exercise| exercise.tests.iter().any(|it| is_meant(&it.name, name)));
    if let Some(elsewhere) = elsewhere {
        return Usage::Said(usage::test_of_another(name, &topics, &elsewhere.topic));
    }
    let mut likely: Vec<(f64, String)> = names(chosen)
        .map(|test| (likeness(name, &test), test))
        .filter(|(likeness, _)| *likeness > 0.8)
        .collect();
    likely.sort_by(|a, b| b.0.total_cmp(&a.0));
    likely.dedup_by(|a, b| a.1 == b.1);
    likely.truncate(MOST_SUGGESTIONS);
    let likely: Vec<String> = likely.into_iter().map(|(_, test)| test).collect();
    Usage::Said(usage::unknown_test(name, &topics, &likely))
}

/// As many names as a reader takes in at a glance.
const MOST_SUGGESTIONS: usize = 3;

fn likeness(typed: &str, test: &str) -> f64 {
    let function = test.split_once("::").map_or(test, |(_, it)| it);
    strsim::jaro_winkler(typed, test).max(strsim::jaro_winkler(typed, function))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(names: &[&str], topics: &[&str]) -> Result<(Vec<String>, Vec<String>)> {
        let owned = |names: &[&str]| names.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
        known_tests(&owned(names), &owned(topics))
    }

    fn said(names: &[&str], topics: &[&str]) -> String {
        let error = asked(names, topics).expect_err("unknown");
        assert!(error.is::<Usage>());
        error.to_string()
    }

    #[test]
    fn a_name_may_do_without_its_prefix_and_counts_once() {
        let full = "model::two_threads_take_turns";
        let (topics, tests) = asked(&[full, "two_threads_take_turns"], &["lock"]).expect("known");
        assert_eq!(topics, ["lock"]);
        assert_eq!(tests.iter().filter(|it| *it == full).count(), 1);
        let has_name = |it: &String| it.ends_with("::two_threads_take_turns");
        assert!(tests.iter().all(has_name), "{tests:?}");
    }

    #[test]
    fn topics_without_any_of_the_tests_are_left_out() {
        let (topics, _) =
            asked(&["model::two_threads_take_turns"], &["timer", "lock"]).expect("known");
        assert_eq!(topics, ["lock"]);
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_likeliest() {
        let typed = said(&["model::two_threads_take_turn"], &["lock"]);
        assert!(typed.contains("`model::two_threads_take_turns`"), "{typed}");
        let typed = said(&["zebra"], &["lock"]);
        assert!(typed.contains("`check -v`"), "{typed}");
        let typed = said(&["model::two_threads_take_turns"], &["timer"]);
        assert!(typed.contains("lock has one"), "{typed}");
    }
}
