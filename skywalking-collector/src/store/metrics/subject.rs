//! What a series measures.

use std::sync::Arc;

use crate::naming::ServiceKind;

/// What a series measures. `N` is a name: text, or the number of an interned one.
///
/// Names of services, instances and endpoints are the displayed ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Subject<N> {
    /// The requests that a service received.
    Service { service: N },
    /// The requests that an instance received.
    Instance { service: N, instance: N },
    /// The requests to an endpoint, a logic endpoint included.
    Endpoint { service: N, endpoint: N },
    /// The calls that the called service reported.
    Received {
        source: N,
        source_kind: ServiceKind,
        target: N,
        /// The address that makes an alias for the target: the caller dialled it.
        address: Option<N>,
        component: i32,
        layer: i32,
    },
    /// The calls that the caller reported. The address is resolved when the map is read.
    Sent { source: N, address: N, component: i32, layer: i32 },
    /// The access to a database, a cache or a queue by spans of that layer. Unlike calls, it
    /// includes spans with `skipAnalysis`.
    Access { layer: i32, name: N },
}

impl Subject<Arc<str>> {
    /// Returns the length of its names, in bytes.
    pub(crate) fn text_bytes(&self) -> usize {
        let mut bytes = 0;
        self.clone().map(|name| bytes += name.len());
        bytes
    }
}

impl<N> Subject<N> {
    /// Converts each name.
    pub(crate) fn map<M>(self, mut name: impl FnMut(N) -> M) -> Subject<M> {
        match self {
            Self::Service { service } => Subject::Service { service: name(service) },
            Self::Instance { service, instance } => {
                Subject::Instance { service: name(service), instance: name(instance) }
            }
            Self::Endpoint { service, endpoint } => {
                Subject::Endpoint { service: name(service), endpoint: name(endpoint) }
            }
            Self::Received { source, source_kind, target, address, component, layer } => {
                Subject::Received {
                    source: name(source),
                    source_kind,
                    target: name(target),
                    address: address.map(name),
                    component,
                    layer,
                }
            }
            Self::Sent { source, address, component, layer } => {
                Subject::Sent { source: name(source), address: name(address), component, layer }
            }
            Self::Access { layer, name: own } => Subject::Access { layer, name: name(own) },
        }
    }
}
