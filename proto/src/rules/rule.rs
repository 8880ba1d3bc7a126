//! Every rule, with its message.

/// A rule of the wire format, with the value that breaks it.
///
/// The message names the value and the fix. It follows the place that [`super::Violation`] puts in
/// front. Values are quoted, escaped and cut. The sources are in `docs/protocol.md`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Rule {
    /// The segment has no spans. The OAP ignores it.
    #[error("has no spans, so the OAP ignores it: report a segment only with its spans")]
    NoSpans,
    /// No span has the id 0. The OAP does not find the segment.
    #[error("has no span with id 0, so the OAP could not find it: number the spans from 0")]
    NoFirstSpan,
    /// A trace or segment id is empty or longer than its SQL column.
    #[error(
        "has the {what} {value} of {characters} characters: the OAP's SQL storage takes 1 to 150"
    )]
    IdLength {
        /// `trace id` or `segment id`.
        what: &'static str,
        /// The id.
        value: String,
        /// Its length.
        characters: usize,
    },
    /// An id has characters other than visible ASCII.
    #[error(
        "has the {what} {value}, which URLs and headers can't hold as it is: make ids of visible ASCII"
    )]
    IdCharacters {
        /// `trace id` or `segment id`, of the segment or of a ref.
        what: &'static str,
        /// The id.
        value: String,
    },
    /// A name is blank. The OAP stores it as `_blank`, and shows a blank endpoint of a ref as `User`.
    #[error("has a blank {what}, by which nothing can be found: set it")]
    NoName {
        /// Which name.
        what: &'static str,
    },
    /// A text is longer than agents send.
    #[error(
        "has the {what} {value} of {units} UTF-16 units, over the agents' limit of {limit}: cut it"
    )]
    TooLong {
        /// Which text.
        what: &'static str,
        /// The text.
        value: String,
        /// Its length.
        units: usize,
        /// The limit.
        limit: usize,
    },
    /// A text does not fit the column of SQL storage. The OAP loses the whole batch.
    #[error(
        "has the {what} {value}, too long for its column in the OAP's SQL storage, which rejects other services' data with it: send at most {most}"
    )]
    Column {
        /// Which text.
        what: String,
        /// The text.
        value: String,
        /// The limit, with its unit.
        most: String,
    },
    /// A text has U+0000. SQL storage refuses the whole batch.
    #[error(
        "has U+0000 in the {what} {value}, so the OAP's SQL storage rejects it and other services' data: replace it"
    )]
    Nul {
        /// Which text.
        what: &'static str,
        /// The text.
        value: String,
    },
    /// A span has more logs or refs than agents send.
    #[error("has {count} {what}, over the agents' limit of {limit}: drop the rest and record that")]
    TooMany {
        /// `logs` or `refs`.
        what: &'static str,
        /// The number.
        count: usize,
        /// The limit.
        limit: usize,
    },
    /// A span id is negative.
    #[error("has a negative id: number the spans from 0")]
    SpanIdNegative,
    /// Two spans have one id.
    #[error("is not the only one with this id: number each span once")]
    SpanIdTwice,
    /// Span 0 has a parent.
    #[error(
        "is the first span and has the parent {parent}: use refs to link to other segments, and -1 as the parent of the first span"
    )]
    FirstSpanBelow {
        /// Its parent.
        parent: i32,
    },
    /// A span other than span 0 has the parent -1.
    #[error("has the parent -1, which only span 0 may have: a segment has one root")]
    SecondRoot,
    /// The parent is not in the segment.
    #[error(
        "has the parent {parent}, which is not in the segment: use refs to link to other segments"
    )]
    ParentMissing {
        /// Its parent.
        parent: i32,
    },
    /// A parent has the id of a later span. Ids are in the order of opening.
    #[error(
        "has the parent {parent}, which is not before it: number spans in the order in which they are opened"
    )]
    ParentNotBefore {
        /// Its parent.
        parent: i32,
    },
    /// An enum has a number that the protocol does not define.
    #[error("has the {what} {value}, which the protocol does not know: send 0 to {last}")]
    Number {
        /// `span type`, `span layer` or `ref type`.
        what: &'static str,
        /// The number.
        value: i32,
        /// The last defined number.
        last: i32,
    },
    /// The start time is days away from the clock. SQL storage has no table for it.
    #[error(
        "starts at {start} ms, and an OAP on SQL storage has no table for that day (it is {now} ms now) and loses the segment: \
         send epoch milliseconds of the real clock"
    )]
    StartTime {
        /// Its start.
        start: i64,
        /// The clock's time.
        now: i64,
    },
    /// A span ends before it starts. The OAP stores a negative latency.
    #[error(
        "ends at {end} ms, before its start at {start} ms, which is a negative latency: use one clock for both, and never end earlier"
    )]
    EndBeforeStart {
        /// Its start.
        start: i64,
        /// Its end.
        end: i64,
    },
    /// A span starts before its parent.
    #[error(
        "starts at {start} ms, before its parent {parent} at {parent_start} ms: use one clock for both, and never start earlier"
    )]
    StartBeforeParent {
        /// Its start.
        start: i64,
        /// Its parent.
        parent: i32,
        /// Its parent's start.
        parent_start: i64,
    },
    /// An Exit has no peer. The OAP draws no call.
    #[error("is an Exit without a peer, so no call is drawn: set the address that is called")]
    NoPeer,
    /// A span of layer Database is not an Exit. The OAP makes a database without a name.
    #[error(
        "is of layer Database and of type {kind}, which makes a virtual database without a name: open an Exit with a peer"
    )]
    Database {
        /// Its type.
        kind: &'static str,
    },
    /// A tag is missing without which the OAP ignores the layer.
    #[error("is of layer {layer} without the tag {key}, so the OAP ignores the layer: set the tag")]
    TagMissing {
        /// The layer.
        layer: &'static str,
        /// The tag.
        key: &'static str,
    },
    /// The component id is negative.
    #[error(
        "has the component {value}: send a number of component-libraries.yml, or 11000 for Rust"
    )]
    Component {
        /// The number.
        value: i32,
    },
    /// A span of layer Cache has a tag twice. The OAP discards the segment.
    #[error(
        "has layer Cache and two tags {key}, so the OAP discards the whole segment: send each key once"
    )]
    CacheTagTwice {
        /// The key.
        key: String,
    },
    /// A span has a tag twice. The OAP uses the first or the last one.
    #[error("has two tags {key}, and the OAP uses either one: send each key once")]
    TagTwice {
        /// The key.
        key: String,
    },
    /// A tag or a field of a log has a blank key.
    #[error("has a {what} with the value {value} and no key: set the key")]
    NoKey {
        /// `tag` or `log field`.
        what: &'static str,
        /// The value.
        value: String,
    },
    /// A tag has a value for which the OAP discards the segment.
    #[error(
        "has the tag {key} with value {value}, so the OAP discards the whole segment: send {wanted}"
    )]
    TagLosesSegment {
        /// The key.
        key: &'static str,
        /// The value.
        value: String,
        /// The expected value.
        wanted: &'static str,
    },
    /// A tag has a value that the OAP cannot use.
    #[error("has the tag {key} with value {value}, which the OAP cannot use: send {wanted}")]
    TagValue {
        /// The key.
        key: &'static str,
        /// The value.
        value: String,
        /// The expected value.
        wanted: &'static str,
    },
    /// A log's time is outside of its span.
    #[error(
        "has a log at {time} ms, and lasts from {start} ms to {end} ms: log while the span is open, by the span's clock"
    )]
    LogTime {
        /// The log's time.
        time: i64,
        /// The span's start.
        start: i64,
        /// The span's end.
        end: i64,
    },
    /// A span that is not an Entry has a CrossProcess ref. The OAP draws no call.
    #[error(
        "is of type {kind} and has a CrossProcess ref, so no call is drawn: open an Entry for a call from another process"
    )]
    ProcessRef {
        /// Its type.
        kind: &'static str,
    },
    /// An Entry has a CrossThread ref. The OAP draws a call of the service to itself.
    #[error(
        "is an Entry with a CrossThread ref, which draws a call of the service to itself: put the ref on a Local span around it"
    )]
    ThreadRefOnEntry,
    /// A span other than span 0 has a CrossThread ref.
    #[error(
        "has a CrossThread ref and is not the first one: put it on span 0 of a segment of its own"
    )]
    ThreadRefInside,
    /// A ref has a negative span id.
    #[error("has a ref to span {value} of its parent: span ids start at 0")]
    RefSpan {
        /// The parent's span id.
        value: i32,
    },
    /// A ref is to its own span or a later one of the segment.
    #[error(
        "has a ref to itself or to a span after it in its own segment: use the parent id within a segment"
    )]
    RefToItself,
    /// Two refs of a span are equal. They count as two calls.
    #[error(
        "has two refs to span {span} of segment {segment}, which count as two calls: send each once"
    )]
    RefTwice {
        /// The parent's segment.
        segment: String,
        /// The parent's span id.
        span: i32,
    },
    /// The first ref is of another trace than the segment. The OAP uses one trace id per segment.
    #[error(
        "has a first ref to trace {trace}, but the segment has another trace id: use the trace id of the first ref"
    )]
    RefTrace {
        /// The ref's trace.
        trace: String,
    },
    /// A CrossThread ref names another service or instance.
    #[error(
        "has a CrossThread ref to the {what} {value}, not its own: the parent of a thread is in the same process"
    )]
    RefOwner {
        /// `service` or `instance`.
        what: &'static str,
        /// The value.
        value: String,
    },
    /// A CrossThread ref has an address.
    #[error(
        "has a CrossThread ref with the address {value}: leave it empty, since nothing was dialled"
    )]
    RefAddress {
        /// The value.
        value: String,
    },
}

