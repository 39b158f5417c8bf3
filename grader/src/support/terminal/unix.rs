//! Job control.

use rustix::process::{Signal, kill_current_process_group};

pub(super) const CAN_STOP: bool = true;

/// Stops the whole job, as a terminal that is not ours does at Ctrl-Z, until the shell lets it go
/// on.
pub(super) fn stop() {
    // Where nobody can be stopped, it goes on at once.
    let _ = kill_current_process_group(Signal::TSTP);
}
