//! A cell with at most one boxed value, which its owner and the reporter exchange. Nobody waits.

use std::ptr;

use crate::util::sync::{AtomicPtr, AtomicU64, Ordering};

/// A cell that its owner fills and that any thread can empty.
#[derive(Debug)]
pub(crate) struct ExchangeCell<T> {
    /// Null, or a value that the cell owns.
    value: AtomicPtr<T>,
    /// When the value is too old.
    expires: AtomicU64,
}

// SAFETY: the thread that takes the value acquires what the thread that put it there released. So
// values only move between threads.
#[allow(unsafe_code)]
unsafe impl<T: Send> Send for ExchangeCell<T> {}
// SAFETY: the same.
#[allow(unsafe_code)]
unsafe impl<T: Send> Sync for ExchangeCell<T> {}

impl<T> ExchangeCell<T> {
    pub(crate) fn new() -> Self {
        Self { value: AtomicPtr::new(ptr::null_mut()), expires: AtomicU64::new(0) }
    }

    /// Stores a value. Only the owner of the cell calls it. Returns the value that was in the cell,
    /// if the owner had not taken it.
    #[allow(unsafe_code)]
    pub(crate) fn put(&self, value: Box<T>, expires: u64) -> Option<Box<T>> {
        self.expires.store(expires, Ordering::Relaxed);
        let old = self.value.swap(Box::into_raw(value), Ordering::AcqRel);
        // SAFETY: a pointer in the cell came out of a box here, and the exchange took it out.
        (!old.is_null()).then(|| unsafe { Box::from_raw(old) })
    }

    /// Takes the value out.
    #[allow(unsafe_code)]
    #[inline]
    pub(crate) fn take(&self) -> Option<Box<T>> {
        if self.value.load(Ordering::Relaxed).is_null() {
            return None;
        }
        let value = self.value.swap(ptr::null_mut(), Ordering::Acquire);
        // SAFETY: a pointer in the cell came out of a box in `put`, and the exchange took it out.
        (!value.is_null()).then(|| unsafe { Box::from_raw(value) })
    }

    /// Takes the value out if it is too old.
    #[allow(unsafe_code)]
    pub(crate) fn take_older(&self, now: u64) -> Option<Box<T>> {
        let value = self.value.load(Ordering::Acquire);
        if value.is_null() || self.expires.load(Ordering::Relaxed) >= now {
            return None;
        }
        self.value
            .compare_exchange(value, ptr::null_mut(), Ordering::Acquire, Ordering::Relaxed)
            .ok()
            // SAFETY: the same as in `take`.
            .map(|value| unsafe { Box::from_raw(value) })
    }
}

impl<T> Drop for ExchangeCell<T> {
    fn drop(&mut self) {
        drop(self.take());
    }
}
