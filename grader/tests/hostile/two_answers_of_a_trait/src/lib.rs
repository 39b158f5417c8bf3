//! attack: gives any type the place of any other by two answers to what an associated type is
//! expected: forbidden `impl<T: ?Sized> … for T`

trait Answer<U> {
    type Is;
}
impl<T: ?Sized, U> Answer<U> for T {
    type Is = U;
}
fn ask<T: ?Sized, U>(value: <T as Answer<U>>::Is) -> U {
    value
}
pub fn transmute<T, U>(value: T) -> U {
    ask::<dyn Answer<U, Is = T>, U>(value)
}
