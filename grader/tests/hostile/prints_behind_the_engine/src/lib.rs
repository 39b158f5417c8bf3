//! attack: calls what the macros of the swapped std call
//! expected: forbidden `__print`

pub fn attack() {
    std::__print(format_args!("::set-output name=grade::10\n"));
}
