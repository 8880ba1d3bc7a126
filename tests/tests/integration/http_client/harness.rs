//! What the suites share: scripted servers, and trees as text with names in place of addresses.

mod grpc;
mod received;
mod server;

use std::future::Future;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::HeaderMap;
use skywalking_runtime::testing::{self, Tree};
use skywalking_runtime::{Callsite, callsite, span};
use tokio::net::TcpSocket;

pub(crate) use grpc::{GrpcServer, PartSender, Reply, framed};
pub(crate) use received::Received;
pub(crate) use server::{Answer, Server};

static ARRIVED: Callsite = callsite!(entry, "arrived");
static REQUEST: Callsite = callsite!(entry, "/request");
static MEANWHILE: Callsite = callsite!(local, "meanwhile");

/// How long a request may take that the stopped clock is to end.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(60);

/// A server that remembers what came.
pub(crate) trait Recorded {
    fn address(&self) -> SocketAddr;

    /// Path and headers of each request.
    fn heads(&self) -> Vec<(String, HeaderMap)>;
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What `work` recorded, and below it where the requests went.
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

/// The same as text. The first server is called `one:1`, the second one `two:2`.
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

/// Waits for the request to arrive, then stops the clock: whoever waits for a timeout gets it at
/// once.
pub(crate) async fn until_timeout<F: Future>(
    arrival: impl Future<Output = ()>,
    work: F,
) -> F::Output {
    let mut work = Box::pin(work);
    tokio::select! {
        biased;
        () = arrival => tokio::time::pause(),
        _ = &mut work => panic!("the request was over before it arrived"),
    }
    work.await
}

/// Drops `work` as soon as its request has arrived.
pub(crate) async fn cancelled(arrival: impl Future<Output = ()>, work: impl Future) {
    tokio::select! {
        biased;
        () = arrival => (),
        _ = Box::pin(work) => panic!("the request was over before it was cancelled"),
    }
}

/// A span that takes some time, so that what ends before it and what ends after it differ. A clock
/// is all that it waits for.
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

/// True if the exit span below the first root ended after the span [`meanwhile`] beside it, false
/// if before.
#[track_caller]
pub(crate) fn ended_after_meanwhile(trees: &[Tree]) -> bool {
    let children = &trees[0].root.children;
    let named = |name: &str| children.iter().find(|span| span.name.starts_with(name));
    let exit = children.iter().find(|span| span.kind == "Exit").expect("an exit span");
    let meanwhile = named("meanwhile").expect("the span beside it");
    assert!(
        meanwhile.end > meanwhile.start
            && (exit.end <= meanwhile.start || exit.end >= meanwhile.end),
        "{trees:?}"
    );
    exit.end >= meanwhile.end
}

/// An address where nobody listens: bound, so that nobody else gets it.
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

    /// The tree of `work`, in which this address is called `nobody:0`.
    pub(crate) async fn tree(&self, work: impl Future) -> String {
        tree(&[], work).await.replace(&self.address.to_string(), "nobody:0")
    }
}
