//! The attribute macros `entry_span`, `exit_span`, `local_span` and `skip_span`, and the derive
//! `Carrier`, of `skywalking-runtime`.
//!
//! Depend on `skywalking-runtime`, which re-exports and documents all of them. This crate validates
//! what was written and emits calls into `skywalking_runtime::__private`.
//!
//! The modules are the path of the data:
//!
//! - `kind` and `diagnostics`: the three attributes, and every error message
//! - `item`: reads the function or the impl block, with unparsed bodies
//! - `args`: parses the attribute's tokens into typed arguments
//! - `check`: validates the arguments against the item
//! - `expand`: emits the traced item
//! - `carrier`: the derive
//!
//! `types`, `return_type` and `params` read a signature. Modules are used in one direction: the
//! integration test `module_order` of the repository checks this.
//!
//! A macro never panics: every problem is a compile error at the user's tokens.

#![cfg_attr(
    not(test),
    deny(
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::string_slice,
        clippy::unwrap_used
    )
)]

mod args;
mod carrier;
mod check;
mod diagnostics;
mod expand;
mod item;
mod kind;
mod params;
mod return_type;
mod runtime_path;
#[cfg(test)]
mod tests;
mod types;

use kind::Kind;
use proc_macro::TokenStream;

/// Whether the feature `enabled` is on. Without it, items are validated and emitted unchanged.
const ENABLED: bool = cfg!(feature = "enabled");

/// Traces a function as an Entry span: an incoming request. See the runtime's documentation.
#[proc_macro_attribute]
pub fn entry_span(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::attribute(Kind::Entry, args.into(), item.into(), ENABLED).into_tokens().into()
}

/// Traces a function as an Exit span: an outgoing call. See the runtime's documentation.
#[proc_macro_attribute]
pub fn exit_span(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::attribute(Kind::Exit, args.into(), item.into(), ENABLED).into_tokens().into()
}

/// Traces a function as a Local span. See the runtime's documentation.
#[proc_macro_attribute]
pub fn local_span(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::attribute(Kind::Local, args.into(), item.into(), ENABLED).into_tokens().into()
}

/// Excludes a function from a traced impl block. See the runtime's documentation.
#[proc_macro_attribute]
pub fn skip_span(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::skip_span(&args.into(), item.into()).into()
}

/// Implements `Extract` and `Inject` for a struct with named fields. See the runtime's
/// documentation.
#[proc_macro_derive(Carrier, attributes(carrier))]
pub fn carrier(input: TokenStream) -> TokenStream {
    carrier::derive(input.into()).into()
}
