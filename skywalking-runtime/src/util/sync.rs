//! What threads share, by the names under which the way out uses it: the standard library's.
//! `tests/loom` builds the same files with loom's in their place, and tries every order in which
//! threads can get in each other's way.

pub(crate) use std::sync::atomic::{
    AtomicBool, AtomicPtr, AtomicU8, AtomicU32, AtomicU64, AtomicUsize, Ordering, fence,
};
pub(crate) use std::sync::{Arc, Mutex, MutexGuard};
pub(crate) use std::thread::yield_now;

pub(crate) use crate::sys::forks;

/// A cell whose owner says in its own way that nobody else is at it.
#[derive(Debug, Default)]
pub(crate) struct Cell<T>(std::cell::UnsafeCell<T>);

impl<T> Cell<T> {
    /// Works on what is inside. The pointer is good until `work` returns.
    #[inline]
    pub(crate) fn with_mut<R>(&self, work: impl FnOnce(*mut T) -> R) -> R {
        work(self.0.get())
    }
}

/// A static that threads share. (loom makes such things when they are first used.)
macro_rules! shared {
    ($($(#[$meta:meta])* static $name:ident: $kind:ty = $value:expr;)+) => {
        $($(#[$meta])* static $name: $kind = $value;)+
    };
}
pub(crate) use shared;

/// A static of which each process has its own, as [`PerProcess`](crate::sys::PerProcess) says.
macro_rules! per_process {
    ($(#[$meta:meta])* static $name:ident: $kind:ty = $value:expr;) => {
        $(#[$meta])* static $name: $crate::sys::PerProcess<$kind> = $crate::sys::PerProcess::new(|| $value);
    };
}
pub(crate) use per_process;
