//! Connects to the first of several addresses that accepts.
//!
//! The next address is tried when the previous one has failed, or after 250 ms (RFC 8305), also if
//! both are of one family. The first connection wins, and the other attempts are dropped.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::sleep;

use super::{Open, Stream};

/// How long an attempt has before the next one begins.
const HEAD_START: Duration = Duration::from_millis(250);
/// How many failures an error lists.
const LISTED: usize = 3;

/// Connects to one of the addresses.
///
/// # Errors
/// If no address accepts. The message lists the addresses and their failures.
pub(super) async fn first_of(addresses: Vec<SocketAddr>, open: Open) -> io::Result<Stream> {
    let mut waiting = addresses.into_iter();
    let mut attempts = JoinSet::new();
    let mut failures = Vec::new();
    loop {
        let is_last = match waiting.next() {
            Some(address) => {
                attempts
                    .spawn(async move { open(address).await.map_err(|error| (address, error)) });
                waiting.as_slice().is_empty()
            }
            None => true,
        };
        let ended = tokio::select! {
            ended = attempts.join_next() => ended,
            () = sleep(HEAD_START), if !is_last => continue,
        };
        match ended {
            Some(Ok(Ok(stream))) => return Ok(stream),
            Some(Ok(Err(failure))) => failures.push(failure),
            Some(Err(error)) => return Err(io::Error::other(error)),
            None => return Err(summary(failures)),
        }
    }
}

/// Returns one error for all failures.
fn summary(mut failures: Vec<(SocketAddr, io::Error)>) -> io::Error {
    if failures.len() == 1
        && let Some((_, error)) = failures.pop()
    {
        return error;
    }
    let Some((_, last)) = failures.last() else {
        return io::Error::other("the name has no address");
    };
    let kind = last.kind();
    let more = failures.len().saturating_sub(LISTED);
    let mut text: Vec<_> = failures
        .iter()
        .take(LISTED)
        .map(|(address, error)| format!("{}: {error}", address.ip()))
        .collect();
    if more > 0 {
        text.push(format!("{more} more addresses failed"));
    }
    io::Error::new(kind, text.join("; "))
}
