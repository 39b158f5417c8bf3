//! Systems without job control.

pub(super) const CAN_STOP: bool = false;

pub(super) fn stop() {}
