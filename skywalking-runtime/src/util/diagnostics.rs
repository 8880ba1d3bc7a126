//! Counts what the tracer ignored, cut or rejected on the program's threads, by reason. `queue`
//! counts segments.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

macro_rules! reasons {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal,)+) => {
        /// A reason why the tracer ignored, cut or rejected something.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Diagnostic {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Diagnostic {
            /// All diagnostics, in a fixed order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Returns the name in snake case, for metric labels and JSON.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }

        impl fmt::Display for Diagnostic {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

reasons! {
    /// An incoming `sw8` was over 4096 bytes.
    Sw8TooLong = "sw8_too_long",
    /// An incoming `sw8` did not have exactly eight parts.
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
    /// A pair of an incoming `sw8-correlation` could not be read. The other pairs were accepted.
    CorrelationPair = "correlation_pair",
    /// A pair of an incoming `sw8-correlation` was over the limits. The other pairs were accepted.
    CorrelationLimit = "correlation_limit",
    /// A field of an incoming `sw8-x` could not be read, or the header was over 256 bytes.
    ExtensionField = "extension_field",
    /// An incoming `traceparent` was invalid, or a `tracestate` was over 2048 bytes or not text. It
    /// was not recorded and not propagated.
    OtherContext = "other_context",
    /// A request was not sampled because too many segments were open.
    UnsampledLiveLimit = "unsampled_live_limit",
    /// A request was not sampled because the sampler decided so.
    UnsampledSampler = "unsampled_sampler",
    /// A request was left out because the name of its first span ends with a suffix of
    /// `Config::ignore_suffixes`.
    IgnoredSuffix = "ignored_suffix",
    /// A request was left out because the name of its first span matches a pattern of
    /// `Config::ignore_paths`.
    IgnoredPath = "ignored_path",
    /// A segment was dropped because the buffer of tail sampling was full:
    /// `TailSampling::max_buffer_bytes`.
    TailBufferFull = "tail_buffer_full",
    /// The program's own sampler panicked. The request was recorded.
    SamplerPanicked = "sampler_panicked",
    /// A Local span without a parent was skipped because of `Orphans::Skip`.
    OrphanSkipped = "orphan_skipped",
    /// A child guard was opened without a current span.
    ChildWithoutContext = "child_without_context",
    /// A guard was dropped after its segment had ended, or while another segment was current.
    GuardMisplaced = "guard_misplaced",
    /// A [`ChildGuard`](crate::ChildGuard) was held over an `.await`, so spans of other branches of
    /// its task may have become its children.
    GuardOverAwait = "guard_over_await",
    /// A span opened in another task than the call that is the current root, and started its own
    /// trace.
    OtherTask = "other_task",
    /// An unfinished future was dropped where its segment is not accessible. The span is marked as
    /// unfinished.
    DroppedElsewhere = "dropped_elsewhere",
    /// A detached span ended after its segment had been reported. Its tags and logs are lost.
    DetachedTooLate = "detached_too_late",
    /// A tag, log or other change of a span came after its segment had been reported, and is lost.
    RecordedTooLate = "recorded_too_late",
    /// A span was detached twice. The second handle does nothing.
    DetachedTwice = "detached_twice",
    /// A span was not recorded because its segment had reached the span limit.
    SpanLimit = "span_limit",
    /// A tag, log or name was not recorded because its segment had reached the limit of attributes.
    EntryLimit = "entry_limit",
    /// A log was not recorded because its span had reached the limit of logs.
    LogLimit = "log_limit",
    /// A message of a batch was not referenced because its span had reached the limit of
    /// references.
    RefLimit = "ref_limit",
    /// A tag was not sent, because the OAP discards the whole segment for its value:
    /// `transmission.latency` must be an integer, `x-le` a JSON object.
    TagRefused = "tag_refused",
    /// A value panicked while it was formatted for a tag, a name or a log.
    FormatPanicked = "format_panicked",
    /// A carrier panicked while headers were read or written.
    CarrierPanicked = "carrier_panicked",
    /// An Exit span had an empty peer, which was recorded as `unknown`.
    EmptyPeer = "empty_peer",
    /// `inject` was called while the current span was not an Exit span.
    InjectOutsideExit = "inject_outside_exit",
    /// `inject` was called with an absent carrier that can't be created.
    InjectNoCarrier = "inject_no_carrier",
    /// A carrier can't hold a header value.
    HeaderRefused = "header_refused",
    /// A span was not opened because its thread was ending.
    ThreadEnding = "thread_ending",
    /// The closure of a gauge panicked. The gauge was left out of a report.
    GaugePanicked = "gauge_panicked",
    /// A gauge was left out of a report because its value was not finite, or a value that is not a
    /// number was not counted in a histogram.
    MeterValueIgnored = "meter_value_ignored",
    /// A meter was updated that an integration could not register: its name or labels can't be
    /// reported, or the limit of meters was reached.
    MeterRefused = "meter_refused",
    /// A meter was not reported, because the agent reports by HTTP, which has no form for meters.
    MeterUnsupported = "meter_unsupported",
}

static COUNTS: [AtomicU64; Diagnostic::ALL.len()] =
    [const { AtomicU64::new(0) }; Diagnostic::ALL.len()];

/// Adds one.
#[cold]
pub(crate) fn count(reason: Diagnostic) {
    count_many(reason, 1);
}

/// Adds `many`.
#[cold]
pub(crate) fn count_many(reason: Diagnostic, many: u64) {
    if let Some(count) = COUNTS.get(reason as usize) {
        count.fetch_add(many, Ordering::Relaxed);
    }
}

/// Resets the counts in a forked child. Only stores to atomics.
pub(crate) fn after_fork() {
    for count in &COUNTS {
        count.store(0, Ordering::Relaxed);
    }
}

/// Returns the count of a reason since the process started.
pub(crate) fn read(reason: Diagnostic) -> u64 {
    COUNTS.get(reason as usize).map_or(0, |count| count.load(Ordering::Relaxed))
}
