//! Polls a future to its end. The future is behind a pointer, so that driving adds next to nothing to each.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

pub fn drive<T>(future: impl Future<Output = T>) -> T {
    finish(pin!(future))
}

#[inline(never)]
fn finish<T>(mut future: Pin<&mut dyn Future<Output = T>>) -> T {
    let mut cx = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut cx) {
            return value;
        }
    }
}
