//! Each function that cannot be traced is reported. The block is emitted.

use skywalking_runtime::local_span;

struct S;

#[local_span]
impl S {
    const fn constant() {}

    fn later() -> impl Future<Output = u8> {
        async { 1 }
    }

    #[cfg_attr(all(), local_span(name = "conditional"))]
    fn conditional() {}

    #[local_span(nam = "x")]
    fn misspelt() {}

    fn traced(&self) {}
}

fn main() {
    S::constant();
    S.traced();
}
