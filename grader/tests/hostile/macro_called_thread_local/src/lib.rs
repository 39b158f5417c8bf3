//! attack: gives its own macro the name of the one that may hold statics
//! expected: forbidden `thread_local`

macro_rules! mine {
    ($($t:tt)*) => { $($t)* };
}
use mine as thread_local;

thread_local! {
    static COUNT: std::sync::Mutex<u32> = std::sync::Mutex::new(0);
}
