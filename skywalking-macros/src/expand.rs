//! Emits: checked arguments and the untouched item become the traced function, or an impl block of
//! traced functions.
//!
//! Four rules hold for every shape. The signature and the body are the user's tokens as they came.
//! Our locals have the hygiene of `mixed_site`, so neither side sees the other's names. Every path
//! is rooted, below the runtime's `__private` or `::core`. A user's expression stands outside the
//! scope of our trait imports, and outside the block in which our static lives.
//!
//! Clippy reads another item than the compiler: the one that was written, after what the arguments
//! mention in code that never runs.

mod block;
mod function;
mod moved;
mod opening;
mod returned;

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Expr, Path};

use crate::args::{self, Args, Kind};
use crate::check::{self, Complaints, Place};
use crate::item::{self, Item};
use opening::Naming;

/// Whether tracing is compiled in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Switch {
    /// Functions are traced.
    On,
    /// Everything is checked, and the item emitted unchanged.
    Off,
}

impl Switch {
    /// What the feature `enabled` says.
    pub(crate) fn of_this_build() -> Self {
        if cfg!(feature = "enabled") { Self::On } else { Self::Off }
    }
}

/// What an attribute makes of an item.
#[derive(Default)]
pub(crate) struct Expanded {
    /// The item, traced.
    pub(crate) item: TokenStream,
    /// What clippy reads in its place: the item as it was written, so that it reports the same as
    /// without the attribute.
    pub(crate) for_clippy: Option<TokenStream>,
    errors: TokenStream,
}

impl Expanded {
    fn unchanged(item: TokenStream) -> Self {
        Self { item, ..Self::default() }
    }

    /// Both items, of which each build takes one. Clippy sets `cfg(clippy)`.
    pub(crate) fn into_tokens(self) -> TokenStream {
        let Self { item, for_clippy, errors } = self;
        let Some(for_clippy) = for_clippy else { return item.into_iter().chain(errors).collect() };
        quote_spanned!(Span::mixed_site()=> #[cfg(not(clippy))] #item #[cfg(clippy)] #for_clippy #errors)
    }

    /// The item that is not for clippy.
    #[cfg(test)]
    pub(crate) fn into_traced(self) -> TokenStream {
        self.item.into_iter().chain(self.errors).collect()
    }
}

/// The whole work of an attribute.
pub(crate) fn attribute(
    kind: Kind,
    args: TokenStream,
    item: TokenStream,
    switch: Switch,
) -> Expanded {
    let mut complaints = Complaints::default();
    let args = args::parse(kind, args, &mut complaints);
    check::arguments(kind, &args, &mut complaints);
    let expanded = match check::traceable(item::read(item.clone()), &mut complaints) {
        Some(Item::Function(function)) => {
            check::arguments_and_function(kind, &args, &function, &Place::Alone, &mut complaints);
            if complaints.is_empty() && switch == Switch::On {
                let naming = naming(&args);
                let for_clippy = function::for_clippy(kind, &args, &function, &naming);
                Expanded {
                    for_clippy: Some(for_clippy),
                    ..Expanded::unchanged(function::traced(kind, &args, &function, &naming))
                }
            } else {
                Expanded::unchanged(item)
            }
        }
        Some(Item::Impl(block)) => block::traced(kind, &args, &block, switch, &mut complaints),
        _ => Expanded::unchanged(item),
    };
    Expanded { errors: complaints.into_errors().unwrap_or_default(), ..expanded }
}

/// By a block that was expanded before, or by its module.
fn naming(args: &Args) -> Naming<'_> {
    args.block_name
        .as_ref()
        .map_or(Naming::Function, |name| Naming::Given { name, chosen: args.block_chose_name })
}

/// The path below which everything that we emit lives, at a place of the program. A path that the
/// program has written stays as it is.
pub(crate) fn private(runtime: Option<&Path>, place: Span) -> TokenStream {
    let runtime = runtime
        .map_or_else(|| quote_spanned!(place=> ::skywalking_runtime), ToTokens::to_token_stream);
    quote_spanned!(place=> #runtime::__private)
}

/// The whole work of `#[skip_span]`.
pub(crate) fn skip_span(args: &TokenStream, item: TokenStream) -> TokenStream {
    block::skip_span(args, item)
}

/// The same tokens with the same resolution of names, shown at another place: what they lack is
/// said there.
fn located_at(tokens: &TokenStream, place: Span) -> TokenStream {
    tokens
        .clone()
        .into_iter()
        .map(|mut token| {
            token.set_span(token.span().located_at(place));
            token
        })
        .collect()
}

/// The expression, in parentheses unless nothing in it could be taken for something else: it will
/// stand before a `.` and as what a `match` is over.
fn operand(expr: &Expr) -> TokenStream {
    match expr {
        Expr::Path(_) | Expr::Macro(_) | Expr::Paren(_) => expr.to_token_stream(),
        // What the whole lacks is said at the expression.
        _ => quote_spanned!(Span::mixed_site().located_at(expr.span())=> (#expr)),
    }
}
