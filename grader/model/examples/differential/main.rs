//! Compares the reduced search with trying everything everywhere, on random small programs
//! over everything that `kata-std` hands out, under each bound and without one:
//!
//! ```text
//! cargo run --release -p kata-model --example differential -- --minutes 5 --seed 7
//! ```
//!
//! Every program whose exhaustive search fits into a budget is compared: what the threads may
//! see must be the same in both. Exit status 1 when a program differs.

mod compare;
mod draw;
mod perform;
mod program;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use compare::{Compared, compare};

/// Operations that an exhaustive search may take, before its program counts as too large.
const BUDGET: u64 = 15_000;

struct Options {
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
    let (mut compared, mut too_large, mut different, mut searches) = (0_u64, 0_u64, 0_u64, 0_u64);
    for number in options.seed << 32.. {
        if Instant::now() >= end || compared + too_large >= options.programs {
            break;
        }
        let program = draw::program(number);
        match compare(&program, BUDGET) {
            Compared::Same { searches: 0 } => too_large += 1,
            Compared::Same { searches: more } => {
                compared += 1;
                searches += more;
            }
            Compared::Different(difference) => {
                compared += 1;
                different += 1;
                println!("{difference}");
            }
        }
    }
    println!(
        "{different} of {compared} programs differ ({searches} searches compared; {too_large} \
         programs were too large)"
    );
    ExitCode::from(u8::from(different > 0))
}

fn options(mut arguments: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options {
        minutes: 1.0,
        seed: 0,
        programs: u64::MAX,
    };
    while let Some(name) = arguments.next() {
        let value = arguments.next().ok_or(format!("{name} needs a value"))?;
        let wrong = |_| format!("{name} needs a number, and got {value:?}");
        match name.as_str() {
            "--minutes" => options.minutes = value.parse().map_err(|_| wrong(()))?,
            "--seed" => options.seed = value.parse().map_err(|_| wrong(()))?,
            "--programs" => options.programs = value.parse().map_err(|_| wrong(()))?,
            _ => {
                return Err(format!(
                    "{name} is no option: --minutes, --seed, --programs"
                ));
            }
        }
    }
    Ok(options)
}
