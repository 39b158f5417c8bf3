//! attack: makes a reference live for ever by a promise that a trait forgets
//! expected: forbidden `convert`

trait Convert<'a, 'b> {
    fn convert<T: ?Sized>(value: &'a T) -> &'b T;
}
struct Both<'a, 'b>(&'a (), &'b ());
trait Promise<'a, 'b, P>: Convert<'a, 'b> {}

struct Mine;
impl<'a: 'b, 'b> Convert<'a, 'b> for Mine {
    fn convert<T: ?Sized>(value: &'a T) -> &'b T {
        value
    }
}
