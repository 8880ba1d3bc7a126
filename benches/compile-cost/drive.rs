//! Polls a future until it is ready. The future is behind a pointer, so that this adds almost no
//! code to each call.

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
