//! Writes the tags of one span, each key once.

use std::borrow::Cow;
use std::collections::HashSet;

use super::super::wire::Writer;
use super::Segment;
use super::attributes::{AttributeList, known_key, write_pair};
use super::span_field as field;
use super::texts::Texts;
use crate::config::Storage;
use crate::redact::Field;
use crate::span::callsite::Callsite;
use crate::span::record::AttributeKind;
use crate::util::diagnostics::{self, Diagnostic};
use crate::util::text::{TAG_LIMIT, cut};

/// Writes the tags, the newest last, each key once. The tags of the callsite are older than all
/// others.
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
    for side in AttributeList::new(segment.sides, head) {
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

/// Tags that the tracer sets itself.
#[derive(Debug)]
pub(super) struct Marks {
    pub(super) unfinished: bool,
    /// Empty if nothing was left out.
    pub(super) left_out: String,
}

/// Writes the tags of one span.
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
        let Some(value) = self.storage.tag(key, value) else {
            return diagnostics::count(Diagnostic::TagRefused);
        };
        write_pair(self.writer, field::TAGS, key, |writer| writer.bytes(value.as_bytes()));
    }

    fn number(&mut self, key: &'static str, negative: bool, digits: u64) {
        if self.texts.hook.is_set() || !Storage::takes_number(key, digits) {
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

/// The keys of a span that were written. A short array, since most spans have few keys.
struct Seen {
    few: [&'static str; Self::FEW],
    count: usize,
    /// Keys beyond the array, and keys that were changed.
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
