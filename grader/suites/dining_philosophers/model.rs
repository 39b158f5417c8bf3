//! Every interleaving: a few hungry philosophers at tables of several sizes, a meal or two each.

use std::sync::Arc;

use dining_philosophers::Table;
use kata_model::interleavings::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use kata_model::interleavings::sync::mpsc::{self, Sender};
use kata_model::interleavings::thread::{self, JoinHandle};
use kata_model::interleavings::{Explore, Tracked, catch_panic, explore};

pub fn two_philosophers_both_eat() {
    explore(|| all_eat(2, 1));
}

pub fn two_philosophers_both_eat_again() {
    explore(|| all_eat(2, 2));
}

pub fn three_philosophers_all_eat() {
    explore(|| all_eat(3, 1));
}

pub fn four_philosophers_all_eat() {
    Explore::new().sample(300).run(|| all_eat(4, 1));
}

pub fn five_philosophers_all_eat() {
    Explore::new().sample(300).run(|| all_eat(5, 2));
}

/// Everybody is hungry at once. The main thread sits in seat 0.
fn all_eat(seats: usize, meals: usize) {
    let dinner = Dinner::for_as_many_as(seats);
    let eat = move |dinner: &Dinner, seat| (0..meals).for_each(|_| dinner.eat(seat));
    let others: Vec<_> = (1..seats)
        .map(|seat| spawn(&dinner, move |dinner| eat(dinner, seat)))
        .collect();
    eat(&dinner, 0);
    others.into_iter().for_each(join);
    dinner.each_fork_was_used(2 * meals);
}

pub fn neighbours_never_eat_at_once() {
    for seats in 2..=6 {
        for seat in 0..seats {
            Explore::new().preemptions(2).run(move || {
                let dinner = Dinner::for_as_many_as(seats);
                let neighbour = spawn(&dinner, move |dinner| dinner.eat((seat + 1) % seats));
                dinner.eat(seat);
                join(neighbour);
            });
        }
    }
}

pub fn a_meal_holds_both_neighbours_up() {
    for seats in [3, 5] {
        for seat in [0, 1, seats - 1] {
            Explore::new().preemptions(1).run(move || {
                let table = Arc::new(Table::new(seats));
                let eating = Arc::new(AtomicBool::new(true));
                let neighbours = table.dine(seat, || {
                    let neighbours = [(seat + 1) % seats, (seat + seats - 1) % seats].map(|other| {
                        let (table, eating) = (Arc::clone(&table), Arc::clone(&eating));
                        thread::spawn(move || {
                            table.dine(other, || {
                                assert!(
                                    !eating.load(Relaxed),
                                    "philosopher {seat} of {seats} was eating, and philosopher {other} came and ate as well"
                                );
                            });
                        })
                    });
                    neighbours.iter().for_each(JoinHandle::wait_until_blocked);
                    eating.store(false, Relaxed);
                    neighbours
                });
                neighbours.into_iter().for_each(join);
            });
        }
    }
}

pub fn those_who_share_no_fork_eat_together() {
    for (seats, one, other) in [
        (4, 0, 2),
        (4, 1, 3),
        (5, 0, 2),
        (5, 0, 3),
        (5, 1, 3),
        (5, 1, 4),
        (5, 2, 4),
        (6, 0, 3),
        (6, 1, 5),
    ] {
        explore(move || {
            let table = Arc::new(Table::new(seats));
            let (one_eats, hears_one) = mpsc::channel();
            let (other_eats, hears_other) = mpsc::channel();
            let guest = Arc::clone(&table);
            let guest = thread::spawn(move || {
                guest.dine(other, || {
                    other_eats.send(()).unwrap();
                    hears_one.recv().unwrap();
                });
            });
            // Each meal lasts until the other one has begun.
            table.dine(one, || {
                one_eats.send(()).unwrap();
                hears_other.recv().unwrap();
            });
            join(guest);
        });
    }
}

pub fn two_at_one_seat_take_turns() {
    for seats in [2, 3] {
        explore(move || {
            let dinner = Dinner::for_as_many_as(seats);
            let on_the_same_chair = spawn(&dinner, |dinner| dinner.eat(0));
            dinner.eat(0);
            join(on_the_same_chair);
            dinner.eat(1);
        });
    }
}

