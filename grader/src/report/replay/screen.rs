//! A frame on a terminal: the learner's code with the place of each thread, how threads and
//! objects stand, and what has just happened.
//!
//! Nothing is said by colours alone: the thread that runs has a `>` before it, and each thread a
//! mark of its own in the margin of the code.

use unicode_width::UnicodeWidthChar;

use super::{Frame, Replay, Standing, ThreadView};
use crate::messages::{replay as say, steps};
use crate::report::look::{Look, Tone, wrap};
use crate::report::watch::{self, Size};
use crate::support::sanitise;

/// With less than this, nothing is legible.
const LEAST: Size = Size {
    columns: 40,
    rows: 12,
};

/// From so many columns on, threads and objects stand beside the code, and else below it.
const WIDE: usize = 100;

/// Columns for the marks of the threads before a line of code.
const MARGIN: usize = 5;

/// Rows that the sentence of a step may take, and each note on it.
const MOST_WRAPPED: usize = 2;

/// The keys that the last row shows.
const KEYS: [(&str, &str); 5] = [
    ("Right", say::FORWARDS),
    ("Left", say::BACKWARDS),
    ("Home/End", say::ENDS),
    ("n/p", say::MARKED),
    ("q", say::QUIT),
];

/// The rows of the frame `at`, as many as the terminal has.
pub fn rows(replay: &Replay<'_>, at: usize, size: Size, look: &Look) -> Vec<String> {
    if size.columns < LEAST.columns || size.rows < LEAST.rows {
        let text = say::too_small(LEAST.columns, LEAST.rows);
        return wrap(&text, size.columns);
    }
    let look = &Look {
        width: size.columns,
        ..look.clone()
    };
    let Some(frame) = replay.frames.get(at) else {
        return Vec::new();
    };
    let head = head(replay, look);
    let foot = foot(replay, frame, look);
    let room = size.rows.saturating_sub(head.len() + foot.len());
    let mut rows = head;
    rows.extend(body(replay, frame, room, look));
    rows.extend(foot);
    rows
}

/// Which failure it is, and whether the code is still the same.
fn head(replay: &Replay<'_>, look: &Look) -> Vec<String> {
    let title = format!(
        "{} [{}]",
        say::title(replay.topic, &replay.test.name),
        replay.word()
    );
    let title = look.paint(Tone::Strong, &fitted(&title, look.width));
    let edited = replay.is_edited.then(|| wrap(say::EDITED, look.width));
    let edited = edited.into_iter().flatten();
    std::iter::once(title)
        .chain(edited.map(|row| look.paint(Tone::Open, &row)))
        .collect()
}

/// What has happened, what is special about it, and the keys.
fn foot(replay: &Replay<'_>, frame: &Frame<'_>, look: &Look) -> Vec<String> {
    let number = frame.mark().map(|mark| look.number(mark) + " ");
    let sentence = format!(
        "{}: {}{}",
        frame.position(replay.last),
        number.unwrap_or_default(),
        frame.sentence()
    );
    let tone = if frame.is_stuck {
        Tone::Bad
    } else {
        Tone::Strong
    };
    let wrapped = |text: &str| wrap(&sanitise::text(text), look.width).into_iter();
    let mut rows = vec![look.pick("─", "-").repeat(look.width)];
    let sentence = wrapped(&sentence).take(MOST_WRAPPED);
    rows.extend(sentence.map(|row| look.paint(tone, &row)));
    for note in frame.notes() {
        let note = wrapped(&note).take(MOST_WRAPPED);
        rows.extend(note.map(|row| look.paint(Tone::Open, &row)));
    }
    // So that the code does not move with each note.
    rows.resize(rows.len().max(3) + 1, String::new());
    rows.extend(watch::footer(&[], &KEYS, look));
    rows
}

/// Code and standings, in so many rows.
fn body(replay: &Replay<'_>, frame: &Frame<'_>, room: usize, look: &Look) -> Vec<String> {
    if look.width < WIDE {
        let mut side = standings(frame, look.width, room * 2 / 3, look);
        // The code has what is left, and is what gives way.
        side.truncate(room.saturating_sub(3));
        let mut rows = code(replay, frame, look.width, room - side.len(), look);
        rows.extend(side);
        return rows;
    }
    let right = (look.width * 2 / 5).min(60);
    let left = look.width - right - 3;
    let code = code(replay, frame, left, room, look);
    let side = standings(frame, right, room, look);
    let bar = look.paint(Tone::Faint, look.pick("│", "|"));
    (0..room)
        .map(|row| {
            let code = code.get(row).cloned().unwrap_or_else(|| " ".repeat(left));
            let side = side.get(row).cloned().unwrap_or_default();
            format!("{code} {bar} {side}")
        })
        .collect()
}

