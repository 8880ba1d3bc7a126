//! The accept loop of both ports, and the connections.
//!
//! | module | content |
//! | --- | --- |
//! | `connections` | all open connections: a limit, and which one to close |
//! | `connection` | the state of one connection, and its deadline |
//! | `request_body` | a request body that marks the connection as waiting for the client |
//! | `tls` | TLS, if it is on |
//! | `response_body` | a response body that is written in chunks |

mod connection;
mod connections;
mod request_body;
mod response_body;
mod tls;

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::GracefulConnection;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::sleep;

pub(crate) use connection::Connection;
pub(crate) use connections::Connections;
pub(crate) use request_body::RequestBody;
pub(crate) use response_body::ResponseBody;
pub(crate) use tls::{Acceptor, Protocol, Stream, TlsFiles};

use crate::shutdown::Shutdown;

/// How long to wait after a failed `accept`. Without free file descriptors it fails at once, again
/// and again.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Accepts connections until the shutdown starts, then waits for the open ones to end.
pub(crate) async fn serve<F>(
    listener: TcpListener,
    acceptor: Acceptor,
    connections: Arc<Connections>,
    shutdown: Arc<Shutdown>,
    handle: impl Fn(TokioIo<Stream>, Arc<Connection>) -> F + Clone + Send + 'static,
) where
    F: Future<Output = ()> + Send + 'static,
{
    let mut open = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            () = shutdown.started() => break,
            Some(_) = open.join_next() => continue,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                // If the option can't be set, responses only take longer.
                let _ = stream.set_nodelay(true);
                // If every connection is busy, the new one is closed at once.
                if let Some(slot) = connections.admit() {
                    let (acceptor, handle) = (acceptor.clone(), handle.clone());
                    let connection = Arc::clone(slot.connection());
                    let handled = async move {
                        // A failed handshake closes the connection. The client has the reason.
                        if let Ok(stream) = acceptor.accept(stream).await {
                            handle(TokioIo::new(stream), connection).await;
                        }
                    };
                    open.spawn(async move {
                        tokio::select! {
                            () = handled => {}
                            () = slot.connection().deadline_passed() => {}
                        }
                    });
                }
            }
            // The client has disconnected already.
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
                ) => {}
            // No free file descriptors: closing an idle connection frees one.
            Err(_) => {
                connections.close_longest_idle();
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop(listener);
    while open.join_next().await.is_some() {}
}

/// Serves one connection. When the shutdown starts, open requests may finish.
pub(crate) async fn serve_connection<C: GracefulConnection>(served: C, shutdown: Arc<Shutdown>) {
    tokio::pin!(served);
    tokio::select! {
        _ = served.as_mut() => return,
        () = shutdown.started() => served.as_mut().graceful_shutdown(),
    }
    // The client is gone after a connection error, so there is nobody to report it to.
    let _ = served.await;
}
