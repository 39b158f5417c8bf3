//! Short runs of the standing comparisons, and the litmus table.
#![cfg(all(feature = "interleavings", feature = "orderings"))]

#[path = "../../examples/differential/axioms.rs"]
mod axioms;
#[path = "../../examples/differential/compare.rs"]
mod compare;
#[path = "../../examples/differential/draw.rs"]
mod draw;
mod litmus;
#[path = "../../examples/differential/perform.rs"]
mod perform;
#[path = "../../examples/differential/program.rs"]
mod program;
#[path = "../../examples/differential/touch.rs"]
mod touch;
#[path = "../../examples/differential/weak.rs"]
mod weak;

use std::sync::atomic::Ordering::Release;

#[test]
fn nothing_is_lost_to_the_reduction() {
    use compare::{Compared, compare};
    let mut searches = 0;
    for number in 0..200 {
        match compare(&draw::program(number), 5_000) {
            Compared::Same { searches: more } => searches += more,
            Compared::Different(difference) => panic!("program {number}, {difference}"),
        }
    }
    assert!(searches > 400, "only {searches} searches were small enough");
}

/// Programs over which the reduced search once lost something.
#[test]
fn nothing_is_lost_again() {
    use compare::{Compared, compare};
    for program in once_lost() {
        if let Compared::Different(difference) = compare(&program, 100_000) {
            panic!("{difference}");
        }
    }
}

fn once_lost() -> Vec<program::Program> {
    use program::Action::*;
    let store = |at| Touch(touch::Touch::Store(at, 1, Release));
    // What a thread that yields waits for depends on what has come before.
    let yields = [
        vec![
            vec![IsFinished(1), Scope(1)],
            vec![store(1), Yield, SpinWithout(1)],
            vec![Yield],
        ],
        vec![
            vec![],
            vec![Read, Yield, ReadHeld(1)],
            vec![Yield, ReadHeld(1)],
        ],
        vec![
            vec![],
            vec![Yield, store(1)],
            vec![Yield, store(0), Scope(1)],
        ],
    ];
    // Who waits for a thread to rest may see it so before it goes on by itself, or by another.
    let rests = [
        vec![
            vec![AwaitRest(0), NotifyAll, Raise],
            vec![WaitTimeout(1), NotifyAll],
        ],
        vec![vec![AwaitRest(0), Now, IsFinished(0)], vec![ParkTimeout(2)]],
        vec![vec![AwaitRest(0), Now], vec![Sleep(2)], vec![Advance(3)]],
        vec![vec![AwaitRest(0), IsFinished(0)], vec![Unpark(1), Park]],
    ];
    let program = |threads| program::Program {
        threads,
        spurious: true,
        receivers: [0, 0, 0],
    };
    yields.into_iter().chain(rests).map(program).collect()
}

#[test]
fn orderings_see_what_interleavings_see_and_nothing_that_is_forbidden() {
    use weak::{Compared, compare};
    let (mut searches, mut executions, mut seen) = (0_u64, 0, 0);
    for number in 0..60 {
        for bound in [Some(0), Some(1), Some(2), None] {
            match compare(&draw::touches(number), bound, 2_000) {
                Compared::TooLarge => {}
                Compared::Sound {
                    executions: more,
                    allowed,
                    unseen,
                } => {
                    searches += 1;
                    executions += more;
                    seen += allowed - unseen;
                }
                Compared::Wrong(difference) => panic!("program {number}, {difference}"),
            }
        }
    }
    assert!(searches > 150, "only {searches} searches were small enough");
    assert!(executions > searches && seen > 500, "they see too little");
}
