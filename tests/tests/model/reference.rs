//! The model: segments and spans in lists, and one place, which is handed on in words: who enters
//! something says so, and who leaves it.
//!
//! The rules are those of the documentation, as plain as they can be said: here how spans open and
//! what is said of them, in `ends` how they end. What the tracer reported in the end is compared in
//! `shown`.

mod ends;
mod handles;
mod parts;
mod passed;
mod unrecorded;

use std::collections::BTreeMap;

use skywalking_runtime::stats::Diagnostic;

use super::plan::{Site, Which};

pub(crate) use passed::Message;
use passed::Pairs;
use unrecorded::Over;

/// Where a piece of code is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Nowhere: what opens begins a trace.
    Nowhere,
    /// In a request that is left out, which has a trace all the same.
    LeftOut { segment: usize },
    /// In the span with this number, as the level-th of those that are one with it.
    Span { number: usize, level: u16 },
    /// In one of the spans that found no room, below that place.
    Over { number: usize, level: u16, over: usize },
}

/// A span that was opened.
#[derive(Clone, Debug)]
pub(crate) struct Own {
    pub(crate) place: Place,
    /// It is the first of its segment.
    is_root: bool,
    /// What it was when its future was first put aside.
    first: Option<Kept>,
}

#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact by itself; a model is to be read, not to be small"
)]
pub(crate) struct Recorded {
    pub(crate) name: String,
    pub(crate) kind: &'static str,
    /// An integration opened it.
    is_fallback: bool,
    peer: &'static str,
    segment: usize,
    /// The part of its segment that it is reported with.
    part: usize,
    /// In the same part.
    pub(crate) parent: Option<usize>,
    pub(crate) refs: Vec<Ref>,
    pub(crate) is_error: bool,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) logs: Vec<&'static str>,
    /// What it began as, whatever it is in this part.
    began: &'static str,
    /// Its call was counted when another span began: it goes on for that, or would be one with it.
    pub(crate) is_counted: bool,
    pub(crate) is_open: bool,
    /// It has left with a part of its segment that is over; where it was open, this one goes on
    /// for it.
    is_told: bool,
    goes_on: Option<usize>,
    /// The handle that ends it.
    pub(crate) handle: Option<usize>,
    levels: u16,
    parent_level: u16,
    /// The panic that was told by one that is one with it.
    panic_told: usize,
    is_dropping: bool,
}

/// A reference to a span of another segment.
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
    /// What goes along with its trace.
    pairs: Pairs,
    /// It goes on in a new part when it has grown too large or too old, the next time that it can.
    pub(crate) parts: Vec<Part>,
    is_due: bool,
}

/// What is reported at one time.
#[derive(Debug, Default)]
pub(crate) struct Part {
    /// None: a span that was told with an earlier part.
    pub(crate) places: Vec<Option<usize>>,
    /// Who has each of them, told or not.
    holders: Vec<usize>,
    /// The first Entry, if it began in an earlier part.
    entry: Option<usize>,
    /// Spans that found no room.
    pub(crate) left_out: usize,
}

/// What a handle said of a span whose end it has.
#[derive(Debug, Default)]
pub(crate) struct Handle {
    /// None: nothing is recorded.
    span: Option<usize>,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) is_error: bool,
    /// It was not dropped before.
    pub(crate) is_finished: bool,
}

/// What a snapshot must know.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    place: Place,
    endpoint: String,
    pairs: Pairs,
}

/// All spans of a program.
#[derive(Debug)]
pub(crate) struct Model {
    limit: usize,
    /// Roots are recorded.
    pub(crate) samples: bool,
    pub(crate) now: Place,
    pub(crate) spans: Vec<Recorded>,
    overs: Vec<Over>,
    pub(crate) segments: Vec<Segment>,
    pub(crate) kept: Vec<Kept>,
    pub(crate) messages: Vec<Message>,
    pub(crate) handles: Vec<Handle>,
    /// What must have been counted.
    pub(crate) counts: BTreeMap<&'static str, u64>,
    names: usize,
    traces: usize,
    panics: usize,
}

/// The most spans that are one with another at a time.
const LEVELS: u16 = 15;

