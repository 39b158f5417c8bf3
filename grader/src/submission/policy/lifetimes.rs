//! The known ways in which safe Rust lets a reference outlive what it refers to.
//!
//! rustc believes that `&'a &'b T` comes with the promise that `'b` lasts longer than `'a`, and
//! forgets to ask for it in some places ([rust-lang/rust#25860], [#84591], [#100051]); it also
//! believes two answers to what an associated type of a trait object is ([#57893]). From each of
//! them a few lines lead to any memory of the process. No exercise needs them. This is a speed
//! bump: there are more ways than those that are known.
//!
//! [rust-lang/rust#25860]: https://github.com/rust-lang/rust/issues/25860
//! [#57893]: https://github.com/rust-lang/rust/issues/57893
//! [#84591]: https://github.com/rust-lang/rust/issues/84591
//! [#100051]: https://github.com/rust-lang/rust/issues/100051

use std::collections::BTreeSet;

use proc_macro2::{Delimiter, Span, TokenTree};
use syn::visit::{self, Visit};

use super::found::Found;
use super::tokens::{group, is_punct, is_word, list};
use crate::results::refusal::Reason;

/// What is wrong with what begins at this token. It may parse types, on any stack that a file of
/// these tokens may be parsed on.
pub(super) fn look(tokens: &[TokenTree], at: usize) -> Option<Found> {
    match &tokens[at] {
        TokenTree::Punct(punct) if punct.as_char() == '&' => nested_reference(tokens, at),
        TokenTree::Ident(ident) if ident == "fn" => {
            signature(tokens, at).or_else(|| pointer(tokens, at))
        }
        TokenTree::Ident(ident) if ident == "impl" => blanket_impl(tokens, at),
        _ => None,
    }
}

fn refused(at: Span, item: &str) -> Option<Found> {
    Some(Found::token(at, item, Reason::Lifetimes))
}

/// `&'a &'b T`: by itself the promise that is made.
fn nested_reference(tokens: &[TokenTree], at: usize) -> Option<Found> {
    let (outer, length) = reference(&tokens[at..])?;
    let mut rest = &tokens[at + length..];
    let inside;
    if let [TokenTree::Group(group), ..] = rest
        && group.delimiter() == Delimiter::Parenthesis
    {
        inside = list(group.stream());
        rest = &inside;
    }
    let (inner, _) = reference(rest)?;
    if outer == inner || inner == "static" || [&*outer, &*inner].contains(&"_") {
        return None;
    }
    refused(tokens[at].span(), &format!("&'{outer} &'{inner}"))
}

/// The lifetime of `&'a` or `&'a mut`, and the number of its tokens.
fn reference(tokens: &[TokenTree]) -> Option<(String, usize)> {
    let TokenTree::Ident(lifetime) = tokens.get(2)? else {
        return None;
    };
    let is_one = is_punct(tokens.first(), '&') && is_punct(tokens.get(1), '\'');
    let length = 3 + usize::from(is_word(tokens.get(3), "mut"));
    is_one.then(|| (lifetime.to_string(), length))
}

/// `fn(_, &'x T) -> &'b T`: rustc fills the gap in with what it has forgotten to ask for.
fn pointer(tokens: &[TokenTree], at: usize) -> Option<Found> {
    let inputs = list(group(tokens.get(at + 1), Delimiter::Parenthesis)?.stream());
    let has_gap = inputs
        .split(|token| is_punct(Some(token), ','))
        .any(|input| input.len() == 1 && is_word(input.first(), "_"));
    let returns = is_punct(tokens.get(at + 2), '-') && is_punct(tokens.get(at + 3), '>');
    let (_, _) = reference(tokens.get(at + 4..)?)?;
    if has_gap && returns {
        return refused(tokens[at].span(), "fn(_, …)");
    }
    None
}

/// `impl<T: ?Sized> Trait for T { type … }`: a second answer to what a trait object's own is.
fn blanket_impl(tokens: &[TokenTree], at: usize) -> Option<Found> {
    let is_body = |token: &TokenTree| group(Some(token), Delimiter::Brace).is_some();
    let end = at + tokens[at..].iter().position(is_body)?;
    let header = &tokens[at..end];
    let is_unsized = header
        .windows(2)
        .any(|pair| is_punct(pair.first(), '?') && is_word(pair.get(1), "Sized"));
    let of = header
        .iter()
        .rposition(|token| is_word(Some(token), "for"))?;
    let is_of_all = matches!(header.get(of + 1), Some(TokenTree::Ident(_)))
        && header
            .get(of + 2)
            .is_none_or(|token| is_word(Some(token), "where"));
    let body = list(group(tokens.get(end), Delimiter::Brace)?.stream());
    let has_type = body.iter().any(|token| is_word(Some(token), "type"));
    if is_unsized && is_of_all && has_type {
        return refused(tokens[at].span(), "impl<T: ?Sized> … for T");
    }
    None
}

