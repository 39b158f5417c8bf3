//! How operations touch an object, and when the order of two of them matters.

/// How an operation touches an object, as far as the order of two of them matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// Looks, changes nothing, is always possible.
    Look,
    /// Takes the object together with others; may have to wait until that is possible.
    Share,
    /// Changes the object, or takes it; may have to wait until that is possible.
    Write,
    /// Takes the object if that is possible at once.
    Try,
    /// Gives back what the thread holds: nobody who waits for it can come before.
    Release,
    /// Ends a `Share`: others who share do not care.
    Unshare,
    /// A `Release` that leaves the object poisoned.
    Taint,
    /// Looks whether the object is poisoned.
    Peek,
    /// Makes the object one that is not poisoned.
    Clear,
    /// Goes on after something that nobody can undo, such as the end of a thread. What that was
    /// is told by whoever did it.
    Await,
}

/// The number of kinds of access.
pub(super) const ACCESSES: usize = 10;

use Access::{Await, Clear, Look, Peek, Release, Share, Taint, Try, Unshare, Write};

const ALL: [Access; ACCESSES] = [
    Look, Share, Write, Try, Release, Unshare, Taint, Peek, Clear, Await,
];

impl Access {
    /// Whether this access and an earlier one of the given kind can be reversed with effect.
    const fn races_with(self, earlier: Access) -> bool {
        matches!(
            (self, earlier),
            (Look, Write | Try | Release | Taint)
                | (Share, Write | Try | Clear)
                | (Write, Look | Share | Write | Try | Clear)
                | (
                    Try,
                    Look | Share | Write | Try | Release | Unshare | Taint | Clear
                )
                | (Release, Look | Try)
                | (Unshare, Try)
                | (Taint, Look | Try | Peek | Clear)
                | (Peek, Taint | Clear)
                | (Clear, Share | Write | Try | Taint | Peek)
        )
    }

    /// Whether an earlier access of the given kind may be what made this one possible.
    const fn is_opened_by(self, earlier: Access) -> bool {
        matches!(
            (self, earlier),
            (Share, Release | Taint) | (Write, Release | Unshare | Taint) | (Await, Write)
        )
    }

    /// The kinds of an earlier access with which this one can be reversed with effect.
    pub(super) fn raced_by(self) -> Accesses {
        const TABLE: [Accesses; ACCESSES] = table(true);
        TABLE[self as usize]
    }

    /// The kinds of an earlier access that may have made this one possible.
    pub(super) fn opened_by(self) -> Accesses {
        const TABLE: [Accesses; ACCESSES] = table(false);
        TABLE[self as usize]
    }
}

const fn table(races: bool) -> [Accesses; ACCESSES] {
    let mut table = [Accesses(0); ACCESSES];
    let mut later = 0;
    while later < ACCESSES {
        let mut earlier = 0;
        while earlier < ACCESSES {
            let (mine, theirs) = (ALL[later], ALL[earlier]);
            let related = if races {
                mine.races_with(theirs)
            } else {
                mine.is_opened_by(theirs)
            };
            if related {
                table[later].0 |= 1 << earlier;
            }
            earlier += 1;
        }
        later += 1;
    }
    table
}

/// A set of kinds of access; also the iterator over their indices.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Accesses(u16);

impl Accesses {
    pub(super) fn only(access: Access) -> Accesses {
        Accesses(1 << access as u16)
    }

    pub(super) fn contains(self, access: Access) -> bool {
        self.0 & 1 << access as u16 != 0
    }

    pub(super) fn and(self, other: Accesses) -> Accesses {
        Accesses(self.0 & other.0)
    }

    pub(super) fn or(self, other: Accesses) -> Accesses {
        Accesses(self.0 | other.0)
    }
}

impl Iterator for Accesses {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        (self.0 != 0).then(|| {
            let kind = self.0.trailing_zeros() as usize;
            self.0 &= self.0 - 1;
            kind
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A reversal that matters one way matters the other way, too, unless one opens the other.
    #[test]
    fn races_go_both_ways() {
        for (index, &one) in ALL.iter().enumerate() {
            assert_eq!(one as usize, index);
            for &other in &ALL {
                let opens = one.is_opened_by(other) || other.is_opened_by(one);
                assert!(
                    opens || one.races_with(other) == other.races_with(one),
                    "{one:?} {other:?}"
                );
            }
        }
    }
}
