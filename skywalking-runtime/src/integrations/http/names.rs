//! Names of served requests. Unknown clients must not be able to create many names: each is an
//! endpoint in the OAP with its own metrics.

use std::fmt::{self, Debug, Formatter};
use std::sync::Arc;

use ::http::Method;

use super::head::{Head, call_program};
use super::protocol::Protocol;
use super::router::Route;
use crate::OpeningSpan;

/// The name of a gRPC call to a method that does not exist.
const UNKNOWN_CALL: &str = "grpc/unknown";

/// The tag with the path of a request whose name does not contain it.
pub(super) const PATH_TAG: &str = "url";

type Names = Arc<dyn Fn(Head<'_>) -> Option<String> + Send + Sync>;

/// The program's closure that names requests, if there is one.
#[derive(Clone, Default)]
pub(super) struct Naming(Option<Names>);

impl Naming {
    pub(super) fn new(names: impl Fn(Head<'_>) -> Option<String> + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(names)))
    }

    #[inline]
    pub(super) fn is_set(&self) -> bool {
        self.0.is_some()
    }

    /// Returns the program's name, or `None` if there is none or if the closure panics.
    #[inline]
    pub(super) fn name_of(&self, head: Head<'_>) -> Option<String> {
        self.0.as_ref().and_then(|names| named(names, head))
    }
}

#[cold]
fn named(names: &Names, head: Head<'_>) -> Option<String> {
    call_program(|| names(head)).flatten().filter(|name| !name.trim().is_empty())
}

impl Debug for Naming {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "the program's" } else { "by route or path" })
    }
}

/// Names a served request. Returns the name for a response that says that the path does not exist.
#[inline]
pub(super) fn name_served(
    span: &mut OpeningSpan<'_>,
    head: Head<'_>,
    protocol: Protocol,
    route: Route<'_>,
    naming: &Naming,
) -> Option<&'static str> {
    if naming.is_set()
        && span.wants_name()
        && let Some(name) = naming.name_of(head)
    {
        span.name(name);
        return None;
    }
    let path = head.uri.path();
    let (method, unknown) = match protocol {
        Protocol::Http => (known_method(head.method), known_method(head.method)),
        Protocol::Grpc => ("", UNKNOWN_CALL),
    };
    match (protocol, route) {
        (_, Route::Template(template))
            if protocol == Protocol::Http || !is_grpc_service(template, path) =>
        {
            name_of(span, method, template);
            None
        }
        (_, Route::Missing) => {
            name_unrouted(span, method, path, unknown);
            None
        }
        _ => {
            name_of(span, method, path);
            Some(unknown)
        }
    }
}

/// Returns true if the route is that of a whole gRPC service, as in tonic, and the path is one of
/// its methods: `/package.Service/{*rest}`. On other routes a request with the content type of gRPC
/// gets the route's name.
fn is_grpc_service(template: &str, path: &str) -> bool {
    let depth = |text: &str| text.bytes().filter(|byte| *byte == b'/').count();
    let is_below_a_name =
        template.rsplit_once("/{*").is_some_and(|(service, _)| !service.is_empty());
    is_below_a_name && depth(template) == depth(path)
}

#[inline]
fn name_of(span: &mut OpeningSpan<'_>, method: &str, path: &str) {
    if method.is_empty() {
        span.name(path);
    } else {
        super::url::name(span, method, path);
    }
}

/// Names a request without a route. Ignore lists still compare its path.
#[cold]
fn name_unrouted(span: &mut OpeningSpan<'_>, method: &str, path: &str, unknown: &'static str) {
    name_of(span, method, path);
    if span.is_recording() {
        span.name(unknown);
        if method.is_empty() {
            span.tag(PATH_TAG, path);
        }
    }
}

/// Returns the method for a name: one of RFC 9110, `PATCH` or `QUERY`, else `HTTP`.
#[inline]
fn known_method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        Method::CONNECT => "CONNECT",
        Method::PATCH => "PATCH",
        Method::TRACE => "TRACE",
        _ => other_method(method),
    }
}

#[cold]
fn other_method(method: &Method) -> &'static str {
    if method.as_str() == "QUERY" { "QUERY" } else { "HTTP" }
}
