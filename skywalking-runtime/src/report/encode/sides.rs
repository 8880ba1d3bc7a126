//! The side entries of one span: walking its list, newest first, and writing the tags and logs that
//! it holds.

use std::borrow::Cow;
use std::collections::HashSet;

use skywalking_proto::storage;

use super::super::timeline::Clock;
use super::super::wire::Writer;
use super::span::field;
use super::texts::Texts;
use super::{Segment, component};
use crate::config::Storage;
use crate::redact::Field;
use crate::segment::UNNAMED;
use crate::span::callsite::Callsite;
use crate::span::record::{Attribute, AttributeKind};
use crate::util::diagnostics::{self, Diagnostic};
use crate::util::text::{NAME_LIMIT, TAG_LIMIT, clean, cut, is_blank};

/// Numbers of the fields of a `KeyStringValuePair` and of a `Log`.
const KEY: u32 = 1;
const VALUE: u32 = 2;
const LOG_TIME: u32 = 1;
const LOG_DATA: u32 = 2;

/// Walks a span's list. Each entry must be older than the one before, so the walk ends whatever the
/// list holds.
pub(super) struct Sides<'a> {
    sides: &'a [Attribute],
    at: u32,
}

impl<'a> Sides<'a> {
    pub(super) fn new(sides: &'a [Attribute], head: u32) -> Self {
        Self { sides, at: head }
    }
}

impl<'a> Iterator for Sides<'a> {
    type Item = &'a Attribute;

    fn next(&mut self) -> Option<&'a Attribute> {
        let side = self.sides.get((self.at as usize).checked_sub(1)?)?;
        self.at = if side.next < self.at { side.next } else { 0 };
        Some(side)
    }
}

/// What a span's list says besides its tags, logs and references.
#[derive(Default)]
pub(super) struct Overrides<'a> {
    pub(super) name: Option<Cow<'a, str>>,
    pub(super) peer: Option<Cow<'a, str>>,
    pub(super) component: Option<i32>,
    pub(super) layer: Option<u32>,
    /// The value of the tag that names the system that the span talks to.
    pub(super) system: Option<&'a str>,
    pub(super) has_tags: bool,
    pub(super) has_references: bool,
    /// Logs that are over the limit.
    pub(super) logs_left_out: usize,
    /// The list says what else was left out of the segment.
    pub(super) has_left_out: bool,
}

impl Overrides<'_> {
    /// True if the span says nothing that its callsite says too.
    pub(super) fn is_plain(&self) -> bool {
        self.name.is_none()
            && self.peer.is_none()
            && self.component.is_none()
            && self.layer.is_none()
            && self.system.is_none()
    }
}

/// Logs of one span, as in the Java agent.
const LOGS: usize = 300;

/// How many logs have to go, so that a span has no more than it may.
fn too_many_logs(segment: Segment<'_>, head: u32) -> usize {
    // Most segments have not so many entries in all.
    if segment.sides.len() <= LOGS {
        return 0;
    }
    let logs =
        Sides::new(segment.sides, head).filter(|side| side.kind == AttributeKind::Log).count();
    let left_out = logs.saturating_sub(LOGS);
    if left_out > 0 {
        diagnostics::count_many(Diagnostic::LogLimit, left_out as u64);
    }
    left_out
}

/// Writes the logs and learns the rest. The newest entry comes first, both here and in what is
/// written back to front.
pub(super) fn write_logs<'a>(
    writer: &mut Writer,
    texts: Texts<'_>,
    segment: Segment<'a>,
    head: u32,
    clock: Clock<'_>,
) -> Overrides<'a> {
    let mut fields = None;
    // The last log stays, and those before it go.
    let (mut logs, left_out) = (0, too_many_logs(segment, head));
    let mut found = Overrides { logs_left_out: left_out, ..Overrides::default() };
    for side in Sides::new(segment.sides, head) {
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
        }
        // Fields without a log of theirs belong to nothing.
        if let Some(since) = fields.take() {
            writer.undo(since);
        }
    }
    if let Some(since) = fields {
        writer.undo(since);
    }
    found
}

