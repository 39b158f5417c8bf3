//! A short run of the standing comparison: what random programs may see is the same for the
//! reduced search as for trying everything everywhere.

#[path = "../../examples/differential/compare.rs"]
mod compare;
#[path = "../../examples/differential/draw.rs"]
mod draw;
#[path = "../../examples/differential/perform.rs"]
mod perform;
#[path = "../../examples/differential/program.rs"]
mod program;
#[path = "../../examples/differential/touch.rs"]
mod touch;

use compare::{Compared, compare};

#[test]
fn nothing_is_lost_to_the_reduction() {
    let mut searches = 0;
    for number in 0..200 {
        match compare(&draw::program(number), 5_000) {
            Compared::Same { searches: more } => searches += more,
            Compared::Different(difference) => panic!("program {number}, {difference}"),
        }
    }
    assert!(searches > 400, "only {searches} searches were small enough");
}
