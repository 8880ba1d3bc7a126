//! Spans that end by a handle instead of with their scope: for work that a callback, another
//! thread or an actor completes.
//!
//! The handle collects tags and logs in its own buffers, because the segment belongs to another
//! thread. When it ends, it moves them into a cell that it shares with the segment. A segment that
//! ends with empty cells is held by the reporter until they are filled or the segment is too old.
//! Nothing blocks and nothing is locked.

pub(crate) mod cell;

use std::error::Error;
use std::fmt::{Debug, Display};
use std::sync::Arc;

pub(crate) use self::cell::{Detached, Ending, Entry};
use crate::context::current_segment;
use crate::queue::Budget;
use crate::segment::known_peer;
use crate::span::layer::SpanLayer;
use crate::span::tag::{Kept, TagValue};
use crate::trace::current::{CurrentSpan, Shown, kind_of};
use crate::trace::failure::{Failure, Severity};
use crate::trace::snapshot::{Snapshot, capture};
use crate::util::clock;
use crate::util::diagnostics::{self, Diagnostic};
use crate::util::text::{self, NAME_LIMIT, PEER_LIMIT, TAG_LIMIT};

/// The most attributes that a handle collects, and the most bytes of their text. Those above are
/// counted. A segment has the same limits for all of its spans.
const ENTRIES: usize = 1_024;
const TEXT: usize = 256 * 1024;

/// Ends a span when [`finish`](Self::finish) is called, on any thread. [`CurrentSpan::detach`]
/// creates it.
///
/// Tags, logs and errors of the span are added here from then on. If the handle is dropped
/// unfinished, the span ends with the tag `unfinished=true`. The segment is reported when the span
/// has ended, or when the segment is older than
/// [`Config::max_segment_age`](crate::Config::max_segment_age). A shutdown does not wait for it. If
/// segments that wait for handles take half of the queue, the oldest is reported as it is. Anything
/// added after that is lost, and counted as [`Diagnostic::DetachedTooLate`].
///
/// ```
/// use skywalking_runtime::{DetachedSpan, current, exit_span, testing};
///
/// #[exit_span(name = "/jobs/submit", peer = "jobs:9000", layer = rpc)]
/// fn submit() -> DetachedSpan {
///     // Headers are written here as always; the answer comes by a callback.
///     current().detach()
/// }
///
/// let trees = testing::run(|| {
///     let mut call = submit();
///     std::thread::spawn(move || {
///         call.tag("job.id", 7);
///         call.finish();
///     });
/// });
/// assert_eq!(testing::text(&trees), "Exit /jobs/submit layer=RPCFramework peer=jobs:9000 {job.id=7}\n");
/// ```
#[must_use = "the span ends unfinished when its handle drops: keep it until `finish`"]
#[derive(Debug)]
pub struct DetachedSpan {
    /// `None`: nothing is recorded.
    open: Option<Box<Open>>,
    /// Present also where nothing is recorded: work that continues from here must not start a trace
    /// of its own.
    snapshot: Snapshot,
}

#[derive(Debug)]
struct Open {
    cell: Arc<Detached>,
    ending: Ending,
    bytes: usize,
    budget: Budget,
}

impl Open {
    fn push(&mut self, entry: Entry) {
        let bytes = self.bytes + entry.bytes();
        if self.ending.entries.len() >= ENTRIES || bytes > TEXT {
            self.ending.left_out.add(entry.left_out());
            return diagnostics::count(Diagnostic::EntryLimit);
        }
        self.bytes = bytes;
        self.ending.entries.push(entry);
    }

    fn end(mut self, unfinished: bool) {
        self.ending.end = clock::now();
        self.ending.unfinished = unfinished;
        self.ending.reserve(self.bytes, self.budget);
        if !self.cell.fill(self.ending) {
            diagnostics::count(Diagnostic::DetachedTooLate);
        }
    }
}

impl CurrentSpan {
    /// Moves the end of the span into a handle that can be sent to any thread. The span then ends
    /// with [`DetachedSpan::finish`], not with its function, closure or future. It stays current
    /// until its scope ends. The handle does nothing if no span is recorded, or if the span was
    /// detached before.
    pub fn detach(self) -> DetachedSpan {
        let cell =
            current_segment::with(|segment| Some((segment.detach()?, segment.settings().queue)))
                .flatten();
        let open = cell.map(|(cell, budget)| {
            Box::new(Open { cell, ending: Ending::default(), bytes: 0, budget })
        });
        DetachedSpan { open, snapshot: capture() }
    }
}

impl DetachedSpan {
    fn with(&mut self, work: impl FnOnce(&mut Open)) -> &mut Self {
        if let Some(open) = &mut self.open {
            work(open);
        }
        self
    }

