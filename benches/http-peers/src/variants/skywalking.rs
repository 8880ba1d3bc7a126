//! Ours with its defaults. The reporter encodes segments, and then discards them and counts them as
//! sent.

use std::time::Duration;

use axum::Router;
use skywalking_tower::ServerLayer;
use skywalking_runtime::{Agent, Config, config::Reporter};

use super::{Sink, Started};

struct SkyWalking(Agent);

pub(super) fn start(sink: Sink) -> Box<dyn Started> {
    let reporter = match sink {
        Sink::Count => Reporter::Discard,
        Sink::Show => Reporter::Log,
    };
    Box::new(SkyWalking(Config::new("http-peers").instance("1").reporter(reporter).start_or_off()))
}

impl Started for SkyWalking {
    fn layered(&self, app: Router) -> Router {
        app.layer(ServerLayer::new())
    }

    fn flush(&self) {
        self.0.flush(Duration::from_secs(10));
    }

    /// Each segment has one span here.
    fn arrived(&self) -> u64 {
        self.0.stats().sent
    }
}
