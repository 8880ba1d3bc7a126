//! Settings of spans and segments.

use std::time::Duration;

use super::Config;
use crate::config::policies::{Cancelled, Inbound, Orphans, OtherContexts};
use crate::redact::{Hook, Redact};

impl Config {
    /// Sets what local spans without a parent do. Default: [`Orphans::Trace`].
    ///
    /// `#[local_span(orphan = ..)]` sets it for one function. The first orphan of each function is
    /// logged. [`orphans`](crate::stats::orphans()) counts them.
    pub fn orphans(mut self, orphans: Orphans) -> Self {
        self.settings.orphans = orphans;
        self
    }

    /// Sets how the context of incoming requests is used. Default: [`Inbound::Accept`].
    pub fn inbound(mut self, inbound: Inbound) -> Self {
        self.settings.inbound = inbound;
        self
    }

    /// Sets how the contexts of other tracers are used. Default: [`OtherContexts::Keep`].
    pub fn other_contexts(mut self, others: OtherContexts) -> Self {
        self.settings.others = others;
        self
    }

    /// Sets what is recorded for a future that is dropped before it completes. Default:
    /// [`Cancelled::Note`].
    pub fn cancelled(mut self, cancelled: Cancelled) -> Self {
        self.settings.cancelled = cancelled;
        self
    }

    /// Sets how old a segment can get. Default: 10 minutes.
    ///
    /// An older segment, such as one of a long-lived connection, is reported with its open spans
    /// ended and tagged `unfinished=true`. Its work continues in a new segment that refers to it.
    /// The age is checked when a span ends and when a root is polled. A segment also waits at most
    /// this long for a [`DetachedSpan`](crate::DetachedSpan).
    pub fn max_segment_age(mut self, age: Duration) -> Self {
        self.settings.max_segment_age = u64::try_from(age.as_millis()).unwrap_or(u64::MAX);
        self
    }

    /// Sets how many segments can be open in the process. Default: 50 000. Further requests are not
    /// traced, and are counted.
    pub fn max_open_segments(mut self, segments: usize) -> Self {
        self.settings.max_open_segments = segments;
        self
    }

    /// Sets a hook that can rewrite tags, logs, statements and computed names and peers before they
    /// are sent. Default: none.
    ///
    /// [`Redaction::standard`](crate::redact::Redaction::standard) is a ready-made one.
    pub fn redact(mut self, hook: impl Redact + 'static) -> Self {
        self.redaction = Hook::new(hook);
        self
    }
}
