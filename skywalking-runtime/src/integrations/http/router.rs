//! What the server or its router left in a request's extensions.

use std::net::SocketAddr;

use ::http::Extensions;

/// The route's template: one name for all requests that take it.
#[cfg(feature = "axum")]
pub(super) fn template(extensions: &Extensions) -> Option<&str> {
    extensions.get::<axum::extract::MatchedPath>().map(axum::extract::MatchedPath::as_str)
}

#[cfg(not(feature = "axum"))]
pub(super) fn template(_: &Extensions) -> Option<&str> {
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
