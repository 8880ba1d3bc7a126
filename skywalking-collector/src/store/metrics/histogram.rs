//! A sparse histogram of durations.
//!
//! Values below 32 ms have a bucket of their own. From there each power of two has 16 buckets of
//! equal width, and a percentile is the middle of its bucket, so its error is at most 1/32 (3.2 %).

/// The buckets of each power of two are `1 << SUB_BITS`.
const SUB_BITS: u32 = 4;
const SUB_BUCKETS: u64 = 1 << SUB_BITS;

/// Counts durations in milliseconds by bucket. Counters saturate.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Histogram {
    /// Bucket and count, sorted by bucket.
    counts: Vec<(u16, u32)>,
}

impl Histogram {
    pub(crate) fn record(&mut self, duration: u64) {
        self.add(bucket(duration), 1);
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        for (bucket, count) in &other.counts {
            self.add(*bucket, *count);
        }
    }

    fn add(&mut self, bucket: u16, count: u32) {
        match self.counts.binary_search_by_key(&bucket, |(bucket, _)| *bucket) {
            Ok(at) => {
                if let Some((_, known)) = self.counts.get_mut(at) {
                    *known = known.saturating_add(count);
                }
            }
            Err(at) => self.counts.insert(at, (bucket, count)),
        }
    }

    /// Returns the duration that this share of all durations doesn't exceed, in milliseconds, or
    /// `None` without durations. `percent` is from 1 to 100.
    pub(crate) fn percentile(&self, percent: u64) -> Option<u64> {
        let total: u64 = self.counts.iter().map(|(_, count)| u64::from(*count)).sum();
        let rank = (total.saturating_mul(percent)).div_ceil(100).max(1);
        let mut seen = 0;
        self.counts.iter().find_map(|(bucket, count)| {
            seen += u64::from(*count);
            (seen >= rank).then(|| middle(*bucket))
        })
    }

    /// Returns the memory on the heap, in bytes.
    pub(super) fn heap_bytes(&self) -> usize {
        self.counts.capacity() * size_of::<(u16, u32)>()
    }
}

/// Returns the bucket of a duration. There are fewer than 1 000.
fn bucket(duration: u64) -> u16 {
    let bits = u64::BITS - duration.leading_zeros();
    let shift = bits.saturating_sub(SUB_BITS + 1);
    // The first factor counts the halvings, the second is from 0 to 31.
    let bucket = u64::from(shift) * SUB_BUCKETS + (duration >> shift);
    u16::try_from(bucket).unwrap_or(u16::MAX)
}

/// Returns the middle of a bucket, rounded down.
fn middle(bucket: u16) -> u64 {
    let bucket = u64::from(bucket);
    let shift = (bucket / SUB_BUCKETS).saturating_sub(1);
    let start = (bucket - shift * SUB_BUCKETS) << shift;
    start + ((1 << shift) - 1) / 2
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn histogram(durations: &[u64]) -> Histogram {
        let mut histogram = Histogram::default();
        for duration in durations {
            histogram.record(*duration);
        }
        histogram
    }

    #[test]
    fn small_durations_are_exact() {
        for duration in 0..34 {
            assert_eq!(histogram(&[duration]).percentile(50), Some(duration.min(32)));
        }
        assert_eq!(Histogram::default().percentile(50), None);
    }

    #[test]
    fn buckets_are_contiguous_and_few() {
        let mut last = 0;
        for duration in 0..1_000_000 {
            let next = bucket(duration);
            assert!(next == last || next == last + 1, "{duration}: {last}, {next}");
            assert_eq!(bucket(middle(next)), next);
            last = next;
        }
        assert!(bucket(u64::MAX) < 1_000 && bucket(middle(bucket(u64::MAX))) == bucket(u64::MAX));
    }

    #[test]
    fn counts_saturate() {
        let mut full = Histogram { counts: vec![(7, u32::MAX)] };
        full.merge(&full.clone());
        assert_eq!((full.percentile(99), full.counts), (Some(7), vec![(7, u32::MAX)]));
    }

    proptest! {
        /// Against the exact percentile: the value at the rank, of all values sorted.
        #[test]
        fn percentile_error_is_under_5_percent(
            mut durations in proptest::collection::vec(
                prop_oneof![0u64..100, 0u64..10_000, any::<u64>()],
                1..300,
            ),
            percent in 1u64..=100,
            split in 0usize..300,
        ) {
            let (left, right) = durations.split_at(split.min(durations.len()));
            let mut merged = histogram(left);
            merged.merge(&histogram(right));
            prop_assert_eq!(&merged, &histogram(&durations));

            durations.sort_unstable();
            let rank = (durations.len() as u64 * percent).div_ceil(100);
            let exact = durations[usize::try_from(rank).expect("small") - 1];
            let found = merged.percentile(percent).expect("durations");
            prop_assert!(
                u128::from(found.abs_diff(exact)) * 20 <= u128::from(exact),
                "{} for {}", found, exact
            );
        }
    }
}
