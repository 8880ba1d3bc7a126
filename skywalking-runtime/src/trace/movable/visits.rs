//! The segments of a span that has opened.

use std::borrow::Cow;
use std::sync::Arc;

use crate::context::current_segment;
use crate::context::entered;
use crate::context::frames::Before;
use crate::context::parking::Parking;
use crate::context::quiet;
use crate::context::thread_state;
use crate::segment::{Change, LogContext, Segment, SegmentIdentity, SpanRef};
use crate::span::callsite::Callsite;
use crate::span::kind::SpanKind;
use crate::span::record::Record;
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
struct Own {
    key: u64,
    /// Empty while the segment is in use, and after the reporter has ended it.
    parking: Parking,
    in_use: bool,
}

/// The segments whose first span is this one.
#[derive(Debug, Default)]
pub(super) struct OwnSegments {
    first: Option<Own>,
    more: Vec<Own>,
}

impl OwnSegments {
    pub(super) fn of(segment: &Segment) -> Self {
        Self { first: Some(Own::new(segment.key())), more: Vec::new() }
    }

    fn iter(&self) -> impl Iterator<Item = &Own> {
        self.first.iter().chain(&self.more)
    }

    fn find(&self, key: u64) -> Option<&Own> {
        self.iter().find(|own| own.key == key)
    }

    fn add(&mut self, key: u64) {
        let own = Own::new(key);
        if self.first.is_none() {
            self.first = Some(own);
        } else {
            self.more.push(own);
        }
    }

    fn remove(&mut self, key: u64) {
        if self.first.as_ref().is_some_and(|own| own.key == key) {
            self.first = self.more.pop();
        } else {
            self.more.retain(|own| own.key != key);
        }
    }

    /// Calls `work` with the segment, if it is parked.
    fn with_parked<R>(&self, key: u64, work: impl FnOnce(&mut Segment) -> R) -> Option<R> {
        let own = self.find(key)?;
        let mut segment = own.parking.take()?;
        let result = work(&mut segment);
        own.parking.put(segment);
        Some(result)
    }

    /// Stores a segment that left the slot. Returns it if it is not one of these.
    fn park(&mut self, segment: Box<Segment>) -> Option<Box<Segment>> {
        let key = segment.key();
        let own = self.first.iter_mut().chain(&mut self.more).find(|own| own.key == key);
        let Some(own) = own else { return Some(segment) };
        own.in_use = false;
        own.parking.put(segment);
        None
    }

    /// Takes a segment that is not in use. Forgets those that the reporter has ended.
    fn take_free(&mut self) -> Option<Box<Segment>> {
        loop {
            let own = self.first.iter_mut().chain(&mut self.more).find(|own| !own.in_use)?;
            own.in_use = true;
            let (key, segment) = (own.key, own.parking.take());
            if segment.is_some() {
                return segment;
            }
            self.remove(key);
        }
    }
}

impl Own {
    fn new(key: u64) -> Self {
        Self { key, parking: Parking::claim(), in_use: true }
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
        let segment = root::prepare_visit(segment, callsite, head, flags);
        self.own.add(segment.key());
        Some(segment)
    }

    /// Takes back a segment that left the slot. A visit in which nothing was recorded is dropped.
    pub(super) fn park(&mut self, mut segment: Box<Segment>) {
        let key = segment.key();
        if segment.is_uncounted() && !thread_state::confirm(&mut segment) {
            self.own.remove(key);
            return thread_state::finish(segment);
        }
        if let Some(other) = self.own.park(segment) {
            thread_state::finish(other);
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
        let mut change = Some(change);
        let mut apply = |segment: &mut Segment| {
            change.take().is_some_and(|change| change.apply_to(segment, *opened))
        };
        let applied =
            self.own.with_parked(*key, &mut apply).or_else(|| entered::with_key(*key, &mut apply));
        match (applied, change, &shared.inbox) {
            (Some(false), ..) => diagnostics::count(Diagnostic::RecordedTooLate),
            (None, Some(change), Some(inbox)) => inbox.push(*opened, change),
            _ => {}
        }
    }

    /// Returns the context of a log of the span's first record.
    pub(super) fn log_context(&self) -> LogContext {
        let Home { key, opened, shared } = &self.home;
        let here = |segment: &mut Segment| segment.log_context_of(*opened);
        self.own
            .with_parked(*key, here)
            .or_else(|| entered::with_key(*key, here))
            .unwrap_or_else(|| LogContext::of_span(shared, opened.index()))
    }

    /// Ends the span.
    pub(super) fn finish(&mut self) {
        self.change(Change::Done((!self.entered).then(clock::now)));
        let ended = self.own.iter().filter_map(|own| own.parking.take());
        ended.for_each(thread_state::finish);
    }
}
