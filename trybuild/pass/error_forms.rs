//! `err(Display)`, `err(Debug)` and `err(PATH)`: the logged message, and which values are errors.

use std::fmt::{self, Debug, Display};

use skywalking_runtime::{exit_span, local_span};

use crate::wait;
use skywalking_trybuild::{block_on, spans};

#[derive(Debug)]
struct Refused(u8);

impl Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "refused by {}", self.0)
    }
}

impl std::error::Error for Refused {}

#[local_span(err(Display))]
fn display(n: u8) -> Result<u8, Refused> {
    Err(Refused(n))
}

#[local_span(err(Debug))]
async fn debug(n: u8) -> Result<u8, Refused> {
    Err(Refused(wait(n).await))
}

#[local_span(err(Debug))]
fn generic<E: Debug>(error: E) -> Result<(), E> {
    Err(error)
}

struct Response {
    status: u16,
}

fn server_error(response: &Response) -> Option<String> {
    (response.status >= 500).then(|| format!("status {}", response.status))
}

#[exit_span(peer = "a:1", err(server_error))]
fn by_function(status: u16) -> Response {
    Response { status }
}

#[exit_span(peer = "a:1", err(Response::refused))]
async fn by_method(status: u16) -> Result<Response, Refused> {
    if status == 0 { Err(Refused(0)) } else { Ok(Response { status }) }
}

impl Response {
    fn refused(result: &Result<Self, Refused>) -> Option<&'static str> {
        match result {
            Ok(response) if response.status < 400 => None,
            Ok(_) => Some("refused by status"),
            Err(_) => Some("refused by error"),
        }
    }
}

fn is_none<T>(found: &Option<T>) -> Option<&'static str> {
    found.is_none().then_some("not found")
}

#[local_span(err(is_none))]
fn by_generic_function(items: &[u8]) -> Option<&u8> {
    items.first()
}

#[local_span(err(is_none::<u8>), covers = future)]
fn by_function_of_a_future(n: Option<u8>) -> impl Future<Output = Option<u8>> {
    async move { n }
}

#[test]
fn make_the_logged_message() {
    spans(|| assert!(display(1).is_err() && block_on(debug(2)).is_err() && generic("a").is_err())).are(
        "
        Local pass::error_forms::display ERROR [event=error error.kind=pass::error_forms::Refused message=refused by 1]
        Local pass::error_forms::debug ERROR [event=error error.kind=pass::error_forms::Refused message=Refused(2)]
        Local pass::error_forms::generic ERROR [event=error error.kind=&str message=\\\"a\\\"]
        ",
    );
}

#[test]
fn function_decides_what_is_an_error() {
    spans(|| {
        assert_eq!((by_function(200).status, by_function(503).status), (200, 503));
        for status in [0, 200, 404] {
            let _ = block_on(by_method(status));
        }
        assert_eq!((by_generic_function(&[1]), by_generic_function(&[])), (Some(&1), None));
        assert_eq!((block_on(by_function_of_a_future(Some(1))), block_on(by_function_of_a_future(None))), (Some(1), None));
    })
    .are(
        "
        Exit pass::error_forms::by_function peer=a:1
        Exit pass::error_forms::by_function peer=a:1 ERROR [event=error error.kind=pass::error_forms::Response message=status 503]
        Exit pass::error_forms::by_method peer=a:1 ERROR [event=error error.kind=pass::error_forms::Refused message=refused by error]
        Exit pass::error_forms::by_method peer=a:1
        Exit pass::error_forms::by_method peer=a:1 ERROR [event=error error.kind=pass::error_forms::Refused message=refused by status]
        Local pass::error_forms::by_generic_function
        Local pass::error_forms::by_generic_function ERROR [event=error error.kind=core::option::Option<&u8> message=not found]
        Local pass::error_forms::by_function_of_a_future
        Local pass::error_forms::by_function_of_a_future ERROR [event=error error.kind=core::option::Option<u8> message=not found]
        ",
    );
}
