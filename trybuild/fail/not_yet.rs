//! What the grammar knows and this version does not do.

use skywalking_runtime::{entry_span, local_span};

#[local_span(covers = future, ret_tags("k" = |r| r), err_ignore(std::fmt::Error), logic_endpoint, names = "x")]
fn f() {}

#[entry_span(extract_each = messages)]
fn g() {}

fn main() {}
