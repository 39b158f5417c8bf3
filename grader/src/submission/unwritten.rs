//! Finds out whether a crate can be used at all yet: where `new` is still `todo!()`, nothing can.

use std::path::Path;

use syn::spanned::Spanned;
use syn::{Block, Expr, ImplItem, Item, ItemImpl, Stmt, Type};

use crate::katas::catalog::Files;
use crate::results::place::Place;
use crate::results::refusal::Refusal;
use crate::support::syntax;

/// Why no test could begin, if no type of the crate's `lib.rs` has a `new` that is written.
/// `display` is what the user calls the folder of the files.
pub fn constructor(files: &Files, display: &Path) -> Option<Refusal> {
    let text = files.get("lib.rs")?;
    let (function, line, column) = syntax::with_file(text, |file| first_unwritten(&file.items))??;
    let file = format!("{}/lib.rs", display.display());
    Some(Refusal::Unwritten {
        function,
        place: Place { file, line, column },
    })
}

/// The first `new`, by name and place, if all are still to be written.
fn first_unwritten(items: &[Item]) -> Option<(String, u32, u32)> {
    let mut first = None;
    for item in items {
        let Item::Impl(ItemImpl {
            trait_: None,
            self_ty,
            items,
            ..
        }) = item
        else {
            continue;
        };
        for item in items {
            let ImplItem::Fn(function) = item else {
                continue;
            };
            if function.sig.ident != "new" {
                continue;
            }
            let span = is_todo(&function.block)?;
            let name = match &**self_ty {
                Type::Path(path) => path.path.segments.last().map(|it| it.ident.to_string()),
                _ => None,
            };
            let name = name.map_or("new".to_owned(), |name| format!("{name}::new"));
            first.get_or_insert((name, span.0, span.1));
        }
    }
    first
}

/// The line and column of the `todo!()`, both from 1, if the block is nothing else.
fn is_todo(block: &Block) -> Option<(u32, u32)> {
    let [statement] = block.stmts.as_slice() else {
        return None;
    };
    let called = match statement {
        Stmt::Macro(called) => &called.mac,
        Stmt::Expr(Expr::Macro(called), _) => &called.mac,
        _ => return None,
    };
    let is_todo = ["todo", "unimplemented"]
        .iter()
        .any(|name| called.path.is_ident(name));
    let start = called.path.span().start();
    let line = u32::try_from(start.line).ok()?;
    let column = u32::try_from(start.column + 1).ok()?;
    is_todo.then_some((line, column))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::katas::catalog::single;

    fn found(text: &str) -> Option<(String, u32, u32)> {
        match constructor(&single(text), "exercises/lock/src".as_ref())? {
            Refusal::Unwritten { function, place } => Some((function, place.line, place.column)),
            other => panic!("{other}"),
        }
    }

    #[test]
    fn a_type_that_cannot_be_made_is_found() {
        let text = "struct Lock;\nimpl Lock {\n    pub fn new() -> Lock {\n        todo!()\n    }\n    fn f() {}\n}\n";
        assert_eq!(found(text), Some(("Lock::new".to_owned(), 4, 9)));
        let text =
            "impl<T> Pool<T> { pub fn new(n: usize) -> Self { unimplemented!(\"later\"); } }";
        assert_eq!(found(text), Some(("Pool::new".to_owned(), 1, 50)));
    }

    #[test]
    fn what_can_be_made_is_tried() {
        assert_eq!(
            found("impl Lock { pub fn new() -> Lock { Lock } fn f() { todo!() } }"),
            None
        );
        assert_eq!(
            found("impl A { fn new() { todo!() } } impl B { fn new() { B } }"),
            None
        );
        assert_eq!(found("impl A { fn new() { f(); todo!() } }"), None);
        assert_eq!(found("impl New for A { fn new() { todo!() } }"), None);
        assert_eq!(found("impl A { fn f() { todo!() } }"), None);
        assert_eq!(found("impl A {"), None);
    }
}