/// `fn f<'a, 'b>(_: Both<'a, 'b>, x: &'b T) -> &'a T`, and `fn f(x: &'a T) -> &'b T`: what goes
/// in comes out with another lifetime, and no bound says that it may.
fn signature(tokens: &[TokenTree], at: usize) -> Option<Found> {
    let TokenTree::Ident(name) = tokens.get(at + 1)? else {
        return None;
    };
    let is_end = |token: &TokenTree| {
        is_punct(Some(token), ';') || group(Some(token), Delimiter::Brace).is_some()
    };
    let length = tokens[at..].iter().position(is_end);
    let tokens = &tokens[at..length.map_or(tokens.len(), |length| at + length)];
    // Parsing costs time, and what it looks for has a lifetime in its result.
    if !tokens.iter().any(|token| is_punct(Some(token), '\'')) {
        return None;
    }
    let signature: syn::Signature = syn::parse2(tokens.iter().cloned().collect()).ok()?;
    changes_a_lifetime(&signature)
        .then(|| Found::token(name.span(), &name.to_string(), Reason::Lifetimes))
}

fn changes_a_lifetime(signature: &syn::Signature) -> bool {
    let syn::ReturnType::Type(_, output) = &signature.output else {
        return false;
    };
    let output = Mentions::of(output);
    let mut inputs = Vec::new();
    let mut has_self = false;
    for input in &signature.inputs {
        match input {
            syn::FnArg::Receiver(receiver) => {
                has_self = true;
                let mut mentions = Mentions::default();
                mentions.visit_receiver(receiver);
                inputs.push(mentions);
            }
            syn::FnArg::Typed(typed) => flatten(&typed.ty, &mut inputs),
        }
    }
    has_self |= inputs.iter().any(|input| input.names_self);
    let bounds = Bounds::of(&signature.generics);
    output.references.iter().any(|(new, text)| {
        inputs.iter().enumerate().any(|(index, input)| {
            let others = || {
                inputs
                    .iter()
                    .enumerate()
                    .filter(move |(other, _)| *other != index)
            };
            input.references.iter().any(|(old, of)| {
                let is_changed = new != old && of == text && new != "static";
                let is_known = inputs.iter().any(|input| input.lifetimes.contains(new)) || has_self;
                let has_both =
                    |it: &Mentions| it.lifetimes.contains(new) && it.lifetimes.contains(old);
                let is_implied = others().any(|(_, other)| has_both(other)) || has_both(&output);
                is_changed && !bounds.say(old, new) && (is_implied || !is_known)
            })
        })
    })
}

/// The elements of tuples count as inputs of their own.
fn flatten(of: &syn::Type, inputs: &mut Vec<Mentions>) {
    match of {
        syn::Type::Tuple(tuple) => tuple.elems.iter().for_each(|of| flatten(of, inputs)),
        of => inputs.push(Mentions::of(of)),
    }
}

/// What a type mentions.
#[derive(Default)]
struct Mentions {
    lifetimes: BTreeSet<String>,
    /// The lifetime of each reference, and what it refers to without any lifetimes.
    references: Vec<(String, String)>,
    names_self: bool,
}

impl Mentions {
    fn of(of: &syn::Type) -> Mentions {
        let mut mentions = Mentions::default();
        mentions.visit_type(of);
        mentions
    }
}

impl<'ast> Visit<'ast> for Mentions {
    fn visit_lifetime(&mut self, lifetime: &'ast syn::Lifetime) {
        self.lifetimes.insert(lifetime.ident.to_string());
    }

    fn visit_type_reference(&mut self, reference: &'ast syn::TypeReference) {
        if let Some(lifetime) = &reference.lifetime {
            let text = without_lifetimes(&reference.elem);
            self.references.push((lifetime.ident.to_string(), text));
        }
        visit::visit_type_reference(self, reference);
    }

    fn visit_ident(&mut self, ident: &'ast syn::Ident) {
        self.names_self |= ident == "Self";
    }
}

fn without_lifetimes(of: &syn::Type) -> String {
    use quote::ToTokens;
    let text = of.to_token_stream().to_string();
    let words = text.split(' ').filter(|word| !word.starts_with('\''));
    words.collect::<Vec<_>>().join(" ")
}

/// Which lifetimes are said to outlive which.
struct Bounds(BTreeSet<(String, String)>);

impl Bounds {
    fn of(generics: &syn::Generics) -> Bounds {
        let mut bounds = BTreeSet::new();
        let mut add =
            |of: &syn::Lifetime,
             all: &syn::punctuated::Punctuated<syn::Lifetime, syn::Token![+]>| {
                bounds.extend(
                    all.iter()
                        .map(|bound| (of.ident.to_string(), bound.ident.to_string())),
                );
            };
        for parameter in generics.lifetimes() {
            add(&parameter.lifetime, &parameter.bounds);
        }
        for predicate in generics.where_clause.iter().flat_map(|it| &it.predicates) {
            if let syn::WherePredicate::Lifetime(predicate) = predicate {
                add(&predicate.lifetime, &predicate.bounds);
            }
        }
        Bounds(bounds)
    }

    fn say(&self, longer: &str, shorter: &str) -> bool {
        longer == "static" || self.0.contains(&(longer.to_owned(), shorter.to_owned()))
    }
}
