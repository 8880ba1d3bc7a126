//! Both keys are set.

use skywalking_runtime::entry_span;

#[entry_span(extract = first, extract_each = rest)]
fn f(first: &String, rest: &[String]) -> usize {
    first.len() + rest.len()
}

fn main() {}
