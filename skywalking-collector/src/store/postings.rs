//! The traces that have one term, in the order of their numbers.
//!
//! Traces are numbered in the order of arrival and evicted in that order, so a trace is added at or
//! near the end and removed at the front. Numbers are stored with 32 bits; `first`, the number of
//! the oldest stored trace, makes their order unique.

use std::collections::VecDeque;

/// The memory of the list behind its pointer.
const LIST: usize = size_of::<VecDeque<u32>>();
/// A list that shrinks keeps this capacity.
const MIN_CAPACITY: usize = 8;

/// A set of traces. The list is boxed, so that the frequent case of one trace is small.
#[allow(clippy::box_collection)]
#[derive(Debug, Default)]
pub(crate) enum Postings {
    #[default]
    None,
    /// Most values of tags are in one trace.
    One(u32),
    Many(Box<VecDeque<u32>>),
}

/// Returns the low bits of a number, by which it is stored.
#[allow(clippy::cast_possible_truncation)] // the order of fewer than 2^32 stored traces is kept
fn low(number: u64) -> u32 {
    number as u32
}

/// Returns the position of a stored number.
fn offset(number: u32, first: u64) -> usize {
    number.wrapping_sub(low(first)) as usize
}

impl Postings {
    /// Adds a trace. Returns `false` if it is there already.
    pub(super) fn insert(&mut self, number: u64, first: u64) -> bool {
        let number = low(number);
        match self {
            Self::None => *self = Self::One(number),
            Self::One(only) if *only == number => return false,
            Self::One(only) => {
                let pair = if offset(*only, first) < offset(number, first) {
                    [*only, number]
                } else {
                    [number, *only]
                };
                *self = Self::Many(Box::new(VecDeque::from(pair)));
            }
            Self::Many(list) => {
                let key = offset(number, first);
                match list.back() {
                    Some(last) if *last == number => return false,
                    Some(last) if offset(*last, first) < key => list.push_back(number),
                    _ => match list.binary_search_by_key(&key, |other| offset(*other, first)) {
                        Ok(_) => return false,
                        Err(at) => list.insert(at, number),
                    },
                }
            }
        }
        true
    }

    /// Removes the oldest trace. Returns whether none is left.
    pub(super) fn remove_first(&mut self) -> bool {
        match self {
            Self::None | Self::One(_) => *self = Self::None,
            Self::Many(list) => {
                list.pop_front();
                if list.len() < list.capacity() / 4 {
                    list.shrink_to((list.len() * 2).max(MIN_CAPACITY));
                }
                if let (1, Some(last)) = (list.len(), list.front()) {
                    *self = Self::One(*last);
                }
            }
        }
        matches!(self, Self::None)
    }

    pub(crate) fn contains(&self, number: u64, first: u64) -> bool {
        let number = low(number);
        match self {
            Self::None => false,
            Self::One(only) => *only == number,
            Self::Many(list) => {
                let key = offset(number, first);
                list.binary_search_by_key(&key, |other| offset(*other, first)).is_ok()
            }
        }
    }

    /// Returns the positions of the traces, the oldest first.
    pub(crate) fn offsets(&self, first: u64) -> impl Iterator<Item = usize> {
        let (one, many) = match self {
            Self::None => (None, None),
            Self::One(only) => (Some(*only), None),
            Self::Many(list) => (None, Some(list.iter().copied())),
        };
        one.into_iter().chain(many.into_iter().flatten()).map(move |number| offset(number, first))
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Self::None => 0,
            Self::One(_) => 1,
            Self::Many(list) => list.len(),
        }
    }

    /// Returns the memory in bytes, in addition to the value itself.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::None | Self::One(_) => 0,
            Self::Many(list) => LIST + list.capacity() * size_of::<u32>(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Also where the low bits of the numbers overflow.
        #[test]
        fn postings_are_a_sorted_set(
            first in prop_oneof![Just(0), (1_u64 << 32) - 20..(1_u64 << 32) + 5],
            numbers in proptest::collection::vec((0_u64..40, any::<bool>()), 0..120),
        ) {
            let (mut postings, mut model) = (Postings::default(), BTreeSet::new());
            let mut oldest = first;
            for (number, evict) in numbers {
                let number = first + number;
                if number >= oldest {
                    prop_assert_eq!(postings.insert(number, oldest), model.insert(number));
                }
                if evict && let Some(removed) = model.pop_first() {
                    oldest = removed + 1;
                    prop_assert_eq!(postings.remove_first(), model.is_empty());
                }
                let expected: Vec<_> = model.iter().map(|at| at - oldest).collect();
                let found: Vec<_> = postings.offsets(oldest).map(|at| at as u64).collect();
                prop_assert_eq!(found, expected);
                prop_assert_eq!(postings.len(), model.len());
                prop_assert!((oldest..oldest + 40)
                    .all(|at| postings.contains(at, oldest) == model.contains(&at)));
            }
        }
    }

    #[test]
    fn memory_is_given_back() {
        let mut postings = Postings::default();
        for number in 0..100_000 {
            postings.insert(number, 0);
        }
        let full = postings.bytes();
        for _ in 0..99_990 {
            assert!(!postings.remove_first());
        }

        assert!(full > 400_000 && postings.bytes() < 300, "{full}, {}", postings.bytes());
    }
}
