//! Running a program once, and what its threads see.

#![allow(
    clippy::unit_arg,
    reason = "an operation that tells nothing is remembered like one that does"
)]

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, SeqCst};

use kata_model::interleavings::sync::atomic::AtomicUsize;
use kata_model::interleavings::sync::mpsc::{
    self, Receiver, Sender, SyncSender, TryRecvError, TrySendError,
};
use kata_model::interleavings::sync::{
    Barrier, Condvar, LazyLock, Mutex, Once, OnceLock, PoisonError, RwLock, RwLockWriteGuard,
};
use kata_model::interleavings::time::{Duration, Instant};
use kata_model::interleavings::{advance, catch_panic, hint, thread};

use super::program::{Action, Program};
use super::touch::Interleavings;

/// What each thread has seen so far. One that is blocked for ever has seen no more.
pub(crate) type Log = Rc<RefCell<Vec<Vec<String>>>>;

/// What the threads share.
struct World {
    atomics: [AtomicUsize; 2],
    mutexes: [Mutex<usize>; 2],
    shared: RwLock<usize>,
    flag: (Mutex<bool>, Condvar),
    once: Once,
    cell: OnceLock<usize>,
    lazy: LazyLock<usize>,
    barrier: Barrier,
    begin: Instant,
}

/// What belongs to one thread.
struct Mine {
    index: usize,
    /// Threads that were there before, the main one first.
    earlier: Vec<thread::Thread>,
    unbounded: Option<Sender<usize>>,
    bounded: [Option<SyncSender<usize>>; 2],
    receivers: [Option<Receiver<usize>>; 3],
    handles: Vec<Option<thread::JoinHandle<()>>>,
}

/// Modelled threads share one OS thread, so the log needs no lock.
struct Shared(Log);

// SAFETY: every modelled thread runs on the OS thread that runs the search.
unsafe impl Send for Shared {}

impl Shared {
    fn note(&self, thread: usize, what: String) {
        self.0.borrow_mut()[thread].push(what);
    }
}

/// The main thread of a program.
pub(crate) fn run(program: &Program, log: &Log) {
    let world = Arc::new(World {
        atomics: [AtomicUsize::new(0), AtomicUsize::new(0)],
        mutexes: [Mutex::new(0), Mutex::new(0)],
        shared: RwLock::new(0),
        flag: (Mutex::new(false), Condvar::new()),
        once: Once::new(),
        cell: OnceLock::new(),
        lazy: LazyLock::new(|| 7),
        barrier: Barrier::new(2),
        begin: Instant::now(),
    });
    let (unbounded, first) = mpsc::channel();
    let (roomy, second) = mpsc::sync_channel(1);
    let (rendezvous, third) = mpsc::sync_channel(0);
    let mut receivers = [Some(first), Some(second), Some(third)];
    let mut earlier = vec![thread::current()];
    let mut handles = Vec::new();
    for (index, actions) in program.threads.iter().enumerate().skip(1) {
        let mut mine = Mine {
            index,
            earlier: earlier.clone(),
            unbounded: Some(unbounded.clone()),
            bounded: [Some(roomy.clone()), Some(rendezvous.clone())],
            receivers: [None, None, None],
            handles: Vec::new(),
        };
        for (channel, receiver) in receivers.iter_mut().enumerate() {
            if program.receivers[channel] == index {
                mine.receivers[channel] = receiver.take();
            }
        }
        let (world, actions) = (Arc::clone(&world), actions.clone());
        let log = Shared(Rc::clone(log));
        let handle = thread::spawn(move || live(&world, mine, &actions, &log));
        earlier.push(handle.thread().clone());
        handles.push(Some(handle));
    }
    let mine = Mine {
        index: 0,
        earlier,
        unbounded: Some(unbounded),
        bounded: [Some(roomy), Some(rendezvous)],
        receivers,
        handles,
    };
    live(&world, mine, &program.threads[0], &Shared(Rc::clone(log)));
}

