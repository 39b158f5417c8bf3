//! Which of the learner's functions had called which, from the names on a stack.
//!
//! A stack has names and no places: places would need debug information, which makes every
//! build slower. Where one function calls another is looked up in the source.

use std::collections::BTreeSet;

use proc_macro2::{LineColumn, Span};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use super::initialiser::{spoken_name, type_name};
use crate::results::place::Spot;
use crate::support::syntax;

/// A call as a person would tell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    /// Where it is shown: in the innermost function that is more than a few words for another.
    pub(super) spot: Spot,
    /// The outermost function: the one that the test, or a thread's beginning, has called.
    pub(super) function: String,
}

/// The functions of one file.
pub(super) struct Functions(Vec<Function>);

struct Function {
    /// The type whose `impl` it stands in.
    owner: Option<String>,
    name: String,
    /// Others may call it, so it has a meaning of its own.
    is_public: bool,
    has_loop: bool,
    from: LineColumn,
    to: LineColumn,
    calls: Vec<Call>,
}

/// A call somewhere in a function.
struct Call {
    name: String,
    at: LineColumn,
    /// The identifiers in what it is called with.
    words: BTreeSet<String>,
}

impl Functions {
    pub(super) fn of(file: &syn::File) -> Functions {
        let mut collector = Collector::default();
        collector.visit_file(file);
        Functions(collector.found)
    }

    /// What people call the function around a place.
    pub(super) fn around(&self, spot: Spot) -> Option<String> {
        // Of those that stand in each other, the innermost comes last.
        let function = self.0.iter().rfind(|function| function.covers(spot))?;
        Some(spoken_name(function.owner.as_deref(), &function.name))
    }

    /// Tells the operation at `spot`, on the object of that name, from the functions on its stack,
    /// the innermost first. [`None`] if that stack does not belong to this file.
    pub(super) fn tell(&self, spot: Spot, stack: &[String], object: Option<&str>) -> Option<Told> {
        let mut frames: Vec<(&Function, bool)> = Vec::new();
        for symbol in stack {
            let Some((function, is_closure)) = self.find(symbol) else {
                break;
            };
            match frames.last_mut() {
                Some((last, of_closure)) if std::ptr::eq(*last, function) => {
                    *of_closure = is_closure;
                }
                _ => frames.push((function, is_closure)),
            }
        }
        let (innermost, _) = frames.first()?;
        if !innermost.covers(spot) {
            return None;
        }
        // A closure at the end is what a thread began with.
        let called = frames.iter().rfind(|(_, is_closure)| !is_closure);
        let (outermost, _) = called.or(frames.last())?;
        let mut shown = spot;
        for pair in frames.windows(2) {
            let (inner, outer) = (pair[0].0, pair[1].0);
            let site = outer.call_of(inner, object);
            match site.filter(|_| inner.only_wraps()) {
                Some(site) => shown = site,
                None => break,
            }
        }
        Some(Told {
            spot: shown,
            function: spoken_name(outermost.owner.as_deref(), &outermost.name),
        })
    }

    /// The function that a symbol names, and whether it is a closure in it.
    fn find(&self, symbol: &str) -> Option<(&Function, bool)> {
        let (owner, name, is_closure) = parts(symbol)?;
        let mut same = self
            .0
            .iter()
            .filter(|function| function.name == name && function.owner == owner);
        let found = same.next()?;
        // Two that are called alike, in two modules or of two traits, cannot be told apart.
        same.next().is_none().then_some((found, is_closure))
    }
}

impl Function {
    fn covers(&self, spot: Spot) -> bool {
        let at = LineColumn {
            line: spot.line,
            column: spot.column.saturating_sub(1),
        };
        self.from <= at && at < self.to
    }

    /// Whether it is a few words for something else, such as `lock` with what to do after a panic.
    fn only_wraps(&self) -> bool {
        !self.is_public && !self.has_loop
    }

