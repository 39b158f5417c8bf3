//! What C++20 and Rust allow a program over atomics, from the axioms alone.
//!
//! The axioms are those of RC11 (Lahav, Vafeiadis, Kang, Hur and Dreyer, "Repairing Sequential
//! Consistency in C/C++11", 2017), from which C++20 has taken its rules for `SeqCst`. They are
//! stricter than C++20 in one point: a load never sees a store that depends on it in program
//! order and by what is read (no load buffering), as in every engine that runs programs.
//!
//! Executions are built by adding one event of a thread after the other. A read may take its
//! value from any write that is there, and a write may come anywhere in the modification order
//! of its atomic. What breaks an axiom is given up at once, as no event that comes later mends
//! it.

use std::collections::{BTreeSet, HashSet};
use std::sync::atomic::Ordering::{self, AcqRel, Acquire, Relaxed, Release, SeqCst};

use super::touch::{EXCHANGED, Outcome, Seen, Touch};

/// Everything that a program may see.
pub(crate) fn allowed(program: &[Vec<Touch>]) -> BTreeSet<Outcome> {
    let mut found = BTreeSet::new();
    let mut known = HashSet::new();
    let mut open = vec![Execution::new(program.len())];
    while let Some(execution) = open.pop() {
        let next = execution.successors(program);
        if next.is_empty() {
            found.insert(execution.outcome());
        }
        for execution in next {
            if execution.is_consistent() && known.insert(execution.key()) {
                open.push(execution);
            }
        }
    }
    found
}

/// A thread and a place in it, which names an event whenever it was added.
type Name = (usize, usize);

/// The thread of the first values, which happen before everything.
const FIRST: usize = usize::MAX;

#[derive(Clone)]
struct Event {
    name: Name,
    /// Which atomic; a fence has none.
    at: Option<usize>,
    order: Ordering,
    seen: Seen,
    /// The index of the event whose value it has read.
    read: Option<usize>,
    written: Option<usize>,
}

#[derive(Clone)]
struct Execution {
    /// At most [`Relation::SIZE`], in an order in which they may happen.
    events: Vec<Event>,
    /// The indices of the writes to each atomic, in modification order.
    modifications: [Vec<usize>; 2],
    /// How many events each thread has.
    lengths: Vec<usize>,
}

impl Execution {
    fn new(threads: usize) -> Execution {
        let first = |at| Event {
            name: (FIRST, at),
            at: Some(at),
            order: Relaxed,
            seen: None,
            read: None,
            written: Some(0),
        };
        Execution {
            events: vec![first(0), first(1)],
            modifications: [vec![0], vec![1]],
            lengths: vec![0; threads],
        }
    }

    /// Every way to go on by one event; none when all threads have ended.
    fn successors(&self, program: &[Vec<Touch>]) -> Vec<Execution> {
        let mut next = Vec::new();
        for (thread, touches) in program.iter().enumerate() {
            if let Some(touch) = touches.get(self.lengths[thread]) {
                self.add(thread, *touch, &mut next);
            }
        }
        next
    }

    fn add(&self, thread: usize, touch: Touch, next: &mut Vec<Execution>) {
        match touch {
            Touch::Fence(order) => next.push(self.with(thread, None, order, None, None)),
            Touch::Store(at, value, order) => {
                for place in 1..=self.modifications[at].len() {
                    let write = Some((value, place));
                    next.push(self.with(thread, Some(at), order, None, write));
                }
            }
            Touch::Load(at, order) => {
                self.read(thread, at, next, |before| (order, Ok(before), None));
            }
            Touch::Swap(at, value, order) => {
                self.read(thread, at, next, |before| (order, Ok(before), Some(value)));
            }
            Touch::Add(at, order) => {
                let add = |before| (order, Ok(before), Some(before + 1));
                self.read(thread, at, next, add);
            }
            Touch::Exchange(at, from, (success, failure)) => {
                self.read(thread, at, next, |before| match before == from {
                    true => (success, Ok(before), Some(EXCHANGED)),
                    false => (failure, Err(before), None),
                });
            }
        }
    }

    /// Reads from each write. `act` says with which ordering, what is told, what is written.
    fn read(
        &self,
        thread: usize,
        at: usize,
        next: &mut Vec<Execution>,
        act: impl Fn(usize) -> (Ordering, Result<usize, usize>, Option<usize>),
    ) {
        for (place, &source) in self.modifications[at].iter().enumerate() {
            let before = self.events[source].written.unwrap_or_default();
            let (order, seen, written) = act(before);
            // What is read and written in one step has no other write in between.
            let write = written.map(|value| (value, place + 1));
            next.push(self.with(thread, Some(at), order, Some((source, seen)), write));
        }
    }

