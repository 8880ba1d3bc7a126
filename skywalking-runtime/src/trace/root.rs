//! Roots: the first span of a segment. A root lives as long as a call, a closure, a future or a
//! resumable span; there is no public guard for it (see [`builder`](crate::trace::builder)).

use crate::context::begun::{Begun, End};
use crate::context::current_segment;
use crate::context::ended_roots;
use crate::context::other_task;
use crate::context::quiet;
use crate::context::thread_state;
use crate::queue;
use crate::sampling::{self, Custom, Upstream, Verdict};
use crate::segment::Segment;
use crate::span::callsite::Callsite;
use crate::span::kind::SpanKind;
use crate::trace::orphans;
use crate::tracer::{Settings, Tracer};
use crate::util::diagnostics::{self, Diagnostic};

/// A segment for a root of `callsite`, or `None` if none is to be opened here. Whether it records
/// is not decided yet: by [`decide`].
#[cold]
pub(crate) fn segment_for(callsite: &'static Callsite) -> Option<Box<Segment>> {
    if quiet::forbids_roots() {
        return None;
    }
    let mut segment = thread_state::segment(|settings| {
        (callsite.kind != SpanKind::Local || orphans::opens(callsite, settings)).then_some(true)
    })?;
    segment.set_scope(sampling::scope());
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
    let Tracer { choice, settings, .. } = segment.tracer();
    let name = if head == 0 { None } else { segment.given_name(head) };
    let name = name.unwrap_or(callsite.name);
    let left_out = if let Some(reason) = choice.ignored.reason(name) {
        Some(reason)
    } else if queue::open_segments() >= settings.max_open_segments {
        Some(Diagnostic::UnsampledLiveLimit)
    } else {
        match choice.verdict(segment.key(), upstream) {
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
    if segment.settings().tail_sampling.is_some() {
        // It will be recorded, unless a list has its name.
        return false;
    }
    let refuses = segment.tracer().choice.refuses(segment.key(), upstream(segment));
    if refuses {
        leave_out(segment, Diagnostic::UnsampledSampler);
    }
    refuses
}

/// What is known of the request that the segment is for.
fn upstream(segment: &Segment) -> Upstream {
    if segment.has_foreign_trace() { Upstream::Sampled } else { Upstream::Unknown }
}

#[cold]
fn leave_out(segment: &mut Segment, reason: Diagnostic) {
    diagnostics::count(reason);
    if reason == Diagnostic::UnsampledSampler && segment.settings().tail_sampling.is_some() {
        segment.start_tail_sampling();
    } else {
        segment.leave_out();
    }
}

/// Asks the program's own sampler. Meanwhile the segment has its place and records nothing: so what
/// the sampler does is not traced, and it is not asked about itself.
#[cold]
fn ask(mut segment: Box<Segment>, custom: &Custom, name: &str) -> Option<Box<Segment>> {
    segment.pause_recording();
    let key = segment.key();
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
    segment.resume_recording();
    if !sampled {
        leave_out(&mut segment, Diagnostic::UnsampledSampler);
    }
    Some(segment)
}

/// A segment that holds the place of a request that is left out.
#[cold]
pub(crate) fn unsampled_segment() -> Option<Box<Segment>> {
    let mut segment = thread_state::segment(|_| Some(false))?;
    segment.set_scope(sampling::scope());
    Some(segment)
}

/// True if one more segment may be open. Counts if not.
pub(crate) fn has_room(settings: &Settings) -> bool {
    let below = queue::open_segments() < settings.max_open_segments;
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
    if !segment.is_sampled() {
        return (Begun::unsampled_root(segment.key()), segment);
    }
    thread_state::count_opened();
    #[cfg(feature = "testing")]
    crate::testing::segment_opened(segment.scope(), segment.id(), callsite.name);
    let opened = segment.open_as(callsite, side, flags);
    (Begun::root(segment.key(), opened), segment)
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
        other_task::keep(other);
    }
    begun
}
