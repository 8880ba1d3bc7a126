//! The first values of many by an order, in bounded memory.

use std::cmp::Ordering;

/// The smallest number of values that are collected before they are cut to the limit.
const MIN_COLLECTED: usize = 1_024;

/// Keeps the first `limit` values by an order. It holds at most twice as many, or 1 024.
pub(super) struct First<T, C> {
    limit: usize,
    compare: C,
    values: Vec<T>,
}

impl<T, C: FnMut(&T, &T) -> Ordering> First<T, C> {
    pub(super) fn new(limit: usize, compare: C) -> Self {
        Self { limit, compare, values: Vec::new() }
    }

    pub(super) fn push(&mut self, value: T) {
        self.values.push(value);
        if self.values.len() >= self.limit.saturating_mul(2).max(MIN_COLLECTED) {
            self.cut();
        }
    }

    fn cut(&mut self) {
        if self.limit < self.values.len() {
            self.values.select_nth_unstable_by(self.limit, &mut self.compare);
            self.values.truncate(self.limit);
        }
    }

    /// Returns the first values in their order.
    pub(super) fn into_sorted(mut self) -> Vec<T> {
        self.cut();
        self.values.sort_unstable_by(&mut self.compare);
        self.values
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_values_are_kept_in_bounded_memory() {
        for limit in [0, 1, 20, 1_000, 100_000] {
            let mut first = First::new(limit, Ord::cmp);
            let mut most = 0;
            for number in 0..50_000_u32 {
                first.push(number.wrapping_mul(0x9e37_79b1) % 50_000);
                most = most.max(first.values.len());
            }
            assert!(most <= (2 * limit).max(MIN_COLLECTED), "{limit}: {most}");
            let mut all: Vec<_> =
                (0..50_000_u32).map(|number| number.wrapping_mul(0x9e37_79b1) % 50_000).collect();
            all.sort_unstable();
            all.truncate(limit);
            assert_eq!(first.into_sorted(), all);
        }
    }
}
