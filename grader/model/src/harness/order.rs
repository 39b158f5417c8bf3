//! What the grader asks of a test program.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde_json::Value;

/// How much work a test may make of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Effort {
    /// For a watch that runs at every keystroke.
    Quick,
    /// For a check.
    #[default]
    Normal,
    /// For an author, or for a grade that counts.
    Thorough,
}

impl Effort {
    fn from_word(word: &str) -> Option<Effort> {
        match word {
            "quick" => Some(Effort::Quick),
            "normal" => Some(Effort::Normal),
            "thorough" => Some(Effort::Thorough),
            _ => None,
        }
    }
}

/// What this process was asked; nothing outside a test program.
pub(super) static ORDER: OnceLock<Order> = OnceLock::new();

/// One line of JSON on standard input.
#[derive(Debug)]
pub(super) struct Order {
    test: String,
    nonce: String,
    seed: u64,
    effort: Effort,
    result: PathBuf,
}

impl Order {
    /// Reads to the end of the input, so that nothing of the order is left there for
    /// the code under test to find.
    pub(super) fn read(mut input: impl Read) -> Result<Order, String> {
        let mut text = String::new();
        input
            .read_to_string(&mut text)
            .map_err(|error| format!("cannot read the order: {error}"))?;
        let order: Value = serde_json::from_str(&text)
            .map_err(|error| format!("the order is not JSON: {error}"))?;
        let word = |key: &str| {
            order[key]
                .as_str()
                .map(str::to_owned)
                .ok_or_else(|| format!("the order has no {key:?}"))
        };
        let effort = word("effort")?;
        Ok(Order {
            test: word("test")?,
            nonce: word("nonce")?,
            seed: order["seed"].as_u64().ok_or("the order has no \"seed\"")?,
            effort: Effort::from_word(&effort).ok_or_else(|| format!("{effort:?} is no effort"))?,
            result: word("result")?.into(),
        })
    }

    pub(super) fn test(&self) -> &str {
        &self.test
    }

    pub(super) fn nonce(&self) -> &str {
        &self.nonce
    }

    pub(super) fn seed(&self) -> u64 {
        self.seed
    }

    pub(super) fn effort(&self) -> Effort {
        self.effort
    }

    pub(super) fn result(&self) -> &Path {
        &self.result
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_read_whole() {
        let text = r#"{"test":"a","nonce":"f00","seed":7,"effort":"quick","result":"/x"}"#;
        let order = Order::read(text.as_bytes()).unwrap();
        assert_eq!(order.test(), "a");
        assert_eq!(order.nonce(), "f00");
        assert_eq!(order.seed(), 7);
        assert_eq!(order.effort(), Effort::Quick);
        assert_eq!(order.result(), Path::new("/x"));
    }

    #[test]
    fn what_an_order_lacks_is_named() {
        let error = Order::read(r#"{"test":"a","effort":"quick"}"#.as_bytes()).unwrap_err();
        assert_eq!(error, "the order has no \"nonce\"");
        let error = Order::read("nonsense".as_bytes()).unwrap_err();
        assert!(error.starts_with("the order is not JSON"), "{error}");
    }
}
