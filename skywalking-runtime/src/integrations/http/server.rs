//! Records served requests.

use std::fmt::{self, Debug, Formatter};
use std::net::SocketAddr;
use std::sync::Arc;

use ::http::{Extensions, HeaderMap, HeaderName, Method, Uri};

use super::call::Call;
use super::head::{Head, call_program};
use super::names::name_served;
use super::options::{Options, shared_options};
use super::protocol::Protocol;
use super::router::{Lookups, NoRouter, Router};
use super::url::host_header;
use super::{grpc, url};
use crate::{Callsite, OpeningSpan, ResumableSpan, callsite, component, config::Inbound, enabled};

static HTTP: Callsite =
    callsite!(entry, "HTTP", layer = http).component(component::HTTP).fallback();
static GRPC: Callsite = callsite!(entry, "gRPC", layer = rpc).component(component::GRPC).fallback();

/// Records an entry span for each served request. Cheap to clone.
///
/// ```
/// use http::{Request, Response};
/// use skywalking_runtime::{integrations::http::Server, testing};
///
/// async fn answer(request: Request<String>) -> Response<String> {
///     Response::new(request.into_body())
/// }
///
/// /// A server without tower.
/// async fn serve(server: &Server, request: Request<String>) -> Response<String> {
///     let call = server.begin(request.method(), request.uri(), request.headers(), request.extensions());
///     let (response, mut call) = call.future(answer(request)).await;
///     call.record_response(response.status(), response.headers());
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
    /// Creates a server that records every request and continues the trace of its headers.
    pub fn new() -> Self {
        Self::default()
    }

    shared_options!(|server| server.shared());

    /// Sets a closure that decides whether a request continues the caller's trace. Default: always.
    ///
    /// A public endpoint should not let unknown clients choose the trace id or the correlation
    /// pairs: use `|_| Inbound::Ignore`. The closure is called once per request. If it panics, the
    /// headers are ignored. [`Config::inbound`](crate::Config::inbound) can ignore them as well.
    #[must_use]
    pub fn inbound(
        mut self,
        inbound: impl Fn(Head<'_>) -> Inbound + Send + Sync + 'static,
    ) -> Self {
        self.settings().inbound = Some(Arc::new(inbound));
        self
    }

    /// Sets how the address of the caller is found, which is recorded as the peer. Default: a
    /// [`SocketAddr`] in the request's extensions, or the result of the [`Router`].
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

    fn shared(&mut self) -> &mut Options {
        &mut self.settings().shared
    }

    /// Sets the response header with the id of the trace, so that users can include it in a problem
    /// report. The header is also set if the request is not sampled, but not if it is ignored. An
    /// invalid name is logged, and no header is set.
    ///
    /// The integration writes the header: the name is
    /// [`trace_id_header_name`](Self::trace_id_header_name), the id [`Call::trace_id`].
    #[must_use]
    pub fn trace_id_header(mut self, name: impl Into<String>) -> Self {
        let name = name.into();
        let header = HeaderName::from_bytes(name.as_bytes()).ok();
        if header.is_none() {
            crate::self_log::warn(format!(
                "{name:?} is not a valid header name: responses will not have the id of their trace"
            ));
        }
        self.settings().trace_id_header = header;
        self
    }

    /// Returns the name that was set by [`trace_id_header`](Self::trace_id_header).
    pub fn trace_id_header_name(&self) -> Option<&HeaderName> {
        self.settings.trace_id_header.as_ref()
    }

    /// Begins the call of a served request. The span is named by the path.
    pub fn begin(
        &self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
        extensions: &Extensions,
    ) -> Call {
        self.begin_routed::<NoRouter>(method, uri, headers, extensions)
    }

    /// Begins the call of a served request. The span is named by the route that `R` finds in the
    /// extensions.
    #[inline]
    pub fn begin_routed<R: Router>(
        &self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
        extensions: &Extensions,
    ) -> Call {
        self.begin_with(const { &Lookups::of::<R>() }, method, uri, headers, extensions)
    }

    fn begin_with(
        &self,
        router: &Lookups,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
        extensions: &Extensions,
    ) -> Call {
        if !enabled() {
            return Call::ignored(None);
        }
        let uri = (router.original_uri)(extensions).unwrap_or(uri);
        let Settings { shared, inbound, peer, .. } = &*self.settings;
        let head = Head { method, uri, headers, extensions };
        if shared.ignores(head) {
            let (span, ()) = ResumableSpan::open(&HTTP, |span| _ = span.ignore(), || ());
            return Call::ignored(Some(span));
        }
        let (callsite, protocol) = if grpc::is_call(method, headers) {
            (&GRPC, Protocol::Grpc)
        } else {
            (&HTTP, Protocol::Http)
        };
        let mut unknown = None;
        let describe = |span: &mut OpeningSpan<'_>| {
            let inbound = inbound.as_ref().map_or(Inbound::Accept, |inbound| {
                call_program(|| inbound(head)).unwrap_or(Inbound::Ignore)
            });
            if inbound == Inbound::Accept {
                span.extract(headers);
            }
            unknown = name_served(span, head, protocol, (router.route)(extensions), &shared.naming);
            if !span.is_recording() {
                return;
            }
            let address = match peer {
                Some(peer) => call_program(|| peer(head)).flatten(),
                None => (router.peer)(extensions),
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
        let (span, ()) = ResumableSpan::open(callsite, describe, || ());
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
