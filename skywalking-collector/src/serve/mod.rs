//! Connections of both ports: taken, bounded in number, and ended when they are idle or stuck.
//!
//! | file | what it does |
//! | --- | --- |
//! | `connections` | the table: a limit, of which the connection that was idle for longest goes first |
//! | `connection` | what one connection does, and when it is overdue |
//! | `question` | the body of a request: who waits for it is idle |
//! | `answer` | the body of an answer, written in pieces |

mod answer;
mod connection;
mod connections;
mod question;

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::GracefulConnection;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::sleep;

pub(crate) use answer::Answer;
pub(crate) use connection::Connection;
pub(crate) use connections::Connections;
pub(crate) use question::Question;

use crate::shared::Shared;

/// How long no connection is taken after the system refused one. Out of files it refuses at once,
/// again and again.
const PAUSE: Duration = Duration::from_millis(50);

/// Serves one connection; when the collector stops, the calls that are open may end.
pub(crate) async fn until_stopped<C: GracefulConnection>(served: C, shared: Arc<Shared>) {
    tokio::pin!(served);
    tokio::select! {
        _ = served.as_mut() => return,
        () = shared.stopped() => served.as_mut().graceful_shutdown(),
    }
    // A connection that breaks ends; nobody is left who could hear why.
    let _ = served.await;
}

/// Takes connections until the collector stops, and then waits for those that are open.
pub(crate) async fn serve<F>(
    listener: TcpListener,
    shared: Arc<Shared>,
    handle: impl Fn(TokioIo<TcpStream>, Arc<Connection>) -> F,
) -> io::Result<()>
where
    F: Future<Output = ()> + Send + 'static,
{
    let mut open = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            () = shared.stopped() => break,
            Some(_) = open.join_next() => continue,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                // Answers are awaited; where the option can't be set, they only take longer.
                let _ = stream.set_nodelay(true);
                // Where each connection is at work, a new one is closed at once.
                if let Some(entry) = shared.connections().admit() {
                    let handled = handle(TokioIo::new(stream), Arc::clone(entry.connection()));
                    open.spawn(async move {
                        tokio::select! {
                            () = handled => {}
                            () = entry.connection().overdue() => {}
                        }
                    });
                }
            }
            // The one who came has gone already.
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
                ) => {}
            // Out of files: one that is idle makes room for the one that waits.
            Err(_) => {
                shared.connections().close_oldest();
                sleep(PAUSE).await;
            }
        }
    }
    drop(listener);
    while open.join_next().await.is_some() {}
    Ok(())
}
