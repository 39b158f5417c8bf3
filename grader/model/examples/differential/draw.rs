//! Random programs.

use super::program::{Action, Program};

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
        return match random.bool() {
            true => Action::Join(other),
            false => Action::IsFinished(other),
        };
    }
    let at = random.usize(0..2);
    let (short, channel) = (random.u64(1..4), random.usize(0..3));
    let options: &[Action] = match themes[random.usize(0..themes.len())] {
        0 => &[
            Action::Load(at),
            Action::Store(at, random.usize(1..4)),
            Action::Add(at),
            Action::Exchange(at, random.usize(0..2)),
            Action::ExchangeWeak(at),
            Action::Fence,
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
            Action::Store(at, 1),
        ],
    };
    options[random.usize(0..options.len())]
}
