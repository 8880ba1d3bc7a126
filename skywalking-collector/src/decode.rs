//! Decodes segments and records, after checking how much memory they need.
//!
//! Two bytes are enough for an empty span that takes more than two hundred in memory, so a message
//! of 50 MiB could decode to gigabytes. The check therefore comes before decoding: it counts the
//! nested messages in the bytes. Whether the bytes are valid is left to prost, and whether the
//! segment is valid to `validate`.
//!
//! A factor on the length of the message can't replace the count. Decoding takes up to 149 times
//! the length (empty references), but 6.5 times for a typical segment and once for long strings,
//! and the store then keeps 4.4 times the length of the typical one. With a factor of 150 the store
//! would evict it at a thirtieth of `max_bytes`.

mod fields;
mod records;

use std::mem::size_of;

use prost::Message as _;
use skywalking_proto::v3::{
    InstanceProperties, KeyStringValuePair, Log, SegmentObject, SegmentReference, SpanObject,
};

use crate::segment_error::SegmentError;
use fields::{Field, Fields};
pub(crate) use records::{Decoded, event, log, meter, meters};

/// The approximate memory that the allocator and the store's indexes need in addition to a value.
const OVERHEAD: usize = 32;
/// The length of service and instance name together that is not charged to each span: both at the
/// OAP's limit (`naming`), in any script.
const FREE_NAMES: usize = 2 * 70 * 4;

/// A segment and the memory that it needs.
#[derive(Debug)]
pub(crate) struct DecodedSegment {
    pub(crate) segment: SegmentObject,
    pub(crate) bytes: usize,
}

/// Decodes a `SegmentObject` that needs at most `max_bytes` of memory.
///
/// # Errors
///
/// Returns [`SegmentError::TooLarge`] or [`SegmentError::Malformed`].
pub(crate) fn segment(bytes: &[u8], max_bytes: usize) -> Result<DecodedSegment, SegmentError> {
    let needed = memory(bytes, &SEGMENT)
        .ok_or_else(SegmentError::invalid_protobuf)?
        .saturating_add(size_of::<SegmentObject>());
    if needed > max_bytes {
        return Err(SegmentError::TooLarge { bytes: needed, max_bytes });
    }
    let mut segment = SegmentObject::decode(bytes)
        .map_err(|error| SegmentError::Malformed { reason: error.to_string() })?;
    let needed = needed.saturating_add(repeated_names(&segment));
    if needed > max_bytes {
        return Err(SegmentError::TooLarge { bytes: needed, max_bytes });
    }
    shrink_to_fit(&mut segment);
    Ok(DecodedSegment { segment, bytes: needed })
}

/// Returns the memory for the names that a view of the trace repeats for each span. Without it, a
/// name of megabytes in a segment of thousands of spans would need little memory in the store and
/// gigabytes in a response.
fn repeated_names(segment: &SegmentObject) -> usize {
    let names = segment.service.len() + segment.service_instance.len();
    segment.spans.len().saturating_mul(names.saturating_sub(FREE_NAMES))
}

/// Returns whether the bytes are a sequence of protobuf fields.
pub(crate) fn is_protobuf(bytes: &[u8]) -> bool {
    Fields::new(bytes).all(|field| field.is_some())
}

/// Returns the encoded segments of a `SegmentCollection`, so that an invalid segment doesn't affect
/// the others. Stops at the first invalid field, since the next segment can't be located.
pub(crate) fn collection(bytes: &[u8]) -> impl Iterator<Item = Result<&[u8], SegmentError>> {
    Fields::new(bytes).filter_map(|field| match field {
        Some(Field { number: 1, payload: Some(payload) }) => Some(Ok(payload)),
        Some(Field { number: 1, payload: None }) | None => {
            Some(Err(SegmentError::invalid_protobuf()))
        }
        Some(_) => None,
    })
}

/// Returns the memory that an encoded `InstanceProperties` needs, or `None` if it is not protobuf.
pub(crate) fn properties_memory(bytes: &[u8]) -> Option<usize> {
    Some(memory(bytes, &PROPERTIES)?.saturating_add(size_of::<InstanceProperties>()))
}

/// The repeated messages in a message: field number, memory of one, and its own repeated messages.
struct Nested(&'static [(u32, usize, &'static Nested)]);

