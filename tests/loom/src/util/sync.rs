//! The names of the runtime's `util::sync`, with the types of loom.

pub(crate) use loom::sync::atomic::{
    AtomicBool, AtomicPtr, AtomicU8, AtomicU32, AtomicU64, AtomicUsize, Ordering, fence,
};
pub(crate) use loom::sync::{Arc, Mutex, MutexGuard};
pub(crate) use loom::thread::yield_now;

/// A cell that loom watches. Two accesses at the same time are a failure.
#[derive(Debug, Default)]
pub(crate) struct Cell<T>(loom::cell::UnsafeCell<T>);

impl<T> Cell<T> {
    pub(crate) fn with_mut<R>(&self, work: impl FnOnce(*mut T) -> R) -> R {
        self.0.with_mut(work)
    }
}

macro_rules! shared {
    ($($(#[$meta:meta])* static $name:ident: $kind:ty = $value:expr;)+) => {
        loom::lazy_static! {
            $($(#[$meta])* static ref $name: $kind = $value;)+
        }
    };
}
pub(crate) use shared;

/// Returns 0: there is only one process.
pub(crate) fn forks() -> u32 {
    0
}

pub(crate) struct PerProcess<T>(pub(crate) T);

impl<T> PerProcess<T> {
    pub(crate) fn get(&self) -> &T {
        &self.0
    }
}

macro_rules! per_process {
    ($(#[$meta:meta])* static $name:ident: $kind:ty = $value:expr;) => {
        loom::lazy_static! {
            $(#[$meta])* static ref $name: crate::util::sync::PerProcess<$kind> = crate::util::sync::PerProcess($value);
        }
    };
}
pub(crate) use per_process;
