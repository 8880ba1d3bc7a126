//! A span that is about to open: whether it will be recorded, and what is known of it before it begins.
//!
//! All that the program's own code does for a span (arguments, `Display`, a carrier's `header`) happens here, in the caller's context
//! and before the clock of the span runs. A child's entries go straight into the segment in the slot, in a list of its own that the
//! record takes over when it opens; a root's go into the segment that it will put there.

use std::fmt::{self, Debug, Display};

use super::callsite::{Callsite, Kind};
use super::record::{Side, SideKind, Trace};
use super::root;
use super::scope::{self, Begun, Scope};
use super::segment::Segment;
use super::slot;
use super::tag::{Raw, Recorder, SpanText, TagDisplay};
use super::tally::{self, Reason};
use super::text::{self, NAME_LIMIT, PEER_LIMIT, TAG_LIMIT};
use super::thread;
use crate::propagation::carrier::{self, Extract};
use crate::propagation::extension::{self, Extension};
use crate::propagation::others::{self, Others, Parent};
use crate::propagation::{correlation, sw8};
use crate::tracer::{self, Inbound, OtherContexts};

/// The refs of one span, at most: the Java agent's limit too.
pub(super) const REFS_LIMIT: usize = 500;

/// A span that is about to open.
#[must_use = "an opening is no span yet: `enter` or `begin` makes it one"]
#[derive(Debug)]
pub struct Opening {
    callsite: &'static Callsite,
    place: Place,
    /// The list of side entries that the record will take over. Where there is no room for one: the number under which the address is kept.
    head: u32,
    /// Where the entry stands that says how long the message was on its way, as in [`Record::side`](super::record::Record::side).
    latency: u32,
    /// It was given a name of its own.
    named: bool,
    /// The segment that is in the slot; 0 if there is none.
    key: u64,
    /// The segment that a root will put into the slot.
    root: Option<Box<Segment>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Nobody has asked yet.
    Unknown,
    /// Nothing will be opened.
    Nowhere,
    /// A child in the segment of the slot.
    Child,
    /// The same, but there is no room for its record.
    Full,
    /// One with the current span, whose entries are its own.
    Merged,
    /// A child of an unsampled request.
    Unsampled,
    /// A root, and whether it is recorded is not decided: the context that came with the request and the name may still be said.
    Undecided,
    Root,
}

impl Opening {
    /// A span of `callsite` is about to open here.
    #[inline]
    pub fn new(callsite: &'static Callsite) -> Self {
        let place = if tracer::enabled() { Place::Unknown } else { Place::Nowhere };
        Self { callsite, place, head: 0, latency: 0, named: false, key: 0, root: None }
    }

    /// The request is left out: nothing of it is recorded, nor of what is below. With a context it is only no span of its own.
    pub(super) fn ignore(&mut self) {
        if self.place == Place::Unknown {
            self.root = slot::with(|_| ()).is_none().then(root::unsampled_segment).flatten();
            self.place = if self.root.is_some() { Place::Root } else { Place::Nowhere };
        }
    }

    #[inline(never)]
    fn decide(&mut self) -> Place {
        let found = slot::with(|segment| {
            self.key = segment.key;
            if !segment.sampled {
                Place::Unsampled
            } else if segment.merges(self.callsite.kind) {
                segment.take_over(self.callsite);
                Place::Merged
            } else if segment.is_full() {
                Place::Full
            } else {
                Place::Child
            }
        });
        self.place = found.unwrap_or_else(|| self.decide_root());
        self.place
    }

    #[cold]
    fn decide_root(&mut self) -> Place {
        self.root = root::segment_for(self.callsite);
        if self.root.is_some() { Place::Undecided } else { Place::Nowhere }
    }

    /// Decides about a root by what is known now.
    #[cold]
    fn settle(&mut self) {
        self.root = self.root.take().and_then(|segment| root::decide(segment, self.callsite, self.head));
        self.place = if self.root.is_some() { Place::Root } else { Place::Nowhere };
    }

