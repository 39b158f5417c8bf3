//! What `verify --repeat` shows: how often all has ended as it should, and where it has not.

use serde_json::{Value, json};

use super::look::{Look, Mark, Tone, wrap};
use crate::messages::authors;
use crate::results::repetition::{Failure, Repetition};

/// The repetition for a person.
pub fn render(repetition: &Repetition, look: &Look) -> String {
    let mut text = String::new();
    for topic in &repetition.topics {
        let heading = authors::repeated(topic);
        text.push_str(&format!("{}\n", look.paint(Tone::Strong, &heading)));
        for failure in &topic.failures {
            text.push_str(&marked(failure, look));
        }
    }
    let (runs, failures) = (repetition.runs(), repetition.failures());
    let tone = match repetition.ok() {
        true => Tone::Good,
        false => Tone::Bad,
    };
    let sentence = authors::flakes(failures, runs, repetition.rounds);
    text.push_str(&format!("\n{}\n", look.paint(tone, &sentence)));
    text
}

/// The repetition for programs: schema `grader/repeat/v1`.
///
/// # Panics
///
/// Never: all of it can be represented.
pub fn json(repetition: &Repetition) -> String {
    let failure = |failure: &Failure| {
        json!({
            "subject": failure.subject,
            "test": failure.test,
            "seed": failure.seed,
            "verdict": failure.verdict,
            "diagnosis": failure.diagnosis,
            "message": failure.message,
        })
    };
    let topics: Vec<Value> = repetition
        .topics
        .iter()
        .map(|topic| {
            json!({
                "topic": topic.topic,
                "subjects": topic.subjects,
                "tests": topic.tests,
                "mutants": topic.mutants,
                "catches": topic.catches,
                "failures": topic.failures.iter().map(failure).collect::<Vec<_>>(),
            })
        })
        .collect();
    let document = json!({
        "schema": "grader/repeat/v1",
        "ok": repetition.ok(),
        "rounds": repetition.rounds,
        "runs": repetition.runs(),
        "topics": topics,
    });
    serde_json::to_string_pretty(&document).expect("a repetition is representable") + "\n"
}

fn marked(failure: &Failure, look: &Look) -> String {
    let text = authors::flake(failure);
    let lines = wrap(&text, look.width.saturating_sub(4));
    format!("  {} {}\n", look.mark(Mark::Failed), lines.join("\n    "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::looks;
    use crate::results::message::Message;
    use crate::results::repetition::TopicRepetition;
    use crate::results::verdict::{Diagnosis, Verdict};

    fn repetition(failures: Vec<Failure>) -> Repetition {
        Repetition {
            rounds: 200,
            topics: vec![TopicRepetition {
                topic: "lock".to_owned(),
                subjects: 11,
                tests: 20,
                mutants: 30,
                catches: 41,
                failures,
            }],
        }
    }

    #[test]
    fn a_run_that_did_not_end_as_it_should_is_shown_with_its_seed() {
        let failure = Failure {
            subject: "alternate-ticket-lock".to_owned(),
            test: "stress::one_thread_at_a_time".to_owned(),
            seed: 31,
            verdict: Verdict::Failed,
            diagnosis: Some(Diagnosis::Deadlock),
            message: Some(Message::Said(
                "five threads get the lock: not within 2 s".to_owned(),
            )),
        };
        let repetition = repetition(vec![failure]);
        insta::assert_snapshot!(render(&repetition, &looks::plain()));
        let value: Value = serde_json::from_str(&json(&repetition)).expect("valid");
        assert_eq!(value["ok"], false);
        assert_eq!(value["topics"][0]["failures"][0]["seed"], 31);
    }

    #[test]
    fn when_all_ended_as_it_should_the_runs_are_counted() {
        let text = render(&repetition(Vec::new()), &looks::plain());
        assert!(text.contains("52,200 runs"), "{text}");
    }
}
