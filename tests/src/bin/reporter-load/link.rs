//! A network link with a delay in each direction, and without a limit of its own.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, sleep_until};

/// Starts a link to this address. Returns its own address.
pub(crate) fn start(to: SocketAddr, delay: Duration) -> io::Result<SocketAddr> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    crate::sink::run("link", async move {
        let listener = TcpListener::from_std(listener)?;
        loop {
            let (near, _) = listener.accept().await?;
            let far = TcpStream::connect(to).await?;
            near.set_nodelay(true)?;
            far.set_nodelay(true)?;
            let ((near_reader, near_writer), (far_reader, far_writer)) =
                (near.into_split(), far.into_split());
            tokio::spawn(carry(near_reader, far_writer, delay));
            tokio::spawn(carry(far_reader, near_writer, delay));
        }
    });
    Ok(address)
}

/// Carries bytes in one direction until it ends.
async fn carry(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, delay: Duration) -> io::Result<()> {
    let mut underway: VecDeque<(Instant, Vec<u8>)> = VecDeque::new();
    let (mut buffer, mut open) = (vec![0; 64 * 1024], true);
    while open || !underway.is_empty() {
        let due = underway.front().map(|(due, _)| *due);
        tokio::select! {
            read = from.read(&mut buffer), if open => {
                let read = read?;
                open = read > 0;
                underway.push_back((Instant::now() + delay, buffer[..read].to_vec()));
            }
            () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {
                if let Some((_, bytes)) = underway.pop_front() {
                    to.write_all(&bytes).await?;
                }
            }
        }
    }
    to.shutdown().await
}
