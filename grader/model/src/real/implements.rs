//! Asks the compiler whether a type has a trait.

/// Whether a type implements a trait, as a constant: `implements!(Lock: Send)`.
#[macro_export]
macro_rules! implements {
    ($type:ty: $($bound:tt)+) => {{
        // An inherent constant comes before one of a trait wherever its bounds hold.
        struct Probe<T: ?Sized>(::std::marker::PhantomData<T>);
        #[allow(dead_code)]
        trait Otherwise {
            const HOLDS: bool = false;
        }
        impl<T: ?Sized> Otherwise for Probe<T> {}
        #[allow(dead_code)]
        impl<T: ?Sized + $($bound)+> Probe<T> {
            const HOLDS: bool = true;
        }
        Probe::<$type>::HOLDS
    }};
}
