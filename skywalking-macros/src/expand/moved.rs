//! How parameters move into a block of ours around the body, so that they drop there as they would drop at the end of the plain function.
//!
//! A future keeps what it captures in the order of first use, and drops it in that order; Rust drops parameters last to first. So the block begins by touching
//! each of them, last to first, and whole: the body may use only a field. A parameter declared `mut` that borrows becomes a local of the block (as a capture it
//! could not be given a shorter-lived reference); locals drop before captures, so unless it is a plain reference, which has nothing to drop, every parameter
//! behind it becomes one too. No others do: a future stores locals and captures both.
//!
//! A closure is called at once and stores nothing, so there all of them become locals: of a local rustc says what it says of a parameter.

use std::collections::HashSet;

use proc_macro2::{Group, Span, TokenStream};
use quote::quote_spanned;
use syn::{FnArg, Receiver, ReceiverKind};

use crate::args::{Args, Text};
use crate::item::Function;
use crate::params::{self, Binding, Borrows};

/// The parameters that move, in the order of declaration.
pub(super) struct Moved {
    captured: Vec<Binding>,
    rebound: Vec<Binding>,
    takes_self: bool,
}

impl Moved {
    /// Into the future of an async function, where the arguments are computed too.
    pub(super) fn into_future(function: &Function, body: &Group, args: &Args) -> Self {
        let mut words = HashSet::new();
        for tokens in computed_inside(args) {
            params::mentioned(&tokens, &mut words);
        }
        let (mut captured, mut rebound) = (Vec::new(), Vec::new());
        let mut behind = false;
        for binding in mentioned(function, body, words) {
            let reassigned = binding.mutability.is_some() && binding.borrows != Borrows::Unsaid;
            behind |= reassigned && binding.borrows == Borrows::Within;
            if behind || reassigned { rebound.push(binding) } else { captured.push(binding) }
        }
        Self { captured, rebound, takes_self: true }
    }

    /// Into a closure around a body that is not async.
    pub(super) fn into_closure(function: &Function, body: &Group) -> Self {
        let (captured, rebound) = mentioned(function, body, HashSet::new()).partition(Binding::is_self);
        let takes_self = match function.sig.inputs.first() {
            Some(FnArg::Receiver(receiver)) => !is_shared(receiver),
            _ => false,
        };
        Self { captured, rebound, takes_self }
    }

    /// Whether the closure has to be a `move` one: `self` can't become a local, and one that is not `&self` has to move as it is.
    pub(super) fn takes_self(&self) -> bool {
        self.takes_self
    }

    /// Before the block: the `mut` of the signature is in use, whatever the body does.
    pub(super) fn outside(&self) -> TokenStream {
        let site = Span::mixed_site();
        self.rebound
            .iter()
            .filter(|binding| binding.mutability.is_some())
            .map(|binding| {
                let (attrs, ident) = (attrs(binding), &binding.ident);
                quote_spanned!(site=> #attrs let _ = &mut #ident;)
            })
            .collect()
    }

    /// The first statements of the block.
    pub(super) fn inside(&self) -> TokenStream {
        let site = Span::mixed_site();
        let captures = self.captured.iter().rev().map(|binding| {
            let (attrs, ident) = (attrs(binding), &binding.ident);
            quote_spanned!(site=> #attrs let _ = &#ident;)
        });
        let locals = self.rebound.iter().map(|binding| {
            let (attrs, ident, mutability) = (attrs(binding), &binding.ident, binding.mutability);
            quote_spanned!(site=> #attrs let #mutability #ident = #ident;)
        });
        captures.chain(locals).collect()
    }
}

/// The parameters that are used. One that is used nowhere stays outside: rustc shall say so. A leading `_` says that it is kept for its drop.
fn mentioned<'a>(function: &Function, body: &Group, mut words: HashSet<String>) -> impl Iterator<Item = Binding> + use<'a> {
    params::mentioned(&body.stream(), &mut words);
    params::bindings(&function.sig).into_iter().filter(move |binding| words.contains(&binding.name()) || binding.name().starts_with('_'))
}

/// `&self`.
fn is_shared(receiver: &Receiver) -> bool {
    matches!(&receiver.kind, ReceiverKind::Reference(_, _, mutability) if mutability.is_none())
}

/// What stands before a use of the name: its parameter's `#[cfg]`s, and a word to clippy, who would have a name with a leading `_` left alone.
fn attrs(binding: &Binding) -> TokenStream {
    let cfgs = &binding.cfgs;
    let site = Span::mixed_site();
    let kept = binding.name().starts_with('_');
    let allow = kept.then(|| quote_spanned!(site=> #[allow(clippy::no_effect_underscore_binding, clippy::used_underscore_binding)]));
    quote_spanned!(site=> #(#cfgs)* #allow)
}

fn computed_inside(args: &Args) -> impl Iterator<Item = TokenStream> {
    let texts = [&args.name, &args.peer].into_iter().filter_map(|text| match text {
        Some(Text::Computed(value)) => Some(value),
        _ => None,
    });
    let carriers = [&args.extract, &args.extract_each, &args.inject].into_iter().flatten();
    let tags = args.tags.iter().filter_map(|tag| tag.value.computed());
    texts.chain(carriers).chain(tags).map(quote::ToTokens::to_token_stream)
}