    /// True if nothing that is still to be said can save the root.
    #[cold]
    fn is_refused(&mut self) -> bool {
        let refused = self.root.as_mut().is_some_and(|segment| root::refuses(segment));
        if refused {
            self.place = Place::Root;
        }
        refused
    }

    #[inline]
    fn place(&mut self) -> Place {
        if self.place == Place::Unknown { self.decide() } else { self.place }
    }

    /// True if the context in a carrier would be used.
    #[inline]
    pub fn wants_headers(&mut self) -> bool {
        matches!(self.place(), Place::Undecided | Place::Root | Place::Child | Place::Merged)
    }

    /// True if a name would be used: only then is its expression to be evaluated. Of a request that is not decided about, it is what decides.
    #[inline]
    pub fn naming(&mut self) -> bool {
        match self.place() {
            Place::Undecided => !self.is_refused(),
            Place::Full => false,
            _ => self.recording(),
        }
    }

    /// The same of peer and tags, which may be said before the name: such a request is decided about when it is named, or opens.
    #[inline]
    pub(super) fn accepting(&mut self) -> bool {
        if self.place() == Place::Undecided && !self.named { !self.is_refused() } else { self.recording() }
    }

    /// True if peer and tags would be used: only then are their expressions to be evaluated. The name has been said.
    #[inline]
    pub fn recording(&mut self) -> bool {
        if self.place() == Place::Undecided {
            self.settle();
        }
        match self.place {
            Place::Child | Place::Merged => true,
            Place::Root => self.root.as_ref().is_some_and(|segment| segment.sampled),
            // An exit that finds no room is not recorded, but its header is written, and that holds the peer.
            Place::Full => self.callsite.kind == Kind::Exit,
            Place::Unknown | Place::Nowhere | Place::Unsampled | Place::Undecided => false,
        }
    }

    /// Works on the segment that the span will be in, if it will be recorded there.
    #[inline]
    fn with(&mut self, work: impl FnOnce(&mut Segment, &mut u32)) {
        if self.place == Place::Child {
            slot::with_key(self.key, |segment| work(segment, &mut self.head));
        } else if self.place == Place::Merged {
            slot::with_key(self.key, |segment| segment.with_current_list(work));
        } else if let Some(segment) = self.root.as_mut().filter(|segment| segment.sampled) {
            work(segment, &mut self.head);
        }
    }

    /// A tag of text, number or bool.
    pub fn tag(&mut self, key: &'static str, value: Raw<'_>) {
        self.with(|segment, head| segment.tag(head, key, value));
    }

    /// A tag by `Display`.
    pub fn tag_display<T: TagDisplay + ?Sized>(&mut self, key: &'static str, value: &T) {
        self.formatted(format_args!("{value}"), TAG_LIMIT, |segment, head, text| segment.tag(head, key, Raw::Text(text)));
    }

    /// A tag by `Debug`.
    pub fn tag_debug<T: Debug + ?Sized>(&mut self, key: &'static str, value: &T) {
        self.formatted(format_args!("{value:?}"), TAG_LIMIT, |segment, head, text| segment.tag(head, key, Raw::Text(text)));
    }

    /// The operation name; an empty one leaves the callsite's.
    pub fn name<T: SpanText + ?Sized>(&mut self, name: &T) {
        self.named = true;
        match self.place {
            Place::Merged if self.callsite.is_fallback() => {}
            Place::Merged => self.formatted(format_args!("{name}"), NAME_LIMIT, Segment::rename),
            _ => self.formatted(format_args!("{name}"), NAME_LIMIT, Segment::name),
        }
    }

    /// The same of a name in pieces, which are put together where they stay.
    pub(super) fn name_of(&mut self, pieces: &[&str]) {
        self.named = true;
        let merged = self.place == Place::Merged;
        if merged && self.callsite.is_fallback() {
            return;
        }
        self.with(|segment, head| segment.name_pieces(head, pieces));
        if merged {
            slot::with_key(self.key, Segment::renamed);
        }
    }

