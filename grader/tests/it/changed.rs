//! `verify --changed`, in repositories of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::process::{Command, Stdio};

use grader::authors::changed;
use grader::results::changes::{Changes, Share};

use crate::project::Project;

/// git in the directory of a project.
struct Repository {
    project: Project,
}

impl Repository {
    /// A repository whose branch `main` has one commit, or `None` where there is no git.
    fn new() -> Option<Repository> {
        let mut git = Command::new("git");
        if git.arg("--version").stdout(Stdio::null()).status().is_err() {
            eprintln!("not tested: there is no git here");
            return None;
        }
        let repository = Repository {
            project: Project::apart(),
        };
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        repository.project.write(".gitignore", "target\n");
        repository.write("grader/suites/lock/stress.rs");
        repository.write("grader/suites/event/mutants/never_set.rs");
        repository.commit();
        Some(repository)
    }

    fn git(&self, arguments: &[&str]) {
        let mut git = Command::new("git");
        git.arg("-C").arg(self.project.path("."));
        // Nothing of what this machine's user has set is to play a part.
        let settings = [
            "user.name=nobody",
            "user.email=nobody",
            "commit.gpgsign=false",
        ];
        git.args(settings.iter().flat_map(|setting| ["-c", setting]));
        let done = git.args(arguments).status().expect("git");
        assert!(done.success(), "git {arguments:?}");
    }

    /// Writes another text into a file.
    fn write(&self, file: &str) {
        let before = std::fs::read_to_string(self.project.path(file)).unwrap_or_default();
        self.project.write(file, format!("{before}// changed\n"));
    }

    fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message=a change"]);
    }

    fn changes(&self, revision: Option<&str>) -> Changes {
        let since = changed::since(&self.project.path("."), revision);
        since.expect("git tells").changes
    }
}

fn whole(topics: &[&str]) -> BTreeMap<String, Share> {
    let whole = topics.iter().map(|it| ((*it).to_owned(), Share::Whole));
    whole.collect()
}

#[test]
fn a_branch_is_compared_with_where_it_left_the_main_one() {
    let Some(repository) = Repository::new() else {
        return;
    };
    assert_eq!(repository.changes(None), Changes::Topics(whole(&[])));
    repository.git(&["checkout", "--quiet", "-b", "topic"]);
    repository.write("grader/suites/lock/stress.rs");
    repository.commit();
    // What has happened elsewhere since then is no change of this branch.
    repository.git(&["checkout", "--quiet", "main"]);
    repository.write("solutions/timer/src/lib.rs");
    repository.commit();
    repository.git(&["checkout", "--quiet", "topic"]);
    assert_eq!(repository.changes(None), Changes::Topics(whole(&["lock"])));
    let since_main = repository.changes(Some("main"));
    assert_eq!(since_main, Changes::Topics(whole(&["lock"])));
    let since_the_last = repository.changes(Some("HEAD"));
    assert_eq!(since_the_last, Changes::Topics(whole(&[])));
}

#[test]
fn what_is_not_committed_counts_and_what_is_ignored_does_not() {
    let Some(repository) = Repository::new() else {
        return;
    };
    repository.write("grader/suites/event/mutants/never_set.rs");
    repository.git(&["add", "--all"]);
    repository.write("grader/suites/event/mutants/always_set.rs");
    repository.write("target/grader/src/lib.rs");
    let subjects = ["always-set", "never-set"].map(str::to_owned);
    let share = Share::Subjects(BTreeSet::from(subjects));
    let topics = BTreeMap::from([("event".to_owned(), share)]);
    assert_eq!(repository.changes(None), Changes::Topics(topics));
    repository.write("grader/model/src/lib.rs");
    assert_eq!(repository.changes(None), Changes::Everything);
}

#[test]
fn a_new_kata_in_the_lock_file_is_no_change_of_the_engines() {
    let Some(repository) = Repository::new() else {
        return;
    };
    let loom = "[[package]]\nname = \"loom\"\nversion = \"0.7.2\"\nsource = \"registry\"\n";
    repository.project.write("Cargo.lock", loom);
    repository.commit();
    let kata = "\n[[package]]\nname = \"latch\"\nversion = \"0.1.0\"\n";
    repository
        .project
        .write("Cargo.lock", format!("{loom}{kata}"));
    assert_eq!(repository.changes(None), Changes::Topics(whole(&[])));
    repository
        .project
        .write("Cargo.lock", loom.replace("0.7.2", "0.7.3"));
    assert_eq!(repository.changes(None), Changes::Everything);
}

#[test]
fn where_nothing_has_changed_there_is_nothing_to_verify() {
    let Some(repository) = Repository::new() else {
        return;
    };
    repository.write("README.md");
    let answer = repository.project.run(&["verify", "--changed"]);
    assert_eq!(answer.code, 0, "{answer:#?}");
    assert!(
        answer
            .stdout
            .contains("(main): nothing that `verify` looks at."),
        "{answer:#?}"
    );
    assert!(answer.stdout.contains("There is nothing to verify."));
}

#[test]
fn what_git_cannot_tell_is_refused_as_usage() {
    let Some(repository) = Repository::new() else {
        return;
    };
    let refused = |project: &Project, revision: &str, reason: &str| {
        let answer = project.run(&["verify", revision]);
        assert_eq!(answer.code, 2, "{answer:#?}");
        assert!(answer.stderr.contains(reason), "{answer:#?}");
    };
    let unknown = "git knows no revision `nowhere`";
    refused(&repository.project, "--changed=nowhere", unknown);
    let option = "git knows no revision `--all`";
    refused(&repository.project, "--changed=--all", option);
    refused(&Project::apart(), "--changed", "is in no git repository");

    let mut grader = repository.project.grader();
    grader.env("PATH", repository.project.path("tmp"));
    let output = grader
        .args(["verify", "--changed"])
        .output()
        .expect("a run");
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let says = String::from_utf8_lossy(&output.stderr);
    assert!(says.contains("there is no program `git`"), "{says}");
}
