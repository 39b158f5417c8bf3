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

fn write_text(hasher: &mut DefaultHasher, text: &str) {
    hasher.write_usize(text.len());
    hasher.write(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_sees_where_one_text_ends() {
        assert_ne!(fingerprint(["ab", "c"]), fingerprint(["a", "bc"]));
        assert_eq!(fingerprint(["ab", "c"]), fingerprint(["ab", "c"]));
    }
}