impl Rule {
    /// Returns true if an OAP discards a segment that breaks the rule.
    pub fn loses_segment(&self) -> bool {
        matches!(
            self,
            Self::NoSpans
                | Self::NoFirstSpan
                | Self::IdLength { .. }
                | Self::CacheTagTwice { .. }
                | Self::TagLosesSegment { .. }
                | Self::StartTime { .. }
        )
    }

    /// Returns a short name, which is stable when the message changes.
    pub fn name(&self) -> &'static str {
        match self {
            Self::NoSpans => "no-spans",
            Self::NoFirstSpan => "no-first-span",
            Self::IdLength { .. } => "id-length",
            Self::IdCharacters { .. } => "id-characters",
            Self::NoName { .. } => "no-name",
            Self::TooLong { .. } => "too-long",
            Self::Column { .. } => "column",
            Self::Nul { .. } => "nul",
            Self::TooMany { .. } => "too-many",
            Self::SpanIdNegative => "span-id-negative",
            Self::SpanIdTwice => "span-id-twice",
            Self::FirstSpanBelow { .. } => "first-span-below",
            Self::SecondRoot => "second-root",
            Self::ParentMissing { .. } => "parent-missing",
            Self::ParentNotBefore { .. } => "parent-not-before",
            Self::Number { .. } => "number",
            Self::StartTime { .. } => "start-time",
            Self::EndBeforeStart { .. } => "end-before-start",
            Self::StartBeforeParent { .. } => "start-before-parent",
            Self::NoPeer => "no-peer",
            Self::Database { .. } => "database",
            Self::TagMissing { .. } => "tag-missing",
            Self::Component { .. } => "component",
            Self::CacheTagTwice { .. } => "cache-tag-twice",
            Self::TagTwice { .. } => "tag-twice",
            Self::NoKey { .. } => "no-key",
            Self::TagLosesSegment { .. } => "tag-loses-segment",
            Self::TagValue { .. } => "tag-value",
            Self::LogTime { .. } => "log-time",
            Self::ProcessRef { .. } => "process-ref",
            Self::ThreadRefOnEntry => "thread-ref-on-entry",
            Self::ThreadRefInside => "thread-ref-inside",
            Self::RefSpan { .. } => "ref-span",
            Self::RefToItself => "ref-to-itself",
            Self::RefTwice { .. } => "ref-twice",
            Self::RefTrace { .. } => "ref-trace",
            Self::RefOwner { .. } => "ref-owner",
            Self::RefAddress { .. } => "ref-address",
        }
    }
}
