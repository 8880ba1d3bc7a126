//! Roots: the first span of a segment, and how one is opened by hand.
//!
//! There is no public guard for a root: it would be put aside over an `.await` sooner or later, and another task would write into its
//! segment. A root lives as long as a call, a closure or a future.

use std::borrow::Cow;
use std::fmt::Display;
use std::future::Future;

use super::callsite::{Callsite, Kind};
use super::opening::Opening;
use super::outbox;
use super::sampler;
use super::scope::Begun;
use super::segment::Segment;
use super::slot;
use super::tally::{self, Reason};
use super::text::{self, NAME_LIMIT, PEER_LIMIT};
use super::thread;
use super::traced::{Begin, Traced};
use crate::propagation::carrier::{self, Extract};
use crate::propagation::{correlation, sw8};
use crate::tracer::{self, Orphans, Settings};

/// A segment for a root of `callsite`, or `None` if none is to be opened here.
#[cold]
pub(super) fn segment_for(callsite: &'static Callsite) -> Option<Box<Segment>> {
    let mut segment = thread::segment(|settings| {
        if callsite.kind == Kind::Local && settings.orphans == Orphans::Skip {
            tally::count(Reason::OrphanSkipped);
            return None;
        }
        Some(has_room(settings) && sampler::decide(callsite.name))
    })?;
    segment.scope = sampler::scope();
    Some(segment)
}

/// True if one more segment may be open. Counts if not.
pub(super) fn has_room(settings: &Settings) -> bool {
    let below = outbox::open_segments() < settings.live_segments;
    if !below {
        tally::count(Reason::UnsampledLiveLimit);
    }
    below
}

/// Opens the root of a segment that somebody else will put into the slot.
pub(super) fn prepare(mut segment: Box<Segment>, callsite: &'static Callsite, side: u32, flags: u16) -> (Begun, Box<Segment>) {
    if !segment.sampled {
        return (Begun::unsampled_root(segment.key), segment);
    }
    thread::count_opened();
    #[cfg(feature = "testing")]
    crate::testing::segment_opened(segment.scope, segment.key, callsite.name);
    let opened = segment.open_as(callsite, side, flags);
    (Begun::root(segment.key, opened), segment)
}

/// Opens the root and puts its segment into the slot, which was empty when that was decided.
#[cold]
pub(super) fn begin(segment: Box<Segment>, callsite: &'static Callsite, side: u32, flags: u16) -> Begun {
    let (begun, segment) = prepare(segment, callsite, side, flags);
    if let Some(other) = slot::replace(Some(segment)) {
        // An argument's code left something there; it can't be reached any more, so it ends now.
        tally::count(Reason::GuardMisplaced);
        thread::finish(other);
    }
    begun
}

/// Opens a root by hand; with a current context it becomes a child, as with the attributes.
///
/// ```
/// use skywalking_runtime::{Callsite, Root, callsite, child};
///
/// static SNAPSHOT: Callsite = callsite!(entry, "/API/Snapshot", layer = http);
/// static PLAN: Callsite = callsite!(local, "plan");
///
/// let headers = String::new(); // whatever came with the request
/// let answer = Root::new(&SNAPSHOT).extract(&headers).run(|| {
///     let _plan = child(&PLAN);
///     42
/// });
/// assert_eq!(answer, 42);
/// ```
#[must_use = "a root does nothing until `run` or `future`"]
#[derive(Debug)]
pub struct Root {
    callsite: &'static Callsite,
    given: Given,
}

/// What is known of a root before it opens.
#[derive(Debug, Default)]
struct Given {
    sw8: Option<String>,
    correlation: Option<String>,
    name: Option<String>,
    peer: Option<String>,
}

impl Extract for Given {
    fn header(&self, key: &str) -> Option<Cow<'_, str>> {
        let header = match key {
            sw8::HEADER => &self.sw8,
            correlation::HEADER => &self.correlation,
            _ => &None,
        };
        header.as_deref().map(Into::into)
    }
}

/// A copy of a header, unless it is one that would be refused for its length.
fn keep(header: Option<Cow<'_, str>>, limit: usize, reason: Reason) -> Option<String> {
    let header = header?;
    if header.len() > limit {
        tally::count(reason);
        return None;
    }
    Some(header.into_owned())
}

impl Root {
    /// A root of `callsite`.
    pub fn new(callsite: &'static Callsite) -> Self {
        Self { callsite, given: Given::default() }
    }

    /// Goes on with the context that the carrier holds.
    pub fn extract<C: Extract + ?Sized>(mut self, carrier: &C) -> Self {
        if tracer::enabled() {
            self.given.sw8 = keep(carrier::read(carrier, sw8::HEADER), sw8::LIMIT, Reason::Sw8TooLong);
            self.given.correlation =
                keep(carrier::read(carrier, correlation::HEADER), correlation::HEADER_LIMIT, Reason::CorrelationTooLong);
        }
        self
    }

    /// Another operation name than the callsite's.
    pub fn name(mut self, name: impl Display) -> Self {
        if tracer::enabled() {
            self.given.name = Some(text::formatted(&name, NAME_LIMIT));
        }
        self
    }

    /// The address called.
    pub fn peer(mut self, peer: impl Display) -> Self {
        if tracer::enabled() {
            self.given.peer = Some(text::formatted(&peer, PEER_LIMIT));
        }
        self
    }

    fn opening(&self) -> Opening {
        let mut opening = Opening::new(self.callsite);
        if opening.wants_headers() && (self.given.sw8.is_some() || self.given.correlation.is_some()) {
            opening.extract(&self.given);
        }
        if opening.recording() {
            if let Some(name) = &self.given.name {
                opening.name(name);
            }
            if let Some(peer) = &self.given.peer {
                opening.peer(peer);
            }
        }
        opening
    }

    /// Runs `work` as this span.
    pub fn run<R>(self, work: impl FnOnce() -> R) -> R {
        let _scope = self.opening().enter();
        work()
    }

    /// Makes the future run as this span. It opens at the first poll and closes when the future is done or dropped.
    pub fn future<F: Future>(self, future: F) -> impl Future<Output = F::Output> + use<F> {
        Traced::new(Begin::new(move || self.opening().begin(), future))
    }
}
