//! attack: has a `std` of its own
//! expected: forbidden `std`

mod std {
    pub mod sync {
        pub struct Mutex;
    }
}

pub struct Lock(std::sync::Mutex);
