//! A function: parsed signature, unparsed body.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::parse::ParseStream;
use syn::{Attribute, Signature, Token, Type, Visibility, parse_quote};

use crate::args::Covers;
use crate::return_type::{self, Deferred};

/// A function: its parsed signature, and its tokens.
pub(crate) struct Function {
    /// The attributes below the span attribute.
    pub(crate) attrs: Vec<Attribute>,
    /// The parsed signature. It is only read: the expansion emits `head`.
    pub(crate) sig: Signature,
    /// Every token before the body, as written.
    pub(crate) head: TokenStream,
    /// The body as written: a brace group, or an invisible group around one if a `macro_rules!`
    /// fragment made it.
    pub(crate) body: Group,
}

impl Function {
    /// Returns whether the function has `#[track_caller]`, which a closure around the body breaks.
    pub(crate) fn tracks_caller(&self) -> bool {
        self.attrs.iter().any(|attr| attr.path().is_ident("track_caller"))
    }

    /// Returns the type of the value that the return hook gets.
    ///
    /// For a covered future it is the output, for a covered stream an item. It is `_` if only the
    /// compiler knows the type.
    pub(crate) fn returned(&self, covers: Option<&Covers>) -> Option<Type> {
        let output = return_type::declared(&self.sig.output)?;
        let returned = match covers {
            Some(Covers::Returned(Deferred::Future, _)) => return_type::future_output(output),
            Some(Covers::Returned(Deferred::Stream, _)) => return_type::stream_item(output),
            None if self.boxed_future().is_some() => return_type::boxed_output(output),
            _ => Some(output),
        };
        Some(returned.cloned().unwrap_or_else(|| parse_quote!(_)))
    }

    /// Returns the parts of a body that is only `Box::pin(async move {..})`, in a function that
    /// returns `Pin<Box<dyn Future>>`: the output of `#[async_trait]`.
    ///
    /// Any other body may do work before it builds its future.
    pub(crate) fn boxed_future(&self) -> Option<BoxedFuture> {
        if self.sig.asyncness.is_some()
            || return_type::declared(&self.sig.output).and_then(return_type::boxed_output).is_none()
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
    /// The path of the pinning function.
    pub(crate) pin: TokenStream,
    /// The body of the async block.
    pub(crate) body: Group,
}

/// Returns whether the group is a block: a brace group, or a `$body:block` fragment.
pub(super) fn is_block(group: &Group) -> bool {
    match group.delimiter() {
        Delimiter::Brace => true,
        Delimiter::None => {
            let mut inner = group.stream().into_iter();
            matches!((inner.next(), inner.next()), (Some(TokenTree::Group(inner)), None) if is_block(&inner))
        }
        _ => false,
    }
}

/// Parses a signature, and skips the visibility and `default` before it.
pub(super) fn signature(input: ParseStream<'_>) -> syn::Result<Signature> {
    input.parse::<Visibility>()?;
    input.parse::<Option<Token![default]>>()?;
    input.parse()
}
