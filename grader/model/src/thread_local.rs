//! `std::thread_local`, for the engines that search.

/// Declares thread-local keys, as std's macro of that name, for modelled threads.
#[cfg(feature = "interleavings")]
#[macro_export]
macro_rules! interleavings_thread_local {
    ($($keys:tt)*) => {
        $crate::modelled_thread_local!(interleavings; $($keys)*);
    };
}

/// Declares thread-local keys, as std's macro of that name, for modelled threads.
#[cfg(feature = "orderings")]
#[macro_export]
macro_rules! orderings_thread_local {
    ($($keys:tt)*) => {
        $crate::modelled_thread_local!(orderings; $($keys)*);
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! modelled_thread_local {
    ($engine:ident;) => {};
    (
        $engine:ident;
        $(#[$attribute:meta])* $visibility:vis static $name:ident: $type:ty = const $init:block
        $(; $($rest:tt)*)?
    ) => {
        $crate::modelled_thread_local!(
            @key $engine [$(#[$attribute])*] [$visibility] $name, $type, $init
        );
        $($crate::modelled_thread_local!($engine; $($rest)*);)?
    };
    (
        $engine:ident;
        $(#[$attribute:meta])* $visibility:vis static $name:ident: $type:ty = $init:expr
        $(; $($rest:tt)*)?
    ) => {
        $crate::modelled_thread_local!(
            @key $engine [$(#[$attribute])*] [$visibility] $name, $type, $init
        );
        $($crate::modelled_thread_local!($engine; $($rest)*);)?
    };
    (
        @key $engine:ident
        [$($attribute:tt)*] [$visibility:vis] $name:ident, $type:ty, $init:expr
    ) => {
        $($attribute)*
        $visibility static $name: $crate::$engine::thread::LocalKey<$type> =
            $crate::$engine::thread::LocalKey::new(|| $init);
    };
}
