//! The variants: a server without a layer, with ours, and with those of others. Each extracts the
//! incoming trace from its own header, samples everything, and records the method. All but
//! fastrace-tower also record route, path and status. Finished spans go through the default batches
//! of the library to a sink in this process that counts them.

mod fastrace;
mod opentelemetry;
mod skywalking;

use axum::Router;

/// The variants, in the order of the columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Variant {
    Bare,
    Ours,
    FastraceAxum,
    FastraceTower,
    OpenTelemetry,
}

/// The destination of the spans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sink {
    Count,
    /// Writes them to standard error.
    Show,
}

/// A started variant.
pub(crate) trait Started {
    /// Returns the server with the layer.
    fn layered(&self, app: Router) -> Router;
    /// Waits until all ended spans have arrived.
    fn flush(&self);
    /// Returns the number of spans that have arrived so far. Variants of the same library share the
    /// count, since they do not run at the same time.
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

    /// Returns the attributes of its spans, besides trace, caller and time.
    pub(crate) fn records(self) -> &'static str {
        match self {
            Self::Bare => "-",
            Self::Ours | Self::FastraceAxum | Self::OpenTelemetry => "method, route, path, status",
            Self::FastraceTower => "method",
        }
    }

    /// Returns the number of spans for each request.
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
