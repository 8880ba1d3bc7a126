//! Decodes logs, meters and events, after checking how much memory they need.

use std::mem::size_of;

use prost::Message;
use skywalking_proto::v3::{
    Event, Label, LogData, MeterBucketValue, MeterData, MeterDataCollection,
};

use super::{NONE, Nested, OVERHEAD, PAIR, memory};
use crate::api::{EventView, LogRecord};
use crate::record_error::RecordError;

/// A message and the memory that it needs.
#[derive(Debug)]
pub(crate) struct Decoded<M> {
    pub(crate) message: M,
    pub(crate) bytes: usize,
}

const TAGS: Nested = Nested(&[(1, PAIR, &NONE)]);
const LOG_DATA: Nested = Nested(&[(7, 0, &TAGS)]);
const LABEL: usize = size_of::<Label>() + 2 * OVERHEAD;
const SINGLE: Nested = Nested(&[(2, LABEL, &NONE)]);
const HISTOGRAM: Nested = Nested(&[(2, LABEL, &NONE), (3, size_of::<MeterBucketValue>(), &NONE)]);
const METER: Nested = Nested(&[(1, 0, &SINGLE), (2, 0, &HISTOGRAM)]);
const METER_BYTES: usize = size_of::<MeterData>() + 4 * OVERHEAD;
const METERS: Nested = Nested(&[(1, METER_BYTES, &METER)]);
/// An entry of a map takes up to twice its size.
const EVENT: Nested = Nested(&[(6, 2 * PAIR, &NONE)]);

/// Decodes a `LogData` that needs at most `max_bytes` of memory.
pub(crate) fn log(bytes: &[u8], max_bytes: usize) -> Result<Decoded<LogData>, RecordError> {
    let own = size_of::<LogData>() + size_of::<LogRecord>() + 8 * OVERHEAD;
    let names = Names { what: "the log", message: "LogData" };
    let mut decoded: Decoded<LogData> = decode(bytes, own, &LOG_DATA, max_bytes, names)?;
    if let Some(tags) = &mut decoded.message.tags {
        tags.data.shrink_to_fit();
    }
    Ok(decoded)
}

/// Decodes a `MeterData` that needs at most `max_bytes` of memory.
pub(crate) fn meter(bytes: &[u8], max_bytes: usize) -> Result<Decoded<MeterData>, RecordError> {
    let names = Names { what: "the meter", message: "MeterData" };
    decode(bytes, METER_BYTES, &METER, max_bytes, names)
}

/// Decodes a `MeterDataCollection` that needs at most `max_bytes` of memory.
pub(crate) fn meters(
    bytes: &[u8],
    max_bytes: usize,
) -> Result<Decoded<MeterDataCollection>, RecordError> {
    let names = Names { what: "the batch of meters", message: "MeterDataCollection" };
    decode(bytes, size_of::<MeterDataCollection>(), &METERS, max_bytes, names)
}

/// Decodes an `Event` that needs at most `max_bytes` of memory.
pub(crate) fn event(bytes: &[u8], max_bytes: usize) -> Result<Decoded<Event>, RecordError> {
    let own = size_of::<Event>() + size_of::<EventView>() + 8 * OVERHEAD;
    decode(bytes, own, &EVENT, max_bytes, Names { what: "the event", message: "Event" })
}

/// How errors name a message.
#[derive(Clone, Copy)]
struct Names {
    what: &'static str,
    message: &'static str,
}

/// `own` is the memory of the message without its repeated messages.
fn decode<M: Message + Default>(
    bytes: &[u8],
    own: usize,
    nested: &Nested,
    max_bytes: usize,
    Names { what, message }: Names,
) -> Result<Decoded<M>, RecordError> {
    let malformed = |reason| RecordError::Malformed { what, message, reason };
    let needed = memory(bytes, nested)
        .ok_or_else(|| malformed("invalid protobuf, or cut off inside a field".to_owned()))?
        .saturating_add(own);
    if needed > max_bytes {
        return Err(RecordError::TooLarge { what, bytes: needed, max_bytes });
    }
    let decoded = M::decode(bytes).map_err(|error| malformed(error.to_string()))?;
    Ok(Decoded { message: decoded, bytes: needed })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use skywalking_proto::v3::meter_data::Metric;
    use skywalking_proto::v3::{KeyStringValuePair, LogTags, MeterHistogram, TraceContext};

    use super::*;

    fn example() -> LogData {
        let pair = KeyStringValuePair { key: "level".into(), value: "INFO".into() };
        LogData {
            timestamp: 1,
            service: "service".into(),
            trace_context: Some(TraceContext { trace_id: "t".into(), ..Default::default() }),
            tags: Some(LogTags { data: vec![pair.clone(), pair] }),
            ..Default::default()
        }
    }

    #[test]
    fn small_encodings_of_large_messages_are_refused_undecoded() {
        let tags = [&[0x3a, 0x80, 0x89, 0x7a][..], &[0x0a, 0x00].repeat(1_000_000)].concat();
        let labels = [&[0x0a, 0x80, 0x89, 0x7a][..], &[0x12, 0x00].repeat(1_000_000)].concat();
        let parameters = [0x32, 0x00].repeat(1_000_000);
        let limit = 64 * 1024 * 1024;
        for refused in [
            log(&tags, limit).map(drop),
            meter(&labels, limit).map(drop),
            meters(&[0x0a, 0x00].repeat(1_000_000), limit).map(drop),
            event(&parameters, limit).map(drop),
        ] {
            let error = refused.expect_err("100 MB");
            assert!(
                matches!(error, RecordError::TooLarge { bytes, .. } if bytes > 100_000_000),
                "{error}"
            );
        }
    }

    #[test]
    fn memory_covers_buckets() {
        let values = vec![MeterBucketValue::default(); 100];
        let histogram = MeterHistogram { values, ..Default::default() };
        let meter_data =
            MeterData { metric: Some(Metric::Histogram(histogram)), ..Default::default() };
        let decoded = meter(&meter_data.encode_to_vec(), usize::MAX).expect("valid");
        assert!(decoded.bytes > 100 * size_of::<MeterBucketValue>(), "{}", decoded.bytes);
    }

    proptest! {
        #[test]
        fn any_bytes_do_not_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = (log(&bytes, usize::MAX), meter(&bytes, usize::MAX));
            let _ = (meters(&bytes, usize::MAX), event(&bytes, usize::MAX));
        }

        /// Whatever prost decodes is accepted.
        #[test]
        fn accepts_what_prost_decodes(at in 0usize..100, change in any::<u8>(), cut in 0usize..100) {
            let mut bytes = example().encode_to_vec();
            let length = bytes.len();
            bytes[at % length] = change;
            bytes.truncate(length - cut % length);
            if LogData::decode(&*bytes).is_ok() {
                prop_assert!(log(&bytes, usize::MAX).is_ok());
            }
        }
    }
}
