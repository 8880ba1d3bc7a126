//! The variants: a server with no layer, with ours and with those of others. Each takes the trace
//! that came in by its own header, samples all, records the method, and but for fastrace-tower
//! route, path and status too, and sends finished spans through the batches that its library has by
//! default, to a sink in this process that counts what arrived.

mod fastrace;
mod opentelemetry;
mod skywalking;

use axum::Router;

/// In the order of the table's columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Variant {
    Bare,
    Ours,
    FastraceAxum,
    FastraceTower,
    OpenTelemetry,
}

/// What becomes of the spans that arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sink {
    Count,
    /// They go to standard error.
    Show,
}

/// A variant that is set up.
pub(crate) trait Started {
    /// The server with the layer.
    fn layered(&self, app: Router) -> Router;
    /// Waits until all that has ended has arrived.
    fn flush(&self);
    /// Spans that have arrived so far. Only one variant works at a time, so those of the same
    /// library share the count.
    fn arrived(&self) -> u64;
}

impl Variant {
    pub(crate) const ALL: [Self; 5] =
        [Self::Bare, Self::Ours, Self::FastraceAxum, Self::FastraceTower, Self::OpenTelemetry];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Bare => "axum alone",
            Self::Ours => "our `ServerLayer`",
            Self::FastraceAxum => "fastrace-axum",
            Self::FastraceTower => "fastrace-tower",
            Self::OpenTelemetry => "`TraceLayer`, tracing-opentelemetry",
        }
    }

    /// What a span of it says, besides its trace, its caller and its time.
    pub(crate) fn records(self) -> &'static str {
        match self {
            Self::Bare => "-",
            Self::Ours | Self::FastraceAxum | Self::OpenTelemetry => "method, route, path, status",
            Self::FastraceTower => "method",
        }
    }

    /// How many spans a request leaves.
    pub(crate) fn spans(self) -> u64 {
        u64::from(self != Self::Bare)
    }

    pub(crate) fn start(self, sink: Sink) -> Box<dyn Started> {
        match self {
            Self::Bare => Box::new(Bare),
            Self::Ours => skywalking::start(sink),
            Self::FastraceAxum => fastrace::start(sink, fastrace::Layer::Axum),
            Self::FastraceTower => fastrace::start(sink, fastrace::Layer::Tower),
            Self::OpenTelemetry => opentelemetry::start(sink),
        }
    }
}

struct Bare;

impl Started for Bare {
    fn layered(&self, app: Router) -> Router {
        app
    }

    fn flush(&self) {}

    fn arrived(&self) -> u64 {
        0
    }
}