fn live(world: &World, mut mine: Mine, actions: &[Action], log: &Shared) {
    for &action in actions {
        let seen = match catch_panic(|| perform(world, &mut mine, action)) {
            Ok(seen) => seen,
            Err(_) => "panic".to_owned(),
        };
        log.note(mine.index, seen);
    }
    let index = mine.index;
    drop(mine);
    log.note(index, "end".to_owned());
}

fn perform(world: &World, mine: &mut Mine, action: Action) -> String {
    let ms = Duration::from_millis;
    let touch = |at: usize| world.atomics[at].fetch_add(1, AcqRel);
    match action {
        Action::Touch(touch) => told(touch.perform::<Interleavings>(&world.atomics)),
        Action::ExchangeWeak(at) => {
            told(world.atomics[at].compare_exchange_weak(0, 6, SeqCst, Relaxed))
        }
        Action::Guarded(at) => {
            let guard = world.mutexes[at].lock();
            let poisoned = guard.is_err();
            let mut guard = guard.unwrap_or_else(PoisonError::into_inner);
            *guard = *guard * 3 + mine.index + 1;
            told((*guard, poisoned))
        }
        Action::Held(at, atomic) => {
            let _guard = world.mutexes[at]
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            touch(atomic).to_string()
        }
        Action::Nested => {
            let first = world.mutexes[0]
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            let second = world.mutexes[1]
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            told((*first, *second))
        }
        Action::TryLock(at) => told(world.mutexes[at].try_lock()),
        Action::TryHeld(at, atomic) => {
            let guard = world.mutexes[at].try_lock();
            let value = touch(atomic);
            told((guard.is_ok(), value))
        }
        Action::PanicUnder(at) => {
            let _guard = world.mutexes[at].lock();
            panic!("under a mutex")
        }
        Action::IsPoisoned(at) => told(world.mutexes[at].is_poisoned()),
        Action::ClearPoison(at) => told(world.mutexes[at].clear_poison()),
        Action::Read => told(world.shared.read().map(|guard| *guard)),
        Action::ReadHeld(at) => {
            let _guard = world.shared.read();
            touch(at).to_string()
        }
        Action::Write => {
            let guard = world.shared.write();
            let poisoned = guard.is_err();
            let mut guard = guard.unwrap_or_else(PoisonError::into_inner);
            *guard = *guard * 3 + mine.index + 1;
            told((*guard, poisoned))
        }
        Action::TryRead => told(world.shared.try_read()),
        Action::TryWrite => told(world.shared.try_write()),
        Action::Downgrade(at) => {
            let guard = world.shared.write().unwrap_or_else(PoisonError::into_inner);
            let value = touch(at);
            let guard = RwLockWriteGuard::downgrade(guard);
            told((*guard, value, touch(at)))
        }
        Action::PanicWriting => {
            let _guard = world.shared.write();
            panic!("under a write lock")
        }
        Action::IsRwPoisoned => told(world.shared.is_poisoned()),
        Action::ClearRwPoison => told(world.shared.clear_poison()),
        Action::Wait => {
            let guard = world.flag.0.lock().unwrap();
            told(*world.flag.1.wait(guard).unwrap())
        }
        Action::WaitRaised => {
            let guard = world.flag.0.lock().unwrap();
            told(*world.flag.1.wait_while(guard, |raised| !*raised).unwrap())
        }
        Action::WaitTimeout(time) => {
            let guard = world.flag.0.lock().unwrap();
            let (guard, late) = world.flag.1.wait_timeout(guard, ms(time)).unwrap();
            told((*guard, late.timed_out()))
        }
        Action::WaitTimeoutRaised(time) => {
            let guard = world.flag.0.lock().unwrap();
            let waited = world
                .flag
                .1
                .wait_timeout_while(guard, ms(time), |raised| !*raised);
            let (guard, late) = waited.unwrap();
            told((*guard, late.timed_out()))
        }
        Action::NotifyOne => told(world.flag.1.notify_one()),
        Action::NotifyAll => told(world.flag.1.notify_all()),
        Action::Raise => {
            *world.flag.0.lock().unwrap() = true;
            told(world.flag.1.notify_all())
        }
        Action::Park => told(thread::park()),
        Action::ParkTimeout(time) => told(thread::park_timeout(ms(time))),
        Action::Unpark(at) => told(mine.earlier[at % mine.earlier.len()].unpark()),
        Action::CallOnce(at) => {
            let mut ran = None;
            world.once.call_once(|| ran = Some(touch(at)));
            told(ran)
        }
        Action::PanicOnce => told(world.once.call_once(|| panic!("in an initialisation"))),
        Action::ForceOnce => {
            let mut poisoned = None;
            world
                .once
                .call_once_force(|state| poisoned = Some(state.is_poisoned()));
            told(poisoned)
        }
        Action::IsCompleted => told(world.once.is_completed()),
        Action::WaitOnce => told(world.once.wait()),
        Action::SetOnce(value) => told(world.cell.set(value)),
        Action::GetOnce => told(world.cell.get()),
        Action::InitOnce(at) => told(world.cell.get_or_init(|| touch(at) + 10)),
        Action::Lazy => told((LazyLock::get(&world.lazy).copied(), *world.lazy)),
        Action::Meet => told(world.barrier.wait().is_leader()),
        Action::Send(0) => told(
            mine.unbounded
                .as_ref()
                .map(|end| end.send(mine.index).is_ok()),
        ),
        Action::Send(at) => told(
            mine.bounded[at - 1]
                .as_ref()
                .map(|end| end.send(mine.index).is_ok()),
        ),
        Action::TrySend(at) => told(mine.bounded[usize::from(at == 2)].as_ref().map(|end| {
            match end.try_send(mine.index) {
                Ok(()) => "sent",
                Err(TrySendError::Full(_)) => "full",
                Err(TrySendError::Disconnected(_)) => "gone",
            }
        })),
        Action::Receive(at) => told(mine.receivers[at].as_ref().map(|end| end.recv().ok())),
        Action::TryReceive(at) => {
            told(mine.receivers[at].as_ref().map(|end| match end.try_recv() {
                Ok(value) => value,
                Err(TryRecvError::Empty) => 100,
                Err(TryRecvError::Disconnected) => 200,
            }))
        }
        Action::ReceiveTimeout(at, time) => told(
            mine.receivers[at]
                .as_ref()
                .map(|end| end.recv_timeout(ms(time))),
        ),
        Action::DropSender(0) => told(drop(mine.unbounded.take())),
        Action::DropSender(at) => told(drop(mine.bounded[at - 1].take())),
        Action::DropReceiver(at) => told(drop(mine.receivers[at].take())),
        Action::Scope(at) => thread::scope(|scope| {
            let other = scope.spawn(|| touch(at));
            let value = touch(1 - at);
            told((value, other.join().ok()))
        }),
        Action::Sleep(time) => told(thread::sleep(ms(time))),
        Action::Now => told(world.begin.elapsed().as_millis()),
        Action::Advance(time) => told(advance(ms(time))),
        Action::Yield => told(thread::yield_now()),
        Action::SpinWith(at) => {
            let mut value = world.atomics[at].load(Acquire);
            while value == 0 {
                hint::spin_loop();
                value = world.atomics[at].load(Acquire);
            }
            value.to_string()
        }
        Action::SpinWithout(at) => loop {
            let value = world.atomics[at].load(Acquire);
            if value != 0 {
                break value.to_string();
            }
        },
        Action::Join(at) => told(mine.handles[at].take().map(|handle| handle.join().is_ok())),
        Action::AwaitRest(at) => told(mine.handles[at].as_ref().map(|it| it.wait_until_blocked())),
        Action::IsFinished(at) => told(mine.handles[at].as_ref().map(|it| it.is_finished())),
    }
}

/// How a thread remembers what it saw.
fn told(seen: impl std::fmt::Debug) -> String {
    format!("{seen:?}")
}
