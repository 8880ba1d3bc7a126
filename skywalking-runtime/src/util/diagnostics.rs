//! Counts of what was ignored, cut or refused on the calling side, by reason: nothing disappears
//! without one of these.
//!
//! Segments are not counted here but at their two doors, in `queue`.

use std::sync::atomic::{AtomicU64, Ordering};

macro_rules! reasons {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal,)+) => {
        /// Why something was ignored, cut or refused.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Diagnostic {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Diagnostic {
            /// Every reason, in a fixed order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The reason as one word with underscores, for a metric's label or a line of JSON.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }
    };
}

reasons! {
    /// An incoming `sw8` was over 4096 bytes.
    Sw8TooLong = "sw8_too_long",
    /// An incoming `sw8` had not exactly eight parts.
    Sw8Parts = "sw8_parts",
    /// An incoming `sw8` had an empty part.
    Sw8EmptyPart = "sw8_empty_part",
    /// The flag of an incoming `sw8` was neither 0 nor 1.
    Sw8Flag = "sw8_flag",
    /// The span id of an incoming `sw8` was not a number from 0 to 2147483647.
    Sw8SpanId = "sw8_span_id",
    /// A part of an incoming `sw8` was not padded Base64.
    Sw8Base64 = "sw8_base64",
    /// The trace id of an incoming `sw8` was not 1 to 150 visible ASCII characters.
    Sw8TraceId = "sw8_trace_id",
    /// The segment id of an incoming `sw8` was not 1 to 150 visible ASCII characters.
    Sw8SegmentId = "sw8_segment_id",
    /// An incoming `sw8-correlation` was over 8192 bytes.
    CorrelationTooLong = "correlation_too_long",
    /// A pair of an incoming `sw8-correlation` could not be read; the others were taken.
    CorrelationPair = "correlation_pair",
    /// A pair of an incoming `sw8-correlation` was over the limits; the others were taken.
    CorrelationLimit = "correlation_limit",
    /// A field of an incoming `sw8-x` could not be read, or the header was over 256 bytes; the other field was taken.
    ExtensionField = "extension_field",
    /// An incoming `traceparent` was none, or a `tracestate` was over 2048 bytes or no text: it is not told and does not go on.
    OtherContext = "other_context",
    /// A request was not sampled because too many segments were open.
    UnsampledLiveLimit = "unsampled_live_limit",
    /// A request was not sampled because the sampler said so.
    UnsampledSampler = "unsampled_sampler",
    /// A request was left out because its first span's name ends as `Config::ignore_suffix` lists.
    IgnoredSuffix = "ignored_suffix",
    /// A request was left out because its first span's name matches a pattern of `Config::ignore_paths`.
    IgnoredPath = "ignored_path",
    /// A segment was dropped because too many waited for the end of requests that only what goes wrong is kept of: `TailSampling::max_buffer_bytes`.
    TailBufferFull = "tail_buffer_full",
    /// The program's own sampler panicked; the request was recorded.
    SamplerPanicked = "sampler_panicked",
    /// A local span without a context was skipped, as `Orphans::Skip` asks.
    OrphanSkipped = "orphan_skipped",
    /// A child was opened by hand where there was no context to be a child in.
    ChildWithoutContext = "child_without_context",
    /// A guard was dropped after its segment had ended or where another segment was being worked on.
    GuardMisplaced = "guard_misplaced",
    /// A [`ChildGuard`](crate::ChildGuard) was held over an `.await`, so that other branches of its task may have become its children.
    GuardOverAwait = "guard_over_await",
    /// A span opened in another task than the one whose call is the current root, and began a trace of its own.
    OtherTask = "other_task",
    /// A future was dropped unfinished where its segment could not be reached; the span is marked unfinished.
    DroppedElsewhere = "dropped_elsewhere",
    /// The handle of an async span came after its segment had been reported: what it said is lost.
    DetachedTooLate = "detached_too_late",
    /// The end of a span was taken twice into handles; the second does nothing.
    DetachedTwice = "detached_twice",
    /// A span was not recorded because its segment had reached the span limit.
    SpanLimit = "span_limit",
    /// A tag, log or name was not recorded because its segment had reached the limit of such entries.
    EntryLimit = "entry_limit",
    /// A log was left out because its span had reached the limit of logs.
    LogLimit = "log_limit",
    /// A message of a batch was not referred to because its span had reached the limit of refs.
    RefLimit = "ref_limit",
    /// A value's own code panicked while it was formatted for a tag, a name or a log.
    FormatPanicked = "format_panicked",
    /// A carrier's own code panicked while headers were read or written.
    CarrierPanicked = "carrier_panicked",
    /// An exit span had an empty peer; it was recorded as `unknown`.
    EmptyPeer = "empty_peer",
    /// Headers were to be written where the current span is no exit span.
    InjectOutsideExit = "inject_outside_exit",
    /// Headers were to be written into an absent carrier that can't be made.
    InjectNoCarrier = "inject_no_carrier",
    /// A carrier was given a header value that it can't hold.
    HeaderRefused = "header_refused",
    /// A span was not opened because its thread was ending.
    ThreadEnding = "thread_ending",
}

static COUNTS: [AtomicU64; Diagnostic::ALL.len()] =
    [const { AtomicU64::new(0) }; Diagnostic::ALL.len()];

/// Counts one.
#[cold]
pub(crate) fn count(reason: Diagnostic) {
    count_many(reason, 1);
}

/// Counts several.
#[cold]
pub(crate) fn count_many(reason: Diagnostic, many: u64) {
    if let Some(count) = COUNTS.get(reason as usize) {
        count.fetch_add(many, Ordering::Relaxed);
    }
}

/// In a forked child: nothing is counted yet. Only stores to atomics.
pub(crate) fn after_fork() {
    for count in &COUNTS {
        count.store(0, Ordering::Relaxed);
    }
}

/// How often `reason` came up since the process started.
pub(crate) fn read(reason: Diagnostic) -> u64 {
    COUNTS.get(reason as usize).map_or(0, |count| count.load(Ordering::Relaxed))
}
