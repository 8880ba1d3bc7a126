//! The messages of an attribute's arguments.

use proc_macro2::{Ident, TokenTree};
use quote::ToTokens;
use syn::parse::ParseStream;
use syn::{Error, Expr, ExprPath, Lit, LitInt, LitStr, Token, token};

use super::errors::{at, quoted};
use crate::kind::{Kind, LAYERS};

// The shape of the list.

pub(crate) fn expected_comma(input: ParseStream<'_>) -> Error {
    input.error("expected `,`")
}

pub(crate) fn positional_argument(literal: &Lit) -> Error {
    at(literal, format!("write `name = {}`", literal.to_token_stream()))
}

pub(crate) fn not_an_argument(error: &Error) -> Error {
    Error::new(error.span(), "expected an argument, as `name = \"..\"`")
}

pub(crate) fn duplicate_key(first: &Ident, second: &Ident) -> Error {
    let mut error = at(second, format!("`{second}` is given twice"));
    error.combine(at(first, format!("`{first}` is given here already")));
    error
}

pub(crate) fn missing_value(key: &Ident, place: impl ToTokens) -> Error {
    at(place, format!("`{key}` needs a value: write `{key} = ..`"))
}

/// The refusal of a key that this attribute does not take.
pub(crate) fn unsupported_key(kind: Kind, key: &Ident) -> Option<Error> {
    if kind.accepts(key) {
        return None;
    }
    let word = key.to_string();
    let word = word.as_str();
    let message = match (word, kind) {
        ("peer", _) => "`peer` belongs to `#[exit_span]` and `#[entry_span]`".to_owned(),
        ("extract" | "extract_each", Kind::Exit) => format!("`{word}` belongs to `#[entry_span]`; use `inject`"),
        ("extract" | "extract_each", _) => format!("`{word}` belongs to `#[entry_span]`"),
        ("inject", Kind::Entry) => "`inject` belongs to `#[exit_span]`; use `extract`".to_owned(),
        ("inject", _) => "`inject` belongs to `#[exit_span]`".to_owned(),
        ("logic_endpoint", _) => {
            "`logic_endpoint` belongs to `#[local_span]`: entry spans are endpoints anyway, exit spans never".to_owned()
        }
        ("orphan", _) => "`orphan` belongs to `#[local_span]`: entry and exit spans without a context always start a trace".to_owned(),
        ("skip" | "skip_all", _) => format!("arguments are recorded only through `tags(..)`: remove `{word}`"),
        ("fields" | "properties", _) => {
            format!("arguments are recorded only through `tags(..)`: write `tags(\"key\" = value)` in place of `{word}`")
        }
        ("level", _) => "a span has no level: remove `level`".to_owned(),
        ("short_name", _) => "the name is `module_path::function` unless `name = ..` is given: remove `short_name`".to_owned(),
        ("enter_on_poll", _) => "one span covers all polls of an `async fn`: remove `enter_on_poll`".to_owned(),
        _ => {
            let near = nearest(word, kind.keys()).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            format!("unknown argument `{word}`{near}\n`#[{}]` takes {}", kind.attribute(), quoted(kind.keys()))
        }
    };
    Some(at(key, message))
}

/// The key at most two typing errors away.
fn nearest<'a>(word: &str, keys: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    keys.map(|key| (distance(word, key), key))
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

pub(crate) fn not_a_string(key: &Ident, literal: &Lit) -> Error {
    let what = if key == "name" { "a span name" } else { "a peer" };
    at(literal, format!("{what} is text: write `{key} = \"..\"`"))
}

pub(crate) fn invalid_component(value: &Expr) -> Error {
    at(value, "expected an integer or a path to an `i32` constant")
}

pub(crate) fn component_out_of_range(id: &LitInt) -> Error {
    at(id, "component id does not fit in `i32`")
}

pub(crate) fn component_with_qself(path: &ExprPath) -> Error {
    at(path, "a callsite is static: name the constant by its plain path")
}

pub(crate) fn component_uses_self(word: &Ident) -> Error {
    at(word, "a callsite is static: name the type instead of `Self`")
}

pub(crate) fn component_uses_generic(word: &Ident) -> Error {
    at(word, format!("a callsite is static: name the constant instead of the generic `{word}`"))
}

pub(crate) fn unknown_layer(word: &Ident) -> Error {
    at(
        word,
        format!("unknown layer `{word}`; one of {}", quoted(LAYERS.iter().map(|(name, _)| *name))),
    )
}

pub(crate) fn quoted_layer(literal: &Lit) -> Error {
    at(
        literal,
        format!(
            "write the layer without quotes; one of {}",
            quoted(LAYERS.iter().map(|(name, _)| *name))
        ),
    )
}

pub(crate) fn invalid_orphan(written: &impl ToTokens) -> Error {
    at(written, "expected `trace` or `skip`")
}

