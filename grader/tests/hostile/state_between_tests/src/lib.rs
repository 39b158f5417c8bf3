//! attack: remembers from one interleaving to the next
//! expected: forbidden `static`

use std::sync::atomic::AtomicUsize;

static RUNS: AtomicUsize = AtomicUsize::new(0);
