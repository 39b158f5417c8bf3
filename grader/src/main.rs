//! `grader`: see the library for what it does.

use std::process::ExitCode;

use grader::cli::{self, Cli};
use grader::commands::look::program;
use grader::support::terminal;

fn main() -> ExitCode {
    match Cli::read(std::env::args_os(), &program(), terminal::is_there()) {
        Ok(cli) => cli::run(&cli).into(),
        Err(error) => {
            // Help and version come here, too. If they cannot be printed, there is nowhere to say so.
            let _ = error.print();
            u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from)
        }
    }
}
