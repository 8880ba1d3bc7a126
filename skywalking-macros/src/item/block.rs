//! Reads an `impl` block: its header is parsed, its members are told apart, and the bodies stay
//! shut.
//!
//! A member that can't be read (it is half-typed) is passed on as it is, and the next one is read
//! all the same.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::parse::discouraged::Speculative as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Attribute, Generics, ItemImpl, Meta, Token, Type, TypeParamBound};

use super::Function;
use crate::args::Kind;

/// An `impl` block.
pub(crate) struct Block {
    /// What syn read of the header.
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) generics: Generics,
    /// The last word of the type, as far as it has one.
    pub(crate) type_name: String,
    /// The last word of the trait.
    pub(crate) trait_name: Option<String>,
    /// Every token before the braces, as written.
    pub(crate) head: TokenStream,
    /// The braces, with what is in them.
    pub(crate) braces: Group,
    pub(crate) members: Vec<Member>,
}

/// What stands in a block.
pub(crate) enum Member {
    /// A function with a body.
    Function(Box<Method>),
    /// Anything else, as written.
    Other(TokenStream),
}

/// A function of a block.
pub(crate) struct Method {
    /// The attributes of ours that stand on it are not in its head.
    pub(crate) function: Function,
    /// `#[skip_span]`.
    pub(crate) skip: Option<Attribute>,
    /// Span attributes of its own.
    pub(crate) own: Vec<(Kind, Attribute)>,
}

/// Reads the tokens of an item that begins as an `impl` block does. The error is syn's, for a
/// header that it does not know.
pub(super) fn read(mut trees: Vec<TokenTree>) -> syn::Result<Block> {
    let braces = match trees.pop() {
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => group,
        last => {
            trees.extend(last);
            // syn says what is missing.
            return Err(syn::parse2::<ItemImpl>(trees.into_iter().collect())
                .err()
                .unwrap_or_else(crate::check::no_item));
        }
    };
    let head: TokenStream = trees.into_iter().collect();
    let empty = TokenTree::Group(Group::new(Delimiter::Brace, TokenStream::new()));
    let header: ItemImpl = syn::parse2(head.clone().into_iter().chain([empty]).collect())?;
    let members = members.parse2(opened(braces.stream()))?;
    Ok(Block {
        type_name: name_of(&header.self_ty),
        trait_name: header
            .trait_
            .as_ref()
            .and_then(|implemented| implemented.0.segments.last())
            .map(|last| word(&last.ident)),
        attrs: header.attrs,
        generics: header.generics,
        head,
        braces,
        members,
    })
}

fn word(ident: &Ident) -> String {
    syn::ext::IdentExt::unraw(ident).to_string()
}

/// `Type` of `module::Type<T>` and of `&Type`; the whole text of what has no name.
fn name_of(ty: &Type) -> String {
    match ty {
        Type::Group(ty) => name_of(&ty.elem),
        Type::Paren(ty) => name_of(&ty.elem),
        Type::Reference(ty) => name_of(&ty.elem),
        Type::Path(ty) => ty.path.segments.last().map(|last| word(&last.ident)).unwrap_or_default(),
        Type::TraitObject(ty) => ty.bounds.iter().find_map(first_word).unwrap_or_default(),
        ty => without_needless_spaces(&ty.to_token_stream().to_string()),
    }
}

/// A space stays between two words.
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

fn first_word(bound: &TypeParamBound) -> Option<String> {
    match bound {
        TypeParamBound::Trait(bound) => bound.path.segments.last().map(|last| word(&last.ident)),
        _ => None,
    }
}

/// A member that a `macro_rules!` fragment brings stands in an invisible group, as may its
/// visibility: where members begin, the groups are opened.
fn opened(tokens: TokenStream) -> TokenStream {
    let mut out = TokenStream::new();
    let mut begins = true;
    for tree in tokens {
        match tree {
            TokenTree::Group(group) if begins && group.delimiter() == Delimiter::None => {
                out.extend(opened(group.stream()))
            }
            tree => {
                begins = match &tree {
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
    Ok(Member::Other(up_to_the_end(input)?))
}

/// Reads a function with a body.
fn method(input: ParseStream<'_>) -> syn::Result<Method> {
    let mut skip = None;
    let mut own = Vec::new();
    let mut kept = Vec::new();
    for attr in input.call(Attribute::parse_outer)? {
        match ours(&attr) {
            Some(Ours::Skip) => skip = Some(attr),
            Some(Ours::Span(kind)) => own.push((kind, attr)),
            None => kept.push(attr),
        }
    }
    let mut head: TokenStream = kept.iter().map(quote::ToTokens::to_token_stream).collect();
    let as_written = input.fork();
    let sig = super::signature(input)?;
    while as_written.cursor() != input.cursor() {
        head.extend([as_written.parse::<TokenTree>()?]);
    }
    match input.parse()? {
        TokenTree::Group(body) if super::is_block(&body) => {
            Ok(Method { function: Function { attrs: kept, sig, head, body }, skip, own })
        }
        _ => Err(input.error("no body")),
    }
}

enum Ours {
    Skip,
    Span(Kind),
}

fn ours(attr: &Attribute) -> Option<Ours> {
    if attr.path().segments.last()?.ident == "skip_span" {
        return Some(Ours::Skip);
    }
    // `#[local_span = ..]` is nothing of ours; rustc refuses it.
    Kind::of(attr).filter(|_| !matches!(attr.meta, Meta::NameValue(_))).map(Ours::Span)
}

/// Every token up to the `;` or the braces that end a member.
fn up_to_the_end(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let mut tokens = TokenStream::new();
    let mut constant = false;
    while !input.is_empty() {
        let tree: TokenTree = input.parse()?;
        constant |= matches!(&tree, TokenTree::Punct(equals) if equals.as_char() == '=');
        let end = match &tree {
            TokenTree::Punct(semicolon) => semicolon.as_char() == ';',
            // The braces of a constant's value are followed by its `;`.
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
