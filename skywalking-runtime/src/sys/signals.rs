//! Keeps the program's signals off the agent's threads.
//!
//! A new thread inherits the signal mask of its creator. So the creator blocks signals before it
//! creates the thread, and restores its own mask afterwards: the new thread never receives one.

#[cfg(unix)]
pub(crate) use unix::block;

/// Blocks signals on the calling thread until it is dropped.
#[cfg(not(unix))]
pub(crate) fn block() {}

#[cfg(unix)]
mod unix {
    use std::marker::PhantomData;
    use std::mem::MaybeUninit;
    use std::ptr::null_mut;

    /// Signals for faults of the thread itself. If they were blocked, they would end the program
    /// silently.
    const FAULTS: [libc::c_int; 7] = [
        libc::SIGSEGV,
        libc::SIGBUS,
        libc::SIGFPE,
        libc::SIGILL,
        libc::SIGTRAP,
        libc::SIGABRT,
        libc::SIGSYS,
    ];

    /// The previous mask of the thread, restored on drop. Not `Send`: a mask belongs to its thread.
    pub(crate) struct Blocked {
        before: libc::sigset_t,
        thread: PhantomData<*const ()>,
    }

    /// Blocks all signals but faults in the calling thread. Returns `None` if that fails, which the
    /// C library does only for an invalid argument.
    #[allow(unsafe_code)]
    pub(crate) fn block() -> Option<Blocked> {
        let (mut all, mut before) = (MaybeUninit::uninit(), MaybeUninit::uninit());
        // SAFETY: `sigfillset` initializes the set before `sigdelset` and `pthread_sigmask` read
        // it; each fault is a valid signal.
        let result = unsafe {
            libc::sigfillset(all.as_mut_ptr());
            for fault in FAULTS {
                libc::sigdelset(all.as_mut_ptr(), fault);
            }
            libc::pthread_sigmask(libc::SIG_SETMASK, all.as_ptr(), before.as_mut_ptr())
        };
        // SAFETY: on success the call has written the previous mask.
        (result == 0)
            .then(|| Blocked { before: unsafe { before.assume_init() }, thread: PhantomData })
    }

    impl Drop for Blocked {
        #[allow(unsafe_code)]
        fn drop(&mut self) {
            // SAFETY: the mask came from the operating system, for this thread.
            unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &raw const self.before, null_mut()) };
        }
    }
}
