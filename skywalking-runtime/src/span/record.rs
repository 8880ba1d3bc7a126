//! The recorded form of a span: a small fixed record, and a list of attributes.

use crate::span::callsite::Callsite;

/// No span: the parent of a root.
pub(crate) const NONE: u16 = u16::MAX;

/// One span. Its id is its index in the segment's list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record {
    /// The clock's stamp at the start.
    pub(crate) start: u64,
    /// The stamp at the end. 0 while the span is open, [`Record::IN_SCOPE`] or
    /// [`Record::DETACHED`] while a handle keeps it open.
    pub(crate) end: u64,
    pub(crate) callsite: &'static Callsite,
    /// The id of the parent in this segment, or [`NONE`].
    pub(crate) parent: u16,
    pub(crate) flags: u16,
    /// The head of the span's list of attributes: an index in the segment's list plus 1, or 0 if
    /// there is none.
    pub(crate) side: u32,
}

// A span costs two reads of the clock's counter and one record of 32 bytes.
const _: () = assert!(size_of::<Record>() <= 32);

impl Record {
    /// The span failed.
    pub(crate) const ERROR: u16 = 1;
    /// The OAP stores the span and makes no metrics of it.
    pub(crate) const SKIP_ANALYSIS: u16 = 1 << 1;
    /// The span continues one that began in another segment. It is reported as a Local span,
    /// regardless of its callsite.
    pub(crate) const CONTINUED: u16 = 1 << 2;

    /// The panic of a span that merged with this one is already recorded.
    pub(crate) const PANIC_RECORDED: u16 = 1 << 3;
    /// The future of the span is being dropped.
    pub(crate) const DROPPING: u16 = 1 << 4;
    /// The span was handed over with an earlier part of its segment and only keeps its index.
    pub(crate) const HANDED_OVER: u16 = 1 << 5;
    /// The program holds the span's guard, below a root that is a call.
    pub(crate) const BY_HAND: u16 = 1 << 6;
    /// The span has an end and can be entered again, which removes the end.
    pub(crate) const RESTING: u16 = 1 << 7;

    /// An end that means: a handle ends the span, and its scope is still open. No stamp is so late.
    pub(crate) const IN_SCOPE: u64 = u64::MAX;
    /// An end that means: a handle ends the span, and its scope has ended.
    pub(crate) const DETACHED: u64 = u64::MAX - 1;
    // The flags use the lower byte. Two counts of four bits follow.
    const LEVELS: u32 = 8;
    const PARENT_LEVEL: u32 = 12;
    /// The most spans that are merged with one at a time.
    pub(crate) const MOST_LEVELS: u16 = 15;

    pub(crate) fn is(&self, flag: u16) -> bool {
        self.flags & flag != 0
    }

    /// Returns true until the span's scope has ended. Spans can open below it until then.
    #[inline]
    pub(crate) fn is_open(&self) -> bool {
        // 0 or `IN_SCOPE`, in one comparison.
        self.end.wrapping_add(1) <= 1
    }

    /// Returns true if the end is not known yet.
    pub(crate) fn is_unended(&self) -> bool {
        self.end == 0 || self.end >= Self::DETACHED
    }

    /// Returns how many spans that merged with this one are open, each inside the one before.
    pub(crate) fn levels(&self) -> u16 {
        (self.flags >> Self::LEVELS) & Self::MOST_LEVELS
    }

    pub(crate) fn set_levels(&mut self, levels: u16) {
        self.flags = (self.flags & !(Self::MOST_LEVELS << Self::LEVELS))
            | (levels.min(Self::MOST_LEVELS) << Self::LEVELS);
    }

    /// Returns the flags for a span that is opened at this level of its parent.
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

/// How a span ended, if it did not return.
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
    /// Two halves of a number, or offset and length in the segment's text, depending on the kind.
    pub(crate) a: u32,
    pub(crate) b: u32,
    /// The next older attribute, as in [`Record::side`].
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
    /// The address that a continued Exit span calls, as text. It is used in headers and not
    /// reported, because the span's first part reports it.
    CalledPeer,
    /// The component id, in `a`.
    Component,
    /// The layer's number, in `a`.
    Layer,
    /// A reference to a segment of another process: the `sw8` header as it was received, checked.
    Sw8Ref,
    /// A reference to a segment of this process: text of the form `<key in hex>-<span
    /// id>-<endpoint>`.
    ThreadRef,
    /// The start of a log: the stamp of its time. Its fields are the newer attributes up to the next
    /// kind that is not [`AttributeKind::Field`].
    Log,
    /// A field of the log begun last.
    Field,
    /// The number of left-out items of the type that `key` names.
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
    /// Fields of logs that were kept.
    pub(crate) log_fields: u32,
    /// References of spans that were kept.
    pub(crate) refs: u32,
}

impl LeftOut {
    pub(crate) const NOTHING: Self = Self { spans: 0, tags: 0, logs: 0, log_fields: 0, refs: 0 };
    pub(crate) const SPAN: Self = Self { spans: 1, ..Self::NOTHING };
    pub(crate) const TAG: Self = Self { tags: 1, ..Self::NOTHING };
    pub(crate) const LOG: Self = Self { logs: 1, ..Self::NOTHING };
    pub(crate) const LOG_FIELD: Self = Self { log_fields: 1, ..Self::NOTHING };

    pub(crate) fn add(&mut self, other: Self) {
        self.spans = self.spans.saturating_add(other.spans);
        self.tags = self.tags.saturating_add(other.tags);
        self.logs = self.logs.saturating_add(other.logs);
        self.log_fields = self.log_fields.saturating_add(other.log_fields);
        self.refs = self.refs.saturating_add(other.refs);
    }

    /// Returns an attribute for each count that is not 0.
    pub(crate) fn sides(self) -> impl Iterator<Item = Attribute> {
        let counts = [
            ("refs", self.refs),
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
    /// Started by this process: its number.
    Own(u64),
    /// Started elsewhere: the range of its id in the segment's text, in Base64 and checked.
    Foreign { offset: u32, length: u32 },
}

impl Default for Trace {
    fn default() -> Self {
        Self::Own(0)
    }
}
