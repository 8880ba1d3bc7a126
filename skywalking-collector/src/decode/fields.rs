//! The fields of an encoded message, without decoding them.

use prost::encoding::{DecodeContext, WireType, decode_key, decode_varint, skip_field};

/// A field of a message.
pub(super) struct Field<'a> {
    pub(super) number: u32,
    /// The payload of a length-delimited field.
    pub(super) payload: Option<&'a [u8]>,
}

/// Iterates over the fields of a message, not over those of nested messages. Yields `None` for
/// invalid protobuf, and then ends.
pub(super) struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    fn field(&mut self) -> Option<Field<'a>> {
        let (number, wire_type) = decode_key(&mut self.rest).ok()?;
        let payload = if wire_type == WireType::LengthDelimited {
            let length = usize::try_from(decode_varint(&mut self.rest).ok()?).ok()?;
            let (payload, rest) = self.rest.split_at_checked(length)?;
            self.rest = rest;
            Some(payload)
        } else {
            skip_field(wire_type, number, &mut self.rest, DecodeContext::default()).ok()?;
            None
        };
        Some(Field { number, payload })
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Option<Field<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_none() {
            self.rest = &[];
        }
        Some(field)
    }
}
