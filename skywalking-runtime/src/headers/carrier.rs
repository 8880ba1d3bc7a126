//! Carriers: whatever holds the headers of a message.
//!
//! They are two traits, as a server only reads and a client only writes.
//! [`Carrier`](macro@crate::Carrier) is the name of the derive.

use std::borrow::Cow;

use crate::config::policies::OtherContexts;
use crate::headers::incoming::IncomingHeaders;
use crate::headers::w3c::{self, W3cContext};
use crate::util::catch_panic::catch_panic;
use crate::util::diagnostics::{self, Diagnostic};

/// Reads headers. For a type of another crate see [`carrier::getter`](crate::propagation::getter).
///
/// ```
/// use std::borrow::Cow;
/// use skywalking_runtime::propagation::Extract;
///
/// struct Frame { meta: Vec<(String, String)> }
///
/// impl Extract for Frame {
///     fn header(&self, key: &str) -> Option<Cow<'_, str>> {
///         self.meta.iter().find(|(k, _)| k == key).map(|(_, v)| Cow::from(v))
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a carrier that can be read",
    label = "does not implement `Extract`",
    note = "derive `Carrier` on the message, or implement `skywalking_runtime::propagation::Extract` for it",
    note = "for a type of another crate, write a closure: `extract = skywalking_runtime::propagation::getter(|name| headers.get(name))`"
)]
pub trait Extract {
    /// The value of a header, or `None` if it is absent. Bytes that are no text are handed over
    /// lossily: the reader refuses and counts them, so that absent and unreadable stay two
    /// things.
    fn header(&self, key: &str) -> Option<Cow<'_, str>>;

    /// The value of a header of others: `traceparent`, `tracestate` and `x-request-id`. To be
    /// implemented, as [`header`](Self::header) is, by carriers that can hold headers of any
    /// name; unless it is, they are not looked for.
    fn other_header(&self, key: &str) -> Option<Cow<'_, str>> {
        let _ = key;
        None
    }

    /// All headers that are read, where one way through the carrier is cheaper than to ask for
    /// each.
    #[doc(hidden)]
    fn __received(&self, others: OtherContexts) -> IncomingHeaders<'_> {
        IncomingHeaders::of(self, others)
    }
}

/// Writes headers. For a type of another crate see [`carrier::setter`](crate::propagation::setter).
///
/// ```
/// use skywalking_runtime::propagation::Inject;
///
/// struct Frame { meta: Vec<(String, String)> }
///
/// impl Inject for Frame {
///     fn set_header(&mut self, key: &'static str, value: &str) {
///         self.remove_header(key);
///         self.meta.push((key.to_owned(), value.to_owned()));
///     }
///     fn remove_header(&mut self, key: &'static str) {
///         self.meta.retain(|(k, _)| k != key);
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a carrier that can be written",
    label = "does not implement `Inject`",
    note = "derive `Carrier` on the message, or implement `skywalking_runtime::propagation::Inject` for it",
    note = "for a type of another crate, write a closure: `inject = skywalking_runtime::propagation::setter(|name, value| ..)`"
)]
pub trait Inject {
    /// Sets a header, replacing an older one of the same name and no other.
    fn set_header(&mut self, key: &'static str, value: &str);

    /// Removes a header, if it is there. The default does nothing, for types that can't remove a
    /// header: write each message into new headers then, since a message that is used again
    /// would keep an old context.
    fn remove_header(&mut self, key: &'static str) {
        let _ = key;
    }

    /// Adds a header of others (`traceparent`, `tracestate`), which came in with the request and
    /// goes on as it came, unless one of that name is there already: then it is the program's
    /// own. True if it was added. To be implemented by carriers that can hold headers of
    /// any name; unless it is, nothing of others goes on.
    fn add_other_header(&mut self, key: &'static str, value: &str) -> bool {
        let _ = (key, value);
        false
    }

    /// An empty one, for those that can stand for an absent carrier.
    #[doc(hidden)]
    fn __empty() -> Option<Self>
    where
        Self: Sized,
    {
        None
    }

    /// True if it holds no header, for those that can stand for an absent carrier.
    #[doc(hidden)]
    fn __is_empty(&self) -> bool {
        false
    }
}

/// A field of a message that holds one header: empty or `None` is absent.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot hold a header",
    label = "expected `String` or `Option<String>`"
)]
pub trait HeaderField {
    /// The value, if there is one.
    fn get(&self) -> Option<&str>;
    /// Sets it.
    fn set(&mut self, value: &str);
    /// Removes it.
    fn clear(&mut self);
}

impl HeaderField for String {
    fn get(&self) -> Option<&str> {
        Some(self.as_str()).filter(|value| !value.is_empty())
    }

    fn set(&mut self, value: &str) {
        value.clone_into(self);
    }

    fn clear(&mut self) {
        Self::clear(self);
    }
}

impl HeaderField for Option<String> {
    fn get(&self) -> Option<&str> {
        self.as_deref().filter(|value| !value.is_empty())
    }

