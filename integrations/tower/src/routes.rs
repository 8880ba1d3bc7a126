//! Which router the server layer asks for the route of a request.

/// What axum leaves in the extensions of a request.
#[cfg(feature = "axum")]
#[derive(Debug)]
pub(crate) struct Routes;

#[cfg(feature = "axum")]
mod axum_routes {
    use std::net::SocketAddr;

    use axum::extract::{ConnectInfo, MatchedPath, OriginalUri};
    use http::{Extensions, Uri};
    use skywalking_runtime::integrations::http::{NoRouter, Route, Router};

    impl Router for super::Routes {
        fn route(extensions: &Extensions) -> Route<'_> {
            match extensions.get::<MatchedPath>() {
                Some(matched) => Route::Template(matched.as_str()),
                // axum's router leaves the URI as soon as it has a request.
                None if Self::original_uri(extensions).is_some() => Route::Missing,
                None => Route::Unknown,
            }
        }

        /// A router inside of another one is handed a shorter URI.
        fn original_uri(extensions: &Extensions) -> Option<&Uri> {
            extensions.get::<OriginalUri>().map(|original| &original.0)
        }

        fn peer(extensions: &Extensions) -> Option<SocketAddr> {
            let info = extensions.get::<ConnectInfo<SocketAddr>>();
            info.map(|info| info.0).or_else(|| NoRouter::peer(extensions))
        }
    }
}

#[cfg(not(feature = "axum"))]
pub(crate) use skywalking_runtime::integrations::http::NoRouter as Routes;
