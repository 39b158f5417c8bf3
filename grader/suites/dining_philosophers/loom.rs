//! Every behaviour that the C11 memory model allows: what one philosopher did to a fork,
//! the next one sees, and no reordering loses a wake-up.

use std::sync::Arc;

use dining_philosophers::Table;
use kata_model::orderings::{Explore, Tracked, thread};

pub fn a_meal_publishes_to_a_neighbour_at_a_table_of_two() {
    // They meet at two forks, and so there is much more to try than with one.
    two_meals(Explore::new().preemptions(3), 2, 0, 1);
}

pub fn a_meal_publishes_to_the_right_neighbour() {
    two_meals(Explore::new(), 3, 0, 1);
}

pub fn a_meal_publishes_to_the_left_neighbour() {
    two_meals(Explore::new(), 4, 0, 3);
}

pub fn a_meal_publishes_to_the_next_on_the_chair() {
    two_meals(Explore::new(), 3, 2, 2);
}

/// Two philosophers who share a fork eat once each.
fn two_meals(how: Explore, seats: usize, one: usize, other: usize) {
    how.run(move || {
        let dinner = Arc::new((Table::new(seats), Tracked::new(0)));
        let philosophers = [one, other].map(|seat| {
            let dinner = Arc::clone(&dinner);
            thread::spawn(move || {
                let (table, fork) = &*dinner;
                table.dine(seat, || fork.update(|uses| uses + 1));
            })
        });
        for philosopher in philosophers {
            philosopher.join().unwrap();
        }
        assert!(
            dinner.1.get() == 2,
            "two meals were eaten with one fork, and {} were counted",
            dinner.1.get()
        );
    });
}
