//! Roots: the first span of a segment. A root lives as long as a call, a closure, a future or a
//! resumable span. There is no public guard for it (see [`builder`](crate::trace::builder)).

use crate::config::settings::Settings;
use crate::context::begun::{Begun, End};
use crate::context::current_segment;
use crate::context::ended_roots;
use crate::context::other_task;
use crate::context::quiet;
use crate::context::thread_state;
use crate::observer;
use crate::queue;
use crate::sampling::{Custom, Upstream, Verdict};
use crate::segment::Segment;
use crate::span::callsite::Callsite;
use crate::span::kind::SpanKind;
use crate::trace::orphans;
use crate::tracer::Tracer;
use crate::util::diagnostics::{self, Diagnostic};

/// Returns a segment for a root of `callsite`, or `None` if none is opened here. [`decide`] decides
/// whether it is sampled.
#[cold]
pub(crate) fn segment_for(callsite: &'static Callsite) -> Option<Box<Segment>> {
    if quiet::forbids_roots() {
        return None;
    }
    let mut segment = thread_state::segment(|settings| {
        (callsite.kind != SpanKind::Local || orphans::opens(callsite, settings)).then_some(true)
    })?;
    segment.set_test(observer::current_test());
    Some(segment)
}

/// Decides whether the segment is sampled. The headers of the request have been read, and the
/// root's own name, if it has one, is in the list at `head`. Returns `None` if the program's own
/// sampler lost the segment.
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
    let left_out = left_out.or_else(|| {
        let asked = upstream == Upstream::Unknown && !observer::samples(name);
        asked.then_some(Diagnostic::UnsampledSampler)
    });
    if let Some(reason) = left_out {
        leave_out(&mut segment, reason);
    }
    Some(segment)
}

/// Returns true if the request is left out whatever its name is, so that the name need not be
/// computed.
pub(crate) fn refuses(segment: &mut Segment) -> bool {
    if segment.settings().tail_sampling.is_some() {
        // It will be recorded, unless its name is on an ignore list.
        return false;
    }
    let refuses = segment.tracer().choice.refuses(segment.key(), upstream(segment));
    if refuses {
        leave_out(segment, Diagnostic::UnsampledSampler);
    }
    refuses
}

/// Returns whether the caller has sampled the request.
fn upstream(segment: &Segment) -> Upstream {
    if segment.has_foreign_trace() { Upstream::Sampled } else { Upstream::Unknown }
}

#[cold]
fn leave_out(segment: &mut Segment, reason: Diagnostic) {
    diagnostics::count(reason);
    if reason == Diagnostic::UnsampledSampler && segment.settings().tail_sampling.is_some() {
        segment.start_tail_sampling();
    } else {
        thread_state::count_ignored();
        segment.leave_out();
    }
}

/// Calls the program's own sampler. Meanwhile the segment is current and unsampled, so the
/// sampler's spans are not recorded and do not call the sampler again.
#[cold]
fn ask(mut segment: Box<Segment>, custom: &Custom, name: &str) -> Option<Box<Segment>> {
    segment.pause_recording();
    let key = segment.key();
    let displaced = current_segment::replace(Some(segment));
    let sampled = custom.takes(name);
    let Some(mut segment) = current_segment::take_key(key) else {
        // The sampler left another segment in the slot, which stays.
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

/// Returns a segment for a request that is left out.
#[cold]
pub(crate) fn unsampled_segment() -> Option<Box<Segment>> {
    let mut segment = thread_state::segment(|_| Some(false))?;
    segment.set_test(observer::current_test());
    Some(segment)
}

/// Returns true if one more segment may be open. Counts if not.
pub(crate) fn may_open(settings: &Settings) -> bool {
    let below = queue::open_segments() < settings.max_open_segments;
    if !below {
        diagnostics::count(Diagnostic::UnsampledLiveLimit);
        thread_state::count_ignored();
    }
    below
}

/// Opens the root of a segment that the caller will put into the slot.
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
    observer::segment_opened(segment.test(), segment.id(), callsite.name);
    let opened = segment.open_as(callsite, side, flags);
    (Begun::root(segment.key(), opened), segment)
}

/// Opens the root of a segment for a span that has others. It is counted and reported only if
/// something is recorded in it.
pub(crate) fn prepare_visit(
    mut segment: Box<Segment>,
    callsite: &'static Callsite,
    side: u32,
    flags: u16,
) -> Box<Segment> {
    if segment.is_sampled() {
        segment.open_as(callsite, side, flags);
        segment.begin_visit();
    }
    segment
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
