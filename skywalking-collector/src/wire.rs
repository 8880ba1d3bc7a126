//! From bytes to a segment.
//!
//! A message is weighed before it is decoded: two bytes on the wire are enough for an empty span
//! that takes two hundred in memory, so 50 MiB of them would decode to gigabytes. The walk below
//! only counts; whether the bytes are right is prost's word. What a segment says is not looked at
//! here (`check` does).

use std::mem::size_of;

use prost::Message as _;
use skywalking_proto::v3::{
    InstanceProperties, KeyStringValuePair, Log, SegmentObject, SegmentReference, SpanObject,
};

use crate::check::Refusal;

/// What the allocator and the store's indexes take beside the value itself, roughly.
const OVERHEAD: usize = 32;
/// Bytes that the names of service and instance may have together before each span pays for them:
/// both as long as the OAP keeps them (`names`), in any script.
const NAMES: usize = 2 * 70 * 4;

/// A segment and the bytes of memory that it takes.
#[derive(Debug)]
pub(crate) struct Weighed {
    pub(crate) segment: SegmentObject,
    pub(crate) bytes: usize,
}

/// Decodes one `SegmentObject`, if it takes no more than `max_bytes` of memory.
pub(crate) fn segment(bytes: &[u8], max_bytes: usize) -> Result<Weighed, Refusal> {
    let weight = weigh(bytes, &SEGMENT)
        .ok_or_else(Refusal::broken_framing)?
        .saturating_add(size_of::<SegmentObject>());
    if weight > max_bytes {
        return Err(Refusal::TooLarge { bytes: weight, max_bytes });
    }
    let mut segment = SegmentObject::decode(bytes)
        .map_err(|error| Refusal::NotASegment { reason: error.to_string() })?;
    let weight = weight.saturating_add(repeated(&segment));
    if weight > max_bytes {
        return Err(Refusal::TooLarge { bytes: weight, max_bytes });
    }
    shrink(&mut segment);
    Ok(Weighed { segment, bytes: weight })
}

/// Whoever reads a trace gets the segment's names beside each of its spans: one name of megabytes
/// on thousands of spans would be small here and fill the memory there.
fn repeated(segment: &SegmentObject) -> usize {
    let names = segment.service.len() + segment.service_instance.len();
    segment.spans.len().saturating_mul(names.saturating_sub(NAMES))
}

/// Whether the bytes are fields, one after the other, whatever they mean.
pub(crate) fn is_message(bytes: &[u8]) -> bool {
    Fields { rest: bytes, groups: 0 }.all(|field| field.is_some())
}

/// The segments of a `SegmentCollection`, still encoded, so that one bad segment costs itself and
/// no other. An `Err` ends the walk: what follows has no known beginning.
pub(crate) fn collection(bytes: &[u8]) -> impl Iterator<Item = Result<&[u8], Refusal>> {
    Fields { rest: bytes, groups: 0 }.filter_map(|field| match field {
        Some(Field { number: 1, payload: Some(payload) }) => Some(Ok(payload)),
        Some(Field { number: 1, payload: None }) | None => Some(Err(Refusal::broken_framing())),
        Some(_) => None,
    })
}

/// The memory that an encoded `InstanceProperties` takes, if it can be told.
pub(crate) fn weigh_properties(bytes: &[u8]) -> Option<usize> {
    Some(weigh(bytes, &PROPERTIES)?.saturating_add(size_of::<InstanceProperties>()))
}

/// A message's repeated messages: field number, bytes of memory for one, and its own.
struct Shape(&'static [(u32, usize, &'static Shape)]);

const LEAF: Shape = Shape(&[]);
const PAIR: usize = size_of::<KeyStringValuePair>() + 2 * OVERHEAD;
const LOG: Shape = Shape(&[(2, PAIR, &LEAF)]);
const SPAN: Shape = Shape(&[
    (5, size_of::<SegmentReference>() + 6 * OVERHEAD, &LEAF),
    (12, PAIR, &LEAF),
    (13, size_of::<Log>() + OVERHEAD, &LOG),
]);
const SEGMENT: Shape = Shape(&[(3, size_of::<SpanObject>() + 3 * OVERHEAD, &SPAN)]);
const PROPERTIES: Shape = Shape(&[(3, PAIR, &LEAF)]);

/// `None` where the bytes end inside a field.
fn weigh(bytes: &[u8], shape: &Shape) -> Option<usize> {
    let mut total = bytes.len();
    for field in (Fields { rest: bytes, groups: 0 }) {
        let field = field?;
        let Some(payload) = field.payload else {
            continue;
        };
        if let Some((_, one, inner)) = shape.0.iter().find(|(number, ..)| *number == field.number) {
            // The payload's own bytes are in `total` already.
            total =
                total.saturating_add(*one).saturating_add(weigh(payload, inner)? - payload.len());
        }
    }
    Some(total)
}

/// Vectors grow by doubling: without this a segment takes up to twice its weight, and four times
/// for single tags.
fn shrink(segment: &mut SegmentObject) {
    segment.spans.shrink_to_fit();
    for span in &mut segment.spans {
        span.refs.shrink_to_fit();
        span.tags.shrink_to_fit();
        span.logs.shrink_to_fit();
        for log in &mut span.logs {
            log.data.shrink_to_fit();
        }
    }
}

struct Field<'a> {
    number: u32,
    /// Only of length-delimited fields.
    payload: Option<&'a [u8]>,
}

/// The fields of one message, flat; those inside (deprecated) groups are passed over. `None` is a
/// broken message, and the end of the walk.
struct Fields<'a> {
    rest: &'a [u8],
    groups: u32,
}

