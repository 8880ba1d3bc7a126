//! Collects a head of fixed length whose bytes arrive in parts.

/// The head of a frame or of a message.
#[derive(Debug)]
pub(super) struct Head<const LENGTH: usize> {
    bytes: [u8; LENGTH],
    /// How many bytes have arrived.
    filled: usize,
}

impl<const LENGTH: usize> Default for Head<LENGTH> {
    fn default() -> Self {
        Self { bytes: [0; LENGTH], filled: 0 }
    }
}

impl<const LENGTH: usize> Head<LENGTH> {
    /// Removes the bytes of the head from `bytes`, as far as they are missing. Returns the head when
    /// this completes it.
    pub(super) fn read(&mut self, bytes: &mut &[u8]) -> Option<[u8; LENGTH]> {
        let missing = self.bytes.get_mut(self.filled..).unwrap_or_default();
        let taken = missing.len().min(bytes.len());
        for (to, from) in missing.iter_mut().zip(*bytes) {
            *to = *from;
        }
        self.filled += taken;
        *bytes = bytes.get(taken..).unwrap_or_default();
        (taken > 0 && self.is_complete()).then_some(self.bytes)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.filled == 0
    }

    pub(super) fn is_complete(&self) -> bool {
        self.filled == LENGTH
    }
}
