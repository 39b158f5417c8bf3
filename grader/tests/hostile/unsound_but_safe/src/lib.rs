//! attack: makes a pointer out of a number, through a hole in the compiler
//! expected: crashed, incomplete

mod lock;
pub use lock::*;

const UNIT: &&() = &&();

// The compiler accepts that this lengthens a lifetime at will, though it is not so. The policy
// refuses the known ways to say it; a macro that puts the lifetimes in is not among them.
macro_rules! for_ever {
    ($short:lifetime $long:lifetime) => {
        fn lengthen<$short, $long, T>(_: &$short &$long (), value: &$long T) -> &$short T {
            value
        }

        fn for_ever<$short, $long, T>(value: &$short T) -> &$long T {
            let lengthen: for<'x> fn(_, &'x T) -> &$long T = lengthen;
            lengthen(UNIT, value)
        }
    };
}

for_ever!('a 'b);

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
