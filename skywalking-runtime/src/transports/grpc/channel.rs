//! The HTTP/2 connections to one backend. Nothing connects before the first call. A connection that
//! broke is not opened again: the worker switches to the next address.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use h2::client::{Builder, SendRequest};
use http::Uri;
use tokio::sync::OnceCell;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tower_service::Service as _;

use super::super::backends::CONNECT_DEADLINE;
use super::super::connector::connector;
use super::super::metered::Meter;
use super::super::quote::sources;
use super::wire::{Streams, Wire};

/// The most connections to a backend. A second one is opened when the backend's receive window
/// limits the first: it is often 1 MiB for all calls of a connection.
const MOST: usize = 2;
/// The largest head of an answer.
const HEAD_BYTES: u32 = 64 * 1024;

/// The connections to one backend.
#[derive(Debug, Default)]
pub(super) struct Channels(Vec<Channel>);

impl Channels {
    /// Returns the channel for the next call.
    pub(super) fn next(&mut self) -> Channel {
        let free = self.0.iter().find(|channel| !channel.is_stalled());
        if let Some(free) = free {
            return free.clone();
        }
        if self.0.len() < MOST {
            let new = Channel::default();
            self.0.push(new.clone());
            return new;
        }
        let least = self.0.iter().min_by_key(|channel| channel.0.stalled.load(Ordering::Relaxed));
        least.cloned().unwrap_or_default()
    }

    /// Closes the connections when their calls have ended.
    pub(super) fn close(&mut self) {
        self.0.clear();
    }
}

/// A connection that the first call opens. It is closed when all clones are dropped.
#[derive(Clone, Debug, Default)]
pub(super) struct Channel(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    connection: OnceCell<Connection>,
    /// The calls that wait for the backend's receive window.
    stalled: AtomicUsize,
    meter: Meter,
    streams: Streams,
}

#[derive(Debug)]
struct Connection {
    requests: SendRequest<Bytes>,
    /// The task that reads and writes.
    driver: JoinHandle<()>,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

impl Channel {
    /// Returns a way to send requests. Connects if this is the first call.
    pub(super) async fn requests(&self, address: &Uri) -> Result<SendRequest<Bytes>, String> {
        let connection = self.0.connection.get_or_try_init(|| async {
            timeout(CONNECT_DEADLINE, self.connect(address.clone())).await.unwrap_or_else(|_| {
                Err(format!("no connection within {} s", CONNECT_DEADLINE.as_secs()))
            })
        });
        Ok(connection.await?.requests.clone())
    }

    async fn connect(&self, address: Uri) -> Result<Connection, String> {
        let stream = connector(self.0.meter.clone())
            .call(address)
            .await
            .map_err(|error| sources(error.to_string(), &error))?;
        // No keep-alive by pings: the backend closes connections that ping often
        // (`docs/protocol.md#grpc-transport`). Deadlines detect dead connections.
        let (requests, connection) = Builder::new()
            .enable_push(false)
            .max_header_list_size(HEAD_BYTES)
            .handshake(Wire::new(stream.into_inner(), self.0.streams.clone()))
            .await
            .map_err(|error| sources(error.to_string(), &error))?;
        // The calls that fail report the error.
        let driver = tokio::spawn(async move { drop(connection.await) });
        Ok(Connection { requests, driver })
    }

    /// Returns the limit of what arrives, and the written streams.
    pub(super) fn wire(&self) -> (&Meter, &Streams) {
        (&self.0.meter, &self.0.streams)
    }

    /// Counts the call as stalled until the result is dropped.
    pub(super) fn stall(&self) -> Stalled<'_> {
        self.0.stalled.fetch_add(1, Ordering::Relaxed);
        Stalled(&self.0.stalled)
    }

    fn is_stalled(&self) -> bool {
        self.0.stalled.load(Ordering::Relaxed) > 0
    }
}

/// A call that waits for the backend's receive window.
#[derive(Debug)]
pub(super) struct Stalled<'a>(&'a AtomicUsize);

impl Drop for Stalled<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
