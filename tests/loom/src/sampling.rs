//! The runtime's `sampling`.

#[path = "../../../skywalking-runtime/src/sampling/tail_decision.rs"]
pub(crate) mod tail_decision;
#[path = "../../../skywalking-runtime/src/sampling/window.rs"]
pub(crate) mod window;
