//! attack: asks in which hidden test a closure stands
//! expected: build_failed there is no `std::any::type_name`

pub fn caller<F>(_: &F) -> &'static str {
    std::any::type_name::<F>()
}
