//! An impl block whose functions are traced.
//!
//! What stands on a function itself is left to itself: a span attribute of its own expands after
//! the block has, and is told by a hidden argument what the block calls the function;
//! `#[skip_span]` is told that it was seen.

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::{ToTokens as _, format_ident, quote};
use syn::{Attribute, Meta};

use super::opening::Naming;
use super::{Expanded, Switch, function};
use crate::args::{Args, Kind};
use crate::check::{self, Complaints, Place};
use crate::item::{Block, Function, Member, Method};

/// The argument by which `#[skip_span]` knows that it stands inside of a traced block.
const SEEN: &str = "__seen";

/// The block with its functions traced; as it came if anything is wrong with it, or tracing is not
/// compiled in.
pub(super) fn traced(
    kind: Kind,
    args: &Args,
    block: &Block,
    switch: Switch,
    complaints: &mut Complaints,
) -> Expanded {
    check::arguments_and_block(kind, args, block, complaints);
    for member in &block.members {
        if let Member::Function(method) = member {
            check::attributes_of_method(method, complaints);
            if method.skip.is_none() && method.own.is_empty() {
                check::arguments_and_function(
                    kind,
                    args,
                    &method.function,
                    &Place::UnderBlock(block),
                    complaints,
                );
            }
        }
    }
    let skips = block
        .members
        .iter()
        .any(|member| matches!(member, Member::Function(method) if method.skip.is_some()));
    if !skips
        && (!complaints.is_empty()
            || switch == Switch::Off
            || block.members.iter().any(is_half_typed))
    {
        // In the program's own braces, at which rustc says once what it says twice of others.
        return Expanded::unchanged(
            block
                .head
                .clone()
                .into_iter()
                .chain([TokenTree::Group(block.braces.clone())])
                .collect(),
        );
    }
    let naming = Naming::Method { names: args.names.as_ref(), block };
    if !complaints.is_empty() || switch == Switch::Off {
        return Expanded::unchanged(with_members(block, |method| {
            with_attributes(method.own.iter().map(|(_, attr)| attr.to_token_stream()), method)
        }));
    }
    let each = |method: &Method, function: Emit| {
        if method.own.is_empty() && method.skip.is_none() {
            return function(kind, args, &method.function, &naming);
        }
        with_attributes(told(args, method, &naming).into_iter(), method)
    };
    Expanded {
        for_clippy: Some(with_members(block, |method| each(method, function::for_clippy))),
        ..Expanded::unchanged(with_members(block, |method| each(method, function::traced)))
    }
}

/// Makes something of a function.
type Emit = fn(Kind, &Args, &Function, &Naming<'_>) -> TokenStream;

/// The block with something made of each of its functions.
fn with_members(block: &Block, method: impl Fn(&Method) -> TokenStream) -> TokenStream {
    let members = block.members.iter().flat_map(|member| match member {
        Member::Other(tokens) => tokens.clone(),
        Member::Function(function) => method(function),
    });
    let mut braces = Group::new(block.braces.delimiter(), members.collect());
    braces.set_span(block.braces.span());
    block.head.clone().into_iter().chain([TokenTree::Group(braces)]).collect()
}

fn is_half_typed(member: &Member) -> bool {
    matches!(member, Member::Other(tokens) if !is_inner_attribute(tokens) && syn::parse2::<syn::ImplItem>(tokens.clone()).is_err())
}

fn is_inner_attribute(tokens: &TokenStream) -> bool {
    matches!(tokens.clone().into_iter().nth(1), Some(TokenTree::Punct(bang)) if bang.as_char() == '!')
}

/// The attributes of a function's own, with what the block has to say to them.
fn told(args: &Args, method: &Method, naming: &Naming<'_>) -> Vec<TokenStream> {
    let told = method.own.iter().map(|(_, attr)| {
        let name = naming.of(&method.function.sig.ident);
        let chosen = naming.is_chosen().then(|| quote!(, chosen));
        // What a block says of the runtime holds for all of it.
        let runtime = args.runtime.as_ref().map(|path| quote!(, crate = #path));
        with_argument(attr, &quote!(__block(#name #chosen #runtime)))
    });
    told.collect()
}

/// The attribute with one more argument.
fn with_argument(attr: &Attribute, argument: &TokenStream) -> TokenStream {
    let path = attr.path();
    let written = match &attr.meta {
        Meta::List(list) => list.tokens.clone(),
        _ => TokenStream::new(),
    };
    let comma = match written.clone().into_iter().last() {
        None => false,
        Some(TokenTree::Punct(comma)) if comma.as_char() == ',' => false,
        Some(_) => true,
    };
    let comma = comma.then(|| quote!(,));
    quote!(#[#path(#written #comma #argument)])
}

fn with_attributes(attrs: impl Iterator<Item = TokenStream>, method: &Method) -> TokenStream {
    let skip = method.skip.as_ref().map(|attr| {
        let (path, seen) = (attr.path(), format_ident!("{SEEN}"));
        quote!(#[#path(#seen)])
    });
    let body = TokenTree::Group(method.function.body.clone());
    skip.into_iter().chain(attrs).chain([method.function.head.clone(), body.into()]).collect()
}

/// `#[skip_span]`, by itself or as a block has left it.
pub(super) fn skip_span(args: &TokenStream, item: TokenStream) -> TokenStream {
    if args.to_string() == SEEN {
        return item;
    }
    item.into_iter().chain(check::skip_span_alone().into_compile_error()).collect()
}
