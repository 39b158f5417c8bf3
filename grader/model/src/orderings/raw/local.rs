//! The values of threads.

use std::any::Any;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use crate::orderings::world;
use crate::trace::ThreadIndex;

/// The values of one thread, by their key.
type Values = HashMap<usize, Rc<dyn Any>>;

thread_local! {
    static VALUES: RefCell<HashMap<ThreadIndex, Values>> = RefCell::default();
}

/// What the running thread keeps under this key.
pub(in crate::orderings) fn local(key: usize) -> Option<Rc<dyn Any>> {
    let me = world::current();
    VALUES.with_borrow(|values| values.get(&me)?.get(&key).cloned())
}

/// Keeps a value for the running thread, until it ends.
pub(in crate::orderings) fn keep_local(key: usize, value: Rc<dyn Any>) {
    let me = world::current();
    VALUES.with_borrow_mut(|values| {
        values.entry(me).or_default().insert(key, value);
    });
}

/// Drops the values of the running thread, which is about to end.
pub(in crate::orderings) fn drop_locals() {
    let me = world::current();
    loop {
        // A destructor may make new values, which are dropped in the next round.
        let values = VALUES.with_borrow_mut(|values| values.remove(&me));
        if values.is_none_or(|values| values.is_empty()) {
            return;
        }
    }
}

/// Forgets what an execution that was cut short has left.
pub(super) fn begin() {
    VALUES.with_borrow_mut(HashMap::clear);
}
