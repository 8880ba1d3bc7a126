//! Starts the agent's threads.

use std::io;
use std::sync::OnceLock;

use super::{limits, mark_own_thread, signals};

/// Address space that a thread needs: its stack, and its first allocations.
const THREAD_SPACE: usize = 4 * 1024 * 1024;

/// Runs first on each new thread.
static FIRST: OnceLock<fn()> = OnceLock::new();

/// Sets what runs first on each thread that [`spawn`] starts from now on.
pub(crate) fn run_first(work: fn()) {
    FIRST.get_or_init(|| work);
}

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
        mark_own_thread();
        if let Some(first) = FIRST.get() {
            first();
        }
        work();
    })?;
    Ok(())
}
