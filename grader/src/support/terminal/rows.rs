//! Rows of text with colours, and how much room they take.

use unicode_width::UnicodeWidthChar;

/// Ends all colours.
const RESET: &str = "\u{1b}[0m";

/// The part of a row that fits into so many columns, its colours ended.
pub(super) fn cut(row: &str, columns: usize) -> String {
    let mut room = columns;
    let mut characters = row.char_indices();
    while let Some((index, character)) = characters.next() {
        if character == '\u{1b}' {
            // What renderers write is `ESC [ … m` and nothing else.
            characters.by_ref().find(|(_, it)| it.is_ascii_alphabetic());
            continue;
        }
        let width = character.width().unwrap_or(0);
        if width > room {
            return format!("{}{RESET}", &row[..index]);
        }
        room -= width;
    }
    row.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_cut_by_what_is_seen_of_it() {
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("abcd", 3), "abc\u{1b}[0m");
        let red = "\u{1b}[31mabc\u{1b}[0m";
        assert_eq!(cut(red, 3), red);
        assert_eq!(cut(red, 2), "\u{1b}[31mab\u{1b}[0m");
        assert_eq!(cut("a漢字", 4), "a漢\u{1b}[0m");
        assert_eq!(cut("a\u{301}b", 2), "a\u{301}b");
    }
}