/// The learner's code around the place to look at, each row as wide as said.
fn code(
    replay: &Replay<'_>,
    frame: &Frame<'_>,
    width: usize,
    room: usize,
    look: &Look,
) -> Vec<String> {
    let focus = frame.focus.as_ref();
    let file = focus.map(|place| place.file.as_str());
    let text = file.and_then(|file| Some((file, replay.sources.get(file)?)));
    let (Some((file, text)), Some(focus)) = (text, focus) else {
        return vec![" ".repeat(width); room];
    };
    let lines: Vec<String> = text.lines().map(shown).collect();
    let room = room.saturating_sub(1);
    let line = focus.line as usize;
    let first = line.saturating_sub(room / 2 + 1);
    let first = first.min(lines.len().saturating_sub(room));
    let window = lines.iter().enumerate().skip(first).take(room);
    let indent = |line: &String| line.len() - line.trim_start_matches(' ').len();
    let dedent = window.clone().filter(|(_, line)| !line.is_empty());
    let dedent = dedent.map(|(_, line)| indent(line)).min().unwrap_or(0);
    let digits = lines.len().to_string().len();
    let mut rows = vec![look.paint(Tone::Faint, &fitted(file, width))];
    rows.extend(window.map(|(index, line)| {
        let number = index + 1;
        let (marks, tone) = marks(frame, file, number);
        let code = line.get(dedent..).unwrap_or_default();
        let row = format!("{marks:>MARGIN$} {number:>digits$} {code}");
        let row = fitted(&row, width);
        match tone {
            Some(tone) => look.paint(tone, &row),
            None => row,
        }
    }));
    rows.resize(room + 1, " ".repeat(width));
    rows
}

/// Which threads are in a line, and how that line looks. The one that runs comes first.
fn marks(frame: &Frame<'_>, file: &str, line: usize) -> (String, Option<Tone>) {
    let is_here = |thread: &&ThreadView<'_>| {
        let mut place = thread.place.iter();
        let is_there = place.any(|place| place.file == file && place.line as usize == line);
        let has_ended = matches!(thread.standing, Standing::Ended | Standing::Panicked);
        is_there && (!has_ended || frame.thread() == Some(thread.name))
    };
    let here: Vec<&ThreadView<'_>> = frame.threads.iter().filter(is_here).collect();
    let of_frame = here.iter().find(|it| frame.thread() == Some(it.name));
    let others = here.iter().filter(|it| frame.thread() != Some(it.name));
    let others: Vec<String> = others.map(|it| mark(it.name)).collect();
    let mut text = others.join(",");
    if let Some(runner) = of_frame {
        let rest = if text.is_empty() { "" } else { "," };
        text = format!(">{}{rest}{text}", mark(runner.name));
    }
    if text.chars().count() > MARGIN {
        text = text.chars().take(MARGIN - 1).chain(['+']).collect();
    }
    let tone = match of_frame {
        Some(_) if frame.is_stuck => Some(Tone::Bad),
        Some(_) => Some(Tone::Good),
        None if !here.is_empty() => Some(Tone::Strong),
        None => None,
    };
    (text, tone)
}

/// A thread in the margin: its number, or how its name begins.
fn mark(thread: &str) -> String {
    match steps::abbreviated(thread) {
        number if number != thread => number.to_owned(),
        name => name.chars().take(1).collect(),
    }
}

/// How threads and objects stand. Where there is little room, the places of the threads are left
/// out.
fn standings(frame: &Frame<'_>, width: usize, room: usize, look: &Look) -> Vec<String> {
    let objects = objects(frame, width);
    let mut rows = threads(frame, width, true, look);
    if rows.len() + objects.len() < room && !objects.is_empty() {
        rows.push(String::new());
    }
    if rows.len() + objects.len() > room {
        rows = threads(frame, width, false, look);
    }
    rows.extend(objects);
    if rows.len() > room && room > 0 {
        rows.truncate(room - 1);
        rows.push(look.pick("…", "...").to_owned());
    }
    rows
}

fn threads(frame: &Frame<'_>, width: usize, with_places: bool, look: &Look) -> Vec<String> {
    let names = frame.threads.iter().map(|thread| seen(thread.name));
    let name_width = names.max().unwrap_or(0).min(16);
    let mut rows = Vec::new();
    for thread in &frame.threads {
        let is_of_frame = frame.thread() == Some(thread.name);
        let pointer = if is_of_frame { ">" } else { " " };
        let name = fitted(thread.name, name_width);
        let before = format!("{pointer}{:>2} {name}  ", mark(thread.name));
        let mut text = thread.standing.to_string();
        if with_places {
            text.push_str(&whereabouts(thread));
        }
        let indent = seen(&before);
        let room = width.saturating_sub(indent).max(10);
        let tone = match &thread.standing {
            Standing::Panicked | Standing::Stuck(_) => Tone::Bad,
            Standing::Running => Tone::Good,
            standing if standing.is_blocked() => Tone::Open,
            Standing::Ready => Tone::Strong,
            _ => Tone::Faint,
        };
        for (index, row) in wrap(&sanitise::text(&text), room).iter().enumerate() {
            let margin = match index {
                0 => before.clone(),
                _ => " ".repeat(indent),
            };
            rows.push(format!("{margin}{}", look.paint(tone, &fitted(row, room))));
        }
    }
    rows
}

