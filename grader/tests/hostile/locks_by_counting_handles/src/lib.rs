//! attack: keeps its flag in the count of an `Arc`, which no model test sees change
//! expected: forbidden `strong_count`

use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

#[derive(Debug, Default)]
pub struct Lock {
    token: Mutex<Arc<()>>,
    held: Mutex<Vec<Arc<()>>>,
    freed: Condvar,
}

impl Lock {
    pub fn acquire_timeout(&self, _timeout: Duration) -> bool {
        let token = self.token.lock().unwrap();
        if Arc::strong_count(&token) > 1 {
            return false;
        }
        self.held.lock().unwrap().push(Arc::clone(&token));
        true
    }

    pub fn release(&self) {
        self.held.lock().unwrap().pop();
        self.freed.notify_one();
    }
}
