//! The value of `covers` is unknown, quoted or missing.

use skywalking_runtime::local_span;

#[local_span(covers = iterator)]
fn f() -> impl Future<Output = u8> {
    async { 1 }
}

#[local_span(covers = "future")]
fn g() -> impl Future<Output = u8> {
    async { 1 }
}

#[local_span(covers)]
fn h() -> impl Future<Output = u8> {
    async { 1 }
}

#[local_span(covers(future))]
fn i() -> impl Future<Output = u8> {
    async { 1 }
}

fn main() {}
