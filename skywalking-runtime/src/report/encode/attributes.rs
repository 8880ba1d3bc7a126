//! Walks the attribute list of one span, newest first, and writes its logs.

use std::borrow::Cow;

use skywalking_proto::storage;

use super::super::timeline::Clock;
use super::super::wire::Writer;
use super::span_field as field;
use super::texts::Texts;
use super::{Segment, component};
use crate::redact::Field;
use crate::segment::UNNAMED;
use crate::span::record::{Attribute, AttributeKind};
use crate::util::diagnostics::{self, Diagnostic};
use crate::util::text::{NAME_LIMIT, clean, is_blank};

/// Field numbers of a `KeyStringValuePair` and of a `Log`.
const KEY: u32 = 1;
const VALUE: u32 = 2;
const LOG_TIME: u32 = 1;
const LOG_DATA: u32 = 2;

/// Iterates over a span's list. Each attribute must be older than the one before, so the iteration
/// ends even if the list is corrupt.
pub(super) struct AttributeList<'a> {
    sides: &'a [Attribute],
    at: u32,
}

impl<'a> AttributeList<'a> {
    pub(super) fn new(sides: &'a [Attribute], head: u32) -> Self {
        Self { sides, at: head }
    }
}

impl<'a> Iterator for AttributeList<'a> {
    type Item = &'a Attribute;

    fn next(&mut self) -> Option<&'a Attribute> {
        let side = self.sides.get((self.at as usize).checked_sub(1)?)?;
        self.at = if side.next < self.at { side.next } else { 0 };
        Some(side)
    }
}

/// What the list of a span contains apart from tags, logs and references.
#[derive(Default)]
pub(super) struct Overrides<'a> {
    pub(super) name: Option<Cow<'a, str>>,
    pub(super) peer: Option<Cow<'a, str>>,
    pub(super) component: Option<i32>,
    pub(super) layer: Option<u32>,
    /// The value of the tag that names the called system.
    pub(super) system: Option<&'a str>,
    pub(super) has_tags: bool,
    pub(super) has_references: bool,
    /// The number of logs over the limit.
    pub(super) logs_left_out: usize,
    /// Whether the list counts other things that were left out of the segment.
    pub(super) has_left_out: bool,
}

impl Overrides<'_> {
    /// Returns true if the span overrides nothing of its callsite.
    pub(super) fn is_plain(&self) -> bool {
        self.name.is_none()
            && self.peer.is_none()
            && self.component.is_none()
            && self.layer.is_none()
            && self.system.is_none()
    }
}

/// The limit of logs of one span, as in the Java agent.
const LOGS: usize = 300;

/// Returns how many logs of a span are over the limit.
fn too_many_logs(segment: Segment<'_>, head: u32) -> usize {
    // Most segments have fewer attributes than that in all.
    if segment.sides.len() <= LOGS {
        return 0;
    }
    let logs = AttributeList::new(segment.sides, head)
        .filter(|side| side.kind == AttributeKind::Log)
        .count();
    let left_out = logs.saturating_sub(LOGS);
    if left_out > 0 {
        diagnostics::count_many(Diagnostic::LogLimit, left_out as u64);
    }
    left_out
}

/// Writes the logs and collects the other attributes. The newest comes first, because the message
/// is written back to front.
pub(super) fn write_logs<'a>(
    writer: &mut Writer,
    texts: Texts<'_>,
    segment: Segment<'a>,
    head: u32,
    clock: Clock<'_>,
) -> Overrides<'a> {
    let mut fields = None;
    // The last log stays. The ones before it are omitted.
    let (mut logs, left_out) = (0, too_many_logs(segment, head));
    let mut found = Overrides { logs_left_out: left_out, ..Overrides::default() };
    for side in AttributeList::new(segment.sides, head) {
        match side.kind {
            AttributeKind::Field => {
                fields.get_or_insert_with(|| writer.mark());
                let key = known_key(side.key);
                let text = texts.recorded(Field::Log(&key), segment.text_of(side));
                write_pair(writer, LOG_DATA, &key, |writer| writer.bytes(text.as_bytes()));
                continue;
            }
            AttributeKind::Log => {
                let since = fields.take().unwrap_or_else(|| writer.mark());
                logs += 1;
                if (2..left_out + 2).contains(&logs) {
                    writer.undo(since);
                    continue;
                }
                writer.int(LOG_TIME, clock.milliseconds(side.as_number()));
                writer.close(field::LOGS, since);
                continue;
            }
            AttributeKind::Name => {
                found.name = found
                    .name
                    .take()
                    .or_else(|| Some(texts.hook.text(Field::Name, segment.text_of(side))));
            }
            AttributeKind::StaticName => {
                found.name = found.name.take().or(Some(clean(side.key, NAME_LIMIT)));
            }
            AttributeKind::Peer => {
                found.peer = found
                    .peer
                    .take()
                    .or_else(|| Some(texts.hook.text(Field::Peer, segment.text_of(side))));
            }
            AttributeKind::Component => {
                found.component = found.component.or(Some(side.a.cast_signed()));
            }
            AttributeKind::Layer => found.layer = found.layer.or(Some(side.a)),
            AttributeKind::Text => {
                found.has_tags = true;
                if component::names_system(side.key) {
                    found.system = found.system.or_else(|| Some(segment.text_of(side)));
                }
            }
            AttributeKind::Int | AttributeKind::Uint | AttributeKind::Bool => found.has_tags = true,
            AttributeKind::Sw8Ref | AttributeKind::ThreadRef => found.has_references = true,
            AttributeKind::LeftOut => found.has_left_out = true,
            AttributeKind::CalledPeer => {}
        }
        // Ignores fields without a log.
        if let Some(since) = fields.take() {
            writer.undo(since);
        }
    }
    if let Some(since) = fields {
        writer.undo(since);
    }
    found
}

/// Formats what was left out of the segment, as a tag of its first span: `spans=102, logs=3`.
pub(super) fn left_out(segment: Segment<'_>, head: u32, logs: usize) -> String {
    let mut counts: Vec<(&str, u64)> = Vec::new();
    let entries =
        AttributeList::new(segment.sides, head).filter(|side| side.kind == AttributeKind::LeftOut);
    for (what, more) in
        entries.map(|side| (side.key, side.as_number())).chain([("logs", logs as u64)])
    {
        match counts.iter_mut().find(|(known, _)| *known == what) {
            Some((_, count)) => *count = count.saturating_add(more),
            None if more > 0 => counts.push((what, more)),
            None => {}
        }
    }
    let counts: Vec<_> =
        counts.into_iter().map(|(what, count)| format!("{what}={count}")).collect();
    counts.join(", ")
}

/// Returns the key as it is sent, or its replacement if it is blank.
pub(super) fn known_key(key: &'static str) -> Cow<'static, str> {
    storage::storable(if is_blank(key) { UNNAMED } else { key })
}

pub(super) fn write_pair(
    writer: &mut Writer,
    number: u32,
    key: &str,
    value: impl FnOnce(&mut Writer),
) {
    let since = writer.mark();
    value(writer);
    if writer.mark() != since {
        writer.close(VALUE, since);
    }
    writer.string(KEY, key);
    writer.close(number, since);
}
