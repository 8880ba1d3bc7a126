//! What a tag of the returned value lacks is said at its expression.

use skywalking_runtime::local_span;

struct Mute;

#[local_span(ret_tags("k" = |r| r))]
fn f() -> Mute {
    Mute
}

#[local_span(ret_tags("k" = |r| r.missing()))]
async fn g() -> Result<Mute, String> {
    Ok(Mute)
}

#[local_span(ret_tags("k" = ?|r| r))]
fn h() -> Mute {
    Mute
}

fn main() {}
