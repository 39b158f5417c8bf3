//! Markdown as it reads on a terminal: filled paragraphs and lists, tables, code as it is.

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::look::{Look, Tone, columns, wrap};

/// Between the columns of a table.
const GAP: &str = "  ";
/// The narrowest last column of a table.
const NARROWEST: usize = 20;
/// In front of a line of code.
const CODE: &str = "    ";

/// The lines of a text of at most so many columns, but for code, which is never broken.
///
/// In Rust code, the lines that mdBook hides are left out. A link is its text; one that leads out
/// of the notes has its address behind it.
pub fn lines(text: &str, width: usize, look: &Look) -> Vec<String> {
    let mut page = Page {
        width,
        look,
        lines: Vec::new(),
        inline: String::new(),
        open: Vec::new(),
        marker: None,
        code: None,
        links: Vec::new(),
        table: Vec::new(),
    };
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        page.take(event);
    }
    page.flush();
    page.lines
}

struct Page<'a> {
    width: usize,
    look: &'a Look,
    lines: Vec<String>,
    /// The text of the block that is open.
    inline: String,
    open: Vec<Open>,
    /// In front of the first line of a list item.
    marker: Option<String>,
    code: Option<Code>,
    links: Vec<String>,
    table: Vec<Vec<String>>,
}

/// What a block stands in.
enum Open {
    /// A list; the number of its next item, if they have any.
    List(Option<u64>),
    /// An item whose marker has so many columns.
    Item(usize),
    Quote,
}

struct Code {
    hides_lines: bool,
    text: String,
}

impl Page<'_> {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => match &mut self.code {
                Some(code) => code.text.push_str(&text),
                None => self.inline.push_str(&text),
            },
            Event::Code(text) => self.inline.push_str(&format!("`{text}`")),
            Event::SoftBreak => self.inline.push(' '),
            Event::HardBreak => self.inline.push('\n'),
            Event::Rule => {
                self.begin_block();
                self.lines.push("-".repeat(self.width.min(20)));
            }
            // Comments for authors, and what the options leave out.
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph | Tag::Heading { .. } | Tag::Table(_) => self.begin_block(),
            Tag::BlockQuote(_) => {
                self.begin_block();
                self.open.push(Open::Quote);
            }
            Tag::CodeBlock(kind) => {
                self.begin_block();
                let is_rust = |language: &str| language.split(',').any(|it| it == "rust");
                self.code = Some(Code {
                    hides_lines: matches!(kind, CodeBlockKind::Fenced(it) if is_rust(&it)),
                    text: String::new(),
                });
            }
            Tag::List(first) => {
                if self.open.is_empty() {
                    self.begin_block();
                }
                self.flush();
                self.open.push(Open::List(first));
            }
            Tag::Item => {
                self.flush();
                let marker = match self.open.last_mut() {
                    Some(Open::List(Some(number))) => {
                        *number += 1;
                        format!("{}. ", *number - 1)
                    }
                    _ => "* ".to_owned(),
                };
                self.open.push(Open::Item(columns(&marker)));
                self.marker = Some(marker);
            }
            Tag::TableHead | Tag::TableRow => self.table.push(Vec::new()),
            Tag::Link { dest_url, .. } => self.links.push(dest_url.into_string()),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph => self.flush(),
            TagEnd::Heading(level) => self.end_heading(level),
            TagEnd::CodeBlock => self.end_code(),
            TagEnd::List(_) | TagEnd::Item | TagEnd::BlockQuote(_) => {
                self.flush();
                self.open.pop();
            }
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.inline);
                if let Some(row) = self.table.last_mut() {
                    row.push(cell);
                }
            }
            TagEnd::Table => self.end_table(),
            TagEnd::Link => {
                let address = self.links.pop().unwrap_or_default();
                if address.contains("://") && !self.inline.ends_with(&address) {
                    self.inline.push_str(&format!(" <{address}>"));
                }
            }
            _ => {}
        }
    }

    /// Ends the block before, and leaves a line free; but not between a marker and its item.
    fn begin_block(&mut self) {
        self.flush();
        let is_apart = self.lines.last().is_none_or(String::is_empty);
        if !is_apart && self.marker.is_none() {
            self.lines.push(String::new());
        }
    }

    fn flush(&mut self) {
        let text = std::mem::take(&mut self.inline);
        if text.trim().is_empty() {
            return;
        }
        let margin = self.margin();
        let width = self.width.saturating_sub(columns(&margin));
        let filled = wrap(&text, width);
        self.push(&margin, filled);
    }

    /// What stands in front of the lines of a block.
    fn margin(&self) -> String {
        let parts = self.open.iter().map(|open| match open {
            Open::List(_) => String::new(),
            Open::Item(width) => " ".repeat(*width),
            Open::Quote => "| ".to_owned(),
        });
        parts.collect()
    }

    fn push(&mut self, margin: &str, block: Vec<String>) {
        for line in block {
            let line = match self.marker.take() {
                Some(marker) => {
                    let before = margin.len().saturating_sub(marker.len());
                    format!("{}{marker}{line}", &margin[..before])
                }
                None => format!("{margin}{line}"),
            };
            self.lines.push(line.trim_end().to_owned());
        }
    }

    fn end_heading(&mut self, level: HeadingLevel) {
        let title = std::mem::take(&mut self.inline);
        let under = match level {
            HeadingLevel::H1 => Some("="),
            HeadingLevel::H2 => Some("-"),
            _ => None,
        };
        self.lines.push(self.look.paint(Tone::Strong, &title));
        if let Some(under) = under {
            let line = under.repeat(columns(&title));
            self.lines.push(self.look.paint(Tone::Strong, &line));
        }
    }

    fn end_code(&mut self) {
        let Some(code) = self.code.take() else { return };
        let shown = code.text.lines().filter_map(|line| match code.hides_lines {
            true => not_hidden(line),
            false => Some(line.to_owned()),
        });
        let shown = shown.map(|line| format!("{CODE}{line}")).collect();
        let margin = self.margin();
        self.push(&margin, shown);
    }

    fn end_table(&mut self) {
        let rows = std::mem::take(&mut self.table);
        let count = rows.iter().map(Vec::len).max().unwrap_or(0);
        let width_of = |column: usize| {
            let cells = rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| columns(cell)).max().unwrap_or(0)
        };
        let mut widths: Vec<usize> = (0..count).map(width_of).collect();
        // What does not fit is wrapped: the last column first, then all alike.
        let gaps = GAP.len() * count.saturating_sub(1);
        let room = self.width.saturating_sub(gaps);
        let fixed: usize = widths.iter().rev().skip(1).sum();
        if fixed + NARROWEST <= room {
            if let Some(last) = widths.last_mut() {
                *last = (*last).min(room - fixed);
            }
        } else {
            let each = (room / count.max(1)).max(1);
            widths
                .iter_mut()
                .for_each(|width| *width = (*width).min(each));
        }
        for (index, row) in rows.iter().enumerate() {
            let tone = (index == 0).then_some(Tone::Strong);
            self.push_row(row, &widths, tone);
            if index == 0 {
                let line: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
                self.lines.push(line.join(GAP));
            }
        }
    }

    fn push_row(&mut self, row: &[String], widths: &[usize], tone: Option<Tone>) {
        let cells = row.iter().zip(widths);
        let cells: Vec<Vec<String>> = cells.map(|(cell, width)| wrap(cell, *width)).collect();
        let height = cells.iter().map(Vec::len).max().unwrap_or(0);
        for index in 0..height {
            let parts = cells.iter().zip(widths).map(|(cell, width)| {
                let text = cell.get(index).map_or("", String::as_str);
                format!("{text}{}", " ".repeat(width.saturating_sub(columns(text))))
            });
            let parts: Vec<String> = parts.collect();
            let line = parts.join(GAP).trim_end().to_owned();
            self.lines.push(match tone {
                Some(tone) => self.look.paint(tone, &line),
                None => line,
            });
        }
    }
}