const NONE: Nested = Nested(&[]);
const PAIR: usize = size_of::<KeyStringValuePair>() + 2 * OVERHEAD;
const LOG: Nested = Nested(&[(2, PAIR, &NONE)]);
const SPAN: Nested = Nested(&[
    (5, size_of::<SegmentReference>() + 6 * OVERHEAD, &NONE),
    (12, PAIR, &NONE),
    (13, size_of::<Log>() + OVERHEAD, &LOG),
]);
const SEGMENT: Nested = Nested(&[(3, size_of::<SpanObject>() + 3 * OVERHEAD, &SPAN)]);
const PROPERTIES: Nested = Nested(&[(3, PAIR, &NONE)]);

/// Returns the memory that an encoded message needs, or `None` if it is not protobuf.
fn memory(bytes: &[u8], nested: &Nested) -> Option<usize> {
    let mut total = bytes.len();
    for field in Fields::new(bytes) {
        let field = field?;
        let Some(payload) = field.payload else {
            continue;
        };
        if let Some((_, one, inner)) = nested.0.iter().find(|(number, ..)| *number == field.number)
        {
            // `total` already includes the bytes of the payload.
            total =
                total.saturating_add(*one).saturating_add(memory(payload, inner)? - payload.len());
        }
    }
    Some(total)
}

/// Releases spare capacity. prost grows vectors by doubling, so a segment could take twice its
/// estimated memory, and single tags four times.
fn shrink_to_fit(segment: &mut SegmentObject) {
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
    fn memory_covers_all_parts_of_a_segment() {
        let bytes = example().encode_to_vec();
        let decoded = segment(&bytes, usize::MAX).expect("a valid segment");

        assert_eq!(decoded.segment, example());

        let parts = bytes.len()
            + size_of::<SegmentObject>()
            + 5 * (size_of::<SpanObject>() + 3 * size_of::<KeyStringValuePair>());

        assert!(
            decoded.bytes > parts && decoded.bytes < 4 * parts,
            "{} for {parts}",
            decoded.bytes
        );
    }

    #[test]
    fn million_empty_spans_are_refused_undecoded() {
        let bytes = [0x1a, 0x00].repeat(1_000_000);
        let error = segment(&bytes, 64 * 1024 * 1024).expect_err("200 MB");
        assert!(
            matches!(error, SegmentError::TooLarge { bytes, .. } if bytes > 200_000_000),
            "{error}"
        );
    }

    #[test]
    fn long_names_count_for_each_span() {
        let memory = |name: usize| {
            let named = SegmentObject { service: "s".repeat(name), ..example() };
            segment(&named.encode_to_vec(), 4 * 1024 * 1024).map(|decoded| decoded.bytes)
        };
        assert!(memory(1_000_000).is_err_and(
            |error| matches!(error, SegmentError::TooLarge { bytes, .. } if bytes > 5_000_000)
        ));
        // Names that the OAP keeps whole count once.
        assert_eq!(
            memory(FREE_NAMES - 2).expect("small") - memory(128).expect("small"),
            FREE_NAMES - 2 - 128
        );
    }

    #[test]
    fn collection_yields_segments_up_to_an_invalid_field() {
        let whole = SegmentCollection { segments: vec![example(), example()] }.encode_to_vec();

        assert_eq!(collection(&whole).filter_map(Result::ok).count(), 2);

        let cut: Vec<_> = collection(&whole[..whole.len() - 1]).map(|one| one.is_ok()).collect();

        assert_eq!(cut, [true, false]);
        assert!(collection(&[0x08, 0x01]).all(|one| one.is_err()), "field 1 is not a message");
    }

    #[test]
    fn unknown_fields_and_groups_are_skipped() {
        let mut bytes = example().encode_to_vec();
        bytes.extend([0x7b, 0x1a, 0x00, 0x7c]); // group 15 that holds a field 3
        bytes.extend([0x80, 0x01, 0x05, 0x85, 0x01, 0, 0, 0, 0]); // 16: a number, four bytes
        assert_eq!(segment(&bytes, usize::MAX).expect("unknown fields").segment, example());
    }

    proptest! {
        #[test]
        fn any_bytes_do_not_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = segment(&bytes, usize::MAX);
            let _ = collection(&bytes).count();
            let _ = properties_memory(&bytes);
        }

        /// Whatever prost decodes is accepted.
        #[test]
        fn accepts_what_prost_decodes(at in 0usize..400, change in any::<u8>(), cut in 0usize..400) {
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
