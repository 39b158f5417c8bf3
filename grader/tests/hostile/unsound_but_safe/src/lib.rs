//! attack: makes a pointer out of a number, through a hole in the compiler
//! expected: crashed, incomplete

mod lock;
pub use lock::*;

// The compiler accepts that this lengthens a lifetime at will, though it is not so.
fn lengthen<'a, 'b, T>(_: &'a &'b (), value: &'b T) -> &'a T {
    value
}

const UNIT: &&() = &&();

fn for_ever<'a, 'b, T>(value: &'a T) -> &'b T {
    let lengthen: for<'x> fn(_, &'x T) -> &'b T = lengthen;
    lengthen(UNIT, value)
}

enum Either {
    Number(Box<usize>),
    Pointer(usize),
}

fn attack() {
    let mut either = Either::Number(Box::new(7));
    let Either::Number(number) = &either else {
        return;
    };
    let number = for_ever(number);
    either = Either::Pointer(8);
    println!("{number}");
    drop(either);
}
