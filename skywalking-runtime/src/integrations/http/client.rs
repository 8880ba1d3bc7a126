//! Records outgoing requests.

use std::sync::Arc;

use ::http::{Extensions, HeaderMap, HeaderName, Method, Uri};

use super::call::Call;
use super::head::Head;
use super::hosts::Host;
use super::options::{Options, shared_options};
use super::protocol::Protocol;
use super::url::{Address, host_header};
use super::{grpc, url};
use crate::headers::{correlation, extension, sw8};
use crate::{
    Callsite, OpeningSpan, ResumableSpan, callsite, component, enabled, propagation::inject,
};

static HTTP: Callsite =
    callsite!(exit, "HTTP", layer = http).component(component::HTTP_CLIENT).fallback();
static GRPC: Callsite = callsite!(exit, "gRPC", layer = rpc).component(component::GRPC).fallback();

/// The headers of trace propagation.
const OURS: [HeaderName; 3] = [
    HeaderName::from_static(sw8::HEADER),
    HeaderName::from_static(correlation::HEADER),
    HeaderName::from_static(extension::HEADER),
];

/// Records an exit span for each outgoing request. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Client {
    settings: Arc<Settings>,
}

#[derive(Clone, Debug, Default)]
struct Settings {
    shared: Options,
    peer: Option<Box<str>>,
    /// The hosts that receive the headers. `None` means all hosts.
    hosts: Option<Vec<Host>>,
}

impl Client {
    /// Creates a client that records every request and sends the headers to all hosts.
    pub fn new() -> Self {
        Self::default()
    }

    shared_options!(|client| client.shared());

    /// Sets the hosts that receive the headers of the trace. Default: all hosts.
    ///
    /// A host is `stock` with any port, `stock:8080`, or `*.example.com` for all its subdomains. A
    /// request to another host is recorded, but the headers are not sent, and existing ones are
    /// removed: a third party should not receive the names of services. An invalid host is logged,
    /// and receives no headers.
    #[must_use]
    pub fn propagate_to(mut self, hosts: impl IntoIterator<Item: AsRef<str>>) -> Self {
        let allowed = self.settings().hosts.get_or_insert_default();
        for host in hosts {
            let host = host.as_ref();
            match Host::parse(host) {
                Ok(parsed) => allowed.push(parsed),
                Err(problem) => {
                    let host = crate::secrets::without_secrets(host);
                    crate::self_log::warn(format!(
                        "`propagate_to` can't use the host {host:?}, so it receives no trace headers: {problem}"
                    ));
                }
            }
        }
        self
    }

    /// Sets the peer `host:port` of requests whose URI has no host. A tonic `Channel` adds its host
    /// only after this call.
    #[must_use]
    pub fn peer(mut self, peer: impl Into<String>) -> Self {
        self.settings().peer = Some(peer.into().into());
        self
    }

    fn settings(&mut self) -> &mut Settings {
        Arc::make_mut(&mut self.settings)
    }

    fn shared(&mut self) -> &mut Options {
        &mut self.settings().shared
    }

    /// Begins the call of an outgoing request, below the current span, and writes the headers of
    /// the trace.
    pub fn begin(
        &self,
        method: &Method,
        uri: &Uri,
        headers: &mut HeaderMap,
        extensions: &Extensions,
    ) -> Call {
        let Settings { shared, peer, hosts } = &*self.settings;
        let may_know = hosts.as_ref().is_none_or(|hosts| {
            let address = Address::of(uri, peer.as_deref(), host_header(uri, headers));
            address.is_some_and(|address| {
                hosts.iter().any(|host| host.matches(address.host, address.port))
            })
        });
        if !may_know {
            // Also while no tracer runs: the program may have passed on a caller's headers.
            for header in OURS {
                headers.remove(header);
            }
        }
        if !enabled() || shared.ignores(Head { method, uri, headers, extensions }) {
            return Call::ignored(None);
        }
        let (callsite, protocol) = if grpc::is_call(method, headers) {
            (&GRPC, Protocol::Grpc)
        } else {
            (&HTTP, Protocol::Http)
        };
        // Clones the handle, only if the URI has no host, because the headers are written to
        // meanwhile.
        let host = host_header(uri, headers).cloned();
        let name = shared.naming.name_of(Head { method, uri, headers, extensions });
        let describe = |span: &mut OpeningSpan<'_>| {
            match (name, protocol) {
                (Some(name), _) => _ = span.name(name),
                (None, Protocol::Grpc) => _ = span.name(uri.path()),
                (None, Protocol::Http) => url::name(span, method.as_str(), uri.path()),
            }
            if !span.is_recording() {
                return;
            }
            match Address::of(uri, peer.as_deref(), host.as_ref()) {
                Some(address) => span.peer(address),
                None => span.peer(""),
            };
            if protocol == Protocol::Http {
                url::describe(span, method, &url::url(uri, host.as_ref(), shared.query));
            }
        };
        let (span, ()) = ResumableSpan::open(callsite, describe, || {
            if may_know {
                inject(headers);
            }
        });
        Call::new(span, shared, method, protocol, None)
    }
}
