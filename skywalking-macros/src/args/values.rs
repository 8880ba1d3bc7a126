//! The values of single keys.

use proc_macro2::Ident;
use syn::ext::IdentExt as _;
use syn::parse::ParseStream;
use syn::{Expr, Lit, LitStr, Path};

use super::{LAYERS, ORPHANS, equals, literal};
use crate::check::{self, Complaints};
use crate::returns::Later;

/// A name or a peer.
pub(crate) enum Text {
    /// Lives in the callsite.
    Literal(LitStr),
    /// Any `Display`, computed when recording.
    Computed(Expr),
}

/// A component id.
pub(crate) enum Component {
    /// A number.
    Id(i32),
    /// A path to an `i32` constant.
    Constant(Path),
}

/// What the span of a function that returns a future or a stream covers, and the word that says so.
pub(crate) enum Covers {
    /// What is returned, from its first poll on.
    Returned(Later, Ident),
    /// The call alone.
    Call(Ident),
}

impl Covers {
    /// As it was written.
    pub(crate) fn word(&self) -> &Ident {
        match self {
            Self::Returned(_, word) | Self::Call(word) => word,
        }
    }
}

pub(super) fn expression(
    key: &Ident,
    input: ParseStream<'_>,
    complaints: &mut Complaints,
) -> syn::Result<Expr> {
    equals(key, input)?;
    let value: Expr = input.parse()?;
    check::stays_in_the_argument(&value, complaints);
    Ok(value)
}

pub(super) fn text(
    key: &Ident,
    input: ParseStream<'_>,
    complaints: &mut Complaints,
) -> syn::Result<Text> {
    let value = expression(key, input, complaints)?;
    match literal::of(&value) {
        Some(Lit::Str(text)) => {
            if text.value().is_empty() {
                complaints.push(check::empty_text(key, text));
            }
            Ok(Text::Literal(text.clone()))
        }
        Some(other) => Err(check::not_text(key, other)),
        None => Ok(Text::Computed(value)),
    }
}

pub(super) fn component(key: &Ident, input: ParseStream<'_>) -> syn::Result<Component> {
    equals(key, input)?;
    let value: Expr = input.parse()?;
    if let Some(literal) = literal::of(&value) {
        let Lit::Int(id) = literal else { return Err(check::no_component(&value)) };
        if !matches!(id.suffix(), "" | "i32") {
            return Err(check::no_component(&value));
        }
        return id
            .base10_digits()
            .parse()
            .map(Component::Id)
            .map_err(|_| check::component_too_big(id));
    }
    match literal::out_of_groups(&value) {
        Expr::Path(path) if path.qself.is_none() && path.attrs.is_empty() => {
            Ok(Component::Constant(path.path.clone()))
        }
        Expr::Path(path) if path.qself.is_some() => Err(check::component_not_static(path)),
        _ => Err(check::no_component(&value)),
    }
}

pub(super) fn layer(key: &Ident, input: ParseStream<'_>) -> syn::Result<&'static str> {
    equals(key, input)?;
    if input.peek(Lit) {
        return Err(check::layer_is_a_word(&input.parse()?));
    }
    let word = input.call(Ident::parse_any)?;
    LAYERS
        .iter()
        .find(|(name, _)| word == name)
        .map(|(_, variant)| *variant)
        .ok_or_else(|| check::unknown_layer(&word))
}

pub(super) fn orphan(key: &Ident, input: ParseStream<'_>) -> syn::Result<&'static str> {
    equals(key, input)?;
    if input.peek(Lit) {
        return Err(check::orphan_is_a_word(&input.parse::<Lit>()?));
    }
    let word = input.call(Ident::parse_any)?;
    ORPHANS
        .iter()
        .find(|(name, _)| word == name)
        .map(|(_, variant)| *variant)
        .ok_or_else(|| check::orphan_is_a_word(&word))
}

pub(super) fn covers(key: &Ident, input: ParseStream<'_>) -> syn::Result<Covers> {
    equals(key, input)?;
    if input.peek(Lit) {
        return Err(check::covers_is_a_word(&input.parse::<Lit>()?));
    }
    let word = input.call(Ident::parse_any)?;
    match word.to_string().as_str() {
        "future" => Ok(Covers::Returned(Later::Future, word)),
        "stream" => Ok(Covers::Returned(Later::Stream, word)),
        "call" => Ok(Covers::Call(word)),
        _ => Err(check::covers_is_a_word(&word)),
    }
}

pub(super) fn runtime(key: &Ident, input: ParseStream<'_>) -> syn::Result<Path> {
    equals(key, input)?;
    if input.peek(Lit) {
        return Err(check::path_without_quotes(&input.parse()?));
    }
    input.call(Path::parse_mod_style)
}