    /// A tag of text in pieces.
    pub(super) fn tag_of(&mut self, key: &'static str, pieces: &[&str]) {
        self.with(|segment, head| segment.tag_pieces(head, key, pieces));
    }

    /// The address called; an empty one becomes `unknown`.
    pub fn peer<T: SpanText + ?Sized>(&mut self, peer: &T) {
        if self.place == Place::Full {
            // There is no room for the span, but its header needs the peer all the same.
            let mut text = String::new();
            text::format_into(&mut text, format_args!("{peer}"), PEER_LIMIT);
            self.release_muted();
            self.head = slot::with_key(self.key, |segment| segment.reserve_muted(&text)).unwrap_or(0);
            return;
        }
        let merged = self.place == Place::Merged;
        self.formatted(format_args!("{peer}"), PEER_LIMIT, |segment, head, text| {
            // Of two that are one, the outer's counts: it was there first, and a header may have told it.
            if !merged || segment.lacks_peer() {
                segment.peer(head, text);
            }
        });
    }

    /// The address that is kept is of no use.
    #[cold]
    fn release_muted(&mut self) {
        let number = std::mem::take(&mut self.head);
        slot::with_key(self.key, |segment| segment.release_muted(number));
    }

    /// Formats a value in a scratch while the slot stays as it is, since the value's own code may open spans.
    fn formatted(&mut self, args: fmt::Arguments<'_>, limit: usize, work: impl FnOnce(&mut Segment, &mut u32, &str)) {
        if self.place == Place::Full {
            return;
        }
        let mut scratch = String::new();
        self.with(|segment, _| scratch = segment.take_scratch());
        text::format_into(&mut scratch, args, limit);
        self.with(|segment, head| {
            work(segment, head, &scratch);
            segment.return_scratch(scratch);
        });
    }

    /// The context that came with a request: a root goes on with its trace, a child refers to it.
    pub fn extract<C: Extract + ?Sized>(&mut self, carrier: &C) {
        let inbound = match (&self.root, self.place) {
            (Some(segment), _) => Some(segment.tracer.settings.inbound),
            (None, Place::Child | Place::Merged) => slot::with_key(self.key, |segment| segment.tracer.settings.inbound),
            _ => None,
        };
        if inbound != Some(Inbound::Accept) {
            return;
        }
        // A carrier may give a header more than once; the first is the one that counts, as with HTTP's own single-value headers.
        if let Some(header) = carrier::read(carrier, sw8::HEADER).filter(|header| !header.is_empty()) {
            match sw8::check(&header) {
                Ok(parts) => self.refer(&header, &parts),
                Err(reason) => tally::count(reason),
            }
        }
        if let Some(header) = carrier::read(carrier, correlation::HEADER).filter(|header| !header.is_empty()) {
            self.with_any(|segment| {
                let limits = segment.tracer.settings.correlation;
                segment.passed.correlation.read(&header, limits);
            });
            self.tag_correlation();
        }
        if let Some(header) = carrier::read(carrier, extension::HEADER).filter(|header| !header.is_empty()) {
            self.extend(Extension::read(&header));
        }
        if self.keeps_others() {
            self.extract_others(carrier);
        }
    }

    fn keeps_others(&self) -> bool {
        let others = match &self.root {
            Some(segment) => Some(segment.tracer.settings.others),
            None => slot::with_key(self.key, |segment| segment.tracer.settings.others),
        };
        others == Some(OtherContexts::Keep)
    }

    /// What other tracers said. Of several requests the first one's counts.
    fn extract_others<C: Extract + ?Sized>(&mut self, carrier: &C) {
        if let Some(header) = carrier::read_other(carrier, others::TRACEPARENT) {
            if let Some(parent) = Parent::parse(&header) {
                let state = carrier::read_other(carrier, others::TRACESTATE).filter(|state| {
                    let can = others::can_go_on(state);
                    if !can {
                        tally::count(Reason::OtherContext);
                    }
                    can
                });
                let mut first = false;
                self.with_any(|segment| {
                    first = segment.passed.others.is_none();
                    segment.passed.others.get_or_insert_with(|| Others::new(&header, state.as_deref().unwrap_or_default()));
                });
                if first {
                    self.tag_once(others::TRACE_ID_TAG, parent.trace_id);
                    self.tag_once(others::PARENT_ID_TAG, parent.parent_id);
                }
            } else {
                tally::count(Reason::OtherContext);
            }
        }
        if let Some(id) = carrier::read_other(carrier, others::REQUEST_ID) {
            self.tag_once(others::REQUEST_ID_TAG, &text::clean(&id, others::REQUEST_ID_LIMIT));
        }
    }

