//! A timer for futures on any executor.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::task::Waker;
use std::time::Duration;

/// Wakes a task once after a timeout, unless it is dropped before.
pub(super) struct Watch(Option<std::thread::JoinHandle<()>>, Arc<(Mutex<bool>, Condvar)>);

impl Watch {
    pub(super) fn start(patience: Duration, waker: Waker) -> Self {
        let over = Arc::new((Mutex::new(false), Condvar::new()));
        let watched = Arc::clone(&over);
        let _blocked = crate::sys::signals::block();
        let thread = std::thread::spawn(move || {
            let (over, changed) = &*watched;
            let guard = over.lock().unwrap_or_else(PoisonError::into_inner);
            drop(changed.wait_timeout_while(guard, patience, |over| !*over));
            waker.wake();
        });
        Self(Some(thread), over)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        *self.1.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.1.1.notify_all();
        if let Some(thread) = self.0.take() {
            drop(thread.join());
        }
    }
}
