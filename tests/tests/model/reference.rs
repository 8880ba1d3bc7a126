//! The model: lists of segments and spans, and the current place. Each step sets the place
//! explicitly when it enters or leaves a span.
//!
//! The rules are those of the documentation, in their simplest form. This file opens spans and sets
//! their attributes, and `ends` ends them. `compare` compares the result with the reported spans.

mod correlation;
mod ends;
mod handles;
mod parts;
mod unrecorded;

use std::collections::BTreeMap;

use skywalking_runtime::stats::Diagnostic;

use super::plan::{Index, Site};

pub(crate) use correlation::Message;
use correlation::Pairs;
use unrecorded::Unrecorded;

/// The place of a piece of code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Outside of any trace: a span starts a new trace.
    Nowhere,
    /// In an ignored request, which still has a trace id.
    LeftOut { segment: usize },
    /// In the span with this number, at this level of merged spans.
    Span { number: usize, level: u16 },
    /// In a span over the limit, below that place.
    Unrecorded { number: usize, level: u16, over: usize },
}

/// A span that was opened.
#[derive(Clone, Debug)]
pub(crate) struct OpenedSpan {
    pub(crate) place: Place,
    /// True for the first span of its segment.
    is_root: bool,
    /// The snapshot of its place when its future was first suspended.
    first: Option<StoredSnapshot>,
}

#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "independent properties")]
pub(crate) struct Recorded {
    pub(crate) name: String,
    pub(crate) kind: &'static str,
    /// An integration opened it.
    is_fallback: bool,
    /// The peer if it is an exit or continues one, otherwise empty.
    peer: &'static str,
    segment: usize,
    /// The part of its segment that reports it.
    part: usize,
    /// A span of the same part.
    pub(crate) parent: Option<usize>,
    pub(crate) refs: Vec<Ref>,
    pub(crate) is_error: bool,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) logs: Vec<&'static str>,
    /// Its original kind, before it continued in this part.
    began: &'static str,
    /// The span limit counted it when another span opened, so it continues or merges into that one.
    pub(crate) is_counted: bool,
    pub(crate) is_open: bool,
    /// It was reported with an earlier part of its segment. If it was open, `continued_by` continues it.
    is_reported: bool,
    continued_by: Option<usize>,
    /// The handle that ends it.
    pub(crate) handle: Option<usize>,
    levels: u16,
    parent_level: u16,
    /// A merged span has already reported this panic.
    last_panic: usize,
    is_dropping: bool,
}

/// A ref to a span of another segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ref {
    pub(crate) kind: &'static str,
    pub(crate) number: usize,
    pub(crate) endpoint: String,
    pub(crate) peer: String,
}

#[derive(Debug)]
pub(crate) struct Segment {
    /// Segments of one trace have the same number here.
    trace: usize,
    /// The correlation context of its trace.
    pairs: Pairs,
    /// It has grown too large or too old, and continues in a new part at the next opportunity.
    pub(crate) parts: Vec<Part>,
    is_due: bool,
}

/// The spans that are reported together.
#[derive(Debug, Default)]
pub(crate) struct Part {
    /// `None` for a span that was reported with an earlier part.
    pub(crate) places: Vec<Option<usize>>,
    /// The span with each id, reported or not.
    holders: Vec<usize>,
    /// The first Entry, if it is in an earlier part.
    entry: Option<usize>,
    /// The number of spans over the limit.
    pub(crate) left_out: usize,
}

/// The entries of a handle whose span was detached.
#[derive(Debug, Default)]
pub(crate) struct Handle {
    /// `None` if nothing is recorded.
    span: Option<usize>,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) is_error: bool,
    /// True until it is dropped.
    pub(crate) is_finished: bool,
}

/// The state of a snapshot.
#[derive(Clone, Debug)]
pub(crate) struct StoredSnapshot {
    place: Place,
    endpoint: String,
    pairs: Pairs,
}

/// All spans of a program.
#[derive(Debug)]
pub(crate) struct Model {
    limit: usize,
    /// Whether new roots are recorded.
    pub(crate) samples: bool,
    pub(crate) now: Place,
    pub(crate) spans: Vec<Recorded>,
    unrecorded: Vec<Unrecorded>,
    pub(crate) segments: Vec<Segment>,
    pub(crate) kept: Vec<StoredSnapshot>,
    pub(crate) messages: Vec<Message>,
    pub(crate) handles: Vec<Handle>,
    /// The expected counts of diagnostics.
    pub(crate) counts: BTreeMap<&'static str, u64>,
    names: usize,
    traces: usize,
    panics: usize,
}

/// The maximum level of merged spans.
const LEVELS: u16 = 15;

impl Model {
    pub(crate) fn new(limit: u16) -> Self {
        Self {
            limit: limit.into(),
            samples: true,
            now: Place::Nowhere,
            spans: Vec::new(),
            unrecorded: Vec::new(),
            segments: Vec::new(),
            kept: Vec::new(),
            messages: Vec::new(),
            handles: Vec::new(),
            counts: BTreeMap::new(),
            names: 0,
            traces: 0,
            panics: 0,
        }
    }

