//! Random programs.

use std::sync::atomic::Ordering::{self, AcqRel, Acquire, Relaxed, Release, SeqCst};

use super::program::{Action, Program};
use super::touch::Touch;

/// The program of this number, which is always the same.
pub(crate) fn program(number: u64) -> Program {
    let mut random = fastrand::Rng::with_seed(number);
    let others = random.usize(1..=2);
    // Few kinds of action make threads meet; all of them at once hardly ever do.
    let themes: Vec<u8> = (0..random.usize(1..=3))
        .map(|_| random.u8(0..THEMES))
        .collect();
    let longest = if others == 1 { 4 } else { 3 };
    let threads: Vec<Vec<Action>> = (0..=others)
        .map(|thread| {
            let fewest = usize::from(thread > 0);
            let length = random.usize(fewest..=longest - usize::from(thread == 0));
            (0..length)
                .map(|_| action(&mut random, &themes, thread, others))
                .collect()
        })
        .collect();
    Program {
        spurious: random.u8(0..4) == 0,
        receivers: [(); 3].map(|()| random.usize(0..=others)),
        threads,
    }
}

const THEMES: u8 = 11;

fn action(random: &mut fastrand::Rng, themes: &[u8], thread: usize, others: usize) -> Action {
    if thread == 0 && random.u8(0..5) == 0 {
        let other = random.usize(0..others);
        return match random.u8(0..3) {
            0 => Action::Join(other),
            1 => Action::IsFinished(other),
            _ => Action::AwaitRest(other),
        };
    }
    let at = random.usize(0..2);
    let (short, channel) = (random.u64(1..4), random.usize(0..3));
    let options: &[Action] = match themes[random.usize(0..themes.len())] {
        0 => &[
            Action::Touch(touch(random, &EVERY_ORDER)),
            Action::ExchangeWeak(at),
        ],
        1 => &[
            Action::Guarded(at),
            Action::Held(at, 1 - at),
            Action::Nested,
            Action::TryLock(at),
            Action::TryHeld(at, 1 - at),
        ],
        2 => &[
            Action::PanicUnder(at),
            Action::IsPoisoned(at),
            Action::ClearPoison(at),
            Action::Guarded(at),
            Action::TryLock(at),
        ],
        3 => &[
            Action::Read,
            Action::ReadHeld(at),
            Action::Write,
            Action::TryRead,
            Action::TryWrite,
            Action::Downgrade(at),
            Action::PanicWriting,
            Action::IsRwPoisoned,
            Action::ClearRwPoison,
        ],
        4 => &[
            Action::Wait,
            Action::WaitRaised,
            Action::WaitTimeout(short),
            Action::WaitTimeoutRaised(short),
            Action::NotifyOne,
            Action::NotifyAll,
            Action::Raise,
        ],
        5 => &[
            Action::Park,
            Action::ParkTimeout(short),
            Action::Unpark(random.usize(0..3)),
        ],
        6 => &[
            Action::CallOnce(at),
            Action::PanicOnce,
            Action::ForceOnce,
            Action::IsCompleted,
            Action::WaitOnce,
            Action::SetOnce(at),
            Action::GetOnce,
            Action::InitOnce(at),
            Action::Lazy,
        ],
        7 => &[Action::Meet],
        8 => &[
            Action::Send(channel),
            Action::Send(channel),
            Action::TrySend(channel),
            Action::Receive(channel),
            Action::TryReceive(channel),
            Action::ReceiveTimeout(channel, short),
            Action::DropSender(channel),
            Action::DropReceiver(channel),
        ],
        9 => &[
            Action::Sleep(short),
            Action::Now,
            Action::Advance(short),
            Action::ParkTimeout(short),
        ],
        _ => &[
            Action::Scope(at),
            Action::Yield,
            Action::SpinWith(at),
            Action::SpinWithout(at),
            Action::Touch(Touch::Store(at, 1, Release)),
        ],
    };
    options[random.usize(0..options.len())]
}

const EVERY_ORDER: [Ordering; 5] = [Relaxed, Acquire, Release, AcqRel, SeqCst];

/// What each thread does in the program of this number, over atomics alone; the main one first.
pub(crate) fn touches(number: u64) -> Vec<Vec<Touch>> {
    let mut random = fastrand::Rng::with_seed(number);
    // What weak memory shows, it shows most between few kinds of orderings.
    let orders: &[Ordering] = match random.u8(0..6) {
        0 => &[SeqCst],
        1 => &[SeqCst, SeqCst, Acquire, Release],
        2 => &[SeqCst, Relaxed],
        3 => &[AcqRel, Acquire, Release],
        4 => &[Relaxed],
        _ => &EVERY_ORDER,
    };
    let threads = random.usize(2..=3);
    let longest = if threads == 2 { 4 } else { 3 };
    let mut lengths = Vec::new();
    for thread in 0..threads {
        let fewest = usize::from(thread > 0);
        lengths.push(random.usize(fewest..=longest));
    }
    let mut thread = |length| (0..length).map(|_| touch(&mut random, orders)).collect();
    lengths.into_iter().map(&mut thread).collect()
}

fn touch(random: &mut fastrand::Rng, orders: &[Ordering]) -> Touch {
    let at = random.usize(0..2);
    let order = orders[random.usize(0..orders.len())];
    // What an ordering is for a load, for a store.
    let for_load = match order {
        Release => Relaxed,
        AcqRel => Acquire,
        order => order,
    };
    let for_store = match order {
        Acquire => Relaxed,
        AcqRel => Release,
        order => order,
    };
    match random.u8(0..16) {
        0..6 => Touch::Load(at, for_load),
        6..11 => Touch::Store(at, random.usize(1..4), for_store),
        11 => Touch::Swap(at, random.usize(1..4), order),
        12 => Touch::Add(at, order),
        13 | 14 => {
            let failure = if random.bool() { for_load } else { Relaxed };
            Touch::Exchange(at, random.usize(0..2), (order, failure))
        }
        _ if order == Relaxed => Touch::Fence(SeqCst),
        _ => Touch::Fence(order),
    }
}
