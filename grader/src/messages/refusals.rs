//! Why a crate was not run: what is not taken in, what is forbidden, what does not compile.

use std::path::Path;
use std::time::Duration;

use super::count;
use crate::results::place::Place;
use crate::results::refusal::{Elsewhere, InterfaceError, Reason};

/// There is nothing to grade.
pub fn no_source(src: &Path) -> String {
    format!(
        "error: there is no file {0}/lib.rs\n  = help: put your code for this exercise into {0}/lib.rs\n",
        src.display()
    )
}

/// In place of the end of a long error.
pub fn more_lines(lines: usize) -> String {
    format!("  ({})", count(lines as u64, "more line"))
}

/// Below the first of many errors.
pub fn more_errors(errors: usize, more: &str) -> String {
    format!(
        "{}: `{more}` shows all.",
        count(errors as u64, "more error")
    )
}

/// Nothing can be tested before this function is written.
pub fn unwritten(function: &str, place: &Place) -> String {
    format!(
        "`{function}` is still `todo!()` ({}:{}), so no test can begin. Write it first.\n",
        place.file, place.line
    )
}

/// Intake found a link in place of a folder.
pub fn folder_is_a_link(folder: &Path) -> String {
    format!(
        "error[forbidden]: {} is a link and not a folder\n  \
         = note: links are not followed, because they can lead anywhere\n  \
         = help: put the folder itself in its place\n",
        folder.display()
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

/// rustc has read what it should not, and nothing that it says about the crate is shown.
pub fn reads_elsewhere(src: &Path, what: Elsewhere) -> String {
    let what = match what {
        Elsewhere::File => "a file that is none of its own",
        Elsewhere::Environment => "the environment of the machine that compiles it",
    };
    format!(
        "error[forbidden]: {} reads {what} while it is compiled\n  \
         = note: an exercise is complete in itself; what the compiler says about it is not shown\n  \
         = help: write the value into the source, and leave `include!`, `env!` and `#[path]` out\n",
        src.display()
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
        Reason::Nesting => "code that nests this deep is too much for the compiler",
        Reason::Shebang => "the compiler cuts this line off, so it is no part of your code",
        Reason::TwoReadings => "this can be read in more than one way",
        Reason::Lifetimes => {
            "in code like this the compiler lets a reference outlive what it refers to"
        }
        Reason::Internal => "this is a part of the grader",
        Reason::CountsSharers => {
            "the model tests do not see who shares an `Arc`, so they cannot check what you build on it"
        }
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
        Reason::Nesting => "give the inner parts names with `let` or `type`",
        Reason::Shebang => "leave it out",
        Reason::TwoReadings => "put a blank between the characters, or leave them out",
        Reason::Lifetimes => {
            "use one lifetime for both, or say which one lasts longer: `'long: 'short`"
        }
        Reason::Internal => "use `print!` or `println!`",
        Reason::CountsSharers => "count in a field of your own, in a `Mutex` or an atomic",
    }
}

/// Follows rustc's message about a name that the swapped `std` does not have.
pub fn not_in_this_std(path: &str) -> String {
    let why = match path.split("::").nth(1).unwrap_or_default() {
        "fs" | "net" | "process" | "env" | "os" | "io" | "path" => {
            "an exercise does not touch the outside world"
        }
        "sync" | "thread" => "this exercise does without it, or asks you to build it",
        "any" | "panic" => "an exercise does the same, whoever calls it",
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

/// One of the errors of the hidden tests, with the learner's places that it points at.
pub fn interface_error(error: &InterfaceError) -> String {
    let code = error.code.as_ref().map(|code| format!("[{code}]"));
    let mut text = format!("  error{}: {}\n", code.unwrap_or_default(), error.message);
    for place in &error.places {
        text.push_str(&format!(
            "    --> {}:{}:{}\n",
            place.file, place.line, place.column
        ));
    }
    text
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
