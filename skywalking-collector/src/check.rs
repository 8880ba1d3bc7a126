//! What becomes of a segment by the wire's rules (`skywalking_proto::rules`): one that a real OAP
//! would lose without a word is refused aloud, since an agent that loses data should learn it from
//! its first test and not from its production. What else it breaks is kept beside it and shown.
//!
//! A segment of another day is kept although an OAP on SQL storage loses it: recorded traces, the
//! protocol's own examples and agents with a wrong clock can be looked at, and one violation names
//! the loss.

use std::ops::ControlFlow;

use skywalking_proto::rules::{self, Rule, Violation};
use skywalking_proto::v3::SegmentObject;

/// So many violations are told of one segment: one that breaks more has a bug that these show as
/// well.
pub(crate) const MOST: usize = 100;

/// Why a segment was not taken. Each says what was wrong, with which value, and what the agent has
/// to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The bytes are no segment.
    #[error("not a SegmentObject: {reason}; send skywalking.v3.SegmentObject as protobuf")]
    NotASegment {
        /// What the decoder says.
        reason: String,
    },
    /// It would take more memory than the whole store has.
    #[error(
        "a segment that takes {bytes} bytes of memory can't be kept within {max_bytes}: send smaller segments, or raise --max-bytes (SW_COLLECTOR_MAX_BYTES)"
    )]
    TooLarge {
        /// What it would take.
        bytes: usize,
        /// What there is.
        max_bytes: usize,
    },
    /// More spans than the whole store keeps.
    #[error(
        "a segment of {spans} spans can't be kept within {max_spans}: send smaller segments, or raise --max-spans (SW_COLLECTOR_MAX_SPANS)"
    )]
    TooManySpans {
        /// How many it has.
        spans: usize,
        /// How many may be kept.
        max_spans: usize,
    },
    /// A real OAP would lose it (`docs/protocol.md#silent-data-loss`).
    #[error("{0}")]
    Lost(Violation),
}

impl Refusal {
    pub(crate) fn broken_framing() -> Self {
        Self::NotASegment {
            reason: "the bytes end inside a field, or are no protobuf at all".to_owned(),
        }
    }
}

/// What is wrong with a segment that the OAP would keep; [`Refusal::Lost`] if it would not. `now`
/// in epoch milliseconds.
pub(crate) fn segment(segment: &SegmentObject, now: i64) -> Result<Vec<Violation>, Refusal> {
    let mut found = Vec::new();
    let mut lost = None;
    let mut another_day = false;
    rules::each(segment, now, |violation| {
        if is_another_day(&violation) {
            // All spans of the segment are of that day: one says it.
            if std::mem::replace(&mut another_day, true) {
                return ControlFlow::Continue(());
            }
        } else if violation.loses_segment() {
            lost = Some(violation);
            return ControlFlow::Break(());
        }
        if found.len() < MOST {
            found.push(violation);
        }
        ControlFlow::Continue(())
    });
    if let Some(violation) = lost {
        return Err(Refusal::Lost(violation));
    }
    found.shrink_to_fit();
    Ok(found)
}

/// Whether it is a date that can be shown. 0 and less is a field that nobody set.
fn is_another_day(violation: &Violation) -> bool {
    matches!(violation.rule, Rule::StartTime { start: 1.., .. })
}

/// The memory that they take, beside what the segment takes.
pub(crate) fn weigh(violations: &[Violation]) -> usize {
    /// Quoted texts and ids are cut; this is more than any of them takes.
    const TEXTS: usize = 512;
    violations
        .iter()
        .map(|violation| size_of_val(violation) + violation.segment_id.len() + TEXTS)
        .sum()
}

#[cfg(test)]
mod tests {
    use skywalking_proto::v3::SpanObject;

    use super::*;

    const NOW: i64 = 1_795_000_000_000;

    fn good() -> SegmentObject {
        SegmentObject {
            trace_id: "t".into(),
            trace_segment_id: "s".into(),
            service: "shop".into(),
            service_instance: "shop_1".into(),
            spans: vec![SpanObject {
                start_time: NOW,
                end_time: NOW,
                parent_span_id: -1,
                operation_name: "/x".into(),
                ..Default::default()
            }],
            ..Default::default()
        }
    }

    #[test]
    fn what_the_oap_loses_is_refused_and_what_it_keeps_is_told() {
        assert_eq!(segment(&good(), NOW), Ok(vec![]));
        let mut wrong = good();
        wrong.spans[0].operation_name.clear();
        let told: Vec<_> =
            segment(&wrong, NOW).expect("it is kept").iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                r#"span 0 of segment "s" has a blank operation name, by which nothing can be found: set it"#
            ]
        );
        wrong.spans[0].start_time = 0;
        let refused = segment(&wrong, NOW).expect_err("it is lost").to_string();
        let start = r#"span 0 of segment "s" starts at 0 ms, a day for which an OAP on SQL storage has no table"#;
        assert!(refused.starts_with(start), "{refused}");
    }

    #[test]
    fn segments_of_other_days_are_kept_with_one_violation() {
        for start in [1, 1_588_664_577_013, NOW - 3 * 86_400_000, NOW + 3 * 86_400_000, i64::MAX] {
            let mut old = good();
            old.spans = (0..300)
                .map(|id| SpanObject {
                    span_id: id,
                    parent_span_id: id - 1,
                    start_time: start,
                    end_time: start,
                    ..good().spans[0].clone()
                })
                .collect();
            let found = segment(&old, NOW).expect("it can be shown");
            assert!(
                matches!(&found[..], [Violation { rule: Rule::StartTime { start: told, .. }, .. }] if *told == start),
                "{found:?}"
            );
            assert!(
                found[0].to_string().contains("an OAP on SQL storage has no table"),
                "{}",
                found[0]
            );
        }
        for start in [0, -1, i64::MIN] {
            let mut unset = good();
            unset.spans[0].start_time = start;
            assert!(matches!(segment(&unset, NOW), Err(Refusal::Lost(_))), "{start}");
        }
    }

    #[test]
    fn of_many_violations_a_hundred_are_told_and_a_loss_behind_them_is_still_one() {
        let mut wrong = good();
        wrong.spans = (0..1_000)
            .map(|id| SpanObject {
                span_id: id,
                parent_span_id: id - 1,
                operation_name: String::new(),
                ..good().spans[0].clone()
            })
            .collect();
        assert_eq!(segment(&wrong, NOW).map(|told| told.len()), Ok(MOST));
        wrong.spans[999].start_time = 0;
        assert!(matches!(segment(&wrong, NOW), Err(Refusal::Lost(_))));
    }
}
