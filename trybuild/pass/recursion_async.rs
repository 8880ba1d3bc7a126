//! Async functions that call themselves, and each other, through a box.

use std::pin::Pin;

use skywalking_runtime::local_span;
use skywalking_trybuild::{block_on, spans};

#[local_span(tags(n))]
async fn factorial(n: u64) -> u64 {
    if n == 0 { 1 } else { n * Box::pin(factorial(n - 1)).await }
}

#[local_span(tags(n))]
async fn ping(n: u32) -> Result<u32, String> {
    if n == 0 { Ok(0) } else { Box::pin(pong(n - 1)).await }
}

#[local_span(tags(n))]
async fn pong(n: u32) -> Result<u32, String> {
    let next: Pin<Box<dyn Future<Output = Result<u32, String>>>> = Box::pin(ping(n));
    next.await
}

#[test]
fn spans_nest() {
    spans(|| assert_eq!(block_on(factorial(3)), 6)).are(
        "
        Local pass::recursion_async::factorial {n=3}
          Local pass::recursion_async::factorial {n=2}
            Local pass::recursion_async::factorial {n=1}
              Local pass::recursion_async::factorial {n=0}
        ",
    );
}

#[test]
fn mutual_calls_nest() {
    spans(|| assert_eq!(block_on(ping(2)), Ok(0))).are(
        "
        Local pass::recursion_async::ping {n=2}
          Local pass::recursion_async::pong {n=1}
            Local pass::recursion_async::ping {n=1}
              Local pass::recursion_async::pong {n=0}
                Local pass::recursion_async::ping {n=0}
        ",
    );
}
