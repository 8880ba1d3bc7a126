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

/// Entries that a handle collects, and their text in bytes; what is over is counted. A segment
/// takes no more in all of its spans.
const ENTRIES: usize = 1_024;
const TEXT: usize = 256 * 1024;

/// A span that ends when [`finish`](Self::finish) is called, on whatever thread: made by
/// [`CurrentSpan::detach`].
///
/// What is said of it from then on is said here. Dropped unfinished, it ends the span with the tag
/// `unfinished=true`. Its segment is reported when it is done, or when it has become older than
/// [`Config::max_segment_age`](crate::Config::max_segment_age); a shutdown doesn't wait for it either, and
/// where half of what may wait for the reporter waits for handles, the oldest is reported as it is.
/// What it says after that is lost, and counted as [`Diagnostic::DetachedTooLate`].
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
    /// None: nothing is recorded.
    open: Option<Box<Open>>,
    /// Also where nothing is recorded: what goes on from here shall not begin a trace of its own.
    snapshot: Snapshot,
}

#[derive(Debug)]
struct Open {
    cell: Arc<Detached>,
    said: Ending,
    bytes: usize,
    budget: Budget,
}

impl Open {
    fn push(&mut self, entry: Entry) {
        let bytes = self.bytes + entry.bytes();
        if self.said.entries.len() >= ENTRIES || bytes > TEXT {
            self.said.left_out.add(entry.left_out());
            return diagnostics::count(Diagnostic::EntryLimit);
        }
        self.bytes = bytes;
        self.said.entries.push(entry);
    }

    fn end(mut self, unfinished: bool) {
        self.said.end = clock::now();
        self.said.unfinished = unfinished;
        self.said.reserve(self.bytes, self.budget);
        if !self.cell.fill(self.said) {
            diagnostics::count(Diagnostic::DetachedTooLate);
        }
    }
}

impl CurrentSpan {
    /// Takes the end of the span into a handle that can go anywhere: the span does not end with its
    /// function, closure or future any more, but with [`DetachedSpan::finish`]. Until its scope
    /// ends it stays the current span. Where no span is recorded, and of a span whose
    /// end was taken before, the handle does nothing.
    pub fn detach(self) -> DetachedSpan {
        let cell =
            current_segment::with(|segment| Some((segment.detach()?, segment.settings().queue)))
                .flatten();
        let open = cell.map(|(cell, budget)| {
            Box::new(Open { cell, said: Ending::default(), bytes: 0, budget })
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

    /// True if what is said here is recorded.
    pub fn is_recording(&self) -> bool {
        self.open.is_some()
    }

    /// A tag, as [`CurrentSpan::tag`].
    pub fn tag(&mut self, key: &'static str, value: impl TagValue) -> &mut Self {
        self.with(|open| open.push(Entry::Tag(key, Kept::new(value.raw()))))
    }

    /// A tag of anything that implements [`Display`].
    pub fn tag_display(&mut self, key: &'static str, value: impl Display) -> &mut Self {
        self.with(|open| open.push(Entry::Tag(key, Kept::Text(text::formatted(&value, TAG_LIMIT)))))
    }

    /// Adds a tag of anything that implements [`Debug`].
    pub fn tag_debug(&mut self, key: &'static str, value: impl Debug) -> &mut Self {
        self.tag_display(key, format_args!("{value:?}"))
    }

    /// A log of one field, at the present time.
    pub fn log(&mut self, key: &'static str, value: impl Display) -> &mut Self {
        self.log_fields(&[(key, &value)])
    }

    /// A log of several fields, at the present time.
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

    /// The span failed with this error, as [`CurrentSpan::record_error`].
    pub fn record_error<E: Error + ?Sized>(&mut self, error: &E) -> &mut Self {
        let source = || error.source();
        self.fail(&Failure {
            kind: kind_of::<E>(),
            message: Some(&Shown(error)),
            source: Some(&source),
            severity: Severity::Error,
        })
    }

    /// The span failed, and all that is known is a text.
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
            open.said.failed = true;
        })
    }

    /// The span failed, and what came back says why: a status, say, in a tag. Without a log.
    pub fn set_error(&mut self) -> &mut Self {
        self.with(|open| open.said.failed = true)
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

    /// A snapshot of the span, for work on other threads that shall be below it. Where the handle
    /// does nothing it is what [`capture`](crate::propagation::capture) gave there: empty without a context.
    pub fn snapshot(&self) -> Snapshot {
        self.snapshot.clone()
    }

    /// Ends the span, now.
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
