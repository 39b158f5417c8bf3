//! Real threads: what a table does, and that the hungry sleep.

use std::cell::Cell;
use std::fmt::Debug;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use dining_philosophers::Table;
use kata_model::real::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use kata_model::real::thread::{self, JoinHandle};
use kata_model::real::{
    Tracked, assert_refuses, catch_panic, implements, rounds, sleeps_while_blocked,
    wait_until_asleep, within,
};

/// Long enough, also on a busy machine, for all that need not wait.
const PATIENCE: Duration = Duration::from_secs(3);

pub fn a_table_knows_its_seats() {
    for seats in 2..=12 {
        let answer = Table::new(seats).seats();
        assert!(
            answer == seats,
            "a table was laid with {seats} seats, and `seats` says {answer}"
        );
    }
}

pub fn a_table_for_fewer_than_two_panics() {
    drop(Table::new(2));
    for seats in [0, 1] {
        assert_refuses(&format!("Table::new({seats})"), || Table::new(seats));
    }
}

pub fn a_seat_that_does_not_exist_panics() {
    within(PATIENCE, "a table works after a wrong seat", || {
        for seats in [2, 5] {
            let table = Table::new(seats);
            for seat in [seats, seats + 1, 2 * seats, usize::MAX] {
                let eaten = Cell::new(false);
                assert_refuses(&format!("Table::new({seats}).dine({seat}, …)"), || {
                    table.dine(seat, || eaten.set(true))
                });
                assert!(
                    !eaten.get(),
                    "`dine` panicked, as there is no seat {seat} at a table of {seats}, but served the meal first"
                );
                (0..seats).for_each(|seat| table.dine(seat, || ()));
            }
        }
    });
}

pub fn dining_gives_what_the_meal_gave() {
    within(PATIENCE, "a lonely philosopher can eat", || {
        let table = Table::new(5);
        // Neither can be sent to another thread, nor called twice.
        let plate = std::rc::Rc::new(Cell::new(0));
        let dish = String::from("spaghetti");
        let eaten = table.dine(3, || {
            plate.set(plate.get() + 1);
            dish
        });
        assert!(
            eaten == "spaghetti",
            "the meal returned \"spaghetti\", and `dine` returned {eaten:?}"
        );
        assert!(
            plate.get() == 1,
            "`dine` was called once, and the meal was served {} times",
            plate.get()
        );
    });
}

pub fn the_forks_are_down_after_the_meal() {
    for seats in 2..=7 {
        within(
            PATIENCE,
            "philosophers eat one after the other",
            move || {
                let table = Arc::new(Table::new(seats));
                for _ in 0..2 {
                    for seat in (0..seats).chain((0..seats).rev()) {
                        table.dine(seat, || ());
                        join(spawn(&table, move |table| table.dine(seat, || ())));
                    }
                }
            },
        );
    }
}

pub fn all_eat_and_neighbours_never_at_once() {
    for (seats, threads, meals) in [(2, 2, 60), (3, 3, 50), (5, 5, 40), (5, 10, 20), (2, 6, 20)] {
        rounds(3, |_| {
            let expectation = format!("{threads} hungry threads at a table of {seats} all eat");
            within(PATIENCE, &expectation, move || {
                dinner(seats, threads, meals)
            });
        });
    }
}

/// Each thread eats so many meals, in the seat that its number modulo `seats` gives.
fn dinner(seats: usize, threads: usize, meals: usize) {
    let table = Arc::new(Table::new(seats));
    // Who eats with each fork (one more than the seat, or 0), and how often it was used.
    let forks: Arc<Vec<(AtomicUsize, Tracked<usize>)>> = Arc::new(
        (0..seats)
            .map(|_| (AtomicUsize::new(0), Tracked::new(0)))
            .collect(),
    );
    let philosophers: Vec<_> = (0..threads)
        .map(|number| {
            let (seat, forks) = (number % seats, Arc::clone(&forks));
            spawn(&table, move |table| {
                for _ in 0..meals {
                    table.dine(seat, || {
                        for fork in [seat, (seat + 1) % seats] {
                            let user = forks[fork].0.swap(seat + 1, Relaxed);
                            assert!(
                                user == 0,
                                "philosophers {} and {seat} of {seats} ate at once, with the same fork",
                                user.wrapping_sub(1)
                            );
                            forks[fork].1.update(|uses| uses + 1);
                        }
                        for fork in [seat, (seat + 1) % seats] {
                            forks[fork].0.store(0, Relaxed);
                        }
                    });
                }
            })
        })
        .collect();
    philosophers.into_iter().for_each(join);
    let uses: usize = forks.iter().map(|fork| fork.1.get()).sum();
    let expected = 2 * threads * meals;
    assert!(
        uses == expected,
        "forks were used {expected} times, and {uses} were counted: some were used by two at the same time"
    );
}

pub fn those_who_share_no_fork_eat_together() {
    for seats in 4..=7 {
        for one in 0..seats {
            for other in one + 2..seats.min(one + seats - 1) {
                let expectation = format!(
                    "philosophers {one} and {other} of {seats}, who share no fork, eat at the same time"
                );
                within(PATIENCE, &expectation, move || {
                    eat_together(seats, one, other)
                });
            }
        }
    }
}

