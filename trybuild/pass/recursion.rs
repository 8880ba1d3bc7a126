//! A function that calls itself: one span for each call.

use skywalking_runtime::local_span;
use skywalking_trybuild::spans;

#[local_span(tags(n))]
fn factorial(n: u64) -> u64 {
    if n == 0 { 1 } else { n * factorial(n - 1) }
}

#[local_span(tags(n))]
fn countdown(n: u32) -> Result<u32, String> {
    if n == 0 { Err("zero".to_owned()) } else { countdown(n - 1) }
}

#[test]
fn spans_nest() {
    spans(|| assert_eq!(factorial(3), 6)).are(
        "
        Local pass::recursion::factorial {n=3}
          Local pass::recursion::factorial {n=2}
            Local pass::recursion::factorial {n=1}
              Local pass::recursion::factorial {n=0}
        ",
    );
}

#[test]
fn error_marks_every_call_it_leaves() {
    spans(|| assert_eq!(countdown(1), Err("zero".to_owned()))).are(
        "
        Local pass::recursion::countdown ERROR {n=1} [event=error error.kind=alloc::string::String message=zero]
          Local pass::recursion::countdown ERROR {n=0} [event=error error.kind=alloc::string::String message=zero]
        ",
    );
}
