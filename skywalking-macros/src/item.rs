//! Reads the item below an attribute: parses attributes, visibility and signature.
//!
//! A body stays one unparsed group. So incomplete code, macros and syntax newer than syn pass
//! through, and rustc reports errors at the user's lines. The expansion emits the tokens as they
//! came.

mod function;
mod impl_block;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser as _};
use syn::{Attribute, Signature, Token, Visibility};

use crate::diagnostics;
pub(crate) use function::Function;
use function::{is_block, signature};
pub(crate) use impl_block::{ImplBlock, Member, Method};

/// The item below an attribute.
pub(crate) enum Item {
    /// A function with a body.
    Function(Box<Function>),
    /// A function without a body: the `;` at its end.
    WithoutBody(TokenTree),
    /// An impl block.
    Impl(Box<ImplBlock>),
    /// Any other item: its keyword or first token.
    Other(TokenTree),
}

/// Reads an item. The error is syn's, for a signature that it cannot parse.
pub(crate) fn read(tokens: TokenStream) -> syn::Result<Item> {
    let mut trees: Vec<TokenTree> = ungrouped(tokens).into_iter().collect();
    match item_kind.parse2(trees.iter().cloned().collect())? {
        ItemKind::Function => {}
        ItemKind::Impl => return impl_block::read(trees).map(|block| Item::Impl(Box::new(block))),
        ItemKind::Other(keyword) => return Ok(Item::Other(keyword)),
    }
    let Some(last) = trees.pop() else { return Err(diagnostics::missing_item()) };
    let body = match last {
        TokenTree::Group(group) if is_block(&group) => group,
        last => return Ok(Item::WithoutBody(last)),
    };
    let head: TokenStream = trees.into_iter().collect();
    let (attrs, sig) = attrs_and_signature.parse2(head.clone())?;
    Ok(Item::Function(Box::new(Function { attrs, sig, head, body })))
}

/// Removes the invisible group that `#[local_span] $item` in a `macro_rules!` leaves.
fn ungrouped(tokens: TokenStream) -> TokenStream {
    let mut trees = tokens.clone().into_iter();
    match (trees.next(), trees.next()) {
        (Some(TokenTree::Group(group)), None) if group.delimiter() == Delimiter::None => {
            group.stream()
        }
        _ => tokens,
    }
}

/// The kind of an item.
enum ItemKind {
    /// A function, or an empty item.
    Function,
    Impl,
    /// Any other item: its keyword or first token.
    Other(TokenTree),
}

/// Finds the keyword after attributes, visibility and qualifiers. Consumes all input, as a parser
/// must.
fn item_kind(input: ParseStream<'_>) -> syn::Result<ItemKind> {
    input.call(Attribute::parse_outer)?;
    input.parse::<Visibility>()?;
    let first: Option<TokenTree> = input.fork().parse().ok();
    while qualifier(input)? {}
    let kind = if input.peek(Token![fn]) {
        ItemKind::Function
    } else if input.peek(Token![impl]) {
        ItemKind::Impl
    } else if input.peek(Token![struct])
        || input.peek(Token![enum])
        || input.peek(Token![union])
        || input.peek(Token![mod])
        || input.peek(Token![trait])
    {
        ItemKind::Other(input.parse()?)
    } else {
        first.map_or(ItemKind::Function, ItemKind::Other)
    };
    input.parse::<TokenStream>()?;
    Ok(kind)
}

/// Skips one qualifier before `fn` or `impl`.
fn qualifier(input: ParseStream<'_>) -> syn::Result<bool> {
    if input.peek(Token![const])
        || input.peek(Token![async])
        || input.peek(Token![unsafe])
        || input.peek(Token![default])
    {
        input.parse::<TokenTree>()?;
    } else if input.peek(Token![extern]) {
        input.parse::<syn::Abi>()?;
    } else if !input.peek(Token![fn]) && input.peek(syn::Ident) && input.peek2(Token![fn]) {
        // `safe fn` in an `unsafe extern` block.
        input.parse::<TokenTree>()?;
    } else {
        return Ok(false);
    }
    Ok(true)
}

fn attrs_and_signature(input: ParseStream<'_>) -> syn::Result<(Vec<Attribute>, Signature)> {
    Ok((input.call(Attribute::parse_outer)?, signature(input)?))
}
