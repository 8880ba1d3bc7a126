//! How parameters move into a block of ours around the body, so that they live there as they would
//! live in the plain function.
//!
//! A **closure** is called at once, so it takes them as its own parameters: what rustc says of
//! those, and when it drops them, is as written. (`self` can't be bound anew and is captured, and
//! so are those under a `#[cfg]`, which a pattern can't have.)
//!
//! A **future** keeps what it captures in the order of first use, and drops it in that order; Rust
//! drops parameters last to first. So the block begins by touching each of them, last to first, and
//! whole: the body may use only a field. What is bound anew in it is stored twice, so that is left
//! for parameters declared `mut` of which a capture would not do: one that borrows could not be
//! given a shorter-lived value, and of one that is assigned to rustc would say that it is never
//! read. It drops before the captures, so every parameter behind it is bound anew too, unless it is
//! a plain reference and has nothing to drop. The binding is a `match`, whose arms end the life of
//! the temporaries in the body's last expression before that of the parameters, as functions do in
//! all editions.

use std::collections::HashSet;

use proc_macro2::{Group, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::{FnArg, Receiver, ReceiverKind};

use crate::args::Args;
use crate::item::Function;
use crate::params::{self, Binding, Borrows};

/// The parameters that move, in the order of declaration.
pub(super) struct Moved {
    captured: Vec<Binding>,
    rebound: Vec<Binding>,
    /// Whether a closure has to be a `move` one.
    moves: bool,
    /// The names that are written to before a closure is called: the body need not use their
    /// `mut`.
    written: HashSet<String>,
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
            let anew = binding.mutability.is_some()
                && !binding.is_self()
                && (binding.borrows != Borrows::Unsaid
                    || params::assigned(&body.stream(), &binding.name()));
            behind |= anew && binding.borrows != Borrows::Reference;
            if behind || anew { rebound.push(binding) } else { captured.push(binding) }
        }
        Self { captured, rebound, moves: true, written: HashSet::new() }
    }

    /// Into a closure around a body that is not async.
    pub(super) fn into_closure(function: &Function, body: &Group, args: &Args) -> Self {
        let (captured, rebound): (Vec<_>, Vec<_>) = mentioned(function, body, HashSet::new())
            .partition(|binding| binding.is_self() || !binding.cfgs.is_empty());
        let takes_self = matches!(function.sig.inputs.first(), Some(FnArg::Receiver(receiver)) if !is_shared(receiver));
        let moves = takes_self || captured.iter().any(|binding| !binding.is_self());
        let mut written = HashSet::new();
        if let Some(inject) = &args.inject {
            params::mentioned(&inject.to_token_stream(), &mut written);
        }
        Self { captured, rebound, moves, written }
    }

    /// The keyword of the closure, shown at a place.
    pub(super) fn keyword(&self, place: Span) -> Option<TokenStream> {
        self.moves.then(|| quote_spanned!(place=> move))
    }

    /// Before the block: the `mut` of the signature is in use, whatever the body does. Nothing
    /// follows, or a future would store once more what is borrowed here.
    pub(super) fn outside(&self, private: &TokenStream) -> TokenStream {
        self.mutable().map(|binding| uses_mut(binding, private)).collect()
    }

    /// The first statements of a closure: the `mut` of what was written to before it is in use.
    pub(super) fn inside(&self, private: &TokenStream) -> TokenStream {
        self.mutable()
            .filter(|binding| self.written.contains(&binding.name()))
            .map(|binding| uses_mut(binding, private))
            .collect()
    }

    fn mutable(&self) -> impl Iterator<Item = &Binding> {
        self.rebound.iter().filter(|binding| binding.mutability.is_some())
    }

    /// The first statements of the block: they capture, last to first.
    pub(super) fn captures(&self) -> TokenStream {
        self.captured.iter().rev().map(touch).collect()
    }

    /// The first statements behind the patterns: a parameter with something to drop counts as read,
    /// a binding in a pattern doesn't.
    pub(super) fn reads(&self) -> TokenStream {
        self.rebound.iter().map(touch).collect()
    }

    /// What a closure is called with.
    pub(super) fn arguments(&self) -> TokenStream {
        let site = Span::mixed_site();
        let arguments = self.rebound.iter().map(|binding| {
            let (attrs, ident) = (attrs(binding), &binding.ident);
            quote_spanned!(site=> #attrs #ident,)
        });
        quote_spanned!(site=> (#(#arguments)*))
    }

    /// The patterns that a closure takes it by.
    pub(super) fn patterns(&self) -> TokenStream {
        let patterns = self.rebound.iter().map(|Binding { ident, mutability, .. }| quote_spanned!(Span::mixed_site()=> #mutability #ident));
        quote_spanned!(Span::mixed_site()=> (#(#patterns,)*))
    }

    /// The last expression of a future's block, with all names bound.
    pub(super) fn around(&self, tail: TokenStream) -> TokenStream {
        let site = Span::mixed_site();
        if self.rebound.is_empty() {
            return tail;
        }
        if self.rebound.iter().all(|binding| binding.cfgs.is_empty()) {
            let (arguments, patterns) = (self.arguments(), self.patterns());
            let reads = self.reads();
            return quote_spanned!(site=> match #arguments { #patterns => { #reads #tail } });
        }
        // A pattern can't be left out by a `#[cfg]`, a statement can.
        let locals = self.rebound.iter().map(|binding| {
            let (attrs, ident, mutability) = (attrs(binding), &binding.ident, binding.mutability);
            quote_spanned!(site=> #attrs let #mutability #ident = #ident;)
        });
        quote_spanned!(site=> #(#locals)* #tail)
    }
}

fn uses_mut(binding: &Binding, private: &TokenStream) -> TokenStream {
    let (attrs, ident) = (attrs(binding), &binding.ident);
    quote_spanned!(Span::mixed_site()=> #attrs if false { let _ = &mut #ident; #private::never(); })
}

fn touch(binding: &Binding) -> TokenStream {
    let (attrs, ident) = (attrs(binding), &binding.ident);
    quote_spanned!(Span::mixed_site()=> #attrs let _ = &#ident;)
}

/// The parameters that are used. One that is used nowhere stays outside: rustc shall say so. A
/// leading `_` says that it is kept for its drop.
fn mentioned(
    function: &Function,
    body: &Group,
    mut words: HashSet<String>,
) -> impl Iterator<Item = Binding> {
    params::mentioned(&body.stream(), &mut words);
    params::bindings(&function.sig)
        .into_iter()
        .filter(move |binding| words.contains(&binding.name()) || binding.name().starts_with('_'))
}

/// `&self`.
fn is_shared(receiver: &Receiver) -> bool {
    matches!(&receiver.kind, ReceiverKind::Reference(_, _, None))
}

/// What stands before a use of the name: its parameter's `#[cfg]`s.
fn attrs(binding: &Binding) -> TokenStream {
    let cfgs = &binding.cfgs;
    quote_spanned!(Span::mixed_site()=> #(#cfgs)*)
}

fn computed_inside(args: &Args) -> impl Iterator<Item = TokenStream> {
    args.computed().chain(&args.inject).map(ToTokens::to_token_stream)
}
