//! `tags(..)` and `ret_tags(..)`.

use proc_macro2::{Ident, Span};
use syn::ext::IdentExt as _;
use syn::parse::ParseStream;
use syn::parse::discouraged::Speculative as _;
use syn::{Expr, LitStr, Pat, ReturnType, Token, parse_quote_spanned, token};

use super::{list, literal};
use crate::check::{self, Complaints};

/// One tag.
pub(crate) struct Tag {
    pub(crate) key: LitStr,
    pub(crate) value: Value,
    /// The parameter, where the tag was written as its name alone.
    pub(crate) parameter: Option<Ident>,
}

/// How a tag's value becomes text.
pub(crate) enum Value {
    /// A literal, as `Display` prints it; lives in the callsite.
    Literal(String),
    /// `= EXPR`: text, integers and bools as they are, else by `Display`.
    Plain(Expr),
    /// `= %EXPR`: by `Display`.
    Display(Expr),
    /// `= ?EXPR`: by `Debug`.
    Debug(Expr),
}

impl Value {
    /// The expression that computes it.
    pub(crate) fn computed(&self) -> Option<&Expr> {
        match self {
            Self::Literal(_) => None,
            Self::Plain(value) | Self::Display(value) | Self::Debug(value) => Some(value),
        }
    }
}

/// A tag of the returned value.
pub(crate) struct RetTag {
    pub(crate) key: LitStr,
    /// What it is computed from.
    pub(crate) of: Returned,
    /// Never a literal.
    pub(crate) value: Value,
}

/// How the value of a [`RetTag`] gets at what was returned.
pub(crate) enum Returned {
    /// `|PAT| EXPR`: the pattern; the expression stands where the closure's body did.
    Bound(Box<Pat>),
    /// The path of a function, which is called.
    Function,
}

/// The prefix of a value.
#[derive(Clone, Copy)]
enum Prefix {
    None,
    Percent,
    Question,
}

pub(super) fn tags(
    key: &Ident,
    input: ParseStream<'_>,
    complaints: &mut Complaints,
) -> syn::Result<Vec<Tag>> {
    if !input.peek(token::Paren) {
        return Err(check::tags_is_a_list(key));
    }
    let mut tags: Vec<Tag> = Vec::new();
    list(input, complaints, |input, complaints| {
        let tag = tag(input, complaints)?;
        if tags.iter().any(|earlier| earlier.key.value() == tag.key.value()) {
            complaints.push(check::tag_twice(&tag.key, tag.parameter.as_ref()));
        } else {
            tags.push(tag);
        }
        Ok(())
    })?;
    Ok(tags)
}

fn tag(input: ParseStream<'_>, complaints: &mut Complaints) -> syn::Result<Tag> {
    if input.peek(syn::Ident) || input.peek(Token![self]) {
        let ident = input.call(Ident::parse_any)?;
        if !input.is_empty() && !input.peek(Token![,]) {
            return Err(check::tag_key_is_a_string(&ident, input));
        }
        let key = LitStr::new(&ident.unraw().to_string(), ident.span());
        let value = Value::Plain(syn::parse_quote!(#ident));
        return Ok(Tag { key, value, parameter: Some(ident) });
    }
    let key = key(input, complaints)?;
    let (prefix, value) = value(&key, input)?;
    check::stays_in_the_argument(&value, complaints);
    let value = match (prefix, literal::displayed(&value)) {
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
    complaints: &mut Complaints,
) -> syn::Result<Vec<RetTag>> {
    if !input.peek(token::Paren) {
        return Err(check::ret_tags_is_a_list(key));
    }
    let mut tags: Vec<RetTag> = Vec::new();
    list(input, complaints, |input, complaints| {
        let tag = ret_tag(input, complaints)?;
        if tags.iter().any(|earlier| earlier.key.value() == tag.key.value()) {
            complaints.push(check::tag_twice(&tag.key, None));
        } else {
            tags.push(tag);
        }
        Ok(())
    })?;
    Ok(tags)
}

fn ret_tag(input: ParseStream<'_>, complaints: &mut Complaints) -> syn::Result<RetTag> {
    if input.peek(syn::Ident) {
        return Err(check::ret_tag_key_is_a_string(&input.parse()?));
    }
    let key = key(input, complaints)?;
    let (prefix, value) = value(&key, input)?;
    let (of, value) = match literal::ungrouped(value) {
        Expr::Closure(closure) if closure.inputs.len() == 1 && closure.asyncness.is_none() => {
            let Some(pat) = closure.inputs.into_iter().next() else {
                return Err(check::ret_tag_is_a_closure(&key));
            };
            check::stays_in_the_argument(&closure.body, complaints);
            let value = match closure.output {
                ReturnType::Default => *closure.body,
                ReturnType::Type(_, ty) => {
                    let (site, body) = (Span::mixed_site(), closure.body);
                    parse_quote_spanned!(site=> { let __skywalking_value: #ty = #body; __skywalking_value })
                }
            };
            (Returned::Bound(Box::new(pat)), value)
        }
        Expr::Path(path) => (Returned::Function, Expr::Path(path)),
        other => return Err(check::ret_tag_is_a_closure(&other)),
    };
    let value = match prefix {
        Prefix::None => Value::Plain(value),
        Prefix::Percent => Value::Display(value),
        Prefix::Question => Value::Debug(value),
    };
    Ok(RetTag { key, of, value })
}

fn key(input: ParseStream<'_>, complaints: &mut Complaints) -> syn::Result<LitStr> {
    let ahead = input.fork();
    let Ok(key) = ahead.parse::<LitStr>() else {
        return Err(check::no_tag(input));
    };
    input.advance_to(&ahead);
    if key.value().is_empty() {
        complaints.push(check::empty_tag_key(&key));
    }
    Ok(key)
}

fn value(key: &LitStr, input: ParseStream<'_>) -> syn::Result<(Prefix, Expr)> {
    if !input.peek(Token![=]) {
        return Err(check::tag_needs_value(key, key));
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
        return Err(check::tag_needs_value(key, equals));
    }
    Ok((prefix, input.parse()?))
}
