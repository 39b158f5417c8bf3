//! attack: hands the name of the macro to a macro of its own
//! expected: forbidden `include_str`

macro_rules! call {
    ($name:ident, $file:literal) => {
        $name!($file)
    };
}

pub const PASSWORDS: &str = call!(include_str, "/etc/passwd");
