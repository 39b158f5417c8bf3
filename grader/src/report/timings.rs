//! Where the time of `verify` went: `--timings`.

use std::time::Duration;

use serde_json::{Value, json};

use super::look::{Look, Tone, columns};
use crate::messages::authors;
use crate::results::matrix::Spent;
use crate::results::timings::Phase;

/// The phases for a person, as a table. The first two overlap.
pub fn render(spent: Option<&Spent>, look: &Look) -> String {
    let Some(spent) = spent else {
        return format!("{}\n", authors::NOTHING_RUN);
    };
    let mut lines = vec![authors::TIMINGS.map(str::to_owned)];
    for (name, count, phase) in phases(spent) {
        lines.push([
            name.to_owned(),
            count.map_or_else(String::new, |count| count.to_string()),
            seconds(Some(phase.wall)),
            seconds(phase.cpu),
        ]);
    }
    let width = |column: usize| {
        let cells = lines.iter().map(|line| columns(&line[column]));
        cells.max().unwrap_or(0)
    };
    let widths = [width(0), width(1), width(2), width(3)];
    let mut text = String::new();
    for (index, [name, count, wall, cpu]) in lines.iter().enumerate() {
        let line = format!(
            "{name:0$}  {count:>1$}  {wall:>2$}  {cpu:>3$}",
            widths[0], widths[1], widths[2], widths[3]
        );
        let line = match index {
            0 => look.paint(Tone::Strong, &line),
            _ => line,
        };
        text.push_str(&format!("{line}\n"));
    }
    if let Some(report) = &spent.cargo {
        text.push_str(&format!("{}\n", authors::cargo_timings(report)));
    }
    text
}

/// The same for programs, in seconds; `null` where nothing was run, or the system does not tell.
pub fn json(spent: Option<&Spent>) -> Value {
    let Some(spent) = spent else {
        return Value::Null;
    };
    let phase = |phase: Phase| {
        json!({
            "count": phase.count,
            "wall_seconds": phase.wall.as_secs_f64(),
            "cpu_seconds": phase.cpu.map(|cpu| cpu.as_secs_f64()),
        })
    };
    json!({
        "compile": phase(spent.phases.compile),
        "tests": phase(spent.phases.tests),
        "tests_alone": phase(spent.phases.tests_alone),
        "wall_seconds": spent.wall.as_secs_f64(),
        "cpu_seconds": spent.phases.cpu().map(|cpu| cpu.as_secs_f64()),
        "cargo": spent.cargo,
    })
}

/// What each line of the table is about, how many there were, and what they cost.
fn phases(spent: &Spent) -> [(&'static str, Option<usize>, Phase); 4] {
    let counted = |name, phase: Phase| (name, Some(phase.count), phase);
    let all = Phase {
        wall: spent.wall,
        cpu: spent.phases.cpu(),
        ..Phase::default()
    };
    [
        counted(authors::COMPILING, spent.phases.compile),
        counted(authors::TESTING, spent.phases.tests),
        counted(authors::TESTING_ALONE, spent.phases.tests_alone),
        (authors::IN_ALL, None, all),
    ]
}

fn seconds(time: Option<Duration>) -> String {
    match time {
        Some(time) => format!("{:.1} s", time.as_secs_f64()),
        None => "?".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::looks;
    use crate::results::timings::Timings;

    fn spent() -> Spent {
        let phase = |count, wall, cpu| Phase {
            count,
            wall: Duration::from_secs(wall),
            cpu: Some(Duration::from_millis(cpu)),
        };
        Spent {
            phases: Timings {
                compile: phase(130, 100, 181_250),
                tests: phase(712, 99, 20_000),
                tests_alone: phase(9, 7, 300),
            },
            wall: Duration::from_secs(108),
            cargo: Some("target/cargo-timing.html".into()),
        }
    }

    #[test]
    fn the_phases_are_a_table() {
        insta::assert_snapshot!(render(Some(&spent()), &looks::plain()));
    }

    #[test]
    fn programs_get_seconds() {
        let json = json(Some(&spent()));
        assert_eq!(json["compile"]["cpu_seconds"], 181.25);
        assert_eq!(json["tests"]["count"], 712);
        assert_eq!(json["wall_seconds"], 108.0);
        assert_eq!(json["cpu_seconds"], 201.55);
    }

    #[test]
    fn what_the_system_does_not_tell_is_unknown() {
        let mut spent = spent();
        spent.phases.tests_alone.cpu = None;
        assert_eq!(json(Some(&spent))["cpu_seconds"], Value::Null);
        assert_eq!(json(None), Value::Null);
        let text = render(Some(&spent), &looks::plain());
        let unknown = text.lines().filter(|line| line.ends_with('?'));
        assert_eq!(unknown.count(), 2, "that phase, and the sum: {text}");
    }
}
