//! What a process has beside its memory: signals, threads, limits and forks. Elsewhere than on Unix
//! there is nothing to do.
//!
//! Every thread of this crate is made by [`spawn`]: it blocks the program's signals and is never
//! traced.

mod fork;
mod limits;
mod signals;

use std::io;

use crate::context::thread_state::never_trace_this_thread;

pub(crate) use fork::{PerProcess, forks, watch as watch_forks};
pub(crate) use limits::{check_address_space, check_descriptors};
#[cfg(feature = "testing")]
pub(crate) use signals::block as block_signals;

/// Address space that a thread takes with its stack, and what it may allocate before the program's
/// own limits are its trouble.
const THREAD_SPACE: usize = 4 * 1024 * 1024;

/// Starts a thread with this name.
///
/// # Errors
/// If the operating system gives no thread, or not the memory for one. Nothing panics then, also
/// not in the new thread, whose start allocates.
pub(crate) fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    limits::check_address_space(THREAD_SPACE)?;
    let _blocked = signals::block();
    let thread = std::thread::Builder::new().name(name.to_owned());
    thread.spawn(|| {
        never_trace_this_thread();
        work();
    })?;
    Ok(())
}
