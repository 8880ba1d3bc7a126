//! The errors of each key.

use super::errors;
use crate::kind::Kind::{self, Entry, Exit, Local};

/// An attribute, its arguments, the function, and the message.
type Case = (Kind, &'static str, &'static str, &'static str);

fn assert_messages(cases: &[Case]) {
    for (kind, args, item, message) in cases {
        assert_eq!(errors(*kind, args, item), [*message], "{args} on {item}");
    }
}

#[test]
fn covers() {
    let future = "fn f() -> impl Future<Output = u8> { g() }";
    assert_messages(&[
        (
            Local,
            "covers = stream",
            future,
            "this function returns a future: write `covers = future`",
        ),
        (
            Local,
            "covers = future",
            "async fn f() {}",
            "`covers` requires a function that returns a future or a stream and is not `async`: remove it",
        ),
        (Local, "covers = x", "fn f() {}", "expected `future`, `stream` or `call`"),
        (Local, "covers = \"future\"", "fn f() {}", "expected `future`, `stream` or `call`"),
        (
            Local,
            "covers = future",
            "#[track_caller] fn f() -> BoxFuture<'static, u8> { g() }",
            "`covers` hides the caller's location from `#[track_caller]`: remove one of them",
        ),
        (
            Local,
            "covers = future, err",
            "fn f() -> impl Future<Output = (u8, u8)> { g() }",
            "`err` requires a `Result`: return a `Result`, or remove `err`",
        ),
    ]);
}

#[test]
fn err_and_err_ignore() {
    assert_messages(&[
        (
            Local,
            "err",
            "fn f() -> (u8, u8) { g() }",
            "`err` requires a `Result`: return a `Result`, or remove `err`",
        ),
        (Local, "err(reason)", "fn f() {}", "`err` requires a function that returns a value"),
        (
            Local,
            "err_ignore(E)",
            "fn f() {}",
            "`err_ignore` requires a `Result`: return a `Result`, or remove `err_ignore`",
        ),
        (
            Local,
            "err_ignore(E), no_err",
            "fn f() -> Result<(), E> { g() }",
            "`no_err` cannot be combined with `err_ignore`: remove one of them",
        ),
        (
            Local,
            "err_ignore",
            "fn f() {}",
            "expected a list of error types: write `err_ignore(NotFound)`",
        ),
        (
            Local,
            "err_ignore()",
            "fn f() {}",
            "expected a list of error types: write `err_ignore(NotFound)`",
        ),
        (
            Local,
            "err_ignore(1)",
            "fn f() {}",
            "expected an error type, such as `err_ignore(NotFound)`",
        ),
        (
            Local,
            "err(\"x\")",
            "fn f() {}",
            "expected `err(Display)`, `err(Debug)`, or `err(PATH)` with the path of a function from `&Returned` to `Option<impl Display>`",
        ),
        (
            Local,
            "err(a b)",
            "fn f() {}",
            "expected `err(Display)`, `err(Debug)`, or `err(PATH)` with the path of a function from `&Returned` to `Option<impl Display>`",
        ),
        (
            Local,
            "err(|e| e)",
            "fn f() {}",
            "expected `err(Display)`, `err(Debug)`, or `err(PATH)` with the path of a function from `&Returned` to `Option<impl Display>`",
        ),
        (
            Local,
            "no_err(Display)",
            "fn f() {}",
            "`no_err` does not accept a list: write `err` or `no_err`",
        ),
    ]);
}

#[test]
fn logic_endpoint() {
    assert_messages(&[
        (
            Local,
            "logic_endpoint = true",
            "fn f() {}",
            "`logic_endpoint` does not accept a value: write `logic_endpoint`",
        ),
        (
            Entry,
            "logic_endpoint",
            "fn f() {}",
            "`logic_endpoint` is not supported on `#[entry_span]`: entry spans are always endpoints, exit spans never are; use it on `#[local_span]`",
        ),
    ]);
}

#[test]
fn orphan() {
    assert_messages(&[
        (Local, "orphan = drop", "fn f() {}", "expected `trace` or `skip`"),
        (Local, "orphan = \"skip\"", "fn f() {}", "expected `trace` or `skip`"),
        (Local, "orphan = false", "fn f() {}", "expected `trace` or `skip`"),
        (Local, "orphan", "fn f() {}", "missing value: write `orphan = ..`"),
        (
            Exit,
            "peer = \"p:1\", orphan = skip",
            "fn f() {}",
            "`orphan` is not supported on `#[exit_span]`: without a context, entry and exit spans always start a trace; use it on `#[local_span]`",
        ),
    ]);
}

#[test]
fn extract() {
    assert_messages(&[
        (
            Entry,
            "extract = a, extract_each = b",
            "fn f() {}",
            "`extract` cannot be combined with `extract_each`: remove one of them",
        ),
        (
            Local,
            "extract_each = b",
            "fn f() {}",
            "`extract_each` is not supported on `#[local_span]`: use it on `#[entry_span]`",
        ),
    ]);
}

#[test]
fn ret_tags() {
    assert_messages(&[
        (
            Local,
            "ret_tags(\"a\" = |r| r)",
            "fn f() {}",
            "`ret_tags` requires a function that returns a value",
        ),
        (
            Local,
            "ret_tags(\"a\" = |r| r)",
            "fn f() -> ! { g() }",
            "`ret_tags` requires a function that returns a value",
        ),
        (
            Local,
            "ret_tags(\"a\" = |r| r)",
            "#[track_caller] fn f() -> u8 { g() }",
            "`ret_tags` hides the caller's location from `#[track_caller]`: remove one of them",
        ),
        (
            Local,
            "ret_tags(\"a\" = |r| r?)",
            "fn f() -> u8 { g() }",
            "`?` is not allowed here: attribute arguments are evaluated outside the function body",
        ),
        (
            Local,
            "ret_tags(\"a\" = 1)",
            "fn f() -> u8 { g() }",
            "expected a closure with one parameter, such as `|returned| returned.len()`, or the path of a function",
        ),
        (
            Local,
            "ret_tags(\"a\" = |a, b| 1)",
            "fn f() -> u8 { g() }",
            "expected a closure with one parameter, such as `|returned| returned.len()`, or the path of a function",
        ),
        (Local, "ret_tags(\"a\" = g, \"a\" = g)", "fn f() -> u8 { g() }", "duplicate tag `a`"),
        (
            Local,
            "ret_tags",
            "fn f() -> u8 { g() }",
            "expected a list: write `ret_tags(\"key\" = |returned| value)`",
        ),
    ]);
}

#[test]
fn names_on_a_function() {
    assert_messages(&[(
        Local,
        "names = \"{fn}\"",
        "fn f() {}",
        "`names` is only supported on an impl block: write `name`",
    )]);
}

#[test]
fn covers_on_async_fn() {
    let message = "the span of an `async fn` ends when the function returns: write `covers = call`, or return the future or stream from a function that is not `async`";
    for (args, item) in [
        ("covers = stream", "async fn f() -> impl Stream<Item = u8> { g() }"),
        ("covers = future", "async fn f() -> BoxFuture<'static, u8> { g() }"),
        ("covers = future", "async fn f() -> JoinHandle<u8> { g() }"),
    ] {
        assert_eq!(errors(Local, args, item), [message], "{args} on {item}");
    }
    assert_eq!(
        errors(Local, "", "fn call(&mut self) -> Self::Future { g() }"),
        [
            "the span would end before the future runs: add `covers = future`, or `covers = call` to time only this call"
        ]
    );
}

#[test]
fn keys_not_supported_by_a_stream() {
    let stream = "fn f() -> impl Stream<Item = u8> { g() }";
    assert_eq!(
        errors(Local, "covers = stream, err, ret_tags(\"a\" = |r| r)", stream),
        [
            "`ret_tags` cannot be combined with `covers = stream`, as a stream returns many values: put it on the function that returns an item, or remove it"
        ]
    );
    assert_eq!(
        errors(Local, "covers = stream, err", "fn f() -> impl Stream<Item = (u8, u8)> { g() }"),
        ["`err` requires a `Result`: return a `Result`, or remove `err`"]
    );
    assert_eq!(
        errors(Exit, "peer = \"a\", covers = stream, inject = a", stream),
        [
            "`inject` cannot be combined with `covers = stream`: the carrier has moved into the body before the span starts; call `skywalking_runtime::propagation::inject` inside the stream, or write an `async fn`"
        ]
    );
}

#[test]
fn other_boxed_future_bodies_need_covers() {
    for body in [
        "{ log(); Box::pin(async move { 1 }) }",
        "{ Box::pin(async { 1 }) }",
        "{ MyBox::pin(async move { 1 }) }",
        "{ Box::pin(async move { 1 }); }",
    ] {
        let function = format!("fn f() -> Pin<Box<dyn Future<Output = u8>>> {body}");
        assert_eq!(
            errors(Local, "", &function),
            [
                "the span would end before the future runs: add `covers = future`, or `covers = call` to time only this call"
            ],
            "{body}"
        );
    }
}
