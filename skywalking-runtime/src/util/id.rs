//! Ids of traces and segments, kept as integers, and converted to text by the reporter and in
//! headers.
//!
//! The text is `<32 hex digits of the process>.<block>.<number>`. The process part is random and
//! generated once. A thread takes a block of numbers with one atomic addition, and then counts
//! alone. An even number is a segment. The odd number above it is the trace that the segment
//! starts, so one [`u64`] identifies both.

use std::fmt::Write as _;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::sys::PerProcess;

const NUMBER_BITS: u32 = 20;
const NUMBER_MASK: u64 = (1 << NUMBER_BITS) - 1;

/// The next block. Block 0 is never used, so no key is 0.
static NEXT_BLOCK: AtomicU64 = AtomicU64::new(1);

/// A thread's block of segment keys.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Block {
    next: u64,
}

impl Block {
    /// Returns the next segment key: never 0, unique in the process, and even.
    pub(crate) fn next(&mut self) -> u64 {
        if self.next & NUMBER_MASK == 0 {
            self.next = (NEXT_BLOCK.fetch_add(1, Ordering::Relaxed) << NUMBER_BITS) + 2;
        }
        let key = self.next;
        self.next += 2;
        key
    }
}

/// Returns the trace that a segment starts if it has no parent.
pub(crate) fn own_trace(segment: u64) -> u64 {
    segment | 1
}

/// Returns the random part of all ids of this process, including the dot: 33 characters. A forked
/// child has its own.
pub(crate) fn process() -> &'static str {
    static PROCESS: PerProcess<String> = PerProcess::new(|| random_hex() + ".");
    PROCESS.get()
}

/// Returns 128 random bits as 32 hex digits.
pub(crate) fn random_hex() -> String {
    let mut bits = [0_u8; 16];
    if getrandom::fill(&mut bits).is_err() {
        // Without a random source: the hasher's keys, the time and the process id make equal ids of
        // two processes unlikely.
        let moment = (std::time::SystemTime::now(), std::process::id());
        let (high, low) =
            (RandomState::new().hash_one(moment), RandomState::new().hash_one(moment));
        bits[..8].copy_from_slice(&high.to_be_bytes());
        bits[8..].copy_from_slice(&low.to_be_bytes());
    }
    bits.iter().fold(String::with_capacity(33), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The part of an id after the process part: `<block>.<number>`.
pub(crate) struct Tail {
    digits: [u8; 40],
    from: usize,
}

impl Tail {
    #[expect(clippy::indexing_slicing, reason = "the digits of two u64 and a dot always fit")]
    pub(crate) fn of(key: u64) -> Self {
        let mut tail = Self { digits: [0; 40], from: 40 };
        tail.push_front(key & NUMBER_MASK);
        tail.from -= 1;
        tail.digits[tail.from] = b'.';
        tail.push_front(key >> NUMBER_BITS);
        tail
    }

    #[expect(clippy::indexing_slicing, reason = "the digits of two u64 and a dot always fit")]
    fn push_front(&mut self, mut number: u64) {
        loop {
            self.from -= 1;
            let digit = (number % 10) as u8;
            self.digits[self.from] = b'0' + digit;
            number /= 10;
            if number == 0 {
                return;
            }
        }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.digits.get(self.from..).unwrap_or_default()
    }

    pub(crate) fn as_str(&self) -> &str {
        std::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }
}

/// Returns the whole id as text.
pub(crate) fn text(key: u64) -> String {
    let mut text = String::with_capacity(56);
    text.push_str(process());
    text.push_str(Tail::of(key).as_str());
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn keys_are_unique_even_and_never_zero_across_blocks() {
        let mut blocks = [Block::default(), Block::default()];
        let mut seen = HashSet::new();
        for n in 0..1_200_000 {
            let key = blocks[n % 2].next();
            assert!(key != 0 && key % 2 == 0);
            assert!(seen.insert(key), "{key} is a duplicate");
        }
    }

    #[test]
    fn id_is_32_hex_digits_and_two_numbers() {
        let text = text((77 << NUMBER_BITS) + 1_234);
        let parts: Vec<_> = text.split('.').collect();
        assert_eq!((parts[0].len(), &parts[1..]), (32, &["77", "1234"][..]));
        assert!(parts[0].bytes().all(|b| b.is_ascii_hexdigit()));
        assert_eq!(Tail::of(u64::MAX).as_str(), "17592186044415.1048575");
        assert_eq!(Tail::of(0).as_str(), "0.0");
    }

    #[test]
    fn trace_and_segment_ids_are_distinct() {
        let mut block = Block::default();
        let (first, second) = (block.next(), block.next());
        assert!(own_trace(first) != first && own_trace(first) != second);
    }
}
