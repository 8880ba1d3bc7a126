//! `ret_tags` hides the caller's location.

use skywalking_runtime::local_span;

#[local_span(ret_tags("k" = |r| r))]
#[track_caller]
fn f() -> u8 {
    1
}

fn main() {}
