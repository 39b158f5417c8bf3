//! attack: reads a secret from the environment of the compiler
//! expected: forbidden `env!`

pub const SECRET: &str = env!("SECRET");