    /// Returns a unique name.
    pub(crate) fn name(&mut self) -> String {
        self.names += 1;
        format!("span {}", self.names)
    }

    fn count(&mut self, reason: Diagnostic) {
        *self.counts.entry(reason.as_str()).or_default() += 1;
    }

    fn segment_of(&self, place: Place) -> Option<usize> {
        match place {
            Place::Nowhere => None,
            Place::LeftOut { segment } => Some(segment),
            Place::Span { number, .. } | Place::Unrecorded { number, .. } => {
                Some(self.spans[number].segment)
            }
        }
    }

    /// Returns the current trace.
    pub(crate) fn trace(&self) -> Option<usize> {
        self.segment_of(self.now).map(|segment| self.segments[segment].trace)
    }

    /// Returns the open part of a segment.
    fn part(&mut self, segment: usize) -> &mut Part {
        let parts = &mut self.segments[segment].parts;
        parts.last_mut().expect("a segment has a part")
    }

    /// Returns the endpoint of a segment: the name of its first Entry, otherwise of its first span.
    fn endpoint(&self, place: Place) -> String {
        let part = self.segment_of(place).and_then(|segment| self.segments[segment].parts.last());
        let Some(part) = part else { return String::new() };
        let first = part.places.first().copied().flatten();
        part.entry
            .or(self.first_entry(part))
            .or(first)
            .map_or_else(String::new, |number| self.spans[number].name.clone())
    }

    fn first_entry(&self, part: &Part) -> Option<usize> {
        part.places.iter().copied().flatten().find(|number| self.spans[*number].kind == "Entry")
    }

    fn new_segment(&mut self, trace: usize, pairs: Pairs) -> usize {
        self.segments.push(Segment { trace, pairs, parts: vec![Part::default()], is_due: false });
        self.segments.len() - 1
    }

    fn new_trace(&mut self) -> usize {
        self.traces += 1;
        self.traces
    }

    fn add(
        &mut self,
        name: &str,
        kind: &'static str,
        segment: usize,
        parent: Option<(usize, u16)>,
    ) -> Place {
        let number = self.spans.len();
        self.part(segment).places.push(Some(number));
        self.part(segment).holders.push(number);
        self.spans.push(Recorded {
            name: name.to_owned(),
            kind,
            is_fallback: false,
            peer: "",
            segment,
            part: self.segments[segment].parts.len() - 1,
            parent: parent.map(|(number, _)| number),
            refs: Vec::new(),
            is_error: false,
            tags: BTreeMap::new(),
            logs: Vec::new(),
            is_open: true,
            is_reported: false,
            continued_by: None,
            handle: None,
            levels: 0,
            parent_level: parent.map_or(0, |(_, level)| level),
            last_panic: 0,
            is_dropping: false,
            began: kind,
            is_counted: false,
        });
        Place::Span { number, level: 0 }
    }

    fn begun(&mut self, place: Place, is_root: bool) -> OpenedSpan {
        self.now = place;
        OpenedSpan { place, is_root, first: None }
    }

    /// Opens a child that does not merge.
    fn open_child(&mut self, name: &str, kind: &'static str) -> Option<OpenedSpan> {
        let now = self.now;
        let (Place::Span { number, level } | Place::Unrecorded { number, level, .. }) = now else {
            return None;
        };
        let segment = self.spans[number].segment;
        let place = match now {
            _ if self.part(segment).places.len() < self.limit => {
                self.add(name, kind, segment, Some((number, level)))
            }
            _ => self.over(kind, number, level, now),
        };
        Some(self.begun(place, false))
    }

    /// Opens a span here, which may read a message.
    pub(crate) fn open(
        &mut self,
        site: Site,
        name: &str,
        read: Option<Index>,
    ) -> Option<OpenedSpan> {
        let (kind, is_fallback) = match site {
            Site::Entry => ("Entry", false),
            Site::EntryFallback => ("Entry", true),
            Site::Exit | Site::ExitAt => ("Exit", false),
            Site::ExitFallback => ("Exit", true),
            Site::Local => ("Local", false),
        };
        let Message { context: message, pairs } =
            read.map_or_else(Message::default, |read| self.messages[read].clone());
        let own = match self.now {
            Place::LeftOut { .. } => self.begun(self.now, false),
            Place::Nowhere => {
                let trace = match &message {
                    Some(message) => self.segments[self.spans[message.number].segment].trace,
                    None => self.new_trace(),
                };
                let segment = self.new_segment(trace, Pairs::new());
                let place = if self.samples {
                    let place = self.add(name, kind, segment, None);
                    self.call(place, site);
                    place
                } else {
                    self.count(Diagnostic::UnsampledSampler);
                    Place::LeftOut { segment }
                };
                self.begun(place, true)
            }
            Place::Span { number, level } if self.merges(number, level, kind) => {
                let outer = &mut self.spans[number];
                // A merged Entry has the name of the innermost span, and an Exit that of the
                // outermost one. A name of the program replaces a name of an integration.
                if !is_fallback && (kind == "Entry" || outer.is_fallback) {
                    name.clone_into(&mut outer.name);
                }
                outer.levels += 1;
                self.begun(Place::Span { number, level: level + 1 }, false)
            }
            Place::Span { .. } | Place::Unrecorded { .. } => {
                let is_counted = matches!(self.now, Place::Span { number, level }
                    if self.would_merge(number, level, kind));
                let own = self.open_child(name, kind)?;
                self.call(own.place, site);
                if let Some(span) = self.at(own.place) {
                    span.is_counted = is_counted;
                }
                own
            }
        };
        if let Place::Span { .. } = own.place {
            self.receive(pairs);
        }
        if let (Some(message), Place::Span { number, .. }) = (message, own.place) {
            // A middleware and a handler may read the same header, or one span may have sent
            // several. A span has one ref to each parent.
            let is_known = |to: &Ref| to.kind == message.kind && to.number == message.number;
            if !self.spans[number].refs.iter().any(is_known) {
                self.spans[number].refs.push(message);
            }
        }
        Some(own)
    }

