//! Events that come again and again in the same order, as in a loop that waits.

use super::event::Event;

/// Longer rounds are not looked for.
const LONGEST: usize = 64;

/// Fewer rounds are told one by one.
const FEWEST: usize = 3;

/// Not worth a word of its own if it saves fewer events than this.
const LEAST_SAVED: usize = 8;

/// The same events in the same order, some times in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rounds {
    /// Index of the first event of the first round.
    pub(super) start: usize,
    /// How many events a round has.
    pub(super) length: usize,
    /// How many rounds there are.
    pub(super) count: usize,
}

impl Rounds {
    /// Index of the event after the last round.
    pub(super) fn end(&self) -> usize {
        self.start + self.length * self.count
    }
}

/// All rounds of an execution, in their order. The marked events are none of any round.
pub(super) fn find(events: &[Event], marks: &[usize]) -> Vec<Rounds> {
    let mut found = Vec::new();
    let mut start = 0;
    while start < events.len() {
        let next_mark = marks.iter().copied().filter(|&mark| mark >= start).min();
        let stretch = &events[start..next_mark.unwrap_or(events.len())];
        match first(stretch) {
            Some((length, count)) => {
                let rounds = Rounds {
                    start,
                    length,
                    count,
                };
                start = rounds.end();
                found.push(rounds);
            }
            None => start += 1,
        }
    }
    found
}

/// Length and number of the rounds with which these events begin: those that say the most,
/// and of these the shortest.
fn first(events: &[Event]) -> Option<(usize, usize)> {
    let rounds = |length: usize| {
        let later = events.iter().skip(length);
        let same = events.iter().zip(later).take_while(|(a, b)| a == b).count();
        (length, same / length + 1)
    };
    let all = (1..=LONGEST)
        .map(rounds)
        .filter(|(length, count)| *count >= FEWEST && length * (count - 1) >= LEAST_SAVED);
    // Of several that say the same, `min_by_key` takes the first.
    all.min_by_key(|(length, count)| std::cmp::Reverse(length * count))
}

#[cfg(test)]
mod tests {
    use std::panic::Location;

    use super::*;
    use crate::trace::event::Op;

    /// One event for each letter.
    fn events(letters: &str) -> Vec<Event> {
        let place = Location::caller();
        let event = |letter: u8| Event::new(letter, Op::Yield, place);
        letters.bytes().map(event).collect()
    }

    fn found(letters: &str, marks: &[usize]) -> Vec<(usize, usize, usize)> {
        let rounds = find(&events(letters), marks).into_iter();
        rounds.map(|it| (it.start, it.length, it.count)).collect()
    }

    #[test]
    fn what_comes_again_and_again_is_found_wherever_it_begins() {
        assert_eq!(found("xyabcabcabcabcab", &[]), [(2, 3, 4)]);
        assert_eq!(
            found("aaaaaaaaaaaabbbbbbbbbb", &[]),
            [(0, 1, 12), (12, 1, 10)]
        );
    }

    #[test]
    fn a_loop_in_a_loop_is_one_round_of_the_outer() {
        assert_eq!(found(&"aaaaaaaaab".repeat(5), &[]), [(0, 10, 5)]);
    }

    #[test]
    fn what_comes_a_few_times_is_told() {
        assert_eq!(found("abcabcx", &[]), []);
        assert_eq!(found("ababab", &[]), []);
        assert_eq!(found("", &[]), []);
    }

    #[test]
    fn a_marked_event_is_no_part_of_a_round() {
        assert_eq!(found("abababababababab", &[15]), [(0, 2, 7)]);
        assert_eq!(
            found("aaaaaaaaaaaaaaaaaaaaaaa", &[12]),
            [(0, 1, 12), (13, 1, 10)]
        );
    }
}
