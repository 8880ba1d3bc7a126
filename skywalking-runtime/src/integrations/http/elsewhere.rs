//! Services that run the handler outside of their own future, where the span of a layer is not
//! current.

use super::Server;
use crate::span::misuse::{self, Misuse};
use crate::{Callsite, callsite};

/// In the type of the service that Salvo's `compat()` puts below a layer: Salvo runs the rest of
/// the chain beside the layer's future.
const SALVO: &str = "salvo_extra::tower_compat::FlowCtrlService";

static LAYER: Callsite = callsite!(entry, "ServerLayer");

impl Server {
    /// Logs a warning, once, if services of this type run their handlers outside of the future that
    /// they return, as Salvo's `compat()` does. Call it where a layer is put on a service.
    pub fn check_service<S>() {
        if std::any::type_name::<S>().contains(SALVO) {
            misuse::note(Misuse::LayerOnSalvo, &LAYER);
        }
    }
}
