//! The traced program: requests, small and large, and what its agent says to `tracing`.

use std::io::Write;
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError, Weak};

use http::HeaderMap;
use skywalking_runtime::{
    Callsite, Config, callsite, config::Reporter, current, entry_span, exit_span, local_span,
    propagation::capture, span, trace_id,
};
use tracing_subscriber::filter::LevelFilter;

use crate::reporting::backend::Way;

/// The settings of its agent. They read no variable.
pub(crate) fn agent(way: Way, backend: &str) -> Config {
    let reporter = match way {
        Way::Grpc => Reporter::Grpc,
        Way::Http => Reporter::Http,
    };
    Config::new("RTS_Test").instance("RTS_Test_1").backend(backend).reporter(reporter)
}

static REQUEST: Callsite = callsite!(entry, "/request", layer = http);

/// A request of one span.
pub(crate) fn request() {
    span(&REQUEST).run(|| {});
}

/// So many of them.
pub(crate) fn requests(number: usize) {
    (0..number).for_each(|_| request());
}

/// The same with a tag.
pub(crate) fn request_with_tag(key: &'static str, value: &str) {
    span(&REQUEST).run(|| {
        current().tag(key, value);
    });
}

/// The same with so many tags of different keys.
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

/// A request of three segments: the caller's, the called one's, and one of another thread. Gives
/// the id of its trace.
#[entry_span(name = "/API/Snapshot", layer = http, tags("http.method" = "GET"))]
pub(crate) fn snapshot() -> String {
    plan(7);
    call(HeaderMap::new());
    trace_id().expect("it is traced")
}

#[local_span(name = "plan", tags("user" = user))]
fn plan(user: u64) {
    let _ = user;
}

#[exit_span(name = "/Service/OnSnapshot", peer = "RTS_Server", layer = rpc, inject = headers)]
fn call(mut headers: HeaderMap) {
    // The other side is a thread of this process: what it knows of the caller is in the headers
    // alone.
    std::thread::scope(|scope| scope.spawn(move || quering_snapshot(&headers)).join())
        .expect("the other side answers");
}

#[entry_span(name = "/Service/OnSnapshot/QueringSnapshot", layer = rpc, extract = headers)]
fn quering_snapshot(headers: &HeaderMap) {
    let _ = query("SELECT 快照");
}

#[exit_span(name = "/database/QuerySnapshot", peer = "APIService", layer = database, tags("db.type" = "sql", "db.statement" = statement))]
fn query(statement: &str) -> Result<(), std::num::ParseIntError> {
    let snapshot = capture();
    std::thread::scope(|scope| scope.spawn(move || snapshot.run("后台", || {})).join())
        .expect("the work is done");
    statement.parse::<u8>().map(drop)
}

/// Keeps what is said to `tracing` in this process while this lives, at every level and by every
/// crate.
pub(crate) struct Listening {
    said: Arc<Mutex<Vec<u8>>>,
}

/// Where the subscriber writes to: whoever listens now, else nowhere. A process has one subscriber,
/// and it can't be changed.
static EAR: Mutex<Weak<Mutex<Vec<u8>>>> = Mutex::new(Weak::new());

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Listening {
    pub(crate) fn begin() -> Self {
        static SUBSCRIBED: Once = Once::new();
        SUBSCRIBED.call_once(|| {
            tracing_subscriber::fmt()
                .with_max_level(LevelFilter::TRACE)
                .with_ansi(false)
                .with_writer(|| Ear)
                .init();
        });
        let said = Arc::default();
        *lock(&EAR) = Arc::downgrade(&said);
        Self { said }
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&lock(&self.said)).into_owned()
    }
}

struct Ear;

impl Write for Ear {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if let Some(said) = lock(&EAR).upgrade() {
            lock(&said).extend_from_slice(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
