//! Every rule of logs, meters and events, with its message.

/// A rule that a log, a batch of meters or an event breaks, with the value.
///
/// The message names the value and the fix. Values are quoted, escaped and cut.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordRule {
    /// The record has no service. The OAP drops it.
    #[error("the {what} has no service, so the OAP drops it: set the service of the agent")]
    NoService {
        /// `log` or `event`.
        what: &'static str,
    },
    /// A log has no body. The OAP drops it.
    #[error("the log has no body, so the OAP drops it: set a text, JSON or YAML")]
    NoBody,
    /// A log has another service than the first one of its stream. The OAP replaces it.
    #[error(
        "the log has the service {value} in a stream that begins with {first}, which the OAP writes over it: use one stream for each service"
    )]
    StreamService {
        /// The service of the log.
        value: String,
        /// The service of the stream.
        first: String,
    },
    /// A log has a layer for which the OAP has no rules. The OAP drops it.
    #[error(
        "the log has the layer {layer}, and the OAP drops logs of a layer without rules: leave it empty, or send GENERAL"
    )]
    LogLayer {
        /// The layer.
        layer: String,
    },
    /// A log has a span without a segment. The OAP does not store the span.
    #[error(
        "the log has span {span} without a segment id, so the OAP does not store the span: send trace id, segment id and span id"
    )]
    SpanWithoutSegment {
        /// The number of the span.
        span: i32,
    },
    /// A log has a negative span id.
    #[error("the log has span {span}, and span ids start at 0: leave the trace context out")]
    SpanNegative {
        /// The number of the span.
        span: i32,
    },
    /// An id is longer than its column. SQL storage rejects the row.
    #[error(
        "the {what} has the {name} {value} of {characters} characters: the OAP's SQL storage takes at most 150"
    )]
    IdLength {
        /// `log` or `event`.
        what: &'static str,
        /// Which id.
        name: &'static str,
        /// The id.
        value: String,
        /// Its length.
        characters: usize,
    },
    /// A text is longer than its column. SQL storage rejects the row and its batch.
    #[error(
        "the {what} has the {name} {value} of {characters} characters, and the OAP's storage takes at most {most}: cut it"
    )]
    Column {
        /// `log` or `event`.
        what: &'static str,
        /// Which text.
        name: &'static str,
        /// The text.
        value: String,
        /// Its length.
        characters: usize,
        /// The limit.
        most: usize,
    },
    /// A text has U+0000. SQL storage rejects the row and its batch.
    #[error(
        "the {what} has U+0000 in the {name} {value}, so the OAP's SQL storage rejects it and other services' data: replace it"
    )]
    Nul {
        /// `log`, `meter` or `event`.
        what: &'static str,
        /// Which text.
        name: &'static str,
        /// The text.
        value: String,
    },
    /// A time is days away from the clock. SQL storage has no table for it.
    #[error(
        "the {what} has the time {time} ms, and an OAP on SQL storage has no table for that day (it is {now} ms now): send epoch milliseconds of the real clock"
    )]
    Time {
        /// `log`, `batch of meters` or `event`.
        what: &'static str,
        /// Its time.
        time: i64,
        /// The clock's time.
        now: i64,
    },
    /// A tag has a blank key.
    #[error("the log has a tag with the value {value} and no key: set the key")]
    NoKey {
        /// The value.
        value: String,
    },
    /// An element of a batch has no meter. The OAP skips it with its service, instance and time.
    #[error(
        "an element of the batch has no meter, so the OAP skips it with its service, instance and time: put them on a meter"
    )]
    NoMeter,
    /// No meter of a batch has the service, the instance or the time. The OAP drops the batch.
    #[error("no meter of the batch has the {name}, so the OAP drops the whole batch: set it")]
    NoSource {
        /// `service`, `instance` or `time`.
        name: &'static str,
    },
    /// A meter has a label twice. The OAP drops the batch.
    #[error(
        "the meter {meter} has the label {label} twice, so the OAP drops the whole batch: send each label once"
    )]
    LabelTwice {
        /// The meter.
        meter: String,
        /// The label.
        label: String,
    },
    /// A meter has a label that the OAP adds itself. The OAP drops the batch.
    #[error(
        "the meter {meter} has the label {label}, which the OAP adds itself, so it drops the whole batch: use another name"
    )]
    LabelReserved {
        /// The meter.
        meter: String,
        /// The label.
        label: String,
    },
    /// The name of a meter is not an identifier. No rule of the OAP can name it.
    #[error(
        "the meter {meter} has a name that rules of the OAP can't contain: use letters, digits and _, and begin with a letter or _"
    )]
    MeterName {
        /// The meter.
        meter: String,
    },
    /// A value is not a finite number. The OAP cannot aggregate it.
    #[error(
        "the meter {meter} has a value that is not a finite number, so the OAP can't aggregate it: leave the meter out"
    )]
    MeterValue {
        /// The meter.
        meter: String,
    },
    /// The buckets of a histogram are not ascending, or a count is negative.
    #[error(
        "the histogram {meter} has buckets that are not ascending, or a negative count: sort them by lower bound, and send running counts"
    )]
    Buckets {
        /// The meter.
        meter: String,
    },
    /// Two bounds of a histogram are equal as whole numbers, which the OAP reads.
    #[error(
        "the histogram {meter} has the bounds {bounds}, which the OAP reads as the same whole number: use a smaller unit, such as milliseconds"
    )]
    BucketFractions {
        /// The meter.
        meter: String,
        /// The two bounds.
        bounds: String,
    },
    /// An event has no layer. The OAP ends the call with an error.
    #[error("the event has no layer, so the OAP refuses it and the rest of the call: send GENERAL")]
    EventLayer,
    /// An event has no uuid. Its reports cannot be joined.
    #[error("the event has no uuid, so its row replaces that of others: send a random uuid")]
    NoUuid,
    /// An event has a blank name.
    #[error("the event has a blank name, by which nothing can be found: set it")]
    EventName,
    /// The type of an event is a number that the protocol does not define.
    #[error("the event has the type {value}, which the protocol does not know: send 0 or 1")]
    EventType {
        /// The number.
        value: i32,
    },
    /// An event ends before it starts.
    #[error("the event ends at {end} ms, before its start at {start} ms: use one clock for both")]
    EventEnd {
        /// Its start.
        start: i64,
        /// Its end.
        end: i64,
    },
    /// The second report of an event repeats the start. Its row has the key of the first one.
    #[error(
        "the second report of the event {uuid} repeats its start, so SQL storage rejects its row: send the end time only"
    )]
    EventStartTwice {
        /// The uuid.
        uuid: String,
    },
}

