//! What is said of a span right before it opens, by reference and straight into its segment: the
//! form for middleware, which counts allocations. Nothing of it is evaluated by us; who describes
//! asks [`Describe::is_recording`] before it computes anything.

use std::fmt::Display;

use crate::propagation::carrier::Extract;
use crate::span::tag::TagValue;
use crate::trace::opening::Opening;

/// A span that is about to open: what [`Resumable::open`](crate::Resumable::open) lets one say of
/// it.
#[derive(Debug)]
pub struct Describe<'a>(&'a mut Opening);

impl<'a> Describe<'a> {
    pub(crate) fn new(opening: &'a mut Opening) -> Self {
        Self(opening)
    }
}

impl Describe<'_> {
    /// True if peer and tags will be used. Whether a request is recorded that has no context here
    /// is decided by the context that came with it and by its name: say these first, and what
    /// the others cost is saved where it is left out.
    ///
    /// ```
    /// use skywalking_runtime::{Callsite, Describe, Resumable, callsite};
    ///
    /// static REQUEST: Callsite = callsite!(entry, "HTTP", layer = http);
    ///
    /// let headers = String::new(); // whatever came with the request
    /// let describe = |span: &mut Describe<'_>| {
    ///     if span.extract(&headers).name("GET:/users").is_recording() {
    ///         let size = 42; // whatever takes its time
    ///         span.tag("size", size);
    ///     }
    /// };
    /// Resumable::open(&REQUEST, describe, || ()).0.finish();
    /// ```
    #[inline]
    pub fn is_recording(&mut self) -> bool {
        self.0.accepting()
    }

    /// Leaves the request out, as [`Root::ignored`](crate::Root::ignored) does. To be said first.
    pub fn ignore(&mut self) -> &mut Self {
        self.0.ignore();
        self
    }

    /// Goes on with the context that the carrier holds.
    pub fn extract<C: Extract + ?Sized>(&mut self, carrier: &C) -> &mut Self {
        if self.0.wants_headers() {
            self.0.extract(carrier);
        }
        self
    }

    /// True if a name will be used: for one that costs something to find.
    pub fn wants_name(&mut self) -> bool {
        self.0.naming()
    }

    /// The operation name, cut at 150 UTF-16 units; an empty one leaves the callsite's.
    pub fn name(&mut self, name: impl Display) -> &mut Self {
        if self.0.naming() {
            self.0.name(&name);
        }
        self
    }

    /// The same of a name in pieces, which costs less than to format them.
    ///
    /// ```
    /// use skywalking_runtime::{Callsite, Resumable, callsite, testing};
    ///
    /// static REQUEST: Callsite = callsite!(entry, "HTTP", layer = http);
    ///
    /// let trees = testing::run(|| {
    ///     let describe = |span: &mut skywalking_runtime::Describe<'_>| {
    ///         span.name_of(&["GET", ":", "/users"]).tag_of("url", &["http://", "shop", "/users"]);
    ///     };
    ///     let (span, ()) = Resumable::open(&REQUEST, describe, || ());
    ///     span.finish();
    /// });
    /// assert_eq!(testing::text(&trees), "Entry GET:/users layer=Http {url=http://shop/users}\n");
    /// ```
    pub fn name_of(&mut self, pieces: &[&str]) -> &mut Self {
        if self.0.naming() {
            self.0.name_of(pieces);
        }
        self
    }

    /// The address called, cut at 200 UTF-16 units; an empty one becomes `unknown`.
    pub fn peer(&mut self, peer: impl Display) -> &mut Self {
        if self.0.accepting() {
            self.0.peer(&peer);
        }
        self
    }

    /// A tag of text, number or bool, as [`CurrentSpan::tag`](crate::CurrentSpan::tag) takes it.
    pub fn tag(&mut self, key: &'static str, value: impl TagValue) -> &mut Self {
        if self.0.accepting() {
            self.0.tag(key, value.raw());
        }
        self
    }

    /// A tag of text in pieces, as in [`name_of`](Self::name_of); cut at 2048 UTF-16 units.
    pub fn tag_of(&mut self, key: &'static str, pieces: &[&str]) -> &mut Self {
        if self.0.accepting() {
            self.0.tag_of(key, pieces);
        }
        self
    }

    /// A tag of anything that implements [`Display`].
    pub fn tag_display(&mut self, key: &'static str, value: &dyn Display) -> &mut Self {
        if self.0.accepting() {
            self.0.tag_display(key, value);
        }
        self
    }
}
