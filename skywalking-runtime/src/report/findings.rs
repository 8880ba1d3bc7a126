//! Logs problems of the traced program that `trace` detects: Local spans without a context, and
//! misuse that compiles. Each callsite and each kind of misuse is logged once.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::config::policies::Orphans;
use crate::self_log::{self, Delivery, Line, WithoutThread};
use crate::span::callsite::Callsite;
use crate::span::misuse::Misuse;
use crate::trace::orphans::orphans;
use crate::tracer;

/// How many callsites of orphans are logged by name.
const MOST: usize = 20;

/// How many of the listed callsites were checked.
static CHECKED: AtomicUsize = AtomicUsize::new(0);
/// The kinds of misuse that were logged.
static LOGGED: [AtomicBool; Misuse::ALL.len()] =
    [const { AtomicBool::new(false) }; Misuse::ALL.len()];

/// Log lines of one agent that are being written: findings and the reporter's own.
#[derive(Debug, Default)]
pub(crate) struct Findings(Mutex<Vec<Delivery>>);

impl Findings {
    /// Logs findings that are new since the last call in this process.
    pub(crate) fn log(&self, without_thread: WithoutThread) {
        let lines = new_lines();
        if !lines.is_empty() {
            self.keep(self_log::emit(lines, without_thread));
        }
    }

    /// Keeps the delivery of a line until the line is written. Few lines are being written at a
    /// time, so few are kept.
    pub(crate) fn keep(&self, delivery: Delivery) {
        let mut deliveries = self.deliveries();
        deliveries.retain(|earlier| !earlier.is_over());
        deliveries.push(delivery);
    }

    /// Removes and returns the lines that are being written, so that the caller can wait for them.
    pub(crate) fn take(&self) -> Vec<Delivery> {
        std::mem::take(&mut *self.deliveries())
    }

    fn deliveries(&self) -> MutexGuard<'_, Vec<Delivery>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn new_lines() -> Vec<Line> {
    let mut lines = orphan_lines();
    for (misuse, logged) in Misuse::ALL.into_iter().zip(&LOGGED) {
        if let Some(callsite) = misuse.seen()
            && !logged.swap(true, Ordering::Relaxed)
        {
            lines.push(Line::warn(text(misuse, callsite)));
        }
    }
    lines
}

/// Returns lines for callsites that no other call has checked. The reporter and the end of its
/// agent may call this at the same time.
fn orphan_lines() -> Vec<Line> {
    loop {
        let mut lines = Vec::new();
        let before = CHECKED.load(Ordering::Relaxed);
        let mut number = before;
        for (callsite, _) in orphans().skip(before) {
            number += 1;
            match number {
                // The program asked for traces that begin here.
                ..=MOST if callsite.orphan_rule() == Some(Orphans::Trace) => {}
                ..=MOST => lines.push(Line::warn(orphan(callsite))),
                _ if number == MOST + 1 => lines.push(Line::warn(MORE)),
                _ => {}
            }
        }
        if CHECKED.compare_exchange(before, number, Ordering::Relaxed, Ordering::Relaxed).is_ok() {
            return lines;
        }
    }
}

const MORE: &str =
    "more local spans have no parent: `skywalking_runtime::stats::orphans()` lists and counts them";

/// Formats a callsite with its file and line.
fn place(callsite: &Callsite) -> String {
    match (callsite.file(), callsite.line()) {
        (Some(file), Some(line)) => format!("`{}` ({file}:{line})", callsite.name()),
        _ => format!("`{}`", callsite.name()),
    }
}

fn orphan(callsite: &Callsite) -> String {
    let rule = callsite
        .orphan_rule()
        .or_else(|| Some(tracer::current()?.settings.orphans))
        .unwrap_or_default();
    let done = match rule {
        Orphans::Trace => "starts a new trace each time",
        Orphans::Skip => "is skipped",
    };
    format!(
        "the local span {} has no parent and {done}. If a request spawned its task, write `skywalking_runtime::spawn(\"name\", ..)` in \
         place of `tokio::spawn(..)`, or `.traced(\"name\")` on what another thread runs. To skip such spans set \
         `#[local_span(orphan = skip)]` or SW_AGENT_ORPHANS=skip; if it is meant to be a trace, `#[local_span(orphan = trace)]`",
        place(callsite)
    )
}

fn text(misuse: Misuse, callsite: &Callsite) -> String {
    let place = place(callsite);
    match misuse {
        Misuse::GuardOverAwait => format!(
            "the guard of {place} was held over an `.await`: what other branches of its task open meanwhile becomes its child. Write \
             `span(..).future(async {{ .. }}).await` in place of the guard"
        ),
        Misuse::GuardsCross => format!(
            "the guard of {place} was dropped while a guard that was opened inside it was still open. If it was held over an `.await`, \
             what other branches of its task open meanwhile becomes its child: write `span(..).future(async {{ .. }}).await` in place \
             of the guard. Else drop guards in the reverse order of their creation"
        ),
        Misuse::TasksBelowFuture => format!(
            "other tasks opened spans inside the future of {place}, which are recorded as its children. If the future drives a \
             `LocalSet`, put the attribute on what handles one request instead, or start its tasks with \
             `skywalking_runtime::spawn_local(\"name\", ..)`"
        ),
        Misuse::FullBelowCall => format!(
            "the segment that {place} began is full, and its call has not returned: further spans are not recorded. If the call drives an \
             executor, as `main` below `#[tokio::main]` does, or loops, put the attribute on what handles one request instead"
        ),
        Misuse::LayerOnSalvo => {
            "Salvo runs handlers outside of a `ServerLayer` that `compat()` made a hoop: they begin traces of their own. Trace \
                                 requests in a handler that calls `skywalking_runtime::integrations::http::Server::begin`; \
                                 `skywalking_runtime::docs::troubleshooting` has its code"
                .to_owned()
        }
    }
}
