//! Cells, eviction and the memory of metrics.

use proptest::prelude::*;
use skywalking_proto::v3::{SpanObject, SpanType};

use super::*;

fn segment(service: &str, endpoint: &str, start: i64) -> SegmentObject {
    let span = SpanObject {
        start_time: start,
        end_time: start + 7,
        operation_name: endpoint.into(),
        span_type: SpanType::Entry as i32,
        ..Default::default()
    };
    SegmentObject { service: service.into(), spans: vec![span], ..Default::default() }
}

fn metrics(max_cells: usize) -> Metrics {
    Metrics { max_cells, ..Metrics::new(&Limits::default()) }
}

/// Returns the endpoints with the slots of their cells and the calls in each.
fn endpoints(metrics: &Metrics) -> Vec<(String, Vec<(i64, u64)>)> {
    let mut found = Vec::new();
    metrics.visit(0, usize::MAX, |series| {
        if let Subject::Endpoint { endpoint, .. } = &series.subject {
            let cells = series.cells(i64::MIN..i64::MAX).map(|(slot, cell)| (slot, cell.calls));
            found.push((endpoint.as_ref().to_owned(), cells.collect()));
        }
        0
    });
    found.sort();
    found
}

/// Returns the memory and the number of cells, computed again.
fn recomputed(metrics: &Metrics) -> (usize, usize) {
    let series = || metrics.series.iter().flatten();
    let cells = || series().flat_map(|series| series.cells.values());
    let histograms: usize = cells().map(|cell| cell.durations.heap_bytes()).sum();
    let bytes = series().count() * SERIES_BYTES + cells().count() * CELL_BYTES + histograms;
    (bytes, cells().count())
}

#[test]
fn cells_cover_ten_seconds() {
    let mut metrics = metrics(1_000);
    for start in [0, 9_999, 10_000, -1, 19_999] {
        metrics.record(&segment("a", "/x", start));
    }
    assert_eq!(endpoints(&metrics), [("/x".to_owned(), vec![(-1, 1), (0, 2), (1, 2)])]);
}

#[test]
fn oldest_arrival_is_evicted_first() {
    // A segment has 4 cells: of service, instance, endpoint and call.
    let mut metrics = metrics(8);
    metrics.record(&segment("a", "/first", 50_000));
    metrics.record(&segment("b", "/second", 10_000));
    metrics.record(&segment("c", "/third", 30_000));

    let expected = [("/second".to_owned(), vec![(1, 1)]), ("/third".to_owned(), vec![(3, 1)])];

    assert_eq!(endpoints(&metrics), expected);
    assert_eq!((metrics.cells(), metrics.evicted()), (8, 4));
}

#[test]
fn series_without_cells_are_removed_with_their_names() {
    let mut metrics = metrics(4);
    for number in 0..100 {
        metrics.record(&segment(&format!("service {number}"), &format!("/{number}"), 0));
    }
    // Service, instance (`_blank`), endpoint and `User`.
    assert_eq!((metrics.index.len(), metrics.names.len(), metrics.series.len()), (4, 4, 5));
}

#[test]
fn bytes_are_bounded_with_many_long_names() {
    let limits = Limits { max_bytes: 8 * 100_000, ..Limits::default() };
    let mut metrics = Metrics::new(&limits);
    for number in 0..2_000 {
        metrics.record(&segment(&format!("{number}"), &format!("{number}{}", "x".repeat(200)), 0));
        assert!(metrics.bytes() <= 100_000, "{}", metrics.bytes());
    }
    assert!(metrics.evicted() > 1_000 && metrics.cells() > 50, "{}", metrics.cells());
}

#[test]
fn visit_goes_on_where_it_stopped() {
    let mut metrics = metrics(1_000);
    for number in 0..50 {
        metrics.record(&segment("a", &format!("/{number}"), 0));
    }
    let (mut next, mut seen, mut steps) = (Some(0), 0, 0);
    while let Some(from) = next {
        next = metrics.visit(from, 10, |_| {
            seen += 1;
            0
        });
        steps += 1;
    }
    assert!(seen == metrics.index.len() && steps > 5, "{seen} in {steps}");
}

proptest! {
    #[test]
    fn memory_is_counted_exactly(
        spans in proptest::collection::vec((0u8..4, 0u8..6, any::<i64>(), any::<bool>()), 1..60),
        max_cells in 1usize..60,
    ) {
        let mut metrics = metrics(max_cells);
        for (service, endpoint, start, is_near) in spans {
            let start = if is_near { start.rem_euclid(30_000) } else { start / 2 };
            metrics.record(&segment(&format!("{service}"), &format!("/{endpoint}"), start));
            prop_assert!(metrics.cells() <= max_cells);
            prop_assert_eq!((metrics.bytes, metrics.cells()), recomputed(&metrics));
        }
    }
}
