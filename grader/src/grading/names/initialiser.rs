//! Finds what the code at a place gives its value to: the field, variable, static or
//! parameter that an expression initialises.

use std::collections::HashMap;

use proc_macro2::LineColumn;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use crate::results::place::Spot;

/// What the expression that begins at a place initialises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Initialised {
    /// This field, variable, static or parameter.
    Named(String),
    /// Some field of a struct with `#[derive(Default)]`: a derived `default` gives all of its
    /// fields the same place, so the caller has to choose by kind. (field, last word of its type)
    Derived(Vec<(String, String)>),
}

/// What the expression at `spot` initialises; [`None`] if nothing there has a name.
pub(super) fn find(file: &syn::File, spot: Spot) -> Option<Initialised> {
    let mut signatures = Signatures::default();
    signatures.visit_file(file);
    let mut search = Search {
        spot,
        signatures,
        impl_type: None,
        found: None,
    };
    search.visit_file(file);
    search.found
}

/// What people call a function: with its type where the name alone says little.
pub(super) fn spoken_name(owner: Option<&str>, name: &str) -> String {
    match owner {
        Some(owner) if ["drop", "fmt", "default", "deref"].contains(&name) => {
            format!("{owner}::{name}")
        }
        _ => name.to_owned(),
    }
}

fn covers(node: &impl Spanned, spot: Spot) -> bool {
    let span = node.span();
    let at = LineColumn {
        line: spot.line,
        column: spot.column.saturating_sub(1),
    };
    span.start() <= at && at < span.end()
}

/// The parameters of the functions and the names of the tuple structs that a file defines.
#[derive(Default)]
struct Signatures {
    impl_type: Option<String>,
    /// (type if it is a method, function) → parameters without `self`
    functions: HashMap<(Option<String>, String), Vec<Option<String>>>,
    tuple_structs: Vec<String>,
}

impl Signatures {
    fn add(&mut self, signature: &syn::Signature) {
        let parameters = signature
            .inputs
            .iter()
            .filter_map(|input| match input {
                syn::FnArg::Receiver(_) => None,
                syn::FnArg::Typed(typed) => Some(pattern_name(&typed.pat)),
            })
            .collect();
        let key = (self.impl_type.clone(), signature.ident.to_string());
        self.functions.insert(key, parameters);
    }
}

impl<'ast> Visit<'ast> for Signatures {
    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        let outer = self.impl_type.replace(type_name(&item.self_ty));
        visit::visit_item_impl(self, item);
        self.impl_type = outer;
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.add(&item.sig);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        let outer = self.impl_type.take();
        self.add(&item.sig);
        visit::visit_item_fn(self, item);
        self.impl_type = outer;
    }

    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        if matches!(item.fields, syn::Fields::Unnamed(_)) {
            self.tuple_structs.push(item.ident.to_string());
        }
    }
}

/// Walks inwards to the spot; the innermost initialiser that has a name wins.
struct Search {
    spot: Spot,
    signatures: Signatures,
    impl_type: Option<String>,
    found: Option<Initialised>,
}

impl Search {
    fn name(&mut self, name: Option<String>) {
        if let Some(name) = name {
            self.found = Some(Initialised::Named(name));
        }
    }

    /// What the argument of this call is called where the function is defined.
    fn parameter(&self, call: &syn::ExprCall, argument: usize) -> Option<String> {
        let syn::Expr::Path(path) = &*call.func else {
            return None;
        };
        let words: Vec<String> = path
            .path
            .segments
            .iter()
            .map(|segment| match segment.ident.to_string() {
                this if this == "Self" => self.impl_type.clone().unwrap_or(this),
                word => word,
            })
            .collect();
        let function = words.last()?;
        let owner = words.len().checked_sub(2).map(|at| words[at].clone());
        if owner.is_none() && self.signatures.tuple_structs.contains(function) {
            return Some(format!("{function}.{argument}"));
        }
        let key = (owner, function.clone());
        self.signatures.functions.get(&key)?.get(argument)?.clone()
    }
}

