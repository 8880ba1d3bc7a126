//! The HTTP/2 connections to one backend. Nothing connects before the first call. A call whose
//! connection breaks fails: the worker switches to the next address. A connection that the backend
//! has closed or is going to close (`GOAWAY`) gets no further call: the next call opens another.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Weak};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use h2::client::{Builder, SendRequest};
use tokio::sync::OnceCell;
use tokio::task::JoinHandle;

use super::super::dial::{Dialler, Protocol};
use super::super::metered::{Meter, Metered};
use super::super::quote::sources;
use super::wire::{Streams, Wire};
use crate::config::Address;

/// The most connections to a backend. A second one is opened when the backend's receive window
/// limits the first: it is often 1 MiB for all calls of a connection. If it cannot be opened, its
/// calls use the first.
const MOST: usize = 2;
/// The largest head of an answer.
const HEAD_BYTES: u32 = 64 * 1024;

/// The connections to one backend.
#[derive(Debug)]
pub(super) struct Channels {
    dialler: Dialler,
    open: Vec<Channel>,
}

impl Channels {
    pub(super) fn new(dialler: Dialler) -> Self {
        Self { dialler, open: Vec::new() }
    }

    /// Returns the channel for the next call to the backend.
    pub(super) fn next(&mut self, address: &Address) -> Channel {
        // Their calls keep them open.
        self.open.retain(Channel::takes_calls);
        let usable = self.open.iter().filter(|channel| !channel.has_failed());
        let least = usable.min_by_key(|channel| channel.stalled());
        if let Some(least) = least
            && (least.stalled() == 0 || self.open.len() >= MOST)
        {
            return least.clone();
        }
        let new = Channel::new(self.dialler.clone(), address.clone(), least);
        self.open.push(new.clone());
        new
    }

    /// Returns true if a connection takes further calls.
    #[cfg(test)]
    pub(super) fn keeps_open(&self) -> bool {
        self.open.iter().any(Channel::takes_calls)
    }

    /// Closes the connections when their calls have ended.
    pub(super) fn close(&mut self) {
        self.open.clear();
    }
}

/// A connection that the first call opens. It is closed when all clones are dropped.
#[derive(Clone, Debug)]
pub(super) struct Channel(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    dialler: Dialler,
    address: Address,
    /// The channel whose calls are stalled, if this is the second one. It is not kept open for that.
    first: Weak<Shared>,
    connection: OnceCell<Connection>,
    /// Set if the second connection could not be opened. It is not tried again.
    has_failed: AtomicBool,
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
    fn new(dialler: Dialler, address: Address, first: Option<&Self>) -> Self {
        Self(Arc::new(Shared {
            dialler,
            address,
            first: first.map(|first| Arc::downgrade(&first.0)).unwrap_or_default(),
            connection: OnceCell::default(),
            has_failed: AtomicBool::default(),
            stalled: AtomicUsize::default(),
            meter: Meter::default(),
            streams: Streams::default(),
        }))
    }

    /// Returns the channel for a call, and a way to send requests. Connects if this is the first
    /// call. A second channel whose connection can't be opened returns the first one.
    pub(super) async fn open(&self) -> Result<(Self, SendRequest<Bytes>), String> {
        match self.requests().await {
            Ok(requests) => Ok((self.clone(), requests)),
            Err(problem) => {
                let Some(first) = self.0.first.upgrade() else { return Err(problem) };
                self.0.has_failed.store(true, Ordering::Relaxed);
                let requests = first.connection.get().ok_or(problem)?.requests.clone();
                Ok((Self(first), requests))
            }
        }
    }

    async fn requests(&self) -> Result<SendRequest<Bytes>, String> {
        let connection = self.0.connection.get_or_try_init(|| async {
            // Calls that waited for the same attempt.
            if self.has_failed() {
                return Err("the second connection could not be opened".to_owned());
            }
            self.connect().await
        });
        Ok(connection.await?.requests.clone())
    }

    fn has_failed(&self) -> bool {
        self.0.has_failed.load(Ordering::Relaxed)
    }

    /// Returns false once the backend has closed the connection, or stated that it will. Servers do
    /// that after a number of calls or some time, and proxies when a connection is idle.
    fn takes_calls(&self) -> bool {
        let Some(connection) = self.0.connection.get() else { return true };
        let ready = connection.requests.clone().poll_ready(&mut Context::from_waker(Waker::noop()));
        !matches!(ready, Poll::Ready(Err(_)))
    }

    async fn connect(&self) -> Result<Connection, String> {
        let Shared { dialler, address, meter, .. } = &*self.0;
        let stream = dialler
            .connect(address, Protocol::H2)
            .await
            .map_err(|error| sources(error.to_string(), &error))?;
        let stream = Metered::new(stream, meter.clone());
        // No keep-alive by pings: the backend closes connections that ping often
        // (`docs/protocol.md#grpc-transport`). Deadlines detect dead connections.
        let (requests, connection) = Builder::new()
            .enable_push(false)
            .max_header_list_size(HEAD_BYTES)
            .handshake(Wire::new(stream, self.0.streams.clone()))
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

    fn stalled(&self) -> usize {
        self.0.stalled.load(Ordering::Relaxed)
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
