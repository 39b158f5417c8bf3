//! attack: compiles a file of the machine into the crate
//! expected: forbidden `include!`

mod stolen {
    include!("/etc/passwd");
}