/// Each of the two meals lasts until the other one has begun.
fn eat_together(seats: usize, one: usize, other: usize) {
    let table = Arc::new(Table::new(seats));
    let (one_eats, hears_one) = mpsc::channel();
    let (other_eats, hears_other) = mpsc::channel();
    let guest = spawn(&table, move |table| {
        table.dine(other, || {
            other_eats.send(()).unwrap();
            hears_one.recv().unwrap();
        });
    });
    table.dine(one, || {
        one_eats.send(()).unwrap();
        hears_other.recv().unwrap();
    });
    join(guest);
}

pub fn a_neighbour_waits_for_the_end_of_the_meal() {
    for seats in [2, 3, 5] {
        within(
            PATIENCE,
            "the neighbours of one who eats get to eat",
            move || {
                let table = Arc::new(Table::new(seats));
                let meals_over = Arc::new(AtomicUsize::new(0));
                let neighbours = table.dine(0, || {
                let neighbours = [0, 1, seats - 1].map(|seat| {
                    let meals_over = Arc::clone(&meals_over);
                    spawn(&table, move |table| {
                        table.dine(seat, || {
                            assert!(
                                meals_over.load(Relaxed) == 1,
                                "philosopher 0 of {seats} was eating, and philosopher {seat} ate as well"
                            );
                        });
                    })
                });
                neighbours.iter().for_each(wait_until_asleep);
                meals_over.fetch_add(1, Relaxed);
                neighbours
            });
                neighbours.into_iter().for_each(join);
            },
        );
    }
}

pub fn a_panic_puts_the_forks_down() {
    within(PATIENCE, "a table works after a meal that panicked", || {
        for seats in [2, 3, 5] {
            let table = Arc::new(Table::new(seats));
            let waiting = Arc::clone(&table);
            let (choke, chokes) = mpsc::channel();
            let panicking = spawn(&table, move |table| {
                catch_panic(|| {
                    table.dine(0, || {
                        let neighbours = [1, seats - 1, 0]
                            .map(|seat| spawn(&waiting, move |table| table.dine(seat, || ())));
                        neighbours.iter().for_each(wait_until_asleep);
                        choke.send(neighbours).unwrap();
                        panic!("on purpose");
                    })
                })
            });
            let meal: Result<(), String> = join(panicking);
            assert!(
                meal == Err("on purpose".to_owned()),
                "a meal panicked with \"on purpose\", and what came out of `dine` was {meal:?}"
            );
            chokes.recv().unwrap().into_iter().for_each(join);
            for seat in 0..seats {
                table.dine(seat, || ());
            }
        }
    });
}

pub fn waiting_is_sleeping() {
    for (seats, seat) in [(2, 1), (3, 2), (5, 1), (5, 0)] {
        within(
            PATIENCE,
            "a hungry philosopher eats after the neighbour",
            move || {
                let table = Arc::new(Table::new(seats));
                let (begun, has_begun) = mpsc::channel();
                let (enough, has_had_enough) = mpsc::channel::<()>();
                let eating = spawn(&table, move |table| {
                    table.dine(0, || {
                        begun.send(()).unwrap();
                        has_had_enough.recv().ok();
                    });
                });
                has_begun.recv().unwrap();
                let hungry = Arc::clone(&table);
                sleeps_while_blocked(
                    &format!("a hungry philosopher whose neighbour eats, at a table of {seats},"),
                    Duration::from_millis(60),
                    move || hungry.dine(seat, || ()),
                    || drop(enough),
                );
                join(eating);
            },
        );
    }
}

pub fn debug_never_waits() {
    within(PATIENCE, "`{:?}` of a table answers at once", || {
        let table = Arc::new(Table::new(3));
        let laid = format!("{table:?}");
        let (during, elsewhere, hungry) = table.dine(0, || {
            let hungry = spawn(&table, |table| table.dine(1, || ()));
            wait_until_asleep(&hungry);
            let elsewhere = join(spawn(&table, |table| format!("{table:?}")));
            (format!("{table:?}"), elsewhere, hungry)
        });
        join(hungry);
        assert!(
            [laid, during, elsewhere]
                .iter()
                .all(|text| !text.is_empty()),
            "`{{:?}}` of a table says nothing"
        );
    });
}

pub fn a_table_can_be_shared() {
    let wanted = [
        ("Send", implements!(Table: Send)),
        ("Sync", implements!(Table: Sync)),
        ("Debug", implements!(Table: Debug)),
    ];
    for (property, holds) in wanted {
        assert!(holds, "`Table` is not `{property}`");
    }
    let text = join(thread::spawn(|| format!("{:?}", Table::new(2))));
    assert!(!text.is_empty(), "`{{:?}}` of a table says nothing");
}

/// Starts a thread that comes to the table.
fn spawn<R: Send + 'static>(
    table: &Arc<Table>,
    body: impl FnOnce(&Table) -> R + Send + 'static,
) -> JoinHandle<R> {
    let table = Arc::clone(table);
    thread::spawn(move || body(&table))
}

fn join<R>(thread: JoinHandle<R>) -> R {
    thread.join().unwrap()
}
