//! Starts the agent's threads.

use std::io;

use super::{limits, signals};
use crate::context::thread_state::never_trace_this_thread;

/// Address space that a thread needs: its stack, and its first allocations.
const THREAD_SPACE: usize = 4 * 1024 * 1024;

/// Starts a thread with this name.
///
/// # Errors
/// If the operating system refuses the thread or its memory. Nothing panics then, including the
/// start of the new thread, which allocates.
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
