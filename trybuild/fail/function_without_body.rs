//! The function is implemented elsewhere.

use skywalking_runtime::local_span;

trait A {
    #[local_span]
    fn f(&self);
}

unsafe extern "C" {
    #[local_span]
    safe fn g();
}

fn main() {}
