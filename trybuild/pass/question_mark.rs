//! `?` on results, with a conversion, and on options.

use std::error::Error;
use std::fmt::Display;
use std::ops::ControlFlow;

use skywalking_runtime::{entry_span, local_span};
use skywalking_trybuild::{block_on, spans};

#[local_span(name = "failing")]
fn failing(text: &str) -> Result<Box<dyn Display>, Box<dyn Error>> {
    if text.is_empty() {
        return Err("empty".into());
    }
    let number: i32 = text.parse()?;
    if number == 0 {
        return Ok(Box::new("zero"));
    }
    Ok(Box::new(number))
}

#[entry_span(name = "/failing")]
async fn failing_later(text: &str) -> Result<Box<dyn Display>, Box<dyn Error + Send + Sync>> {
    let number: i32 = text.parse()?;
    if number == 0 {
        return Ok(Box::new("zero"));
    }
    Ok(Box::new(number))
}

#[local_span(name = "maybe")]
fn maybe(text: &str) -> Option<i32> {
    let first = text.split(',').next()?;
    first.parse().ok()
}

#[local_span(name = "flow")]
async fn flow(n: u8) -> ControlFlow<u8> {
    if n == 0 {
        ControlFlow::Break(n)?
    }
    ControlFlow::Continue(())
}

#[test]
fn sync_error_marks_the_span() {
    spans(|| {
        assert_eq!(failing("").err().unwrap().to_string(), "empty");
        assert_eq!(failing("x").err().unwrap().to_string(), "invalid digit found in string");
        assert_eq!(failing("0").unwrap().to_string() + &failing("7").unwrap().to_string(), "zero7");
    })
    .are(
        "
        Local failing ERROR [event=error error.kind=alloc::boxed::Box<dyn core::error::Error> message=empty]
        Local failing ERROR [event=error error.kind=alloc::boxed::Box<dyn core::error::Error> message=invalid digit found in string]
        Local failing
        Local failing
        ",
    );
}

#[test]
fn async_error_marks_the_span() {
    spans(|| {
        assert_eq!(block_on(failing_later("x")).err().unwrap().to_string(), "invalid digit found in string");
        assert_eq!(block_on(failing_later("0")).unwrap().to_string(), "zero");
    })
    .are(
        "
        Entry /failing ERROR [event=error error.kind=alloc::boxed::Box<dyn core::error::Error + core::marker::Send + core::marker::Sync> message=invalid digit found in string]
        Entry /failing
        ",
    );
}

#[test]
fn option_does_not_mark_the_span() {
    spans(|| {
        assert_eq!((maybe("7,8"), maybe("x")), (Some(7), None));
        assert_eq!(block_on(flow(0)), ControlFlow::Break(0));
    })
    .are(
        "
        Local maybe
        Local maybe
        Local flow
        ",
    );
}
