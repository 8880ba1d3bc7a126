//! The messages of an attribute's arguments.

use proc_macro2::{Ident, TokenTree};
use quote::ToTokens;
use syn::parse::ParseStream;
use syn::{Error, Expr, ExprPath, Lit, LitInt, LitStr, Token, token};

use super::errors::{at, quoted};
use crate::kind::{Kind, LAYERS};

// The list of arguments.

pub(crate) fn expected_comma(input: ParseStream<'_>) -> Error {
    input.error("expected `,`")
}

pub(crate) fn positional_argument(literal: &Lit) -> Error {
    at(
        literal,
        format!(
            "positional arguments are not supported: write `name = {}`",
            literal.to_token_stream()
        ),
    )
}

pub(crate) fn not_an_argument(error: &Error) -> Error {
    Error::new(error.span(), "expected an argument, such as `name = \"..\"`")
}

pub(crate) fn duplicate_key(first: &Ident, second: &Ident) -> Error {
    let mut error = at(second, format!("duplicate argument `{second}`"));
    error.combine(at(first, format!("`{first}` is already set here")));
    error
}

pub(crate) fn missing_value(key: &Ident, place: impl ToTokens) -> Error {
    at(place, format!("missing value: write `{key} = ..`"))
}

/// Returns the error for a key that this attribute does not accept.
pub(crate) fn unsupported_key(kind: Kind, key: &Ident) -> Option<Error> {
    if kind.accepts(key) {
        return None;
    }
    let word = key.to_string();
    let remedy = match (word.as_str(), kind) {
        ("peer", _) => "use it on `#[exit_span]` or `#[entry_span]`",
        ("extract" | "extract_each", Kind::Exit) => "use `inject`",
        ("extract" | "extract_each", _) => "use it on `#[entry_span]`",
        ("inject", Kind::Entry) => "use `extract`",
        ("inject", _) => "use it on `#[exit_span]`",
        ("logic_endpoint", _) => {
            "entry spans are always endpoints, exit spans never are; use it on `#[local_span]`"
        }
        ("orphan", _) => {
            "without a context, entry and exit spans always start a trace; use it on `#[local_span]`"
        }
        _ => return Some(at(key, unknown_key(kind, &word))),
    };
    Some(at(key, format!("`{word}` is not supported on `#[{}]`: {remedy}", kind.attribute())))
}

/// Returns the message for a key that no attribute accepts. Keys of other tracing crates get their
/// replacement.
fn unknown_key(kind: Kind, word: &str) -> String {
    match word {
        "skip" | "skip_all" => {
            format!("arguments are not recorded unless `tags(..)` lists them: remove `{word}`")
        }
        "fields" | "properties" => {
            format!(
                "arguments are not recorded unless `tags(..)` lists them: write `tags(\"key\" = value)` instead of `{word}`"
            )
        }
        "level" => "spans have no level: remove `level`".to_owned(),
        "short_name" => {
            "the default name is `module_path::function`: remove `short_name`, or write `name = ..`"
                .to_owned()
        }
        "enter_on_poll" => {
            "one span covers all polls of an `async fn`: remove `enter_on_poll`".to_owned()
        }
        _ => {
            let suggestion = nearest(word, kind.keys())
                .map(|near| format!("; did you mean `{near}`?"))
                .unwrap_or_default();
            let attribute = kind.attribute();
            let keys = quoted(kind.keys());
            format!("unknown argument `{word}`{suggestion}\n`#[{attribute}]` accepts {keys}")
        }
    }
}

/// Returns the key at most two typing errors away.
fn nearest<'a>(word: &str, keys: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    keys.map(|key| (distance(word, key), key))
        .filter(|(distance, key)| *distance <= 2 && *distance < key.len())
        .min()
        .map(|(_, key)| key)
}