    fn set(&mut self, value: &str) {
        *self = Some(value.to_owned());
    }

    fn clear(&mut self) {
        *self = None;
    }
}

impl<T: Extract + ?Sized> Extract for &T {
    fn header(&self, key: &str) -> Option<Cow<'_, str>> {
        (**self).header(key)
    }

    fn other_header(&self, key: &str) -> Option<Cow<'_, str>> {
        (**self).other_header(key)
    }

    fn __received(&self, others: OtherContexts) -> IncomingHeaders<'_> {
        (**self).__received(others)
    }
}

impl<T: Extract + ?Sized> Extract for &mut T {
    fn header(&self, key: &str) -> Option<Cow<'_, str>> {
        (**self).header(key)
    }

    fn other_header(&self, key: &str) -> Option<Cow<'_, str>> {
        (**self).other_header(key)
    }

    fn __received(&self, others: OtherContexts) -> IncomingHeaders<'_> {
        (**self).__received(others)
    }
}

impl<T: Extract + ?Sized> Extract for Box<T> {
    fn header(&self, key: &str) -> Option<Cow<'_, str>> {
        (**self).header(key)
    }

    fn other_header(&self, key: &str) -> Option<Cow<'_, str>> {
        (**self).other_header(key)
    }

    fn __received(&self, others: OtherContexts) -> IncomingHeaders<'_> {
        (**self).__received(others)
    }
}

impl<T: Extract> Extract for Option<T> {
    fn header(&self, key: &str) -> Option<Cow<'_, str>> {
        self.as_ref()?.header(key)
    }

    fn other_header(&self, key: &str) -> Option<Cow<'_, str>> {
        self.as_ref()?.other_header(key)
    }

    fn __received(&self, others: OtherContexts) -> IncomingHeaders<'_> {
        self.as_ref().map_or_else(IncomingHeaders::default, |carrier| carrier.__received(others))
    }
}

impl<T: Inject + ?Sized> Inject for &mut T {
    fn set_header(&mut self, key: &'static str, value: &str) {
        (**self).set_header(key, value);
    }

    fn remove_header(&mut self, key: &'static str) {
        (**self).remove_header(key);
    }

    fn add_other_header(&mut self, key: &'static str, value: &str) -> bool {
        (**self).add_other_header(key, value)
    }

    fn __is_empty(&self) -> bool {
        (**self).__is_empty()
    }
}

impl<T: Inject> Inject for Box<T> {
    fn set_header(&mut self, key: &'static str, value: &str) {
        (**self).set_header(key, value);
    }

    fn remove_header(&mut self, key: &'static str) {
        (**self).remove_header(key);
    }

    fn add_other_header(&mut self, key: &'static str, value: &str) -> bool {
        (**self).add_other_header(key, value)
    }

    fn __empty() -> Option<Self> {
        T::__empty().map(Self::new)
    }

    fn __is_empty(&self) -> bool {
        (**self).__is_empty()
    }
}

impl<T: Inject> Inject for Option<T> {
    fn set_header(&mut self, key: &'static str, value: &str) {
        if self.is_none() {
            *self = T::__empty();
        }
        match self {
            Some(carrier) => carrier.set_header(key, value),
            None => diagnostics::count(Diagnostic::InjectNoCarrier),
        }
    }

    fn remove_header(&mut self, key: &'static str) {
        if let Some(carrier) = self {
            carrier.remove_header(key);
            if carrier.__is_empty() {
                *self = None;
            }
        }
    }

    fn add_other_header(&mut self, key: &'static str, value: &str) -> bool {
        if self.is_none() {
            *self = T::__empty();
        }
        let added = self.as_mut().is_some_and(|carrier| carrier.add_other_header(key, value));
        if self.as_ref().is_some_and(Inject::__is_empty) {
            *self = None;
        }
        added
    }

    fn __empty() -> Option<Self> {
        Some(None)
    }

    fn __is_empty(&self) -> bool {
        self.as_ref().is_none_or(Inject::__is_empty)
    }
}

/// Adds the context of another tracer, unless the program set one; a panic in the carrier's own
/// code stays here.
pub(crate) fn add_others<C: Inject + ?Sized>(carrier: &mut C, others: &W3cContext) {
    let added = catch_panic(|| {
        // What is said in the one belongs to the other.
        if carrier.add_other_header(w3c::TRACEPARENT, &others.traceparent())
            && !others.tracestate().is_empty()
        {
            carrier.add_other_header(w3c::TRACESTATE, others.tracestate());
        }
    });
    if added.is_none() {
        diagnostics::count(Diagnostic::CarrierPanicked);
    }
}

/// Writes a header, or removes it if the value is empty; a panic in the carrier's own code stays
/// here.
pub(crate) fn write<C: Inject + ?Sized>(carrier: &mut C, key: &'static str, value: &str) {
    let written = catch_panic(|| {
        if value.is_empty() {
            carrier.remove_header(key);
        } else {
            carrier.set_header(key, value);
        }
    });
    if written.is_none() {
        diagnostics::count(Diagnostic::CarrierPanicked);
    }
}
