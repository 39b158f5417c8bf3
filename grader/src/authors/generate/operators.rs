//! The small changes that make wrong programs out of a right one.
//!
//! A change replaces some bytes of the source and keeps its line breaks, so that what rustc and
//! the tests say about the changed program is true of the original, too.

use std::ops::Range;

use anyhow::{Context, Result};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{BinOp, Expr, ReturnType, Stmt, UnOp};

use super::values;
use crate::katas::differences::type_name;
use crate::results::survey::Generated;

/// All mutants of a source, in the order of its text. Test modules are left alone.
///
/// # Errors
///
/// The source is no Rust.
pub fn mutants(source: &str) -> Result<Vec<Generated>> {
    let file = syn::parse_file(source).context("reading the reference solution")?;
    let mut changes = Changes {
        source,
        owner: None,
        function: None,
        found: Vec::new(),
    };
    changes.visit_file(&file);
    let mut found = changes.found;
    found.sort_by_key(|change| (change.range.start, change.range.end));
    Ok(found
        .into_iter()
        .map(|change| change.applied(source))
        .collect())
}

struct Change {
    function: String,
    what: String,
    range: Range<usize>,
    replacement: String,
}

impl Change {
    fn applied(self, source: &str) -> Generated {
        let Range { start, end } = self.range;
        let breaks = |text: &str| text.matches('\n').count();
        let kept = breaks(&source[start..end]) - breaks(&self.replacement);
        let text = format!(
            "{}{}{}{}",
            &source[..start],
            self.replacement,
            "\n".repeat(kept),
            &source[end..]
        );
        let begin_of_line = source[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_of = |text: &str| {
            let line = text[begin_of_line..].lines().next().unwrap_or_default();
            line.trim().to_owned()
        };
        Generated {
            function: self.function,
            change: self.what,
            line: breaks(&source[..start]) + 1,
            column: source[begin_of_line..start].chars().count() + 1,
            before: line_of(source),
            after: line_of(&text),
            text,
        }
    }
}

/// Collects the changes while it walks through the source.
struct Changes<'s> {
    source: &'s str,
    /// The type whose `impl` this is.
    owner: Option<String>,
    function: Option<String>,
    found: Vec<Change>,
}

impl Changes<'_> {
    fn add(&mut self, range: Range<usize>, what: String, replacement: impl Into<String>) {
        // What is outside of all functions is data, and no mistake in reasoning.
        let Some(function) = self.function.clone() else {
            return;
        };
        self.found.push(Change {
            function,
            what,
            range,
            replacement: replacement.into(),
        });
    }

    fn replace(&mut self, node: &impl Spanned, with: &str) {
        let range = range(node);
        let what = format!("replace `{}` with `{with}`", &self.source[range.clone()]);
        self.add(range, what, with);
    }

    fn delete(&mut self, node: &impl Spanned, what: String) {
        self.add(range(node), what, "");
    }

    /// The text of a node on one line.
    fn text(&self, node: &impl Spanned) -> String {
        let text = &self.source[range(node)];
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn enter(
        &mut self,
        signature: &syn::Signature,
        block: &syn::Block,
        go_on: impl FnOnce(&mut Self),
    ) {
        let name = match &self.owner {
            Some(owner) => format!("{owner}::{}", signature.ident),
            None => signature.ident.to_string(),
        };
        let outer = self.function.replace(name);
        self.replace_body(signature, block);
        go_on(self);
        self.function = outer;
    }

    fn replace_body(&mut self, signature: &syn::Signature, block: &syn::Block) {
        if signature.ident == "new" || block.stmts.is_empty() {
            return;
        }
        let values = match &signature.output {
            ReturnType::Default => vec!["()".to_owned()],
            ReturnType::Type(_, of) => values::of(of),
        };
        let body = match block.stmts.as_slice() {
            [Stmt::Expr(value, None)] => self.text(value),
            _ => String::new(),
        };
        for value in values.iter().filter(|value| **value != body) {
            let what = format!("replace the body with `{value}`");
            self.add(range(block), what, format!("{{ {value} }}"));
        }
    }

    fn negate(&mut self, condition: &Expr) {
        let mirrored = match condition {
            Expr::Binary(binary) => {
                mirrored(&binary.op).is_some_and(|it| ["==", "!="].contains(&it))
            }
            Expr::Unary(unary) => matches!(unary.op, UnOp::Not(_)),
            // The operators of a chain with `let` cannot be negated as a whole.
            _ => contains_let(condition),
        };
        if !mirrored {
            let range = range(condition);
            let condition = self.source[range.clone()].to_owned();
            let what = "negate the condition".to_owned();
            self.add(range, what, format!("!({condition})"));
        }
    }
}

