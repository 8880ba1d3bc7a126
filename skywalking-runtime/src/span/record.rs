//! The recorded form of a span: a small fixed record, and a list of attributes.

use crate::span::callsite::Callsite;

/// No span: the parent of a root.
pub(crate) const NONE: u16 = u16::MAX;

/// One span. Its id is its place in the segment's list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record {
    /// Stamp of the clock at the start.
    pub(crate) start: u64,
    /// Stamp at the end; 0 while the span is open. [`Record::IN_SCOPE`] and [`Record::DETACHED`]
    /// of one that ends by a handle.
    pub(crate) end: u64,
    pub(crate) callsite: &'static Callsite,
    /// Id of the parent in this segment, or [`NONE`].
    pub(crate) parent: u16,
    pub(crate) flags: u16,
    /// Where the span's list of side entries begins: a place in the segment's side list plus 1, or
    /// 0 for none.
    pub(crate) side: u32,
}

// A span costs two reads of the counter and one record of 32 bytes.
const _: () = assert!(size_of::<Record>() <= 32);

impl Record {
    /// The span failed.
    pub(crate) const ERROR: u16 = 1;
    /// The OAP shall store the span and make no metrics of it.
    pub(crate) const SKIP_ANALYSIS: u16 = 1 << 1;
    /// The span goes on for one that began in another segment: it is a Local span, whatever its
    /// callsite says.
    pub(crate) const CONTINUED: u16 = 1 << 2;

    /// The panic of a span that merged with this one is already recorded.
    pub(crate) const PANIC_TOLD: u16 = 1 << 3;
    /// The future that it covers is being dropped.
    pub(crate) const DROPPING: u16 = 1 << 4;
    /// It was sent with an earlier part of its segment and only keeps its index.
    pub(crate) const TOLD: u16 = 1 << 5;
    /// The program holds its guard, below a root that is a call.
    pub(crate) const BY_HAND: u16 = 1 << 6;

    /// In the place of an end: a handle ends the span, and the scope that it was opened in is still
    /// open. No stamp is so late.
    pub(crate) const IN_SCOPE: u64 = u64::MAX;
    /// The same behind that scope.
    pub(crate) const DETACHED: u64 = u64::MAX - 1;
    // The flags fill the lower byte; above it stand two counts of four bits.
    const LEVELS: u32 = 8;
    const PARENT_LEVEL: u32 = 12;
    /// How many spans may be merged with one at a time.
    pub(crate) const MOST_LEVELS: u16 = 15;

    pub(crate) fn is(&self, flag: u16) -> bool {
        self.flags & flag != 0
    }

    /// True while spans open below it: its scope has not ended.
    #[inline]
    pub(crate) fn is_open(&self) -> bool {
        // 0 or `IN_SCOPE`, in one comparison.
        self.end.wrapping_add(1) <= 1
    }

    /// True while its end is not known.
    pub(crate) fn is_unended(&self) -> bool {
        self.end == 0 || self.end >= Self::DETACHED
    }

    /// How many spans are open that merged with this one, each inside of the one before.
    pub(crate) fn levels(&self) -> u16 {
        (self.flags >> Self::LEVELS) & Self::MOST_LEVELS
    }

    pub(crate) fn set_levels(&mut self, levels: u16) {
        self.flags = (self.flags & !(Self::MOST_LEVELS << Self::LEVELS))
            | (levels.min(Self::MOST_LEVELS) << Self::LEVELS);
    }

    /// The flag that says at which of its parent's levels a span was opened.
    #[inline]
    pub(crate) fn opened_at(level: u16) -> u16 {
        level << Self::PARENT_LEVEL
    }

    pub(crate) fn set_parent(&mut self, parent: u16, level: u16) {
        self.parent = parent;
        self.flags = (self.flags & !(Self::MOST_LEVELS << Self::PARENT_LEVEL))
            | Self::opened_at(level.min(Self::MOST_LEVELS));
    }

    pub(crate) fn parent_level(&self) -> u16 {
        self.flags >> Self::PARENT_LEVEL
    }
}

/// How a span ended other than by returning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    Panicked,
    Cancelled,
}

