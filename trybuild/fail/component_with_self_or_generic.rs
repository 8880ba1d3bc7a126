//! The constant depends on `Self` or on a generic parameter.

use skywalking_runtime::local_span;

struct A;

impl A {
    const ID: i32 = 1;

    #[local_span(component = Self::ID)]
    fn f() {}
}

trait HasId {
    const ID: i32;
}

#[local_span(component = T::ID)]
fn g<T: HasId>() {}

#[local_span(component = N)]
fn h<const N: i32>() {}

#[local_span(component = <A as HasId>::ID)]
fn i() {}

fn main() {}
