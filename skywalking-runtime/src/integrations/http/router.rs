//! What the server or its router left in a request's extensions.

use std::net::SocketAddr;

use ::http::{Extensions, Uri};

/// The route's template: one name for all requests that take it.
#[cfg(feature = "axum")]
pub(super) fn template(extensions: &Extensions) -> Option<&str> {
    extensions.get::<axum::extract::MatchedPath>().map(axum::extract::MatchedPath::as_str)
}

#[cfg(not(feature = "axum"))]
pub(super) fn template(_: &Extensions) -> Option<&str> {
    None
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
