//! Carriers: types that hold the headers of a message.
//!
//! There are two traits, since a server only reads and a client only writes.
//! [`Carrier`](macro@crate::Carrier) is the name of the derive.

mod forwarding;

use std::borrow::Cow;

use crate::config::policies::OtherContexts;
use crate::headers::incoming::IncomingHeaders;
use crate::headers::w3c::{self, W3cContext};
use crate::util::catch_panic::catch_panic;
use crate::util::diagnostics::{self, Diagnostic};

/// Reads headers. For a type of another crate use [`getter`](crate::propagation::getter).
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
    /// Returns the value of a header, or `None` if it is absent.
    ///
    /// Return non-UTF-8 values lossily converted, not `None`: the header is then rejected and
    /// counted instead of being treated as absent.
    fn header(&self, key: &str) -> Option<Cow<'_, str>>;

    /// Returns the value of a header of other tracers: `traceparent`, `tracestate` or
    /// `x-request-id`. Default: `None`.
    ///
    /// Implement it like [`header`](Self::header) if the carrier can hold headers of any name.
    fn other_header(&self, key: &str) -> Option<Cow<'_, str>> {
        let _ = key;
        None
    }

    /// Adds all known headers to `found`, for carriers where one iteration is cheaper than a look-up
    /// per header. Returns false without an addition for all others.
    #[doc(hidden)]
    fn __read_all<'a>(&'a self, others: OtherContexts, found: &mut IncomingHeaders<'a>) -> bool {
        let _ = (others, found);
        false
    }
}

/// Writes headers. For a type of another crate use [`setter`](crate::propagation::setter).
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
    /// Sets a header. Replaces an older value of the same name, and no other header.
    fn set_header(&mut self, key: &'static str, value: &str);

    /// Removes a header if it exists.
    ///
    /// The default does nothing, for types that cannot remove a header. Write each message into new
    /// headers then: a reused message would keep an old context.
    fn remove_header(&mut self, key: &'static str) {
        let _ = key;
    }

    /// Adds a header of another tracer (`traceparent` or `tracestate`) that came with the request.
    /// Returns true if it was added. Default: adds nothing.
    ///
    /// Implement it if the carrier can hold headers of any name. Do not replace an existing header
    /// of that name: it is the program's own.
    fn add_other_header(&mut self, key: &'static str, value: &str) -> bool {
        let _ = (key, value);
        false
    }

    /// Creates an empty carrier, for types that can replace an absent carrier.
    #[doc(hidden)]
    fn __empty() -> Option<Self>
    where
        Self: Sized,
    {
        None
    }

    /// Returns true if it holds no header, for types that can replace an absent carrier.
    #[doc(hidden)]
    fn __is_empty(&self) -> bool {
        false
    }
}

/// A field of a message that holds one header. An empty text or `None` means absent.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot hold a header",
    label = "expected `String` or `Option<String>`"
)]
pub trait HeaderField {
    /// Returns the value, if there is one.
    fn get(&self) -> Option<&str>;
    /// Sets the value.
    fn set(&mut self, value: &str);
    /// Removes the value.
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

/// Adds the context of another tracer, unless the program has set one. Catches a panic of the
/// carrier's code.
pub(crate) fn add_others<C: Inject + ?Sized>(carrier: &mut C, others: &W3cContext) {
    let added = catch_panic(|| {
        // A `tracestate` belongs to its `traceparent`.
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

/// Writes a header, or removes it if the value is empty. Catches a panic of the carrier's code.
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
