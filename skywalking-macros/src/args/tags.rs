//! Parses `tags(..)` and `ret_tags(..)`.

use proc_macro2::{Ident, Span};
use syn::ext::IdentExt as _;
use syn::parse::ParseStream;
use syn::parse::discouraged::Speculative as _;
use syn::{Expr, LitStr, Pat, ReturnType, Token, parse_quote_spanned, token};

use super::control_flow::reject_control_flow;
use super::literal;
use super::syntax::list;
use crate::diagnostics::{self, Errors};

/// One tag.
pub(crate) struct Tag {
    pub(crate) key: LitStr,
    pub(crate) value: Value,
    /// The parameter, if the tag was written as its name alone.
    pub(crate) parameter: Option<Ident>,
}

/// The value of a tag.
pub(crate) enum Value {
    /// A literal, as `Display` prints it. It is stored in the callsite.
    Literal(String),
    /// `= EXPR`: strings, integers and bools as they are, other types by `Display`.
    Plain(Expr),
    /// `= %EXPR`: by `Display`.
    Display(Expr),
    /// `= ?EXPR`: by `Debug`.
    Debug(Expr),
}

impl Value {
    /// Returns the expression, if the value is not a literal.
    pub(crate) fn expression(&self) -> Option<&Expr> {
        match self {
            Self::Literal(_) => None,
            Self::Plain(value) | Self::Display(value) | Self::Debug(value) => Some(value),
        }
    }
}

/// A tag of the returned value.
pub(crate) struct RetTag {
    pub(crate) key: LitStr,
    pub(crate) source: RetTagSource,
    /// Never a literal.
    pub(crate) value: Value,
}

/// How a [`RetTag`] is computed from the returned value.
pub(crate) enum RetTagSource {
    /// `|PAT| EXPR`: the pattern. The tag's value is the expression.
    Closure(Box<Pat>),
    /// The path of a function, which is the tag's value.
    Function,
}

/// The prefix of a value: none, `%` or `?`.
#[derive(Clone, Copy)]
enum Prefix {
    None,
    Percent,
    Question,
}

pub(super) fn tags(
    key: &Ident,
    input: ParseStream<'_>,
    errors: &mut Errors,
) -> syn::Result<Vec<Tag>> {
    if !input.peek(token::Paren) {
        return Err(diagnostics::tags_without_list(key));
    }
    let mut tags: Vec<Tag> = Vec::new();
    list(input, errors, |input, errors| {
        let tag = tag(input, errors)?;
        if tags.iter().any(|earlier| earlier.key.value() == tag.key.value()) {
            errors.push(diagnostics::duplicate_tag(&tag.key, tag.parameter.as_ref()));
        } else {
            tags.push(tag);
        }
        Ok(())
    })?;
    Ok(tags)
}

fn tag(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Tag> {
    if input.peek(syn::Ident) || input.peek(Token![self]) {
        let ident = input.call(Ident::parse_any)?;
        if !input.is_empty() && !input.peek(Token![,]) {
            return Err(diagnostics::unquoted_tag_key(&ident, input));
        }
        let key = LitStr::new(&ident.unraw().to_string(), ident.span());
        let value = Value::Plain(syn::parse_quote!(#ident));
        return Ok(Tag { key, value, parameter: Some(ident) });
    }
    let key = key(input, errors)?;
    let (prefix, value) = value(&key, input)?;
    reject_control_flow(&value, errors);
    let value = match (prefix, literal::display_text(&value)) {
        (Prefix::Question, _) => Value::Debug(value),
        (_, Some(text)) => Value::Literal(text),
        (Prefix::Percent, None) => Value::Display(value),
        (Prefix::None, None) => Value::Plain(value),
    };
    Ok(Tag { key, value, parameter: None })
}

pub(super) fn ret_tags(
    key: &Ident,
    input: ParseStream<'_>,
    errors: &mut Errors,
) -> syn::Result<Vec<RetTag>> {
    if !input.peek(token::Paren) {
        return Err(diagnostics::ret_tags_without_list(key));
    }
    let mut tags: Vec<RetTag> = Vec::new();
    list(input, errors, |input, errors| {
        let tag = ret_tag(input, errors)?;
        if tags.iter().any(|earlier| earlier.key.value() == tag.key.value()) {
            errors.push(diagnostics::duplicate_tag(&tag.key, None));
        } else {
            tags.push(tag);
        }
        Ok(())
    })?;
    Ok(tags)
}

fn ret_tag(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<RetTag> {
    if input.peek(syn::Ident) {
        return Err(diagnostics::unquoted_ret_tag_key(&input.parse()?));
    }
    let key = key(input, errors)?;
    let (prefix, value) = value(&key, input)?;
    let (source, value) = match literal::ungrouped(value) {
        Expr::Closure(closure) if closure.inputs.len() == 1 && closure.asyncness.is_none() => {
            let Some(pat) = closure.inputs.into_iter().next() else {
                return Err(diagnostics::invalid_ret_tag(&key));
            };
            reject_control_flow(&closure.body, errors);
            let value = match closure.output {
                ReturnType::Default => *closure.body,
                ReturnType::Type(_, ty) => {
                    let (site, body) = (Span::mixed_site(), closure.body);
                    parse_quote_spanned!(site=> { let __skywalking_value: #ty = #body; __skywalking_value })
                }
            };
            (RetTagSource::Closure(Box::new(pat)), value)
        }
        Expr::Path(path) => (RetTagSource::Function, Expr::Path(path)),
        other => return Err(diagnostics::invalid_ret_tag(&other)),
    };
    let value = match prefix {
        Prefix::None => Value::Plain(value),
        Prefix::Percent => Value::Display(value),
        Prefix::Question => Value::Debug(value),
    };
    Ok(RetTag { key, source, value })
}

fn key(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<LitStr> {
    let ahead = input.fork();
    let Ok(key) = ahead.parse::<LitStr>() else {
        return Err(diagnostics::invalid_tag(input));
    };
    input.advance_to(&ahead);
    if key.value().is_empty() {
        errors.push(diagnostics::empty_tag_key(&key));
    }
    Ok(key)
}

fn value(key: &LitStr, input: ParseStream<'_>) -> syn::Result<(Prefix, Expr)> {
    if !input.peek(Token![=]) {
        return Err(diagnostics::missing_tag_value(key, key));
    }
    let equals: Token![=] = input.parse()?;
    let prefix = if input.parse::<Option<Token![%]>>()?.is_some() {
        Prefix::Percent
    } else if input.parse::<Option<Token![?]>>()?.is_some() {
        Prefix::Question
    } else {
        Prefix::None
    };
    if input.is_empty() || input.peek(Token![,]) {
        return Err(diagnostics::missing_tag_value(key, equals));
    }
    Ok((prefix, input.parse()?))
}
