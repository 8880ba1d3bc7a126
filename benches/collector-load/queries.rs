//! Queries over HTTP, and their times.

use std::fmt;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::watch;

use crate::Outcome;

/// The times of a query that ran several times, and its largest answer.
#[derive(Default)]
pub(crate) struct Times {
    durations: Vec<Duration>,
    largest: usize,
}

/// Sends `GET path` on a new connection. Returns the body of a 200.
pub(crate) async fn get(address: SocketAddr, path: &str) -> Outcome<Vec<u8>> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut response = Vec::new();
    stream.read_to_end(&mut response).await?;
    let head = response.windows(4).position(|end| end == b"\r\n\r\n").ok_or("no head")?;
    let body = response.split_off(head + 4);
    if response.starts_with(b"HTTP/1.1 200 ") {
        return Ok(body);
    }
    let (head, body) = (String::from_utf8_lossy(&response), String::from_utf8_lossy(&body));
    Err(format!("GET {path}: {}: {body}", head.lines().next().unwrap_or_default()).into())
}

/// Repeats a query.
pub(crate) async fn repeat(address: SocketAddr, path: &str, times: usize) -> Outcome<Times> {
    let mut result = Times::default();
    for _ in 0..times {
        result.measure(address, path).await?;
    }
    Ok(result)
}

/// Repeats a query in intervals, until `stopped` is true.
pub(crate) async fn until(
    address: SocketAddr,
    path: &'static str,
    mut stopped: watch::Receiver<bool>,
    interval: Duration,
) -> Outcome<Times> {
    let mut result = Times::default();
    loop {
        result.measure(address, path).await?;
        let ended = stopped.wait_for(|stopped| *stopped);
        if let Ok(ended) = tokio::time::timeout(interval, ended).await {
            ended?;
            return Ok(result);
        }
    }
}

impl Times {
    async fn measure(&mut self, address: SocketAddr, path: &str) -> Outcome<()> {
        let begin = Instant::now();
        let body = get(address, path).await?;
        self.durations.push(begin.elapsed());
        self.largest = self.largest.max(body.len());
        Ok(())
    }
}

/// Writes the cells of a table: number, median, 95th percentile and longest in milliseconds, size of
/// the largest answer.
impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut sorted = self.durations.clone();
        sorted.sort_unstable();
        let at = |percent: usize| {
            let index = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
            sorted.get(index).copied().unwrap_or_default().as_secs_f64() * 1e3
        };
        let number = sorted.len();
        write!(f, "{number} | {:.1} | {:.1} | {:.1} | {}", at(50), at(95), at(100), self.largest)
    }
}