    fn with(
        &self,
        thread: usize,
        at: Option<usize>,
        order: Ordering,
        read: Option<(usize, Result<usize, usize>)>,
        write: Option<(usize, usize)>,
    ) -> Execution {
        let mut next = self.clone();
        if let (Some(at), Some((_, place))) = (at, write) {
            next.modifications[at].insert(place, self.events.len());
        }
        next.events.push(Event {
            name: (thread, self.lengths[thread]),
            at,
            order,
            seen: read.map(|(_, seen)| seen),
            read: read.map(|(source, _)| source),
            written: write.map(|(value, _)| value),
        });
        next.lengths[thread] += 1;
        next
    }

    fn outcome(&self) -> Outcome {
        let mut seen = vec![Vec::new(); self.lengths.len()];
        for event in &self.events {
            if event.name.0 != FIRST {
                seen[event.name.0].push(event.seen);
            }
        }
        let left = [0, 1].map(|at| {
            let last = self.modifications[at].last();
            last.and_then(|&last| self.events[last].written)
                .unwrap_or_default()
        });
        (seen, left)
    }

    /// Two executions with the same key differ only in the order in which they were built.
    fn key(&self) -> (Vec<(Name, Option<Name>)>, Vec<Name>) {
        let name = |index: usize| self.events[index].name;
        let events = self.events.iter();
        let mut reads: Vec<_> = events.map(|it| (it.name, it.read.map(name))).collect();
        reads.sort_unstable();
        let writes = self.modifications.iter().flatten();
        (reads, writes.map(|&write| name(write)).collect())
    }

    fn is_consistent(&self) -> bool {
        let rf = self.relation(|from, to| self.events[to].read == Some(from));
        let mo = self.modification_order();
        let rb = rf.inverse().then(&mo).without_loops();
        let eco = rf.or(&mo).or(&rb).closed();
        let sb = self.program_order();
        let hb = sb.or(&self.synchronises(&sb)).closed();
        self.is_atomic()
            && hb.is_irreflexive()
            && eco.is_irreflexive()
            && hb.then(&eco).is_irreflexive()
            && self.has_an_order_of_seq_cst(&sb, &hb, &mo.or(&rb), &eco)
    }

    /// Nothing comes between what a read-modify-write reads and what it writes.
    fn is_atomic(&self) -> bool {
        self.modifications.iter().all(|writes| {
            writes.windows(2).all(|pair| {
                let read = self.events[pair[1]].read;
                read.is_none_or(|source| source == pair[0])
            })
        })
    }

    fn has_an_order_of_seq_cst(
        &self,
        sb: &Relation,
        hb: &Relation,
        mo_or_rb: &Relation,
        eco: &Relation,
    ) -> bool {
        let same = self.relation(|from, to| self.events[from].at == self.events[to].at);
        let is_fence = |index: usize| self.events[index].at.is_none();
        let is_seq_cst = |index: usize| self.events[index].order == SeqCst;
        let all = self.relation(|from, to| from == to);
        let accesses = all.and(&self.relation(|it, _| is_seq_cst(it) && !is_fence(it)));
        let fences = all.and(&self.relation(|it, _| is_seq_cst(it) && is_fence(it)));
        let maybe_hb = hb.or(&all);
        let sb_elsewhere = sb.without(&same);
        let scb = sb
            .or(&sb_elsewhere.then(hb).then(&sb_elsewhere))
            .or(&hb.and(&same))
            .or(mo_or_rb);
        let before = accesses.or(&fences.then(&maybe_hb));
        let after = accesses.or(&maybe_hb.then(&fences));
        let between_fences = hb.or(&hb.then(eco).then(hb));
        let base = before.then(&scb).then(&after);
        let of_fences = fences.then(&between_fences).then(&fences);
        base.or(&of_fences).closed().is_irreflexive()
    }

    fn relation(&self, holds: impl Fn(usize, usize) -> bool) -> Relation {
        Relation::new(self.events.len(), holds)
    }

