//! The head of a request, and the program's closures that read it.

use ::http::{Extensions, HeaderMap, Method, Uri};

use crate::context::quiet::Quiet;
use crate::util::catch_panic::catch_panic;

/// The head of a request, passed to the closures of the options.
///
/// ```
/// use skywalking_runtime::integrations::http::{Client, Head};
///
/// /// Marks a request that is not recorded.
/// #[derive(Clone)]
/// struct Quiet;
///
/// let client = Client::new().ignore(|head: Head<'_>| head.extensions.get::<Quiet>().is_some());
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Head<'a> {
    /// The method.
    pub method: &'a Method,
    /// The URI as it was sent. On a server it often has only a path.
    pub uri: &'a Uri,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// The values that the program or its server attached to the request.
    pub extensions: &'a Extensions,
}

/// Calls a closure of the program. Returns `None` if it panics. Spans in it are not recorded: they
/// would start before the request's span.
pub(super) fn call_program<R>(closure: impl FnOnce() -> R) -> Option<R> {
    let _quiet = Quiet::begin();
    catch_panic(closure)
}
