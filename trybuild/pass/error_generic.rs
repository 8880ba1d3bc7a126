//! A `Result` whose error is a type parameter, with and without a bound.

use std::error::Error;
use std::fmt::{self, Debug, Display};

use skywalking_runtime::local_span;
use skywalking_trybuild::{block_on, spans};

#[local_span]
fn unbounded<T, E>(result: Result<T, E>) -> Result<T, E> {
    result
}

#[local_span]
async fn debug<T, E: Debug>(result: Result<T, E>) -> Result<T, E> {
    result
}

#[local_span]
fn display<E>(error: E) -> Result<(), E>
where
    E: Display,
{
    Err(error)
}

#[local_span]
async fn error<E: Error>(error: E) -> Result<(), E> {
    Err(error)
}

#[test]
fn message_needs_a_bound() {
    spans(|| {
        assert!(unbounded::<u8, _>(Err(1)).is_err());
        assert!(unbounded::<_, fmt::Error>(Ok(1)).is_ok());
        assert!(block_on(debug::<u8, _>(Err("a"))).is_err());
        assert!(display("b").is_err());
        assert!(block_on(error(fmt::Error)).is_err());
    })
    .are(
        "
        Local pass::error_generic::unbounded ERROR [event=error error.kind=i32]
        Local pass::error_generic::unbounded
        Local pass::error_generic::debug ERROR [event=error error.kind=&str message=\\\"a\\\"]
        Local pass::error_generic::display ERROR [event=error error.kind=&str message=b]
        Local pass::error_generic::error ERROR [event=error error.kind=core::fmt::Error message=an error occurred when formatting an argument]
        ",
    );
}
