//! What `verify --generate` shows: how many generated mutants there were, and those that no
//! test has caught.

use serde_json::{Value, json};

use super::look::{Look, Mark, Tone, wrap};
use crate::messages::authors;
use crate::results::survey::{Fate, Generated, Survey, TopicSurvey};

/// The words of all fates, in the order in which they are counted.
const WORDS: [&str; 4] = ["caught", "unviable", "equivalent", "missed"];

/// The survey for a person.
pub fn render(survey: &Survey, look: &Look) -> String {
    let mut text = String::new();
    for topic in &survey.topics {
        text.push_str(&heading(topic, look));
        text.push_str(&mutants(topic, look));
        for problem in &topic.problems {
            text.push_str(&marked(&problem.to_string(), look));
        }
        text.push('\n');
    }
    let generated = survey.topics.iter().map(|topic| topic.mutants.len()).sum();
    let missed = survey.topics.iter().flat_map(TopicSurvey::missed).count();
    let wrong = survey.topics.iter().map(|topic| topic.problems.len()).sum();
    let (tone, sentence) = match survey.ok() {
        true => (Tone::Good, authors::none_missed(generated)),
        false => (Tone::Bad, authors::some_missed(missed, wrong)),
    };
    text.push_str(&format!("{}\n", look.paint(tone, &sentence)));
    text
}

/// The survey for programs: schema `grader/generate/v1`.
///
/// # Panics
///
/// Never: all of it can be represented.
pub fn json(survey: &Survey) -> String {
    let topics: Vec<Value> = survey.topics.iter().map(topic_json).collect();
    let document = json!({ "schema": "grader/generate/v1", "ok": survey.ok(), "topics": topics });
    serde_json::to_string_pretty(&document).expect("a survey is representable") + "\n"
}

fn topic_json(topic: &TopicSurvey) -> Value {
    let mutants = topic.mutants.iter().map(|(mutant, fate)| {
        let (by, verdict, reason) = match fate {
            Fate::Caught { by, verdict } => (Some(by), Some(verdict), None),
            Fate::Equivalent { reason } => (None, None, Some(reason)),
            Fate::Unviable | Fate::Missed => (None, None, None),
        };
        json!({
            "mutant": mutant.name(),
            "line": mutant.line,
            "column": mutant.column,
            "before": mutant.before,
            "after": mutant.after,
            "fate": authors::fate_word(fate),
            "caught_by": by,
            "verdict": verdict,
            "reason": reason,
        })
    });
    let counts = WORDS.map(|word| (word.to_owned(), Value::from(number_of(topic, word))));
    json!({
        "topic": topic.topic,
        "generated": topic.mutants.len(),
        "counts": counts.into_iter().collect::<serde_json::Map<_, _>>(),
        "mutants": mutants.collect::<Vec<_>>(),
        "problems": topic.problems,
    })
}

fn heading(topic: &TopicSurvey, look: &Look) -> String {
    let counts = WORDS.map(|word| (number_of(topic, word), word));
    let heading = authors::generated(&topic.topic, topic.mutants.len(), &counts);
    format!("{}\n", look.paint(Tone::Strong, &heading))
}

fn number_of(topic: &TopicSurvey, word: &str) -> usize {
    let of_word = |(_, fate): &&(Generated, Fate)| authors::fate_word(fate) == word;
    topic.mutants.iter().filter(of_word).count()
}

/// Those that were missed; all of them if much is asked for.
fn mutants(topic: &TopicSurvey, look: &Look) -> String {
    let mut text = String::new();
    for (mutant, fate) in &topic.mutants {
        let mark = match fate {
            Fate::Missed => Mark::Failed,
            _ if look.verbose => Mark::Passed,
            _ => continue,
        };
        let name = look.paint(Tone::Strong, &mutant.name());
        let place = authors::place(&topic.topic, mutant.line, mutant.column);
        text.push_str(&format!("\n{} {name}\n", look.mark(mark)));
        text.push_str(&format!("    {}\n", look.paint(Tone::Faint, &place)));
        text.push_str(&format!("    - {}\n", mutant.before));
        text.push_str(format!("    + {}", mutant.after).trim_end());
        text.push('\n');
        if *fate != Fate::Missed {
            for line in wrap(&authors::fate(fate), look.width.saturating_sub(4)) {
                text.push_str(&format!("    {line}\n"));
            }
        }
    }
    text
}

fn marked(problem: &str, look: &Look) -> String {
    let lines = wrap(problem, look.width.saturating_sub(2));
    format!("\n{} {}\n", look.mark(Mark::Failed), lines.join("\n  "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authors::generate::operators;
    use crate::report::looks;
    use crate::results::matrix::Problem;
    use crate::results::verdict::Verdict;

    fn survey() -> Survey {
        let source = "impl Lock {\n    fn release(&self) {\n        \
            *self.locked() = false;\n        self.freed.notify_one();\n    }\n}\n";
        let mutants = operators::mutants(source).expect("valid Rust");
        let fates = [
            Fate::Caught {
                by: "model::no_wakeup_is_lost".to_owned(),
                verdict: Verdict::Failed,
            },
            Fate::Unviable,
            Fate::Missed,
            Fate::Equivalent {
                reason: "Who is woken in vain sleeps again.".to_owned(),
            },
        ];
        assert_eq!(mutants.len(), fates.len());
        Survey {
            topics: vec![TopicSurvey {
                topic: "lock".to_owned(),
                mutants: mutants.into_iter().zip(fates).collect(),
                problems: vec![Problem::NoSuchEquivalent {
                    mutant: "Lock::acquire: delete `x();`".to_owned(),
                    line: "x();".to_owned(),
                }],
            }],
        }
    }

    #[test]
    fn who_has_survived_is_shown_with_the_changed_line() {
        insta::assert_snapshot!(render(&survey(), &looks::plain()));
    }

    #[test]
    fn in_verbose_everybody_is_shown() {
        insta::assert_snapshot!(render(&survey(), &looks::verbose()));
    }

    #[test]
    fn the_json_counts_and_names_who_has_survived() {
        let value: Value = serde_json::from_str(&json(&survey())).expect("valid");
        assert_eq!(value["schema"], "grader/generate/v1");
        assert_eq!(value["ok"], false);
        let topic = &value["topics"][0];
        assert_eq!(topic["generated"], 4);
        assert_eq!(topic["counts"]["missed"], 1);
        assert_eq!(topic["mutants"][0]["caught_by"], "model::no_wakeup_is_lost");
    }
}
