//! The server's side of a call.

use std::fmt::{self, Debug, Formatter};
use std::net::SocketAddr;
use std::sync::Arc;

use ::http::{Extensions, HeaderMap, HeaderName, Method, Uri};

use super::call::{Call, Protocol};
use super::names::name_served;
use super::options::{Head, Options, asked, shared_options};
use super::url::host_header;
use super::{grpc, router, url};
use crate::{Callsite, Describe, Inbound, Resumable, callsite, component, enabled};

static HTTP: Callsite =
    callsite!(entry, "HTTP", layer = http).component(component::HTTP).fallback();
static GRPC: Callsite = callsite!(entry, "gRPC", layer = rpc).component(component::GRPC).fallback();

/// Makes an entry span of each request that is served. Cheap to clone.
///
/// ```
/// use http::{Request, Response};
/// use skywalking_runtime::{integrations::http::Server, testing};
///
/// async fn answer(request: Request<String>) -> Response<String> {
///     Response::new(request.into_body())
/// }
///
/// /// What a server that knows no tower would do.
/// async fn serve(server: &Server, request: Request<String>) -> Response<String> {
///     let call = server.begin(request.method(), request.uri(), request.headers(), request.extensions());
///     let (response, mut call) = call.during(answer(request)).await;
///     call.answered(response.status(), response.headers());
///     call.finish();
///     response
/// }
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let server = Server::new().ignore_paths(["/health"]);
/// let request = Request::put("/items/7").header("host", "shop:8080").body("tea".to_owned()).unwrap();
/// let trees = testing::run_async(serve(&server, request)).await;
/// assert_eq!(
///     testing::text(&trees),
///     "Entry PUT:/items/7 layer=Http component=49 {http.method=PUT, url=shop:8080/items/7, http.status_code=200}\n"
/// );
/// # });
/// ```
#[derive(Clone, Debug, Default)]
pub struct Server {
    settings: Arc<Settings>,
}

type Trusts = Arc<dyn Fn(Head<'_>) -> Inbound + Send + Sync>;
type Peer = Arc<dyn Fn(Head<'_>) -> Option<SocketAddr> + Send + Sync>;

#[derive(Clone, Default)]
struct Settings {
    shared: Options,
    inbound: Option<Trusts>,
    peer: Option<Peer>,
    trace_id_header: Option<HeaderName>,
}

impl Server {
    /// One that traces every request and goes on with the trace of its headers.
    pub fn new() -> Self {
        Self::default()
    }

    shared_options!(|server| server.shared());

    /// Whether the trace of the caller goes on here. A public endpoint should not let strangers
    /// choose the trace that they appear in, nor what is sent along with it: `|_|
    /// Inbound::Ignore`. Asked once a request; where it panics the headers are ignored. What
    /// [`Config::inbound`](crate::Config::inbound) ignores, stays so.
    #[must_use]
    pub fn inbound(
        mut self,
        inbound: impl Fn(Head<'_>) -> Inbound + Send + Sync + 'static,
    ) -> Self {
        self.settings().inbound = Some(Arc::new(inbound));
        self
    }

    /// The address of the caller, which the span shows as its peer. Without it: what axum's
    /// `ConnectInfo` says (feature `axum`), or else a `SocketAddr` among the request's
    /// extensions.
    #[must_use]
    pub fn peer(
        mut self,
        peer: impl Fn(Head<'_>) -> Option<SocketAddr> + Send + Sync + 'static,
    ) -> Self {
        self.settings().peer = Some(Arc::new(peer));
        self
    }

    fn settings(&mut self) -> &mut Settings {
        Arc::make_mut(&mut self.settings)
    }

    pub(in crate::integrations) fn shared(&mut self) -> &mut Options {
        &mut self.settings().shared
    }

    /// Where a layer puts the id of the trace. It is kept here, since a layer is cloned for each
    /// request, and one handle costs less than two.
    pub(in crate::integrations) fn set_trace_id_header(&mut self, name: Option<HeaderName>) {
        self.settings().trace_id_header = name;
    }

    pub(in crate::integrations) fn trace_id_header(&self) -> Option<&HeaderName> {
        self.settings.trace_id_header.as_ref()
    }

    /// Begins the call that this request is.
    pub fn begin(
        &self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
        extensions: &Extensions,
    ) -> Call {
        if !enabled() {
            return Call::ignored(None);
        }
        let uri = router::original(extensions).unwrap_or(uri);
        let Settings { shared, inbound, peer, .. } = &*self.settings;
        let head = Head { method, uri, headers, extensions };
        if shared.ignores(head) {
            let (span, ()) = Resumable::open(&HTTP, |span| _ = span.ignore(), || ());
            return Call::ignored(Some(span));
        }
        let (callsite, protocol) = if grpc::is_call(method, headers) {
            (&GRPC, Protocol::Grpc)
        } else {
            (&HTTP, Protocol::Http)
        };
        let mut unknown = None;
        let describe = |span: &mut Describe<'_>| {
            let inbound = inbound.as_ref().map_or(Inbound::Accept, |inbound| {
                asked(|| inbound(head)).unwrap_or(Inbound::Ignore)
            });
            if inbound == Inbound::Accept {
                span.extract(headers);
            }
            unknown = name_served(span, head, protocol, router::route(extensions), &shared.naming);
            if !span.is_recording() {
                return;
            }
            let address = match peer {
                Some(peer) => asked(|| peer(head)).flatten(),
                None => router::peer(extensions),
            };
            if let Some(address) = address {
                span.peer(address);
            }
            if protocol == Protocol::Http {
                url::describe(
                    span,
                    method,
                    &url::url(uri, host_header(uri, headers), shared.query),
                );
            }
        };
        let (span, ()) = Resumable::open(callsite, describe, || ());
        Call::new(span, shared, method, protocol, unknown)
    }
}

impl Debug for Settings {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { shared, inbound, peer, trace_id_header } = self;
        let mut out = f.debug_struct("Settings");
        out.field("shared", shared)
            .field("inbound", &inbound.is_some())
            .field("peer", &peer.is_some());
        out.field("trace_id_header", trace_id_header).finish()
    }
}
