//! Every refusal leaves the item standing. The messages and their places are held by the room
//! `trybuild`; here are the rules that its files cannot show.

use quote::ToTokens as _;

use super::{expanded, tokens};
use crate::expand;
use crate::kind::Kind::{self, Entry, Exit, Local};

/// What is said, in order: the same whether tracing is compiled in or not.
fn said(kind: Kind, args: &str, item: &str) -> Vec<String> {
    let out = expand::attribute(kind, tokens(args), tokens(item), true).into_traced();
    let off = expand::attribute(kind, tokens(args), tokens(item), false).into_traced();
    assert_eq!(out.to_string(), off.to_string());
    let item = tokens(item).to_string();
    assert!(out.to_string().starts_with(&item), "the item must stand: {out}");
    messages(&out.to_string()[item.len()..])
}

fn messages(errors: &str) -> Vec<String> {
    let macros: syn::File = syn::parse_str(errors).unwrap();
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
        assert_ne!(said(kind, args, item), [""; 0], "{args} on {item}");
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
        said(
            Exit,
            r#"layer = htp, layer = "rpc", peer = 1, name = f::<A, B>(x)?, component = 99999999999, 5"#,
            "fn f() {}"
        ),
        [
            "unknown layer `htp`; one of `database`, `rpc`, `http`, `mq`, `cache`, `faas`, `genai`, `unknown`",
            "`layer` is given twice",
            "`layer` is given here already",
            "write the layer without quotes; one of `database`, `rpc`, `http`, `mq`, `cache`, `faas`, `genai`, `unknown`",
            "a peer is text: write `peer = \"..\"`",
            "an argument is computed outside the body: no `?` here",
            "component id does not fit in `i32`",
            "write `name = 5`",
        ]
    );
}

