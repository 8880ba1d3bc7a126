//! The segments of a span that has opened.

use std::borrow::Cow;
use std::sync::Arc;

use crate::context::current_segment;
use crate::context::entered::{self, Before};
use crate::context::quiet;
use crate::context::thread_state;
use crate::segment::{Segment, SegmentIdentity, SpanRef};
use crate::span::callsite::Callsite;
use crate::span::kind::SpanKind;
use crate::span::record::Record;
use crate::trace::movable::changes::Change;
use crate::trace::movable::is_current;
use crate::trace::root;
use crate::tracer;
use crate::util::clock;
use crate::util::diagnostics::{self, Diagnostic};
use crate::util::text;

/// The first span of a segment.
const FIRST: SpanRef = SpanRef::FIRST;

/// Where the first record of a span is.
#[derive(Debug)]
pub(super) struct Home {
    pub(super) key: u64,
    pub(super) opened: SpanRef,
    pub(super) shared: Arc<SegmentIdentity>,
}

/// A span that has opened.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) home: Home,
    /// The name of visits.
    pub(super) name: Cow<'static, str>,
    /// The peer of an Exit span, for headers that visits write.
    pub(super) peer: Option<Box<str>>,
    pub(super) own: OwnSegments,
    /// True once the span was entered.
    pub(super) entered: bool,
}

/// A segment whose first span is this one.
#[derive(Debug)]
pub(super) struct Own {
    key: u64,
    /// `None` while it is in use, or after it has ended.
    parked: Option<Box<Segment>>,
}

/// The segments whose first span is this one.
#[derive(Debug, Default)]
pub(super) struct OwnSegments {
    first: Option<Own>,
    more: Vec<Own>,
}

impl OwnSegments {
    pub(super) fn of(segment: &Segment) -> Self {
        Self { first: Some(Own { key: segment.key(), parked: None }), more: Vec::new() }
    }

    fn iter_mut(&mut self) -> impl Iterator<Item = &mut Own> {
        self.first.iter_mut().chain(&mut self.more)
    }

    fn find(&mut self, key: u64) -> Option<&mut Own> {
        self.iter_mut().find(|own| own.key == key)
    }

    fn add(&mut self, key: u64) {
        let own = Own { key, parked: None };
        if self.first.is_none() {
            self.first = Some(own);
        } else {
            self.more.push(own);
        }
    }

    fn take_free(&mut self) -> Option<Box<Segment>> {
        self.iter_mut().find_map(|own| own.parked.take())
    }
}

impl Open {
    /// Makes the span current if one of its segments is in the slot.
    pub(super) fn enter_here(
        &mut self,
        callsite: &'static Callsite,
    ) -> Option<(u64, SpanRef, Before)> {
        let key = current_segment::with(|segment| segment.key())?;
        let opened = if key == self.home.key {
            self.home.opened
        } else {
            self.own.find(key).map(|_| FIRST)?
        };
        if !is_current(key) {
            return None;
        }
        current_segment::with_key(key, |segment| {
            if !segment.is_sampled() {
                return Some((0, FIRST, Before::Nothing));
            }
            let (saved, opened) = segment.reenter(opened, callsite)?;
            Some((key, opened, Before::Current(saved)))
        })
        .flatten()
    }

    /// Takes a segment of the span that is not in use, or begins a new one.
    pub(super) fn take_or_visit(&mut self, callsite: &'static Callsite) -> Option<Box<Segment>> {
        let Some(mut segment) = self.own.take_free() else { return self.visit(callsite) };
        if segment.is_sampled() {
            segment.reenter(FIRST, callsite);
            if segment.is_due() {
                thread_state::split_own(&mut segment);
            }
        }
        Some(segment)
    }

    /// Begins a segment for a thread that enters the span while its other segments are in use or have
    /// ended.
    #[cold]
    fn visit(&mut self, callsite: &'static Callsite) -> Option<Box<Segment>> {
        if !tracer::enabled() || quiet::forbids_roots() {
            return None;
        }
        let shared = &self.home.shared;
        let mut segment =
            thread_state::segment(|settings| Some(shared.sampled && root::may_open(settings)))?;
        segment.join(shared);
        let mut head = 0;
        let mut flags = Record::CONTINUED;
        if segment.is_sampled() {
            let span = self.home.opened.index();
            segment.add_thread_ref(&mut head, shared.id, span, &shared.endpoint);
            match &self.name {
                Cow::Borrowed(name) => segment.static_name(&mut head, name),
                Cow::Owned(name) => segment.name(&mut head, name),
            }
            match callsite.kind {
                SpanKind::Exit => {
                    let peer = self.peer.as_deref().unwrap_or(callsite.peer);
                    segment.keep_called_peer(&mut head, peer);
                }
                // The first record was counted as a call of its endpoint.
                SpanKind::Entry => flags |= Record::SKIP_ANALYSIS,
                SpanKind::Local => {}
            }
        }
        let (_, segment) = root::prepare(segment, callsite, head, flags);
        self.own.add(segment.key());
        Some(segment)
    }

    /// Takes back a segment that left the slot.
    pub(super) fn park(&mut self, segment: Box<Segment>) {
        match self.own.find(segment.key()) {
            Some(own) => own.parked = Some(segment),
            None => thread_state::finish(segment),
        }
    }

    pub(super) fn rename(&mut self, name: &str) {
        if !text::is_blank(name) {
            self.name = Cow::Owned(name.to_owned());
        }
    }

    /// Changes the first record of the span, wherever it is.
    pub(super) fn change(&mut self, change: Change) {
        let Home { key, opened, shared } = &self.home;
        if !shared.sampled {
            return;
        }
        let apply = |segment: &mut Segment| segment.with_span(*opened, |span| change.apply(span));
        let parked = self.own.find(*key).and_then(|own| own.parked.as_mut());
        let applied = match parked {
            Some(segment) => apply(segment),
            None => entered::with_key(*key, apply).unwrap_or(false),
        };
        if !applied {
            diagnostics::count(Diagnostic::DetachedTooLate);
        }
    }

    /// Ends the span.
    pub(super) fn finish(&mut self) {
        let Home { key, opened, .. } = self.home;
        let end = (!self.entered).then(clock::now);
        let mut is_done = false;
        for own in self.own.iter_mut() {
            let Some(mut segment) = own.parked.take() else { continue };
            if own.key == key {
                segment.end_resting(opened, end);
                is_done = true;
            }
            thread_state::finish(segment);
        }
        if !is_done {
            entered::with_key(key, |segment| segment.end_resting(opened, end));
        }
    }
}