impl<'ast> Visit<'ast> for Search {
    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        let outer = self.impl_type.replace(type_name(&item.self_ty));
        visit::visit_item_impl(self, item);
        self.impl_type = outer;
    }

    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        let derived_here = item
            .attrs
            .iter()
            .any(|attribute| attribute.path().is_ident("derive") && covers(attribute, self.spot));
        if derived_here {
            let fields = item.fields.iter().enumerate().map(|(index, field)| {
                let name = match &field.ident {
                    Some(ident) => ident.to_string(),
                    None => format!("{}.{index}", item.ident),
                };
                (name, type_name(&field.ty))
            });
            self.found = Some(Initialised::Derived(fields.collect()));
        }
    }

    fn visit_item_static(&mut self, item: &'ast syn::ItemStatic) {
        if covers(&*item.expr, self.spot) {
            self.name(Some(item.ident.to_string()));
        }
        visit::visit_item_static(self, item);
    }

    fn visit_item_const(&mut self, item: &'ast syn::ItemConst) {
        if covers(&*item.expr, self.spot) {
            self.name(Some(item.ident.to_string()));
        }
        visit::visit_item_const(self, item);
    }

    fn visit_impl_item_const(&mut self, item: &'ast syn::ImplItemConst) {
        if covers(&item.expr, self.spot) {
            self.name(Some(item.ident.to_string()));
        }
        visit::visit_impl_item_const(self, item);
    }

    fn visit_local(&mut self, local: &'ast syn::Local) {
        if let Some(init) = &local.init
            && covers(&*init.expr, self.spot)
        {
            self.name(local_name(&local.pat, &init.expr, self.spot));
        }
        visit::visit_local(self, local);
    }

    fn visit_field_value(&mut self, field: &'ast syn::FieldValue) {
        if covers(&field.expr, self.spot) {
            self.name(Some(member_name(&field.member)));
        }
        visit::visit_field_value(self, field);
    }

    fn visit_expr_assign(&mut self, assignment: &'ast syn::ExprAssign) {
        if covers(&*assignment.right, self.spot) {
            self.name(match &*assignment.left {
                syn::Expr::Field(field) => Some(member_name(&field.member)),
                syn::Expr::Path(path) => path.path.get_ident().map(ToString::to_string),
                _ => None,
            });
        }
        visit::visit_expr_assign(self, assignment);
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        let argument = call.args.iter().position(|arg| covers(arg, self.spot));
        if let Some(argument) = argument {
            let name = self.parameter(call, argument);
            self.name(name);
        }
        visit::visit_expr_call(self, call);
    }

    fn visit_expr_closure(&mut self, closure: &'ast syn::ExprClosure) {
        // What a closure's statements create is not what the closure is called.
        if matches!(&*closure.body, syn::Expr::Block(_)) && covers(&*closure.body, self.spot) {
            self.found = None;
        }
        visit::visit_expr_closure(self, closure);
    }
}

/// The name that a `let` gives to the part of its value at `spot`.
fn local_name(pattern: &syn::Pat, value: &syn::Expr, spot: Spot) -> Option<String> {
    match (pattern, value) {
        (syn::Pat::Tuple(names), syn::Expr::Tuple(values)) => names
            .elems
            .iter()
            .zip(&values.elems)
            .find(|(_, value)| covers(*value, spot))
            .and_then(|(name, value)| local_name(name, value, spot)),
        _ => pattern_name(pattern),
    }
}

/// The first name in a pattern: `x`, `mut x`, `x: T`, `(x, y)`.
fn pattern_name(pattern: &syn::Pat) -> Option<String> {
    match pattern {
        syn::Pat::Ident(ident) => Some(ident.ident.to_string()),
        syn::Pat::Type(typed) => pattern_name(&typed.pat),
        syn::Pat::Reference(reference) => pattern_name(&reference.pat),
        syn::Pat::Tuple(tuple) => tuple.elems.iter().find_map(pattern_name),
        _ => None,
    }
}

fn member_name(member: &syn::Member) -> String {
    match member {
        syn::Member::Named(ident) => ident.to_string(),
        syn::Member::Unnamed(index) => index.index.to_string(),
    }
}

