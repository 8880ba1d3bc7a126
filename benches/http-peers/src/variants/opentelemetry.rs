//! tower-http's `TraceLayer` with tracing-opentelemetry and the batches of OpenTelemetry's SDK.
//! `TraceLayer` does not record routes and does not read headers, so its closures do. Costs that
//! are not needed are off: its events, and the thread names, source lines and busy times of the
//! layer.
//! threads, source lines and busy times.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::MatchedPath;
use axum::http::{Request, Response};
use opentelemetry::propagation::TextMapPropagator as _;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_http::HeaderExtractor;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{SdkTracerProvider, SpanData, SpanExporter};
use tower_http::trace::TraceLayer;
use tracing::field::Empty;
use tracing::{Span, info_span};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};

use super::{Sink, Started};

struct OpenTelemetry {
    provider: SdkTracerProvider,
    arrived: Arc<AtomicU64>,
}

pub(super) fn start(sink: Sink) -> Box<dyn Started> {
    let arrived = Arc::new(AtomicU64::new(0));
    let provider = SdkTracerProvider::builder()
        .with_batch_exporter(Counting { sink, arrived: Arc::clone(&arrived) })
        .build();
    let layer = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("http-peers"))
        .with_location(false)
        .with_threads(false)
        .with_tracked_inactivity(false)
        .with_target(false)
        .with_level(false)
        .with_context_activation(false);
    let subscriber = tracing_subscriber::registry().with(layer.with_filter(LevelFilter::INFO));
    if tracing::subscriber::set_global_default(subscriber).is_err() {
        // No spans will arrive then, so the rounds fail.
        eprintln!("another subscriber is already installed");
    }
    Box::new(OpenTelemetry { provider, arrived })
}

impl Started for OpenTelemetry {
    fn layered(&self, app: Router) -> Router {
        let propagator = TraceContextPropagator::new();
        let make_span = move |request: &Request<_>| {
            let method = request.method().as_str();
            let route = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
            let span = info_span!(
                "request",
                otel.name = format_args!("{method} {route}"),
                otel.kind = "server",
                http.request.method = method,
                http.route = route,
                url.path = request.uri().path(),
                http.response.status_code = Empty,
            );
            // The span is new, so it accepts a parent.
            let _ = span.set_parent(propagator.extract(&HeaderExtractor(request.headers())));
            span
        };
        let on_response = |response: &Response<_>, _: Duration, span: &Span| {
            span.record("http.response.status_code", response.status().as_u16());
        };
        let layer = TraceLayer::new_for_http()
            .make_span_with(make_span)
            .on_request(())
            .on_response(on_response);
        app.layer(layer.on_body_chunk(()).on_eos(()).on_failure(()))
    }

    fn flush(&self) {
        // Errors show as missing spans.
        let _ = self.provider.force_flush();
    }

    fn arrived(&self) -> u64 {
        self.arrived.load(Ordering::Acquire)
    }
}

#[derive(Debug)]
struct Counting {
    sink: Sink,
    arrived: Arc<AtomicU64>,
}

impl SpanExporter for Counting {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        if self.sink == Sink::Show {
            eprintln!("{batch:#?}");
        }
        self.arrived.fetch_add(batch.len() as u64, Ordering::Release);
        Ok(())
    }
}
