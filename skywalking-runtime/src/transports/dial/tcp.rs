//! Opens TCP connections.

use std::net::SocketAddr;
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};
use tokio::net::TcpStream;

use super::{Opening, Stream};

/// After this long without data, the operating system checks whether the connection is alive.
const IDLE: Duration = Duration::from_secs(60);

/// Opens a connection to the address.
pub(super) fn open(address: SocketAddr) -> Opening {
    Box::pin(async move {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        // Connections work without it.
        let _ = SockRef::from(&stream).set_tcp_keepalive(&TcpKeepalive::new().with_time(IDLE));
        let stream: Stream = Box::new(stream);
        Ok(stream)
    })
}