impl<'ast> Visit<'ast> for Changes<'_> {
    fn visit_attribute(&mut self, _: &'ast syn::Attribute) {}

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !is_for_tests(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        let of_trait = item
            .trait_
            .as_ref()
            .and_then(|(path, _)| path.segments.last());
        // What a text says is no matter of concurrency.
        let of_trait = of_trait.map(|segment| segment.ident.to_string());
        if matches!(of_trait.as_deref(), Some("Display" | "Debug")) {
            return;
        }
        let outer = self.owner.replace(type_name(&item.self_ty));
        visit::visit_item_impl(self, item);
        self.owner = outer;
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.enter(&item.sig, &item.block, |it| {
            visit::visit_impl_item_fn(it, item)
        });
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        let owner = self.owner.take();
        self.enter(&item.sig, &item.block, |it| visit::visit_item_fn(it, item));
        self.owner = owner;
    }

    fn visit_expr_binary(&mut self, expr: &'ast syn::ExprBinary) {
        if let Some(other) = mirrored(&expr.op) {
            self.replace(&expr.op, other);
        }
        visit::visit_expr_binary(self, expr);
    }

    fn visit_expr_unary(&mut self, expr: &'ast syn::ExprUnary) {
        if let UnOp::Not(not) = &expr.op {
            self.delete(not, "delete `!`".to_owned());
        }
        visit::visit_expr_unary(self, expr);
    }

    fn visit_expr_if(&mut self, expr: &'ast syn::ExprIf) {
        self.negate(&expr.cond);
        visit::visit_expr_if(self, expr);
    }

    fn visit_expr_while(&mut self, expr: &'ast syn::ExprWhile) {
        self.negate(&expr.cond);
        if Waits::in_block(&expr.body) {
            self.replace(&expr.while_token, "if");
        }
        visit::visit_expr_while(self, expr);
    }

    fn visit_pat_guard(&mut self, pattern: &'ast syn::PatGuard) {
        let what = format!("delete the guard `if {}`", self.text(&*pattern.guard));
        let range = range(&pattern.if_token).start..range(&*pattern.guard).end;
        self.add(range, what, "");
        visit::visit_pat_guard(self, pattern);
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        if matches!(*arm.body, Expr::MethodCall(_)) {
            let what = format!("replace `{}` with `()`", self.text(&*arm.body));
            self.add(range(&*arm.body), what, "()");
        }
        visit::visit_arm(self, arm);
    }

    fn visit_stmt(&mut self, statement: &'ast Stmt) {
        if is_deletable(statement) {
            let what = format!("delete `{}`", self.text(statement));
            self.delete(statement, what);
        }
        visit::visit_stmt(self, statement);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        if call.method == "notify_one" {
            self.replace(&call.method, "notify_all");
        } else if call.method == "notify_all" {
            self.replace(&call.method, "notify_one");
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_path(&mut self, path: &'ast syn::ExprPath) {
        let names: Vec<String> = path
            .path
            .segments
            .iter()
            .map(|segment| segment.ident.to_string())
            .collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        match names.as_slice() {
            [.., "Duration", "MAX"] => self.replace(path, "Duration::ZERO"),
            [.., "Duration", "ZERO"] => self.replace(path, "Duration::MAX"),
            [.., "Acquire" | "Release" | "AcqRel" | "SeqCst"] => {
                let what = format!("replace `{}` with `Relaxed`", names[names.len() - 1]);
                self.add(range(path), what, "std::sync::atomic::Ordering::Relaxed");
            }
            _ => {}
        }
        visit::visit_expr_path(self, path);
    }

    fn visit_lit_int(&mut self, literal: &'ast syn::LitInt) {
        match literal.base10_digits() {
            "0" => self.replace(literal, &format!("1{}", literal.suffix())),
            "1" => self.replace(literal, &format!("0{}", literal.suffix())),
            _ => {}
        }
    }
}

/// Looks for something that sleeps.
struct Waits(bool);

impl Waits {
    fn in_block(block: &syn::Block) -> bool {
        let mut waits = Waits(false);
        waits.visit_block(block);
        waits.0
    }

    fn name(&mut self, name: &syn::Ident) {
        let name = name.to_string();
        self.0 |= name.starts_with("wait") || name.starts_with("park");
    }
}

impl<'ast> Visit<'ast> for Waits {
    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        self.name(&call.method);
        visit::visit_expr_method_call(self, call);
    }

    fn visit_path_segment(&mut self, segment: &'ast syn::PathSegment) {
        self.name(&segment.ident);
    }
}

/// The operator that is most easily written in place of this one.
fn mirrored(operator: &BinOp) -> Option<&'static str> {
    Some(match operator {
        BinOp::Eq(_) => "!=",
        BinOp::Ne(_) => "==",
        BinOp::Lt(_) => "<=",
        BinOp::Le(_) => "<",
        BinOp::Gt(_) => ">=",
        BinOp::Ge(_) => ">",
        BinOp::And(_) => "||",
        BinOp::Or(_) => "&&",
        BinOp::Add(_) => "-",
        BinOp::Sub(_) => "+",
        BinOp::AddAssign(_) => "-=",
        BinOp::SubAssign(_) => "+=",
        _ => return None,
    })
}

/// Whether a statement is there for what it does, and not for what it is.
fn is_deletable(statement: &Stmt) -> bool {
    match statement {
        Stmt::Expr(expr, Some(_)) => match expr {
            Expr::MethodCall(_) | Expr::Call(_) | Expr::Assign(_) => true,
            Expr::Binary(binary) => {
                matches!(binary.op, BinOp::AddAssign(_) | BinOp::SubAssign(_))
            }
            _ => false,
        },
        Stmt::Local(local) => matches!(local.pat, syn::Pat::Wild(_)),
        _ => false,
    }
}

fn contains_let(condition: &Expr) -> bool {
    match condition {
        Expr::Let(_) => true,
        Expr::Binary(binary) => contains_let(&binary.left) || contains_let(&binary.right),
        _ => false,
    }
}

fn is_for_tests(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute
                .parse_args::<syn::Path>()
                .is_ok_and(|path| path.is_ident("test"))
    })
}

fn range(node: &impl Spanned) -> Range<usize> {
    node.span().byte_range()
}

#[cfg(test)]
mod tests;
