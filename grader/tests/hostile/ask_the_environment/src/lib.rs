//! attack: reads a secret from the environment of the compiler, if there is one
//! expected: forbidden `option_env!`

pub const SECRET: Option<&str> = option_env!("SECRET");