#[test]
fn parsing_continues_after_a_missing_comma() {
    assert_eq!(said(Exit, r#"peer = "a" layer = htp"#, "fn f() {}").len(), 2);
    assert_eq!(
        said(Exit, r#"peer = "a" b c = d, name = """#, "fn f() {}"),
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
    assert_eq!(said(Local, r#"tags("a" = a || b?, "b" = f(|x| x?, y?))"#, "fn f() {}").len(), 2);
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
    assert_eq!(said(Local, r#"tags("a" = f(|a, b| a, c?))"#, "fn f() {}").len(), 1);
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
            said(Local, "", &function),
            [
                "the span would end before the future runs: add `covers = future`, or `covers = call` to time only this call"
            ],
            "{body}"
        );
    }
}

#[test]
fn keys_not_supported_by_the_function() {
    let future = "fn f() -> impl Future<Output = u8> { g() }";
    for (kind, args, item, message) in [
        (
            Local,
            "covers = stream",
            future,
            "the function returns a future: write `covers = future`",
        ),
        (
            Local,
            "covers = future",
            "async fn f() {}",
            "`covers` is only for a function that is not `async` and returns a future or a stream: remove it",
        ),
        (Local, "covers = x", "fn f() {}", "expected `future`, `stream` or `call`"),
        (Local, "covers = \"future\"", "fn f() {}", "expected `future`, `stream` or `call`"),
        (
            Local,
            "covers = future",
            "#[track_caller] fn f() -> BoxFuture<'static, u8> { g() }",
            "`covers` hides the caller's location from `#[track_caller]`; remove one",
        ),
        (
            Local,
            "covers = future, err",
            "fn f() -> impl Future<Output = (u8, u8)> { g() }",
            "`err` needs a `Result`",
        ),
        (Local, "err", "fn f() -> (u8, u8) { g() }", "`err` needs a `Result`"),
        (Local, "err(reason)", "fn f() {}", "`err` needs a function that returns a value"),
        (Local, "err_ignore(E)", "fn f() {}", "`err_ignore` needs a `Result`"),
        (
            Local,
            "err_ignore(E), no_err",
            "fn f() -> Result<(), E> { g() }",
            "`no_err` and `err_ignore` exclude each other: remove one",
        ),
        (
            Local,
            "err_ignore",
            "fn f() {}",
            "`err_ignore` takes a list of types: write `err_ignore(NotFound)`",
        ),
        (
            Local,
            "err_ignore()",
            "fn f() {}",
            "`err_ignore` takes a list of types: write `err_ignore(NotFound)`",
        ),
        (
            Local,
            "err_ignore(1)",
            "fn f() {}",
            "expected the type of an error, as `err_ignore(NotFound)`",
        ),
        (
            Local,
            "err(\"x\")",
            "fn f() {}",
            "expected `err(Display)`, `err(Debug)` or `err(PATH)`, the path of a function from `&Returned` to `Option<impl Display>`",
        ),
        (
            Local,
            "err(a b)",
            "fn f() {}",
            "expected `err(Display)`, `err(Debug)` or `err(PATH)`, the path of a function from `&Returned` to `Option<impl Display>`",
        ),
        (
            Local,
            "err(|e| e)",
            "fn f() {}",
            "expected `err(Display)`, `err(Debug)` or `err(PATH)`, the path of a function from `&Returned` to `Option<impl Display>`",
        ),
        (Local, "no_err(Display)", "fn f() {}", "`no_err` takes no list: write `err` or `no_err`"),
        (
            Local,
            "logic_endpoint = true",
            "fn f() {}",
            "`logic_endpoint` takes no value: write `logic_endpoint`",
        ),
        (
            Entry,
            "logic_endpoint",
            "fn f() {}",
            "`logic_endpoint` belongs to `#[local_span]`: entry spans are endpoints anyway, exit spans never",
        ),
        (Local, "orphan = drop", "fn f() {}", "expected `trace` or `skip`"),
        (Local, "orphan = \"skip\"", "fn f() {}", "expected `trace` or `skip`"),
        (Local, "orphan = false", "fn f() {}", "expected `trace` or `skip`"),
        (Local, "orphan", "fn f() {}", "`orphan` needs a value: write `orphan = ..`"),
        (
            Exit,
            "peer = \"p:1\", orphan = skip",
            "fn f() {}",
            "`orphan` belongs to `#[local_span]`: entry and exit spans without a context always start a trace",
        ),
        (
            Entry,
            "extract = a, extract_each = b",
            "fn f() {}",
            "`extract` and `extract_each` exclude each other: remove one",
        ),
        (Local, "extract_each = b", "fn f() {}", "`extract_each` belongs to `#[entry_span]`"),
        (
            Local,
            "ret_tags(\"a\" = |r| r)",
            "fn f() {}",
            "`ret_tags` needs a function that returns a value",
        ),
        (
            Local,
            "ret_tags(\"a\" = |r| r)",
            "fn f() -> ! { g() }",
            "`ret_tags` needs a function that returns a value",
        ),
        (
            Local,
            "ret_tags(\"a\" = |r| r)",
            "#[track_caller] fn f() -> u8 { g() }",
            "`ret_tags` hides the caller's location from `#[track_caller]`; remove one",
        ),
        (
            Local,
            "ret_tags(\"a\" = |r| r?)",
            "fn f() -> u8 { g() }",
            "an argument is computed outside the body: no `?` here",
        ),
        (
            Local,
            "ret_tags(\"a\" = 1)",
            "fn f() -> u8 { g() }",
            "expected a closure over the returned value, as `|returned| returned.len()`, or the path of a function",
        ),
        (
            Local,
            "ret_tags(\"a\" = |a, b| 1)",
            "fn f() -> u8 { g() }",
            "expected a closure over the returned value, as `|returned| returned.len()`, or the path of a function",
        ),
        (Local, "ret_tags(\"a\" = g, \"a\" = g)", "fn f() -> u8 { g() }", "tag `a` is given twice"),
        (
            Local,
            "ret_tags",
            "fn f() -> u8 { g() }",
            "`ret_tags` takes a list: write `ret_tags(\"key\" = |returned| value)`",
        ),
        (
            Local,
            "names = \"{fn}\"",
            "fn f() {}",
            "`names` is for the functions of an impl block: write `name`",
        ),
    ] {
        assert_eq!(said(kind, args, item), [message], "{args} on {item}");
    }
}

#[test]
fn covers_on_async_fn() {
    let message = "the span of an `async fn` ends when it is ready: write `covers = call`, or return what runs later from a function that is not `async`";
    for (args, item) in [
        ("covers = stream", "async fn f() -> impl Stream<Item = u8> { g() }"),
        ("covers = future", "async fn f() -> BoxFuture<'static, u8> { g() }"),
        ("covers = future", "async fn f() -> JoinHandle<u8> { g() }"),
    ] {
        assert_eq!(said(Local, args, item), [message], "{args} on {item}");
    }
    assert_eq!(
        said(Local, "", "fn call(&mut self) -> Self::Future { g() }"),
        [
            "the span would end before the future runs: add `covers = future`, or `covers = call` to time only this call"
        ]
    );
}

#[test]
fn keys_not_supported_by_a_stream() {
    let stream = "fn f() -> impl Stream<Item = u8> { g() }";
    assert_eq!(
        said(Local, "covers = stream, err, ret_tags(\"a\" = |r| r)", stream),
        [
            "`ret_tags` looks at one returned value, and a stream gives many: remove it, or put it on the function that makes an item"
        ]
    );
    assert_eq!(
        said(Local, "covers = stream, err", "fn f() -> impl Stream<Item = (u8, u8)> { g() }"),
        ["`err` needs a `Result`"]
    );
    assert_eq!(
        said(Exit, "peer = \"a\", covers = stream, inject = a", stream),
        [
            "the span opens when the stream is polled, and the body has the carrier by then: call `skywalking_runtime::inject` inside the stream, or write an `async fn`"
        ]
    );
}

#[test]
fn impl_block_keys_and_functions_are_checked() {
    let block = "impl A { const fn a () { } fn b () -> BoxFuture < 'static , u8 > { g () } # [cfg (x)] fn c (x : ...) { } fn d () -> u8 { 1 } }";
    assert_eq!(
        said(
            Local,
            r#"name = "a", ret_tags("a" = |r| r), covers = call, names = "{trait}""#,
            block
        )[..4],
        [
            "`name` belongs to one function, not to a whole impl block: write `names = \"{type}::{fn}\"`, or put it on the function",
            "`covers` belongs to one function, not to a whole impl block: put it on the function",
            "`ret_tags` belongs to one function, not to a whole impl block: put it on the function",
            "`{trait}` needs an `impl Trait for Type`",
        ]
    );
    assert_eq!(
        said(Local, "tags(y), err", block),
        [
            "a `const fn` cannot be traced: mark it `#[skip_span]`",
            "no parameter named `y`; `a` has none",
            "the span would end before the future runs: put an attribute with `covers = future` (or `covers = call`) on this function, or mark it `#[skip_span]`",
            "no parameter named `y`; `b` has none",
            "a variadic fn cannot be traced: mark it `#[skip_span]`",
            "no parameter named `y`; `c` has none",
            "no parameter named `y`; `d` has none",
        ]
    );
    assert_eq!(
        said(Local, "names = 1", "impl A { }"),
        ["`names` is a pattern: write `names = \"{type}::{fn}\"`"]
    );
    assert_eq!(said(Local, "names = \"\"", "impl A { }"), ["`names` must not be empty"]);
    assert_eq!(
        said(Local, "names = \"{function}\"", "impl A { }"),
        [
            "unknown placeholder `{function}`; one of `{module}`, `{type}`, `{trait}`, `{fn}` (a brace of its own is written twice)"
        ]
    );
    assert_eq!(
        said(Local, "names = \"{type\"", "impl A { }"),
        [
            "`{` stands alone: a placeholder is one of `{module}`, `{type}`, `{trait}`, `{fn}`, a brace of its own is written twice"
        ]
    );
    assert_eq!(
        said(Local, "covers = futur", "fn f() -> impl Future<Output = u8> { g() }"),
        ["expected `future`, `stream` or `call`"]
    );
    assert_eq!(said(Local, "component = T::X", "impl < T > A < T > { fn f () { } }").len(), 1);
    assert_eq!(said(Local, "", "# [entry_span] impl A { }"), ["already traced by `#[local_span]`"]);
    assert!(!said(Local, "", "impl A").is_empty());
    assert!(!said(Local, "", "impl A for { }").is_empty());
}

#[test]
fn impl_block_function_attributes_are_checked() {
    let said = |block: &str| {
        let out =
            expand::attribute(Local, tokens(""), tokens(block), true).into_traced().to_string();
        messages(&out[out.find(":: core :: compile_error").unwrap()..])
    };
    assert_eq!(said("impl A { #[skip_span(x)] fn f() {} }"), ["`#[skip_span]` takes no arguments"]);
    assert_eq!(
        said(
            "impl A { #[cfg_attr(unix, runtime::skip_span)] fn f() {} #[cfg_attr(unix, inline)] fn g() {} }"
        ),
        [
            "an attribute below a traced impl block can't be conditional: write the function twice, under `#[cfg(..)]` and under `#[cfg(not(..))]`"
        ]
    );
    assert_eq!(
        said("impl A { #[skip_span] #[exit_span] fn f() {} }"),
        ["`#[skip_span]` and `#[exit_span]` exclude each other: remove one"]
    );
}
