//! `err`, `err(..)`, `no_err` and `err_ignore(..)`.

use proc_macro2::{Ident, Span, TokenStream};
use syn::parse::{Parse as _, ParseStream};
use syn::{Expr, ExprPath, Token, Type, token};

use super::literal;
use crate::check;

/// Whether a returned `Err` marks the span.
pub(crate) enum OnErr {
    /// `err` in one of its forms, and its word.
    Marks(Form, Ident),
    /// `no_err`.
    Unmarked,
}

/// What the log says of the error.
pub(crate) enum Form {
    /// The richest that its type offers.
    Richest,
    /// `err(Display)`, where it was written.
    Display(Span),
    /// `err(Debug)`, where it was written.
    Debug(Span),
    /// `err(PATH)`: what a function says of the returned value.
    Function(ExprPath),
}

pub(super) fn form(key: &Ident, input: ParseStream<'_>) -> syn::Result<Form> {
    if !input.peek(token::Paren) {
        check::stands_alone(key, input)?;
        return Ok(Form::Richest);
    }
    let content;
    syn::parenthesized!(content in input);
    let path = match content.parse::<Expr>().map(literal::ungrouped) {
        Ok(Expr::Path(path)) => Some(path),
        _ => None,
    };
    content.parse::<Option<Token![,]>>()?;
    let rest: TokenStream = content.parse()?;
    let Some(path) = path.filter(|_| rest.is_empty()) else {
        return Err(check::no_form_of_err(key));
    };
    Ok(match path.path.get_ident() {
        Some(word) if word == "Display" => Form::Display(word.span()),
        Some(word) if word == "Debug" => Form::Debug(word.span()),
        Some(word) if word == "display" => return Err(check::near_form_of_err(word, "Display")),
        Some(word) if word == "debug" => return Err(check::near_form_of_err(word, "Debug")),
        _ => Form::Function(path),
    })
}

pub(super) fn ignored(key: &Ident, input: ParseStream<'_>) -> syn::Result<Vec<Type>> {
    if !input.peek(token::Paren) {
        return Err(check::err_ignore_is_a_list(key));
    }
    let content;
    syn::parenthesized!(content in input);
    let types = content.parse_terminated(Type::parse, Token![,]);
    content.parse::<TokenStream>()?;
    let types = types.map_err(|error| check::no_type_to_ignore(&error))?;
    if types.is_empty() {
        return Err(check::err_ignore_is_a_list(key));
    }
    Ok(types.into_iter().collect())
}
