//! Detects forks of the process.
//!
//! The child has one thread and a copy of all memory. Locks that other threads held stay locked,
//! and work of other threads is never finished. So the child uses nothing that could wait for them,
//! and creates its own state.
//!
//! Every `fork` of the C library is detected. A raw `clone` or `fork` system call and `vfork` run
//! no handlers: see the docs of [`Agent`](crate::Agent).

use std::ptr::null_mut;
use std::sync::atomic::{AtomicPtr, AtomicU32, Ordering};

#[cfg(all(unix, feature = "agent"))]
use super::starts;

/// The number of forks between the first process and this one.
static FORKS: AtomicU32 = AtomicU32::new(0);

/// Returns a number that is different in each process of a line of forks.
#[inline]
pub(crate) fn forks() -> u32 {
    FORKS.load(Ordering::Relaxed)
}

/// Calls `in_child` in every later forked child, before `fork` returns there.
///
/// `in_child` may only store to atomics and to thread-locals without destructors, because another
/// thread may have held any lock. Later forks wait for the end of each start ([`starts`]).
#[cfg(all(unix, feature = "agent"))]
#[allow(unsafe_code)]
pub(crate) fn watch(in_child: fn()) {
    static IN_CHILD: AtomicPtr<()> = AtomicPtr::new(null_mut());

    extern "C" fn before() {
        starts::before_fork();
    }

    extern "C" fn in_parent() {
        starts::after_fork_in_parent();
    }

    extern "C" fn handle() {
        starts::after_fork_in_child();
        FORKS.store(FORKS.load(Ordering::Relaxed).wrapping_add(1), Ordering::SeqCst);
        let in_child = IN_CHILD.load(Ordering::SeqCst);
        if !in_child.is_null() {
            // SAFETY: what is stored there came from a `fn()`.
            let in_child = unsafe { std::mem::transmute::<*mut (), fn()>(in_child) };
            in_child();
        }
    }

    if IN_CHILD.swap(in_child as *mut (), Ordering::SeqCst).is_null() {
        // SAFETY: the handlers keep the rules of a fork: they allocate nothing and take no lock.
        // The child's only stores to atomics and to thread-locals without destructors; the
        // parent's only change atomics and sleep. None of them unwinds.
        let registered =
            unsafe { libc::pthread_atfork(Some(before), Some(in_parent), Some(handle)) } == 0;
        if !registered {
            IN_CHILD.store(null_mut(), Ordering::SeqCst);
        }
    }
}

#[cfg(all(not(unix), feature = "agent"))]
pub(crate) fn watch(_: fn()) {}

/// A static with one value per process: a forked child creates its own and never touches the
/// parent's.
pub(crate) struct PerProcess<T: 'static> {
    made: AtomicPtr<Made<T>>,
    make: fn() -> T,
}

struct Made<T> {
    /// The process that created it.
    forks: u32,
    value: T,
}

impl<T: Send + Sync> PerProcess<T> {
    /// Creates a static whose value is made by `make` at the first access in a process. If two
    /// threads access it at once, neither waits, and one result is dropped.
    pub(crate) const fn new(make: fn() -> T) -> Self {
        Self { made: AtomicPtr::new(null_mut()), make }
    }

    /// Returns the value of this process.
    #[inline]
    pub(crate) fn get(&'static self) -> &'static T {
        let made = self.made.load(Ordering::Acquire);
        Self::if_ours(made).unwrap_or_else(|| self.make(made))
    }

    #[inline]
    #[allow(unsafe_code)]
    fn if_ours(made: *mut Made<T>) -> Option<&'static T> {
        // SAFETY: null, or published whole by the exchange in `make`, which this acquires, and
        // never freed.
        let made = unsafe { made.as_ref() }?;
        (made.forks == forks()).then_some(&made.value)
    }

    #[cold]
    #[allow(unsafe_code)]
    fn make(&'static self, found: *mut Made<T>) -> &'static T {
        let new = Box::into_raw(Box::new(Made { forks: forks(), value: (self.make)() }));
        match self.made.compare_exchange(found, new, Ordering::AcqRel, Ordering::Acquire) {
            // SAFETY: it was just made, and is never freed from now on.
            Ok(_) => unsafe { &(*new).value },
            Err(other) => {
                // SAFETY: it was just made, and no other thread has seen it.
                drop(unsafe { Box::from_raw(new) });
                Self::if_ours(other).unwrap_or_else(|| self.get())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;
    use std::sync::Mutex;

    #[test]
    fn per_process_value_is_one_for_all_threads() {
        static VALUE: PerProcess<Mutex<Vec<u32>>> = PerProcess::new(Mutex::default);
        let seen: HashSet<usize> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|number| {
                    scope.spawn(move || {
                        VALUE.get().lock().unwrap().push(number);
                        std::ptr::from_ref(VALUE.get()) as usize
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!((seen.len(), VALUE.get().lock().unwrap().len()), (1, 8));
    }
}
