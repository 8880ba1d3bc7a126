//! Writes the references from a span to its parents in other segments. Headers were checked when
//! they arrived. Here they are decoded, and names are cut to their limits. No reference is dropped.

use std::borrow::Cow;
use std::ops::Range;

use super::span_field as field;
use super::{Encoder, Segment};
use crate::config::NAME_LIMIT as SERVICE_LIMIT;
use crate::headers::sw8;
use crate::redact::{Field, Hook};
use crate::segment::{UNKNOWN_PEER, UNNAMED};
use crate::util::text::{self, NAME_LIMIT, PEER_LIMIT};

/// Field numbers of a `SegmentReference`.
const REF_TYPE: u32 = 1;
const TRACE_ID: u32 = 2;
const PARENT_SEGMENT_ID: u32 = 3;
const PARENT_SPAN_ID: u32 = 4;
const PARENT_SERVICE: u32 = 5;
const PARENT_INSTANCE: u32 = 6;
const PARENT_ENDPOINT: u32 = 7;
const ADDRESS: u32 = 8;

const CROSS_THREAD: i64 = 1;

/// The encoded names of the last caller. A process has few callers, and each sends the same names
/// with every request.
#[derive(Debug, Default)]
pub(super) struct Caller {
    /// The four names, as they are in the header.
    names: String,
    /// The encoded fields.
    fields: Vec<u8>,
}

impl Caller {
    fn remember(&mut self, names: &str, fields: &[u8]) {
        self.names.clear();
        self.names.push_str(names);
        self.fields.clear();
        self.fields.extend_from_slice(fields);
    }
}

impl Encoder {
    /// Writes a reference to a segment of another process. The parts of `sw8`
    /// (`docs/protocol.md#header-sw8`) are flag, trace, segment, span, service, instance, endpoint
    /// and address. The type `CrossProcess` is 0, so it is not written.
    pub(super) fn process_reference(&mut self, segment: Segment<'_>, header: &str) {
        let parts = sw8::split(header).unwrap_or_default();
        let part = |range: Range<usize>| header.get(range).unwrap_or_default();
        let [_, trace, parent, span, service, instance, endpoint, address] = parts;
        let trace = part(trace);
        let since = self.writer.mark();
        let names = part(service.start..header.len());
        if self.caller.names == names {
            self.writer.bytes(&self.caller.fields);
        } else {
            // The parent's names are limited by its own service's storage, not by this process's.
            let storage = self.identity.storage;
            let service = storage.service(self.name(part(service), SERVICE_LIMIT, None));
            let bytes = storage.name_bytes(&service);
            let address = storage.peer(self.name(part(address), PEER_LIMIT, Some(Field::Peer)));
            self.writer.string(ADDRESS, &address);
            let endpoint = self.name(part(endpoint), NAME_LIMIT, Some(Field::Name));
            self.writer.string(PARENT_ENDPOINT, &text::within(endpoint, NAME_LIMIT, bytes));
            let instance = self.name(part(instance), SERVICE_LIMIT, None);
            self.writer.string(PARENT_INSTANCE, &text::within(instance, SERVICE_LIMIT, bytes));
            self.writer.string(PARENT_SERVICE, &service);
            self.caller.remember(names, self.writer.since(since));
        }
        self.writer.int(PARENT_SPAN_ID, i64::from(part(span).parse::<i32>().unwrap_or_default()));
        self.writer.string(PARENT_SEGMENT_ID, &self.scratch.decode(part(parent)));
        if segment.foreign_trace() == Some(trace) {
            self.trace_id(TRACE_ID, segment);
        } else {
            self.writer.string(TRACE_ID, &self.scratch.decode(trace));
        }
        self.writer.close(field::REFS, since);
    }

    /// Writes a reference to a segment of this process: `<key in hex>-<span id>-<endpoint>`.
    pub(super) fn thread_reference(&mut self, segment: Segment<'_>, reference: &str) {
        let mut parts = reference.splitn(3, '-');
        let mut next = || parts.next().unwrap_or_default();
        let (key, span, endpoint) = (next(), next(), next());
        let since = self.writer.mark();
        // Equal to the name of the parent span, which is redacted and then shortened too.
        let endpoint = text::within(
            redacted(&self.hook, Field::Name, endpoint),
            NAME_LIMIT,
            self.identity.name_bytes,
        );
        self.writer.string(PARENT_ENDPOINT, &endpoint);
        self.writer.string(PARENT_INSTANCE, &self.identity.instance);
        self.writer.string(PARENT_SERVICE, &self.identity.service);
        self.writer.int(PARENT_SPAN_ID, i64::from(span.parse::<i32>().unwrap_or_default()));
        self.writer.id(PARENT_SEGMENT_ID, u64::from_str_radix(key, 16).unwrap_or_default());
        self.trace_id(TRACE_ID, segment);
        self.writer.int(REF_TYPE, CROSS_THREAD);
        self.writer.close(field::REFS, since);
    }

    /// Decodes a name that another process sent. The address is redacted like the caller's own
    /// peer, so that both stay one node on the map if both processes have the same hook.
    fn name(&mut self, base64: &str, limit: usize, field: Option<Field<'_>>) -> Cow<'static, str> {
        let name = self.scratch.decode(base64);
        let name = text::clean(&name, limit);
        match field {
            Some(field) => Cow::Owned(redacted(&self.hook, field, &name).into_owned()),
            None if text::is_blank(&name) => Cow::Borrowed(UNNAMED),
            None => Cow::Owned(name.into_owned()),
        }
    }
}

/// Applies the program's redaction to a name or address. An empty result is replaced by a constant,
/// as in a span: the backend ignores a reference with a blank name, or takes it for a call by a
/// user.
fn redacted<'a>(hook: &Hook, field: Field<'_>, text: &'a str) -> Cow<'a, str> {
    match hook.text(field, text) {
        blank if text::is_blank(&blank) => {
            Cow::Borrowed(if field == Field::Peer { UNKNOWN_PEER } else { UNNAMED })
        }
        text => text,
    }
}
