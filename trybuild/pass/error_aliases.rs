//! Aliases of `Result`: those that are called so are seen, others need an `err`.

use std::fmt;

use skywalking_runtime::local_span;
use skywalking_trybuild::{block_on, spans};

#[local_span(name = "fmt::Result")]
fn formatted(f: &mut fmt::Formatter<'_>, fails: bool) -> fmt::Result {
    if fails {
        return Err(fmt::Error);
    }
    write!(f, "x")
}

struct Formatted(bool);

impl fmt::Display for Formatted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatted(f, self.0)
    }
}

type Answer = Result<u8, String>;

#[local_span(name = "Answer", err)]
fn alias(n: u8) -> Answer {
    if n == 0 { Err("zero".to_owned()) } else { Ok(n) }
}

#[local_span(name = "Answer later", err)]
async fn alias_later(n: u8) -> Answer {
    if n == 0 { Err("zero".to_owned()) } else { Ok(n) }
}

#[local_span(name = "Answer unseen")]
fn unseen(n: u8) -> Answer {
    if n == 0 { Err("zero".to_owned()) } else { Ok(n) }
}

#[test]
fn mark_the_span() {
    spans(|| {
        assert_eq!(Formatted(false).to_string(), "x");
        assert!(std::fmt::write(&mut String::new(), format_args!("{}", Formatted(true))).is_err());
        assert_eq!((alias(1), block_on(alias_later(1)), unseen(1)), (Ok(1), Ok(1), Ok(1)));
        assert!(alias(0).is_err() && block_on(alias_later(0)).is_err() && unseen(0).is_err());
    })
    .are(
        "
        Local fmt::Result
        Local fmt::Result ERROR [event=error error.kind=core::fmt::Error message=an error occurred when formatting an argument]
        Local Answer
        Local Answer later
        Local Answer unseen
        Local Answer ERROR [event=error error.kind=alloc::string::String message=zero]
        Local Answer later ERROR [event=error error.kind=alloc::string::String message=zero]
        Local Answer unseen
        ",
    );
}
