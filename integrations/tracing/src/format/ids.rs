//! Which ids a line has.

use std::fmt::{self, Display};

use skywalking_runtime::{current, trace_id};

/// The ids that a format adds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Ids {
    /// `TID:<trace id>`
    #[default]
    Trace,
    /// `SW_CTX:[<service>,<instance>,<trace id>,<segment id>,<span id>]`
    Context,
}

impl Ids {
    /// Returns the key of a JSON field.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Trace => "TID",
            Self::Context => "SW_CTX",
        }
    }
}

/// Writes the ids of the current span.
impl Display for Ids {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // Without the names of service and instance, which `context` copies.
            Self::Trace => write!(f, "TID:{}", trace_id().as_deref().unwrap_or("N/A")),
            Self::Context => current().context().sw_ctx().fmt(f),
        }
    }
}
