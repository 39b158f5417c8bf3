//! The files that travel inside the binary: suites, engines, reference solutions, templates, notes.

use std::sync::LazyLock;

use crate::support::fingerprint::fingerprint;

/// Every embedded file: its name, with `/` between the parts, and its text.
static FILES: &[(&str, &str)] = &include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// The embedded file of that name.
pub fn text(name: &str) -> Option<&'static str> {
    FILES
        .iter()
        .find(|(candidate, _)| *candidate == name)
        .map(|(_, text)| *text)
}

/// All files below a folder: the rest of their name, and their text.
pub fn below(folder: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    FILES.iter().filter_map(move |(name, text)| {
        let rest = name.strip_prefix(folder)?.strip_prefix('/')?;
        Some((rest, *text))
    })
}

/// The names of the folders and files directly in a folder, sorted, each once.
pub fn children(folder: &str) -> Vec<&'static str> {
    let mut names: Vec<_> = below(folder)
        .filter_map(|(rest, _)| rest.split('/').next())
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Changes whenever the engines or their dependencies change.
pub fn engines() -> &'static str {
    static FINGERPRINT: LazyLock<String> = LazyLock::new(|| {
        let lock = ("", text("Cargo.lock").unwrap_or_default());
        let folders = ["model", "std", "quiet"].into_iter().flat_map(below);
        let files = folders.chain([lock]);
        fingerprint(files.flat_map(|(name, text)| [name, text]))
    });
    &FINGERPRINT
}

/// Changes whenever the engines, their dependencies or the grader itself change.
pub fn grader() -> &'static str {
    static FINGERPRINT: LazyLock<String> = LazyLock::new(|| {
        let version = env!("CARGO_PKG_VERSION");
        format!("{version} {} {}", env!("GRADER_SOURCES"), engines())
    });
    &FINGERPRINT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_engines_are_embedded() {
        assert!(text("model/Cargo.toml").is_some());
        assert!(below("model").any(|(name, _)| name == "src/lib.rs"));
    }
}
