//! A span that will open later. Its arguments are computed now, where the parameters are, and kept
//! until the future or stream is polled for the first time. Arguments that are not asked for are
//! not kept, and without a tracer none are.

use std::fmt::{Debug, Display};
use std::future::Future;

use futures_core::stream::Stream;

use crate::config::policies::OtherContexts;
use crate::context::current_segment;
use crate::context::quiet::Quiet;
use crate::headers::carrier::Extract;
use crate::headers::incoming::{Header, IncomingHeaders};
use crate::headers::sw8;
use crate::segment::REF_LIMIT;
use crate::span::callsite::Callsite;
use crate::span::tag::{Kept, Raw, Recorder};
use crate::trace::opening::{self, Opening};
use crate::trace::traced::{BoxedFuture, BoxedStream, DeferredFuture, NoHook, Streamed, Traced};
use crate::tracer;
use crate::util::text::{self, NAME_LIMIT, PEER_LIMIT, TAG_LIMIT};

/// Keeps the arguments of a span that opens at the first poll.
#[must_use = "nothing is traced until `future` or `stream` takes what the span covers"]
#[derive(Debug)]
pub struct Prepared {
    callsite: &'static Callsite,
    /// Boxed, since most spans have none and each covered future carries it.
    given: Option<Box<Given>>,
}

/// Arguments that were computed for the span.
#[derive(Debug, Default)]
struct Given {
    /// The incoming contexts, one for each message.
    headers: Vec<IncomingHeaders<'static>>,
    /// Those of a batch whose sender is not in an earlier one.
    senders: Vec<usize>,
    /// The number of messages over the limit of references.
    refs_left_out: u64,
    name: Option<String>,
    peer: Option<String>,
    tags: Vec<(&'static str, Kept)>,
    /// The request is left out.
    ignored: bool,
}

impl Given {
    /// Keeps the headers of a message of a batch. A sender that is known already is removed, since
    /// it would not get a second reference.
    fn keep_of_batch(&mut self, mut received: IncomingHeaders<'static>) {
        let header = received.get(Header::Sw8);
        if let Some((header, sender)) =
            header.and_then(|header| Some((header, sw8::check(header).ok()?.sender())))
        {
            let mut kept =
                self.senders.iter().filter_map(|place| self.headers.get(*place)?.get(Header::Sw8));
            if kept.any(|kept| kept.get(sender.clone()) == header.get(sender.clone())) {
                received.remove(Header::Sw8);
            } else {
                self.senders.push(self.headers.len());
            }
        }
        if !received.is_empty() {
            self.headers.push(received);
        }
    }
}

impl Prepared {
    /// Describes a span of `callsite` that opens later.
    #[inline]
    pub fn new(callsite: &'static Callsite) -> Self {
        Self { callsite, given: None }
    }

    /// Returns the callsite.
    #[inline]
    pub(crate) fn callsite(&self) -> &'static Callsite {
        self.callsite
    }

    /// Returns true if only the callsite of the span is known.
    #[inline]
    pub(crate) fn is_plain(&self) -> bool {
        self.given.is_none()
    }

    /// Returns true if the context in a carrier would be used in the present state.
    pub fn wants_headers(&mut self) -> bool {
        self.wants_tags()
    }

    /// Returns true if a name would be used in the present state.
    pub fn wants_name(&mut self) -> bool {
        self.wants_tags()
    }

    /// Returns true if name, peer and tags would be used in the present state: a tracer runs, and
    /// the current request, if there is one, is sampled.
    pub fn wants_tags(&mut self) -> bool {
        tracer::enabled() && current_segment::with(|segment| segment.is_sampled()) != Some(false)
    }

    fn given(&mut self) -> &mut Given {
        self.given.get_or_insert_default()
    }

    /// Keeps the context that came with a request.
    pub fn extract<C: Extract + ?Sized>(&mut self, carrier: &C) {
        if let Some(headers) = IncomingHeaders::of(carrier, OtherContexts::Keep).into_kept() {
            self.given().headers.push(headers);
        }
    }

    /// Keeps the contexts that came with a batch.
    pub fn extract_each<I>(&mut self, carriers: I)
    where
        I: IntoIterator<Item: Extract>,
    {
        let left = opening::each_within_limit(carriers, |carrier| {
            let fits = self.given.as_ref().is_none_or(|given| {
                given.senders.len() < REF_LIMIT && given.headers.len() < 2 * REF_LIMIT
            });
            if fits
                && let Some(headers) = IncomingHeaders::of(carrier, OtherContexts::Keep).into_kept()
            {
                self.given().keep_of_batch(headers);
            }
            fits
        });
        if left > 0 {
            let given = self.given();
            given.refs_left_out = given.refs_left_out.saturating_add(left);
        }
    }

    /// Leaves the request out: neither the span nor anything below it is recorded.
    pub(crate) fn ignore(&mut self) {
        self.given().ignored = true;
    }

    /// Sets the operation name. An empty one leaves the callsite's.
    pub fn name<T: Display + ?Sized>(&mut self, name: &T) {
        self.given().name = Some(formatted(&name, NAME_LIMIT));
    }

