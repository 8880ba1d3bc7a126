//! The traced program: small and large requests, and the agent's events for `tracing`.

use std::io::Write;
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError, Weak};

use http::HeaderMap;
use skywalking_runtime::{
    Callsite, Config, callsite, config::Reporter, current, entry_span, exit_span, local_span,
    propagation::capture, span, trace_id,
};
use tracing_subscriber::filter::LevelFilter;

use crate::reporting::backend::Protocol;

/// Returns the settings of its agent, which read no variables.
pub(crate) fn agent(protocol: Protocol, backend: &str) -> Config {
    let reporter = match protocol {
        Protocol::Grpc => Reporter::Grpc,
        Protocol::Http => Reporter::Http,
    };
    Config::new("RTS_Test").instance("RTS_Test_1").backend(backend).reporter(reporter)
}

static REQUEST: Callsite = callsite!(entry, "/request", layer = http);

/// Makes a request of one span.
pub(crate) fn request() {
    span(&REQUEST).run(|| {});
}

/// Makes this number of requests.
pub(crate) fn requests(number: usize) {
    (0..number).for_each(|_| request());
}

/// Makes a request of this number of spans.
pub(crate) fn request_with_spans(number: usize) {
    static STEP: Callsite = callsite!(local, "step");
    span(&REQUEST).run(|| (1..number).for_each(|_| span(&STEP).run(|| {})));
}

/// Makes a request with a tag.
pub(crate) fn request_with_tag(key: &'static str, value: &str) {
    span(&REQUEST).run(|| {
        current().tag(key, value);
    });
}

/// Makes a request with this number of tags of different keys.
pub(crate) fn request_with_tags(number: usize, value: &str) {
    static KEYS: [&str; 40] = {
        let mut keys = ["k"; 40];
        let mut at = 0;
        while at < keys.len() {
            // A key for each length.
            keys[at] = "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk".split_at(at + 1).0;
            at += 1;
        }
        keys
    };
    span(&REQUEST).run(|| {
        for key in &KEYS[..number] {
            current().tag(key, value);
        }
    });
}

/// Makes a request of three segments: of the caller, of the callee, and of another thread. Returns
/// its trace id.
#[entry_span(name = "/API/Snapshot", layer = http, tags("http.method" = "GET"))]
pub(crate) fn snapshot() -> String {
    plan(7);
    call(HeaderMap::new());
    trace_id().expect("a trace id")
}

#[local_span(name = "plan", tags("user" = user))]
fn plan(user: u64) {
    let _ = user;
}

#[exit_span(name = "/Service/OnSnapshot", peer = "RTS_Server", layer = rpc, inject = headers)]
fn call(mut headers: HeaderMap) {
    // The callee is a thread of this process. It only gets the headers of the caller.
    std::thread::scope(|scope| scope.spawn(move || quering_snapshot(&headers)).join())
        .expect("the callee does not panic");
}

#[entry_span(name = "/Service/OnSnapshot/QueringSnapshot", layer = rpc, extract = headers)]
fn quering_snapshot(headers: &HeaderMap) {
    let _ = query("SELECT 快照");
}

#[exit_span(name = "/database/QuerySnapshot", peer = "APIService", layer = database, tags("db.type" = "sql", "db.statement" = statement))]
fn query(statement: &str) -> Result<(), std::num::ParseIntError> {
    let snapshot = capture();
    std::thread::scope(|scope| scope.spawn(move || snapshot.run("后台", || {})).join())
        .expect("the thread does not panic");
    statement.parse::<u8>().map(drop)
}

/// Captures the events for `tracing` of all crates and levels in this process until it is dropped.
pub(crate) struct CapturedLog {
    text: Arc<Mutex<Vec<u8>>>,
}

/// The target of the subscriber: the current capture, if there is one. A process has one
/// subscriber, which cannot be changed.
static CAPTURE: Mutex<Weak<Mutex<Vec<u8>>>> = Mutex::new(Weak::new());

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl CapturedLog {
    pub(crate) fn begin() -> Self {
        static SUBSCRIBED: Once = Once::new();
        SUBSCRIBED.call_once(|| {
            tracing_subscriber::fmt()
                .with_max_level(LevelFilter::TRACE)
                .with_ansi(false)
                .with_writer(|| CaptureWriter)
                .init();
        });
        let text = Arc::default();
        *lock(&CAPTURE) = Arc::downgrade(&text);
        Self { text }
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&lock(&self.text)).into_owned()
    }
}

struct CaptureWriter;

impl Write for CaptureWriter {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if let Some(text) = lock(&CAPTURE).upgrade() {
            lock(&text).extend_from_slice(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