impl Model {
    pub(crate) fn new(limit: u16) -> Self {
        Self {
            limit: limit.into(),
            samples: true,
            now: Place::Nowhere,
            spans: Vec::new(),
            overs: Vec::new(),
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

    /// A name that no other span has.
    pub(crate) fn name(&mut self) -> String {
        self.names += 1;
        format!("span {}", self.names)
    }

    fn count(&mut self, reason: Diagnostic) {
        *self.counts.entry(reason.name()).or_default() += 1;
    }

    fn segment_of(&self, place: Place) -> Option<usize> {
        match place {
            Place::Nowhere => None,
            Place::LeftOut { segment } => Some(segment),
            Place::Span { number, .. } | Place::Over { number, .. } => {
                Some(self.spans[number].segment)
            }
        }
    }

    /// The trace at hand.
    pub(crate) fn trace(&self) -> Option<usize> {
        self.segment_of(self.now).map(|segment| self.segments[segment].trace)
    }

    /// What is open of a segment now.
    fn part(&mut self, segment: usize) -> &mut Part {
        let parts = &mut self.segments[segment].parts;
        parts.last_mut().expect("a segment has a part")
    }

    /// What stands for a segment: its first Entry, else its first span.
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
            is_told: false,
            goes_on: None,
            handle: None,
            levels: 0,
            parent_level: parent.map_or(0, |(_, level)| level),
            panic_told: 0,
            is_dropping: false,
            began: kind,
            is_counted: false,
        });
        Place::Span { number, level: 0 }
    }

    fn begun(&mut self, place: Place, is_root: bool) -> Own {
        self.now = place;
        Own { place, is_root, first: None }
    }

    /// A child opens, and is one with nobody.
    fn open_child(&mut self, name: &str, kind: &'static str) -> Option<Own> {
        let now = self.now;
        let (Place::Span { number, level } | Place::Over { number, level, .. }) = now else {
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

    /// A span opens here, and reads a message perhaps.
    pub(crate) fn open(&mut self, site: Site, name: &str, read: Option<Which>) -> Option<Own> {
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
                // An Entry has the name of the innermost one, an Exit that of the outermost one;
                // the program's replaces an integration's.
                if !is_fallback && (kind == "Entry" || outer.is_fallback) {
                    name.clone_into(&mut outer.name);
                }
                outer.levels += 1;
                self.begun(Place::Span { number, level: level + 1 }, false)
            }
            Place::Span { .. } | Place::Over { .. } => {
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
            // A middleware and a handler read the same header, or one span sent several: one
            // parent, one ref of each span.
            let is_known = |to: &Ref| to.kind == message.kind && to.number == message.number;
            if !self.spans[number].refs.iter().any(is_known) {
                self.spans[number].refs.push(message);
            }
        }
        Some(own)
    }

    fn call(&mut self, place: Place, site: Site) {
        let is_fallback = matches!(site, Site::EntryFallback | Site::ExitFallback);
        if let Place::Over { over, .. } = place {
            self.overs[over].peer = site.peer();
        }
        if let Some(span) = self.at(place) {
            span.peer = site.peer();
            span.is_fallback = is_fallback;
        }
    }

    fn merges(&self, number: usize, level: u16, kind: &str) -> bool {
        self.would_merge(number, level, kind) && self.spans[number].kind == kind
    }

    /// The same, had the outer one not left with an earlier part of its segment, or moved.
    fn would_merge(&self, number: usize, level: u16, kind: &str) -> bool {
        let outer = &self.spans[number];
        kind != "Local"
            && outer.began == kind
            && outer.is_open
            && outer.levels == level
            && level < LEVELS
    }

    /// A guard finds nothing to be a child of.
    pub(crate) fn orphan(&mut self) {
        self.count(Diagnostic::ChildWithoutContext);
    }

    /// A request that is left out whatever the sampler says.
    pub(crate) fn ignore(&mut self) -> Option<Own> {
        (self.now == Place::Nowhere).then(|| {
            let trace = self.new_trace();
            let segment = self.new_segment(trace, Pairs::new());
            self.begun(Place::LeftOut { segment }, true)
        })
    }

    /// A snapshot of where one is.
    pub(crate) fn keep(&self) -> Kept {
        self.kept_at(self.now)
    }

    fn kept_at(&self, place: Place) -> Kept {
        Kept { place, endpoint: self.endpoint(place), pairs: self.pairs_at(place) }
    }

    /// What a snapshot was taken of goes on here: below it if that is where one is, else in a
    /// segment of its own.
    pub(crate) fn go_on(&mut self, kept: &Kept, name: &str) -> Option<Own> {
        let from = self.segment_of(kept.place)?;
        if self.segment_of(self.now) == Some(from) {
            return match self.now {
                Place::LeftOut { .. } => Some(self.begun(self.now, false)),
                _ => self.open_child(name, "Local"),
            };
        }
        Some(self.open_elsewhere(kept.clone(), name))
    }

    fn open_elsewhere(&mut self, kept: Kept, name: &str) -> Own {
        let Kept { place: from, endpoint, pairs } = kept;
        let trace = self.segment_of(from).map_or(0, |segment| self.segments[segment].trace);
        let segment = self.new_segment(trace, pairs);
        let (Place::Span { number, .. } | Place::Over { number, .. }) = from else {
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
                self.spans.get_mut(number).filter(|span| !span.is_told)
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