    /// A tag of the Entry span, unless it has one.
    fn tag_once(&mut self, key: &'static str, value: &str) {
        if self.callsite.kind != Kind::Entry {
            return;
        }
        self.with(|segment, head| {
            let known = segment.list(*head).any(|side| side.kind == SideKind::Text && side.key == key);
            if !known {
                segment.tag(head, key, Raw::Text(value));
            }
        });
    }

    /// Changes what goes on with the trace, sampled or not.
    fn with_any(&mut self, work: impl FnOnce(&mut Segment)) {
        match &mut self.root {
            Some(segment) => work(segment),
            None => {
                slot::with_key(self.key, |segment| {
                    segment.unshare();
                    work(segment);
                });
            }
        }
    }

    /// Tags for what came along under the keys that are set to be tags.
    fn tag_correlation(&mut self) {
        self.with(Segment::tag_correlation);
    }

    fn extend(&mut self, extension: Extension) {
        if extension.skip_analysis {
            self.with_any(|segment| segment.passed.skip_analysis = true);
        }
        // Only who consumes a message can say when it came. Of a batch the last one counts, as for the OAP.
        let Some(latency) = extension.latency().filter(|_| self.callsite.kind == Kind::Entry) else { return };
        let new = Side::number(extension::LATENCY, SideKind::Uint, latency);
        let mut place = self.latency;
        self.with(|segment, head| {
            let at = (place as usize).checked_sub(1);
            if let Some(side) = at.and_then(|at| segment.sides.get_mut(at)).filter(|side| side.key == extension::LATENCY) {
                *side = Side { next: side.next, ..new };
            } else if segment.push(head, new) {
                place = *head;
            }
        });
        self.latency = place;
    }

    /// The contexts that came with a batch: the first one's trace goes on, all of them are referred to.
    pub fn extract_each<I>(&mut self, carriers: I)
    where
        I: IntoIterator<Item: Extract>,
    {
        each_within_limit(carriers, |carrier| {
            let room = self.has_room_for_refs();
            if room {
                self.extract(carrier);
            }
            room
        });
    }

    fn refer(&mut self, header: &str, parts: &sw8::Parts) {
        if let Some(segment) = &mut self.root {
            #[cfg(feature = "testing")]
            if segment.scope == 0 {
                segment.scope = crate::testing::scope_of_header(header, parts);
            }
            if !segment.sampled {
                // Nothing will be recorded, but the trace has an id, and it is this one: of a batch, the first.
                if matches!(segment.trace, Trace::Own(_))
                    && let Some(range) = segment.store(&header[parts.trace.clone()])
                {
                    segment.trace = Trace::Foreign { offset: range.offset, length: range.length };
                }
                return;
            }
        }
        if !self.has_room_for_refs() {
            tally::count(Reason::RefLimit);
            return;
        }
        self.with(|segment, head| {
            // Up to who the parent is; the sampling flag before it is one character.
            let parent = parts.trace.start..parts.service.start;
            let known = segment.list(*head).filter(|side| side.kind == SideKind::Sw8Ref).any(|side| {
                let stored = segment.text.get(side.a as usize..(side.a + side.b) as usize).unwrap_or_default();
                stored.get(parent.clone()) == header.get(parent.clone())
            });
            if known {
                // A middleware and a handler read the same header, or one span sent several messages of a batch: one parent, one ref. An
                // endpoint that was renamed between two of them makes no second one. Two Entry spans of a segment have one each: without, the
                // OAP would draw a call from its user to the second.
                return;
            }
            let Some(range) = segment.store(header) else { return };
            // Also where a middleware opened the segment and its handler reads the header, as long as the trace's id has not left.
            if segment.can_join() {
                #[expect(clippy::cast_possible_truncation, reason = "a place in a header of at most 4096 bytes")]
                let (from, length) = (parts.trace.start as u32, parts.trace.len() as u32);
                segment.trace = Trace::Foreign { offset: range.offset + from, length };
            }
            segment.push(head, Side { key: "", a: range.offset, b: range.length, next: 0, kind: SideKind::Sw8Ref });
        });
    }

