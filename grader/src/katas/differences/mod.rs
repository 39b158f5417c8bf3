//! Differences: a text as what sets it apart from another one, its base.
//!
//! ```text
//! @@ Lock::release @@
//!              return Err(NotAcquired);
//!          }
//! -        self.freed.notify_one();
//!          Ok(())
//! ```
//!
//! A hunk is written as in a unified diff, but its head names the item of the base in which
//! the change begins, and no line numbers: these are wrong after the next edit of the base,
//! and nobody can count them by hand. The lines that a hunk keeps and removes tell where it
//! belongs. There must be one such place in that item, no more and no less, so that a change
//! of the base never moves a hunk in silence.

mod difference;
mod making;
mod places;

pub use difference::{Base, Difference, Misfit};
pub use making::between;
pub(crate) use places::type_name;

#[cfg(test)]
mod tests;
