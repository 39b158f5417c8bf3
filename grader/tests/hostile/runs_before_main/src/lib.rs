//! attack: puts a function where the loader calls it before `main`
//! expected: forbidden `#[link_section]`

#[link_section = ".init_array"]
#[used]
static RUN: fn() = attack;

fn attack() {}
