//! The function returns a future, and has no `covers`.

use std::future::Future;
use std::pin::Pin;

use skywalking_runtime::local_span;

type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

#[local_span]
fn f() -> impl Future<Output = u8> + Send {
    async { 1 }
}

#[local_span]
fn g() -> BoxFuture<'static, u8> {
    let n = 1;
    Box::pin(async move { n })
}

#[local_span]
fn h() -> Pin<Box<dyn Future<Output = u8>>> {
    Box::pin(async { 1 })
}

fn main() {}
