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
        "`covers` requires a function that returns a future or a stream and is not `async`: remove it",
    )
}

pub(crate) fn covers_on_async_fn(key: &Ident) -> Error {
    at(
        key,
        "the span of an `async fn` ends when the function returns: write `covers = call`, or return the future or stream from a function that is not `async`",
    )
}

pub(crate) fn covers_mismatch(word: &Ident, deferred: Deferred) -> Error {
    at(word, format!("this function returns a {deferred}: write `covers = {deferred}`"))
}

pub(crate) fn inject_with_covers(inject: &Ident, covers: &Ident) -> Error {
    at(
        inject,
        format!(
            "`inject` cannot be combined with `covers = {covers}`: the carrier has moved into the body before the span starts; \
             call `skywalking_runtime::propagation::inject` inside the {covers}, or write an `async fn`"
        ),
    )
}

// Impl blocks.

pub(crate) fn key_on_impl_block(key: &Ident) -> Error {
    let remedy = if key == "name" {
        "write `names = \"{type}::{fn}\"`, or put it on the function"
    } else {
        "put it on the function"
    };
    at(key, format!("`{key}` is not supported on an impl block: {remedy}"))
}

pub(crate) fn names_on_function(key: &Ident) -> Error {
    at(key, "`names` is only supported on an impl block: write `name`")
}

pub(crate) fn invalid_names(value: &Expr) -> Error {
    at(value, "expected a pattern: write `names = \"{type}::{fn}\"`")
}

pub(crate) fn unknown_placeholder(pattern: &LitStr, wrong: &str) -> Error {
    let known = PLACEHOLDERS.map(|word| format!("{{{word}}}"));
    let known = quoted(known.iter().map(String::as_str));
    let message = if wrong.len() == 1 {
        format!("unmatched `{wrong}`: escape it as `{wrong}{wrong}`, or use one of {known}")
    } else {
        format!("unknown placeholder `{wrong}`: use one of {known}, or escape a brace as `{{{{`")
    };
    at(pattern, message)
}

pub(crate) fn trait_placeholder_without_trait(pattern: Span) -> Error {
    Error::new(pattern, "`{trait}` requires an `impl Trait for Type`")
}

pub(crate) fn skip_span_outside_block() -> Error {
    at_attribute(
        "`#[skip_span]` is only supported inside an impl block with `#[entry_span]`, `#[exit_span]` or `#[local_span]`: remove it",
    )
}

pub(crate) fn skip_span_with_arguments(attr: &Attribute) -> Error {
    at(attr, "`#[skip_span]` does not accept arguments")
}

pub(crate) fn conditional_attribute(attr: &Attribute) -> Error {
    at(
        attr,
        "a span attribute inside a traced impl block cannot be conditional: write the function twice, under `#[cfg(..)]` and under `#[cfg(not(..))]`",
    )
}

pub(crate) fn skipped_and_traced(attr: &Attribute, kind: Kind) -> Error {
    at(
        attr,
        format!(
            "`#[skip_span]` cannot be combined with `#[{}]`: remove one of them",
            kind.attribute()
        ),
    )
}

// The item.

pub(crate) fn missing_peer() -> Error {
    at_attribute("`#[exit_span]` requires `peer = ..`, the address that is called")
}

/// Returns how to exclude a function from a traced impl block.
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
    at(dots, format!("a variadic function cannot be traced{}", or_skip(on)))
}

pub(crate) fn duplicate_span_attribute(kind: Kind, second: &Attribute) -> Error {
    at(
        second.path(),
        format!("already traced by `#[{}]`: remove one of the attributes", kind.attribute()),
    )
}

pub(crate) fn missing_covers(deferred: Deferred, output: impl ToTokens, on: AttributeOn) -> Error {
    let remedy = match on {
        AttributeOn::ImplBlock => format!(
            "put an attribute with `covers = {deferred}` or `covers = call` on this function, or mark it `#[skip_span]`"
        ),
        AttributeOn::Function => {
            format!("add `covers = {deferred}`, or `covers = call` to time only this call")
        }
    };
    at(output, format!("the span would end before the {deferred} runs: {remedy}"))
}

pub(crate) fn missing_body(semicolon: &TokenTree) -> Error {
    at(
        semicolon,
        "a function without a body cannot be traced: put the attribute on the implementation",
    )
}

pub(crate) fn missing_item() -> Error {
    at_attribute("expected a function or an impl block")
}

pub(crate) fn unsupported_item(keyword: &TokenTree) -> Error {
    at(keyword, "expected a function or an impl block")
}
