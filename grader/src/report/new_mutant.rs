//! What `new --mutant` has made, and what to do with it.

use std::path::Path;

use super::look::{Look, Tone, wrap};
use crate::authors::scaffold::mutant::Made;
use crate::katas::header::MARKER;
use crate::messages::new_mutant as say;

/// Renders what was made. With `--quiet`, its path.
pub fn render(made: &Made, look: &Look) -> String {
    if look.quiet {
        return format!("{}\n", made.file);
    }
    let heading = say::made(&made.file, &made.base.to_string(), made.size);
    let verify = look.command(&format!("verify {}", made.topic));
    let check = look.command(&format!("check {} --source DIR", made.topic));
    let next = match made.open.as_slice() {
        [] => say::to_verify(&verify),
        fields => say::to_fill_in(fields, MARKER, &verify, &check),
    };
    format!(
        "{}\n\n{}",
        look.paint(Tone::Good, &heading),
        lines(&next, look)
    )
}

/// Renders where the whole crate of a mutant is. With `--quiet`, its path.
pub fn written_out(file: &Path, look: &Look) -> String {
    match look.quiet {
        true => format!("{}\n", file.display()),
        false => lines(&say::written_out(file), look),
    }
}

fn lines(text: &str, look: &Look) -> String {
    let lines = wrap(text, look.width).into_iter();
    lines.map(|line| format!("{line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::katas::header::Base;
    use crate::report::looks;

    fn made() -> Made {
        Made {
            topic: "lock".to_owned(),
            file: "grader/suites/lock/mutants/if_not_while.diff".to_owned(),
            base: Base::Reference,
            size: 2,
            open: vec!["idea", "caught-by"],
        }
    }

    #[test]
    fn says_what_was_made_and_what_is_missing() {
        insta::assert_snapshot!(render(&made(), &looks::plain()));
    }

    #[test]
    fn in_quiet_it_is_a_path() {
        let mut look = looks::plain();
        look.quiet = true;
        assert_eq!(render(&made(), &look), format!("{}\n", made().file));
    }
}
