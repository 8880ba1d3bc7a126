//! Aliases of `Result`, under any name.

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

#[local_span(name = "Answer by its value")]
fn unwritten(n: u8) -> Answer {
    if n == 0 { Err("zero".to_owned()) } else { Ok(n) }
}

#[local_span(name = "Answer by its value, later")]
async fn unwritten_later(n: u8) -> Answer {
    if n == 0 { Err("zero".to_owned()) } else { Ok(n) }
}

#[local_span(name = "Answer unmarked", no_err)]
fn unmarked(n: u8) -> Answer {
    if n == 0 { Err("zero".to_owned()) } else { Ok(n) }
}

trait Ask {
    type Reply;

    fn ask(&self, n: u8) -> Self::Reply;
}

struct Asked;

#[local_span(names = "{trait}::{fn}")]
impl Ask for Asked {
    type Reply = Result<u8, fmt::Error>;

    fn ask(&self, n: u8) -> Self::Reply {
        if n == 0 {
            return Err(fmt::Error);
        }
        Ok(n)
    }
}

/// A generic alias of an alias.
type Outcome<'a, T> = Reply<T, &'a str>;
type Reply<T, E> = std::result::Result<T, E>;

#[local_span(name = "Outcome")]
fn outcome<'a, T: Default>(text: &'a mut String) -> Outcome<'a, T> {
    if text.is_empty() {
        text.push('x');
        return Err(text.as_str());
    }
    Ok(T::default())
}

macro_rules! reply {
    ($ty:ty) => { Result<$ty, u8> };
}

#[local_span(name = "reply!")]
fn by_macro(n: u8) -> reply!(()) {
    Err(n)
}

#[local_span(name = "not a Result")]
fn of_another_type(n: u8) -> Formatted {
    Formatted(n == 0)
}

#[test]
fn result_is_detected_by_its_value() {
    spans(|| {
        assert_eq!((unwritten(1), block_on(unwritten_later(1)), Asked.ask(1)), (Ok(1), Ok(1), Ok(1)));
        assert_eq!((unwritten(0), block_on(unwritten_later(0))), (Err("zero".to_owned()), Err("zero".to_owned())));
        assert_eq!((unmarked(0), Asked.ask(0)), (Err("zero".to_owned()), Err(fmt::Error)));
        assert_eq!((outcome::<u8>(&mut String::new()), outcome::<u8>(&mut "a".to_owned())), (Err("x"), Ok(0)));
        assert_eq!((by_macro(3), of_another_type(0).0), (Err(3), true));
    })
    .are(
        "
        Local Answer by its value
        Local Answer by its value, later
        Local Ask::ask
        Local Answer by its value ERROR [event=error error.kind=alloc::string::String message=zero]
        Local Answer by its value, later ERROR [event=error error.kind=alloc::string::String message=zero]
        Local Answer unmarked
        Local Ask::ask ERROR [event=error error.kind=core::fmt::Error message=an error occurred when formatting an argument]
        Local Outcome ERROR [event=error error.kind=&str message=x]
        Local Outcome
        Local reply! ERROR [event=error error.kind=u8 message=3]
        Local not a Result
        ",
    );
}

#[test]
fn error_marks_the_span() {
    spans(|| {
        assert_eq!(Formatted(false).to_string(), "x");
        assert!(std::fmt::write(&mut String::new(), format_args!("{}", Formatted(true))).is_err());
        assert_eq!((alias(1), block_on(alias_later(1))), (Ok(1), Ok(1)));
        assert!(alias(0).is_err() && block_on(alias_later(0)).is_err());
    })
    .are(
        "
        Local fmt::Result
        Local fmt::Result ERROR [event=error error.kind=core::fmt::Error message=an error occurred when formatting an argument]
        Local Answer
        Local Answer later
        Local Answer ERROR [event=error error.kind=alloc::string::String message=zero]
        Local Answer later ERROR [event=error error.kind=alloc::string::String message=zero]
        ",
    );
}
