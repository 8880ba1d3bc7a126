//! The threads of the agent.

use std::io;

use super::{limits, signals};
use crate::context::thread_state::never_trace_this_thread;

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
