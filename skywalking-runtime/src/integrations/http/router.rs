//! What the server or its router left in a request's extensions.

use std::net::SocketAddr;

use ::http::{Extensions, Uri};

/// What a router knows of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Route<'a> {
    /// The template of the route: one name for all requests that take it.
    #[cfg_attr(not(feature = "axum"), expect(dead_code, reason = "only a router has templates"))]
    Template(&'a str),
    /// A router has the request, and no route.
    #[cfg_attr(not(feature = "axum"), expect(dead_code, reason = "the same"))]
    Missing,
    /// No router has seen the request yet.
    Unknown,
}

/// The route that axum found. Its router leaves the URI behind as soon as it has a request.
#[cfg(feature = "axum")]
pub(super) fn route(extensions: &Extensions) -> Route<'_> {
    match extensions.get::<axum::extract::MatchedPath>() {
        Some(matched) => Route::Template(matched.as_str()),
        None if original(extensions).is_some() => Route::Missing,
        None => Route::Unknown,
    }
}

#[cfg(not(feature = "axum"))]
pub(super) fn route(_: &Extensions) -> Route<'_> {
    Route::Unknown
}

/// The URI as it was sent: a router inside of another one is handed a shorter one.
#[cfg(feature = "axum")]
pub(super) fn original(extensions: &Extensions) -> Option<&Uri> {
    extensions.get::<axum::extract::OriginalUri>().map(|original| &original.0)
}

#[cfg(not(feature = "axum"))]
pub(super) fn original(_: &Extensions) -> Option<&Uri> {
    None
}

/// The address of the caller.
pub(super) fn peer(extensions: &Extensions) -> Option<SocketAddr> {
    #[cfg(feature = "axum")]
    if let Some(info) = extensions.get::<axum::extract::ConnectInfo<SocketAddr>>() {
        return Some(info.0);
    }
    extensions.get::<SocketAddr>().copied()
}
