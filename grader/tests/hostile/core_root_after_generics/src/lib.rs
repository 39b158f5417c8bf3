//! attack: names `core` right after generics, as if they ended a path
//! expected: forbidden `core`

pub struct Flag<T>(T);
impl<T> ::core::ops::Drop for Flag<T> {
    fn drop(&mut self) {}
}
