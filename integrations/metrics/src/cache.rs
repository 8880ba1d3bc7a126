//! The handles by key. The facade looks a key up for each use of a macro.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use metrics::Key;
use skywalking_runtime::meter::{LIMIT, MeterError, count_refused};

/// The most keys of a kind, with those that were refused. Further ones are refused without a look.
const MOST: usize = 2 * LIMIT;

/// The handles of one kind of metric, `None` for keys that were refused.
#[derive(Debug)]
pub(crate) struct Cache<H>(RwLock<HashMap<Key, Option<H>>>);

impl<H> Default for Cache<H> {
    fn default() -> Self {
        Self(RwLock::default())
    }
}

impl<H: Clone> Cache<H> {
    /// Returns the handle of a key, or registers it. `None` if the key can't be reported, which is
    /// counted each time and logged once.
    pub(crate) fn find(
        &self,
        key: &Key,
        register: impl FnOnce() -> Result<H, MeterError>,
    ) -> Option<H> {
        let found = self.0.read().unwrap_or_else(PoisonError::into_inner).get(key).cloned();
        let handle = found.unwrap_or_else(|| self.register(key, register));
        if handle.is_none() {
            count_refused();
        }
        handle
    }

    /// Registers a key, under the lock: of two threads with a new key, the second gets the first
    /// one's handle.
    fn register(&self, key: &Key, register: impl FnOnce() -> Result<H, MeterError>) -> Option<H> {
        let mut handles = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = handles.get(key) {
            return found.clone();
        }
        if handles.len() >= MOST {
            return None;
        }
        let handle = register().inspect_err(MeterError::log).ok();
        handles.insert(key.clone(), handle.clone());
        handle
    }
}
