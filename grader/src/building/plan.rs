//! What is to be built before the first verdict: which crates, and whether they are on this machine.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use serde::Deserialize;

use super::toolchain::Toolchain;
use crate::support::interrupt::Cancel;

/// What `cargo metadata` says, as far as it is needed.
#[derive(Debug, Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    resolve: Resolve,
}

#[derive(Debug, Deserialize)]
struct Package {
    id: String,
    manifest_path: PathBuf,
}

/// The packages of which something is built on this platform.
#[derive(Debug, Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Debug, Deserialize)]
struct Node {
    id: String,
}

/// The manifests of all packages that are built for the workspace on this machine. What is not
/// here yet is downloaded, and `on_download` called before.
///
/// # Errors
///
/// cargo cannot be run, or cannot read the workspace; something cannot be downloaded; or the run
/// was cancelled.
pub fn plan(
    toolchain: &Toolchain,
    workspace: &Path,
    cancel: &Cancel,
    on_download: &dyn Fn(),
) -> Result<HashSet<PathBuf>> {
    let text = match metadata(toolchain, workspace, cancel, true)? {
        Ok(text) => text,
        Err(log) if lacks_a_download(&log) => {
            on_download();
            download(toolchain, workspace, cancel)?
        }
        Err(log) => bail!(
            "cargo could not read the workspace {}:\n{}",
            workspace.display(),
            log.trim()
        ),
    };
    manifests(&text).context("reading what `cargo metadata` says")
}

/// Downloads what is needed on this platform and not here yet, and returns what `cargo metadata`
/// says.
///
/// # Errors
///
/// As [`plan`].
pub(super) fn download(toolchain: &Toolchain, workspace: &Path, cancel: &Cancel) -> Result<String> {
    metadata(toolchain, workspace, cancel, false)?.map_err(|log| {
        // The last line is the cause of all that stands above it.
        let cause = log.trim().lines().next_back().unwrap_or_default().trim();
        anyhow!("{cause}").context(
            "some crates that the hidden tests are built with are not on this machine and cannot \
             be downloaded; run the same command once with a network, and later ones need none",
        )
    })
}

/// What `cargo metadata` says, or why it could not.
fn metadata(
    toolchain: &Toolchain,
    workspace: &Path,
    cancel: &Cancel,
    offline: bool,
) -> Result<Result<String, String>> {
    let output = toolchain
        .command(workspace)
        .args(["metadata", "--format-version=1"])
        .args(["--filter-platform", toolchain.host()])
        .args(offline.then_some("--offline"))
        .arg("--manifest-path")
        .arg(workspace.join("Cargo.toml"))
        .output()
        .with_context(|| format!("running {}", toolchain.cargo.display()))?;
    cancel.check()?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(if output.status.success() {
        Ok(text(&output.stdout))
    } else {
        Err(text(&output.stderr))
    })
}

/// Whether cargo failed for want of something that the network has.
pub(super) fn lacks_a_download(log: &str) -> bool {
    log.contains("--offline") || log.contains("offline mode") || log.contains("failed to download")
}

/// The manifests of what is built: `packages` has those for other platforms, too.
fn manifests(text: &str) -> serde_json::Result<HashSet<PathBuf>> {
    let metadata: Metadata = serde_json::from_str(text)?;
    let nodes = metadata.resolve.nodes;
    let built: HashSet<String> = nodes.into_iter().map(|node| node.id).collect();
    let packages = metadata.packages.into_iter();
    Ok(packages
        .filter(|package| built.contains(&package.id))
        .map(|package| package.manifest_path)
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_for_other_platforms_is_not_built() {
        let text = r#"{
            "packages": [
                {"id": "a", "manifest_path": "/a/Cargo.toml", "name": "a"},
                {"id": "windows", "manifest_path": "/w/Cargo.toml", "name": "windows"}
            ],
            "resolve": {"nodes": [{"id": "a", "dependencies": []}], "root": null}
        }"#;
        let found = manifests(text).expect("valid");
        assert_eq!(found, HashSet::from([PathBuf::from("/a/Cargo.toml")]));
    }

    #[test]
    fn cargo_says_that_it_would_need_the_network() {
        assert!(lacks_a_download(
            "error: no matching package named `loom` found\n\
             As a reminder, you're using offline mode (--offline) which can sometimes cause \
             surprising resolution failures"
        ));
        assert!(!lacks_a_download("error: failed to parse lock file"));
    }
}
