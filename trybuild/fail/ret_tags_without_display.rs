//! An error about the value is reported at the expression.

use skywalking_runtime::local_span;

struct Opaque;

#[local_span(ret_tags("k" = |r| r))]
fn f() -> Opaque {
    Opaque
}

#[local_span(ret_tags("k" = |r| r.missing()))]
async fn g() -> Result<Opaque, String> {
    Ok(Opaque)
}

#[local_span(ret_tags("k" = ?|r| r))]
fn h() -> Opaque {
    Opaque
}

fn main() {}
