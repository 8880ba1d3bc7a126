//! The panic hook, which remembers the message and the location of a panic for the spans that it
//! unwinds.
//!
//! There is one hook in a process. Ours calls the one that it found. A program that sets a hook of
//! its own later replaces ours: then std drops ours, and that drop puts ours in front of the new
//! one. A hook that calls the one that it replaced keeps ours alive, and nothing has to be done.
//! Only a program that keeps our hook without calling it gets no messages while it does so.

use std::panic::{self, PanicHookInfo};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::context::current_segment;
use crate::tracer;

/// A hook of ours is the current one, or is called by it.
static INSTALLED: AtomicBool = AtomicBool::new(false);

/// Installs the hook, unless it is installed.
pub(crate) fn install() {
    // std panics where a panicking thread changes hooks. The messages are missing then, and nothing
    // else.
    if std::thread::panicking() || INSTALLED.swap(true, Ordering::AcqRel) {
        return;
    }
    let installed = Installed;
    let program = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let _ours = &installed;
        remember(info);
        program(info);
    }));
}

/// Lives as long as our hook.
struct Installed;

impl Drop for Installed {
    fn drop(&mut self) {
        // std drops a replaced hook after it has released its lock, so hooks may be changed here.
        INSTALLED.store(false, Ordering::Release);
        // The next agent installs it again.
        if tracer::enabled() {
            install();
        }
    }
}

fn remember(info: &PanicHookInfo<'_>) {
    if current_segment::with(|segment| segment.is_sampled()) != Some(true) {
        return;
    }
    let payload = info.payload();
    let message = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let location = info.location().map(ToString::to_string).unwrap_or_default();
    current_segment::with(|segment| segment.remember_panic(&location, message.unwrap_or_default()));
}
