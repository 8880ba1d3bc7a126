//! Carriers made of closures, for header types of other crates.

use std::borrow::Cow;
use std::fmt::{self, Debug, Formatter};

use crate::headers::carrier::{Extract, Inject};

/// Creates a carrier that reads headers with a closure. The closure gets names in lower case, and
/// returns the value of a header, or `None` if it is absent.
///
/// The value can be anything that derefs to bytes: `&str`, `String`, `&[u8]`, `Vec<u8>`, or the
/// `HeaderValue` of any version of the crate `http`.
///
/// ```
/// use std::collections::HashMap;
///
/// use skywalking_runtime::{entry_span, propagation, testing};
///
/// /// A type of another crate.
/// struct Table(HashMap<&'static str, Vec<u8>>);
///
/// #[entry_span(name = "/mail/send", extract = propagation::getter(|name| headers.0.get(name)))]
/// fn send(headers: &Table) {}
///
/// let headers = Table(HashMap::from([("sw8", b"1-dHJhY2UtMQ==-cw==-0-c3Zj-aW5zdA==-L2U=-aDox".to_vec())]));
/// let trees = testing::run(|| send(&headers));
/// assert_eq!(testing::text(&trees), "Entry /mail/send ref=CrossProcess\n");
/// ```
pub fn getter<F, V>(get: F) -> Getter<F>
where
    F: Fn(&str) -> Option<V>,
    V: AsRef<[u8]>,
{
    Getter(get)
}

/// Creates a carrier that writes headers with a closure. A value of `None` means that the header
/// must be removed. Ignore it if the type cannot remove a header.
///
/// ```
/// use std::collections::HashMap;
///
/// use skywalking_runtime::{exit_span, propagation, testing};
///
/// /// A type of another crate.
/// #[derive(Default)]
/// struct Table(HashMap<&'static str, Vec<u8>>);
///
/// #[exit_span(name = "mail/publish", peer = "broker:5672", layer = mq, inject = propagation::setter(|name, value| match value {
///     Some(value) => drop(headers.0.insert(name, value.as_bytes().to_vec())),
///     None => drop(headers.0.remove(name)),
/// }))]
/// fn publish(headers: &mut Table) {}
///
/// let mut headers = Table::default();
/// testing::run(|| publish(&mut headers));
/// assert!(headers.0["sw8"].starts_with(b"1-"));
/// ```
pub fn setter<F>(set: F) -> Setter<F>
where
    F: FnMut(&'static str, Option<&str>),
{
    Setter(set)
}

/// A carrier for reading, created by [`getter`].
#[derive(Clone, Copy)]
pub struct Getter<F>(F);

/// A carrier for writing, created by [`setter`].
#[derive(Clone, Copy)]
pub struct Setter<F>(F);

impl<F, V> Extract for Getter<F>
where
    F: Fn(&str) -> Option<V>,
    V: AsRef<[u8]>,
{
    fn header(&self, key: &str) -> Option<Cow<'_, str>> {
        // The value of the closure may borrow from this call only.
        Some(Cow::Owned(String::from_utf8_lossy((self.0)(key)?.as_ref()).into_owned()))
    }

    fn other_header(&self, key: &str) -> Option<Cow<'_, str>> {
        self.header(key)
    }
}

impl<F: FnMut(&'static str, Option<&str>)> Inject for Setter<F> {
    fn set_header(&mut self, key: &'static str, value: &str) {
        (self.0)(key, Some(value));
    }

    fn remove_header(&mut self, key: &'static str) {
        (self.0)(key, None);
    }
}

impl<F> Debug for Getter<F> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Getter").finish_non_exhaustive()
    }
}

impl<F> Debug for Setter<F> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Setter").finish_non_exhaustive()
    }
}
