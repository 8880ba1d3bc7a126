//! Moves the parameters into the closure or the async block around the body, so that they behave as
//! in the plain function.
//!
//! A **closure** is called at once, so it takes them as its own parameters: rustc reports on them and
//! drops them as in the plain function. It captures `self`, which cannot be bound again, and
//! parameters under a `#[cfg]`, which a pattern cannot have.
//!
//! An **async block** keeps what it captures in the order of first use, and drops it in that order.
//! Rust drops parameters last to first. So the block begins with a use of each parameter, last to
//! first, and of the whole parameter, as the body may use only a field.
//!
//! A parameter that is bound again inside the block is stored twice. This is needed for two kinds of
//! `mut` parameters: for one that borrows, since a capture accepts no value with a shorter lifetime,
//! and for one that is assigned to, since rustc would report that it is never read. Bound again, it
//! drops before the captures. So every parameter after it is bound again too, unless it is a plain
//! reference, which needs no drop. The binding is a `match`: it ends the life of the temporaries in
//! the body's last expression before that of the parameters, as functions do in all editions.

use std::collections::HashSet;

use proc_macro2::{Group, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::{FnArg, Receiver, ReceiverKind};

use crate::args::Args;
use crate::item::Function;
use crate::params::{self, Binding, Borrows};

/// The parameters that the body uses, in the order of declaration.
pub(super) struct Captures {
    captured: Vec<Binding>,
    rebound: Vec<Binding>,
    /// Whether a closure needs `move`.
    needs_move: bool,
    /// The names that `inject` writes to before the closure is called. The body may not need their
    /// `mut`.
    injected: HashSet<String>,
}

impl Captures {
    /// Creates the captures of the async block of an async function. It evaluates the arguments too.
    pub(super) fn for_future(function: &Function, body: &Group, args: &Args) -> Self {
        let mut names = HashSet::new();
        for expr in args.expressions().chain(&args.inject) {
            params::collect_names(&expr.to_token_stream(), &mut names);
        }
        let (mut captured, mut rebound) = (Vec::new(), Vec::new());
        let mut follows_rebound = false;
        for binding in used(function, body, names) {
            let needs_rebinding = binding.mutability.is_some()
                && !binding.is_self()
                && (binding.borrows != Borrows::NoneVisible
                    || params::is_assigned(&body.stream(), &binding.name()));
            follows_rebound |= needs_rebinding && binding.borrows != Borrows::Reference;
            if follows_rebound || needs_rebinding {
                rebound.push(binding);
            } else {
                captured.push(binding);
            }
        }
        Self { captured, rebound, needs_move: true, injected: HashSet::new() }
    }

    /// Creates the captures of the closure around the body of a sync function.
    pub(super) fn for_closure(function: &Function, body: &Group, args: &Args) -> Self {
        let (captured, rebound): (Vec<_>, Vec<_>) = used(function, body, HashSet::new())
            .partition(|binding| binding.is_self() || !binding.cfgs.is_empty());
        let takes_self = matches!(function.sig.inputs.first(), Some(FnArg::Receiver(receiver)) if !is_shared(receiver));
        let needs_move = takes_self || captured.iter().any(|binding| !binding.is_self());
        let mut injected = HashSet::new();
        if let Some(inject) = &args.inject {
            params::collect_names(&inject.to_token_stream(), &mut injected);
        }
        Self { captured, rebound, needs_move, injected }
    }

    /// Returns the keyword `move` of the closure, with this span.
    pub(super) fn move_keyword(&self, span: Span) -> Option<TokenStream> {
        self.needs_move.then(|| quote_spanned!(span=> move))
    }

    /// Returns statements before the closure or the async block, which use the `mut` of the signature, whether the
    /// body does or not. They must be right before it, or a future stores the borrows too.
    pub(super) fn mut_uses_before(&self, private: &TokenStream) -> TokenStream {
        self.mutable().map(|binding| use_mut(binding, private)).collect()
    }

    /// Returns the first statements of a closure, which use the `mut` of what `inject` wrote to.
    pub(super) fn mut_uses_inside(&self, private: &TokenStream) -> TokenStream {
        self.mutable()
            .filter(|binding| self.injected.contains(&binding.name()))
            .map(|binding| use_mut(binding, private))
            .collect()
    }

    fn mutable(&self) -> impl Iterator<Item = &Binding> {
        self.rebound.iter().filter(|binding| binding.mutability.is_some())
    }

    /// Returns the first statements of the closure or the async block, which capture, last to first.
    pub(super) fn capture_uses(&self) -> TokenStream {
        self.captured.iter().rev().map(borrow).collect()
    }

    /// Returns the first statements after the patterns, which use the bindings: rustc counts a
    /// parameter that needs a drop as read, but not a binding in a pattern.
    pub(super) fn rebound_uses(&self) -> TokenStream {
        self.rebound.iter().map(borrow).collect()
    }

    /// Returns the arguments of the closure's call.
    pub(super) fn arguments(&self) -> TokenStream {
        let site = Span::mixed_site();
        let arguments = self.rebound.iter().map(|binding| {
            let (attrs, ident) = (cfg_attributes(binding), &binding.ident);
            quote_spanned!(site=> #attrs #ident,)
        });
        quote_spanned!(site=> (#(#arguments)*))
    }

    /// Returns the parameters of the closure.
    pub(super) fn patterns(&self) -> TokenStream {
        let patterns = self.rebound.iter().map(|Binding { ident, mutability, .. }| quote_spanned!(Span::mixed_site()=> #mutability #ident));
        quote_spanned!(Span::mixed_site()=> (#(#patterns,)*))
    }

    /// Returns the last expression of an async block, with the rebound parameters around it.
    pub(super) fn rebind(&self, body: TokenStream) -> TokenStream {
        let site = Span::mixed_site();
        if self.rebound.is_empty() {
            return body;
        }
        if self.rebound.iter().all(|binding| binding.cfgs.is_empty()) {
            let (arguments, patterns) = (self.arguments(), self.patterns());
            let uses = self.rebound_uses();
            return quote_spanned!(site=> match #arguments { #patterns => { #uses #body } });
        }
        // A `#[cfg]` is allowed on a statement, but not on a pattern.
        let locals = self.rebound.iter().map(|binding| {
            let (attrs, ident) = (cfg_attributes(binding), &binding.ident);
            let mutability = binding.mutability;
            quote_spanned!(site=> #attrs let #mutability #ident = #ident;)
        });
        quote_spanned!(site=> #(#locals)* #body)
    }
}

fn use_mut(binding: &Binding, private: &TokenStream) -> TokenStream {
    let (attrs, ident) = (cfg_attributes(binding), &binding.ident);
    quote_spanned!(Span::mixed_site()=> #attrs if false { let _ = &mut #ident; #private::never(); })
}

fn borrow(binding: &Binding) -> TokenStream {
    let (attrs, ident) = (cfg_attributes(binding), &binding.ident);
    quote_spanned!(Span::mixed_site()=> #attrs let _ = &#ident;)
}

/// Returns the parameters that the body or the arguments use, and those whose name begins with `_`,
/// which are kept for their drop.
///
/// An unused parameter stays outside, so that rustc reports it.
fn used(
    function: &Function,
    body: &Group,
    mut names: HashSet<String>,
) -> impl Iterator<Item = Binding> {
    params::collect_names(&body.stream(), &mut names);
    params::bindings(&function.sig)
        .into_iter()
        .filter(move |binding| names.contains(&binding.name()) || binding.name().starts_with('_'))
}

/// Returns whether the receiver is `&self`.
fn is_shared(receiver: &Receiver) -> bool {
    matches!(&receiver.kind, ReceiverKind::Reference(_, _, None))
}

/// Returns the `#[cfg]`s of a parameter, which each use of it needs.
fn cfg_attributes(binding: &Binding) -> TokenStream {
    let cfgs = &binding.cfgs;
    quote_spanned!(Span::mixed_site()=> #(#cfgs)*)
}