    /// True if the span can refer to one more segment. What merges with it counts too.
    fn has_room_for_refs(&mut self) -> bool {
        let mut refs = 0;
        self.with(|segment, head| {
            // Nearly every span has none yet.
            if segment.sides.len() >= REFS_LIMIT {
                refs = segment.list(*head).filter(|side| side.kind == SideKind::Sw8Ref).count();
            }
        });
        refs < REFS_LIMIT
    }

    /// Opens the span on this thread; it closes when the guard drops.
    #[inline]
    pub fn enter(self) -> Scope {
        self.open().into_scope()
    }

    /// Opens the span inside a [`Traced`](super::traced::Traced) future, which closes it.
    #[inline]
    pub fn begin(self) {
        scope::begin_for_future(|| self.open());
    }

    #[inline(never)]
    fn open(mut self) -> Begun {
        if self.place() == Place::Undecided {
            self.settle();
        }
        match self.place {
            Place::Unknown | Place::Undecided | Place::Nowhere => Begun::NOTHING,
            Place::Unsampled => Begun::unsampled(self.key),
            Place::Full if self.head != 0 => {
                let number = std::mem::take(&mut self.head);
                let opened = slot::with_key(self.key, |segment| segment.open_reserved(number));
                opened.map_or(Begun::NOTHING, |opened| Begun::child(self.key, opened))
            }
            Place::Child | Place::Full | Place::Merged => {
                let merged = self.place == Place::Merged;
                let opened = slot::with_key(self.key, |segment| {
                    // An argument's code may have left something open since.
                    let still = merged && segment.merges(self.callsite.kind);
                    if still { segment.open_level() } else { segment.open_as(self.callsite, self.head, 0) }
                });
                opened.map_or(Begun::NOTHING, |opened| Begun::child(self.key, opened))
            }
            Place::Root => match self.root.take() {
                Some(segment) => root::begin(segment, self.callsite, self.head, 0),
                None => Begun::NOTHING,
            },
        }
    }
}

/// Hands on the carriers of a batch until there is no room for one. Counts those that are left.
pub(super) fn each_within_limit<C>(carriers: impl IntoIterator<Item = C>, mut take: impl FnMut(&C) -> bool) {
    let mut carriers = carriers.into_iter();
    while let Some(carrier) = carriers.next() {
        if !take(&carrier) {
            // Where the iterator doesn't know how many are left, it is this one at least.
            let left = carriers.size_hint().0.saturating_add(1);
            tally::count_many(Reason::RefLimit, u64::try_from(left).unwrap_or(u64::MAX));
            break;
        }
    }
}

/// Opens the span of a future of which nothing is known but its callsite. One call, so that a thousand futures stay small.
#[inline(never)]
pub fn begin(callsite: &'static Callsite) {
    if tracer::enabled() {
        Opening::new(callsite).begin();
    }
}

impl Recorder for Opening {
    fn tag(&mut self, key: &'static str, value: Raw<'_>) {
        Self::tag(self, key, value);
    }

    fn tag_display<T: Display + ?Sized>(&mut self, key: &'static str, value: &T) {
        Self::tag_display(self, key, value);
    }
}

impl Drop for Opening {
    #[inline]
    fn drop(&mut self) {
        // An argument panicked or returned: the segment was never begun.
        if let Some(segment) = self.root.take() {
            thread::give_back(segment);
        }
        if self.place == Place::Full && self.head != 0 {
            self.release_muted();
        }
    }
}
