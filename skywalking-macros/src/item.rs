//! Reads the item below an attribute: attributes, visibility and signature are parsed, the body
//! stays one shut token group.
//!
//! The body is never looked into as syntax, so half-typed code, macros and syntax newer than syn
//! pass through, and rustc reports on them at the user's own lines. What is emitted are the tokens
//! as they came; the parsed signature is only read.

mod block;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser as _};
use syn::{Attribute, Signature, Token, Type, Visibility, parse_quote};

use crate::args::Covers;
use crate::check;
use crate::returns::{self, Later};
pub(crate) use block::{Block, Member, Method};

/// What an attribute can stand on.
pub(crate) enum Item {
    /// A function with a body.
    Function(Box<Function>),
    /// A function that ends in `;`, which is given.
    Bodiless(TokenTree),
    /// An `impl` block.
    Impl(Box<Block>),
    /// Anything else, by its keyword or first token.
    Other(TokenTree),
}

/// A function: what syn read of its head, and its tokens.
pub(crate) struct Function {
    /// The attributes that stand below ours.
    pub(crate) attrs: Vec<Attribute>,
    /// The signature, to be read and never to be printed.
    pub(crate) sig: Signature,
    /// Every token before the body, as written.
    pub(crate) head: TokenStream,
    /// The body as written: a brace group, inside an invisible group where a `macro_rules!`
    /// fragment brought it.
    pub(crate) body: Group,
}

impl Function {
    /// Whether panics and `Location::caller` in the body speak of the caller, which a closure of
    /// ours around the body would hide.
    pub(crate) fn tracks_caller(&self) -> bool {
        self.attrs.iter().any(|attr| attr.path().is_ident("track_caller"))
    }

    /// The type of the value that the span sees returned: of a future that it covers, what that
    /// gives, and of a stream an item. `_` where only the compiler knows.
    pub(crate) fn returned(&self, covers: Option<&Covers>) -> Option<Type> {
        let output = returns::written(&self.sig.output)?;
        let given = match covers {
            Some(Covers::Returned(Later::Future, _)) => returns::future_output(output),
            Some(Covers::Returned(Later::Stream, _)) => returns::stream_item(output),
            None if self.boxed_future().is_some() => returns::boxed_output(output),
            _ => Some(output),
        };
        Some(given.cloned().unwrap_or_else(|| parse_quote!(_)))
    }

    /// The parts of a body that is `Box::pin(async move {..})` and nothing else, in a function that
    /// returns `Pin<Box<dyn Future>>`: what `#[async_trait]` makes of an `async fn`. Any other
    /// body may work before it builds its future, so it is left alone.
    pub(crate) fn boxed_future(&self) -> Option<BoxedFuture> {
        if self.sig.asyncness.is_some()
            || returns::written(&self.sig.output).and_then(returns::boxed_output).is_none()
        {
            return None;
        }
        let mut pin: Vec<TokenTree> = self.body.stream().into_iter().collect();
        let Some(TokenTree::Group(call)) = pin.pop() else { return None };
        let path: String = pin.iter().map(ToString::to_string).collect();
        if call.delimiter() != Delimiter::Parenthesis
            || !["Box::pin", "::std::boxed::Box::pin", "std::boxed::Box::pin"]
                .contains(&path.as_str())
        {
            return None;
        }
        let argument: Vec<TokenTree> = call.stream().into_iter().collect();
        match argument.as_slice() {
            [TokenTree::Ident(word), TokenTree::Ident(moved), TokenTree::Group(body)]
                if word == "async" && moved == "move" && body.delimiter() == Delimiter::Brace =>
            {
                Some(BoxedFuture { pin: pin.into_iter().collect(), body: body.clone() })
            }
            _ => None,
        }
    }
}

/// `PIN(async move BODY)`.
pub(crate) struct BoxedFuture {
    /// The path of the function that pins.
    pub(crate) pin: TokenStream,
    /// The body of the async block.
    pub(crate) body: Group,
}

/// Reads an item. The error is syn's own, for a signature that it does not know.
pub(crate) fn read(tokens: TokenStream) -> syn::Result<Item> {
    let mut trees: Vec<TokenTree> = out_of_invisible_group(tokens).into_iter().collect();
    match found.parse2(trees.iter().cloned().collect())? {
        Found::Function => {}
        Found::Impl => return block::read(trees).map(|block| Item::Impl(Box::new(block))),
        Found::Other(keyword) => return Ok(Item::Other(keyword)),
    }
    let Some(last) = trees.pop() else { return Err(check::no_item()) };
    let body = match last {
        TokenTree::Group(group) if is_block(&group) => group,
        last => return Ok(Item::Bodiless(last)),
    };
    let head: TokenStream = trees.into_iter().collect();
    let (attrs, sig) = attrs_and_signature.parse2(head.clone())?;
    Ok(Item::Function(Box::new(Function { attrs, sig, head, body })))
}

/// `#[local_span] $item` in a `macro_rules!` hands the item over in an invisible group.
fn out_of_invisible_group(tokens: TokenStream) -> TokenStream {
    let mut trees = tokens.clone().into_iter();
    match (trees.next(), trees.next()) {
        (Some(TokenTree::Group(group)), None) if group.delimiter() == Delimiter::None => {
            group.stream()
        }
        _ => tokens,
    }
}

/// A brace group, or a `$body:block` fragment that holds nothing else.
fn is_block(group: &Group) -> bool {
    match group.delimiter() {
        Delimiter::Brace => true,
        Delimiter::None => {
            let mut inner = group.stream().into_iter();
            matches!((inner.next(), inner.next()), (Some(TokenTree::Group(inner)), None) if is_block(&inner))
        }
        _ => false,
    }
}

/// What kind of item it is.
enum Found {
    /// A function, or nothing that is known.
    Function,
    Impl,
    /// Anything else, by its keyword or first token.
    Other(TokenTree),
}

/// Walks over attributes, visibility and qualifiers and stops at the keyword; reads all, as a
/// parser must.
fn found(input: ParseStream<'_>) -> syn::Result<Found> {
    input.call(Attribute::parse_outer)?;
    input.parse::<Visibility>()?;
    let first: Option<TokenTree> = input.fork().parse().ok();
    while qualifier(input)? {}
    let found = if input.peek(Token![fn]) {
        Found::Function
    } else if input.peek(Token![impl]) {
        Found::Impl
    } else if input.peek(Token![struct])
        || input.peek(Token![enum])
        || input.peek(Token![union])
        || input.peek(Token![mod])
        || input.peek(Token![trait])
    {
        Found::Other(input.parse()?)
    } else {
        first.map_or(Found::Function, Found::Other)
    };
    input.parse::<TokenStream>()?;
    Ok(found)
}

/// Reads over one word that can stand before `fn` or `impl`.
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

/// Reads over what can stand between a function's attributes and its signature.
fn signature(input: ParseStream<'_>) -> syn::Result<Signature> {
    input.parse::<Visibility>()?;
    input.parse::<Option<Token![default]>>()?;
    input.parse()
}
