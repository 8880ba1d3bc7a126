//! Roots: the first span of a segment, and how one is opened by hand.
//!
//! There is no public guard for a root: it would be put aside over an `.await` sooner or later, and
//! another task would write into its segment. A root lives as long as a call, a closure or a
//! future.

use std::fmt::Display;
use std::future::Future;
use std::sync::Arc;

use crate::context::current_segment;
use crate::context::ended_roots;
use crate::context::quiet;
use crate::context::root_task;
use crate::context::thread_state;
use crate::propagation::carrier::Extract;
use crate::sampling::tail_decision::Trial;
use crate::sampling::{self, Custom, Upstream, Verdict};
use crate::segment::Segment;
use crate::span::callsite::{Callsite, SpanKind};
use crate::span::record::Trace;
use crate::trace::orphans::{self, Origin};
use crate::trace::outbox;
use crate::trace::prepared::Prepared;
use crate::trace::scope::Begun;
use crate::trace::traced::{End, Resumable};
use crate::tracer::{self, Settings, Tracer};
use crate::util::diagnostics::{self, Diagnostic};

/// A segment for a root of `callsite`, or `None` if none is to be opened here. Whether it records
/// is not decided yet: by [`decide`].
#[cold]
pub(crate) fn segment_for(callsite: &'static Callsite, origin: Origin) -> Option<Box<Segment>> {
    if quiet::forbids_roots() {
        return None;
    }
    let mut segment = thread_state::segment(|settings| {
        (callsite.kind != SpanKind::Local || orphans::opens(callsite, origin, settings))
            .then_some(true)
    })?;
    segment.scope = sampling::scope();
    Some(segment)
}

/// Decides whether the segment records, now that the headers of the request have been read and the
/// root's own name, if it has one, is in the list at `head`. The segment comes back, unless it was
/// lost in the program's own sampler.
#[inline]
pub(crate) fn decide(
    mut segment: Box<Segment>,
    callsite: &'static Callsite,
    head: u32,
) -> Option<Box<Segment>> {
    let upstream = upstream(&segment);
    let Tracer { choice, settings, .. } = &*segment.tracer;
    let name = if head == 0 { None } else { segment.given_name(head) };
    let name = name.unwrap_or(callsite.name);
    let left_out = if let Some(reason) = choice.ignored.reason(name) {
        Some(reason)
    } else if outbox::open_segments() >= settings.max_open_segments {
        Some(Diagnostic::UnsampledLiveLimit)
    } else {
        match choice.verdict(segment.key, upstream) {
            Verdict::Sampled => None,
            Verdict::LeftOut(reason) => Some(reason),
            Verdict::Ask(custom) => {
                let (custom, name) = (custom.clone(), name.to_owned());
                return ask(segment, &custom, &name);
            }
        }
    };
    #[cfg(feature = "testing")]
    let left_out = left_out.or_else(|| {
        let asked = upstream == Upstream::Unknown && !sampling::decide(name);
        asked.then_some(Diagnostic::UnsampledSampler)
    });
    if let Some(reason) = left_out {
        leave_out(&mut segment, reason);
    }
    Some(segment)
}

/// True if the request is left out whatever its name is, so that nobody needs to compute that.
pub(crate) fn refuses(segment: &mut Segment) -> bool {
    if segment.tracer.settings.tail_sampling.is_some() {
        // It will be recorded, unless a list has its name.
        return false;
    }
    let refuses = segment.tracer.choice.refuses(segment.key, upstream(segment));
    if refuses {
        leave_out(segment, Diagnostic::UnsampledSampler);
    }
    refuses
}

/// What is known of the request that the segment is for.
fn upstream(segment: &Segment) -> Upstream {
    match segment.trace {
        Trace::Own(_) => Upstream::Unknown,
        Trace::Foreign { .. } => Upstream::Sampled,
    }
}

#[cold]
fn leave_out(segment: &mut Segment, reason: Diagnostic) {
    diagnostics::count(reason);
    if reason == Diagnostic::UnsampledSampler && segment.tracer.settings.tail_sampling.is_some() {
        segment.attached.trial = Some(Arc::new(Trial::new(segment.key)));
    } else {
        segment.leave_out();
    }
}

