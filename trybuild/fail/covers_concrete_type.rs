//! A future or stream of a concrete type cannot be wrapped.

use std::future::{Future, Ready};

use futures::stream::Empty;
use skywalking_runtime::local_span;

type Later = Ready<u8>;

#[local_span(covers = future)]
fn f() -> Ready<u8> {
    std::future::ready(1)
}

#[local_span(covers = future)]
fn g() -> Later {
    std::future::ready(1)
}

#[local_span(covers = stream)]
fn h() -> Empty<Result<u8, String>> {
    futures::stream::empty()
}

trait Service {
    type Future: Future<Output = u8>;

    fn call(&self) -> Self::Future;
}

impl Service for u8 {
    type Future = Ready<u8>;

    #[local_span(covers = future)]
    fn call(&self) -> Self::Future {
        std::future::ready(*self)
    }
}

fn main() {}
