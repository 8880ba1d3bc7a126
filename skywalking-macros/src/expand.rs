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
//! Clippy reads the item as written, after code that never runs and uses the names in the arguments.

mod callsite;
mod captures;
mod default_name;
mod expansion;
mod for_clippy;
mod function;
mod impl_block;
mod prologue;
mod return_hook;
mod tokens;
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
/// Without `enabled`, the item is validated and emitted unchanged.
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
            if errors.is_empty() && enabled {
                let name = default_name(&args);
                Expansion {
                    for_clippy: Some(for_clippy::function(kind, &args, &function, &name)),
                    ..Expansion::unchanged(function::traced(kind, &args, &function, &name))
                }
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
