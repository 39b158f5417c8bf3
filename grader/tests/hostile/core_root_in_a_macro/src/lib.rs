//! attack: gives a macro a path that goes on, for it to drop the beginning
//! expected: forbidden `core`

macro_rules! rest {
    ($a:ident $($rest:tt)*) => { $($rest)* };
}
pub type Flag = rest!(x ::core::sync::atomic::AtomicBool);
