//! Makes text that a learner's code has a hand in harmless for terminals and CI systems.

/// Stands where foreign text was cut off.
pub const CUT_OFF: &str = "[… more output, not shown]";

/// Removes escape sequences, control characters and characters that turn the direction of text,
/// and takes the force out of lines that a CI system would obey (`::set-output …`, `##[…]`).
pub fn text(text: &str) -> String {
    clean(text, false)
}

/// The same, but colours stay.
pub fn colored(text: &str) -> String {
    clean(text, true)
}

/// Cuts a text off after so many bytes, at the end of a line, and says so.
pub fn cap(text: &str, longest: usize) -> String {
    if text.len() <= longest {
        return text.to_owned();
    }
    let start = text.floor_char_boundary(longest);
    let end = text[..start].rfind('\n').map_or(start, |end| end + 1);
    let reset = if text.contains('\u{1b}') {
        "\u{1b}[0m"
    } else {
        ""
    };
    format!("{}{reset}{}\n", &text[..end], CUT_OFF)
}

fn clean(text: &str, colors: bool) -> String {
    let mut cleaned = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        if character == '\u{1b}' {
            let length = escape_length(rest);
            let is_color =
                length > 2 && rest.as_bytes()[1] == b'[' && rest[..length].ends_with('m');
            if colors && is_color {
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

fn is_harmless(character: char) -> bool {
    let turns_direction = matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    matches!(character, '\n' | '\t') || !(character.is_control() || turns_direction)
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
    let start = visible_start(line);
    let (indent, words) = line.split_at(start);
    for command in ["::", "##["] {
        if let Some(rest) = words.strip_prefix(command) {
            let (first, second) = command.split_at(1);
            return format!("{indent}{first} {second}{rest}");
        }
    }
    line.to_owned()
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
    }

    #[test]
    fn colors_stay_where_they_are_wanted() {
        assert_eq!(
            colored("\u{1b}[1;31mb\u{1b}[2J\u{1b}[0m"),
            "\u{1b}[1;31mb\u{1b}[0m"
        );
    }

    #[test]
    fn ci_systems_get_nothing_to_obey() {
        assert_eq!(text("::set-output name=x::y"), ": :set-output name=x::y");
        assert_eq!(text("a\n  ::error::b"), "a\n  : :error::b");
        assert_eq!(text("##[error]b"), "# #[error]b");
        assert_eq!(text("std::sync"), "std::sync");
        assert_eq!(colored("\u{1b}[0m::error::b"), "\u{1b}[0m: :error::b");
    }

    #[test]
    fn long_texts_are_cut_at_a_line() {
        let capped = cap("one\ntwo\nthree\n", 9);
        assert!(capped.starts_with("one\ntwo\n["), "{capped}");
        assert_eq!(cap("one", 9), "one");
    }
}
