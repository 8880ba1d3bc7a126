//! What a backend does with a segment that breaks a rule, and what to change in the agent.

use super::Rule;

/// What a backend does with a text that does not fit its column.
pub(super) const COLUMN: &str = "SQL storage rejects the row and other rows of the same batch, \
                                 those of other services included.";
/// Explanation and remedy of a text with U+0000.
pub(super) const NUL: (&str, &str) = (
    "PostgreSQL rejects the row and other rows of the same batch, those of other services included.",
    "Replace U+0000 when the text is recorded.",
);

impl Rule {
    /// Returns what a backend does with a segment that breaks the rule, in one sentence.
    pub fn explanation(&self) -> &'static str {
        self.advice().0
    }

    /// Returns what to change in the agent's code, in one sentence.
    pub fn remedy(&self) -> &'static str {
        self.advice().1
    }

    /// Returns explanation and remedy.
    #[expect(clippy::too_many_lines, reason = "one entry for each rule")]
    fn advice(&self) -> (&'static str, &'static str) {
        match self {
            Self::NoSpans => {
                ("The OAP ignores the segment.", "Report a segment only together with its spans.")
            }
            Self::NoFirstSpan => (
                "The OAP stores the segment's row only when it reads span 0, so the segment is \
                 lost.",
                "Number the spans of each segment from 0.",
            ),
            Self::IdLength { .. } => (
                "The id does not fit its column in SQL storage, so the segment is lost.",
                "Generate trace and segment ids of 1 to 150 characters.",
            ),
            Self::IdCharacters { .. } => (
                "The OAP stores the id, but it is changed in URLs and headers, so the trace is \
                 not found.",
                "Generate ids of visible ASCII characters alone.",
            ),
            Self::NoName { .. } => (
                "The OAP replaces a blank name by _blank, and a blank parent endpoint by User.",
                "Set the name before the span ends.",
            ),
            Self::TooLong { .. } => (
                "The OAP cuts the text, and two long texts can become the same.",
                "Cut the text to the limit when it is recorded.",
            ),
            Self::Column { .. } => {
                (COLUMN, "Shorten the names, so that the encoded ids fit their columns.")
            }
            Self::Nul { .. } => NUL,
            Self::TooMany { .. } => (
                "The OAP stores all of them, and the segment needs more memory than agents use.",
                "Drop the entries over the limit and record their number.",
            ),
            Self::SpanIdNegative => (
                "The OAP stores the span, but its children and its place in the trace are wrong.",
                "Number the spans of each segment from 0.",
            ),
            Self::SpanIdTwice => (
                "The trace view shows one of the two spans as the parent of the children of both.",
                "Give each span of a segment its own number.",
            ),
            Self::FirstSpanBelow { .. } => (
                "The trace view does not find the parent and shows the span in the wrong place.",
                "Use the parent -1 for span 0, and link to other segments by references.",
            ),
            Self::SecondRoot => (
                "The trace view shows the span as another root of the segment.",
                "Set the parent of each span other than span 0 to a span of the segment.",
            ),
            Self::ParentMissing { .. } => (
                "The trace view does not find the parent and shows the span in the wrong place.",
                "Use parent ids of the same segment, and link to other segments by references.",
            ),
            Self::ParentNotBefore { .. } => (
                "Parents can form a cycle, and the trace view then leaves spans out.",
                "Number the spans in the order in which they are opened.",
            ),
            Self::Number { .. } => (
                "The OAP reads the number as unrecognized and does not analyse the span as \
                 intended.",
                "Send only numbers that the protocol defines.",
            ),
            Self::StartTime { .. } => (
                "SQL storage has no table for that day, so the segment is lost.",
                "Send epoch milliseconds of the real clock.",
            ),
            Self::EndBeforeStart { .. } => (
                "The OAP adds a negative latency to the metrics.",
                "Take both times from one monotonic clock.",
            ),
            Self::StartBeforeParent { .. } => (
                "The trace view draws the span to the left of its parent.",
                "Take the times of all spans of a segment from one clock.",
            ),
            Self::NoPeer => (
                "The OAP makes no call of the span, so it is missing on the service map.",
                "Set the peer of each Exit span to the address that is called.",
            ),
            Self::Database { .. } => (
                "The OAP makes a virtual database without a name.",
                "Open an Exit span with a peer for the access to a database.",
            ),
            Self::TagMissing { .. } => (
                "The OAP makes no metrics of the virtual service.",
                "Set the tag that the layer requires.",
            ),
            Self::Component { .. } => (
                "The OAP shows no name and no icon for the component.",
                "Use a component id of component-libraries.yml.",
            ),
            Self::CacheTagTwice { .. } => (
                "The OAP discards the whole segment.",
                "Set each tag of a span of layer Cache once.",
            ),
            Self::TagTwice { .. } => (
                "The OAP uses the first or the last value, depending on the tag.",
                "Set each tag of a span once.",
            ),
            Self::NoKey { .. } => (
                "The OAP stores the value, but nothing finds it.",
                "Set a key for each tag and each field of a log.",
            ),
            Self::TagLosesSegment { .. } => {
                ("The OAP discards the whole segment.", "Check the value before the tag is set.")
            }
            Self::TagValue { .. } => (
                "The OAP ignores the tag in metrics and records of slow statements.",
                "Send a value of the form that the OAP reads.",
            ),
            Self::LogTime { .. } => (
                "The trace view shows the log outside of its span.",
                "Write logs while the span is open, with the time of the span's clock.",
            ),
            Self::ProcessRef { .. } => (
                "The OAP draws no call between the services.",
                "Open an Entry span for a call from another process.",
            ),
            Self::ThreadRefOnEntry => (
                "The OAP draws a call of the service to itself and counts it.",
                "Put a CrossThread reference on a Local span.",
            ),
            Self::ThreadRefInside => (
                "The trace view joins the segment at the wrong span.",
                "Start a segment for the thread, and put the reference on its span 0.",
            ),
            Self::RefSpan { .. } => (
                "The trace view does not find the parent.",
                "Send the id of the parent's span, which is 0 or more.",
            ),
            Self::RefToItself => (
                "Parents form a cycle, and the trace view leaves spans out.",
                "Use the parent id within a segment, and references only between segments.",
            ),
            Self::RefTwice { .. } => ("The OAP counts two calls.", "Add each reference once."),
            Self::RefTrace { .. } => (
                "The OAP stores the segment under its own trace id, so the parent's trace lacks \
                 it.",
                "Use the trace id of the first reference for the segment.",
            ),
            Self::RefOwner { .. } => (
                "The OAP shows a parent of another service, although no call was made.",
                "Use the own service and instance in a CrossThread reference.",
            ),
            Self::RefAddress { .. } => (
                "The OAP ignores the address.",
                "Leave the address of a CrossThread reference empty.",
            ),
        }
    }
}
