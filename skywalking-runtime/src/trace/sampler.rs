//! Whether a root is recorded. Until samplers are built, everything is, but for the limit of open segments (`trace/root`) and what a
//! test asks for.

#[cfg(feature = "testing")]
pub(crate) use crate::testing::{decide, scope};

/// True if a root of this name is recorded.
#[cfg(not(feature = "testing"))]
pub(crate) fn decide(_name: &str) -> bool {
    true
}

/// The mark of the test that runs on this thread, or 0.
#[cfg(not(feature = "testing"))]
pub(crate) fn scope() -> u32 {
    0
}
