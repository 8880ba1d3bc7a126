//! rustc reports unused parameters, variables and results as without the attribute.
#![deny(unused)]

use skywalking_runtime::local_span;

#[local_span]
async fn f(unused: u8) {}

#[local_span]
fn g(mut changed: Vec<u8>) -> Result<usize, String> {
    Ok(changed.len())
}

#[local_span]
async fn h(a: u8) {
    let b = a;
}

fn main() {}
