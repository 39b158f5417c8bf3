//! Calls things by the names that the learner gave them.
//!
//! A test process reports places, not names: a mutex is "the one created at line
//! 14, column 21". Here the place is looked up in the source, and what that
//! expression initialises (a field, a `let`, a parameter) gives the name. So it is with a stack,
//! which has the names of functions: where one calls the other stands in the source.

mod callers;
mod initialiser;
mod trace;

use crate::results::place::Spot;
use crate::support::syntax;

pub use trace::story;

/// The function around a place of a file, `acquire` or `LockGuard::drop`; [`None`] outside of functions.
pub fn enclosing_function(text: &str, spot: Spot) -> Option<String> {
    syntax::with_file(text, |file| callers::Functions::of(file).around(spot))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_enclosing_function_is_told_with_its_type_where_the_name_says_little() {
        let text = "impl Lock {\n    fn acquire(&self) {\n        self.go();\n    }\n}\n\
                    impl Drop for Guard<'_> {\n    fn drop(&mut self) {\n        self.0.go();\n    }\n}\n";
        let at = |line, column| enclosing_function(text, Spot { line, column });
        assert_eq!(at(3, 14).as_deref(), Some("acquire"));
        assert_eq!(at(8, 16).as_deref(), Some("Guard::drop"));
        assert_eq!(at(1, 1), None);
    }
}
