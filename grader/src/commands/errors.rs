//! What is said, and which exit code it is, when a command could not be carried out.

use anstyle::{AnsiColor, Effects};

use super::look::program;
use crate::exit_code::ExitCode;
use crate::messages::usage;
use crate::results::usage::Usage;
use crate::support::interrupt::Interrupted;
use crate::support::sanitise;

/// How the process is to end after an error, and what is said about it.
pub fn explained(error: &anyhow::Error) -> (ExitCode, String) {
    let (code, advice) = if error.chain().any(|cause| cause.is::<Interrupted>()) {
        (ExitCode::Interrupted, None)
    } else if error.chain().any(|cause| cause.is::<Usage>()) {
        (ExitCode::Usage, Some(usage::see_help(&program())))
    } else {
        (ExitCode::Fault, Some(usage::NOT_YOUR_CODE.to_owned()))
    };
    let style = AnsiColor::Red.on_default().effects(Effects::BOLD);
    let mut text = match code {
        ExitCode::Interrupted => format!("{}\n", usage::INTERRUPTED),
        _ => format!("{style}{}{style:#} {}\n", usage::ERROR, said(error)),
    };
    if code != ExitCode::Interrupted {
        for cause in error.chain().skip(1) {
            text.push_str(&format!("  {} {}\n", usage::BECAUSE, said(cause)));
        }
    }
    if let Some(advice) = advice {
        text.push_str(&format!("{advice}\n"));
    }
    (code, text)
}

/// What an error says. It may name a path, and nobody chose all of its characters.
fn said(error: impl std::fmt::Display) -> String {
    sanitise::text(&error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_usage_end_in_2_interruptions_in_130_and_others_in_3() {
        let usage: anyhow::Error = Usage::Said("no".to_owned()).into();
        assert_eq!(explained(&usage.context("while")).0, ExitCode::Usage);
        assert_eq!(explained(&Interrupted.into()).0, ExitCode::Interrupted);
        assert_eq!(explained(&anyhow::anyhow!("disk")).0, ExitCode::Fault);
    }

    #[test]
    fn an_error_is_told_with_its_causes() {
        let error = anyhow::anyhow!("no space left").context("cannot write report.json");
        let (_, text) = explained(&error);
        let text = anstream::adapter::strip_str(&text).to_string();
        assert!(text.starts_with("error: cannot write report.json\n  because: no space left\n"));
    }
}
