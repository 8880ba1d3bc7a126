//! The panic hook. It remembers the message and the location of a panic for the spans that the
//! panic unwinds.
//!
//! A process has one hook. Ours calls the one that it replaced. If a program later sets a hook of
//! its own, std drops ours, and the drop installs ours in front of the new one. A hook that calls
//! the one that it replaced keeps ours alive, so nothing has to be done. If a program keeps our
//! hook without calling it, messages are missing.

use std::panic::{self, PanicHookInfo};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::context::current_segment;
use crate::tracer;

/// True if a hook of ours is the current one, or is called by it.
static INSTALLED: AtomicBool = AtomicBool::new(false);

/// Installs the hook, unless it is installed.
pub(crate) fn install() {
    // std panics if a panicking thread changes hooks. Then only the messages are missing.
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
        // std drops a replaced hook after it has released its lock, so hooks can be changed here.
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