/// Returns the Levenshtein distance, in characters.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    // The distances of the part of `a` read so far to each prefix of `b`.
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (read, x) in a.chars().enumerate() {
        let (mut diagonal, mut left) = (read, read + 1);
        let mut next = vec![left];
        for (above, y) in row.iter().skip(1).zip(&b) {
            let replaced = diagonal + usize::from(x != *y);
            left = replaced.min(above + 1).min(left + 1);
            next.push(left);
            diagonal = *above;
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

// Single values.

pub(crate) fn empty_text(key: &Ident, literal: &LitStr) -> Error {
    at(literal, format!("`{key}` must not be empty"))
}

pub(crate) fn not_a_string(key: &Ident, literal: &Lit) -> Error {
    at(literal, format!("expected a string: write `{key} = \"..\"`"))
}

pub(crate) fn invalid_component(value: &Expr) -> Error {
    at(value, "expected an integer or a path to an `i32` constant")
}

pub(crate) fn component_out_of_range(id: &LitInt) -> Error {
    at(id, "component id does not fit in `i32`")
}

pub(crate) fn component_with_qself(path: &ExprPath) -> Error {
    at(path, "`component` is stored in a static: use a constant with a plain path")
}

pub(crate) fn component_uses_self(word: &Ident) -> Error {
    at(word, "`component` is stored in a static, which cannot use `Self`: name the type")
}

pub(crate) fn component_uses_generic(word: &Ident) -> Error {
    at(
        word,
        format!(
            "`component` is stored in a static, which cannot use the generic parameter `{word}`: name a constant"
        ),
    )
}

pub(crate) fn unknown_layer(word: &Ident) -> Error {
    at(word, format!("unknown layer `{word}`: expected one of {}", layers()))
}

pub(crate) fn quoted_layer(literal: &Lit) -> Error {
    at(literal, format!("expected a layer without quotes: one of {}", layers()))
}

fn layers() -> String {
    quoted(LAYERS.iter().map(|(name, _)| *name))
}

pub(crate) fn invalid_orphan(written: &impl ToTokens) -> Error {
    at(written, "expected `trace` or `skip`")
}

pub(crate) fn quoted_path(literal: &Lit) -> Error {
    at(literal, "expected a path without quotes")
}

pub(crate) fn control_flow_in_argument(token: &TokenTree, word: &str) -> Error {
    at(
        token,
        format!(
            "`{word}` is not allowed here: attribute arguments are evaluated outside the function body"
        ),
    )
}

// Tags.

pub(crate) fn tags_without_list(key: &Ident) -> Error {
    at(key, "expected a list: write `tags(\"key\" = value)`")
}

pub(crate) fn invalid_tag(input: ParseStream<'_>) -> Error {
    input.error("expected `\"key\" = value` or the name of a parameter")
}

pub(crate) fn unquoted_tag_key(ident: &Ident, input: ParseStream<'_>) -> Error {
    if input.peek(Token![=]) {
        at(ident, format!("expected a string as the key: write `\"{ident}\" = ..`"))
    } else {
        at(ident, "a tag with an expression requires a key: write `\"key\" = ..`")
    }
}

pub(crate) fn empty_tag_key(key: &LitStr) -> Error {
    at(key, "a tag key must not be empty")
}

pub(crate) fn missing_tag_value(key: &LitStr, place: impl ToTokens) -> Error {
    at(place, format!("missing value: write `\"{}\" = ..`", key.value()))
}

pub(crate) fn duplicate_tag(key: &LitStr, parameter: Option<&Ident>) -> Error {
    let message = format!("duplicate tag `{}`", key.value());
    match parameter {
        Some(parameter) => at(parameter, message),
        None => at(key, message),
    }
}

pub(crate) fn unknown_parameter(parameter: &Ident, function: &Ident, names: &[String]) -> Error {
    let known = match names.len() {
        0 => "it has none".to_owned(),
        _ => format!("its parameters are {}", quoted(names.iter().map(String::as_str))),
    };
    at(parameter, format!("`{function}` has no parameter `{parameter}`: {known}"))
}

pub(crate) fn ret_tags_without_list(key: &Ident) -> Error {
    at(key, "expected a list: write `ret_tags(\"key\" = |returned| value)`")
}

pub(crate) fn unquoted_ret_tag_key(ident: &Ident) -> Error {
    at(ident, format!("expected a string as the key: write `\"{ident}\" = |returned| ..`"))
}

pub(crate) fn invalid_ret_tag(value: impl ToTokens) -> Error {
    at(
        value,
        "expected a closure with one parameter, such as `|returned| returned.len()`, or the path of a function",
    )
}

// The returned value.

/// Rejects a value or a list after a key that has neither.
pub(crate) fn reject_value(key: &Ident, input: ParseStream<'_>) -> Result<(), Error> {
    let remedy =
        if key == "logic_endpoint" { "write `logic_endpoint`" } else { "write `err` or `no_err`" };
    if input.peek(Token![=]) {
        let equals: Token![=] = input.parse()?;
        return Err(at(equals, format!("`{key}` does not accept a value: {remedy}")));
    }
    if input.peek(token::Paren) {
        return Err(at(key, format!("`{key}` does not accept a list: {remedy}")));
    }
    Ok(())
}

pub(crate) fn no_return_value(word: &Ident) -> Error {
    at(word, format!("`{word}` requires a function that returns a value"))
}

pub(crate) fn invalid_err_form(key: &Ident) -> Error {
    at(
        key,
        "expected `err(Display)`, `err(Debug)`, or `err(PATH)` with the path of a function from `&Returned` to `Option<impl Display>`",
    )
}

pub(crate) fn misspelled_err_form(word: &Ident, form: &str) -> Error {
    at(word, format!("unknown form `err({word})`; did you mean `err({form})`?"))
}

pub(crate) fn err_ignore_without_list(key: &Ident) -> Error {
    at(key, "expected a list of error types: write `err_ignore(NotFound)`")
}

pub(crate) fn invalid_err_ignore(error: &Error) -> Error {
    Error::new(error.span(), "expected an error type, such as `err_ignore(NotFound)`")
}

pub(crate) fn conflicting_keys(second: &Ident, one: &str, other: &str) -> Error {
    at(second, format!("`{one}` cannot be combined with `{other}`: remove one of them"))
}

pub(crate) fn result_required(word: &Ident, place: impl ToTokens) -> Error {
    at(place, format!("`{word}` requires a `Result`: return a `Result`, or remove `{word}`"))
}

pub(crate) fn conflicts_with_track_caller(place: &Ident, word: &str) -> Error {
    at(
        place,
        format!("`{word}` hides the caller's location from `#[track_caller]`: remove one of them"),
    )
}

pub(crate) fn ret_tags_on_stream(word: &Ident) -> Error {
    at(
        word,
        format!(
            "`{word}` cannot be combined with `covers = stream`, as a stream returns many values: put it on the function that returns an item, or remove it"
        ),
    )
}
