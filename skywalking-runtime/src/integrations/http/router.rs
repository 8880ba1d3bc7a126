//! Reads what the server or its router left in a request's extensions.

use std::net::SocketAddr;

use ::http::{Extensions, Uri};

/// The route that a router found for a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Route<'a> {
    /// The template of the route, such as `/users/{id}`: one name for all its requests.
    Template(&'a str),
    /// A router has handled the request and found no route.
    Missing,
    /// No router has handled the request yet.
    Unknown,
}

/// Reads the values that a web framework leaves in the extensions of a request: its route, its
/// original URI, the address of the caller. Used by
/// [`Server::begin_routed`](super::Server::begin_routed).
///
/// Each method is called at most once a request, and only if the span needs it. The crate
/// `skywalking-tower` implements it for axum (feature `axum`).
///
/// ```
/// use http::{Extensions, Request};
/// use skywalking_runtime::{integrations::http::{Route, Router, Server}, testing};
///
/// /// The template that the router of this framework leaves in the extensions.
/// #[derive(Clone)]
/// struct Matched(&'static str);
///
/// struct OurRouter;
///
/// impl Router for OurRouter {
///     fn route(extensions: &Extensions) -> Route<'_> {
///         extensions.get::<Matched>().map_or(Route::Missing, |matched| Route::Template(matched.0))
///     }
/// }
///
/// let trees = testing::run(|| {
///     let request = Request::get("/users/7").extension(Matched("/users/{id}")).body(()).unwrap();
///     let call = Server::new().begin_routed::<OurRouter>(
///         request.method(), request.uri(), request.headers(), request.extensions(),
///     );
///     call.finish();
/// });
/// assert_eq!(testing::text(&trees), "Entry GET:/users/{id} layer=Http component=49 {http.method=GET, url=/users/7}\n");
/// ```
pub trait Router {
    /// Returns the route of the request.
    fn route(_: &Extensions) -> Route<'_> {
        Route::Unknown
    }

    /// Returns the URI as it was sent, if the router has shortened it.
    fn original_uri(_: &Extensions) -> Option<&Uri> {
        None
    }

    /// Returns the address of the caller. Default: a [`SocketAddr`] in the extensions.
    fn peer(extensions: &Extensions) -> Option<SocketAddr> {
        extensions.get::<SocketAddr>().copied()
    }
}

/// No router: spans are named by path.
#[derive(Clone, Copy, Debug)]
pub struct NoRouter;

impl Router for NoRouter {}

/// The methods of a [`Router`] as function pointers, so that the code that begins a call is
/// compiled once, here, instead of in each crate with a router.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lookups {
    pub(super) route: fn(&Extensions) -> Route<'_>,
    pub(super) original_uri: fn(&Extensions) -> Option<&Uri>,
    pub(super) peer: fn(&Extensions) -> Option<SocketAddr>,
}

impl Lookups {
    pub(super) const fn of<R: Router>() -> Self {
        Self { route: R::route, original_uri: R::original_uri, peer: R::peer }
    }
}
