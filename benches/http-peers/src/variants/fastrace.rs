//! fastrace's layers. The one for axum records method, path, route and status, the one for tower
//! only the method.

use std::sync::Once;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use fastrace::collector::{Config, Reporter, SpanRecord};
use fastrace_axum::FastraceLayer;
use fastrace_tower::FastraceServerLayer;

use super::{Sink, Started};

static ONCE: Once = Once::new();
static ARRIVED: AtomicU64 = AtomicU64::new(0);

#[derive(Clone, Copy)]
pub(super) enum Layer {
    Axum,
    Tower,
}

pub(super) fn start(sink: Sink, layer: Layer) -> Box<dyn Started> {
    ONCE.call_once(|| fastrace::set_reporter(Counting(sink), Config::default()));
    Box::new(Fastrace(layer))
}

struct Fastrace(Layer);

impl Started for Fastrace {
    fn layered(&self, app: Router) -> Router {
        match self.0 {
            Layer::Axum => app.layer(FastraceLayer::default()),
            Layer::Tower => app.layer(FastraceServerLayer::default()),
        }
    }

    fn flush(&self) {
        fastrace::flush();
    }

    fn arrived(&self) -> u64 {
        ARRIVED.load(Ordering::Acquire)
    }
}

struct Counting(Sink);

impl Reporter for Counting {
    fn report(&mut self, spans: Vec<SpanRecord>) {
        if self.0 == Sink::Show {
            eprintln!("{spans:#?}");
        }
        ARRIVED.fetch_add(spans.len() as u64, Ordering::Release);
    }
}