/// A line of Rust as mdBook shows it: those that only make it compile begin with `# `, and `##`
/// stands for one `#`.
fn not_hidden(line: &str) -> Option<String> {
    let code = line.trim_start();
    if code == "#" || code.starts_with("# ") {
        return None;
    }
    match code.strip_prefix("##") {
        Some(rest) => Some(format!("{}#{rest}", &line[..line.len() - code.len()])),
        None => Some(line.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::katas::notes;
    use crate::report::looks;

    fn shown(text: &str, width: usize) -> String {
        lines(text, width, &looks::plain()).join("\n")
    }

    #[test]
    fn headings_are_underlined_and_paragraphs_filled() {
        let text = "# Lock\n\nOne *or* two\nstates.\n\n## How\n\nSo.\n";
        assert_eq!(
            shown(text, 12),
            "Lock\n====\n\nOne or two\nstates.\n\nHow\n---\n\nSo."
        );
    }

    #[test]
    fn lists_hang_and_nest() {
        let text = "Two:\n\n* one and more\n* two\n  1. deep\n  2. deeper\n\nEnd.\n";
        assert_eq!(
            shown(text, 11),
            "Two:\n\n* one and\n  more\n* two\n  1. deep\n  2. deeper\n\nEnd."
        );
    }

    #[test]
    fn lines_that_only_make_it_compile_are_hidden_in_rust_alone() {
        let text = "```rust\n# use std;\nlet a = 1;\n#\n#[test]\n## b\n```\n";
        assert_eq!(shown(text, 80), "    let a = 1;\n    #[test]\n    # b");
        let text = "```rust,ignore\n# a\nb\n```\n";
        assert_eq!(shown(text, 80), "    b");
        let text = "```python\n# a comment\nb\n```\n";
        assert_eq!(shown(text, 80), "    # a comment\n    b");
    }

    #[test]
    fn tables_wrap_their_last_column() {
        let text = "| a | b |\n|---|---|\n| `x` | one two three four five six |\n";
        assert_eq!(
            shown(text, 26),
            "a    b\n---  ---------------------\nx    one two three four\n     five six"
                .replace("x  ", "`x`")
        );
    }

    #[test]
    fn a_link_is_its_text_and_one_that_leads_out_has_its_address() {
        let text = "See [here](lock.md#a) and [there](https://x.org/).";
        assert_eq!(shown(text, 80), "See here and there <https://x.org/>.");
    }

    #[test]
    fn comments_for_authors_are_not_shown() {
        assert_eq!(shown("<!-- screen: a -->\n\nText.\n", 80), "Text.");
    }

    /// Whatever a chapter says, nothing of its prose is wider than asked for.
    #[test]
    fn every_chapter_fits() {
        for name in notes::chapters() {
            let text = notes::chapter(&name).expect("a chapter");
            for line in lines(text, 72, &looks::plain()) {
                let is_code = line.trim_start() != line;
                assert!(columns(&line) <= 72 || is_code, "{name}: {line}");
                assert!(!line.contains("```"), "{name}: {line}");
            }
        }
    }
}
