//! Boxed errors: their own message, and the chain of their sources.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use skywalking_runtime::local_span;
use skywalking_trybuild::{block_on, spans};

#[derive(Debug)]
struct Outer(std::num::ParseIntError);

impl fmt::Display for Outer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no number")
    }
}

impl Error for Outer {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

#[local_span]
fn own(text: &str) -> Result<u8, Outer> {
    text.parse().map_err(Outer)
}

#[local_span]
fn boxed(text: &str) -> Result<u8, Box<dyn Error>> {
    Ok(own(text)?)
}

#[local_span]
async fn shared(text: &str) -> Result<u8, Arc<dyn Error + Send + Sync>> {
    text.parse().map_err(|error| Arc::new(Outer(error)) as _)
}

#[local_span]
async fn any(text: &str) -> anyhow::Result<u8> {
    use anyhow::Context as _;
    text.parse().context("no text")
}

#[test]
fn message_is_that_of_the_inner_error() {
    spans(|| {
        assert!(boxed("x").is_err() && block_on(shared("x")).is_err() && block_on(any("x")).is_err());
        assert!(boxed("1").is_ok() && block_on(shared("2")).is_ok() && block_on(any("3")).is_ok());
    })
    .are(
        "
        Local pass::error_boxed::boxed ERROR [event=error error.kind=alloc::boxed::Box<dyn core::error::Error> message=no number stack=no number\\nCaused by: invalid digit found in string]
          Local pass::error_boxed::own ERROR [event=error error.kind=pass::error_boxed::Outer message=no number stack=no number\\nCaused by: invalid digit found in string]
        Local pass::error_boxed::shared ERROR [event=error error.kind=alloc::sync::Arc<dyn core::error::Error + core::marker::Send + core::marker::Sync> message=no number stack=no number\\nCaused by: invalid digit found in string]
        Local pass::error_boxed::any ERROR [event=error error.kind=anyhow::Error message=no text stack=no text\\nCaused by: invalid digit found in string]
        Local pass::error_boxed::boxed
          Local pass::error_boxed::own
        Local pass::error_boxed::shared
        Local pass::error_boxed::any
        ",
    );
}
