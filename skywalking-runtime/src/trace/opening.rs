//! A span that is about to open: whether it will be recorded, and what is known of it before it
//! begins.
//!
//! All that the program's own code does for a span (arguments, `Display`, a carrier's `header`)
//! happens here, in the caller's context and before the clock of the span runs. A child's entries
//! go straight into the segment in the slot, in a list of its own that the record takes over when
//! it opens; a root's go into the segment that it will put there. What comes with the request is
//! for [`context`].

mod context;

use std::fmt::{self, Debug, Display};

use crate::context::begun::Begun;
use crate::context::current_segment;
use crate::context::other_task;
use crate::context::quiet::Quiet;
use crate::context::thread_state;
use crate::headers::carrier::Extract;
use crate::headers::incoming::IncomingHeaders;
use crate::segment::{NameSource, Segment};
use crate::span::callsite::Callsite;
use crate::span::kind::SpanKind;
use crate::span::tag::{Raw, Recorder, SpanText, TagDisplay};
use crate::trace::root;
use crate::trace::scope::{self, Scope};
use crate::tracer;
use crate::util::text::{self, NAME_LIMIT, PEER_LIMIT, TAG_LIMIT};

pub(crate) use context::each_within_limit;

/// A span that is about to open.
#[must_use = "an opening is no span yet: `enter` or `begin` makes it one"]
#[derive(Debug)]
pub struct Opening {
    callsite: &'static Callsite,
    place: Place,
    /// The list of side entries that the record will take over. Where there is no room for one:
    /// the number under which the address is kept. Where it merges: the list of the outer span
    /// before that.
    head: u32,
    /// Where the entry stands that says how long the message was on its way, as in
    /// [`Record::side`](crate::span::record::Record::side).
    latency: u32,
    /// It was given a name of its own.
    named: bool,
    /// Where it may start a trace.
    starts: Starts,
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
    /// A root, and whether it is recorded is not decided: the context that came with the request
    /// and the name may still be said.
    Undecided,
    Root,
}

/// What a span does that has no parent here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Starts {
    Traces,
    Nothing,
}

/// What the span covers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Runs {
    Call,
    Future,
}

impl Opening {
    /// A span of `callsite` is about to open here.
    #[inline]
    pub fn new(callsite: &'static Callsite) -> Self {
        Self::of(callsite, Starts::Traces)
    }

    /// The same of one that is a child or nothing.
    pub(crate) fn of_child(callsite: &'static Callsite) -> Self {
        Self::of(callsite, Starts::Nothing)
    }

    #[inline]
    fn of(callsite: &'static Callsite, starts: Starts) -> Self {
        let place = if tracer::enabled() { Place::Unknown } else { Place::Nowhere };
        Self { callsite, place, head: 0, latency: 0, named: false, starts, key: 0, root: None }
    }

    /// The request is left out: nothing of it is recorded, nor of what is below. With a context it
    /// is only no span of its own.
    pub(crate) fn ignore(&mut self) {
        if self.place == Place::Unknown {
            self.root =
                current_segment::with(|_| ()).is_none().then(root::unsampled_segment).flatten();
            self.place = if self.root.is_some() { Place::Root } else { Place::Nowhere };
        }
    }

