//! Parses the value of each key but lists.

use proc_macro2::Ident;
use syn::ext::IdentExt as _;
use syn::parse::ParseStream;
use syn::{Expr, Lit, LitStr, Path};

use super::control_flow::reject_control_flow;
use super::literal;
use super::syntax::equals;
use crate::diagnostics::{self, Errors};
use crate::kind::{LAYERS, ORPHANS};
use crate::return_type::Deferred;

/// A name or a peer.
pub(crate) enum Text {
    /// A string literal. It is stored in the callsite.
    Literal(LitStr),
    /// Any `Display`, evaluated only if the span is recorded.
    Expression(Expr),
}

/// A component id.
pub(crate) enum Component {
    /// A number.
    Id(i32),
    /// A path to an `i32` constant.
    Constant(Path),
}

/// What the span of a function that returns a future or a stream covers, with the value as written.
pub(crate) enum Covers {
    /// The returned value, from its first poll on.
    Returned(Deferred, Ident),
    /// The call alone.
    Call(Ident),
}

impl Covers {
    /// Returns the value as written.
    pub(crate) fn word(&self) -> &Ident {
        match self {
            Self::Returned(_, word) | Self::Call(word) => word,
        }
    }
}

pub(super) fn expression(
    key: &Ident,
    input: ParseStream<'_>,
    errors: &mut Errors,
) -> syn::Result<Expr> {
    equals(key, input)?;
    let value: Expr = input.parse()?;
    reject_control_flow(&value, errors);
    Ok(value)
}

pub(super) fn text(key: &Ident, input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Text> {
    let value = expression(key, input, errors)?;
    match literal::literal_of(&value) {
        Some(Lit::Str(text)) => {
            if text.value().is_empty() {
                errors.push(diagnostics::empty_text(key, text));
            }
            Ok(Text::Literal(text.clone()))
        }
        Some(other) => Err(diagnostics::not_a_string(key, other)),
        None => Ok(Text::Expression(value)),
    }
}

pub(super) fn component(key: &Ident, input: ParseStream<'_>) -> syn::Result<Component> {
    equals(key, input)?;
    let value: Expr = input.parse()?;
    if let Some(literal) = literal::literal_of(&value) {
        let Lit::Int(id) = literal else { return Err(diagnostics::invalid_component(&value)) };
        if !matches!(id.suffix(), "" | "i32") {
            return Err(diagnostics::invalid_component(&value));
        }
        return id
            .base10_digits()
            .parse()
            .map(Component::Id)
            .map_err(|_| diagnostics::component_out_of_range(id));
    }
    match literal::ungrouped_ref(&value) {
        Expr::Path(path) if path.qself.is_none() && path.attrs.is_empty() => {
            Ok(Component::Constant(path.path.clone()))
        }
        Expr::Path(path) if path.qself.is_some() => Err(diagnostics::component_with_qself(path)),
        _ => Err(diagnostics::invalid_component(&value)),
    }
}

pub(super) fn layer(key: &Ident, input: ParseStream<'_>) -> syn::Result<&'static str> {
    equals(key, input)?;
    if input.peek(Lit) {
        return Err(diagnostics::quoted_layer(&input.parse()?));
    }
    let word = input.call(Ident::parse_any)?;
    LAYERS
        .iter()
        .find(|(name, _)| word == name)
        .map(|(_, variant)| *variant)
        .ok_or_else(|| diagnostics::unknown_layer(&word))
}

pub(super) fn orphan(key: &Ident, input: ParseStream<'_>) -> syn::Result<&'static str> {
    equals(key, input)?;
    if input.peek(Lit) {
        return Err(diagnostics::invalid_orphan(&input.parse::<Lit>()?));
    }
    let word = input.call(Ident::parse_any)?;
    ORPHANS
        .iter()
        .find(|(name, _)| word == name)
        .map(|(_, variant)| *variant)
        .ok_or_else(|| diagnostics::invalid_orphan(&word))
}

pub(super) fn covers(key: &Ident, input: ParseStream<'_>) -> syn::Result<Covers> {
    equals(key, input)?;
    if input.peek(Lit) {
        return Err(diagnostics::invalid_covers(&input.parse::<Lit>()?));
    }
    let word = input.call(Ident::parse_any)?;
    match word.to_string().as_str() {
        "future" => Ok(Covers::Returned(Deferred::Future, word)),
        "stream" => Ok(Covers::Returned(Deferred::Stream, word)),
        "call" => Ok(Covers::Call(word)),
        _ => Err(diagnostics::invalid_covers(&word)),
    }
}

pub(super) fn runtime(key: &Ident, input: ParseStream<'_>) -> syn::Result<Path> {
    equals(key, input)?;
    if input.peek(Lit) {
        return Err(diagnostics::quoted_path(&input.parse()?));
    }
    input.call(Path::parse_mod_style)
}
