//! What a random program may do.

use super::touch::Touch;

/// One action of a thread. Numbers are those of objects, of which there are two of most kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    Touch(Touch),
    ExchangeWeak(usize),
    /// Takes a mutex, changes what is in it, and gives it back.
    Guarded(usize),
    /// Takes a mutex, and touches an atomic under it.
    Held(usize, usize),
    /// Takes two mutexes, the lower first.
    Nested,
    TryLock(usize),
    /// Tries a mutex, and touches an atomic under it.
    TryHeld(usize, usize),
    PanicUnder(usize),
    IsPoisoned(usize),
    ClearPoison(usize),
    Read,
    ReadHeld(usize),
    Write,
    TryRead,
    TryWrite,
    Downgrade(usize),
    PanicWriting,
    IsRwPoisoned,
    ClearRwPoison,
    /// Waits once, whatever it waits for.
    Wait,
    WaitRaised,
    WaitTimeout(u64),
    WaitTimeoutRaised(u64),
    NotifyOne,
    NotifyAll,
    Raise,
    Park,
    ParkTimeout(u64),
    /// Unparks a thread that was there before the caller; the first one is the main thread.
    Unpark(usize),
    CallOnce(usize),
    PanicOnce,
    ForceOnce,
    IsCompleted,
    WaitOnce,
    SetOnce(usize),
    GetOnce,
    InitOnce(usize),
    Lazy,
    Meet,
    /// Sends on a channel: without a bound, with room for one, without room.
    Send(usize),
    TrySend(usize),
    Receive(usize),
    TryReceive(usize),
    ReceiveTimeout(usize, u64),
    DropSender(usize),
    DropReceiver(usize),
    /// Runs a scoped thread that touches an atomic.
    Scope(usize),
    Sleep(u64),
    Now,
    Advance(u64),
    Yield,
    /// Looks again and again until an atomic is no longer zero, with a hint or without.
    SpinWith(usize),
    SpinWithout(usize),
    /// The main thread: joins a thread, sees whether it has ended, or goes on when it rests.
    Join(usize),
    IsFinished(usize),
    AwaitRest(usize),
}

/// What each thread does, the main one first. It has spawned the others before.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    pub(crate) threads: Vec<Vec<Action>>,
    pub(crate) spurious: bool,
    /// Whose is the receiver of each channel.
    pub(crate) receivers: [usize; 3],
}
