//! What `doctor` found: a line for each thing, and below it what to do.

use super::look::{Look, Mark, Tone, columns, wrap};
use crate::messages::doctor as say;
use crate::results::examination::{Check, Health};
use crate::support::sanitise;

/// The findings, one below the other, and what they come to.
pub fn render(checks: &[Check], look: &Look) -> String {
    let width = checks.iter().map(|check| columns(say::name(check))).max();
    let width = width.unwrap_or(0);
    // A mark, a blank, the name, two blanks.
    let margin = width + 4;
    let mut text = String::new();
    for check in checks {
        let mark = match check.health() {
            Health::Fine => Mark::Passed,
            Health::Poor => Mark::Unsure,
            Health::Broken => Mark::Failed,
        };
        let found = sanitise::line(&say::found(check));
        let mut rows = wrap(&found, look.width.saturating_sub(margin)).into_iter();
        let first = rows.next().unwrap_or_default();
        text.push_str(&format!(
            "{} {:width$}  {first}\n",
            look.mark(mark),
            say::name(check)
        ));
        let advice = say::advice(check, &look.program).unwrap_or_default();
        let advice = (!advice.is_empty()).then(|| wrap(&advice, look.width - margin));
        let advice = advice.unwrap_or_default().into_iter();
        for row in rows.chain(advice.map(|row| look.paint(Tone::Strong, &row))) {
            text.push_str(&format!("{}{row}\n", " ".repeat(margin)));
        }
    }
    text.push_str(&format!("\n{}\n", say::total(worst(checks))));
    text
}

/// The worst of it.
pub fn worst(checks: &[Check]) -> Health {
    let all = checks.iter().map(Check::health);
    all.max().unwrap_or(Health::Fine)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::looks;
    use crate::results::examination::{Crates, Terminal};

    #[test]
    fn each_finding_is_a_line_with_what_to_do_below_it() {
        let checks = [
            Check::Toolchain {
                found: Ok("1.95.0".to_owned()),
                least: "1.95",
            },
            Check::Crates(Err("no network".to_owned())),
            Check::Cores(Some(1)),
            Check::Room(Some(12_345_678_901)),
            Check::FileEvents(Ok(false)),
            Check::Terminal(Some(Terminal {
                columns: 80,
                rows: 24,
                unicode: true,
            })),
        ];
        insta::assert_snapshot!(render(&checks, &looks::plain()));
    }

    #[test]
    fn a_machine_that_is_fine_is_told_so() {
        let text = render(&[Check::Crates(Ok(Crates::Here(40)))], &looks::plain());
        assert!(
            text.ends_with("\n\nEverything is as it should be.\n"),
            "{text}"
        );
    }
}
