//! Every message of the attributes. Each names the word that was written and what to write in its place, and stands at the token to blame.

use std::fmt::Display;

use proc_macro2::{Ident, TokenTree};
use quote::ToTokens;
use syn::parse::ParseStream;
use syn::{Attribute, Error, Expr, ExprPath, Lit, LitInt, LitStr, Token, token};

use super::attribute;
use crate::args::{Kind, LAYERS, Tag};
use crate::carrier::HEADERS;
use crate::params::Binding;
use crate::returns::Later;

fn at(tokens: impl ToTokens, message: impl Display) -> Error {
    Error::new_spanned(tokens, message)
}

fn quoted<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    words.into_iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

// The shape of the list.

pub(crate) fn expected_comma(input: ParseStream<'_>) -> Error {
    input.error("expected `,`")
}

pub(crate) fn positional(literal: &Lit) -> Error {
    at(literal, format!("write `name = {}`", literal.to_token_stream()))
}

pub(crate) fn no_argument(error: &Error) -> Error {
    Error::new(error.span(), "expected an argument, as `name = \"..\"`")
}

pub(crate) fn twice(first: &Ident, second: &Ident) -> Error {
    let mut error = at(second, format!("`{second}` is given twice"));
    error.combine(at(first, format!("`{first}` is given here already")));
    error
}

pub(crate) fn needs_value(key: &Ident, place: impl ToTokens) -> Error {
    at(place, format!("`{key}` needs a value: write `{key} = ..`"))
}

/// The refusal of a key that this attribute does not take.
pub(crate) fn wrong_key(kind: Kind, key: &Ident) -> Option<Error> {
    let word = key.to_string();
    let word = word.as_str();
    if kind.keys().contains(&word) {
        return None;
    }
    let message = match (word, kind) {
        ("peer", _) => "`peer` belongs to `#[exit_span]`".to_owned(),
        ("extract", Kind::Exit) => "`extract` belongs to `#[entry_span]`; use `inject`".to_owned(),
        ("extract", _) => "`extract` belongs to `#[entry_span]`".to_owned(),
        ("inject", Kind::Entry) => "`inject` belongs to `#[exit_span]`; use `extract`".to_owned(),
        ("inject", _) => "`inject` belongs to `#[exit_span]`".to_owned(),
        ("extract_each" | "ret_tags" | "err_ignore" | "covers" | "logic_endpoint" | "names", _) => format!("`{word}` is not supported yet"),
        ("skip" | "skip_all", _) => format!("arguments are recorded only through `tags(..)`: remove `{word}`"),
        ("fields" | "properties", _) => {
            format!("arguments are recorded only through `tags(..)`: write `tags(\"key\" = value)` in place of `{word}`")
        }
        ("level", _) => "a span has no level: remove `level`".to_owned(),
        ("short_name", _) => "the name is `module_path::function` unless `name = ..` is given: remove `short_name`".to_owned(),
        ("enter_on_poll", _) => "one span covers all polls of an `async fn`: remove `enter_on_poll`".to_owned(),
        _ => {
            let near = nearest(word, kind.keys()).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            format!("unknown argument `{word}`{near}\n`#[{}]` takes {}", kind.attribute(), quoted(kind.keys().iter().copied()))
        }
    };
    Some(at(key, message))
}

/// The key at most two typing errors away.
fn nearest<'a>(word: &str, keys: &[&'a str]) -> Option<&'a str> {
    keys.iter()
        .map(|key| (distance(word, key), *key))
        .filter(|(distance, key)| *distance <= 2 && *distance < key.len())
        .min()
        .map(|(_, key)| key)
}

/// Levenshtein's distance, in characters.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

// Single values.

pub(crate) fn empty_text(key: &Ident, literal: &LitStr) -> Error {
    at(literal, format!("`{key}` must not be empty"))
}

pub(crate) fn not_text(key: &Ident, literal: &Lit) -> Error {
    let what = if key == "name" { "a span name" } else { "a peer" };
    at(literal, format!("{what} is text: write `{key} = \"..\"`"))
}

pub(crate) fn no_component(value: &Expr) -> Error {
    at(value, "expected an integer or a path to an `i32` constant")
}

pub(crate) fn component_too_big(id: &LitInt) -> Error {
    at(id, "component id does not fit in `i32`")
}

pub(crate) fn component_not_static(path: &ExprPath) -> Error {
    at(path, "a callsite is static: name the constant by its plain path")
}

pub(crate) fn component_of_self(word: &Ident) -> Error {
    at(word, "a callsite is static: name the type instead of `Self`")
}

pub(crate) fn component_of_generic(word: &Ident) -> Error {
    at(word, format!("a callsite is static: name the constant instead of the generic `{word}`"))
}

pub(crate) fn unknown_layer(word: &Ident) -> Error {
    at(word, format!("unknown layer `{word}`; one of {}", quoted(LAYERS.iter().map(|(name, _)| *name))))
}