    fn program_order(&self) -> Relation {
        self.relation(|from, to| {
            let ((one, early), (other, late)) = (self.events[from].name, self.events[to].name);
            match one == FIRST {
                true => other != FIRST,
                false => one == other && early < late,
            }
        })
    }

    fn modification_order(&self) -> Relation {
        let mut places = vec![None; self.events.len()];
        for (at, writes) in self.modifications.iter().enumerate() {
            for (place, &write) in writes.iter().enumerate() {
                places[write] = Some((at, place));
            }
        }
        self.relation(|from, to| match (places[from], places[to]) {
            (Some((one, early)), Some((other, late))) => one == other && early < late,
            _ => false,
        })
    }

    /// From releases to the acquires that see them, by way of fences and release sequences.
    fn synchronises(&self, sb: &Relation) -> Relation {
        let mut pairs = Relation::new(self.events.len(), |_, _| false);
        for (reader, event) in self.events.iter().enumerate() {
            let mut source = event.read;
            while let Some(write) = source {
                for from in self.halves(write, |from| sb.has(from, write), is_release) {
                    for to in self.halves(reader, |to| sb.has(reader, to), is_acquire) {
                        pairs.add(from, to);
                    }
                }
                // A release sequence goes on over read-modify-writes.
                source = self.events[write].read;
            }
        }
        pairs
    }

    /// An access itself, if its ordering suffices, and the fences on its side that do.
    fn halves(
        &self,
        access: usize,
        on_its_side: impl Fn(usize) -> bool,
        suffices: fn(Ordering) -> bool,
    ) -> Vec<usize> {
        let all = 0..self.events.len();
        all.filter(|&index| {
            let is_fence = self.events[index].at.is_none();
            (index == access || is_fence && on_its_side(index))
                && suffices(self.events[index].order)
        })
        .collect()
    }
}

fn is_release(order: Ordering) -> bool {
    matches!(order, Release | AcqRel | SeqCst)
}

fn is_acquire(order: Ordering) -> bool {
    matches!(order, Acquire | AcqRel | SeqCst)
}

/// A relation between events, a row of bits for each.
#[derive(Clone)]
struct Relation {
    rows: Vec<u32>,
}

impl Relation {
    const SIZE: usize = u32::BITS as usize;

    fn new(size: usize, holds: impl Fn(usize, usize) -> bool) -> Relation {
        assert!(size <= Relation::SIZE, "a program is too long");
        let row = |from| (0..size).fold(0, |row, to| row | u32::from(holds(from, to)) << to);
        Relation {
            rows: (0..size).map(row).collect(),
        }
    }

    fn has(&self, from: usize, to: usize) -> bool {
        self.rows[from] >> to & 1 == 1
    }

    fn add(&mut self, from: usize, to: usize) {
        self.rows[from] |= 1 << to;
    }

    fn or(&self, other: &Relation) -> Relation {
        self.each(other, |mine, theirs| mine | theirs)
    }

    fn and(&self, other: &Relation) -> Relation {
        self.each(other, |mine, theirs| mine & theirs)
    }

    fn without(&self, other: &Relation) -> Relation {
        self.each(other, |mine, theirs| mine & !theirs)
    }

    fn each(&self, other: &Relation, join: fn(u32, u32) -> u32) -> Relation {
        let rows = self.rows.iter().zip(&other.rows);
        Relation {
            rows: rows.map(|(&mine, &theirs)| join(mine, theirs)).collect(),
        }
    }

    /// A step of this one and then one of the other.
    fn then(&self, other: &Relation) -> Relation {
        let through = |row: &u32| {
            let middles = (0..other.rows.len()).filter(|middle| row >> middle & 1 == 1);
            middles.fold(0, |to, middle| to | other.rows[middle])
        };
        Relation {
            rows: self.rows.iter().map(through).collect(),
        }
    }

    fn inverse(&self) -> Relation {
        Relation::new(self.rows.len(), |from, to| self.has(to, from))
    }

    fn without_loops(&self) -> Relation {
        Relation::new(self.rows.len(), |from, to| from != to && self.has(from, to))
    }

    /// One step or more.
    fn closed(&self) -> Relation {
        let mut closed = self.clone();
        for middle in 0..self.rows.len() {
            for from in 0..self.rows.len() {
                if closed.has(from, middle) {
                    closed.rows[from] |= closed.rows[middle];
                }
            }
        }
        closed
    }

    fn is_irreflexive(&self) -> bool {
        (0..self.rows.len()).all(|it| !self.has(it, it))
    }
}
