//! attack: names `core` right after a lifetime, as if that began a path
//! expected: forbidden `core`

pub struct Flag<'a>(&'a ::core::sync::atomic::AtomicBool);
