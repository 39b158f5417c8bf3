//! attack: goes past the `std` that it is given
//! expected: forbidden `alloc`

pub struct Lock(::alloc::sync::Arc<()>);
