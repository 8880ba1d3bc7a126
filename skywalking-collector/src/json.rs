//! The protocol's JSON (`docs/protocol.md#http-transport`) to the protocol's bytes, so that all
//! that follows knows one form.
//!
//! What is written is never much longer than what was read, and is weighed before it is decoded
//! (`wire`), as what comes over gRPC is: three characters of JSON must not become an empty span's
//! two hundred bytes. The rules are proto3's: names in lowerCamelCase, enums by name or number,
//! integers as numbers or text, `null` and what is absent are defaults, and unknown
//! names are passed over.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use skywalking_proto::v3::{RefType, SpanLayer, SpanType};

use crate::names::short;

/// A field of a message: its name, its number and what it holds.
struct Field(&'static str, u32, Kind);

enum Kind {
    Text,
    Int32,
    Int64,
    Bool,
    Enum(fn(&str) -> Option<i32>),
    /// A list of messages.
    Many(&'static [Field]),
}

/// A message of the protocol, by its fields.
pub(crate) struct Shape {
    name: &'static str,
    fields: &'static [Field],
}

const PAIR: &[Field] = &[Field("key", 1, Kind::Text), Field("value", 2, Kind::Text)];
const LOG: &[Field] = &[Field("time", 1, Kind::Int64), Field("data", 2, Kind::Many(PAIR))];
const REFERENCE: &[Field] = &[
    Field("refType", 1, Kind::Enum(|name| RefType::from_str_name(name).map(Into::into))),
    Field("traceId", 2, Kind::Text),
    Field("parentTraceSegmentId", 3, Kind::Text),
    Field("parentSpanId", 4, Kind::Int32),
    Field("parentService", 5, Kind::Text),
    Field("parentServiceInstance", 6, Kind::Text),
    Field("parentEndpoint", 7, Kind::Text),
    Field("networkAddressUsedAtPeer", 8, Kind::Text),
];
const SPAN: &[Field] = &[
    Field("spanId", 1, Kind::Int32),
    Field("parentSpanId", 2, Kind::Int32),
    Field("startTime", 3, Kind::Int64),
    Field("endTime", 4, Kind::Int64),
    Field("refs", 5, Kind::Many(REFERENCE)),
    Field("operationName", 6, Kind::Text),
    Field("peer", 7, Kind::Text),
    Field("spanType", 8, Kind::Enum(|name| SpanType::from_str_name(name).map(Into::into))),
    Field("spanLayer", 9, Kind::Enum(|name| SpanLayer::from_str_name(name).map(Into::into))),
    Field("componentId", 10, Kind::Int32),
    Field("isError", 11, Kind::Bool),
    Field("tags", 12, Kind::Many(PAIR)),
    Field("logs", 13, Kind::Many(LOG)),
    Field("skipAnalysis", 14, Kind::Bool),
];
pub(crate) const SEGMENT: Shape = Shape {
    name: "SegmentObject",
    fields: &[
        Field("traceId", 1, Kind::Text),
        Field("traceSegmentId", 2, Kind::Text),
        Field("spans", 3, Kind::Many(SPAN)),
        Field("service", 4, Kind::Text),
        Field("serviceInstance", 5, Kind::Text),
        Field("isSizeLimited", 6, Kind::Bool),
    ],
};
pub(crate) const PROPERTIES: Shape = Shape {
    name: "InstanceProperties",
    fields: &[
        Field("service", 1, Kind::Text),
        Field("serviceInstance", 2, Kind::Text),
        Field("properties", 3, Kind::Many(PAIR)),
        Field("layer", 4, Kind::Text),
    ],
};
pub(crate) const PING: Shape = Shape {
    name: "InstancePingPkg",
    fields: &[
        Field("service", 1, Kind::Text),
        Field("serviceInstance", 2, Kind::Text),
        Field("layer", 3, Kind::Text),
    ],
};

/// Why a text is not the JSON of a message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not the JSON of {what}: {reason}; send {what} of skywalking.v3 by the proto3 mapping")]
pub(crate) struct NotJson {
    what: &'static str,
    reason: String,
}

/// The bytes of the message that this is the JSON of.
pub(crate) fn message(shape: &Shape, text: &[u8]) -> Result<Vec<u8>, NotJson> {
    let mut bytes = Vec::with_capacity(text.len() / 2);
    let mut json = serde_json::Deserializer::from_slice(text);
    let read = Object { fields: shape.fields, to: &mut bytes }
        .deserialize(&mut json)
        .and_then(|()| json.end());
    read.map(|()| bytes)
        .map_err(|error| NotJson { what: shape.name, reason: short(&error.to_string(), 300) })
}

/// Hands on the elements of an array, still as text, so that one bad element costs itself and no
/// other. An error ends the walk: what follows has no known beginning.
pub(crate) fn elements(
    what: &'static str,
    text: &[u8],
    each: impl FnMut(&[u8]),
) -> Result<(), NotJson> {
    let mut json = serde_json::Deserializer::from_slice(text);
    let read = json.deserialize_seq(Elements(each)).and_then(|()| json.end());
    read.map_err(|error| NotJson { what, reason: short(&error.to_string(), 300) })
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

/// The field that a key names, if there is one.
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
            Kind::Int64 => true,
            Kind::Int32 | Kind::Enum(_) => i32::try_from(number).is_ok(),
            Kind::Text | Kind::Bool | Kind::Many(_) => false,
        };
        if !fits {
            return Err(E::custom(format_args!("{number} is not {self}")));
        }
        key(self.to, self.field.1, 0);
        varint(self.to, number.cast_unsigned());
        Ok(())
    }
}

impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.field.2 {
            Kind::Text => "a text",
            Kind::Int32 => "an integer of 32 bits",
            Kind::Int64 => "an integer of 64 bits",
            Kind::Bool => "true or false",
            Kind::Enum(_) => "one of its names or numbers",
            Kind::Many(_) => "an array of objects",
        };
        write!(f, "{kind}, as {} has to be,", self.field.0)
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

    /// `null` stands for the default, which has no bytes.
    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        let Kind::Bool = self.field.2 else {
            return Err(E::custom(format_args!("{value} is not {self}")));
        };
        key(self.to, self.field.1, 0);
        self.to.push(u8::from(value));
        Ok(())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.number(value)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        match i64::try_from(value) {
            Ok(value) => self.number(value),
            Err(_) => Err(E::custom(format_args!("{value} is not {self}"))),
        }
    }

    /// `1.0` and `1e3` are integers for proto3.
    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        /// From here on not every integer can be written as a double.
        const EXACT: f64 = 9_007_199_254_740_992.0;
        if value.fract() != 0.0 || value.abs() > EXACT {
            return Err(E::custom(format_args!("{value} is not {self}")));
        }
        #[expect(
            clippy::cast_possible_truncation,
            reason = "it is an integer that a double holds exactly"
        )]
        self.number(value as i64)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        let number = match self.field.2 {
            Kind::Text => {
                key(self.to, self.field.1, 2);
                varint(self.to, text.len() as u64);
                self.to.extend_from_slice(text.as_bytes());
                return Ok(());
            }
            Kind::Int32 | Kind::Int64 => text.parse().ok(),
            Kind::Enum(by_name) => by_name(text).map(i64::from),
            Kind::Bool | Kind::Many(_) => None,
        };
        match number {
            Some(number) => self.number(number),
            None => Err(E::custom(format_args!("{:?} is not {self}", short(text, 60)))),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut all: A) -> Result<(), A::Error> {
        let Kind::Many(fields) = self.field.2 else {
            return Err(A::Error::custom(format_args!("an array is not {self}")));
        };
        loop {
            let start = self.to.len();
            if all.next_element_seed(Object { fields, to: self.to })?.is_none() {
                return Ok(());
            }
            let length = self.to.len() - start;
            let mut head = Vec::with_capacity(12);
            key(&mut head, self.field.1, 2);
            varint(&mut head, length as u64);
            self.to.splice(start..start, head);
        }
    }
}

fn key(to: &mut Vec<u8>, number: u32, wire_type: u32) {
    varint(to, u64::from(number << 3 | wire_type));
}

fn varint(to: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        to.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    to.push((number & 0x7f) as u8);
}

#[cfg(test)]
mod tests {
    use prost::Message as _;
    use skywalking_proto::v3::{InstancePingPkg, Log, SegmentObject, SegmentReference, SpanObject};

    use super::*;

    fn segment(text: &str) -> Result<SegmentObject, String> {
        let bytes = message(&SEGMENT, text.as_bytes()).map_err(|error| error.to_string())?;
        Ok(SegmentObject::decode(&*bytes).expect("what was written is a message"))
    }

