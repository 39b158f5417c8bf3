//! Draws the refusals of the token policy in the style of rustc.

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use crate::intake::SubjectSources;
use crate::messages::engine as say;
use crate::policy::Refusal;

/// The most refusals that are drawn.
const MOST: usize = 12;

/// All refusals as one text.
pub fn render(refusals: &[Refusal], sources: &SubjectSources, color: bool) -> String {
    let renderer = if color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let mut text = String::new();
    for refusal in refusals.iter().take(MOST) {
        let title = say::forbidden(&refusal.item);
        let path = format!("{}/{}", sources.display.display(), refusal.file);
        let source = sources.files.get(&refusal.file).map_or("", String::as_str);
        let annotation = AnnotationKind::Primary
            .span(refusal.range.clone())
            .label(say::why_forbidden(refusal.reason));
        let group = Level::ERROR
            .primary_title(&title)
            .id("forbidden")
            .element(Snippet::source(source).path(&path).annotation(annotation))
            .element(Level::HELP.message(say::instead_of_forbidden(refusal.reason)));
        text.push_str(&renderer.render(&[group]));
        text.push_str("\n\n");
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    if color {
        crate::sanitise::colored(&text)
    } else {
        crate::sanitise::text(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::single;
    use crate::policy;

    #[test]
    fn a_refusal_says_what_where_why_and_what_to_do() {
        let sources = SubjectSources {
            files: single("fn f() {\n    unsafe { g() }\n}\n"),
            prefix: "subjects/learner/lock/src".into(),
            display: "exercises/lock/src".into(),
        };
        let text = render(&policy::scan(&sources.files), &sources, false);
        assert!(
            text.contains("error[forbidden]: `unsafe` is not allowed"),
            "{text}"
        );
        assert!(text.contains("exercises/lock/src/lib.rs:2:5"), "{text}");
        assert!(text.contains("vouch"), "{text}");
        assert!(text.contains("help: "), "{text}");
    }
}
