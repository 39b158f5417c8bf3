//! Recognises the untouched skeleton, without compiling it.

use crate::katas::catalog::Files;
use crate::support::syntax;

/// Whether these files are still the skeleton. Comments, blanks and line ends do not count.
pub fn is_untouched(files: &Files, skeleton: &Files) -> bool {
    files.len() == skeleton.len()
        && files
            .iter()
            .zip(skeleton)
            .all(|((name, text), (skeleton_name, skeleton))| {
                name == skeleton_name && (text == skeleton || says_the_same(text, skeleton))
            })
}

fn says_the_same(text: &str, skeleton: &str) -> bool {
    // Whoever has begun has fewer of these; it saves looking closer.
    let open = |text: &str| text.matches("todo!").count();
    if open(text) != open(skeleton) {
        return false;
    }
    let tokens =
        |text: &str| syntax::tokens(&text.replace("\r\n", "\n")).map(|tokens| tokens.to_string());
    match (tokens(text), tokens(skeleton)) {
        (Ok(text), Ok(skeleton)) => text == skeleton,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::katas::catalog::single;

    fn untouched(text: &str) -> bool {
        is_untouched(
            &single(text),
            &single("/// Takes it.\npub fn f() {\n    todo!(\"g\")\n}\n"),
        )
    }

    #[test]
    fn layout_and_comments_do_not_count() {
        assert!(untouched(
            "/// Takes it.\npub fn f() {\n    todo!(\"g\")\n}\n"
        ));
        assert!(untouched(
            "/// Takes it.\r\npub fn f() {\r\n    todo!(\"g\")\r\n}\r\n"
        ));
        assert!(untouched(
            "\u{feff}/// Takes it.\npub fn f() { todo!(\"g\") } // hm\n"
        ));
    }

    #[test]
    fn code_counts() {
        assert!(!untouched("/// Takes it.\npub fn f() {}\n"));
        assert!(!untouched(
            "/// Takes it.\npub fn f() { g(); todo!(\"g\") }\n"
        ));
        assert!(!untouched("/// Takes it.\npub fn f() { \"no end"));
    }
}
