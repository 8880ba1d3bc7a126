//! Both keys are set.

use skywalking_runtime::local_span;

#[local_span(err, no_err)]
fn f() -> Result<(), String> {
    Ok(())
}

fn main() {}
