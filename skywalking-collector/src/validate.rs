//! Checks a segment against the rules of the protocol (`skywalking_proto::rules`).
//!
//! A segment that a real OAP would lose silently is refused with the reason, so that the author of
//! an agent learns about it from the first test. Other violations are kept with the segment and
//! shown.
//!
//! A segment of another day is kept, although an OAP with SQL storage loses it. So recorded traces,
//! the examples of the protocol and agents with a wrong clock can be viewed, with one violation
//! that mentions the loss.

use std::ops::ControlFlow;

use skywalking_proto::rules::{self, Rule, Violation};
use skywalking_proto::v3::SegmentObject;

use crate::segment_error::SegmentError;

/// The largest number of violations that are recorded for a segment. More violations come from the
/// same bug of the agent.
const MAX_VIOLATIONS: usize = 100;

/// Returns the violations of a segment that the OAP would keep. `now` is in epoch milliseconds.
///
/// # Errors
///
/// Returns [`SegmentError::LostByOap`] for a segment that the OAP would lose.
pub(crate) fn segment(segment: &SegmentObject, now: i64) -> Result<Vec<Violation>, SegmentError> {
    let mut found = Vec::new();
    let mut lost = None;
    let mut another_day = false;
    rules::each(segment, now, |violation| {
        if is_another_day(&violation) {
            // Every span of the segment has it: record the first one.
            if std::mem::replace(&mut another_day, true) {
                return ControlFlow::Continue(());
            }
        } else if violation.loses_segment() {
            lost = Some(violation);
            return ControlFlow::Break(());
        }
        if found.len() < MAX_VIOLATIONS {
            found.push(violation);
        }
        ControlFlow::Continue(())
    });
    if let Some(violation) = lost {
        return Err(SegmentError::LostByOap(violation));
    }
    found.shrink_to_fit();
    Ok(found)
}

/// Returns whether the violation is a start on another day. A start of 0 or less was not set.
fn is_another_day(violation: &Violation) -> bool {
    matches!(violation.rule, Rule::StartTime { start: 1.., .. })
}

/// Returns the memory of the violations, in addition to that of their segment.
pub(crate) fn memory(violations: &[Violation]) -> usize {
    /// Quoted texts and ids are cut to a shorter length than this.
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
    fn lost_segment_is_refused_and_others_have_violations() {
        assert_eq!(segment(&good(), NOW), Ok(vec![]));

        let mut wrong = good();
        wrong.spans[0].operation_name.clear();
        let texts: Vec<_> =
            segment(&wrong, NOW).expect("a kept segment").iter().map(ToString::to_string).collect();

        assert_eq!(
            texts,
            [
                r#"span 0 of segment "s" has a blank operation name, by which nothing can be found: set it"#
            ]
        );

        wrong.spans[0].start_time = 0;
        let refused = segment(&wrong, NOW).expect_err("a lost segment").to_string();
        let start = r#"span 0 of segment "s" starts at 0 ms, and an OAP on SQL storage has no table for that day"#;

        assert!(refused.starts_with(start), "{refused}");
    }

    #[test]
    fn segment_of_another_day_has_one_violation() {
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
            let found = segment(&old, NOW).expect("a kept segment");
            assert!(
                matches!(&found[..], [Violation { rule: Rule::StartTime { start: found_start, .. }, .. }] if *found_start == start),
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
            assert!(matches!(segment(&unset, NOW), Err(SegmentError::LostByOap(_))), "{start}");
        }
    }

    #[test]
    fn violations_are_limited_and_a_later_loss_is_found() {
        let mut wrong = good();
        wrong.spans = (0..1_000)
            .map(|id| SpanObject {
                span_id: id,
                parent_span_id: id - 1,
                operation_name: String::new(),
                ..good().spans[0].clone()
            })
            .collect();

        assert_eq!(segment(&wrong, NOW).map(|found| found.len()), Ok(MAX_VIOLATIONS));

        wrong.spans[999].start_time = 0;

        assert!(matches!(segment(&wrong, NOW), Err(SegmentError::LostByOap(_))));
    }
}
