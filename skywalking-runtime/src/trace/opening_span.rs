//! Describes a span right before it opens. Arguments are passed by reference and go straight into
//! the segment, without an allocation.

use std::fmt::{Debug, Display};

use crate::headers::carrier::Extract;
use crate::span::layer::SpanLayer;
use crate::span::tag::TagValue;
use crate::trace::opening::Opening;

/// Describes a span that is about to open. [`ResumableSpan::open`](crate::ResumableSpan::open)
/// passes it to its first closure.
///
/// It has the methods of [`SpanBuilder`](crate::SpanBuilder). Their arguments go straight into the
/// segment, without an allocation. Call [`is_recording`](Self::is_recording) before you compute a
/// value for them.
#[derive(Debug)]
pub struct OpeningSpan<'a>(&'a mut Opening);

impl<'a> OpeningSpan<'a> {
    pub(crate) fn new(opening: &'a mut Opening) -> Self {
        Self(opening)
    }
}

impl OpeningSpan<'_> {
    /// Returns true if peer and tags will be recorded.
    ///
    /// The incoming context and the name decide whether a new trace is recorded. Set these first,
    /// so that an unsampled request doesn't pay for the rest.
    ///
    /// ```
    /// use skywalking_runtime::{Callsite, OpeningSpan, ResumableSpan, callsite};
    ///
    /// static REQUEST: Callsite = callsite!(entry, "HTTP", layer = http);
    ///
    /// let headers = String::new(); // whatever came with the request
    /// let describe = |span: &mut OpeningSpan<'_>| {
    ///     if span.extract(&headers).name("GET:/users").is_recording() {
    ///         let size = 42; // whatever takes its time
    ///         span.tag("size", size);
    ///     }
    /// };
    /// ResumableSpan::open(&REQUEST, describe, || ()).0.finish();
    /// ```
    #[inline]
    pub fn is_recording(&mut self) -> bool {
        self.0.wants_tags_early()
    }

    /// Leaves the request out, as [`SpanBuilder::ignore`](crate::SpanBuilder::ignore) does. Call it
    /// before any other method.
    pub fn ignore(&mut self) -> &mut Self {
        self.0.ignore();
        self
    }

    /// Continues the trace whose context the carrier holds.
    pub fn extract<C: Extract + ?Sized>(&mut self, carrier: &C) -> &mut Self {
        if self.0.wants_headers() {
            self.0.extract(carrier);
        }
        self
    }

    /// Returns true if a name will be recorded: for names that are expensive to compute.
    pub fn wants_name(&mut self) -> bool {
        self.0.wants_name()
    }

    /// Sets the operation name. Default: the callsite's.
    ///
    /// It is cut at 150 UTF-16 units; an empty one leaves the default.
    pub fn name(&mut self, name: impl Display) -> &mut Self {
        if self.0.wants_name() {
            self.0.name(&name);
        }
        self
    }

    /// Sets the operation name to the concatenated parts, which is cheaper than formatting them.
    ///
    /// ```
    /// use skywalking_runtime::{Callsite, ResumableSpan, callsite, testing};
    ///
    /// static REQUEST: Callsite = callsite!(entry, "HTTP", layer = http);
    ///
    /// let trees = testing::run(|| {
    ///     let describe = |span: &mut skywalking_runtime::OpeningSpan<'_>| {
    ///         span.name_parts(&["GET", ":", "/users"]).tag_parts("url", &["http://", "shop", "/users"]);
    ///     };
    ///     let (span, ()) = ResumableSpan::open(&REQUEST, describe, || ());
    ///     span.finish();
    /// });
    /// assert_eq!(testing::text(&trees), "Entry GET:/users layer=Http {url=http://shop/users}\n");
    /// ```
    pub fn name_parts(&mut self, parts: &[&str]) -> &mut Self {
        if self.0.wants_name() {
            self.0.name_parts(parts);
        }
        self
    }

    /// Sets an operation name that is not copied. An empty one leaves the default.
    #[doc(hidden)]
    pub fn static_name(&mut self, name: &'static str) -> &mut Self {
        if self.0.wants_name() {
            self.0.static_name(name);
        }
        self
    }

    /// Sets the component id.
    #[doc(hidden)]
    pub fn component(&mut self, component: i32) -> &mut Self {
        if self.0.wants_tags_early() {
            self.0.component(component);
        }
        self
    }

    /// Sets the layer.
    #[doc(hidden)]
    pub fn layer(&mut self, layer: SpanLayer) -> &mut Self {
        if self.0.wants_tags_early() {
            self.0.layer(layer);
        }
        self
    }

    /// Sets the address of the remote peer, cut at 200 UTF-16 units.
    ///
    /// An empty one becomes `unknown` on an exit span.
    pub fn peer(&mut self, peer: impl Display) -> &mut Self {
        if self.0.wants_tags_early() {
            self.0.peer(&peer);
        }
        self
    }

    /// Adds a tag: text (cut at 2048 UTF-16 units), an integer or a bool.
    pub fn tag(&mut self, key: &'static str, value: impl TagValue) -> &mut Self {
        if self.0.wants_tags_early() {
            self.0.tag(key, value.raw());
        }
        self
    }

    /// Adds a tag whose value is the concatenated parts, cut at 2048 UTF-16 units.
    pub fn tag_parts(&mut self, key: &'static str, parts: &[&str]) -> &mut Self {
        if self.0.wants_tags_early() {
            self.0.tag_parts(key, parts);
        }
        self
    }

    /// Adds a tag of any type that implements [`Display`].
    pub fn tag_display(&mut self, key: &'static str, value: impl Display) -> &mut Self {
        if self.0.wants_tags_early() {
            self.0.tag_display(key, &value);
        }
        self
    }

    /// Adds a tag of any type that implements [`Debug`].
    pub fn tag_debug(&mut self, key: &'static str, value: impl Debug) -> &mut Self {
        if self.0.wants_tags_early() {
            self.0.tag_debug(key, &value);
        }
        self
    }
}
