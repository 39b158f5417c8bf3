//! Makes text that a learner's code has a hand in harmless for terminals and CI systems.

/// Stands where foreign text was cut off.
pub const CUT_OFF: &str = "[… more output, not shown]";

/// Ends all colours.
const RESET: &str = "\u{1b}[0m";

/// Removes escape sequences, control characters and characters that nobody sees, and takes the
/// force out of what a CI system would obey: `::set-output …` where a line begins, `##[…]`,
/// `##vso[…]` and `##teamcity[…]` anywhere.
pub fn text(text: &str) -> String {
    clean(text, false)
}

/// The same, but colours stay, up to the end of the text.
pub fn colored(text: &str) -> String {
    let mut text = clean(text, true);
    if text
        .rfind('\u{1b}')
        .is_some_and(|last| !text[last..].starts_with(RESET))
    {
        let end = text.trim_end_matches('\n').len();
        text.insert_str(end, RESET);
    }
    text
}

/// The same for what belongs into one line, as a path does.
pub fn line(text: &str) -> String {
    let text: String = text
        .chars()
        .filter(|it| !it.is_control() || *it == '\u{1b}')
        .collect();
    clean(&text, false)
}

/// Cuts a text off after so many bytes, at the end of a line, and says so.
pub fn cap(text: &str, longest: usize) -> String {
    if text.len() <= longest {
        return text.to_owned();
    }
    let start = text.floor_char_boundary(longest);
    let end = text[..start].rfind('\n').map_or(start, |end| end + 1);
    let reset = if text.contains('\u{1b}') { RESET } else { "" };
    format!("{}{reset}{}\n", &text[..end], CUT_OFF)
}

fn clean(text: &str, colors: bool) -> String {
    let mut cleaned = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        if character == '\u{1b}' {
            let length = escape_length(rest);
            if colors && is_color(&rest[..length]) {
                cleaned.push_str(&rest[..length]);
            }
            rest = &rest[length..];
            continue;
        }
        if is_harmless(character) {
            cleaned.push(character);
        }
        rest = &rest[character.len_utf8()..];
    }
    let mut lines: Vec<String> = cleaned.split('\n').map(disarm).collect();
    if lines.iter().all(String::is_empty) {
        lines.truncate(1);
    }
    lines.join("\n")
}

/// Whether an escape sequence does no more than to colour text, or to make it bold, italic or
/// underlined: other attributes hide it.
fn is_color(sequence: &str) -> bool {
    let parameters = sequence
        .strip_prefix("\u{1b}[")
        .and_then(|it| it.strip_suffix('m'));
    let Some(parameters) = parameters else {
        return false;
    };
    let mut parameters = parameters.split(';');
    while let Some(parameter) = parameters.next() {
        let is_fine = match parameter.parse::<u8>() {
            Ok(0..=4 | 22..=24 | 30..=37 | 39 | 90..=97) => true,
            // One of 256.
            Ok(38) => {
                let color = (parameters.next(), parameters.next());
                matches!(color, (Some("5"), Some(color)) if color.parse::<u8>().is_ok())
            }
            Ok(_) => false,
            Err(_) => parameter.is_empty(),
        };
        if !is_fine {
            return false;
        }
    }
    true
}

fn is_harmless(character: char) -> bool {
    matches!(character, '\n' | '\t') || !(character.is_control() || is_invisible(character))
}

/// Characters without a shape of their own: they turn the direction of text, join or separate,
/// choose between shapes, or carry text that nobody sees.
fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{13430}'..='\u{1343f}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// The length of the escape sequence that a text starts with.
fn escape_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let end_of = |ends: &dyn Fn(u8) -> bool| {
        let found = bytes
            .iter()
            .skip(2)
            .take(256)
            .position(|byte| ends(*byte) || !byte.is_ascii());
        let position = found? + 2;
        Some(if bytes[position].is_ascii() {
            position + 1
        } else {
            position
        })
    };
    let length = match bytes.get(1) {
        Some(b'[') => end_of(&|byte| (0x40..=0x7e).contains(&byte)),
        Some(b']' | b'P' | b'^' | b'_') => end_of(&|byte| byte == 7 || byte == 0x1b),
        Some(byte) if byte.is_ascii() => Some(2),
        _ => Some(1),
    };
    let length = length.unwrap_or(1).min(text.len());
    if text.is_char_boundary(length) {
        length
    } else {
        1
    }
}

