//! An impl block whose functions are traced.
//!
//! A span attribute on a function inside expands after the block. The block adds a hidden argument
//! to it, with the function's default name. `#[skip_span]` gets an argument too, by which it knows
//! that the block has seen it.

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::{ToTokens as _, format_ident, quote};
use syn::{Attribute, Meta};

use super::default_name::DefaultName;
use super::expansion::Expansion;
use super::{function, untraced};
use crate::args::Args;
use crate::check;
use crate::diagnostics::{self, Errors};
use crate::item::{Function, ImplBlock, Member, Method};
use crate::kind::Kind;

/// The argument that a traced impl block adds to `#[skip_span]`.
const SEEN: &str = "__seen";

/// Returns the block with its functions traced.
///
/// It is unchanged if it has an error. Without `enabled` its functions have no spans.
pub(super) fn traced(
    kind: Kind,
    args: &Args,
    block: &ImplBlock,
    enabled: bool,
    errors: &mut Errors,
) -> Expansion {
    check::arguments_and_block(kind, args, block, errors);
    for method in block.members.iter().filter_map(Member::as_method) {
        check::attributes_of_method(method, errors);
        if is_traced_by_block(method) {
            check::arguments_and_method(kind, args, &method.function, block, errors);
        }
    }
    let skips = block.members.iter().filter_map(Member::as_method).any(|it| it.skip.is_some());
    let unchanged = !errors.is_empty();
    if !skips && (unchanged || block.members.iter().any(is_incomplete)) {
        // With the user's own braces rustc reports an incomplete member once, not twice.
        let braces = TokenTree::Group(block.braces.clone());
        return Expansion::unchanged(block.head.clone().into_iter().chain([braces]).collect());
    }
    if unchanged {
        return Expansion::unchanged(with_functions(block, |method| {
            let attrs = method.span_attributes.iter().map(|(_, attr)| attr.to_token_stream());
            with_attributes(attrs, method)
        }));
    }
    let name = DefaultName::Method { names: args.names.as_ref(), block };
    let each = |method: &Method, emit: Emit| {
        if is_traced_by_block(method) {
            return emit(kind, args, &method.function, &name);
        }
        with_attributes(span_attributes(args, method, &name).into_iter(), method)
    };
    let untraced = with_functions(block, |method| each(method, untraced::function));
    let traced = || with_functions(block, |method| each(method, function::traced));
    Expansion::of(enabled.then(traced), untraced)
}

/// Emits a function.
type Emit = fn(Kind, &Args, &Function, &DefaultName<'_>) -> TokenStream;

fn is_traced_by_block(method: &Method) -> bool {
    method.span_attributes.is_empty() && method.skip.is_none()
}

/// Returns the block with each function replaced.
fn with_functions(block: &ImplBlock, emit: impl Fn(&Method) -> TokenStream) -> TokenStream {
    let members = block.members.iter().flat_map(|member| match member {
        Member::Other(tokens) => tokens.clone(),
        Member::Function(method) => emit(method),
    });
    let mut braces = Group::new(block.braces.delimiter(), members.collect());
    braces.set_span(block.braces.span());
    block.head.clone().into_iter().chain([TokenTree::Group(braces)]).collect()
}

fn is_incomplete(member: &Member) -> bool {
    matches!(member, Member::Other(tokens) if !is_inner_attribute(tokens) && syn::parse2::<syn::ImplItem>(tokens.clone()).is_err())
}

fn is_inner_attribute(tokens: &TokenStream) -> bool {
    matches!(tokens.clone().into_iter().nth(1), Some(TokenTree::Punct(bang)) if bang.as_char() == '!')
}

/// Returns a function's own span attributes, each with the block's hidden argument.
fn span_attributes(args: &Args, method: &Method, name: &DefaultName<'_>) -> Vec<TokenStream> {
    let attrs = method.span_attributes.iter().map(|(_, attr)| {
        let chosen = name.has_pattern().then(|| quote!(, chosen));
        let name = name.of(&method.function.sig.ident);
        // The block's `crate` holds for all of its functions.
        let runtime = args.runtime.as_ref().map(|path| quote!(, crate = #path));
        with_argument(attr, &quote!(__block(#name #chosen #runtime)))
    });
    attrs.collect()
}

/// Returns the attribute with one more argument.
fn with_argument(attr: &Attribute, argument: &TokenStream) -> TokenStream {
    let path = attr.path();
    let written = match &attr.meta {
        Meta::List(list) => list.tokens.clone(),
        _ => TokenStream::new(),
    };
    let needs_comma = match written.clone().into_iter().last() {
        None => false,
        Some(TokenTree::Punct(comma)) if comma.as_char() == ',' => false,
        Some(_) => true,
    };
    let comma = needs_comma.then(|| quote!(,));
    quote!(#[#path(#written #comma #argument)])
}

/// Returns the function with these attributes, and with the hidden argument of its `#[skip_span]`.
fn with_attributes(attrs: impl Iterator<Item = TokenStream>, method: &Method) -> TokenStream {
    let skip = method.skip.as_ref().map(|attr| {
        let (path, seen) = (attr.path(), format_ident!("{SEEN}"));
        quote!(#[#path(#seen)])
    });
    let body = TokenTree::Group(method.function.body.clone());
    skip.into_iter().chain(attrs).chain([method.function.head.clone(), body.into()]).collect()
}

/// Expands `#[skip_span]`. Outside of a traced impl block it is an error.
pub(crate) fn skip_span(args: &TokenStream, item: TokenStream) -> TokenStream {
    if args.to_string() == SEEN {
        return item;
    }
    item.into_iter().chain(diagnostics::skip_span_outside_block().into_compile_error()).collect()
}