/// What was left out of the segment, as the value of a tag of its first span: `spans=102, logs=3`.
pub(super) fn left_out(segment: Segment<'_>, head: u32, logs: usize) -> String {
    let mut counts: Vec<(&str, u64)> = Vec::new();
    let entries =
        Sides::new(segment.sides, head).filter(|side| side.kind == AttributeKind::LeftOut);
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

/// Writes the tags: the newest last, each key once. The tags of the callsite count as older than
/// all others.
pub(super) fn write_tags(
    writer: &mut Writer,
    texts: Texts<'_>,
    storage: Storage,
    segment: Segment<'_>,
    head: u32,
    callsite: Option<&'static Callsite>,
    marks: &Marks,
) {
    let mut tags = Tags { writer, texts, storage, seen: Seen::NONE };
    if marks.unfinished {
        tags.literal("unfinished", "true");
    }
    if !marks.left_out.is_empty() {
        tags.literal("left_out", &marks.left_out);
    }
    for side in Sides::new(segment.sides, head) {
        match side.kind {
            AttributeKind::Text => tags.recorded(side.key, segment.text_of(side)),
            AttributeKind::Int => {
                let number = side.as_number().cast_signed();
                tags.number(side.key, number < 0, number.unsigned_abs());
            }
            AttributeKind::Uint => tags.number(side.key, false, side.as_number()),
            AttributeKind::Bool => {
                tags.literal(side.key, if side.a == 0 { "false" } else { "true" });
            }
            _ => {}
        }
    }
    let literal = callsite.map_or(&[][..], |callsite| callsite.tags);
    for (key, value) in literal.iter().rev() {
        tags.literal(key, cut(value, TAG_LIMIT));
    }
}

/// The tags that the tracer sets itself.
#[derive(Debug)]
pub(super) struct Marks {
    pub(super) unfinished: bool,
    /// Empty if there is nothing to say.
    pub(super) left_out: String,
}

/// The tags of one span, while they are written.
struct Tags<'a> {
    writer: &'a mut Writer,
    texts: Texts<'a>,
    storage: Storage,
    seen: Seen,
}

impl Tags<'_> {
    fn recorded(&mut self, key: &'static str, value: &str) {
        let key = known_key(key);
        if self.seen.is_new(key.clone()) {
            let value = self.texts.recorded(Field::Tag(&key), value);
            self.write(&key, value);
        }
    }

    fn literal(&mut self, key: &'static str, value: &str) {
        let key = known_key(key);
        if self.seen.is_new(key.clone()) {
            let value = self.texts.literal(Field::Tag(&key), value);
            self.write(&key, value);
        }
    }

    fn write(&mut self, key: &str, value: Cow<'_, str>) {
        let value = self.storage.tag(key, value);
        write_pair(self.writer, field::TAGS, key, |writer| writer.bytes(value.as_bytes()));
    }

    fn number(&mut self, key: &'static str, negative: bool, digits: u64) {
        if self.texts.hook.is_set() {
            let sign = if negative { "-" } else { "" };
            return self.literal(key, &format!("{sign}{digits}"));
        }
        let key = known_key(key);
        if self.seen.is_new(key.clone()) {
            write_pair(self.writer, field::TAGS, &key, |writer| {
                writer.decimal(digits);
                if negative {
                    writer.bytes(b"-");
                }
            });
        }
    }
}

/// The key as it leaves, or what stands in its place where the program gave none.
fn known_key(key: &'static str) -> Cow<'static, str> {
    storage::storable(if is_blank(key) { UNNAMED } else { key })
}

fn write_pair(writer: &mut Writer, number: u32, key: &str, value: impl FnOnce(&mut Writer)) {
    let since = writer.mark();
    value(writer);
    if writer.mark() != since {
        writer.close(VALUE, since);
    }
    writer.string(KEY, key);
    writer.close(number, since);
}

/// The keys that a span has had so far: a short list, since they nearly always are few.
struct Seen {
    few: [&'static str; Self::FEW],
    count: usize,
    /// Those that find no place in the list, and those that were changed.
    others: Option<HashSet<Cow<'static, str>>>,
}

impl Seen {
    const FEW: usize = 16;
    const NONE: Self = Self { few: [""; Self::FEW], count: 0, others: None };

    fn is_new(&mut self, key: Cow<'static, str>) -> bool {
        let is_other = |others: &HashSet<_>| others.contains(&key);
        if self.few.iter().take(self.count).any(|seen| *seen == key)
            || self.others.as_ref().is_some_and(is_other)
        {
            return false;
        }
        match (key, self.few.get_mut(self.count)) {
            (Cow::Borrowed(key), Some(place)) => {
                *place = key;
                self.count += 1;
            }
            (key, _) => _ = self.others.get_or_insert_default().insert(key),
        }
        true
    }
}
