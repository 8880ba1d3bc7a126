//! Synchronization primitives, by the names that the queue uses: the standard library's.
//! `tests/loom` builds the same files with loom's primitives, and tries every interleaving of
//! threads.

pub(crate) use std::sync::atomic::{
    AtomicBool, AtomicPtr, AtomicU8, AtomicU32, AtomicU64, AtomicUsize, Ordering, fence,
};
pub(crate) use std::sync::{Arc, Mutex, MutexGuard};
pub(crate) use std::thread::yield_now;

pub(crate) use crate::sys::forks;

/// A cell whose owner guarantees exclusive access.
#[derive(Debug, Default)]
pub(crate) struct Cell<T>(std::cell::UnsafeCell<T>);

impl<T> Cell<T> {
    /// Calls `work` with a pointer to the value. The pointer is valid until `work` returns.
    #[inline]
    pub(crate) fn with_mut<R>(&self, work: impl FnOnce(*mut T) -> R) -> R {
        work(self.0.get())
    }
}

/// A static that threads share. (loom creates such statics at their first use.)
macro_rules! shared {
    ($($(#[$meta:meta])* static $name:ident: $kind:ty = $value:expr;)+) => {
        $($(#[$meta])* static $name: $kind = $value;)+
    };
}
pub(crate) use shared;

/// A static with one value per process, see [`PerProcess`](crate::sys::PerProcess).
macro_rules! per_process {
    ($(#[$meta:meta])* static $name:ident: $kind:ty = $value:expr;) => {
        $(#[$meta])* static $name: $crate::sys::PerProcess<$kind> = $crate::sys::PerProcess::new(|| $value);
    };
}
pub(crate) use per_process;
