//! Errors: their messages, and the item beside them. The cases in `trybuild/fail` check their spans.

use quote::ToTokens as _;

use super::{expanded, tokens};
use crate::expand;
use crate::kind::Kind::{self, Entry, Exit, Local};

/// The messages, in order. They are the same with and without `enabled`, and the item is emitted.
fn errors(kind: Kind, args: &str, item: &str) -> Vec<String> {
    let out = expand::attribute(kind, tokens(args), tokens(item), true).into_traced();
    let off = expand::attribute(kind, tokens(args), tokens(item), false).into_traced();
    assert_eq!(out.to_string(), off.to_string());
    let item = tokens(item).to_string();
    assert!(out.to_string().starts_with(&item), "the item is missing: {out}");
    messages(&out.to_string()[item.len()..])
}

fn messages(output: &str) -> Vec<String> {
    let macros: syn::File = syn::parse_str(output).unwrap();
    macros
        .items
        .iter()
        .map(|item| {
            let syn::Item::Macro(call) = item else { panic!("{}", item.to_token_stream()) };
            syn::parse2::<syn::LitStr>(call.mac.tokens.clone()).unwrap().value()
        })
        .collect()
}

#[test]
fn item_is_emitted_beside_errors() {
    for (kind, args, item) in [
        (Exit, "", "fn f() {}"),
        (Local, "name", "fn f() { not rust }"),
        (Local, "= = =", "fn f() {}"),
        (Local, ",", "fn f() {}"),
        (Local, "tags(1 2 3, , \"a\" \"b\")", "fn f() {}"),
        (Entry, "", "struct A;"),
        (Entry, "name = \"a\"", "impl A {}"),
        (Exit, "", "impl A {}"),
        (Entry, "", "fn f();"),
        (Entry, "", "fn f(a b) {}"),
        (Entry, "", "let a = 1;"),
        (Entry, "", "const fn f() {}"),
    ] {
        assert_ne!(errors(kind, args, item), [""; 0], "{args} on {item}");
    }
}

#[test]
fn empty_item_is_an_error() {
    let out = expand::attribute(Local, tokens(""), tokens(""), true).into_traced();
    assert_eq!(messages(&out.to_string()), ["expected a function or an impl block"]);
}

#[test]
fn all_errors_are_reported() {
    assert_eq!(
        errors(
            Exit,
            r#"layer = htp, layer = "rpc", peer = 1, name = f::<A, B>(x)?, component = 99999999999, 5"#,
            "fn f() {}"
        ),
        [
            "unknown layer `htp`: expected one of `database`, `rpc`, `http`, `mq`, `cache`, `faas`, `genai`, `unknown`",
            "duplicate argument `layer`",
            "`layer` is already set here",
            "expected a layer without quotes: one of `database`, `rpc`, `http`, `mq`, `cache`, `faas`, `genai`, `unknown`",
            "expected a string: write `peer = \"..\"`",
            "`?` is not allowed here: attribute arguments are evaluated outside the function body",
            "component id does not fit in `i32`",
            "positional arguments are not supported: write `name = 5`",
        ]
    );
}

