//! attack: gives its own macro the name of one of std, whose input is taken for code
//! expected: forbidden `todo`

macro_rules! mine {
    ($(#[$a:meta])* mod $n:ident { $($t:tt)* }) => { $($t)* };
}
use mine as todo;

todo! {
    #[cfg(test)]
    mod tests {
        pub static COUNT: std::sync::Mutex<u32> = std::sync::Mutex::new(0);
    }
}
