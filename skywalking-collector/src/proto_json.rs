//! Converts the protocol's JSON (`docs/protocol.md#http-transport`) to protobuf, so that the rest
//! of the collector handles one format.
//!
//! The result is never much longer than the JSON, and it is measured before it is decoded
//! (`decode`), like a message that arrives by gRPC. Three characters of JSON can't become an empty
//! span of two hundred bytes unnoticed.
//!
//! The mapping is that of proto3: names in lowerCamelCase, enums by name or number, integers as
//! numbers or strings, `null` and absent fields as defaults. Unknown names are ignored.
//!
//! `serde_json` parses the text, and prost encodes keys and numbers. The fields are listed by hand
//! (`messages`): agents send only five messages as JSON.

mod messages;

use std::fmt;

use prost::encoding::{WireType, encode_key, encode_varint};
use serde::de::{
    DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor,
};
use serde_json::value::RawValue;

use crate::text::shorten;
pub(crate) use messages::{EVENT, LOG_DATA, Message, PING, PROPERTIES, SEGMENT};
use messages::{Field, FieldType};

/// The text is not the JSON of the message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "not the JSON of {what}: {reason}; send {what} of skywalking.v3 in the proto3 JSON mapping"
)]
pub(crate) struct JsonError {
    what: &'static str,
    reason: String,
}

/// Converts the JSON of a message to protobuf.
///
/// # Errors
///
/// Returns [`JsonError`] if the text is not the JSON of that message.
pub(crate) fn to_protobuf(message: &Message, text: &[u8]) -> Result<Vec<u8>, JsonError> {
    let mut bytes = Vec::with_capacity(text.len() / 2);
    let mut json = serde_json::Deserializer::from_slice(text);
    let read = Object { fields: message.fields, to: &mut bytes }
        .deserialize(&mut json)
        .and_then(|()| json.end());
    read.map(|()| bytes)
        .map_err(|error| JsonError { what: message.name, reason: shorten(&error.to_string(), 300) })
}

/// Passes each element of an array to `each`, as text, so that an invalid element doesn't affect
/// the others. Stops at the first syntax error, since the next element can't be located.
pub(crate) fn for_each_element(
    what: &'static str,
    text: &[u8],
    each: impl FnMut(&[u8]),
) -> Result<(), JsonError> {
    let mut json = serde_json::Deserializer::from_slice(text);
    let read = json.deserialize_seq(Elements(each)).and_then(|()| json.end());
    read.map_err(|error| JsonError { what, reason: shorten(&error.to_string(), 300) })
}

struct Elements<F>(F);

impl<'de, F: FnMut(&[u8])> Visitor<'de> for Elements<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut all: A) -> Result<(), A::Error> {
        while let Some(one) = all.next_element::<&'de RawValue>()? {
            (self.0)(one.get().as_bytes());
        }
        Ok(())
    }
}

struct Object<'a> {
    fields: &'static [Field],
    to: &'a mut Vec<u8>,
}

impl<'de> DeserializeSeed<'de> for Object<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Object<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(field) = map.next_key_seed(Key(self.fields))? {
            match field {
                Some(field) => map.next_value_seed(Value { field, to: self.to })?,
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

/// Finds the field that a key names.
struct Key(&'static [Field]);

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Option<&'static Field>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_str(self)
    }
}

impl Visitor<'_> for Key {
    type Value = Option<&'static Field>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Self::Value, E> {
        Ok(self.0.iter().find(|Field(name, ..)| *name == key))
    }
}

struct Value<'a> {
    field: &'static Field,
    to: &'a mut Vec<u8>,
}

impl Value<'_> {
    fn number<E: Error>(self, number: i64) -> Result<(), E> {
        let fits = match self.field.2 {
            FieldType::Int64 => true,
            FieldType::Int32 | FieldType::Enum(_) => i32::try_from(number).is_ok(),
            FieldType::Text
            | FieldType::Bool
            | FieldType::Message(_)
            | FieldType::Messages(_)
            | FieldType::Map => false,
        };
        if !fits {
            return Err(E::custom(format_args!("{number}: expected {self}")));
        }
        encode_key(self.field.1, WireType::Varint, self.to);
        encode_varint(number.cast_unsigned(), self.to);
        Ok(())
    }
}

impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.field.2 {
            FieldType::Text => "a string",
            FieldType::Int32 => "a 32-bit integer",
            FieldType::Int64 => "a 64-bit integer",
            FieldType::Bool => "a bool",
            FieldType::Enum(_) => "a name or number of the enum",
            FieldType::Message(_) => "an object",
            FieldType::Messages(_) => "an array of objects",
            FieldType::Map => "an object of strings",
        };
        write!(f, "{kind} for {}", self.field.0)
    }
}

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }

    /// `null` means the default, which is not encoded.
    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        let FieldType::Bool = self.field.2 else {
            return Err(E::custom(format_args!("{value}: expected {self}")));
        };
        encode_key(self.field.1, WireType::Varint, self.to);
        self.to.push(u8::from(value));
        Ok(())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.number(value)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        match i64::try_from(value) {
            Ok(value) => self.number(value),
            Err(_) => Err(E::custom(format_args!("{value}: expected {self}"))),
        }
    }

    /// In proto3, `1.0` and `1e3` are integers.
    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        /// The first integer above which a double can't hold every integer.
        const EXACT: f64 = 9_007_199_254_740_992.0;
        if value.fract() != 0.0 || value.abs() > EXACT {
            return Err(E::custom(format_args!("{value}: expected {self}")));
        }
        #[expect(
            clippy::cast_possible_truncation,
            reason = "it is an integer that a double holds exactly"
        )]
        self.number(value as i64)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        let number = match self.field.2 {
            FieldType::Text => {
                encode_text(self.field.1, text, self.to);
                return Ok(());
            }
            FieldType::Int32 | FieldType::Int64 => text.parse().ok(),
            FieldType::Enum(by_name) => by_name(text).map(i64::from),
            FieldType::Bool | FieldType::Message(_) | FieldType::Messages(_) | FieldType::Map => {
                None
            }
        };
        match number {
            Some(number) => self.number(number),
            None => Err(E::custom(format_args!("{:?}: expected {self}", shorten(text, 60)))),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut all: A) -> Result<(), A::Error> {
        let FieldType::Messages(fields) = self.field.2 else {
            return Err(A::Error::custom(format_args!("array: expected {self}")));
        };
        loop {
            let start = self.to.len();
            if all.next_element_seed(Object { fields, to: self.to })?.is_none() {
                return Ok(());
            }
            delimit(self.field.1, start, self.to);
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        match self.field.2 {
            FieldType::Message(fields) => {
                let start = self.to.len();
                Object { fields, to: self.to }.visit_map(map)?;
                delimit(self.field.1, start, self.to);
                Ok(())
            }
            FieldType::Map => {
                while let Some((key, value)) = map.next_entry::<String, String>()? {
                    let start = self.to.len();
                    encode_text(1, &key, self.to);
                    encode_text(2, &value, self.to);
                    delimit(self.field.1, start, self.to);
                }
                Ok(())
            }
            _ => Err(A::Error::invalid_type(Unexpected::Map, &self)),
        }
    }
}

fn encode_text(number: u32, text: &str, to: &mut Vec<u8>) {
    encode_key(number, WireType::LengthDelimited, to);
    encode_varint(text.len() as u64, to);
    to.extend_from_slice(text.as_bytes());
}

/// Puts the key and the length before a message that begins at `start`.
fn delimit(number: u32, start: usize, to: &mut Vec<u8>) {
    let length = to.len() - start;
    let mut head = Vec::with_capacity(12);
    encode_key(number, WireType::LengthDelimited, &mut head);
    encode_varint(length as u64, &mut head);
    to.splice(start..start, head);
}

#[cfg(test)]
mod tests;
