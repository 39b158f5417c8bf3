//! What time it is, as text.

use std::time::SystemTime;

/// A moment in UTC as RFC 3339 writes it: `2026-11-28T07:45:01Z`.
pub fn stamp(moment: SystemTime) -> String {
    humantime::format_rfc3339_seconds(moment).to_string()
}

/// The same for the name of a file: `2026-11-28-074501`.
pub fn for_name(moment: SystemTime) -> String {
    let stamp = stamp(moment).replace(':', "").replace('T', "-");
    stamp.trim_end_matches('Z').to_owned()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_moment_is_written_for_people_and_for_file_systems() {
        let moment = SystemTime::UNIX_EPOCH + Duration::from_secs(951_782_399);
        assert_eq!(stamp(moment), "2000-02-28T23:59:59Z");
        assert_eq!(for_name(moment), "2000-02-28-235959");
    }
}