pub fn two_at_one_seat_and_a_neighbour_all_eat() {
    for neighbour in [1, 2] {
        Explore::new().preemptions(2).run(move || {
            let dinner = Dinner::for_as_many_as(3);
            let others = [0, neighbour].map(|seat| spawn(&dinner, move |dinner| dinner.eat(seat)));
            dinner.eat(0);
            others.into_iter().for_each(join);
        });
    }
}

pub fn nobody_comes_between_a_fork_and_the_one_who_waits_for_it() {
    for (seats, hungry, newcomer) in [(2, 1, 0), (3, 1, 0), (3, 1, 1), (3, 2, 0), (3, 2, 2)] {
        Explore::new().preemptions(2).run(move || {
            let dinner = Dinner::for_as_many_as(seats);
            let others = dinner.table.dine(0, || {
                let hungry = spawn(&dinner, move |dinner| dinner.eat(hungry));
                hungry.wait_until_blocked();
                // It comes now, or just when the forks are put down.
                [hungry, spawn(&dinner, move |dinner| dinner.eat(newcomer))]
            });
            others.into_iter().for_each(join);
        });
    }
}

pub fn a_panic_puts_the_forks_down() {
    for seats in [2, 3] {
        explore(move || {
            let table = Arc::new(Table::new(seats));
            let guest = Arc::clone(&table);
            let chokes = thread::spawn(move || {
                let meal: Result<(), String> =
                    catch_panic(|| guest.dine(0, || panic!("on purpose")));
                assert!(
                    meal == Err("on purpose".to_owned()),
                    "a meal panicked with \"on purpose\", and what came out of `dine` was {meal:?}"
                );
            });
            table.dine(1, || ());
            join(chokes);
            (0..seats).for_each(|seat| table.dine(seat, || ()));
        });
    }
}

/// Meals that a neighbour watches go by are enough to call it starving.
const MANY: usize = 40;

pub fn nobody_starves() {
    for (seats, seat) in (3..=5).flat_map(|seats| (0..seats).map(move |seat| (seats, seat))) {
        // What the neighbours do is the question here, not what the scheduler does.
        Explore::new().preemptions(0).run(move || {
            let table = Arc::new(Table::new(seats));
            let [mut eating, mut away] = [seat + seats - 1, seat + 1]
                .map(|neighbour| Neighbour::at(&table, neighbour % seats));
            eating.gets_hungry();
            let guest = Arc::clone(&table);
            let hungry = thread::spawn(move || guest.dine(seat, || ()));
            hungry.wait_until_blocked();
            for _ in 0..MANY {
                away.gets_hungry();
                eating.has_had_enough();
                (eating, away) = (away, eating);
                hungry.wait_until_blocked();
                if hungry.is_finished() {
                    break;
                }
            }
            assert!(
                hungry.is_finished(),
                "at a table of {seats}, the neighbours of philosopher {seat} took turns at eating {MANY} times, \
                 and philosopher {seat} was hungry all that time and got nothing"
            );
            join(hungry);
            eating.goes_home();
            away.goes_home();
        });
    }
}

/// A philosopher who gets hungry, and stops eating, when told to.
struct Neighbour {
    hungry: Sender<()>,
    enough: Sender<()>,
    thread: JoinHandle<()>,
}

impl Neighbour {
    fn at(table: &Arc<Table>, seat: usize) -> Neighbour {
        let (hungry, gets_hungry) = mpsc::channel();
        let (enough, has_had_enough) = mpsc::channel::<()>();
        let table = Arc::clone(table);
        let thread = thread::spawn(move || {
            while gets_hungry.recv().is_ok() {
                table.dine(seat, || has_had_enough.recv().ok());
            }
        });
        Neighbour {
            hungry,
            enough,
            thread,
        }
    }

    /// When this returns, the neighbour eats, or waits for a fork.
    fn gets_hungry(&self) {
        self.hungry.send(()).unwrap();
        self.thread.wait_until_blocked();
    }