    #[test]
    fn enums_and_integers_come_as_names_numbers_and_texts() {
        let long = "é".repeat(200);
        let text = format!(
            r#"{{"traceId":"{long}","isSizeLimited":true,"nobody knows":{{"this":[1,{{}}]}},"service":null,"spans":[
            {{"spanId":1.0,"parentSpanId":-1,"startTime":"1700000000000","endTime":1700000000010,"spanType":"Exit","spanLayer":7,
              "isError":true,"componentId":"-7","refs":[{{"refType":"CrossThread","parentSpanId":2}}],
              "logs":[{{"time":"5","data":[{{"key":"a\n","value":"\u00e9"}}]}},{{}}],"tags":null}},{{}}]}}"#
        );
        let span = SpanObject {
            span_id: 1,
            parent_span_id: -1,
            start_time: 1_700_000_000_000,
            end_time: 1_700_000_000_010,
            span_type: SpanType::Exit.into(),
            span_layer: 7,
            is_error: true,
            component_id: -7,
            refs: vec![SegmentReference {
                ref_type: RefType::CrossThread.into(),
                parent_span_id: 2,
                ..Default::default()
            }],
            logs: vec![
                Log {
                    time: 5,
                    data: vec![skywalking_proto::v3::KeyStringValuePair {
                        key: "a\n".into(),
                        value: "é".into(),
                    }],
                },
                Log::default(),
            ],
            ..Default::default()
        };
        let spans = vec![span, SpanObject::default()];
        assert_eq!(
            segment(&text),
            Ok(SegmentObject {
                trace_id: long,
                is_size_limited: true,
                spans,
                ..Default::default()
            })
        );
        assert_eq!(segment("{}"), Ok(SegmentObject::default()));
    }

    #[test]
    fn what_cannot_be_read_is_named_with_its_field_and_where_it_stands() {
        let refused = [
            r#"{"traceId":5}"#,
            r#"{"spans":{}}"#,
            r#"{"spans":[null]}"#,
            r#"{"spans":[{"spanId":2147483648}]}"#,
            r#"{"spans":[{"spanId":1.5}]}"#,
            r#"{"spans":[{"startTime":"soon"}]}"#,
            r#"{"spans":[{"startTime":9223372036854775808}]}"#,
            r#"{"spans":[{"spanLayer":"HTTP"}]}"#,
            r#"{"spans":[{"isError":"yes"}]}"#,
            r#"{"spans":[{"tags":["a"]}]}"#,
            r#"{"traceId":"a"} x"#,
            r#"{"traceId":"a"#,
            "[]",
            "",
        ]
        .map(|text| match segment(text) {
            Ok(read) => format!("{text} was read as {read:?}"),
            Err(error) => format!(
                "{text}: {}",
                error.trim_start_matches("not the JSON of SegmentObject: ").trim_end_matches(
                    "; send SegmentObject of skywalking.v3 by the proto3 mapping"
                )
            ),
        });
        insta::assert_snapshot!(refused.join("\n"), @r#"
        {"traceId":5}: 5 is not a text, as traceId has to be, at line 1 column 12
        {"spans":{}}: invalid type: map, expected an array of objects, as spans has to be, at line 1 column 11
        {"spans":[null]}: invalid type: null, expected an object at line 1 column 14
        {"spans":[{"spanId":2147483648}]}: 2147483648 is not an integer of 32 bits, as spanId has to be, at line 1 column 30
        {"spans":[{"spanId":1.5}]}: 1.5 is not an integer of 32 bits, as spanId has to be, at line 1 column 23
        {"spans":[{"startTime":"soon"}]}: "soon" is not an integer of 64 bits, as startTime has to be, at line 1 column 29
        {"spans":[{"startTime":9223372036854775808}]}: 9223372036854775808 is not an integer of 64 bits, as startTime has to be, at line 1 column 42
        {"spans":[{"spanLayer":"HTTP"}]}: "HTTP" is not one of its names or numbers, as spanLayer has to be, at line 1 column 29
        {"spans":[{"isError":"yes"}]}: "yes" is not true or false, as isError has to be, at line 1 column 26
        {"spans":[{"tags":["a"]}]}: invalid type: string "a", expected an object at line 1 column 22
        {"traceId":"a"} x: trailing characters at line 1 column 17
        {"traceId":"a: EOF while parsing a string at line 1 column 13
        []: invalid type: sequence, expected an object at line 1 column 0
        : EOF while parsing a value at line 1 column 0
        "#);
    }

    #[test]
    fn a_strangers_text_is_quoted_short() {
        let error = segment(&format!(r#"{{"spans":"{}"}}"#, "\u{9b}x".repeat(100_000)))
            .expect_err("no array");
        assert!(error.len() < 500 && !error.chars().any(char::is_control), "{error}");
    }

    #[test]
    fn elements_come_one_by_one_and_a_break_ends_the_walk() {
        let read = |text: &str| {
            let mut all = Vec::new();
            let whole = elements("an array", text.as_bytes(), |one| {
                all.push(String::from_utf8_lossy(one).into_owned())
            })
            .is_ok();
            (all, whole)
        };
        assert_eq!(
            read(r#" [{"a":1}, 2 ,"x"] "#),
            (vec![r#"{"a":1}"#.to_owned(), "2".into(), r#""x""#.into()], true)
        );
        assert_eq!(read("[]"), (vec![], true));
        assert_eq!(read(r#"[{"a":1},{"b":"#), (vec![r#"{"a":1}"#.to_owned()], false));
        assert_eq!(read("[1] 2"), (vec!["1".to_owned()], false));
        assert_eq!(read("{}"), (vec![], false));
    }

    #[test]
    fn an_empty_span_takes_no_more_bytes_than_its_json() {
        let text = format!(r#"{{"spans":[{}{{}}]}}"#, "{},".repeat(100_000));
        assert!(message(&SEGMENT, text.as_bytes()).expect("a segment").len() < text.len());
    }

    #[test]
    fn a_ping_is_read() {
        let bytes = message(&PING, br#"{"service":"svc","serviceInstance":"i","layer":"GENERAL"}"#)
            .expect("a ping");
        let ping = InstancePingPkg {
            service: "svc".into(),
            service_instance: "i".into(),
            layer: "GENERAL".into(),
        };
        assert_eq!(InstancePingPkg::decode(&*bytes), Ok(ping));
    }
}