/// A tag, log, reference or other optional part of a span. The attributes of a span form a list,
/// the newest first.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attribute {
    /// The key of a tag or of a log's field; for [`AttributeKind::StaticName`] the name itself.
    pub(crate) key: &'static str,
    /// Two halves of a number, or offset and length in the segment's text: the kind says which.
    pub(crate) a: u32,
    pub(crate) b: u32,
    /// The next older entry, as in [`Record::side`].
    pub(crate) next: u32,
    pub(crate) kind: AttributeKind,
}

const _: () = assert!(size_of::<Attribute>() <= 32);

/// The type of an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum AttributeKind {
    /// A tag whose value is text.
    Text,
    /// A tag whose value is an `i64`.
    Int,
    /// A tag whose value is a `u64`.
    Uint,
    /// A tag whose value is a bool, in `a`.
    Bool,
    /// The operation name, as text.
    Name,
    /// The operation name, in `key`.
    StaticName,
    /// The address called, as text.
    Peer,
    /// The component id, in `a`.
    Component,
    /// The layer's number, in `a`.
    Layer,
    /// A reference to a segment of another process: the `sw8` header as it came, already checked.
    Sw8Ref,
    /// A reference to a segment of this process: text of the form `<key in hex>-<span
    /// id>-<endpoint>`.
    ThreadRef,
    /// A log begins: the stamp of its time. Its fields are the newer entries up to the next kind
    /// that is not [`AttributeKind::Field`].
    Log,
    /// A field of the log begun last.
    Field,
    /// How many of those that `key` names were left out.
    LeftOut,
}

impl Attribute {
    /// Creates an attribute that is in no list yet.
    #[inline]
    pub(crate) const fn new(key: &'static str, kind: AttributeKind, a: u32, b: u32) -> Self {
        Self { key, a, b, next: 0, kind }
    }

    pub(crate) fn number(key: &'static str, kind: AttributeKind, number: u64) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "the two halves")]
        let (a, b) = ((number >> 32) as u32, number as u32);
        Self::new(key, kind, a, b)
    }

    /// Returns the number that [`Attribute::number`] stored.
    pub(crate) fn as_number(&self) -> u64 {
        (u64::from(self.a) << 32) | u64::from(self.b)
    }
}

/// Counts of what a segment left out because of its limits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct LeftOut {
    pub(crate) spans: u32,
    pub(crate) tags: u32,
    pub(crate) logs: u32,
    /// Of logs that are there.
    pub(crate) log_fields: u32,
}

impl LeftOut {
    pub(crate) const NOTHING: Self = Self { spans: 0, tags: 0, logs: 0, log_fields: 0 };
    pub(crate) const SPAN: Self = Self { spans: 1, ..Self::NOTHING };
    pub(crate) const TAG: Self = Self { tags: 1, ..Self::NOTHING };
    pub(crate) const LOG: Self = Self { logs: 1, ..Self::NOTHING };
    pub(crate) const LOG_FIELD: Self = Self { log_fields: 1, ..Self::NOTHING };

    pub(crate) fn add(&mut self, other: Self) {
        self.spans = self.spans.saturating_add(other.spans);
        self.tags = self.tags.saturating_add(other.tags);
        self.logs = self.logs.saturating_add(other.logs);
        self.log_fields = self.log_fields.saturating_add(other.log_fields);
    }

    /// An entry for each of them of which there is one.
    pub(crate) fn sides(self) -> impl Iterator<Item = Attribute> {
        let counts = [
            ("log_fields", self.log_fields),
            ("logs", self.logs),
            ("tags", self.tags),
            ("spans", self.spans),
        ];
        counts
            .into_iter()
            .filter(|(_, count)| *count > 0)
            .map(|(key, count)| Attribute::number(key, AttributeKind::LeftOut, u64::from(count)))
    }
}

/// The trace that a segment belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trace {
    /// Begun by this process: its number.
    Own(u64),
    /// Begun elsewhere: where its id stands in the segment's text, in Base64 and already checked.
    Foreign { offset: u32, length: u32 },
}

impl Default for Trace {
    fn default() -> Self {
        Self::Own(0)
    }
}
