//! Snapshots of the current context, for work in other tasks and threads.
//!
//! A snapshot names a span and its trace. Work that continues from it opens a segment of its own.
//! The root of that segment is a Local span with a CrossThread reference, so that the OAP draws no
//! call from the service to itself. Its name is static, since roots with references become
//! endpoints. If the snapshot's own segment is current, the work is a child in it.

mod continued;
mod extensions;

use std::future::Future;
use std::sync::Arc;

use futures_core::stream::Stream;

use crate::context::begun::Begun;
use crate::context::current_segment;
use crate::context::ended_roots;
use crate::context::other_task;
use crate::context::quiet;
use crate::context::thread_state;
use crate::segment::{Segment, SegmentIdentity};
use crate::span::callsite::Callsite;
use crate::span::kind::SpanKind;
use crate::trace::root;
use crate::trace::scope::Scope;
use crate::tracer;
use crate::util::text;

pub(crate) use continued::Start;
pub use continued::{Continued, ContinuedStream};
pub use extensions::{TracedFn, TracedFuture, TracedStream};

/// The callsite of spans that continue from a snapshot. Their name is an attribute.
static CONTINUED: Callsite = Callsite::located(SpanKind::Local, "continued", file!(), line!());

/// Holds the context of a span, for another task or thread. It is cheap to create and to clone, and
/// empty where nothing is traced.
#[derive(Clone, Debug, Default)]
#[must_use = "a snapshot does nothing until it is used elsewhere"]
pub struct Snapshot {
    shared: Option<Arc<SegmentIdentity>>,
    span: u16,
}

/// Takes a snapshot of the current context.
///
/// ```
/// use skywalking_runtime::{Callsite, callsite, propagation::capture, span};
///
/// static ENTRY: Callsite = callsite!(entry, "/work");
///
/// span(&ENTRY).run(|| {
///     let here = capture();
///     std::thread::spawn(move || here.run("work.part", || 42)).join().unwrap();
/// });
/// ```
pub fn capture() -> Snapshot {
    current_segment::with(|segment| Snapshot {
        shared: Some(segment.share()),
        span: segment.current().index(),
    })
    .unwrap_or_default()
}

impl Snapshot {
    /// Returns true if nothing was traced where the snapshot was taken.
    pub fn is_empty(&self) -> bool {
        self.shared.is_none()
    }

    /// Returns a snapshot of a span.
    pub(crate) fn of_span(shared: &Arc<SegmentIdentity>, span: u16) -> Self {
        Self { shared: Some(Arc::clone(shared)), span }
    }

    /// Returns the segment and the span. `None` if the snapshot is empty.
    pub(crate) fn span(&self) -> Option<(&SegmentIdentity, u16)> {
        Some((self.shared.as_deref()?, self.span))
    }

    fn shared(&self) -> Option<&SegmentIdentity> {
        self.shared.as_deref().filter(|_| tracer::enabled())
    }

    /// Opens a child if the snapshot's own segment is current.
    fn child(&self, name: &'static str) -> Option<Begun> {
        let shared = self.shared()?;
        current_segment::with_key(shared.key, |segment| {
            if !segment.is_sampled() {
                return Begun::unsampled(segment.key());
            }
            let mut head = 0;
            if !segment.is_full() {
                segment.static_name(&mut head, or_default(name));
            }
            Begun::child(segment.key(), segment.open_as(&CONTINUED, head, 0))
        })
    }

    /// Opens a segment that continues from here, unless the snapshot's own is current and belongs
    /// to this task.
    fn root(&self, name: &'static str) -> Option<(Begun, Box<Segment>)> {
        let shared = self.shared()?;
        if (current_segment::with_key(shared.key, |_| ()).is_some() && !other_task::is_elsewhere())
            || quiet::forbids_roots()
        {
            return None;
        }
        let mut segment =
            thread_state::segment(|settings| Some(shared.sampled && root::may_open(settings)))?;
        segment.join(shared);
        let mut head = 0;
        if segment.is_sampled() {
            segment.static_name(&mut head, or_default(name));
            segment.add_thread_ref(&mut head, shared.id, self.span, &shared.endpoint);
        }
        Some(root::prepare(segment, &CONTINUED, head, 0))
    }

    /// Runs `work` in a span that continues from here.
    pub fn run<R>(&self, name: &'static str, work: impl FnOnce() -> R) -> R {
        if let Some((begun, mut segment)) = self.root(name) {
            segment.run_as_call();
            let displaced = current_segment::replace(Some(segment));
            let _frame = Frame { displaced, scope: Some(begun.into_scope()) };
            return work();
        }
        let _scope = self.child(name).unwrap_or_default().into_scope();
        work()
    }

    /// Runs the future in a span that continues from here. The span opens at the first poll.
    pub fn future<F: Future>(self, name: &'static str, future: F) -> Continued<F> {
        Continued::new(self, name, future)
    }

    /// Runs the stream in one span that continues from here. The span opens at the first poll and
    /// counts the `items` in a tag.
    pub fn stream<S: Stream>(self, name: &'static str, stream: S) -> ContinuedStream<S> {
        ContinuedStream::new(self, name, stream)
    }
}

/// Restores what was in the slot when a closure that ran in a segment of its own has ended.
struct Frame {
    displaced: Option<Box<Segment>>,
    /// An option, so that it closes before the displaced segment is restored.
    scope: Option<Scope>,
}

impl Drop for Frame {
    fn drop(&mut self) {
        if let Some(outer) = self.displaced.as_mut().filter(|_| std::thread::panicking()) {
            current_segment::with(|own| own.pass_panic_on(outer));
        }
        let key = self.scope.take().map_or(0, |scope| Begun::of_scope(&scope).key);
        if let Some(displaced) = self.displaced.take() {
            ended_roots::put_back_after(key, displaced);
        }
    }
}

/// Returns the callsite's name in place of a blank one.
fn or_default(name: &'static str) -> &'static str {
    if text::is_blank(name) { CONTINUED.name } else { name }
}
