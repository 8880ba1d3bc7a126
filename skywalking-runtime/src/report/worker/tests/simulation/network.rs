//! Opens connections of the simulated network, and records when.

use std::cell::RefCell;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use turmoil::net::TcpStream;

use crate::transports::dial::{Opening, Stream};

thread_local! {
    /// When connections were opened in this thread's simulation.
    static TRIES: RefCell<Vec<Duration>> = const { RefCell::new(Vec::new()) };
}

/// Opens a connection in the simulation of this thread.
pub(super) fn open(address: SocketAddr) -> Opening {
    let now = turmoil::sim_elapsed().unwrap_or_default();
    TRIES.with_borrow_mut(|tries| tries.push(now));
    let connecting = TcpStream::connect(address);
    Box::pin(async move {
        let stream: io::Result<Stream> =
            connecting.await.map(|stream| -> Stream { Box::new(stream) });
        stream
    })
}

/// Removes and returns when connections were opened, since the start of the simulation.
pub(super) fn tries() -> Vec<Duration> {
    TRIES.take()
}
