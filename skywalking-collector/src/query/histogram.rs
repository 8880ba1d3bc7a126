//! When traces started, and how long they took.
//!
//! The traces are selected while the store is locked. The buckets are computed later.

use super::filter::{self, Prepared};
use crate::api::{Bucket, Histogram, TraceQuery};
use crate::budget::Memory;
use crate::store::Traces;

/// A selected trace.
pub(crate) struct Sample {
    start: i64,
    duration: u64,
    is_error: bool,
}

/// Selects the traces that match the query.
pub(crate) fn samples<M: Memory>(
    traces: &Traces,
    query: &TraceQuery,
    prepared: &Prepared,
    memory: &mut M,
) -> Result<Vec<Sample>, M::Error> {
    let mut samples = Vec::new();
    filter::matching(traces, query, prepared, |_, trace| {
        if samples.len() == samples.capacity() {
            let more = samples.len().max(1_024);
            // The durations of a bucket are copied to be sorted.
            memory.take(more * (size_of::<Sample>() + size_of::<u64>()))?;
            samples.reserve_exact(more);
        }
        samples.push(Sample {
            start: trace.facts.start,
            duration: trace.facts.duration(),
            is_error: trace.facts.is_error,
        });
        Ok(())
    })?;
    Ok(samples)
}

/// Returns a histogram with at most `buckets` buckets. Its range is that of the query, or from the
/// first start to the last one.
pub(crate) fn histogram(mut samples: Vec<Sample>, query: &TraceQuery, buckets: usize) -> Histogram {
    samples.sort_unstable_by_key(|sample| sample.start);
    let first = samples.first().map(|sample| sample.start);
    let last = samples.last().map(|sample| sample.start);
    let from = query.from.or(first).or(query.to).unwrap_or(0);
    let to = query.to.or(last.map(|last| last.saturating_add(1))).unwrap_or(from).max(from);
    let length = to.abs_diff(from);
    if length == 0 {
        return Histogram { from, to, width: 0, buckets: Vec::new() };
    }
    let width = length.div_ceil(buckets.max(1) as u64);
    let count = usize::try_from(length.div_ceil(width)).unwrap_or(buckets);
    let mut filled = vec![Bucket::default(); count];
    let mut rest = samples.as_slice();
    while let Some(sample) = rest.first() {
        let bucket_of = |sample: &Sample| {
            // `to` can be before the last start only if the time overflows.
            usize::try_from(sample.start.abs_diff(from) / width)
                .unwrap_or(usize::MAX)
                .min(count - 1)
        };
        let at = bucket_of(sample);
        let (of_bucket, later) =
            rest.split_at(rest.partition_point(|sample| bucket_of(sample) <= at));
        if let Some(bucket) = filled.get_mut(at) {
            *bucket = summarize(of_bucket);
        }
        rest = later;
    }
    Histogram { from, to, width, buckets: filled }
}

fn summarize(samples: &[Sample]) -> Bucket {
    let mut durations: Vec<_> = samples.iter().map(|sample| sample.duration).collect();
    durations.sort_unstable();
    // The smallest duration that this share of the traces doesn't exceed.
    let percentile = |part: usize| {
        let rank = (durations.len() * part).div_ceil(100);
        durations.get(rank.saturating_sub(1)).copied()
    };
    Bucket {
        count: samples.len(),
        errors: samples.iter().filter(|sample| sample.is_error).count(),
        p50: percentile(50),
        p95: percentile(95),
        max: durations.last().copied(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(start: i64, duration: u64) -> Sample {
        Sample { start, duration, is_error: duration > 90 }
    }

    #[test]
    fn buckets_have_counts_and_percentiles() {
        let samples = (1..=100).map(|at| sample(1_000 + i64::from(at > 98), at)).collect();
        let histogram = histogram(samples, &TraceQuery::new(), 60);
        let first = Bucket { count: 98, errors: 8, p50: Some(49), p95: Some(94), max: Some(98) };
        let second = Bucket { count: 2, errors: 2, p50: Some(99), p95: Some(100), max: Some(100) };

        assert_eq!((histogram.from, histogram.to, histogram.width), (1_000, 1_002, 1));
        assert_eq!(histogram.buckets, [first, second]);
    }

    #[test]
    fn range_of_the_query_is_divided() {
        let query = TraceQuery::new().from(100).to(205);
        let histogram = histogram(vec![sample(204, 1), sample(100, 2), sample(111, 3)], &query, 10);
        let counts: Vec<_> = histogram.buckets.iter().map(|bucket| bucket.count).collect();

        assert_eq!((histogram.from, histogram.to, histogram.width), (100, 205, 11));
        assert_eq!(counts, [1, 1, 0, 0, 0, 0, 0, 0, 0, 1]);
        assert_eq!(histogram.buckets[2], Bucket::default());
    }

    #[test]
    fn empty_and_extreme_ranges_are_possible() {
        let counted = |samples, query: TraceQuery, buckets| {
            let histogram = histogram(samples, &query, buckets);
            let counts = histogram.buckets.iter().map(|bucket| bucket.count);
            (histogram.from, histogram.to, counts.collect::<Vec<_>>())
        };
        let (min, max) = (i64::MIN, i64::MAX);

        assert_eq!(counted(vec![], TraceQuery::new(), 60), (0, 0, vec![]));
        assert_eq!(counted(vec![], TraceQuery::new().from(5), 60), (5, 5, vec![]));
        assert_eq!(counted(vec![], TraceQuery::new().to(5), 60), (5, 5, vec![]));
        assert_eq!(counted(vec![], TraceQuery::new().from(9).to(5), 60), (9, 9, vec![]));
        assert_eq!(
            counted(vec![sample(min, 1), sample(max, 1)], TraceQuery::new(), 2),
            (min, max, vec![1, 1])
        );
        assert_eq!(counted(vec![sample(max, 1)], TraceQuery::new(), 2), (max, max, vec![]));
        assert_eq!(counted(vec![sample(min, 1)], TraceQuery::new().to(max), 1).2, [1]);
    }
}