    /// Where it calls another one, if there is no doubt.
    fn call_of(&self, other: &Function, object: Option<&str>) -> Option<Spot> {
        let calls = self.calls.iter().filter(|call| call.name == other.name);
        let calls: Vec<&Call> = calls.collect();
        let word = object.map(|name| name.split(" #").next().unwrap_or(name));
        let has_word = |call: &Call| word.is_some_and(|word| call.words.contains(word));
        let with_object: Vec<&Call> = calls.iter().copied().filter(|it| has_word(it)).collect();
        let call = match (calls.as_slice(), with_object.as_slice()) {
            ([only], _) | (_, [only]) => only,
            _ => return None,
        };
        Some(Spot {
            line: call.at.line,
            column: call.at.column + 1,
        })
    }
}

/// Owner and name of the function of a symbol, and whether the symbol is a closure in it:
/// `lock::Lock::acquire::{{closure}}`, `<lock::Guard as core::ops::drop::Drop>::drop`.
fn parts(symbol: &str) -> Option<(Option<String>, &str, bool)> {
    let mut segments = Vec::new();
    let (mut depth, mut start) = (0usize, 0);
    for (at, character) in symbol.char_indices() {
        match character {
            '<' => depth += 1,
            // `Fn() -> T` closes nothing.
            '>' if !symbol[..at].ends_with('-') => depth = depth.saturating_sub(1),
            ':' if depth == 0 && symbol[at..].starts_with("::") => {
                segments.push(&symbol[start..at]);
                start = at + 2;
            }
            _ => {}
        }
    }
    segments.push(&symbol[start.min(symbol.len())..]);
    let all = segments.len();
    segments.retain(|segment| !segment.starts_with('{'));
    let name = segments.pop()?;
    let owner = segments.last().map(|segment| {
        let of = segment.strip_prefix('<').unwrap_or(segment);
        let of = of.split(" as ").next().unwrap_or(of);
        let of = of.split('<').next().unwrap_or(of);
        of.rsplit("::").next().unwrap_or(of).trim_end_matches('>')
    });
    let is_type = |word: &&str| word.starts_with(char::is_uppercase);
    let owner = owner.filter(is_type).map(str::to_owned);
    let name = name.split('<').next().unwrap_or(name);
    Some((owner, name, segments.len() + 1 < all))
}

#[derive(Default)]
struct Collector {
    owner: Option<String>,
    /// In a trait's `impl` everything is public.
    of_trait: bool,
    found: Vec<Function>,
}

impl Collector {
    fn add(
        &mut self,
        signature: &syn::Signature,
        visibility: &syn::Visibility,
        body: &syn::Block,
        span: Span,
    ) {
        let mut calls = Calls::default();
        calls.visit_block(body);
        self.found.push(Function {
            owner: self.owner.clone(),
            name: signature.ident.to_string(),
            is_public: self.of_trait || matches!(visibility, syn::Visibility::Public(_)),
            has_loop: calls.has_loop,
            from: span.start(),
            to: span.end(),
            calls: calls.found,
        });
    }
}

impl<'ast> Visit<'ast> for Collector {
    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        let outer = self.owner.replace(type_name(&item.self_ty));
        let was_of_trait = std::mem::replace(&mut self.of_trait, item.trait_.is_some());
        visit::visit_item_impl(self, item);
        self.owner = outer;
        self.of_trait = was_of_trait;
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.add(&item.sig, &item.vis, &item.block, item.span());
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        let outer = self.owner.take();
        self.add(&item.sig, &item.vis, &item.block, item.span());
        visit::visit_item_fn(self, item);
        self.owner = outer;
    }
}

/// The calls and loops of one function.
#[derive(Default)]
struct Calls {
    has_loop: bool,
    found: Vec<Call>,
}

impl Calls {
    fn add(&mut self, name: &syn::Ident, with: &impl ToTokens) {
        self.found.push(Call {
            name: name.to_string(),
            at: name.span().start(),
            words: syntax::words(with.to_token_stream()),
        });
    }
}

