//! Connects to Unix sockets.

use std::io;
use std::path::Path;

use super::Stream;

/// Connects to the socket at this path.
#[cfg(unix)]
pub(super) async fn open(path: &Path) -> io::Result<Stream> {
    Ok(Box::new(tokio::net::UnixStream::connect(path).await?))
}

/// Fails: only Unix has these sockets.
#[cfg(not(unix))]
pub(super) async fn open(_: &Path) -> io::Result<Stream> {
    Err(io::ErrorKind::Unsupported.into())
}
