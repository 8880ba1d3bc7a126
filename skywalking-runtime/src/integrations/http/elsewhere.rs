//! Detects services that run the handler outside of their own future, where the span of a layer is
//! not current.

use super::Server;
use crate::span::misuse::{self, Misuse};
use crate::{Callsite, callsite};

/// Part of the type name of the service that Salvo's `compat()` puts below a layer: Salvo runs the
/// rest of the chain outside of the layer's future.
const SALVO: &str = "salvo_extra::tower_compat::FlowCtrlService";

static LAYER: Callsite = callsite!(entry, "ServerLayer");

impl Server {
    /// Logs a warning, once, if a service of type `S` is known to run its handlers outside of the
    /// future that it returns. Their spans would not be below the request's span.
    ///
    /// Salvo's `compat()` is known for that. Call this when a layer is applied to a service. It
    /// does nothing for every other type.
    pub fn warn_if_unsupported<S>() {
        if std::any::type_name::<S>().contains(SALVO) {
            misuse::note(Misuse::LayerOnSalvo, &LAYER);
        }
    }
}
