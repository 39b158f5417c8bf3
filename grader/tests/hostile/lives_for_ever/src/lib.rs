//! attack: makes a reference live for ever by a promise that nobody gives
//! expected: forbidden `&'a &'b`

fn shorten<'a, 'b, T: ?Sized>(_: &'a &'b (), value: &'b T) -> &'a T {
    value
}

pub fn extend<'a, 'b, T: ?Sized>(value: &'a T) -> &'b T {
    let forget: for<'x> fn(_, &'x T) -> &'b T = shorten;
    forget(&&(), value)
}
