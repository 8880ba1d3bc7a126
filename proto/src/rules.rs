//! Checks segments, logs, meters and events against the rules of the protocol. An OAP loses, cuts
//! or misreads what breaks them.
//!
//! `docs/protocol.md` has the source of each rule. The limits that agents keep (50, 150, 200 and
//! 2 048 UTF-16 units, 300 logs, 500 refs) are rules like those of the server. The collector checks
//! the segments that it receives, and the tests of this project those that they record.
//!
//! The check sees one segment. It does not report what an OAP accepts without a loss: a layer or a
//! component `Unknown` on an Entry or an Exit, an Entry of layer MQ without a peer, the number of
//! spans (users set it), the order of the spans, a peer on a Local span, characters in names.
//!
//! ```
//! use skywalking_proto::rules;
//! use skywalking_proto::v3::{SegmentObject, SpanObject, SpanType};
//!
//! const NOW: i64 = 1_800_000_000_000;
//! let exit = SpanObject {
//!     parent_span_id: -1,
//!     start_time: NOW - 10,
//!     end_time: NOW,
//!     operation_name: "/Service/OnSnapshot".to_owned(),
//!     span_type: SpanType::Exit.into(),
//!     ..SpanObject::default()
//! };
//! let segment = SegmentObject {
//!     trace_id: "trace-1".to_owned(),
//!     trace_segment_id: "segment-1".to_owned(),
//!     spans: vec![exit],
//!     service: "RTS_Test".to_owned(),
//!     service_instance: "RTS_Test_1".to_owned(),
//!     ..SegmentObject::default()
//! };
//!
//! let found = rules::violations_at(&segment, NOW);
//! let texts: Vec<_> = found.iter().map(ToString::to_string).collect();
//! assert_eq!(texts, [
//!     r#"span 0 of segment "segment-1" is an Exit without a peer, so no call is drawn: set the address that is called"#
//! ]);
//! assert!(!found[0].loses_segment());
//! ```

mod advice;
mod lengths;
mod records;
mod reference;
mod rule;
mod span;
mod storage_limits;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::ops::ControlFlow;
use std::time::{SystemTime, UNIX_EPOCH};

pub use records::{RecordRule, event_violations, log_violations, meter_violations};
pub use rule::Rule;

use crate::v3::{SegmentObject, SpanObject};
use lengths::{
    ID_CHARACTERS, NAME_UNITS, characters, is_blank, is_visible_ascii, quoted, short, units,
};

/// A rule that a segment breaks, and the place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The segment, cut to the 150 characters that an id may have.
    pub segment_id: String,
    /// The span that breaks the rule, or `None` if the segment does.
    pub span_id: Option<i32>,
    /// The rule, with the value and the fix.
    pub rule: Rule,
}

impl Violation {
    /// Returns true if an OAP discards the segment. Otherwise the OAP stores it, but cuts, misplaces
    /// or misreads a part of it.
    pub fn loses_segment(&self) -> bool {
        self.rule.loses_segment()
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(span) = self.span_id {
            write!(f, "span {span} of ")?;
        }
        write!(f, "segment {} {}", quoted(&self.segment_id), self.rule)
    }
}

/// Returns all violations of the segment, by the clock of this machine.
pub fn violations(segment: &SegmentObject) -> Vec<Violation> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    violations_at(segment, i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// Returns all violations of the segment at the time `now`, in epoch milliseconds.
pub fn violations_at(segment: &SegmentObject, now: i64) -> Vec<Violation> {
    let mut found = Vec::new();
    each(segment, now, |violation| {
        found.push(violation);
        ControlFlow::Continue(())
    });
    found
}

/// Calls `report` with each violation until it returns `Break`. Use it for segments from untrusted
/// clients, which may have a violation for each field. `now` is in epoch milliseconds.
pub fn each(
    segment: &SegmentObject,
    now: i64,
    mut report: impl FnMut(Violation) -> ControlFlow<()>,
) {
    // `Break` is not an error.
    let _ = Validator { segment, now, spans: HashMap::new(), report: &mut report }.segment();
}

type Flow = ControlFlow<()>;

struct Validator<'a> {
    segment: &'a SegmentObject,
    now: i64,
    /// The spans by their ids. If two spans have the same id, the first one.
    spans: HashMap<i32, &'a SpanObject>,
    report: &'a mut dyn FnMut(Violation) -> Flow,
}

impl Validator<'_> {
    fn segment(&mut self) -> Flow {
        let segment = self.segment;
        self.id(None, "trace id", &segment.trace_id)?;
        self.id(None, "segment id", &segment.trace_segment_id)?;
        if segment.spans.is_empty() {
            self.report(None, Rule::NoSpans)?;
        } else if !segment.spans.iter().any(|span| span.span_id == 0) {
            self.report(None, Rule::NoFirstSpan)?;
        }
        self.name(None, "service name", &segment.service, NAME_UNITS)?;
        self.name(None, "instance name", &segment.service_instance, NAME_UNITS)?;
        self.service_and_instance_fit(
            None,
            ["service name", "instance name"],
            &segment.service,
            &segment.service_instance,
        )?;
        self.spans.reserve(segment.spans.len());
        for span in &segment.spans {
            match self.spans.entry(span.span_id) {
                Entry::Vacant(first) => _ = first.insert(span),
                Entry::Occupied(_) => self.report(Some(span.span_id), Rule::SpanIdTwice)?,
            }
        }
        segment.spans.iter().try_for_each(|span| self.span(span))
    }

    fn report(&mut self, span_id: Option<i32>, rule: Rule) -> Flow {
        let segment_id = short(&self.segment.trace_segment_id, ID_CHARACTERS);
        (self.report)(Violation { segment_id, span_id, rule })
    }

    /// Checks an id of the segment itself. Ids in refs are not keys of storage.
    fn id(&mut self, span: Option<i32>, what: &'static str, id: &str) -> Flow {
        let characters = characters(id);
        if !(1..=ID_CHARACTERS).contains(&characters) {
            self.report(span, Rule::IdLength { what, value: quoted(id), characters })
        } else if is_visible_ascii(id) {
            Flow::Continue(())
        } else {
            self.report(span, Rule::IdCharacters { what, value: quoted(id) })
        }
    }

    /// Checks that a name is not blank, and its length.
    fn name(&mut self, span: Option<i32>, what: &'static str, name: &str, limit: usize) -> Flow {
        if is_blank(name) {
            return self.report(span, Rule::NoName { what });
        }
        self.characters(span, what, name)?;
        self.length(span, what, name, limit)
    }

    fn length(&mut self, span: Option<i32>, what: &'static str, value: &str, limit: usize) -> Flow {
        match units(value) {
            units if units > limit => {
                self.report(span, Rule::TooLong { what, value: quoted(value), units, limit })
            }
            _ => Flow::Continue(()),
        }
    }

    fn most(&mut self, span: i32, what: &'static str, count: usize, limit: usize) -> Flow {
        if count > limit {
            self.report(Some(span), Rule::TooMany { what, count, limit })
        } else {
            Flow::Continue(())
        }
    }
}
