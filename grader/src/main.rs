//! `grader`: see the library for what it does.

use std::process::ExitCode;

use clap::Parser;

use grader::cli::{self, Cli};

fn main() -> ExitCode {
    match Cli::try_parse() {
        Ok(cli) => cli::run(&cli).into(),
        Err(error) => {
            // Help and version come here, too. If they cannot be printed, there is nowhere to say so.
            let _ = error.print();
            u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from)
        }
    }
}
