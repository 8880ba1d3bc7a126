//! Tests which segments wake the reporter.

use std::sync::Arc;

use super::bench::Bench;
use crate::config::TailSampling;
use crate::queue::{Attached, Budget, SegmentHeader};
use crate::sampling::tail_decision::TailDecision;
use crate::span::record::Record;
use crate::trace::detached::cell::Detached;

/// The bytes of one segment of the bench.
const SEGMENT: usize = size_of::<SegmentHeader>() + size_of::<Record>();

#[tokio::test(start_paused = true)]
async fn pending_segments_do_not_count_for_the_wake_up() {
    let by_number = Budget { bytes: usize::MAX, segments: 20 };
    let by_bytes = Budget { bytes: 20 * SEGMENT, segments: usize::MAX };
    for queue in [by_number, by_bytes] {
        let bench = Bench::with(1, &[], queue, None);
        let cells: Vec<_> = (0..10).map(|_| Arc::new(Detached::new(0))).collect();
        for cell in &cells {
            assert_eq!(
                bench.wakes(1, || Attached {
                    detached: vec![Arc::clone(cell)],
                    ..Attached::default()
                }),
                0
            );
        }
        bench.pass(1).await;
        // Ten of twenty remain for other segments.
        assert_eq!(bench.wakes(5, Attached::default), 0);
        assert_eq!(bench.wakes(5, Attached::default), 5);
        for cell in &cells {
            cell.give_up();
        }
        bench.pass(1).await;
        assert_eq!(bench.counts(), ([20, 0, 0, 0], [0, 0]));
        assert_eq!(bench.wakes(10, Attached::default), 0);
        assert_eq!(bench.wakes(1, Attached::default), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn undecided_segments_do_not_wake_the_reporter() {
    let tail_sampling = TailSampling { max_buffer_segments: 4, ..TailSampling::errors() };
    let bench =
        Bench::with(1, &[], Budget { bytes: usize::MAX, segments: 20 }, Some(tail_sampling));
    let decision = Arc::new(TailDecision::new(1));
    assert_eq!(
        bench.wakes(4, || Attached {
            tail_decision: Some(Arc::clone(&decision)),
            ..Attached::default()
        }),
        0
    );
    bench.pass(1).await;
    assert_eq!(bench.wakes(8, Attached::default), 0);
    assert_eq!(bench.wakes(8, Attached::default), 8);
    // Segments of an earlier reporter do not count.
    drop(bench);
    let bench = Bench::with(1, &[], Budget { bytes: usize::MAX, segments: 20 }, None);
    assert_eq!(bench.wakes(10, Attached::default), 0);
    assert_eq!(bench.wakes(1, Attached::default), 1);
}
