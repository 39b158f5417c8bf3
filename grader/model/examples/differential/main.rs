//! Standing comparisons, on random small programs:
//!
//! ```text
//! cargo run --release -p kata-model --example differential -- --minutes 5 --seed 7
//! cargo run --release -p kata-model --example differential -- --of orderings
//! ```
//!
//! `--of reduction`, which is the default, compares the reduced search of `interleavings` with
//! trying everything everywhere, over everything that `kata-std` hands out: what the threads
//! may see must be the same in both. `--of orderings` compares the search of `orderings`, over
//! atomics: it must show whatever plain interleaving shows, and nothing that the axioms of the
//! memory model forbid. Both do so under each bound and without one.
//!
//! Every program whose searches fit into a budget is compared. Exit status 1 when one differs.

mod axioms;
mod compare;
mod draw;
mod perform;
mod program;
mod touch;
mod weak;

use std::process::ExitCode;
use std::time::{Duration, Instant};

/// Operations that an exhaustive search may take, and executions that one of orderings may, before
/// a program counts as too large.
const BUDGET: u64 = 15_000;

struct Options {
    what: What,
    minutes: f64,
    seed: u64,
    /// Stops after so many programs.
    programs: u64,
}

fn main() -> ExitCode {
    let options = match options(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    };
    // Programs panic on purpose.
    std::panic::set_hook(Box::new(|_| ()));
    let end = Instant::now() + Duration::from_secs_f64(options.minutes * 60.0);
    let mut sum = Sum::default();
    for number in options.seed << 32.. {
        if Instant::now() >= end || sum.programs >= options.programs {
            break;
        }
        sum.programs += 1;
        match options.what {
            What::Reduction => reduction(number, &mut sum),
            What::Orderings => orderings(number, &mut sum),
        }
    }
    println!("{}", sum.told(options.what));
    ExitCode::from(u8::from(sum.different > 0))
}

/// What is compared.
#[derive(Clone, Copy)]
enum What {
    Reduction,
    Orderings,
}

#[derive(Default)]
struct Sum {
    programs: u64,
    too_large: u64,
    different: u64,
    /// Searches compared.
    searches: u64,
    /// Executions of loom.
    executions: u64,
    /// Outcomes that the axioms allow, and how many of these were not seen.
    allowed: usize,
    unseen: usize,
}

impl Sum {
    fn told(&self, what: What) -> String {
        let compared = self.programs - self.too_large;
        let mut text = format!(
            "{} of {compared} programs differ ({} searches compared; {} programs were too large)",
            self.different, self.searches, self.too_large
        );
        if let What::Orderings = what {
            text += &format!(
                "\n{} executions; {} of {} outcomes that C++20 allows were not seen",
                self.executions, self.unseen, self.allowed
            );
        }
        text
    }
}

fn reduction(number: u64, sum: &mut Sum) {
    use compare::{Compared, compare};
    match compare(&draw::program(number), BUDGET) {
        Compared::Same { searches: 0 } => sum.too_large += 1,
        Compared::Same { searches } => sum.searches += searches,
        Compared::Different(difference) => {
            sum.different += 1;
            println!("{difference}");
        }
    }
}

fn orderings(number: u64, sum: &mut Sum) {
    use weak::{Compared, compare};
    let program = draw::touches(number);
    for bound in [Some(0), Some(1), Some(2), None] {
        match compare(&program, bound, BUDGET) {
            Compared::TooLarge => {
                sum.too_large += 1;
                return;
            }
            Compared::Wrong(difference) => {
                sum.different += 1;
                println!("program {number}, {difference}");
                return;
            }
            Compared::Sound {
                executions,
                allowed,
                unseen,
            } => {
                sum.searches += 1;
                sum.executions += executions;
                if bound.is_none() {
                    sum.allowed += allowed;
                    sum.unseen += unseen;
                }
            }
        }
    }
}

fn options(mut arguments: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options {
        what: What::Reduction,
        minutes: 1.0,
        seed: 0,
        programs: u64::MAX,
    };
    while let Some(name) = arguments.next() {
        let value = arguments.next().ok_or(format!("{name} needs a value"))?;
        let wrong = |_| format!("{name} needs a number, and got {value:?}");
        match name.as_str() {
            "--of" => {
                options.what = match value.as_str() {
                    "reduction" => What::Reduction,
                    "orderings" => What::Orderings,
                    _ => return Err(wrong_word(&name, &value)),
                }
            }
            "--minutes" => options.minutes = value.parse().map_err(|_| wrong(()))?,
            "--seed" => options.seed = value.parse().map_err(|_| wrong(()))?,
            "--programs" => options.programs = value.parse().map_err(|_| wrong(()))?,
            _ => {
                return Err(format!(
                    "{name} is no option: --of, --minutes, --seed, --programs"
                ));
            }
        }
    }
    Ok(options)
}

fn wrong_word(name: &str, value: &str) -> String {
    format!("{name} needs `reduction` or `orderings`, and got {value:?}")
}