pub(crate) fn quoted_path(literal: &Lit) -> Error {
    at(literal, "expected a path, without quotes")
}

pub(crate) fn control_flow_in_argument(token: &TokenTree, word: &str) -> Error {
    at(token, format!("an argument is computed outside the body: no `{word}` here"))
}

// Tags.

pub(crate) fn tags_without_list(key: &Ident) -> Error {
    at(key, "`tags` takes a list: write `tags(\"key\" = value)`")
}

pub(crate) fn invalid_tag(input: ParseStream<'_>) -> Error {
    input.error("expected `\"key\" = value` or the name of a parameter")
}

pub(crate) fn unquoted_tag_key(ident: &Ident, input: ParseStream<'_>) -> Error {
    if input.peek(Token![=]) {
        at(ident, format!("write the key as a string: `\"{ident}\" = ..`"))
    } else {
        at(ident, "a tag that is more than a parameter's name needs a key: `\"key\" = ..`")
    }
}

pub(crate) fn empty_tag_key(key: &LitStr) -> Error {
    at(key, "a tag key must not be empty")
}

pub(crate) fn missing_tag_value(key: &LitStr, place: impl ToTokens) -> Error {
    at(place, format!("expected `= value` after the key `{}`", key.value()))
}

pub(crate) fn duplicate_tag(key: &LitStr, parameter: Option<&Ident>) -> Error {
    let message = format!("tag `{}` is given twice", key.value());
    match parameter {
        Some(parameter) => at(parameter, message),
        None => at(key, message),
    }
}

pub(crate) fn unknown_parameter(parameter: &Ident, function: &Ident, names: &[String]) -> Error {
    let known = match names.len() {
        0 => "none".to_owned(),
        _ => quoted(names.iter().map(String::as_str)),
    };
    at(parameter, format!("no parameter named `{parameter}`; `{function}` has {known}"))
}

pub(crate) fn ret_tags_without_list(key: &Ident) -> Error {
    at(key, "`ret_tags` takes a list: write `ret_tags(\"key\" = |returned| value)`")
}

pub(crate) fn unquoted_ret_tag_key(ident: &Ident) -> Error {
    at(ident, format!("write the key as a string: `\"{ident}\" = |returned| ..`"))
}

pub(crate) fn invalid_ret_tag(value: impl ToTokens) -> Error {
    at(
        value,
        "expected a closure over the returned value, as `|returned| returned.len()`, or the path of a function",
    )
}

pub(crate) fn no_return_value(word: &Ident) -> Error {
    at(word, format!("`{word}` needs a function that returns a value"))
}

// What is returned.

/// The refusal of a value after a word that stands alone.
pub(crate) fn reject_value(key: &Ident, input: ParseStream<'_>) -> Result<(), Error> {
    let remedy =
        if key == "logic_endpoint" { "write `logic_endpoint`" } else { "write `err` or `no_err`" };
    if input.peek(Token![=]) {
        let equals: Token![=] = input.parse()?;
        return Err(at(equals, format!("`{key}` takes no value: {remedy}")));
    }
    if input.peek(token::Paren) {
        return Err(at(key, format!("`{key}` takes no list: {remedy}")));
    }
    Ok(())
}

pub(crate) fn invalid_err_form(key: &Ident) -> Error {
    at(
        key,
        "expected `err(Display)`, `err(Debug)` or `err(PATH)`, the path of a function from `&Returned` to `Option<impl Display>`",
    )
}

pub(crate) fn misspelled_err_form(word: &Ident, form: &str) -> Error {
    at(word, format!("unknown form `{word}` of `err`; did you mean `err({form})`?"))
}

pub(crate) fn err_ignore_without_list(key: &Ident) -> Error {
    at(key, "`err_ignore` takes a list of types: write `err_ignore(NotFound)`")
}

pub(crate) fn invalid_err_ignore(error: &Error) -> Error {
    Error::new(error.span(), "expected the type of an error, as `err_ignore(NotFound)`")
}

pub(crate) fn conflicting_keys(second: &Ident, one: &str, other: &str) -> Error {
    at(second, format!("`{one}` and `{other}` exclude each other: remove one"))
}

pub(crate) fn result_required(word: &Ident, place: impl ToTokens) -> Error {
    at(place, format!("`{word}` needs a `Result`"))
}

pub(crate) fn conflicts_with_track_caller(place: &Ident, word: &str) -> Error {
    at(place, format!("`{word}` hides the caller's location from `#[track_caller]`; remove one"))
}

pub(crate) fn ret_tags_on_stream(word: &Ident) -> Error {
    at(
        word,
        format!(
            "`{word}` looks at one returned value, and a stream gives many: remove it, or put it on the function that makes an item"
        ),
    )
}
