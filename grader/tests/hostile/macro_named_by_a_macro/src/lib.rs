//! attack: lets a macro give the name, so that no line has both
//! expected: forbidden `static`

macro_rules! mine {
    ($(#[$a:meta])* mod $n:ident { $($t:tt)* }) => { $($t)* };
}
macro_rules! bind {
    ($n:ident) => { use mine as $n; };
}
bind!(todo);

todo! {
    #[cfg(test)]
    mod tests {
        pub static COUNT: std::sync::Mutex<u32> = std::sync::Mutex::new(0);
    }
}