    /// Sets the address of the remote peer. An empty one becomes `unknown`.
    pub fn peer<T: Display + ?Sized>(&mut self, peer: &T) {
        self.given().peer = Some(formatted(&peer, PEER_LIMIT));
    }

    /// Adds a tag: text, an integer or a bool.
    pub fn tag(&mut self, key: &'static str, value: Raw<'_>) {
        let value = Kept::new(value);
        self.given().tags.push((key, value));
    }

    /// Adds a tag by `Display`.
    pub fn tag_display<T: Display + ?Sized>(&mut self, key: &'static str, value: &T) {
        let text = formatted(&value, TAG_LIMIT);
        self.given().tags.push((key, Kept::Text(text)));
    }

    /// Adds a tag by `Debug`.
    pub fn tag_debug<T: Debug + ?Sized>(&mut self, key: &'static str, value: &T) {
        let text = formatted(&format_args!("{value:?}"), TAG_LIMIT);
        self.given().tags.push((key, Kept::Text(text)));
    }

    /// Covers a future, from its first poll until it is done or dropped.
    #[inline]
    pub fn future<F: Future>(self, future: F) -> Traced<DeferredFuture<F>> {
        Traced::new(DeferredFuture::new(self, future))
    }

    /// Covers a future, with a hook on its output.
    #[inline]
    pub fn future_with_return<F: Future, H: FnMut(&F::Output)>(
        self,
        future: F,
        hook: H,
    ) -> Traced<DeferredFuture<F>, H> {
        Traced::with_return(DeferredFuture::new(self, future), hook)
    }

    /// Covers a boxed future and keeps its type.
    #[inline]
    pub fn boxed_future<'a, F: BoxedFuture<'a>>(self, future: F) -> F {
        future.cover(self, NoHook)
    }

    /// Covers a boxed future, with a hook on its output.
    #[inline]
    pub fn boxed_future_with_return<'a, F, H>(self, future: F, hook: H) -> F
    where
        F: BoxedFuture<'a>,
        H: FnMut(&F::Output) + Send + Sync + Unpin + 'a,
    {
        future.cover(self, hook)
    }

    /// Covers a stream, from its first poll until it returns `None` or is dropped.
    #[inline]
    pub fn stream<S>(self, stream: S) -> Streamed<S> {
        Streamed::new(self, stream, NoHook)
    }

    /// Covers a stream, with a hook on each item.
    #[inline]
    pub fn stream_with_items<S: Stream, H: FnMut(&S::Item)>(
        self,
        stream: S,
        hook: H,
    ) -> Streamed<S, H> {
        Streamed::new(self, stream, hook)
    }

    /// Covers a boxed stream and keeps its type.
    #[inline]
    pub fn boxed_stream<'a, S: BoxedStream<'a>>(self, stream: S) -> S {
        stream.cover(self, NoHook)
    }

    /// Covers a boxed stream, with a hook on each item.
    #[inline]
    pub fn boxed_stream_with_items<'a, S, H>(self, stream: S, hook: H) -> S
    where
        S: BoxedStream<'a>,
        H: FnMut(&S::Item) + Send + Sync + Unpin + 'a,
    {
        stream.cover(self, hook)
    }

    /// Returns the span that is about to open here, with all arguments.
    pub(crate) fn opening(&self) -> Opening {
        self.describe(Opening::new(self.callsite))
    }

    /// Passes all arguments to an opening span.
    pub(crate) fn describe(&self, mut opening: Opening) -> Opening {
        let Some(given) = &self.given else { return opening };
        if given.ignored {
            opening.ignore();
        }
        if !given.headers.is_empty() && opening.wants_headers() {
            opening.extract_kept(&given.headers);
            opening.leave_out_refs(given.refs_left_out);
        }
        if let Some(name) = &given.name
            && opening.wants_name()
        {
            opening.name(name);
        }
        if opening.wants_tags() {
            if let Some(peer) = &given.peer {
                opening.peer(peer);
            }
            for (key, value) in &given.tags {
                opening.tag(key, value.raw());
            }
        }
        opening
    }

    /// Opens the span at the first poll of its wrapper. Later polls find nothing to open.
    pub(crate) fn begin(prepared: &mut Option<Self>) {
        if let Some(prepared) = prepared.take() {
            prepared.begin_now();
        }
    }

    /// Not inlined: later polls save no registers for it.
    #[inline(never)]
    fn begin_now(self) {
        self.opening().begin();
    }
}

/// Formats a value without recording spans that its code opens.
fn formatted(value: &dyn Display, limit: usize) -> String {
    let _quiet = Quiet::begin();
    text::formatted(value, limit)
}

impl Recorder for Prepared {
    fn tag(&mut self, key: &'static str, value: Raw<'_>) {
        Self::tag(self, key, value);
    }

    fn tag_display<T: Display + ?Sized>(&mut self, key: &'static str, value: &T) {
        Self::tag_display(self, key, value);
    }
}
