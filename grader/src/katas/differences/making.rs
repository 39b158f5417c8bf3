//! Makes the difference between two texts, with as many lines around it as it needs.

use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::difference::{Base, Difference, Hunk, Line};
use super::places::Places;

/// How many lines around a change are shown, as far as they belong to the same item.
const AROUND: usize = 2;

/// What a change does: lines of the base, and those that take their place.
#[derive(Debug, Clone)]
struct Change {
    old: Range<usize>,
    new: Range<usize>,
}

/// Changes that are shown together.
#[derive(Debug, Clone)]
struct Group {
    changes: Vec<Change>,
    /// The lines of the base that are shown.
    shown: Range<usize>,
}

/// What makes `changed` out of `base`. Applied to the base, it fits.
pub fn between(base: &Base<'_>, changed: &str) -> Difference {
    let places = &base.places;
    let old: Vec<&str> = base.lines.iter().map(|line| line.trim_end()).collect();
    let new: Vec<&str> = changed.lines().map(str::trim_end).collect();
    let mut groups: Vec<Group> = Vec::new();
    for change in changes(&old, &new) {
        let shown = around(&change, AROUND, places, &old);
        groups.push(Group {
            changes: vec![change],
            shown,
        });
    }
    loop {
        groups = joined(groups);
        let hunks: Vec<Hunk> = groups
            .iter()
            .map(|group| group.hunk(&old, &new, places))
            .collect();
        let mut fits = true;
        for (group, hunk) in groups.iter_mut().zip(&hunks) {
            if hunk.locate(base).is_err() && group.shown != (0..old.len()) {
                fits = false;
                let Range { start, end } = group.shown;
                group.shown = start.saturating_sub(1)..(end + 1).min(old.len());
            }
        }
        if fits {
            return Difference { hunks };
        }
    }
}

fn changes(old: &[&str], new: &[&str]) -> Vec<Change> {
    let steps = capture_diff_slices(Algorithm::Patience, old, new);
    let changes = steps
        .iter()
        .filter(|op| !matches!(op, DiffOp::Equal { .. }));
    changes
        .map(|op| Change {
            old: op.old_range(),
            new: op.new_range(),
        })
        .collect()
}

/// The lines of the base to be shown with a change: those of its item, if they are near.
fn around(change: &Change, number: usize, places: &Places, old: &[&str]) -> Range<usize> {
    let item = places.lines_of(change.old.clone());
    let start = change.old.start.saturating_sub(number).max(item.start);
    let end = (change.old.end + number).min(item.end);
    let mut shown = start.min(change.old.start)..end.max(change.old.end);
    while shown.start < change.old.start && says_nothing(old[shown.start]) {
        shown.start += 1;
    }
    while shown.end > change.old.end && says_nothing(old[shown.end - 1]) {
        shown.end -= 1;
    }
    shown
}

/// Whether a line at the border of a hunk only makes it longer: half of a comment explains
/// nothing, and neither does an empty line.
fn says_nothing(line: &str) -> bool {
    line.is_empty() || line.trim_start().starts_with("//")
}

/// Groups whose lines touch each other become one.
fn joined(groups: Vec<Group>) -> Vec<Group> {
    let mut joined: Vec<Group> = Vec::new();
    for group in groups {
        match joined.last_mut() {
            Some(last) if group.shown.start <= last.shown.end => {
                last.changes.extend(group.changes);
                last.shown.end = last.shown.end.max(group.shown.end);
            }
            _ => joined.push(group),
        }
    }
    joined
}

impl Group {
    fn hunk(&self, old: &[&str], new: &[&str], places: &Places) -> Hunk {
        let mut lines = Vec::new();
        let mut at = self.shown.start;
        let kept = |range: Range<usize>| old[range].iter().map(|it| Line::Kept((*it).to_owned()));
        for Change { old: from, new: to } in &self.changes {
            lines.extend(kept(at..from.start));
            let removed = old[from.clone()].iter();
            lines.extend(removed.map(|it| Line::Removed((*it).to_owned())));
            let added = new[to.clone()].iter();
            lines.extend(added.map(|it| Line::Added((*it).to_owned())));
            at = from.end;
        }
        lines.extend(kept(at..self.shown.end));
        let mut hunk = Hunk {
            place: places.of_change(self.changes[0].old.clone()).to_owned(),
            number_of_line: 0,
            lines,
        };
        hunk.trim();
        hunk
    }
}