    #[inline(never)]
    fn decide(&mut self) -> Place {
        if self.callsite.kind == SpanKind::Entry
            && self.starts == Starts::Traces
            && other_task::is_here_for_a_span()
        {
            self.place = self.decide_root();
            return self.place;
        }
        let found = current_segment::with(|segment| {
            self.key = segment.key();
            if !segment.is_sampled() {
                return Place::Unsampled;
            }
            segment.begin_opening();
            if segment.merges(self.callsite.kind) {
                self.head = segment.take_over(self.callsite);
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
        if self.starts == Starts::Traces {
            self.root = root::segment_for(self.callsite);
        }
        if self.root.is_some() { Place::Undecided } else { Place::Nowhere }
    }

    /// Decides about a root by what is known now.
    #[cold]
    fn settle(&mut self) {
        self.root =
            self.root.take().and_then(|segment| root::decide(segment, self.callsite, self.head));
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

    /// True if a name would be used: only then is its expression to be evaluated. Of a request that
    /// is not decided about, it is what decides.
    #[inline]
    pub fn naming(&mut self) -> bool {
        match self.place() {
            Place::Undecided => !self.is_refused(),
            Place::Full => false,
            Place::Merged => self.takes_name(),
            _ => self.recording(),
        }
    }

    /// True if the span that this one merges with is to be reported under a name that is computed
    /// for this one.
    #[cold]
    fn takes_name(&self) -> bool {
        current_segment::with_key(self.key, |segment| {
            segment.takes_name(self.head, self.callsite, NameSource::Computed)
        }) == Some(true)
    }

    /// True if the span that this one merges with keeps the tag that it has under this key.
    #[inline]
    fn keeps_tag(&self, key: &str) -> bool {
        self.place == Place::Merged && !self.takes_tag(key)
    }

    #[cold]
    fn takes_tag(&self, key: &str) -> bool {
        current_segment::with_key(self.key, |segment| {
            segment.takes_tag(self.head, self.callsite, key)
        }) == Some(true)
    }

    /// The same of peer and tags, which may be said before the name: such a request is decided
    /// about when it is named, or opens.
    #[inline]
    pub(crate) fn accepting(&mut self) -> bool {
        if self.place() == Place::Undecided && !self.named {
            !self.is_refused()
        } else {
            self.recording()
        }
    }

    /// True if peer and tags would be used: only then are their expressions to be evaluated. The
    /// name has been said.
    #[inline]
    pub fn recording(&mut self) -> bool {
        if self.place() == Place::Undecided {
            self.settle();
        }
        match self.place {
            Place::Child | Place::Merged => true,
            Place::Root => self.root.as_ref().is_some_and(|segment| segment.is_sampled()),
            // An exit that finds no room is not recorded, but its header is written, and that holds
            // the peer.
            Place::Full => self.callsite.kind == SpanKind::Exit,
            Place::Unknown | Place::Nowhere | Place::Unsampled | Place::Undecided => false,
        }
    }

    /// Works on the segment that the span will be in, if it will be recorded there.
    #[inline]
    fn with(&mut self, work: impl FnOnce(&mut Segment, &mut u32)) {
        if self.place == Place::Child {
            current_segment::with_key(self.key, |segment| work(segment, &mut self.head));
        } else if self.place == Place::Merged {
            current_segment::with_key(self.key, |segment| segment.with_current_list(work));
        } else if let Some(segment) = self.root.as_mut().filter(|segment| segment.is_sampled()) {
            work(segment, &mut self.head);
        }
    }

    /// A tag of text, number or bool.
    pub fn tag(&mut self, key: &'static str, value: Raw<'_>) {
        if !self.keeps_tag(key) {
            self.with(|segment, head| segment.tag(head, key, value));
        }
    }

    /// A tag by `Display`.
    pub fn tag_display<T: TagDisplay + ?Sized>(&mut self, key: &'static str, value: &T) {
        if !self.keeps_tag(key) {
            self.formatted(format_args!("{value}"), TAG_LIMIT, |segment, head, text| {
                segment.tag(head, key, Raw::Text(text));
            });
        }
    }

    /// A tag by `Debug`.
    pub fn tag_debug<T: Debug + ?Sized>(&mut self, key: &'static str, value: &T) {
        if !self.keeps_tag(key) {
            self.formatted(format_args!("{value:?}"), TAG_LIMIT, |segment, head, text| {
                segment.tag(head, key, Raw::Text(text));
            });
        }
    }

    /// The operation name; an empty one leaves the callsite's.
    pub fn name<T: SpanText + ?Sized>(&mut self, name: &T) {
        self.named = true;
        match self.place {
            Place::Merged => self.formatted(format_args!("{name}"), NAME_LIMIT, Segment::rename),
            _ => self.formatted(format_args!("{name}"), NAME_LIMIT, Segment::name),
        }
    }

    /// The same of a name in pieces, which are put together where they stay.
    pub(crate) fn name_of(&mut self, pieces: &[&str]) {
        self.named = true;
        self.with(|segment, head| segment.name_pieces(head, pieces));
        if self.place == Place::Merged {
            current_segment::with_key(self.key, Segment::renamed);
        }
    }

    /// A tag of text in pieces.
    pub(crate) fn tag_of(&mut self, key: &'static str, pieces: &[&str]) {
        if !self.keeps_tag(key) {
            self.with(|segment, head| segment.tag_pieces(head, key, pieces));
        }
    }

    /// The address called, or on an Entry span the caller's. An empty one is `unknown` on an Exit
    /// span, and none on others.
    pub fn peer<T: SpanText + ?Sized>(&mut self, peer: &T) {
        if self.place == Place::Full {
            // There is no room for the span, but its header needs the peer all the same.
            let mut text = String::new();
            text::format_into(&mut text, format_args!("{peer}"), PEER_LIMIT);
            let old = self.take_reserved(Place::Full);
            let reserve = |segment: &mut Segment| {
                segment.release_overflow(old);
                segment.reserve_overflow(&text)
            };
            self.head = current_segment::with_key(self.key, reserve).unwrap_or(0);
            return;
        }
        let merged = self.place == Place::Merged;
        let needed = self.callsite.kind == SpanKind::Exit;
        self.formatted(format_args!("{peer}"), PEER_LIMIT, |segment, head, text| {
            // Of two that are one, the outer's counts: it was there first, and a header may have
            // told it.
            if (!merged || segment.lacks_peer()) && (needed || !text::is_blank(text)) {
                segment.peer(head, text);
            }
        });
    }

    /// The number of an exit that finds no room, which keeps its address until it opens; 0 if there
    /// is none.
    fn take_reserved(&mut self, place: Place) -> u32 {
        if place == Place::Full { std::mem::take(&mut self.head) } else { 0 }
    }

    /// Formats a value in a scratch while the slot stays as it is, since the value's own code may
    /// open spans.
    fn formatted(
        &mut self,
        args: fmt::Arguments<'_>,
        limit: usize,
        work: impl FnOnce(&mut Segment, &mut u32, &str),
    ) {
        if self.place == Place::Full {
            return;
        }
        let mut scratch = String::new();
        self.with(|segment, _| scratch = segment.take_scratch());
        {
            let _quiet = Quiet::begin();
            text::format_into(&mut scratch, args, limit);
        }
        self.with(|segment, head| {
            work(segment, head, &scratch);
            segment.return_scratch(scratch);
        });
    }

    /// The context that came with a request: a root goes on with its trace, a child refers to it.
    pub fn extract<C: Extract + ?Sized>(&mut self, carrier: &C) {
        if let Some(others) = self.listens() {
            self.receive(&IncomingHeaders::of(carrier, others), others);
        }
    }

    /// The contexts that came with a batch: the first one's trace goes on, all of them are referred
    /// to.
    pub fn extract_each<I>(&mut self, carriers: I)
    where
        I: IntoIterator<Item: Extract>,
    {
        each_within_limit(carriers, |carrier| {
            let fits = !self.is_ref_limit_reached();
            if fits {
                self.extract(carrier);
            }
            fits
        });
    }

    /// Opens the span on this thread; it closes when the guard drops.
    #[inline]
    pub fn enter(self) -> Scope {
        self.open(Runs::Call).into_scope()
    }

    /// Opens the span inside a [`Traced`](crate::trace::traced::Traced) future, which closes it.
    #[inline]
    pub fn begin(self) {
        scope::begin_for_future(|| self.open(Runs::Future));
    }

    /// An argument panicked or returned.
    #[cold]
    fn abandon(&mut self) {
        if matches!(self.place, Place::Child | Place::Full | Place::Merged) {
            let reserved = self.take_reserved(self.place);
            current_segment::with_key(self.key, |segment| {
                segment.end_opening();
                segment.release_overflow(reserved);
            });
        }
        // Of a root the segment was never begun.
        if let Some(segment) = self.root.take() {
            thread_state::give_back(segment);
        }
    }

    #[inline(never)]
    fn open(mut self, runs: Runs) -> Begun {
        if self.place() == Place::Undecided {
            self.settle();
        }
        match std::mem::replace(&mut self.place, Place::Nowhere) {
            Place::Unknown | Place::Undecided | Place::Nowhere => Begun::NOTHING,
            Place::Unsampled => Begun::unsampled(self.key),
            place @ (Place::Child | Place::Full | Place::Merged) => {
                let merged = place == Place::Merged;
                let reserved = self.take_reserved(place);
                let opened = current_segment::with_key(self.key, |segment| {
                    segment.end_opening();
                    if reserved != 0 {
                        return segment.open_reserved(reserved);
                    }
                    // An argument's code may have left something open since.
                    let still = merged && segment.merges(self.callsite.kind);
                    let head = if merged { 0 } else { self.head };
                    if still {
                        segment.open_level(self.callsite)
                    } else {
                        let flags = segment.flags_inside(self.callsite.kind);
                        segment.open_as(self.callsite, head, flags)
                    }
                });
                opened.map_or(Begun::NOTHING, |opened| Begun::child(self.key, opened))
            }
            Place::Root => match self.root.take() {
                Some(mut segment) => {
                    match runs {
                        Runs::Call => segment.run_as_call(),
                        Runs::Future => segment.run_as_future(),
                    }
                    root::begin(segment, self.callsite, self.head, 0)
                }
                None => Begun::NOTHING,
            },
        }
    }
}

/// Opens the span of a future of which nothing is known but its callsite. One call, so that a
/// thousand futures stay small.
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
        // Else it has opened.
        if self.place != Place::Nowhere {
            self.abandon();
        }
    }
}
