//! Which cargo and rustc are used, found without starting a process whenever that is possible.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::SystemTime;

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};

use crate::support::disk;

/// A cargo and its rustc.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Toolchain {
    pub cargo: PathBuf,
    pub rustc: PathBuf,
    /// Everything that `rustc -vV` says.
    pub version: String,
}

/// What the answer of an earlier run depends on.
#[derive(PartialEq, Eq, Serialize, Deserialize)]
struct Remembered {
    stamps: Vec<Stamp>,
    toolchain: Toolchain,
}

/// A file that decides which toolchain is used, or is the toolchain.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Stamp {
    path: PathBuf,
    length: Option<u64>,
    modified: Option<SystemTime>,
    setting: Option<String>,
}

/// The parent's environment that builds get to see; everything else could change what is built.
const ENVIRONMENT: [&str; 22] = [
    "ALL_PROXY",
    "CARGO_HOME",
    "COMSPEC",
    "HOME",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "LANG",
    "LOCALAPPDATA",
    "NO_PROXY",
    "PATH",
    "PATHEXT",
    "PROGRAMDATA",
    "PROGRAMFILES",
    "RUSTUP_HOME",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "SYSTEMROOT",
    "TEMP",
    "TMP",
    "TMPDIR",
    "USERPROFILE",
    "WINDIR",
];

impl Toolchain {
    /// Finds the toolchain: the one of the cargo that runs the grader, otherwise that of the
    /// search path. `cache` is a directory in which the answer is remembered.
    ///
    /// # Errors
    ///
    /// There is none, or it cannot be run.
    pub fn find(cache: &Path) -> Result<Toolchain> {
        let stamps = stamps(cache)?;
        let file = cache.join("toolchain.json");
        let remembered: Option<Remembered> = fs::read(&file)
            .ok()
            .and_then(|text| serde_json::from_slice(&text).ok());
        if let Some(remembered) = remembered
            && remembered.stamps == stamps
            && remembered.toolchain.rustc.is_file()
        {
            return Ok(remembered.toolchain);
        }
        let (cargo, rustc) = locate()?;
        let version = output_of(&rustc, &["-vV"])?;
        let toolchain = Toolchain {
            cargo,
            rustc,
            version,
        };
        let remembered = Remembered {
            stamps,
            toolchain: toolchain.clone(),
        };
        // Remembering is a convenience; a directory that cannot be written is told elsewhere.
        let _ = serde_json::to_vec(&remembered).map(|text| disk::write(&file, &text));
        Ok(toolchain)
    }

    /// A cargo for this workspace. It runs in the root of the file system, so that no
    /// `.cargo/config.toml` of a graded folder or of one above it has a say, and sees only the
    /// environment that it needs.
    pub fn command(&self, workspace: &Path) -> Command {
        let mut command = Command::new(&self.cargo);
        command
            .stdin(Stdio::null())
            .current_dir(disk::root_of(workspace))
            .env_clear()
            .envs(environment())
            .env("RUSTC", &self.rustc)
            .env("CARGO_TERM_COLOR", "never")
            .env("CARGO_TERM_PROGRESS_WHEN", "never");
        command
    }

    /// The version number, for example `1.95.0`.
    pub fn release(&self) -> &str {
        self.said("release: ")
    }

    /// The platform, for example `x86_64-unknown-linux-gnu`.
    pub fn host(&self) -> &str {
        self.said("host: ")
    }

    fn said(&self, of: &str) -> &str {
        self.version
            .lines()
            .find_map(|line| line.strip_prefix(of))
            .unwrap_or("unknown")
    }
}

/// The environment for builds.
fn environment() -> Vec<(OsString, OsString)> {
    env::vars_os()
        .filter(|(name, _)| {
            let name = name.to_string_lossy().to_ascii_uppercase();
            ENVIRONMENT.contains(&name.as_str())
                || name.starts_with("CARGO_HTTP_")
                || name.starts_with("CARGO_NET_")
        })
        .collect()
}

/// The cargo that runs the grader and the rustc beside it; otherwise those that the search
/// path leads to, past rustup's proxies.
fn locate() -> Result<(PathBuf, PathBuf)> {
    if let Some(pair) = running_cargo() {
        return Ok(pair);
    }
    let rustc = on_path("rustc")
        .context("there is no `rustc` on the PATH; install Rust from https://rustup.rs")?;
    let sysroot = output_of(&rustc, &["--print", "sysroot"])?;
    let home = Path::new(sysroot.trim()).join("bin");
    let cargo = Some(home.join(executable("cargo")))
        .filter(|cargo| cargo.is_file())
        .or_else(|| on_path("cargo"))
        .context("there is no `cargo` on the PATH; install Rust from https://rustup.rs")?;
    let direct = home.join(executable("rustc"));
    Ok((cargo, if direct.is_file() { direct } else { rustc }))
}

fn running_cargo() -> Option<(PathBuf, PathBuf)> {
    let cargo = PathBuf::from(env::var_os("CARGO")?);
    let rustc = cargo.with_file_name(executable("rustc"));
    // Where cargo is rustup's proxy, so is the rustc beside it.
    let is_proxy = cargo.with_file_name(executable("rustup")).exists();
    (!is_proxy && cargo.is_absolute() && cargo.is_file() && rustc.is_file())
        .then_some((cargo, rustc))
}

fn executable(name: &str) -> String {
    format!("{name}{}", env::consts::EXE_SUFFIX)
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|directory| directory.join(executable(name)))
        .find(|file| file.is_absolute() && file.is_file())
}

/// Runs rustc from the root of the file system, so that no `rust-toolchain.toml` of a
/// graded folder has a say.
fn output_of(program: &Path, arguments: &[&str]) -> Result<String> {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(disk::root_of(program))
        .env_clear()
        .envs(environment())
        .envs(env::var_os("RUSTUP_TOOLCHAIN").map(|name| ("RUSTUP_TOOLCHAIN", name)))
        .output()
        .with_context(|| format!("running {}", program.display()))?;
    ensure!(
        output.status.success(),
        "{} {} failed: {}",
        program.display(),
        arguments.join(" "),
        String::from_utf8_lossy(&output.stderr).trim()
    );
    String::from_utf8(output.stdout)
        .with_context(|| format!("reading what {} says", program.display()))
}

fn stamps(cache: &Path) -> Result<Vec<Stamp>> {
    let mut stamps = vec![Stamp {
        path: cache.to_path_buf(),
        length: None,
        modified: None,
        setting: env::var("RUSTUP_TOOLCHAIN").ok(),
    }];
    if let Some((cargo, rustc)) = running_cargo() {
        stamps.extend([stamp(cargo), stamp(rustc)]);
        return Ok(stamps);
    }
    stamps.extend(on_path("rustc").map(stamp));
    stamps.extend(on_path("cargo").map(stamp));
    let home = env::var_os("RUSTUP_HOME")
        .map(PathBuf::from)
        .or_else(|| env::home_dir().map(|home| home.join(".rustup")));
    stamps.extend(home.map(|home| stamp(home.join("settings.toml"))));
    Ok(stamps)
}

fn stamp(path: PathBuf) -> Stamp {
    let metadata = fs::metadata(&path).ok();
    Stamp {
        length: metadata.as_ref().map(|metadata| metadata.len()),
        modified: metadata.and_then(|metadata| metadata.modified().ok()),
        setting: None,
        path,
    }
}
