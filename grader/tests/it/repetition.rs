//! Repeating the stress tests of all that is right, and of all that they have to catch.

use serial_test::serial;

use crate::project::Project;

#[test]
#[serial]
#[ignore = "builds most mutants of a topic"]
fn what_is_right_passes_and_what_is_wrong_is_caught_in_every_round() {
    let project = Project::new();
    let answer = project.run(&["verify", "condition", "--repeat", "2"]);
    assert_eq!(answer.code, 0, "{answer:#?}");
    assert!(
        answer.stdout.starts_with("condition: 6 subjects, "),
        "{answer:#?}"
    );
    assert!(
        answer.stdout.contains(" mutants, to be caught "),
        "{answer:#?}"
    );
    assert!(
        answer
            .stdout
            .ends_with(" runs in 2 rounds ended as they should.\n"),
        "{answer:#?}"
    );
}

#[test]
fn no_round_at_all_is_refused() {
    let project = Project::apart();
    let answer = project.run(&["verify", "--repeat", "0"]);
    assert_eq!(answer.code, 2, "{answer:#?}");
}
