//! What the types shaped like those of std promise, whichever engine searches.
#![cfg(all(feature = "interleavings", feature = "orderings"))]

#[path = "."]
mod interleavings {
    use kata_model::interleavings as engine;

    #[path = "claims.rs"]
    mod claims;
}

#[path = "."]
mod orderings {
    use kata_model::orderings as engine;

    #[path = "claims.rs"]
    #[expect(clippy::duplicate_mod, reason = "each engine has types of its own")]
    mod claims;
}
