//! Services that run the handler outside of their own future, where the span of the layer is not
//! current.

use crate::trace::misuse::{self, Misuse};
use crate::{Callsite, callsite};

/// In the type of the service that Salvo's `compat()` puts below a layer: Salvo runs the rest of
/// the chain beside the layer's future.
const SALVO: &str = "salvo_extra::tower_compat::FlowCtrlService";

static LAYER: Callsite = callsite!(entry, "ServerLayer");

/// Notes that a layer was put on such a service.
pub(super) fn look_at<S>() {
    if std::any::type_name::<S>().contains(SALVO) {
        misuse::note(Misuse::LayerOnSalvo, &LAYER);
    }
}