#[test]
fn parsing_continues_after_a_missing_comma() {
    assert_eq!(errors(Exit, r#"peer = "a" layer = htp"#, "fn f() {}").len(), 2);
    assert_eq!(
        errors(Exit, r#"peer = "a" b c = d, name = """#, "fn f() {}"),
        ["expected `,`", "`name` must not be empty"]
    );
}

#[test]
fn control_flow_in_closure_or_async_block() {
    expanded(
        Local,
        r#"tags("a" = xs.iter().map(|x| x?).count(), "b" = move || { return 1 }, "c" = a | b, "d" = async move { x.await? })"#,
        "fn f() {}",
    );
    assert_eq!(errors(Local, r#"tags("a" = a || b?, "b" = f(|x| x?, y?))"#, "fn f() {}").len(), 2);
}

#[test]
fn control_flow_in_nested_closure_or_fn() {
    for args in [
        r#"tags("a" = v.iter().fold(Some(0), |a, b| Some(a? + b)))"#,
        r#"tags("a" = v.is_sorted_by(|a, b| { if a > b { return false; } true }))"#,
        r#"tags("a" = f(move |(a, b), c: u8| a?, || b?))"#,
        r#"tags("a" = { fn g() -> Option<u8> { None?; Some(1) } g().is_some() })"#,
    ] {
        expanded(Local, args, "fn f() {}");
    }
    assert_eq!(errors(Local, r#"tags("a" = f(|a, b| a, c?))"#, "fn f() {}").len(), 1);
}

#[test]
fn trailing_comma_is_accepted() {
    let with = expanded(Local, "name = \"a\", tags(a, \"b\" = 1,),", "fn f(a: u8) {}");
    assert_eq!(with, expanded(Local, "name = \"a\", tags(a, \"b\" = 1)", "fn f(a: u8) {}"));
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

/// An attribute, its arguments, the function, and the message.
type Case = (Kind, &'static str, &'static str, &'static str);

fn assert_messages(cases: &[Case]) {
    for (kind, args, item, message) in cases {
        assert_eq!(errors(*kind, args, item), [*message], "{args} on {item}");
    }
}

#[test]
fn covers_errors() {
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
fn err_and_err_ignore_errors() {
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
fn logic_endpoint_errors() {
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
fn orphan_errors() {
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
fn extract_errors() {
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
fn ret_tags_errors() {
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
            "`inject` cannot be combined with `covers = stream`: the carrier has moved into the body before the span starts; call `skywalking_runtime::inject` inside the stream, or write an `async fn`"
        ]
    );
}

#[test]
fn impl_block_keys_and_functions_are_checked() {
    let block = "impl A { const fn a () { } fn b () -> BoxFuture < 'static , u8 > { g () } # [cfg (x)] fn c (x : ...) { } fn d () -> u8 { 1 } }";
    assert_eq!(
        errors(
            Local,
            r#"name = "a", ret_tags("a" = |r| r), covers = call, names = "{trait}""#,
            block
        )[..4],
        [
            "`name` is not supported on an impl block: write `names = \"{type}::{fn}\"`, or put it on the function",
            "`covers` is not supported on an impl block: put it on the function",
            "`ret_tags` is not supported on an impl block: put it on the function",
            "`{trait}` requires an `impl Trait for Type`",
        ]
    );
    assert_eq!(
        errors(Local, "tags(y), err", block),
        [
            "a `const fn` cannot be traced: mark it `#[skip_span]`",
            "`a` has no parameter `y`: it has none",
            "the span would end before the future runs: put an attribute with `covers = future` or `covers = call` on this function, or mark it `#[skip_span]`",
            "`b` has no parameter `y`: it has none",
            "a variadic function cannot be traced: mark it `#[skip_span]`",
            "`c` has no parameter `y`: it has none",
            "`d` has no parameter `y`: it has none",
        ]
    );
    assert_eq!(
        errors(Local, "names = 1", "impl A { }"),
        ["expected a pattern: write `names = \"{type}::{fn}\"`"]
    );
    assert_eq!(errors(Local, "names = \"\"", "impl A { }"), ["`names` must not be empty"]);
    assert_eq!(
        errors(Local, "names = \"{function}\"", "impl A { }"),
        [
            "unknown placeholder `{function}`: use one of `{module}`, `{type}`, `{trait}`, `{fn}`, or escape a brace as `{{`"
        ]
    );
    assert_eq!(
        errors(Local, "names = \"{type\"", "impl A { }"),
        ["unmatched `{`: escape it as `{{`, or use one of `{module}`, `{type}`, `{trait}`, `{fn}`"]
    );
    assert_eq!(
        errors(Local, "covers = futur", "fn f() -> impl Future<Output = u8> { g() }"),
        ["expected `future`, `stream` or `call`"]
    );
    assert_eq!(errors(Local, "component = T::X", "impl < T > A < T > { fn f () { } }").len(), 1);
    assert_eq!(
        errors(Local, "", "# [entry_span] impl A { }"),
        ["already traced by `#[local_span]`: remove one of the attributes"]
    );
    assert!(!errors(Local, "", "impl A").is_empty());
    assert!(!errors(Local, "", "impl A for { }").is_empty());
}

#[test]
fn impl_block_function_attributes_are_checked() {
    let errors = |block: &str| {
        let out =
            expand::attribute(Local, tokens(""), tokens(block), true).into_traced().to_string();
        messages(&out[out.find(":: core :: compile_error").unwrap()..])
    };
    assert_eq!(
        errors("impl A { #[skip_span(x)] fn f() {} }"),
        ["`#[skip_span]` does not accept arguments"]
    );
    assert_eq!(
        errors(
            "impl A { #[cfg_attr(unix, runtime::skip_span)] fn f() {} #[cfg_attr(unix, inline)] fn g() {} }"
        ),
        [
            "a span attribute inside a traced impl block cannot be conditional: write the function twice, under `#[cfg(..)]` and under `#[cfg(not(..))]`"
        ]
    );
    assert_eq!(
        errors("impl A { #[skip_span] #[exit_span] fn f() {} }"),
        ["`#[skip_span]` cannot be combined with `#[exit_span]`: remove one of them"]
    );
}