    fn call(&mut self, place: Place, site: Site) {
        let is_fallback = matches!(site, Site::EntryFallback | Site::ExitFallback);
        if let Place::Unrecorded { over, .. } = place {
            self.unrecorded[over].peer = site.peer();
        }
        if let Some(span) = self.at(place) {
            span.peer = site.peer();
            span.is_fallback = is_fallback;
        }
    }

    fn merges(&self, number: usize, level: u16, kind: &str) -> bool {
        self.would_merge(number, level, kind) && self.spans[number].kind == kind
    }

    /// As `merges`, if the outer span had not been reported with an earlier part, or moved.
    fn would_merge(&self, number: usize, level: u16, kind: &str) -> bool {
        let outer = &self.spans[number];
        kind != "Local"
            && outer.began == kind
            && outer.is_open
            && outer.levels == level
            && level < LEVELS
    }

    /// Opens a guard without a parent.
    pub(crate) fn orphan(&mut self) {
        self.count(Diagnostic::ChildWithoutContext);
    }

    /// Starts an ignored request, regardless of the sampler.
    pub(crate) fn ignore(&mut self) -> Option<OpenedSpan> {
        (self.now == Place::Nowhere).then(|| {
            let trace = self.new_trace();
            let segment = self.new_segment(trace, Pairs::new());
            self.begun(Place::LeftOut { segment }, true)
        })
    }

    /// Takes a snapshot of the current place.
    pub(crate) fn keep(&self) -> StoredSnapshot {
        self.kept_at(self.now)
    }

    fn kept_at(&self, place: Place) -> StoredSnapshot {
        StoredSnapshot { place, endpoint: self.endpoint(place), pairs: self.pairs_at(place) }
    }

    /// Continues from a snapshot: below the current place if that is the snapshot's, otherwise in a
    /// new segment.
    pub(crate) fn continue_from(
        &mut self,
        kept: &StoredSnapshot,
        name: &str,
    ) -> Option<OpenedSpan> {
        let from = self.segment_of(kept.place)?;
        if self.segment_of(self.now) == Some(from) {
            return match self.now {
                Place::LeftOut { .. } => Some(self.begun(self.now, false)),
                _ => self.open_child(name, "Local"),
            };
        }
        Some(self.open_elsewhere(kept.clone(), name))
    }

    fn open_elsewhere(&mut self, kept: StoredSnapshot, name: &str) -> OpenedSpan {
        let StoredSnapshot { place: from, endpoint, pairs } = kept;
        let trace = self.segment_of(from).map_or(0, |segment| self.segments[segment].trace);
        let segment = self.new_segment(trace, pairs);
        let (Place::Span { number, .. } | Place::Unrecorded { number, .. }) = from else {
            return self.begun(Place::LeftOut { segment }, true);
        };
        let place = self.add(name, "Local", segment, None);
        if let Some(span) = self.at(place) {
            span.refs.push(Ref { kind: "CrossThread", number, endpoint, peer: String::new() });
        }
        self.begun(place, true)
    }

    pub(crate) fn rename(&mut self, name: &str) {
        if let Some(span) = self.at(self.now) {
            name.clone_into(&mut span.name);
        }
    }

    fn at(&mut self, place: Place) -> Option<&mut Recorded> {
        match place {
            Place::Span { number, .. } => {
                let number = self.latest(number);
                self.spans.get_mut(number).filter(|span| !span.is_reported)
            }
            _ => None,
        }
    }

    pub(crate) fn tag(&mut self, key: &str, value: &str) {
        if let Some(span) = self.at(self.now) {
            span.tags.insert(key.to_owned(), value.to_owned());
        }
    }

    pub(crate) fn fail(&mut self) {
        if let Some(span) = self.at(self.now) {
            span.is_error = true;
        }
    }
}
