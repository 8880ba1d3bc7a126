//! A traced function that calls itself, at once and later.

use std::future::Future;
use std::pin::Pin;

use futures::executor::block_on;
use skywalking_runtime::local_span;

#[local_span(tags(n))]
fn factorial(n: u64) -> u64 {
    if n == 0 { 1 } else { n * factorial(n - 1) }
}

#[local_span]
fn countdown(n: u32) -> Result<u32, String> {
    if n == 0 { Err("zero".to_owned()) } else { countdown(n - 1) }
}

#[local_span]
async fn later(n: u64) -> u64 {
    if n == 0 { 1 } else { n * Box::pin(later(n - 1)).await }
}

#[local_span]
async fn ping(n: u32) -> Result<u32, String> {
    if n == 0 { Ok(0) } else { Box::pin(pong(n - 1)).await }
}

#[local_span]
async fn pong(n: u32) -> Result<u32, String> {
    let next: Pin<Box<dyn Future<Output = Result<u32, String>>>> = Box::pin(ping(n));
    next.await
}

fn main() {
    assert_eq!(factorial(5), 120);
    assert_eq!(countdown(5), Err("zero".to_owned()));
    assert_eq!(block_on(later(5)), 120);
    assert_eq!(block_on(ping(5)), Ok(0));
}