/// Asks the program's own sampler. Meanwhile the segment has its place and records nothing: so what
/// the sampler does is not traced, and it is not asked about itself.
#[cold]
fn ask(mut segment: Box<Segment>, custom: &Custom, name: &str) -> Option<Box<Segment>> {
    segment.sampled = false;
    let key = segment.key;
    let displaced = current_segment::replace(Some(segment));
    let sampled = custom.takes(name);
    let Some(mut segment) = current_segment::take_key(key) else {
        // What it left there instead is somebody else's, and stays.
        ended_roots::leave(Begun::unsampled_root(key), Some(End::Ready), displaced);
        return None;
    };
    if let Some(displaced) = displaced {
        ended_roots::put_back(displaced);
    }
    segment.sampled = true;
    // What the sampler captured says that nothing is recorded.
    segment.unshare();
    if !sampled {
        leave_out(&mut segment, Diagnostic::UnsampledSampler);
    }
    Some(segment)
}

/// A segment that holds the place of a request that is left out.
#[cold]
pub(crate) fn unsampled_segment() -> Option<Box<Segment>> {
    let mut segment = thread_state::segment(|_| Some(false))?;
    segment.scope = sampling::scope();
    Some(segment)
}

/// True if one more segment may be open. Counts if not.
pub(crate) fn has_room(settings: &Settings) -> bool {
    let below = outbox::open_segments() < settings.max_open_segments;
    if !below {
        diagnostics::count(Diagnostic::UnsampledLiveLimit);
    }
    below
}

/// Opens the root of a segment that somebody else will put into the slot.
pub(crate) fn prepare(
    mut segment: Box<Segment>,
    callsite: &'static Callsite,
    side: u32,
    flags: u16,
) -> (Begun, Box<Segment>) {
    if !segment.sampled {
        return (Begun::unsampled_root(segment.key), segment);
    }
    thread_state::count_opened();
    #[cfg(feature = "testing")]
    crate::testing::segment_opened(segment.scope, segment.id, callsite.name);
    let opened = segment.open_as(callsite, side, flags);
    (Begun::root(segment.key, opened), segment)
}

/// Opens the root and puts its segment into the slot, which was empty when that was decided.
#[cold]
pub(crate) fn begin(
    segment: Box<Segment>,
    callsite: &'static Callsite,
    side: u32,
    flags: u16,
) -> Begun {
    let (begun, segment) = prepare(segment, callsite, side, flags);
    if let Some(other) = current_segment::replace(Some(segment)) {
        root_task::keep(other);
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
    prepared: Prepared,
}

impl Root {
    /// A root of `callsite`.
    pub fn new(callsite: &'static Callsite) -> Self {
        Self { prepared: Prepared::new(callsite) }
    }

    /// Goes on with the context that the carrier holds.
    pub fn extract<C: Extract + ?Sized>(mut self, carrier: &C) -> Self {
        if tracer::enabled() {
            self.prepared.extract(carrier);
        }
        self
    }

    /// Another operation name than the callsite's.
    pub fn name(mut self, name: impl Display) -> Self {
        if tracer::enabled() {
            self.prepared.name(&name);
        }
        self
    }

    /// The address called.
    pub fn peer(mut self, peer: impl Display) -> Self {
        if tracer::enabled() {
            self.prepared.peer(&peer);
        }
        self
    }

    /// Leaves the request out: nothing of it is recorded, nor of what happens below. With a current
    /// context it is only no span of its own.
    ///
    /// ```
    /// use skywalking_runtime::{Callsite, Root, callsite, child, testing, trace_id};
    ///
    /// static HEALTH: Callsite = callsite!(entry, "/health");
    /// static QUERY: Callsite = callsite!(exit, "/query", peer = "db:5432");
    ///
    /// let trees = testing::run(|| {
    ///     Root::new(&HEALTH).ignored().run(|| {
    ///         let _query = child(&QUERY);
    ///         assert!(trace_id().is_some());
    ///     });
    /// });
    /// assert!(trees.is_empty());
    /// ```
    pub fn ignored(mut self) -> Self {
        if tracer::enabled() {
            self.prepared.ignore();
        }
        self
    }

    /// Runs `work` as this span.
    pub fn run<R>(self, work: impl FnOnce() -> R) -> R {
        let _scope = self.prepared.opening_by(Origin::Root).enter();
        work()
    }

    /// Makes the future run as this span. It opens at the first poll and closes when the future is
    /// done or dropped.
    pub fn future<F: Future>(self, future: F) -> impl Future<Output = F::Output> + use<F> {
        self.prepared.by_hand().future(future)
    }

    /// A span that is worked on in steps, by whoever is neither one call nor one future. It opens
    /// at the first step.
    pub fn resumable(self) -> Resumable {
        Resumable::new(self.prepared.by_hand())
    }
}
