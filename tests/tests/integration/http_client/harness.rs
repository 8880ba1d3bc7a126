//! Code that the tests of clients share: scripted servers, and trees as text with names instead of
//! addresses.

mod grpc;
mod received;
mod server;

use std::future::Future;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::HeaderMap;
use skywalking_runtime::testing::{self, Tree};
use skywalking_runtime::{Callsite, SpanKind, callsite, span};
use tokio::net::TcpSocket;

pub(crate) use grpc::{GrpcServer, PartSender, Reply, framed};
pub(crate) use received::Received;
pub(crate) use server::{Answer, Server};

static ARRIVED: Callsite = callsite!(entry, "arrived");
static REQUEST: Callsite = callsite!(entry, "/request");
static MEANWHILE: Callsite = callsite!(local, "meanwhile");

/// A timeout of requests, which the paused clock reaches at once.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(60);

/// A server that stores its requests.
pub(crate) trait Recorded {
    fn address(&self) -> SocketAddr;

    /// Returns path and headers of each request.
    fn heads(&self) -> Vec<(String, HeaderMap)>;
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Returns the trees of `work`, with the received requests below the spans in their headers.
pub(crate) async fn record(servers: &[&dyn Recorded], work: impl Future) -> Vec<Tree> {
    testing::run_async(async {
        work.await;
        for (path, headers) in servers.iter().flat_map(|server| server.heads()) {
            if headers.contains_key("sw8") {
                span(&ARRIVED).extract(&headers).name(format_args!("arrived {path}")).run(|| ());
            }
        }
    })
    .await
}

/// Returns the trees as text. The first server is called `one:1`, the second one `two:2`.
pub(crate) async fn tree(servers: &[&dyn Recorded], work: impl Future) -> String {
    let text = testing::text(&record(servers, work).await);
    servers
        .iter()
        .zip(["one:1", "two:2"])
        .fold(text, |text, (server, name)| text.replace(&server.address().to_string(), name))
}

/// Runs `work` as part of an incoming request.
pub(crate) fn inside<F: Future>(work: F) -> impl Future<Output = F::Output> {
    span(&REQUEST).future(work)
}

/// Waits until the request has arrived, then pauses the clock, so that timeouts expire at once.
pub(crate) async fn until_timeout<F: Future>(
    arrival: impl Future<Output = ()>,
    work: F,
) -> F::Output {
    let mut work = Box::pin(work);
    tokio::select! {
        biased;
        () = arrival => tokio::time::pause(),
        _ = &mut work => panic!("the request ended before it arrived"),
    }
    work.await
}

/// Drops `work` when its request has arrived.
pub(crate) async fn cancelled(arrival: impl Future<Output = ()>, work: impl Future) {
    tokio::select! {
        biased;
        () = arrival => (),
        _ = Box::pin(work) => panic!("the request ended before it was cancelled"),
    }
}

/// Opens a span of some milliseconds, so that an earlier and a later end differ. It only waits for
/// the clock.
pub(crate) async fn meanwhile() {
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
    span(&MEANWHILE)
        .future(async {
            let start = now();
            while now() < start + 5 {
                tokio::task::yield_now().await;
            }
        })
        .await;
}

/// Returns true if the exit span below the first root ended after the span of [`meanwhile`] next to
/// it, and false if before.
#[track_caller]
pub(crate) fn ended_after_meanwhile(trees: &[Tree]) -> bool {
    let children = &trees[0].root.children;
    let named = |name: &str| children.iter().find(|span| span.name.starts_with(name));
    let exit = children.iter().find(|span| span.kind == SpanKind::Exit).expect("an exit span");
    let meanwhile = named("meanwhile").expect("the span of `meanwhile`");
    assert!(
        meanwhile.end > meanwhile.start
            && (exit.end <= meanwhile.start || exit.end >= meanwhile.end),
        "{trees:?}"
    );
    exit.end >= meanwhile.end
}

/// An address where nothing listens. It is bound, so that no other socket gets it.
pub(crate) struct Nobody {
    _socket: TcpSocket,
    pub(crate) address: SocketAddr,
}

impl Nobody {
    pub(crate) fn new() -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.bind(SocketAddr::from(([127, 0, 0, 1], 0))).expect("a port");
        let address = socket.local_addr().expect("an address");
        Self { _socket: socket, address }
    }

    /// Returns the tree of `work`, with this address as `nobody:0`.
    pub(crate) async fn tree(&self, work: impl Future) -> String {
        tree(&[], work).await.replace(&self.address.to_string(), "nobody:0")
    }
}
