//! What `doctor` says of a machine, and what to do.

use super::count;
use crate::results::examination::{Check, Crates, Health, Terminal};

/// The name of what was looked at.
pub fn name(check: &Check) -> &'static str {
    match check {
        Check::Toolchain { .. } => "toolchain",
        Check::Crates(_) => "crates",
        Check::Cores(_) => "cores",
        Check::Scratch(_) => "builds",
        Check::Room(_) => "disk",
        Check::FileEvents(_) => "saves",
        Check::Terminal(_) => "terminal",
        Check::Progress(_) => "progress",
    }
}

/// What was found.
pub fn found(check: &Check) -> String {
    match check {
        Check::Toolchain {
            found: Ok(found), ..
        } => format!("rustc {found}"),
        Check::Toolchain {
            found: Err(why), ..
        } => format!("there is none: {why}"),
        Check::Crates(Ok(Crates::Here(crates))) => {
            let crates = count(*crates as u64, "crate");
            format!("all {crates} are on this machine: no network is needed")
        }
        Check::Crates(Ok(Crates::Downloaded(crates))) => {
            let crates = count(*crates as u64, "crate");
            format!("all {crates} are here now; some had to be downloaded")
        }
        Check::Crates(Err(why)) => format!("cargo cannot get them: {why}"),
        Check::Cores(Some(1)) => "one: compilers and tests run one after the other".to_owned(),
        Check::Cores(Some(cores)) => format!("{cores}: so many compilers and tests run at once"),
        Check::Cores(None) => "their number cannot be told; --jobs N says how many".to_owned(),
        Check::Scratch(Ok(())) => "the folder for builds can be written".to_owned(),
        Check::Scratch(Err(why)) => format!("the folder for builds cannot be written: {why}"),
        Check::Room(Some(bytes)) => format!("{} free where things are built", gigabytes(*bytes)),
        Check::Room(None) => "how much room is left cannot be told here".to_owned(),
        Check::FileEvents(Ok(true)) => "the system tells of saved files at once".to_owned(),
        Check::FileEvents(Ok(false)) => "the system does not tell of saved files here".to_owned(),
        Check::FileEvents(Err(why)) => format!("the system cannot tell of saved files: {why}"),
        Check::Terminal(Some(terminal)) => size(terminal),
        Check::Terminal(None) => {
            "there is none: answers are printed one below the other".to_owned()
        }
        Check::Progress(None) => "what you have passed is written down".to_owned(),
        Check::Progress(Some(why)) => why.clone(),
    }
}

/// What to do about it, if something is to be done. `program` is how the user calls the grader.
pub fn advice(check: &Check, program: &str) -> Option<String> {
    if check.health() == Health::Fine {
        return None;
    }
    Some(match check {
        Check::Toolchain { least, .. } => {
            format!("Rust {least} or newer is needed: `rustup update`, or see https://rustup.rs.")
        }
        Check::Crates(_) => "Run this again once with a network. Behind a proxy, set \
                             HTTPS_PROXY; with a mirror, name it in the config.toml of your \
                             CARGO_HOME."
            .to_owned(),
        Check::Cores(_) => "Checks take longer; their verdicts are the same.".to_owned(),
        Check::Scratch(_) => "Make it writable, or name another folder in the environment \
                              variable GRADER_TARGET_DIR."
            .to_owned(),
        Check::Room(_) => "Make room: what the grader builds takes about a gigabyte. \
                           GRADER_TARGET_DIR names a folder on another disk, and `cargo clean` \
                           takes nothing but time."
            .to_owned(),
        Check::FileEvents(_) => format!(
            "On network drives and below /mnt in WSL that is usual. `{program} watch --poll` \
             looks at the files five times a second."
        ),
        Check::Terminal(Some(_)) => "Make the window wider: 80 columns show everything.".to_owned(),
        Check::Terminal(None) => {
            format!("`{program} watch` has a screen and keys where it is run on a terminal.")
        }
        Check::Progress(_) => return None,
    })
}

/// The last line.
pub fn total(health: Health) -> &'static str {
    match health {
        Health::Fine => "Everything is as it should be.",
        Health::Poor => "Everything works.",
        Health::Broken => "Checks cannot work before that is put right.",
    }
}

fn size(terminal: &Terminal) -> String {
    let Terminal {
        columns,
        rows,
        unicode,
    } = terminal;
    let marks = if *unicode {
        "all marks"
    } else {
        "marks in ASCII"
    };
    format!("{columns} columns, {rows} rows, {marks}")
}

/// `12.3 GB`
fn gigabytes(bytes: u64) -> String {
    format!("{:.1} GB", bytes as f64 / 1e9)
}
