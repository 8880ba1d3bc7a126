//! The punctuation of the grammar: `=`, `,` and lists in parentheses.

use proc_macro2::{Ident, TokenTree};
use syn::parse::ParseStream;
use syn::parse::discouraged::Speculative as _;
use syn::{Expr, Token, token};

use crate::diagnostics::{self, Errors};

/// Parses the `=` after a key. A value must follow.
pub(super) fn equals(key: &Ident, input: ParseStream<'_>) -> syn::Result<()> {
    if !input.peek(Token![=]) {
        return Err(diagnostics::missing_value(key, key));
    }
    let equals: Token![=] = input.parse()?;
    if input.is_empty() || input.peek(Token![,]) {
        return Err(diagnostics::missing_value(key, equals));
    }
    Ok(())
}

/// Parses `(ITEM, ITEM, ..)`. An error in one item does not hide the next.
pub(super) fn list(
    input: ParseStream<'_>,
    errors: &mut Errors,
    mut item: impl FnMut(ParseStream<'_>, &mut Errors) -> syn::Result<()>,
) -> syn::Result<()> {
    let content;
    syn::parenthesized!(content in input);
    while !content.is_empty() {
        if let Err(error) = item(&content, errors) {
            errors.push(error);
            skip_to_comma(&content);
        }
        if !content.is_empty() && !content.peek(Token![,]) {
            errors.push(diagnostics::expected_comma(&content));
            skip_to_comma(&content);
        }
        content.parse::<Option<Token![,]>>()?;
    }
    Ok(())
}

/// Skips to the next comma, or to the end.
pub(super) fn skip_to_comma(input: ParseStream<'_>) {
    while !input.is_empty() && !input.peek(Token![,]) && input.parse::<TokenTree>().is_ok() {}
}

/// Skips the value of an unsupported key as one expression: it may contain commas, as in
/// `f::<A, B>()`.
pub(super) fn skip_value(input: ParseStream<'_>) {
    let ahead = input.fork();
    let value = if ahead.peek(Token![=]) {
        ahead.parse::<Token![=]>().and_then(|_| ahead.parse::<Expr>()).is_ok()
    } else {
        ahead.peek(token::Paren) && ahead.parse::<TokenTree>().is_ok()
    };
    if value {
        input.advance_to(&ahead);
    } else {
        skip_to_comma(input);
    }
}
