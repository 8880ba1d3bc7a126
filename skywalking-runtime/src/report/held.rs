//! Segments that have ended and wait for the handles of some of their spans ([`AsyncSpan`](crate::AsyncSpan)): they stay with the reporter, within
//! the queue's budget, until the last handle is done or they are too old. When the reporter ends they go as they are.

use super::encode::Segment;
use crate::trace::age;
use crate::trace::detached::{Ending, Entry};
use crate::trace::outbox::{Attached, Head};
use crate::trace::record::{Record, Side, SideKind};
use crate::trace::tag::{Kept, Raw};

/// A segment of its own, no more a part of a load.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) head: Head,
    pub(crate) attached: Attached,
    pub(crate) records: Vec<Record>,
    pub(crate) sides: Vec<Side>,
    pub(crate) text: String,
    /// What it takes of the queue's budget.
    pub(crate) bytes: usize,
    expires: u64,
}

/// The segments that wait, the oldest first.
#[derive(Debug)]
pub(crate) struct Waiting {
    segments: Vec<Held>,
    /// How long each waits, in milliseconds.
    patience: u64,
    /// They shall wait no longer.
    released: bool,
}

impl Waiting {
    pub(crate) fn new(patience: u64) -> Self {
        Self { segments: Vec::new(), patience, released: false }
    }

    /// From now on nothing is held.
    pub(crate) fn release(&mut self) {
        self.released = true;
    }

    /// Takes a copy of one that has ended.
    pub(crate) fn hold(&mut self, segment: Segment<'_>, attached: Attached) {
        self.segments.push(Held::new(segment, attached, age::expiry(self.patience)));
    }

    /// One that is to leave now.
    pub(crate) fn next(&mut self) -> Option<Held> {
        let now = age::now();
        let at = self.segments.iter().position(|held| self.released || held.expires < now || !held.attached.is_incomplete())?;
        Some(self.segments.remove(at))
    }
}

impl Held {
    /// A copy of a segment.
    pub(crate) fn new(segment: Segment<'_>, attached: Attached, expires: u64) -> Self {
        let Segment { head, records, sides, text } = segment;
        Self {
            head: *head,
            attached,
            records: records.to_vec(),
            sides: sides.to_vec(),
            text: text.to_owned(),
            bytes: head.bytes(),
            expires,
        }
    }

    /// Puts in what the handles said; those that are still out come too late.
    pub(crate) fn settle(&mut self) {
        for detached in std::mem::take(&mut self.attached.detached) {
            let ending = detached.give_up();
            self.put(usize::from(detached.index), ending);
        }
        self.head.records = self.records.len();
        self.head.sides = self.sides.len();
        self.head.text = self.text.len();
    }

    fn put(&mut self, place: usize, ending: &Ending) {
        let Some(record) = self.records.get(place) else { return };
        let mut head = record.side;
        for entry in &ending.entries {
            match entry {
                Entry::Tag(key, value) => self.tag(&mut head, key, value),
                Entry::Log(at, fields) => {
                    self.push(&mut head, Side::number("", SideKind::Log, *at));
                    for (key, value) in fields {
                        self.push_text(&mut head, key, value, SideKind::Field);
                    }
                }
            }
        }
        if ending.unfinished {
            self.tag(&mut head, "unfinished", &Kept::Bool(true));
        }
        if let Some(record) = self.records.get_mut(place) {
            record.side = head;
            record.end = ending.end;
            if ending.failed {
                record.flags |= Record::ERROR;
            }
        }
        self.head.ended = self.head.ended.max(ending.end);
    }

    fn tag(&mut self, head: &mut u32, key: &'static str, value: &Kept) {
        match value.raw() {
            Raw::Text(text) => self.push_text(head, key, text, SideKind::Text),
            Raw::Int(number) => self.push(head, Side::number(key, SideKind::Int, number.cast_unsigned())),
            Raw::Uint(number) => self.push(head, Side::number(key, SideKind::Uint, number)),
            Raw::Bool(truth) => self.push(head, Side { key, a: u32::from(truth), b: 0, next: 0, kind: SideKind::Bool }),
        }
    }

    fn push_text(&mut self, head: &mut u32, key: &'static str, text: &str, kind: SideKind) {
        let (Ok(offset), Ok(length)) = (u32::try_from(self.text.len()), u32::try_from(text.len())) else { return };
        self.text.push_str(text);
        self.push(head, Side { key, a: offset, b: length, next: 0, kind });
    }

    fn push(&mut self, head: &mut u32, mut side: Side) {
        let Ok(place) = u32::try_from(self.sides.len() + 1) else { return };
        side.next = *head;
        self.sides.push(side);
        *head = place;
    }
}
