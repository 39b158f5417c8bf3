//! The learner's own tests, which are no part of what is graded: they may say what they like.

use proc_macro2::{Delimiter, TokenTree};

use super::tokens::{group, is_punct, is_word, list};

/// The number of tokens of an item that is compiled for tests only, if one begins here, with its
/// attributes: `#[cfg(test)] mod tests { … }`, `#[cfg(test)] mod tests;`, `#[test] fn …`.
///
/// That holds only where no macro can leave the attribute away.
pub(super) fn length(tokens: &[TokenTree], at: usize) -> Option<usize> {
    let mut index = at;
    let (mut of_tests, mut test) = (false, false);
    while is_punct(tokens.get(index), '#') {
        let attribute = list(group(tokens.get(index + 1), Delimiter::Bracket)?.stream());
        of_tests |= is_cfg_test(&attribute);
        test |= attribute.len() == 1 && is_word(attribute.first(), "test");
        index += 2;
    }
    if !of_tests && !test {
        return None;
    }
    if is_word(tokens.get(index), "pub") {
        index += 1;
        index += usize::from(group(tokens.get(index), Delimiter::Parenthesis).is_some());
    }
    let item = &tokens[index..];
    let length = if of_tests {
        any_item(item)
    } else {
        function(item)
    }?;
    Some(index + length - at)
}

/// `cfg(test)`, or `cfg(all(test, …))`.
fn is_cfg_test(attribute: &[TokenTree]) -> bool {
    is_word(attribute.first(), "cfg")
        && attribute.len() == 2
        && group(attribute.get(1), Delimiter::Parenthesis)
            .is_some_and(|condition| needs_tests(&list(condition.stream())))
}

fn needs_tests(condition: &[TokenTree]) -> bool {
    match condition {
        [test] => is_word(Some(test), "test"),
        [all, TokenTree::Group(parts)] if is_word(Some(all), "all") => list(parts.stream())
            .split(|token| is_punct(Some(token), ','))
            .any(needs_tests),
        _ => false,
    }
}

fn any_item(item: &[TokenTree]) -> Option<usize> {
    let is_name = |at: usize| matches!(item.get(at), Some(TokenTree::Ident(_)));
    let TokenTree::Ident(first) = item.first()? else {
        return None;
    };
    match first.to_string().as_str() {
        "mod" | "struct" | "enum" | "trait" if is_name(1) => body(item),
        "impl" => body(item),
        "use" => semicolon(item),
        "static" | "const" | "type" if is_name(1) && function(item).is_none() => semicolon(item),
        "macro_rules" => {
            let length = 4 + usize::from(is_punct(item.get(4), ';'));
            group(item.get(3), Delimiter::Brace).map(|_| length)
        }
        _ => function(item),
    }
}

/// `const unsafe fn name … { … }`
fn function(item: &[TokenTree]) -> Option<usize> {
    let is_before = |token: &TokenTree| {
        ["const", "async", "unsafe"]
            .iter()
            .any(|word| is_word(Some(token), word))
    };
    let at = item.iter().take_while(|token| is_before(token)).count();
    let has_name = matches!(item.get(at + 1), Some(TokenTree::Ident(_)));
    if is_word(item.get(at), "fn") && has_name {
        body(item)
    } else {
        None
    }
}

/// The tokens up to the first body, or to the semicolon in its place.
fn body(item: &[TokenTree]) -> Option<usize> {
    let is_end = |token: &TokenTree| {
        is_punct(Some(token), ';') || group(Some(token), Delimiter::Brace).is_some()
    };
    Some(item.iter().position(is_end)? + 1)
}

fn semicolon(item: &[TokenTree]) -> Option<usize> {
    let end = item.iter().position(|token| is_punct(Some(token), ';'));
    Some(end? + 1)
}
