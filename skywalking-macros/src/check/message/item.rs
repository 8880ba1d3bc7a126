//! The messages of what stands below an attribute: functions, impl blocks, and the structs of the
//! derive.

use proc_macro2::{Ident, Span, TokenTree};
use quote::ToTokens;
use syn::{Attribute, Error, Expr, LitStr, Token};

use super::super::{Place, attribute};
use super::{at, quoted};
use crate::args::{Kind, PLACEHOLDERS};
use crate::carrier::HEADERS;
use crate::returns::Later;

// `covers`.

pub(crate) fn covers_is_a_word(place: impl ToTokens) -> Error {
    at(place, "expected `future`, `stream` or `call`")
}

pub(crate) fn covers_nothing(key: &Ident) -> Error {
    at(
        key,
        "`covers` is only for a function that is not `async` and returns a future or a stream: remove it",
    )
}

pub(crate) fn covers_of_async(key: &Ident) -> Error {
    let message = "the span of an `async fn` ends when it is ready: write `covers = call`, or return what runs later from a function that is not `async`";
    at(key, message)
}

pub(crate) fn covers_the_other(word: &Ident, later: Later) -> Error {
    at(word, format!("the function returns a {later}: write `covers = {later}`"))
}

pub(crate) fn injects_too_late(inject: &Ident, covers: &Ident) -> Error {
    let message = format!(
        "the span opens when the {covers} is polled, and the body has the carrier by then: \
         call `skywalking_runtime::inject` inside the {covers}, or write an `async fn`"
    );
    at(inject, message)
}

// Impl blocks.

pub(crate) fn belongs_to_one_function(key: &Ident) -> Error {
    let remedy = if key == "name" {
        "write `names = \"{type}::{fn}\"`, or put it on the function"
    } else {
        "put it on the function"
    };
    at(key, format!("`{key}` belongs to one function, not to a whole impl block: {remedy}"))
}

pub(crate) fn names_of_a_function(key: &Ident) -> Error {
    at(key, "`names` is for the functions of an impl block: write `name`")
}

pub(crate) fn names_is_a_pattern(value: &Expr) -> Error {
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

pub(crate) fn no_trait_to_name(pattern: Span) -> Error {
    Error::new(pattern, "`{trait}` needs an `impl Trait for Type`")
}

pub(crate) fn skip_span_alone() -> Error {
    Error::new(
        attribute(),
        "`#[skip_span]` leaves out a function of an impl block that is traced as a whole: there is no `#[entry_span]`, `#[exit_span]` or `#[local_span]` on this one",
    )
}

pub(crate) fn skip_span_stands_alone(attr: &Attribute) -> Error {
    at(attr, "`#[skip_span]` takes no arguments")
}

pub(crate) fn conditional(attr: &Attribute) -> Error {
    at(
        attr,
        "an attribute below a traced impl block can't be conditional: write the function twice, under `#[cfg(..)]` and under `#[cfg(not(..))]`",
    )
}

pub(crate) fn skipped_and_traced(attr: &Attribute, kind: Kind) -> Error {
    at(attr, format!("`#[skip_span]` and `#[{}]` exclude each other: remove one", kind.attribute()))
}

// The item.

pub(crate) fn no_peer() -> Error {
    Error::new(attribute(), "`#[exit_span]` needs `peer = ..`, the address called")
}

/// Where a function can't be traced, and an impl block asks for it.
fn or_skip(place: &Place<'_>) -> &'static str {
    match place {
        Place::UnderBlock(_) => ": mark it `#[skip_span]`",
        Place::Alone => "",
    }
}

pub(crate) fn const_fn(constness: Token![const], place: &Place<'_>) -> Error {
    at(constness, format!("a `const fn` cannot be traced{}", or_skip(place)))
}

pub(crate) fn variadic_fn(dots: Token![...], place: &Place<'_>) -> Error {
    at(dots, format!("a variadic fn cannot be traced{}", or_skip(place)))
}

pub(crate) fn traced_twice(kind: Kind, second: &Attribute) -> Error {
    at(second.path(), format!("already traced by `#[{}]`", kind.attribute()))
}

pub(crate) fn runs_later(later: Later, output: impl ToTokens, place: &Place<'_>) -> Error {
    let message = match place {
        Place::UnderBlock(_) => format!(
            "the span would end before the {later} runs: put an attribute with `covers = {later}` (or `covers = call`) on this function, or mark it `#[skip_span]`"
        ),
        Place::Alone => {
            format!(
                "the span would end before the {later} runs: add `covers = {later}`, or `covers = call` to time only this call"
            )
        }
    };
    at(output, message)
}

pub(crate) fn no_body(semicolon: &TokenTree) -> Error {
    at(semicolon, "no body to trace; put it on the implementation")
}

pub(crate) fn no_item() -> Error {
    Error::new(attribute(), "expected a function or an impl block")
}

pub(crate) fn not_traceable(keyword: &TokenTree) -> Error {
    at(keyword, "expected a function or an impl block")
}

// The derive.

pub(crate) fn not_a_struct(keyword: impl ToTokens) -> Error {
    at(keyword, "expected a struct with named fields")
}

pub(crate) fn no_carrier_field(name: &Ident) -> Error {
    at(name, "mark the field that carries the headers with `#[carrier]`")
}

pub(crate) fn second_carrier(second: &Attribute) -> Error {
    at(second, "the headers have a field already: one `#[carrier]`, or one field for each header")
}

pub(crate) fn header_twice(header: &LitStr) -> Error {
    at(header, format!("the header `{}` has a field already", header.value()))
}

pub(crate) fn empty_carrier_list(attr: &Attribute) -> Error {
    at(attr, "write `#[carrier]` or `#[carrier(header = \"sw8\")]`")
}

pub(crate) fn unknown_carrier_word(word: &Ident) -> Error {
    at(
        word,
        format!(
            "unknown argument `{word}`; a field takes `header = \"..\"`, a struct `crate = PATH`"
        ),
    )
}

pub(crate) fn header_of_a_struct(word: &Ident) -> Error {
    at(word, "`header` belongs to a field")
}

pub(crate) fn crate_of_a_field(word: &Ident) -> Error {
    at(word, "`crate` belongs to the struct")
}

pub(crate) fn carrier_on_the_struct(attr: &Attribute) -> Error {
    at(attr, "`#[carrier]` belongs to a field; a struct takes `#[carrier(crate = PATH)]`")
}

pub(crate) fn header_is_text(place: impl ToTokens) -> Error {
    at(
        place,
        format!("write the header as a string: `header = \"sw8\"`; one of {}", quoted(HEADERS)),
    )
}

pub(crate) fn unknown_header(header: &LitStr) -> Error {
    at(header, format!("unknown header `{}`; one of {}", header.value(), quoted(HEADERS)))
}