/// Where a thread is: `, in `acquire`, line 27`.
fn whereabouts(thread: &ThreadView<'_>) -> String {
    let is_there = !matches!(
        thread.standing,
        Standing::NotStarted | Standing::Ended | Standing::Unknown
    );
    let place = thread.place.as_ref().filter(|_| is_there);
    let call = thread.call.filter(|_| is_there).map(say::inside);
    let line = place.map(|place| say::at_line(place.line));
    call.into_iter()
        .chain(line)
        .map(|part| format!(", {part}"))
        .collect()
}

fn objects(frame: &Frame<'_>, width: usize) -> Vec<String> {
    let names = frame.objects.iter().map(|(name, _)| seen(name));
    let name_width = names.max().unwrap_or(0).min(20);
    let mut rows: Vec<String> = Vec::new();
    for (name, state) in &frame.objects {
        let row = format!(
            "    {}  {}: {state}",
            fitted(name, name_width),
            state.kind()
        );
        rows.push(fitted(&sanitise::text(&row), width).trim_end().to_owned());
    }
    rows
}

/// A line of code as a terminal may show it.
fn shown(line: &str) -> String {
    sanitise::text(&line.replace('\t', "    "))
}

/// The columns that a text takes.
fn seen(text: &str) -> usize {
    text.chars().map(|it| it.width().unwrap_or(0)).sum()
}

/// The text in exactly so many columns: cut, or with space behind it.
fn fitted(text: &str, columns: usize) -> String {
    let mut room = columns;
    let mut fitted = String::new();
    for character in text.chars() {
        let width = character.width().unwrap_or(0);
        if width > room {
            break;
        }
        room -= width;
        fitted.push(character);
    }
    fitted + &" ".repeat(room)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::looks;
    use crate::report::replay::candidates;
    use crate::results::fixtures;
    use crate::results::report::ExerciseReport;

    /// The screen at a frame, without the space at the ends of its rows.
    fn screen_at(exercise: &ExerciseReport, at: usize, size: Size, look: &Look) -> String {
        let test = candidates(exercise)[0];
        let replay = Replay::of(exercise, test, false).expect("steps");
        let rows = super::rows(&replay, at, size, look);
        assert!(rows.len() <= size.rows, "{} rows", rows.len());
        let rows = rows.iter().map(|row| {
            let plain = anstream::adapter::strip_str(row).to_string();
            assert!(plain.chars().count() <= size.columns, "too wide: {plain}");
            plain.trim_end().to_owned()
        });
        rows.collect::<Vec<_>>().join("\n")
    }

    const USUAL: Size = Size {
        columns: 80,
        rows: 24,
    };
    const LARGE: Size = Size {
        columns: 120,
        rows: 30,
    };

    #[test]
    fn the_screen_of_a_usual_terminal() {
        let exercise = fixtures::lost_wakeup();
        insta::assert_snapshot!(screen_at(&exercise, 14, USUAL, &looks::plain()));
    }

    #[test]
    fn the_screen_of_a_large_terminal() {
        let exercise = fixtures::lost_wakeup();
        insta::assert_snapshot!(screen_at(&exercise, 7, LARGE, &looks::colored()));
    }

    #[test]
    fn a_screen_of_any_size_holds_what_is_drawn_on_it() {
        for exercise in [
            fixtures::lost_wakeup(),
            fixtures::crowd(),
            fixtures::data_race(),
            fixtures::spurious_wakeup(),
        ] {
            for (columns, rows) in [
                (1, 1),
                (20, 5),
                (40, 12),
                (60, 16),
                (99, 20),
                (100, 12),
                (200, 60),
            ] {
                let test = candidates(&exercise)[0];
                let last = test.story.trace.len();
                for at in 0..=last {
                    let size = Size { columns, rows };
                    if columns >= 40 {
                        screen_at(&exercise, at, size, &looks::plain());
                    }
                    let ascii = Look {
                        unicode: false,
                        ..looks::plain()
                    };
                    let replay = Replay::of(&exercise, test, true).expect("steps");
                    let drawn = super::rows(&replay, at, size, &ascii).join("\n");
                    assert!(drawn.is_ascii(), "{drawn}");
                }
            }
        }
    }

    #[test]
    fn what_is_said_with_a_colour_is_said_without_it_too() {
        let exercise = fixtures::lost_wakeup();
        for at in 0..18 {
            let plain = screen_at(&exercise, at, USUAL, &looks::plain());
            assert_eq!(plain, screen_at(&exercise, at, USUAL, &looks::colored()));
            assert!(!plain.contains('\u{1b}'));
        }
    }

    #[test]
    fn code_and_names_cannot_steer_the_terminal() {
        let mut exercise = fixtures::lost_wakeup();
        for text in exercise.sources.values_mut() {
            *text = text.replace("self.locked", "\u{1b}[2J\u{7}\u{202e}");
        }
        let test = candidates(&exercise)[0];
        let replay = Replay::of(&exercise, test, false).expect("steps");
        for at in 0..replay.frames.len() {
            let drawn = rows(&replay, at, USUAL, &looks::plain()).join("\n");
            assert!(!drawn.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{drawn}");
        }
    }
}
