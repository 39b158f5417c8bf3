//! How long a learner waits in `grader watch`: from a save to the first word on the screen, to the
//! first finding, to the answer. Beside it, if it is installed, rustlings on one of its exercises.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use grader::katas::catalog;
use grader::support::disk;

use crate::check::built_grader;
use crate::table::median;
use crate::terminal::Terminal;

const ROUNDS: usize = 7;
const TOPIC: &str = "lock";
/// A wrong idea that the search finds.
const MUTANT: &str = "look-drop-wait";
/// The first exercise of rustlings with a mistake in it, and that mistake.
const RUSTLINGS_EXERCISE: &str = "exercises/00_intro/intro2.rs";
const RUSTLINGS_MISTAKE: (&str, &str) = ("printline!", "println!");

/// What is saved, and the texts that are waited for on the screen, each with its name.
struct Save<'a> {
    text: String,
    words: &'a [(&'a str, &'a str)],
}

/// Prints how long each word takes.
pub(crate) fn measure() -> Result<()> {
    println!("\nfrom a save to what the screen of `watch` says, medians of {ROUNDS} rounds");
    ours()?;
    if rustlings_is_installed() {
        rustlings()?;
    } else {
        println!("  rustlings is not on the PATH: `cargo install rustlings` puts it there");
    }
    Ok(())
}

fn ours() -> Result<()> {
    let root = tempfile::tempdir()?;
    let file = root.path().join("exercises").join(TOPIC).join("src/lib.rs");
    let right = catalog::reference(TOPIC)?
        .remove("lib.rs")
        .context("the reference solution has no lib.rs")?;
    let mutants = catalog::mutants(&catalog::exercise(TOPIC)?)?;
    let wrong = mutants.iter().find(|mutant| mutant.name == MUTANT);
    let wrong = &wrong.context("the mutant is gone")?.text;
    write(&file, &right)?;
    let mut command = Command::new(built_grader()?);
    command
        .args(["watch", TOPIC])
        .current_dir(root.path())
        .env("GRADER_TARGET_DIR", root.path().join("target/grader"));
    let mut terminal = Terminal::start(&command, 24, 80);
    terminal.wait_for("lock: passed");
    let save = |round: usize, kind: usize| {
        // A line that was never there before, so that nothing is answered from memory.
        let last = format!("const _: usize = {round};\n");
        match kind {
            0 => Save {
                text: format!("{right}\n{last}fn broken() -> u8 {{}}\n"),
                words: &[
                    ("first word", "Checking"),
                    ("compile error", "error[E0308]"),
                ],
            },
            1 => Save {
                text: format!("{wrong}\n{last}"),
                words: &[
                    ("finding", "error[lost_wakeup]"),
                    ("failed", "lock: failed"),
                ],
            },
            _ => Save {
                text: format!("{right}\n{last}"),
                words: &[("passed", "lock: passed")],
            },
        }
    };
    // The first round is not counted: what the reference does in failed tests is found out then.
    let rounds = rounds(&terminal, &file, 3, &save)?;
    report("watch", &rounds);
    terminal.press("q");
    terminal.end();
    Ok(())
}

/// Saves everything in turns, and measures each word.
fn rounds<'a>(
    terminal: &Terminal,
    file: &Path,
    kinds: usize,
    save: &dyn Fn(usize, usize) -> Save<'a>,
) -> Result<Vec<(&'a str, Vec<f64>)>> {
    let mut measured: Vec<(&str, Vec<f64>)> = Vec::new();
    for round in 0..=ROUNDS {
        for kind in 0..kinds {
            let Save { text, words } = save(round, kind);
            let start = Instant::now();
            write(file, &text)?;
            for (name, word) in words {
                terminal.wait_for(word);
                let took = start.elapsed().as_secs_f64();
                if round == 0 {
                    measured.push((name, Vec::new()));
                } else if let Some((_, all)) = measured.iter_mut().find(|(it, _)| it == name) {
                    all.push(took);
                }
            }
            // Whoever saves has read for a moment.
            std::thread::sleep(Duration::from_millis(300));
        }
    }
    Ok(measured)
}

fn report(who: &str, measured: &[(&str, Vec<f64>)]) {
    for (word, seconds) in measured {
        let seconds = median(seconds.iter().copied());
        println!("  {who:<10} {word:<14} {seconds:>7.3} s");
    }
}

fn rustlings_is_installed() -> bool {
    let mut command = Command::new("rustlings");
    command
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn rustlings() -> Result<()> {
    let root = tempfile::tempdir()?;
    let mut init = Command::new("rustlings");
    init.arg("init").current_dir(root.path());
    let mut terminal = Terminal::start(&init, 24, 80);
    terminal.wait_for("ENTER");
    terminal.press("\r");
    terminal.end();
    let clone = root.path().join("rustlings");
    let file = clone.join(RUSTLINGS_EXERCISE);
    let broken = std::fs::read_to_string(&file).with_context(|| file.display().to_string())?;
    let (mistake, right) = RUSTLINGS_MISTAKE;
    if !broken.contains(mistake) {
        bail!("this version of rustlings has no `{mistake}` in {RUSTLINGS_EXERCISE}");
    }
    let mut watch = Command::new("rustlings");
    watch.current_dir(&clone);
    let mut terminal = Terminal::start(&watch, 24, 80);
    terminal.wait_for("ENTER");
    terminal.press("\r");
    terminal.wait_for("Exercise done");
    terminal.press("n");
    terminal.wait_for(mistake);
    let save = |round: usize, kind: usize| match kind {
        0 => Save {
            text: format!("{}// {round}\n", broken.replace(mistake, right)),
            words: &[("passed", "Exercise done")],
        },
        _ => Save {
            text: format!("{broken}// {round}\n"),
            words: &[("compile error", "error: ")],
        },
    };
    let rounds = rounds(&terminal, &file, 2, &save)?;
    report("rustlings", &rounds);
    terminal.press("q");
    terminal.end();
    Ok(())
}

/// As most editors do: another file takes the place of the old one.
fn write(file: &Path, text: &str) -> Result<()> {
    disk::write(file, text.as_bytes())
}