impl<'ast> Visit<'ast> for Calls {
    fn visit_item(&mut self, _: &'ast syn::Item) {
        // A function of its own.
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        if let syn::Expr::Path(path) = &*call.func
            && let Some(last) = path.path.segments.last()
        {
            self.add(&last.ident, &call.args);
        }
        visit::visit_expr_call(self, call);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        self.add(&call.method, call);
        visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_loop(&mut self, it: &'ast syn::ExprLoop) {
        self.has_loop = true;
        visit::visit_expr_loop(self, it);
    }

    fn visit_expr_while(&mut self, it: &'ast syn::ExprWhile) {
        self.has_loop = true;
        visit::visit_expr_while(self, it);
    }

    fn visit_expr_for_loop(&mut self, it: &'ast syn::ExprForLoop) {
        self.has_loop = true;
        visit::visit_expr_for_loop(self, it);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "\
fn locked<T>(m: &Mutex<T>) -> Guard<T> { m.lock().unwrap() }

impl<T> Lock<T> {
    pub fn release(&self) {
        *locked(&self.block) = false;
        *locked(&self.owner) = None;
        self.settle();
    }
    pub fn acquire(&self) { self.take(None) }
    fn take(&self, end: Option<Instant>) {
        while *locked(&self.block) {
            thread::yield_now();
        }
    }
    fn settle(&self) { locked(&self.rest); }
}

impl Drop for Held<'_> {
    fn drop(&mut self) { self.0.release(); }
}
";

    fn tell(line: usize, column: usize, stack: &[&str], object: &str) -> Option<(usize, String)> {
        let stack: Vec<String> = stack.iter().map(|&it| it.to_owned()).collect();
        let file = syn::parse_file(SOURCE).expect("it parses");
        let functions = Functions::of(&file);
        let told = functions.tell(Spot { line, column }, &stack, Some(object))?;
        Some((told.spot.line, told.function))
    }

    #[test]
    fn a_wrapper_is_told_where_it_is_called() {
        let stack = ["lock::locked", "lock::Lock<T>::release"];
        let told = |object| tell(1, 44, &stack, object).unwrap();
        assert_eq!(told("block"), (5, "release".to_owned()));
        assert_eq!(told("owner #2"), (6, "release".to_owned()));
        assert_eq!(told("other"), (1, "release".to_owned()), "it may be either");
    }

    #[test]
    fn wrappers_of_wrappers_too_and_a_function_with_a_loop_is_none() {
        let stack = [
            "lock::locked",
            "lock::Lock<T>::settle",
            "<lock::Lock<T>>::release",
        ];
        assert_eq!(tell(1, 44, &stack, "rest").unwrap().0, 7);
        let stack = [
            "lock::locked",
            "lock::Lock<T>::take",
            "lock::Lock<T>::acquire",
        ];
        let told = tell(1, 44, &stack, "block").unwrap();
        assert_eq!(told, (11, "acquire".to_owned()));
    }

    #[test]
    fn the_call_is_the_one_of_the_test_or_of_what_a_thread_runs() {
        let drop = "<lock::Held as core::ops::drop::Drop>::drop";
        let stack = ["lock::locked", "lock::Lock<T>::release", drop];
        assert_eq!(tell(1, 44, &stack, "block").unwrap().1, "Held::drop");
        let begun = "lock::Lock<T>::acquire::{{closure}}";
        let stack = ["lock::locked", "lock::Lock<T>::take", begun];
        assert_eq!(tell(1, 44, &stack, "block").unwrap().1, "take");
    }

    #[test]
    fn stacks_that_do_not_belong_here_tell_nothing() {
        assert_eq!(tell(1, 44, &["lock::elsewhere"], "block"), None);
        assert_eq!(tell(5, 10, &["lock::locked"], "block"), None);
        assert_eq!(tell(1, 44, &[], "block"), None);
    }

    #[test]
    fn symbols_have_an_owner_a_name_and_closures() {
        let parts = |symbol| parts(symbol).unwrap();
        assert_eq!(parts("lock::locked"), (None, "locked", false));
        let wait = "condition::Condition<T>::wait_for::{{closure}}";
        assert_eq!(parts(wait), (Some("Condition".into()), "wait_for", true));
        let drop = "<a::Guard<T> as core::ops::drop::Drop>::drop";
        assert_eq!(parts(drop), (Some("Guard".into()), "drop", false));
        let with = "<dyn core::ops::function::Fn(u8) -> a::B>::call<T>";
        assert_eq!(parts(with).1, "call");
    }
}
