//! Parses `err`, `err(..)`, `no_err` and `err_ignore(..)`.

use proc_macro2::{Ident, Span, TokenStream};
use syn::parse::{Parse as _, ParseStream};
use syn::{Expr, ExprPath, Token, Type, token};

use super::literal;
use crate::diagnostics;

/// Whether a returned `Err` marks the span.
pub(crate) enum ErrKey {
    /// `err` in one of its forms, and the key.
    Err(ErrForm, Ident),
    /// `no_err`.
    NoErr,
}

/// How the error's message is made.
pub(crate) enum ErrForm {
    /// `err`: from `Error`, `Display` or `Debug`, whichever the type has.
    Auto,
    /// `err(Display)`, with the span of the word.
    Display(Span),
    /// `err(Debug)`, with the span of the word.
    Debug(Span),
    /// `err(PATH)`: a function from the returned value to a message.
    Function(ExprPath),
}

/// Parses what follows `err`.
pub(super) fn form(key: &Ident, input: ParseStream<'_>) -> syn::Result<ErrForm> {
    if !input.peek(token::Paren) {
        diagnostics::reject_value(key, input)?;
        return Ok(ErrForm::Auto);
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
        return Err(diagnostics::invalid_err_form(key));
    };
    Ok(match path.path.get_ident() {
        Some(word) if word == "Display" => ErrForm::Display(word.span()),
        Some(word) if word == "Debug" => ErrForm::Debug(word.span()),
        Some(word) if word == "display" => {
            return Err(diagnostics::misspelled_err_form(word, "Display"));
        }
        Some(word) if word == "debug" => {
            return Err(diagnostics::misspelled_err_form(word, "Debug"));
        }
        _ => ErrForm::Function(path),
    })
}

/// Parses what follows `err_ignore`.
pub(super) fn ignored(key: &Ident, input: ParseStream<'_>) -> syn::Result<Vec<Type>> {
    if !input.peek(token::Paren) {
        return Err(diagnostics::err_ignore_without_list(key));
    }
    let content;
    syn::parenthesized!(content in input);
    let types = content.parse_terminated(Type::parse, Token![,]);
    content.parse::<TokenStream>()?;
    let types = types.map_err(|error| diagnostics::invalid_err_ignore(&error))?;
    if types.is_empty() {
        return Err(diagnostics::err_ignore_without_list(key));
    }
    Ok(types.into_iter().collect())
}
