//! The environment of a chain: the collector of all its programs, and an untraced server at its end
//! that echoes the body and stores the headers.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::State;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::HeaderMap;
use skywalking_collector::{Collector, TraceQuery, TraceView};
use skywalking_tests::child::TIMEOUT;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// An address where nothing listens. Connections are refused immediately.
pub(crate) const NOBODY: &str = "127.0.0.1:1";

type StoredHeaders = Arc<Mutex<Vec<HeaderMap>>>;

pub(crate) struct Stage {
    pub(crate) collector: Collector,
    pub(crate) echo: SocketAddr,
    stored: StoredHeaders,
    runtime: Runtime,
}

impl Stage {
    pub(crate) fn set() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let collector = Collector::builder().grpc_addr("127.0.0.1:0").http_addr("127.0.0.1:0");
        let collector = runtime.block_on(collector.start()).expect("a port is free");
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a port is free");
        let echo = listener.local_addr().expect("an address");
        let stored = StoredHeaders::default();
        let app = Router::new().fallback(answer).with_state(Arc::clone(&stored));
        runtime.spawn(async move { axum::serve(listener, app).await });
        Self { collector, echo, stored, runtime }
    }

    /// Returns the only trace, after this number of spans has arrived.
    #[track_caller]
    pub(crate) fn trace(&self, spans: usize) -> TraceView {
        let complete = |collector: &Collector| collector.stats().spans_stored >= spans;
        let arrived = self.runtime.block_on(self.collector.wait_for(complete, TIMEOUT));
        let traces = self.collector.traces(&TraceQuery::default());
        arrived.unwrap_or_else(|error| panic!("{error}: {traces:#?}"));
        let [one] = traces.as_slice() else { panic!("expected one trace: {traces:#?}") };
        self.collector.trace(&one.trace_id).expect("a stored trace")
    }

    /// Returns the received values of `sw8-correlation`, one for each request, in the order of the
    /// keys.
    pub(crate) fn correlation(&self) -> Vec<String> {
        let stored = self.stored.lock().unwrap_or_else(PoisonError::into_inner);
        stored.iter().map(correlation).collect()
    }
}

async fn answer(State(stored): State<StoredHeaders>, headers: HeaderMap, body: Bytes) -> Bytes {
    stored.lock().unwrap_or_else(PoisonError::into_inner).push(headers);
    body
}

fn correlation(headers: &HeaderMap) -> String {
    let header = headers
        .get("sw8-correlation")
        .map(|value| value.to_str().expect("ASCII"))
        .unwrap_or_default();
    let mut pairs: Vec<_> = header.split(',').filter(|pair| !pair.is_empty()).map(pair).collect();
    pairs.sort_unstable();
    pairs.join(", ")
}

fn pair(pair: &str) -> String {
    let text =
        |part: &str| String::from_utf8(STANDARD.decode(part).expect("Base64")).expect("UTF-8");
    let (key, value) = pair.split_once(':').expect("a key and a value");
    format!("{}={}", text(key), text(value))
}
