//! Reads an impl block: parses its header and the signatures of its functions.
//!
//! An incomplete member is passed on as tokens. The next member is parsed.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::parse::discouraged::Speculative as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Attribute, Generics, ItemImpl, Meta, Token, Type, TypeParamBound};

use super::function::{Function, is_block, signature};
use crate::diagnostics;
use crate::kind::Kind;

/// An impl block.
pub(crate) struct ImplBlock {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) generics: Generics,
    /// The last segment of the type, or its text if it is not a path.
    pub(crate) type_name: String,
    /// The last segment of the trait.
    pub(crate) trait_name: Option<String>,
    /// Every token before the braces, as written.
    pub(crate) head: TokenStream,
    /// The braces and their content.
    pub(crate) braces: Group,
    pub(crate) members: Vec<Member>,
}

/// A member of an impl block.
pub(crate) enum Member {
    /// A function with a body.
    Function(Box<Method>),
    /// Any other member, as written.
    Other(TokenStream),
}

impl Member {
    /// Returns the function.
    pub(crate) fn as_method(&self) -> Option<&Method> {
        match self {
            Self::Function(method) => Some(method),
            Self::Other(_) => None,
        }
    }
}

/// A function of an impl block.
pub(crate) struct Method {
    /// Without its span attributes and `#[skip_span]`.
    pub(crate) function: Function,
    /// Its `#[skip_span]`.
    pub(crate) skip: Option<Attribute>,
    /// Its own span attributes.
    pub(crate) span_attributes: Vec<(Kind, Attribute)>,
}

/// Reads the tokens of an impl block. The error is syn's, for a header that it cannot parse.
pub(super) fn read(mut trees: Vec<TokenTree>) -> syn::Result<ImplBlock> {
    let braces = match trees.pop() {
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => group,
        last => {
            trees.extend(last);
            // The error is what syn misses.
            return Err(syn::parse2::<ItemImpl>(trees.into_iter().collect())
                .err()
                .unwrap_or_else(diagnostics::missing_item));
        }
    };
    let head: TokenStream = trees.into_iter().collect();
    let empty = TokenTree::Group(Group::new(Delimiter::Brace, TokenStream::new()));
    let header: ItemImpl = syn::parse2(head.clone().into_iter().chain([empty]).collect())?;
    let members = members.parse2(ungrouped(braces.stream()))?;
    Ok(ImplBlock {
        type_name: type_name(&header.self_ty),
        trait_name: header
            .trait_
            .as_ref()
            .and_then(|implemented| implemented.0.segments.last())
            .map(|last| unraw(&last.ident)),
        attrs: header.attrs,
        generics: header.generics,
        head,
        braces,
        members,
    })
}

fn unraw(ident: &Ident) -> String {
    syn::ext::IdentExt::unraw(ident).to_string()
}

/// Returns `Type` for `module::Type<T>` and `&Type`. The text of a type without a name.
fn type_name(ty: &Type) -> String {
    match ty {
        Type::Group(ty) => type_name(&ty.elem),
        Type::Paren(ty) => type_name(&ty.elem),
        Type::Reference(ty) => type_name(&ty.elem),
        Type::Path(ty) => {
            ty.path.segments.last().map(|last| unraw(&last.ident)).unwrap_or_default()
        }
        Type::TraitObject(ty) => ty.bounds.iter().find_map(trait_name).unwrap_or_default(),
        ty => without_needless_spaces(&ty.to_token_stream().to_string()),
    }
}

/// Keeps only the spaces between two words.
fn without_needless_spaces(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let is_word = |at: Option<&char>| at.is_some_and(|char| char.is_alphanumeric() || *char == '_');
    let kept = chars.iter().enumerate().filter(|(at, char)| {
        **char != ' '
            || (is_word(at.checked_sub(1).and_then(|before| chars.get(before)))
                && is_word(chars.get(at + 1)))
    });
    kept.map(|(_, char)| *char).collect()
}

