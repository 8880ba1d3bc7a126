//! The signals of the program are not for our threads. A new thread inherits the mask of its
//! creator, so the creator blocks them before it creates the thread and restores its own mask
//! after: there is no moment at which the new thread would take one.

#[cfg(unix)]
pub(crate) use unix::block;

/// Blocks signals until it is dropped, on the thread that made it.
#[cfg(not(unix))]
pub(crate) fn block() {}

#[cfg(unix)]
mod unix {
    use std::marker::PhantomData;
    use std::mem::MaybeUninit;
    use std::ptr::null_mut;

    /// Faults of the thread itself: blocked, they would end the program without a word.
    const FAULTS: [libc::c_int; 7] = [
        libc::SIGSEGV,
        libc::SIGBUS,
        libc::SIGFPE,
        libc::SIGILL,
        libc::SIGTRAP,
        libc::SIGABRT,
        libc::SIGSYS,
    ];

    /// The mask that the thread had before, restored on drop. Not `Send`: a mask belongs to its
    /// thread.
    pub(crate) struct Blocked {
        before: libc::sigset_t,
        thread: PhantomData<*const ()>,
    }

    /// Blocks all signals but faults in the calling thread. None if that fails, which the C library
    /// does only for a wrong argument.
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
        // SAFETY: on success the call has written the mask from before.
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
