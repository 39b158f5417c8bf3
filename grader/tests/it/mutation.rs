//! Mutation testing of the hidden suites, on a few mutants.

use grader::authors::generate::operators;
use serde_json::Value;
use serial_test::serial;

use crate::project::{Project, solution};

#[test]
#[serial]
fn generated_mutants_are_built_and_caught() {
    let project = Project::new();
    let asked = [
        "verify",
        "lock",
        "--generate",
        "--mutants",
        "Lock::is_locked",
    ];
    let answer = project.run(&[&asked[..], &["--format", "json"]].concat());
    assert_eq!(answer.code, 0, "{answer:#?}");
    let survey: Value = serde_json::from_str(&answer.stdout).expect("valid");
    let topic = &survey["topics"][0];
    assert_eq!(topic["generated"], 2);
    assert_eq!(topic["counts"]["caught"], 2, "{survey:#}");
    assert_eq!(topic["problems"], Value::Array(Vec::new()));

    // The second time everything is known.
    let answer = project.run(&asked);
    assert_eq!(answer.code, 0, "{answer:#?}");
    assert_eq!(answer.stderr, "");
    assert!(
        answer
            .stdout
            .starts_with("lock: 2 mutants generated: 2 caught, ")
    );
}

#[test]
fn mutants_of_the_solution_are_all_different_and_keep_its_lines() {
    let source = solution();
    let mutants = operators::mutants(&source).expect("the solution is Rust");
    assert!(mutants.len() > 20);
    for (number, mutant) in mutants.iter().enumerate() {
        assert_ne!(mutant.text, source, "{}", mutant.name());
        assert_eq!(mutant.text.lines().count(), source.lines().count());
        let again = mutants[..number].iter().any(|it| it.text == mutant.text);
        assert!(!again, "{} is made twice", mutant.name());
    }
}
