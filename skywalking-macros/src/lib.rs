//! The attribute macros `entry_span`, `exit_span`, `local_span` and `skip_span`, and the derive
//! `Carrier`.
//!
//! Users depend on `skywalking-runtime`, which re-exports all of this; the user documentation
//! stands there, where its examples can run. This crate holds nothing that runs in the traced
//! program: it checks what was written and emits a few calls into `skywalking_runtime::__private`.
//!
//! The path of the data is the list of files: `item` reads the function, or the impl block, and
//! keeps bodies shut, `args` turns the attribute's tokens into typed arguments, `check` says no,
//! `expand` emits; `params` and `returns` are what `check` and `expand` both know of a signature.
//! `carrier` is the derive.

mod args;
mod carrier;
mod check;
mod expand;
mod item;
mod params;
mod returns;
#[cfg(test)]
mod tests;

use args::Kind;
use expand::Switch;
use proc_macro::TokenStream;

/// Traces a function as an Entry span: a request that comes in. The documentation stands on the
/// runtime's re-export.
#[proc_macro_attribute]
pub fn entry_span(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::attribute(Kind::Entry, args.into(), item.into(), Switch::of_this_build())
        .into_tokens()
        .into()
}

/// Traces a function as an Exit span: a call that goes out. The documentation stands on the
/// runtime's re-export.
#[proc_macro_attribute]
pub fn exit_span(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::attribute(Kind::Exit, args.into(), item.into(), Switch::of_this_build())
        .into_tokens()
        .into()
}

/// Traces a function as a Local span. The documentation stands on the runtime's re-export.
#[proc_macro_attribute]
pub fn local_span(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::attribute(Kind::Local, args.into(), item.into(), Switch::of_this_build())
        .into_tokens()
        .into()
}

/// Leaves one function of an impl block out. The documentation stands on the runtime's re-export.
#[proc_macro_attribute]
pub fn skip_span(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::skip_span(&args.into(), item.into()).into()
}

/// Makes a struct with named fields a carrier of the trace context. The documentation stands on the
/// runtime's re-export.
#[proc_macro_derive(Carrier, attributes(carrier))]
pub fn carrier(input: TokenStream) -> TokenStream {
    carrier::derive(input.into()).into()
}
