//! A span that will open later: its arguments are computed now, where the parameters are, and kept
//! until the future or stream that it covers is polled for the first time. What is not asked for is
//! not kept, and nothing is while no tracer runs.

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

/// A span that will open at the first poll.
#[must_use = "nothing is traced until `future` or `stream` takes what the span covers"]
#[derive(Debug)]
pub struct Prepared {
    callsite: &'static Callsite,
    /// Boxed, as most spans have none and each covered future carries it.
    given: Option<Box<Given>>,
}

/// What was computed for the span.
#[derive(Debug, Default)]
struct Given {
    /// The contexts that came in, a message each.
    headers: Vec<IncomingHeaders<'static>>,
    /// Those of a batch that name a sender whom none before named.
    senders: Vec<usize>,
    name: Option<String>,
    peer: Option<String>,
    tags: Vec<(&'static str, Kept)>,
    /// Nothing is to be recorded.
    ignored: bool,
}

impl Given {
    /// Keeps what came with a message of a batch, but a sender that is known: there is no second
    /// ref to that one.
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
    /// A span of `callsite`, later.
    #[inline]
    pub fn new(callsite: &'static Callsite) -> Self {
        Self { callsite, given: None }
    }

    /// The callsite.
    #[inline]
    pub(crate) fn callsite(&self) -> &'static Callsite {
        self.callsite
    }

    /// True if nothing is known of the span but its callsite.
    #[inline]
    pub(crate) fn is_plain(&self) -> bool {
        self.given.is_none()
    }

    /// True if the context in a carrier would be used, as things stand.
    pub fn wants_headers(&mut self) -> bool {
        self.recording()
    }

    /// True if a name would be used, as things stand.
    pub fn naming(&mut self) -> bool {
        self.recording()
    }

    /// True if name, peer and tags would be used, as things stand: a tracer runs, and the request
    /// here, if there is one, is sampled.
    pub fn recording(&mut self) -> bool {
        tracer::enabled() && current_segment::with(|segment| segment.is_sampled()) != Some(false)
    }

    fn given(&mut self) -> &mut Given {
        self.given.get_or_insert_default()
    }

    /// The context that came with a request.
    pub fn extract<C: Extract + ?Sized>(&mut self, carrier: &C) {
        if let Some(headers) = IncomingHeaders::of(carrier, OtherContexts::Keep).into_kept() {
            self.given().headers.push(headers);
        }
    }

    /// The contexts that came with a batch.
    pub fn extract_each<I>(&mut self, carriers: I)
    where
        I: IntoIterator<Item: Extract>,
    {
        opening::each_within_limit(carriers, |carrier| {
            let room = self.given.as_ref().is_none_or(|given| {
                given.senders.len() < REF_LIMIT && given.headers.len() < 2 * REF_LIMIT
            });
            if room
                && let Some(headers) = IncomingHeaders::of(carrier, OtherContexts::Keep).into_kept()
            {
                self.given().keep_of_batch(headers);
            }
            room
        });
    }

    /// Nothing of the span is recorded, nor of what is below.
    pub(crate) fn ignore(&mut self) {
        self.given().ignored = true;
    }

    /// The operation name; an empty one leaves the callsite's.
    pub fn name<T: Display + ?Sized>(&mut self, name: &T) {
        self.given().name = Some(formatted(&name, NAME_LIMIT));
    }

    /// The address called; an empty one becomes `unknown`.
    pub fn peer<T: Display + ?Sized>(&mut self, peer: &T) {
        self.given().peer = Some(formatted(&peer, PEER_LIMIT));
    }

    /// A tag of text, number or bool.
    pub fn tag(&mut self, key: &'static str, value: Raw<'_>) {
        let value = Kept::new(value);
        self.given().tags.push((key, value));
    }

    /// A tag by `Display`.
    pub fn tag_display<T: Display + ?Sized>(&mut self, key: &'static str, value: &T) {
        let text = formatted(&value, TAG_LIMIT);
        self.given().tags.push((key, Kept::Text(text)));
    }

    /// A tag by `Debug`.
    pub fn tag_debug<T: Debug + ?Sized>(&mut self, key: &'static str, value: &T) {
        let text = formatted(&format_args!("{value:?}"), TAG_LIMIT);
        self.given().tags.push((key, Kept::Text(text)));
    }

    /// The span over this future, from its first poll until it is done or dropped.
    #[inline]
    pub fn future<F: Future>(self, future: F) -> Traced<DeferredFuture<F>> {
        Traced::new(DeferredFuture::new(self, future))
    }

    /// The same, with a look at the value that the future returns.
    #[inline]
    pub fn future_with_return<F: Future, H: FnMut(&F::Output)>(
        self,
        future: F,
        hook: H,
    ) -> Traced<DeferredFuture<F>, H> {
        Traced::with_return(DeferredFuture::new(self, future), hook)
    }

    /// The same of a boxed future, which stays of its type.
    #[inline]
    pub fn boxed_future<'a, F: BoxedFuture<'a>>(self, future: F) -> F {
        future.cover(self, NoHook)
    }

    /// The same, with a look at the value that the future returns.
    #[inline]
    pub fn boxed_future_with_return<'a, F, H>(self, future: F, hook: H) -> F
    where
        F: BoxedFuture<'a>,
        H: FnMut(&F::Output) + Send + Sync + Unpin + 'a,
    {
        future.cover(self, hook)
    }

    /// The span over this stream, from its first poll until it gives `None` or is dropped.
    #[inline]
    pub fn stream<S>(self, stream: S) -> Streamed<S> {
        Streamed::new(self, stream, NoHook)
    }

    /// The same, with a look at each item.
    #[inline]
    pub fn stream_with_items<S: Stream, H: FnMut(&S::Item)>(
        self,
        stream: S,
        hook: H,
    ) -> Streamed<S, H> {
        Streamed::new(self, stream, hook)
    }

    /// The same of a boxed stream, which stays of its type.
    #[inline]
    pub fn boxed_stream<'a, S: BoxedStream<'a>>(self, stream: S) -> S {
        stream.cover(self, NoHook)
    }

    /// The same, with a look at each item.
    #[inline]
    pub fn boxed_stream_with_items<'a, S, H>(self, stream: S, hook: H) -> S
    where
        S: BoxedStream<'a>,
        H: FnMut(&S::Item) + Send + Sync + Unpin + 'a,
    {
        stream.cover(self, hook)
    }

    /// The span that is about to open here, with all that was given.
    pub(crate) fn opening(&self) -> Opening {
        self.describe(Opening::new(self.callsite))
    }

    /// Gives an opening all that was given.
    pub(crate) fn describe(&self, mut opening: Opening) -> Opening {
        let Some(given) = &self.given else { return opening };
        if given.ignored {
            opening.ignore();
        }
        if !given.headers.is_empty() && opening.wants_headers() {
            opening.extract_kept(&given.headers);
        }
        if let Some(name) = &given.name
            && opening.naming()
        {
            opening.name(name);
        }
        if opening.recording() {
            if let Some(peer) = &given.peer {
                opening.peer(peer);
            }
            for (key, value) in &given.tags {
                opening.tag(key, value.raw());
            }
        }
        opening
    }

    /// Opens the span of the wrapper whose first poll this is; at any further one there is nothing
    /// left to open.
    pub(crate) fn begin(prepared: &mut Option<Self>) {
        if let Some(prepared) = prepared.take() {
            prepared.opening().begin();
        }
    }
}

/// What a value prints, without spans of its own.
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
