//! A batch of encoded segments, and its limits.

use bytes::Bytes;

use crate::queue::Budget;

/// Encoded segments that are sent together.
#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) messages: Vec<Bytes>,
    bytes: usize,
    /// The limits: it is full when it reaches one of them.
    full: Budget,
    /// The number of complete passes before the one of its segments.
    pub(crate) pass: u64,
}

impl Batch {
    pub(crate) fn new(pass: u64, full: Budget) -> Self {
        Self { messages: Vec::new(), bytes: 0, full, pass }
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