impl<'a> Iterator for Fields<'a> {
    type Item = Option<Field<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.rest.is_empty() {
            let Some(field) = self.field() else {
                self.rest = &[];
                return Some(None);
            };
            if self.groups == 0 {
                return Some(Some(field));
            }
        }
        None
    }
}

impl<'a> Fields<'a> {
    fn field(&mut self) -> Option<Field<'a>> {
        let key = u32::try_from(self.varint()?).ok()?;
        let payload = match key & 7 {
            0 => {
                self.varint()?;
                None
            }
            1 => {
                self.take(8)?;
                None
            }
            2 => {
                let length = usize::try_from(self.varint()?).ok()?;
                Some(self.take(length)?)
            }
            3 => {
                self.groups = self.groups.checked_add(1)?;
                None
            }
            4 => {
                self.groups = self.groups.checked_sub(1)?;
                None
            }
            5 => {
                self.take(4)?;
                None
            }
            _ => return None,
        };
        Some(Field { number: key >> 3, payload })
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for (at, byte) in self.rest.iter().take(10).enumerate() {
            value |= u64::from(byte & 0x7f).checked_shl(u32::try_from(at * 7).ok()?)?;
            if byte & 0x80 == 0 {
                self.rest = &self.rest[at + 1..];
                return Some(value);
            }
        }
        None
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use skywalking_proto::v3::SegmentCollection;

    use super::*;

    fn example() -> SegmentObject {
        let pair = || KeyStringValuePair { key: "key".into(), value: "välue".into() };
        let span = |id| SpanObject {
            span_id: id,
            parent_span_id: id - 1,
            start_time: 1_700_000_000_000,
            end_time: 1_700_000_000_010,
            operation_name: "/x".into(),
            tags: vec![pair(), pair()],
            logs: vec![Log { time: 1, data: vec![pair()] }],
            refs: vec![SegmentReference { trace_id: "t".into(), ..Default::default() }],
            ..Default::default()
        };
        SegmentObject {
            trace_id: "trace".into(),
            trace_segment_id: "segment".into(),
            service: "service".into(),
            spans: (0..5).map(span).collect(),
            ..Default::default()
        }
    }

    #[test]
    fn a_segment_is_decoded_and_its_weight_covers_its_parts() {
        let bytes = example().encode_to_vec();
        let weighed = segment(&bytes, usize::MAX).expect("a whole segment");
        assert_eq!(weighed.segment, example());
        let parts = bytes.len()
            + size_of::<SegmentObject>()
            + 5 * (size_of::<SpanObject>() + 3 * size_of::<KeyStringValuePair>());
        assert!(
            weighed.bytes > parts && weighed.bytes < 4 * parts,
            "{} for {parts}",
            weighed.bytes
        );
    }

    #[test]
    fn a_million_empty_spans_in_two_megabytes_are_refused_before_they_are_decoded() {
        let bytes = [0x1a, 0x00].repeat(1_000_000);
        let refusal = segment(&bytes, 64 * 1024 * 1024).expect_err("200 MB");
        assert!(
            matches!(refusal, Refusal::TooLarge { bytes, .. } if bytes > 200_000_000),
            "{refusal}"
        );
    }

    #[test]
    fn a_name_of_a_megabyte_is_weighed_as_often_as_it_is_shown() {
        let weight = |name: usize| {
            let named = SegmentObject { service: "s".repeat(name), ..example() };
            segment(&named.encode_to_vec(), 4 * 1024 * 1024).map(|weighed| weighed.bytes)
        };
        assert!(weight(1_000_000).is_err_and(
            |refusal| matches!(refusal, Refusal::TooLarge { bytes, .. } if bytes > 5_000_000)
        ));
        // Names that the OAP keeps whole weigh what they take.
        assert_eq!(
            weight(NAMES - 2).expect("small") - weight(128).expect("small"),
            NAMES - 2 - 128
        );
    }

    #[test]
    fn segments_of_a_collection_come_one_by_one_and_a_break_ends_the_walk() {
        let whole = SegmentCollection { segments: vec![example(), example()] }.encode_to_vec();
        assert_eq!(collection(&whole).filter_map(Result::ok).count(), 2);
        let cut: Vec<_> = collection(&whole[..whole.len() - 1]).map(|one| one.is_ok()).collect();
        assert_eq!(cut, [true, false]);
        assert!(
            collection(&[0x08, 0x01]).all(|one| one.is_err()),
            "field 1 as a number is no segment"
        );
    }

    #[test]
    fn unknown_fields_and_groups_are_passed_over_as_prost_does() {
        let mut bytes = example().encode_to_vec();
        bytes.extend([0x7b, 0x1a, 0x00, 0x7c]); // group 15 that holds a field 3
        bytes.extend([0x80, 0x01, 0x05, 0x85, 0x01, 0, 0, 0, 0]); // 16: a number, four bytes
        assert_eq!(segment(&bytes, usize::MAX).expect("unknown fields").segment, example());
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = segment(&bytes, usize::MAX);
            let _ = collection(&bytes).count();
            let _ = weigh_properties(&bytes);
        }

        /// The walk is allowed to be no stricter than the decoder: what prost takes, it takes.
        #[test]
        fn what_prost_takes_can_be_weighed(at in 0usize..400, change in any::<u8>(), cut in 0usize..400) {
            let mut bytes = example().encode_to_vec();
            let length = bytes.len();
            bytes[at % length] = change;
            bytes.truncate(length - cut % length);
            if SegmentObject::decode(&*bytes).is_ok() {
                prop_assert!(segment(&bytes, usize::MAX).is_ok());
            }
        }
    }
}
