//! The items of a source, as hunks name them: `Lock::release`, `LockGuard::drop`, `State`.

use std::ops::Range;

use syn::Type;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

/// What is in no item: the top of the file, and between the items.
const TOP: &str = "crate";

/// Which lines belong to which item.
#[derive(Debug)]
pub(super) struct Places {
    /// An item comes before those that are in it. The first one is the whole file.
    items: Vec<Item>,
    /// What the items around the one that is being visited are called.
    path: Vec<String>,
}

#[derive(Debug)]
struct Item {
    name: String,
    /// Counted from 0, with its doc comment and attributes.
    lines: Range<usize>,
}

impl Places {
    /// The items of a source.
    ///
    /// # Errors
    ///
    /// It is no Rust.
    pub(super) fn of(source: &str) -> syn::Result<Places> {
        let file = syn::parse_file(source)?;
        let everything = Item {
            name: TOP.to_owned(),
            lines: 0..source.lines().count(),
        };
        let mut places = Places {
            items: vec![everything],
            path: Vec::new(),
        };
        places.visit_file(&file);
        Ok(places)
    }

    /// The innermost item in which these lines are changed; without any, the one in which
    /// something is put in front of the line.
    pub(super) fn of_change(&self, lines: Range<usize>) -> &str {
        &self.item(lines).name
    }

    /// The lines of that item.
    pub(super) fn lines_of(&self, change: Range<usize>) -> Range<usize> {
        self.item(change).lines.clone()
    }

    fn item(&self, change: Range<usize>) -> &Item {
        let is_around = |item: &&Item| match change.is_empty() {
            true => item.lines.start < change.start && change.start < item.lines.end,
            false => item.lines.contains(&change.start),
        };
        let innermost = self.items.iter().rev().find(is_around);
        innermost.unwrap_or(&self.items[0])
    }

    /// Notes an item, and what is in it.
    fn enter(&mut self, name: String, node: &impl Spanned, inside: impl FnOnce(&mut Self)) {
        let span = node.span();
        self.path.push(name);
        self.items.push(Item {
            name: self.path.join("::"),
            lines: span.start().line - 1..span.end().line,
        });
        inside(self);
        self.path.pop();
    }
}

impl<'ast> Visit<'ast> for Places {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.enter(item.sig.ident.to_string(), item, |it| {
            visit::visit_item_fn(it, item)
        });
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        self.enter(type_name(&item.self_ty), item, |it| {
            visit::visit_item_impl(it, item)
        });
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.enter(item.sig.ident.to_string(), item, |it| {
            visit::visit_impl_item_fn(it, item)
        });
    }

    fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
        self.enter(item.ident.to_string(), item, |it| {
            visit::visit_item_trait(it, item)
        });
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        self.enter(item.sig.ident.to_string(), item, |it| {
            visit::visit_trait_item_fn(it, item)
        });
    }

    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.enter(item.ident.to_string(), item, |_| {});
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        self.enter(item.ident.to_string(), item, |_| {});
    }

    fn visit_item_type(&mut self, item: &'ast syn::ItemType) {
        self.enter(item.ident.to_string(), item, |_| {});
    }

    fn visit_item_const(&mut self, item: &'ast syn::ItemConst) {
        self.enter(item.ident.to_string(), item, |_| {});
    }

    fn visit_item_static(&mut self, item: &'ast syn::ItemStatic) {
        self.enter(item.ident.to_string(), item, |_| {});
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        self.enter(item.ident.to_string(), item, |it| {
            visit::visit_item_mod(it, item)
        });
    }
}

/// The name of a type, without its parameters.
pub(crate) fn type_name(of: &Type) -> String {
    match of {
        Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
        _ => None,
    }
    .unwrap_or_else(|| "_".to_owned())
}
