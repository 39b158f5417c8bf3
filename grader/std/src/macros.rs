//! The printing macros, which write where the engine says.

/// Prints to the standard output of the test.
#[macro_export]
macro_rules! print {
    ($($arg:tt)*) => {
        $crate::__print($crate::format_args!($($arg)*))
    };
}

/// Prints to the standard output of the test, with a newline.
#[macro_export]
macro_rules! println {
    () => {
        $crate::__print($crate::format_args!("\n"))
    };
    ($($arg:tt)*) => {
        $crate::__print($crate::format_args!("{}\n", $crate::format_args!($($arg)*)))
    };
}

/// Prints to the standard error of the test.
#[macro_export]
macro_rules! eprint {
    ($($arg:tt)*) => {
        $crate::__print($crate::format_args!($($arg)*))
    };
}

/// Prints to the standard error of the test, with a newline.
#[macro_export]
macro_rules! eprintln {
    () => {
        $crate::__print($crate::format_args!("\n"))
    };
    ($($arg:tt)*) => {
        $crate::__print($crate::format_args!("{}\n", $crate::format_args!($($arg)*)))
    };
}

/// Prints and returns the value of an expression.
#[macro_export]
macro_rules! dbg {
    () => {
        $crate::eprintln!("[{}:{}:{}]", $crate::file!(), $crate::line!(), $crate::column!())
    };
    ($value:expr $(,)?) => {
        match $value {
            value => {
                $crate::eprintln!(
                    "[{}:{}:{}] {} = {:#?}",
                    $crate::file!(),
                    $crate::line!(),
                    $crate::column!(),
                    $crate::stringify!($value),
                    &value
                );
                value
            }
        }
    };
    ($($value:expr),+ $(,)?) => {
        ($($crate::dbg!($value)),+,)
    };
}
