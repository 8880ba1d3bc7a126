//! `err` hides the caller's location.

use skywalking_runtime::local_span;

#[local_span(err)]
#[track_caller]
fn f() -> Result<(), String> {
    Ok(())
}

fn main() {}
