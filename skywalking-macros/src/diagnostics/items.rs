//! The messages of the item below an attribute: a function or an impl block.

use proc_macro2::{Ident, Span, TokenTree};
use quote::ToTokens;
use syn::{Attribute, Error, Expr, LitStr, Token};

use super::errors::{at, at_attribute, quoted};
use crate::kind::{AttributeOn, Kind, PLACEHOLDERS};
use crate::return_type::Deferred;

// `covers`.

pub(crate) fn invalid_covers(place: impl ToTokens) -> Error {
    at(place, "expected `future`, `stream` or `call`")
}

pub(crate) fn covers_not_deferred(key: &Ident) -> Error {
    at(
        key,
        "`covers` is only for a function that is not `async` and returns a future or a stream: remove it",
    )
}

pub(crate) fn covers_on_async_fn(key: &Ident) -> Error {
    let message = "the span of an `async fn` ends when it is ready: write `covers = call`, or return what runs later from a function that is not `async`";
    at(key, message)
}

pub(crate) fn covers_mismatch(word: &Ident, later: Deferred) -> Error {
    at(word, format!("the function returns a {later}: write `covers = {later}`"))
}

pub(crate) fn inject_with_covers(inject: &Ident, covers: &Ident) -> Error {
    let message = format!(
        "the span opens when the {covers} is polled, and the body has the carrier by then: \
         call `skywalking_runtime::inject` inside the {covers}, or write an `async fn`"
    );
    at(inject, message)
}

// Impl blocks.

pub(crate) fn key_on_impl_block(key: &Ident) -> Error {
    let remedy = if key == "name" {
        "write `names = \"{type}::{fn}\"`, or put it on the function"
    } else {
        "put it on the function"
    };
    at(key, format!("`{key}` belongs to one function, not to a whole impl block: {remedy}"))
}

pub(crate) fn names_on_function(key: &Ident) -> Error {
    at(key, "`names` is for the functions of an impl block: write `name`")
}

pub(crate) fn invalid_names(value: &Expr) -> Error {
    at(value, "`names` is a pattern: write `names = \"{type}::{fn}\"`")
}

pub(crate) fn unknown_placeholder(pattern: &LitStr, wrong: &str) -> Error {
    let known = PLACEHOLDERS.map(|word| format!("{{{word}}}"));
    let known = quoted(known.iter().map(String::as_str));
    if wrong.len() == 1 {
        return at(
            pattern,
            format!(
                "`{wrong}` stands alone: a placeholder is one of {known}, a brace of its own is written twice"
            ),
        );
    }
    at(
        pattern,
        format!(
            "unknown placeholder `{wrong}`; one of {known} (a brace of its own is written twice)"
        ),
    )
}

pub(crate) fn trait_placeholder_without_trait(pattern: Span) -> Error {
    Error::new(pattern, "`{trait}` needs an `impl Trait for Type`")
}

pub(crate) fn skip_span_outside_block() -> Error {
    at_attribute(
        "`#[skip_span]` leaves out a function of an impl block that is traced as a whole: there is no `#[entry_span]`, `#[exit_span]` or `#[local_span]` on this one",
    )
}

pub(crate) fn skip_span_with_arguments(attr: &Attribute) -> Error {
    at(attr, "`#[skip_span]` takes no arguments")
}

pub(crate) fn conditional_attribute(attr: &Attribute) -> Error {
    at(
        attr,
        "an attribute below a traced impl block can't be conditional: write the function twice, under `#[cfg(..)]` and under `#[cfg(not(..))]`",
    )
}

pub(crate) fn skipped_and_traced(attr: &Attribute, kind: Kind) -> Error {
    at(attr, format!("`#[skip_span]` and `#[{}]` exclude each other: remove one", kind.attribute()))
}

// The item.

pub(crate) fn missing_peer() -> Error {
    at_attribute("`#[exit_span]` needs `peer = ..`, the address called")
}

/// Where a function can't be traced, and an impl block asks for it.
fn or_skip(on: AttributeOn) -> &'static str {
    match on {
        AttributeOn::ImplBlock => ": mark it `#[skip_span]`",
        AttributeOn::Function => "",
    }
}

pub(crate) fn const_fn(constness: Token![const], on: AttributeOn) -> Error {
    at(constness, format!("a `const fn` cannot be traced{}", or_skip(on)))
}

pub(crate) fn variadic_fn(dots: Token![...], on: AttributeOn) -> Error {
    at(dots, format!("a variadic fn cannot be traced{}", or_skip(on)))
}

pub(crate) fn duplicate_span_attribute(kind: Kind, second: &Attribute) -> Error {
    at(second.path(), format!("already traced by `#[{}]`", kind.attribute()))
}

pub(crate) fn missing_covers(later: Deferred, output: impl ToTokens, on: AttributeOn) -> Error {
    let message = match on {
        AttributeOn::ImplBlock => format!(
            "the span would end before the {later} runs: put an attribute with `covers = {later}` (or `covers = call`) on this function, or mark it `#[skip_span]`"
        ),
        AttributeOn::Function => {
            format!(
                "the span would end before the {later} runs: add `covers = {later}`, or `covers = call` to time only this call"
            )
        }
    };
    at(output, message)
}

pub(crate) fn missing_body(semicolon: &TokenTree) -> Error {
    at(semicolon, "no body to trace; put it on the implementation")
}

pub(crate) fn missing_item() -> Error {
    at_attribute("expected a function or an impl block")
}

pub(crate) fn unsupported_item(keyword: &TokenTree) -> Error {
    at(keyword, "expected a function or an impl block")
}
