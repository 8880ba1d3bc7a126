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
    /// Logs a warning, once, if services of this type run their handlers outside of the future that
    /// they return, like Salvo's `compat()`. Call it when a layer is applied to a service.
    pub fn check_service<S>() {
        if std::any::type_name::<S>().contains(SALVO) {
            misuse::note(Misuse::LayerOnSalvo, &LAYER);
        }
    }
}
