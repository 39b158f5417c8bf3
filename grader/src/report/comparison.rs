//! Two versions of a crate, as a unified difference.

use similar::{ChangeTag, TextDiff};

use super::look::{Look, Tone, wrap};
use crate::katas::catalog::Files;
use crate::messages::learner as say;
use crate::support::sanitise;

/// Lines around a difference that are the same in both.
const CONTEXT: usize = 3;

/// What one has to change to get from the learner's own files to those of the reference, each in a
/// folder of that name; [`None`] if there is no difference. Line ends are none.
pub fn render(own: (&str, &Files), reference: (&str, &Files), look: &Look) -> Option<String> {
    let mut text = String::new();
    let (own_folder, own_files) = own;
    let (reference_folder, reference_files) = reference;
    let names = own_files.keys().chain(reference_files.keys());
    let mut names: Vec<&String> = names.collect();
    names.sort();
    names.dedup();
    for name in names {
        let of = |files: &Files| files.get(name).map(|text| text.replace("\r\n", "\n"));
        let before = of(own_files);
        let after = of(reference_files);
        if before == after {
            continue;
        }
        let path = |folder: &str, is_there: bool| match is_there {
            true => format!("{folder}/{name}"),
            false => NOWHERE.to_owned(),
        };
        let (from, to) = (
            path(own_folder, before.is_some()),
            path(reference_folder, after.is_some()),
        );
        let header = format!("--- {from}\n+++ {to}");
        text.push_str(&format!("{}\n", look.paint(Tone::Strong, &header)));
        push_hunks(
            &mut text,
            &before.unwrap_or_default(),
            &after.unwrap_or_default(),
            look,
        );
    }
    if text.is_empty() {
        return None;
    }
    let compared = say::compared(own_folder, reference_folder);
    let compared = wrap(&compared, look.width).join("\n");
    Some(format!("{compared}\n\n{text}"))
}

/// The name of the other side of a file that only one side has.
const NOWHERE: &str = "/dev/null";

fn push_hunks(text: &mut String, before: &str, after: &str, look: &Look) {
    let difference = TextDiff::from_lines(before, after);
    for hunk in difference
        .unified_diff()
        .context_radius(CONTEXT)
        .iter_hunks()
    {
        let header = hunk.header().to_string();
        text.push_str(&format!("{}\n", look.paint(Tone::Faint, &header)));
        for change in hunk.iter_changes() {
            let (sign, tone) = match change.tag() {
                ChangeTag::Equal => (" ", None),
                ChangeTag::Delete => ("-", Some(Tone::Bad)),
                ChangeTag::Insert => ("+", Some(Tone::Good)),
            };
            // The learner's file may hold anything.
            let value = sanitise::text(change.value().trim_end_matches('\n'));
            let line = format!("{sign}{value}");
            let line = match tone {
                Some(tone) => look.paint(tone, &line),
                None => line,
            };
            text.push_str(&format!("{line}\n"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::looks;

    fn files(files: &[(&str, &str)]) -> Files {
        let owned = |(name, text): &(&str, &str)| ((*name).to_owned(), (*text).to_owned());
        files.iter().map(owned).collect()
    }

    fn compared(own: &[(&str, &str)], reference: &[(&str, &str)]) -> Option<String> {
        let (own, reference) = (files(own), files(reference));
        render(("mine", &own), ("theirs", &reference), &looks::plain())
    }

    #[test]
    fn shows_what_is_only_on_one_side_with_what_is_around_it() {
        let text = compared(
            &[("lib.rs", "a\nb\nc\n"), ("own.rs", "x\n")],
            &[("lib.rs", "a\nB\nc\n")],
        );
        let expected = "What sets theirs (+) apart from mine (-):\n\n\
            --- mine/lib.rs\n+++ theirs/lib.rs\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n\
            --- mine/own.rs\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n";
        assert_eq!(text.as_deref(), Some(expected));
    }

    #[test]
    fn line_ends_are_no_difference() {
        assert_eq!(compared(&[("lib.rs", "a\r\n")], &[("lib.rs", "a\n")]), None);
    }

    #[test]
    fn what_a_file_holds_cannot_act_on_the_terminal() {
        let text = compared(&[("lib.rs", "\u{1b}[2Ja\n")], &[("lib.rs", "a\n")]);
        assert!(!text.expect("a difference").contains('\u{1b}'));
    }
}