    /// Ends the meal, or the next one if the neighbour does not eat.
    fn has_had_enough(&self) {
        self.enough.send(()).unwrap();
        self.thread.wait_until_blocked();
    }

    fn goes_home(self) {
        drop((self.hungry, self.enough));
        join(self.thread);
    }
}

pub fn asking_never_waits() {
    for seats in [2, 3] {
        Explore::new().preemptions(2).run(move || {
            let table = Arc::new(Table::new(seats));
            let answers = |table: &Table| (table.seats(), format!("{table:?}"));
            let hungry = table.dine(0, || {
                let guest = Arc::clone(&table);
                let hungry = thread::spawn(move || guest.dine(1, || ()));
                hungry.wait_until_blocked();
                let observer = Arc::clone(&table);
                let observer = thread::spawn(move || answers(&observer));
                // The meal ends only after all these have come back.
                for (count, text) in [answers(&table), observer.join().unwrap()] {
                    assert!(
                        count == seats,
                        "a table was laid with {seats} seats, and during a meal `seats` says {count}"
                    );
                    assert!(!text.is_empty(), "`{{:?}}` of a table says nothing");
                }
                hungry
            });
            join(hungry);
        });
    }
}

pub fn a_stray_unpark_does_no_harm() {
    for (seats, seat) in [(2, 1), (3, 1), (3, 2)] {
        Explore::new().preemptions(2).run(move || {
            let dinner = Dinner::for_as_many_as(seats);
            let neighbour = spawn(&dinner, move |dinner| {
                // Left over from something else that this thread has done.
                thread::current().unpark();
                dinner.eat(seat);
            });
            dinner.eat(0);
            join(neighbour);
        });
    }
}

pub fn waiting_is_sleeping() {
    for (seats, seat) in [(2, 1), (3, 1), (3, 2), (5, 1), (5, 4), (5, 0)] {
        explore(move || {
            let dinner = Dinner::for_as_many_as(seats);
            let hungry = dinner.table.dine(0, || {
                let hungry = spawn(&dinner, move |dinner| dinner.eat(seat));
                hungry.wait_until_blocked();
                hungry
            });
            join(hungry);
        });
    }
}

/// A table, and the forks as the philosophers see them.
struct Dinner {
    table: Table,
    forks: Vec<Fork>,
}

struct Fork {
    /// One more than the seat of whoever eats with it, or 0.
    user: AtomicUsize,
    uses: Tracked<usize>,
}

impl Dinner {
    fn for_as_many_as(seats: usize) -> Arc<Dinner> {
        let fork = |_| Fork {
            user: AtomicUsize::new(0),
            uses: Tracked::new(0),
        };
        let forks = (0..seats).map(fork).collect();
        Arc::new(Dinner {
            table: Table::new(seats),
            forks,
        })
    }

    fn eat(&self, seat: usize) {
        self.table.dine(seat, || {
            let seats = self.forks.len();
            let forks = [&self.forks[seat], &self.forks[(seat + 1) % seats]];
            for fork in forks {
                match fork.user.swap(seat + 1, Relaxed) {
                    0 => {}
                    user if user == seat + 1 => panic!("two threads eat in seat {seat} at once"),
                    user => panic!(
                        "philosophers {} and {seat} of {seats} eat at once; they are neighbours",
                        user - 1
                    ),
                }
                fork.uses.update(|uses| uses + 1);
            }
            for fork in forks {
                fork.user.store(0, Relaxed);
            }
        });
    }

    fn each_fork_was_used(&self, times: usize) {
        for fork in &self.forks {
            let uses = fork.uses.get();
            assert!(
                uses == times,
                "a fork was used for {times} meals, and {uses} were counted: two used it at the same time"
            );
        }
    }
}

/// Starts a thread that comes to dinner.
fn spawn(dinner: &Arc<Dinner>, body: impl FnOnce(&Dinner) + Send + 'static) -> JoinHandle<()> {
    let dinner = Arc::clone(dinner);
    thread::spawn(move || body(&dinner))
}

fn join(thread: JoinHandle<()>) {
    thread.join().unwrap();
}
