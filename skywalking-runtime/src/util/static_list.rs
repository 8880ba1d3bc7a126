//! Lists of values that are never freed or moved. Any thread pushes and reads, without a lock.
//!
//! The list is a pointer to the newest value, or null. Each value has a pointer to the next older
//! one.

use crate::util::sync::{AtomicPtr, Ordering};

/// Adds a value in front. `next` is its own pointer, which no other thread uses yet.
pub(crate) fn push<T>(list: &AtomicPtr<T>, value: &'static T, next: &AtomicPtr<T>) {
    let mut first = list.load(Ordering::Relaxed);
    loop {
        next.store(first, Ordering::Relaxed);
        let value = std::ptr::from_ref(value).cast_mut();
        match list.compare_exchange_weak(first, value, Ordering::SeqCst, Ordering::Relaxed) {
            Ok(_) => return,
            Err(now) => first = now,
        }
    }
}

/// Returns the values from `first` on, which was read from a list with acquire ordering or stronger.
pub(crate) fn from<T>(
    mut first: *mut T,
    next: fn(&'static T) -> &'static AtomicPtr<T>,
) -> impl Iterator<Item = &'static T> {
    std::iter::from_fn(move || {
        // SAFETY: only `push` makes such pointers, of values that are never freed or moved.
        #[allow(unsafe_code)]
        let value: &'static T = unsafe { first.as_ref() }?;
        first = next(value).load(Ordering::Relaxed);
        Some(value)
    })
}
