//! # Dining philosophers
//!
//! Some philosophers sit around a table. Between each two neighbours lies one fork, and
//! eating takes two: the fork on the left and the fork on the right. A philosopher thinks,
//! gets hungry, picks up both forks, eats, puts them down and thinks again.
//!
//! It looks easy, and the obvious way goes wrong: all get hungry at the same moment, all
//! pick up their left fork, all wait for their right one, and nobody ever eats again. The
//! philosophers are threads, and the forks are whatever your program has several of, and
//! needs two of at a time: accounts, files, locks. Edsger Dijkstra made up the puzzle in
//! 1965, and programs still stop dead for this reason.
//!
//! ```no_run
//! use dining_philosophers::Table;
//! use std::thread;
//!
//! let table = Table::new(5);
//! thread::scope(|scope| {
//!     for seat in 0..table.seats() {
//!         let table = &table;
//!         scope.spawn(move || table.dine(seat, || println!("philosopher {seat} eats")));
//!     }
//! });
//! ```
//!
//! ## Your task
//!
//! Fill in every `todo!()`. Names and signatures stay as they are; add all the private
//! fields and functions that you like. `cargo grader check dining_philosophers` tells how
//! you are doing, and `cargo grader hint dining_philosophers` helps you on.
//!
//! You may use `Mutex`, `Condvar`, the atomics, and `thread::park` with `Thread::unpark`,
//! all from `std`, and everything in `std` that has nothing to do with threads. No
//! `unsafe`, no `static`, no other crate.
//!
//! ## What the table promises
//!
//! * **Neighbours never eat at once**: there is only one fork between them. At a table of
//!   two, the philosophers share both forks.
//! * **Others can.** Two philosophers who share no fork can eat at the same time, as long
//!   as nobody who sits between them is hungry. One big lock around the table is too much.
//! * **No deadlock, no livelock.** All may be hungry at once, and all will eat. A meal that
//!   ends makes room for the next; nobody picks forks up and puts them down for ever.
//! * **Nobody starves.** A hungry philosopher gets to eat even if both neighbours get
//!   hungry again and again, and one of them is always eating.
//! * **One at a time on a chair.** Several threads may dine at the same seat. They take
//!   turns, in any order.
//!
//! ## What holds everywhere
//!
//! * **Waiting is sleeping.** A hungry philosopher uses no processor time. It does not look
//!   again and again whether the forks are there, it sleeps until it is woken.
//! * **What one thread wrote, the next one reads.** Everything that a thread wrote before
//!   or during its meal is visible to whoever eats with one of its forks next.
//! * **A panic breaks nothing.** If a meal panics, both forks are put down all the same, the
//!   panic goes on to the caller of [`dine`](Table::dine), and the table works as before.
//! * A [`Table`] can be sent to and shared between threads (`Send` and `Sync`).
//! * `{:?}` of a table never waits, not even during a meal.

/// A round table with a fork between each two neighbouring seats.
#[derive(Debug)]
pub struct Table {
    // Your fields.
}

impl Table {
    /// Lays a table for philosophers in the seats `0..seats`. All forks are on the table.
    ///
    /// Seat 0 is the neighbour of seat 1 and of the last seat.
    ///
    /// # Panics
    ///
    /// If there are fewer than two seats, with a sentence about `seats`.
    pub fn new(seats: usize) -> Self {
        todo!("lay a table for {seats}")
    }

    /// The number of seats.
    pub fn seats(&self) -> usize {
        todo!("how many seats are there?")
    }

    /// Waits until both forks of the philosopher in `seat` can be had, calls `meal` while
    /// the philosopher holds both of them, and puts them down.
    ///
    /// Returns what `meal` returned. The forks are on the table again when this returns,
    /// and also when `meal` panics.
    ///
    /// What happens if a meal itself calls `dine` is not defined.
    ///
    /// # Panics
    ///
    /// If there is no such seat, with a sentence about the `seat`. Nothing is eaten then.
    /// If `meal` panics, with the panic of `meal`.
    pub fn dine<R>(&self, seat: usize, meal: impl FnOnce() -> R) -> R {
        let _ = meal;
        todo!("pick up both forks of {seat}, eat, put them down")
    }
}
