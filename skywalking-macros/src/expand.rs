//! Emits the traced function, or the impl block of traced functions.
//!
//! Four rules hold for every expansion:
//!
//! - The signature and the body are the user's tokens, unchanged.
//! - Emitted locals have the hygiene of `mixed_site`: neither side sees the other's names.
//! - Every path is absolute, below the runtime's `__private` or `::core`.
//! - A user's expression is outside the scope of emitted trait imports, and outside the block of the
//!   callsite's static.
//!
//! Clippy, and rustc without the feature `enabled`, get the item as written, after code that never runs
//! and uses the names in the arguments.

mod callsite;
mod captures;
mod default_name;
mod expansion;
mod function;
mod impl_block;
mod prologue;
mod return_hook;
mod tokens;
mod untraced;
mod values;

use proc_macro2::TokenStream;

use crate::args::{self, Args};
use crate::check;
use crate::diagnostics::Errors;
use crate::item::{self, Item};
use crate::kind::Kind;
use default_name::DefaultName;
use expansion::Expansion;
pub(crate) use impl_block::skip_span;

/// Expands a span attribute.
///
/// Without `enabled`, the item is validated and emitted without a span.
pub(crate) fn attribute(
    kind: Kind,
    args: TokenStream,
    item: TokenStream,
    enabled: bool,
) -> Expansion {
    let mut errors = Errors::default();
    let args = args::parse(kind, args, &mut errors);
    check::arguments(kind, &args, &mut errors);
    let expansion = match check::traceable(item::read(item.clone()), &mut errors) {
        Some(Item::Function(function)) => {
            check::arguments_and_function(kind, &args, &function, &mut errors);
            if errors.is_empty() {
                let name = default_name(&args);
                let untraced = untraced::function(kind, &args, &function, &name);
                let traced = || function::traced(kind, &args, &function, &name);
                Expansion::of(enabled.then(traced), untraced)
            } else {
                Expansion::unchanged(item)
            }
        }
        Some(Item::Impl(block)) => impl_block::traced(kind, &args, &block, enabled, &mut errors),
        _ => Expansion::unchanged(item),
    };
    Expansion { errors: errors.into_compile_errors().unwrap_or_default(), ..expansion }
}

/// Returns the default name that an impl block passed on, else that of a function.
fn default_name(args: &Args) -> DefaultName<'_> {
    args.block_name.as_ref().map_or(DefaultName::Function, |name| DefaultName::FromBlock {
        name,
        has_pattern: args.block_has_pattern,
    })
}