impl RecordRule {
    /// Returns true if an OAP drops the record, or the whole batch of meters.
    pub fn loses_record(&self) -> bool {
        // A user of the OAP may have rules for a layer, and another storage may take any day.
        matches!(
            self,
            Self::NoService { .. }
                | Self::NoBody
                | Self::IdLength { .. }
                | Self::Column { .. }
                | Self::NoSource { .. }
                | Self::LabelTwice { .. }
                | Self::LabelReserved { .. }
                | Self::EventLayer
        )
    }

    /// Returns a short name, which is stable when the message changes.
    pub fn name(&self) -> &'static str {
        match self {
            Self::NoService { .. } => "record-no-service",
            Self::NoBody => "log-no-body",
            Self::StreamService { .. } => "log-stream-service",
            Self::LogLayer { .. } => "log-layer",
            Self::SpanWithoutSegment { .. } => "log-span-without-segment",
            Self::SpanNegative { .. } => "log-span-negative",
            Self::IdLength { .. } => "record-id-length",
            Self::Column { .. } => "record-column",
            Self::Nul { .. } => "record-nul",
            Self::Time { .. } => "record-time",
            Self::NoKey { .. } => "log-no-key",
            Self::NoMeter => "meter-empty",
            Self::NoSource { .. } => "meter-no-source",
            Self::LabelTwice { .. } => "meter-label-twice",
            Self::LabelReserved { .. } => "meter-label-reserved",
            Self::MeterName { .. } => "meter-name",
            Self::MeterValue { .. } => "meter-value",
            Self::Buckets { .. } => "meter-buckets",
            Self::BucketFractions { .. } => "meter-bucket-fractions",
            Self::EventLayer => "event-layer",
            Self::NoUuid => "event-no-uuid",
            Self::EventName => "event-name",
            Self::EventType { .. } => "event-type",
            Self::EventEnd { .. } => "event-end",
            Self::EventStartTwice { .. } => "event-start-twice",
        }
    }
}