/// A blank in a command's first word makes it ordinary text.
fn disarm(line: &str) -> String {
    let (indent, words) = line.split_at(visible_start(line));
    let mut disarmed = indent.to_owned();
    let mut rest = words;
    if let Some(command) = words.strip_prefix("::") {
        disarmed.push_str(": :");
        rest = command;
    }
    while let Some(start) = rest.find("##") {
        let (before, found) = rest.split_at(start + 1);
        disarmed.push_str(before);
        let name = found[1..]
            .trim_start_matches(|it: char| it.is_ascii_alphanumeric() || "-_.".contains(it));
        if name.starts_with('[') {
            disarmed.push(' ');
        }
        rest = found;
    }
    disarmed + rest
}

/// Where the first character stands that is neither blank nor part of a colour.
fn visible_start(line: &str) -> usize {
    let mut start = 0;
    while let Some(character) = line[start..].chars().next() {
        if character == '\u{1b}' {
            start += escape_length(&line[start..]);
        } else if character.is_whitespace() {
            start += character.len_utf8();
        } else {
            break;
        }
    }
    start
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminals_get_nothing_to_obey() {
        assert_eq!(text("a\u{1b}[31mb\u{1b}[0mc\r\u{8}\n\td"), "abc\n\td");
        assert_eq!(text("\u{1b}]0;title\u{7}x"), "x");
        assert_eq!(text("\u{1b}"), "");
        assert_eq!(text("\u{1b}[é"), "é");
        assert_eq!(text("a\u{202e}b"), "ab");
        assert_eq!(
            text("\u{1b}[0Ksection_start:1:a[collapsed=true]\r\u{1b}[0Kb"),
            "section_start:1:a[collapsed=true]b"
        );
    }

    #[test]
    fn what_nobody_sees_is_not_shown() {
        for invisible in [
            '\u{61c}',
            '\u{200b}',
            '\u{200d}',
            '\u{feff}',
            '\u{2060}',
            '\u{2028}',
            '\u{ad}',
            '\u{fe0f}',
            '\u{e0041}',
            '\u{e01ef}',
            '\u{180e}',
            '\u{fff9}',
            '\u{85}',
            '\u{9b}',
        ] {
            assert_eq!(text(&format!("a{invisible}b")), "ab", "{invisible:?}");
            assert_eq!(text(&format!("{invisible}::error::b")), ": :error::b");
            assert_eq!(line(&format!("a{invisible}b")), "ab", "{invisible:?}");
        }
        assert_eq!(text("é ü 世界 ∀ \u{3b1}"), "é ü 世界 ∀ \u{3b1}");
    }

    #[test]
    fn a_line_stays_one() {
        assert_eq!(line("a\n::error::b\t\u{1b}[31mc"), "a::error::bc");
        assert_eq!(line("::error::b"), ": :error::b");
    }

    #[test]
    fn colors_stay_where_they_are_wanted() {
        assert_eq!(
            colored("\u{1b}[1;31mb\u{1b}[2J\u{1b}[0m"),
            "\u{1b}[1;31mb\u{1b}[0m"
        );
        assert_eq!(
            colored("\u{1b}[38;5;9mb\u{1b}[m"),
            "\u{1b}[38;5;9mb\u{1b}[m\u{1b}[0m"
        );
        assert_eq!(colored("\u{1b}[31mb\n"), "\u{1b}[31mb\u{1b}[0m\n");
        for hides in ["8", "1;8", "5", "7", "38;2;0;0;0", "38;5", "48;5;1", "256"] {
            assert_eq!(colored(&format!("a\u{1b}[{hides}mb")), "ab", "{hides}");
        }
    }

    #[test]
    fn ci_systems_get_nothing_to_obey() {
        assert_eq!(text("::set-output name=x::y"), ": :set-output name=x::y");
        assert_eq!(text("a\n  ::error::b"), "a\n  : :error::b");
        assert_eq!(text("##[error]b"), "# #[error]b");
        assert_eq!(text("std::sync"), "std::sync");
        assert_eq!(text("a\r::error::b"), "a::error::b");
        assert_eq!(
            text("\u{a0}\u{3000}::error::b"),
            "\u{a0}\u{3000}: :error::b"
        );
        for command in ["[error]", "vso[task.complete]", "teamcity[x]", "[add-mask]"] {
            let shown = format!("a # #{command} b # #{command}");
            assert_eq!(text(&format!("a ##{command} b ##{command}")), shown);
            assert_eq!(text(&shown), shown);
        }
        assert_eq!(text("###[error]"), "## #[error]");
        assert_eq!(text("## a [b] r##\"x\"## ##"), "## a [b] r##\"x\"## ##");
        assert_eq!(colored("\u{1b}[0m::error::b"), "\u{1b}[0m: :error::b");
    }

    #[test]
    fn long_texts_are_cut_at_a_line() {
        let capped = cap("one\ntwo\nthree\n", 9);
        assert!(capped.starts_with("one\ntwo\n["), "{capped}");
        assert_eq!(cap("one", 9), "one");
    }
}