/// The last word of a path type, `Mutex` for `std::sync::Mutex<bool>`; empty for other types.
pub(super) fn type_name(of: &syn::Type) -> String {
    match of {
        syn::Type::Path(path) => path
            .path
            .segments
            .last()
            .map(|segment| segment.ident.to_string())
            .unwrap_or_default(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names the object created where `^` stands, one column to its right being taken out again.
    fn name_at_caret(marked: &str) -> Option<String> {
        let offset = marked.find('^').expect("a caret");
        let before = &marked[..offset];
        let spot = Spot {
            line: before.matches('\n').count() + 1,
            column: before.lines().last().map_or(0, |line| line.chars().count()) + 1,
        };
        let file = syn::parse_file(&marked.replacen('^', "", 1)).expect("valid Rust");
        match find(&file, spot)? {
            Initialised::Named(name) => Some(name),
            Initialised::Derived(fields) => Some(format!("one of {fields:?}")),
        }
    }

    #[test]
    fn a_field_initialiser_names_what_is_created_in_it() {
        let source = "impl Lock { fn new() -> Self { Self { locked: ^Mutex::new(false) } } }";
        assert_eq!(name_at_caret(source).as_deref(), Some("locked"));
        let source = "fn new() -> Lock { Lock { é: 1, shared: Arc::new((^Mutex::new(0), 1)) } }";
        assert_eq!(name_at_caret(source).as_deref(), Some("shared"));
    }

    #[test]
    fn a_let_names_what_is_created_in_it_and_tuples_name_each_part() {
        let source = "fn f() { let mut m = Arc::new(^Mutex::new(0)); }";
        assert_eq!(name_at_caret(source).as_deref(), Some("m"));
        let source = "fn f() { let (lock, cv) = (Mutex::new(0), ^Condvar::new()); }";
        assert_eq!(name_at_caret(source).as_deref(), Some("cv"));
        let source = "fn f() { let (tx, rx) = ^mpsc::channel::<u32>(); }";
        assert_eq!(name_at_caret(source).as_deref(), Some("tx"));
    }

    #[test]
    fn the_innermost_name_wins() {
        let source = "fn f() { let lock = Lock { inner: Inner { cv: ^Condvar::new() } }; }";
        assert_eq!(name_at_caret(source).as_deref(), Some("cv"));
    }

    #[test]
    fn an_argument_is_named_after_the_parameter_of_a_function_of_the_same_file() {
        let source = "impl C { fn new() -> Self { Self::with(1, Arc::new(^Mutex::new(0))) } \
                      fn with(n: u32, lock: Arc<Mutex<u32>>) -> Self { todo!() } }";
        assert_eq!(name_at_caret(source).as_deref(), Some("lock"));
        let source = "struct Cell(Mutex<u32>); fn f() -> Cell { Cell(^Mutex::new(0)) }";
        assert_eq!(name_at_caret(source).as_deref(), Some("Cell.0"));
    }

    #[test]
    fn statics_constants_and_assignments_give_names_too() {
        let source = "static LOCK: Mutex<()> = ^Mutex::new(());";
        assert_eq!(name_at_caret(source).as_deref(), Some("LOCK"));
        let source = "fn f(s: &mut S) { s.gate = ^Condvar::new(); }";
        assert_eq!(name_at_caret(source).as_deref(), Some("gate"));
    }

    #[test]
    fn many_created_by_one_expression_share_its_name() {
        let source =
            "fn t(n: usize) -> T { T { forks: (0..n).map(|_| ^Mutex::new(())).collect() } }";
        assert_eq!(name_at_caret(source).as_deref(), Some("forks"));
        let source = "fn t() -> T { T { forks: vec![^Mutex::new(()), Mutex::new(())] } }";
        assert_eq!(name_at_caret(source).as_deref(), Some("forks"));
    }

    #[test]
    fn what_a_thread_body_creates_is_not_called_after_the_thread() {
        let source = "fn f() { let handle = spawn(move || { go(^Mutex::new(0)) }); }";
        assert_eq!(name_at_caret(source), None);
    }
}
