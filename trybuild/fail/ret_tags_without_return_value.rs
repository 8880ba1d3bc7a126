//! The function returns nothing.

use skywalking_runtime::local_span;

#[local_span(ret_tags("k" = |r| r))]
fn f() {}

#[local_span(ret_tags("k" = |r| r))]
async fn g() {}

#[local_span(ret_tags("k" = |r| r))]
fn h() -> ! {
    panic!()
}

fn main() {}
