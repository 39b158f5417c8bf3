//! Opens files in the learner's editor, where it is known how to, at a line where it can.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

/// Visual Studio Code's program for command lines, which is a script on Windows.
const VS_CODE: &str = if cfg!(windows) { "code.cmd" } else { "code" };

/// How to open a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Editor {
    /// The terminal is one of Visual Studio Code's.
    VsCode,
    /// A pane of Zellij, with the editor that it knows.
    Zellij,
    /// A pane of tmux, with this editor.
    Tmux(String),
    /// The words of a command; `{file}` and `{line}` are filled in.
    Command(Vec<String>),
}

impl Editor {
    /// The editor that was asked for, or the one that the environment speaks of.
    pub fn choose(
        command: Option<&str>,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Option<Editor> {
        if let Some(command) = command {
            let words = command.split_whitespace().map(str::to_owned).collect();
            return Some(Editor::Command(words));
        }
        let is = |name: &str, value: &str| variable(name).is_some_and(|it| it == value);
        let has = |name: &str| variable(name).is_some_and(|it| !it.is_empty());
        if is("TERM_PROGRAM", "vscode") {
            Some(Editor::VsCode)
        } else if has("ZELLIJ") {
            Some(Editor::Zellij)
        } else if has("TMUX") {
            let editor = variable("VISUAL").or_else(|| variable("EDITOR"));
            editor.filter(|it| !it.is_empty()).map(Editor::Tmux)
        } else {
            None
        }
    }

    /// Opens a file, and does not wait for it to be closed again.
    ///
    /// # Errors
    ///
    /// The editor cannot be started.
    pub fn open(&self, file: &Path, line: u32) -> io::Result<()> {
        let words = self.words(&file.to_string_lossy(), line);
        let Some((program, arguments)) = words.split_first() else {
            return Ok(());
        };
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let waiter = thread::Builder::new().name("wait for an editor".into());
        waiter.spawn(move || child.wait())?;
        Ok(())
    }

    /// The program, for messages.
    pub fn program(&self) -> &str {
        match self {
            Editor::VsCode => VS_CODE,
            Editor::Zellij => "zellij",
            Editor::Tmux(_) => "tmux",
            Editor::Command(words) => words.first().map_or("", String::as_str),
        }
    }

    /// The command line that opens a file.
    fn words(&self, file: &str, line: u32) -> Vec<String> {
        let own = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
        let line = line.to_string();
        match self {
            Editor::VsCode => own(&[VS_CODE, "--goto", &format!("{file}:{line}")]),
            Editor::Zellij => own(&["zellij", "edit", "--line-number", &line, file]),
            // What follows is no line of a shell's, but words: nothing in a path is taken for more.
            Editor::Tmux(editor) => {
                let mut words: Vec<String> = own(&["tmux", "split-window", "-h"]);
                words.extend(editor.split_whitespace().map(str::to_owned));
                words.extend(at_line(editor, file, &line));
                words
            }
            Editor::Command(words) => {
                let fill = |word: &String| word.replace("{file}", file).replace("{line}", &line);
                let mut filled: Vec<String> = words.iter().map(fill).collect();
                if !words.iter().any(|word| word.contains("{file}")) {
                    filled.push(file.to_owned());
                }
                filled
            }
        }
    }
}

/// How an editor on a terminal is told a line: `+12 FILE`, as vi has it and most others, or
/// `FILE:12`.
fn at_line(editor: &str, file: &str, line: &str) -> Vec<String> {
    let program = editor.split_whitespace().next().unwrap_or_default();
    match Path::new(program).file_stem().and_then(|it| it.to_str()) {
        Some("hx" | "helix" | "micro" | "zed") => vec![format!("{file}:{line}")],
        _ => vec![format!("+{line}"), file.to_owned()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(command: Option<&str>, environment: &[(&str, &str)]) -> Option<Editor> {
        Editor::choose(command, &|name| {
            let found = environment.iter().find(|(it, _)| *it == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    fn words(command: Option<&str>, environment: &[(&str, &str)]) -> String {
        let editor = chosen(command, environment).expect("an editor");
        editor.words("a b/lib.rs", 12).join("|")
    }

    #[test]
    fn each_editor_is_told_file_and_line_in_its_own_way() {
        let code = [("TERM_PROGRAM", "vscode")];
        let opened = format!("{VS_CODE}|--goto|a b/lib.rs:12");
        assert_eq!(words(None, &code), opened);
        let zellij = [("ZELLIJ", "0")];
        assert_eq!(
            words(None, &zellij),
            "zellij|edit|--line-number|12|a b/lib.rs"
        );
        let tmux = [("TMUX", "/tmp/tmux"), ("EDITOR", "nvim -R")];
        assert_eq!(
            words(None, &tmux),
            "tmux|split-window|-h|nvim|-R|+12|a b/lib.rs"
        );
        let helix = [
            ("TMUX", "/tmp/tmux"),
            ("EDITOR", "vi"),
            ("VISUAL", "/bin/hx"),
        ];
        assert_eq!(
            words(None, &helix),
            "tmux|split-window|-h|/bin/hx|a b/lib.rs:12"
        );
    }

    #[test]
    fn a_command_gets_the_file_where_it_says_so_or_at_its_end() {
        let asked = |command| words(Some(command), &[("TERM_PROGRAM", "vscode")]);
        assert_eq!(asked("subl {file}:{line}"), "subl|a b/lib.rs:12");
        assert_eq!(asked("emacsclient -n"), "emacsclient|-n|a b/lib.rs");
    }

    #[test]
    fn nothing_is_guessed() {
        assert_eq!(chosen(None, &[]), None);
        assert_eq!(chosen(None, &[("EDITOR", "vi")]), None);
        assert_eq!(chosen(None, &[("TMUX", "/tmp/tmux")]), None);
    }
}
