//! The report for programs: schema `grader/report/v1`, see [`crate::results::report`].

use crate::results::report::Report;

/// One JSON document, indented, with a newline at its end.
///
/// # Panics
///
/// Never: a [`Report`] holds nothing that JSON cannot.
pub fn render(report: &Report) -> String {
    let mut text = serde_json::to_string_pretty(report).expect("a report is representable");
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::fixtures;
    use serde_json::Value;

    fn json() -> Value {
        let report = fixtures::report(vec![fixtures::lost_wakeup()]);
        serde_json::from_str(&render(&report)).expect("valid JSON")
    }

    #[test]
    fn has_every_field_of_the_schema() {
        let report = json();
        for field in ["schema", "grader", "rustc", "seed", "exercises"] {
            assert!(report.get(field).is_some(), "{field}");
        }
        assert_eq!(report["schema"], "grader/report/v1");
        let exercise = &report["exercises"][0];
        for field in [
            "topic",
            "status",
            "points",
            "max_points",
            "cached",
            "seconds",
            "tests",
        ] {
            assert!(exercise.get(field).is_some(), "{field}");
        }
        let tests = exercise["tests"].as_array().expect("tests");
        let test = tests
            .iter()
            .find(|test| test["diagnosis"] == "lost_wakeup")
            .expect("the failed test");
        for field in [
            "name",
            "kind",
            "verdict",
            "diagnosis",
            "points",
            "max_points",
            "message",
            "executions",
            "preemption_bound",
            "complete",
            "seconds",
            "trace",
        ] {
            assert!(test.get(field).is_some(), "{field}");
        }
        for field in [
            "step", "thread", "op", "object", "file", "line", "column", "text",
        ] {
            assert!(test["trace"][0].get(field).is_some(), "{field}");
        }
    }

    #[test]
    fn words_are_in_snake_case_and_points_are_numbers_with_a_fraction() {
        let text = render(&fixtures::report(vec![fixtures::lost_wakeup()]));
        assert!(text.contains("\"status\": \"failed\""));
        assert!(text.contains("\"max_points\": 10.0"));
    }

    #[test]
    fn the_source_text_of_the_learner_is_not_in_it() {
        assert!(
            !render(&fixtures::report(vec![fixtures::lost_wakeup()])).contains("notify_one();")
        );
    }

    #[test]
    fn reads_back_as_the_same_report() {
        let text = render(&fixtures::report(vec![fixtures::lost_wakeup()]));
        let report: Report = serde_json::from_str(&text).expect("a report");
        assert_eq!(render(&report), text);
    }
}
