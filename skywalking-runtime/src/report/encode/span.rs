//! Writes one span: its own fields, and the constant fields of its callsite.

use std::borrow::Cow;

use super::super::timeline::Clock;
use super::super::wire::Writer;
use super::attributes::{self, AttributeList, Overrides};
use super::span_field as field;
use super::tags::{self, Marks};
use super::texts::Texts;
use super::{Encoder, Segment, component};
use crate::segment::{Name, UNKNOWN_PEER};
use crate::span::callsite::Callsite;
use crate::span::kind::SpanKind;
use crate::span::layer::SpanLayer;
use crate::span::record::{AttributeKind, Record};
use crate::tracer::Identity;
use crate::util::text::{NAME_LIMIT, PEER_LIMIT, clean, is_blank, within};

impl Encoder {
    /// Writes the fields of the span at this index.
    pub(super) fn span(&mut self, segment: Segment<'_>, place: usize, clock: Clock<'_>) {
        let Some(record) = segment.records.get(place) else { return };
        let start = self.starts.get(place).copied().unwrap_or_default();
        let open = record.is_unended();
        let end = clock.milliseconds(if open { segment.head.ended } else { record.end }).max(start);
        let continued = record.is(Record::CONTINUED);

        self.writer.bool(
            field::SKIP_ANALYSIS,
            record.is(Record::SKIP_ANALYSIS) || segment.head.skip_analysis,
        );
        let texts = Texts::new(&self.hook, self.texts_unchanged);
        let found = attributes::write_logs(&mut self.writer, texts, segment, record.side, clock);
        self.logs_left_out += found.logs_left_out;
        // The first span is written last, so all omissions are known by then.
        let tells_left_out = place == 0 && (found.has_left_out || self.logs_left_out > 0);
        if found.has_tags
            || open
            || tells_left_out
            || (!continued && !record.callsite.tags.is_empty())
        {
            let callsite = (!continued).then_some(record.callsite);
            let left_out = if tells_left_out {
                attributes::left_out(segment, record.side, self.logs_left_out)
            } else {
                String::new()
            };
            let marks = Marks { unfinished: open, left_out };
            tags::write_tags(
                &mut self.writer,
                texts,
                self.identity.storage,
                segment,
                record.side,
                callsite,
                &marks,
            );
        }
        self.writer.bool(field::IS_ERROR, record.is(Record::ERROR));
        let Callsite { name, peer, .. } = record.callsite;
        let fits = name.len() <= self.identity.name_bytes && self.identity.holds_peer(peer);
        let has_references = found.has_references;
        if found.is_plain() && !continued && fits {
            self.writer.bytes(fragment(record.callsite, &self.identity));
        } else {
            write_call(&mut self.writer, record.callsite, found, continued, &self.identity);
        }
        if has_references {
            for side in AttributeList::new(segment.sides, record.side) {
                match side.kind {
                    AttributeKind::Sw8Ref => self.process_reference(segment, segment.text_of(side)),
                    AttributeKind::ThreadRef => {
                        self.thread_reference(segment, segment.text_of(side));
                    }
                    _ => {}
                }
            }
        }
        self.writer.int(field::END_TIME, end);
        self.writer.int(field::START_TIME, start);
        self.writer.int(field::PARENT_SPAN_ID, segment.parent_of(place).map_or(-1, as_id));
        self.writer.int(field::SPAN_ID, as_id(place));
    }
}

fn as_id(place: usize) -> i64 {
    i64::try_from(place).unwrap_or_default()
}

/// Returns the encoded fields that all plain spans of a callsite share. Only for callsites whose
/// name and peer are sent unchanged.
fn fragment<'a>(callsite: &'static Callsite, identity: &Identity) -> &'a [u8] {
    callsite.fragment.get_or_init(|| {
        let mut writer = Writer::default();
        write_call(&mut writer, callsite, Overrides::default(), false, identity);
        Box::new(writer.take().to_vec())
    })
}

/// Writes the fields from the operation name to the component.
fn write_call(
    writer: &mut Writer,
    callsite: &'static Callsite,
    found: Overrides<'_>,
    continued: bool,
    identity: &Identity,
) {
    // A span that continues a span of another segment is local work, whatever the kind of that
    // span.
    let (kind, layer, peer) = if continued {
        (SpanKind::Local, SpanLayer::Unknown, "")
    } else {
        (callsite.kind, callsite.layer, callsite.peer)
    };
    // Run-time text was cleaned when it was recorded. Literals are cleaned here.
    let literal = || if is_blank(peer) { Cow::Borrowed("") } else { clean(peer, PEER_LIMIT) };
    let peer = match found.peer.unwrap_or_else(literal) {
        blank if is_blank(&blank) => {
            Cow::Borrowed(if kind == SpanKind::Exit { UNKNOWN_PEER } else { "" })
        }
        peer if kind == SpanKind::Exit => identity.exit_peer(peer),
        peer => identity.storage.peer(peer),
    };
    let name = match found.name.filter(|name| !is_blank(name)) {
        Some(name) => within(name, NAME_LIMIT, identity.name_bytes),
        None => Name::Of(callsite).within(identity.name_bytes),
    };
    let layer = found.layer.unwrap_or(layer as u32);
    let component = component::Span { callsite, kind, layer, name: &name, system: found.system };
    writer.int(
        field::COMPONENT_ID,
        i64::from(found.component.unwrap_or_else(|| component.component())),
    );
    writer.int(field::SPAN_LAYER, i64::from(layer));
    writer.int(field::SPAN_TYPE, kind as i64);
    writer.string(field::PEER, &peer);
    writer.string(field::OPERATION_NAME, &name);
}
