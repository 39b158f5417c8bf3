//! Shared data that nothing protects but the code under test.

use std::fmt;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicU64, Ordering};

use super::noise;

/// A value that fits a machine word.
pub trait Word: Copy {
    /// The value as a word.
    fn to_word(self) -> u64;
    /// The value that [`Word::to_word`] made a word of.
    fn from_word(word: u64) -> Self;
}

macro_rules! words {
    ($($integer:ty)*) => {
        $(impl Word for $integer {
            fn to_word(self) -> u64 {
                self as u64
            }

            fn from_word(word: u64) -> Self {
                word as $integer
            }
        })*
    };
}

words!(u8 u16 u32 u64 usize i8 i16 i32 i64 isize);

impl Word for bool {
    fn to_word(self) -> u64 {
        self.into()
    }

    fn from_word(word: u64) -> Self {
        word != 0
    }
}

impl Word for () {
    fn to_word(self) -> u64 {
        0
    }

    fn from_word(_: u64) -> Self {}
}

/// A value that threads read and write as if it were plain memory.
///
/// It is made of relaxed atomics: threads that are not kept apart lose updates, and
/// nothing worse happens.
pub struct Tracked<T> {
    word: AtomicU64,
    value: PhantomData<fn(T) -> T>,
}

impl<T: Word> Tracked<T> {
    /// A cell that holds `value`.
    pub fn new(value: T) -> Tracked<T> {
        Tracked {
            word: AtomicU64::new(value.to_word()),
            value: PhantomData,
        }
    }

    /// Reads.
    pub fn get(&self) -> T {
        T::from_word(self.word.load(Ordering::Relaxed))
    }

    /// Writes.
    pub fn set(&self, value: T) {
        self.word.store(value.to_word(), Ordering::Relaxed);
    }

    /// Reads, then writes; whoever writes in between is overwritten.
    pub fn update(&self, change: impl FnOnce(T) -> T) {
        let value = self.get();
        noise::point();
        self.set(change(value));
    }
}

impl<T: Word + Default> Default for Tracked<T> {
    fn default() -> Self {
        Tracked::new(T::default())
    }
}

impl<T: Word + fmt::Debug> fmt::Debug for Tracked<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Tracked").field(&self.get()).finish()
    }
}
