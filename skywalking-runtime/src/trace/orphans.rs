//! Local spans without a context, mostly in tasks that were spawned without one. They start a trace
//! or are skipped, depending on the settings, and are counted by callsite. The reporter logs the
//! first of each callsite.

use std::sync::atomic::Ordering;

use once_cell::race::OnceRef;

use crate::config::policies::Orphans;
use crate::config::settings::Settings;
use crate::span::callsite::Callsite;
use crate::util::diagnostics::{self, Diagnostic};

/// The first callsite that had an orphan.
static FIRST: OnceRef<'static, Callsite> = OnceRef::new();

/// Counts an orphan. Returns true if it starts a trace.
#[cold]
pub(crate) fn opens(callsite: &'static Callsite, settings: &Settings) -> bool {
    if callsite.count.orphans.fetch_add(1, Ordering::Relaxed) == 0 {
        enlist(callsite);
    }
    let skips = callsite.orphan_rule().unwrap_or(settings.orphans) == Orphans::Skip;
    if skips {
        diagnostics::count(Diagnostic::OrphanSkipped);
    }
    !skips
}

/// Appends the callsite to the list. Called once for each.
fn enlist(callsite: &'static Callsite) {
    let mut last = &FIRST;
    while last.set(callsite).is_err() {
        let Some(next) = last.get() else { return };
        last = &next.count.next;
    }
}

/// Returns the callsites of local spans that opened without a context, and how often, in the order
/// in which they were first seen.
///
/// ```
/// use skywalking_runtime::{Config, config::Reporter, local_span, stats::orphans};
///
/// #[local_span(name = "tick")]
/// fn tick() {}
///
/// let _agent = Config::new("ticker").reporter(Reporter::Discard).start()?;
/// tick();
/// tick();
/// let counts: Vec<_> = orphans().map(|(callsite, count)| (callsite.name(), count)).collect();
/// assert_eq!(counts, [("tick", 2)]);
/// # Ok::<(), skywalking_runtime::Error>(())
/// ```
pub fn orphans() -> impl Iterator<Item = (&'static Callsite, u64)> {
    let mut at = &FIRST;
    std::iter::from_fn(move || {
        let callsite = at.get()?;
        at = &callsite.count.next;
        Some((callsite, callsite.count.orphans.load(Ordering::Relaxed)))
    })
}
