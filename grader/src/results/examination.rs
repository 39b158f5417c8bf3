//! What `doctor` finds out about a machine.

/// One thing that the grader needs of a machine, as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Check {
    /// The version of rustc, and the least that will do; or why there is none.
    Toolchain {
        found: Result<String, String>,
        least: &'static str,
    },
    /// The crates that hidden tests are built with; or why cargo cannot get them.
    Crates(Result<Crates, String>),
    /// How many processes run at once, if that can be told.
    Cores(Option<usize>),
    /// Whether the grader's own directory can be written; or why not.
    Scratch(Result<(), String>),
    /// The room that is left where things are built, in bytes, if that can be told.
    Room(Option<u64>),
    /// Whether the system tells of saved files; or why it cannot be asked.
    FileEvents(Result<bool, String>),
    /// Columns and rows, and whether marks beyond ASCII are shown; [`None`] where there is no
    /// terminal.
    Terminal(Option<Terminal>),
    /// What is wrong with the file of what the learner has passed, if something is.
    Progress(Option<String>),
}

/// How many crates are here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crates {
    /// They were, so that no network is needed.
    Here(usize),
    /// They had to be downloaded just now.
    Downloaded(usize),
}

/// A terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terminal {
    pub columns: usize,
    pub rows: usize,
    pub unicode: bool,
}

/// What a finding means for the learner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Health {
    Fine,
    /// Everything works, but less well than it could.
    Poor,
    /// Something does not work before that is put right.
    Broken,
}

/// Below so many bytes there is no room for the engines and tests,
const TOO_LITTLE: u64 = 1 << 30;
/// and below so many it will be used up before long.
const LITTLE: u64 = 3 << 30;

impl Check {
    /// What it means.
    pub fn health(&self) -> Health {
        let broken_if = |broken: bool| if broken { Health::Broken } else { Health::Fine };
        let poor_if = |poor: bool| if poor { Health::Poor } else { Health::Fine };
        match self {
            Check::Toolchain { found, least } => {
                let is_enough = found.as_ref().is_ok_and(|found| is_at_least(found, least));
                broken_if(!is_enough)
            }
            Check::Crates(found) => broken_if(found.is_err()),
            Check::Cores(cores) => poor_if(*cores == Some(1)),
            Check::Scratch(written) => broken_if(written.is_err()),
            Check::Room(Some(bytes)) if *bytes < TOO_LITTLE => Health::Broken,
            Check::Room(bytes) => poor_if(bytes.is_some_and(|bytes| bytes < LITTLE)),
            Check::FileEvents(told) => poor_if(*told != Ok(true)),
            Check::Terminal(terminal) => poor_if(terminal.is_none_or(|it| it.columns < 60)),
            Check::Progress(odd) => poor_if(odd.is_some()),
        }
    }
}

/// Whether a version such as `1.95.0-nightly` is at least one such as `1.95`.
fn is_at_least(found: &str, least: &str) -> bool {
    let numbers = |version: &str| -> Vec<u32> {
        let parts = version.split(['.', '-', '+', ' ']);
        parts.map_while(|part| part.parse().ok()).collect()
    };
    numbers(found) >= numbers(least)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        for (found, least, expected) in [
            ("1.95.0", "1.95", true),
            ("1.100.0", "1.95", true),
            ("1.95.0-nightly", "1.95", true),
            ("2.0.0", "1.95", true),
            ("1.94.2", "1.95", false),
            ("1.9.0", "1.95", false),
            ("", "1.95", false),
        ] {
            assert_eq!(is_at_least(found, least), expected, "{found}");
        }
    }

    #[test]
    fn what_stops_a_check_is_broken_and_what_only_slows_it_is_poor() {
        let why = || "no".to_owned();
        let found = |version: &str| Check::Toolchain {
            found: Ok(version.to_owned()),
            least: "1.95",
        };
        for (check, expected) in [
            (found("1.95.0"), Health::Fine),
            (found("1.80.0"), Health::Broken),
            (Check::Crates(Ok(Crates::Here(3))), Health::Fine),
            (Check::Crates(Err(why())), Health::Broken),
            (Check::Cores(Some(1)), Health::Poor),
            (Check::Cores(None), Health::Fine),
            (Check::Room(Some(1 << 20)), Health::Broken),
            (Check::Room(Some(2 << 30)), Health::Poor),
            (Check::Room(None), Health::Fine),
            (Check::FileEvents(Ok(false)), Health::Poor),
            (Check::Terminal(None), Health::Poor),
            (Check::Progress(Some(why())), Health::Poor),
        ] {
            assert_eq!(check.health(), expected, "{check:?}");
        }
    }
}
