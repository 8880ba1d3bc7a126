//! An untraced server at the end of a chain, which echoes the body and stores the headers.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::State;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::HeaderMap;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

type StoredHeaders = Arc<Mutex<Vec<HeaderMap>>>;

pub(crate) struct Echo {
    pub(crate) address: SocketAddr,
    headers: StoredHeaders,
}

/// Returns a runtime with one thread of its own.
pub(crate) fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime")
}

impl Echo {
    /// Serves until the runtime is dropped.
    pub(crate) fn start(runtime: &Runtime) -> Self {
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a port is free");
        let address = listener.local_addr().expect("an address");
        let headers = StoredHeaders::default();
        let app = Router::new().fallback(answer).with_state(Arc::clone(&headers));
        runtime.spawn(async move { axum::serve(listener, app).await });
        Self { address, headers }
    }

    /// Returns the URL that a chain calls at its end.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/echo", self.address)
    }

    /// Returns the received values of `sw8-correlation`, one for each request, in the order of the
    /// keys.
    pub(crate) fn correlation(&self) -> Vec<String> {
        let stored = self.headers.lock().unwrap_or_else(PoisonError::into_inner);
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