pub(crate) fn layer_is_a_word(literal: &Lit) -> Error {
    at(literal, format!("write the layer without quotes; one of {}", quoted(LAYERS.iter().map(|(name, _)| *name))))
}

pub(crate) fn path_without_quotes(literal: &Lit) -> Error {
    at(literal, "expected a path, without quotes")
}

pub(crate) fn leaves_the_argument(token: &TokenTree, word: &str) -> Error {
    at(token, format!("an argument is computed outside the body, while the span opens: no `{word}` here"))
}

// Tags.

pub(crate) fn tags_is_a_list(key: &Ident) -> Error {
    at(key, "`tags` takes a list: write `tags(\"key\" = value)`")
}

pub(crate) fn no_tag(input: ParseStream<'_>) -> Error {
    input.error("expected `\"key\" = value` or the name of a parameter")
}

pub(crate) fn tag_key_is_a_string(ident: &Ident, input: ParseStream<'_>) -> Error {
    if input.peek(Token![=]) {
        at(ident, format!("write the key as a string: `\"{ident}\" = ..`"))
    } else {
        at(ident, "a tag that is more than a parameter's name needs a key: `\"key\" = ..`")
    }
}

pub(crate) fn empty_tag_key(key: &LitStr) -> Error {
    at(key, "a tag key must not be empty")
}

pub(crate) fn tag_needs_value(key: &LitStr, place: impl ToTokens) -> Error {
    at(place, format!("expected `= value` after the key `{}`", key.value()))
}

pub(crate) fn tag_twice(tag: &Tag) -> Error {
    let message = format!("tag `{}` is given twice", tag.key.value());
    match &tag.parameter {
        Some(parameter) => at(parameter, message),
        None => at(&tag.key, message),
    }
}

pub(crate) fn no_such_parameter(parameter: &Ident, bindings: &[Binding]) -> Error {
    let names: Vec<String> = bindings.iter().map(Binding::name).collect();
    let known = match names.len() {
        0 => "the function has none".to_owned(),
        _ => format!("the function has {}", quoted(names.iter().map(String::as_str))),
    };
    at(parameter, format!("no parameter named `{parameter}`; {known}"))
}

// `err`.

/// The refusal of `err = ..` and `err(..)`; both words stand alone.
pub(crate) fn takes_no_value(key: &Ident, input: ParseStream<'_>) -> Result<(), Error> {
    if input.peek(Token![=]) {
        let equals: Token![=] = input.parse()?;
        return Err(at(equals, format!("`{key}` takes no value: write `err` or `no_err`")));
    }
    if input.peek(token::Paren) {
        return Err(at(key, format!("`{key}(..)` is not supported yet: write `err` or `no_err`")));
    }
    Ok(())
}

pub(crate) fn err_and_no_err(second: &Ident) -> Error {
    at(second, "`err` and `no_err` exclude each other: remove one")
}

pub(crate) fn err_needs_result(place: impl ToTokens) -> Error {
    at(place, "`err` needs a `Result`")
}

pub(crate) fn err_hides_the_caller(err: &Ident) -> Error {
    at(err, "`err` hides the caller's location from `#[track_caller]`; remove one")
}

// The item.

pub(crate) fn no_peer() -> Error {
    Error::new(attribute(), "`#[exit_span]` needs `peer = ..`, the address called")
}

pub(crate) fn const_fn(constness: Token![const]) -> Error {
    at(constness, "a `const fn` cannot be traced")
}

pub(crate) fn variadic_fn(dots: Token![...]) -> Error {
    at(dots, "a variadic fn cannot be traced")
}

pub(crate) fn traced_twice(kind: Kind, second: &Attribute) -> Error {
    at(second.path(), format!("already traced by `#[{}]`", kind.attribute()))
}

pub(crate) fn runs_later(later: Later, output: impl ToTokens) -> Error {
    at(
        output,
        match later {
            Later::Future => "the span would end before the future runs: make it an `async fn`",
            Later::Stream => "the span would end before the stream runs: trace the `async fn` that reads the stream, or makes its items",
        },
    )
}

pub(crate) fn no_body(semicolon: &TokenTree) -> Error {
    at(semicolon, "no body to trace; put it on the implementation")
}

pub(crate) fn impl_block(keyword: &TokenTree) -> Error {
    at(keyword, "an impl block is not traced as a whole yet: put the attribute on each function")
}

pub(crate) fn not_a_function(keyword: &TokenTree) -> Error {
    at(keyword, "expected a function")
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
    at(word, format!("unknown argument `{word}`; a field takes `header = \"..\"`, a struct `crate = PATH`"))
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
    at(place, format!("write the header as a string: `header = \"sw8\"`; one of {}", quoted(HEADERS)))
}

pub(crate) fn unknown_header(header: &LitStr) -> Error {
    at(header, format!("unknown header `{}`; one of {}", header.value(), quoted(HEADERS)))
}
