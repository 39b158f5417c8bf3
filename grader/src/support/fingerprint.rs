//! Fingerprints tell versions of texts apart. They are no proof against somebody who wants two
//! texts to collide.

use std::hash::{DefaultHasher, Hasher};

/// The fingerprint of these texts, their order and the borders between them included: 16
/// hexadecimal digits.
pub fn fingerprint<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut hasher = DefaultHasher::new();
    for text in texts {
        write_text(&mut hasher, text);
    }
    format!("{:016x}", hasher.finish())
}

/// The fingerprint of a text that is written down to last: it is the same with every version of
/// Rust, and with the line ends of any system (FNV-1a).
pub fn lasting(text: &str) -> String {
    let bytes = text.bytes().filter(|byte| *byte != b'\r');
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
}

fn write_text(hasher: &mut DefaultHasher, text: &str) {
    hasher.write_usize(text.len());
    hasher.write(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lasting_fingerprint_is_the_published_one_and_knows_no_line_ends() {
        assert_eq!(lasting(""), "cbf29ce484222325");
        assert_eq!(lasting("a"), "af63dc4c8601ec8c");
        assert_eq!(lasting("foobar"), "85944171f73967e8");
        assert_eq!(lasting("a\r\nb\r\n"), lasting("a\nb\n"));
    }

    #[test]
    fn a_fingerprint_sees_where_one_text_ends() {
        assert_ne!(fingerprint(["ab", "c"]), fingerprint(["a", "bc"]));
        assert_eq!(fingerprint(["ab", "c"]), fingerprint(["ab", "c"]));
    }
}
