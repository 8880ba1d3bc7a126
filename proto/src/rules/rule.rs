//! Every rule, with its words.

/// What is wrong with a segment. Each says which value is wrong and what to do; the texts follow
/// the name of the place that [`super::Violation`] puts in front. Values are quoted, escaped and
/// cut.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Rule {
    /// `docs/protocol.md#segments`: an empty list is ignored.
    #[error("has no spans, so the OAP ignores it: report a segment only with its spans")]
    NoSpans,
    /// 20.1.
    #[error("has no span with id 0, so the OAP could not find it: number the spans from 0")]
    NoFirstSpan,
    /// 20.2.
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
    /// 1.
    #[error(
        "has the {what} {value}, which URLs and headers can't hold as it is: make ids of visible ASCII"
    )]
    IdCharacters {
        /// `trace id`, `segment id`, or one of a ref.
        what: &'static str,
        /// The id.
        value: String,
    },
    /// 1, 6: a blank name is stored as `_blank`, a blank endpoint of a ref is shown as `User`.
    #[error("has a blank {what}, by which nothing can be found: set it")]
    NoName {
        /// Which name.
        what: &'static str,
    },
    /// 1.
    #[error("has the {what} {value} of {units} UTF-16 units, and agents keep to {limit}: cut it")]
    TooLong {
        /// Which text.
        what: &'static str,
        /// The text.
        value: String,
        /// Its length.
        units: usize,
        /// What is allowed.
        limit: usize,
    },
    /// 22.1.
    #[error(
        "has the {what} {value}, for which the OAP's SQL storage has no room and refuses other services' data with it: send at most {most}"
    )]
    Column {
        /// Which text.
        what: String,
        /// The text.
        value: String,
        /// What there is room for, with its unit.
        most: String,
    },
    /// 22.2.
    #[error(
        "has U+0000 in the {what} {value}, for which the OAP's SQL storage refuses other services' data with it: replace it"
    )]
    Nul {
        /// Which text.
        what: &'static str,
        /// The text.
        value: String,
    },
    /// 5.
    #[error("has {count} {what}, and agents keep to {limit}: leave out the rest and say so")]
    TooMany {
        /// `logs` or `refs`.
        what: &'static str,
        /// How many there are.
        count: usize,
        /// What is allowed.
        limit: usize,
    },
    /// 5.
    #[error("has a negative id: number the spans from 0")]
    SpanIdNegative,
    /// 5.
    #[error("is not the only one with this id: number each span once")]
    SpanIdTwice,
    /// 5.
    #[error(
        "is the first one and has the parent {parent}: link to other segments by refs, and give the first span the parent -1"
    )]
    FirstSpanBelow {
        /// Its parent.
        parent: i32,
    },
    /// 5.
    #[error("has the parent -1, which only span 0 may have: a segment has one root")]
    SecondRoot,
    /// 5.
    #[error("has the parent {parent}, which is not in the segment: link to other segments by refs")]
    ParentMissing {
        /// Its parent.
        parent: i32,
    },
    /// 5: ids are given in the order of opening, so this is a circle or a wrong number.
    #[error(
        "has the parent {parent}, which is not before it: number a span when it is opened, below one that is open"
    )]
    ParentNotBefore {
        /// Its parent.
        parent: i32,
    },
    /// The number of an enum that the protocol does not have.
    #[error("has the {what} {value}, which the protocol does not know: send 0 to {last}")]
    Number {
        /// `span type`, `span layer` or `ref type`.
        what: &'static str,
        /// The number.
        value: i32,
        /// The last one that is known.
        last: i32,
    },
    /// 20.5.
    #[error(
        "starts at {start} ms, a day for which an OAP on SQL storage has no table (it is {now} ms now), so it loses the segment: \
         send epoch milliseconds of the real clock"
    )]
    StartTime {
        /// Its start.
        start: i64,
        /// The clock's time.
        now: i64,
    },
    /// 5: the OAP does not clamp.
    #[error(
        "ends at {end} ms, before its start at {start} ms, which is a negative latency: use one clock for both, and never end earlier"
    )]
    EndBeforeStart {
        /// Its start.
        start: i64,
        /// Its end.
        end: i64,
    },
    /// What is shown is a child that began before there was a parent.
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
    /// 7, 20.10.
    #[error("is an Exit without a peer, so no call is drawn: set the address that is called")]
    NoPeer,
    /// 20.11.
    #[error(
        "is of layer Database and of type {kind}, which makes a virtual database without a name: open an Exit with a peer"
    )]
    Database {
        /// Its type.
        kind: &'static str,
    },
    /// 9, 10.
    #[error(
        "is of layer {layer} and lacks the tag {key}, so the OAP makes nothing of it: set the tag"
    )]
    TagMissing {
        /// The layer.
        layer: &'static str,
        /// The tag.
        key: &'static str,
    },
    /// 8.
    #[error(
        "has the component {value}: send a number of component-libraries.yml, or 11000 for Rust"
    )]
    Component {
        /// The number.
        value: i32,
    },
    /// 20.3.
    #[error(
        "has layer Cache and two tags {key}, for which the OAP discards the whole segment: send each key once"
    )]
    CacheTagTwice {
        /// The key.
        key: String,
    },
    /// 20.3: on other layers the first or the last one counts.
    #[error("has two tags {key}, of which the OAP takes one or the other: send each key once")]
    TagTwice {
        /// The key.
        key: String,
    },
    /// Nothing can be looked up by it.
    #[error("has a {what} without a key, and the value {value}: name it")]
    NoKey {
        /// `tag` or `log field`.
        what: &'static str,
        /// The value.
        value: String,
    },
    /// 20.4.
    #[error(
        "has the tag {key} with value {value}, for which the OAP discards the whole segment: send {wanted}"
    )]
    TagLosesSegment {
        /// The key.
        key: &'static str,
        /// The value.
        value: String,
        /// What it has to be.
        wanted: &'static str,
    },
    /// 10.
    #[error(
        "has the tag {key} with value {value}, of which the OAP can make nothing: send {wanted}"
    )]
    TagValue {
        /// The key.
        key: &'static str,
        /// The value.
        value: String,
        /// What it has to be.
        wanted: &'static str,
    },
    /// A log is a moment of its span.
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
    /// 6.
    #[error(
        "is of type {kind} and has a CrossProcess ref, for which no call is drawn: open an Entry for what another process sent"
    )]
    ProcessRef {
        /// Its type.
        kind: &'static str,
    },
    /// 6, 21.
    #[error(
        "is an Entry with a CrossThread ref, which draws a call of the service to itself: put the ref on a Local span around it"
    )]
    ThreadRefOnEntry,
    /// 6.
    #[error(
        "has a CrossThread ref and is not the first one: put it on span 0 of a segment of its own"
    )]
    ThreadRefInside,
    /// 6.
    #[error("has a ref to span {value} of its parent: name a span from 0 on")]
    RefSpan {
        /// The parent's span id.
        value: i32,
    },
    /// 6.
    #[error(
        "has a ref to itself or to a span after it in its own segment: link inside of a segment by the parent's id"
    )]
    RefToItself,
    /// 6.
    #[error(
        "has two refs to span {span} of segment {segment}, which count as two calls: send each once"
    )]
    RefTwice {
        /// The parent's segment.
        segment: String,
        /// The parent's span id.
        span: i32,
    },
    /// 6: an OAP finds a segment by one trace id alone.
    #[error(
        "has a first ref of trace {trace}, and the segment is of another one: send a segment under the trace of its first ref"
    )]
    RefTrace {
        /// The ref's trace.
        trace: String,
    },
    /// 6: a CrossThread ref is to the process's own segments.
    #[error(
        "has a CrossThread ref to the {what} {value}, which is another one than its own: a thread's parent is in the same process"
    )]
    RefOwner {
        /// `service` or `instance`.
        what: &'static str,
        /// What it says.
        value: String,
    },
    /// 6.
    #[error(
        "has a CrossThread ref with the address {value}: leave it empty, since nothing was dialled"
    )]
    RefAddress {
        /// What it says.
        value: String,
    },
}

impl Rule {
    /// True if an OAP keeps nothing of a segment that breaks it.
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

    /// A short name that stays when the text gets better.
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
