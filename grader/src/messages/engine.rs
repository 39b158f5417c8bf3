//! What the engine room says: what it does not take in, what it does not compile, how tests end.

use std::path::Path;
use std::time::Duration;

use crate::control::Outcome;
use crate::policy::Reason;

/// There is no project around the current directory.
pub fn no_exercises_here(current: &Path) -> String {
    format!(
        "there is no folder `exercises` in {} or above it; change into your clone of the course, \
         or name a folder of crates with --source",
        current.display()
    )
}

/// `--source` names something that is no folder.
pub fn no_such_source(directory: &Path) -> String {
    format!(
        "--source {}: there is no such folder; it should hold one folder per topic, each with src/lib.rs",
        directory.display()
    )
}

/// The user asked for a topic that does not exist.
pub fn no_such_topic(topic: &str, topics: &[&str]) -> String {
    format!(
        "there is no exercise `{topic}`; there are {}",
        topics.join(", ")
    )
}

/// There is nothing to grade.
pub fn no_source(src: &Path) -> String {
    format!(
        "error: there is no file {0}/lib.rs\n  = help: put your code for this exercise into {0}/lib.rs\n",
        src.display()
    )
}

/// rustc could not read the file.
pub fn not_utf8(file: &Path, line: usize) -> String {
    format!(
        "error: {}:{line} is not UTF-8 text\n  = help: save the file in the encoding UTF-8, which is the one of all Rust sources\n",
        file.display()
    )
}

/// Intake found a link, a pipe or a directory with the name of a module.
pub fn not_a_regular_file(file: &Path) -> String {
    format!(
        "error[forbidden]: {} is not an ordinary file\n  \
         = note: links, pipes and folders with the name of a module are not opened, because they can lead anywhere\n  \
         = help: replace it by a file that holds the code itself, or remove it\n",
        file.display()
    )
}

/// Intake found too many files.
pub fn too_many_files(src: &Path, most: usize) -> String {
    format!(
        "error[forbidden]: {} holds more than {most} source files\n  \
         = help: every exercise fits into one file; move what does not belong to it elsewhere\n",
        src.display()
    )
}

/// Intake found too many bytes.
pub fn too_large(file: &Path, largest: u64) -> String {
    format!(
        "error[forbidden]: with {}, the source is too large (a file may have {} KiB)\n  \
         = help: every exercise fits into a few hundred lines\n",
        file.display(),
        largest / 1024
    )
}

/// The first line of a refusal: what is forbidden.
pub fn forbidden(item: &str) -> String {
    format!("`{item}` is not allowed in an exercise")
}

/// Why it is forbidden.
pub fn why_forbidden(reason: Reason) -> &'static str {
    match reason {
        Reason::Unsafe => "the compiler can vouch for safe code only, and so can the grader",
        Reason::Extern => {
            "an exercise is complete in itself: no other crate, no code in another language"
        }
        Reason::Static => {
            "a static outlives the test that uses it, so the next interleaving would not start afresh"
        }
        Reason::OtherRoot => {
            "the grader watches what your code does through `std`; this would pass it by"
        }
        Reason::ReadsAtCompileTime => {
            "this looks at files or the environment of the machine that compiles it"
        }
        Reason::Assembly => "machine code is beyond what the compiler can vouch for",
        Reason::Attribute => "this changes how the crate is compiled or linked",
        Reason::PathAttribute => "this takes code from a file outside of your `src`",
        Reason::MacroAttribute => "an attribute that a macro puts together cannot be checked",
        Reason::Shadows => "the tests rely on what this name means",
        Reason::MacroExport => "the tests would get this macro in place of their own",
        Reason::Nesting => "brackets this deep are too much for the compiler",
    }
}

/// What to do in place of the forbidden thing.
pub fn instead_of_forbidden(reason: Reason) -> &'static str {
    match reason {
        Reason::Unsafe | Reason::Assembly => {
            "use the types of `std::sync`, which hold the `unsafe` that is needed"
        }
        Reason::Extern => "import from `std` only",
        Reason::Static => {
            "keep the state in a field, or use `const` for a value that never changes"
        }
        Reason::OtherRoot => {
            "write `std` in its place; a name of your own would have to be another one"
        }
        Reason::ReadsAtCompileTime => "write the value into the source",
        Reason::Attribute => "leave it out; the exercise does not need it",
        Reason::PathAttribute => "name the file as `mod` expects it, below your `src`",
        Reason::MacroAttribute => "write the attribute out, or pass it on whole: `$(#[$meta])*`",
        Reason::Shadows => "choose another name",
        Reason::MacroExport => "leave it out: inside your crate a macro can be used without it",
        Reason::Nesting => "give the inner parts names with `let`",
    }
}

/// Follows rustc's message about a name that the swapped `std` does not have.
pub fn not_in_this_std(path: &str) -> String {
    let why = match path.split("::").nth(1).unwrap_or_default() {
        "fs" | "net" | "process" | "env" | "os" | "io" | "path" => {
            "an exercise does not touch the outside world"
        }
        "sync" | "thread" => "this exercise does without it, or asks you to build it",
        _ => "no exercise needs it",
    };
    format!("  = grader: there is no `{path}` in the `std` of this exercise:\n            {why}\n")
}

