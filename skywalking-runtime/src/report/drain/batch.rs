//! A batch of encoded messages, and its limits.

use bytes::Bytes;

use crate::queue::Budget;
use crate::report::signal::Signal;

/// Encoded messages of one signal that are sent together.
#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) messages: Vec<Bytes>,
    bytes: usize,
    /// The limits: it is full when it reaches one of them.
    full: Budget,
    /// The number of complete passes before the one of its segments.
    pub(crate) pass: u64,
    /// Whether it is a half of a batch that was too large.
    is_half: bool,
}

impl Batch {
    pub(crate) fn new(pass: u64, full: Budget) -> Self {
        Self { messages: Vec::new(), bytes: 0, full, pass, is_half: false }
    }

    /// Returns the bytes of its messages.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(crate) fn is_full(&self) -> bool {
        self.messages.len() >= self.full.segments || self.bytes >= self.full.bytes
    }

    pub(crate) fn push(&mut self, message: Bytes) {
        self.bytes += message.len();
        self.messages.push(message);
    }

    /// Returns true if it can be halved: it has at least two messages, and is not a half already.
    pub(crate) fn is_divisible(&self) -> bool {
        !self.is_half && self.messages.len() > 1
    }

    /// Splits it into two parts of about the same number of bytes.
    pub(crate) fn halve(mut self) -> [Self; 2] {
        let mut first = Self { is_half: true, ..Self::new(self.pass, self.full) };
        let mut second = Self { is_half: true, ..Self::new(self.pass, self.full) };
        let last = self.messages.pop();
        for message in self.messages {
            let is_first = first.messages.is_empty()
                || second.messages.is_empty() && first.bytes + message.len() <= self.bytes / 2;
            if is_first { first.push(message) } else { second.push(message) }
        }
        if let Some(last) = last {
            second.push(last);
        }
        [first, second]
    }

    /// Returns its size, and the settings to change if it is too large for the backend.
    pub(crate) fn size(&self, signal: Signal) -> String {
        match self.messages.len() {
            1 if signal != Signal::Segments => format!(
                "1 {} of {} bytes; raise the limit of the backend",
                signal.item(),
                self.bytes
            ),
            1 => format!(
                "1 segment of {} bytes; raise the limit of the backend, or lower Config::max_spans_per_segment (SW_AGENT_SPAN_LIMIT)",
                self.bytes
            ),
            items => format!(
                "a half batch of {items} {signal} and {} bytes; lower Config::max_batch_bytes (SW_AGENT_MAX_BATCH_BYTES) or Config::max_batch_segments (SW_AGENT_MAX_BATCH_SEGMENTS)",
                self.bytes
            ),
        }
    }
}

/// Why filling a batch stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Filled {
    /// The batch is full. There may be more segments.
    Full,
    /// The pass is complete: all segments that ended before it began are in this or an earlier
    /// batch.
    Dry,
    /// The pass is complete, but a thread was writing to its buffer.
    Missed,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(sizes: &[usize]) -> Batch {
        let mut batch = Batch::new(7, Budget { bytes: 100, segments: 100 });
        for size in sizes {
            batch.push(vec![0; *size].into());
        }
        batch
    }

    #[test]
    fn halves_have_all_messages_in_order() {
        for (sizes, expected) in [
            (&[1, 1][..], [&[1][..], &[1]]),
            (&[1, 1, 1, 1], [&[1, 1], &[1, 1]]),
            (&[9, 1, 1], [&[9], &[1, 1]]),
            (&[1, 1, 9], [&[1, 1], &[9]]),
            (&[1, 9, 1, 1], [&[1], &[9, 1, 1]]),
            (&[0, 0, 0], [&[0, 0], &[0]]),
        ] {
            let whole = batch(sizes);
            assert!(whole.is_divisible());
            let halves = whole.halve();
            let lengths = halves
                .each_ref()
                .map(|half| half.messages.iter().map(Bytes::len).collect::<Vec<_>>());
            assert_eq!(lengths, expected);
            for half in halves {
                assert_eq!(half.bytes(), half.messages.iter().map(Bytes::len).sum::<usize>());
                assert!(!half.is_divisible() && half.pass == 7);
            }
        }
        assert!(!batch(&[5]).is_divisible() && !batch(&[]).is_divisible());
    }
}
