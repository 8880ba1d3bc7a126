//! Writes protobuf back to front. When the length of a message is due, the whole message has been
//! written, so one pass is enough.
//!
//! Fields are written last to first. Fields with default values are omitted, as proto3 requires.
//! `encode` defines the fields.

use bytes::Bytes;

/// A buffer that is filled from its end.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    buffer: Vec<u8>,
    /// Where the written part begins.
    from: usize,
}

/// A position in the written part, counted from the end: it stays valid when the buffer grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark(usize);

const VARINT: u64 = 0;
const LENGTH: u64 = 2;
const SMALLEST: usize = 4 * 1024;
/// A larger buffer is freed when it is empty.
const KEEP: usize = 256 * 1024;

impl Writer {
    /// Returns the current position.
    pub(crate) fn mark(&self) -> Mark {
        Mark(self.buffer.len() - self.from)
    }

    /// Removes everything that was written after the mark.
    pub(crate) fn undo(&mut self, mark: Mark) {
        self.from = self.buffer.len() - mark.0.min(self.buffer.len());
    }

    /// Returns the written bytes.
    pub(crate) fn written(&self) -> &[u8] {
        self.buffer.get(self.from..).unwrap_or_default()
    }

    /// Returns the bytes that were written after the mark.
    pub(crate) fn since(&self, mark: Mark) -> &[u8] {
        let written = self.written();
        written.get(..written.len().saturating_sub(mark.0)).unwrap_or_default()
    }

    /// Copies the written bytes and empties the buffer.
    pub(crate) fn take(&mut self) -> Bytes {
        let bytes = Bytes::copy_from_slice(self.written());
        if self.buffer.len() > KEEP {
            self.buffer = Vec::new();
        }
        self.from = self.buffer.len();
        bytes
    }

    /// Writes raw bytes.
    #[inline]
    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        if self.from < bytes.len() {
            self.grow(bytes.len());
        }
        let start = self.from - bytes.len();
        if let Some(place) = self.buffer.get_mut(start..self.from) {
            place.copy_from_slice(bytes);
            self.from = start;
        }
    }

    #[cold]
    fn grow(&mut self, more: usize) {
        let written = self.written().len();
        let size = (written + more).next_power_of_two().max(SMALLEST).max(self.buffer.len() * 2);
        let mut larger = vec![0; size];
        if let Some(end) = larger.get_mut(size - written..) {
            end.copy_from_slice(self.written());
        }
        self.buffer = larger;
        self.from = size - written;
    }

    /// Writes a varint. Most take one byte.
    #[inline]
    fn varint(&mut self, number: u64) {
        match u8::try_from(number) {
            Ok(byte @ ..0x80) => self.bytes(&[byte]),
            _ => self.long_varint(number),
        }
    }

    fn long_varint(&mut self, mut number: u64) {
        let mut digits = [0_u8; 10];
        let mut length = 0;
        for digit in &mut digits {
            length += 1;
            let low = (number & 0x7f) as u8;
            number >>= 7;
            if number == 0 {
                *digit = low;
                break;
            }
            *digit = low | 0x80;
        }
        self.bytes(digits.get(..length).unwrap_or_default());
    }

    fn key(&mut self, field: u32, wire_type: u64) {
        self.varint((u64::from(field) << 3) | wire_type);
    }

    /// Writes a field of type `int32`, `int64` or an enum. Negative numbers take ten bytes, as in
    /// every protobuf encoding.
    pub(crate) fn int(&mut self, field: u32, value: i64) {
        if value != 0 {
            self.varint(value.cast_unsigned());
            self.key(field, VARINT);
        }
    }

    /// Writes a field of type `bool`.
    pub(crate) fn bool(&mut self, field: u32, value: bool) {
        self.int(field, i64::from(value));
    }

    /// Writes a field of type `string`.
    pub(crate) fn string(&mut self, field: u32, text: &str) {
        if !text.is_empty() {
            let since = self.mark();
            self.bytes(text.as_bytes());
            self.close(field, since);
        }
    }

    /// Makes the bytes since the mark a message or text in this field. An empty one is written too,
    /// since it is an element of a list.
    pub(crate) fn close(&mut self, field: u32, since: Mark) {
        let length = (self.mark().0 - since.0) as u64;
        let key = u8::try_from((u64::from(field) << 3) | LENGTH);
        if let (Ok(key @ ..0x80), Ok(length @ ..0x80)) = (key, u8::try_from(length)) {
            self.bytes(&[key, length]);
        } else {
            self.varint(length);
            self.key(field, LENGTH);
        }
    }

    /// Writes a number as decimal digits.
    ///
    /// Written by hand, since most numbers are short: one digit takes 50 instructions, with the
    /// crate itoa 80. Three digits take 90 either way.
    pub(crate) fn decimal(&mut self, mut number: u64) {
        loop {
            let digit = (number % 10) as u8;
            self.bytes(&[b'0' + digit]);
            number /= 10;
            if number == 0 {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(write: impl FnOnce(&mut Writer)) -> Vec<u8> {
        let mut writer = Writer::default();
        write(&mut writer);
        writer.take().to_vec()
    }

    #[test]
    fn numbers_are_minimal_varints() {
        assert_eq!(bytes(|w| w.int(1, 1)), [0x08, 1]);
        assert_eq!(bytes(|w| w.int(1, 300)), [0x08, 0xac, 0x02]);
        assert_eq!(
            bytes(|w| w.int(2, -1)),
            [0x10, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]
        );
        assert_eq!(
            bytes(|w| w.int(16, i64::MAX)),
            [0x80, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]
        );
    }

    #[test]
    fn defaults_are_omitted() {
        assert_eq!(
            bytes(|w| {
                w.int(1, 0);
                w.bool(2, false);
                w.string(3, "");
            }),
            Vec::<u8>::new()
        );
    }

    #[test]
    fn fields_are_written_last_to_first() {
        let written = bytes(|w| {
            let since = w.mark();
            w.string(2, "b");
            w.bool(1, true);
            w.close(3, since);
        });
        assert_eq!(written, [0x1a, 5, 0x08, 1, 0x12, 1, b'b']);
    }

    #[test]
    fn empty_element_is_written() {
        assert_eq!(
            bytes(|w| {
                let since = w.mark();
                w.close(1, since);
            }),
            [0x0a, 0]
        );
    }

    #[test]
    fn decimals_equal_rusts_formatting() {
        for number in [0, 9, 10, 1_234_567_890, u64::MAX] {
            assert_eq!(bytes(|w| w.decimal(number)), number.to_string().as_bytes());
        }
    }

    #[test]
    fn buffer_grows_in_front_and_keeps_marks() {
        let mut writer = Writer::default();
        writer.string(1, "tail");
        let mark = writer.mark();
        writer.string(2, &"x".repeat(3 * SMALLEST));
        assert!(writer.written().ends_with(b"tail"));
        writer.undo(mark);
        assert_eq!(writer.take().as_ref(), b"\x0a\x04tail");
        assert!(writer.written().is_empty());
    }
}