fn trait_name(bound: &TypeParamBound) -> Option<String> {
    match bound {
        TypeParamBound::Trait(bound) => bound.path.segments.last().map(|last| unraw(&last.ident)),
        _ => None,
    }
}

/// Removes invisible groups at the start of members: a `macro_rules!` fragment may be a member or its
/// visibility.
fn ungrouped(tokens: TokenStream) -> TokenStream {
    let mut out = TokenStream::new();
    let mut at_start = true;
    for tree in tokens {
        match tree {
            TokenTree::Group(group) if at_start && group.delimiter() == Delimiter::None => {
                out.extend(ungrouped(group.stream()));
            }
            tree => {
                at_start = match &tree {
                    TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
                    TokenTree::Punct(semicolon) => semicolon.as_char() == ';',
                    _ => false,
                };
                out.extend([tree]);
            }
        }
    }
    out
}

fn members(input: ParseStream<'_>) -> syn::Result<Vec<Member>> {
    let mut members = Vec::new();
    // `#![..]` at the head of the block.
    while input.peek(Token![#]) && input.peek2(Token![!]) {
        let (hash, bang, attr): (TokenTree, TokenTree, TokenTree) =
            (input.parse()?, input.parse()?, input.parse()?);
        members.push(Member::Other([hash, bang, attr].into_iter().collect()));
    }
    while !input.is_empty() {
        members.push(member(input)?);
    }
    Ok(members)
}

fn member(input: ParseStream<'_>) -> syn::Result<Member> {
    let ahead = input.fork();
    if let Ok(method) = method(&ahead) {
        input.advance_to(&ahead);
        return Ok(Member::Function(Box::new(method)));
    }
    Ok(Member::Other(raw_member(input)?))
}

/// Parses a function with a body.
fn method(input: ParseStream<'_>) -> syn::Result<Method> {
    let mut skip = None;
    let mut span_attributes = Vec::new();
    let mut kept = Vec::new();
    for attr in input.call(Attribute::parse_outer)? {
        match span_attribute(&attr) {
            Some(SpanAttribute::Skip) => skip = Some(attr),
            Some(SpanAttribute::Span(kind)) => span_attributes.push((kind, attr)),
            None => kept.push(attr),
        }
    }
    let mut head: TokenStream = kept.iter().map(quote::ToTokens::to_token_stream).collect();
    let as_written = input.fork();
    let sig = signature(input)?;
    while as_written.cursor() != input.cursor() {
        head.extend([as_written.parse::<TokenTree>()?]);
    }
    match input.parse()? {
        TokenTree::Group(body) if is_block(&body) => Ok(Method {
            function: Function { attrs: kept, sig, head, body },
            skip,
            span_attributes,
        }),
        _ => Err(input.error("no body")),
    }
}

enum SpanAttribute {
    Skip,
    Span(Kind),
}

fn span_attribute(attr: &Attribute) -> Option<SpanAttribute> {
    if attr.path().segments.last()?.ident == "skip_span" {
        return Some(SpanAttribute::Skip);
    }
    // rustc rejects `#[local_span = ..]`.
    Kind::from_attribute(attr)
        .filter(|_| !matches!(attr.meta, Meta::NameValue(_)))
        .map(SpanAttribute::Span)
}

/// Returns the tokens of a member, up to the `;` or the braces at its end.
fn raw_member(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let mut tokens = TokenStream::new();
    let mut constant = false;
    while !input.is_empty() {
        let tree: TokenTree = input.parse()?;
        constant |= matches!(&tree, TokenTree::Punct(equals) if equals.as_char() == '=');
        let end = match &tree {
            TokenTree::Punct(semicolon) => semicolon.as_char() == ';',
            // After `=` the braces are a constant's value. Its `;` follows.
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace && !constant,
            _ => false,
        };
        tokens.extend([tree]);
        if end {
            break;
        }
    }
    Ok(tokens)
}