    /// Returns true if tags and logs of this handle are recorded.
    pub fn is_recording(&self) -> bool {
        self.open.is_some()
    }

    /// Adds a tag, as [`CurrentSpan::tag`] does.
    pub fn tag(&mut self, key: &'static str, value: impl TagValue) -> &mut Self {
        self.with(|open| open.push(Entry::Tag(key, Kept::new(value.raw()))))
    }

    /// Adds a tag of any type that implements [`Display`].
    pub fn tag_display(&mut self, key: &'static str, value: impl Display) -> &mut Self {
        self.with(|open| open.push(Entry::Tag(key, Kept::Text(text::formatted(&value, TAG_LIMIT)))))
    }

    /// Adds a tag of any type that implements [`Debug`].
    pub fn tag_debug(&mut self, key: &'static str, value: impl Debug) -> &mut Self {
        self.tag_display(key, format_args!("{value:?}"))
    }

    /// Adds a log with one field, at the present time.
    pub fn log(&mut self, key: &'static str, value: impl Display) -> &mut Self {
        self.log_fields(&[(key, &value)])
    }

    /// Adds a log with several fields, at the present time.
    pub fn log_fields(&mut self, fields: &[(&'static str, &dyn Display)]) -> &mut Self {
        self.with(|open| {
            let at = clock::now();
            let fields = fields
                .iter()
                .map(|(key, value)| (*key, text::formatted(*value, TAG_LIMIT)))
                .collect();
            open.push(Entry::Log(at, fields));
        })
    }

    /// Marks the span as failed and logs the error, as [`CurrentSpan::record_error`] does.
    pub fn record_error<E: Error + ?Sized>(&mut self, error: &E) -> &mut Self {
        let source = || error.source();
        self.fail(&Failure {
            kind: kind_of::<E>(),
            message: Some(&Shown(error)),
            source: Some(&source),
            severity: Severity::Error,
        })
    }

    /// Marks the span as failed and logs a message.
    pub fn record_error_message(&mut self, message: impl Display) -> &mut Self {
        self.fail(&Failure {
            kind: "error",
            message: Some(&message),
            source: None,
            severity: Severity::Error,
        })
    }

    fn fail(&mut self, failure: &Failure<'_, '_>) -> &mut Self {
        self.with(|open| {
            let at = clock::now();
            open.push(Entry::Log(at, failure.fields()));
            open.ending.failed = true;
        })
    }

    /// Marks the span as failed without a log: for a response whose status, in a tag, has the
    /// reason.
    pub fn set_error(&mut self) -> &mut Self {
        self.with(|open| open.ending.failed = true)
    }

    /// Sets the operation name, as [`CurrentSpan::set_name`]. An empty name changes nothing. A header
    /// or snapshot that was made before keeps the old one.
    pub fn set_name(&mut self, name: impl Display) -> &mut Self {
        self.with(|open| {
            let name = text::formatted(&name, NAME_LIMIT);
            if !text::is_blank(&name) {
                open.push(Entry::Name(text::clean(&name, NAME_LIMIT).into_owned()));
            }
        })
    }

    /// Sets the peer, as [`CurrentSpan::set_peer`]. A header that was written before keeps the old
    /// one.
    pub fn set_peer(&mut self, peer: impl Display) -> &mut Self {
        self.with(|open| {
            let peer = text::formatted(&peer, PEER_LIMIT);
            let peer = text::clean(known_peer(&peer), PEER_LIMIT).into_owned();
            open.push(Entry::Peer(peer));
        })
    }

    /// Sets the component id, as [`CurrentSpan::set_component`].
    pub fn set_component(&mut self, component: i32) -> &mut Self {
        self.with(|open| open.push(Entry::Component(component)))
    }

    /// Sets the layer, as [`CurrentSpan::set_layer`].
    pub fn set_layer(&mut self, layer: SpanLayer) -> &mut Self {
        self.with(|open| open.push(Entry::Layer(layer as u32)))
    }

    /// Asks the OAP to exclude the span from the metrics, as [`CurrentSpan::skip_analysis`] does.
    pub fn skip_analysis(&mut self) -> &mut Self {
        self.with(|open| open.ending.skip_analysis = true)
    }

    /// Returns a snapshot of the span, for work on other threads that belongs below it. Where the
    /// handle does nothing, this is the snapshot that [`capture`](crate::propagation::capture)
    /// returned there. It is empty without a context.
    pub fn snapshot(&self) -> Snapshot {
        self.snapshot.clone()
    }

    /// Ends the span now.
    pub fn finish(mut self) {
        if let Some(open) = self.open.take() {
            open.end(false);
        }
    }
}

impl Drop for DetachedSpan {
    fn drop(&mut self) {
        if let Some(open) = self.open.take() {
            open.end(true);
        }
    }
}
