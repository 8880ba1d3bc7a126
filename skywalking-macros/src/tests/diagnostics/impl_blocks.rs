//! The errors of impl blocks.

use super::{errors, messages};
use crate::expand;
use crate::kind::Kind::Local;
use crate::tests::tokens;

#[test]
fn keys_and_functions_are_checked() {
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
fn attributes_of_functions_are_checked() {
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