/// The hidden tests do not compile against the learner's crate.
pub fn interface_differs(topic: &str) -> String {
    format!(
        "error: the tests cannot use your crate `{topic}`, because its public interface is not the one of the exercise\n"
    )
}

/// Closes the message about the interface.
pub fn restore_interface() -> &'static str {
    "  = help: names and signatures of the exercise stay as they were; what is private is yours\n"
}

/// rustc ended without saying what is wrong with the code, and cargo perhaps how.
pub fn compiler_broke_down(display: &Path, how: Option<&str>) -> String {
    let how = how.map(|how| format!(" ({how})")).unwrap_or_default();
    format!(
        "error: the compiler broke down over {}{how}\n  = help: it may have run out of memory or stack; simplify the last thing that you changed\n",
        display.display()
    )
}

/// rustc was stopped.
pub fn compiler_took_too_long(display: &Path, limit: Duration) -> String {
    format!(
        "error: compiling {} took longer than {} seconds and was stopped\n  = help: look for macros or constants that never come to an end\n",
        display.display(),
        limit.as_secs()
    )
}

/// Why a test process that left no record is called crashed.
pub fn ended_early(code: Option<i32>, signal: Option<i32>) -> String {
    match (code, signal) {
        (Some(code), _) => {
            format!("the test process ended with exit code {code} before the test was over")
        }
        (None, Some(signal)) => format!(
            "the test process was killed by signal {signal}{}",
            signal_name(signal)
        ),
        (None, None) => "the test process ended before the test was over".to_owned(),
    }
}

fn signal_name(signal: i32) -> &'static str {
    match signal {
        4 => " (SIGILL)",
        6 => " (SIGABRT: out of memory, a stack overflow, or a panic while panicking)",
        9 => " (SIGKILL)",
        11 => " (SIGSEGV: often a stack overflow)",
        24 => " (SIGXCPU: too much processor time)",
        25 => " (SIGXFSZ: it printed too much)",
        _ => "",
    }
}

/// The record of a test did not come from the grader's own harness.
pub fn record_is_not_authentic() -> &'static str {
    "the test process handed back a result that is not its harness's"
}

/// A test ran into its time limit.
pub fn took_too_long(limit: Duration) -> String {
    format!(
        "the test was not over after {} seconds and was stopped",
        limit.as_secs()
    )
}

/// Others of the same crate ran out of time, so this test was left out.
pub fn given_up() -> &'static str {
    "not run, because too many tests before it came to no end"
}

/// A test printed more than it may.
pub fn printed_too_much(limit: u64) -> String {
    format!(
        "the test printed more than {} MiB and was stopped",
        limit / (1024 * 1024)
    )
}

/// A test started more threads than it may.
pub fn too_many_threads(limit: usize) -> String {
    format!("more than {limit} threads were running at once; the test was stopped")
}

/// The same test fails with the reference solution.
pub fn reference_fails(message: Option<&str>) -> String {
    let detail = message
        .map(|message| format!(": {message}"))
        .unwrap_or_default();
    format!(
        "on this machine the reference solution does not pass this test either, so it says nothing about your code{detail}"
    )
}

/// Stands where output was cut off.
pub fn output_cut_off() -> &'static str {
    "[… more output, not shown]"
}

/// The skeleton in `exercises/` is not the one that the grader knows.
pub fn skeleton_differs(topic: &str) -> String {
    format!(
        "exercises/{topic}/src/lib.rs and grader/suites/{topic}/skeleton.rs differ; copy the one that is right over the other"
    )
}

/// rustc warns about the skeleton.
pub fn skeleton_warns(warning: &str) -> String {
    format!("the skeleton compiles with a warning:\n{warning}")
}

/// A mutant, an alternate or the reference solution does not compile.
pub fn subject_does_not_build(refusal: &str) -> String {
    format!("it does not build:\n{refusal}")
}

/// A mutant, an alternate or the reference solution breaks the token policy.
pub fn subject_is_forbidden(item: &str, line: usize) -> String {
    format!("it says `{item}` in line {line}, which is not allowed")
}

/// What the reference solution does not pass, says nothing about mutants of it.
pub fn reference_does_not_pass(topic: &str, test: &str, outcome: Option<Outcome>) -> String {
    let detail = match outcome {
        Some(Outcome::Broken(Some(message))) => format!(": {message}"),
        _ => String::new(),
    };
    format!("the reference solution of `{topic}` does not pass {test} on this machine{detail}")
}

/// An entry of a list of equivalent mutants fits none of them.
pub fn equivalent_is_not_there(mutant: &str, line: &str) -> String {
    format!("equivalent.toml lists a mutant that is not generated: {mutant} (in `{line}`)")
}

/// A mutant that is listed as equivalent is not.
pub fn equivalent_is_caught(mutant: &str, line: &str) -> String {
    format!("equivalent.toml lists a mutant that does not survive: {mutant} (in `{line}`)")
}
