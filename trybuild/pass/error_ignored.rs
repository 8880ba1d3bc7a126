//! `err_ignore`: errors of these types are logged and do not mark the span, also behind a box.

use std::error::Error;
use std::fmt;
use std::num::{ParseFloatError, ParseIntError};

use skywalking_runtime::{entry_span, local_span};

use skywalking_trybuild::{block_on, spans};

#[derive(Debug, PartialEq)]
struct NotFound;

impl fmt::Display for NotFound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not found")
    }
}

impl Error for NotFound {}

#[local_span(err_ignore(NotFound))]
fn always(n: u8) -> Result<u8, NotFound> {
    if n == 0 { Err(NotFound) } else { Ok(n) }
}

#[local_span(err_ignore(NotFound, ParseIntError))]
fn boxed(text: &str) -> Result<u8, Box<dyn Error>> {
    match text {
        "" => Err(NotFound.into()),
        "1.0" => Err("a text".into()),
        text => Ok(text.parse()?),
    }
}

#[entry_span(name = "/later", err, err_ignore(NotFound, std::io::Error))]
async fn later(n: u8) -> anyhow::Result<u8> {
    match n {
        0 => Err(NotFound.into()),
        1 => Err(anyhow::anyhow!("a text")),
        n => Ok(n),
    }
}

#[local_span(err(Debug), err_ignore(ParseFloatError))]
fn with_a_form(text: &str) -> Result<f32, ParseFloatError> {
    text.parse()
}

#[test]
fn are_logged_without_marking() {
    spans(|| {
        assert!(always(0).is_err() && always(1).is_ok());
        assert!(boxed("").is_err() && boxed("x").is_err() && boxed("1.0").is_err());
        assert!(block_on(later(0)).is_err() && block_on(later(1)).is_err());
        assert!(with_a_form("x").is_err());
    })
    .are(
        "
        Local pass::error_ignored::always [event=error error.kind=pass::error_ignored::NotFound message=not found]
        Local pass::error_ignored::always
        Local pass::error_ignored::boxed [event=error error.kind=alloc::boxed::Box<dyn core::error::Error> message=not found]
        Local pass::error_ignored::boxed [event=error error.kind=alloc::boxed::Box<dyn core::error::Error> message=invalid digit found in string]
        Local pass::error_ignored::boxed ERROR [event=error error.kind=alloc::boxed::Box<dyn core::error::Error> message=a text]
        Entry /later [event=error error.kind=anyhow::Error message=not found]
        Entry /later ERROR [event=error error.kind=anyhow::Error message=a text]
        Local pass::error_ignored::with_a_form [event=error error.kind=core::num::dec2flt::ParseFloatError message=ParseFloatError { kind: Invalid }]
        ",
    );
}
